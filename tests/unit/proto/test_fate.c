/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fate: each combination of two requests and four acks, its figures and its words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../manual.h"
#include "../suite.h"

#include "udptui/proto/fate.h"

enum { LEGS = FATE_REQUESTS + FATE_ACKS };

/*
 * A combination in letters, requests then acks: '.' none, 'u' underway, 'a' arrived, 'l' lost, 'c'
 * arrived corrupt, 'C' lost corrupt; behind them what each request and each ack took, in us, and by
 * how many messages the first ones were late.
 */
struct journey {
    const char *legs;
    int32_t request_us, ack_us;
    uint16_t request_late, ack_late;
    const char *words;
};

static struct leg leg_of(char letter)
{
    static const struct {
        char letter;
        struct leg leg;
    } letters[] = {
        {'.', {.state = LEG_NONE}},
        {'u', {.state = LEG_UNDERWAY}},
        {'a', {.state = LEG_ARRIVED}},
        {'l', {.state = LEG_LOST}},
        {'c', {.state = LEG_ARRIVED, .corrupt = true}},
        {'C', {.state = LEG_LOST, .corrupt = true}},
    };
    size_t row = 0;

    while (letters[row].letter != letter)
        row++;
    return letters[row].leg;
}

static struct fate fate_of(const struct journey *journey)
{
    struct fate fate;

    assert_int_equal(strlen(journey->legs), LEGS + 1);
    for (unsigned i = 0; i < FATE_REQUESTS; i++)
        fate.requests[i] = leg_of(journey->legs[i]);
    for (unsigned i = 0; i < FATE_ACKS; i++)
        fate.acks[i] = leg_of(journey->legs[FATE_REQUESTS + 1 + i]);
    for (unsigned i = 0; i < FATE_REQUESTS; i++)
        fate.requests[i].arrive_us = journey->request_us;
    for (unsigned i = 0; i < FATE_ACKS; i++) {
        fate.acks[i].depart_us = journey->request_us;
        fate.acks[i].arrive_us = journey->request_us + journey->ack_us;
    }
    fate.requests[0].late_by = journey->request_late;
    fate.acks[0].late_by = journey->ack_late;
    return fate;
}

static const struct journey journeys[] = {
    {".. ....", 0, 0, 0, 0, ""},
    {"a. a...", 0, 0, 0, 0, ""},
    {"u. ....", 0, 0, 0, 0, ""},
    {"a. u...", 0, 0, 0, 0, ""},
    {"a. ....", 0, 0, 0, 0, ""}, /* answered with nothing: held for a reason of its own */
    /* losses */
    {"l. ....", 0, 0, 0, 0, "LOST request"},
    {"ll ....", 0, 0, 0, 0, "LOST request"},
    {"la ..a.", 0, 0, 0, 0, ""},
    {"lu ....", 0, 0, 0, 0, ""},
    {"ul ....", 0, 0, 0, 0, ""},
    {"al a...", 0, 0, 0, 0, ""},
    {"a. l...", 0, 0, 0, 0, "LOST ack"},
    {"a. ll..", 0, 0, 0, 0, "LOST ack"},
    {"a. lu..", 0, 0, 0, 0, ""},
    {"a. la..", 0, 0, 0, 0, ""},
    {"aa l.l.", 0, 0, 0, 0, "LOST ack"},
    {"aa l.a.", 0, 0, 0, 0, ""},
    {"aa llll", 0, 0, 0, 0, "LOST ack"},
    {"au l...", 0, 0, 0, 0, ""}, /* the second request may still be answered */
    {"al l...", 0, 0, 0, 0, "LOST ack"},
    /* copies */
    {"a. aa..", 0, 0, 0, 0, "x2"},
    {"a. au..", 0, 0, 0, 0, ""},
    {"aa a.a.", 0, 0, 0, 0, "x2"},
    {"aa aaa.", 0, 0, 0, 0, "x3"},
    {"aa aaaa", 0, 0, 0, 0, "x4"},
    {"aa alla", 0, 0, 0, 0, "x2"},
    /* late */
    {"a. a...", 0, 0, 2, 0, "late by 2"},
    {"a. a...", 0, 0, 0, 3, "late by 3"},
    {"a. a...", 0, 0, 2, 3, "late by 3"},
    {"a. a...", 0, 0, 3, 65535, "late by 65535"},
    {"a. l...", 0, 0, 1, 0, "LOST ack, late by 1"},
    /* delayed */
    {"a. a...", 83000, 0, 0, 0, "delayed 83 ms"},
    {"a. a...", 0, 83000, 0, 0, "delayed 83 ms"},
    {"a. a...", 41000, 42000, 0, 0, "delayed 83 ms"},
    {"a. a...", 83499, 0, 0, 0, "delayed 83 ms"},
    {"a. a...", 83500, 0, 0, 0, "delayed 84 ms"},
    {"a. a...", 49, 0, 0, 0, ""},
    {"a. a...", 25, 25, 0, 0, "delayed 50 us"},
    {"a. a...", 9990, 0, 0, 0, "delayed 9.99 ms"},
    {"a. a...", 10000, 0, 0, 0, "delayed 10 ms"},
    {"a. a...", 9999000, 0, 0, 0, "delayed 9999 ms"},
    {"a. a...", 10000000, 0, 0, 0, "delayed 10.0 s"},
    {"a. a...", INT32_MAX, 0, 0, 0, "delayed 2147 s"},
    {"u. ....", 83000, 0, 0, 0, "delayed 83 ms"},
    {"a. u...", 40000, 43000, 0, 0, "delayed 40 ms"},
    {"a. l...", 40000, 0, 0, 0, "LOST ack, delayed 40 ms"},
    {"aa a.a.", 40000, 0, 0, 0, "x2, delayed 40 ms"},
    /* corrupt */
    {"c. a...", 0, 0, 0, 0, "corrupt"},
    {"a. c...", 0, 0, 0, 0, "corrupt"},
    {"c. c...", 0, 0, 0, 0, "corrupt"},
    {"c. l...", 0, 0, 0, 0, "LOST ack, corrupt"},
    {"a. C...", 0, 0, 0, 0, "LOST ack"},
    {"C. ....", 0, 0, 0, 0, "LOST request"},
    {"aC a...", 0, 0, 0, 0, ""},
    {"ac a.a.", 0, 0, 0, 0, "x2, corrupt"},
    {"aa alac", 0, 0, 0, 0, "x3, corrupt"},
    /* all at once */
    {"c. aa..", 41000, 42000, 2, 1, "x2, late by 2, delayed 83 ms, corrupt"},
    {"c. ll..", 41000, 0, 2, 0, "LOST ack, late by 2, delayed 41 ms, corrupt"},
    {"l. ....", 41000, 0, 2, 0, "LOST request"},
    {"aa caaa", INT32_MAX, 0, 65535, 0, "x4, late by 65535, delayed 2147 s, corrupt"},
};

