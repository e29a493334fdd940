/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* settings: what /set shows, changes and refuses, and how it is completed. What it says and the
 * words that it offers are kept here instead of going to a prompt. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../suite.h"

#include "../../../../src/client/session_internal.h"
#include "../../../../src/ui/send/console_internal.h"
#include "udptui/base/units.h"

enum { SAID_SIZE = 4096 };

/* In place of the prompt's (src/ui/send/prompt.c, src/ui/prompt.c). */
struct prompt_words {
    char text[SAID_SIZE]; /* the words, a blank behind each */
};

struct desk {
    struct send send;
    struct session session;
    struct sink sink;
    struct console console;
};

static char said[SAID_SIZE];

void console_say(struct console *console, const char *format, ...)
{
    size_t length = strlen(said);
    va_list list;

    (void)console;
    va_start(list, format);
    vsnprintf(said + length, sizeof said - length, format, list);
    va_end(list);
    strcat(said, "\n");
}

void prompt_words_add(struct prompt_words *words, const char *word)
{
    assert_true(strlen(words->text) + strlen(word) + 2 < sizeof words->text);
    strcat(strcat(words->text, word), " ");
}

static int desk_open(void **state)
{
    struct desk *desk = calloc(1, sizeof *desk);

    *state = desk;
    if (desk == NULL)
        return -1;
    desk->send.options.session.timeout_ns = UNITS_NS_PER_S;
    desk->send.options.session.retry = 2;
    desk->session.options = desk->send.options.session;
    desk->console =
        (struct console){.send = &desk->send, .session = &desk->session, .sink = &desk->sink};
    return 0;
}

static int desk_close(void **state)
{
    free(*state);
    return 0;
}

/* What "/set ARGUMENT" says. */
static const char *desk_set(struct desk *desk, const char *argument)
{
    said[0] = '\0';
    console_set(&desk->console, argument);
    return said;
}

static const char *desk_complete(struct desk *desk, const char *line)
{
    static struct prompt_words words;

    words.text[0] = '\0';
    assert_true(console_complete_setting(&desk->console, line, &words));
    return words.text;
}

static void alone_it_lists_all(void **state)
{
    assert_string_equal(desk_set(*state, ""),
                        "  timeout  1.00 s   how long to wait for a reply (TIME)\n"
                        "  retry    2        resend up to N times (N)\n"
                        "  wait     0 ns     after a reply, wait this long for more (TIME)\n"
                        "  replies  0        wait for N different replies (N)\n"
                        "  eol      none     what ends each message (none|lf|crlf|cr)\n"
                        "  escapes  off      lines have escapes, as with -e (off|on)\n"
                        "  fill     off      lines have fields: {n} {time} {random:N} (off|on)\n"
                        "  show     auto     how replies are shown (auto|text|hex|both)\n"
                        "  full     off      all bytes of each reply (off|on)\n"
                        "  hex      off      lines are hex bytes (off|on)\n");
}

static void a_name_shows_one(void **state)
{
    assert_string_equal(desk_set(*state, "retry"),
                        "  retry    2        resend up to N times (N)\n");
    assert_string_equal(desk_set(*state, "timeout 250ms"), "");
    assert_string_equal(desk_set(*state, "timeout"),
                        "  timeout  250 ms   how long to wait for a reply (TIME)\n");
    desk_set(*state, "eol crlf");
    assert_string_equal(desk_set(*state, "eol"),
                        "  eol      crlf     what ends each message (none|lf|crlf|cr)\n");
}

static void the_session_gets_the_change(void **state)
{
    struct desk *desk = *state;

    assert_string_equal(desk_set(desk, "timeout 1.5s"), "");
    assert_int_equal(desk->send.options.session.timeout_ns, 1500 * UNITS_NS_PER_MS);
    assert_int_equal(desk->session.options.timeout_ns, 1500 * UNITS_NS_PER_MS);
    assert_string_equal(desk_set(desk, "retry   0"), "");
    assert_int_equal(desk->session.options.retry, 0);
    desk_set(desk, "wait 20ms");
    desk_set(desk, "replies 3");
    desk_set(desk, "fill on");
    assert_int_equal(desk->session.options.wait_ns, 20 * UNITS_NS_PER_MS);
    assert_int_equal(desk->session.options.replies, 3);
    assert_int_equal(desk->session.options.fill, 1);
    assert_int_equal(desk->session.options.timeout_ns, 1500 * UNITS_NS_PER_MS);
}

