/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay_state: what the files of replay share. */
#ifndef UDPTUI_CORE_REPLAY_STATE_H
#define UDPTUI_CORE_REPLAY_STATE_H

#include "udptui/core/peers.h"
#include "udptui/core/replay.h"

enum {
    REPLAY_BUCKETS = 1024,
    REPLAY_NONE = UINT32_MAX,
};

/* A request that may still be answered, or answered once more. */
struct request {
    struct event_message event; /* as it is told now */
    struct peer_handle peer;
    uint8_t *payload;
    uint64_t hash;      /* of the payload */
    uint32_t newer;     /* of the same bucket */
    uint32_t acks;      /* seen so far */
    uint32_t overtaken; /* how many later ones of its client were answered before it */
};

struct replay {
    struct replay_config config;
    struct peers *peers;
    struct event_totals totals; /* what is not in peers */
    struct endpoint servers[REPLAY_SERVERS_MAX];
    size_t server_count;
    struct request requests[REPLAY_REQUESTS_MAX]; /* a ring, by time */
    uint32_t first, count;
    uint32_t oldest[REPLAY_BUCKETS], newest[REPLAY_BUCKETS]; /* by the client's slot */
    size_t bytes;
    uint64_t number;
    int64_t now_ns;
    uint8_t *scratch; /* a message and its payload */
};

/* ---- replay_requests.c */

/* The datagram goes to a server, or comes from one. wall_ns: not before replay->now_ns. */
void replay_take_request(struct replay *replay, const struct packet *packet, int64_t wall_ns);
void replay_take_answer(struct replay *replay, const struct packet *packet, int64_t wall_ns);

#endif