static void words_tell_the_journey(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof journeys / sizeof *journeys; i++) {
        struct fate fate = fate_of(&journeys[i]);
        char text[FATE_TEXT_SIZE];

        if (strcmp(fate_format(&fate, text, sizeof text), journeys[i].words) != 0)
            fail_msg("\"%s\" is told as \"%s\", not \"%s\"", journeys[i].legs, text,
                     journeys[i].words);
    }
}

/* The words and the figures say the same. */
static void figures_are_those_of_the_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof journeys / sizeof *journeys; i++) {
        struct fate fate = fate_of(&journeys[i]);
        const char *words = journeys[i].words;
        bool request_lost = strstr(words, "LOST request") != NULL;

        assert_int_equal(fate_lost_request(&fate), request_lost);
        assert_int_equal(fate_lost_ack(&fate), strstr(words, "LOST ack") != NULL);
        assert_int_equal(fate_touched(&fate), strcmp(journeys[i].legs, ".. ....") != 0);
        if (request_lost)
            continue;
        assert_int_equal(fate_acks(&fate) > 1, words[0] == 'x');
        assert_int_equal(fate_late_by(&fate) > 0, strstr(words, "late by") != NULL);
        assert_int_equal(fate_delay_ns(&fate) > 0, strstr(words, "delayed") != NULL);
        assert_int_equal(fate_corrupt(&fate), strstr(words, "corrupt") != NULL);
    }
}

/* The client waits for the ack that comes first, with the delay of the request that it answers. */
static void the_first_ack_has_the_delay(void **state)
{
    struct fate fate = {
        .requests = {{0, 300, LEG_ARRIVED, false, 0, 0}, {100, 150, LEG_ARRIVED, false, 0, 0}},
        .acks = {{300, 400, LEG_UNDERWAY, false, 0, 0},
                 {300, 310, LEG_LOST, false, 0, 0},
                 {150, 900, LEG_UNDERWAY, false, 0, 0}},
    };

    (void)state;
    assert_int_equal(fate_delay_ns(&fate), 300000); /* of the request: no ack yet */
    fate.acks[2].state = LEG_ARRIVED;
    assert_int_equal(fate_delay_ns(&fate), 50000 + 750000);
    fate.acks[0].state = LEG_ARRIVED;
    assert_int_equal(fate_delay_ns(&fate), 400000);
    fate.requests[0].arrive_us = fate.acks[0].depart_us = INT32_MAX - 1000;
    fate.acks[0].arrive_us = INT32_MAX;
    fate.acks[2].state = LEG_NONE;
    assert_int_equal(fate_delay_ns(&fate), (int64_t)INT32_MAX * 1000);
}

