/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine_internal.h"

#include <stdio.h>

struct relay_engine *relay_engine_open(const struct relay_engine_config *config, char *error)
{
    (void)config;
    snprintf(error, ENGINE_ERROR_SIZE, "cannot start the relay: it does not forward yet");
    return NULL;
}

bool relay_engine_start(struct relay_engine *engine, char *error)
{
    (void)engine;
    (void)error;
    return false;
}

void relay_engine_close(struct relay_engine *engine)
{
    (void)engine;
}

const void *relay_engine_event(struct relay_engine *engine, size_t *size_bytes)
{
    (void)engine;
    *size_bytes = 0;
    return NULL;
}

void relay_engine_release(struct relay_engine *engine)
{
    (void)engine;
}

void relay_engine_quit(struct relay_engine *engine)
{
    (void)engine;
}

bool relay_engine_reset(struct relay_engine *engine)
{
    (void)engine;
    return false;
}

bool relay_engine_set_forwarding(struct relay_engine *engine, bool on)
{
    (void)engine;
    (void)on;
    return false;
}

bool relay_engine_set_impair(struct relay_engine *engine, const struct impair_config *impair)
{
    (void)engine;
    (void)impair;
    return false;
}

bool relay_engine_send(struct relay_engine *engine, uint32_t slot, uint32_t generation,
                       const void *bytes, size_t size_bytes)
{
    (void)engine;
    (void)slot;
    (void)generation;
    (void)bytes;
    (void)size_bytes;
    return false;
}
