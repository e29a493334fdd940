/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * json_read: members of an untrusted JSON object. A reader remembers the first thing that is wrong,
 * so that whoever reads many members checks once, at the end. What is missing or wrong has the
 * value that is said below.
 */
#ifndef UDPTUI_OUTPUT_JSON_READ_H
#define UDPTUI_OUTPUT_JSON_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "udptui/base/text.h"
#include "udptui/proto/endpoint.h"
#include "udptui/proto/figure.h"

enum { JSON_READER_ERROR_SIZE = 160 };

struct json_reader {
    enum text_charset charset; /* of the texts that are read */
    uint64_t count_max;        /* of every count */
    bool wrong;
    char error[JSON_READER_ERROR_SIZE]; /* with wrong: safe text, the first that is */
};

/* The object in the bytes; NULL with the error set. The caller owns it (json_decref). */
json_t *json_read_document(struct json_reader *reader, const void *bytes, size_t size_bytes);

/* Sets the error unless there is one. */
void json_read_refuse(struct json_reader *reader, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A whole number from 0 to the smaller of maximum and count_max; missing: 0. */
uint64_t json_read_count(struct json_reader *reader, const json_t *object, const char *key,
                         uint64_t maximum);

/* A whole number of nanoseconds from 0 on; missing: -1. */
int64_t json_read_ns(struct json_reader *reader, const json_t *object, const char *key);

/* A time as json_add_time writes it, in ns since 1970; missing: 0. */
int64_t json_read_time(struct json_reader *reader, const json_t *object, const char *key);

/* Missing: false. */
bool json_read_flag(struct json_reader *reader, const json_t *object, const char *key);

/* Safe text, cut to size; missing: "". What is safe text already is not escaped again. */
void json_read_text(struct json_reader *reader, const json_t *object, const char *key, char *out,
                    size_t size);

/* The index of the word; one that is not among them, or missing, is refused: 0. */
size_t json_read_word(struct json_reader *reader, const json_t *object, const char *key,
                      const char *const *words, size_t count);

/* 64 bits as 16 hex digits; missing: 0. */
uint64_t json_read_hex64(struct json_reader *reader, const json_t *object, const char *key);
void json_add_hex64(json_t *object, const char *key, uint64_t value);

/* "192.0.2.1:4010"; a text that is no address (a number with --privacy): ENDPOINT_NONE. Zones, which
 * are of another machine, are dropped. */
struct endpoint json_read_endpoint(struct json_reader *reader, const json_t *object,
                                   const char *key);

/* The array under this key, NULL if it is missing or has more than maximum elements. Borrowed. */
const json_t *json_read_array(struct json_reader *reader, const json_t *object, const char *key,
                              size_t maximum);

/* Each figure of the table that is in the object, as figures_add_json writes it; figures that are
 * computed from others are ignored. summary: zeroed, or with what the figures' `applies` asks
 * for. */
void figures_read_json(struct json_reader *reader, const json_t *object,
                       const struct figures *figures, void *summary);

#endif
