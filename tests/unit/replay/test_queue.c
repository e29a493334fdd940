/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* resender_queue and resender_senders: when requests are due, and whose socket is taken for another
 * client. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "../../../src/replay/resender_internal.h"
#include "udptui/base/array.h"
#include "udptui/base/units.h"

static const int64_t second_ns = UNITS_NS_PER_S;

struct recorded {
    struct event_message event;
    char bytes[8];
};

static void add(struct resender_queue *queue, int64_t wall_ns, const char *text, int64_t now_ns)
{
    struct recorded recorded = {.event = {.wall_ns = wall_ns}};

    snprintf(recorded.bytes, sizeof recorded.bytes, "%s", text);
    assert_true(resender_queue_add(queue, &recorded.event,
                                   sizeof recorded.event + strlen(recorded.bytes) + 1, now_ns));
}

static void gaps_are_those_of_the_recording(void **state)
{
    static const struct {
        double times;
        int64_t limit_s;
        int64_t due_s[4];
    } rows[] = {
        {1, 0, {1000, 1004, 1004, 1044}},
        {2, 0, {1000, 1002, 1002, 1022}},
        {0.5, 0, {1000, 1008, 1008, 1088}},
        {1, 5, {1000, 1004, 1004, 1009}}, /* an idle time is cut, of the recording's */
        {2, 4, {1000, 1002, 1002, 1004}},
    };
    static const int64_t walls_s[] = {50, 54, 52, 92}; /* one goes back: it waits for nothing */

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct resender_queue queue;
        resender_queue_open(&queue, rows[i].times, rows[i].limit_s * second_ns);
        for (size_t at = 0; at < COUNT_OF(walls_s); at++)
            add(&queue, walls_s[at] * second_ns, "x", 1000 * second_ns);
        for (size_t at = 0; at < COUNT_OF(walls_s); at++) {
            if (queue.due_ns != rows[i].due_s[at] * second_ns)
                fail_msg("row %zu, request %zu: %g s", i, at, (double)queue.due_ns / 1e9);
            resender_queue_drop(&queue, 5000 * second_ns); /* late: that changes no gap */
        }
        assert_null(queue.first);
    }
}

/* As fast as possible: due whenever it is the first. */
static void without_a_speed_all_are_due(void **state)
{
    struct resender_queue queue;

    (void)state;
    resender_queue_open(&queue, 0, 0);
    add(&queue, 1, "x", 10);
    add(&queue, INT64_MAX, "x", 11);
    assert_int_equal(queue.due_ns, 10);
    resender_queue_drop(&queue, 12);
    assert_int_equal(queue.due_ns, 12);
    resender_queue_clear(&queue);
}

static void a_gap_of_any_length_does_not_overflow(void **state)
{
    struct resender_queue queue;

    (void)state;
    resender_queue_open(&queue, 0.001, 0);
    add(&queue, 0, "x", second_ns);
    add(&queue, INT64_MAX, "x", second_ns);
    resender_queue_drop(&queue, second_ns);
    assert_int_equal(queue.due_ns, INT64_MAX);
    resender_queue_clear(&queue);
}

/* Emptied and filled again, it goes on from the last one, with its bytes in their order. */
static void it_goes_on_after_it_was_empty(void **state)
{
    struct resender_queue queue;
    char text[8];

    (void)state;
    resender_queue_open(&queue, 1, 0);
    for (int round = 0; round < 5; round++) {
        for (int i = 0; i < 3; i++) {
            snprintf(text, sizeof text, "%d", round * 3 + i);
            add(&queue, (round * 3 + i) * second_ns, text, 100 * second_ns);
        }
        for (int i = 0; i < 3; i++) {
            assert_int_equal(atoi((const char *)queue.first->bytes), round * 3 + i);
            assert_int_equal(queue.due_ns, (100 + round * 3 + i) * second_ns);
            resender_queue_drop(&queue, 100 * second_ns);
        }
    }
    resender_queue_clear(&queue);
}

/* ---- senders */

static struct event_message of_client(uint32_t slot, uint32_t generation)
{
    return (struct event_message){.slot = slot, .generation = generation};
}

/* Opens a sender for a client in the place that is found for it. */
static struct resender_sender *use(struct resender_sender *senders, uint32_t slot,
                                   uint32_t generation, int64_t now_ns)
{
    const struct endpoint target = {.family = ENDPOINT_IPV4, .address = {127, 0, 0, 1}, .port = 9};
    struct event_message event = of_client(slot, generation);
    struct resender_sender *sender = resender_senders_find(senders, &event);
    char error[UDP_ERROR_SIZE];

    assert_non_null(sender);
    if (sender->socket.fd < 0 && !resender_senders_connect(sender, &event, &target, error))
        fail_msg("%s", error);
    sender->used_ns = now_ns;
    return sender;
}

static void the_least_recently_used_leaves(void **state)
{
    struct resender_sender *senders = calloc(RESENDER_SENDERS_MAX, sizeof *senders);
    struct resender_sender *first;

    (void)state;
    assert_non_null(senders);
    resender_senders_open(senders);
    assert_int_equal(resender_senders_deadline_ns(senders), INT64_MAX);
    first = use(senders, 0, 1, 1);
    for (uint32_t i = 1; i < RESENDER_SENDERS_MAX; i++)
        assert_ptr_not_equal(use(senders, i, 1, 1 + i), first); /* free places first */
    assert_ptr_equal(use(senders, 0, 1, 1000), first);          /* the same client */
    struct resender_sender *next = use(senders, 0, 2, 1001); /* its slot has another client now */
    assert_ptr_not_equal(next, first);
    assert_int_equal(next->generation, 2);
    struct event_message event = of_client(1, 1);
    struct resender_sender *gone = resender_senders_find(senders, &event);
    assert_int_equal(gone->socket.fd, -1); /* client 1 was the one that left, and 2 does now */
    event = of_client(3, 1);
    assert_true(resender_senders_find(senders, &event)->socket.fd >= 0);
    resender_senders_close(senders);
    for (size_t i = 0; i < RESENDER_SENDERS_MAX; i++)
        assert_int_equal(senders[i].socket.fd, -1);
    free(senders);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(gaps_are_those_of_the_recording),
    cmocka_unit_test(without_a_speed_all_are_due),
    cmocka_unit_test(a_gap_of_any_length_does_not_overflow),
    cmocka_unit_test(it_goes_on_after_it_was_empty),
    cmocka_unit_test(the_least_recently_used_leaves),
};

const struct suite suite_queue = {
    .name = "queue", .tests = tests, .count = sizeof tests / sizeof *tests};
