/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay_lines: a capture without a screen: each message when it is known what became of it. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "outlet.h"
#include "replay.h"
#include "udptui/cmd/commands.h"
#include "udptui/core/units.h"
#include "udptui/net/clock.h"
#include "udptui/output/serve.h"

static const double longest_ns = 1e18; /* some thirty years: what a broken file may ask for */

struct lines {
    struct replay_run *run;
    const struct serve_writer *writer;
    struct serve_output output;
    int error; /* errno of standard output */
};

static void take(void *context, const void *record, size_t size_bytes)
{
    struct lines *lines = context;
    const struct event_message *message = record;
    const uint8_t *payload = (const uint8_t *)(message + 1);

    (void)size_bytes;
    if (event_kind_of(record) != EVENT_MESSAGE || lines->error != 0)
        return;
    if (lines->output.roster != NULL)
        roster_hear(lines->output.roster, message->slot, message->generation, payload,
                    message->stored_bytes);
    if (!lines->writer->message(&lines->output, message, payload))
        lines->error = errno;
}

/* Waits until the datagram's time has come. False where a signal came first. */
static bool wait_for(struct replay_run *run, int64_t *clock_ns, int64_t *shown_ns)
{
    struct pollfd polled = {.fd = run->signals.fd, .events = POLLIN};
    int64_t ahead_ns = run->film.wall_ns - *shown_ns, due_ns;

    *shown_ns = run->film.wall_ns;
    if (run->options.speed == NULL || run->options.times == 0)
        return signals_number(&run->signals) == 0;
    double wait_ns = (double)ahead_ns / run->options.times;
    due_ns = *clock_ns + (int64_t)(wait_ns < longest_ns ? wait_ns : longest_ns);
    *clock_ns = due_ns;
    fflush(run->output);
    for (int64_t left_ns; (left_ns = due_ns - clock_monotonic_ns()) > 0;) {
        int64_t left_ms = left_ns / UNITS_NS_PER_MS + 1;
        if (poll(&polled, 1, left_ms < INT32_MAX ? (int)left_ms : INT32_MAX) > 0)
            return false;
    }
    return true;
}

static void write_all(struct lines *lines, struct replay *replay)
{
    struct replay_run *run = lines->run;
    int64_t clock_ns = clock_monotonic_ns(), shown_ns = run->film.wall_ns;

    while (run->film.has && lines->error == 0 && wait_for(run, &clock_ns, &shown_ns)) {
        signals_beat(&run->signals);
        replay_feed(run, replay);
    }
    replay_end(replay);
}

static void write_end(struct lines *lines, const struct replay *replay)
{
    struct event_totals totals = replay_totals(replay, 0);
    struct capture_counts counts = film_counts(&lines->run->film);
    bool (*write_counts)(FILE *, const struct capture_counts *) =
        lines->run->options.look.json ? replay_write_json : replay_write_lines;

    if (lines->error == 0 && (!write_counts(lines->run->output, &counts) ||
                              !lines->writer->summary(&lines->output, &totals)))
        lines->error = errno;
}

static int status_of(const struct lines *lines)
{
    int number = signals_number(&lines->run->signals);

    if (lines->error != 0)
        return outlet_status(lines->error);
    return number == 0 ? EXIT_DONE : 128 + number;
}

int replay_run_lines(struct replay_run *run)
{
    const struct server_options *look = &run->options.look;
    struct lines lines = {.run = run,
                          .writer = look->json ? &serve_json : &serve_lines,
                          .output = {.file = run->output,
                                     .charset = server_charset(look),
                                     .full = look->full,
                                     .utc_offset_s = server_utc_offset_s(),
                                     .privacy = look->privacy,
                                     .scratch = malloc(PAYLOAD_SCRATCH)}};
    const struct roster_config names = {.capacity = (uint32_t)look->max_clients,
                                        .names = look->roster,
                                        .privacy = look->privacy,
                                        .charset = lines.output.charset};
    struct replay *replay = replay_make(run, false, take, &lines);
    bool wants_roster = look->roster || look->privacy;
    int status = EXIT_SETUP;

    if (wants_roster)
        lines.output.roster = roster_open(&names);
    if (replay == NULL || lines.output.scratch == NULL ||
        (wants_roster && lines.output.roster == NULL)) {
        commands_complain("not enough memory");
    } else {
        write_all(&lines, replay);
        write_end(&lines, replay);
        status = status_of(&lines);
    }
    roster_close(lines.output.roster);
    free(lines.output.scratch);
    replay_close(replay);
    return status;
}
