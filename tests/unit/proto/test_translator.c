/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/proto/translator.h"

enum { ENDPOINTS = 4, TIMEOUT = 100 };

static struct endpoint endpoint(unsigned number)
{
    return (struct endpoint){
        .family = ENDPOINT_IPV4, .address = {127, 0, 0, (uint8_t)number}, .port = 4010};
}

static struct translator opened(enum translator_behaviour mapping,
                                enum translator_behaviour filtering)
{
    struct translator translator;

    translator_open(&translator, &(struct translator_config){.mapping = mapping,
                                                             .filtering = filtering,
                                                             .timeout_ns = TIMEOUT});
    return translator;
}

static void independent_mapping_keeps_the_port(void **state)
{
    struct translator nat = opened(TRANSLATOR_INDEPENDENT, TRANSLATOR_DEPENDENT);
    const struct endpoint a = endpoint(1), b = endpoint(2), server = endpoint(9),
                          peer = endpoint(8);

    (void)state;
    assert_int_equal(translator_send(&nat, &a, &server, 0), 0);
    assert_int_equal(translator_send(&nat, &a, &peer, 0), 0);
    assert_int_equal(translator_send(&nat, &b, &server, 0), 1);
}

static void dependent_mapping_takes_another_port(void **state)
{
    struct translator nat = opened(TRANSLATOR_DEPENDENT, TRANSLATOR_DEPENDENT);
    const struct endpoint a = endpoint(1), server = endpoint(9), peer = endpoint(8);

    (void)state;
    assert_int_equal(translator_send(&nat, &a, &server, 0), 0);
    assert_int_equal(translator_send(&nat, &a, &peer, 0), 1);
    assert_int_equal(translator_send(&nat, &a, &server, 0), 0);
}

static void filtering(void **state)
{
    struct translator open = opened(TRANSLATOR_INDEPENDENT, TRANSLATOR_INDEPENDENT);
    struct translator strict = opened(TRANSLATOR_INDEPENDENT, TRANSLATOR_DEPENDENT);
    const struct endpoint a = endpoint(1), server = endpoint(9);
    struct endpoint inside = {0}, other_port = endpoint(9);

    (void)state;
    other_port.port++;
    translator_send(&open, &a, &server, 0);
    translator_send(&strict, &a, &server, 0);
    assert_int_equal(translator_receive(&open, 0, &other_port, 1, &inside), TRANSLATOR_PASSES);
    assert_int_equal(translator_receive(&strict, 0, &server, 1, &inside), TRANSLATOR_PASSES);
    assert_true(endpoint_equal(&inside, &a));
    assert_int_equal(translator_receive(&strict, 0, &other_port, 1, &inside), TRANSLATOR_FILTERED);
    assert_int_equal(translator_receive(&strict, 1, &server, 1, &inside), TRANSLATOR_UNMAPPED);
    assert_int_equal(translator_receive(&strict, -1, &server, 1, &inside), TRANSLATOR_UNMAPPED);
    assert_int_equal(translator_receive(&strict, TRANSLATOR_PORTS_MAX, &server, 1, &inside),
                     TRANSLATOR_UNMAPPED);
}

static void only_outbound_datagrams_keep_a_mapping(void **state)
{
    struct translator nat = opened(TRANSLATOR_INDEPENDENT, TRANSLATOR_DEPENDENT);
    const struct endpoint a = endpoint(1), server = endpoint(9);
    struct endpoint inside;

    (void)state;
    translator_send(&nat, &a, &server, 0);
    translator_send(&nat, &a, &server, TIMEOUT - 1);
    assert_int_equal(translator_receive(&nat, 0, &server, 2 * TIMEOUT - 2, &inside),
                     TRANSLATOR_PASSES);
    assert_int_equal(translator_receive(&nat, 0, &server, 2 * TIMEOUT - 1, &inside),
                     TRANSLATOR_UNMAPPED);
    assert_int_equal(translator_send(&nat, &a, &server, 2 * TIMEOUT), 1);
}

