/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_options: a command line, its words separated by NUL: parsed, or refused in one line of safe text. */
#include <string.h>

#include "fuzz.h"
#include "udptui/base/opts.h"

const char *const fuzz_words[] = {
    "--count=",
    "--wait",
    "--rate",
    "--size=1k",
    "--text",
    "--form",
    "--both",
    "-c",
    "-qx",
    "--",
    "-",
    "--help",
    "all",
    "--cuont",
    "1",
    "1ms",
    "99999999999999999999",
    "-1",
    "a",
    "2/s",
    "10M",
    NULL,
};

struct values {
    int64_t count, wait_ns;
    double rate_per_s;
    uint64_t size_bytes;

    const char *text;
    int form, quiet;
    struct opts_list list;
};

static const char *const forms[] = {"json", "csv", NULL};
static const struct opt options[] = {
    {.name = "count",
     .letter = 'c',
     .type = OPT_INTEGER,
     .offset = offsetof(struct values, count),
     .argument = "N",
     .help = "so many",
     .minimum = 1,
     .maximum = 100},
    {.name = "wait",
     .letter = 'w',
     .type = OPT_DURATION,
     .offset = offsetof(struct values, wait_ns),
     .argument = "TIME",
     .help = "so long",
     .maximum = 1000000000},
    {.name = "rate",
     .type = OPT_RATE,
     .offset = offsetof(struct values, rate_per_s),
     .argument = "RATE",
     .help = "so fast"},
    {.name = "size",
     .type = OPT_SIZE,
     .offset = offsetof(struct values, size_bytes),
     .argument = "SIZE",
     .help = "so large"},
    {.name = "text",
     .letter = 't',
     .type = OPT_TEXT,
     .offset = offsetof(struct values, text),
     .argument = "TEXT",
     .help = "any"},
    {.name = "form",
     .type = OPT_CHOICE,
     .offset = offsetof(struct values, form),
     .argument = "json|csv",
     .help = "which",
     .choices = forms},
    {.name = "list",
     .letter = 'l',
     .type = OPT_LIST,
     .offset = offsetof(struct values, list),
     .argument = "TEXT",
     .help = "several"},
    {.name = "quiet",
     .letter = 'q',
     .type = OPT_FLAG,
     .offset = offsetof(struct values, quiet),
     .help = "say less"},
    {.name = "help", .letter = 'h', .type = OPT_HELP, .argument = "all", .help = "show this"},
};
static const struct opts_command command = {.name = "try",
                                            .summary = "Try",
                                            .operands = "[WORD]...",
                                            .operands_max = 4,
                                            .options = options,
                                            .option_count = sizeof options / sizeof *options};

enum { WORDS_MAX = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char *text = fuzz_allocate(size + 1), *words[WORDS_MAX + 1], error[OPTS_ERROR_SIZE] = "";
    struct values values = {.count = 1};
    struct opts_operands operands = {.count = 0};
    int count = 0;

    memcpy(text, bytes, size);
    text[size] = '\0';
    for (size_t at = 0; at < size && count < WORDS_MAX; at += strlen(text + at) + 1)
        words[count++] = text + at;
    words[count] = NULL;
    switch (opts_parse(&command, count, words, &values, &operands, error)) {
    case OPTS_OK:
        fuzz_require(operands.count <= 4 && values.count >= 1 && values.count <= 100,
                     "values are within their ranges");
        fuzz_require(values.form >= 0 && values.form < 2 && values.list.count <= OPTS_LIST_MAX,
                     "choices are choices");
        break;
    case OPTS_ERROR:
        fuzz_require(error[0] != '\0' && strlen(error) < OPTS_ERROR_SIZE, "an error has a reason");
        for (const char *at = error; *at != '\0'; at++)
            fuzz_require((unsigned char)*at >= ' ' && *at != 127, "it is safe text");
        break;
    case OPTS_HELP:
    case OPTS_HELP_ALL:
        break;
    }
    free(text);
    return 0;
}
