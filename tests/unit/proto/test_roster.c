/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roster: names as they are sent, numbers in order of arrival, and no address with privacy. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/proto/roster.h"

static const struct endpoint peer = {
    .family = ENDPOINT_IPV4, .address = {192, 0, 2, 7}, .port = 50123};

static struct roster *open_roster(bool names, bool privacy)
{
    struct roster *roster = roster_open(&(struct roster_config){
        .capacity = 100, .names = names, .privacy = privacy, .charset = TEXT_UTF8});

    assert_non_null(roster);
    return roster;
}

static bool hear(struct roster *roster, uint32_t slot, const char *text)
{
    return roster_note_message(roster, slot, 0, &peer, text, strlen(text));
}

static void expect_peer(const struct roster *roster, uint32_t slot, uint32_t generation,
                        const char *expected)
{
    char text[ROSTER_TEXT_SIZE];

    assert_string_equal(roster_peer(roster, slot, generation, &peer, text, sizeof text), expected);
}

/* ---- names */

static void names(void **state)
{
    static const struct {
        const char *said, *name;
    } rows[] = {
        {"hello Ann", "Ann"},
        {"Hello Ann", "Ann"},
        {"HELLO ann", "ann"},
        {"hello Ann\n", "Ann"},
        {"hello \t Ann \r\n", "Ann"},
        {"hello Ann  of   Cleves", "Ann of Cleves"},
        {"hello Zo\xc3\xab", "Zo\xc3\xab"},
        {"hello \xe4\xbd\xa0\xe5\xa5\xbd", "\xe4\xbd\xa0\xe5\xa5\xbd"},
        {"hello a\nb", "a\\nb"},
        {"hello \x1b[31mred", "\\x1B[31mred"},
        {"hello \xe2\x80\xaegnp", "\\u{202E}gnp"},
        {"hello \xff\xfe", "\\xFF\\xFE"},
        {"hello 12345678901234567890", "12345678901234567890"},
        {"hello 123456789012345678901", "1234567890123456789\xe2\x80\xa6"},
        {"hello \xc2\xa0 Ann \xe3\x80\x80", "Ann"},
        {"hello", ""},
        {"hello ", ""},
        {"hello  \n", ""},
        {"hello \xc2\xa0\xe3\x80\x80", ""},
        {"hello\tAnn", ""},
        {"hello, Eve", "Eve"},
        {"Hello: Fay", "Fay"},
        {"hello - Gil!", "Gil"},
        {"hello,Hal", "Hal"},
        {"hello, ", ""},
        {"hello!", ""},
        {"hello world", "world?"},
        {"Hello, World!", "World?"},
        {"hello YOUR-NAME", "YOUR-NAME?"},
        {"helloAnn", ""},
        {"jello Ann", ""},
        {" hello Ann", ""},
        {"(ello Ann", ""},
        {"", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct roster *roster = open_roster(true, false);
        assert_int_equal(hear(roster, 3, rows[i].said), rows[i].name[0] != '\0');
        assert_string_equal(roster_name(roster, 3, 0), rows[i].name);
        roster_close(roster);
    }
}

static void wide_names_are_cut_by_columns(void **state)
{
    struct roster *roster = open_roster(true, false);
    char said[200] = "hello ";

    (void)state;
    for (int i = 0; i < 15; i++)
        strcat(said, "\xe4\xbd\xa0");
    assert_true(hear(roster, 0, said));
    assert_int_equal(text_columns(roster_name(roster, 0, 0)), ROSTER_NAME_COLUMNS);
    roster_close(roster);
}

static void any_bytes_make_a_safe_name(void **state)
{
    struct roster *roster = open_roster(true, false);
    uint64_t dice = 1;

    (void)state;
    for (int round = 0; round < 20000; round++) {
        uint8_t said[64] = "hello ";
        size_t size = 6 + (size_t)(dice >> 40) % (sizeof said - 6);
        for (size_t i = 6; i < size; i++) {
            dice = dice * UINT64_C(6364136223846793005) + 1442695040888963407u;
            said[i] = (uint8_t)(dice >> 56);
        }
        roster_note_message(roster, 0, 0, &peer, said, size);
        const char *name = roster_name(roster, 0, 0);
        assert_true(text_columns(name) <= ROSTER_NAME_COLUMNS);
        assert_true(strlen(name) < ROSTER_NAME_SIZE);
        for (const char *byte = name; *byte != '\0'; byte++)
            assert_true((uint8_t)*byte >= 0x20 && *byte != 0x7f);
        assert_null(strstr(name, "  "));
    }
    roster_close(roster);
}

static void a_name_may_change(void **state)
{
    struct roster *roster = open_roster(true, false);

    (void)state;
    assert_true(hear(roster, 0, "hello Ann"));
    assert_false(hear(roster, 0, "hello Ann"));
    assert_false(hear(roster, 0, "how are you"));
    expect_peer(roster, 0, 0, "Ann");
    assert_true(hear(roster, 0, "hello Bob"));
    expect_peer(roster, 0, 0, "Bob");
    roster_close(roster);
}

static void names_are_not_heard_without_a_class(void **state)
{
    struct roster *roster = open_roster(false, true);

    (void)state;
    assert_false(hear(roster, 0, "hello Ann"));
    expect_peer(roster, 0, 0, "client 1");
    roster_close(roster);
}

/* ---- slots and generations */

static void a_slot_that_changes_hands(void **state)
{
    struct roster *roster = open_roster(true, true);

    (void)state;
    hear(roster, 5, "hello Ann");
    roster_note_client(roster, 5, 1);
    expect_peer(roster, 5, 1, "client 2");
    expect_peer(roster, 5, 0, "former client");
    assert_false(roster_note_message(roster, 5, 0, &peer, "hello Ann", 9)); /* too late */
    expect_peer(roster, 5, 1, "client 2");
    assert_true(roster_note_message(roster, 5, 1, &peer, "hello Eve", 9));
    expect_peer(roster, 5, 1, "Eve");
    roster_close(roster);
}

static void generations_wrap_around(void **state)
{
    struct roster *roster = open_roster(true, true);

    (void)state;
    roster_note_client(roster, 0, UINT32_MAX);
    roster_note_client(roster, 0, 0);
    expect_peer(roster, 0, 0, "client 2");
    roster_close(roster);
}

static void numbers_in_order_of_coming(void **state)
{
    struct roster *roster = open_roster(true, true);

    (void)state;
    roster_note_client(roster, 90, 0);
    roster_note_client(roster, 2, 0);
    roster_note_client(roster, 90, 0);
    assert_int_equal(roster_number(roster, 90, 0), 1);
    assert_int_equal(roster_number(roster, 2, 0), 2);
    assert_int_equal(roster_number(roster, 3, 0), 0);
    roster_note_client(roster, 100, 0); /* beyond the capacity */
    assert_int_equal(roster_number(roster, 100, 0), 0);
    roster_clear(roster);
    assert_int_equal(roster_number(roster, 90, 0), 0);
    roster_note_client(roster, 2, 0);
    assert_int_equal(roster_number(roster, 2, 0), 1);
    roster_close(roster);
}

/* ---- their names */

static void addresses_and_privacy(void **state)
{
    struct roster *roster = open_roster(true, false);
    char text[ROSTER_TEXT_SIZE];

    (void)state;
    expect_peer(NULL, 0, 0, "192.0.2.7:50123");
    assert_false(roster_private(NULL));
    expect_peer(roster, 0, 0, "192.0.2.7:50123");
    hear(roster, 0, "hello Ann");
    roster_address(roster, 0, 0, &peer, text, sizeof text);
    assert_string_equal(text, "192.0.2.7:50123");
    roster_close(roster);

    roster = open_roster(true, true);
    assert_true(roster_private(roster));
    hear(roster, 0, "hello Ann");
    expect_peer(roster, 0, 0, "Ann");
    roster_address(roster, 0, 0, &peer, text, sizeof text);
    assert_string_equal(text, "client 1");
    expect_peer(roster, 1, 0, "former client");
    roster_close(roster);
}

/* What was sent to a client, or was to be, names nobody. */
static void only_clients_give_names(void **state)
{
    static const struct {
        uint8_t status;
        uint64_t number;
        const char *said;
        uint8_t direction;
    } rows[] = {{ACK_SENT, 1, "hello Ann", DIRECTION_NONE},
                {ACK_MORE, 1, "hello you", DIRECTION_NONE},
                {ACK_MANUAL, 0, "hello hand", DIRECTION_NONE},
                {ACK_FAILED, 0, "hello unsent", DIRECTION_NONE},
                {ACK_UNASKED, 0, "hello there", DIRECTION_NONE},
                {ACK_FORWARDED, 2, "hello target", DIRECTION_TO_CLIENT},
                {ACK_FORWARDED, 3, "hello Ann", DIRECTION_TO_TARGET}};
    struct roster *roster = open_roster(true, false);

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct event_message event = {.status = rows[i].status,
                                            .number = rows[i].number,
                                            .from = peer,
                                            .relayed = {.direction = rows[i].direction},
                                            .stored_bytes = (uint32_t)strlen(rows[i].said)};
        assert_true(roster_note_event(roster, &event, rows[i].said) == (i == 0));
        assert_string_equal(roster_name(roster, 0, 0), "Ann");
        assert_false(roster_note_event(NULL, &event, rows[i].said));
    }
    roster_close(roster);
}

