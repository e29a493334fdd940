/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* window: crediting, rounds, what is lost; and against a network with a known truth. */
#include "udptui/load/window.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/base/array.h"
#include "udptui/base/units.h"

enum { MS = 1000000 };

static const int64_t timeout_ns = 100 * (int64_t)MS;

static struct rtt *open_rtt(void)
{
    struct rtt *rtt = rtt_open();

    assert_non_null(rtt);
    return rtt;
}

static void test_a_clean_round_is_measured(void **state)
{
    struct window window;
    struct rtt *rtt = open_rtt();

    (void)state;
    assert_true(window_open(&window, 4, timeout_ns));
    assert_int_equal(window_room(&window), 4);
    window_sent(&window, 3, 10);
    assert_int_equal(window_room(&window), 1);
    assert_int_equal(window_acked(&window, 2, 40, &(struct window_times){.app = rtt}).acked, 2);
    assert_int_equal(rtt_count(rtt), 0); /* the third may be lost: nothing is certain yet */
    assert_int_equal(window_acked(&window, 1, 50, &(struct window_times){.app = rtt}).acked, 1);
    assert_int_equal(rtt_count(rtt), 3);
    assert_int_equal(rtt_min(rtt), 30);
    assert_int_equal(rtt_max(rtt), 40);
    window_close(&window);
    rtt_close(rtt);
}

static void test_a_round_ends(void **state)
{
    struct window window;
    struct rtt *rtt = open_rtt();
    int64_t now_ns = 1;
    uint64_t sent = 0;

    (void)state;
    assert_true(window_open(&window, 2, timeout_ns));
    /* One ack at a time, so that something is outstanding always, but for the ends of rounds. */
    for (; rtt_count(rtt) < 100; now_ns += MS) {
        uint32_t room = window_room(&window);
        window_sent(&window, room, now_ns);
        sent += room;
        assert_true(sent < 100 + 4 * 2 * WINDOW_ROUND_WINDOWS);
        window_acked(&window, 1, now_ns + 1, &(struct window_times){.app = rtt});
    }
    window_close(&window);
    rtt_close(rtt);
}

static void test_the_lost_are_given_up(void **state)
{
    struct window window;
    struct rtt *rtt = open_rtt();
    struct window_change change;

    (void)state;
    assert_true(window_open(&window, 4, timeout_ns));
    window_sent(&window, 4, 1);
    window_acked(&window, 3, 2, &(struct window_times){.app = rtt});
    assert_int_equal(window_look(&window, timeout_ns).lost, 0);
    assert_int_equal(window_room(&window), 0); /* it waits for the rest of the round */
    change = window_look(&window, timeout_ns + 1);
    assert_int_equal(change.lost, 1);
    assert_true(change.fresh_port);
    assert_int_equal(window.outstanding, 0);
    assert_int_equal(window_room(&window), 1); /* small rounds after a loss */
    assert_int_equal(rtt_count(rtt), 0);
    change = window_acked(&window, 2, timeout_ns + 2, &(struct window_times){.app = rtt});
    assert_int_equal(change.acked, 1);
    assert_int_equal(change.late, 1);
    assert_int_equal(change.duplicates, 1);
    assert_int_equal(window_forget_lost(&window), 0);
    window_close(&window);
    rtt_close(rtt);
}

/* The ack of the one that was given up may come after those of the others, when the next round has
 * begun: it must not come to that port. */
static void test_a_lossy_round_that_ends_with_an_ack_leaves_its_port(void **state)
{
    struct window window;
    struct rtt *rtt = open_rtt();
    struct window_change change;

    (void)state;
    assert_true(window_open(&window, 4, timeout_ns));
    window_sent(&window, 1, 1);
    window_sent(&window, 1, 50 * (int64_t)MS);
    assert_int_equal(window_look(&window, timeout_ns + 1).lost, 1);
    assert_int_equal(window.outstanding, 1);
    change = window_acked(&window, 1, timeout_ns + 2, &(struct window_times){.app = rtt});
    assert_int_equal(change.acked, 1);
    assert_int_equal(window.outstanding, 0);
    assert_true(change.fresh_port);
    assert_int_equal(window_forget_lost(&window), 1);
    assert_int_equal(rtt_count(rtt), 0);
    window_sent(&window, window_room(&window), timeout_ns + 3);
    change = window_acked(&window, window.outstanding, timeout_ns + 4,
                          &(struct window_times){.app = rtt});
    assert_false(change.fresh_port);
    assert_int_not_equal(rtt_count(rtt), 0);
    window_close(&window);
    rtt_close(rtt);
}

