/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json_memory: see the header. */
#include "udptui/sys/json_memory.h"

#include <stdlib.h>

/* The record of this thread: an allocator has no argument for a context. */
static struct json_memory *json_memory_current(void)
{
    static _Thread_local struct json_memory current;

    return &current;
}

static void *json_memory_allocate(size_t size_bytes)
{
    struct json_memory *current = json_memory_current();
    void *memory = malloc(size_bytes);
    bool was_short = current->ran_out;

    if (memory != NULL)
        return memory;
    current->ran_out = true;
    return !was_short && size_bytes <= current->reserve_bytes ? current->reserve : NULL;
}

static void json_memory_release(void *memory)
{
    if (memory != json_memory_current()->reserve)
        free(memory);
}

void json_memory_prepare(void)
{
    json_set_alloc_funcs(json_memory_allocate, json_memory_release);
}

struct json_memory json_memory_swap(struct json_memory memory)
{
    struct json_memory *current = json_memory_current();
    struct json_memory earlier = *current;

    *current = memory;
    return earlier;
}

bool json_memory_ran_out(void)
{
    return json_memory_current()->ran_out;
}

char *json_memory_dump(const json_t *object, size_t flags)
{
    char *text = json_memory_ran_out() ? NULL : json_dumps(object, flags);

    if (text == NULL || !json_memory_ran_out())
        return text;
    free(text);
    return NULL;
}

void json_memory_note(void)
{
    json_memory_current()->ran_out = true;
}
