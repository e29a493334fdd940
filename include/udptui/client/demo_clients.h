/* SPDX-License-Identifier: GPL-3.0-or-later */
/* talkers: the demo's clients: a thread with a socket for each, talking to a server on loopback. */
#ifndef UDPTUI_CLIENT_DEMO_CLIENTS_H
#define UDPTUI_CLIENT_DEMO_CLIENTS_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "udptui/net/udp.h"

enum { TALKERS_COUNT = 3 };

/* One client: a script that it says line by line, over and over. */
struct talker {
    struct udp_socket socket;
    int64_t next_ns; /* CLOCK_MONOTONIC of its next line */
    unsigned line;
};

struct talkers {
    struct talker each[TALKERS_COUNT];
    int stop_fd;
    pthread_t thread;
};

/* Opens the sockets and starts the thread. False with error (UDP_ERROR_SIZE) set. */
bool talkers_start(struct talkers *talkers, const struct endpoint *server, char *error);

/* Stops the thread and closes. */
void talkers_stop(struct talkers *talkers);

#endif
