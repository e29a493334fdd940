/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * window: the datagrams of one load client that have no ack yet, and the round-trip times that are
 * certain.
 *
 * An ack does not identify its datagram, so it is matched to the oldest one. That is correct only
 * as long as nothing was lost: after a loss every ack is matched to a datagram that is too old. So
 * a client sends in rounds. A round ends when nothing is outstanding: there are as many acks as
 * datagrams, nothing was lost, and its times count. Rounds grow up to WINDOW_ROUND_WINDOWS windows.
 * If no ack arrives for a retransmission timeout (RFC 6298), the window rests: it sends nothing
 * until nothing is outstanding. A datagram that has waited for `timeout_ns` is lost and its place
 * is free again; the times of that round are dropped. A later ack reverses the loss.
 *
 * Unsuccessful rests may take at most a fifth of the time (REST_SHARE). Beyond that, the window is
 * blind instead: it continues to send without measuring.
 *
 * After a round with losses the window requests a fresh port, so that late acks on the old port are
 * not matched to other datagrams. Duplicate acks cannot be distinguished from others: then the
 * times are not certain. Acks that overtake each other swap their times.
 *
 * These are the times of the program. Of a sample, the marked datagrams, there are the kernel's as
 * well: when the datagram left, and when its ack came. They count with the other times of their
 * round, or are dropped with them.
 *
 * Pure: times are passed in, in ns, CLOCK_MONOTONIC, never going back, except that window_expire may get
 * the time at which an ack came, which is before that of calls since.
 */
#ifndef UDPTUI_LOAD_WINDOW_H
#define UDPTUI_LOAD_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

#include "udptui/base/rtt.h"

enum { WINDOW_ROUND_WINDOWS = 16, WINDOW_MARKS = 16 };

struct window_run; /* datagrams that were sent at one time */

struct window_sample {
    int64_t rtt_ns;
    uint32_t count;
    bool kernel; /* measured by the kernel */
};

/* A datagram of the sample. */
struct window_mark {
    uint64_t number;          /* of all that the window sent */
    int64_t sent_ns, came_ns; /* by the kernel: it left, its ack came; -1: not known */
};

/* Where certain times go. */
struct window_times {
    struct rtt *app, *kernel; /* as the program measured them, and the kernel */
};

/* Read the fields through the functions below. */
struct window {
    struct window_run *runs; /* a circular queue of `size`: never more runs than datagrams */
    uint32_t size;           /* datagrams that may be outstanding */
    uint32_t run_first, run_count;
    uint32_t outstanding; /* without an ack and not given up: sent = acked + lost + these */
    uint64_t lost;        /* and not acked since */
    int64_t timeout_ns;
    struct window_sample *samples; /* of the round, not certain yet */
    uint32_t sample_count, sample_room;
    uint32_t round_size;
    uint64_t round_left; /* datagrams that the round may still send */
    bool blind, resting;
    bool expiring; /* some were given up: matching acks for new datagrams would make the others look
                    * younger */
    int64_t began_ns, latest_ack_ns, active_ns; /* first send, latest ack, latest send or ack */
    int64_t rest_since_ns, rested_in_vain_ns;
    int64_t smooth_ns, deviation_ns; /* RFC 6298: SRTT and RTTVAR; smooth_ns 0: no time yet */
    uint64_t sent, retired;          /* ever; retired: acked or given up */
    struct window_mark marks[WINDOW_MARKS];     /* outstanding: a circular queue */
    uint32_t mark_first, mark_count, mark_came; /* the acks of the first mark_came have come */
};

/* The changes by a call. */
struct window_change {
    uint64_t acked; /* late ones too */
    uint64_t late;  /* of them: had been counted as lost */
    uint64_t duplicates;
    uint64_t lost;
    uint64_t unanswered; /* of them: sent after the latest ack, or with it */
    bool fresh_port;     /* nothing is outstanding, and some datagrams were lost: see
                       * window_forget_lost */
};

/* size: 1 or more. False if memory is short. window_close frees what it holds. */
bool window_open(struct window *window, uint32_t size, int64_t timeout_ns);
void window_close(struct window *window);

/* How many datagrams may be sent now. */
uint32_t window_room(const struct window *window);

/* `count` datagrams (at most the room) were sent. */
void window_sent(struct window *window, uint32_t count, int64_t now_ns);

/* `count` acks came. Times that became certain are added to times. */
struct window_change window_acked(struct window *window, uint32_t count, int64_t now_ns,
                                  const struct window_times *times);

/* Whether a datagram of the next ones may be marked: it would be measured, and there is room. */
bool window_can_mark(const struct window *window);

/* Marks one of the datagrams of the latest window_sent: the one with so many behind it. */
void window_mark(struct window *window, uint32_t behind);

/* The datagram that was marked last left at this time. Does nothing if it is no longer
 * outstanding. */
void window_mark_left(struct window *window, int64_t sent_ns);

/* How many acks are to come up to and with that of the next marked datagram; 0: none is marked. */
uint64_t window_acks_to_mark(const struct window *window);

/* That ack came at this time; -1: not known. window_acked counts it afterwards. */
void window_mark_came(struct window *window, int64_t came_ns);

/* Whether a datagram has waited for the timeout and was not given up yet. */
bool window_is_overdue(const struct window *window, int64_t now_ns);

/* Gives up datagrams whose timeout was over at that time: before an ack that came then is
 * counted. */
struct window_change window_expire(struct window *window, int64_t now_ns);

/* To be called every few milliseconds: gives up datagrams after the timeout, and decides whether
 * the window rests or continues blindly. */
struct window_change window_look(struct window *window, int64_t now_ns);

/* The next datagrams leave from a fresh port: acks for the lost ones arrive on the old port.
 * Returns how many those may be. */
uint64_t window_forget_lost(struct window *window);

#endif
