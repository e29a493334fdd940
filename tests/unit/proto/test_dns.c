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

#include "udptui/proto/dns.h"

enum { ROOM = 2048 };

static const uint32_t testnet = 0xc0000201; /* 192.0.2.1 */

static const struct dns_answer forty = {.address = 0xc0000201, .count = 40, .ttl_s = 60, .id = 7};

static void a_query_byte_by_byte(void **state)
{
    static const uint8_t expected[] = {0x2a, 0x17, 1,   0, 0,   1,   0, 0, 0, 0, 0,
                                       0,    1,    'u', 2, 'd', 'e', 0, 0, 1, 0, 1};
    uint8_t out[ROOM];

    (void)state;
    assert_int_equal(dns_write_query(out, sizeof out, 0x2a17, "u.de", 0), sizeof expected);
    assert_memory_equal(out, expected, sizeof expected);
}

static void an_opt_record_is_eleven_bytes(void **state)
{
    static const uint8_t opt[DNS_OPT_BYTES] = {0, 0, 41, 4, 0xd0};
    uint8_t out[ROOM];
    size_t plain, whole;

    (void)state;
    plain = dns_write_query(out, sizeof out, 1, "u.de", 0);
    whole = dns_write_query(out, sizeof out, 1, "u.de", 1232);
    assert_int_equal(whole, plain + DNS_OPT_BYTES);
    assert_memory_equal(out + plain, opt, sizeof opt);
    assert_int_equal(out[11], 1);
}

static void names_that_are_none(void **state)
{
    char name[DNS_NAME_MAX + 3];
    uint8_t out[ROOM];

    (void)state;
    assert_int_equal(dns_write_query(out, sizeof out, 1, "", 0), 0);
    assert_int_equal(dns_write_query(out, sizeof out, 1, "a..b", 0), 0);
    assert_int_equal(dns_write_query(out, sizeof out, 1, "a.", 0), 0);
    memset(name, 'a', sizeof name);
    name[64] = '\0';
    assert_int_equal(dns_write_query(out, sizeof out, 1, name, 0), 0);
    name[63] = '\0';
    assert_int_not_equal(dns_write_query(out, sizeof out, 1, name, 0), 0);
    memset(name, 'a', sizeof name);
    for (size_t i = 1; i < sizeof name; i += 2)
        name[i] = '.';
    name[DNS_NAME_MAX] = '\0';
    assert_int_equal(dns_write_query(out, sizeof out, 1, name, 0), DNS_HEADER_BYTES + 255 + 4);
    name[DNS_NAME_MAX] = '.';
    name[DNS_NAME_MAX + 1] = 'a';
    name[DNS_NAME_MAX + 2] = '\0';
    assert_int_equal(dns_write_query(out, sizeof out, 1, name, 0), 0);
}

static void a_room_that_is_too_small(void **state)
{
    uint8_t query[ROOM], out[ROOM];
    size_t query_bytes = dns_write_query(query, sizeof query, 7, "u.de", 1232), reply_bytes;

    (void)state;
    reply_bytes = dns_write_reply(out, sizeof out, query, query_bytes, &forty);
    for (size_t room = 0; room < query_bytes; room++)
        assert_int_equal(dns_write_query(out, room, 7, "u.de", 1232), 0);
    for (size_t room = 0; room < reply_bytes; room++)
        assert_int_equal(dns_write_reply(out, room, query, query_bytes, &forty), 0);
}

static void a_reply_points_to_the_name(void **state)
{
    static const uint8_t record[DNS_RECORD_BYTES] = {0xc0, 12, 0, 1, 0,    1, 0, 0,
                                                     0,    60, 0, 4, 0xc0, 0, 2, 1};
    const struct dns_answer one = {.address = 0xc0000201, .count = 1, .ttl_s = 60, .id = 7};
    uint8_t query[ROOM], out[ROOM];
    size_t query_bytes = dns_write_query(query, sizeof query, 7, "u.de", 0);
    struct dns_message asked, read;

    (void)state;
    assert_int_equal(dns_write_reply(out, sizeof out, query, query_bytes, &one),
                     query_bytes + DNS_RECORD_BYTES);
    assert_memory_equal(out + query_bytes, record, sizeof record);
    assert_true(dns_read(out, query_bytes + DNS_RECORD_BYTES, &read));
    assert_int_equal(read.flags, DNS_RESPONSE | DNS_AUTHORITATIVE | DNS_RECURSION_DESIRED);
    assert_string_equal(read.name, "u.de");
    assert_int_equal(read.addresses, 1);
    assert_int_equal(read.first_record, query_bytes);
    assert_int_equal(read.first_address, testnet);
    assert_int_equal(read.first_ttl_s, 60);
    assert_true(dns_read(query, query_bytes, &asked));
    assert_true(dns_matches(&asked, &read));
}

