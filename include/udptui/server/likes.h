/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* likes: servers that others know, as options of ours (--like). */
#ifndef UDPTUI_SERVER_LIKES_H
#define UDPTUI_SERVER_LIKES_H

#include <stddef.h>

#include "udptui/server/options.h"

/* The names of the rows in their order, ended by NULL; an index into it is a choice. */
extern const char *const likes_names[];

/* What the help says of them. */
#define LIKES_HELP "be the UDP pinger's server of the textbook"

/* Sets the options of the row that were not given: the port of addresses without one, an ack that
 * is default_ack itself, an impairment that is NULL. */
void likes_apply(size_t choice, const char *default_ack, struct server_options *options);

#endif
