/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* translator: RFC 4787 sections 4.1, 4.3 and 5; see the header. */
#include "udptui/proto/translator.h"

void translator_open(struct translator *translator, const struct translator_config *config)
{
    *translator = (struct translator){.config = *config};
}

static bool translator_is_alive(const struct translator *translator,
                                const struct translator_mapping *mapping, int64_t now_ns)
{
    return mapping->used && now_ns - mapping->outbound_ns < translator->config.timeout_ns;
}

static bool translator_knows(const struct translator_mapping *mapping,
                             const struct endpoint *outside)
{
    for (size_t i = 0; i < mapping->peer_count; i++)
        if (endpoint_equal(&mapping->peers[i], outside))
            return true;
    return false;
}

/* The mapping of an inside endpoint; with dependent mapping, that for this outside endpoint. */
static int translator_find(const struct translator *translator, const struct endpoint *inside,
                           const struct endpoint *outside, int64_t now_ns)
{
    for (int port = 0; port < TRANSLATOR_PORTS_MAX; port++) {
        const struct translator_mapping *mapping = &translator->mappings[port];
        if (translator_is_alive(translator, mapping, now_ns) &&
            endpoint_equal(&mapping->inside, inside) &&
            (translator->config.mapping == TRANSLATOR_INDEPENDENT ||
             translator_knows(mapping, outside)))
            return port;
    }
    return TRANSLATOR_FULL;
}

static int translator_add(struct translator *translator, const struct endpoint *inside)
{
    for (int port = 0; port < TRANSLATOR_PORTS_MAX; port++) {
        if (translator->mappings[port].used)
            continue;
        translator->mappings[port] = (struct translator_mapping){.used = true, .inside = *inside};
        return port;
    }
    return TRANSLATOR_FULL;
}

int translator_send(struct translator *translator, const struct endpoint *inside,
                    const struct endpoint *outside, int64_t now_ns)
{
    int port = translator_find(translator, inside, outside, now_ns);
    struct translator_mapping *mapping;

    if (port == TRANSLATOR_FULL)
        port = translator_add(translator, inside);
    if (port == TRANSLATOR_FULL)
        return port;
    mapping = &translator->mappings[port];
    if (!translator_knows(mapping, outside)) {
        if (mapping->peer_count == TRANSLATOR_PEERS_MAX)
            return TRANSLATOR_FULL;
        mapping->peers[mapping->peer_count++] = *outside;
    }
    mapping->outbound_ns = now_ns;
    return port;
}

enum translator_verdict translator_receive(const struct translator *translator, int port,
                                           const struct endpoint *outside, int64_t now_ns,
                                           struct endpoint *inside)
{
    const struct translator_mapping *mapping;

    if (port < 0 || port >= TRANSLATOR_PORTS_MAX)
        return TRANSLATOR_UNMAPPED;
    mapping = &translator->mappings[port];
    if (!translator_is_alive(translator, mapping, now_ns))
        return TRANSLATOR_UNMAPPED;
    if (translator->config.filtering == TRANSLATOR_DEPENDENT && !translator_knows(mapping, outside))
        return TRANSLATOR_FILTERED;
    *inside = mapping->inside;
    return TRANSLATOR_PASSES;
}
