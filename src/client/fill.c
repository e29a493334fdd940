/* SPDX-License-Identifier: GPL-3.0-or-later */
/* send_fill: --fill: a message's fields, filled in each time it is sent. */
#include <sys/random.h>

#include "udptui/client/session.h"
#include "udptui/proto/fill.h"
#include "udptui/sys/clock.h"

/* getrandom(2) gives 256 bytes at once, or more in parts. */
static void random_bytes(uint8_t *out, size_t size_bytes)
{
    size_t done = 0;

    while (done < size_bytes) {
        ssize_t got = getrandom(out + done, size_bytes - done, 0);
        if (got > 0)
            done += (size_t)got;
    }
}

const uint8_t *session_fill(struct session *session, uint64_t seq, const uint8_t *bytes,
                            size_t *size_bytes)
{
    const struct fill_context context = {
        .number = seq, .wall_ns = clock_wall_ns(), .random = random_bytes};

    if (!session->options.fill)
        return bytes;
    *size_bytes =
        fill_render(bytes, *size_bytes, &context, session->filled, sizeof session->filled);
    return session->filled;
}
