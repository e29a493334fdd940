/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* path_pool: memory of the messages under way. All sizes are fixed. path_internal.h has the model. */
#ifndef UDPTUI_SERVER_PATH_POOL_INTERNAL_H
#define UDPTUI_SERVER_PATH_POOL_INTERNAL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "answer_internal.h"
#include "udptui/base/slab.h"
#include "udptui/proto/event.h"
#include "udptui/proto/impair.h"
#include "udptui/server/way.h"
#include "udptui/sys/clock.h"

enum {
    PATH_FLIGHTS_MAX = 16384,
    PATH_HOPS_MAX = 32768,
    PATH_BYTES_MAX = 64 << 20, /* payload under way */
    PATH_BATCH = 1024,         /* acks a send call */
    PATH_PAYLOAD_SIZE = 65536,
    CACHE_LINE_BYTES = 64,
};
#define PATH_NONE UINT32_MAX /* no flight; an enumerator would have to fit an int */

/* Impairments in force at a time: a change does not affect what is under way. */
struct version {
    struct impair_dice dice;
    uint32_t flights; /* that came at that time */
    uint32_t next;    /* in the list of the free */
};

/* What each step of a message reads is together, in cache lines of 64 bytes. */
struct flight {
    struct version *version; /* the impairments in force when it came */
    uint8_t *payload;
    uint64_t number;
    struct peer_handle peer;
    uint8_t *ack_block; /* memory of `ack`, NULL if it is a policy's text */
    uint32_t epoch; /* counts of resets: a message from before a reset is not counted after it */
    uint32_t next;  /* in the list of the free, or of the settled that are not reported yet */
    int error;      /* errno of an ack that the kernel refused */
    uint8_t hops;   /* under way */
    uint8_t acks_sent;
    uint8_t requests; /* copies of it on the way in */
    uint8_t left_out; /* copies of acks that were not made: beyond 3 times its size */
    uint8_t status, why_held;
    bool loop;          /* its client seems only to answer our acks */
    bool more;          /* a planned answer's datagram after the first; datagram has its bytes */
    bool cut, reported; /* reported: as ACK_WAITING, so its fate must follow */
    struct datagram datagram; /* its bytes are our own copy */
    int64_t arrived_ns;       /* CLOCK_MONOTONIC of the kernel's receive time */
    struct fate fate;
    const struct ack_policy *policies[FATE_REQUESTS]; /* of the reply to each request */
    int64_t service_ns;                               /* of the first ack that left, EVENT_UNKNOWN
                                                       * before */
    const uint8_t *ack;                               /* the first ack that left, NULL before */
    size_t ack_socket;                                /* that its acks leave from */
    uint32_t ack_bytes;
    uint16_t ack_port;      /* of the client that they go to, 0: the one it sent from */
    uint16_t ack_from_port; /* of ours, 0: the one that the message was sent to */
    size_t socket_index;
    uint64_t draw;       /* what the fate of a planned datagram is drawn from */
    int64_t came_ns;     /* as arrived_ns, but EVENT_UNKNOWN if the kernel's time is not certain */
    uint32_t left_bytes; /* of 3 times its size: what its replies may still have */
    uint8_t copies_max[FATE_REQUESTS]; /* of a planned reply to each request: how many may depart */
    uint8_t limited; /* copies and planned datagrams that were not made: beyond its source's rate */
    uint8_t rest[17]; /* of its last line, with pointers of 8 bytes: the next one begins a line */
};

struct path {
    struct impair_config impair; /* in force now */
    struct version *versions;    /* one for each flight and one for now, at the most */
    struct version *version;     /* that of `impair`, as of the latest path_begin */
    uint32_t versions_made, versions_free;
    struct answer *answer;
    const struct udp_socket *sockets;
    struct slab *slab; /* payload under way, and acks */
    struct way *way;   /* of both directions */
    struct flight *flights;
    uint32_t flights_made,
        flights_free;  /* how many were ever used; list of those that are free again */
    uint32_t underway; /* flights */
    uint32_t inbound;  /* copies of requests */
    uint32_t settled;  /* the list of flights that are counted and not reported yet */
    uint32_t settled_last;
    struct flight refused;            /* what path_refuse gives */
    uint32_t fresh[PATH_FLIGHTS_MAX]; /* taken since path_begin, oldest first */
    size_t fresh_count;
    atomic_int_fast64_t *free_ns;      /* of each way, shared by all engines */
    int64_t moment_ns;                 /* of the latest departure: each has a time of its own */
    int64_t begun_ns;                  /* the time that the latest batch began with */
    int64_t paired_ns, paired_wall_ns; /* both clocks at one moment, shortly after it */
    struct clock_pair clock;
    int64_t oldest_ns;                 /* clock_pair_oldest_ns at that moment */
    struct way_hop *batch[PATH_BATCH]; /* acks to be sent */
    struct batch_item items[PATH_BATCH];
    uint16_t left[PATH_BATCH]; /* of each item: acks that were sent and are not counted yet */
    int results[PATH_BATCH];
    uint16_t item_of[PATH_BATCH]; /* of each ack of the batch */
    size_t batch_count, item_count;
    uint8_t *scratch;       /* two payloads of PATH_PAYLOAD_SIZE: a request, and its ack */
    uint64_t copies;        /* acks sent beyond a message's first */
    uint64_t left_out;      /* copies of acks that were not made: both kinds, see struct flight */
    uint32_t more_underway; /* of underway: datagrams of planned answers after the first */
    uint64_t more, more_held, more_failed; /* these: sent; deliberately not, or lost; refused */
    size_t paired; /* socket i answers from another port by socket i + paired; 0: it has none */
    /* Called with each ack that left, for the capture file; may be NULL. */
    void (*sent)(void *context, const struct flight *flight, const uint8_t *bytes,
                 size_t size_bytes, int64_t wall_ns);
    void *sent_context;
    uint32_t epoch;
};

bool pool_open(struct path *path);
void pool_close(struct path *path);

/* Impairments for flights made from now on. */
void pool_set_version(struct path *path, const struct impair_config *impair);

/* A flight of a datagram with a copy of these bytes alone; the other fields are zero or mean "none".
 * PATH_NONE: no room. */
uint32_t pool_make_flight(struct path *path, const struct datagram *datagram, const uint8_t *bytes,
                          size_t size_bytes);
/* The flight met the same impairments as the other. */
void pool_share_version(struct path *path, struct flight *flight, const struct flight *other);
void pool_free_flight(struct path *path, uint32_t index);

/* Asks for its memory: it is used soon. */
static inline void pool_ask_for(const struct flight *flight)
{
    const char *bytes = (const char *)flight;

    for (size_t i = 0; i < sizeof *flight; i += CACHE_LINE_BYTES)
        __builtin_prefetch(bytes + i, 1);
}

/* Puts a flight at the end of the settled. */
void pool_settle(struct path *path, uint32_t index);

#endif
