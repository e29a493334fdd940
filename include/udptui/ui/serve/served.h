/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* served: a server with its session: what serve and demo run. */
#ifndef UDPTUI_UI_SERVE_SERVED_H
#define UDPTUI_UI_SERVE_SERVED_H

#include "udptui/base/opts.h"
#include "udptui/proto/filter.h"
#include "udptui/server/server.h"
#include "udptui/ui/serve/session.h"

/* What the option tables of serve and demo fill in. */
struct serve_options {
    int like; /* a row of server/likes; below 0: none */
    struct server_options server;
    struct serve_session_options session;
};

/* serve_session_run is between served_open and served_close. */
struct served {
    struct server server;
    struct serve_session session;
};

/* Opens the server on the addresses (empty list: the default). title ("udptui serve") and filter
 * (NULL: none) are borrowed. NULL with the error reported and *status set; served_close frees. */
struct served *served_open(const struct serve_options *options, const char *title,
                           const struct filter *filter, const struct opts_operands *addresses,
                           int *status);
void served_close(struct served *served);

#endif
