/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mtu: which size is tried next, for every limit, with and without somebody who names it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <sys/resource.h>

#include <cmocka.h>

#include "../await.h"
#include "../suite.h"
#include "target.h"

#include "udptui/base/units.h"
#include "udptui/probe/mtu.h"
#include "udptui/sys/clock.h"

enum { MOST = 65507 };

/* A path that answers up to `limit` bytes. Returns how many sizes were tried. */
static int search(size_t limit, enum mtu_answer answer, size_t fitting_bytes, size_t *found)
{
    struct mtu_bounds bounds = {.answered_bytes = 32, .refused_bytes = MOST + 1};
    int tries = 0;

    for (size_t next; (next = mtu_next_bytes(&bounds)) > 0; tries++) {
        assert_in_range(next, bounds.answered_bytes + 1, bounds.refused_bytes - 1);
        if (next <= limit)
            mtu_note(&bounds, next, MTU_ANSWERED, 0);
        else
            mtu_note(&bounds, next, answer, fitting_bytes);
        assert_true(tries < 40);
    }
    *found = bounds.answered_bytes;
    return tries;
}

static void a_black_hole_is_bisected(void **state)
{
    size_t found;

    (void)state;
    for (size_t limit = 32; limit <= MOST; limit += 13) {
        assert_true(search(limit, MTU_SILENCE, 0, &found) <= 17);
        assert_int_equal(found, limit);
    }
    search(MOST, MTU_SILENCE, 0, &found);
    assert_int_equal(found, MOST);
}

static void what_the_interface_says_is_taken_at_its_word(void **state)
{
    size_t found;

    (void)state;
    assert_int_equal(search(1472, MTU_TOO_BIG_HERE, 1472, &found), 2);
    assert_int_equal(found, 1472);
}

/* The hop's word is tried, and one byte more, whether it is right or not. */
static void what_a_hop_says_is_tried(void **state)
{
    size_t found;

    (void)state;
    assert_true(search(1372, MTU_TOO_BIG_THERE, 1372, &found) <= 3);
    assert_int_equal(found, 1372);
    search(1000, MTU_TOO_BIG_THERE, 1372, &found);
    assert_int_equal(found, 1000);
    search(1400, MTU_TOO_BIG_THERE, 1372, &found);
    assert_int_equal(found, 1400);
}

static void a_word_that_makes_no_sense_is_left_out(void **state)
{
    size_t found;

    (void)state;
    search(1472, MTU_TOO_BIG_HERE, 100000, &found);
    assert_int_equal(found, 1472);
    search(1472, MTU_TOO_BIG_THERE, 1, &found);
    assert_int_equal(found, 1472);
}

/* ---- a clock that the test sets: the linker puts it in the place of the program's (--wrap) */

static int64_t clock_ahead_ns, clock_jump_ns;
static int clock_readings;     /* until it jumps */
static int64_t clock_still_ns; /* where it stands still; 0: it does not */

int64_t __real_clock_monotonic_ns(void);
int64_t __wrap_clock_monotonic_ns(void);

int64_t __wrap_clock_monotonic_ns(void)
{
    if (clock_readings > 0 && clock_readings-- == 1)
        clock_ahead_ns += clock_jump_ns;
    if (clock_still_ns > 0)
        return clock_still_ns;
    return __real_clock_monotonic_ns() + clock_ahead_ns;
}

/* ---- the search, towards a socket of the test */

struct reports {
    int count;
    struct mtu_step last;
};

static void note_step(void *context, const struct mtu_step *step)
{
    struct reports *reports = context;

    reports->count++;
    reports->last = *step;
}

/* The descriptors that a process may open from now on. Returns how many it was before. */
static rlim_t limit_descriptors(rlim_t count)
{
    struct rlimit limit;

    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    rlim_t before = limit.rlim_cur;
    limit.rlim_cur = count;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    return before;
}

static void a_socket_that_cannot_be_opened_is_the_reason_to_end(void **state)
{
    struct reports reports = {.count = 0};
    char error[TRIAL_ERROR_SIZE];
    struct target target;

    (void)state;
    target_open(&target);
    const struct trial_config config = {.target = target.address, .timeout_ns = UNITS_NS_PER_S};
    struct mtu_search *search = mtu_open(&config, note_step, &reports, error);
    assert_non_null(search);
    clock_still_ns = clock_monotonic_ns(); /* however late the reply is taken, it is in time */
    assert_false(mtu_turn(search));
    await_readable(target.fd);
    assert_true(target_take(&target));
    target_reply(&target, "ack", 3);
    await_readable(mtu_fd(search));
    rlim_t before = limit_descriptors(0);
    bool ended = mtu_turn(search);
    limit_descriptors(before);
    clock_still_ns = 0;
    assert_true(ended);
    assert_int_equal(mtu_largest_bytes(search), 32);
    assert_int_equal(mtu_limit(search)->answer, MTU_FAILED);
    assert_int_equal(mtu_limit(search)->size_bytes, MOST);
    assert_non_null(strstr(mtu_limit(search)->why, "too many open files"));
    assert_int_equal(reports.count, 2);
    assert_int_equal(reports.last.answer, MTU_FAILED);
    mtu_close(search);
    target_close(&target);
}

/* The reading of that number is so much later. */
static void jump_at_reading(int number, int64_t jump_ns)
{
    clock_readings = number;
    clock_jump_ns = jump_ns;
}

static void a_deadline_within_a_turn_sends_nothing_more(void **state)
{
    struct reports reports = {.count = 0};
    char error[TRIAL_ERROR_SIZE];
    struct target target;
    int received = 0;

    (void)state;
    target_open(&target);
    const struct trial_config config = {.target = target.address,
                                        .timeout_ns = 10 * UNITS_NS_PER_S};
    struct mtu_search *search = mtu_open(&config, note_step, &reports, error);
    assert_non_null(search);
    assert_false(mtu_turn(search));
    jump_at_reading(1, 10 * UNITS_NS_PER_S);
    assert_false(mtu_turn(search)); /* the second and last try */
    jump_at_reading(2, 10 * UNITS_NS_PER_S);
    if (!mtu_turn(search))
        assert_true(mtu_turn(search));
    clock_ahead_ns = 0;
    assert_int_equal(reports.last.answer, MTU_SILENCE);
    while (target_take(&target))
        received++;
    assert_int_equal(received, 2);
    mtu_close(search);
    target_close(&target);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_black_hole_is_bisected),
    cmocka_unit_test(what_the_interface_says_is_taken_at_its_word),
    cmocka_unit_test(what_a_hop_says_is_tried),
    cmocka_unit_test(a_word_that_makes_no_sense_is_left_out),
    cmocka_unit_test(a_socket_that_cannot_be_opened_is_the_reason_to_end),
    cmocka_unit_test(a_deadline_within_a_turn_sends_nothing_more),
};

const struct suite suite_mtu = {
    .name = "mtu", .tests = tests, .count = sizeof tests / sizeof *tests};
