/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* publishing: whose names it knows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../suite.h"

#include "udptui/ui/serve/publishing.h"

struct fixture {
    struct publishing publishing;
    struct sharing sharing;
};

static void take(struct fixture *fixture, const void *record)
{
    const struct sharing_sink *sink = &fixture->sharing.sinks[0];

    sink->record(sink->context, record);
}

static void say_on(struct fixture *fixture, uint8_t engine, uint32_t slot, uint32_t generation,
                   const char *text)
{
    struct {
        struct event_message message;
        char text[32];
    } record = {.message = {.kind = EVENT_MESSAGE,
                            .engine = engine,
                            .slot = slot,
                            .generation = generation,
                            .number = 1,
                            .size_bytes = (uint32_t)strlen(text),
                            .stored_bytes = (uint32_t)strlen(text)}};

    memcpy(record.text, text, strlen(text));
    take(fixture, &record);
}

static void say(struct fixture *fixture, uint32_t slot, uint32_t generation, const char *text)
{
    say_on(fixture, 0, slot, generation, text);
}

static const char *name_of(const struct fixture *fixture, uint32_t slot, uint32_t generation)
{
    return roster_name(fixture->publishing.output.roster, slot, generation);
}

static void open_fixture(struct fixture *fixture, const struct display_options *display)
{
    static const struct announcer_options options = {.url = "mqtt://127.0.0.1/lab"};
    static const struct backend_facts facts = {.clients_max = 8};
    int status;

    *fixture = (struct fixture){.sharing = {.count = 0}};
    if (!publishing_open(&fixture->publishing, &options, display, &facts, NULL, &fixture->sharing,
                         &status))
        skip(); /* it was built without a library for brokers */
    fixture->publishing.output.roster =
        display_open_roster(display, facts.clients_max, TEXT_UTF8, NULL);
}

/* Several engines reset one after the other: the first one does it for all. */
static void names_are_forgotten_once_in_a_reset(void **state)
{
    static const struct display_options display = {.roster = true};
    struct event_reset reset = {.kind = EVENT_RESET, .resets = 1};
    struct fixture fixture;

    (void)state;
    open_fixture(&fixture, &display);
    say(&fixture, 0, 1, "hello Ann");
    assert_string_equal(name_of(&fixture, 0, 1), "Ann");
    take(&fixture, &reset);
    assert_string_equal(name_of(&fixture, 0, 1), "");
    say(&fixture, 0, 2, "hello Ann");
    reset.engine = 1;
    take(&fixture, &reset);
    assert_string_equal(name_of(&fixture, 0, 2), "Ann");
    reset.resets = 2;
    take(&fixture, &reset);
    assert_string_equal(name_of(&fixture, 0, 2), "");
    publishing_close(&fixture.publishing);
}

/* Until an engine has reset as well, what it reports is of before. */
static void what_an_engine_reports_before_its_reset_is_ignored(void **state)
{
    static const struct display_options display = {.roster = true, .privacy = true};
    struct event_client client = {.kind = EVENT_CLIENT, .engine = 1, .slot = 4, .generation = 1};
    struct event_reset reset = {.kind = EVENT_RESET, .resets = 1};
    struct fixture fixture;
    const struct roster *roster;

    (void)state;
    open_fixture(&fixture, &display);
    roster = fixture.publishing.output.roster;
    take(&fixture, &reset);
    take(&fixture, &client);
    say_on(&fixture, 1, 5, 1, "hello Ann");
    assert_string_equal(name_of(&fixture, 5, 1), "");
    reset.engine = 1;
    take(&fixture, &reset);
    say_on(&fixture, 1, 5, 2, "hello Ann");
    assert_string_equal(name_of(&fixture, 5, 2), "Ann");
    assert_int_equal(roster_number(roster, 5, 2), 1);
    publishing_close(&fixture.publishing);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(names_are_forgotten_once_in_a_reset),
    cmocka_unit_test(what_an_engine_reports_before_its_reset_is_ignored),
};

const struct suite suite_serve_publishing = {
    .name = "serve_publishing", .tests = tests, .count = sizeof tests / sizeof *tests};
