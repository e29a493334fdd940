/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* save: the frames of chosen messages, with all that belongs to them, and what keeps it from it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include <unistd.h>

#include "captures.h"
#include "udptui/base/units.h"
#include "udptui/replay/save.h"

static const struct captures_datagram datagrams[] = {
    {.at_ms = 0, .payload = "one", .client = 1},
    {.at_ms = 1, .payload = "two", .client = 2},
    {.at_ms = 2, .payload = "ONE", .client = 1, .is_reply = true},
    {.at_ms = 3, .payload = "TWO", .client = 2, .is_reply = true},
    {.at_ms = 4, .payload = "nobody asked", .client = 3, .is_reply = true},
};

static char saved_path[64];

static int open_both(void **state)
{
    int result = captures_open(state);

    snprintf(saved_path, sizeof saved_path, "%s.saved", captures_path());
    return result;
}

static int remove_saved(void **state)
{
    (void)state;
    unlink(saved_path);
    return 0;
}

struct choice {
    struct replay_save *save;
    const char *payload; /* of the message that is chosen */
};

static void choose(void *context, const void *record, size_t size_bytes)
{
    const struct choice *choice = context;
    const struct event_message *message = record;

    (void)size_bytes;
    if (event_kind_of(record) == EVENT_MESSAGE &&
        message->stored_bytes == strlen(choice->payload) &&
        memcmp(message + 1, choice->payload, message->stored_bytes) == 0)
        replay_save_choose(choice->save, message);
}

static struct replay_save *open_save(struct replay_source *source)
{
    char error[CAPTURE_ERROR_SIZE];

    captures_write(datagrams, 5);
    captures_open_source(source);
    struct replay_save *save = replay_save_open(source, saved_path, false, error);
    assert_non_null(save);
    return save;
}

/* The first reading, as the lines do it. */
static void choose_all(struct replay_source *source, struct choice *choice)
{
    struct pairing *pairing = replay_source_pair(source, INT64_MAX, choose, choice);
    enum cursor_state state;

    assert_non_null(pairing);
    while ((state = replay_cursor_next_now(&source->cursor)) != CURSOR_END)
        if (state == CURSOR_DATAGRAM)
            replay_source_feed(source, pairing);
    pairing_end(pairing);
    pairing_close(pairing);
}

static void expect_payloads(const char *const *payloads)
{
    struct replay_cursor cursor;

    assert_true(replay_cursor_open(&cursor, saved_path));
    for (; *payloads != NULL; payloads++) {
        assert_int_equal(replay_cursor_next_now(&cursor), CURSOR_DATAGRAM);
        assert_int_equal(cursor.packet.size_bytes, strlen(*payloads));
        assert_memory_equal(cursor.packet.payload, *payloads, strlen(*payloads));
    }
    assert_int_equal(replay_cursor_next_now(&cursor), CURSOR_END);
    assert_string_equal(cursor.error, "");
    replay_cursor_close(&cursor);
}

/* One frame at a time. */
static void go_on_to_the_end(struct choice *choice, struct replay_source *source)
{
    while (replay_save_go_on(choice->save, source, 1))
        ;
}

static void save_message(const char *payload, const char *const *expected, uint64_t frames)
{
    struct replay_source source;
    struct choice choice = {.save = open_save(&source), .payload = payload};
    char error[CAPTURE_ERROR_SIZE];
    uint64_t saved;

    choose_all(&source, &choice);
    go_on_to_the_end(&choice, &source);
    assert_true(replay_save_finish(choice.save, &saved, error));
    assert_int_equal(saved, frames);
    replay_save_close(choice.save);
    replay_cursor_close(&source.cursor);
    expect_payloads(expected);
}

static void a_message_takes_its_reply_along(void **state)
{
    (void)state;
    save_message("one", (const char *const[]){"one", "ONE", NULL}, 2);
}

static void a_datagram_that_nobody_asked_for_goes_alone(void **state)
{
    (void)state;
    save_message("nobody asked", (const char *const[]){"nobody asked", NULL}, 1);
}

static void nothing_chosen_is_an_empty_capture(void **state)
{
    (void)state;
    save_message("something else", (const char *const[]){NULL}, 0);
}

static void what_was_not_finished_is_an_empty_capture(void **state)
{
    struct replay_source source;

    (void)state;
    replay_save_close(open_save(&source));
    replay_cursor_close(&source.cursor);
    expect_payloads((const char *const[]){NULL});
}

static void it_can_end_early(void **state)
{
    struct replay_source source;
    struct choice choice = {.save = open_save(&source), .payload = "one"};
    char error[CAPTURE_ERROR_SIZE];
    uint64_t saved;

    (void)state;
    choose_all(&source, &choice);
    assert_true(replay_save_go_on(choice.save, &source, 2));
    replay_save_finish(choice.save, &saved, error);
    assert_int_equal(saved, 0);
    replay_save_close(choice.save);
    replay_cursor_close(&source.cursor);
}

static void a_capture_that_is_gone_says_so(void **state)
{
    struct replay_source source;
    struct choice choice = {.save = open_save(&source), .payload = "one"};
    char error[CAPTURE_ERROR_SIZE];
    uint64_t saved;

    (void)state;
    choose_all(&source, &choice);
    unlink(captures_path());
    go_on_to_the_end(&choice, &source);
    replay_save_finish(choice.save, &saved, error);
    assert_int_equal(saved, 0);
    assert_non_null(strstr(source.cursor.error, captures_path()));
    replay_save_close(choice.save);
    replay_cursor_close(&source.cursor);
}

static void it_never_overwrites_what_it_reads(void **state)
{
    struct replay_source source;
    char error[CAPTURE_ERROR_SIZE];

    (void)state;
    captures_write(datagrams, 5);
    captures_open_source(&source);
    assert_null(replay_save_open(&source, captures_path(), true, error));
    assert_non_null(strstr(error, captures_path()));
    assert_null(replay_save_open(&source, "/tmp/udptui-no-such-directory/a", false, error));
    assert_int_equal(replay_cursor_next_now(&source.cursor), CURSOR_DATAGRAM);
    replay_cursor_close(&source.cursor);
    replay_save_close(NULL);
    replay_save_choose(NULL, NULL);
}

#define WITH_SAVED(test) cmocka_unit_test_setup_teardown(test, NULL, remove_saved)

static const struct CMUnitTest tests[] = {
    WITH_SAVED(a_message_takes_its_reply_along),
    WITH_SAVED(a_datagram_that_nobody_asked_for_goes_alone),
    WITH_SAVED(nothing_chosen_is_an_empty_capture),
    WITH_SAVED(what_was_not_finished_is_an_empty_capture),
    WITH_SAVED(it_can_end_early),
    WITH_SAVED(a_capture_that_is_gone_says_so),
    WITH_SAVED(it_never_overwrites_what_it_reads),
};

const struct suite suite_save = {.name = "save",
                                 .tests = tests,
                                 .count = sizeof tests / sizeof *tests,
                                 .setup = open_both,
                                 .teardown = captures_close};
