/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay_number: a request and its reply of each protocol; and any bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/replay/number.h"

enum { BYTES = 64, RANDOM_RUNS = 200000 };

static struct replay_number number_of(uint16_t from, uint16_t to, const uint8_t *bytes, size_t size)
{
    const struct packet packet = {
        .source = {.family = ENDPOINT_IPV4, .address = {10, 0, 0, 1}, .port = from},
        .destination = {.family = ENDPOINT_IPV4, .address = {10, 0, 0, 2}, .port = to},
        .payload = bytes,
        .size_bytes = size,
        .original_bytes = size};

    return replay_number_of(&packet);
}

static bool is_answered_by(const struct replay_number *request, const struct replay_number *reply)
{
    for (int i = 0; i < REPLAY_NUMBERS; i++)
        if (reply->answering[i] != 0 && reply->answering[i] == request->asking[i])
            return true;
    return false;
}

/* Bytes at places; the rest is zero. */
struct patch {
    uint8_t at, bytes[13];
    uint8_t count;
};

static size_t make(uint8_t *out, size_t size, const struct patch *patches, size_t count)
{
    memset(out, 0, size);
    for (size_t i = 0; i < count; i++)
        memcpy(out + patches[i].at, patches[i].bytes, patches[i].count);
    return size;
}

struct exchange {
    const char *name;
    uint16_t port;
    size_t size;
    struct patch asks[3], answers[3], other[3]; /* other: a reply to another request */
};

static const struct exchange exchanges[] = {
    {"DNS",
     53,
     20,
     {{0, {0x12, 0x34, 0x01, 0, 0, 1}, 6}},
     {{0, {0x12, 0x34, 0x81, 0x80, 0, 1, 0, 1}, 8}},
     {{0, {0x12, 0x35, 0x81, 0x80, 0, 1, 0, 1}, 8}}},
    {"NetBIOS name",
     137,
     50,
     {{0, {0x80, 0x01, 0x01, 0x10, 0, 1}, 6}},
     {{0, {0x80, 0x01, 0x85, 0, 0, 0, 0, 1}, 8}},
     {{0, {0x80, 0x02, 0x85, 0, 0, 0, 0, 1}, 8}}},
    {"STUN",
     40000,
     20,
     {{0, {0, 1}, 2}, {4, {0x21, 0x12, 0xa4, 0x42, 1, 2, 3}, 7}},
     {{0, {1, 1}, 2}, {4, {0x21, 0x12, 0xa4, 0x42, 1, 2, 3}, 7}},
     {{0, {1, 1}, 2}, {4, {0x21, 0x12, 0xa4, 0x42, 1, 2, 4}, 7}}},
    {"CoAP, by token",
     5683,
     8,
     {{0, {0x42, 1, 0, 7, 0xaa, 0xbb}, 6}},
     {{0, {0x52, 0x45, 9, 9, 0xaa, 0xbb}, 6}}, /* separate: another message ID */
     {{0, {0x52, 0x45, 0, 7, 0xaa, 0xbc}, 6}}},
    {"CoAP, without a token",
     5683,
     4,
     {{0, {0x40, 1, 0, 7}, 4}},
     {{0, {0x60, 0x45, 0, 7}, 4}},
     {{0, {0x60, 0x45, 0, 8}, 4}}},
    {"NTP",
     123,
     48,
     {{0, {0x23}, 1}, {40, {1, 2, 3, 4, 5, 6, 7, 8}, 8}},
     {{0, {0x24}, 1}, {24, {1, 2, 3, 4, 5, 6, 7, 8}, 8}, {40, {9, 9}, 2}},
     {{0, {0x24}, 1}, {24, {1, 2, 3, 4, 5, 6, 7, 9}, 8}}},
    {"RADIUS",
     1812,
     20,
     {{0, {1, 77, 0, 20}, 4}},
     {{0, {2, 77, 0, 20}, 4}},
     {{0, {2, 78, 0, 20}, 4}}},
    {"DHCP",
     67,
     60,
     {{0, {1, 1, 6, 0, 0xde, 0xad}, 6}, {28, {0x52, 1}, 2}},
     {{0, {2, 1, 6, 0, 0xde, 0xad}, 6}, {28, {0x52, 1}, 2}},
     {{0, {2, 1, 6, 0, 0xde, 0xad}, 6}, {28, {0x52, 2}, 2}}},
    {"DHCPv6", 547, 8, {{0, {1, 1, 2, 3}, 4}}, {{0, {2, 1, 2, 3}, 4}}, {{0, {2, 1, 2, 4}, 4}}},
};

