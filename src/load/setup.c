/* SPDX-License-Identifier: GPL-3.0-or-later */
/* load_setup: sockets and memory of the generator. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "load_internal.h"
#include "udptui/proto/reason.h"

enum {
    SEGMENTS_MAX = 64, /* UDP_MAX_SEGMENTS of the kernel */
    SNAPSHOTS_BYTES = 1 << 14,
    SOCKET_BUFFER_BYTES = 4 << 20,
};

bool load_open_socket(struct load *load, size_t index, struct udp_socket *socket, char *error)
{
    const struct udp_options options = {.gro = load->config.gro,
                                        .receive_buffer_bytes = SOCKET_BUFFER_BYTES,
                                        .send_buffer_bytes = SOCKET_BUFFER_BYTES};
    struct epoll_event event = {.events = EPOLLIN,
                                .data = {.u64 = index * LOAD_SOCKETS + LOAD_SOCKET}};

    if (!udp_open_client(&load->config.target, NULL, true, &options, socket, error))
        return false;
    if (epoll_ctl(load->epoll_fd, EPOLL_CTL_ADD, socket->fd, &event) == 0)
        return true;
    snprintf(error, LOAD_ERROR_SIZE, "cannot watch a socket: %s", reason_text(errno));
    udp_close(socket);
    return false;
}

static bool open_client(struct load *load, size_t index, char *error)
{
    struct load_client *client = &load->clients[index];

    if (!window_open(&client->window, load->config.window, load->config.timeout_ns)) {
        snprintf(error, LOAD_ERROR_SIZE, "not enough memory: use a smaller --window");
        return false;
    }
    return load_open_socket(load, index, &client->socket, error);
}

static bool open_clients(struct load *load, char *error)
{
    load->clients = calloc(load->config.clients, sizeof *load->clients);
    for (size_t i = 0; load->clients != NULL && i < load->config.clients; i++)
        load->clients[i].socket.fd = load->clients[i].former.fd = -1;
    for (size_t i = 0; load->clients != NULL && i < load->config.clients; i++)
        if (!open_client(load, i, error))
            return false;
    return load->clients != NULL;
}

static uint32_t segments_for(const struct load *load)
{
    size_t most =
        UDP_PAYLOAD_MAX_IPV4 / (load->config.size_bytes > 0 ? load->config.size_bytes : 1);

    if (!load->config.segment || load->config.size_bytes == 0 ||
        !batch_can_segment(&load->clients[0].socket))
        return 1;
    return most < SEGMENTS_MAX ? (uint32_t)most : SEGMENTS_MAX;
}

static bool open_memory(struct load *load)
{
    load->payload = malloc(load->config.size_bytes * SEGMENTS_MAX + 1);
    load->receiver = batch_receiver_open(LOAD_SLOTS, 65536);
    load->sender = batch_sender_open(LOAD_ITEMS_MAX);
    load->rtt = rtt_open();
    load->snapshots = ring_open(SNAPSHOTS_BYTES);
    if (load->payload == NULL || load->receiver == NULL || load->sender == NULL ||
        load->rtt == NULL || load->snapshots == NULL)
        return false;
    memset(load->payload, 'u', load->config.size_bytes * SEGMENTS_MAX);
    return true;
}

static void explain(int code, char *error)
{
    struct reason reason = reason_of_errno(REASON_OTHER, code, NULL, NULL);
    char why[REASON_SIZE];

    snprintf(error, LOAD_ERROR_SIZE, "cannot start: %s", reason_sentence(&reason, why, sizeof why));
}

struct load *load_open(const struct load_config *config, char *error)
{
    struct load *load = calloc(1, sizeof *load);

    snprintf(error, LOAD_ERROR_SIZE, "not enough memory: use fewer --clients");
    if (load == NULL)
        return NULL;
    load->config = *config;
    load->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (load->epoll_fd < 0)
        explain(errno, error);
    if (load->epoll_fd < 0 || !open_memory(load) || !open_clients(load, error)) {
        load_close(load);
        return NULL;
    }
    load->segments_max = segments_for(load);
    return load;
}

static void close_clients(struct load *load)
{
    for (size_t i = 0; load->clients != NULL && i < load->config.clients; i++) {
        window_close(&load->clients[i].window);
        udp_close(&load->clients[i].socket);
        udp_close(&load->clients[i].former);
    }
    free(load->clients);
}

void load_close(struct load *load)
{
    if (load == NULL)
        return;
    load_stop(load);
    if (load->started)
        pthread_join(load->thread, NULL);
    close_clients(load);
    batch_receiver_close(load->receiver);
    batch_sender_close(load->sender);
    rtt_close(load->rtt);
    ring_close(load->snapshots);
    free(load->payload);
    if (load->epoll_fd >= 0)
        close(load->epoll_fd);
    free(load);
}
