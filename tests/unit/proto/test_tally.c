/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tally against a model that keeps every datagram's count apart and sorts all clients. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/base/array.h"
#include "udptui/proto/tally.h"

static struct event_client client_of(uint32_t slot, uint32_t generation, uint64_t received)
{
    return (struct event_client){.kind = EVENT_CLIENT,
                                 .slot = slot,
                                 .generation = generation,
                                 .counts = {.received = received, .acked = received}};
}

static void nothing_was_taken(void **state)
{
    struct tally *tally = tally_open(2, 3);
    uint32_t slots[3];
    struct event_totals totals = tally_totals(tally);

    (void)state;
    assert_int_equal(totals.counts.received, 0);
    assert_int_equal(totals.clients, 0);
    assert_int_equal(tally_client_count(tally), 0);
    assert_null(tally_client(tally, 0));
    assert_int_equal(tally_busiest(tally, slots, COUNT_OF(slots)), 0);
    assert_int_equal(tally_version(tally), 0);
    tally_close(tally);
    tally_close(NULL);
}

static void totals_of_the_engines_are_added(void **state)
{
    struct tally *tally = tally_open(2, 0);
    struct event_totals totals = {.kind = EVENT_TOTALS, .engine = 0, .clients = 2};

    (void)state;
    totals.counts.received = 5;
    tally_take(tally, &totals);
    totals.counts.received = 7; /* cumulative: not added to the 5 */
    tally_take(tally, &totals);
    totals.engine = 1;
    totals.counts.received = 10;
    tally_take(tally, &totals);
    assert_int_equal(tally_totals(tally).counts.received, 17);
    assert_int_equal(tally_totals(tally).clients, 4);
    assert_int_equal(tally_version(tally), 3);
    tally_close(tally);
}

static void counts_before_a_reset_are_kept(void **state)
{
    struct tally *tally = tally_open(2, 4);
    struct event_totals totals = {.kind = EVENT_TOTALS,
                                  .clients = 1,
                                  .waiting = 3,
                                  .queue_bytes = 9,
                                  .since_ns = 50,
                                  .counts = {.received = 5, .acked = 5},
                                  .rtts = {.count = 2, .sum_ns = 8, .min_ns = 3, .max_ns = 5}};
    struct event_reset reset = {.kind = EVENT_RESET, .engine = 0};
    struct event_client client = client_of(1, 1, 5);

    (void)state;
    tally_take(tally, &totals);
    tally_take(tally, &client);
    client.engine = 1;
    client.slot = 2;
    tally_take(tally, &client);
    reset.before = totals;
    reset.before.counts = (struct counts){.received = 6, .acked = 6}; /* one since the tick */
    tally_take(tally, &reset);
    assert_int_equal(tally_totals(tally).counts.received, 6);
    assert_int_equal(tally_totals(tally).evicted.received, 6);
    assert_int_equal(tally_totals(tally).clients, 0);
    assert_int_equal(tally_totals(tally).waiting, 0);
    assert_int_equal(tally_totals(tally).queue_bytes, 0);
    assert_int_equal(tally_totals(tally).since_ns, 50);
    assert_null(tally_client(tally, 1));
    assert_non_null(tally_client(tally, 2)); /* of the other engine */
    assert_int_equal(tally_client_count(tally), 1);
    totals.counts = (struct counts){.received = 1, .acked = 1};
    totals.since_ns = 60;
    totals.rtts = (struct event_rtts){.count = 1, .sum_ns = 9, .min_ns = 9, .max_ns = 9};
    tally_take(tally, &totals);
    assert_int_equal(tally_totals(tally).counts.received, 7);
    assert_int_equal(tally_totals(tally).since_ns, 50);
    assert_int_equal(tally_totals(tally).rtts.count, 3);
    assert_int_equal(tally_totals(tally).rtts.sum_ns, 17);
    assert_int_equal(tally_totals(tally).rtts.min_ns, 3);
    assert_int_equal(tally_totals(tally).rtts.max_ns, 9);
    tally_close(tally);
}

static void other_records_and_places_change_nothing(void **state)
{
    struct tally *tally = tally_open(1, 2);
    const struct event_message message = {.kind = EVENT_MESSAGE};
    const struct event_totals totals = {.kind = EVENT_TOTALS, .engine = 1, .clients = 1};
    const struct event_client client = client_of(2, 1, 1);

    (void)state;
    tally_take(tally, &message);
    tally_take(tally, &totals);
    assert_int_equal(tally_version(tally), 0);
    tally_take(tally, &client);
    assert_int_equal(tally_client_count(tally), 0);
    assert_null(tally_client(tally, 2));
    assert_int_equal(tally_totals(tally).clients, 0);
    tally_close(tally);
}

static void a_slot_has_its_latest_client(void **state)
{
    struct tally *tally = tally_open(1, 2);
    struct event_client client = client_of(1, 1, 9);

    (void)state;
    tally_take(tally, &client);
    client = client_of(1, 2, 3);
    tally_take(tally, &client);
    assert_int_equal(tally_client_count(tally), 1);
    assert_int_equal(tally_client(tally, 1)->generation, 2);
    assert_int_equal(tally_client(tally, 1)->counts.received, 3);
    tally_close(tally);
}

static void equal_clients_come_by_slot(void **state)
{
    struct tally *tally = tally_open(1, 8);
    uint32_t slots[4];

    (void)state;
    for (uint32_t i = 8; i > 0; i--) {
        struct event_client client = client_of(i - 1, 1, 5);
        tally_take(tally, &client);
    }
    assert_int_equal(tally_busiest(tally, slots, 0), 0);
    assert_int_equal(tally_busiest(tally, slots, COUNT_OF(slots)), 4);
    for (uint32_t i = 0; i < COUNT_OF(slots); i++)
        assert_int_equal(slots[i], i);
    tally_close(tally);
}

