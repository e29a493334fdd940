/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * json_parse: JSON with jansson, safely, even if memory runs out. jansson up to 2.15.1 does not notice
 * that its buffer for a token could not grow (akheron/jansson issue 362): it drops a byte, and then
 * copies past the end of its memory or ends the program with a failed assertion. No other module
 * may call json_load* (tests/cli/layers.py).
 */
#ifndef UDPTUI_SYS_JSON_PARSE_H
#define UDPTUI_SYS_JSON_PARSE_H

#include <stddef.h>

#include <jansson.h>

/* Parses an object or array; a duplicate key is an error. json_memory_prepare comes first. The caller owns
 * the result (json_decref). NULL: the text of `wrong` says why and is not safe text; if it is empty, memory
 * ran out, and the other fields of `wrong` say nothing. */
json_t *json_parse(const void *bytes, size_t size_bytes, json_error_t *wrong);

#endif
