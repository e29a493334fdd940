/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay_window_parts: the inside of a window, for its own files. */
#ifndef UDPTUI_REPLAY_WINDOW_INTERNAL_H
#define UDPTUI_REPLAY_WINDOW_INTERNAL_H

#include "udptui/replay/window.h"

#define REPLAY_NONE UINT32_MAX
enum { REPLAY_BUCKET_BITS = 15, REPLAY_BUCKETS = 1 << REPLAY_BUCKET_BITS };

struct replay_group {
    uint64_t key;
    uint64_t doubt_number;   /* up to this number a guess may have taken the reply of another
                              * member */
    uint64_t unclear_number; /* up to this number the count of overtaking replies is unknown */
    uint32_t bucket;         /* that its key belongs to */
    uint32_t next;           /* of the same bucket, or of the free */
    uint32_t oldest, newest; /* waiting */
    uint32_t waiting, members;
    uint32_t answered; /* the latest, REPLAY_NONE if it has left */
    uint32_t latest;   /* the member that came last */
};

struct replay_window {
    struct hash_key key;
    struct replay_request requests[REPLAY_REQUESTS_MAX];
    uint32_t first, count;
    size_t bytes;  /* of payload */
    uint32_t many; /* requests to more than one host */
    struct replay_group *groups;
    uint32_t group_count, group_room, group_free;
    uint32_t buckets[REPLAY_BUCKETS];
};

/* ---- replay_window.c */

struct replay_payload *replay_window_make_payload(const uint8_t *bytes, size_t size_bytes);
/* A group's key, of a scope, a kind and a hash of what is compared; the group, or REPLAY_NONE. */
uint64_t replay_window_key_of(uint64_t scope, int kind, uint64_t content);
uint32_t replay_window_find_group(const struct replay_window *window, uint64_t key);
/* The group of a kind that a request is a member of, NULL: none. */
struct replay_group *replay_window_group_of(struct replay_window *window,
                                            const struct replay_request *request, int kind);
uint32_t replay_window_index_of(const struct replay_window *window,
                                const struct replay_request *request);
/* Ends its wait. */
void replay_window_leave_waiting(struct replay_window *window, uint32_t index, int kind);

/* ---- replay_window_content.c */

/* Hashes of what a reply may repeat, by kind; 0: has none. */
struct replay_contents {
    uint64_t hash[REPLAY_GROUP_KINDS];
};

/* numbers: those to match by, of the request or of the reply. */
struct replay_contents replay_window_contents_of(const struct packet *packet,
                                                 const uint64_t numbers[REPLAY_NUMBERS]);
/* Whether the replies of a flow can be matched by this kind. */
bool replay_window_kind_is_usable(int kind, const struct replay_echo *echo);

/* Scopes: requests to one host, to many, and those that any ends may exchange. */
enum { REPLAY_SCOPE_OF_ANY = 3 };
uint64_t replay_window_scope_of_one(const struct endpoint *client, const struct endpoint *server);
uint64_t replay_window_scope_of_many(const struct endpoint *client, uint16_t port);
/* Requests of a client to a host at any port, NULL: to many. */
uint64_t replay_window_scope_of_host(const struct endpoint *client, const struct endpoint *host);
uint64_t replay_window_scope_of_request(const struct packet *packet, bool any_endpoint);
/* Whether a datagram's ends allow that it answers the request; the same from any port of the
 * server. */
bool replay_window_fits_host(const struct replay_request *request, const struct packet *packet);
bool replay_window_fits_endpoints(const struct replay_request *request,
                                  const struct packet *packet);

#endif
