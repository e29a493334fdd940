/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* path_pool: memory of the datagrams under way. All sizes are fixed; payload is counted.
 * path_internal.h has the model. */
#ifndef UDPTUI_SERVER_PATH_POOL_INTERNAL_H
#define UDPTUI_SERVER_PATH_POOL_INTERNAL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "answer_internal.h"
#include "udptui/base/delayq.h"
#include "udptui/proto/event.h"
#include "udptui/proto/impair.h"

enum {
    PATH_FLIGHTS_MAX = 16384,
    PATH_HOPS_MAX = 32768,
    PATH_BYTES_MAX = 64 << 20, /* payload under way */
    PATH_BUCKETS = 1024,
    PATH_BATCH = 64,
    PATH_PAYLOAD_SIZE = 65536,
};
#define PATH_NONE UINT32_MAX /* no flight; an enumerator would have to fit an int */

struct flight {
    struct datagram datagram; /* its bytes are our own copy */
    uint8_t *payload;
    struct peer_handle peer;
    size_t socket_index;
    int64_t arrived_ns; /* CLOCK_MONOTONIC of the kernel's receive time */
    int64_t service_ns; /* of the first ack that left, EVENT_UNKNOWN before */
    struct impair_config
        impair; /* in force when it came: a change does not affect what is under way */
    uint64_t number;
    struct fate fate;
    uint32_t epoch; /* counts of resets: a message from before a reset is not counted after it */
    uint32_t next;  /* in the list of the free, or of the settled that are not reported yet */
    uint32_t ack_bytes;
    const struct ack_policy *policy; /* the policy of the latest request's reply */
    uint8_t *ack;                    /* the first ack that left, NULL before */
    int error;                       /* errno of an ack that the kernel refused */
    uint8_t hops;                    /* under way */
    uint8_t acks_sent;
    uint8_t requests; /* copies of it on the way in */
    uint8_t left_out; /* copies of acks that were not made */
    uint8_t status, why_held;
    bool loop;          /* its client seems only to answer our acks */
    bool cut, reported; /* reported: as ACK_WAITING, so its fate must follow */
};

/* A datagram on its way. */
struct hop {
    uint32_t flight;
    uint8_t way; /* enum impair_way */
    uint8_t leg; /* of the fate's requests or acks */
    uint8_t gap; /* leaves when this many have overtaken it, but not before it is due */
    bool corrupt;
    uint16_t overtaken;
    int64_t due_ns; /* by rate and delay, without the wait to be overtaken */
    uint64_t bit;
    uint8_t *bytes; /* of an ack */
    uint32_t size_bytes;
    uint32_t older,
        newer; /* hops of the same bucket, PATH_NONE at the ends; older: also the free list */
};

struct path {
    struct impair_config impair; /* in force now */
    struct answer *answer;
    const struct udp_socket *sockets;
    struct flight *flights;
    struct hop *hops;
    struct delayq *delayq; /* of hops */
    uint32_t flights_made,
        flights_free; /* how many were ever used; list of those that are free again */
    uint32_t hops_made, hops_free;
    uint32_t underway; /* flights */
    uint32_t settled;  /* the list of flights that are counted and not reported yet */
    uint32_t settled_last;
    struct flight refused;          /* what path_refused gives */
    uint32_t fresh;                 /* the latest that path_take left under way, or PATH_NONE */
    size_t bytes;                   /* payload under way */
    atomic_int_fast64_t *free_ns;   /* of each way, shared by all engines */
    int64_t moment_ns;              /* of the latest departure: each has a time of its own */
    uint32_t buckets[PATH_BUCKETS]; /* the newest hop of each */
    uint32_t batch[PATH_BATCH];     /* acks to be sent: hops */
    struct batch_item items[PATH_BATCH];
    size_t batch_count;
    uint8_t *scratch;  /* two payloads of PATH_PAYLOAD_SIZE: a request, and its ack */
    uint64_t copies;   /* acks sent beyond a message's first */
    uint64_t left_out; /* copies of acks beyond 3 times the request, which were not made */
    /* Called with each ack that left, for the capture file; may be NULL. */
    void (*sent)(void *context, const struct flight *flight, const uint8_t *bytes,
                 size_t size_bytes, int64_t wall_ns);
    void *sent_context;
    uint32_t epoch;
};

bool pool_open(struct path *path);
void pool_close(struct path *path);

/* A flight with a copy of the message; the other fields are zero or mean "none". PATH_NONE: no
 * room. */
uint32_t pool_make_flight(struct path *path, const struct datagram *message);
void pool_free_flight(struct path *path, uint32_t index);

/* Puts a flight at the end of the settled. */
void pool_settle(struct path *path, uint32_t index);

/* A copy of hop, with a copy of its bytes if they are not NULL. PATH_NONE: no room. */
uint32_t pool_make_hop(struct path *path, const struct hop *hop, const uint8_t *bytes);
void pool_free_hop(struct path *path, uint32_t index);

/* Queues a hop until it is due, among those of its client; and removes it. */
void pool_wait(struct path *path, uint32_t index, int64_t due_ns);
void pool_unwait(struct path *path, uint32_t index);

/* The newest waiting hop of the clients that share this bucket. */
uint32_t *pool_bucket(struct path *path, struct peer_handle peer);

#endif
