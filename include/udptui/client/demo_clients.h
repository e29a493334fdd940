/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* demo_clients: the clients of `udptui demo`: a thread with a socket for each, that sends to a
 * server on loopback. */
#ifndef UDPTUI_CLIENT_DEMO_CLIENTS_H
#define UDPTUI_CLIENT_DEMO_CLIENTS_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "udptui/net/udp.h"

enum { DEMO_CLIENTS = 3 };

/* One client: it sends the messages of its script, over and over. */
struct demo_client {
    struct udp_socket socket;
    int64_t next_ns; /* CLOCK_MONOTONIC of its next message */
    unsigned next;   /* which message that is, counted on */
};

struct demo_clients {
    struct demo_client each[DEMO_CLIENTS];
    int stop_fd;
    pthread_t thread;
};

/* Opens the sockets and starts the thread. False with error (UDP_ERROR_SIZE) set. */
bool demo_clients_start(struct demo_clients *clients, const struct endpoint *server, char *error);

/* Stops the thread and closes. */
void demo_clients_stop(struct demo_clients *clients);

#endif
