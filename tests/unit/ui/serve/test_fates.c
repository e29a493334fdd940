/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fates on the screen: each row shows its own, a waiting one is settled in place; the gauge. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../suite.h"

#include "scene.h"

enum { MS = 1000 }; /* microseconds */

static struct leg arrived(int32_t depart_us, int32_t arrive_us)
{
    return (struct leg){.depart_us = depart_us, .arrive_us = arrive_us, .state = LEG_ARRIVED};
}

static struct leg lost(int32_t depart_us)
{
    return (struct leg){.depart_us = depart_us, .arrive_us = depart_us, .state = LEG_LOST};
}

static void say_lost_request(struct scene *scene, uint32_t slot, const char *text)
{
    scene->fate = (struct fate){.requests = {lost(0)}};
    scene_say(scene, slot, text, ACK_HELD, HELD_LOSS);
}

static void say_lost_ack(struct scene *scene, uint32_t slot, const char *text)
{
    scene->fate = (struct fate){.requests = {arrived(0, 0)}, .acks = {lost(0)}};
    scene_say(scene, slot, text, ACK_HELD, HELD_LOSS);
}

/* Twice, late, late by 2, corrupt: all at once. */
static struct fate everything(void)
{
    struct fate fate = {.requests = {arrived(0, 40 * MS)},
                        .acks = {arrived(40 * MS, 83 * MS), arrived(40 * MS, 90 * MS)}};

    fate.requests[0].late_by = 2;
    fate.acks[1].corrupt = true;
    return fate;
}

static void say_each(struct scene *scene)
{
    say_lost_request(scene, 0, "one");
    say_lost_ack(scene, 0, "two");
    scene->fate =
        (struct fate){.requests = {arrived(0, 40 * MS)}, .acks = {arrived(40 * MS, 83 * MS)}};
    scene_say(scene, 0, "three", ACK_SENT, 0);
    scene->fate = everything();
    scene_say(scene, 0, "four", ACK_SENT, 0);
    scene->fate = (struct fate){.requests = {arrived(0, 0)}, .acks = {arrived(0, 0)}};
    scene_say(scene, 0, "five", ACK_SENT, 0); /* the network did nothing to it */
    scene->fate = (struct fate){.requests = {{.state = LEG_UNDERWAY, .arrive_us = 40 * MS}}};
    scene_say(scene, 0, "six", ACK_WAITING, 0);
    scene->fate = (struct fate){.requests = {{.state = LEG_NONE}}};
    scene_say(scene, 0, "seven", ACK_HELD, HELD_LOSS); /* from a server without legs */
    scene_tell_totals(scene);
}

// clang-format off
static void rows_at_80x24(void **state)
{
    struct scene *scene = scene_open(24, 80, TEXT_UTF8, 16);

    (void)state;
    say_each(scene);
    assert_int_equal(scene_row(scene,
        "   10:00:00.000  192.168.0.10:50000      3 B  one                 LOST request\n"), 9);
    assert_int_equal(scene_row(scene,
        "   10:00:00.000  192.168.0.10:50000      3 B  two                 LOST ack\n"), 10);
    assert_int_equal(scene_row(scene,
        "   10:00:00.000  192.168.0.10:50000      5 B  three        acked, delayed 83 ms\n"), 11);
    assert_int_equal(scene_row(scene,
        "   10:00:00.000  192.168.0.10:50000      4 B  four             x2, late by 2, …\n"), 12);
    assert_int_equal(scene_row(scene,
        "   10:00:00.000  192.168.0.10:50000      4 B  five                acked 31 us\n"), 13);
    assert_int_equal(scene_row(scene,
        "   10:00:00.000  192.168.0.10:50000      3 B  six                 on its way\n"), 14);
    assert_int_equal(scene_row(scene,
        "   10:00:00.000  192.168.0.10:50000      5 B  seven               HELD loss\n"), 15);
    scene_close(scene);
}

static void rows_at_120x40(void **state)
{
    struct scene *scene = scene_open(40, 120, TEXT_UTF8, 16);

    (void)state;
    say_each(scene);
    assert_true(scene_shows(scene, "acked x2, late by 2, delayed 83 ms, corrupt\n"));
    scene_close(scene);
}

static void rows_at_40x10(void **state)
{
    struct scene *scene = scene_open(10, 40, TEXT_ASCII, 16);

    (void)state;
    scene->fate = everything();
    scene_say(scene, 0, "hello", ACK_SENT, 0);
    assert_true(scene_shows(scene, "  192.168.0.10:50~  hello   x2, ~\n"));
    say_lost_request(scene, 0, "gone");
    assert_true(scene_shows(scene, "  192.168.0.10:50~  gone   LOST request\n"));
    scene_close(scene);
}