static void test_a_window_that_was_never_answered_is_used_whole(void **state)
{
    struct window window;

    (void)state;
    assert_true(window_open(&window, 4, timeout_ns));
    for (int64_t now_ns = 1; now_ns < 5 * timeout_ns; now_ns += timeout_ns) {
        assert_int_equal(window_room(&window), 4);
        window_sent(&window, 4, now_ns);
        assert_int_equal(window_look(&window, now_ns + timeout_ns).lost, 4);
    }
    window_close(&window);
}

/* A pause of the server is no loss: its times are measured, they are the ones that matter. */
static void test_a_pause_is_measured(void **state)
{
    struct window window;
    struct rtt *rtt = open_rtt();

    (void)state;
    assert_true(window_open(&window, 2, timeout_ns));
    window_sent(&window, 2, 1);
    window_acked(&window, 2, 2, &(struct window_times){.app = rtt});
    const int64_t later_ns = 10 * timeout_ns;
    window_sent(&window, 1, later_ns);
    for (int64_t now_ns = later_ns; now_ns < later_ns + 50 * MS; now_ns += MS)
        assert_int_equal(window_look(&window, now_ns).lost, 0);
    window_acked(&window, 1, later_ns + 50 * MS, &(struct window_times){.app = rtt});
    assert_int_equal(rtt_count(rtt), 3);
    assert_true(rtt_max(rtt) == 50 * MS);
    window_close(&window);
    rtt_close(rtt);
}

/* ---- marked datagrams, whose times the kernel knows */

static void test_a_mark_has_the_kernel_s_time(void **state)
{
    struct window window;
    struct window_times times = {.app = open_rtt(), .kernel = open_rtt()};

    (void)state;
    assert_true(window_open(&window, 8, timeout_ns));
    assert_int_equal(window_acks_to_mark(&window), 0);
    window_sent(&window, 5, 10);
    assert_true(window_can_mark(&window));
    window_mark(&window, 1); /* the fourth of them */
    assert_int_equal(window_acks_to_mark(&window), 4);
    window_mark_left(&window, 13);
    window_acked(&window, 2, 40, &times);
    assert_int_equal(window_acks_to_mark(&window), 2);
    window_mark_came(&window, 37);
    assert_int_equal(window_acks_to_mark(&window), 0);
    window_acked(&window, 2, 50, &times);
    assert_int_equal(rtt_count(times.kernel), 0); /* the round goes on */
    window_acked(&window, 1, 60, &times);
    assert_int_equal(rtt_count(times.app), 5);
    assert_int_equal(rtt_count(times.kernel), 1);
    assert_int_equal(rtt_max(times.kernel), 24);
    window_close(&window);
    rtt_close(times.app);
    rtt_close(times.kernel);
}

/* A time of sending that came too late, or none, and no time of receiving. */
static void test_a_mark_without_a_time_does_not_count(void **state)
{
    static const struct {
        int64_t sent_ns, came_ns;
    } cases[] = {{-1, 40}, {20, -1}, {-1, -1}, {41, 40}};
    struct window window;
    struct window_times times = {.app = open_rtt(), .kernel = open_rtt()};

    (void)state;
    assert_true(window_open(&window, 4, timeout_ns));
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        window_sent(&window, 1, 10);
        window_mark(&window, 0);
        if (cases[i].sent_ns >= 0)
            window_mark_left(&window, cases[i].sent_ns);
        window_mark_came(&window, cases[i].came_ns);
        window_acked(&window, 1, 50, &times);
        window_mark_left(&window, 20); /* too late */
    }
    assert_int_equal(rtt_count(times.app), COUNT_OF(cases));
    assert_int_equal(rtt_count(times.kernel), 0);
    window_close(&window);
    rtt_close(times.app);
    rtt_close(times.kernel);
}

static void test_the_marks_of_a_lossy_round_are_dropped(void **state)
{
    struct window window;
    struct window_times times = {.app = open_rtt(), .kernel = open_rtt()};

    (void)state;
    assert_true(window_open(&window, 4, timeout_ns));
    for (int i = 0; i < 4; i++) {
        window_sent(&window, 1, 10);
        window_mark(&window, 0);
        window_mark_left(&window, 12);
    }
    window_mark_came(&window, 20);
    window_acked(&window, 1, 30, &times);
    assert_int_equal(window_look(&window, 10 + timeout_ns).lost, 3);
    assert_int_equal(window_acks_to_mark(&window), 0);
    window_sent(&window, 1, 11 + timeout_ns);
    window_mark(&window, 0);
    assert_int_equal(window_acks_to_mark(&window), 1);
    window_mark_left(&window, 12 + timeout_ns);
    window_mark_came(&window, 19 + timeout_ns);
    window_acked(&window, 1, 20 + timeout_ns, &times);
    assert_int_equal(rtt_count(times.kernel), 1);
    assert_int_equal(rtt_max(times.kernel), 7);
    window_close(&window);
    rtt_close(times.app);
    rtt_close(times.kernel);
}

