/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rules_ranges: a sorted array of classes an axis; what the latest two endpoints leave is kept. */
#include "rules_ranges_internal.h"

#include <stdlib.h>
#include <string.h>

#include "filter_internal.h"

enum {
    BOUNDS_MAX = 1 + 2 * 16,        /* of one rule on one axis, with the axis' beginning */
    CLASSES_MAX = 1 + 4 * RULES_MAX /* of an axis */
};

enum axis {
    AXIS_FROM_ADDRESS,
    AXIS_FROM_PORT,
    AXIS_TO_ADDRESS,
    AXIS_TO_PORT,
    AXIS_EITHER_PORT,
    AXIS_SIZE,
    AXES,
};

/* An address with its family, or a number in `low`; they are ordered as they stand here. */
struct value {
    uint64_t family, high, low;
};

/* The values from `first` on, before `after`. */
struct span {
    struct value first, after;
};

struct classes {
    struct value *firsts; /* the least value of each, rising; the first is 0 */
    struct rules_set *sets;
    size_t count; /* 0: the axis excludes no rule */
};

struct rules_ranges {
    struct rules_set all;
    struct classes axes[AXES];
    bool has_latest; /* `between` is what latest_from and latest_to leave */
    bool is_fixed;   /* it is what any endpoints leave: no rule has a condition on them */
    struct endpoint latest_from, latest_to;
    struct rules_set between;
    bool leaves_none; /* `between` is empty */
    struct rules_set found;
};

/* ---- values */

static struct value number_value(uint64_t number)
{
    return (struct value){.low = number};
}

static uint64_t load_word(const uint8_t *bytes)
{
    uint64_t word = 0;

    for (size_t i = 0; i < sizeof word; i++)
        word = word << 8 | bytes[i];
    return word;
}

static struct value address_value(const struct endpoint *endpoint)
{
    return (struct value){.family = endpoint->family,
                          .high = load_word(endpoint->address),
                          .low = load_word(endpoint->address + 8)};
}

static bool value_is_less(const struct value *a, const struct value *b)
{
    if (a->family != b->family)
        return a->family < b->family;
    return a->high != b->high ? a->high < b->high : a->low < b->low;
}

static int value_compare(const void *a, const void *b)
{
    return value_is_less(a, b) ? -1 : value_is_less(b, a);
}

/* ---- what a node of a filter says about an axis: false if nothing */

typedef bool node_span(const struct filter_node *node, struct span *out);

static bool span_of_range(const struct filter_node *node, struct span *out)
{
    const struct filter_range *range = &node->of.range;

    *out = (struct span){.first = number_value((uint64_t)range->least),
                         .after = number_value((uint64_t)range->most + 1)};
    return true;
}

static bool span_of_port(const struct filter_node *node, struct span *out)
{
    uint64_t port = node->of.network.address.port;

    *out = (struct span){.first = number_value(port), .after = number_value(port + 1)};
    return port != 0;
}

/* The bits that a prefix leaves open in a word of which it has so many. */
static uint64_t open_bits(unsigned prefix_bits)
{
    return prefix_bits >= 64 ? 0 : UINT64_MAX >> prefix_bits;
}

/* An IPv4 address is the first 32 bits of a value. */
static bool span_of_prefix(const struct filter_node *node, struct span *out)
{
    unsigned bits = node->of.network.prefix_bits;
    uint64_t high = open_bits(bits), low = open_bits(bits > 64 ? bits - 64 : 0);
    struct value first = address_value(&node->of.network.address), after;

    first.high &= ~high;
    first.low &= ~low;
    after = (struct value){
        .family = first.family, .high = first.high | high, .low = (first.low | low) + 1};
    after.high += after.low == 0;
    after.family += after.low == 0 && after.high == 0;
    *out = (struct span){.first = first, .after = after};
    return node->of.network.address.family != ENDPOINT_NONE;
}

static const struct {
    enum filter_kind kind;
    node_span *span;
} axis_rows[AXES] = {
    [AXIS_FROM_ADDRESS] = {FILTER_FROM, span_of_prefix},
    [AXIS_FROM_PORT] = {FILTER_FROM, span_of_port},
    [AXIS_TO_ADDRESS] = {FILTER_TO, span_of_prefix},
    [AXIS_TO_PORT] = {FILTER_TO, span_of_port},
    [AXIS_EITHER_PORT] = {FILTER_PORT, span_of_range},
    [AXIS_SIZE] = {FILTER_SIZE, span_of_range},
};

static bool axis_span(enum axis axis, const struct filter_node *node, struct span *out)
{
    return node->kind == axis_rows[axis].kind && axis_rows[axis].span(node, out);
}

