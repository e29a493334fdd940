/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench: a session, a server on loopback played by the test, and the session's reports. */
#ifndef UDPTUI_TESTS_UNIT_CLIENT_BENCH_H
#define UDPTUI_TESTS_UNIT_CLIENT_BENCH_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/client/exchange.h"
#include "udptui/client/session.h"

enum { BENCH_RESULTS_MAX = 64, BENCH_TEXT_SIZE = 128, BENCH_TARGET_SIZE = 32 };

struct bench_result {
    struct result result; /* why and reply point into the two below, or are NULL */
    char why[BENCH_TEXT_SIZE * 3];
    char reply[BENCH_TEXT_SIZE];
};

struct bench {
    struct session *session;
    int server_fd;
    char target[BENCH_TARGET_SIZE]; /* the server's address and port */
    struct bench_result results[BENCH_RESULTS_MAX];
    size_t count;                 /* of results */
    uint64_t last_sending;        /* the latest seq that was about to be sent */
    size_t calls, opened, closed; /* socket calls; socket(2) and close(2) of them */
    size_t sent_records, received_records;
    struct record record; /* the latest of either */
};

/* Options with a timeout that no test waits for. */
struct session_options bench_options(void);

/* A server on a free port of 127.0.0.1 and a session towards it. */
void bench_open(struct bench *bench, const struct session_options *options);
void bench_close(struct bench *bench);

/* A server on a free port of 127.0.0.1: returns its socket, and "127.0.0.1:PORT" in target
 * (BENCH_TARGET_SIZE). */
int bench_serve(char *target);

/* The listener that fills the bench. */
struct session_listener bench_listener(struct bench *bench);

/* Sends a text. */
bool bench_send(struct bench *bench, const char *text);

/* The next datagram that a server gets, within seconds: its text and sender. */
const char *bench_receive(int fd, struct sockaddr_in *from);

/* Nothing is there for the server. */
bool bench_is_silent(int fd);

/* The server answers, and the session takes it: until it has reported so many results. */
void bench_reply(int fd, const struct sockaddr_in *to, const char *text);
void bench_take(struct bench *bench, size_t results);

/* The deadline of all that waits passes. */
void bench_expire(struct bench *bench);

/* The latest result. */
const struct result *bench_latest(const struct bench *bench);

#endif
