/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* look: see the header. */
#include "udptui/ui/look.h"

#include <stddef.h>

const char *const look_themes[] = {
    [LOOK_COLOUR] = "colour", [LOOK_CONTRAST] = "contrast", [LOOK_CONTRAST + 1] = NULL};
