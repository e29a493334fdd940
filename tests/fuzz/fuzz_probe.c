/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_probe: replies, ICMP errors and times of sending to a `ping`. Input: a byte for its
 * settings, then what the network does (seam). Each probe is counted once, and no time is negative.
 */
#include <string.h>

#include "fuzz.h"
#include "seam.h"
#include "udptui/base/units.h"
#include "udptui/probe/probe.h"

const char *const fuzz_words[] = {"\x01\x01", "\x02\x01\x01", "\x05\x01\x01", "\xb4\x01\x03\x03",
                                  "\xff",     "\x7f",         "ping 1",       NULL};

enum { PROBES = 40, TURNS_MAX = 200 };

static void take_event(void *context, const struct probe_event *event)
{
    uint64_t *events = context;

    ++*events;
    fuzz_require(event->kind != PROBE_REPLY || event->reply.outcome == SERIES_UNKNOWN ||
                     event->number < PROBES,
                 "a reply is to a probe");
    fuzz_require(event->reply.rtt_ns >= -1, "no time is negative");
    fuzz_require(event->kind != PROBE_FAILED || event->why[0] != '\0', "a failure has a reason");
    fuzz_require(memchr(event->why, '\0', sizeof event->why) != NULL, "a reason ends");
    for (const char *at = event->why; *at != '\0'; at++)
        fuzz_require((unsigned char)*at >= ' ' && *at != 0x7f, "it is safe text");
}

static void require_figures(const struct probe *probe)
{
    const struct probe_figures figures = probe_figures(probe);
    const struct series_counts *counts = &figures.counts;

    fuzz_require(counts->sent == counts->received + counts->late + counts->lost + counts->waiting,
                 "each probe is counted once");
    fuzz_require(counts->sent + figures.not_sent <= PROBES, "no more are sent than were asked for");
    fuzz_require(counts->sent == seam_sent(), "what was sent is counted");
    fuzz_require(figures.times[PROBE_RTT].count <= counts->received + counts->late,
                 "a probe has one round-trip time");
    fuzz_require(counts->received + counts->late + counts->duplicates + figures.strays <=
                     seam_received(),
                 "no more replies than datagrams");
    for (size_t i = 0; i < PROBE_TIMES; i++)
        fuzz_require(figures.times[i].count == 0 ||
                         figures.times[i].min_ns <= figures.times[i].max_ns,
                     "the least is not above the most");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    uint64_t events = 0;
    char error[PROBE_ERROR_SIZE] = "";

    seam_begin(bytes, size);
    const uint8_t how = seam_byte();
    const struct probe_config config = {
        .target = {.family = how & 4 ? ENDPOINT_IPV6 : ENDPOINT_IPV4,
                   .address = {10, 0, 0, 1},
                   .port = 4010},
        .mode = (enum probe_mode)(how & 3),
        .size_bytes = PROBE_SIZE_MIN + (how & 8),
        .interval_ns = how & 16 ? UNITS_NS_PER_US : 10 * UNITS_NS_PER_MS,
        .timeout_ns = how & 32 ? 50 * UNITS_NS_PER_MS : UNITS_NS_PER_S,
        .count = PROBES};
    struct probe *probe = probe_open(&config, take_event, &events, error);

    fuzz_require(probe != NULL, "a probe opens");
    for (int turn = 0; turn < TURNS_MAX && !seam_is_over() && !probe_is_done(probe); turn++) {
        probe_turn(probe);
        seam_pass(seam_byte() * UNITS_NS_PER_MS / 4);
        require_figures(probe);
    }
    probe_close(probe);
    return 0;
}
