/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lesson: guided demonstrations of what UDP does and does not do, on loopback. */
#include "udptui/lesson/lesson.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common_options.h"
#include "udptui/base/nearest.h"
#include "udptui/cmd/commands.h"
#include "udptui/output/lesson.h"
#include "udptui/output/logfile.h"
#include "udptui/output/outlet.h"
#include "udptui/proto/reason.h"
#include "udptui/sys/locale.h"
#include "udptui/sys/report.h"

#define FIELD(name) offsetof(struct lesson_options, name)

enum { SEED = 7, SEEDS_MAX = 100 };

static const struct opt options[] = {
    {.name = "auto",
     .type = OPT_FLAG,
     .group = GROUP_DISPLAY,
     .offset = FIELD(automatic),
     .help = "print it as text, without questions and pauses"},
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
    COMMON_LOG(FIELD(log)),
    COMMON_ASCII(FIELD(ascii)),
    COMMON_HELP,
};

static const char *const examples[] = {
    "udptui lesson                    list the topics",
    "udptui lesson loss               one of them",
    "udptui lesson all --auto         all of them, as text",
    NULL,
};

static const struct opts_command spec = {
    .name = "lesson",
    .summary = "Demonstrate to a class what UDP does and does not do, on loopback",
    .operands = "[TOPIC|all]",
    .operand_words = "loss duplicate reorder boundaries connectionless truncation overflow "
                     "unreachable mtu checksum retry tcp all",
    .operands_max = 1,
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .examples = examples,
};

const struct lesson *const *lessons_table(size_t *count)
{
    static const struct lesson *const table[] = {
        &lesson_loss,       &lesson_duplicate,      &lesson_reorder,
        &lesson_boundaries, &lesson_connectionless, &lesson_truncation,
        &lesson_overflow,   &lesson_unreachable,    &lesson_mtu,
        &lesson_checksum,   &lesson_retry,          &lesson_tcp,
    };

    *count = sizeof table / sizeof *table;
    return table;
}

void lesson_play(const struct lesson *lesson, struct stage *stage,
                 const struct stage_config *config)
{
    struct stage_config tried = *config;

    for (int i = 0; i < SEEDS_MAX; i++, tried.seed = (tried.seed + 1) & INT64_MAX) {
        stage_open(stage, &tried);
        lesson->play(stage);
        stage_finish(stage);
        stage->result.seed = tried.seed;
        stage->result.asked_seed = config->seed;
        if (!stage->result.by_chance || !stage_going(stage) || i == SEEDS_MAX - 1)
            return;
        stage_close(stage);
    }
}

static int list(const struct lesson_options *values)
{
    const struct lesson_writer *writer = values->json ? &lesson_json : &lesson_lines;
    size_t count;
    const struct lesson *const *table = lessons_table(&count);
    struct lesson_output output = {.file = stdout, .count = count};

    for (size_t i = 0; i < count; i++)
        writer->list(&output, &table[i]->topic);
    return report_finish_output();
}

static int complain_unknown(const char *typed)
{
    size_t count, distance = NEAREST_NONE;
    const struct lesson *const *table = lessons_table(&count);
    const char *best = NULL;

    for (size_t i = 0; i < count; i++) {
        size_t its_distance = nearest_distance(typed, table[i]->topic.name);
        if (its_distance < distance) {
            distance = its_distance;
            best = table[i]->topic.name;
        }
    }
    if (best != NULL)
        report_error("no lesson %s: did you mean 'udptui lesson %s'?", typed, best);
    else
        report_error("no lesson %s: 'udptui lesson' lists them", typed);
    return EXIT_USAGE;
}

/* The rows of the table that the name stands for. False where there are none. */
static bool choose(const char *name, struct lesson_run *run)
{
    size_t count;
    const struct lesson *const *table = lessons_table(&count);

    run->first = 0;
    run->last = count - 1;
    if (strcmp(name, "all") == 0)
        return true;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(table[i]->topic.name, name) != 0)
            continue;
        run->first = run->last = i;
        return true;
    }
    return false;
}

static bool wants_screen(const struct lesson_options *values)
{
    return !values->json && !values->no_ui && !values->automatic && isatty(STDIN_FILENO) &&
           isatty(STDOUT_FILENO);
}

static int status_of(const struct lesson_run *run)
{
    int number = signals_number(&run->signals);

    if (run->broken)
        return outlet_status(run->error);
    if (number != 0)
        return 128 + number;
    if (run->failed)
        return EXIT_SETUP;
    return run->otherwise ? EXIT_UNANSWERED : EXIT_DONE;
}

void lesson_log(struct lesson_run *run, const struct lesson_output *output,
                const struct lesson_topic *topic, const struct lesson_result *result,
                const struct lesson_ladder *ladder)
{
    struct lesson_output logged = *output;

    if (run->log == NULL)
        return;
    logged.file = logfile_stream(run->log);
    logged.seed = (uint64_t)run->options->seed;
    lesson_json.result(&logged, topic, result, ladder);
    logfile_commit(run->log);
}

static int run_lessons(struct lesson_run *run)
{
    int status;

    if (!signals_open(&run->signals)) {
        report_error("cannot start a thread: %s", reason_text(errno));
        return EXIT_SETUP;
    }
    run->output = outlet_open(&run->signals);
    if (logfile_begin(&run->log, run->options->log, &run->signals, &status)) {
        if (!wants_screen(run->options) || !lesson_run_screen(run))
            lesson_run_lines(run);
        status = logfile_end(run->log, status_of(run));
    }
    outlet_close(run->output);
    signals_close(&run->signals);
    return status;
}

static int run_command(int argument_count, char *const arguments[])
{
    struct lesson_options values = {.seed = SEED};
    struct opts_operands operands;
    struct lesson_run run = {.options = &values};
    int status;

    if (!commands_parse(&spec, argument_count, arguments, &values, &operands, &status))
        return status;
    if (operands.count == 0)
        return list(&values);
    if (!choose(operands.items[0], &run))
        return complain_unknown(operands.items[0]);
    run.charset = locale_charset(values.ascii);
    return run_lessons(&run);
}

const struct command command_lesson = {.spec = &spec, .run = run_command};
