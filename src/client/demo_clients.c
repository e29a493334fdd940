/* SPDX-License-Identifier: GPL-3.0-or-later */
/* talkers: poll for acks and for the next line's time; nothing sleeps. */
#include "udptui/client/demo_clients.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "udptui/base/units.h"
#include "udptui/proto/reason.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/thread.h"
#include "udptui/sys/wait.h"

struct line {
    const char *bytes;
    size_t size_bytes;
};

#define LINE(text)                                                                                 \
    {                                                                                              \
        text, sizeof text - 1                                                                      \
    }

static const struct line chat[] = {
    LINE("hello"),
    LINE("is anybody there?"),
    LINE("UDP has no connection: this is just a datagram"),
    LINE("each of my lines is one datagram"),
    LINE("nobody promised that it arrives"),
    LINE("your ack tells me that it did"),
};

static const struct line sensor[] = {
    LINE("temperature=21.4"), LINE("temperature=21.5"), LINE("temperature=21.7"),
    LINE("temperature=21.6"), LINE("temperature=21.4"),
};

/* What a careless program would print as it came. */
static const struct line odd[] = {
    LINE("gr\xc3\xbc\xc3\x9f dich, \xe4\xbd\xa0\xe5\xa5\xbd"),
    LINE(""),
    LINE("\x00\x01\x02\xff binary"),
    LINE("two\nlines"),
    LINE("\x1b[31mred?\x1b[0m"),
    LINE("Message received"),
};

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

static const struct {
    const struct line *lines;
    unsigned count;
    int64_t interval_ns;
} scripts[TALKERS_COUNT] = {
    {chat, COUNT_OF(chat), 700 * UNITS_NS_PER_MS},
    {sensor, COUNT_OF(sensor), 1000 * UNITS_NS_PER_MS},
    {odd, COUNT_OF(odd), 1300 * UNITS_NS_PER_MS},
};

/* Says the next line. A line the kernel refuses is said again at its next time. */
static void talk(struct talker *talker, size_t script)
{
    const struct line *line = &scripts[script].lines[talker->line % scripts[script].count];

    if (send(talker->socket.fd, line->bytes, line->size_bytes, MSG_DONTWAIT) >= 0)
        talker->line++;
    talker->next_ns += scripts[script].interval_ns;
}

/* Takes what the server answered, so that the queue never fills. */
static void listen_to_acks(const struct talker *talker)
{
    char ack[64];

    while (recv(talker->socket.fd, ack, sizeof ack, MSG_DONTWAIT) >= 0)
        continue;
}

static int64_t next_due_ns(const struct talkers *talkers)
{
    int64_t due_ns = INT64_MAX;

    for (size_t i = 0; i < TALKERS_COUNT; i++)
        if (talkers->each[i].next_ns < due_ns)
            due_ns = talkers->each[i].next_ns;
    return due_ns;
}

static void *run(void *argument)
{
    struct talkers *talkers = argument;
    struct pollfd polled[TALKERS_COUNT + 1];

    for (size_t i = 0; i < TALKERS_COUNT; i++)
        polled[i] = (struct pollfd){.fd = talkers->each[i].socket.fd, .events = POLLIN};
    polled[TALKERS_COUNT] = (struct pollfd){.fd = talkers->stop_fd, .events = POLLIN};
    while (polled[TALKERS_COUNT].revents == 0) {
        int64_t now_ns = clock_monotonic_ns();
        for (size_t i = 0; i < TALKERS_COUNT; i++) {
            listen_to_acks(&talkers->each[i]);
            if (talkers->each[i].next_ns <= now_ns)
                talk(&talkers->each[i], i);
        }
        if (wait_until(polled, COUNT_OF(polled), next_due_ns(talkers)) < 0 && errno != EINTR)
            break;
    }
    return NULL;
}

static void close_all(struct talkers *talkers)
{
    for (size_t i = 0; i < TALKERS_COUNT; i++)
        udp_close(&talkers->each[i].socket);
    if (talkers->stop_fd >= 0)
        close(talkers->stop_fd);
}

static bool start_thread(struct talkers *talkers, char *error)
{
    int code = talkers->stop_fd >= 0 ? thread_start(&talkers->thread, run, talkers) : errno;

    if (code != 0)
        snprintf(error, UDP_ERROR_SIZE, "cannot start a thread: %s", reason_text(code));
    return code == 0;
}

bool talkers_start(struct talkers *talkers, const struct endpoint *server, char *error)
{
    const struct udp_options options = {.dual_stack = false};
    int64_t now_ns = clock_monotonic_ns();
    bool opened = true;

    talkers->stop_fd = eventfd(0, EFD_CLOEXEC);
    for (size_t i = 0; i < TALKERS_COUNT; i++)
        talkers->each[i] = (struct talker){.socket = {.fd = -1},
                                           .next_ns = now_ns + (int64_t)i * 200 * UNITS_NS_PER_MS};
    for (size_t i = 0; i < TALKERS_COUNT && opened; i++)
        opened = udp_open_client(server, NULL, true, &options, &talkers->each[i].socket, error);
    if (opened && start_thread(talkers, error))
        return true;
    close_all(talkers);
    return false;
}

void talkers_stop(struct talkers *talkers)
{
    eventfd_write(talkers->stop_fd, 1);
    pthread_join(talkers->thread, NULL);
    close_all(talkers);
}