static void a_full_table(void **state)
{
    struct translator nat = opened(TRANSLATOR_DEPENDENT, TRANSLATOR_DEPENDENT);
    struct translator shared = opened(TRANSLATOR_INDEPENDENT, TRANSLATOR_DEPENDENT);
    const struct endpoint a = endpoint(1);
    struct endpoint outside;

    (void)state;
    for (unsigned i = 0; i < TRANSLATOR_PORTS_MAX + 1; i++) {
        outside = endpoint(10 + i);
        assert_int_equal(translator_send(&nat, &a, &outside, 0),
                         i < TRANSLATOR_PORTS_MAX ? (int)i : TRANSLATOR_FULL);
    }
    for (unsigned i = 0; i < TRANSLATOR_PEERS_MAX + 1; i++) {
        outside = endpoint(10 + i);
        assert_int_equal(translator_send(&shared, &a, &outside, 0),
                         i < TRANSLATOR_PEERS_MAX ? 0 : TRANSLATOR_FULL);
    }
}

/* The model: when each inside endpoint last sent to each outside one by which port. */
struct model {
    int64_t sent[TRANSLATOR_PORTS_MAX][ENDPOINTS][ENDPOINTS]; /* +1; 0: never */
};

static int64_t latest(const struct model *model, int port, unsigned inside)
{
    int64_t last = 0;

    for (unsigned i = 0; i < ENDPOINTS; i++)
        if (model->sent[port][inside][i] > last)
            last = model->sent[port][inside][i];
    return last;
}

static bool may_pass(const struct model *model, int port, unsigned inside, unsigned outside,
                     bool strict, int64_t now)
{
    int64_t last = latest(model, port, inside);

    return last > 0 && now + 1 - last < TIMEOUT && (!strict || model->sent[port][inside][outside]);
}

static void play(enum translator_behaviour mapping, enum translator_behaviour filter,
                 unsigned *seed)
{
    struct translator nat = opened(mapping, filter);
    struct model model = {0};
    int64_t now = 0;

    for (int step = 0; step < 60; step++, now += rand_r(seed) % 40) {
        unsigned inside = (unsigned)rand_r(seed) % 2, outside = (unsigned)rand_r(seed) % ENDPOINTS;
        const struct endpoint from = endpoint(inside), to = endpoint(10 + outside);
        struct endpoint got;
        int port = translator_send(&nat, &from, &to, now);
        if (port != TRANSLATOR_FULL)
            model.sent[port][inside][outside] = now + 1;
        now += rand_r(seed) % 40;
        port = rand_r(seed) % TRANSLATOR_PORTS_MAX;
        enum translator_verdict verdict = translator_receive(&nat, port, &to, now, &got);
        bool passes[2];
        for (unsigned i = 0; i < 2; i++)
            passes[i] = may_pass(&model, port, i, outside, filter == TRANSLATOR_DEPENDENT, now);
        assert_false(passes[0] && passes[1]); /* a port belongs to one inside endpoint */
        assert_int_equal(verdict == TRANSLATOR_PASSES, passes[0] || passes[1]);
        if (verdict == TRANSLATOR_PASSES) {
            const struct endpoint owner = endpoint(passes[1]);
            assert_true(endpoint_equal(&got, &owner));
        }
    }
}

static void as_a_simple_model_says(void **state)
{
    unsigned seed = 7;

    (void)state;
    for (unsigned round = 0; round < 2000; round++)
        play(round & 1, round >> 1 & 1, &seed);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(independent_mapping_keeps_the_port),
    cmocka_unit_test(dependent_mapping_takes_another_port),
    cmocka_unit_test(filtering),
    cmocka_unit_test(only_outbound_datagrams_keep_a_mapping),
    cmocka_unit_test(a_full_table),
    cmocka_unit_test(as_a_simple_model_says),
};

const struct suite suite_translator = {
    .name = "translator", .tests = tests, .count = sizeof tests / sizeof *tests};
