/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "udptui/ui/serve/display.h"

#include "udptui/sys/random.h"
#include "udptui/sys/tty.h"

bool display_wants_screen(const struct display_options *options)
{
    return !options->json && !options->no_ui && tty_is_interactive();
}

struct roster *display_open_roster(const struct display_options *options, uint32_t clients_max,
                                   enum text_charset charset, const struct zones *zones)
{
    const struct roster_config config = {
        .capacity = clients_max,
        .names = options->roster,
        .privacy = options->privacy,
        .zones = zones,
        .charset = charset,
        .key = random_key(),
    };

    return roster_open(&config);
}
