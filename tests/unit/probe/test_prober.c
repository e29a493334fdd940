/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* prober: its thread, its limits, and a reader that does not read. */
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <sys/eventfd.h>

#include <cmocka.h>

#include "../await.h"
#include "../suite.h"
#include "target.h"

#include "udptui/base/units.h"
#include "udptui/probe/prober.h"
#include "udptui/sys/clock.h"

static const int64_t patience_ns = 20 * UNITS_NS_PER_S;

struct prober_fixture {
    struct target target;
    struct probe_config probes[2];
    struct prober_config config;
    struct prober *prober;
    bool echo; /* the target answers */
    uint64_t events[2], ends;
    struct probe_figures figures[2]; /* the latest */
};

/* Two probes of one target, which ends after `count` each. */
static void prober_prepare(struct prober_fixture *fixture, uint64_t count, int64_t interval_ns)
{
    target_open(&fixture->target);
    for (size_t i = 0; i < 2; i++)
        fixture->probes[i] = (struct probe_config){.target = fixture->target.address,
                                                   .mode = PROBE_ECHO,
                                                   .size_bytes = PROBE_SIZE_MIN,
                                                   .interval_ns = interval_ns,
                                                   .timeout_ns = 10 * UNITS_NS_PER_S,
                                                   .count = count};
    fixture->config = (struct prober_config){.targets = fixture->probes,
                                             .count = 2,
                                             .tick_ns = 20 * UNITS_NS_PER_MS,
                                             .events = true,
                                             .event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    fixture->echo = true;
}

static void prober_begin(struct prober_fixture *fixture)
{
    char error[PROBE_ERROR_SIZE] = "";

    fixture->prober = prober_open(&fixture->config, error);
    assert_non_null(fixture->prober);
    assert_true(prober_start(fixture->prober, error));
}

static void prober_take(struct prober_fixture *fixture)
{
    struct prober_record record;

    while (prober_next(fixture->prober, &record)) {
        assert_int_equal(fixture->ends, 0); /* the end is the last record */
        assert_in_range(record.target, 0, 1);
        if (record.kind == PROBER_EVENT)
            fixture->events[record.target] += record.event.kind == PROBE_REPLY;
        else if (record.kind == PROBER_FIGURES)
            fixture->figures[record.target] = record.figures;
        else
            fixture->ends++;
    }
}

static void prober_serve(struct prober_fixture *fixture)
{
    while (target_take(&fixture->target))
        if (fixture->echo)
            target_reply(&fixture->target, fixture->target.bytes, fixture->target.size_bytes);
}

/* Serves and reads until the end; sleeps until the prober's eventfd says that there is something. */
static void prober_finish(struct prober_fixture *fixture)
{
    int64_t end_ns = clock_monotonic_ns() + patience_ns;
    struct pollfd polled[] = {{.fd = fixture->target.fd, .events = POLLIN},
                              {.fd = fixture->config.event_fd, .events = POLLIN}};
    eventfd_t value;

    while (fixture->ends == 0) {
        assert_true(clock_monotonic_ns() < end_ns);
        assert_true(poll(polled, 2, AWAIT_MS) > 0);
        if (polled[1].revents != 0)
            eventfd_read(fixture->config.event_fd, &value);
        prober_serve(fixture);
        prober_take(fixture);
    }
}

static void prober_release(struct prober_fixture *fixture)
{
    prober_close(fixture->prober);
    close(fixture->config.event_fd);
    target_close(&fixture->target);
}

static void all_are_reported_and_the_end_comes_last(void **state)
{
    struct prober_fixture fixture = {.ends = 0};

    (void)state;
    prober_prepare(&fixture, 20, UNITS_NS_PER_MS);
    prober_begin(&fixture);
    prober_finish(&fixture);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(fixture.events[i], 20);
        assert_int_equal(fixture.figures[i].counts.sent, 20);
        assert_int_equal(fixture.figures[i].counts.received, 20);
        assert_int_equal(fixture.figures[i].not_shown, 0);
    }
    prober_release(&fixture);
}

/* Not with the next tick, by which the time that it took would be wrong. */
static void the_last_reply_ends_it(void **state)
{
    struct prober_fixture fixture = {.ends = 0};

    (void)state;
    prober_prepare(&fixture, 3, UNITS_NS_PER_MS);
    fixture.config.tick_ns = 3600 * UNITS_NS_PER_S;
    prober_begin(&fixture);
    prober_finish(&fixture);
    assert_true(fixture.figures[0].elapsed_ns < patience_ns);
    prober_release(&fixture);
}

static void without_events_there_are_figures(void **state)
{
    struct prober_fixture fixture = {.ends = 0};

    (void)state;
    prober_prepare(&fixture, 5, UNITS_NS_PER_MS);
    fixture.config.events = false;
    prober_begin(&fixture);
    prober_finish(&fixture);
    assert_int_equal(fixture.events[0] + fixture.events[1], 0);
    assert_int_equal(fixture.figures[1].counts.received, 5);
    prober_release(&fixture);
}

