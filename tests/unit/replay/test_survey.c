/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* survey: what a capture holds, and what is worth a look before it is played. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include <sys/stat.h>
#include <unistd.h>

#include "captures.h"
#include "udptui/base/units.h"
#include "udptui/replay/survey.h"

static void survey_all(struct survey *survey, struct replay_source *source)
{
    captures_open_source(source);
    assert_true(survey_open(survey, source));
    assert_true(survey->overview.reading);
    while (survey_read(survey, source, UNITS_NS_PER_S))
        ;
    assert_false(survey->overview.reading);
    assert_int_equal(source->cursor.state, CURSOR_END);
}

static void close_survey(struct survey *survey, struct replay_source *source)
{
    survey_close(survey);
    replay_cursor_close(&source->cursor);
}

static void it_finds_the_servers_and_their_counts(void **state)
{
    static const struct captures_datagram datagrams[] = {
        {.at_ms = 0, .payload = "a", .client = 1},
        {.at_ms = 1, .payload = "b", .client = 2, .server_port = 5000},
        {.at_ms = 2, .payload = "b", .client = 2, .server_port = 5000, .is_reply = true},
        {.at_ms = 3, .payload = "c", .client = 2, .server_port = 5000},
    };
    struct survey survey;
    struct replay_source source;

    (void)state;
    captures_write(datagrams, 4);
    survey_all(&survey, &source);
    const struct replay_overview *overview = &survey.overview;
    assert_int_equal(overview->first_ns, captures_began_ns);
    assert_int_equal(overview->last_ns, captures_began_ns + 3 * UNITS_NS_PER_MS);
    assert_int_equal(overview->packets.datagrams, 4);
    assert_int_equal(overview->read_percent, 100);
    assert_int_equal(overview->server_count, 2);
    assert_int_equal(overview->servers[0].endpoint.port, 5000); /* with the most datagrams */
    assert_int_equal(overview->servers[0].requests, 2);
    assert_int_equal(overview->servers[0].acked, 1);
    assert_int_equal(overview->servers[0].unseen, 1);
    assert_int_equal(overview->servers[1].endpoint.port, CAPTURES_PORT);
    assert_string_equal(overview->problem, "");
    assert_true(survey_is_notable(&survey)); /* there is a choice */
    close_survey(&survey, &source);
}

static void one_server_is_nothing_to_choose_from(void **state)
{
    struct survey survey;
    struct replay_source source;

    (void)state;
    captures_write_many(1000);
    survey_all(&survey, &source);
    assert_int_equal(survey.overview.server_count, 1);
    assert_int_equal(survey.overview.servers[0].acked, 1000);
    assert_false(survey_is_notable(&survey));
    close_survey(&survey, &source);
}

static void an_end_before_the_end_is_notable(void **state)
{
    struct survey survey;
    struct replay_source source;
    struct stat status;

    (void)state;
    captures_write_many(3);
    assert_int_equal(stat(captures_path(), &status), 0);
    assert_int_equal(truncate(captures_path(), status.st_size - 1), 0);
    survey_all(&survey, &source);
    assert_non_null(strstr(survey.overview.problem, captures_path()));
    assert_true(survey_is_notable(&survey));
    close_survey(&survey, &source);
}

static void it_reads_no_longer_than_it_may(void **state)
{
    struct survey survey;
    struct replay_source source;

    (void)state;
    captures_write_many(1000);
    captures_open_source(&source);
    assert_true(survey_open(&survey, &source));
    assert_true(survey_read(&survey, &source, -1));
    assert_int_equal(survey.overview.packets.datagrams, 0);
    assert_true(survey.overview.reading);
    assert_null(survey.overview.servers); /* before all has been read there is nothing to choose */
    close_survey(&survey, &source);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(it_finds_the_servers_and_their_counts),
    cmocka_unit_test(one_server_is_nothing_to_choose_from),
    cmocka_unit_test(an_end_before_the_end_is_notable),
    cmocka_unit_test(it_reads_no_longer_than_it_may),
};

const struct suite suite_survey = {.name = "survey",
                                   .tests = tests,
                                   .count = sizeof tests / sizeof *tests,
                                   .setup = captures_open,
                                   .teardown = captures_close};
