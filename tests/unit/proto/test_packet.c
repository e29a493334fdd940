/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * packet: headers and checksums against bytes that another program made, and random datagrams there
 * and back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "../judge.h"
#include "../packets.h"
#include "udptui/proto/event.h"

enum { PAYLOAD_MAX = 65527, ROUNDS = 3000 };

static struct packet packet_of(const char *source, const char *destination, const char *payload)
{
    return (struct packet){.source = packets_endpoint(source),
                           .destination = packets_endpoint(destination),
                           .payload = (const uint8_t *)payload,
                           .size_bytes = strlen(payload),
                           .original_bytes = strlen(payload),
                           .checksum_status = CHECKSUM_GOOD,
                           .hop_limit = EVENT_UNKNOWN,
                           .traffic_class = EVENT_UNKNOWN};
}

static void expect_headers(const struct packet *packet, const char *hex)
{
    uint8_t headers[PACKET_HEADERS_MAX];

    packets_expect(headers, packet_headers(packet, headers), hex);
}

static void an_ipv4_datagram(void **state)
{
    struct packet packet = packet_of("192.168.0.23:53211", "192.168.0.108:4010", "hello");

    (void)state;
    expect_headers(&packet, "45000021000040004011b8f8c0a80017c0a8006c"
                            "cfdb0faa000d5aa8");
}

static void an_empty_one_with_ttl_and_tos(void **state)
{
    struct packet packet = packet_of("127.0.0.1:1", "127.0.0.1:65535", "");

    (void)state;
    packet.hop_limit = 1;
    packet.traffic_class = 0xb8;
    packet.payload = NULL;
    expect_headers(&packet, "45b8001c0000400001117b177f0000017f000001"
                            "0001ffff000801db");
}

static void an_ipv6_datagram(void **state)
{
    struct packet packet = packet_of("[2001:db8::23]:53211", "[fe80::1]:4010", "hi everyone");

    (void)state;
    packet.hop_limit = 255;
    packet.traffic_class = 0x2e;
    expect_headers(&packet, "62e00000001311ff20010db8000000000000000000000023"
                            "fe800000000000000000000000000001"
                            "cfdb0faa0013adc8");
}

/* A socket does not report whether an IPv4 datagram had one; by IPv6 all have. */
static void a_checksum_that_was_not_seen(void **state)
{
    struct packet packet = packet_of("192.168.0.23:53211", "192.168.0.108:4010", "hello");

    (void)state;
    packet.checksum_status = CHECKSUM_NOT_SEEN;
    expect_headers(&packet, "45000021000040004011b8f8c0a80017c0a8006c"
                            "cfdb0faa000d0000");
    packet = packet_of("[2001:db8::23]:53211", "[fe80::1]:4010", "hi everyone");
    packet.checksum_status = CHECKSUM_NOT_SEEN;
    packet.hop_limit = 255;
    packet.traffic_class = 0x2e;
    expect_headers(&packet, "62e00000001311ff20010db8000000000000000000000023"
                            "fe800000000000000000000000000001"
                            "cfdb0faa0013adc8");
}

/* RFC 768: what comes out as 0 is sent as all ones, since 0 means none. */
static void a_checksum_is_never_zero(void **state)
{
    struct packet packet = packet_of("192.0.2.1:1000", "192.0.2.2:2000", "\x70\x1e");

    (void)state;
    assert_int_equal(packet_checksum(&packet.source, &packet.destination, packet.payload, 2),
                     0xffff);
}

/* The lengths are written, the checksum is not known. */
static void a_cut_one(void **state)
{
    struct packet packet = packet_of("192.168.0.23:53211", "192.168.0.108:4010", "hel");

    (void)state;
    packet.original_bytes = 5;
    expect_headers(&packet, "45000021000040004011b8f8c0a80017c0a8006c"
                            "cfdb0faa000d0000");
}

/* Sums of ones only: the most that is ever added up. */
static void the_largest_payload(void **state)
{
    uint8_t *payload = malloc(PAYLOAD_MAX);
    struct endpoint ones = packets_endpoint("[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535");

    (void)state;
    assert_non_null(payload);
    memset(payload, 0xff, PAYLOAD_MAX);
    /* All words are 0xffff, which is 0, but the last half word, the lengths (65,535, also 0) and
     * the protocol: ~(0xff00 + 17). */
    assert_int_equal(packet_checksum(&ones, &ones, payload, PAYLOAD_MAX),
                     (~(0xff00 + 17)) & 0xffff);
    free(payload);
}

