/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* store: what the prompt keeps between runs, in our own files (sys/files). */
#ifndef UDPTUI_UI_SEND_STORE_INTERNAL_H
#define UDPTUI_UI_SEND_STORE_INTERNAL_H

enum { STORE_PATH_SIZE = 4096 };

/* The path of the history, to out (STORE_PATH_SIZE), its directory made. NULL, or why not. */
const char *store_history_path(char *out);

/* The path of the packets that /save keeps, to out (STORE_PATH_SIZE); and their directory, made. NULL,
 * or why not. */
const char *store_packets_path(char *out);
const char *store_make_packets_directory(const char *path);

#endif
