/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* relayed: a relay with its session: what `udptui relay` runs. */
#ifndef UDPTUI_UI_RELAY_RELAYED_H
#define UDPTUI_UI_RELAY_RELAYED_H

#include <stdbool.h>

#include "udptui/base/opts.h"
#include "udptui/proto/filter.h"
#include "udptui/relay/relay.h"
#include "udptui/ui/serve/session.h"

/* What the option table fills in. */
struct relay_session_options {
    struct relay_options relay;
    struct serve_session_options session;
};

/* serve_session_run is between relayed_open and relayed_close. */
struct relayed {
    struct relay relay;
    struct serve_session session;
};

/* Opens the relay. operands: as relay_open. filter (NULL: none) is borrowed. NULL with the error
 * reported and *status set; relayed_close frees. */
struct relayed *relayed_open(const struct relay_session_options *options,
                             const struct filter *filter, const struct opts_operands *operands,
                             int *status);
void relayed_close(struct relayed *relayed);

#endif
