/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fleet_sums: which report is newer, what a report can add to a sum at most, states and times of
 * several lives; random reports, grouped in any way, have the same sum. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../judge.h"
#include "../suite.h"

#include "../../../src/fleet/fleet_internal.h"
#include "udptui/base/array.h"

static struct fleet_life life_of(const struct snapshot *snapshot)
{
    struct fleet_life life = {0};

    fleet_life_set(&life, snapshot);
    return life;
}

static void add(struct fleet_sums *sums, const struct snapshot *snapshot, bool over)
{
    struct fleet_life life = life_of(snapshot);

    fleet_sums_add_life(sums, &life, over);
}

/* ---- order */

static void the_longer_count_is_newer(void **state)
{
    static const struct {
        struct fleet_order a, b;
        int expected;
    } rows[] = {
        {{10, 1, 1}, {9, 100, 100}, 1}, /* how long it has counted, before all else */
        {{10, 5, 1}, {10, 4, 100}, 1},
        {{0, 5, 1}, {10, 4, 100}, 1}, /* of one that is not known: the count */
        {{10, 5, 1}, {0, 6, 0}, -1},
        {{10, 5, 3}, {10, 5, 2}, 1}, /* then the clock of its machine */
        {{10, 5, 2}, {10, 5, 2}, 0},
        {{0, 0, INT64_MIN}, {0, 0, INT64_MAX}, -1},
        {{INT64_MAX, 0, 0}, {1, UINT64_MAX, 0}, 1},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (fleet_order_compare(&rows[i].a, &rows[i].b) != rows[i].expected ||
            fleet_order_compare(&rows[i].b, &rows[i].a) != -rows[i].expected)
            fail_msg("row %zu", i);
}

static void a_time_that_runs_backwards_is_not_known(void **state)
{
    struct snapshot snapshot = {
        .kind = SNAPSHOT_RELAY,
        .taken_ns = 77,
        .totals = {.counts.received = 3, .back.received = 4, .since_ns = 100, .now_ns = 101}};

    (void)state;
    assert_int_equal(fleet_order_of(&snapshot).counted_ns, 1);
    assert_int_equal(fleet_order_of(&snapshot).count, 7); /* both directions */
    assert_int_equal(fleet_order_of(&snapshot).taken_ns, 77);
    snapshot.totals.now_ns = 99;
    assert_int_equal(fleet_order_of(&snapshot).counted_ns, 0);
    snapshot.totals.since_ns = 0;
    assert_int_equal(fleet_order_of(&snapshot).counted_ns, 0);
}

static void a_ping_is_further_with_any_count(void **state)
{
    static const size_t counts[] = {
        offsetof(struct snapshot_target, sent), offsetof(struct snapshot_target, received),
        offsetof(struct snapshot_target, lost), offsetof(struct snapshot_target, late)};
    const struct snapshot before = {.kind = SNAPSHOT_PING, .target_count = 2};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(counts); i++) {
        struct snapshot after = before;
        *(uint64_t *)((char *)&after.targets[1] + counts[i]) = 1;
        struct fleet_order a = fleet_order_of(&after), b = fleet_order_of(&before);
        assert_int_equal(fleet_order_compare(&a, &b), 1);
    }
}

/* ---- random reports */

static uint64_t random_count(uint64_t *seed)
{
    uint64_t wide = (uint64_t)judge_random(seed) << 32 | judge_random(seed);

    return wide >> (8 + judge_random(seed) % 56); /* of any magnitude, at most SNAPSHOT_COUNT_MAX */
}

static struct snapshot_target random_target(uint64_t *seed)
{
    struct snapshot_target target = {.sent = random_count(seed),
                                     .received = random_count(seed),
                                     .late = random_count(seed),
                                     .lost = random_count(seed),
                                     .waiting = random_count(seed),
                                     .duplicates = random_count(seed),
                                     .reordered = random_count(seed),
                                     .failed = random_count(seed),
                                     .not_sent = random_count(seed),
                                     .rtts = judge_random(seed) % 3,
                                     .rtt_min_ns = -1,
                                     .rtt_mean_ns = -1,
                                     .rtt_p50_ns = -1,
                                     .rtt_p90_ns = -1,
                                     .rtt_p99_ns = -1,
                                     .rtt_max_ns = -1};

    if (target.rtts == 0)
        return target;
    target.rtt_min_ns = judge_random(seed) % 1000;
    target.rtt_mean_ns = target.rtt_min_ns + judge_random(seed) % 1000;
    target.rtt_max_ns = target.rtt_mean_ns + judge_random(seed) % 1000;
    target.rtt_p50_ns = target.rtt_p90_ns = target.rtt_p99_ns = target.rtt_mean_ns;
    return target;
}

