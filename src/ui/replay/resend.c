/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* resend: --to: the outcome of each request that is sent again, as lines or JSON. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "resend_internal.h"
#include "udptui/output/line_time.h"
#include "udptui/output/payload.h"
#include "udptui/sys/locale.h"
#include "udptui/sys/report.h"
#include "udptui/sys/tty.h"

/* ---- the task */

static bool resend_task_chooses(void *context, const struct event_message *event,
                                const uint8_t *payload)
{
    const struct resend_task *task = context;

    return serve_chooses(&task->choosing, event, payload);
}

static bool resend_task_report(void *context, const struct resend_report *report)
{
    const struct resend_task *task = context;

    return task->report(task->context, report);
}

struct resend_task resend_task_of(struct replay_run *run,
                                  bool (*report)(void *context, const struct resend_report *report),
                                  void *context)
{
    return (struct resend_task){
        .run = run, .choosing = {.filter = run->filter}, .report = report, .context = context};
}

void resend_task_run(struct resend_task *task, struct signals *signals)
{
    struct replay_run *run = task->run;
    const struct resender_config config = {
        .target = run->target,
        .times = run->options.times,
        .idle_limit_ns = run->options.idle_limit_ns,
        .timeout_ns = run->options.timeout_ns,
        .rounds = (uint64_t)run->options.loop,
        .chooses = resend_task_chooses,
        .report = resend_task_report,
        .context = task,
    };

    task->done = resender_run(&run->source, &config, signals, &task->totals, task->error);
}

static int resend_task_status(const struct resend_task *task)
{
    const struct resend_totals *totals = &task->totals;
    int number = signals_number(&task->run->signals);
    bool answered = totals->counts[RESEND_DIFFERENT] + totals->counts[RESEND_SILENT] +
                        totals->failed + totals->incomplete ==
                    0;

    if (number != 0)
        return 128 + number;
    return answered ? EXIT_DONE : EXIT_UNANSWERED;
}

int resend_task_end(struct resend_task *task)
{
    struct replay_run *run = task->run;
    const struct resend_writer *writer = run->options.look.json ? &resend_json : &resend_lines;

    replay_log_resent(run, &task->totals);
    if (!task->done) {
        report_error("--to: %s", task->error);
        return EXIT_SETUP;
    }
    if (!writer->summary(run->output, tty_columns(STDOUT_FILENO), &task->totals))
        return report_lost_output(errno);
    return resend_task_status(task);
}

/* ---- lines and JSON */

struct resend_front {
    struct resend_task task;
    const struct resend_writer *writer;
    struct resend_output output;
    uint64_t not_shown; /* lines that were left out because nobody read them */
    int error;          /* errno of the output */
};

static bool resend_front_report(void *context, const struct resend_report *report)
{
    struct resend_front *front = context;

    struct outlet *outlet = &front->task.run->outlet;

    replay_log_report(front->task.run, report);
    bool written = outlet_turn(outlet);
    bool fits = !outlet_is_full(outlet);
    front->not_shown += !fits;
    if (!written || (fits && !front->writer->report(&front->output, report)))
        front->error = errno;
    return front->error == 0;
}

static int resend_front_run(struct resend_front *front)
{
    struct replay_run *run = front->task.run;

    resend_task_run(&front->task, &run->signals);
    outlet_report_left_out(front->not_shown);
    if (front->error == 0)
        return resend_task_end(&front->task);
    replay_log_resent(run, &front->task.totals);
    return report_lost_output(front->error);
}

static int resend_run_lines(struct replay_run *run)
{
    const struct display_options *look = &run->options.look;
    struct resend_front front = {
        .task = resend_task_of(run, resend_front_report, &front),
        .writer = look->json ? &resend_json : &resend_lines,
        .output = {.file = run->output,
                   .charset = locale_charset(look->ascii),
                   .stamp = line_time_stamp(look->time),
                   .privacy = look->privacy,
                   .full = look->full,
                   .scratch = malloc(PAYLOAD_SCRATCH)},
    };
    int status = EXIT_SETUP;

    if (front.output.scratch == NULL)
        report_error("not enough memory");
    else
        status = resend_front_run(&front);
    free(front.output.scratch);
    return status;
}

int replay_run_resend(struct replay_run *run, bool screen)
{
    int status;

    if (screen && resend_run_screen(run, &status))
        return status;
    return resend_run_lines(run);
}
