/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "counters_internal.h"

/* All of it fits, or there is no reply: half a number is another number. */
static size_t counters_render(const struct ack_policy *policy, const struct ack_context *context,
                              uint8_t *out, size_t size_bytes, bool *cut)
{
    (void)policy;
    *cut = size_bytes < COUNTERS_REPLY_MAX;
    return *cut ? 0 : counters_write(context->counters, out);
}

static const struct ack_row counters_row = {.source = ACK_FROM_RENDER, .render = counters_render};

const struct ack_policy counters_policy = {.row = &counters_row};

bool counters_are_asked(const struct ack_policy *policy, const uint8_t *bytes, size_t size_bytes)
{
    return policy->row->word == NULL && counters_is_question(bytes, size_bytes);
}

struct counters counters_of(const struct peer *client, const struct udp_socket *socket,
                            bool grouped)
{
    struct counters counters = {.received = client->counts.received, .at_least = grouped};
    uint64_t dropped;

    if (udp_queue_info(socket, &dropped, NULL))
        counters.dropped = (uint32_t)dropped;
    return counters;
}
