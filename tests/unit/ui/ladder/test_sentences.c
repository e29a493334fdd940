/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sentences: each kind of leg in words; all that an arrow shows; wrapped lines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../../suite.h"

#include "udptui/base/array.h"
#include "udptui/base/units.h"
#include "udptui/proto/ladder_view.h"
#include "udptui/ui/ladder/sentences.h"

static const int64_t start_ns = 1000 * UNITS_NS_PER_S;

static const struct ladder_heads heads = {
    .left = "client", .right = "server", .origin_ns = 1000 * UNITS_NS_PER_S};
static const struct sentences english = {.heads = &heads};

static void expect(const struct sentences *sentences, struct ladder_leg leg, const char *expected)
{
    char text[SENTENCES_SIZE];

    leg.depart_ns += start_ns;
    leg.arrive_ns += start_ns;
    assert_string_equal(sentences_of_leg(sentences, &leg, text, sizeof text), expected);
}

static void each_kind_of_leg(void **state)
{
    static const struct {
        struct ladder_leg leg;
        const char *expected;
    } rows[] = {
        {{.depart_ns = 123000, .arrive_ns = 200000, .to_right = true, .label = "#1 hello"},
         "0.000123 s: the client sends #1 hello. It arrives at the server at 0.000200 s."},
        {{.to_right = true, .label = "#1", .end = LADDER_LOST, .note = "LOST request"},
         "0.000000 s: the client sends #1. It is lost on the way to the server."},
        {{.label = "#1", .end = LADDER_LOST, .note = "LOST ack"},
         "0.000000 s: the server sends #1. It is lost on the way to the client."},
        {{.to_right = true, .label = "#1", .end = LADDER_UNDERWAY},
         "0.000000 s: the client sends #1. It is still on the way to the server."},
        {{.to_right = true, .label = "#1", .end = LADDER_DROPPED, .note = "queue full"},
         "0.000000 s: the client sends #1. It reaches the host of the server, which drops it. "
         "Note: queue full."},
        {{.to_right = true, .label = "65508 B", .end = LADDER_UNSENT, .note = "EMSGSIZE"},
         "0.000000 s: the client cannot send 65508 B. Note: EMSGSIZE."},
        {{.label = "wakes up", .end = LADDER_EVENT}, "0.000000 s: at the server: wakes up."},
        {{.to_right = true, .number = 4, .end = LADDER_SENT, .note = "no reply"},
         "0.000000 s: the client sends #4. What becomes of it is not known there. Note: no "
         "reply."},
        {{.label = "ack", .origin_unseen = true, .rtt_ns = 31000},
         "0.000000 s: the client receives ack. The round-trip time is 31 us."},
        {{.to_right = true}, "0.000000 s: a datagram goes from the client to the server."},
        {{.label = "port unreachable", .error = true},
         "0.000000 s: an error message comes from the side of the server to the client: port "
         "unreachable."},
        {{.label = "#2", .copy = true, .note = "duplicate"},
         "0.000000 s: the client receives a copy of #2. Note: duplicate."},
        {{.arrive_ns = 1000, .to_right = true, .label = "#2", .copy = true, .note = "copy"},
         "0.000000 s: the network makes a copy of #2. It arrives at the server at 0.000001 s."},
        {{.to_right = true,
          .label = "#2",
          .copy = true,
          .end = LADDER_LOST,
          .note = "LOST request"},
         "0.000000 s: the network makes a copy of #2. It is lost on the way to the server."},
        {{.to_right = true, .label = "#2", .copy = true, .end = LADDER_UNDERWAY},
         "0.000000 s: the network makes a copy of #2. It is still on the way to the server."},
        {{.to_right = true, .label = "#2", .copy = true, .end = LADDER_DROPPED},
         "0.000000 s: the network makes a copy of #2. It reaches the host of the server, which "
         "drops it."},
        {{.to_right = true, .label = "SYN", .reconstructed = true, .note = "reconstructed"},
         "at an unknown time: SYN goes from the client to the server. Note: reconstructed."},
        {{.arrive_ns = 1000, .to_right = true, .label = "#1", .corrupt = true, .note = "corrupt"},
         "0.000000 s: the client sends #1. It arrives at the server at 0.000001 s. Its payload is "
         "changed on the way."},
        {{.arrive_ns = 1000, .to_right = true, .label = "{to} {", .note = "late by 2"},
         "0.000000 s: the client sends {to} {. It arrives at the server at 0.000001 s. Note: late "
         "by 2."},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        expect(&english, rows[i].leg, rows[i].expected);
}

static void three_lines_and_times_of_day(void **state)
{
    static const struct ladder_heads three = {
        .left = "client", .middle = "relay", .right = "target"};
    const struct sentences sentences = {.heads = &three, .utc_offset_s = 3600};

    (void)state;
    expect(&sentences, (struct ladder_leg){.to_right = true, .label = "#1"},
           "01:16:40.000: #1 goes from the client to the relay.");
    expect(&sentences, (struct ladder_leg){.to_right = true, .right_gap = true, .number = 1},
           "01:16:40.000: #1 goes from the relay to the target.");
    expect(
        &sentences,
        (struct ladder_leg){.right_gap = true, .label = "ok", .end = LADDER_LOST, .note = "LOST"},
        "01:16:40.000: the target sends ok. It is lost on the way to the relay.");
}

/* Nothing that an arrow shows is missing: for legs of all ends and flags, the label, the note and
 * the round-trip time are in the words, and two legs that differ have different words. */
static void all_that_an_arrow_shows(void **state)
{
    enum { FLAGS = 1 << 5 };
    static char all[(LADDER_SENT + 1) * FLAGS][SENTENCES_SIZE];
    char rtt[UNITS_TEXT_SIZE];
    size_t count = 0;

    (void)state;
    units_duration(7 * UNITS_NS_PER_MS, rtt, sizeof rtt);
    for (int end = LADDER_ARRIVED; end <= LADDER_SENT; end++)
        for (unsigned flags = 0; flags < FLAGS; flags++) {
            struct ladder_leg leg = {.depart_ns = start_ns + 5 * UNITS_NS_PER_MS,
                                     .arrive_ns = start_ns + 9 * UNITS_NS_PER_MS,
                                     .to_right = flags & 1,
                                     .corrupt = flags & 2,
                                     .copy = flags & 4,
                                     .rtt_ns = flags & 8 ? 7 * UNITS_NS_PER_MS : 0,
                                     .reconstructed = flags & 16,
                                     .end = (uint8_t)end,
                                     .label = "LABEL",
                                     .note = "NOTE"};
            char *text = all[count++];
            sentences_of_leg(&english, &leg, text, SENTENCES_SIZE);
            assert_non_null(strstr(text, "LABEL"));
            assert_non_null(strstr(text, "NOTE"));
            assert_int_equal(strstr(text, rtt) != NULL, (flags & 8) != 0);
            assert_int_equal(strstr(text, "0.005000 s") != NULL, (flags & 16) == 0);
            assert_null(strchr(text, '{'));
            for (size_t i = 0; i + 1 < count; i++)
                if (strcmp(all[i], text) == 0 && end < LADDER_UNSENT)
                    fail_msg("two legs with the same words: %s", text);
        }
}

/* Every word of every leg is on the screen at some scroll position, whatever the width. */
static void lines_are_wrapped_and_scrolled(void **state)
{
    const struct ladder_leg legs[] = {
        {.depart_ns = start_ns, .to_right = true, .label = "#1 hello", .end = LADDER_LOST},
        {.depart_ns = start_ns, .to_right = true, .label = "#2 hello", .end = LADDER_LOST}};
    struct frame *frame = frame_open();
    char text[8192], together[8192];

    (void)state;
    for (int columns = 30; columns <= 90; columns += 7) {
        int lines = sentences_draw(&english, legs, COUNT_OF(legs), NULL, 0, 0, columns, 0);
        together[0] = '\0';
        for (int first = 0; first < lines; first += 3) {
            assert_true(frame_resize(frame, 3, columns));
            assert_int_equal(
                sentences_draw(&english, legs, COUNT_OF(legs), frame, 0, 3, columns, first), lines);
            frame_to_text(frame, text, sizeof text);
            for (char *at = text; *at != '\0'; at++)
                *at = *at == '\n' ? ' ' : *at;
            strcat(together, text);
        }
        char *out = text;
        for (const char *at = together; *at != '\0'; at++)
            if (*at != ' ' || (out > text && out[-1] != ' '))
                *out++ = *at;
        *out = '\0';
        assert_string_equal(
            text, "0.000000 s: the client sends #1 hello. It is lost on the way to the server. "
                  "0.000000 s: the client sends #2 hello. It is lost on the way to the server. ");
    }
    frame_close(frame);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(each_kind_of_leg),
    cmocka_unit_test(three_lines_and_times_of_day),
    cmocka_unit_test(all_that_an_arrow_shows),
    cmocka_unit_test(lines_are_wrapped_and_scrolled),
};

const struct suite suite_ladder_sentences = {
    .name = "ladder_sentences", .tests = tests, .count = COUNT_OF(tests)};
