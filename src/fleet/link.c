/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * link: what waits on its way to the broker and from it. The thread may be in a look-up, a connect(2)
 * or the start of TLS (one call of libmosquitto), which cannot be interrupted: it is not joined then,
 * it and the owner each hold the memory, and the last one frees it. Elsewhere it waits for nothing
 * after the deadline, and the owner joins it, however slowly it runs.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "link_internal.h"
#include "udptui/base/problem.h"
#include "udptui/base/text.h"
#include "udptui/base/units.h"
#include "udptui/proto/reason.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/random.h"
#include "udptui/sys/thread.h"

const char *const link_state_words[LINK_STATES] = {[LINK_CONNECTING] = "connecting",
                                                   [LINK_UP] = "connected",
                                                   [LINK_SILENT] = "not answering",
                                                   [LINK_WAITING] = "not connected",
                                                   [LINK_REFUSED] = "refused"};

int64_t link_backoff_ns(unsigned failures, uint32_t random)
{
    int64_t seconds = failures > 5 ? 24 : INT64_C(1) << (failures > 0 ? failures - 1 : 0);

    return seconds * UNITS_NS_PER_S +
           seconds * (UNITS_NS_PER_S / 4) / UINT16_MAX * (random & UINT16_MAX);
}

/* ---- texts and lists */

/* NULL if memory is short. topic: NULL for none. */
static struct link_text *link_make_text(const char *topic, const void *bytes, size_t size_bytes)
{
    size_t topic_size = topic != NULL ? strlen(topic) + 1 : 0;
    struct link_text *text = malloc(sizeof *text + size_bytes + topic_size);

    if (text == NULL)
        return NULL;
    *text = (struct link_text){.size_bytes = size_bytes};
    if (size_bytes > 0) /* an empty message has no bytes to point to */
        memcpy(text->bytes, bytes, size_bytes);
    if (topic != NULL)
        text->topic = memcpy(text->bytes + size_bytes, topic, topic_size);
    return text;
}

/* What it takes of memory, nearly. */
static size_t link_weigh(const struct link_text *text)
{
    return sizeof *text + text->size_bytes + (text->topic != NULL ? strlen(text->topic) + 1 : 0);
}

static void link_append(struct link_list *list, struct link_text *text)
{
    *list->end = text;
    list->end = &text->next;
    list->count++;
    list->size_bytes += link_weigh(text);
}

static struct link_text *link_take_first(struct link_list *list)
{
    struct link_text *text = list->first;

    if (text == NULL)
        return NULL;
    list->first = text->next;
    if (list->first == NULL)
        list->end = &list->first;
    list->count--;
    list->size_bytes -= link_weigh(text);
    return text;
}

static void link_free_list(struct link_list *list)
{
    for (struct link_text *text; (text = link_take_first(list)) != NULL;)
        free(text);
}

/* ---- memory */

static void link_free(struct link *link)
{
    for (size_t i = 0; i < LINK_TOPICS_MAX; i++) {
        free(link->slots[i].topic);
        free(link->slots[i].latest);
        free(link->subscriptions[i]);
    }
    link_free_list(&link->samples);
    link_free_list(&link->received);
    free(link->shown);
    free(link->will);
    free(link->ca_file);
    if (link->owner_fd >= 0)
        close(link->owner_fd);
    if (link->thread_fd >= 0)
        close(link->thread_fd);
    pthread_cond_destroy(&link->ended);
    pthread_mutex_destroy(&link->mutex);
    explicit_bzero(link->broker.password, sizeof link->broker.password);
    free(link);
}

/* has_ended: it is the thread, which does nothing more. */
static void link_let_go(struct link *link, bool has_ended)
{
    pthread_mutex_lock(&link->mutex);
    bool last = --link->holders == 0;
    link->has_ended |= has_ended;
    if (has_ended)
        pthread_cond_signal(&link->ended);
    pthread_mutex_unlock(&link->mutex);
    if (last)
        link_free(link);
}

/* Copies a text that may be missing. False if memory is short. */
static bool link_copy(char **out, const char *text)
{
    *out = text != NULL ? strdup(text) : NULL;
    return text == NULL || *out != NULL;
}

static bool link_copy_config(struct link *link, const struct link_config *config)
{
    bool copied =
        link_copy(&link->will, config->will) && link_copy(&link->ca_file, config->broker->ca_file);

    for (size_t i = 0; i < LINK_TOPICS_MAX; i++)
        copied = copied && link_copy(&link->slots[i].topic, config->topics[i]) &&
                 link_copy(&link->subscriptions[i], config->subscriptions[i]);
    link->broker = *config->broker;
    link->will_slot = config->will_slot;
    return copied;
}