static bool hear_from(struct roster *roster, uint32_t slot, const char *text, uint8_t host,
                      uint16_t port)
{
    struct endpoint from = peer;

    from.address[3] = host;
    from.port = port;
    return roster_note_message(roster, slot, 0, &from, text, strlen(text));
}

static void expect_name(const struct roster *roster, uint32_t slot, const char *expected)
{
    assert_string_equal(roster_name(roster, slot, 0), expected);
}

/* A name that was given before, or that looks like a client's number, gets a number. */
static void imitators(void **state)
{
    static const struct {
        const char *said, *name;
    } rows[] = {
        {"hello Ann", "Ann"},
        {"hello Ann", "Ann (client 2)"},
        {"hello ANN", "ANN (client 3)"},
        {"hello client 1", "client 1 (client 4)"},
        {"hello 192.0.2.7", "192.0.2.7 (client 5)"},
        {"hello 192.0.2.7:50123", "192.0.2.7:50123 (client 6)"},
        {"hello Ann (client 2)", "Ann (client 2) (client 7)"},
        {"hello \xd0\x90nn", "\xd0\x90nn (client 8)"}, /* a Cyrillic A */
        {"hello \xd0\x90\xd0\xbd\xd0\xbd\xd0\xb0", "\xd0\x90\xd0\xbd\xd0\xbd\xd0\xb0"},
        {"hello 7", "7"},
        {"hello fe80::1", "fe80::1 (client 11)"},
    };
    struct roster *roster = open_roster(true, false);

    (void)state;
    for (uint32_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        hear_from(roster, i, rows[i].said, (uint8_t)(10 + i), 5000);
        expect_name(roster, i, rows[i].name);
    }
    roster_close(roster);
}

