/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dissected: see the header. */
#include "udptui/ui/serve/dissected.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "udptui/base/units.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/locale.h"
#include "udptui/sys/report.h"
#include "udptui/sys/wait.h"

enum { BATCH = 1024, RECORDS = 16384 };

static const int64_t beat_ns = 100 * UNITS_NS_PER_MS, quick_ns = 3 * UNITS_NS_PER_S;

bool dissected_open(struct dissected *dissected, const struct display_options *options,
                    struct launcher *launcher, struct signals *signals, dissect_deliver *deliver,
                    void *context, int *status)
{
    const struct dissect_stream_config config = {
        .dissector = {.launcher = launcher,
                      .charset = options->json ? TEXT_UTF8 : locale_charset(options->ascii),
                      .batch_max = BATCH},
        .records_max = RECORDS,
        .deliver = deliver,
        .context = context};

    *dissected = (struct dissected){.deliver = deliver, .context = context, .signals = signals};
    if (!options->dissect)
        return true;
    *status = EXIT_SETUP;
    dissected->stream = dissect_stream_open(&config);
    if (dissected->stream == NULL) {
        report_error("not enough memory");
        return false;
    }
    struct dissector *dissector = dissect_stream_dissector(dissected->stream);
    if (!dissector_is_off(dissector))
        return true;
    report_error("--dissect: %s", dissector_note(dissector));
    dissect_stream_close(dissected->stream);
    return false;
}

/* The notes of the dissector, each once. */
static void dissected_report(struct dissected *dissected)
{
    const char *note = dissector_note(dissect_stream_dissector(dissected->stream));
    char line[DISSECT_NOTE_SIZE + 32];

    if (note[0] == '\0' || strcmp(note, dissected->noted) == 0)
        return;
    snprintf(dissected->noted, sizeof dissected->noted, "%s", note);
    snprintf(line, sizeof line, "--dissect: %s", note);
    report_safe_news(line);
}

void dissected_turn(struct dissected *dissected)
{
    if (dissected->stream == NULL)
        return;
    dissect_stream_turn(dissected->stream, clock_monotonic_ns());
    dissected_report(dissected);
}

/* Until the dissectors have something, or a moment has passed. */
static void dissected_wait(struct dissected *dissected)
{
    struct pollfd polled = {.fd = dissected_fd(dissected), .events = POLLIN};

    signals_beat(dissected->signals);
    wait_until(&polled, 1,
               wait_earlier_ns(dissected_due_ns(dissected), clock_monotonic_ns() + beat_ns));
    dissected_turn(dissected);
}

void dissected_put(struct dissected *dissected, const void *record, size_t size_bytes)
{
    if (dissected->stream == NULL) {
        dissected->deliver(dissected->context, record, size_bytes, NULL);
        return;
    }
    if (dissected->patient && dissect_stream_is_full(dissected->stream))
        dissected_turn(dissected);
    while (dissected->patient && dissect_stream_is_full(dissected->stream) &&
           signals_number(dissected->signals) == 0)
        dissected_wait(dissected);
    dissect_stream_put(dissected->stream, record, size_bytes);
}

int dissected_fd(const struct dissected *dissected)
{
    return dissected->stream != NULL ? dissector_fd(dissect_stream_dissector(dissected->stream))
                                     : -1;
}

int64_t dissected_due_ns(const struct dissected *dissected)
{
    return dissected->stream != NULL ? dissector_due_ns(dissect_stream_dissector(dissected->stream))
                                     : INT64_MAX;
}

void dissected_finish(struct dissected *dissected, bool quick)
{
    int64_t end_ns = quick ? clock_monotonic_ns() + quick_ns : INT64_MAX;

    if (dissected->stream == NULL)
        return;
    dissected_turn(dissected);
    while (dissect_stream_held(dissected->stream) > 0 && clock_monotonic_ns() < end_ns)
        dissected_wait(dissected);
    dissect_stream_push_out(dissected->stream);
}

void dissected_close(struct dissected *dissected)
{
    uint64_t missing = dissected->stream != NULL ? dissect_stream_unanswered(dissected->stream) : 0;

    if (missing > 0)
        report_error("--dissect: messages without an answer: %" PRIu64, missing);
    dissect_stream_close(dissected->stream);
    dissected->stream = NULL;
}
