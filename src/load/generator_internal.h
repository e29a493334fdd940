/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* generator_internal: shared by the generator's files. */
#ifndef UDPTUI_LOAD_GENERATOR_INTERNAL_H
#define UDPTUI_LOAD_GENERATOR_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "udptui/base/pace.h"
#include "udptui/base/ring.h"
#include "udptui/base/rtt.h"
#include "udptui/load/generator.h"
#include "udptui/load/sampler.h"
#include "udptui/load/window.h"
#include "udptui/net/batch.h"
#include "udptui/net/udp.h"
#include "udptui/sys/clock.h"

struct generator;

enum { GENERATOR_ITEMS_MAX = 64, GENERATOR_SLOTS = 64 }; /* datagrams per send and receive call */

struct generator_client {
    struct udp_socket socket;
    bool awaits_stamp;      /* a send time was asked for on this socket and has not come */
    int64_t stamp_asked_ns; /* just before the call */
    struct window window;
    struct udp_socket former; /* fd -1, or the port before a loss: acks there are late */
    uint64_t former_lost;
};

/* A socket in epoll's data: the client's number, and which of its two sockets. */
enum { GENERATOR_SOCKET, GENERATOR_FORMER, GENERATOR_SOCKETS };

/* Opens the client's socket. False with error (GENERATOR_ERROR_SIZE) set. (generator_setup.c) */
bool generator_open_socket(struct generator *generator, size_t index, struct udp_socket *socket,
                           char *error);

struct generator {
    struct generator_config config;
    struct generator_client *clients;
    uint8_t *payload; /* SEGMENTS_MAX times the datagram */
    uint32_t segments_max;
    struct batch_receiver *receiver;
    struct batch_sender *sender;
    struct window_times times;
    struct ring *snapshots;
    int epoll_fd;
    pthread_t thread;
    bool started;
    bool reported_last; /* the owner's */
    atomic_bool stop;
    atomic_bool ended; /* last is set */
    struct load_snapshot last;
    /* the thread's own */
    uint64_t sent, acked, lost, late, duplicates, send_errors;
    uint64_t reported_acked;
    int64_t began_ns, latest_report_ns, latest_ack_ns; /* first send, latest tick, latest ack */
    uint64_t unanswered; /* sent since the latest ack and given up, or not sent */
    int64_t looked_ns;   /* latest look at the windows */
    size_t next_client;  /* the next client to send */
    struct pace pace;    /* with a rate */
    struct sampler sampler;
    struct clock_pair clocks;
    bool refused;
    bool only_receives; /* nothing more is sent: the last acks are awaited */
    bool shared_port;   /* there was no fresh port after a loss: times are not certain */
};

#endif
