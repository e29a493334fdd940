/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * series: the outcome of numbered probes: answered in time, late, lost, duplicated, reordered.
 *
 * A ring remembers the latest `capacity` probes, settled ones too, so that a duplicate of a reply
 * is recognised. Invariant: sent = received + late + lost + waiting. Pure: times are passed in,
 * CLOCK_MONOTONIC in ns.
 *
 * The numbers of a stateful reflector (RFC 8762 section 4.2.1) show in which direction probes were
 * lost: of the probes up to the latest answered one it received as many as its highest number. The
 * direction is unknown for probes before its session (series_begin_session), until a number differs
 * from the probe's, which shows that the reflector is stateful, for probes lost after the latest
 * answered one, and for as many as wait before that one. A reflector that begins its numbers again
 * begins a session. A request that was duplicated on the way there, with one of its two replies
 * lost, looks the same as one request that arrived and another that did not.
 */
#ifndef UDPTUI_PROBE_SERIES_H
#define UDPTUI_PROBE_SERIES_H

#include <stdbool.h>
#include <stdint.h>

enum { SERIES_CAPACITY_MAX = 1 << 22 };

struct series;

enum series_outcome {
    SERIES_RECEIVED,  /* the first reply, in time */
    SERIES_LATE,      /* the first reply, after it was counted as lost; it is not lost any more */
    SERIES_DUPLICATE, /* another reply to an answered probe */
    SERIES_UNKNOWN,   /* no remembered probe has this number */
};

struct series_counts {
    uint64_t sent, received, late, lost, waiting;
    uint64_t duplicates;
    uint64_t reordered; /* replies to a probe before the latest answered one (RFC 4737 section 3) */
    uint64_t unknown;
    uint64_t loss_runs;   /* of probes in a row without a reply in time */
    uint64_t longest_run; /* probes in the longest of them */
};

/* The share of lost probes among those that no longer wait, in percent; 0 if there are none. */
double series_loss_percent(const struct series_counts *counts);

/* Where probes were lost, by direction. */
struct series_ways {
    bool known; /* the reflector numbers its replies */
    uint64_t there, back, unplaced;
};

struct series_reply {
    enum series_outcome outcome;
    bool reordered;
    uint64_t number; /* of the probe; with SERIES_UNKNOWN 0 */
    int64_t rtt_ns;  /* -1: not known, with SERIES_UNKNOWN, or if by the clocks it came before the
                      * probe was sent */
};

/* capacity: a power of two up to SERIES_CAPACITY_MAX, more than are ever in flight: a probe that is
 * pushed out counts as lost. NULL if memory is short. series_close frees (NULL allowed). */
struct series *series_open(uint32_t capacity, int64_t timeout_ns);
void series_close(struct series *series);

/* The number that the next probe gets, from 0 on. On the wire it has its lower 32 bits. */
uint64_t series_next(const struct series *series);

/* The next probe was sent. */
void series_sent(struct series *series, int64_t sent_ns);

/* Sets the kernel's send time of a probe. Does nothing if the probe no longer waits. */
void series_stamped(struct series *series, uint64_t number, int64_t sent_ns);

/* The 64-bit number of a probe that is remembered. False if there is none of these 32 bits. */
bool series_find(const struct series *series, uint32_t wire_number, uint64_t *number);

/* Whether the probe waits for a reply. */
bool series_is_waiting(const struct series *series, uint64_t number);

/* A reply came. */
struct series_reply series_replied(struct series *series, uint32_t wire_number,
                                   int64_t received_ns);

/* A reflector's numbers begin with the latest probe, because those before it came from other ports.
 * Without this call they begin with the first. */
void series_begin_session(struct series *series);

/* Notes the reflector's number of the latest reply. */
void series_reflected(struct series *series, const struct series_reply *reply,
                      uint32_t reflector_number);

/* The probe is known not to have arrived: counts it as lost before its timeout. False if it no
 * longer waits. */
bool series_give_up(struct series *series, uint64_t number);

/* Counts the next probe that has waited too long as lost: true with its number. */
bool series_expire(struct series *series, int64_t now_ns, uint64_t *number);

/* When series_expire is due, INT64_MAX: nothing waits. */
int64_t series_deadline_ns(const struct series *series);

/* The counts so far, and those of the lost probes by direction. */
struct series_counts series_counts(const struct series *series);
struct series_ways series_ways(const struct series *series);

#endif
