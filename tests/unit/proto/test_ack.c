/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../manual.h"
#include "../suite.h"

#include "udptui/proto/ack.h"
#include "udptui/proto/datagram.h"

static const struct ack_context context = {
    .number = 42,
    .wall_ns = INT64_C(1700000000000000007),
    .from = {.family = ENDPOINT_IPV4, .address = {192, 0, 2, 1}, .port = 5000},
    .bytes = (const uint8_t *)"hi",
    .size_bytes = 2,
};

static void assert_renders(const char *template, const char *expected)
{
    struct ack_policy policy;
    uint8_t out[256];
    bool cut;

    assert_null(ack_parse(template, &policy));
    size_t written = ack_render(&policy, &context, out, sizeof out, &cut);
    assert_int_equal(written, strlen(expected));
    assert_memory_equal(out, expected, written);
    assert_false(cut);
}

static void kinds(void **state)
{
    static const struct {
        const char *text;
        enum ack_kind kind;
    } rows[] = {
        {"Message received", ACK_FIXED},
        {"echo", ACK_ECHO},
        {"none", ACK_NONE},
        {"got {n}", ACK_TEMPLATE},
        {"{{n}", ACK_FIXED},
        {"", ACK_FIXED},
        {"echoes", ACK_FIXED},
        {"{text}", ACK_TEMPLATE},
        {"{upper}", ACK_TEMPLATE},
        {"{hex:ff00}", ACK_FIXED},
        {"stamp", ACK_STAMP},
        {"sockperf", ACK_SOCKPERF},
        {"stun", ACK_STUN},
    };
    struct ack_policy policy;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_null(ack_parse(rows[i].text, &policy));
        assert_ptr_equal(policy.row, &ack_rows[rows[i].kind]);
    }
}

static void fields_are_filled_in(void **state)
{
    (void)state;
    assert_renders("{n}", "42");
    assert_renders("#{n}: {bytes} B from {from}: {text}!", "#42: 2 B from 192.0.2.1:5000: hi!");
    assert_renders("{upper} {text}", "HI hi");
    assert_renders("{time}", "2023-11-14T22:13:20.000000007Z");
    assert_renders("{{{n}}", "{42}");
    assert_renders("{hex:41 42}{n}{hex:}{hex:0x43}", "AB42C");
}

static void bad_templates_are_refused(void **state)
{
    static const char *const texts[] = {"{",       "{N}",     "{n",      "a {unknown} b",
                                        "{hex:ff", "{hex:f}", "{hex:xy}"};
    struct ack_policy policy;
    char many[ACK_PARTS_MAX * 8] = "";
    char longer[ACK_TEXT_MAX + 2];

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_non_null(ack_parse(texts[i], &policy));
    for (int i = 0; i < ACK_PARTS_MAX / 2 + 1; i++)
        strcat(many, "a{n}");
    assert_non_null(ack_parse(many, &policy));
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    assert_non_null(ack_parse(longer, &policy));
    longer[ACK_TEXT_MAX] = '\0';
    assert_null(ack_parse(longer, &policy));
}

static void a_render_is_cut_at_the_room(void **state)
{
    struct ack_policy policy;
    uint8_t out[4];
    bool cut;

    (void)state;
    assert_null(ack_parse("ab{n}cd", &policy));
    assert_int_equal(ack_render(&policy, &context, out, 4, &cut), 4);
    assert_memory_equal(out, "ab42", 4);
    assert_true(cut);
    assert_int_equal(ack_render(&policy, &context, out, 0, &cut), 0);
    assert_true(cut);
}

static void a_cut_never_splits_a_character(void **state)
{
    static const struct {
        const char *text;
        size_t limit, cut;
    } rows[] = {
        {"abc", 2, 2},
        {"a\xc3\xa9z", 2, 1},
        {"a\xc3\xa9z", 3, 3},
        {"\xe2\x82\xac\xe2\x82\xac", 4, 3},
        {"\xe2\x82\xac\xe2\x82\xac", 5, 3},
        {"\xf0\x9f\x98\x80", 3, 0},
        {"\x80\x80\x80\x80\x80\x80", 5, 5}, /* not UTF-8: cut anywhere */
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(ack_cut((const uint8_t *)rows[i].text, rows[i].limit), rows[i].cut);
}

static void own_acks_are_recognised(void **state)
{
    static const struct {
        const char *policy, *payload;
        bool matches;
    } rows[] = {
        {"Message received", "Message received", true},
        {"Message received", "Message receive", false},
        {"Message received", "Message received ", false},
        {"", "", true},
        {"", "x", false},
        {"got {n}", "got 1", false}, /* perhaps an honest message */
        {"{n} {text}", "hello world", false},
        {"{text}.", "A sentence.", false},
        {"{text}", "anything", false},
        {"echo", "anything", false},
        {"none", "anything", false},
    };
    struct ack_policy policy;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_null(ack_parse(rows[i].policy, &policy));
        if (ack_matches(&policy, (const uint8_t *)rows[i].payload, strlen(rows[i].payload)) !=
            rows[i].matches)
            fail_msg("%s against %s", rows[i].policy, rows[i].payload);
    }
}

