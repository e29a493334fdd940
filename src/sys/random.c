/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* random: see the header. */
#include "udptui/sys/random.h"

#include <errno.h>
#include <stdint.h>

#include <sys/random.h>

#include "udptui/sys/clock.h"

/* Up to 256 bytes come in one call, more of them possibly in parts. */
bool random_fill(void *out, size_t size_bytes)
{
    size_t done = 0;

    while (done < size_bytes) {
        ssize_t got = getrandom((uint8_t *)out + done, size_bytes - done, 0);
        if (got > 0)
            done += (size_t)got;
        else if (errno != EINTR)
            return false;
    }
    return true;
}

struct hash_key random_key(void)
{
    struct hash_key key;

    if (!random_fill(&key, sizeof key))
        key = (struct hash_key){(uint64_t)clock_monotonic_ns(), (uint64_t)clock_wall_ns()};
    return key;
}