/* Each mark gets its own times, however acks are grouped, and there are never too many marks. */
static void test_marks_keep_their_times_apart(void **state)
{
    enum { SIZE = 64, DATAGRAMS = 20000 };
    struct window window;
    struct window_times times = {.app = open_rtt(), .kernel = open_rtt()};
    uint64_t marked = 0;
    uint32_t acks;

    (void)state;
    srand(4010);
    assert_true(window_open(&window, SIZE, timeout_ns));
    for (uint64_t acked = 0; acked < DATAGRAMS; acked += acks) {
        uint32_t room = window_room(&window);
        window_sent(&window, room, (int64_t)acked);
        if (room > 0 && window_can_mark(&window)) {
            uint32_t behind = (uint32_t)rand() % room;
            /* The n-th datagram leaves at 1000 n, and its ack comes 500 + n % 7 later. */
            window_mark(&window, behind);
            window_mark_left(&window, (int64_t)(window.sent - behind) * 1000);
            marked++;
        }
        acks = 1 + (uint32_t)rand() % window.outstanding;
        for (uint64_t left; (left = window_acks_to_mark(&window)) > 0 && left <= acks;) {
            int64_t number = (int64_t)(window.retired + left);
            window_mark_came(&window, number * 1000 + 500 + number % 7);
        }
        window_acked(&window, acks, (int64_t)acked + 1, &times);
    }
    window_acked(&window, window.outstanding, DATAGRAMS, &times);
    assert_true(marked > DATAGRAMS / SIZE);
    assert_true(rtt_count(times.kernel) > marked - WINDOW_MARKS);
    assert_int_equal(rtt_min(times.kernel), 500);
    assert_int_equal(rtt_max(times.kernel), 506);
    window_close(&window);
    rtt_close(times.app);
    rtt_close(times.kernel);
}

/* ---- a network with a known truth: each datagram is lost with a chance, or answered in order
 * after 1 ms, with 0.1 ms between two acks */

enum { QUEUE = 4096 };

struct network {
    int64_t sent_ns[QUEUE], due_ns[QUEUE];
    size_t first, count;
    int64_t free_ns;
    uint64_t sent, lost, answered;
    int64_t true_rtts_ns[QUEUE]; /* of the latest acks, by their number */
};

static void carry(struct network *network, uint32_t count, double loss, int64_t now_ns)
{
    for (; count > 0; count--) {
        network->sent++;
        if (rand() < loss * ((double)RAND_MAX + 1)) {
            network->lost++;
            continue;
        }
        int64_t due_ns = now_ns + MS;
        if (due_ns < network->free_ns + MS / 10)
            due_ns = network->free_ns + MS / 10;
        network->free_ns = due_ns;
        assert_true(network->count < QUEUE);
        size_t place = (network->first + network->count++) % QUEUE;
        network->sent_ns[place] = now_ns;
        network->due_ns[place] = due_ns;
    }
}

static uint32_t arrivals(struct network *network, int64_t now_ns)
{
    uint32_t count = 0;

    for (; network->count > 0 && network->due_ns[network->first] <= now_ns; count++) {
        network->true_rtts_ns[network->answered++ % QUEUE] =
            now_ns - network->sent_ns[network->first];
        network->first = (network->first + 1) % QUEUE;
        network->count--;
    }
    return count;
}

static double sum_ns(const struct rtt *rtt)
{
    return rtt_count(rtt) > 0 ? (double)rtt_mean(rtt) * (double)rtt_count(rtt) : 0;
}

/* The times that were just counted are the true ones of the latest acks. */
static void check_truth(const struct network *network, const struct rtt *rtt, uint64_t before,
                        double before_ns)
{
    uint64_t more = rtt_count(rtt) - before;
    double truth_ns = 0, off_ns;

    assert_true(more <= QUEUE);
    for (uint64_t i = 1; i <= more; i++)
        truth_ns += (double)network->true_rtts_ns[(network->answered - i) % QUEUE];
    off_ns = sum_ns(rtt) - before_ns - truth_ns;
    assert_true(off_ns < MS / 40.0 && off_ns > -MS / 40.0); /* a wrong one is off by MS / 20 */
}

/* It goes on at the rate that the loss allows: a window's worth of losses, then the timeout.
 * Resting in vain, waiting for a round's rest and small rounds take their part of that. */