static void link_make_client_id(struct link *link)
{
    uint64_t number;

    if (!random_fill(&number, sizeof number))
        number = random_key().k0;
    snprintf(link->client_id, sizeof link->client_id, "udptui%016" PRIx64, number);
}

/* 0, or an errno with nothing made. */
static int link_make_locks(struct link *link)
{
    pthread_condattr_t attributes;
    int code = pthread_condattr_init(&attributes);

    if (code != 0)
        return code;
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    code = pthread_cond_init(&link->ended, &attributes);
    pthread_condattr_destroy(&attributes);
    if (code != 0)
        return code;
    code = pthread_mutex_init(&link->mutex, NULL);
    if (code != 0)
        pthread_cond_destroy(&link->ended);
    return code;
}

static struct link *link_make(const struct link_config *config)
{
    struct link *link = calloc(1, sizeof *link);

    if (link == NULL)
        return NULL;
    errno = link_make_locks(link);
    if (errno != 0) {
        free(link);
        return NULL;
    }
    link->samples.end = &link->samples.first;
    link->received.end = &link->received.first;
    link->status.since_ns = clock_monotonic_ns();
    link->holders = 1;
    link->owner_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    link->thread_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    link_make_client_id(link);
    if (link->owner_fd >= 0 && link->thread_fd >= 0 && link_copy_config(link, config))
        return link;
    int code = errno;
    link_free(link);
    errno = code;
    return NULL;
}

/* ---- beginning and end */

static void *link_run(void *argument)
{
    struct link *link = argument;

    link_work(link);
    link_let_go(link, true);
    return NULL;
}

struct link *link_open(const struct link_config *config, char *error)
{
    struct link *link = link_make(config);
    int code;

    if (link == NULL) {
        problem_write(error, LINK_ERROR_SIZE, "cannot connect to the broker: %s",
                      reason_text(errno));
        return NULL;
    }
    link->holders++;
    code = thread_start(&link->thread, link_run, link);
    if (code == 0)
        return link;
    problem_write(error, LINK_ERROR_SIZE, "cannot start a thread for the broker: %s",
                  thread_failure(code));
    link_free(link);
    return NULL;
}

static struct timespec link_timespec(int64_t monotonic_ns)
{
    return (struct timespec){.tv_sec = monotonic_ns / UNITS_NS_PER_S,
                             .tv_nsec = monotonic_ns % UNITS_NS_PER_S};
}

/* With the mutex. A thread in a look-up does not see the deadline: then the owner does not wait for it.
 * One that is only slow, as on a busy machine, would go on while the program ends: its connection would
 * stay open, and exit(3) would take from it what TLS uses. Returns whether it has ended. */
static bool link_await_end(struct link *link)
{
    const int64_t grace_ns = 100 * UNITS_NS_PER_MS;
    struct timespec until = link_timespec(link->close_by_ns + grace_ns);
    int code = 0;

    while (!link->has_ended && code == 0)
        code = pthread_cond_timedwait(&link->ended, &link->mutex, &until);
    while (!link->has_ended && !link->is_reaching)
        pthread_cond_wait(&link->ended, &link->mutex);
    return link->has_ended;
}

/* Not with the mutex. What TLS keeps for a thread is freed as the thread exits, after all that it does
 * here (OPENSSL_thread_stop(3)): exit(3) must not come before that. */
static void link_leave_thread(pthread_t thread, bool has_ended)
{
    if (has_ended)
        pthread_join(thread, NULL);
    else
        pthread_detach(thread);
}

uint64_t link_close(struct link *link, int64_t wait_ns)
{
    uint64_t unsent;
    bool has_ended;

    if (link == NULL)
        return 0;
    pthread_mutex_lock(&link->mutex);
    link->closing = true;
    link->close_by_ns = clock_monotonic_ns() + wait_ns;
    eventfd_write(link->thread_fd, 1);
    has_ended = link_await_end(link);
    unsent = link->dropped_out + link->samples.count;
    pthread_mutex_unlock(&link->mutex);
    link_leave_thread(link->thread, has_ended);
    link_let_go(link, false);
    return unsent;
}

/* ---- the owner */

int link_fd(const struct link *link)
{
    return link->owner_fd;
}

