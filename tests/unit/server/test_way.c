/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* way: its promises one by one, then random datagrams against a list that is searched. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "../judge.h"
#include "udptui/base/units.h"
#include "udptui/server/way.h"

enum { HOPS_MAX = 8 };

static const int64_t ms = UNITS_NS_PER_MS;

struct fixture {
    struct slab *slab;
    struct way *way;
    struct impair_config impair;
    atomic_int_fast64_t free_ns;
    uint64_t number;
    int64_t due_ns[IMPAIR_COPIES_MAX]; /* of the latest departure */
};

static void open_fixture(struct fixture *fixture, const char *impair)
{
    *fixture = (struct fixture){.impair = {.seed = 7}};
    assert_null(impair_parse(impair, &fixture->impair));
    fixture->slab = slab_open(SLAB_BLOCK_MAX);
    fixture->way = way_open(HOPS_MAX, fixture->slab);
    assert_non_null(fixture->way);
}

static void close_fixture(struct fixture *fixture)
{
    assert_int_equal(slab_used_bytes(fixture->slab), 0);
    way_close(fixture->way);
    slab_close(fixture->slab);
}

static unsigned depart_with(struct fixture *fixture, const struct impair_fate *fate, uint64_t flow,
                            const char *text, int64_t now_ns)
{
    const struct way_datagram datagram = {.context = 100 + ++fixture->number,
                                          .flow = flow,
                                          .number = fixture->number,
                                          .bytes = (const uint8_t *)text,
                                          .size_bytes = text != NULL ? (uint32_t)strlen(text) : 5};

    return way_depart(fixture->way, &datagram, &fixture->impair.ways[IMPAIR_IN], fate,
                      &fixture->free_ns, now_ns, fixture->due_ns);
}

static unsigned depart(struct fixture *fixture, uint64_t flow, const char *text, int64_t now_ns)
{
    const struct impair_fate fate =
        impair_fate(&fixture->impair, IMPAIR_IN, fixture->number + 1, 0);

    return depart_with(fixture, &fate, flow, text, now_ns);
}

/* Takes the next, which is of this datagram, and lets it arrive. */
static struct way_hop *take(struct fixture *fixture, uint64_t number, int64_t now_ns)
{
    struct way_hop *hop = way_take(fixture->way, now_ns);

    assert_non_null(hop);
    assert_int_equal(hop->number, number);
    assert_int_equal(hop->context, 100 + number);
    if (hop->first)
        way_arrive(fixture->way, hop);
    return hop;
}

static void arrives_when_it_is_due(void **state)
{
    struct fixture fixture;

    (void)state;
    open_fixture(&fixture, "delay=80ms");
    assert_true(way_due_ns(fixture.way) == INT64_MAX);
    assert_int_equal(depart(&fixture, 1, "hello", 20 * ms), 1);
    assert_int_equal(fixture.due_ns[0], 100 * ms);
    assert_true(fixture.due_ns[1] == WAY_LOST);
    assert_int_equal(way_due_ns(fixture.way), 100 * ms);
    assert_null(way_take(fixture.way, 100 * ms - 1));
    struct way_hop *hop = take(&fixture, 1, 100 * ms);
    assert_memory_equal(hop->bytes, "hello", 5);
    assert_false(hop->corrupt);
    assert_true(way_due_ns(fixture.way) == INT64_MAX);
    way_free(fixture.way, hop);
    close_fixture(&fixture);
    way_close(NULL);
}

static void lost_is_not_under_way(void **state)
{
    struct fixture fixture;

    (void)state;
    open_fixture(&fixture, "loss=100%");
    assert_int_equal(depart(&fixture, 1, "hello", 0), 0);
    assert_true(fixture.due_ns[0] == WAY_LOST);
    assert_true(way_due_ns(fixture.way) == INT64_MAX);
    close_fixture(&fixture);
}

