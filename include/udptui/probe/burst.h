/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * burst: many datagrams at once, and how many replies come back.
 *
 * Before and after, the target is asked for its counters (proto/counters), one datagram each. A
 * udptui server replies with them; another server sends some other reply or none, and is not asked
 * again.
 */
#ifndef UDPTUI_PROBE_BURST_H
#define UDPTUI_PROBE_BURST_H

#include "udptui/probe/trial.h"
#include "udptui/proto/counters.h"

enum { BURST_COUNT_MAX = 10000 };

struct burst_result {
    uint64_t sent;
    uint64_t replies;      /* datagrams received from the target */
    uint64_t late;         /* of them, those that came later than the timeout after all was sent */
    uint64_t errors;       /* ICMP errors */
    uint64_t dropped;      /* replies dropped at our full receive queue */
    int64_t sending_ns;    /* from the first send to the last one */
    int64_t last_reply_ns; /* from the first send to the last reply; -1: none came */
    char why[TRIAL_WHY_SIZE]; /* why not all were sent, or the latest ICMP error; "": none */
    bool asked;               /* the counters came before the first datagram */
    bool counted;             /* and again after the last one: "there" is set */
    struct counters there;    /* of these datagrams; of others too in what the kernel dropped */
};

struct burst;

/* Nothing is sent yet. count: up to BURST_COUNT_MAX. size_bytes: payload of each. NULL with error
 * (TRIAL_ERROR_SIZE). */
struct burst *burst_open(const struct trial_config *config, uint64_t count, size_t size_bytes,
                         char *error);
/* Closes the socket and frees (NULL allowed). */
void burst_close(struct burst *burst);

/* For poll(2), POLLIN; and when burst_turn is to be called without it, CLOCK_MONOTONIC. */
int burst_fd(const struct burst *burst);
int64_t burst_deadline_ns(const struct burst *burst);

/* Asks, sends as much as the interface accepts, and receives. True at the end: all replies came, or
 * none for the timeout, and the target was asked again. */
bool burst_turn(struct burst *burst);

/* The counts and times so far. */
struct burst_result burst_result(const struct burst *burst);

#endif