/* All 4^6 journeys: effects that exclude each other are not combined. */
static void no_journey_contradicts_itself(void **state)
{
    static const char letters[] = ".ual";

    (void)state;
    for (unsigned code = 0; code < 1 << (2 * LEGS); code++) {
        struct fate fate = {0};
        unsigned arrived = 0, underway = 0, lost_acks = 0;

        for (unsigned i = 0; i < LEGS; i++) {
            char letter = letters[code >> (2 * i) & 3];
            bool ack = i >= FATE_REQUESTS;
            struct leg *leg = ack ? &fate.acks[i - FATE_REQUESTS] : &fate.requests[i];

            *leg = leg_of(letter);
            arrived += ack && letter == 'a';
            underway += letter == 'u';
            lost_acks += ack && letter == 'l';
        }
        assert_int_equal(fate_acks(&fate), arrived);
        assert_int_equal(fate_touched(&fate), code != 0);
        assert_int_equal(fate_lost_ack(&fate), lost_acks > 0 && arrived == 0 && underway == 0);
        if (fate_lost_request(&fate))
            assert_true(fate.requests[0].state == LEG_LOST || fate.requests[1].state == LEG_LOST);
    }
}

static void what_has_no_room_is_cut(void **state)
{
    static const char whole[] = "x2, late by 2, delayed 83 ms, corrupt";
    struct fate fate = fate_of(&(struct journey){"c. aa..", 41000, 42000, 2, 1, whole});
    char text[sizeof whole + 1];

    (void)state;
    for (size_t size = 1; size <= sizeof whole; size++) {
        memset(text, '#', sizeof text);
        assert_ptr_equal(fate_format(&fate, text, size), text);
        assert_int_equal(strlen(text), size - 1);
        assert_memory_equal(text, whole, size - 1);
        assert_int_equal(text[size], '#');
    }
    text[0] = '#';
    fate_format(&fate, text, 0);
    assert_int_equal(text[0], '#');
}

/* What was handed over first is shown; flipping again gives what was sent. */
static void one_bit_is_flipped(void **state)
{
    struct fate fate = {
        .requests = {{.state = LEG_ARRIVED, .arrive_us = 9, .corrupt = true}, {.state = LEG_LOST}}};
    uint8_t payload[] = "Hi!?";

    (void)state;
    assert_null(fate_handed_over(&(struct fate){.requests = {{.state = LEG_LOST}}}));
    fate_flip(&fate, payload, 4);
    assert_string_equal(payload, "Ii!?");
    fate_flip(&fate, payload, 4);
    assert_string_equal(payload, "Hi!?");
    fate.requests[0].bit = 31;
    fate_flip(&fate, payload, 4);
    assert_memory_equal(payload, "Hi!\xbf", 4);
    fate_flip(&fate, payload, 3); /* the byte is not kept */
    assert_memory_equal(payload, "Hi!\xbf", 4);
    fate_flip(&fate, payload, 4);
    fate.requests[1] = (struct leg){.state = LEG_ARRIVED, .arrive_us = 3};
    fate_flip(&fate, payload, 4); /* the copy came first, as it was */
    assert_string_equal(payload, "Hi!?");
}

/* A message that was doubled, overtaken, delayed and changed has all of them. */
static void each_effect_is_said_and_in_the_manual(void **state)
{
    const struct leg late = {
        .state = LEG_ARRIVED, .arrive_us = 83000, .late_by = 2, .corrupt = true};
    const struct fate fate = {.requests = {late}, .acks = {late, late}}, none = {.acks = {{0}}};
    char words[FATE_TEXT_SIZE];

    (void)state;
    fate_format(&fate, words, sizeof words);
    for (size_t i = 0; i < FATE_EFFECTS; i++) {
        assert_true(fate_effects[i].value(&fate) > 0);
        assert_int_equal(fate_effects[i].value(&none), 0);
        assert_non_null(strstr(words, fate_effects[i].words));
        manual_assert_names("udptui-json.5", "serve", fate_effects[i].key);
    }
}

/* A relay's datagram has one way; its direction is known otherwise. */
static void passed_through_a_relay(void **state)
{
    const struct fate lost = {.requests = {leg_of('l')}};
    const struct fate doubled = {
        .requests = {{.state = LEG_ARRIVED, .arrive_us = 80000, .late_by = 2}, leg_of('c')}};
    const struct fate plain = {.requests = {leg_of('a')}};
    char words[FATE_TEXT_SIZE];

    (void)state;
    assert_string_equal(fate_format_passed(&lost, words, sizeof words), "LOST");
    assert_int_equal(fate_passed(&lost), 0);
    assert_string_equal(fate_format_passed(&doubled, words, sizeof words),
                        "x2, late by 2, delayed 80 ms, corrupt");
    assert_int_equal(fate_passed(&doubled), 2);
    assert_string_equal(fate_format_passed(&plain, words, sizeof words), "");
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(passed_through_a_relay),
    cmocka_unit_test(each_effect_is_said_and_in_the_manual),
    cmocka_unit_test(words_tell_the_journey),
    cmocka_unit_test(figures_are_those_of_the_words),
    cmocka_unit_test(the_first_ack_has_the_delay),
    cmocka_unit_test(no_journey_contradicts_itself),
    cmocka_unit_test(what_has_no_room_is_cut),
    cmocka_unit_test(one_bit_is_flipped),
};

const struct suite suite_fate = {
    .name = "fate", .tests = tests, .count = sizeof tests / sizeof *tests};
