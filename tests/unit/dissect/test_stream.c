/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stream: every record comes out once, in its order, with and without dissectors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"
#include "udptui/base/array.h"
#include "udptui/base/units.h"
#include "udptui/dissect/message.h"
#include "udptui/dissect/stream.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/wait.h"

enum { PAYLOAD = 8 };

struct taken {
    uint64_t next;
    uint64_t messages, others, known;
};

struct entry {
    struct event_message event;
    uint8_t payload[PAYLOAD];
};

static void take(void *context, const void *record, size_t size_bytes,
                 const struct dissect_answer *answer)
{
    struct taken *taken = context;
    const struct entry *entry = record;

    assert_int_equal(size_bytes, sizeof *entry);
    assert_int_equal(entry->event.number, taken->next++);
    assert_memory_equal(entry->payload, "question", PAYLOAD);
    taken->messages += answer != NULL;
    taken->others += answer == NULL;
    taken->known += answer != NULL && answer->known;
}

/* Every third one is an update, which has nothing to dissect. */
static void put(struct dissect_stream *stream, uint64_t number)
{
    const struct entry entry = {
        .event = {.kind = EVENT_MESSAGE,
                  .number = number,
                  .flags = number % 3 == 2 ? MESSAGE_UPDATE : 0,
                  .from = {.family = ENDPOINT_IPV4, .address = {10, 0, 0, 1}, .port = 4000},
                  .to = {.family = ENDPOINT_IPV4, .address = {10, 0, 0, 2}, .port = 4010},
                  .size_bytes = PAYLOAD,
                  .stored_bytes = PAYLOAD},
        .payload = "questio"};
    struct entry whole = entry;

    whole.payload[PAYLOAD - 1] = 'n';
    dissect_stream_put(stream, &whole, sizeof whole);
}

static struct dissect_stream *open_stream(const char *program, size_t records_max,
                                          struct taken *taken)
{
    struct dissect_stream *stream =
        dissect_stream_open(&(struct dissect_stream_config){.dissector = {.program = program},
                                                            .records_max = records_max,
                                                            .deliver = take,
                                                            .context = taken});

    assert_non_null(stream);
    return stream;
}

/* Without dissectors nothing waits. */
static void test_off(void **state)
{
    struct taken taken = {.next = 0};
    struct dissect_stream *stream = open_stream("/nonexistent/sharkd", 4, &taken);

    (void)state;
    for (uint64_t i = 0; i < 9; i++) {
        put(stream, i);
        dissect_stream_turn(stream, 0);
        assert_int_equal(taken.next, i + 1);
    }
    assert_int_equal(taken.messages, 6);
    assert_int_equal(taken.others, 3);
    assert_int_equal(dissect_stream_unanswered(stream), 6);
    dissect_stream_close(stream);
}

/* A program that never answers: the newest push out the oldest, and the rest can be had. */
static void test_overflow(void **state)
{
    struct taken taken = {.next = 0};
    struct dissect_stream *stream = open_stream("/bin/sleep", 4, &taken);

    (void)state;
    for (uint64_t i = 0; i < 20; i++) {
        put(stream, i);
        assert_true(dissect_stream_held(stream) <= 4);
        assert_int_equal(taken.next + dissect_stream_held(stream), i + 1);
        assert_int_equal(taken.next > 0, i >= 4);
    }
    dissect_stream_push_out(stream);
    assert_int_equal(taken.next, 20);
    assert_int_equal(taken.known, 0);
    assert_int_equal(dissect_stream_unanswered(stream), taken.messages);
    put(stream, 20);
    dissect_stream_close(stream); /* what is held is freed */
    assert_int_equal(taken.next, 20);
}

static void test_answers(void **state)
{
    struct taken taken = {.next = 0};
    struct dissect_stream *stream = open_stream(NULL, 64, &taken);
    struct dissector *dissector = dissect_stream_dissector(stream);
    int64_t end_ns = clock_monotonic_ns() + 60 * UNITS_NS_PER_S;

    (void)state;
    if (dissector_is_off(dissector)) {
        dissect_stream_close(stream);
        skip();
    }
    for (uint64_t i = 0; i < 30; i++)
        put(stream, i);
    while (dissect_stream_held(stream) > 0 && clock_monotonic_ns() < end_ns) {
        struct pollfd polled = {.fd = dissector_fd(dissector), .events = POLLIN};
        dissect_stream_turn(stream, clock_monotonic_ns());
        if (dissect_stream_held(stream) > 0)
            wait_until(&polled, 1, dissector_due_ns(dissector));
    }
    assert_int_equal(taken.next, 30);
    assert_int_equal(taken.known, 20);
    assert_int_equal(dissect_stream_unanswered(stream), 0);
    dissect_stream_close(stream);
}

/* ---- message */

static const struct endpoint alice = {
    .family = ENDPOINT_IPV4, .address = {10, 0, 0, 1}, .port = 4000};
static const struct endpoint bob = {.family = ENDPOINT_IPV4, .address = {10, 0, 0, 2}, .port = 69};
static const struct endpoint other = {
    .family = ENDPOINT_IPV4, .address = {10, 0, 0, 2}, .port = 7001};

static void test_message(void **state)
{
    static const uint8_t payload[] = "in", ack[] = "out";
    struct event_message event = {.status = ACK_SENT,
                                  .wall_ns = 1000,
                                  .service_ns = 50,
                                  .size_bytes = 9,
                                  .stored_bytes = 2,
                                  .ack_bytes = 3,
                                  .ack_stored_bytes = 3,
                                  .from = alice,
                                  .to = bob};
    struct dissect_datagram out[DISSECT_ASKED_MAX];

    (void)state;
    assert_int_equal(dissect_message(&event, payload, ack, out), 2);
    assert_true(endpoint_equal(&out[0].source, &alice));
    assert_true(endpoint_equal(&out[0].destination, &bob));
    assert_int_equal(out[0].size_bytes, 2);
    assert_int_equal(out[0].original_bytes, 9);
    assert_true(endpoint_equal(&out[1].source, &bob));
    assert_true(endpoint_equal(&out[1].destination, &alice));
    assert_int_equal(out[1].wall_ns, 1050);
    assert_ptr_equal(out[1].payload, ack);

    event.ack_from = other; /* as TFTP replies */
    event.service_ns = EVENT_UNKNOWN;
    assert_int_equal(dissect_message(&event, payload, ack, out), 2);
    assert_true(endpoint_equal(&out[1].source, &other));
    assert_true(out[1].wall_ns > out[0].wall_ns);

    event.status = ACK_UNASKED;
    event.ack_stored_bytes = 0;
    assert_int_equal(dissect_message(&event, payload, ack, out), 1);
    assert_true(endpoint_equal(&out[0].source, &bob));
    assert_true(endpoint_equal(&out[0].destination, &alice));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_off),
    cmocka_unit_test(test_overflow),
    cmocka_unit_test(test_answers),
    cmocka_unit_test(test_message),
};

const struct suite suite_stream = {.name = "stream", .tests = tests, .count = COUNT_OF(tests)};
