/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* same_files: a file that is written is not named twice, nor read by the same command. */
#ifndef UDPTUI_CMD_SAME_FILES_INTERNAL_H
#define UDPTUI_CMD_SAME_FILES_INTERNAL_H

#include <stdbool.h>

#include "udptui/base/opts.h"

/*
 * Compares the values of all options that take a FILE, the operands if they are files, and standard
 * output. If a regular file is written and is also another of them, by whatever name or link,
 * reports it and returns true.
 */
bool same_files_are_named(const struct opts_command *spec, const void *values,
                          const struct opts_operands *operands);

#endif
