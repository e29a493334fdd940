/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* server_rules: --on and --rules. */
#ifndef UDPTUI_SERVER_RULES_H
#define UDPTUI_SERVER_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/base/opts.h"
#include "udptui/base/problem.h"
#include "udptui/proto/rules.h"

/* Reads a file for "file:PATH" of an answer (rules_read_file). */
const char *server_rules_read(const char *path, size_t room_bytes, uint8_t **bytes,
                              size_t *size_bytes);

/* The rules of --on in their order, then those of the file of --rules (NULL: none). *rules: NULL if
 * there are none; rules_close frees, also after false with the problem set: it names the wrong rule
 * or line, and the byte. */
bool server_rules_open(const struct opts_list *on, const char *file, struct rules **rules,
                       struct problem *problem);

#endif