static struct counts random_counts(uint64_t *seed)
{
    struct counts counts = {.received = random_count(seed),
                            .acked = random_count(seed),
                            .failed = random_count(seed),
                            .received_bytes = random_count(seed)};

    for (size_t i = 0; i < HELD_REASONS; i++)
        counts.held[i] = random_count(seed);
    return counts;
}

static struct snapshot random_snapshot(uint64_t *seed)
{
    struct snapshot snapshot = {.kind = judge_random(seed) % SNAPSHOT_KINDS};

    if (snapshot.kind == SNAPSHOT_PING) {
        snapshot.target_count = judge_random(seed) % (SNAPSHOT_TARGETS_MAX + 1);
        for (size_t i = 0; i < snapshot.target_count; i++)
            snapshot.targets[i] = random_target(seed);
        return snapshot;
    }
    snapshot.totals = (struct event_totals){.counts = random_counts(seed),
                                            .back = random_counts(seed),
                                            .clients = judge_random(seed),
                                            .sessions = judge_random(seed),
                                            .waiting = judge_random(seed),
                                            .back_waiting = judge_random(seed),
                                            .clients_evicted = random_count(seed),
                                            .copies = random_count(seed),
                                            .queue_bytes = random_count(seed),
                                            .queue_capacity = random_count(seed),
                                            .kernel_dropped = random_count(seed),
                                            .more_held = random_count(seed),
                                            .rtts.count = judge_random(seed) % 3};
    if (snapshot.totals.rtts.count > 0)
        snapshot.totals.rtts.sum_ns = (int64_t)random_count(seed);
    return snapshot;
}

static const void *summary_of(const struct fleet_sums *sums, enum snapshot_kind kind)
{
    return kind == SNAPSHOT_PING    ? (const void *)&sums->pinged
           : kind == SNAPSHOT_RELAY ? (const void *)&sums->relayed
                                    : (const void *)&sums->served;
}

/* Calls with each whole figure of each kind that has a part in the sums. */
static void each_figure(const struct fleet_sums *sums, const void *context,
                        void (*look)(const struct fleet_sums *sums, enum snapshot_kind kind,
                                     const struct figure *figure, const void *context))
{
    for (enum snapshot_kind kind = 0; kind < SNAPSHOT_KINDS; kind++) {
        const struct figures *figures = snapshot_figures(kind);
        for (size_t i = 0; sums->has[kind] && i < figures->count; i++)
            if (figures->rows[i].real == NULL)
                look(sums, kind, &figures->rows[i], context);
    }
}

static void look_below(const struct fleet_sums *sums, enum snapshot_kind kind,
                       const struct figure *figure, const void *context)
{
    const uint64_t *most = context;
    int64_t value = figure_whole(figure, summary_of(sums, kind));

    if (value > 0 && (uint64_t)value > *most)
        fail_msg("%s: %lld", figure->key, (long long)value);
}

static void no_figure_of_a_sum_is_above_the_peaks(void **state)
{
    uint64_t seed = 1;

    (void)state;
    for (int round = 0; round < 500; round++) {
        struct fleet_sums sums = {0};
        uint64_t peaks = 0;
        for (uint32_t i = judge_random(&seed) % 8; i > 0; i--) {
            struct snapshot snapshot = random_snapshot(&seed);
            peaks += fleet_peak(&snapshot);
            add(&sums, &snapshot, judge_random(&seed) % 2);
        }
        each_figure(&sums, &peaks, look_below);
        assert_true((uint64_t)sums.served.rtts.sum_ns <= peaks);
        assert_true((uint64_t)sums.relayed.rtts.sum_ns <= peaks);
    }
}

static void look_equal(const struct fleet_sums *sums, enum snapshot_kind kind,
                       const struct figure *figure, const void *context)
{
    const struct fleet_sums *expected = context;
    int64_t is = figure_whole(figure, summary_of(sums, kind));
    int64_t should = figure_whole(figure, summary_of(expected, kind));

    /* A mean of means is rounded each time. */
    if (is != should &&
        (figure->key == NULL || strcmp(figure->key, "rtt_mean_ns") != 0 || llabs(is - should) > 16))
        fail_msg("%s: %lld, not %lld", figure->key != NULL ? figure->key : figure->metric.name,
                 (long long)is, (long long)should);
}

