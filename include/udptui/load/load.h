/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * load: a thread that keeps a server busy and counts what comes back.
 *
 * Closed loop (RFC 8085 section 3.1): each client, a socket of its own, has at most `window`
 * datagrams without an ack; an ack makes room for the next (load/window says which round-trip times
 * are certain). What has not been acknowledged for the timeout is lost and makes room too; an ack
 * that comes later takes that back. It ends when nothing has been acknowledged for a second though
 * 16 datagrams were given up, or for five seconds. At every moment sent = acked + lost +
 * outstanding; what is outstanding at the end is lost.
 */
#ifndef UDPTUI_LOAD_LOAD_H
#define UDPTUI_LOAD_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/load/snapshot.h"
#include "udptui/proto/endpoint.h"

enum { LOAD_CLIENTS_MAX = 4096, LOAD_WINDOW_MAX = 65536, LOAD_ERROR_SIZE = 512 };

struct load_config {
    struct endpoint target;
    size_t clients;      /* 1 .. LOAD_CLIENTS_MAX */
    uint32_t window;     /* datagrams in flight for each, 1 .. LOAD_WINDOW_MAX */
    size_t size_bytes;   /* payload of each */
    int64_t duration_ns; /* of sending */
    int64_t timeout_ns;  /* a datagram without an ack is lost after it */
    double rate_per_s;   /* over all clients, 0: as fast as acks come */
    int64_t tick_ns;     /* a snapshot each */
    bool segment, gro;   /* UDP_SEGMENT, UDP_GRO where the kernel has them */
    int event_fd;        /* the owner's eventfd, written with each snapshot */
};

struct load;

/* Opens the sockets. NULL with error (LOAD_ERROR_SIZE) set: "what: why". load_close frees. */
struct load *load_open(const struct load_config *config, char *error);

/* Starts the thread. False with error set. */
bool load_start(struct load *load, char *error);

/* Asks it to end; the last snapshot still comes. */
void load_stop(struct load *load);

/* Takes the next snapshot; the last one, and only it, is not LOAD_RUNNING. False where there is
 * none. */
bool load_next(struct load *load, struct load_snapshot *out);

/* Stops, waits and frees (NULL allowed). */
void load_close(struct load *load);

#endif
