/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * engine_targets: the name of a target that cannot be reached is looked up again, in another process
 * (sys/lookup), not before LOOKUP_EVERY_NS after the last answer. New sessions go to the new address;
 * those that have the old one end if it is no longer the name's, or when it cannot be reached, and open
 * again at their next datagram.
 */
#include <stdio.h>

#include "engine_internal.h"
#include "udptui/base/units.h"

#define LOOKUP_EVERY_NS (5 * UNITS_NS_PER_S)

bool relay_targets_open(struct relay_engine *engine)
{
    bool names = false;

    for (size_t i = 0; i < engine->config.target_count; i++) {
        struct relay_target *target = &engine->targets[i];
        names |= target->host != NULL;
        target->host = target->host != NULL ? target->host_text : NULL; /* the copy's own */
    }
    engine->lookup = names ? engine->config.detail->lookup : NULL;
    if (engine->lookup == NULL)
        return true;
    return relay_watch(engine, lookup_fd(engine->lookup), SOURCE_LOOKUP, 0, 0) == 0;
}

void relay_target_failed(struct relay_engine *engine, uint16_t index)
{
    const struct relay_target *target = &engine->targets[index];
    int64_t now_ns = clock_monotonic_ns();

    if (target->host == NULL || engine->lookup == NULL || now_ns < engine->lookup_next_ns[index])
        return;
    if (lookup_ask_addresses(engine->lookup, target->host,
                             (enum endpoint_family)engine->options.server.family, index))
        engine->lookup_next_ns[index] = INT64_MAX; /* until there is an answer */
}

/* The sessions that are connected to the address open again at their next datagram. */
static void relay_leave_address(struct relay_engine *engine, uint16_t index,
                                const struct endpoint *address)
{
    for (uint32_t slot = 0; slot < sessions_used(engine->sessions); slot++) {
        const struct session *session = sessions_at(engine->sessions, slot);
        if (session->target_index == index && endpoint_equal(&session->target, address))
            relay_close_session(engine, slot);
    }
}

/* As relay_open does: a target is one host. */
static void relay_drop_others(struct lookup_addresses *found)
{
    size_t good = 0;

    for (size_t i = 0; i < found->count; i++)
        if (endpoint_is_host(&found->addresses[i]))
            found->addresses[good++] = found->addresses[i];
    if (good == 0 && found->count > 0)
        found->why = "it has no address of a host";
    found->count = good;
}

static bool is_among(const struct lookup_addresses *found, const struct endpoint *address)
{
    for (size_t i = 0; i < found->count; i++)
        if (endpoint_same_address(&found->addresses[i], address))
            return true;
    return false;
}

/* Of several addresses another one than that which failed, if there is one. */
static struct endpoint relay_choose_address(const struct lookup_addresses *found,
                                            const struct endpoint *failed)
{
    struct endpoint chosen = found->addresses[0];

    for (size_t i = 0; i < found->count; i++)
        if (!endpoint_same_address(&found->addresses[i], failed)) {
            chosen = found->addresses[i];
            break;
        }
    chosen.port = failed->port;
    return chosen;
}

static void relay_take_addresses(struct relay_engine *engine, const struct lookup_addresses *found)
{
    uint16_t index = (uint16_t)found->tag;
    struct relay_target *target = &engine->targets[index];
    struct event_target event = {.kind = EVENT_TARGET,
                                 .found = found->count > 0,
                                 .target_index = index,
                                 .wall_ns = clock_wall_ns(),
                                 .before = target->address,
                                 .now = target->address};

    engine->lookup_next_ns[index] = clock_monotonic_ns() + LOOKUP_EVERY_NS;
    if (event.found) {
        event.gone = !is_among(found, &target->address);
        target->address = event.now = relay_choose_address(found, &target->address);
        if (event.gone)
            relay_leave_address(engine, index, &event.before);
    } else {
        snprintf(event.why, sizeof event.why, "%s", found->why);
    }
    publisher_put(&engine->publisher, &event, sizeof event);
    engine->publisher.due = true;
}

void relay_take_lookups(struct relay_engine *engine)
{
    struct lookup_addresses found;

    while (lookup_next_addresses(engine->lookup, &found)) {
        relay_drop_others(&found);
        relay_take_addresses(engine, &found);
    }
}
