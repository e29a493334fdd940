/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* generator_setup: sockets and memory of the generator. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "generator_internal.h"
#include "udptui/proto/datagram.h"
#include "udptui/proto/reason.h"

enum {
    SEGMENTS_MAX = 64, /* UDP_MAX_SEGMENTS of the kernel */
    SNAPSHOTS_BYTES = 1 << 14,
    SOCKET_BUFFER_BYTES = 4 << 20,
};

bool generator_open_socket(struct generator *generator, size_t index, struct udp_socket *socket,
                           char *error)
{
    const struct udp_options options = {.gro = generator->config.gro,
                                        .stamps_on_request = true,
                                        .receive_buffer_bytes = SOCKET_BUFFER_BYTES,
                                        .send_buffer_bytes = SOCKET_BUFFER_BYTES};
    struct epoll_event event = {.events = EPOLLIN,
                                .data = {.u64 = index * GENERATOR_SOCKETS + GENERATOR_SOCKET}};

    if (!udp_open_client(&generator->config.target, NULL, true, &options, socket, error))
        return false;
    if (epoll_ctl(generator->epoll_fd, EPOLL_CTL_ADD, socket->fd, &event) == 0)
        return true;
    snprintf(error, GENERATOR_ERROR_SIZE, "cannot watch a socket: %s", reason_text(errno));
    udp_close(socket);
    return false;
}

static bool generator_open_client(struct generator *generator, size_t index, char *error)
{
    struct generator_client *client = &generator->clients[index];

    if (!window_open(&client->window, generator->config.window, generator->config.timeout_ns)) {
        snprintf(error, GENERATOR_ERROR_SIZE, "not enough memory: use a smaller --window");
        return false;
    }
    return generator_open_socket(generator, index, &client->socket, error);
}

static bool generator_open_clients(struct generator *generator, char *error)
{
    generator->clients = calloc(generator->config.clients, sizeof *generator->clients);
    for (size_t i = 0; generator->clients != NULL && i < generator->config.clients; i++)
        generator->clients[i].socket.fd = generator->clients[i].former.fd = -1;
    for (size_t i = 0; generator->clients != NULL && i < generator->config.clients; i++)
        if (!generator_open_client(generator, i, error))
            return false;
    return generator->clients != NULL;
}

static uint32_t generator_segments_for(const struct generator *generator)
{
    size_t most = DATAGRAM_PAYLOAD_MAX_IPV4 /
                  (generator->config.size_bytes > 0 ? generator->config.size_bytes : 1);

    if (!generator->config.segment || generator->config.size_bytes == 0 ||
        !batch_can_segment(&generator->clients[0].socket))
        return 1;
    return most < SEGMENTS_MAX ? (uint32_t)most : SEGMENTS_MAX;
}

static bool generator_open_memory(struct generator *generator)
{
    generator->payload = malloc(generator->config.size_bytes * SEGMENTS_MAX + 1);
    generator->receiver = batch_receiver_open(GENERATOR_SLOTS, 65536);
    generator->sender = batch_sender_open(GENERATOR_ITEMS_MAX);
    generator->times = (struct window_times){.app = rtt_open(), .kernel = rtt_open()};
    generator->snapshots = ring_open(SNAPSHOTS_BYTES);
    if (generator->payload == NULL || generator->receiver == NULL || generator->sender == NULL ||
        generator->times.app == NULL || generator->times.kernel == NULL ||
        generator->snapshots == NULL)
        return false;
    memset(generator->payload, 'u', generator->config.size_bytes * SEGMENTS_MAX);
    return true;
}

static void generator_explain(int code, char *error)
{
    struct reason reason = reason_of_errno(REASON_OTHER, code, NULL, NULL);
    char why[REASON_SIZE];

    snprintf(error, GENERATOR_ERROR_SIZE, "cannot start: %s",
             reason_sentence(&reason, why, sizeof why));
}

struct generator *generator_open(const struct generator_config *config, char *error)
{
    struct generator *generator = calloc(1, sizeof *generator);

    snprintf(error, GENERATOR_ERROR_SIZE, "not enough memory: use fewer --clients");
    if (generator == NULL)
        return NULL;
    generator->config = *config;
    generator->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (generator->epoll_fd < 0)
        generator_explain(errno, error);
    if (generator->epoll_fd < 0 || !generator_open_memory(generator) ||
        !generator_open_clients(generator, error)) {
        generator_close(generator);
        return NULL;
    }
    generator->segments_max = generator_segments_for(generator);
    return generator;
}

static void generator_close_clients(struct generator *generator)
{
    for (size_t i = 0; generator->clients != NULL && i < generator->config.clients; i++) {
        window_close(&generator->clients[i].window);
        udp_close(&generator->clients[i].socket);
        udp_close(&generator->clients[i].former);
    }
    free(generator->clients);
}

void generator_close(struct generator *generator)
{
    if (generator == NULL)
        return;
    generator_stop(generator);
    if (generator->started)
        pthread_join(generator->thread, NULL);
    generator_close_clients(generator);
    batch_receiver_close(generator->receiver);
    batch_sender_close(generator->sender);
    rtt_close(generator->times.app);
    rtt_close(generator->times.kernel);
    ring_close(generator->snapshots);
    free(generator->payload);
    if (generator->epoll_fd >= 0)
        close(generator->epoll_fd);
    free(generator);
}
