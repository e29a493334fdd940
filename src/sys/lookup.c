/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lookup: queries and results share a ring, with taken <= answered <= asked. getnameinfo(3) cannot
 * be interrupted, so the thread is not joined: it and the owner each hold the memory, and the last
 * one frees it.
 */
#include "udptui/sys/lookup.h"

#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "udptui/sys/address.h"
#include "udptui/sys/thread.h"

enum { QUESTIONS_MAX = 64 };

struct question {
    bool addresses; /* those of the name are asked for, else the name of the address */
    struct endpoint address;
    char name[ENDPOINT_HOST_SIZE];
    struct lookup_addresses found;
};

struct lookup {
    pthread_mutex_t mutex; /* protects all that follows except fd; held only briefly */
    pthread_cond_t changed;
    struct question ring[QUESTIONS_MAX];
    unsigned asked, answered, taken; /* so far */
    bool started, closing;
    int holders; /* the owner, the thread */
    int fd;
};

struct lookup *lookup_open(void)
{
    struct lookup *lookup = calloc(1, sizeof *lookup);

    if (lookup == NULL)
        return NULL;
    lookup->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (lookup->fd < 0) {
        free(lookup);
        return NULL;
    }
    pthread_mutex_init(&lookup->mutex, NULL);
    pthread_cond_init(&lookup->changed, NULL);
    lookup->holders = 1;
    return lookup;
}

static void let_go(struct lookup *lookup)
{
    pthread_mutex_lock(&lookup->mutex);
    bool last = --lookup->holders == 0;
    pthread_mutex_unlock(&lookup->mutex);
    if (!last)
        return;
    close(lookup->fd);
    pthread_cond_destroy(&lookup->changed);
    pthread_mutex_destroy(&lookup->mutex);
    free(lookup);
}

void lookup_close(struct lookup *lookup)
{
    if (lookup == NULL)
        return;
    pthread_mutex_lock(&lookup->mutex);
    lookup->closing = true;
    pthread_cond_signal(&lookup->changed);
    pthread_mutex_unlock(&lookup->mutex);
    let_go(lookup);
}

/* ---- the thread */

static void ask_addresses(struct question *question)
{
    static const int families[] = {
        [ENDPOINT_NONE] = AF_UNSPEC, [ENDPOINT_IPV4] = AF_INET, [ENDPOINT_IPV6] = AF_INET6};
    const struct addrinfo hints = {.ai_family = families[question->address.family],
                                   .ai_socktype = SOCK_DGRAM};
    struct lookup_addresses *found = &question->found;
    struct addrinfo *list;
    int code = getaddrinfo(question->name, NULL, &hints, &list);

    if (code != 0) {
        found->why = gai_strerror(code);
        return;
    }
    for (const struct addrinfo *i = list; i != NULL && found->count < LOOKUP_ADDRESSES_MAX;
         i = i->ai_next) {
        struct sockaddr_storage storage = {0};
        memcpy(&storage, i->ai_addr, i->ai_addrlen);
        found->addresses[found->count++] = address_to_endpoint(&storage);
    }
    freeaddrinfo(list);
    if (found->count == 0)
        found->why = "it has no address";
}

static void ask_name(struct question *question)
{
    struct sockaddr_storage address;
    int family = question->address.family == ENDPOINT_IPV6 ? AF_INET6 : AF_INET;
    socklen_t length = address_from_endpoint(&question->address, family, &address);

    if (getnameinfo((const struct sockaddr *)&address, length, question->name,
                    sizeof question->name, NULL, 0, NI_NAMEREQD) != 0)
        question->name[0] = '\0';
}

/* May take as long as the name servers do. */
static void ask_system(struct question *question)
{
    if (question->addresses)
        ask_addresses(question);
    else
        ask_name(question);
}

/* The next question; false at the end. */
static bool wait_for_question(struct lookup *lookup, struct question *out)
{
    pthread_mutex_lock(&lookup->mutex);
    while (!lookup->closing && lookup->asked == lookup->answered)
        pthread_cond_wait(&lookup->changed, &lookup->mutex);
    bool going = !lookup->closing;
    if (going)
        *out = lookup->ring[lookup->answered % QUESTIONS_MAX];
    pthread_mutex_unlock(&lookup->mutex);
    return going;
}

static void *lookup_run(void *argument)
{
    struct lookup *lookup = argument;
    struct question question;

    while (wait_for_question(lookup, &question)) {
        ask_system(&question);
        pthread_mutex_lock(&lookup->mutex);
        lookup->ring[lookup->answered++ % QUESTIONS_MAX] = question;
        pthread_mutex_unlock(&lookup->mutex);
        eventfd_write(lookup->fd, 1);
    }
    let_go(lookup);
    return NULL;
}

/* With the mutex held. */
static bool lookup_start(struct lookup *lookup)
{
    pthread_t thread;

    if (lookup->started)
        return true;
    lookup->holders++;
    lookup->started = thread_start(&thread, lookup_run, lookup) == 0;
    if (lookup->started)
        pthread_detach(thread);
    else
        lookup->holders--;
    return lookup->started;
}

/* ---- the owner */

int lookup_fd(const struct lookup *lookup)
{
    return lookup->fd;
}

bool lookup_has_room(struct lookup *lookup)
{
    pthread_mutex_lock(&lookup->mutex);
    bool room = lookup->asked - lookup->taken < QUESTIONS_MAX;
    pthread_mutex_unlock(&lookup->mutex);
    return room;
}

static bool lookup_put(struct lookup *lookup, const struct question *question)
{
    pthread_mutex_lock(&lookup->mutex);
    bool taken = lookup->asked - lookup->taken < QUESTIONS_MAX && lookup_start(lookup);
    if (taken)
        lookup->ring[lookup->asked++ % QUESTIONS_MAX] = *question;
    pthread_cond_signal(&lookup->changed);
    pthread_mutex_unlock(&lookup->mutex);
    return taken;
}

bool lookup_ask(struct lookup *lookup, const struct endpoint *address)
{
    return lookup_put(lookup, &(struct question){.address = *address});
}

bool lookup_ask_addresses(struct lookup *lookup, const char *host, enum endpoint_family family,
                          uint32_t tag)
{
    struct question question = {
        .addresses = true, .address = {.family = (uint8_t)family}, .found = {.tag = tag}};
    size_t length_bytes = strlen(host);

    if (length_bytes >= sizeof question.name)
        return false;
    memcpy(question.name, host, length_bytes + 1);
    return lookup_put(lookup, &question);
}

/* The next result. False: none yet. */
static bool lookup_take(struct lookup *lookup, struct question *out)
{
    eventfd_t count;

    eventfd_read(lookup->fd, &count); /* before checking: later results signal again */
    pthread_mutex_lock(&lookup->mutex);
    bool there = lookup->taken != lookup->answered;
    if (there)
        *out = lookup->ring[lookup->taken++ % QUESTIONS_MAX];
    pthread_mutex_unlock(&lookup->mutex);
    return there;
}

bool lookup_next(struct lookup *lookup, struct endpoint *address, char *name)
{
    struct question result;

    if (!lookup_take(lookup, &result))
        return false;
    *address = result.address;
    memcpy(name, result.name, sizeof result.name);
    return true;
}

bool lookup_next_addresses(struct lookup *lookup, struct lookup_addresses *out)
{
    struct question result;

    if (!lookup_take(lookup, &result))
        return false;
    *out = result.found;
    return true;
}
