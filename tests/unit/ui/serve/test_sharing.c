/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sharing: when sinks are called, and with what. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../suite.h"

#include "udptui/base/units.h"
#include "udptui/ui/serve/sharing.h"

/* What a sink was given. */
struct sunk {
    int begun, records, shares;
    bool refuse; /* to begin */
    struct event_totals totals;
    uint32_t clients;
};

static bool sunk_begin(void *context)
{
    struct sunk *sunk = context;

    sunk->begun++;
    return !sunk->refuse;
}

static void sunk_record(void *context, const void *record)
{
    struct sunk *sunk = context;

    (void)record;
    sunk->records++;
}

static void sunk_share(void *context, const struct shared *shared)
{
    struct sunk *sunk = context;

    sunk->shares++;
    sunk->totals = shared->totals;
    sunk->clients = tally_client_count(shared->tally);
}

static struct sharing sharing_with(struct sunk *sunk, bool clients, int64_t idle_ns)
{
    struct sharing sharing = {.count = 0};

    sharing_add(&sharing, &(struct sharing_sink){.context = sunk,
                                                 .clients = clients,
                                                 .idle_ns = idle_ns,
                                                 .begin = sunk_begin,
                                                 .record = sunk_record,
                                                 .share = sunk_share});
    return sharing;
}

static void receive(struct sharing *sharing, uint64_t received)
{
    const struct event_totals totals = {.kind = EVENT_TOTALS, .counts = {.received = received}};
    const struct event_client client = {.kind = EVENT_CLIENT, .slot = 1};

    sharing_record(sharing, &totals);
    sharing_record(sharing, &client);
}

static void share_if_due(struct sharing *sharing, int64_t now_ns)
{
    static const struct event_totals more = {.not_logged = 3};

    if (now_ns >= sharing_due_ns(sharing))
        sharing_share(sharing, &more, now_ns, false);
}

static void without_a_sink_nothing_is_kept(void **state)
{
    struct sharing sharing = {.count = 0};

    (void)state;
    assert_true(sharing_begin(&sharing, 1, 16));
    receive(&sharing, 1);
    assert_null(sharing.tally);
    assert_true(sharing_due_ns(&sharing) == INT64_MAX);
    sharing_share(&sharing, &(struct event_totals){.clients = 0}, 5, true);
    sharing_close(&sharing);
}

static void a_sink_is_called_once_a_second(void **state)
{
    struct sunk sunk = {.begun = 0};
    struct sharing sharing = sharing_with(&sunk, true, INT64_MAX);
    int64_t now_ns = 100;

    (void)state;
    assert_true(sharing_begin(&sharing, 1, 16));
    share_if_due(&sharing, now_ns); /* it begins with nothing */
    assert_int_equal(sunk.begun, 1);
    assert_int_equal(sunk.shares, 1);
    assert_true(sharing_due_ns(&sharing) == INT64_MAX);
    for (uint64_t i = 1; i <= 20; i++) {
        receive(&sharing, i);
        share_if_due(&sharing, now_ns + (int64_t)i * 100 * UNITS_NS_PER_MS);
    }
    assert_int_equal(sunk.shares, 3);
    assert_int_equal(sunk.records, 40);
    assert_int_equal(sunk.totals.counts.received, 20);
    assert_int_equal(sunk.totals.not_logged, 3);
    assert_int_equal(sunk.clients, 1);
    sharing_close(&sharing);
}

static void what_came_within_the_second_is_due_at_its_end(void **state)
{
    struct sunk sunk = {.begun = 0};
    struct sharing sharing = sharing_with(&sunk, false, INT64_MAX);

    (void)state;
    assert_true(sharing_begin(&sharing, 1, 16));
    share_if_due(&sharing, 100);
    receive(&sharing, 1);
    assert_true(sharing_due_ns(&sharing) == 100 + UNITS_NS_PER_S);
    share_if_due(&sharing, 99 + UNITS_NS_PER_S);
    assert_int_equal(sunk.shares, 1);
    share_if_due(&sharing, 100 + UNITS_NS_PER_S);
    assert_int_equal(sunk.shares, 2);
    assert_int_equal(sunk.clients, 0); /* not wanted */
    sharing_close(&sharing);
}

