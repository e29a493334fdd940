/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * json_parse: see the header. The first allocation that fails is served from a reserve that is large
 * enough for any token; a larger one is not for a token, and jansson notices its failure. From then on
 * the callback reports the end of the text, so that no token has to grow again. The result is thrown
 * away.
 */
#include "udptui/sys/json_parse.h"

#include <stdbool.h>
#include <stdlib.h>

enum { RESERVE_BYTES_MORE = 64 }; /* more than jansson's first buffer of a token: 16 bytes */

struct parse {
    const char *next, *end; /* what is still to be read */
    void *reserve;
    size_t reserve_bytes;
    bool is_short; /* of memory: an allocation failed */
};

/* The parse that runs in this thread, or NULL: an allocator has no argument for a context. */
static struct parse **parse_current(void)
{
    static _Thread_local struct parse *current;

    return &current;
}

static void *parse_allocate(size_t size_bytes)
{
    struct parse *parse = *parse_current();
    void *memory = malloc(size_bytes);
    bool was_short;

    if (memory != NULL || parse == NULL)
        return memory;
    was_short = parse->is_short;
    parse->is_short = true;
    return !was_short && size_bytes <= parse->reserve_bytes ? parse->reserve : NULL;
}

static void parse_release(void *memory)
{
    const struct parse *parse = *parse_current();

    if (parse == NULL || memory != parse->reserve)
        free(memory);
}

void json_parse_prepare(void)
{
    json_set_alloc_funcs(parse_allocate, parse_release);
}

/* One byte at a time, so that jansson holds none that it could read after a failed allocation. */
static size_t parse_next_byte(void *out, size_t size_bytes, void *context)
{
    struct parse *parse = context;

    if (size_bytes == 0 || parse->is_short || parse->next == parse->end)
        return 0;
    *(char *)out = *parse->next++;
    return 1;
}

/* NULL if memory ran out, even if the parser succeeded. */
static json_t *parse_run(struct parse *parse, json_error_t *wrong)
{
    json_t *root;

    *parse_current() = parse;
    root = json_load_callback(parse_next_byte, parse, JSON_REJECT_DUPLICATES, wrong);
    if (parse->is_short) {
        json_decref(root);
        root = NULL;
    }
    *parse_current() = NULL;
    return root;
}

json_t *json_parse(const void *bytes, size_t size_bytes, json_error_t *wrong)
{
    /* jansson doubles the buffer of a token when it is full. */
    size_t reserve_bytes = 2 * size_bytes + RESERVE_BYTES_MORE;
    struct parse parse = {.next = bytes,
                          .end = (const char *)bytes + size_bytes,
                          .reserve = malloc(reserve_bytes),
                          .reserve_bytes = reserve_bytes};
    json_t *root = NULL;

    parse.is_short = parse.reserve == NULL;
    if (!parse.is_short)
        root = parse_run(&parse, wrong);
    if (parse.is_short)
        wrong->text[0] = '\0';
    free(parse.reserve);
    return root;
}
