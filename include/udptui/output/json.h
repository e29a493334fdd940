/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json: common to all JSON output: one object per line, "v":1 and "event" first. */
#ifndef UDPTUI_OUTPUT_JSON_H
#define UDPTUI_OUTPUT_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <jansson.h>

#include "udptui/proto/endpoint.h"

/* {"v":1,"event":EVENT}; the caller owns it, json_write_line takes it. A thread builds one object at a time: that
 * a value is missing because memory ran out (sys/json_memory) is noted from here on. */
json_t *json_event(const char *event);

/* Sets a member to a count below 2^63. */
void json_add_count(json_t *object, const char *key, uint64_t value);
/* "192.0.2.1:4010"; zones: see endpoint_format_in. */
void json_add_endpoint(json_t *object, const char *key, const struct endpoint *endpoint,
                       const struct zones *zones);
/* "time": ISO 8601 UTC with nanoseconds. */
void json_add_time(json_t *object, int64_t wall_ns);
/* "text": safe, by base/text; "hex": exact. */
void json_add_payload(json_t *object, const void *bytes, size_t size_bytes);
/* The same under other keys. */
void json_add_bytes(json_t *object, const char *text_key, const char *hex_key, const void *bytes,
                    size_t size_bytes);

/* Untrusted bytes as safe text. */
void json_add_text(json_t *object, const char *key, const void *bytes, size_t size_bytes);

/* Writes the object and a newline, and frees the object. False, and errno is set: the file could not be written,
 * or memory ran out while the object was built: nothing of it is written then. */
bool json_write_line(FILE *file, json_t *object);

#endif
