/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* names: what is known of the names of addresses, and the thread that looks them up, together. */
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

/* wanted: shown from the start; else they may be switched on. False with errno, and names as
 * zero. */
bool names_open(struct names *names, bool wanted);
void names_close(struct names *names);

/* Readable when a name is there; -1: never. */
int names_fd(const struct names *names);

/* Asks for what is wanted and takes what is answered: learn is called with each. Never blocks. */
typedef void names_learn(void *context, const struct endpoint *address, const char *name);
void names_turn(struct names *names, names_learn *learn, void *context);

#endif
