/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* probe: shared by sending and receiving. */
#ifndef UDPTUI_PROBE_PROBE_INTERNAL_H
#define UDPTUI_PROBE_PROBE_INTERNAL_H

#include "udptui/base/rolling.h"
#include "udptui/base/rtt.h"
#include "udptui/base/units.h"
#include "udptui/net/batch.h"
#include "udptui/net/icmp.h"
#include "udptui/net/udp.h"
#include "udptui/probe/probe.h"
#include "udptui/proto/stamp.h"
#include "udptui/sys/clock.h"

/* With shorter intervals the thread that probes does not sleep. */
#define PROBE_SLEEP_MIN_NS (80 * UNITS_NS_PER_US)

enum {
    PROBE_AT_ONCE = 16,          /* sent in one call if so many are due */
    PROBE_RECEIVED_AT_ONCE = 64, /* replies taken in one call */
};

/* A socket. Of the probes that it sent, the first has the kernel's number 0. */
struct probe_port {
    struct udp_socket socket;
    uint64_t number;  /* of the probe that it was opened for */
    uint32_t sends;   /* that the kernel took */
    uint32_t stamped; /* behind the kernel's number of the latest send time that came */
    bool miscounted;  /* a send failed, which may have used a number of the kernel's or not */
};

/* What is kept of a probe in addition to its slot in the series. */
struct probe_sent {
    int64_t app_ns;  /* just before the send, CLOCK_MONOTONIC */
    int64_t wall_ns; /* the same, CLOCK_REALTIME: T1 of STAMP */
    uint32_t key;    /* the kernel's number on its port */
};

struct probe {
    struct probe_config config;
    probe_report *report;
    void *context;
    struct series *series;
    struct probe_sent *sent; /* by number & mask */
    uint64_t mask;
    uint64_t *by_key; /* of the one port: the number of the probe by the kernel's number & mask */
    struct probe_port ports[PROBE_PORTS];
    uint8_t ports_used[65536 / 8]; /* a bit for each port that one of ours had */
    struct batch_receiver *receiver;
    struct batch_sender *sender;
    struct icmp_reader *errors;
    struct clock_pair clocks;
    struct stamp_error clock_error; /* our own, in STAMP's form */
    enum probe_mode mode;
    int64_t began_ns; /* of the schedule; 0: nothing was sent */
    uint64_t due;     /* intervals since then that have been used or given up */
    bool stopped;
    struct rtt *times[PROBE_TIMES]; /* NULL of those that variation has */
    struct variation *variation;
    struct rolling *rolling;
    uint64_t not_sent, skipped, failed, strays, stepped, kernel_stamps;
    uint64_t dropped_before; /* from the queues of closed sockets */
    uint8_t *payloads;       /* PROBE_AT_ONCE of them */
};

enum { PROBE_ROLLING_RECEIVED, PROBE_ROLLING_LOST }; /* counts of base/rolling */

/* Whether each probe has a port of its own. */
static inline bool probe_has_own_ports(const struct probe *probe)
{
    return probe->mode == PROBE_AUTO || probe->mode == PROBE_TEXT;
}

/* Whether several probes are sent from the port, so that the kernel's numbers tell them apart; else
 * it has one of its own. */
static inline bool probe_numbers_port(const struct probe *probe, const struct probe_port *port)
{
    return !probe_has_own_ports(probe) && port == &probe->ports[0];
}

static inline struct probe_sent *probe_sent_of(const struct probe *probe, uint64_t number)
{
    return &probe->sent[number & probe->mask];
}

/* Whether probes are still to be sent. */
bool probe_has_more(const struct probe *probe);

/* Writes the probe's payload, config.size_bytes of it. wall_ns: T1. */
void probe_fill(const struct probe *probe, uint64_t number, int64_t wall_ns, uint8_t *out);

/* Takes the times of sending and the ICMP errors of one port. */
void probe_take_errors(struct probe *probe, struct probe_port *port);

/* Takes replies, and before them the times of sending and the ICMP errors, of one port. Returns the
 * time, CLOCK_MONOTONIC: all that came until then has been taken. */
int64_t probe_take_port(struct probe *probe, struct probe_port *port);

#endif