static void replies_are_at_most_three_times_the_request(void **state)
{
    (void)state;
    assert_int_equal(ack_reply_limit(ENDPOINT_IPV4, 0), 56);
    assert_int_equal(ack_reply_limit(ENDPOINT_IPV6, 0), 96);
    assert_int_equal(ack_reply_limit(ENDPOINT_IPV4, 100), 3 * 128 - 28);
    assert_int_equal(ack_reply_limit(ENDPOINT_IPV4, 65507), 65507);
    assert_int_equal(ack_reply_limit(ENDPOINT_IPV6, 65527), 65527);
}

/* Of each size: what is allowed, and what a template that grows with the request makes of it. */
static void no_reply_is_larger_than_its_limit(void **state)
{
    static const enum endpoint_family families[] = {ENDPOINT_IPV4, ENDPOINT_IPV6};
    static uint8_t request[DATAGRAM_PAYLOAD_MAX_IPV6], out[DATAGRAM_PAYLOAD_MAX_IPV6];
    struct ack_policy policy;

    (void)state;
    assert_null(ack_parse("{n} {text}{hex}{upper}{text}", &policy));
    for (size_t i = 0; i < 2; i++) {
        for (size_t size = 0; size <= datagram_payload_max(families[i]); size++) {
            const struct ack_context asked = {.bytes = request, .size_bytes = size};
            size_t limit = ack_reply_limit(families[i], size);
            bool cut;
            assert_true(ack_packet_bytes(families[i], limit) <=
                        3 * ack_packet_bytes(families[i], size));
            assert_true(limit <= datagram_payload_max(families[i]));
            if (size % 31 == 0)
                assert_true(ack_render(&policy, &asked, out, limit, &cut) <= limit);
        }
    }
    ack_close(&policy);
}

static void payload_comes_back_with_echo_and_text(void **state)
{
    static const struct {
        const char *text;
        bool returns;
    } rows[] = {
        {"echo", true},  {"{text}", true}, {"{upper}", true},  {"a{n}", false},
        {"none", false}, {"x", false},     {"sockperf", false}}; /* its reply is no request to another */
    struct ack_policy policy;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_null(ack_parse(rows[i].text, &policy));
        assert_int_equal(ack_returns_payload(&policy), rows[i].returns);
    }
}

/* What is known before it is rendered need not be; what is finished must lie in memory of ours. */
static void rows_are_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < ACK_KINDS; i++) {
        const struct ack_row *row = &ack_rows[i];
        assert_non_null(row->render);
        assert_int_equal(row->size == NULL, row->source == ACK_FROM_RENDER);
        assert_true(row->finish_at_send == NULL || row->source == ACK_FROM_RENDER);
    }
}

static void words_are_read_and_in_the_manual(void **state)
{
    struct ack_policy policy;

    (void)state;
    for (size_t i = 0; i < ACK_KINDS; i++) {
        if (ack_rows[i].word == NULL)
            continue;
        assert_null(ack_parse(ack_rows[i].word, &policy));
        assert_ptr_equal(policy.row, &ack_rows[i]);
        manual_assert_names("udptui-serve.1", "OPTIONS", ack_rows[i].word);
        assert_non_null(strstr(ACK_WORDS, ack_rows[i].word));
    }
}

static void a_reply_is_as_long_as_said(void **state)
{
    static const char *const texts[] = {"Message received", "echo", "none", "{n}"};
    struct ack_policy policy;
    uint8_t out[256];
    bool cut;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_null(ack_parse(texts[i], &policy));
        size_t written = ack_render(&policy, &context, out, sizeof out, &cut);
        assert_false(cut);
        if (policy.row->size != NULL)
            assert_int_equal(policy.row->size(&policy, context.size_bytes), written);
    }
}

