/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lookup: host names of addresses, or addresses of host names, looked up in a separate process, so
 * that a slow name server never delays the owner, and that the owner's sandbox needs none of what the
 * resolver needs: files, libraries, TCP. What the process answers is untrusted, as it reads what name
 * servers send. A lookup is for queries of one of the two kinds.
 */
#ifndef UDPTUI_SYS_LOOKUP_H
#define UDPTUI_SYS_LOOKUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/proto/endpoint.h"
#include "udptui/sys/sandbox.h"

struct lookup;

/* Starts the process: before the owner starts threads and enters its own sandbox. mode: of the
 * process's sandbox, in which it may look names up and do nothing else; with SANDBOX_ON it ends if a
 * part is missing. NULL with errno. */
struct lookup *lookup_open(enum sandbox_mode mode);

/* Frees it, and the process ends. Returns at once: a query in progress is given up. NULL is
 * allowed. */
void lookup_close(struct lookup *lookup);

/* Readable when there is a result. */
int lookup_fd(const struct lookup *lookup);

/* Queues a query for the name of the address. False if there is no room or no process. */
bool lookup_ask(struct lookup *lookup, const struct endpoint *address);

/* Whether another query can be queued now: the queue is bounded. */
bool lookup_has_room(const struct lookup *lookup);

/* Takes a result, in the order of the queries: name (ENDPOINT_HOST_SIZE) holds untrusted bytes, ""
 * if there is no name. False: no result yet. */
bool lookup_next(struct lookup *lookup, struct endpoint *address, char *name);

/* ---- addresses of names */

enum { LOOKUP_ADDRESSES_MAX = 8 };

struct lookup_addresses {
    uint32_t tag;    /* of the query */
    const char *why; /* there is no address: a clause; else NULL */
    size_t count;
    struct endpoint addresses[LOOKUP_ADDRESSES_MAX]; /* in the resolver's order; port 0 */
};

/* Queues a query for the addresses of the name. family: ENDPOINT_NONE for any. tag: the owner's.
 * False as above. */
bool lookup_ask_addresses(struct lookup *lookup, const char *host, enum endpoint_family family,
                          uint32_t tag);

/* Takes a result. False: no result yet. */
bool lookup_next_addresses(struct lookup *lookup, struct lookup_addresses *out);

#endif
