/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * generator: a thread that loads a server and counts the acks.
 *
 * Closed loop (RFC 8085 section 3.1): each client, a socket of its own, has at most `window`
 * datagrams without an ack; an ack makes room for the next (load/window decides which round-trip
 * times are certain). A datagram without an ack within the timeout is lost and makes room too; a
 * later ack reverses that. The run ends if there is no ack for a second although 16 datagrams were
 * lost, or for five seconds. At every moment sent = acked + lost + outstanding; datagrams
 * outstanding at the end are lost.
 */
#ifndef UDPTUI_LOAD_GENERATOR_H
#define UDPTUI_LOAD_GENERATOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/load/snapshot.h"
#include "udptui/proto/endpoint.h"

enum { GENERATOR_CLIENTS_MAX = 4096, GENERATOR_WINDOW_MAX = 65536, GENERATOR_ERROR_SIZE = 512 };

struct generator_config {
    struct endpoint target;
    size_t clients;      /* 1 .. GENERATOR_CLIENTS_MAX */
    uint32_t window;     /* datagrams in flight for each, 1 .. GENERATOR_WINDOW_MAX */
    size_t size_bytes;   /* payload of each */
    int64_t duration_ns; /* of sending */
    int64_t timeout_ns;  /* a datagram without an ack is lost after it */
    double rate_per_s;   /* over all clients, 0: as fast as acks arrive */
    int64_t tick_ns;     /* a snapshot each */
    bool segment, gro;   /* UDP_SEGMENT, UDP_GRO if the kernel has them */
    int event_fd;        /* the owner's eventfd, written with each snapshot */
};

struct generator;

/* Opens the sockets. NULL with error (GENERATOR_ERROR_SIZE) set: "what: why". generator_close
 * frees. */
struct generator *generator_open(const struct generator_config *config, char *error);

/* Starts the thread. False with error set. */
bool generator_start(struct generator *generator, char *error);

/* Requests the end; the last snapshot still follows. */
void generator_stop(struct generator *generator);

/* Takes the next snapshot; the last one, and only it, is not LOAD_RUNNING. False if there is
 * none. */
bool generator_next(struct generator *generator, struct load_snapshot *out);

/* Stops, waits and frees (NULL allowed). */
void generator_close(struct generator *generator);

#endif
