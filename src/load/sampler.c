/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sampler: the mean gap follows the rate of the whole run; a rate that rises later is held by the
 * limit. */
#include "udptui/load/sampler.h"

#include "udptui/base/units.h"

struct sampler sampler_begin(uint64_t seed, int64_t now_ns)
{
    return (struct sampler){.random = seed | 1, .began_ns = now_ns};
}

/* xorshift64 (Marsaglia, Xorshift RNGs, 2003): below `limit`, which is far below 2^64. */
static uint64_t sampler_draw(struct sampler *sampler, uint64_t limit)
{
    sampler->random ^= sampler->random << 13;
    sampler->random ^= sampler->random >> 7;
    sampler->random ^= sampler->random << 17;
    return sampler->random % limit;
}

bool sampler_choose(struct sampler *sampler, uint64_t sent, uint32_t count, int64_t now_ns,
                    uint32_t *place)
{
    uint64_t due = (uint64_t)(now_ns - sampler->began_ns) / (UNITS_NS_PER_S / SAMPLER_PER_S);
    uint64_t mean_gap = sent / (due + 1);

    if (sampler->next >= sent + count || sampler->taken >= due + SAMPLER_BURST)
        return false;
    if (sampler->next >= sent)
        *place = (uint32_t)(sampler->next - sent);
    else /* it was due while none could be taken */
        *place = (uint32_t)sampler_draw(sampler, count);
    sampler->next = sent + count + sampler_draw(sampler, 2 * mean_gap + 1);
    sampler->taken++;
    return true;
}
