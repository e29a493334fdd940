/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lesson: guided demonstrations of what UDP does and does not do, on loopback. */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "common_options_internal.h"
#include "udptui/base/array.h"
#include "udptui/base/nearest.h"
#include "udptui/cmd/commands.h"
#include "udptui/lesson/catalogs.h"
#include "udptui/lesson/topics.h"
#include "udptui/proto/ladder_view.h"
#include "udptui/sys/report.h"
#include "udptui/ui/lesson/session.h"

#define FIELD(name) offsetof(struct lesson_options, name)

enum { SEED = 7 };

/* As enum ladder_view. */
static const char *const views[] = {"all", "client", "server", NULL};

static const struct opt options[] = {
    {.name = "auto",
     .type = OPT_FLAG,
     .group = GROUP_DISPLAY,
     .offset = FIELD(automatic),
     .help = "print it as text, without questions and pauses"},
    {.name = "source",
     .type = OPT_FLAG,
     .group = GROUP_DISPLAY,
     .offset = FIELD(source),
     .help = "print the file of a topic, to make one of your own from it (udptui-lesson(5))"},
    {.name = "view",
     .type = OPT_CHOICE,
     .group = GROUP_DISPLAY,
     .offset = FIELD(view),
     .argument = "all|client|server",
     .choices = views,
     .help = "what the ladder shows: everything, or what one end knows: what its socket sent and "
             "received. The JSON has everything",
     .default_text = "all"},
    {.name = "sentences",
     .type = OPT_FLAG,
     .group = GROUP_DISPLAY,
     .offset = FIELD(sentences),
     .help = "show the ladder in words instead of arrows"},
    {.name = "lang",
     .type = OPT_CHOICE,
     .group = GROUP_DISPLAY,
     .offset = FIELD(language),
     .argument = "en|de|ms",
     .choices = catalogs_languages,
     .help =
         "the language: English, German or Malay. Without it, what LANGUAGE, LC_ALL, LC_MESSAGES "
         "or LANG asks for"},
    {.name = "seed",
     .type = OPT_INTEGER,
     .group = GROUP_SIMULATE,
     .offset = FIELD(seed),
     .argument = "N",
     .minimum = 0,
     .maximum = INT64_MAX,
     .help = "seed for the simulated network; the same seed gives the same losses and delays. If "
             "the lesson's point does not show with it, the next seed that shows it is used",
     .default_text = "7"},
    COMMON_NO_UI(FIELD(no_ui)),
    COMMON_JSON(FIELD(json)),
    {.name = "markdown",
     .type = OPT_FLAG,
     .group = GROUP_OUTPUT,
     .offset = FIELD(markdown),
     .help = "write handouts: question sheets, then answer sheets, in Markdown"},
    COMMON_LOG(FIELD(log)),
    {.name = "pcap",
     .letter = 'w',
     .type = OPT_TEXT,
     .group = GROUP_OUTPUT,
     .offset = FIELD(pcap),
     .check = checks_written,
     .argument = "FILE",
     .help = "write what was shown to a capture file for Wireshark, with a comment a datagram"},
    COMMON_FORCE(FIELD(force)),
    COMMON_ASCII(FIELD(ascii)),
    COMMON_THEME(FIELD(look)),
    COMMON_LARGE(FIELD(look)),
    COMMON_HELP,
};

static const char *const examples[] = {
    "udptui lesson                    list the topics",
    "udptui lesson loss               one of them",
    "udptui lesson all --auto         all of them, as text",
    "udptui lesson --source loss >mine.lesson; udptui lesson ./mine.lesson",
    NULL,
};

static const struct opts_command spec = {
    .name = "lesson",
    .summary = "Demonstrate to a class what UDP does and does not do, on loopback",
    .operands = "[TOPIC|all|FILE.lesson]",
    .operand_words = topics_words,
    .operand_files = ".lesson",
    .operands_max = 1,
    .options = options,
    .option_count = COUNT_OF(options),
    .examples = examples,
};

static int lesson_complain_unknown(const char *typed)
{
    struct nearest nearest = nearest_begin(typed);

    for (size_t i = 0; i < topics_file_count; i++)
        nearest_consider(&nearest, topics_files[i].name);
    if (nearest.word != NULL)
        report_error("unknown lesson %s: did you mean 'udptui lesson %s'?", typed, nearest.word);
    else
        report_error("unknown lesson %s: 'udptui lesson' lists them", typed);
    return EXIT_USAGE;
}

/* Whether an operand is a file: a path, or a name with the ending. */
static bool lesson_is_file(const char *operand)
{
    static const char ending[] = ".lesson";
    size_t length = strlen(operand);

    return strchr(operand, '/') != NULL ||
           (length >= sizeof ending - 1 &&
            strcmp(operand + length - (sizeof ending - 1), ending) == 0);
}

/* Prints the file of a topic. Exit status. */
static int lesson_print_source(const struct opts_operands *operands)
{
    const char *name = operands->count > 0 ? operands->items[0] : "all";
    const struct topics_file *file = topics_find(name);

    if (file == NULL && (lesson_is_file(name) || strcmp(name, "all") == 0)) {
        report_error("lesson --source: the file of which topic? 'udptui lesson' lists them");
        return EXIT_USAGE;
    }
    if (file == NULL)
        return lesson_complain_unknown(name);
    fwrite(file->text, 1, file->size_bytes, stdout);
    return report_finish_output();
}

/* The topics that the name selects. False if there are none. */
static bool lesson_choose(const char *name, struct lesson_run *run)
{
    const struct topics_file *file = topics_find(name);

    if (lesson_is_file(name)) {
        run->path = name;
        return true;
    }
    run->first = 0;
    run->last = topics_file_count - 1;
    if (file != NULL)
        run->first = run->last = (size_t)(file - topics_files);
    return file != NULL || strcmp(name, "all") == 0;
}

static int lesson_command(int argument_count, char *const arguments[])
{
    struct lesson_options values = {.seed = SEED, .language = -1};
    struct opts_operands operands;
    struct lesson_run run = {.options = &values};
    int status;

    if (!commands_parse(&spec, argument_count, arguments, &values, &operands, &status))
        return status;
    if (values.source)
        return lesson_print_source(&operands);
    if (operands.count == 0)
        return lesson_list(&values);
    if (!lesson_choose(operands.items[0], &run))
        return lesson_complain_unknown(operands.items[0]);
    if (values.markdown && values.json) {
        report_error("--markdown and --json are two formats: leave out one");
        return EXIT_USAGE;
    }
    if (values.pcap != NULL && run.first != run.last) {
        report_error(
            "--pcap FILE holds one lesson: name it, as in 'udptui lesson loss --pcap FILE'");
        return EXIT_USAGE;
    }
    return lesson_run(&run);
}

const struct command command_lesson = {.spec = &spec, .run = lesson_command};
