/* SPDX-License-Identifier: GPL-3.0-or-later */
/* load_state: what the generator's files share. */
#ifndef UDPTUI_ENGINE_LOAD_STATE_H
#define UDPTUI_ENGINE_LOAD_STATE_H

#include <pthread.h>
#include <stdatomic.h>

#include "udptui/core/ring.h"
#include "udptui/core/rtt.h"
#include "udptui/engine/load.h"
#include "udptui/net/batch.h"
#include "udptui/net/udp.h"

enum { LOAD_ITEMS_MAX = 64, LOAD_SLOTS = 64 }; /* sends and receives a call */

/* Datagrams that were sent at one time: the window as runs, oldest first. */
struct sent_run {
    int64_t at_ns;
    uint32_t count;
};

struct load_client {
    struct udp_socket socket;
    struct sent_run
        *runs; /* a circular queue of `window` entries: never more runs than datagrams */
    uint32_t run_first, run_count;
    uint32_t outstanding;
    uint64_t lost; /* taken out of the window, not acked since */
};

struct load {
    struct load_config config;
    struct load_client *clients;
    uint8_t *payload; /* SEGMENTS_MAX times the datagram */
    uint32_t segments_max;
    struct batch_receiver *receiver;
    struct batch_sender *sender;
    struct rtt *rtt;
    struct ring *snapshots;
    int epoll_fd;
    pthread_t thread;
    bool started;
    bool told_last; /* the owner's */
    atomic_bool stop;
    atomic_bool ended; /* last is set */
    struct load_snapshot last;
    /* the thread's own */
    uint64_t sent, acked, lost, duplicates, send_errors;
    uint64_t told_acked;
    int64_t began_ns, told_ns, heard_ns; /* first send, latest tick, latest ack */
    int64_t waiting_ns;                  /* of the first send since the latest ack */
    int64_t looked_ns;                   /* latest search for what has waited too long */
    size_t next_client;                  /* whose turn it is to send */
    double permits;                      /* with a rate: datagrams that may be sent now */
    int64_t permits_ns;
    bool refused;
};

#endif