/* ---- there and back */

static struct endpoint random_endpoint(uint64_t *seed, enum endpoint_family family)
{
    struct endpoint endpoint = {.family = (uint8_t)family, .port = (uint16_t)judge_random(seed)};

    for (size_t i = 0; i < (family == ENDPOINT_IPV4 ? 4 : 16); i++)
        endpoint.address[i] = (uint8_t)judge_random(seed);
    return endpoint;
}

static size_t random_size(uint64_t *seed)
{
    return judge_random(seed) % 100 == 0 ? judge_random(seed) % 65508 : judge_random(seed) % 1500;
}

static void expect_same(const struct packet *parsed, const struct packet *made)
{
    assert_true(endpoint_equal(&parsed->source, &made->source));
    assert_true(endpoint_equal(&parsed->destination, &made->destination));
    assert_int_equal(parsed->size_bytes, made->size_bytes);
    assert_int_equal(parsed->original_bytes, made->original_bytes);
    assert_memory_equal(parsed->payload, made->payload, made->size_bytes);
    assert_int_equal(parsed->hop_limit, made->hop_limit);
    assert_int_equal(parsed->traffic_class, made->traffic_class);
    assert_int_equal(parsed->checksum_status, CHECKSUM_GOOD);
}

static void round_trip(uint64_t *seed, uint8_t *payload, uint8_t *frame)
{
    enum endpoint_family family = judge_random(seed) % 2 ? ENDPOINT_IPV4 : ENDPOINT_IPV6;
    struct packet made = {.source = random_endpoint(seed, family),
                          .destination = random_endpoint(seed, family),
                          .payload = payload,
                          .size_bytes = random_size(seed),
                          .checksum_status = CHECKSUM_GOOD,
                          .hop_limit = (int16_t)(judge_random(seed) % 256),
                          .traffic_class = (int16_t)(judge_random(seed) % 256)};
    struct packet_parsed parsed;

    made.original_bytes = made.size_bytes;
    for (size_t i = 0; i < made.size_bytes; i++)
        payload[i] = (uint8_t)judge_random(seed);
    size_t headers = packet_headers(&made, frame);
    memcpy(frame + headers, payload, made.size_bytes);
    assert_int_equal(packet_parse(LINK_RAW, frame, headers + made.size_bytes, &parsed), PACKET_UDP);
    expect_same(&parsed.packet, &made);
    /* One bit over: not so good any more, wherever it is in ports, length, checksum or payload. */
    size_t wrong = headers - PACKET_UDP_HEADER +
                   judge_random(seed) % (PACKET_UDP_HEADER + (uint32_t)made.size_bytes);
    frame[wrong] ^= (uint8_t)(1u << judge_random(seed) % 8);
    enum packet_status status = packet_parse(LINK_RAW, frame, headers + made.size_bytes, &parsed);
    assert_true(status == PACKET_MALFORMED || parsed.packet.checksum_status != CHECKSUM_GOOD);
}

static void there_and_back(void **state)
{
    uint8_t *payload = malloc(PACKETS_FRAME_MAX), *frame = malloc(PACKETS_FRAME_MAX);
    uint64_t seed = 4010;

    (void)state;
    assert_non_null(payload);
    assert_non_null(frame);
    for (int i = 0; i < ROUNDS; i++)
        round_trip(&seed, payload, frame);
    free(payload);
    free(frame);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(an_ipv4_datagram),
    cmocka_unit_test(an_empty_one_with_ttl_and_tos),
    cmocka_unit_test(an_ipv6_datagram),
    cmocka_unit_test(a_checksum_is_never_zero),
    cmocka_unit_test(a_checksum_that_was_not_seen),
    cmocka_unit_test(a_cut_one),
    cmocka_unit_test(the_largest_payload),
    cmocka_unit_test(there_and_back),
};

const struct suite suite_packet = {
    .name = "packet", .tests = tests, .count = sizeof tests / sizeof *tests};
