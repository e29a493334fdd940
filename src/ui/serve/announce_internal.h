/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* announce: the listening addresses, at the beginning of lines and log. */
#ifndef UDPTUI_UI_SERVE_ANNOUNCE_INTERNAL_H
#define UDPTUI_UI_SERVE_ANNOUNCE_INTERNAL_H

#include <stdbool.h>

#include "udptui/output/serve.h"
#include "udptui/server/server.h"

/* Writes the addresses and the groups. False if the output cannot be written. */
bool announce_write(const struct server *server, const struct serve_writer *writer,
                    const struct serve_output *output);

#endif