/* No probe after the duration; those in flight are waited for. */
static void the_duration_ends_the_sending(void **state)
{
    struct prober_fixture fixture = {.ends = 0};

    (void)state;
    prober_prepare(&fixture, 0, UNITS_NS_PER_MS);
    fixture.config.duration_ns = 30 * UNITS_NS_PER_MS;
    prober_begin(&fixture);
    prober_finish(&fixture);
    assert_in_range(fixture.figures[0].counts.sent, 1,
                    60); /* its clock starts late on a busy machine */
    assert_int_equal(fixture.figures[0].counts.sent, fixture.figures[0].counts.received);
    prober_release(&fixture);
}

static void the_deadline_ends_it_with_probes_in_flight(void **state)
{
    struct prober_fixture fixture = {.ends = 0};

    (void)state;
    prober_prepare(&fixture, 0, 10 * UNITS_NS_PER_MS);
    fixture.probes[0].timeout_ns = fixture.probes[1].timeout_ns = 3600 * UNITS_NS_PER_S;
    fixture.config.deadline_ns = 50 * UNITS_NS_PER_MS;
    prober_begin(&fixture);
    fixture.echo = false;
    prober_finish(&fixture);
    assert_true(fixture.figures[0].counts.sent > 0);
    assert_int_equal(fixture.figures[0].counts.lost, 0);
    prober_release(&fixture);
}

static void a_stop_ends_it_though_nothing_is_due(void **state)
{
    struct prober_fixture fixture = {.ends = 0};

    (void)state;
    prober_prepare(&fixture, 0, 3600 * UNITS_NS_PER_S);
    fixture.config.tick_ns = 3600 * UNITS_NS_PER_S;
    prober_begin(&fixture);
    await_readable(fixture.target.fd); /* the first probes; the next are due in an hour */
    prober_stop(fixture.prober);
    prober_finish(&fixture);
    assert_int_equal(fixture.figures[0].counts.sent, 1);
    prober_release(&fixture);
}

/* What does not fit into the ring is counted, and the end comes as soon as there is room. */
static void a_reader_that_does_not_read_loses_events_and_no_figure(void **state)
{
    struct prober_fixture fixture = {.ends = 0};
    static const uint64_t count = 30000; /* more records than 8 MB hold */

    (void)state;
    prober_prepare(&fixture, count, 20 * UNITS_NS_PER_US);
    fixture.config.count = 1;
    fixture.probes[0].timeout_ns = 10 * UNITS_NS_PER_MS;
    fixture.echo = false; /* each is lost, which is an event, too */
    struct pollfd sent = {.fd = fixture.target.fd, .events = POLLIN};
    prober_begin(&fixture);
    while (poll(&sent, 1, 500) > 0) /* it sends on though nobody reads */
        prober_serve(&fixture);
    prober_finish(&fixture);
    const struct probe_figures *figures = &fixture.figures[0];
    assert_true(figures->not_shown > 0);
    assert_int_equal(figures->counts.sent, count);
    assert_int_equal(figures->counts.lost, figures->counts.sent);
    prober_release(&fixture);
}

static void closing_waits_for_no_reader(void **state)
{
    struct prober_fixture fixture = {.ends = 0};
    int64_t began_ns;

    (void)state;
    prober_prepare(&fixture, 0, UNITS_NS_PER_MS);
    prober_begin(&fixture);
    await_readable(fixture.config.event_fd);
    began_ns = clock_monotonic_ns();
    prober_release(&fixture);
    assert_true(clock_monotonic_ns() - began_ns < patience_ns / 2);
}

static void a_target_that_cannot_be_probed_opens_nothing(void **state)
{
    struct prober_fixture fixture = {.ends = 0};
    char error[PROBE_ERROR_SIZE] = "";

    (void)state;
    prober_prepare(&fixture, 1, UNITS_NS_PER_MS);
    fixture.probes[1].interface = "no-such-link";
    assert_null(prober_open(&fixture.config, error));
    assert_non_null(strstr(error, "no-such-link"));
    prober_close(NULL);
    close(fixture.config.event_fd);
    target_close(&fixture.target);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(all_are_reported_and_the_end_comes_last),
    cmocka_unit_test(the_last_reply_ends_it),
    cmocka_unit_test(without_events_there_are_figures),
    cmocka_unit_test(the_duration_ends_the_sending),
    cmocka_unit_test(the_deadline_ends_it_with_probes_in_flight),
    cmocka_unit_test(a_stop_ends_it_though_nothing_is_due),
    cmocka_unit_test(a_reader_that_does_not_read_loses_events_and_no_figure),
    cmocka_unit_test(closing_waits_for_no_reader),
    cmocka_unit_test(a_target_that_cannot_be_probed_opens_nothing),
};

const struct suite suite_prober = {
    .name = "prober", .tests = tests, .count = sizeof tests / sizeof *tests};
