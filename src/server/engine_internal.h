/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* engine: shared by the engine's files. */
#ifndef UDPTUI_SERVER_ENGINE_INTERNAL_H
#define UDPTUI_SERVER_ENGINE_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "answer_internal.h"
#include "path_internal.h"
#include "publish_internal.h"
#include "udptui/net/own.h"
#include "udptui/server/engine.h"
#include "udptui/server/membership.h"
#include "udptui/server/queues.h"
#include "udptui/server/records.h"

enum { REQUESTS_RING_BYTES = 1 << 18 };

struct engine {
    struct engine_config config;
    struct udp_socket sockets[ENGINE_SOCKETS_MAX];
    struct call_trace trace; /* of these sockets while the thread uses them */
    struct queues queues;
    struct records records;
    struct membership membership;
    struct peers *peers;
    struct own own;       /* our addresses, which the guard compares with the source */
    int64_t own_check_ns; /* when to check again whether they changed */
    struct endpoint listeners[ENGINE_SOCKETS_MAX];
    struct guard *guard;
    struct batch_receiver *receiver;
    struct answer *answer;
    struct path path;
    struct quiz *quiz; /* NULL: there is none */
    int64_t push_ns;   /* when its next question may be pushed, CLOCK_MONOTONIC */
    struct publisher publisher;
    struct ring *requests;
    struct event_totals totals; /* the part of the totals that is not in peers */
    uint64_t resets;            /* shared->resets, as of the latest one that was done here */
    int wake_fd;
    pthread_t thread;
    bool started;
    atomic_bool quit_asked;
    bool quit;         /* the thread's own: quit_asked, as of the latest requests_take */
    int error;         /* what ended the thread */
    atomic_bool ended; /* the thread no longer uses anything above */
    bool all_reported; /* the owner's: EVENT_STOPPED is in the ring */
};

/* ---- engine_loop.c */
/* The thread: argument is the struct engine. */
void *engine_run(void *argument);
/* Completes engine->totals with what is counted elsewhere. */
void engine_gather_totals(struct engine *engine);
/* Reports rows and totals. */
void engine_publish(struct engine *engine, int64_t now_ns);

/* ---- record.c: datagrams sent, for a capture file, if there is one */
/* The acks of a settled round. */
void record_runs(struct engine *engine, int64_t wall_ns);
void record_sent(struct engine *engine, const struct datagram *request, const uint8_t *bytes,
                 size_t size_bytes, int64_t wall_ns);
void record_by_hand(struct engine *engine, const struct event_message *event, const uint8_t *bytes);

/* ---- engine_requests.c */
/* The thread's side: executes the owner's requests since the last call. */
void requests_take(struct engine *engine);

/* Sends bytes to a client, from our address `local` (see struct peer), and reports it as event, whose
 * client's row is set. */
void requests_deliver(struct engine *engine, struct event_message *event, const struct endpoint *to,
                      uint16_t local, const void *bytes);

/* ---- engine_quiz.c: all do nothing without a quiz */
/* Notes the datagram for its student, before it is answered. */
void engine_note_student(struct engine *engine, const struct datagram *datagram, size_t index,
                         int64_t now_ns);
/* Reports what changed in the class, before publish_tick wakes the reader. Whether there is more. */
bool engine_publish_quiz(struct engine *engine);
/* Pushes a question on; and when it goes on, INT64_MAX: never. */
void engine_push_question(struct engine *engine);
int64_t engine_push_due_ns(const struct engine *engine);

#endif
