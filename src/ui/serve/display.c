/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "udptui/ui/serve/display.h"

#include "udptui/sys/random.h"
#include "udptui/sys/tty.h"

bool display_wants_screen(const struct display_options *options)
{
    return !options->json && !options->no_ui && tty_is_interactive();
}

/* The screen shows dissections if a key asks for them. */
bool display_enter_sandbox(const struct display_options *options, struct sandbox_needs needs,
                           struct launcher **launcher)
{
    needs.screen |= display_wants_screen(options);
    needs.written[SANDBOX_FILES_MAX - 1] = options->log;
    *launcher = NULL;
    if (options->sandbox != SANDBOX_OFF && !options->privacy && (options->dissect || needs.screen))
        *launcher = launcher_open(NULL);
    if (sandbox_enter((enum sandbox_mode)options->sandbox, &needs))
        return true;
    launcher_close(*launcher);
    *launcher = NULL;
    return false;
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
