/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* snapshot: topics both ways, names as levels of topics, tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/base/array.h"
#include "udptui/proto/snapshot.h"

static void test_level_is_safe(void **state)
{
    static const struct {
        const char *name, *level;
    } cases[] = {
        {"room-3", "room-3"},
        {"", "-"},
        {"a/b+c#d", "a-b-c-d"},
        {"$SYS", "-SYS"},
        {"a$", "a$"},
        {"a\nb\x7f\x1b[31m", "a-b--[31m"},
        {"Zo\xc3\xab", "Zo\xc3\xab"},
        {"\xc3", "-"},
        {"x\xff\xfey", "x--y"},
        {"\xc2\x85", "-"},
        {"\xed\xa0\x80", "---"},
    };
    char out[SNAPSHOT_LEVEL_SIZE];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_string_equal(snapshot_clean_level(cases[i].name, out), cases[i].level);
}

/* It is cut before a character that does not fit whole. */
static void test_long_level_is_cut(void **state)
{
    char name[2 * SNAPSHOT_LEVEL_SIZE], out[SNAPSHOT_LEVEL_SIZE];

    (void)state;
    for (size_t before = 0; before < 4; before++) {
        memset(name, 'x', sizeof name);
        for (size_t i = before; i + 3 < sizeof name; i += 3)
            memcpy(name + i, "\xe2\x82\xac", 3);
        name[sizeof name - 4] = '\0';
        snapshot_clean_level(name, out);
        assert_in_range(strlen(out), SNAPSHOT_LEVEL_SIZE - 3, SNAPSHOT_LEVEL_SIZE - 1);
        assert_int_equal((strlen(out) - before) % 3, 0);
    }
}

static void test_topics_both_ways(void **state)
{
    char text[SNAPSHOT_TOPIC_SIZE];
    struct snapshot_topic topic = {.name = "room 3", .place = "ping-[::1]:4010"}, read;

    (void)state;
    for (int part = 0; part < SNAPSHOT_PARTS; part++) {
        topic.part = (enum snapshot_part)part;
        snapshot_format_topic("school/lab", &topic, text);
        assert_true(snapshot_parse_topic("school/lab", text, &read));
        assert_string_equal(read.name, topic.name);
        assert_string_equal(read.place, topic.place);
        assert_int_equal(read.part, topic.part);
        assert_false(snapshot_parse_topic("school", text, &read));
    }
    assert_string_equal(text, "school/lab/v1/room 3/ping-[::1]:4010/messages");
    assert_string_equal(snapshot_format_subscription("p", SNAPSHOT_STATE, text), "p/v1/+/+/state");
}

static void test_topics_of_others(void **state)
{
    static const char *const others[] = {
        "",
        "p",
        "p/",
        "p/v1",
        "p/v1/",
        "p/v1/a/1",
        "p/v1/a/1/",
        "p/v1/a/1/stat",
        "p/v1/a/1/statss",
        "p/v1/a/1/stats/",
        "p/v1/a/1/2/stats",
        "p/v1//1/stats",
        "p/v1/a//stats",
        "p/v2/a/1/stats",
        "q/v1/a/1/stats",
        "pp/v1/a/1/stats",
        "/p/v1/a/1/stats",
        "p/v1/"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/1/stats",
    };
    struct snapshot_topic topic;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(others); i++)
        if (snapshot_parse_topic("p", others[i], &topic))
            fail_msg("%s is taken for ours", others[i]);
}

/* The longest prefix and levels fit. */
static void test_longest_topic(void **state)
{
    char prefix[SNAPSHOT_PREFIX_SIZE], text[SNAPSHOT_TOPIC_SIZE];
    struct snapshot_topic topic = {.part = SNAPSHOT_MESSAGES}, read;

    (void)state;
    memset(prefix, 'p', sizeof prefix - 1);
    prefix[sizeof prefix - 1] = '\0';
    memset(topic.name, 'n', sizeof topic.name - 1);
    memset(topic.place, 'q', sizeof topic.place - 1);
    snapshot_format_topic(prefix, &topic, text);
    assert_true(snapshot_parse_topic(prefix, text, &read));
    assert_memory_equal(&read, &topic, sizeof read);
}

static void test_tables(void **state)
{
    (void)state;
    assert_ptr_equal(snapshot_figures(SNAPSHOT_SERVE), &served_figures);
    assert_ptr_equal(snapshot_figures(SNAPSHOT_RELAY), &relayed_figures);
    assert_ptr_equal(snapshot_figures(SNAPSHOT_PING), &snapshot_target_figures);
    assert_non_null(figures_find(snapshot_client_figures(SNAPSHOT_SERVE), "acked", 5));
    assert_non_null(figures_find(snapshot_client_figures(SNAPSHOT_RELAY), "forwarded", 9));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_level_is_safe),    cmocka_unit_test(test_long_level_is_cut),
    cmocka_unit_test(test_topics_both_ways), cmocka_unit_test(test_topics_of_others),
    cmocka_unit_test(test_longest_topic),    cmocka_unit_test(test_tables),
};

const struct suite suite_snapshot = {
    .name = "snapshot", .tests = tests, .count = sizeof tests / sizeof *tests};
