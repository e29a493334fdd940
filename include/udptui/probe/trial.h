/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trial: a separate socket towards one target, for measurements of a few datagrams (probe/mtu,
 * probe/burst, probe/nat): it sends, and receives replies and ICMP errors.
 */
#ifndef UDPTUI_PROBE_TRIAL_H
#define UDPTUI_PROBE_TRIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/proto/endpoint.h"

enum { TRIAL_ERROR_SIZE = 512, TRIAL_WHY_SIZE = 320 };

struct trial_config {
    struct endpoint target;
    struct endpoint bind;  /* ENDPOINT_NONE: the kernel chooses; its port must be 0 */
    const char *interface; /* NULL: by the routes */
    int hop_limit, dscp;   /* 0: the system's defaults */
    bool whole;            /* no fragmentation: datagrams that are too big are refused */
    int64_t timeout_ns;    /* how long to wait for a reply */
};

enum trial_kind {
    TRIAL_NOTHING,
    TRIAL_REPLY, /* a datagram from the target */
    TRIAL_ICMP,  /* an ICMP error for a sent datagram */
    TRIAL_LOCAL, /* this machine refused to send it: trial_send returned that already */
};

struct trial_event {
    enum trial_kind kind;
    const uint8_t *bytes; /* of a reply; valid until the next call */
    size_t size_bytes;
    struct endpoint from; /* who sent it; ENDPOINT_NONE: not known */
    int error;            /* errno that the kernel derived from the ICMP message */
    uint32_t mtu;         /* with EMSGSIZE: the next hop's or the interface's; 0: not known */
    char why[TRIAL_WHY_SIZE];
};

struct trial;

/* NULL with error (TRIAL_ERROR_SIZE): "what: why". trial_close frees (NULL allowed). */
struct trial *trial_open(const struct trial_config *config, char *error);
void trial_close(struct trial *trial);

/* Readable when there is an event. */
int trial_fd(const struct trial *trial);

/* The address and port that it sends from. */
const struct endpoint *trial_source(const struct trial *trial);

/* Sends a datagram (net/batch: batch_send_one). Returns 0 or an errno. */
int trial_send(struct trial *trial, const uint8_t *bytes, size_t size_bytes);

/* "not sent: why", of an errno of trial_send, to out (TRIAL_WHY_SIZE). Returns out. */
const char *trial_explain(const struct trial *trial, int error, char *out);

/* Takes the next event, errors first. TRIAL_NOTHING: none. */
struct trial_event trial_take(struct trial *trial);

/* Replies dropped at our full receive queue. */
uint64_t trial_dropped(const struct trial *trial);

#endif
