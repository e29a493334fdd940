/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "udptui/ui/serve/display.h"

#include "udptui/sys/tty.h"

bool display_wants_screen(const struct display_options *options)
{
    return !options->json && !options->no_ui && tty_is_interactive();
}
