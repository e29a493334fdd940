/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * replay_lines: a capture without a screen.
 *
 * A file is written in order, each message once, when it is settled. A live capture (a pipe), and
 * one played in the capture's time (--speed), is written as soon as possible: a message with its
 * reply, or without one after hold_ns; later facts follow in a separate record.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "udptui/base/array.h"
#include "udptui/base/units.h"
#include "udptui/output/line_time.h"
#include "udptui/output/serve.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/locale.h"
#include "udptui/sys/report.h"
#include "udptui/sys/tty.h"
#include "udptui/sys/wait.h"
#include "udptui/ui/replay/session.h"
#include "udptui/ui/serve/dissected.h"

/* A message without a reply is written after hold_ns; checked each look_ns. */
static const int64_t hold_ns = 800 * UNITS_NS_PER_MS, look_ns = 100 * UNITS_NS_PER_MS;
enum { FRAMES_A_LOOK = 4096 };         /* of --save, at signals */
static const double longest_ns = 1e18; /* some thirty years, for broken files */

struct replay_printer {
    struct replay_run *run;
    struct pairing *pairing;
    const struct replay_writer *writer;
    struct serve_output output;
    struct dissected dissected;
    bool live;        /* written as it comes */
    bool quiet;       /* --save alone: no line a message */
    int64_t clock_ns; /* CLOCK_MONOTONIC when the capture's time was shown_ns */
    int64_t shown_ns;
    uint64_t not_chosen;
    int error; /* errno of standard output */
    int save_status;
};

static void replay_lines_write(void *context, const void *record, size_t size_bytes,
                               const struct dissect_answer *answer)
{
    struct replay_printer *lines = context;
    const struct event_message *message = record;
    const uint8_t *payload = (const uint8_t *)(message + 1);

    (void)size_bytes;
    if (lines->error != 0)
        return;
    lines->output.dissection = lines->run->log.output.dissection = answer;
    replay_log_message(lines->run, message);
    roster_note_event(lines->output.roster, message, payload);
    if (!serve_chooses(&lines->output, message, payload)) {
        lines->not_chosen += (message->flags & MESSAGE_UPDATE) == 0;
        return;
    }
    replay_save_choose(lines->run->save, message);
    if (!lines->quiet && !lines->writer->message(&lines->output, message, payload))
        lines->error = errno;
}

static void replay_lines_take(void *context, const void *record, size_t size_bytes)
{
    struct replay_printer *lines = context;

    if (event_kind_of(record) == EVENT_MESSAGE && lines->error == 0)
        dissected_put(&lines->dissected, record, size_bytes);
}

/* ---- time */

static bool is_paced(const struct replay_printer *lines)
{
    return lines->run->options.speed != NULL && lines->run->options.times > 0;
}

/* The capture's time now, if it runs with the clock. */
static int64_t capture_now_ns(const struct replay_printer *lines, int64_t now_ns)
{
    double times = is_paced(lines) ? lines->run->options.times : 1;
    double passed_ns = (double)(now_ns - lines->clock_ns) * times;

    return lines->shown_ns + (int64_t)(passed_ns < longest_ns ? passed_ns : longest_ns);
}

/* Waits until a descriptor (-1: none) is readable, or until_ns, or until something may have to be
 * written. False if a signal or an error came. */
static bool wait_a_while(struct replay_printer *lines, int fd, int64_t until_ns)
{
    struct pollfd polled[] = {{.fd = lines->run->signals.fd, .events = POLLIN},
                              {.fd = fd, .events = POLLIN},
                              {.fd = dissected_fd(&lines->dissected), .events = POLLIN}};
    struct event_totals totals = pairing_totals(lines->pairing, 0);
    bool looking = totals.waiting > 0 || replay_cursor_holds(&lines->run->source.cursor);

    if (looking || until_ns != INT64_MAX)
        until_ns = wait_earlier_ns(until_ns, clock_monotonic_ns() + look_ns);
    dissected_turn(&lines->dissected);
    if (fflush(lines->run->output) != 0)
        lines->error = errno;
    signals_beat(&lines->run->signals);
    wait_until(polled, COUNT_OF(polled),
               wait_earlier_ns(until_ns, dissected_due_ns(&lines->dissected)));
    return lines->error == 0 && signals_number(&lines->run->signals) == 0;
}

/* Waits until the datagram's time has come. False if a signal or an error came first. */
static bool wait_for_datagram(struct replay_printer *lines)
{
    const struct replay_options *options = &lines->run->options;
    int64_t wall_ns = lines->run->source.cursor.wall_ns, ahead_ns = wall_ns - lines->shown_ns;

    if (!is_paced(lines))
        return signals_number(&lines->run->signals) == 0;
    if (options->idle_limit_ns > 0 && ahead_ns > options->idle_limit_ns) {
        lines->shown_ns = wall_ns - options->idle_limit_ns;
        ahead_ns = options->idle_limit_ns;
    }
    double wait_ns = (double)ahead_ns / options->times;
    int64_t due_ns = lines->clock_ns + (int64_t)(wait_ns < longest_ns ? wait_ns : longest_ns);
    for (int64_t now_ns; (now_ns = clock_monotonic_ns()) < due_ns;) {
        int64_t capture_ns = capture_now_ns(lines, now_ns);
        pairing_pass(lines->pairing, capture_ns < wall_ns ? capture_ns : wall_ns);
        if (!wait_a_while(lines, -1, due_ns))
            return false;
    }
    lines->clock_ns = due_ns;
    return true;
}