/* ---- random records */

enum { ENGINES = 3, SLOTS_EACH = 5, SLOTS = ENGINES * SLOTS_EACH, EVENTS = 4000 };

/* Engines as they are: each has slots of its own, and reports some of what has happened. */
struct model {
    struct event_client clients[SLOTS];  /* of the engines; kind 0: none */
    struct event_client reported[SLOTS]; /* what the tally was given */
    uint64_t received[ENGINES], told[ENGINES], ended[ENGINES];
    unsigned seed;
};

static unsigned model_random(struct model *model, unsigned below)
{
    model->seed = model->seed * 1103515245 + 12345;
    return model->seed / 65536 % below;
}

static void model_receive(struct model *model)
{
    uint32_t slot = model_random(model, SLOTS);
    struct event_client *client = &model->clients[slot];

    if (client->kind != EVENT_CLIENT || model_random(model, 10) == 0)
        *client = client_of(slot, client->generation + 1, 0);
    client->engine = (uint8_t)(slot / SLOTS_EACH);
    client->counts.received++;
    model->received[client->engine]++;
}

static void model_report_totals(struct model *model, struct tally *tally, uint8_t engine)
{
    struct event_totals totals = {.kind = EVENT_TOTALS, .engine = engine};

    totals.counts.received = model->told[engine] = model->received[engine];
    tally_take(tally, &totals);
}

static void model_report_client(struct model *model, struct tally *tally)
{
    uint32_t slot = model_random(model, SLOTS);

    if (model->clients[slot].kind != EVENT_CLIENT)
        return;
    model->reported[slot] = model->clients[slot];
    tally_take(tally, &model->clients[slot]);
}

static void model_reset(struct model *model, struct tally *tally, uint8_t engine)
{
    const struct event_reset reset = {.kind = EVENT_RESET,
                                      .engine = engine,
                                      .before = {.counts = {.received = model->received[engine]}}};

    model->ended[engine] += model->received[engine];
    model->told[engine] = model->received[engine] = 0;
    for (uint32_t i = 0; i < SLOTS_EACH; i++) {
        model->clients[engine * SLOTS_EACH + i].kind = 0; /* the generation continues */
        model->reported[engine * SLOTS_EACH + i].kind = 0;
    }
    tally_take(tally, &reset);
}

static void model_step(struct model *model, struct tally *tally)
{
    switch (model_random(model, 40)) {
    case 0:
        model_reset(model, tally, (uint8_t)model_random(model, ENGINES));
        break;
    case 1:
    case 2:
    case 3:
        model_report_totals(model, tally, (uint8_t)model_random(model, ENGINES));
        break;
    case 4:
    case 5:
    case 6:
    case 7:
    case 8:
    case 9:
    case 10:
        model_report_client(model, tally);
        break;
    default:
        model_receive(model);
    }
}

static int model_compare(const void *a, const void *b)
{
    const struct event_client *left = *(struct event_client *const *)a;
    const struct event_client *right = *(struct event_client *const *)b;

    if (left->counts.received != right->counts.received)
        return left->counts.received > right->counts.received ? -1 : 1;
    return left->slot < right->slot ? -1 : 1;
}

static void model_check_busiest(const struct model *model, const struct tally *tally, size_t room)
{
    const struct event_client *sorted[SLOTS];
    uint32_t slots[SLOTS];
    size_t count = 0, found = tally_busiest(tally, slots, room);

    for (uint32_t slot = 0; slot < SLOTS; slot++)
        if (model->reported[slot].kind == EVENT_CLIENT)
            sorted[count++] = &model->reported[slot];
    qsort(sorted, count, sizeof(*sorted), model_compare);
    assert_int_equal(tally_client_count(tally), count);
    assert_int_equal(found, count < room ? count : room);
    for (size_t i = 0; i < found; i++)
        assert_int_equal(slots[i], sorted[i]->slot);
}

static void model_check(const struct model *model, const struct tally *tally)
{
    uint64_t received = 0;

    for (uint8_t engine = 0; engine < ENGINES; engine++)
        received += model->told[engine] + model->ended[engine];
    assert_int_equal(tally_totals(tally).counts.received, received);
    for (uint32_t slot = 0; slot < SLOTS; slot++) {
        const struct event_client *client = tally_client(tally, slot);
        assert_int_equal(client != NULL, model->reported[slot].kind == EVENT_CLIENT);
        if (client != NULL)
            assert_memory_equal(client, &model->reported[slot], sizeof *client);
    }
}

static void random_records_match_the_model(void **state)
{
    struct model model = {.seed = 7};
    struct tally *tally = tally_open(ENGINES, SLOTS);
    uint64_t before = 0;

    (void)state;
    for (int i = 0; i < EVENTS; i++) {
        model_step(&model, tally);
        model_check(&model, tally);
        model_check_busiest(&model, tally, model_random(&model, SLOTS + 2) % (SLOTS + 1));
        assert_true(tally_totals(tally).counts.received >= before);
        before = tally_totals(tally).counts.received;
    }
    assert_true(before > 0);
    tally_close(tally);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(nothing_was_taken),
    cmocka_unit_test(totals_of_the_engines_are_added),
    cmocka_unit_test(counts_before_a_reset_are_kept),
    cmocka_unit_test(other_records_and_places_change_nothing),
    cmocka_unit_test(a_slot_has_its_latest_client),
    cmocka_unit_test(equal_clients_come_by_slot),
    cmocka_unit_test(random_records_match_the_model),
};

const struct suite suite_tally = {
    .name = "tally", .tests = tests, .count = sizeof tests / sizeof *tests};
