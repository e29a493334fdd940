/* SPDX-License-Identifier: GPL-3.0-or-later */
/* state: what the engine's files share. */
#ifndef UDPTUI_ENGINE_STATE_H
#define UDPTUI_ENGINE_STATE_H

#include <pthread.h>
#include <stdatomic.h>

#include "answer.h"
#include "publish.h"
#include "udptui/engine/engine.h"

enum { REQUESTS_RING_BYTES = 1 << 18 };

struct engine {
    struct engine_config config;
    struct udp_socket sockets[ENGINE_SOCKETS_MAX];
    struct call_trace trace; /* of these sockets while the thread has them */
    uint32_t dropped_seen[ENGINE_SOCKETS_MAX]; /* the kernel's 32-bit counter at the last look */
    struct peers *peers;
    struct guard *guard;
    struct batch_receiver *receiver;
    struct answer *answer;
    struct publisher publisher;
    struct ring *requests;
    bool grouped[ENGINE_SOCKETS_MAX]; /* several datagrams have come as one */
    uint64_t received;                /* since the start, for --count */
    struct event_totals totals;       /* the part of the totals that is not in peers */
    int wake_fd;
    pthread_t thread;
    bool started;
    bool quit;         /* the thread's own */
    int error;         /* what ended the thread */
    atomic_bool ended; /* the thread is done with everything above */
    bool told_all;     /* the owner's: EVENT_STOPPED is in the ring */
};

/* The thread's side: does what the owner asked for since the last look. */
void requests_take(struct engine *engine);

#endif
