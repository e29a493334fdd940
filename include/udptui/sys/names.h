/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* names: the known host names of addresses, together with the process that looks them up. */
#ifndef UDPTUI_SYS_NAMES_H
#define UDPTUI_SYS_NAMES_H

#include <stdbool.h>

#include "udptui/proto/hostnames.h"
#include "udptui/sys/lookup.h"

/* All zero: names are never shown. */
struct names {
    struct hostnames *hosts;
    struct lookup *lookup;
};

/* As lookup_open. wanted: shown from the start; otherwise they may be switched on later. False with
 * errno, and names zeroed. */
bool names_open(struct names *names, bool wanted, enum sandbox_mode mode);
/* As lookup_close; also if names_open has failed or all is zero. */
void names_close(struct names *names);

/* Readable when a name is there; -1: never. */
int names_fd(const struct names *names);

/* Queues the wanted queries and takes the results: calls learn with each. Never blocks. */
typedef void names_learn(void *context, const struct endpoint *address, const char *name);
void names_turn(struct names *names, names_learn *learn, void *context);

#endif
