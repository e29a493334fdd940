/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_commands: a command line of each subcommand: a byte for the command, then words, each up to
 * a NUL. Values are within the ranges of their rows, and a refusal is one line of safe text.
 */
#include <string.h>

#include "fuzz.h"
#include "udptui/base/units.h"
#include "udptui/cmd/commands.h"

const char *const fuzz_words[] = {
    "--impair=loss=30%",
    "--count",
    "--wait=1ms",
    "--rate",
    "10/s",
    "--ttl",
    "--json",
    "--filter",
    "--on",
    "--ack",
    "--join",
    "-c",
    "-w",
    "--help",
    "all",
    "--match=",
    "echo",
    "--seed",
    "--buffer",
    "64k",
    "--threads",
    "99999999999",
    "-1",
    "1h",
    "--rate=1M",
    "--",
    ":4010",
    "--interval",
    NULL,
};

enum { WORDS_MAX = 64, VALUES_MAX = 1 << 14 };

/* Values have this before parsing, so that one sees which were set. */
enum { UNTOUCHED = 0x5a };

static bool is_set(const uint8_t *value, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (value[i] != UNTOUCHED)
            return true;
    return false;
}

static void require_range(const struct opt *opt, int64_t value)
{
    bool any = opt->minimum == 0 && opt->maximum == 0;

    fuzz_require(any || (value >= opt->minimum && value <= opt->maximum),
                 "a value is within its range");
}

static int count_choices(const struct opt *opt)
{
    int count = 0;

    while (opt->choices[count] != NULL)
        count++;
    return count;
}

static void require_value(const struct opt *opt, const uint8_t *value)
{
    int64_t number;
    double rate;
    int chosen;

    memcpy(&number, value, sizeof number);
    memcpy(&rate, value, sizeof rate);
    memcpy(&chosen, value, sizeof chosen);
    if ((opt->type == OPT_INTEGER || opt->type == OPT_DURATION || opt->type == OPT_SIZE) &&
        is_set(value, sizeof number))
        require_range(opt, number);
    else if (opt->type == OPT_RATE && is_set(value, sizeof rate))
        fuzz_require(rate >= 0, "a rate is not negative");
    else if (opt->type == OPT_CHOICE && is_set(value, sizeof chosen))
        fuzz_require(chosen >= 0 && chosen < count_choices(opt), "a choice is one");
}

static void require_lists_empty(const struct opts_command *command, uint8_t *values)
{
    for (size_t i = 0; i < command->option_count; i++)
        if (command->options[i].type == OPT_LIST)
            memset(values + command->options[i].offset, 0, sizeof(struct opts_list));
}

static void require_error(const char *error)
{
    fuzz_require(error[0] != '\0' && memchr(error, '\0', OPTS_ERROR_SIZE) != NULL,
                 "a refusal has a reason");
    for (const char *at = error; *at != '\0'; at++)
        fuzz_require((unsigned char)*at >= ' ' && *at != 0x7f, "it is one line of safe text");
}

static void parse(const struct opts_command *command, int count, char *const words[])
{
    static _Alignas(max_align_t) uint8_t values[VALUES_MAX];
    static struct opts_operands operands;
    char error[OPTS_ERROR_SIZE] = "";

    memset(values, UNTOUCHED, sizeof values);
    require_lists_empty(command, values);
    operands.count = 0;
    switch (opts_parse(command, count, words, values, &operands, error)) {
    case OPTS_OK:
        fuzz_require(operands.count >= command->operands_min &&
                         operands.count <= command->operands_max,
                     "as many operands as it takes");
        for (size_t i = 0; i < command->option_count; i++)
            require_value(&command->options[i], values + command->options[i].offset);
        break;
    case OPTS_ERROR:
        require_error(error);
        break;
    case OPTS_HELP:
    case OPTS_HELP_ALL:
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char *words[WORDS_MAX + 1];
    size_t commands;
    int count = 0;

    if (size == 0)
        return 0;
    const struct command *const *table = commands_table(&commands);
    char *text = fuzz_allocate(size);
    memcpy(text, bytes + 1, size - 1);
    text[size - 1] = '\0';
    for (size_t at = 0; at + 1 < size && count < WORDS_MAX; at += strlen(text + at) + 1)
        words[count++] = text + at;
    words[count] = NULL;
    parse(table[bytes[0] % commands]->spec, count, words);
    free(text);
    return 0;
}