/* Exactly the name: neither its beginning nor more than it. */
static void unknown_names_are_refused(void **state)
{
    static const char *const names[] = {"tim", "timeouts", "Timeout", "-", "--timeout"};
    struct desk *desk = *state;
    struct send_options before = desk->send.options;
    char line[64], expected[128];

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(expected, sizeof expected, "/set %s: unknown setting: /set alone lists them\n",
                 names[i]);
        assert_string_equal(desk_set(desk, names[i]), expected);
        snprintf(line, sizeof line, "%s 3s", names[i]);
        assert_string_equal(desk_set(desk, line), expected);
    }
    assert_memory_equal(&desk->send.options, &before, sizeof before);
}

static void a_wrong_value_changes_nothing(void **state)
{
    static const char *const wrong[] = {"timeout 0s", "timeout soon", "timeout 1s 2s", "retry -1",
                                        "retry 1e9",  "eol LF",       "show picture",  "hex yes"};
    struct desk *desk = *state;
    struct send_options before = desk->send.options;

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char begin[32];
        snprintf(begin, sizeof begin, "/set %.*s", (int)strcspn(wrong[i], " "), wrong[i]);
        assert_memory_equal(desk_set(desk, wrong[i]), begin, strlen(begin));
        assert_ptr_equal(strchr(said, '\n'), said + strlen(said) - 1); /* one line */
    }
    assert_memory_equal(&desk->send.options, &before, sizeof before);
    assert_int_equal(desk->session.options.timeout_ns, UNITS_NS_PER_S);
}

/* Not cut to what fits, which would be another value. */
static void a_value_of_any_length_is_read_whole(void **state)
{
    struct desk *desk = *state;
    char line[1024];

    for (int zeros = 280; zeros < 340; zeros++) {
        snprintf(line, sizeof line, "retry %0*d", zeros, 3);
        desk->send.options.session.retry = 2;
        desk_set(desk, line);
        assert_int_equal(desk->send.options.session.retry, said[0] == '\0' ? 3 : 2);
    }
    assert_string_not_equal(said, "");
}

static void of_hex_and_escapes_the_newer_one_counts(void **state)
{
    struct desk *desk = *state;

    desk_set(desk, "escapes on");
    assert_int_equal(desk->send.options.message.escapes, 1);
    desk_set(desk, "hex on");
    assert_int_equal(desk->send.options.message.hex, 1);
    assert_int_equal(desk->send.options.message.escapes, 0);
    desk_set(desk, "escapes on");
    assert_int_equal(desk->send.options.message.hex, 0);
    assert_int_equal(desk->send.options.message.escapes, 1);
    desk_set(desk, "hex off");
    assert_int_equal(desk->send.options.message.escapes, 1);
}

static void replies_are_shown_as_set(void **state)
{
    struct desk *desk = *state;

    desk_set(desk, "show both");
    assert_int_equal(desk->sink.output.style.show, PAYLOAD_BOTH);
    assert_int_equal(desk->sink.output.style.full, 0);
    desk_set(desk, "full on");
    assert_int_equal(desk->sink.output.style.show, PAYLOAD_BOTH);
    assert_int_equal(desk->sink.output.style.full, 1);
}

static void names_are_completed_then_their_words(void **state)
{
    static const char all[] = "timeout retry wait replies eol escapes fill show full hex ";

    assert_string_equal(desk_complete(*state, "/set"), all);
    assert_string_equal(desk_complete(*state, "/set "), all);
    assert_string_equal(desk_complete(*state, "/set   e"), all); /* the prompt chooses */
    assert_string_equal(desk_complete(*state, "/set eol "), "none lf crlf cr ");
    assert_string_equal(desk_complete(*state, "/set  hex o"), "off on ");
    assert_string_equal(desk_complete(*state, "/set timeout "), "");
    assert_string_equal(desk_complete(*state, "/set unknown "), "");
}

#define SETTINGS_TEST(function) cmocka_unit_test_setup_teardown(function, desk_open, desk_close)

static const struct CMUnitTest tests[] = {
    SETTINGS_TEST(alone_it_lists_all),
    SETTINGS_TEST(a_name_shows_one),
    SETTINGS_TEST(the_session_gets_the_change),
    SETTINGS_TEST(unknown_names_are_refused),
    SETTINGS_TEST(a_wrong_value_changes_nothing),
    SETTINGS_TEST(a_value_of_any_length_is_read_whole),
    SETTINGS_TEST(of_hex_and_escapes_the_newer_one_counts),
    SETTINGS_TEST(replies_are_shown_as_set),
    SETTINGS_TEST(names_are_completed_then_their_words),
};

const struct suite suite_send_settings = {
    .name = "send_settings", .tests = tests, .count = sizeof tests / sizeof *tests};
