/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * resender: see the header. While all RESENDER_SENDERS_MAX sockets wait for replies, a further
 * client has to wait, too. With times 0 at most OPEN_MAX requests wait for their replies at a time
 * (RFC 8085 section 3.1).
 */
#include "udptui/replay/resender.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "resender_internal.h"
#include "udptui/base/units.h"
#include "udptui/net/batch.h"
#include "udptui/proto/reason.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/wait.h"

enum { OPEN_MAX = 64, SLOTS = 16, PACED_OPEN_MAX = 65536 };
enum {
    TURN_BATCHES = 64,        /* of SLOTS answers of one socket, before others have a turn */
    DATAGRAMS_A_LOOK = 16384, /* of the recording, at the sockets and for signals */
    WAIT_MS_MAX = 1000,       /* a sign of progress is due */
};

struct resender {
    const struct resender_config *config;
    struct replay_source *source;
    struct signals *signals;
    struct pairing *pairing;
    struct resender_queue queue;
    bool read; /* the recording has no more */
    struct resender_sender senders[RESENDER_SENDERS_MAX];
    size_t waiting; /* requests, of all senders */
    struct batch_receiver *receiver;
    struct batch_sender *batch;
    struct resend_totals *totals;
    bool stopped; /* report returned false, or it failed */
    bool failed;  /* error says why */
    char *error;
};

static void resender_fail(struct resender *resender, const char *why)
{
    if (!resender->failed)
        snprintf(resender->error, UDP_ERROR_SIZE, "%s", why);
    resender->failed = resender->stopped = true;
}

/* ---- reading the recording */

static void resender_plan(void *context, const void *record, size_t size_bytes)
{
    struct resender *resender = context;
    const struct resender_config *config = resender->config;
    const struct event_message *event = record;

    if (event_kind_of(record) != EVENT_MESSAGE || event_is_from_server(event) ||
        !config->chooses(config->context, event, (const uint8_t *)(event + 1)))
        return;
    if (event->stored_bytes < event->size_bytes) {
        resender->totals->incomplete++;
        return;
    }
    if (!resender_queue_add(&resender->queue, event, size_bytes, clock_monotonic_ns()))
        resender_fail(resender, "not enough memory");
}

static bool resender_is_reading(const struct resender *resender)
{
    return resender->queue.first == NULL && !resender->read && !resender->stopped;
}

/* The recording has no more: it is read again, if it is to be sent again. Its clients get the same
 * places, and so keep their ports. */
static void resender_begin_round(struct resender *resender)
{
    if (resender->queue.round >= resender->config->rounds) {
        resender->read = true;
        return;
    }
    resender->queue.round++;
    pairing_close(resender->pairing);
    resender->pairing = replay_source_pair(resender->source, INT64_MAX, resender_plan, resender);
    if (resender->pairing == NULL)
        resender_fail(resender, "not enough memory");
    else if (!replay_cursor_rewind(&resender->source->cursor))
        resender_fail(resender, resender->source->cursor.error);
}

/* Reads on until a request or the end, briefly and without blocking, because replies arrive
 * meanwhile. */
static void resender_read_ahead(struct resender *resender)
{
    struct replay_source *source = resender->source;

    for (int i = 0; i < DATAGRAMS_A_LOOK && resender_is_reading(resender); i++) {
        switch (replay_cursor_next_now(&source->cursor)) {
        case CURSOR_DATAGRAM:
            replay_source_feed(source, resender->pairing);
            break;
        case CURSOR_BUSY:
        case CURSOR_WAIT:
            return;
        case CURSOR_END:
            pairing_end(resender->pairing);
            resender_begin_round(resender);
            break;
        }
    }
}

/* ---- answers */

static void resender_report(struct resender *resender, const struct resender_sender *sender,
                            const struct resend_result *result, const struct datagram *answer,
                            const char *why)
{
    const struct resender_config *config = resender->config;
    const struct resend_report report = {
        .result = *result,
        .client = sender->client,
        .client_number = sender->slot + 1,
        .wall_ns = clock_wall_ns(),
        .answer = answer != NULL ? answer->bytes : NULL,
        .answer_bytes = answer != NULL ? answer->size_bytes : 0,
        .why = why,
    };

    resender->totals->counts[result->outcome]++;
    resender->stopped |= !config->report(config->context, &report);
}

