/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* burst: many datagrams at once, and how many replies come back. */
#ifndef UDPTUI_PROBE_BURST_H
#define UDPTUI_PROBE_BURST_H

#include "udptui/probe/trial.h"

enum { BURST_COUNT_MAX = 10000 };

struct burst_result {
    uint64_t sent;
    uint64_t replies;         /* datagrams received from the target */
    uint64_t errors;          /* ICMP errors */
    uint64_t dropped;         /* replies dropped at our full receive queue */
    int64_t sending_ns;       /* from the first send to the last one */
    int64_t last_reply_ns;    /* from the first send to the last reply; -1: none came */
    char why[TRIAL_WHY_SIZE]; /* why not all were sent, or the latest ICMP error; "": none */
};

struct burst;

/* Nothing is sent yet. count: up to BURST_COUNT_MAX. size_bytes: payload of each. NULL with error
 * (TRIAL_ERROR_SIZE). */
struct burst *burst_open(const struct trial_config *config, uint64_t count, size_t size_bytes,
                         char *error);
void burst_close(struct burst *burst);

int burst_fd(const struct burst *burst);
int64_t burst_deadline_ns(const struct burst *burst);

/* Sends as much as the interface accepts, and receives. True at the end: all replies came, or none
 * for the timeout. */
bool burst_turn(struct burst *burst);

struct burst_result burst_result(const struct burst *burst);

#endif
