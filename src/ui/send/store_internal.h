/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* store: what the prompt keeps between runs, in our own files (sys/files). */
#ifndef UDPTUI_UI_SEND_STORE_INTERNAL_H
#define UDPTUI_UI_SEND_STORE_INTERNAL_H

#include <stddef.h>
#include <stdint.h>

enum { STORE_PATH_SIZE = 4096, STORE_NAME_MAX = 100 };

/* The path of the history, to out (STORE_PATH_SIZE), its directory made. NULL, or why not. */
const char *store_history_path(char *out);

/* Keeps or fetches bytes by name ([A-Za-z0-9._-]+, no leading dot). NULL, or what is wrong.
 * size_bytes: of load, what out has room for, then what there was. */
const char *store_save(const char *name, const uint8_t *bytes, size_t size_bytes);
const char *store_load(const char *name, uint8_t *out, size_t *size_bytes);

/* Calls show for each name that is kept. */
void store_each(void (*show)(void *context, const char *name), void *context);

#endif
