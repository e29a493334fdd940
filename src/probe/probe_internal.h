/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* probe: shared by sending and receiving. */
#ifndef UDPTUI_PROBE_PROBE_INTERNAL_H
#define UDPTUI_PROBE_PROBE_INTERNAL_H

#include "udptui/base/rtt.h"
#include "udptui/net/batch.h"
#include "udptui/net/udp.h"
#include "udptui/probe/probe.h"
#include "udptui/proto/stamp.h"
#include "udptui/sys/clock.h"

/* A socket. Of the probes that it sent, the first has the kernel's number 0. */
struct probe_port {
    struct udp_socket socket;
    uint64_t number; /* of the probe that it was opened for */
    uint32_t sends;  /* that the kernel took */
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
    struct clock_pair clocks;
    struct stamp_error clock_error; /* our own, in STAMP's form */
    enum probe_mode mode;
    int64_t began_ns; /* of the schedule; 0: nothing was sent */
    uint64_t due;     /* intervals since then that have been used or given up */
    bool stopped;
    struct rtt *times[PROBE_TIMES];
    uint64_t not_sent, skipped, failed, strays, stepped, kernel_stamps;
    uint64_t dropped_before; /* from the queues of closed sockets */
    uint8_t payload[UDP_PAYLOAD_MAX_IPV6];
};

/* Whether each probe has a port of its own. */
static inline bool probe_has_own_ports(const struct probe *probe)
{
    return probe->mode == PROBE_AUTO || probe->mode == PROBE_TEXT;
}

static inline struct probe_sent *probe_sent_of(const struct probe *probe, uint64_t number)
{
    return &probe->sent[number & probe->mask];
}

/* The probe's payload, config.size_bytes of it, in probe->payload. wall_ns: T1. */
void probe_fill(struct probe *probe, uint64_t number, int64_t wall_ns);

/* Takes the times of sending and the ICMP errors of one port. */
void probe_take_errors(struct probe *probe, const struct probe_port *port);

/* Takes stamps and ICMP errors, then replies, of one port. */
void probe_take_port(struct probe *probe, struct probe_port *port);

#endif
