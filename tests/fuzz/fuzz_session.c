/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_session: replies, ICMP errors and times of sending to a `send`. Input: two bytes for its
 * options, then messages, time that passes, and what the network does (seam). Each message is
 * counted once, each report has its datagram.
 */
#include <string.h>

#include "fuzz.h"
#include "seam.h"
#include "udptui/client/exchange.h"
#include "udptui/client/session.h"

const char *const fuzz_words[] = {
    "\x01\x05hello", "\x02\x01\x01", "\x02\x02\x01\x01", "\x03\x40", "\xb4\x01", "\xff", NULL,
};

enum { STEPS_MAX = 200, MESSAGE_MOST = 40 };

static void take_result(void *context, const struct result *result)
{
    uint64_t *replies = context;
    unsigned sum = 0;

    *replies += result->reply != NULL;
    fuzz_require(result->status < RESULT_KINDS, "a result has a status");
    fuzz_require(result->rtt_ns >= -1, "no time is negative");
    fuzz_require(result->reply != NULL || result->reply_bytes == 0, "a reply has its bytes");
    fuzz_require(result->status != RESULT_UNSOLICITED || result->seq == 0, "it answers nothing");
    fuzz_require((result->status == RESULT_ACKED) <= (result->reply != NULL), "an ack is a reply");
    for (const char *at = result->why; at != NULL && *at != '\0'; at++)
        fuzz_require((unsigned char)*at >= ' ' && *at != 0x7f, "a reason is safe text");
    for (size_t i = 0; i < result->reply_bytes; i++)
        sum += result->reply[i]; /* all of it can be read */
    fuzz_require(sum <= 255 * result->reply_bytes, "bytes are bytes");
}

static void require_totals(const struct session *session, uint64_t tried, uint64_t replies)
{
    const struct send_totals totals = session_totals(session);
    uint64_t settled = 0;

    for (int i = 0; i < RESULT_STATUSES; i++)
        settled += totals.counts[i];
    fuzz_require(totals.sent == tried, "each message is counted");
    fuzz_require(settled <= totals.sent && totals.waiting == totals.sent - settled,
                 "and has one outcome");
    fuzz_require(exchange_is_idle(session) <= (totals.waiting == 0), "what waits is remembered");
    fuzz_require(replies == seam_received(), "each datagram that came is reported once");
    fuzz_require(totals.counts[RESULT_ACKED] <= replies, "an ack is one of them");
    fuzz_require(totals.rtt_min_ns <= totals.rtt_max_ns, "the least is not above the most");
}

/* One thing that happens; returns how many messages were sent. */
static uint64_t step(struct session *session)
{
    struct pollfd polled[SESSION_CHANNELS_MAX];
    size_t size;
    const uint8_t *bytes;

    switch (seam_byte() & 3) {
    case 1:
        bytes = seam_bytes(seam_byte() % MESSAGE_MOST, &size);
        exchange_send(session, bytes, size);
        return 1;
    case 2: {
        size_t count = exchange_list_polled(session, polled);
        uint8_t which = seam_byte();
        for (size_t i = 0; i < count; i++)
            polled[i].revents = polled[i].fd < 0     ? 0
                                : i == which % count ? which & 64 ? POLLERR | POLLIN : POLLIN
                                                     : 0;
        exchange_take(session, polled, count);
        return 0;
    }
    case 3:
        seam_pass((int64_t)seam_byte() * 20 * UNITS_NS_PER_MS);
        break;
    default:
        break;
    }
    exchange_expire(session, seam_now_ns());
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    uint64_t replies = 0, tried = 0;
    struct problem problem;
    const struct session_listener listener = {.context = &replies, .result = take_result};

    seam_begin(bytes, size);
    const uint8_t how = seam_byte(), more = seam_byte();
    const struct session_options options = {.timeout_ns = UNITS_NS_PER_S,
                                            .wait_ns = how & 16 ? UNITS_NS_PER_S : 0,
                                            .retry = how & 8 ? 2 : 0,
                                            .replies = more & 3,
                                            .match = how & 3,
                                            .fill = (how & 4) != 0,
                                            .no_reply = more >= 250,
                                            .broadcast = (more & 4) != 0,
                                            .send_stamps = (how & 32) != 0,
                                            .rate_per_s = how & 64 ? 20000 : 0,
                                            .sessions = how & 128 ? 1000 : 1};
    struct session *session = session_open(
        &options, more & 8 ? "[2001:db8::1]:4010" : "10.0.0.2:4010", &listener, &problem);

    fuzz_require(session != NULL, "a session opens");
    for (int i = 0; i < STEPS_MAX && !seam_is_over(); i++) {
        tried += step(session);
        require_totals(session, tried, replies);
    }
    session_close(session);
    return 0;
}
