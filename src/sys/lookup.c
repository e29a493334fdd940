/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lookup: the process takes one query at a time from a pair of sockets and answers it. The owner keeps
 * the queries, with taken <= asked: answers come in their order. If the process ends, or answers
 * what was not asked, the queries that are left have no result, and none is taken any more.
 */
#include "udptui/sys/lookup.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "udptui/sys/address.h"
#include "udptui/sys/process.h"

enum { QUESTIONS_MAX = 64 };

struct lookup_question {
    bool addresses; /* those of the name are asked for, else the name of the address */
    uint32_t tag;
    struct endpoint address; /* of the name's: the family alone */
    char name[ENDPOINT_HOST_SIZE];
};

struct lookup_answer {
    char name[ENDPOINT_HOST_SIZE];
    int code; /* getaddrinfo(3) */
    uint32_t count;
    struct endpoint addresses[LOOKUP_ADDRESSES_MAX];
};

struct lookup {
    int fd;
    int quiet_fd; /* takes the place of fd once the process has ended: others still wait for fd */
    bool ended;
    struct lookup_question ring[QUESTIONS_MAX];
    unsigned asked, taken; /* so far */
};

/* ---- the process */

static void lookup_find_addresses(const struct lookup_question *question,
                                  struct lookup_answer *answer)
{
    static const int families[] = {
        [ENDPOINT_NONE] = AF_UNSPEC, [ENDPOINT_IPV4] = AF_INET, [ENDPOINT_IPV6] = AF_INET6};
    const struct addrinfo hints = {.ai_family = families[question->address.family],
                                   .ai_socktype = SOCK_DGRAM};
    struct addrinfo *list;

    answer->code = getaddrinfo(question->name, NULL, &hints, &list);
    if (answer->code != 0)
        return;
    for (const struct addrinfo *i = list; i != NULL && answer->count < LOOKUP_ADDRESSES_MAX;
         i = i->ai_next) {
        struct sockaddr_storage storage = {0};
        memcpy(&storage, i->ai_addr, i->ai_addrlen);
        answer->addresses[answer->count++] = address_to_endpoint(&storage);
    }
    freeaddrinfo(list);
}

static void lookup_find_name(const struct lookup_question *question, struct lookup_answer *answer)
{
    struct sockaddr_storage address;
    int family = question->address.family == ENDPOINT_IPV6 ? AF_INET6 : AF_INET;
    socklen_t length = address_from_endpoint(&question->address, family, &address);

    if (getnameinfo((const struct sockaddr *)&address, length, answer->name, sizeof answer->name,
                    NULL, 0, NI_NAMEREQD) != 0)
        answer->name[0] = '\0';
}

/* Until the owner closes its end. Each answer may take as long as the name servers do. */
static void lookup_serve(int fd)
{
    struct lookup_question question;
    ssize_t got;

    while ((got = recv(fd, &question, sizeof question, 0)) == (ssize_t)sizeof question ||
           (got < 0 && errno == EINTR)) {
        struct lookup_answer answer = {.count = 0};
        if (got < 0)
            continue;
        if (question.addresses)
            lookup_find_addresses(&question, &answer);
        else
            lookup_find_name(&question, &answer);
        if (send(fd, &answer, sizeof answer, MSG_NOSIGNAL) < 0)
            return;
    }
}

static _Noreturn void lookup_run(int fd, enum sandbox_mode mode, pid_t owner)
{
    const struct sandbox_needs needs = {.command = SANDBOX_NAMES, .names = true};

    if (process_leave_owner("udptui-names", fd, owner) && sandbox_enter(mode, &needs))
        lookup_serve(PROCESS_FD);
    _exit(EXIT_SUCCESS);
}

/* ---- the owner: open and close */

/* The sockets of the owner and of the process; false with errno. */
static bool lookup_start(struct lookup *lookup, enum sandbox_mode mode)
{
    pid_t owner = getpid(), pid;
    int fds[2];

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) != 0)
        return false;
    lookup->fd = fds[0];
    pid = fork();
    if (pid == 0)
        lookup_run(fds[1], mode, owner);
    int error = errno;
    close(fds[1]);
    errno = error;
    return pid > 0;
}

struct lookup *lookup_open(enum sandbox_mode mode)
{
    struct lookup *lookup = calloc(1, sizeof *lookup);

    if (lookup == NULL)
        return NULL;
    lookup->fd = -1;
    lookup->quiet_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (lookup->quiet_fd >= 0 && lookup_start(lookup, mode))
        return lookup;
    int error = errno;
    lookup_close(lookup);
    errno = error;
    return NULL;
}