static void of_two_copies_one_is_first(void **state)
{
    struct fixture fixture;
    struct impair_fate fate = {.copies = 2, .delay_ns = {5 * ms, 3 * ms}, .corrupt = {true, false}};
    struct way_hop *hops[2];

    (void)state;
    open_fixture(&fixture, "off");
    assert_int_equal(depart_with(&fixture, &fate, 1, "a", 0), 2);
    hops[0] = take(&fixture, 1, 10 * ms);
    hops[1] = take(&fixture, 1, 10 * ms);
    assert_int_equal(hops[0]->copy, 1);
    assert_true(hops[0]->first);
    assert_int_equal(hops[1]->copy, 0);
    assert_false(hops[1]->first);
    assert_int_equal(hops[0]->bytes[0], 'a');
    assert_int_equal(hops[1]->bytes[0], 'a' ^ 1); /* bit 0 */
    assert_true(hops[1]->corrupt);
    way_free(fixture.way, hops[0]);
    way_free(fixture.way, hops[1]);
    close_fixture(&fixture);
}

static void nothing_empty_is_corrupt(void **state)
{
    struct fixture fixture;

    (void)state;
    open_fixture(&fixture, "corrupt=100%");
    assert_int_equal(depart(&fixture, 1, "", 0), 1);
    struct way_hop *hop = take(&fixture, 1, 0);
    assert_false(hop->corrupt);
    way_free(fixture.way, hop);
    close_fixture(&fixture);
}

/* Two later ones of its flow let it go; another flow's does not count. */
static void waits_to_be_overtaken(void **state)
{
    struct fixture fixture;
    const struct impair_fate late = {.copies = 1, .gap = 2}, plain = {.copies = 1};

    (void)state;
    open_fixture(&fixture, "off");
    depart_with(&fixture, &late, 1, "a", 0);
    assert_int_equal(fixture.due_ns[0], WAY_PATIENCE_NS);
    for (uint64_t number = 2; number <= 4; number++) {
        depart_with(&fixture, &plain, number == 2 ? 2 : 1, NULL, 0);
        struct way_hop *hop = take(&fixture, number, 0);
        assert_null(hop->bytes);
        way_free(fixture.way, hop);
        assert_int_equal(way_due_ns(fixture.way), number < 4 ? WAY_PATIENCE_NS : 0);
    }
    struct way_hop *hop = take(&fixture, 1, 0);
    assert_int_equal(hop->overtaken, 2);
    way_free(fixture.way, hop);
    close_fixture(&fixture);
}

/* Taken late, it still comes right after those that have overtaken it. */
static void is_not_overtaken_more_often(void **state)
{
    static const uint64_t order[] = {2, 3, 1, 4, 5, 6};
    struct fixture fixture;
    struct impair_fate fate = {.copies = 1, .gap = 2, .delay_ns = {ms}};

    (void)state;
    open_fixture(&fixture, "off");
    for (int64_t i = 0; i < 6; i++, fate.gap = 0)
        depart_with(&fixture, &fate, 1, NULL, i);
    for (size_t i = 0; i < sizeof order / sizeof *order; i++)
        way_free(fixture.way, take(&fixture, order[i], 50 * ms));
    close_fixture(&fixture);
}

/* What departs and arrives at once is the same with way_pass. */
static void a_pass_is_a_hop_without_a_wait(void **state)
{
    struct fixture fixture;
    struct way_hop passed[IMPAIR_COPIES_MAX];

    (void)state;
    open_fixture(&fixture, "loss=20%,dup=50%,corrupt=50%");
    for (uint64_t number = 1; number <= 1000; number++) {
        const struct impair_fate fate = impair_fate(&fixture.impair, IMPAIR_IN, number, 0);
        const struct way_datagram datagram = {
            .context = 100 + number, .flow = 1, .number = number, .size_bytes = 5};
        unsigned copies = way_pass(&datagram, &fate, 7, passed);
        assert_int_equal(depart(&fixture, 1, NULL, 7), copies);
        for (unsigned copy = 0; copy < copies; copy++) {
            struct way_hop *hop = take(&fixture, number, 7);
            assert_int_equal(passed[copy].context, hop->context);
            assert_int_equal(passed[copy].number, number);
            assert_int_equal(passed[copy].copy, hop->copy);
            assert_int_equal(passed[copy].first, hop->first);
            assert_int_equal(passed[copy].corrupt, hop->corrupt);
            assert_int_equal(passed[copy].bit, hop->bit);
            assert_int_equal(passed[copy].due_ns, hop->due_ns);
            way_free(fixture.way, hop);
        }
    }
    close_fixture(&fixture);
}

