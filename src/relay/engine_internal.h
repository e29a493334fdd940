/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* engine: the relay's thread. */
#ifndef UDPTUI_RELAY_ENGINE_INTERNAL_H
#define UDPTUI_RELAY_ENGINE_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/net/udp.h"
#include "udptui/proto/guard.h"
#include "udptui/proto/impair.h"
#include "udptui/relay/options.h"
#include "udptui/relay/target.h"
#include "udptui/server/engine.h"
#include "udptui/server/server.h"

/* What is borrowed must live until relay_engine_close. */
struct relay_engine_config {
    const struct relay_options *options; /* borrowed */
    const struct udp_socket *sockets;    /* they listen; borrowed */
    size_t socket_count;
    const struct groups *groups; /* joined by them; copied, and once relay_engine_open succeeds the
                                  * watch is the engine's to close */
    const uint16_t *socket_targets; /* the target of each socket; borrowed */
    const struct relay_target *targets;
    size_t target_count;
    const struct guard_config *guard;
    const struct impair_config *impair;
    const struct server_detail *detail;
    uint32_t clients_max;
    int event_fd;
};

/* NULL with error (ENGINE_ERROR_SIZE) set. */
struct relay_engine *relay_engine_open(const struct relay_engine_config *config, char *error);

/* Starts the thread. False with error set. */
bool relay_engine_start(struct relay_engine *engine, char *error);

/* Stops the thread if it runs, waits for it and frees all (NULL allowed). */
void relay_engine_close(struct relay_engine *engine);

/* The owner's side, as the functions of relay.h have it. */
const void *relay_engine_event(struct relay_engine *engine, size_t *size_bytes);
void relay_engine_release(struct relay_engine *engine);
void relay_engine_quit(struct relay_engine *engine);
bool relay_engine_reset(struct relay_engine *engine);
bool relay_engine_set_forwarding(struct relay_engine *engine, bool on);
bool relay_engine_set_impair(struct relay_engine *engine, const struct impair_config *impair);
bool relay_engine_send(struct relay_engine *engine, uint32_t slot, uint32_t generation,
                       const void *bytes, size_t size_bytes);

#endif
