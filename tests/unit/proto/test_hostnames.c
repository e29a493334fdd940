/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "udptui/proto/hostnames.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

static const struct hash_key key = {1, 2};

static struct endpoint address_of(uint32_t number, uint16_t port)
{
    return (struct endpoint){
        .family = ENDPOINT_IPV4,
        .port = port,
        .address = {10, (uint8_t)(number >> 16), (uint8_t)(number >> 8), (uint8_t)number}};
}

static void test_unknown_is_wanted_once(void **state)
{
    struct hostnames *names = hostnames_open(true, &key);
    struct endpoint first = address_of(1, 4010), second = address_of(1, 4011), wanted;

    (void)state;
    assert_string_equal(hostnames_find(names, &first), "");
    assert_string_equal(hostnames_find(names, &second), "");
    assert_true(hostnames_wanted(names, &wanted));
    assert_int_equal(wanted.port, 0);
    assert_false(hostnames_wanted(names, &wanted));
    assert_int_equal(hostnames_learn(names, &wanted, "pc1.example"), 11);
    assert_string_equal(hostnames_find(names, &first), "pc1.example");
    assert_string_equal(hostnames_find(names, &second), "pc1.example");
    hostnames_close(names);
}

static void test_no_name_is_not_asked_again(void **state)
{
    struct hostnames *names = hostnames_open(true, &key);
    struct endpoint peer = address_of(1, 0), wanted;

    (void)state;
    hostnames_find(names, &peer);
    assert_true(hostnames_wanted(names, &wanted));
    assert_int_equal(hostnames_learn(names, &peer, NULL), 0);
    assert_string_equal(hostnames_find(names, &peer), "");
    assert_false(hostnames_wanted(names, &wanted));
    hostnames_close(names);
}

static void test_off_asks_nothing(void **state)
{
    struct hostnames *names = hostnames_open(false, &key);
    struct endpoint peer = address_of(1, 0), wanted;

    (void)state;
    assert_string_equal(hostnames_find(names, &peer), "");
    assert_string_equal(hostnames_find(NULL, &peer), "");
    assert_false(hostnames_wanted(names, &wanted));
    hostnames_switch(names, true);
    hostnames_find(names, &peer);
    assert_true(hostnames_wanted(names, &wanted));
    hostnames_learn(names, &wanted, "pc1");
    hostnames_switch(names, false);
    assert_string_equal(hostnames_find(names, &peer), "");
    hostnames_switch(names, true);
    assert_string_equal(hostnames_find(names, &peer), "pc1");
    hostnames_close(names);
}

static void test_hostile_names(void **state)
{
    const struct {
        const char *name, *shown;
    } cases[] = {
        {"192.0.2.1", ""},
        {"fe80::1", ""},
        {"[fe80::1]:4010", ""},
        {"host:4010", ""},
        {"4010", ""},
        {"", ""},
        {"\x1b[2J", "\\x1B[2J"},
        {"a\nb", "a\\nb"},
        {"\xe2\x80\xae"
         "cod.exe",
         "\\u{202E}cod.exe"},
    };
    struct endpoint peer = address_of(1, 0), wanted;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct hostnames *names = hostnames_open(true, &key);
        hostnames_find(names, &peer);
        hostnames_wanted(names, &wanted);
        hostnames_learn(names, &peer, cases[i].name);
        const char *shown = hostnames_find(names, &peer);
        for (const char *at = shown; *at != '\0'; at++)
            assert_in_range(*at, ' ', '~');
        if (cases[i].shown[0] == '\0')
            assert_string_equal(shown, "");
        hostnames_close(names);
    }
}

static void test_a_long_name_is_cut(void **state)
{
    struct hostnames *names = hostnames_open(true, &key);
    struct endpoint peer = address_of(1, 0), wanted;
    char name[ENDPOINT_HOST_SIZE];

    (void)state;
    memset(name, 'a', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    hostnames_find(names, &peer);
    hostnames_wanted(names, &wanted);
    assert_int_equal(hostnames_learn(names, &peer, name), HOSTNAMES_COLUMNS);
    assert_int_equal(strlen(hostnames_find(names, &peer)), HOSTNAMES_COLUMNS);
    hostnames_close(names);
}

/* A crowd neither grows the table nor the queue, and what is still looked at is still found. */
static void test_a_crowd(void **state)
{
    struct hostnames *names = hostnames_open(true, &key);
    struct endpoint wanted, kept = address_of(0, 0);
    char name[32];
    uint32_t most = 0;

    (void)state;
    for (uint32_t i = 0; i < 100000; i++) {
        struct endpoint peer = address_of(i, 0);
        uint32_t waiting = 0;
        hostnames_find(names, &peer);
        hostnames_find(names, &kept);
        if (i % 1000 != 0)
            continue;
        for (; hostnames_wanted(names, &wanted); waiting++) {
            snprintf(name, sizeof name, "h%u-%u-%u", wanted.address[1], wanted.address[2],
                     wanted.address[3]);
            hostnames_learn(names, &wanted, name);
        }
        most = waiting > most ? waiting : most;
    }
    assert_in_range(most, 1, 64);
    assert_string_equal(hostnames_find(names, &kept), "h0-0-0");
    hostnames_close(names);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_unknown_is_wanted_once),
    cmocka_unit_test(test_no_name_is_not_asked_again),
    cmocka_unit_test(test_off_asks_nothing),
    cmocka_unit_test(test_hostile_names),
    cmocka_unit_test(test_a_long_name_is_cut),
    cmocka_unit_test(test_a_crowd),
};

const struct suite suite_hostnames = {
    .name = "hostnames", .tests = tests, .count = sizeof tests / sizeof *tests};
