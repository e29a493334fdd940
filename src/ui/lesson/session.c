/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lesson_session: chooses how the lessons are shown. */
#include "udptui/ui/lesson/session.h"

#include <errno.h>

#include "udptui/lesson/capture.h"
#include "udptui/output/logfile.h"
#include "udptui/output/outlet.h"
#include "udptui/sys/locale.h"
#include "udptui/sys/report.h"
#include "udptui/sys/thread.h"
#include "udptui/sys/tty.h"

/* The catalog of the language that an option or the environment names. */
static const struct catalog *lesson_open_catalog(const struct lesson_options *options,
                                                 struct catalogs_opened *opened)
{
    const struct language_environment environment = locale_environment();
    int language = options->language;

    if (language < 0)
        language = language_choose(&environment, catalogs_languages);
    return catalogs_open(opened, language, locale_charset(options->ascii));
}

/* Reads the shipped lessons or, if path is not NULL, that of a file. EXIT_DONE, or the exit status
 * with an error reported. */
static int lesson_open_topics(struct topics *topics, const char *path,
                              const struct catalog *catalog)
{
    struct problem problem;

    if (path != NULL ? topics_open_file(topics, path, &problem)
                     : topics_open(topics, catalog, &problem))
        return EXIT_DONE;
    report_error("%s", problem.text);
    return problem.usage ? EXIT_USAGE : EXIT_SETUP;
}

const struct lesson_writer *lesson_writer_of(const struct lesson_options *options)
{
    if (options->markdown)
        return &lesson_markdown;
    return options->json ? &lesson_json : &lesson_lines;
}

int lesson_list(const struct lesson_options *options)
{
    const struct lesson_writer *writer = lesson_writer_of(options);
    struct topics topics;
    struct catalogs_opened opened;
    struct lesson_output output = {.file = stdout,
                                   .catalog = lesson_open_catalog(options, &opened)};
    int status = lesson_open_topics(&topics, NULL, output.catalog);

    output.count = topics.count;
    for (size_t i = 0; i < topics.count && status == EXIT_DONE; i++)
        writer->list(&output, &topics.lessons[i]->topic);
    topics_close(&topics);
    catalogs_close(&opened);
    return status == EXIT_DONE ? report_finish_output() : status;
}

static bool lesson_wants_screen(const struct lesson_options *options)
{
    return !options->json && !options->markdown && !options->no_ui && !options->automatic &&
           tty_is_interactive();
}

static int lesson_status(const struct lesson_run *run)
{
    int number = signals_number(&run->signals);

    if (run->broken)
        return report_lost_output(run->error);
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
    logfile_commit(run->log, lesson_json.result(&logged, topic, result, ladder));
}

/* The screen may go on to other lessons. */
void lesson_write_pcap(struct lesson_run *run, const struct lesson_topic *topic,
                       const struct stage *stage)
{
    if (run->options->pcap == NULL || topic != &run->topics.lessons[run->first]->topic)
        return;
    if (lesson_capture_write(stage, topic, run->options->pcap, run->options->force, &run->signals,
                             run->pcap_error))
        run->pcap_error[0] = '\0';
}

/* Not while there is a screen. */
static void lesson_report_pcap(struct lesson_run *run)
{
    if (run->pcap_error[0] == '\0')
        return;
    report_error("--pcap %s", run->pcap_error);
    run->failed = true;
}

/* Goes through the lessons, which are read. Exit status. */
static int lesson_run_topics(struct lesson_run *run)
{
    struct outlet outlet;
    int status;

    if (!signals_open(&run->signals)) {
        report_error("cannot start a thread: %s", thread_failure(errno));
        return EXIT_SETUP;
    }
    outlet_open(&outlet, OUTLET_WAITS, &run->signals);
    run->output = outlet.file;
    if (logfile_begin(&run->log, run->options->log, &run->signals, &status)) {
        if (!lesson_wants_screen(run->options) || !lesson_run_screen(run))
            lesson_run_lines(run);
        lesson_report_pcap(run);
        status = logfile_end(run->log, lesson_status(run));
    }
    status = outlet_close(&outlet, status);
    signals_close(&run->signals);
    return status;
}

int lesson_run(struct lesson_run *run)
{
    int status;

    run->charset = locale_charset(run->options->ascii);
    run->catalog = lesson_open_catalog(run->options, &run->opened);
    status = lesson_open_topics(&run->topics, run->path, run->catalog);
    if (status == EXIT_DONE)
        status = lesson_run_topics(run);
    topics_close(&run->topics);
    catalogs_close(&run->opened);
    return status;
}
