/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* answer: reads what sharkd answers. Pure: its bytes are arguments. */
#ifndef UDPTUI_DISSECT_ANSWER_INTERNAL_H
#define UDPTUI_DISSECT_ANSWER_INTERNAL_H

#include <jansson.h>

#include "udptui/base/text.h"
#include "udptui/dissect/answer.h"

/* Why a child is of no use, for people. */
extern const char answer_no_memory[], answer_wrong[];

/* One line of JSON-RPC 2.0: its id and its result, a new reference; NULL with *id: an error was
 * reported for it. Returns NULL, or why there is no answer, for people. */
const char *answer_parse(const char *line, size_t length, int64_t *id, json_t **result);

/* A row of `frames`: its number from 1, its protocol and summary. False: it is none. */
bool answer_read_row(const json_t *row, enum text_charset charset, uint32_t *number,
                     struct dissect_summary *summary);

/* The result of `frame`: header_bytes come before the payload. False: it is none, or memory is
 * short. dissect_tree_free frees. */
bool answer_read_tree(const json_t *result, enum text_charset charset, uint32_t header_bytes,
                      uint32_t payload_bytes, struct dissect_tree *tree);

#endif