static void check_rate(const struct network *network, uint64_t measured, double loss, uint32_t size)
{
    const double timeouts = 100;
    const double carried =
        timeouts * (double)timeout_ns / MS * (size < 10 ? size : 10) / 1.05; /* in all this time */
    const double most = 1 / (1 / carried + loss / (timeouts * size));

    print_message("%.2f %u: sent %llu most %.0f measured %llu\n", loss, size,
                  (unsigned long long)network->sent, most, (unsigned long long)measured);
    if (!(loss > 0))
        assert_true(measured + 2 * size * WINDOW_ROUND_WINDOWS >= network->answered);
}

static void check_loss(double loss, uint32_t size)
{
    struct network network = {.first = 0};
    struct window window;
    struct rtt *rtt = open_rtt();
    uint64_t acked = 0, lost = 0, measured = 0;
    int64_t now_ns = MS;

    assert_true(window_open(&window, size, timeout_ns));
    for (; now_ns < 100 * timeout_ns; now_ns += MS / 20) {
        uint32_t count = arrivals(&network, now_ns);
        if (count > 0) {
            uint64_t before = rtt_count(rtt);
            double before_ns = sum_ns(rtt);
            acked += window_acked(&window, count, now_ns, &(struct window_times){.app = rtt}).acked;
            check_truth(&network, rtt, before, before_ns);
            measured += rtt_count(rtt) - before;
            if (rtt_count(rtt) > 1000) { /* a mean of more is too coarse for check_truth */
                rtt_close(rtt);
                rtt = open_rtt();
            }
        }
        lost += window_look(&window, now_ns).lost;
        uint32_t room = window_room(&window);
        carry(&network, room, loss, now_ns);
        window_sent(&window, room, now_ns);
        assert_true(window.outstanding <= size);
        assert_int_equal(network.sent, acked + lost + window.outstanding);
    }
    assert_int_equal(acked, network.answered);
    assert_true(lost <= network.lost);
    assert_true(network.lost - lost <= size);
    assert_true(measured > 10);
    check_rate(&network, measured, loss, size);
    window_close(&window);
    rtt_close(rtt);
}

static void test_figures_are_right_with_loss(void **state)
{
    static const double losses[] = {0, 0.01, 0.1, 0.5};
    static const uint32_t sizes[] = {1, 2, 16, 64};

    (void)state;
    srand(4010);
    for (size_t i = 0; i < COUNT_OF(losses); i++)
        for (size_t k = 0; k < COUNT_OF(sizes); k++)
            check_loss(losses[i], sizes[k]);
}

/* Acks that are read together came before and after the timeout: the later one acknowledges what
 * was lost by then. */
static void test_an_ack_is_judged_by_when_it_came(void **state)
{
    struct window window;
    struct rtt *rtt = open_rtt();
    struct window_times times = {.app = rtt};
    struct window_change change;
    int64_t read_ns = 3 * timeout_ns;

    (void)state;
    assert_true(window_open(&window, 2, timeout_ns));
    assert_false(window_is_overdue(&window, read_ns));
    window_sent(&window, 2, 1);
    assert_false(window_is_overdue(&window, timeout_ns));
    assert_true(window_is_overdue(&window, read_ns));
    assert_int_equal(window_expire(&window, timeout_ns).lost, 0);
    change = window_acked(&window, 1, read_ns, &times);
    assert_int_equal(change.acked, 1);
    assert_int_equal(change.late, 0);
    change = window_expire(&window, timeout_ns + 1);
    assert_int_equal(change.lost, 1);
    assert_true(change.fresh_port);
    change = window_acked(&window, 1, read_ns, &times);
    assert_int_equal(change.acked, 1);
    assert_int_equal(change.late, 1);
    assert_int_equal(rtt_count(rtt), 0); /* of a round with a loss */
    window_close(&window);
    rtt_close(rtt);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_a_clean_round_is_measured),
    cmocka_unit_test(test_a_round_ends),
    cmocka_unit_test(test_the_lost_are_given_up),
    cmocka_unit_test(test_a_lossy_round_that_ends_with_an_ack_leaves_its_port),
    cmocka_unit_test(test_a_window_that_was_never_answered_is_used_whole),
    cmocka_unit_test(test_a_pause_is_measured),
    cmocka_unit_test(test_a_mark_has_the_kernel_s_time),
    cmocka_unit_test(test_a_mark_without_a_time_does_not_count),
    cmocka_unit_test(test_the_marks_of_a_lossy_round_are_dropped),
    cmocka_unit_test(test_marks_keep_their_times_apart),
    cmocka_unit_test(test_an_ack_is_judged_by_when_it_came),
    cmocka_unit_test(test_figures_are_right_with_loss),
};

const struct suite suite_window = {
    .name = "window", .tests = tests, .count = sizeof tests / sizeof *tests};