void link_status(struct link *link, struct link_status *out)
{
    eventfd_t count;

    eventfd_read(link->owner_fd, &count); /* before looking: later changes signal again */
    pthread_mutex_lock(&link->mutex);
    *out = link->status;
    if (link->received.count > 0)
        eventfd_write(link->owner_fd, 1);
    pthread_mutex_unlock(&link->mutex);
}

bool link_publish(struct link *link, size_t slot, const void *bytes, size_t size_bytes)
{
    struct link_text *text = link_make_text(NULL, bytes, size_bytes), *before;

    if (text == NULL)
        return false;
    pthread_mutex_lock(&link->mutex);
    before = link->slots[slot].latest;
    link->slots[slot].latest = text;
    link->slots[slot].version++;
    pthread_mutex_unlock(&link->mutex);
    free(before);
    eventfd_write(link->thread_fd, 1);
    return true;
}

/* Queues what is no retained topic of ours. False: there is no room, or no connection. */
static bool link_queue(struct link *link, struct link_text *text)
{
    pthread_mutex_lock(&link->mutex);
    bool fits =
        text != NULL && link->status.state == LINK_UP && link->samples.count < LINK_SAMPLES_MAX;
    if (fits)
        link_append(&link->samples, text);
    else
        link->dropped_out++;
    pthread_mutex_unlock(&link->mutex);
    if (fits)
        eventfd_write(link->thread_fd, 1);
    else
        free(text);
    return fits;
}

void link_sample(struct link *link, const char *topic, const void *bytes, size_t size_bytes)
{
    link_queue(link, link_make_text(topic, bytes, size_bytes));
}

uint64_t link_dropped(struct link *link)
{
    pthread_mutex_lock(&link->mutex);
    uint64_t dropped = link->dropped_out;
    pthread_mutex_unlock(&link->mutex);
    return dropped;
}

bool link_remove(struct link *link, const char *topic)
{
    struct link_text *text = link_make_text(topic, "", 0);

    if (text != NULL)
        text->retained = true;
    return link_queue(link, text);
}

/* It leaves owner_fd readable: the status may have changed since link_status looked at it. */
bool link_next(struct link *link, struct link_message *out)
{
    uint64_t connects;

    pthread_mutex_lock(&link->mutex);
    connects = link->status.connects;
    link->shown = link_take_first(&link->received);
    if (link->shown == NULL && link->has_missed) {
        link->has_missed = false;
        link->subscribe = true;
        eventfd_write(link->thread_fd, 1);
    }
    pthread_mutex_unlock(&link->mutex);
    if (link->shown == NULL)
        return false;
    *out = (struct link_message){.topic = link->shown->topic,
                                 .bytes = link->shown->bytes,
                                 .size_bytes = link->shown->size_bytes,
                                 .retained = link->shown->retained,
                                 .connects = connects};
    return true;
}

void link_release(struct link *link)
{
    free(link->shown);
    link->shown = NULL;
}

/* ---- the thread */

void link_set_status(struct link *link, enum link_state state, const char *why, int64_t retry_ns)
{
    pthread_mutex_lock(&link->mutex);
    struct link_status *status = &link->status;
    if ((state == LINK_UP) != (status->state == LINK_UP))
        status->since_ns = clock_monotonic_ns();
    status->state = state;
    status->retry_ns = retry_ns;
    status->connects += state == LINK_UP;
    status->resumed = false;
    if (why != NULL || state == LINK_UP)
        text_render(status->why, sizeof status->why, why != NULL ? why : "",
                    why != NULL ? strlen(why) : 0, TEXT_ASCII);
    pthread_mutex_unlock(&link->mutex);
    eventfd_write(link->owner_fd, 1);
}

void link_forget_connection(struct link *link)
{
    pthread_mutex_lock(&link->mutex);
    for (size_t i = 0; i < LINK_TOPICS_MAX; i++)
        link->slots[i].acknowledged = link->slots[i].under_way = 0;
    pthread_mutex_unlock(&link->mutex);
}

bool link_is_closing(struct link *link, int64_t *close_by_ns)
{
    pthread_mutex_lock(&link->mutex);
    bool closing = link->closing;
    *close_by_ns = closing ? link->close_by_ns : INT64_MAX;
    pthread_mutex_unlock(&link->mutex);
    return closing;
}

/* Not after the deadline: then the owner waits for what does not reach out. */
bool link_begin_reaching(struct link *link)
{
    pthread_mutex_lock(&link->mutex);
    bool may = !link->closing || clock_monotonic_ns() < link->close_by_ns;
    link->is_reaching = may;
    pthread_mutex_unlock(&link->mutex);
    return may;
}