/* Lives are added up for each server, then servers. */
static void any_grouping_has_the_same_sum(void **state)
{
    uint64_t seed = 2;

    (void)state;
    for (int round = 0; round < 500; round++) {
        struct fleet_sums all = {0}, groups[4] = {0}, grouped = {0};
        for (uint32_t i = judge_random(&seed) % 10; i > 0; i--) {
            struct snapshot snapshot = random_snapshot(&seed);
            bool over = judge_random(&seed) % 2;
            add(&all, &snapshot, over);
            add(&groups[judge_random(&seed) % COUNT_OF(groups)], &snapshot, over);
        }
        for (size_t i = 0; i < COUNT_OF(groups); i++)
            fleet_sums_add(&grouped, &groups[i]);
        assert_memory_equal(grouped.has, all.has, sizeof all.has);
        each_figure(&grouped, &all, look_equal);
    }
}

/* Of two targets of one ping, and of two pings; a count that is not added would be lost silently. */
static void each_count_of_a_target_is_added(void **state)
{
    (void)state;
    for (size_t i = 0; i < snapshot_target_figures.count; i++) {
        const struct figure *figure = &snapshot_target_figures.rows[i];
        struct snapshot snapshot = {.kind = SNAPSHOT_PING, .target_count = 2};
        struct fleet_sums sums = {0};
        if (figure->unit != FIGURE_COUNT || figure->count != NULL)
            continue;
        *(uint64_t *)((char *)&snapshot.targets[0] + figure->offset) = 1;
        *(uint64_t *)((char *)&snapshot.targets[1] + figure->offset) = 10;
        assert_int_equal(fleet_peak(&snapshot), 11);
        add(&sums, &snapshot, false);
        add(&sums, &snapshot, false);
        if (figure_whole(figure, &sums.pinged) != 22)
            fail_msg("%s: %lld", figure->key, (long long)figure_whole(figure, &sums.pinged));
    }
    assert_int_equal(fleet_peak(&(struct snapshot){.kind = SNAPSHOT_PING}), 0);
}

/* ---- times */

static void times_are_those_of_all_round_trips(void **state)
{
    const struct snapshot_target few = {.rtts = 1,
                                        .rtt_min_ns = 100,
                                        .rtt_mean_ns = 100,
                                        .rtt_p50_ns = 100,
                                        .rtt_p90_ns = 100,
                                        .rtt_p99_ns = 100,
                                        .rtt_max_ns = 100};
    const struct snapshot_target many = {.rtts = 3,
                                         .rtt_min_ns = 40,
                                         .rtt_mean_ns = 60,
                                         .rtt_p50_ns = 60,
                                         .rtt_p90_ns = 80,
                                         .rtt_p99_ns = 80,
                                         .rtt_max_ns = 80};
    struct snapshot snapshot = {.kind = SNAPSHOT_PING, .target_count = 1};
    struct fleet_sums sums = {0};

    (void)state;
    add(&sums, &(struct snapshot){.kind = SNAPSHOT_PING, .target_count = 1}, false);
    assert_int_equal(sums.pinged.rtt_min_ns, -1); /* no reply: no time, not 0 */
    assert_int_equal(sums.pinged.rtt_mean_ns, -1);
    assert_int_equal(sums.pinged.rtt_max_ns, -1);
    snapshot.targets[0] = few;
    add(&sums, &snapshot, false);
    assert_int_equal(sums.pinged.rtt_p90_ns, 100); /* of one target: its own */
    snapshot.targets[0] = many;
    add(&sums, &snapshot, false);
    assert_int_equal(sums.pinged.rtts, 4);
    assert_int_equal(sums.pinged.rtt_min_ns, 40);
    assert_int_equal(sums.pinged.rtt_mean_ns, (100 + 3 * 60) / 4);
    assert_int_equal(sums.pinged.rtt_max_ns, 100);
    assert_int_equal(sums.pinged.rtt_p50_ns, -1);
    assert_int_equal(sums.pinged.rtt_p90_ns, -1);
    assert_int_equal(sums.pinged.rtt_p99_ns, -1);
    add(&sums, &(struct snapshot){.kind = SNAPSHOT_PING, .target_count = 1}, false);
    assert_int_equal(sums.pinged.rtt_mean_ns, 70); /* silence changes nothing */
}

static void percentiles_of_several_relays_are_not_known(void **state)
{
    struct snapshot snapshot = {.kind = SNAPSHOT_RELAY,
                                .totals = {.rtts = {.count = 2, .sum_ns = 20},
                                           .rtt_p50_ns = 10,
                                           .rtt_p99_ns = 12,
                                           .since_ns = 1,
                                           .now_ns = 100}};
    const struct snapshot silent = {.kind = SNAPSHOT_RELAY};
    struct fleet_sums sums = {0};

    (void)state;
    add(&sums, &silent, false);
    add(&sums, &snapshot, false);
    assert_int_equal(sums.relayed.rtt_p99_ns, 12); /* those of the only one with replies */
    sums = (struct fleet_sums){0};
    add(&sums, &snapshot, false);
    assert_int_equal(sums.relayed.rtt_p99_ns, 12);
    assert_int_equal(sums.relayed.now_ns, 100);
    add(&sums, &snapshot, false);
    assert_int_equal(sums.relayed.rtt_p50_ns, -1);
    assert_int_equal(sums.relayed.rtt_p99_ns, -1);
    assert_int_equal(sums.relayed.rtts.sum_ns, 40);
    assert_int_equal(sums.relayed.since_ns, 0); /* how long both counted is not known */
    assert_int_equal(sums.relayed.now_ns, 0);
}

