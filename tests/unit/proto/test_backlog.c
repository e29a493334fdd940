/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * backlog: what is kept is whole and in order, what must be kept is kept, memory is bounded.
 *
 * The model is the rule itself: a message's bytes follow from its id; the latest messages that are
 * fewer than the capacity and together take no more than half the payload ring must be there.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/proto/backlog.h"

enum { LARGEST = 65535, PAYLOAD = 65536 };

static uint32_t size_of(uint64_t id, uint32_t largest)
{
    uint64_t dice = (id + 1) * UINT64_C(0x9e3779b97f4a7c15);

    return (uint32_t)((dice >> 33) % (largest + 1));
}

static uint8_t byte_of(uint64_t id, size_t offset)
{
    return (uint8_t)(id * 37 + offset * 11 + (offset >> 8));
}

static uint64_t add(struct backlog *history, uint64_t id, uint32_t size_bytes)
{
    struct event_message event = {
        .kind = EVENT_MESSAGE, .number = id, .size_bytes = size_bytes, .stored_bytes = size_bytes};
    uint8_t *payload = malloc(size_bytes + 1);
    uint64_t given;

    assert_non_null(payload);
    for (size_t i = 0; i < size_bytes; i++)
        payload[i] = byte_of(id, i);
    given = backlog_add(history, &event, payload, NULL);
    free(payload);
    return given;
}

static void check_message(const struct backlog *history, uint64_t id, uint32_t size_bytes)
{
    const uint8_t *payload = NULL;
    const struct event_message *event = backlog_get(history, id, &payload);
    size_t wrong = 0;

    assert_non_null(event);
    assert_int_equal(event->number, id);
    assert_int_equal(event->stored_bytes, size_bytes);
    for (size_t i = 0; i < size_bytes; i++)
        wrong += payload[i] != byte_of(id, i);
    assert_int_equal(wrong, 0);
}

static void test_empty(void **state)
{
    struct backlog *history = backlog_open(4, PAYLOAD);
    const uint8_t *payload;

    (void)state;
    assert_int_equal(backlog_first(history), backlog_end(history));
    assert_null(backlog_get(history, 0, &payload));
    backlog_close(history);
    backlog_close(NULL);
}

static void test_ids_count_up_from_zero(void **state)
{
    struct backlog *history = backlog_open(3, PAYLOAD);

    (void)state;
    for (uint64_t id = 0; id < 10; id++)
        assert_int_equal(add(history, id, 10), id);
    assert_int_equal(backlog_first(history), 7);
    assert_int_equal(backlog_end(history), 10);
    backlog_close(history);
}

static void test_capacity_of_one_and_of_none(void **state)
{
    (void)state;
    for (size_t capacity = 0; capacity < 2; capacity++) {
        struct backlog *history = backlog_open(capacity, 0);

        for (uint64_t id = 0; id < 5; id++) {
            add(history, id, LARGEST);
            assert_int_equal(backlog_first(history), id);
            check_message(history, id, LARGEST);
        }
        backlog_close(history);
    }
}

static void test_outside_is_null(void **state)
{
    struct backlog *history = backlog_open(2, PAYLOAD);
    const uint8_t *payload;

    (void)state;
    for (uint64_t id = 0; id < 3; id++)
        add(history, id, 1);
    assert_null(backlog_get(history, 0, &payload));
    assert_non_null(backlog_get(history, 1, &payload));
    assert_null(backlog_get(history, 3, &payload));
    assert_null(backlog_get(history, UINT64_MAX, &payload));
    backlog_close(history);
}

static void test_exact_fit_keeps_both(void **state)
{
    struct backlog *history = backlog_open(10, PAYLOAD);

    (void)state;
    add(history, 0, PAYLOAD / 2);
    add(history, 1, PAYLOAD / 2);
    assert_int_equal(backlog_first(history), 0);
    check_message(history, 0, PAYLOAD / 2);
    check_message(history, 1, PAYLOAD / 2);
    add(history, 2, 1);
    assert_int_equal(backlog_first(history), 1);
    check_message(history, 1, PAYLOAD / 2);
    backlog_close(history);
}

static void test_payload_never_crosses_the_end(void **state)
{
    struct backlog *history = backlog_open(10, PAYLOAD);

    (void)state;
    add(history, 0, 40000);
    add(history, 1, 20000);
    add(history, 2, 30000); /* 5,536 are left before the end: goes to the start, over message 0 */
    assert_int_equal(backlog_first(history), 1);
    check_message(history, 1, 20000);
    check_message(history, 2, 30000);
    backlog_close(history);
}

