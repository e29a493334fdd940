/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* random: unpredictable bytes, from getrandom(2). */
#ifndef UDPTUI_SYS_RANDOM_H
#define UDPTUI_SYS_RANDOM_H

#include <stdbool.h>
#include <stddef.h>

#include "udptui/base/hash.h"

/* False with errno if the kernel has none (ENOSYS). */
bool random_fill(void *out, size_t size_bytes);

/* A secret for a table whose keys the network or a file chooses. If the kernel gives no random
 * bytes, it is made from the clocks, and the table is only as safe as they are hard to guess. */
struct hash_key random_key(void);

#endif