static void legs_in_the_detail(void **state)
{
    struct scene *scene = scene_open(40, 80, TEXT_UTF8, 16);

    (void)state;
    scene->fate = everything();
    scene_say(scene, 0, "four", ACK_SENT, 0);
    scene_key(scene, '\t');
    scene_key(scene, '\r');
    assert_true(scene_shows(scene, "   Ack          acked x2, late by 2, delayed 83 ms, corrupt, with 16 B\n"));
    assert_true(scene_shows(scene,
        "   Request      delayed 40.0 ms, overtaken by 2 later\n"
        "     Ack        delayed 43.0 ms\n"
        "     Ack twice  delayed 50.0 ms, bit 0 of byte 0 flipped\n"));
    scene_key(scene, 0x1b);
    scene->fate = (struct fate){.requests = {arrived(0, 0), lost(0)}, .acks = {lost(0)}};
    scene_say(scene, 0, "five", ACK_HELD, HELD_LOSS);
    scene_key(scene, '\r');
    assert_true(scene_shows(scene,
        "   Ack          LOST ack: an impairment lost it\n"
        "   Request      not delayed\n"
        "     Ack        LOST\n"
        "   Its copy     LOST\n"));
    scene_close(scene);
}
// clang-format on

/* ---- settled in place */

static void settles_in_place(void **state)
{
    struct scene *scene = scene_open(24, 80, TEXT_UTF8, 16);

    (void)state;
    scene_say(scene, 0, "first", ACK_WAITING, 0);
    scene_say(scene, 1, "second", ACK_SENT, 0);
    int row = scene_row(scene, "first");
    scene->fate = (struct fate){.requests = {arrived(0, 40 * MS)}, .acks = {lost(40 * MS)}};
    scene_settle(scene, 0, "first", 1, ACK_HELD, HELD_LOSS);
    assert_int_equal(scene_row(scene, "LOST ack"), row);
    assert_int_equal(scene_row(scene, "first"), row);
    assert_true(scene_shows(scene, "Messages 2 "));
    assert_false(scene_shows(scene, "on its way"));
    scene_close(scene);
}

/* One that is not kept, or was never reported, is a separate row. */
static void settles_what_is_not_kept(void **state)
{
    struct scene *scene = scene_open(24, 80, TEXT_UTF8, 16);

    (void)state;
    scene_say(scene, 0, "first", ACK_SENT, 0);
    scene_settle(scene, 1, "skipped", 77, ACK_SENT, 0);
    assert_true(scene_shows(scene, "Messages 2 "));
    assert_true(scene_row(scene, "skipped") > scene_row(scene, "first"));
    scene_close(scene);
}

static void settles_with_a_filter(void **state)
{
    struct scene *scene = scene_open(24, 80, TEXT_UTF8, 16);

    (void)state;
    scene_say(scene, 0, "needle", ACK_WAITING, 0);
    scene_say(scene, 1, "hay", ACK_WAITING, 0);
    scene_type(scene, "/needle");
    scene_settle(scene, 0, "needle", 1, ACK_SENT, 0);
    scene_settle(scene, 1, "hay", 2, ACK_SENT, 0);
    assert_true(scene_shows(scene, "Messages 1 of 2"));
    assert_true(scene_shows(scene, "needle              acked 31 us"));
    scene_key(scene, 0x1b);
    assert_true(scene_shows(scene, "hay                 acked 31 us"));
    scene_close(scene);
}

static void settles_while_filtered(void **state)
{
    struct scene *scene = scene_open(24, 80, TEXT_UTF8, 16);

    (void)state;
    for (int i = 0; i < 4; i++)
        scene_say(scene, 0, "x", ACK_WAITING, 0);
    scene_type(scene, "/status:acked");
    assert_true(scene_shows(scene, "no message matches the filter"));
    scene_settle(scene, 0, "x", 3, ACK_SENT, 0);
    scene_settle(scene, 0, "x", 1, ACK_SENT, 0);
    scene_settle(scene, 0, "x", 2, ACK_HELD, HELD_LOSS);
    assert_true(scene_shows(scene, "Messages 2 of 4"));
    scene_key(scene, 0x15);
    scene_type(scene, "status:waiting");
    assert_true(scene_shows(scene, "Messages 1 of 4"));
    scene_settle(scene, 0, "x", 4, ACK_SENT, 0);
    assert_true(scene_shows(scene, "no message matches the filter"));
    scene_close(scene);
}

static void settles_during_a_pause(void **state)
{
    struct scene *scene = scene_open(24, 80, TEXT_UTF8, 16);

    (void)state;
    scene_say(scene, 0, "before", ACK_WAITING, 0);
    scene_key(scene, ' ');
    scene_say(scene, 0, "during", ACK_WAITING, 0);
    scene_settle(scene, 0, "before", 1, ACK_SENT, 0);
    scene_settle(scene, 0, "during", 2, ACK_HELD, HELD_LOSS);
    assert_true(scene_shows(scene, "before              acked 31 us"));
    assert_false(scene_shows(scene, "during"));
    scene_key(scene, ' ');
    assert_true(scene_shows(scene, "during              HELD loss"));
    assert_true(scene_shows(scene, "Messages 2 "));
    scene_close(scene);
}