/* A ping's replies are received; it acknowledges nothing. */
static void what_a_life_received_and_acked(void **state)
{
    const struct snapshot serve = {.kind = SNAPSHOT_SERVE,
                                   .totals.counts = {.received = 5, .acked = 4}};
    const struct snapshot ping = {.kind = SNAPSHOT_PING,
                                  .totals.counts = {.received = 7, .acked = 7},
                                  .target_count = 1,
                                  .targets = {{.sent = 3, .received = 2}}};
    struct fleet_life served = life_of(&serve), pinged = life_of(&ping);

    (void)state;
    assert_int_equal(fleet_received_of(&served), 5);
    assert_int_equal(fleet_acked_of(&served), 4);
    assert_int_equal(fleet_received_of(&pinged), 2);
    assert_int_equal(fleet_acked_of(&pinged), 0);
}

/* ---- states */

static void what_is_over_has_counts_but_no_states(void **state)
{
    struct snapshot snapshot = {.kind = SNAPSHOT_RELAY,
                                .totals = {.counts.received = 9,
                                           .clients = 1,
                                           .sessions = 2,
                                           .waiting = 3,
                                           .back_waiting = 4,
                                           .queue_bytes = 5,
                                           .queue_capacity = 6,
                                           .acks_on = true}};
    struct snapshot ping = {
        .kind = SNAPSHOT_PING, .target_count = 1, .targets = {{.sent = 3, .waiting = 2}}};
    struct fleet_sums sums = {0}, running = {0};

    (void)state;
    add(&sums, &snapshot, true);
    add(&sums, &ping, true);
    assert_int_equal(sums.relayed.counts.received, 9);
    assert_int_equal(sums.relayed.clients + sums.relayed.sessions + sums.relayed.waiting +
                         sums.relayed.back_waiting + sums.relayed.queue_bytes +
                         sums.relayed.queue_capacity,
                     0);
    assert_false(sums.relayed.acks_on);
    assert_int_equal(sums.pinged.sent, 3);
    assert_int_equal(sums.pinged.waiting, 0);
    add(&running, &snapshot, false);
    add(&running, &ping, false);
    assert_int_equal(running.relayed.queue_capacity, 6);
    assert_int_equal(running.pinged.waiting, 2);
}

static void small_counters_stop_at_their_end(void **state)
{
    static const size_t fields[] = {
        offsetof(struct event_totals, clients), offsetof(struct event_totals, sessions),
        offsetof(struct event_totals, waiting), offsetof(struct event_totals, back_waiting)};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(fields); i++) {
        struct snapshot snapshot = {.kind = SNAPSHOT_SERVE};
        struct fleet_sums sums = {0};
        uint32_t *value = (uint32_t *)((char *)&snapshot.totals + fields[i]);
        uint32_t *sum = (uint32_t *)((char *)&sums.served + fields[i]);
        *value = UINT32_MAX - 1;
        add(&sums, &snapshot, false);
        *value = 1;
        add(&sums, &snapshot, false);
        assert_int_equal(*sum, UINT32_MAX);
        add(&sums, &snapshot, false);
        assert_int_equal(*sum, UINT32_MAX);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(the_longer_count_is_newer),
    cmocka_unit_test(a_time_that_runs_backwards_is_not_known),
    cmocka_unit_test(a_ping_is_further_with_any_count),
    cmocka_unit_test(no_figure_of_a_sum_is_above_the_peaks),
    cmocka_unit_test(any_grouping_has_the_same_sum),
    cmocka_unit_test(each_count_of_a_target_is_added),
    cmocka_unit_test(times_are_those_of_all_round_trips),
    cmocka_unit_test(percentiles_of_several_relays_are_not_known),
    cmocka_unit_test(what_a_life_received_and_acked),
    cmocka_unit_test(what_is_over_has_counts_but_no_states),
    cmocka_unit_test(small_counters_stop_at_their_end),
};

const struct suite suite_sums = {
    .name = "sums", .tests = tests, .count = sizeof tests / sizeof *tests};