static void full_is_lost(void **state)
{
    struct fixture fixture;
    const struct impair_fate twice = {.copies = 2};
    static char large[40000];

    (void)state;
    memset(large, 'x', sizeof large - 1);
    open_fixture(&fixture, "off");
    assert_int_equal(depart_with(&fixture, &twice, 1, large, 0), 1); /* the bytes */
    assert_true(fixture.due_ns[1] == WAY_LOST);
    for (int i = 0; i < HOPS_MAX - 1; i++)
        assert_int_equal(depart(&fixture, 1, NULL, 0), 1);
    assert_int_equal(depart(&fixture, 1, NULL, 0), 0); /* the hops */
    for (uint64_t number = 1; number <= HOPS_MAX; number++)
        way_free(fixture.way, take(&fixture, number, 0));
    close_fixture(&fixture);
}

static void a_kept_block_outlives_its_hop(void **state)
{
    struct fixture fixture;

    (void)state;
    open_fixture(&fixture, "off");
    depart(&fixture, 1, "hello", 0);
    struct way_hop *hop = take(&fixture, 1, 0);
    uint8_t *kept = hop->bytes;
    hop->bytes = NULL;
    way_free(fixture.way, hop);
    assert_memory_equal(kept, "hello", 5);
    slab_free(fixture.slab, kept);
    close_fixture(&fixture);
}

/* ---- random datagrams: the model is a list of copies */

enum { FLOWS = 3, ROUNDS = 20000 };

struct copy {
    bool waits, first;
    uint64_t flow, number;
    int64_t due_ns, own_due_ns; /* own: without the wait to be overtaken */
    uint64_t order;
    unsigned copy, gap, overtaken;
    uint8_t byte;
};

struct model {
    struct fixture fixture;
    struct copy copies[HOPS_MAX];
    uint64_t random, order;
    int64_t now_ns;
};

static struct copy *model_first(struct model *model)
{
    struct copy *first = NULL;

    for (int i = 0; i < HOPS_MAX; i++) {
        struct copy *copy = &model->copies[i];
        if (copy->waits && (first == NULL || copy->due_ns < first->due_ns ||
                            (copy->due_ns == first->due_ns && copy->order < first->order)))
            first = copy;
    }
    return first;
}

static void model_add(struct model *model, const struct impair_fate *fate, uint64_t flow,
                      unsigned copy, uint8_t byte)
{
    int place = 0;

    while (place < HOPS_MAX && model->copies[place].waits)
        place++;
    bool room = place < HOPS_MAX;
    assert_true(room == (model->fixture.due_ns[copy] != WAY_LOST));
    if (!room)
        return;
    int64_t due_ns = model->now_ns + fate->delay_ns[copy];
    model->copies[place] = (struct copy){.waits = true,
                                         .first = true,
                                         .flow = flow,
                                         .number = model->fixture.number,
                                         .due_ns = due_ns + (fate->gap > 0 ? WAY_PATIENCE_NS : 0),
                                         .own_due_ns = due_ns,
                                         .order = model->order++,
                                         .copy = copy,
                                         .gap = fate->gap,
                                         .byte = byte};
    if (fate->corrupt[copy])
        model->copies[place].byte ^= (uint8_t)(1u << fate->bit[copy] % 8);
    assert_int_equal(model->fixture.due_ns[copy], model->copies[place].due_ns);
}

static void model_depart(struct model *model)
{
    char text[2] = {(char)('a' + judge_random(&model->random) % 26), '\0'};
    uint64_t flow = judge_random(&model->random) % FLOWS;
    struct impair_fate fate =
        impair_fate(&model->fixture.impair, IMPAIR_IN, model->fixture.number + 1, 0);

    depart_with(&model->fixture, &fate, flow, text, model->now_ns);
    for (unsigned copy = 0; copy < fate.copies && !fate.lost; copy++)
        model_add(model, &fate, flow, copy, (uint8_t)text[0]);
}