/* No data from the pipe: the capture's time runs with the clock. False if a signal came. */
static bool wait_for_more(struct replay_printer *lines)
{
    struct replay_cursor *cursor = &lines->run->source.cursor;
    int64_t idle_ns = clock_monotonic_ns() - lines->clock_ns;

    if (cursor->wall_ns != INT64_MIN)
        pairing_pass(lines->pairing, capture_now_ns(lines, clock_monotonic_ns()));
    if (replay_cursor_holds(cursor) && idle_ns > PACKET_STREAM_PATIENCE_NS) {
        replay_cursor_give_up(cursor);
        return true;
    }
    return wait_a_while(lines, replay_cursor_fd(cursor), INT64_MAX);
}

/* ---- from the first to the last */

static void take_datagram(struct replay_printer *lines)
{
    struct replay_cursor *cursor = &lines->run->source.cursor;

    if (lines->shown_ns == INT64_MIN)
        lines->shown_ns = cursor->wall_ns;
    if (!wait_for_datagram(lines))
        return;
    if (!is_paced(lines))
        lines->clock_ns = clock_monotonic_ns();
    lines->shown_ns = cursor->wall_ns;
    replay_source_feed(&lines->run->source, lines->pairing);
}

static void replay_lines_write_all(struct replay_printer *lines)
{
    struct replay_run *run = lines->run;
    bool going = true;

    lines->clock_ns = clock_monotonic_ns();
    lines->shown_ns = INT64_MIN;
    while (going && lines->error == 0 && signals_number(&run->signals) == 0) {
        signals_beat(&run->signals);
        switch (replay_cursor_next_now(&run->source.cursor)) {
        case CURSOR_DATAGRAM:
            take_datagram(lines);
            break;
        case CURSOR_BUSY:
            break;
        case CURSOR_WAIT:
            going = wait_for_more(lines);
            break;
        case CURSOR_END:
            going = false;
            break;
        }
    }
    pairing_end(lines->pairing);
    dissected_finish(&lines->dissected, signals_number(&run->signals) != 0);
}

/* Returns EXIT_DONE, or EXIT_SETUP with the error reported. */
static int finish_saving(struct replay_run *run, uint64_t *frames_saved)
{
    char error[CAPTURE_ERROR_SIZE];
    bool more = true;

    while (more && signals_number(&run->signals) == 0) {
        signals_beat(&run->signals);
        more = replay_save_go_on(run->save, &run->source, FRAMES_A_LOOK);
    }
    bool saved = replay_save_finish(run->save, frames_saved, error);
    signals_watch_output(&run->signals, SIGNALS_CAPTURE, -1);
    if (saved)
        return EXIT_DONE;
    report_error("--save %s", error);
    return EXIT_SETUP;
}

/* Frames are saved before the summary, which includes their number. */
static void save_frames(struct replay_printer *lines, struct replay_counts *counts)
{
    counts->saving = lines->run->save != NULL;
    if (counts->saving && lines->error == 0 && signals_number(&lines->run->signals) == 0)
        lines->save_status = finish_saving(lines->run, &counts->frames_saved);
}

static void write_end(struct replay_printer *lines)
{
    struct event_totals totals = pairing_totals(lines->pairing, 0);
    struct replay_counts counts = replay_cursor_counts(&lines->run->source.cursor);
    size_t columns = tty_columns(STDOUT_FILENO);
    FILE *file = lines->run->output;

    totals.not_chosen = lines->not_chosen;
    save_frames(lines, &counts);
    replay_log_end(lines->run, &counts, &totals);
    if (lines->error == 0 && (!lines->writer->capture(file, columns, &counts) ||
                              !lines->writer->summary(file, columns, &totals)))
        lines->error = errno;
}

static int status_of(const struct replay_printer *lines)
{
    int number = signals_number(&lines->run->signals);

    if (lines->error != 0)
        return report_lost_output(lines->error);
    return number == 0 ? lines->save_status : 128 + number;
}

/* In the capture's time, so that it is hold_ns of ours. */
static int64_t capture_hold_ns(const struct replay_printer *lines)
{
    if (!lines->live)
        return INT64_MAX;
    return is_paced(lines) ? (int64_t)((double)hold_ns * lines->run->options.times) : hold_ns;
}

int replay_run_lines(struct replay_run *run)
{
    const struct display_options *look = &run->options.look;
    struct replay_printer lines = {.run = run,
                                   .quiet = run->save != NULL && !look->json && !look->no_ui,
                                   .save_status = EXIT_DONE,
                                   .writer = look->json ? &replay_json : &replay_lines,
                                   .output = {.file = run->output,
                                              .filter = run->filter,
                                              .charset = locale_charset(look->ascii),
                                              .full = look->full,
                                              .stamp = line_time_stamp(look->time),
                                              .privacy = look->privacy,
                                              .replay = true,
                                              .scratch = malloc(PAYLOAD_SCRATCH)}};
    bool wants_roster = look->roster || look->privacy;
    int status = EXIT_SETUP;

    if (!dissected_open(&lines.dissected, look, run->launcher, &run->signals, replay_lines_write,
                        &lines, &status)) {
        free(lines.output.scratch);
        return status;
    }
    lines.dissected.patient = true;
    lines.live = is_paced(&lines) || replay_cursor_fd(&run->source.cursor) >= 0;
    lines.pairing =
        replay_source_pair(&run->source, capture_hold_ns(&lines), replay_lines_take, &lines);
    if (wants_roster)
        lines.output.roster = display_open_roster(look, (uint32_t)run->options.max_clients,
                                                  lines.output.charset, NULL);
    if (lines.pairing == NULL || lines.output.scratch == NULL ||
        (wants_roster && lines.output.roster == NULL)) {
        report_error("not enough memory");
    } else {
        replay_lines_write_all(&lines);
        write_end(&lines);
        status = status_of(&lines);
    }
    dissected_close(&lines.dissected);
    roster_close(lines.output.roster);
    free(lines.output.scratch);
    pairing_close(lines.pairing);
    return status;
}
