/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* snapshot: parts of its documents, for those who write the same. */
#ifndef UDPTUI_OUTPUT_SNAPSHOT_INTERNAL_H
#define UDPTUI_OUTPUT_SNAPSHOT_INTERNAL_H

#include <jansson.h>

#include "udptui/proto/snapshot.h"

/* One client: "from", "name", its figures, "first", "last". */
json_t *snapshot_client_json(enum snapshot_kind kind, const struct snapshot_client *client,
                             const struct zones *zones);

/* Adds what a document of "messages" says of the datagram. */
void snapshot_add_message_json(json_t *object, const struct snapshot_message *message,
                               const struct zones *zones);

#endif
