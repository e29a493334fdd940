/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* script: executes the statements of a lesson's script on a stage. */
#ifndef UDPTUI_LESSON_SCRIPT_INTERNAL_H
#define UDPTUI_LESSON_SCRIPT_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "figure_rules_internal.h"
#include "udptui/lesson/lesson.h"
#include "udptui/lesson/stage.h"

enum { SCRIPT_KEPT_BYTES = 64, SCRIPT_CLIENTS_MAX = 16, SCRIPT_NUMBERS_MAX = 96 };

/* More numbers than a fact has room for: that is a failure only if a fact shows them. */
struct script_list {
    int32_t numbers[SCRIPT_NUMBERS_MAX];
    size_t count;
};

/* What an object is doing, and its figures. */
struct script_object {
    struct udp_socket *socket;     /* NULL: it was not opened */
    struct endpoint endpoint;      /* that others send to */
    int16_t server;                /* of a closed port: the server that was opened on it */
    bool unconnected, error_queue; /* of a client */
    int64_t snmp;                  /* of a client: Icmp OutDestUnreachs before its latest send */

    int64_t sent, errors, received, distinct, intact, asked, answered, silent, reported;
    int64_t icmp, icmp_type, icmp_code;
    struct script_list sent_bytes, sent_numbers, received_bytes, received_numbers, silent_numbers;
    struct endpoint clients[SCRIPT_CLIENTS_MAX]; /* that it received from */
    int64_t client_count;
    int64_t queue_bytes, waiting_bytes, dropped;

    /* of what it received last, or what a statement returned */
    struct endpoint from;
    int16_t from_object;  /* LESSON_NO_OBJECT: not known */
    uint64_t from_number; /* of the leg */
    int64_t bytes;        /* -1: nothing */
    bool arrived, truncated;
    int64_t received_ns; /* the kernel's time */
    int64_t sends, us;   /* of an ask: how often, and from the first one to the reply */
    int error;           /* errno of a send; 0: it was sent */
    char text[LESSON_WORDS_SIZE];
    char from_text[LESSON_WORDS_SIZE];
};

/* A datagram between two plain sockets. */
struct script_sent {
    int leg;
    int16_t from, to; /* objects; LESSON_NO_OBJECT: not known */
    bool arrived;     /* or dropped */
    uint64_t number;  /* of the leg */
    size_t size_bytes;
    uint8_t bytes[SCRIPT_KEPT_BYTES]; /* the first ones */
};

/* What the network did to the messages, as far as it is known. */
struct script_network {
    int64_t received, lost_requests, lost_replies, late_by, repeated;
    struct script_list delivered;
};

struct script {
    const struct lesson *lesson;
    struct stage *stage;
    int64_t deadline_ns; /* CLOCK_MONOTONIC, of all of it */
    int64_t i;           /* of the innermost repetition */
    uint64_t number;     /* of the latest leg */
    struct script_object objects[LESSON_OBJECTS_MAX];
    struct script_sent sent[STAGE_LEGS_MAX];
    size_t sent_count;
    struct script_network *network; /* room for its figures */
};

/* Executes the script of the lesson, and delivers the figures that the lesson uses. A script takes at
 * most some seconds: more is a failure of the stage. */
void script_run(const struct lesson *lesson, struct stage *stage);

/* ---- shared by its parts */

/* The time up to which a wait may last. */
int64_t script_limit_ns(struct script *script, const struct lesson_statement *statement,
                        int64_t default_ns);

/* A text with its placeholders filled in. plain: for a payload. Returns out. */
const char *script_fill(struct script *script, const char *text, bool plain, char *out,
                        size_t size_bytes);

/* The first number in a text; 0: there is none. */
int32_t script_number_in(const char *text);

void script_add_number(struct script_list *list, int64_t number);

/* The value of "OBJECT.FIGURE" or "i". False: there is none. */
bool script_find(const void *context, const char *name, struct expression_value *value);

/* ---- plain sockets (script_sockets.c) */

void script_open_server(struct script *script, const struct lesson_statement *statement);
void script_open_client(struct script *script, const struct lesson_statement *statement);
void script_find_closed(struct script *script, const struct lesson_statement *statement);
void script_send(struct script *script, const struct lesson_statement *statement);
void script_reply(struct script *script, const struct lesson_statement *statement);
void script_close(struct script *script, const struct lesson_statement *statement);
void script_restart(struct script *script, const struct lesson_statement *statement);
void script_await_error(struct script *script, const struct lesson_statement *statement);
void script_read_errors(struct script *script, const struct lesson_statement *statement);

/* Receives one datagram. False: none came in time. */
bool script_receive_one(struct script *script, const struct lesson_statement *statement,
                        int64_t timeout_ns);

/* Marks what was dropped because a server's queue was full, if that is certain. */
void script_mark_dropped(struct script *script, int16_t server);

/* ---- clients of the simulated network (script_network.c) */

bool script_is_of_network(const struct script *script, int16_t object);
void script_send_to_network(struct script *script, const struct lesson_statement *statement);
void script_ask(struct script *script, const struct lesson_statement *statement);
bool script_receive_reply(struct script *script, int16_t object, int64_t timeout_ns);

void script_measure_network(const struct script *script, struct script_network *network);

#endif
