/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * json_memory: the memory of jansson. Each of its functions that builds an object returns whether memory ran out;
 * it is noted here instead, so that a caller asks once for the whole object. Each thread has a record
 * of its own. No other module may set another allocator or call json_dump* (tests/cli/layers.py).
 */
#ifndef UDPTUI_SYS_JSON_MEMORY_H
#define UDPTUI_SYS_JSON_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

struct json_memory {
    void *reserve; /* what the first failed allocation gets if it is large enough; NULL: nothing */
    size_t reserve_bytes;
    bool ran_out; /* an allocation failed */
};

/* Gives jansson an allocator of ours. Called once, before there are threads and before any other
 * function of jansson ("Custom memory allocation" in its reference). */
void json_memory_prepare(void);

/* From now on this thread's allocations are noted in the record that is given. Returns the earlier one. */
struct json_memory json_memory_swap(struct json_memory memory);

/* Whether an allocation failed in this thread since the record was given. */
bool json_memory_ran_out(void);

/* As json_dumps, the text to be freed with free(3); NULL if memory ran out, now or since the record was given.
 * jansson up to 2.15.1 does not notice each failure: it drops the byte for which its buffer could not grow. */
char *json_memory_dump(const json_t *object, size_t flags);

/* Notes the failure of an allocation elsewhere, for text that was to become a value. */
void json_memory_note(void);

#endif