/* The same name from the same address is the same person, whatever the port. */
static void a_person_is_not_a_port(void **state)
{
    struct roster *roster = open_roster(true, true);

    (void)state;
    hear_from(roster, 0, "hello Ann", 10, 5000);
    hear_from(roster, 1, "hello Bob", 10, 5001); /* two at one machine */
    assert_true(hear_from(roster, 2, "hello ann", 10, 5002));
    expect_name(roster, 2, "Ann");
    assert_int_equal(roster_number(roster, 2, 0), 1);
    assert_true(roster_is_stood_for(roster, 0, 0));
    assert_false(roster_is_stood_for(roster, 1, 0));
    assert_false(roster_is_stood_for(roster, 2, 0));
    assert_true(hear_from(roster, 0, "me again", 10, 5000)); /* the older port, after all */
    assert_false(roster_is_stood_for(roster, 0, 0));
    assert_true(roster_is_stood_for(roster, 2, 0));
    assert_false(hear_from(roster, 0, "and again", 10, 5000));
    roster_close(roster);
}

static void nobody_is_asked_back(void **state)
{
    struct roster *roster = open_roster(true, false);

    (void)state;
    hear_from(roster, 0, "hello world", 10, 5000);
    expect_name(roster, 0, "world?");
    hear_from(roster, 0, "hello world", 10, 5000);
    expect_name(roster, 0, "world");
    hear_from(roster, 1, "hello there", 11, 5000);
    hear_from(roster, 1, "hello Cleo", 11, 5000);
    expect_name(roster, 1, "Cleo");
    hear_from(roster, 1, "hello everybody", 11, 5000); /* has a name: greets */
    expect_name(roster, 1, "Cleo");
    roster_close(roster);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(names),
    cmocka_unit_test(wide_names_are_cut_by_columns),
    cmocka_unit_test(any_bytes_make_a_safe_name),
    cmocka_unit_test(a_name_may_change),
    cmocka_unit_test(names_are_not_heard_without_a_class),
    cmocka_unit_test(a_slot_that_changes_hands),
    cmocka_unit_test(generations_wrap_around),
    cmocka_unit_test(numbers_in_order_of_coming),
    cmocka_unit_test(addresses_and_privacy),
    cmocka_unit_test(only_clients_give_names),
    cmocka_unit_test(imitators),
    cmocka_unit_test(a_person_is_not_a_port),
    cmocka_unit_test(nobody_is_asked_back),
};

const struct suite suite_roster = {
    .name = "roster", .tests = tests, .count = sizeof tests / sizeof *tests};
