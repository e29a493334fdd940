/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* publishing: the sink (ui/serve/sharing) of --publish: the totals of a server or a relay, its
 * busiest clients, and samples of its messages. */
#ifndef UDPTUI_UI_SERVE_PUBLISHING_H
#define UDPTUI_UI_SERVE_PUBLISHING_H

#include <stdbool.h>
#include <stdint.h>

#include "udptui/output/serve.h"
#include "udptui/proto/filter.h"
#include "udptui/ui/announcer.h"
#include "udptui/ui/serve/backend.h"
#include "udptui/ui/serve/display.h"
#include "udptui/ui/serve/sharing.h"

struct publishing {
    struct announcer announcer;
    const struct backend_facts *facts;
    const struct display_options *display;
    struct serve_output output; /* names, numbers and addresses of clients, the filter */
    int64_t samples_per_s, samples_left;
    uint64_t resets;                        /* the latest that any engine has reported */
    uint64_t reset_of[BACKEND_ENGINES_MAX]; /* the latest of each */
};

/* Before the sandbox; the arguments must live until publishing_close, which must follow. filter:
 * NULL for none. Adds a sink if --publish is given. False with the error reported and *status
 * set. */
bool publishing_open(struct publishing *publishing, const struct announcer_options *options,
                     const struct display_options *display, const struct backend_facts *facts,
                     const struct filter *filter, struct sharing *sharing, int *status);

/* Waits a second at most for the broker. */
void publishing_close(struct publishing *publishing);

#endif