void link_end_reaching(struct link *link)
{
    pthread_mutex_lock(&link->mutex);
    link->is_reaching = false;
    pthread_mutex_unlock(&link->mutex);
}

bool link_is_drained(struct link *link)
{
    bool drained = true;

    pthread_mutex_lock(&link->mutex);
    for (size_t i = 0; i < LINK_TOPICS_MAX; i++)
        drained &= link->slots[i].acknowledged == link->slots[i].version;
    pthread_mutex_unlock(&link->mutex);
    return drained;
}

struct link_text *link_take_slot(struct link *link, size_t slot, uint64_t *version)
{
    const struct link_slot *at = &link->slots[slot];
    struct link_text *copy = NULL;

    pthread_mutex_lock(&link->mutex);
    if (at->topic != NULL && at->under_way == 0 && at->acknowledged != at->version)
        copy = link_make_text(NULL, at->latest->bytes, at->latest->size_bytes);
    *version = at->version;
    pthread_mutex_unlock(&link->mutex);
    return copy;
}

void link_note_sent(struct link *link, size_t slot, uint64_t version, int message_id,
                    int64_t now_ns)
{
    pthread_mutex_lock(&link->mutex);
    link->slots[slot].under_way = version;
    link->slots[slot].message_id = message_id;
    link->slots[slot].sent_ns = now_ns;
    pthread_mutex_unlock(&link->mutex);
}

void link_note_acknowledged(struct link *link, int message_id)
{
    pthread_mutex_lock(&link->mutex);
    for (size_t i = 0; i < LINK_TOPICS_MAX; i++) {
        struct link_slot *slot = &link->slots[i];
        if (slot->under_way == 0 || slot->message_id != message_id)
            continue;
        slot->acknowledged = slot->under_way;
        slot->under_way = 0;
    }
    pthread_mutex_unlock(&link->mutex);
}

struct link_text *link_take_sample(struct link *link)
{
    pthread_mutex_lock(&link->mutex);
    struct link_text *text = link_take_first(&link->samples);
    pthread_mutex_unlock(&link->mutex);
    return text;
}

void link_count_dropped(struct link *link)
{
    pthread_mutex_lock(&link->mutex);
    link->dropped_out++;
    pthread_mutex_unlock(&link->mutex);
}

bool link_wants_subscription(struct link *link)
{
    pthread_mutex_lock(&link->mutex);
    bool wanted = link->subscribe;
    link->subscribe = false;
    pthread_mutex_unlock(&link->mutex);
    return wanted;
}

void link_receive(struct link *link, const char *topic, const void *bytes, size_t size_bytes,
                  bool retained)
{
    bool ours = size_bytes <= LINK_MESSAGE_BYTES_MAX;
    struct link_text *text = ours ? link_make_text(topic, bytes, size_bytes) : NULL;

    if (text != NULL)
        text->retained = retained;
    pthread_mutex_lock(&link->mutex);
    bool fits = text != NULL && link->received.size_bytes + link_weigh(text) <= LINK_QUEUE_BYTES;
    if (fits)
        link_append(&link->received, text);
    else
        link->status.dropped_in++;
    link->has_missed |= ours && !fits;
    pthread_mutex_unlock(&link->mutex);
    if (!fits)
        free(text);
    eventfd_write(link->owner_fd, 1);
}

int64_t link_oldest_sent_ns(struct link *link)
{
    int64_t oldest_ns = INT64_MAX;

    pthread_mutex_lock(&link->mutex);
    for (size_t i = 0; i < LINK_TOPICS_MAX; i++)
        if (link->slots[i].under_way != 0 && link->slots[i].sent_ns < oldest_ns)
            oldest_ns = link->slots[i].sent_ns;
    pthread_mutex_unlock(&link->mutex);
    return oldest_ns;
}

void link_set_silent(struct link *link, int64_t since_ns)
{
    enum link_state state = since_ns != 0 ? LINK_SILENT : LINK_UP;
    struct link_status *status = &link->status;

    pthread_mutex_lock(&link->mutex);
    bool changed = status->state != state;
    if (changed) {
        status->resumed = state == LINK_UP;
        status->state = state;
        status->since_ns = since_ns != 0 ? since_ns : clock_monotonic_ns();
    }
    pthread_mutex_unlock(&link->mutex);
    if (changed)
        eventfd_write(link->owner_fd, 1);
}
