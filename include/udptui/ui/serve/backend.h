/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * backend: the engines behind a session, its screen and its lines, as a table of functions: of a
 * server, of a relay. The front end knows neither of them.
 */
#ifndef UDPTUI_UI_SERVE_BACKEND_H
#define UDPTUI_UI_SERVE_BACKEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/output/serve.h"
#include "udptui/proto/call.h"
#include "udptui/proto/impair.h"
#include "udptui/server/server.h"

enum {
    BACKEND_ENGINES_MAX = SERVER_THREADS_MAX, /* event_totals.engine is below it */
    BACKEND_ERROR_SIZE = ENGINE_ERROR_SIZE,
    BACKEND_LIST_SIZE = 256,
};

/* What does not change while the engines run. */
struct backend_facts {
    const char *word;                  /* "server": what is busy, or ended */
    char listening[BACKEND_LIST_SIZE]; /* "127.0.0.1:4010, [::1]:4010" */
    char join[BACKEND_LIST_SIZE];      /* behind `udptui send`; "": nothing to type is known */
    uint32_t clients_max;              /* the slots of event_client are below it */
    size_t engines;                    /* rings that a recorder needs */
    uint64_t receive_buffer_bytes;     /* as the kernel granted it */
    struct impair_config impair;       /* the initial setting */
    double slow_per_s;                 /* --slow, 0: as they come */
    bool relay;                        /* its records have two directions */
    bool names;                        /* it looks names up (server_detail) */
    bool groups;                       /* it is a member of multicast groups */
    char note[BACKEND_LIST_SIZE];      /* what the user should know at the start; "": nothing */
};

/* context: the server or the relay, open. See server.h: what a function does is said there. */
struct backend_ops {
    const struct serve_writer *lines, *json; /* the two formats of its records */
    void (*describe)(const void *context, struct backend_facts *facts);
    /* Writes the first lines: addresses and groups. False if the output cannot be written. */
    bool (*announce)(const void *context, const struct serve_writer *writer,
                     const struct serve_output *output);
    bool (*start)(void *context, const struct server_detail *detail, char *error);
    void (*close_engines)(void *context);
    void (*close_sockets)(void *context);
    const struct call *(*next_call)(void *context); /* of the main thread */

    int (*event_fd)(const void *context);
    const void *(*event)(void *context, size_t *size_bytes);
    void (*release)(void *context);
    bool (*stopped)(const void *context);
    int (*error)(const void *context); /* errno that ended an engine, 0: none */

    void (*quit)(void *context);
    bool (*reset)(void *context);
    bool (*set_acks)(void *context, bool on); /* NULL: there are none */
    bool (*set_impair)(void *context, const struct impair_config *impair);
    bool (*quiz)(void *context, const struct quiz_request *request); /* NULL: there is none */
    bool (*send)(void *context, uint32_t slot, uint32_t generation, const void *bytes,
                 size_t size_bytes);
};

/* For announce: writes the groups that were joined. */
bool backend_announce_groups(const struct listening *listening, const struct serve_writer *writer,
                             const struct serve_output *output);

struct backend {
    const struct backend_ops *ops;
    void *context; /* borrowed; it must live as long */
};

#endif
