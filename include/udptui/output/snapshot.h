/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * snapshot: the JSON of proto/snapshot, one object a document, figures by their tables
 * (proto/figure), so that a new figure needs nothing here.
 *
 * What is read comes from a broker: untrusted bytes. Members that are not known are ignored, ones
 * that are missing are 0, "" or, of times, unknown. A document is refused as a whole if it is not
 * JSON, too large, of another version, or says what cannot be: a member of another type, a negative
 * count or one above SNAPSHOT_COUNT_MAX, parts that do not add up. Texts become safe text.
 */
#ifndef UDPTUI_OUTPUT_SNAPSHOT_H
#define UDPTUI_OUTPUT_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>

#include "udptui/base/text.h"
#include "udptui/proto/snapshot.h"

enum {
    SNAPSHOT_BYTES_MAX = 1 << 18, /* of a document; a larger one is refused */
    SNAPSHOT_ERROR_SIZE = 160,
};

/* Each returns the document, NUL-terminated, NULL if memory is short; free(3) frees. zones: the
 * names of interfaces in addresses, NULL for none (proto/endpoint). */
char *snapshot_write_stats(const struct snapshot *snapshot);
char *snapshot_write_clients(const struct snapshot_clients *clients, const struct zones *zones);
char *snapshot_write_state(const struct snapshot_presence *presence);
char *snapshot_write_message(const struct snapshot_message *message, const struct zones *zones);

/* Each reads a document of size_bytes bytes. charset: of the texts in out. False: it is refused,
 * error (SNAPSHOT_ERROR_SIZE, safe text) says why, and out is undefined. */
bool snapshot_read_stats(const void *bytes, size_t size_bytes, enum text_charset charset,
                         struct snapshot *out, char *error);
bool snapshot_read_clients(const void *bytes, size_t size_bytes, enum text_charset charset,
                           struct snapshot_clients *out, char *error);
bool snapshot_read_state(const void *bytes, size_t size_bytes, struct snapshot_presence *out,
                         char *error);
bool snapshot_read_message(const void *bytes, size_t size_bytes, enum text_charset charset,
                           struct snapshot_message *out, char *error);

#endif
