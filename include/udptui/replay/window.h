/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * replay_window: the latest requests of a capture, and which of them a datagram of the server
 * answers.
 *
 * Each request is a member of several groups, one for each part that a reply may repeat: the
 * protocol's number, the whole payload, its first 16, 8, 4 or 2 bytes, or nothing (all requests
 * between the same endpoints). A reply belongs to the oldest waiting request of the most specific
 * group that it matches. That is certain if the group has one waiting request, and no earlier reply
 * was matched by a guess among requests that waited at the same time: that guess may have taken the
 * reply of this request. Such doubt ends when all requests that shared the guess are answered or
 * have left.
 *
 * A reply never matches a request with a later time. All steps take constant time, however many
 * requests of a flow wait. Requests are in a ring in the order of the file; the owner removes the
 * oldest.
 */
#ifndef UDPTUI_REPLAY_WINDOW_H
#define UDPTUI_REPLAY_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/proto/fate.h"
#include "udptui/proto/packet.h"
#include "udptui/proto/peers.h"
#include "udptui/replay/flows.h"
#include "udptui/replay/number.h"

enum { REPLAY_REQUESTS_MAX = 8192, REPLAY_BYTES_MAX = 64 << 20 };

/* The groups, the most specific first. */
enum replay_group_kind {
    REPLAY_BY_NUMBER, /* and so on: of each kind */
    REPLAY_BY_WHOLE = REPLAY_BY_NUMBER + REPLAY_NUMBERS,
    REPLAY_BY_16,
    REPLAY_BY_8,
    REPLAY_BY_4,
    REPLAY_BY_2,
    REPLAY_BY_ORDER, /* all that have no number */
    REPLAY_OF_FLOW,  /* all requests; not used for matching */
    REPLAY_OF_HOST,  /* all of a client to a host, or to many hosts: for replies from another
                      * port */
    REPLAY_GROUP_KINDS
};

/* A payload, shared by copies of a window. */
struct replay_payload {
    uint32_t holders;
    uint32_t size_bytes;
    uint8_t bytes[];
};

struct replay_link {
    uint32_t group; /* UINT32_MAX: no member */
    uint32_t older, newer;
};

struct replay_request {
    uint64_t number; /* 1, 2, 3 ... in the order of the file */
    uint64_t frame, ack_frame;
    struct endpoint from, to;
    struct endpoint ack_from; /* with acks > 0 */
    struct peer_handle peer;
    int64_t wall_ns;    /* its stamp */
    int64_t entered_ns; /* the capture's time when it came: never before that of the last one */
    int64_t service_ns; /* of the first reply, EVENT_UNKNOWN if not known */
    struct replay_payload *payload, *ack; /* ack: of the first reply */
    uint32_t size_bytes, ack_bytes;       /* as on the wire */
    uint32_t acks;                        /* replies so far */
    uint32_t overtaken;                   /* how many later ones were answered before it */
    uint32_t previous;                    /* between the same endpoints, and its number */
    uint64_t previous_number;
    int16_t hop_limit, traffic_class;
    struct checksum_seen checksum, ack_checksum;
    uint8_t fragments;
    uint16_t flags;            /* enum message_flag */
    bool by_order;             /* matched by order alone */
    bool reported, extra_seen; /* for the owner */
    struct fate fate;
    struct replay_link links[REPLAY_GROUP_KINDS];
};

/* What was found for a reply. */
struct replay_match {
    struct replay_request *request; /* NULL: no request that it could answer */
    bool first; /* the request waits for its first reply; else the reply is another one */
    bool sure;
    bool alone;   /* it is the only waiting request between the endpoints, and not in doubt */
    uint8_t kind; /* enum replay_group_kind: what connects the two */
    struct replay_request *rival; /* of another group, as likely; or NULL */
};

struct replay_window;

/* key: a secret (sys/random). NULL if memory is short. replay_window_close frees (NULL allowed). */
struct replay_window *replay_window_open(const struct hash_key *key);
void replay_window_close(struct replay_window *window);

/* A copy that shares the payloads; NULL if memory is short. And its size. */
struct replay_window *replay_window_copy(const struct replay_window *window);
size_t replay_window_bytes(const struct replay_window *window);

/* Whether there is room for a request with so many stored bytes. */
bool replay_window_has_room(const struct replay_window *window, size_t size_bytes);

/* Adds a request with its payload, endpoints, sizes and stamp set, waiting for its first
 * reply. There must be room. number: of the datagram; echo: of the flow. NULL if memory is
 * short. */
struct replay_request *replay_window_add(struct replay_window *window, const struct packet *packet,
                                         const struct replay_number *number,
                                         const struct replay_echo *echo, int64_t wall_ns);

/* Finds the request that a datagram of a server answers. echo: of the flow. */
struct replay_match replay_window_match(struct replay_window *window, const struct packet *packet,
                                        const struct replay_number *number, int64_t wall_ns,
                                        const struct replay_echo *echo);

/* The same for the first datagram between two endpoints that matches no request in this way: a
 * reply from another port of the server (TFTP, RFC 1350 section 4), or from one of many hosts
 * (SSDP). The latter is never certain. */
struct replay_match replay_window_match_host(struct replay_window *window,
                                             const struct packet *packet, int64_t wall_ns);

/* Notes the first reply to the matched request: request->acks becomes 1, its ack is kept, and
 * earlier waiting requests count as overtaken. */
void replay_window_answer(struct replay_window *window, const struct replay_match *match,
                          const struct packet *packet);

/* Whether the first datagram between two endpoints may answer a request of this window: one to many
 * hosts at that port, or a waiting one to another port. */
bool replay_window_expects(struct replay_window *window, const struct packet *packet,
                           int64_t wall_ns);

/* The request before this one between the same endpoints, NULL if it has left the window. */
struct replay_request *replay_window_previous(struct replay_window *window,
                                              const struct replay_request *request);

/* The request of a number, NULL if it is not in the window. */
struct replay_request *replay_window_numbered(struct replay_window *window, uint64_t number);

/* The oldest request, NULL if there is none; and its removal. */
struct replay_request *replay_window_oldest(struct replay_window *window);
void replay_window_drop(struct replay_window *window);

/* Learns how many first bytes a reply repeats, if it was `alone` and certain. */
void replay_echo_learn(struct replay_echo *echo, const struct replay_request *request,
                       const struct packet *reply);

/* Whether an address is a group, a broadcast address, or may be one of a subnet of 8 or more
 * addresses: its last three bits are ones. */
bool replay_window_may_be_many(const struct endpoint *endpoint);

#endif
