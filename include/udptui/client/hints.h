/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hints: hints about a mistyped command line. */
#ifndef UDPTUI_CLIENT_HINTS_H
#define UDPTUI_CLIENT_HINTS_H

#include <stdbool.h>
#include <stddef.h>

#include "udptui/base/opts.h"

enum { HINTS_SIZE = 512 };

/*
 * Finds a second target that was given as a message; and, without any reply, a port given as a
 * message, or an IPv6 address whose last group looks like a port. To out (HINTS_SIZE); holds the
 * operands as typed. Returns out, or NULL: nothing looks wrong.
 */
const char *hints_find(const struct opts_operands *operands, bool answered, char *out,
                       size_t size_bytes);

#endif