/* ---- what a filter says about an axis */

/* Whether it has a condition on the axis in every case in which it passes. */
static bool axis_binds(enum axis axis, const struct filter *filter, size_t at)
{
    const struct filter_node *node = &filter->nodes[at];
    struct span span;

    if (node->kind == FILTER_AND)
        return axis_binds(axis, filter, node->left) || axis_binds(axis, filter, node->right);
    if (node->kind == FILTER_OR)
        return axis_binds(axis, filter, node->left) && axis_binds(axis, filter, node->right);
    return axis_span(axis, node, &span);
}

/*
 * Whether it may pass with this value. Of either port: whether it may pass if this is the port that
 * fulfils its conditions. Two conditions may be fulfilled by one port each, so only one of them can
 * be asked for.
 */
static bool axis_allows(enum axis axis, const struct filter *filter, size_t at,
                        const struct value *value)
{
    const struct filter_node *node = &filter->nodes[at];
    struct span span;

    if (node->kind == FILTER_AND && axis == AXIS_EITHER_PORT)
        return axis_allows(axis, filter,
                           axis_binds(axis, filter, node->left) ? node->left : node->right, value);
    if (node->kind == FILTER_AND)
        return axis_allows(axis, filter, node->left, value) &&
               axis_allows(axis, filter, node->right, value);
    if (node->kind == FILTER_OR)
        return axis_allows(axis, filter, node->left, value) ||
               axis_allows(axis, filter, node->right, value);
    return !axis_span(axis, node, &span) ||
           (!value_is_less(value, &span.first) && value_is_less(value, &span.after));
}

/* Where its answer may change, rising, from 0 on. Returns how many, 0 if it is not to be indexed. */
static size_t filter_bounds(enum axis axis, const struct filter *filter,
                            struct value out[BOUNDS_MAX])
{
    size_t count = 1;
    struct span span;

    if (!axis_binds(axis, filter, filter->root))
        return 0;
    out[0] = number_value(0);
    for (size_t i = 0; i < filter->count; i++) {
        if (!axis_span(axis, &filter->nodes[i], &span))
            continue;
        if (count + 2 > BOUNDS_MAX)
            return 0;
        out[count++] = span.first;
        out[count++] = span.after;
    }
    qsort(out, count, sizeof *out, value_compare);
    return count;
}

/* ---- making it */

/* Sorts them and leaves one of each. Returns how many are left. */
static size_t leave_one_of_each(struct value *values, size_t count)
{
    size_t left = 0;

    qsort(values, count, sizeof *values, value_compare);
    for (size_t i = 0; i < count; i++)
        if (left == 0 || value_is_less(&values[left - 1], &values[i]))
            values[left++] = values[i];
    return left;
}

/* The bounds of all rules. *bound: the rules that there was room for. */
static size_t gather_bounds(enum axis axis, const struct filter *const *filters, size_t count,
                            struct value *out, struct rules_set *bound)
{
    size_t total = 1;

    out[0] = number_value(0);
    for (size_t rule = 0; rule < count; rule++) {
        struct value own[BOUNDS_MAX];
        size_t more = filter_bounds(axis, filters[rule], own);
        if (more == 0 || total + more - 1 > CLASSES_MAX)
            continue;
        memcpy(out + total, own + 1, (more - 1) * sizeof *own);
        total += more - 1;
        rules_set_add(bound, rule);
    }
    return leave_one_of_each(out, total);
}

static size_t class_of(const struct classes *classes, const struct value *value)
{
    size_t first = 0, after = classes->count;

    while (after - first > 1) {
        size_t middle = first + (after - first) / 2;
        if (value_is_less(value, &classes->firsts[middle]))
            after = middle;
        else
            first = middle;
    }
    return first;
}

/* Takes the rule out of the classes in which its filter does not pass. */
static void exclude_rule(struct classes *classes, enum axis axis, const struct filter *filter,
                         size_t rule)
{
    struct value own[BOUNDS_MAX];
    size_t count = filter_bounds(axis, filter, own);

    for (size_t i = 0; i < count; i++) {
        size_t after = i + 1 < count ? class_of(classes, &own[i + 1]) : classes->count;
        if (axis_allows(axis, filter, filter->root, &own[i]))
            continue;
        for (size_t class = class_of(classes, &own[i]); class < after; class ++)
            rules_set_remove(&classes->sets[class], rule);
    }
}