static void resender_give_up_oldest(struct resender *resender, struct resender_sender *sender,
                                    int64_t now_ns, const char *why)
{
    struct resend_result result;

    if (!resend_expire(sender->resend, now_ns, &result))
        return;
    resender->waiting--;
    resender_report(resender, sender, &result, NULL, why);
}

/* Returns how many came, or -errno. */
static int resender_take_batch(struct resender *resender, struct resender_sender *sender)
{
    const struct datagram *datagrams;
    int received = batch_receive(resender->receiver, &sender->socket, SLOTS, &datagrams);

    for (int i = 0; i < received; i++) {
        size_t before = resend_waiting(sender->resend);
        struct resend_result result =
            resend_answered(sender->resend, datagrams[i].bytes, datagrams[i].size_bytes);
        resender->waiting -= before - resend_waiting(sender->resend);
        resender_report(resender, sender, &result, &datagrams[i], NULL);
    }
    return received;
}

static void resender_take_answers(struct resender *resender, struct resender_sender *sender)
{
    int received;
    int batch = 0;

    do
        received = resender_take_batch(resender, sender);
    while (batch_receiver_room(resender->receiver) == 0 && ++batch < TURN_BATCHES);
    if (received < 0)
        resender_give_up_oldest(resender, sender, INT64_MAX,
                                reason_brief(REASON_RECEIVE, -received));
}

/* Lists what is open alone: poll(2) refuses more entries than the limit of open files. */
static size_t resender_list_polled(struct resender *resender, struct pollfd *polled,
                                   struct resender_sender **senders)
{
    size_t count = 0;

    for (size_t i = 0; i < RESENDER_SENDERS_MAX; i++) {
        if (resender->senders[i].socket.fd < 0)
            continue;
        senders[count] = &resender->senders[i];
        polled[count] = (struct pollfd){.fd = senders[count]->socket.fd, .events = POLLIN};
        count++;
    }
    return count;
}

/* Waits for replies, a signal, or more of the recording if it is a pipe. */
static void resender_wait_and_take(struct resender *resender, int64_t until_ns)
{
    const struct replay_cursor *cursor = &resender->source->cursor;
    bool reads_pipe = resender_is_reading(resender) && cursor->state == CURSOR_WAIT;
    struct pollfd polled[RESENDER_SENDERS_MAX + 2];
    struct resender_sender *senders[RESENDER_SENDERS_MAX];
    size_t count = resender_list_polled(resender, polled, senders);

    polled[count] = (struct pollfd){.fd = resender->signals->fd, .events = POLLIN};
    polled[count + 1] =
        (struct pollfd){.fd = reads_pipe ? replay_cursor_fd(cursor) : -1, .events = POLLIN};
    wait_until(polled, count + 2, until_ns);
    for (size_t i = 0; i < count; i++)
        if (polled[i].revents != 0)
            resender_take_answers(resender, senders[i]);
}

/* Replies may have arrived while we read on or were stopped (Ctrl-Z): they are received before any
 * request expires. */
static void resender_expire_all(struct resender *resender, int64_t now_ns)
{
    if (resender_senders_deadline_ns(resender->senders) > now_ns)
        return;
    resender_wait_and_take(resender, 0);
    for (size_t i = 0; i < RESENDER_SENDERS_MAX; i++) {
        struct resender_sender *sender = &resender->senders[i];
        while (sender->socket.fd >= 0 && resend_deadline_ns(sender->resend) <= now_ns)
            resender_give_up_oldest(resender, sender, now_ns, NULL);
    }
}

/* ---- sending */

static bool resender_put_on_wire(struct resender *resender, struct resender_sender *sender,
                                 const struct resender_planned *planned)
{
    const struct batch_item item = {.peer = resender->config->target,
                                    .bytes = planned->bytes,
                                    .size_bytes = planned->event.stored_bytes,
                                    .segment_bytes = (uint16_t)planned->event.stored_bytes,
                                    .count = 1};

    return batch_send_one(resender->batch, &sender->socket, &item) == 0;
}

static void resender_send_first(struct resender *resender, struct resender_sender *sender,
                                int64_t now_ns)
{
    const struct resender_planned *planned = resender->queue.first;
    const struct event_message *event = &planned->event;
    bool recorded = event->status == ACK_SENT;
    const struct resend_request request = {
        .number = event->number,
        .round = planned->round,
        .size_bytes = event->size_bytes,
        .recorded = recorded ? planned->bytes + event->stored_bytes : NULL,
        .recorded_bytes = event->ack_stored_bytes,
        .recorded_size = event->ack_bytes,
    };

    sender->used_ns = now_ns;
    if (!resender_put_on_wire(resender, sender, planned))
        resender->totals->failed++;
    else if (!resend_sent(sender->resend, &request, now_ns + resender->config->timeout_ns))
        resender_fail(resender, "not enough memory");
    else
        resender->waiting++;
    resender->totals->sent++;
    resender_queue_drop(&resender->queue, clock_monotonic_ns());
}