static void settles_in_the_open_detail(void **state)
{
    struct scene *scene = scene_open(24, 80, TEXT_UTF8, 16);

    (void)state;
    scene_say(scene, 0, "first", ACK_WAITING, 0);
    scene_key(scene, '\t');
    scene_key(scene, '\r');
    assert_true(scene_shows(scene, "Ack          on its way"));
    scene_settle(scene, 0, "other", 2, ACK_SENT, 0);
    assert_true(scene_shows(scene, "Ack          on its way"));
    scene_settle(scene, 0, "first", 1, ACK_SENT, 0);
    assert_true(scene_shows(scene, "Ack          acked 31 us"));
    assert_true(scene_shows(scene, "first"));
    scene_close(scene);
}

/* Numbers begin at 1 again: another message of that number says nothing about the open one, even if
 * it is the same client's (a relay's sessions outlive a reset). */
static void what_a_reset_forgets_is_never_settled(void **state)
{
    struct scene *scene = scene_open(24, 80, TEXT_UTF8, 16);

    (void)state;
    scene_say(scene, 0, "first", ACK_WAITING, 0);
    scene_key(scene, '\t');
    scene_key(scene, '\r');
    scene_reset(scene);
    scene_settle(scene, 0, "again", 1, ACK_SENT, 0);
    scene_settle(scene, 1, "other", 1, ACK_SENT, 0);
    assert_true(scene_shows(scene, "Ack          on its way when the counts were reset"));
    assert_true(scene_shows(scene, "From         192.168.0.10:50000"));
    assert_true(scene_shows(scene, "first"));
    scene_key(scene, 0x1b);
    scene->number = 0;
    scene_say(scene, 1, "other", ACK_WAITING, 0);
    scene_key(scene, '\r');
    assert_true(scene_shows(scene, "Ack          on its way"));
    assert_false(scene_shows(scene, "when the counts were reset"));
    scene_settle(scene, 1, "other", 1, ACK_SENT, 0);
    assert_true(scene_shows(scene, "Ack          acked 31 us"));
    scene_close(scene);
}

/* ---- the receive queue */

static void queue_is_shown_where_it_matters(void **state)
{
    struct scene *scene = scene_open(24, 80, TEXT_UTF8, 16);

    (void)state;
    scene->totals.queue_capacity = 1000000;
    scene->totals.queue_bytes = 700;
    scene_tell_totals(scene);
    assert_false(scene_shows(scene, "queue"));
    scene->totals.queue_bytes = 520000;
    scene_tell_totals(scene);
    assert_true(scene_shows(scene, "queue ▓▓▓▓░░░░ 52%  dropped 0"));
    scene->totals.queue_bytes = 0;
    scene_wait(scene, 2 * UNITS_NS_PER_S);
    scene_tell_totals(scene);
    assert_true(scene_shows(scene, "queue ░░░░░░░░ 0%"));
    scene_wait(scene, 4 * UNITS_NS_PER_S);
    scene_tell_totals(scene);
    assert_false(scene_shows(scene, "queue"));
    scene->totals.kernel_dropped = 12;
    scene->totals.queue_bytes = 2000000; /* the kernel lets the last datagram be too much */
    scene_tell_totals(scene);
    assert_true(scene_shows(scene, "queue ▓▓▓▓▓▓▓▓ 100%  dropped 12"));
    scene_close(scene);
}

static void slow_reading_is_told(void **state)
{
    struct model_config config = scene_config(TEXT_ASCII, 16);

    (void)state;
    config.slow_per_s = 20;
    struct scene *scene = scene_open_with(24, 80, &config);
    scene->totals.queue_capacity = 1000;
    scene->totals.queue_bytes = 10;
    scene_tell_totals(scene);
    assert_true(scene_shows(scene, "SLOW 20/s"));
    assert_true(scene_shows(scene, "queue [#.......] 1%"));
    scene_resize(scene, 10, 40);
    assert_true(scene_shows(scene, "SLOW 20/s"));
    scene->totals.kernel_dropped = 22;
    scene->totals.counts.received = scene->totals.counts.acked = 39;
    scene_tell_totals(scene);
    assert_true(scene_shows(scene, " in 39  SLOW 20/s  acked 39  dropped 22\n"));
    scene_close(scene);
}

#define CASE(function) cmocka_unit_test(function)

static const struct CMUnitTest tests[] = {
    CASE(rows_at_80x24),
    CASE(rows_at_120x40),
    CASE(rows_at_40x10),
    CASE(legs_in_the_detail),
    CASE(settles_in_place),
    CASE(settles_what_is_not_kept),
    CASE(settles_with_a_filter),
    CASE(settles_while_filtered),
    CASE(settles_during_a_pause),
    CASE(settles_in_the_open_detail),
    CASE(what_a_reset_forgets_is_never_settled),
    CASE(queue_is_shown_where_it_matters),
    CASE(slow_reading_is_told),
};

const struct suite suite_serve_fates = {
    .name = "serve_fates", .tests = tests, .count = sizeof tests / sizeof *tests};