static void the_last_time_is_at_once(void **state)
{
    struct sunk sunk = {.begun = 0};
    struct sharing sharing = sharing_with(&sunk, false, INT64_MAX);

    (void)state;
    assert_true(sharing_begin(&sharing, 1, 16));
    share_if_due(&sharing, 100);
    receive(&sharing, 7);
    sharing_share(&sharing, &(struct event_totals){.clients = 0}, 101, true);
    assert_int_equal(sunk.totals.counts.received, 7);
    sharing_close(&sharing);
}

static void an_idle_sink_is_called_after_its_time(void **state)
{
    struct sunk sunk = {.begun = 0}, other = {.begun = 0};
    struct sharing sharing = sharing_with(&sunk, false, 10 * UNITS_NS_PER_S);

    (void)state;
    sharing_add(&sharing, &(struct sharing_sink){
                              .context = &other, .idle_ns = INT64_MAX, .share = sunk_share});
    assert_true(sharing_begin(&sharing, 1, 16));
    share_if_due(&sharing, 100);
    assert_true(sharing_due_ns(&sharing) == 100 + 10 * UNITS_NS_PER_S);
    share_if_due(&sharing, 100 + 10 * UNITS_NS_PER_S);
    assert_int_equal(sunk.shares, 2);
    assert_int_equal(other.shares, 1); /* there is no news */
    assert_true(sharing_due_ns(&sharing) == 100 + 20 * UNITS_NS_PER_S);
    receive(&sharing, 1);
    share_if_due(&sharing, 100 + 11 * UNITS_NS_PER_S);
    assert_int_equal(other.shares, 2);
    sharing_share(&sharing, &(struct event_totals){.clients = 0}, 101 + 11 * UNITS_NS_PER_S, true);
    assert_int_equal(sunk.shares, 4);
    assert_int_equal(other.shares, 3);
    sharing_close(&sharing);
}

/* An average counts the time in which nothing came. That of the end is the engines' own, unless a
 * later one was given before. */
static void time_goes_on_while_nothing_comes(void **state)
{
    const struct event_totals totals = {.kind = EVENT_TOTALS, .since_ns = 50, .now_ns = 90};
    const struct event_totals last = {
        .kind = EVENT_TOTALS, .since_ns = 50, .now_ns = 105 + 10 * UNITS_NS_PER_S};
    struct sunk sunk = {.begun = 0};
    struct sharing sharing = sharing_with(&sunk, false, 10 * UNITS_NS_PER_S);

    (void)state;
    assert_true(sharing_begin(&sharing, 1, 16));
    sharing_record(&sharing, &totals);
    share_if_due(&sharing, 100);
    assert_int_equal(sunk.totals.now_ns, 100);
    share_if_due(&sharing, 100 + 10 * UNITS_NS_PER_S);
    assert_int_equal(sunk.totals.now_ns, 100 + 10 * UNITS_NS_PER_S);
    assert_int_equal(sunk.totals.since_ns, 50);
    sharing_share(&sharing, &(struct event_totals){.clients = 0}, 200 + 10 * UNITS_NS_PER_S, true);
    assert_int_equal(sunk.totals.now_ns, 100 + 10 * UNITS_NS_PER_S);
    sharing_record(&sharing, &last);
    sharing_share(&sharing, &(struct event_totals){.clients = 0}, 200 + 10 * UNITS_NS_PER_S, true);
    assert_int_equal(sunk.totals.now_ns, last.now_ns);
    sharing_close(&sharing);
}

static void a_sink_that_cannot_begin_ends_it(void **state)
{
    struct sunk sunk = {.refuse = true};
    struct sharing sharing = sharing_with(&sunk, false, INT64_MAX);

    (void)state;
    assert_false(sharing_begin(&sharing, 1, 16));
    sharing_close(&sharing);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(without_a_sink_nothing_is_kept),
    cmocka_unit_test(a_sink_is_called_once_a_second),
    cmocka_unit_test(what_came_within_the_second_is_due_at_its_end),
    cmocka_unit_test(the_last_time_is_at_once),
    cmocka_unit_test(an_idle_sink_is_called_after_its_time),
    cmocka_unit_test(time_goes_on_while_nothing_comes),
    cmocka_unit_test(a_sink_that_cannot_begin_ends_it),
};

const struct suite suite_serve_sharing = {
    .name = "serve_sharing", .tests = tests, .count = sizeof tests / sizeof *tests};
