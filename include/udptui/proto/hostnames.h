/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hostnames: the known host names of addresses, and the addresses to look up next.
 *
 * Only displayed addresses are looked up: hostnames_find notes an unknown address, the resolver
 * takes it with hostnames_wanted and returns the result with hostnames_learn. The table is bounded:
 * sets of four entries, the least recently used of which is replaced. For one thread.
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

/* on: names are shown. key: secret, because peers choose their addresses. NULL if memory is short;
 * hostnames_close frees (NULL is allowed). */
struct hostnames *hostnames_open(bool on, const struct hash_key *key);
void hostnames_close(struct hostnames *names);

/* Switched off, no address has a name and none is looked up; known names are kept. */
void hostnames_switch(struct hostnames *names, bool on);
bool hostnames_are_on(const struct hostnames *names);

/* The name of the address, whatever its port: safe text, "" if it has none or is not known yet.
 * Valid until the next call. names: NULL for none. */
const char *hostnames_find(struct hostnames *names, const struct endpoint *address);

/* The next address to look up, port 0; each is returned once. False: none. */
bool hostnames_wanted(struct hostnames *names, struct endpoint *out);

/* Stores a result: untrusted bytes, or NULL if there is no name. A name that looks like an address
 * is rejected. Returns the columns of the name as it is shown, 0: none. */
size_t hostnames_learn(struct hostnames *names, const struct endpoint *address, const char *name);

#endif
