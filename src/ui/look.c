/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* look: see the header. */
#include "udptui/ui/look.h"

#include <stddef.h>

const char *const look_themes[] = {
    [LOOK_COLOUR] = "colour", [LOOK_CONTRAST] = "contrast", [LOOK_DARK] = "dark",
    [LOOK_LIGHT] = "light",   [LOOK_SAFE] = "safe",         [LOOK_SAFE_LIGHT] = "safe-light",
    [LOOK_THEMES] = NULL};

const char *const look_colours[] = {
    [LOOK_AUTO] = "auto", [LOOK_ALWAYS] = "always", [LOOK_NEVER] = "never", NULL};
