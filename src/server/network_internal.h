/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * network: the imagined network between the sockets and the answers (proto/impair).
 *
 * A message that comes while impairments are on is a flight. Its datagrams are hops: one or two
 * copies of the request on the way in, and for each that arrives one or two copies of the ack on
 * the way out. A hop waits in a delayq until it is due, or until enough later ones of its client
 * have overtaken it. A flight without hops settles: only then it is counted, once, and told: acked
 * where an ack left, else failed or held. So received = acked + held + failed holds at every
 * moment, whatever is under way.
 *
 * Everything is bounded: a message that finds no room is held as HELD_FULL. All acks to one message
 * together are at most 3 times its size.
 */
#ifndef UDPTUI_SERVER_NETWORK_INTERNAL_H
#define UDPTUI_SERVER_NETWORK_INTERNAL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "answer_internal.h"
#include "udptui/base/delayq.h"
#include "udptui/proto/event.h"
#include "udptui/proto/impair.h"

enum {
    NETWORK_FLIGHTS_MAX = 16384,
    NETWORK_HOPS_MAX = 32768,
    NETWORK_BYTES_MAX = 64 << 20, /* payload under way */
    NETWORK_BUCKETS = 1024,
    NETWORK_BATCH = 64,
};
#define NETWORK_NONE UINT32_MAX /* no flight; an enumerator would have to fit an int */

struct flight {
    struct datagram datagram; /* its bytes are our own copy */
    uint8_t *payload;
    struct peer_handle peer;
    size_t socket_index;
    int64_t arrived_ns; /* CLOCK_MONOTONIC of the kernel's receive time */
    int64_t service_ns; /* of the first ack that left, EVENT_UNKNOWN before */
    struct impair_config
        impair; /* as it was when it came: a change does not touch what is under way */
    uint64_t number;
    struct fate fate;
    uint32_t epoch; /* of the counts: what came before a reset is not counted behind it */
    uint32_t next;  /* in the list of the free, or of the settled that are not told yet */
    uint32_t ack_bytes;
    const struct ack_policy *policy; /* what the latest request was answered with */
    uint8_t *ack;                    /* the first ack that left, NULL before */
    int error;                       /* errno of an ack that the kernel refused */
    uint8_t hops;                    /* under way */
    uint8_t acks_sent;
    uint8_t requests; /* copies of it on the way in */
    uint8_t left_out; /* copies of acks that were not made */
    uint8_t status, why_held;
    bool loop;      /* its client only answers our acks */
    bool cut, told; /* told: the owner knows it as ACK_WAITING */
};

/* A datagram on its way. */
struct hop {
    uint32_t flight;
    uint8_t way; /* enum impair_way */
    uint8_t leg; /* of the fate's requests or acks */
    uint8_t gap; /* leaves when so many have overtaken it, but not before it is due */
    bool corrupt;
    uint16_t overtaken;
    int64_t due_ns; /* by rate and delay, without the wait to be overtaken */
    uint64_t bit;
    uint8_t *bytes; /* of an ack */
    uint32_t size_bytes;
    uint32_t older,
        newer; /* hops of the same bucket, NETWORK_NONE at the ends; older: also the free list */
};

struct network {
    struct impair_config impair; /* in force now */
    struct answer *answer;
    const struct udp_socket *sockets;
    struct flight *flights;
    struct hop *hops;
    struct delayq *delayq;               /* of hops */
    uint32_t flights_made, flights_free; /* how many were ever used; the list of those free again */
    uint32_t hops_made, hops_free;
    uint32_t underway; /* flights */
    uint32_t settled;  /* the list of flights that are counted and not told yet */
    uint32_t settled_last;
    struct flight refused;        /* what network_refused gives */
    uint32_t fresh;               /* the latest that network_take left under way, or NETWORK_NONE */
    size_t bytes;                 /* payload under way */
    atomic_int_fast64_t *free_ns; /* of each way, shared by all engines */
    int64_t moment_ns;            /* of the latest arrival */
    uint32_t buckets[NETWORK_BUCKETS]; /* the newest hop of each */
    uint32_t batch[NETWORK_BATCH];     /* acks to be sent: hops */
    struct batch_item items[NETWORK_BATCH];
    size_t batch_count;
    uint8_t *scratch;  /* one payload */
    uint64_t copies;   /* acks sent beyond a message's first */
    uint64_t left_out; /* copies of acks that were not made: 3 times the request */
    /* Told of each ack that left, for the record; may be NULL. */
    void (*sent)(void *context, const struct flight *flight, const uint8_t *bytes,
                 size_t size_bytes, int64_t wall_ns);
    void *sent_context;
    uint32_t epoch;
};

/* Memory is touched only as it is used. False where it is short; network_close frees. */
bool network_open(struct network *network, const struct impair_config *impair,
                  struct answer *answer, const struct udp_socket *sockets,
                  atomic_int_fast64_t free_ns[IMPAIR_WAYS]);
void network_close(struct network *network);

/* Whether what comes now goes through here. */
static inline bool network_active(const struct network *network)
{
    return impair_active(&network->impair);
}

/*
 * Takes a message of a datagram; answer->number counts on. now_ns: CLOCK_MONOTONIC. False if
 * there was no room for it: then it is counted as HELD_FULL, and is over (network_refused).
 */
bool network_take(struct network *network, const struct datagram *datagram, size_t message,
                  size_t socket_index, int64_t now_ns);

/* The message that the latest network_take had no room for, to be told at once: its bytes are those
 * of the datagram. */
const struct flight *network_refused(const struct network *network);

/* The message of the latest network_take, where it is still under way; once. NULL: it is not. */
struct flight *network_fresh(struct network *network);

/* Moves what is due, and sends the acks that have come through. */
void network_turn(struct network *network, int64_t now_ns);

/* When the next one is due; INT64_MAX where nothing is under way. */
int64_t network_due_ns(const struct network *network);

/* What is under way now is counted no more (the counts were reset). */
void network_forget(struct network *network);

/* Settles all that is under way: without an ack it is held, the server is off. */
void network_end(struct network *network);

/* The next settled flight in order of settling, NULL where there is none; network_release frees
 * it. */
const struct flight *network_settled(const struct network *network);
void network_release(struct network *network);

#endif