static void each_protocol(void **state)
{
    uint8_t asks[BYTES], answers[BYTES], other[BYTES];

    (void)state;
    for (size_t i = 0; i < sizeof exchanges / sizeof *exchanges; i++) {
        const struct exchange *exchange = &exchanges[i];
        size_t size = make(asks, exchange->size, exchange->asks, 3);
        make(answers, size, exchange->answers, 3);
        make(other, size, exchange->other, 3);
        struct replay_number request = number_of(50000, exchange->port, asks, size);
        struct replay_number reply = number_of(exchange->port, 50000, answers, size);
        struct replay_number another = number_of(exchange->port, 50000, other, size);
        assert_int_equal(request.direction, REPLAY_ASKS);
        assert_int_equal(reply.direction, REPLAY_ANSWERS);
        assert_true(is_answered_by(&request, &reply));
        assert_false(is_answered_by(&request, &another));
        assert_int_equal(request.any_endpoint, exchange->port == 67);
        assert_true(number_of(50000, 40001, asks, size).asking[0] == 0 ||
                    strcmp(exchange->name, "STUN") == 0); /* the others go by their port */
    }
}

/* A reply, and whether it answers a confirmable request with message ID 7 and token aa. */
static const struct {
    uint8_t size, bytes[5];
    bool answers;
} coap_replies[] = {
    {.size = 4, .bytes = {0x60, 0, 0, 7}, .answers = true},
    {.size = 4, .bytes = {0x70, 0, 0, 7}, .answers = true},
    {.size = 5, .bytes = {0x61, 0x45, 0, 7, 0xaa}, .answers = true},
    {.size = 5, .bytes = {0x61, 0x45, 0, 8, 0xaa}, .answers = false}, /* of an earlier request */
    {.size = 5, .bytes = {0x61, 0x45, 0, 7, 0xab}, .answers = false},
    {.size = 5, .bytes = {0x51, 0x45, 0, 8, 0xaa}, .answers = true},
};

static void coap_answers_as_the_rfc_says(void **state)
{
    static const uint8_t asks[] = {0x41, 1, 0, 7, 0xaa};
    struct replay_number request = number_of(50000, 5683, asks, sizeof asks);

    (void)state;
    for (size_t i = 0; i < sizeof coap_replies / sizeof *coap_replies; i++) {
        struct replay_number reply =
            number_of(5683, 50000, coap_replies[i].bytes, coap_replies[i].size);
        assert_int_equal(reply.direction, REPLAY_ANSWERS);
        assert_int_equal(is_answered_by(&request, &reply), coap_replies[i].answers);
    }
}

/* No number: ID 0 of multicast DNS, NTP without a transmit time, STUN's indications. */
static void without_a_number(void **state)
{
    static const uint8_t mdns[12] = {0, 0, 0, 0, 0, 1};
    static const uint8_t ntp[48] = {0x23};
    static const uint8_t indication[20] = {0, 0x11, 0, 0, 0x21, 0x12, 0xa4, 0x42};
    static const uint8_t text[] = "an answer, its question was before";

    (void)state;
    assert_int_equal(number_of(5353, 5353, mdns, sizeof mdns).asking[0], 0);
    assert_int_equal(number_of(5353, 5353, mdns, sizeof mdns).direction, REPLAY_ASKS);
    assert_int_equal(number_of(50000, 123, ntp, sizeof ntp).asking[0], 0);
    assert_int_equal(number_of(50000, 123, ntp, sizeof ntp).direction, REPLAY_ASKS);
    assert_int_equal(number_of(1, 2, indication, sizeof indication).direction, REPLAY_UNDECIDED);
    assert_int_equal(number_of(53, 50000, text, sizeof text - 1).direction, REPLAY_UNDECIDED);
}

/* Any bytes of any length at any of the ports: read within their bounds (for the sanitizers), and
 * the same twice. */
static void any_bytes(void **state)
{
    static const uint16_t ports[] = {53, 137, 5353, 5683, 123, 1812, 67, 68, 546, 547, 40000};

    (void)state;
    srand(7);
    for (int run = 0; run < RANDOM_RUNS; run++) {
        size_t size = (size_t)rand() % BYTES;
        uint8_t *bytes = malloc(size + 1); /* of its own, so that one too far is seen */
        assert_non_null(bytes);
        for (size_t i = 0; i < size; i++)
            bytes[i] = (uint8_t)(rand() % 4 == 0 ? rand() : rand() % 4);
        uint16_t port = ports[(size_t)rand() % (sizeof ports / sizeof *ports)];
        struct replay_number one = number_of(port, 50000, bytes, size);
        struct replay_number again = number_of(port, 50000, bytes, size);
        assert_int_equal(one.direction, again.direction);
        assert_memory_equal(one.asking, again.asking, sizeof one.asking);
        assert_memory_equal(one.answering, again.answering, sizeof one.answering);
        free(bytes);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(each_protocol),
    cmocka_unit_test(coap_answers_as_the_rfc_says),
    cmocka_unit_test(without_a_number),
    cmocka_unit_test(any_bytes),
};

const struct suite suite_number = {
    .name = "number", .tests = tests, .count = sizeof tests / sizeof *tests};