/* The packets themselves: test_stamp. */
static void a_stamp_request_is_reflected(void **state)
{
    static const uint32_t sequence = 9;
    static const uint8_t asked[20] = {0, 0, 0, 5};
    struct ack_context request = context;
    struct ack_policy policy;
    struct stamp_reply reply;
    uint8_t out[STAMP_BYTES];
    bool cut;

    (void)state;
    request.bytes = asked;
    request.size_bytes = sizeof asked;
    request.hop_limit = 17;
    assert_null(ack_parse("stamp", &policy));
    for (int stateful = 0; stateful < 2; stateful++) {
        request.sequence = stateful ? &sequence : NULL;
        assert_int_equal(ack_render(&policy, &request, out, sizeof out, &cut), STAMP_BYTES);
        policy.row->finish_at_send(out, sizeof out, context.wall_ns + 5);
        assert_true(stamp_parse_reply(out, sizeof out, &reply));
        assert_int_equal(reply.sequence, stateful ? 9 : 5);
        assert_int_equal(stamp_wall_ns(reply.received), context.wall_ns);
        assert_int_equal(stamp_wall_ns(reply.sent), context.wall_ns + 5);
        assert_int_equal(reply.request_ttl, 17);
    }
    assert_int_equal(ack_render(&policy, &request, out, sizeof out - 1, &cut), 0);
    assert_true(cut);
}

static void some_policies_accept_not_everything(void **state)
{
    static const uint8_t client[14] = {[9] = 3}, server[14] = {[9] = 2};
    static const uint8_t binding[20] = {0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42};
    static const uint8_t bound[20] = {1, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42};
    static const struct {
        const char *policy;
        const uint8_t *bytes;
        size_t size_bytes;
        bool accepted;
    } rows[] = {
        {"stamp", client, 14, true},     {"stamp", client, 13, false},
        {"sockperf", client, 14, true},  {"sockperf", client, 13, false},
        {"sockperf", server, 14, false}, {"echo", client, 0, true},
        {"text", client, 0, true},       {"stun", binding, 20, true},
        {"stun", binding, 19, false},    {"stun", bound, 20, false},
    };
    struct ack_policy policy;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_null(ack_parse(rows[i].policy, &policy));
        assert_int_equal(ack_accepts(&policy, rows[i].bytes, rows[i].size_bytes), rows[i].accepted);
    }
}

static void a_binding_request_is_told_its_address(void **state)
{
    static const uint8_t request[20] = {0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, 7, [19] = 9};
    const struct ack_context asked = {
        .bytes = request,
        .size_bytes = sizeof request,
        .from = {.family = ENDPOINT_IPV4, .address = {192, 0, 2, 1}, .port = 32853}};
    static const uint8_t address[] = {0, 0x20, 0, 8, 0, 1, 0xa1, 0x47, 0xe1, 0x12, 0xa6, 0x43};
    struct ack_policy policy;
    uint8_t out[64];
    bool cut;

    (void)state;
    assert_null(ack_parse("stun", &policy));
    assert_int_equal(ack_render(&policy, &asked, out, sizeof out, &cut), 32);
    assert_false(cut);
    assert_memory_equal(out + 4, request + 4, 16);
    assert_memory_equal(out + 20, address, sizeof address);
    assert_int_equal(ack_render(&policy, &asked, out, 31, &cut), 0);
    assert_true(cut);
    assert_true(ack_reply_limit(ENDPOINT_IPV4, 20) >= 32);
    assert_true(ack_reply_limit(ENDPOINT_IPV6, 20) >= 44);
    assert_false(ack_returns_payload(&policy));
    assert_false(ack_accepts(&policy, out, 32)); /* a response is no request: no loop */
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_binding_request_is_told_its_address),
    cmocka_unit_test(a_stamp_request_is_reflected),
    cmocka_unit_test(some_policies_accept_not_everything),
    cmocka_unit_test(rows_are_whole),
    cmocka_unit_test(words_are_read_and_in_the_manual),
    cmocka_unit_test(a_reply_is_as_long_as_said),
    cmocka_unit_test(kinds),
    cmocka_unit_test(fields_are_filled_in),
    cmocka_unit_test(bad_templates_are_refused),
    cmocka_unit_test(a_render_is_cut_at_the_room),
    cmocka_unit_test(a_cut_never_splits_a_character),
    cmocka_unit_test(own_acks_are_recognised),
    cmocka_unit_test(replies_are_at_most_three_times_the_request),
    cmocka_unit_test(no_reply_is_larger_than_its_limit),
    cmocka_unit_test(payload_comes_back_with_echo_and_text),
};

const struct suite suite_ack = {
    .name = "ack", .tests = tests, .count = sizeof tests / sizeof *tests};
