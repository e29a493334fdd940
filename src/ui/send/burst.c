/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* burst: /burst N SIZE. */
#include "udptui/probe/burst.h"

#include <inttypes.h>
#include <string.h>

#include "console_internal.h"
#include "udptui/base/units.h"
#include "udptui/proto/datagram.h"

enum { BURST_SIZE_BYTES = 64 };

/* What a udptui server counted; nothing of other servers. */
static void burst_show_there(struct console *console, const struct burst_result *result)
{
    const struct counters *there = &result->there;

    if (result->counted)
        console_say(console,
                    "  the server: received %" PRIu64 ", dropped %s%" PRIu32
                    " (receive queue full; of all clients)",
                    there->received, there->at_least ? "at least " : "", there->dropped);
    else if (result->asked)
        console_say(console, "  the server: no reply about what it received");
}

static void burst_show_result(struct console *console, const struct burst_result *result)
{
    char sending[UNITS_TEXT_SIZE], last[UNITS_TEXT_SIZE];

    console_say(
        console, "/burst: sent %" PRIu64 " in %s, replies %" PRIu64 " (%.1f%%)%s%s", result->sent,
        units_duration(result->sending_ns, sending, sizeof sending), result->replies,
        result->sent > 0 ? 100 * (double)result->replies / (double)result->sent : 0,
        result->last_reply_ns >= 0 ? ", the last one after " : "",
        result->last_reply_ns >= 0 ? units_duration(result->last_reply_ns, last, sizeof last) : "");
    burst_show_there(console, result);
    if (result->late > 0)
        console_say(console, "  late: %" PRIu64, result->late);
    if (result->replies > result->sent)
        console_say(console, "  more replies than datagrams: some came twice");
    if (result->dropped > 0)
        console_say(console, "  replies dropped here, receive queue full: %" PRIu64,
                    result->dropped);
    if (result->errors > 0)
        console_say(console, "  ICMP errors: %" PRIu64, result->errors);
    if (result->why[0] != '\0')
        console_say(console, "  %s", result->why);
}

/* ---- the measurement */

static int burst_get_fd(const void *state)
{
    return burst_fd(state);
}

static int64_t burst_get_deadline_ns(const void *state)
{
    return burst_deadline_ns(state);
}

static bool burst_end(struct console *console, void *state)
{
    const struct burst_result result = burst_result(state);

    burst_show_result(console, &result);
    return true;
}

static bool burst_take_turn(struct console *console, void *state)
{
    return burst_turn(state) && burst_end(console, state);
}

static void burst_free(void *state)
{
    burst_close(state);
}

static const struct measurement_kind burst_kind = {.name = "/burst",
                                                   .fd = burst_get_fd,
                                                   .deadline_ns = burst_get_deadline_ns,
                                                   .turn = burst_take_turn,
                                                   .stop = burst_end,
                                                   .close = burst_free};

/* "N [SIZE]" */
static bool burst_parse(const char *argument, int64_t *count, int64_t *size_bytes)
{
    const char *rest = console_split_number(argument, 1, BURST_COUNT_MAX, count);

    *size_bytes = BURST_SIZE_BYTES;
    return rest != NULL &&
           (rest[0] == '\0' || units_parse_integer(rest, 0, DATAGRAM_PAYLOAD_MAX_IPV4, size_bytes));
}

void console_burst(struct console *console, const struct command_line *line)
{
    const struct trial_config config = measurement_trial(console);
    char error[TRIAL_ERROR_SIZE];
    int64_t count, size_bytes;
    struct burst *burst;

    if (!burst_parse(line->argument, &count, &size_bytes)) {
        console_say(console,
                    "/burst needs how many (1 to %d) and perhaps of how many bytes (0 to %d)",
                    BURST_COUNT_MAX, DATAGRAM_PAYLOAD_MAX_IPV4);
        return;
    }
    if (!measurement_is_free(console) || !console_has_one_target(console, "/burst"))
        return;
    burst = burst_open(&config, (uint64_t)count, (size_t)size_bytes, error);
    if (burst == NULL)
        console_say(console, "/burst: %s", error);
    else
        measurement_begin(console, &burst_kind, burst);
}
