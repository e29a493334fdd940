/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * server: the sockets and the engines of a server as one: their records come from one function, and
 * a request goes to all of them. It does not depend on any front end.
 */
#ifndef UDPTUI_SERVER_SERVER_H
#define UDPTUI_SERVER_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/base/opts.h"
#include "udptui/base/problem.h"
#include "udptui/capture/recorder.h"
#include "udptui/proto/impair.h"
#include "udptui/server/calls.h"
#include "udptui/server/engine.h"
#include "udptui/server/listen.h"
#include "udptui/server/options.h"
#include "udptui/server/policies.h"

/* It must not move between server_open and server_close. */
struct server {
    struct server_options options;
    struct policies policies;
    struct listening listening;
    struct engine *engines[SERVER_THREADS_MAX]; /* from server_start on */
    struct engine_shared shared;                /* by all engines */
    struct server_calls calls; /* that open and close the sockets; also after server_close */
    int event_fd;              /* readable when any engine has a record */
    size_t current;            /* the engine of the record that server_event returned */
    size_t stopped;            /* engines whose records were all taken */
    int engine_error;          /* errno that ended one of them, 0: none */
};

/* What the engines report, and how often. */
struct server_detail {
    bool every_message; /* else a sample a tick, as for a screen */
    uint32_t calls;     /* records of socket calls a tick; 0: none, UINT32_MAX: all */
    uint32_t students;  /* places of a class with a quiz, 0: there is none; with one thread */
    bool greetings;     /* messages that begin with "hello " are reported beyond the sample */
    int64_t tick_ns;    /* rows and totals are reported at most so often */
    struct recorder *recorder; /* has a ring for each thread; NULL: nothing is recorded */
    struct lookup *lookup;     /* for the names of a relay's targets; NULL: none is looked up */
};

/* Opens what the addresses name (empty list: the default). False with the problem set and all
 * closed again. On true, server_close must follow. */
bool server_open(struct server *server, const struct server_options *options,
                 const struct opts_operands *addresses, struct problem *problem);
void server_close(struct server *server);

/* Opens and starts the engines. False with the reason in error (ENGINE_ERROR_SIZE). */
bool server_start(struct server *server, const struct server_detail *detail, char *error);

/* Stops the engines and frees them: after that a recorder gets nothing more. */
void server_close_engines(struct server *server);

/* The same, and then closes the sockets; engine_error and the calls stay. */
void server_close_sockets(struct server *server);

/* Rows of all engines together: the slots of event_client are below it. */
uint32_t server_clients_max(const struct server *server);

/* ---- events and requests */

/* The next record of any engine, NULL if there is none; valid until server_release. */
const void *server_event(struct server *server, size_t *size_bytes);
void server_release(struct server *server);

/* Whether EVENT_STOPPED came from all of them. */
bool server_stopped(const struct server *server);

/* As engine_quit, of every engine. */
void server_quit(struct server *server);

/* All engines count anew: see engine_ask_reset. */
void server_reset(struct server *server);

/* As engine_set_acks and engine_set_impair, of every engine. False if one of them has no room for
 * the request. */
bool server_set_acks(struct server *server, bool on);
bool server_set_impair(struct server *server, const struct impair_config *impair);

/* As engine_quiz, of the first engine. */
bool server_quiz(struct server *server, const struct quiz_request *request);

/* As engine_send, of the engine that has this row. */
bool server_send(struct server *server, uint32_t slot, uint32_t generation, const void *bytes,
                 size_t size_bytes);

#endif
