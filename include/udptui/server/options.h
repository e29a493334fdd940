/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* options: the options of a server, as an option table fills them in. Plain data; the strings are
 * borrowed. */
#ifndef UDPTUI_SERVER_OPTIONS_H
#define UDPTUI_SERVER_OPTIONS_H

#include <stdint.h>

#include "udptui/base/opts.h"

struct activation; /* sys/activation.h */

enum { SERVER_THREADS_MAX = 16 };

struct server_options {
    bool clients_fixed; /* of a command without --max-clients */
    const char *ack;
    const char *ack_limit;
    struct opts_list on; /* rules of --on */
    const char *rules;   /* a file of them, NULL: none */
    int ack_acks, answer_all, stateless;
    const char *impair; /* NULL: nothing is impaired */
    int64_t seed;       /* below 0: a random one each time */
    struct opts_list join;
    int family;    /* enum endpoint_family */
    uint16_t port; /* of addresses without one; 0: the default */
    int reuse;
    int64_t count;     /* stop after so many datagrams, 0: never */
    double slow_per_s; /* datagrams read per second, 0: unlimited */
    int64_t max_clients;
    int64_t batch;
    int64_t threads;               /* 1 .. SERVER_THREADS_MAX */
    uint64_t receive_buffer_bytes; /* 0: the default */
    uint64_t buffer_bytes;
    int no_gso, no_gro;
    const struct activation *inherited; /* sockets of a service manager to listen on; NULL: none */
    int hop_limit; /* of what is sent to one host; 0: the mark of acks (proto/loop) */
};

#endif
