/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * roster: the names of the clients of a class: the name that they sent ("hello NAME"), a number in
 * order of arrival (privacy), or their address.
 *
 * One entry a slot of the client table. Names and numbers belong to a client, not to a slot: one of
 * another generation is another client. Memory is touched only as clients come.
 *
 * A person is not a port: a client that sends a name that was sent from the same address before is
 * the same person, and has the same number; the port that sent last represents all. A name that
 * imitates (another person's, "client 1", an address) gets its number behind it: "Ann (client 7)".
 */
#ifndef UDPTUI_PROTO_ROSTER_H
#define UDPTUI_PROTO_ROSTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/base/hash.h"
#include "udptui/base/text.h"
#include "udptui/proto/endpoint.h"
#include "udptui/proto/event.h"

/* A name has at most so many columns; ROSTER_TEXT_SIZE bytes hold any name or address. */
enum { ROSTER_NAME_COLUMNS = 20, ROSTER_NAME_SIZE = 96, ROSTER_TEXT_SIZE = 120 };

struct roster_config {
    uint32_t capacity;         /* slots: every slot is below it */
    bool names;                /* "hello NAME" gives a name */
    bool privacy;              /* no address is shown */
    enum text_charset charset; /* of rendered names */
    struct hash_key key;       /* a secret: clients choose their names */
    const struct zones *zones; /* the names of zones, NULL: by index */
};

struct roster;

/* NULL if memory is short. roster_close frees (NULL is allowed). */
struct roster *roster_open(const struct roster_config *config);
void roster_close(struct roster *roster);

/* Notes a client, which gets its number. One of an older generation than the slot's is ignored. */
void roster_note_client(struct roster *roster, uint32_t slot, uint32_t generation);

/*
 * Notes a payload of a client (and the client itself) with its address. True if its name changes.
 * "hello world" and the like give no name at once: it is "world?" until it is repeated.
 */
bool roster_note_message(struct roster *roster, uint32_t slot, uint32_t generation,
                         const struct endpoint *from, const void *payload, size_t size_bytes);

/* The same of a message with its payload, if it came from a client: what was sent to one, or was to
 * be, by a server or a relay's target, names nobody. Does nothing if no client is noted
 * (roster_is_kept; NULL is allowed). */
bool roster_note_event(struct roster *roster, const struct event_message *event,
                       const void *payload);

/* The name that the quiz of a class has given to a client (safe UTF-8), with its address: from now on
 * greetings of it give none. True if its name changes. */
bool roster_assign(struct roster *roster, uint32_t slot, uint32_t generation,
                   const struct endpoint *from, const char *name);

/* Whether it begins like a greeting that gives a name: "hello NAME", "Hello, NAME", "hello:
 * NAME". */
bool roster_is_greeting(const void *payload, size_t size_bytes);

/* ---- rules of names that the quiz of a class shares */

/* A name as it is shown: safe text without blanks and marks at its ends, at most
 * ROSTER_NAME_COLUMNS; out: ROSTER_NAME_SIZE. "" if nothing is left. */
void roster_clean_name(const void *name, size_t size_bytes, enum text_charset charset, char *out);

/* Whether they are the same without regard to ASCII case. */
bool roster_same_name(const char *one, const char *other);

/* Words that greet everybody ("world"), or that are copied from the join command. */
bool roster_is_common_word(const char *name);

/* Names that udptui gives to clients itself, and those that imitate others by mixed alphabets. */
bool roster_is_reserved_name(const char *name);

/* ---- */

/* Whether another port of the same person represents this one, too. */
bool roster_is_stood_for(const struct roster *roster, uint32_t slot, uint32_t generation);

/* Forgets everybody: numbers begin at 1 again. */
void roster_clear(struct roster *roster);

/* All of these accept NULL for a roster: then there are only addresses. */

/* Whether clients have names or numbers; else only addresses are written, and no client is
 * noted. */
bool roster_is_kept(const struct roster *roster);

/* --privacy: whether no address may be shown. NULL is allowed. */
bool roster_private(const struct roster *roster);

/* The client's name, safe text, "" if it has none. Valid until the slot's next
 * roster_note_message. */
const char *roster_name(const struct roster *roster, uint32_t slot, uint32_t generation);

/* 1 for the first person, and so on, the same for all of its ports; 0 if this one is not known (any
 * more). */
uint32_t roster_number(const struct roster *roster, uint32_t slot, uint32_t generation);

/* The address or, in privacy, "client 3" ("former client" if it is not known any more). Safe text;
 * writes to out (ROSTER_TEXT_SIZE), returns out. */
const char *roster_address(const struct roster *roster, uint32_t slot, uint32_t generation,
                           const struct endpoint *peer, char *out, size_t size_bytes);

/* The name or, without one, the same as roster_address. */
const char *roster_peer(const struct roster *roster, uint32_t slot, uint32_t generation,
                        const struct endpoint *peer, char *out, size_t size_bytes);

#endif
