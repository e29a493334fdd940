/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "udptui/client/demo_clients.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "udptui/base/array.h"
#include "udptui/base/units.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/thread.h"
#include "udptui/sys/wait.h"

struct demo_message {
    const char *bytes;
    size_t size_bytes;
};

#define MESSAGE(text)                                                                              \
    {                                                                                              \
        text, sizeof text - 1                                                                      \
    }

static const struct demo_message chat[] = {
    MESSAGE("hello"),
    MESSAGE("is anybody there?"),
    MESSAGE("UDP has no connection: this is just a datagram"),
    MESSAGE("each of my lines is one datagram"),
    MESSAGE("nobody promised that it arrives"),
    MESSAGE("your ack tells me that it did"),
};

static const struct demo_message sensor[] = {
    MESSAGE("temperature=21.4"), MESSAGE("temperature=21.5"), MESSAGE("temperature=21.7"),
    MESSAGE("temperature=21.6"), MESSAGE("temperature=21.4"),
};

/* Payloads that are dangerous to print unchanged. */
static const struct demo_message odd[] = {
    MESSAGE("gr\xc3\xbc\xc3\x9f dich, \xe4\xbd\xa0\xe5\xa5\xbd"),
    MESSAGE(""),
    MESSAGE("\x00\x01\x02\xff binary"),
    MESSAGE("two\nlines"),
    MESSAGE("\x1b[31mred?\x1b[0m"),
    MESSAGE("Message received"),
};

static const struct {
    const struct demo_message *messages;
    unsigned count;
    int64_t interval_ns;
} scripts[DEMO_CLIENTS] = {
    {.messages = chat, .count = COUNT_OF(chat), .interval_ns = 700 * UNITS_NS_PER_MS},
    {.messages = sensor, .count = COUNT_OF(sensor), .interval_ns = 1000 * UNITS_NS_PER_MS},
    {.messages = odd, .count = COUNT_OF(odd), .interval_ns = 1300 * UNITS_NS_PER_MS},
};

/* Sends the next message. One that the kernel refuses is sent at the next time. */
static void demo_send_message(struct demo_client *client, size_t script)
{
    const struct demo_message *message =
        &scripts[script].messages[client->next % scripts[script].count];

    if (send(client->socket.fd, message->bytes, message->size_bytes, MSG_DONTWAIT) >= 0)
        client->next++;
    client->next_ns += scripts[script].interval_ns;
}

/* Takes the replies, so that the receive queue never fills. */
static void demo_take_replies(const struct demo_client *client)
{
    char ack[64];

    while (recv(client->socket.fd, ack, sizeof ack, MSG_DONTWAIT) >= 0)
        continue;
    wait_after_error(errno);
}

static int64_t demo_next_ns(const struct demo_clients *clients)
{
    int64_t due_ns = INT64_MAX;

    for (size_t i = 0; i < DEMO_CLIENTS; i++)
        if (clients->each[i].next_ns < due_ns)
            due_ns = clients->each[i].next_ns;
    return due_ns;
}

static void *demo_clients_run(void *argument)
{
    struct demo_clients *clients = argument;
    struct pollfd polled[DEMO_CLIENTS + 1];

    for (size_t i = 0; i < DEMO_CLIENTS; i++)
        polled[i] = (struct pollfd){.fd = clients->each[i].socket.fd, .events = POLLIN};
    polled[DEMO_CLIENTS] = (struct pollfd){.fd = clients->stop_fd, .events = POLLIN};
    while (polled[DEMO_CLIENTS].revents == 0) {
        int64_t now_ns = clock_monotonic_ns();
        for (size_t i = 0; i < DEMO_CLIENTS; i++) {
            demo_take_replies(&clients->each[i]);
            if (clients->each[i].next_ns <= now_ns)
                demo_send_message(&clients->each[i], i);
        }
        if (wait_until(polled, COUNT_OF(polled), demo_next_ns(clients)) < 0 && errno != EINTR)
            break;
    }
    return NULL;
}

static void demo_clients_close(struct demo_clients *clients)
{
    for (size_t i = 0; i < DEMO_CLIENTS; i++)
        udp_close(&clients->each[i].socket);
    if (clients->stop_fd >= 0)
        close(clients->stop_fd);
}

static bool demo_clients_start_thread(struct demo_clients *clients, char *error)
{
    clients->stop_fd = eventfd(0, EFD_CLOEXEC);
    int code =
        clients->stop_fd >= 0 ? thread_start(&clients->thread, demo_clients_run, clients) : errno;

    if (code != 0)
        snprintf(error, UDP_ERROR_SIZE, "cannot start a thread: %s", thread_failure(code));
    return code == 0;
}

bool demo_clients_start(struct demo_clients *clients, const struct endpoint *server, char *error)
{
    const struct udp_options options = {.dual_stack = false};
    int64_t now_ns = clock_monotonic_ns();
    bool opened = true;

    clients->stop_fd = -1;
    for (size_t i = 0; i < DEMO_CLIENTS; i++)
        clients->each[i] = (struct demo_client){
            .socket = {.fd = -1}, .next_ns = now_ns + (int64_t)i * 200 * UNITS_NS_PER_MS};
    for (size_t i = 0; i < DEMO_CLIENTS && opened; i++)
        opened = udp_open_client(server, NULL, true, &options, &clients->each[i].socket, error);
    if (opened && demo_clients_start_thread(clients, error))
        return true;
    demo_clients_close(clients);
    return false;
}

void demo_clients_stop(struct demo_clients *clients)
{
    eventfd_write(clients->stop_fd, 1);
    pthread_join(clients->thread, NULL);
    demo_clients_close(clients);
}