static void test_empty_messages_need_no_payload(void **state)
{
    struct backlog *history = backlog_open(100, PAYLOAD);

    (void)state;
    for (uint64_t id = 0; id < 100; id++)
        add(history, id, 0);
    assert_int_equal(backlog_first(history), 0);
    for (uint64_t id = 0; id < 100; id++)
        check_message(history, id, 0);
    backlog_close(history);
}

static void test_clear_forgets_and_counts_on(void **state)
{
    struct backlog *history = backlog_open(4, PAYLOAD);
    const uint8_t *payload;

    (void)state;
    for (uint64_t id = 0; id < 6; id++)
        add(history, id, 100);
    backlog_clear(history);
    assert_int_equal(backlog_first(history), 6);
    assert_int_equal(backlog_end(history), 6);
    assert_null(backlog_get(history, 5, &payload));
    assert_int_equal(add(history, 6, 100), 6);
    check_message(history, 6, 100);
    backlog_close(history);
}

/* The oldest id that the rule says is kept still. */
static uint64_t must_keep_from(uint64_t cleared, uint64_t end, size_t capacity, size_t payload,
                               uint32_t largest)
{
    uint64_t id = end;
    uint64_t bytes = 0;

    while (id > cleared && end - id < capacity) {
        bytes += size_of(id - 1, largest);
        if (bytes > payload / 2)
            break;
        id--;
    }
    return id;
}

static void run_model(size_t capacity, size_t payload, uint32_t largest)
{
    enum { ROUNDS = 600 };
    struct backlog *history = backlog_open(capacity, payload);
    uint64_t cleared = 0;

    for (uint64_t id = 0; id < ROUNDS; id++) {
        assert_int_equal(add(history, id, size_of(id, largest)), id);
        assert_int_equal(backlog_end(history), id + 1);
        assert_true(backlog_first(history) >= cleared);
        assert_true(backlog_end(history) - backlog_first(history) <= capacity);
        assert_true(backlog_first(history) <=
                    must_keep_from(cleared, id + 1, capacity, payload, largest));
        for (uint64_t kept = backlog_first(history); kept <= id; kept++)
            check_message(history, kept, size_of(kept, largest));
        if (size_of(id, 50) == 0) {
            backlog_clear(history);
            cleared = id + 1;
        }
    }
    backlog_close(history);
}

/* ---- waiting messages are settled in place */

static uint64_t add_waiting(struct backlog *history, uint64_t number, const char *text)
{
    struct event_message event = {.kind = EVENT_MESSAGE,
                                  .status = ACK_WAITING,
                                  .number = number,
                                  .stored_bytes = (uint32_t)strlen(text)};

    return backlog_add(history, &event, text, NULL);
}

static uint64_t settle(struct backlog *history, uint64_t number)
{
    struct event_message event = {
        .kind = EVENT_MESSAGE, .status = ACK_SENT, .number = number, .ack_bytes = 16};

    return backlog_settle(history, &event, NULL);
}

/* A reply's payload, reported at once or later, is kept as long as its message. */
static void test_keeps_replies(void **state)
{
    struct backlog *history = backlog_open(4, PAYLOAD);
    struct event_message event = {.kind = EVENT_MESSAGE,
                                  .status = ACK_SENT,
                                  .number = 1,
                                  .stored_bytes = 3,
                                  .ack_stored_bytes = 5};
    static uint8_t large[LARGEST];
    const uint8_t *payload;

    (void)state;
    assert_int_equal(backlog_add(history, &event, "one", "reply"), 0);
    assert_memory_equal(backlog_ack(history, 0), "reply", 5);
    add_waiting(history, 2, "two");
    event.number = 2;
    assert_int_equal(backlog_settle(history, &event, "later"), 1);
    assert_int_equal(backlog_get(history, 1, &payload)->ack_stored_bytes, 5);
    assert_memory_equal(payload, "two", 3);
    assert_memory_equal(backlog_ack(history, 1), "later", 5);
    for (uint64_t number = 5; number <= 6; number++) /* it is full now, and stays so */
        add_waiting(history, number, "more");
    event.number = 6;
    assert_int_equal(backlog_settle(history, &event, "later"), 3);
    assert_int_equal(backlog_first(history), 0);
    backlog_clear(history);
    event.number = 2;
    event.stored_bytes = LARGEST;
    event.ack_stored_bytes = LARGEST; /* both have no room: the reply is cut */
    backlog_add(history, &event, large, large);
    assert_int_equal(backlog_get(history, 4, &payload)->stored_bytes, LARGEST);
    assert_true(backlog_get(history, 4, &payload)->ack_stored_bytes <= PAYLOAD - LARGEST);
    add_waiting(history, 3, "three");
    event.number = 3;
    event.ack_stored_bytes = LARGEST;
    assert_int_equal(backlog_settle(history, &event, large), BACKLOG_NONE); /* it had to go */
    backlog_close(history);
}