/* 30 + 40 * 16 = 670 bytes. */
static void replies_within_their_limits(void **state)
{
    static const struct {
        uint16_t edns_bytes;
        size_t reply_bytes;
        unsigned addresses;
        bool truncated;
    } rows[] = {
        {0, 510, 30, true},      {100, 505, 29, true},  {512, 505, 29, true},
        {680, 665, 39, true},    {681, 681, 40, false}, {1232, 681, 40, false},
        {65535, 681, 40, false},
    };
    uint8_t query[ROOM], out[ROOM];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t query_bytes =
            dns_write_query(query, sizeof query, 7, "many.example", rows[i].edns_bytes);
        size_t reply_bytes = dns_write_reply(out, sizeof out, query, query_bytes, &forty);
        struct dns_message read;
        assert_int_equal(reply_bytes, rows[i].reply_bytes);
        assert_true(dns_read(out, reply_bytes, &read));
        assert_int_equal(read.addresses, rows[i].addresses);
        assert_int_equal(read.answers, rows[i].addresses);
        assert_int_equal((read.flags & DNS_TRUNCATED) != 0, rows[i].truncated);
        assert_int_equal(read.edns_bytes, rows[i].edns_bytes);
    }
}

static void what_does_not_match(void **state)
{
    const struct dns_message query = {.id = 7, .name = "u.de", .type = 1, .class = 1};
    struct dns_message reply = query;

    (void)state;
    assert_false(dns_matches(&query, &reply)); /* a query itself */
    reply.flags = DNS_RESPONSE;
    assert_true(dns_matches(&query, &reply));
    strcpy(reply.name, "U.dE");
    assert_true(dns_matches(&query, &reply));
    strcpy(reply.name, "v.de");
    assert_false(dns_matches(&query, &reply));
    reply = query;
    reply.flags = DNS_RESPONSE;
    reply.id = 8;
    assert_false(dns_matches(&query, &reply));
    reply.id = 7;
    reply.type = 28;
    assert_false(dns_matches(&query, &reply));
}

/* Behind a whole header; a question of one name. */
static bool reads_name(const void *name, size_t length)
{
    uint8_t bytes[ROOM] = {0, 7, 1, 0, 0, 1};
    struct dns_message read;

    memcpy(bytes + DNS_HEADER_BYTES, name, length);
    memcpy(bytes + DNS_HEADER_BYTES + length, "\0\1\0\1", 4);
    return dns_read(bytes, DNS_HEADER_BYTES + length + 4, &read);
}

static void names_that_cannot_be_read(void **state)
{
    (void)state;
    assert_true(reads_name("\1a", 3));
    assert_true(reads_name("", 1));
    assert_false(reads_name("\xc0\x0c", 2)); /* to itself */
    assert_false(reads_name("\xc0\x20", 2)); /* forwards */
    assert_false(reads_name("\xc0\x06", 2)); /* into the header, where a zero could be a name */
    assert_false(reads_name("\1a\xc0\x0c", 4));
    assert_false(reads_name("\x40", 2)); /* neither a length nor a pointer */
    assert_false(reads_name("\2a.", 4));
    assert_false(reads_name("\1\x1b", 3));
}

/* Labels of 49 characters, five of which with their dots are 249; the last has so many more. */
static bool reads_long_name(unsigned last)
{
    uint8_t name[ROOM] = {0};
    size_t place = 0;

    for (int i = 0; i < 5; i++) {
        name[place] = 49;
        memset(name + place + 1, 'a', 49);
        place += 50;
    }
    name[place] = (uint8_t)last;
    memset(name + place + 1, 'a', last);
    return reads_name(name, place + last + 2);
}

static void the_longest_name_that_is_read(void **state)
{
    (void)state;
    assert_true(reads_long_name(DNS_NAME_MAX - 250));
    assert_false(reads_long_name(DNS_NAME_MAX - 250 + 1));
    assert_false(reads_long_name(DNS_NAME_MAX - 250 + 2));
}

static void any_bytes_are_survived(void **state)
{
    unsigned seed = 1;
    uint8_t query[ROOM], out[ROOM];

    (void)state;
    for (int round = 0; round < 20000; round++) {
        size_t length =
            dns_write_query(query, sizeof query, 7, "many.example", round % 2 ? 1232 : 0);
        struct dns_message read;
        length = round % 3 ? dns_write_reply(out, sizeof out, query, length, &forty)
                           : (memcpy(out, query, length), length);
        for (int i = round % 7; i > 0; i--)
            out[(size_t)rand_r(&seed) % length] = (uint8_t)rand_r(&seed);
        length -= round % 5 == 0 ? (size_t)rand_r(&seed) % length : 0;
        uint8_t *exact = malloc(length); /* so that a sanitizer sees a read behind it */
        memcpy(exact, out, length);
        if (dns_read(exact, length, &read)) {
            assert_true(read.question_end <= length);
            assert_true(strlen(read.name) <= DNS_NAME_MAX);
            assert_true(read.addresses <= read.answers);
        }
        dns_write_reply(query, sizeof query, exact, length, &forty);
        free(exact);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_query_byte_by_byte),
    cmocka_unit_test(an_opt_record_is_eleven_bytes),
    cmocka_unit_test(names_that_are_none),
    cmocka_unit_test(a_room_that_is_too_small),
    cmocka_unit_test(a_reply_points_to_the_name),
    cmocka_unit_test(replies_within_their_limits),
    cmocka_unit_test(what_does_not_match),
    cmocka_unit_test(names_that_cannot_be_read),
    cmocka_unit_test(the_longest_name_that_is_read),
    cmocka_unit_test(any_bytes_are_survived),
};

const struct suite suite_dns = {
    .name = "dns", .tests = tests, .count = sizeof tests / sizeof *tests};
