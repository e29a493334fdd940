/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * json_parse: see the header. The first allocation that fails is served from a reserve that is large
 * enough for any token; a larger one is not for a token, and jansson notices its failure. From then on
 * the callback reports the end of the text, so that no token has to grow again. The result is thrown
 * away.
 */
#include "udptui/sys/json_parse.h"

#include <stdlib.h>

#include "udptui/sys/json_memory.h"

enum { RESERVE_BYTES_MORE = 64 }; /* more than jansson's first buffer of a token: 16 bytes */

struct parse {
    const char *next, *end; /* what is still to be read */
};

/* One byte at a time, so that jansson holds none that it could read after a failed allocation. */
static size_t parse_next_byte(void *out, size_t size_bytes, void *context)
{
    struct parse *parse = context;

    if (size_bytes == 0 || json_memory_ran_out() || parse->next == parse->end)
        return 0;
    *(char *)out = *parse->next++;
    return 1;
}

json_t *json_parse(const void *bytes, size_t size_bytes, json_error_t *wrong)
{
    struct parse parse = {.next = bytes, .end = (const char *)bytes + size_bytes};
    /* jansson doubles the buffer of a token when it is full. */
    struct json_memory memory = {.reserve_bytes = 2 * size_bytes + RESERVE_BYTES_MORE}, earlier;
    json_t *root = NULL;

    memory.reserve = malloc(memory.reserve_bytes);
    memory.ran_out = memory.reserve == NULL;
    earlier = json_memory_swap(memory);
    if (!memory.ran_out)
        root = json_load_callback(parse_next_byte, &parse, JSON_REJECT_DUPLICATES, wrong);
    if (json_memory_ran_out()) {
        json_decref(root);
        root = NULL;
        wrong->text[0] = '\0';
    }
    free(json_memory_swap(earlier).reserve);
    return root;
}
