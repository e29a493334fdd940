/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * filter_tree: what filter_parse.c builds and filter.c evaluates: nodes in one array, the root
 * last. A node's operands come before it.
 */
#ifndef UDPTUI_PROTO_FILTER_INTERNAL_H
#define UDPTUI_PROTO_FILTER_INTERNAL_H

#include "filter_regex_internal.h"
#include "udptui/proto/filter.h"

enum { FILTER_NODES_MAX = 128 };

enum filter_kind {
    FILTER_ALL, /* takes everything */
    FILTER_AND,
    FILTER_OR,
    FILTER_NOT,
    FILTER_TEXT,
    FILTER_REGEX,
    FILTER_FROM,
    FILTER_TO,
    FILTER_PORT,
    FILTER_NAME,
    FILTER_SIZE,
    FILTER_STATUS,
    FILTER_STATE,
    FILTER_WHY,
    FILTER_HEX,
};

struct filter_bytes {
    const uint8_t *bytes; /* in the filter's pool; lower-case but for FILTER_HEX */
    size_t size_bytes;
};

struct filter_range {
    int64_t least, most;
};

struct filter_network {
    struct endpoint address; /* ENDPOINT_NONE: any; port 0: any */
    unsigned prefix_bits;
};

struct filter_node {
    enum filter_kind kind;
    size_t left, right; /* FILTER_AND, FILTER_OR; FILTER_NOT has left alone */
    union {
        struct filter_bytes text; /* FILTER_TEXT, _NAME, _STATUS, _STATE, _WHY, _HEX */
        struct filter_range range;
        struct filter_network network;
        struct filter_regex *regex;
    } of;
};

struct filter {
    struct filter_node *nodes; /* FILTER_NODES_MAX while it is parsed, then count */
    size_t count, root;
    struct filter_regex *regex;  /* the first, whose groups can be asked for; NULL: none */
    struct filter_problem doubt; /* why "": none */
    uint8_t *pool;               /* as long as the text: nothing decodes to more bytes */
    size_t pool_size, pool_bytes;
};

/* Fills an empty filter. states: as filter_open_for, NULL: none. False with *problem set. */
bool filter_parse(struct filter *filter, const char *text, size_t length_bytes,
                  const char *const *states, struct filter_problem *problem);

enum { FILTER_REQUIRED_MAX = 8 };

/* Texts one of which is in the payload, the reply, the name or the address of every subject that
 * passes (case aside). Returns how many, 0 if there are none. */
size_t filter_required(const struct filter *filter, struct filter_bytes out[FILTER_REQUIRED_MAX]);

#endif
