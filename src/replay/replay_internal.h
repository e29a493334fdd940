/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay_state: what the files of replay share. */
#ifndef UDPTUI_REPLAY_REPLAY_INTERNAL_H
#define UDPTUI_REPLAY_REPLAY_INTERNAL_H

#include "udptui/proto/peers.h"
#include "udptui/replay/pairs.h"
#include "udptui/replay/replay.h"
#include "udptui/replay/window.h"

enum { REPLAY_REMARKS_MAX = 8192 };

/* The servers of a client, by its slot. */
struct replay_client {
    uint32_t generation;
    bool several;
    struct endpoint server; /* the latest */
};

/* A datagram that is no request, kept until the requests before it are emitted. */
struct replay_remark {
    struct replay_remark *next;
    uint64_t after; /* the number of the request before it */
    struct event_message event;
    uint8_t payload[];
};

struct replay {
    struct replay_config config;
    struct peers *peers;
    struct replay_client *clients;
    struct replay_pairs *pairs;
    struct replay_window *window;
    struct event_totals totals; /* what is not in peers */
    uint64_t number;
    uint64_t owner;       /* of the latest datagram: see replay_owner */
    uint64_t held_number; /* the latest request that has waited for hold_ns */
    int64_t now_ns;       /* the capture's time */
    int64_t latest_ns;    /* the latest stamp */
    struct replay_remark *first_remark, **last_remark;
    uint32_t remark_count;
    uint8_t *scratch; /* a message and its payloads */
};

/* A datagram, and what was found out about it. */
struct replay_datagram {
    const struct packet *packet;
    struct replay_number number;
    struct replay_pair *pair; /* NULL: none is kept */
    bool is_first;            /* between its endpoints */
    int64_t wall_ns;
};

/* ---- replay_requests.c */

/* The datagram goes to a server, or comes from one. */
void replay_take_request(struct replay *replay, const struct replay_datagram *datagram);
void replay_take_reply(struct replay *replay, const struct replay_datagram *datagram);

/* The oldest request leaves: nothing more is expected for it. */
void replay_settle_oldest(struct replay *replay);
/* Emits requests that have waited for hold_ns. */
void replay_emit_held(struct replay *replay);
/* Emits the datagrams that are no requests and came before this request. */
void replay_emit_remarks(struct replay *replay, uint64_t before);

#endif
