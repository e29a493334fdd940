/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lookup: the names of addresses, looked up by a thread of its own: a name server may take as long
 * as it likes, the owner never waits. The thread is started by the first question.
 */
#ifndef UDPTUI_SYS_LOOKUP_H
#define UDPTUI_SYS_LOOKUP_H

#include <stdbool.h>

#include "udptui/proto/endpoint.h"

struct lookup;

/* NULL with errno. lookup_close (NULL is allowed) returns at once: a question that is under way
 * ends by itself, unanswered. */
struct lookup *lookup_open(void);
void lookup_close(struct lookup *lookup);

/* Readable when there is an answer. */
int lookup_fd(const struct lookup *lookup);

/* Asks for the name of the address. False, and nothing asked, if there is no room or no thread. */
bool lookup_ask(struct lookup *lookup, const struct endpoint *address);

/* Whether another question may be asked now: they wait in a queue that is bounded. */
bool lookup_has_room(struct lookup *lookup);

/* Takes an answer: name (ENDPOINT_HOST_SIZE) has bytes of unknown origin, "" if there is none.
 * False: none has come. */
bool lookup_next(struct lookup *lookup, struct endpoint *address, char *name);

#endif