/* The copy has arrived. */
static void model_arrive(struct model *model, const struct copy *arrived)
{
    for (int i = 0; i < HOPS_MAX; i++) {
        struct copy *other = &model->copies[i];
        if (!other->waits || other->flow != arrived->flow)
            continue;
        other->first &= other->number != arrived->number;
        if (!arrived->first || other->number >= arrived->number)
            continue;
        if (++other->overtaken != other->gap)
            continue;
        other->due_ns = other->own_due_ns > arrived->due_ns ? other->own_due_ns : arrived->due_ns;
        other->order = model->order++;
    }
}

static int compare_places(const void *one, const void *other)
{
    const struct copy *a = *(struct copy *const *)one, *b = *(struct copy *const *)other;

    return a->number != b->number ? (a->number < b->number ? -1 : 1) : (int)a->copy - (int)b->copy;
}

/* The order in which the way goes through them, so that equal times get equal orders. */
static void model_sort(struct model *model)
{
    struct copy *sorted[HOPS_MAX], copies[HOPS_MAX];

    for (int i = 0; i < HOPS_MAX; i++)
        sorted[i] = &model->copies[i];
    qsort(sorted, HOPS_MAX, sizeof *sorted, compare_places);
    for (int i = 0; i < HOPS_MAX; i++)
        copies[i] = *sorted[i];
    memcpy(model->copies, copies, sizeof copies);
}

static void model_take(struct model *model)
{
    model_sort(model);
    struct copy *first = model_first(model);
    struct way_hop *hop = way_take(model->fixture.way, model->now_ns);

    assert_true((hop != NULL) == (first != NULL && first->due_ns <= model->now_ns));
    if (hop == NULL)
        return;
    assert_int_equal(hop->number, first->number);
    assert_int_equal(hop->copy, first->copy);
    assert_int_equal(hop->first, first->first);
    assert_int_equal(hop->overtaken, first->overtaken);
    assert_int_equal(hop->bytes[0], first->byte);
    if (hop->first)
        way_arrive(model->fixture.way, hop);
    way_free(model->fixture.way, hop);
    first->waits = false;
    model_arrive(model, first);
}

static void agrees_with_a_list(void **state)
{
    static struct model model;

    (void)state;
    model = (struct model){.random = 5};
    open_fixture(&model.fixture, "loss=10%,dup=30%,delay=10ms+-9ms,reorder=30%,corrupt=30%");
    for (int i = 0; i < ROUNDS; i++) {
        model.now_ns += judge_random(&model.random) % (8 * (uint32_t)ms);
        if (judge_random(&model.random) % 2 == 0)
            model_depart(&model);
        for (unsigned takes = judge_random(&model.random) % 3; takes > 0; takes--)
            model_take(&model);
        const struct copy *first = model_first(&model);
        assert_true(way_due_ns(model.fixture.way) == (first != NULL ? first->due_ns : INT64_MAX));
    }
    model.now_ns = INT64_MAX;
    while (way_due_ns(model.fixture.way) != INT64_MAX)
        model_take(&model);
    close_fixture(&model.fixture);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(arrives_when_it_is_due),         cmocka_unit_test(lost_is_not_under_way),
    cmocka_unit_test(of_two_copies_one_is_first),     cmocka_unit_test(nothing_empty_is_corrupt),
    cmocka_unit_test(waits_to_be_overtaken),          cmocka_unit_test(is_not_overtaken_more_often),
    cmocka_unit_test(a_pass_is_a_hop_without_a_wait), cmocka_unit_test(full_is_lost),
    cmocka_unit_test(a_kept_block_outlives_its_hop),  cmocka_unit_test(agrees_with_a_list),
};

const struct suite suite_way = {
    .name = "way", .tests = tests, .count = sizeof tests / sizeof *tests};
