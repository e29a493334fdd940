/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lookup: host names of addresses, looked up in a separate thread, so that a slow name server never
 * delays the owner. The first query starts the thread.
 */
#ifndef UDPTUI_SYS_LOOKUP_H
#define UDPTUI_SYS_LOOKUP_H

#include <stdbool.h>

#include "udptui/proto/endpoint.h"

struct lookup;

/* NULL with errno. lookup_close (NULL is allowed) returns at once: a query in progress ends by
 * itself, and its result is dropped. */
struct lookup *lookup_open(void);
void lookup_close(struct lookup *lookup);

/* Readable when there is a result. */
int lookup_fd(const struct lookup *lookup);

/* Queues a query for the name of the address. False if there is no room or no thread. */
bool lookup_ask(struct lookup *lookup, const struct endpoint *address);

/* Whether another query can be queued now: the queue is bounded. */
bool lookup_has_room(struct lookup *lookup);

/* Takes a result: name (ENDPOINT_HOST_SIZE) holds untrusted bytes, "" if there is no name. False:
 * no result yet. */
bool lookup_next(struct lookup *lookup, struct endpoint *address, char *name);

#endif
