/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sampler: the mean gap follows the rate of the latest 100 to 200 ms. The limit is far above the
 * mean: if it holds, each moment is as likely as any other, not each datagram, and the slow
 * moments have fewer datagrams.
 */
#include "udptui/load/sampler.h"

#include "udptui/base/units.h"

static const int64_t interval_ns = UNITS_NS_PER_S / SAMPLER_PER_S;
static const int64_t rate_span_ns = 100 * UNITS_NS_PER_MS;

struct sampler sampler_begin(uint64_t seed, int64_t now_ns)
{
    const struct sampler_point began = {.at_ns = now_ns};

    return (struct sampler){
        .random = seed | 1, .began_ns = now_ns, .before = began, .since = began};
}

/* xorshift64 (Marsaglia, Xorshift RNGs, 2003): below `limit`, which is far below 2^64. */
static uint64_t sampler_draw(struct sampler *sampler, uint64_t limit)
{
    sampler->random ^= sampler->random << 13;
    sampler->random ^= sampler->random >> 7;
    sampler->random ^= sampler->random << 17;
    return sampler->random % limit;
}

/* A random gap; its mean is what is sent in an interval. */
static uint64_t sampler_draw_gap(struct sampler *sampler, uint64_t sent, int64_t now_ns)
{
    uint64_t intervals = (uint64_t)((now_ns - sampler->before.at_ns) / interval_ns);
    uint64_t mean_gap = (sent - sampler->before.sent) / (intervals + 1);

    return sampler_draw(sampler, 2 * mean_gap + 1);
}

/* The next one must not be far away if the rate has fallen. */
static void sampler_follow_rate(struct sampler *sampler, uint64_t sent, int64_t now_ns)
{
    uint64_t next;

    if (now_ns - sampler->since.at_ns < rate_span_ns)
        return;
    sampler->before = sampler->since;
    sampler->since = (struct sampler_point){.at_ns = now_ns, .sent = sent};
    next = sent + sampler_draw_gap(sampler, sent, now_ns);
    if (next < sampler->next)
        sampler->next = next;
}

bool sampler_choose(struct sampler *sampler, uint64_t sent, uint32_t count, int64_t now_ns,
                    uint32_t *place)
{
    uint64_t due = (uint64_t)((now_ns - sampler->began_ns) / interval_ns);

    sampler_follow_rate(sampler, sent, now_ns);
    if (sampler->next >= sent + count || sampler->taken >= 2 * due + SAMPLER_BURST)
        return false;
    if (sampler->next >= sent)
        *place = (uint32_t)(sampler->next - sent);
    else /* it was due while none could be taken */
        *place = (uint32_t)sampler_draw(sampler, count);
    sampler->next = sent + count + sampler_draw_gap(sampler, sent, now_ns);
    sampler->taken++;
    return true;
}
