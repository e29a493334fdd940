/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rules_index: a tree of the texts' beginnings, made complete: each state has a successor for every
 * class of bytes. Bytes that are in no text are one class. State 0 is the root.
 */
#include "rules_index_internal.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "filter_internal.h"
#include "rules_ranges_internal.h"

enum { BEGINNING_MAX = 24, STATES_MAX = UINT16_MAX };

/* A rule found in a state; a list. */
struct hit {
    uint16_t rule;
    uint32_t next; /* index + 1, 0: none */
};

struct rules_index {
    struct rules_ranges *ranges;
    struct rules_set always; /* the rules that need no text */
    bool has_always;         /* it is not empty */
    uint8_t begins[256];     /* whether a text begins with this byte */
    uint8_t classes[256];
    size_t class_count;
    uint16_t *next;    /* [state * class_count + class] */
    uint32_t *hits;    /* of each state: the first's index + 1, 0: none */
    uint16_t *shorter; /* of each state: the nearest that also ends here and has hits, 0: none */
    struct hit *all;
    size_t state_count, hit_count;
    uint64_t *visits; /* of each state: the latest search that came to it */
    uint64_t search;  /* its number, 1 is the first */
};

/* While it is made. */
struct making {
    struct rules_index *index;
    struct filter_bytes texts[RULES_MAX * FILTER_REQUIRED_MAX];
    uint16_t rules[RULES_MAX * FILTER_REQUIRED_MAX];
    size_t count;
    uint16_t *fallback; /* of each state: that of the longest proper suffix */
    uint16_t *queue;
};

static size_t beginning_length(const struct filter_bytes *text)
{
    return text->size_bytes < BEGINNING_MAX ? text->size_bytes : BEGINNING_MAX;
}

static uint8_t index_fold(uint8_t byte)
{
    return byte >= 'A' && byte <= 'Z' ? (uint8_t)(byte + ('a' - 'A')) : byte;
}

/* ---- making it */

/* The texts of all filters; a filter without one is a candidate always. Returns the most states
 * that they need. */
static size_t collect_texts(struct making *making, const struct filter *const *filters,
                            size_t count)
{
    size_t states = 1;

    for (size_t rule = 0; rule < count; rule++) {
        struct filter_bytes texts[FILTER_REQUIRED_MAX];
        size_t found = filter_required(filters[rule], texts), more = 0;
        for (size_t i = 0; i < found; i++)
            more += beginning_length(&texts[i]);
        if (found == 0 || states + more > STATES_MAX) {
            rules_set_add(&making->index->always, rule);
            making->index->has_always = true;
            continue;
        }
        for (size_t i = 0; i < found; i++, making->count++) {
            making->texts[making->count] = texts[i];
            making->rules[making->count] = (uint16_t)rule;
        }
        states += more;
    }
    return states;
}

static void number_classes(struct making *making)
{
    struct rules_index *index = making->index;

    index->class_count = 1;
    for (size_t i = 0; i < making->count; i++)
        for (size_t at = 0; at < beginning_length(&making->texts[i]); at++) {
            uint8_t *class = &index->classes[index_fold(making->texts[i].bytes[at])];
            if (*class == 0 && index->class_count < 256)
                *class = (uint8_t)index->class_count++;
        }
    for (int byte = 'A'; byte <= 'Z'; byte++)
        index->classes[byte] = index->classes[index_fold((uint8_t)byte)];
}

static bool index_make_room(struct making *making, size_t states)
{
    struct rules_index *index = making->index;

    index->next = calloc(states * index->class_count, sizeof *index->next);
    index->hits = calloc(states, sizeof *index->hits);
    index->shorter = calloc(states, sizeof *index->shorter);
    index->all = calloc(making->count + 1, sizeof *index->all);
    index->visits = calloc(states, sizeof *index->visits);
    making->fallback = calloc(states, sizeof *making->fallback);
    making->queue = calloc(states, sizeof *making->queue);
    return index->next != NULL && index->hits != NULL && index->shorter != NULL &&
           index->all != NULL && index->visits != NULL && making->fallback != NULL &&
           making->queue != NULL;
}

static uint16_t *successor(const struct rules_index *index, size_t state, uint8_t byte)
{
    return &index->next[state * index->class_count + index->classes[byte]];
}

static void plant_text(struct making *making, size_t text)
{
    struct rules_index *index = making->index;
    size_t state = 0;

    for (size_t at = 0; at < beginning_length(&making->texts[text]); at++) {
        uint16_t *next = successor(index, state, making->texts[text].bytes[at]);
        if (*next == 0)
            *next = (uint16_t)index->state_count++;
        state = *next;
    }
    index->all[index->hit_count] =
        (struct hit){.rule = making->rules[text], .next = index->hits[state]};
    index->hits[state] = (uint32_t)++index->hit_count;
}

