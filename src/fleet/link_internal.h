/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * link_internal: what the owner (link.c) and the thread (link_mosquitto.c) share. Each function
 * takes the mutex itself, briefly; nobody waits for the broker with it held.
 */
#ifndef UDPTUI_FLEET_LINK_INTERNAL_H
#define UDPTUI_FLEET_LINK_INTERNAL_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/fleet/link.h"

enum { LINK_SAMPLES_MAX = 16 };

/* Bytes and, of samples and received messages, their topic. */
struct link_text {
    struct link_text *next;
    bool retained;
    size_t size_bytes;
    char *topic; /* in the same memory, behind the bytes; NULL: none */
    char bytes[];
};

struct link_slot {
    char *topic;              /* NULL: not used */
    struct link_text *latest; /* what the owner published last; NULL: nothing yet */
    uint64_t version;         /* of it, from 1 on */
    uint64_t acknowledged;    /* the version that the broker has, of this connection */
    uint64_t under_way;       /* the version that was sent and is not acknowledged; 0: none */
    int message_id;           /* of that */
    int64_t sent_ns;          /* CLOCK_MONOTONIC */
};

struct link_list {
    struct link_text *first, **end;
    size_t count, size_bytes;
};

struct link {
    /* Written before the thread starts. */
    struct broker broker;
    char *subscriptions[LINK_TOPICS_MAX];
    char *will, *ca_file;
    size_t will_slot;
    char client_id[32];
    int owner_fd;  /* eventfd: something for the owner */
    int thread_fd; /* eventfd: something for the thread */

    pthread_t thread;        /* the owner's */
    struct link_text *shown; /* the owner's: the message between link_next and link_release */

    pthread_mutex_t mutex; /* protects all that follows */
    pthread_cond_t ended;
    struct link_slot slots[LINK_TOPICS_MAX];
    struct link_list samples, received;
    struct link_status status;
    uint64_t dropped_out; /* samples and removals that were not sent */
    bool closing, has_ended;
    bool is_reaching;    /* the thread is in a call that may block until after the deadline */
    bool has_missed;     /* a received message was dropped since the last subscription */
    bool subscribe;      /* again: the owner has emptied the queue */
    int64_t close_by_ns; /* with closing: CLOCK_MONOTONIC */
    int holders;         /* the owner, the thread */
};

/* The thread, until the link closes. */
void link_work(struct link *link);

/* ---- for the thread */

/* why: untrusted bytes, NULL: none. */
void link_set_status(struct link *link, enum link_state state, const char *why, int64_t retry_ns);

/* Nothing is under way or acknowledged any more. */
void link_forget_connection(struct link *link);

/* Whether the owner closes it, and when (CLOCK_MONOTONIC) it must be done. */
bool link_is_closing(struct link *link, int64_t *close_by_ns);

/* Around the look-up of the broker, connect(2) and the start of TLS, which may block for long. False:
 * the link closes, and there is no time left for it. */
bool link_begin_reaching(struct link *link);
void link_end_reaching(struct link *link);

/* Whether the broker has all that was published. */
bool link_is_drained(struct link *link);

/* A copy of a slot's latest message that is to be sent now, with its version; NULL: none. free(3)
 * frees. */
struct link_text *link_take_slot(struct link *link, size_t slot, uint64_t *version);
void link_note_sent(struct link *link, size_t slot, uint64_t version, int message_id,
                    int64_t now_ns);
void link_note_acknowledged(struct link *link, int message_id);

/* The oldest sample; NULL: none. free(3) frees. */
struct link_text *link_take_sample(struct link *link);
void link_count_dropped(struct link *link);

/* True once after the owner has emptied the queue from which messages were dropped. */
bool link_wants_subscription(struct link *link);

/* A message for the owner. */
void link_receive(struct link *link, const char *topic, const void *bytes, size_t size_bytes,
                  bool retained);

/* When the oldest message that is under way was sent (CLOCK_MONOTONIC), INT64_MAX: none is. */
int64_t link_oldest_sent_ns(struct link *link);

/* Of a link that is up or silent. since_ns: since when the broker has not answered, 0: it does. */
void link_set_silent(struct link *link, int64_t since_ns);

/* How long to wait before the try after `failures` (1 or more) that failed: 1, 2, 4, 8, 16, 24 s and
 * up to a quarter more (30 s at most), so that the clients of a broker that comes back do not come
 * all at once. random: any number. */
int64_t link_backoff_ns(unsigned failures, uint32_t random);

/* Calls mosquitto_loop_read(3). Returns its error, or `failed` if an assertion of the library fails in
 * it: what the broker sent is to blame. The client may only be destroyed then. */
struct mosquitto;
int link_guard_read(int (*read)(struct mosquitto *mosquitto, int packets),
                    struct mosquitto *mosquitto, int failed);

#endif