/* The sender for a request, NULL if all wait or, which ends the resender, it cannot be opened. */
static struct resender_sender *resender_sender_for(struct resender *resender,
                                                   const struct event_message *event)
{
    struct resender_sender *sender = resender_senders_find(resender->senders, event);
    char why[UDP_ERROR_SIZE];

    if (sender == NULL || sender->socket.fd >= 0 ||
        resender_senders_connect(sender, event, &resender->config->target, why))
        return sender;
    resender_fail(resender, why);
    return NULL;
}

/* Sends the first of the queue if it is due. False if something has to happen before. */
static bool resender_send_due(struct resender *resender, int64_t now_ns)
{
    const struct resender_queue *queue = &resender->queue;
    size_t most = resender->config->times > 0 ? PACED_OPEN_MAX : OPEN_MAX;

    if (queue->first == NULL || queue->due_ns > now_ns || resender->waiting >= most)
        return false;
    struct resender_sender *sender = resender_sender_for(resender, &queue->first->event);
    if (sender == NULL)
        return false;
    resender_send_first(resender, sender, now_ns);
    return true;
}

/* ---- the loop */

/* When something is due; while the recording is read: now. */
static int64_t resender_due_ns(const struct resender *resender, int64_t now_ns)
{
    bool due_later = resender->queue.first != NULL && resender->queue.due_ns > now_ns;
    int64_t until_ns = wait_earlier_ns(resender_senders_deadline_ns(resender->senders),
                                       now_ns + WAIT_MS_MAX * UNITS_NS_PER_MS);

    if (resender_is_reading(resender) && resender->source->cursor.state != CURSOR_WAIT)
        return now_ns;
    return due_later ? wait_earlier_ns(until_ns, resender->queue.due_ns) : until_ns;
}

static bool resender_is_done(const struct resender *resender)
{
    return resender->stopped || signals_number(resender->signals) != 0 ||
           (resender->read && resender->queue.first == NULL && resender->waiting == 0);
}

static void resender_send_all(struct resender *resender)
{
    for (;;) {
        int64_t now_ns;
        signals_beat(resender->signals);
        resender_read_ahead(resender);
        if (resender_is_done(resender))
            return;
        now_ns = clock_monotonic_ns();
        resender_expire_all(resender, now_ns);
        if (!resender_send_due(resender, now_ns) && !resender_is_done(resender))
            resender_wait_and_take(resender, resender_due_ns(resender, now_ns));
    }
}

/* ---- beginning and end */

static bool resender_open(struct resender *resender)
{
    const struct resender_config *config = resender->config;

    resender_queue_open(&resender->queue, config->times, config->idle_limit_ns);
    resender_senders_open(resender->senders);
    resender->receiver = batch_receiver_open(SLOTS, 65536);
    resender->batch = batch_sender_open(1);
    resender->pairing = replay_source_pair(resender->source, INT64_MAX, resender_plan, resender);
    return resender->receiver != NULL && resender->batch != NULL && resender->pairing != NULL;
}

static void resender_close(struct resender *resender)
{
    resender_queue_clear(&resender->queue);
    resender_senders_close(resender->senders);
    batch_receiver_close(resender->receiver);
    batch_sender_close(resender->batch);
    pairing_close(resender->pairing);
    free(resender);
}

bool resender_run(struct replay_source *source, const struct resender_config *config,
                  struct signals *signals, struct resend_totals *totals, char *error)
{
    struct resender *resender = calloc(1, sizeof *resender);
    bool failed;

    *totals = (struct resend_totals){0};
    if (resender == NULL) {
        snprintf(error, UDP_ERROR_SIZE, "not enough memory");
        return false;
    }
    resender->config = config;
    resender->source = source;
    resender->signals = signals;
    resender->totals = totals;
    resender->error = error;
    if (resender_open(resender))
        resender_send_all(resender);
    else
        resender_fail(resender, "not enough memory");
    failed = resender->failed;
    resender_close(resender);
    return !failed;
}