/* The process sees it and ends; if it waits for a name server, after that, or with us. It is not waited
 * for, as it may have been taken over. */
void lookup_close(struct lookup *lookup)
{
    if (lookup == NULL)
        return;
    if (lookup->fd >= 0)
        close(lookup->fd);
    if (lookup->quiet_fd >= 0)
        close(lookup->quiet_fd);
    free(lookup);
}

static void lookup_hang_up(struct lookup *lookup)
{
    dup2(lookup->quiet_fd, lookup->fd);
    lookup->ended = true;
}

int lookup_fd(const struct lookup *lookup)
{
    return lookup->fd;
}

/* ---- queries */

bool lookup_has_room(const struct lookup *lookup)
{
    return !lookup->ended && lookup->asked - lookup->taken < QUESTIONS_MAX;
}

/* If the process has ended, that is seen when the next result is taken. */
static bool lookup_put(struct lookup *lookup, const struct lookup_question *question)
{
    if (!lookup_has_room(lookup) || send(lookup->fd, question, sizeof *question,
                                         MSG_NOSIGNAL | MSG_DONTWAIT) != sizeof *question)
        return false;
    lookup->ring[lookup->asked++ % QUESTIONS_MAX] = *question;
    return true;
}

bool lookup_ask(struct lookup *lookup, const struct endpoint *address)
{
    return lookup_put(lookup, &(struct lookup_question){.address = *address});
}

bool lookup_ask_addresses(struct lookup *lookup, const char *host, enum endpoint_family family,
                          uint32_t tag)
{
    struct lookup_question question = {
        .addresses = true, .tag = tag, .address = {.family = (uint8_t)family}};
    size_t length_bytes = strlen(host);

    if (length_bytes >= sizeof question.name)
        return false;
    memcpy(question.name, host, length_bytes + 1);
    return lookup_put(lookup, &question);
}

/* ---- results */

/* Not before it is known to be one: what is received may have any bytes. */
static void lookup_check_answer(const struct lookup_question *question,
                                struct lookup_answer *answer)
{
    uint32_t count = answer->count, good = 0;
    uint8_t wanted = question->address.family;

    answer->name[sizeof answer->name - 1] = '\0';
    for (uint32_t i = 0; i < count && i < LOOKUP_ADDRESSES_MAX; i++) {
        struct endpoint address = answer->addresses[i];
        bool fits = wanted == ENDPOINT_NONE
                        ? address.family == ENDPOINT_IPV4 || address.family == ENDPOINT_IPV6
                        : address.family == wanted;
        address.port = 0;
        address.zero = 0;
        if (fits)
            answer->addresses[good++] = address;
    }
    answer->count = good;
}

/* The next query that has a result. False: none yet. */
static bool lookup_take(struct lookup *lookup, struct lookup_question *out,
                        struct lookup_answer *answer)
{
    bool waiting = lookup->taken != lookup->asked;
    ssize_t got =
        lookup->ended ? 0 : recv(lookup->fd, answer, sizeof *answer, MSG_DONTWAIT | MSG_TRUNC);

    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return false;
    if (got != (ssize_t)sizeof *answer || !waiting) {
        if (!lookup->ended)
            lookup_hang_up(lookup);
        *answer = (struct lookup_answer){.count = 0};
    }
    if (!waiting)
        return false;
    *out = lookup->ring[lookup->taken++ % QUESTIONS_MAX];
    lookup_check_answer(out, answer);
    return true;
}

bool lookup_next(struct lookup *lookup, struct endpoint *address, char *name)
{
    struct lookup_question question;
    struct lookup_answer answer;

    if (!lookup_take(lookup, &question, &answer))
        return false;
    *address = question.address;
    memcpy(name, answer.name, sizeof answer.name);
    return true;
}

bool lookup_next_addresses(struct lookup *lookup, struct lookup_addresses *out)
{
    struct lookup_question question;
    struct lookup_answer answer;

    if (!lookup_take(lookup, &question, &answer))
        return false;
    *out = (struct lookup_addresses){.tag = question.tag, .count = answer.count};
    memcpy(out->addresses, answer.addresses, sizeof out->addresses);
    if (lookup->ended)
        out->why = "the process that looks names up has ended";
    else if (answer.code != 0)
        out->why = gai_strerror(answer.code);
    else if (answer.count == 0)
        out->why = "it has no address";
    if (out->why != NULL)
        out->count = 0;
    return true;
}