/* Breadth first: the fallback of a state is complete before the state is. */
static void index_complete(struct making *making)
{
    struct rules_index *index = making->index;
    size_t first = 0, last = 0, classes = index->class_count;

    making->queue[last++] = 0;
    while (first < last) {
        size_t state = making->queue[first++];
        size_t fallback = making->fallback[state];
        for (size_t class = 0; class < classes; class ++) {
            uint16_t *next = &index->next[state * classes + class];
            uint16_t other = state == 0 ? 0 : index->next[fallback * classes + class];
            if (*next == 0) {
                *next = other;
                continue;
            }
            making->fallback[*next] = other;
            index->shorter[*next] = index->hits[other] != 0 ? other : index->shorter[other];
            making->queue[last++] = *next;
        }
    }
}

static bool index_make(struct making *making, const struct filter *const *filters, size_t count)
{
    size_t states = collect_texts(making, filters, count);

    number_classes(making);
    making->index->ranges = rules_ranges_open(filters, count);
    if (making->index->ranges == NULL || !index_make_room(making, states))
        return false;
    making->index->state_count = 1;
    for (size_t i = 0; i < making->count; i++)
        plant_text(making, i);
    index_complete(making);
    for (size_t byte = 0; byte < 256; byte++)
        making->index->begins[byte] = *successor(making->index, 0, (uint8_t)byte) != 0;
    return true;
}

struct rules_index *rules_index_open(const struct filter *const *filters, size_t count)
{
    struct rules_index *index = calloc(1, sizeof *index);
    struct making *making = calloc(1, sizeof *making);
    bool made = false;

    if (index != NULL && making != NULL) {
        making->index = index;
        made = index_make(making, filters, count);
        free(making->fallback);
        free(making->queue);
    }
    free(making);
    if (made)
        return index;
    rules_index_close(index);
    return NULL;
}

void rules_index_close(struct rules_index *index)
{
    if (index == NULL)
        return;
    rules_ranges_close(index->ranges);
    free(index->next);
    free(index->hits);
    free(index->shorter);
    free(index->all);
    free(index->visits);
    free(index);
}

/* ---- using it */

/* Whether the search comes to the state for the first time. Each text is looked at once in a search,
 * however often the bytes have it. */
static bool visit_state(struct rules_index *index, size_t state)
{
    bool first = index->visits[state] != index->search;

    index->visits[state] = index->search;
    return first;
}

static void add_hits(struct rules_index *index, size_t state, struct rules_set *out)
{
    for (; state != 0 && visit_state(index, state); state = index->shorter[state])
        for (uint32_t at = index->hits[state]; at != 0; at = index->all[at - 1].next)
            rules_set_add(out, index->all[at - 1].rule);
}

/* A place in bytes that are searched. */
struct scan {
    const uint8_t *bytes;
    size_t size_bytes, at, state;
};

/* Goes on to the next state with hits; false: there is none. */
static bool index_scan(const struct rules_index *index, struct scan *scan)
{
    const uint8_t *bytes = scan->bytes;
    size_t at = scan->at, state = scan->state, end = scan->size_bytes;
    bool found = false;

    while (at < end && !found) {
        if (state == 0)
            while (at < end && !index->begins[bytes[at]])
                at++;
        if (at == end)
            break;
        state = *successor(index, state, bytes[at++]);
        found = index->hits[state] != 0 || index->shorter[state] != 0;
    }
    scan->at = at;
    scan->state = state;
    return found;
}

static void index_find(struct rules_index *index, const void *bytes, size_t size_bytes,
                       struct rules_set *out)
{
    struct scan scan = {.bytes = bytes, .size_bytes = size_bytes};

    while (index_scan(index, &scan))
        add_hits(index, scan.state, out);
}

void rules_index_find(struct rules_index *index, const struct filter_subject *subject,
                      struct rules_set *out)
{
    const struct rules_set *allowed = rules_ranges_find(index->ranges, subject);

    *out = (struct rules_set){.words = {0}};
    if (allowed == NULL)
        return;
    *out = index->always;
    index->search++;
    if (index->state_count > 1)
        index_find(index, subject->payload, subject->payload_bytes, out);
    rules_set_keep(out, allowed);
}

/* Whether a rule that is found in the state is one of these. */
static bool hits_meet(struct rules_index *index, size_t state, const struct rules_set *set)
{
    for (; state != 0 && visit_state(index, state); state = index->shorter[state])
        for (uint32_t at = index->hits[state]; at != 0; at = index->all[at - 1].next)
            if (rules_set_has(set, index->all[at - 1].rule))
                return true;
    return false;
}

bool rules_index_touches(struct rules_index *index, const struct filter_subject *subject)
{
    const struct rules_set *allowed = rules_ranges_find(index->ranges, subject);
    struct scan scan = {.bytes = subject->payload, .size_bytes = subject->payload_bytes};

    if (allowed == NULL)
        return false;
    if (index->has_always && rules_set_meets(allowed, &index->always))
        return true;
    index->search++;
    while (index_scan(index, &scan))
        if (hits_meet(index, scan.state, allowed))
            return true;
    return false;
}
