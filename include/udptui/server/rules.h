/* SPDX-License-Identifier: GPL-3.0-or-later */
/* server_rules: --on and --rules. */
#ifndef UDPTUI_SERVER_RULES_H
#define UDPTUI_SERVER_RULES_H

#include <stdbool.h>

#include "udptui/base/opts.h"
#include "udptui/proto/rules.h"

/* The rules of --on, in their order, and behind them those of --rules' file. *rules: NULL without
 * any. False with the complaint made and *status set; rules_close frees. */
bool server_rules_open(const struct opts_list *on, const char *file, struct rules **rules,
                       int *status);

#endif
