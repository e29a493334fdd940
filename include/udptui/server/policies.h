/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* policies: what a server does with a datagram, from the options' words. */
#ifndef UDPTUI_SERVER_POLICIES_H
#define UDPTUI_SERVER_POLICIES_H

#include <stdbool.h>

#include "udptui/base/problem.h"
#include "udptui/proto/ack.h"
#include "udptui/proto/guard.h"
#include "udptui/proto/impair.h"
#include "udptui/proto/rules.h"
#include "udptui/server/options.h"

struct policies {
    struct ack_policy ack;
    struct guard_config guard;
    struct impair_config impair;
    struct rules *rules; /* of --on and --rules, NULL: none */
};

/* False with the problem set. policies_close must follow either way. */
bool policies_open(struct policies *policies, const struct server_options *options,
                   struct problem *problem);
void policies_close(struct policies *policies);

/* The answer of --ack. False with the problem set. */
bool policies_set_ack(struct ack_policy *ack, const char *text, struct problem *problem);

/* Their parts that a relay has, too. option: the name of the one that sets the limit, for the
 * message. False with the problem set. */
bool policies_set_guard(struct guard_config *guard, const struct server_options *options,
                        const char *option, struct problem *problem);
bool policies_set_impair(struct impair_config *impair, const struct server_options *options,
                         struct problem *problem);

#endif