static bool make_classes(struct rules_ranges *ranges, enum axis axis,
                         const struct filter *const *filters, size_t count)
{
    struct classes *classes = &ranges->axes[axis];
    struct value *bounds = malloc(CLASSES_MAX * sizeof *bounds);
    struct rules_set bound = {.words = {0}};

    if (bounds == NULL)
        return false;
    classes->count = gather_bounds(axis, filters, count, bounds, &bound);
    classes->firsts = realloc(bounds, classes->count * sizeof *bounds);
    if (classes->firsts == NULL)
        classes->firsts = bounds; /* more than it needs */
    classes->sets = malloc(classes->count * sizeof *classes->sets);
    if (classes->sets == NULL)
        return false;
    for (size_t i = 0; i < classes->count; i++)
        classes->sets[i] = ranges->all;
    for (size_t rule = 0; rule < count; rule++)
        if (rules_set_has(&bound, rule))
            exclude_rule(classes, axis, filters[rule], rule);
    if (classes->count == 1) /* such as "size:>=0" */
        classes->count = 0;
    return true;
}

struct rules_ranges *rules_ranges_open(const struct filter *const *filters, size_t count)
{
    struct rules_ranges *ranges = calloc(1, sizeof *ranges);

    if (ranges == NULL)
        return NULL;
    for (size_t rule = 0; rule < count; rule++)
        rules_set_add(&ranges->all, rule);
    ranges->between = ranges->all;
    ranges->is_fixed = true;
    for (size_t axis = 0; axis < AXES; axis++) {
        if (!make_classes(ranges, (enum axis)axis, filters, count)) {
            rules_ranges_close(ranges);
            return NULL;
        }
        ranges->is_fixed &= axis == AXIS_SIZE || ranges->axes[axis].count == 0;
    }
    return ranges;
}

void rules_ranges_close(struct rules_ranges *ranges)
{
    if (ranges == NULL)
        return;
    for (size_t axis = 0; axis < AXES; axis++) {
        free(ranges->axes[axis].firsts);
        free(ranges->axes[axis].sets);
    }
    free(ranges);
}

/* ---- using it */

static void keep_class(const struct classes *classes, struct value value, struct rules_set *set)
{
    if (classes->count > 0)
        rules_set_keep(set, &classes->sets[class_of(classes, &value)]);
}

static void keep_either_port(const struct classes *classes, uint16_t one, uint16_t other,
                             struct rules_set *set)
{
    struct value values[] = {number_value(one), number_value(other)};

    if (classes->count == 0)
        return;
    struct rules_set either = classes->sets[class_of(classes, &values[0])];
    rules_set_join(&either, &classes->sets[class_of(classes, &values[1])]);
    rules_set_keep(set, &either);
}

/* What two endpoints leave; NULL: not known. */
static void leave_between(struct rules_ranges *ranges, const struct endpoint *from,
                          const struct endpoint *to)
{
    const struct classes *axes = ranges->axes;
    struct rules_set *set = &ranges->between;

    *set = ranges->all;
    if (from != NULL) {
        keep_class(&axes[AXIS_FROM_ADDRESS], address_value(from), set);
        keep_class(&axes[AXIS_FROM_PORT], number_value(from->port), set);
    }
    if (to != NULL) {
        keep_class(&axes[AXIS_TO_ADDRESS], address_value(to), set);
        keep_class(&axes[AXIS_TO_PORT], number_value(to->port), set);
    }
    if (from != NULL && to != NULL)
        keep_either_port(&axes[AXIS_EITHER_PORT], from->port, to->port, set);
    ranges->leaves_none = !rules_set_meets(set, set);
}

/* The messages of a datagram are between the same two. */
static void find_between(struct rules_ranges *ranges, const struct endpoint *from,
                         const struct endpoint *to)
{
    bool known = from != NULL && to != NULL;

    if (ranges->is_fixed)
        return;
    if (known && ranges->has_latest && endpoint_equal(from, &ranges->latest_from) &&
        endpoint_equal(to, &ranges->latest_to))
        return;
    leave_between(ranges, from, to);
    ranges->has_latest = known;
    if (known) {
        ranges->latest_from = *from;
        ranges->latest_to = *to;
    }
}

const struct rules_set *rules_ranges_find(struct rules_ranges *ranges,
                                          const struct filter_subject *subject)
{
    const struct classes *sizes = &ranges->axes[AXIS_SIZE];

    find_between(ranges, subject->from, subject->to);
    if (ranges->leaves_none)
        return NULL;
    if (sizes->count == 0 || subject->size_bytes < 0)
        return &ranges->between;
    ranges->found = ranges->between;
    keep_class(sizes, number_value((uint64_t)subject->size_bytes), &ranges->found);
    return &ranges->found;
}
