/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * filter: the language for choosing datagrams, parsed once into a small tree.
 *
 *     hello                 contains this text, whatever the case, in the payload, the reply, the
 *                           client's name or its address; \n, \xHH are bytes; "two words"
 *     /regular expression/  in payload or reply (PCRE2, bytes, whatever the case)
 *     from:10.0.0.0/8 to:[ff02::fb]:5353 port:53 port:1-1023 name:kim size:>512 size:10-20
 *     status:held why:loop hex:ff00
 *     a b   a|b   !a   ( )  and, or, not; the words do the same
 *
 * "not" binds tightest, then "and", then "or". A word with a colon that does not begin with a key
 * is a text, so that an address can be typed as it is shown (filter_doubt).
 *
 * A filter belongs to one thread. Pure.
 */
#ifndef UDPTUI_PROTO_FILTER_H
#define UDPTUI_PROTO_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/proto/endpoint.h"
#include "udptui/proto/event.h"

enum { FILTER_TEXT_MAX = 1024, FILTER_WHY_SIZE = 160 };

/* What is wrong with an expression, and where. */
struct filter_problem {
    size_t offset_bytes; /* into the text, 0-based */
    char why[FILTER_WHY_SIZE];
    bool no_memory; /* memory is short: the text may be right */
};

/* What is known about a datagram. Unknown values are NULL or -1; a condition on one is unknown as
 * well. */
struct filter_subject {
    const char *name;    /* the client's, "" if it has none */
    const char *address; /* the client's, as it is shown */
    const struct endpoint *from, *to;
    const uint8_t *payload; /* the bytes that are kept */
    size_t payload_bytes;
    const uint8_t *reply; /* of them: NULL if there is none */
    size_t reply_bytes;
    int64_t size_bytes;           /* of the whole datagram */
    const char *status;           /* "acked", "held", ...: ack_status_row.word */
    const char *why;              /* "loop", "source", ...; "" if there is no reason */
    const char *states;           /* of its server, of those of filter_open_for; NULL: not known */
    struct filter_budget *budget; /* for all regular expressions together; NULL: for each its own */
};

/* What the regular expressions may cost for one subject. */
struct filter_budget {
    uint64_t steps_left;
    bool spent; /* one was given up */
};

/* The budget of a subject with so much payload: about half a millisecond, and 20 ns a byte. */
static inline struct filter_budget filter_budget_for(size_t payload_bytes)
{
    return (struct filter_budget){.steps_left = 20000 + payload_bytes};
}

enum filter_answer { FILTER_NO, FILTER_YES, FILTER_UNKNOWN };

/* Each key: ROW(constant, word, kind of value). */
#define FILTER_EACH_KEY(ROW)                                                                       \
    ROW(FROM, "from", network)                                                                     \
    ROW(TO, "to", network)                                                                         \
    ROW(PORT, "port", range)                                                                       \
    ROW(SIZE, "size", range)                                                                       \
    ROW(NAME, "name", text)                                                                        \
    ROW(STATUS, "status", status)                                                                  \
    ROW(WHY, "why", text)                                                                          \
    ROW(HEX, "hex", hex)

/* What a term of a filter begins with, for completion. */
#define FILTER_BEGINNING(constant, word, value) word ": "
#define FILTER_BEGINNINGS                       FILTER_EACH_KEY(FILTER_BEGINNING)

struct filter;

/*
 * text: not NUL-terminated, at most FILTER_TEXT_MAX bytes. Blanks alone give a filter that accepts
 * everything. NULL with *problem set if the text is wrong or memory is short. filter_close frees
 * (NULL allowed).
 */
struct filter *filter_open(const char *text, size_t length_bytes, struct filter_problem *problem);
void filter_close(struct filter *filter);

/* The same, but status: takes the states of servers as well; ended by NULL. None may be a part of
 * another one, or the word of a status. */
struct filter *filter_open_for(const char *text, size_t length_bytes, const char *const *states,
                               struct filter_problem *problem);

/* A word that looks like a key and its value, but is a text, because there is no such key: the first
 * of them, with what may have been meant. NULL: there is none. */
const struct filter_problem *filter_doubt(const struct filter *filter);

/* What a filter needs, besides address, size and payload. */
enum filter_need { FILTER_NEEDS_NAME, FILTER_NEEDS_OUTCOME /* status:, why: */ };
bool filter_needs(const struct filter *filter, enum filter_need need);

/* What is known of a message; the caller fills in name and address. payload: event's stored_bytes,
 * ack: its ack_stored_bytes. The subject points into all of them. A datagram that a relay forwarded
 * is from the client and to the target, or the other way round. */
struct filter_subject filter_subject_of(const struct event_message *event, const uint8_t *payload,
                                        const uint8_t *ack);

/* For --privacy: the client's address and port are not known. client: what the subject points to. */
void filter_hide_client(struct filter_subject *subject, const struct endpoint *client);

/* The groups that the first regular expression has, 0 if there is none. */
size_t filter_groups(const struct filter *filter);

/* What group number `group` (1 is the first) matched in the latest subject: *bytes points into its
 * payload or reply; NULL: nothing. */
void filter_group(const struct filter *filter, size_t group, const uint8_t **bytes,
                  size_t *size_bytes);

/* Whether the subject passes; FILTER_UNKNOWN also if a regular expression took too many steps. */
enum filter_answer filter_evaluate(const struct filter *filter,
                                   const struct filter_subject *subject);

#endif