static void test_settles_in_place(void **state)
{
    struct backlog *history = backlog_open(10, PAYLOAD);
    const uint8_t *payload;

    (void)state;
    assert_int_equal(add_waiting(history, 100, "one"), 0);
    assert_int_equal(add(history, 1, 5), 1);
    assert_int_equal(settle(history, 100), 0);
    assert_int_equal(backlog_get(history, 0, &payload)->status, ACK_SENT);
    assert_int_equal(backlog_get(history, 0, &payload)->ack_bytes, 16);
    assert_int_equal(backlog_get(history, 0, &payload)->stored_bytes, 3);
    assert_memory_equal(payload, "one", 3);
    check_message(history, 1, 5);
    backlog_close(history);
}

static void test_settles_what_waits_alone(void **state)
{
    struct backlog *history = backlog_open(2, PAYLOAD);

    (void)state;
    assert_true(settle(history, 7) == BACKLOG_NONE);
    add_waiting(history, 7, "one");
    assert_true(settle(history, 7) == 0);
    assert_true(settle(history, 7) == BACKLOG_NONE); /* it waits no more */
    add_waiting(history, 8, "two");
    add(history, 2, 1);
    add(history, 3, 1);
    assert_true(settle(history, 8) == BACKLOG_NONE); /* it is kept no more */
    add_waiting(history, 9, "three");
    backlog_clear(history);
    assert_true(settle(history, 9) == BACKLOG_NONE);
    backlog_close(history);
}

/* A full history of numbers in order, every third of which waits: each is found, in any order. */
static void test_settles_all_that_waits(void **state)
{
    enum { KEPT = 500, SEEN = 3 * KEPT };
    struct backlog *history = backlog_open(KEPT, PAYLOAD);

    (void)state;
    for (uint64_t number = 0; number < SEEN; number++) {
        if (number % 3 == 0)
            assert_int_equal(add_waiting(history, number, ""), number);
        else
            assert_int_equal(add(history, number, 0), number);
    }
    for (uint64_t i = 0; i < SEEN; i++) {
        uint64_t number =
            i * 1009 % SEEN; /* all of them once: 1009 and SEEN have no common factor */
        bool waits = number % 3 == 0 && number >= SEEN - KEPT;
        assert_true(settle(history, number) == (waits ? number : BACKLOG_NONE));
    }
    backlog_close(history);
}

static void test_random_against_the_rule(void **state)
{
    static const size_t capacities[] = {1, 2, 3, 7, 64};
    static const uint32_t largest[] = {0, 3, 2000, 40000, LARGEST};

    (void)state;
    for (size_t i = 0; i < sizeof capacities / sizeof capacities[0]; i++) {
        for (size_t j = 0; j < sizeof largest / sizeof largest[0]; j++)
            run_model(capacities[i], PAYLOAD, largest[j]);
    }
    run_model(16, 100003, LARGEST);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_empty),
    cmocka_unit_test(test_ids_count_up_from_zero),
    cmocka_unit_test(test_capacity_of_one_and_of_none),
    cmocka_unit_test(test_outside_is_null),
    cmocka_unit_test(test_exact_fit_keeps_both),
    cmocka_unit_test(test_payload_never_crosses_the_end),
    cmocka_unit_test(test_empty_messages_need_no_payload),
    cmocka_unit_test(test_clear_forgets_and_counts_on),
    cmocka_unit_test(test_settles_in_place),
    cmocka_unit_test(test_settles_what_waits_alone),
    cmocka_unit_test(test_settles_all_that_waits),
    cmocka_unit_test(test_random_against_the_rule),
    cmocka_unit_test(test_keeps_replies),
};

const struct suite suite_backlog = {
    .name = "backlog", .tests = tests, .count = sizeof tests / sizeof *tests};
