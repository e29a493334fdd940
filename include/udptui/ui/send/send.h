/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* send: the front end of `udptui send`: a prompt, or lines from operands, files and pipes. */
#ifndef UDPTUI_UI_SEND_SEND_H
#define UDPTUI_UI_SEND_SEND_H

#include "udptui/base/opts.h"
#include "udptui/proto/endpoint.h"
#include "udptui/ui/send/options.h"

/* operands: the target or targets, and messages. zones: the names of interfaces. Returns the exit
 * status, with errors reported. */
int send_run(const struct send_options *options, const struct opts_operands *operands,
             const struct zones *zones);

#endif
