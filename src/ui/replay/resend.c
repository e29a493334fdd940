/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay_resend: --to: the outcome of each request that is sent again, as lines or JSON. */
#include <errno.h>
#include <stdlib.h>

#include "udptui/output/line_time.h"
#include "udptui/output/outlet.h"
#include "udptui/output/payload.h"
#include "udptui/output/serve.h"
#include "udptui/sys/locale.h"
#include "udptui/sys/report.h"
#include "udptui/ui/replay/session.h"

struct resend_front {
    struct replay_run *run;
    const struct resend_writer *writer;
    struct resend_output output;
    struct serve_output choosing; /* what --filter needs */
    int error;                    /* errno of the output */
};

static bool resend_front_chooses(void *context, const struct event_message *event,
                                 const uint8_t *payload)
{
    struct resend_front *front = context;

    return serve_chooses(&front->choosing, event, payload);
}

static bool resend_front_report(void *context, const struct resend_report *report)
{
    struct resend_front *front = context;

    replay_log_report(front->run, report);
    if (!front->writer->report(&front->output, report))
        front->error = errno;
    return front->error == 0;
}

static int resend_front_status(const struct resend_front *front, const struct resend_totals *totals)
{
    int number = signals_number(&front->run->signals);

    if (front->error != 0)
        return outlet_status(front->error);
    if (number != 0)
        return 128 + number;
    return totals->counts[RESEND_DIFFERENT] + totals->counts[RESEND_SILENT] + totals->failed +
                       totals->incomplete >
                   0
               ? EXIT_UNANSWERED
               : EXIT_DONE;
}

static int resend_front_run(struct resend_front *front)
{
    struct replay_run *run = front->run;
    const struct resender_config config = {
        .target = run->target,
        .times = run->options.times,
        .idle_limit_ns = run->options.idle_limit_ns,
        .timeout_ns = run->options.timeout_ns,
        .rounds = (uint64_t)run->options.loop,
        .chooses = resend_front_chooses,
        .report = resend_front_report,
        .context = front,
    };
    struct resend_totals totals;
    char error[RESENDER_ERROR_SIZE];
    bool done = resender_run(&run->source, &config, &run->signals, &totals, error);

    replay_log_resent(run, &totals);
    if (!done) {
        report_error("--to: %s", error);
        return EXIT_SETUP;
    }
    if (front->error == 0 && !front->writer->summary(run->output, &totals))
        front->error = errno;
    return resend_front_status(front, &totals);
}

int replay_run_resend(struct replay_run *run)
{
    const struct display_options *look = &run->options.look;
    struct resend_front front = {
        .run = run,
        .writer = look->json ? &resend_json : &resend_lines,
        .output = {.file = run->output,
                   .charset = locale_charset(look->ascii),
                   .stamp = line_time_stamp(look->time),
                   .privacy = look->privacy,
                   .full = look->full,
                   .scratch = malloc(PAYLOAD_SCRATCH)},
        .choosing = {.filter = run->filter},
    };
    int status = EXIT_SETUP;

    if (front.output.scratch == NULL)
        report_error("not enough memory");
    else
        status = resend_front_run(&front);
    free(front.output.scratch);
    return status;
}
