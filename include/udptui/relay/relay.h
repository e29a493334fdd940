/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * relay: stands between clients and one or more targets. Each client gets a socket of its own
 * towards the target (a session), so that the target's datagrams find their way back; both
 * directions are counted, impaired, recorded and reported.
 *
 * It has the shape of server/server.h: one thread does the work and reports through a ring of
 * proto/event records; it never waits for the reader, a file or a name server. It does not depend
 * on any front end.
 */
#ifndef UDPTUI_RELAY_RELAY_H
#define UDPTUI_RELAY_RELAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/base/opts.h"
#include "udptui/base/problem.h"
#include "udptui/proto/endpoint.h"
#include "udptui/proto/guard.h"
#include "udptui/proto/impair.h"
#include "udptui/relay/options.h"
#include "udptui/relay/target.h"
#include "udptui/server/calls.h"
#include "udptui/server/listen.h"
#include "udptui/server/server.h"

struct relay_engine; /* src/relay/engine_internal.h */

/* It must not move between relay_open and relay_close. */
struct relay {
    struct relay_options options;
    struct guard_config guard;
    struct impair_config impair; /* the initial setting */
    struct listening listening;
    struct relay_target targets[RELAY_TARGETS_MAX];
    size_t target_count;
    uint16_t socket_targets[ENGINE_SOCKETS_MAX]; /* of listening.sockets[0][i]: its target */
    uint32_t clients_max;                        /* sessions at a time */
    uint64_t descriptors_max;    /* the limit of open files (RLIMIT_NOFILE) once it was raised */
    struct relay_engine *engine; /* from relay_start on */
    struct server_calls calls;   /* that open and close the listening sockets; also after close */
    int event_fd;                /* readable when there is a record */
    bool stopped;                /* EVENT_STOPPED was returned */
    int engine_error;            /* errno that ended the engine, 0: none */
};

/*
 * operands: "TARGET" (listens on the default port of every address), "LISTEN TARGET", or one or
 * more "LISTEN=TARGET". Resolves the names, opens the listening sockets, joins the groups, and
 * raises the soft limit of open files to what max_clients needs; if the hard limit allows fewer
 * clients, clients_max is less (relay_note says so). False with the problem set and all closed
 * again. On true, relay_close must follow.
 */
bool relay_open(struct relay *relay, const struct relay_options *options,
                const struct opts_operands *operands, struct problem *problem);
void relay_close(struct relay *relay);

/* Opens and starts the engine; the recorder needs one ring. False with the reason in error
 * (ENGINE_ERROR_SIZE). */
bool relay_start(struct relay *relay, const struct server_detail *detail, char *error);

/* Stops the engine and frees it: after that a recorder gets nothing more. */
void relay_close_engines(struct relay *relay);

/* The same, and then closes the listening sockets; engine_error and the calls stay. */
void relay_close_sockets(struct relay *relay);

/* ---- for the first lines and the header */

/* "127.0.0.1:4010 -> 192.0.2.1:53": listening socket number `socket` and its target, with the name
 * if one was typed: "-> dns.example:53 (192.0.2.1:53)". out: RELAY_PAIR_SIZE. Returns out. */
enum { RELAY_PAIR_SIZE = 3 * ENDPOINT_TEXT_SIZE + ENDPOINT_HOST_SIZE };
const char *relay_format_pair(const struct relay *relay, size_t socket, char *out, size_t size);

/* What the user should know before it starts: "at most 1000 clients at a time: the limit of open
 * files is 1024 ('ulimit -Hn')". NULL: nothing. out: cut to size. */
const char *relay_note(const struct relay *relay, char *out, size_t size);

/* ---- events and requests */

/* The next record, NULL if there is none; valid until relay_release. */
const void *relay_event(struct relay *relay, size_t *size_bytes);
void relay_release(struct relay *relay);

/* Whether EVENT_STOPPED came. */
bool relay_stopped(const struct relay *relay);

/* Ends the thread once it has executed the earlier requests. */
void relay_quit(struct relay *relay);

/* Counting starts again; sessions stay open. All requests return false if too many wait already. */
bool relay_reset(struct relay *relay);

/* Whether datagrams are forwarded; those that are not are held (HELD_OFF), in both directions. */
bool relay_set_forwarding(struct relay *relay, bool on);

/* Changes the simulated network from now on: its way in is the one to the target. Datagrams already
 * in it keep their fate. */
bool relay_set_impair(struct relay *relay, const struct impair_config *impair);

/* Sends bytes to a client from the address and port that it sends to (ACK_MANUAL, or ACK_FAILED
 * with ENOENT if it is gone). slot: as in event_client. */
bool relay_send(struct relay *relay, uint32_t slot, uint32_t generation, const void *bytes,
                size_t size_bytes);

#endif
