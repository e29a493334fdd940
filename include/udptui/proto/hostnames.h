/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hostnames: the names of addresses, as far as they are known, and which of them are to be looked up.
 *
 * Only what somebody wants to see is looked up: hostnames_find notes an address that it does not know,
 * whoever looks names up takes it by hostnames_wanted and brings the answer by hostnames_learn. A
 * bounded table: sets of four entries, the longest unused one of a set makes room. For one thread.
 */
#ifndef UDPTUI_PROTO_HOSTNAMES_H
#define UDPTUI_PROTO_HOSTNAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/proto/endpoint.h"

/* A longer name is cut; it is ASCII, so columns are bytes. */
enum { HOSTNAMES_COLUMNS = 48 };

struct hostnames;

/* on: names are shown. key: a secret, since peers choose their addresses. NULL if memory is short;
 * hostnames_close frees (NULL is allowed). */
struct hostnames *hostnames_open(bool on, const struct hash_key *key);
void hostnames_close(struct hostnames *names);

/* Off: every address is without a name, and none is looked up. What is known is kept. */
void hostnames_switch(struct hostnames *names, bool on);
bool hostnames_are_on(const struct hostnames *names);

/* The name of the address, whatever its port: safe text, "" if it has none or is not known yet. Valid
 * until the next call. names: NULL for none. */
const char *hostnames_find(struct hostnames *names, const struct endpoint *address);

/* The next address to look up, port 0; each is given once. False: none. */
bool hostnames_wanted(struct hostnames *names, struct endpoint *out);

/* The answer: bytes of unknown origin, or NULL if there is no name. Something that reads like an
 * address is no name. Returns the columns of the name as it is shown, 0: none. */
size_t hostnames_learn(struct hostnames *names, const struct endpoint *address, const char *name);

#endif
