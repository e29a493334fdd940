/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* resender_queue: when a recorded request is sent again. */
#include <stdlib.h>
#include <string.h>

#include "resender_internal.h"

/* Adds a gap of the recording's time without overflow: a broken file has gaps of any length. */
static int64_t resender_queue_later_by(int64_t due_ns, int64_t gap_ns, double times)
{
    double wait_ns = (double)gap_ns / times;

    return wait_ns < (double)(INT64_MAX - due_ns) / 2 ? due_ns + (int64_t)wait_ns : INT64_MAX;
}

/* Sets the time of the first request, by that of the one before it. */
static void resender_queue_schedule(struct resender_queue *queue, int64_t now_ns)
{
    int64_t wall_ns, gap_ns;

    if (queue->first == NULL)
        return;
    wall_ns = queue->first->event.wall_ns;
    gap_ns = queue->began ? wall_ns - queue->wall_ns : 0;
    if (gap_ns < 0)
        gap_ns = 0;
    if (queue->idle_limit_ns > 0 && gap_ns > queue->idle_limit_ns)
        gap_ns = queue->idle_limit_ns;
    if (!queue->began || queue->times == 0)
        queue->due_ns = now_ns;
    else
        queue->due_ns = resender_queue_later_by(queue->due_ns, gap_ns, queue->times);
    queue->wall_ns = wall_ns;
    queue->began = true;
}

void resender_queue_open(struct resender_queue *queue, double times, int64_t idle_limit_ns)
{
    *queue = (struct resender_queue){.times = times, .idle_limit_ns = idle_limit_ns, .round = 1};
    queue->end = &queue->first;
}

bool resender_queue_add(struct resender_queue *queue, const struct event_message *event,
                        size_t size_bytes, int64_t now_ns)
{
    size_t payload_bytes = size_bytes - sizeof *event;
    struct resender_planned *planned = malloc(sizeof *planned + payload_bytes);

    if (planned == NULL)
        return false;
    planned->next = NULL;
    planned->round = queue->round;
    planned->event = *event;
    memcpy(planned->bytes, event + 1, payload_bytes);
    *queue->end = planned;
    queue->end = &planned->next;
    if (queue->first == planned)
        resender_queue_schedule(queue, now_ns);
    return true;
}

void resender_queue_drop(struct resender_queue *queue, int64_t now_ns)
{
    struct resender_planned *first = queue->first;

    queue->first = first->next;
    if (queue->first == NULL)
        queue->end = &queue->first;
    free(first);
    resender_queue_schedule(queue, now_ns);
}

void resender_queue_clear(struct resender_queue *queue)
{
    while (queue->first != NULL)
        resender_queue_drop(queue, 0);
}
