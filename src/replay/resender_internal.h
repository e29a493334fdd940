/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* resender_internal: shared by the files of the resender. */
#ifndef UDPTUI_REPLAY_RESENDER_INTERNAL_H
#define UDPTUI_REPLAY_RESENDER_INTERNAL_H

#include "udptui/replay/resender.h"

/* ---- the queue (resender_queue.c): requests that are not due yet. Pure: times are passed in. */

struct resender_planned {
    struct resender_planned *next;
    uint64_t round;
    struct event_message event;
    uint8_t bytes[]; /* its payload, and the recorded reply's */
};

struct resender_queue {
    double times;          /* see struct resender_config */
    int64_t idle_limit_ns; /* the same */
    uint64_t round;        /* of what is added, from 1 */
    struct resender_planned *first, **end;
    bool began;      /* a request is in the queue, or was */
    int64_t due_ns;  /* CLOCK_MONOTONIC, of the first one */
    int64_t wall_ns; /* its time in the recording */
};

/* Nothing is allocated; resender_queue_clear frees what was added. */
void resender_queue_open(struct resender_queue *queue, double times, int64_t idle_limit_ns);
void resender_queue_clear(struct resender_queue *queue);

/* Adds a message with its payloads behind it, size_bytes together. False if memory is short. */
bool resender_queue_add(struct resender_queue *queue, const struct event_message *event,
                        size_t size_bytes, int64_t now_ns);

/* Frees the first one; the next one's due_ns counts from that of this one. */
void resender_queue_drop(struct resender_queue *queue, int64_t now_ns);

/* ---- clients of the recording (resender_senders.c) */

enum { RESENDER_SENDERS_MAX = 256 };

struct resender_sender {
    struct udp_socket socket; /* fd -1: free */
    uint32_t slot, generation;
    struct endpoint client; /* as it was recorded */
    struct resend *resend;
    int64_t used_ns;
};

/* Makes all of them free. */
void resender_senders_open(struct resender_sender senders[RESENDER_SENDERS_MAX]);
void resender_senders_close(struct resender_sender senders[RESENDER_SENDERS_MAX]);

/* The place of the message's client, a free one, or that of the least recently used sender without
 * waiting requests, which is closed. NULL: all wait. */
struct resender_sender *resender_senders_find(struct resender_sender senders[RESENDER_SENDERS_MAX],
                                              const struct event_message *event);

/* Opens a free sender for the message's client. False with error (UDP_ERROR_SIZE) set. */
bool resender_senders_connect(struct resender_sender *sender, const struct event_message *event,
                              const struct endpoint *target, char *error);

/* The first deadline of a request that waits for its reply, INT64_MAX without any. */
int64_t resender_senders_deadline_ns(const struct resender_sender senders[RESENDER_SENDERS_MAX]);

#endif
