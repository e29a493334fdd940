/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay_state: shared by the files of the pairing. */
#ifndef UDPTUI_REPLAY_PAIRING_INTERNAL_H
#define UDPTUI_REPLAY_PAIRING_INTERNAL_H

#include "udptui/proto/peers.h"
#include "udptui/replay/flows.h"
#include "udptui/replay/pairing.h"
#include "udptui/replay/window.h"

enum { PAIRING_REMARKS_MAX = 8192 };

/* The servers of a client, by its slot. */
struct pairing_client {
    uint32_t generation;
    bool several;
    struct endpoint server; /* the latest */
};

/* A datagram that is not a request, kept until the requests before it are emitted. */
struct pairing_remark {
    struct pairing_remark *next;
    uint64_t after; /* the number of the request before it */
    struct event_message event;
    uint8_t payload[];
};

struct pairing {
    struct pairing_config config;
    struct peers *peers;
    struct pairing_client *clients;
    struct replay_flows *flows;
    struct replay_window *window;
    struct event_totals totals; /* the totals that are not in peers */
    uint64_t number;
    uint64_t owner;       /* of the latest datagram: see pairing_owner */
    uint64_t held_number; /* the latest request that has waited for hold_ns or left the window */
    int64_t now_ns;       /* the capture's time */
    int64_t latest_ns;    /* the latest stamp */
    struct pairing_remark *first_remark, **last_remark;
    uint32_t remark_count;
    size_t remark_bytes; /* of payload */
    uint8_t *scratch;    /* a message and its payloads */
};

/* A datagram, and its classification. */
struct pairing_datagram {
    const struct packet *packet;
    struct replay_number number;
    struct replay_flow *flow; /* NULL: none is kept */
    bool is_first;            /* between its endpoints */
    int64_t wall_ns;
};

/* ---- pairing_requests.c */

/* Takes a datagram to a server, or from one. */
void pairing_take_request(struct pairing *pairing, const struct pairing_datagram *datagram);
void pairing_take_reply(struct pairing *pairing, const struct pairing_datagram *datagram);

/* Settles the oldest request: nothing more is expected for it. */
void pairing_settle_oldest(struct pairing *pairing);
/* Emits requests that have waited for hold_ns. */
void pairing_emit_held(struct pairing *pairing);
/* Emits the datagrams that are not requests and came before this request. */
void pairing_emit_remarks(struct pairing *pairing, uint64_t before);

#endif
