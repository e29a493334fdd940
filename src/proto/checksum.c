/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* checksum: one word for each. */
#include "udptui/proto/checksum.h"

const char *checksum_status_name(enum checksum_status status)
{
    static const char *const names[] = {
        [CHECKSUM_NOT_SEEN] = "not seen", [CHECKSUM_UNKNOWN] = "unknown",
        [CHECKSUM_GOOD] = "good",         [CHECKSUM_BAD] = "bad",
        [CHECKSUM_NONE] = "none",         [CHECKSUM_PARTIAL] = "partial",
    };

    return names[status];
}
