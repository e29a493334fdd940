/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * serve: what `udptui serve` writes if there is no screen. One writer a format, each a table of
 * functions over the same records of proto/event, so that all formats contain the same facts.
 */
#ifndef UDPTUI_OUTPUT_SERVE_H
#define UDPTUI_OUTPUT_SERVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "udptui/base/text.h"
#include "udptui/dissect/answer.h"
#include "udptui/output/payload.h"
#include "udptui/output/stamp.h"
#include "udptui/proto/event.h"
#include "udptui/proto/filter.h"
#include "udptui/proto/hostnames.h"
#include "udptui/proto/quiz_book.h"
#include "udptui/proto/roster.h"

/* The output and its options. */
struct serve_output {
    FILE *file;
    enum text_charset charset;
    struct stamp stamp;                      /* of lines */
    bool privacy;                            /* clients' addresses are not written */
    bool replay;                             /* of a capture: lines name number and server, too */
    struct roster *roster;                   /* the names of the clients */
    struct hostnames *hosts;                 /* names of addresses, NULL: none are written */
    const struct zones *zones;               /* the names of zones; NULL: by index */
    const struct filter *filter;             /* NULL: every message is written */
    bool full;                               /* lines contain the whole payload */
    const struct dissect_answer *dissection; /* of the next message; NULL: none is written */
    char *scratch;                           /* safe text of one payload: PAYLOAD_SCRATCH bytes */
};

/* Whether the filter matches a message. payload: its stored_bytes, then its ack_stored_bytes. */
bool serve_chooses(const struct serve_output *output, const struct event_message *event,
                   const uint8_t *payload);

/* Each writes one record and returns false if the file could not be written. */
struct serve_writer {
    /* address: "127.0.0.1:4010", as bound. target: of a relay, as an address; NULL: none. */
    bool (*listening)(const struct serve_output *output, const char *address, const char *target);
    /* again: it was lost before; else joined at the start. */
    bool (*membership)(const struct serve_output *output, const struct event_membership *event,
                       bool again);
    /* payload: event->stored_bytes bytes. */
    bool (*message)(const struct serve_output *output, const struct event_message *event,
                    const uint8_t *payload);
    bool (*call)(const struct serve_output *output, const struct call *call);
    /* Of a relay alone, else NULL. */
    bool (*icmp)(const struct serve_output *output, const struct event_icmp *event);
    bool (*target)(const struct serve_output *output, const struct event_target *event);
    /* Of a server alone, else NULL: a record of a class (output/classroom). */
    bool (*classroom)(const struct serve_output *output, const void *record);
    bool (*tallies)(const struct serve_output *output, const struct quiz_book *book);
    /* Of JSON alone, else NULL: lines have no key for it. */
    bool (*reset)(const struct serve_output *output, const struct event_reset *event);
    bool (*summary)(const struct serve_output *output, const struct event_totals *totals);
};

/* One message, as both writers of `serve`, of `relay` and of `replay` write it. */
bool serve_write_message_line(const struct serve_output *output, const struct event_message *event,
                              const uint8_t *payload);
bool serve_write_message_json(const struct serve_output *output, const struct event_message *event,
                              const uint8_t *payload);

/* The other records that all of them write alike. */
bool serve_write_listening_line(const struct serve_output *output, const char *address,
                                const char *target);
bool serve_write_listening_json(const struct serve_output *output, const char *address,
                                const char *target);
bool serve_write_membership_line(const struct serve_output *output,
                                 const struct event_membership *event, bool again);
bool serve_write_membership_json(const struct serve_output *output,
                                 const struct event_membership *event, bool again);
bool serve_write_call_line(const struct serve_output *output, const struct call *call);
bool serve_write_call_json(const struct serve_output *output, const struct call *call);
/* figures: those of the command's summary. */
bool serve_write_figures_before_json(const struct serve_output *output,
                                     const struct figures *figures,
                                     const struct event_reset *event);

/* "127.0.0.1:50123": the client of a record, its number with --privacy. Returns out
 * (ROSTER_TEXT_SIZE). */
const char *serve_format_client(const struct serve_output *output, uint32_t slot,
                                uint32_t generation, const struct endpoint *client, char *out,
                                size_t size);

/* The server's end of a message; a capture's with --privacy is "server:53", since its address may
 * be that of a client of another server. Returns out (ENDPOINT_TEXT_SIZE). */
const char *serve_format_server(const struct serve_output *output,
                                const struct event_message *event, char *out, size_t size);

extern const struct serve_writer relay_lines, relay_json; /* the same of `udptui relay` */
extern const struct serve_writer serve_lines;             /* for people */
extern const struct serve_writer serve_json; /* one object per line, as udptui-json(5) says */

#endif
