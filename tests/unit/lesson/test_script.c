/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* script: what statements do to real sockets, as the figures have it, and what ends a script. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/lesson/topics.h"

#define HEAD "Name: one\nTitle: One [script]\nQuestion: Which?\nChoice: this\nAnswer: that\n"

/* A lesson that was played. */
struct played {
    struct lesson lesson;
    struct stage stage;
};

static struct played *play(const char *script, const char *rest)
{
    struct played *played = malloc(sizeof *played);
    struct lesson_problem problem;
    char text[4096];

    assert_non_null(played);
    snprintf(text, sizeof text, HEAD "Script:\n%s%s", script, rest);
    if (!lesson_parse(&played->lesson, text, strlen(text), NULL, &problem))
        fail_msg("%s\n%d:%d: %s", text, problem.line, problem.column, problem.text);
    topics_play(&played->lesson, &played->stage, &(struct stage_config){.seed = 7, .stop_fd = -1});
    return played;
}

static void leave(struct played *played)
{
    stage_close(&played->stage);
    free(played);
}

#define PAIR " server s\n client c\n"

static void figures_of_scripts(void **state)
{
    static const struct {
        const char *script, *condition;
    } rows[] = {
        /* sizes, numbers and texts */
        {PAIR
         " c send \"ab 12\"\n c send \"\"\n c send \"5\" pad 100\n s collect within 1s most 3\n",
         "c.sent = 3 and c.sent_bytes = [5, 0, 100] and c.sent_numbers = [12, 0, 5] and c.errors = "
         "0"
         " and s.received_bytes = c.sent_bytes and s.received_numbers = c.sent_numbers"
         " and s.intact = 3 and s.distinct = 3 and s.clients = 1 and s.bytes = 100 and s.empty"},
        {PAIR " c send \"same\"\n c send \"same\"\n s receive\n",
         "s.received = 1 and s.text = \"same\" and not s.empty and s.distinct = 1"},
        /* what receives and sends return */
        {PAIR
         " c send \"Hello\" as sent\n s receive into 2 as cut\n s receive within 1ms as none\n",
         "sent.result = \"sent\" and cut.arrived and cut.truncated and cut.text = \"He\""
         " and cut.bytes = 2 and s.intact = 0 and not none.arrived and none.text = \"\""
         " and none.bytes = 0 and none.from = \"\" and not none.truncated"},
        {PAIR " c send \"x\" pad 65507 as fits\n s receive as large\n",
         "fits.result = \"sent\" and large.bytes = 65507 and not large.truncated"},
        {PAIR " c send \"x\" pad 65508 as large\n s receive within 1ms as none\n",
         "large.result = \"EMSGSIZE\" and not none.arrived and c.errors = 1 and c.sent = 0"},
        /* replies go to who sent last */
        {PAIR
         " client d\n c send \"1\"\n d send \"2\"\n s receive as one\n s reply \"to c\"\n"
         " s receive as two\n s reply \"to d\"\n c receive\n d receive\n c receive within 1ms\n",
         "c.text = \"to c\" and d.text = \"to d\" and c.received = 1 and d.received = 1"
         " and s.clients = 2 and one.from != two.from and c.intact = 1"},
        /* closing and restarting */
        {PAIR " c send \"lost\"\n s restart\n c send \"found\"\n s receive as got\n",
         "got.text = \"found\" and s.received = 1 and c.sent = 2"},
        {" closed p\n client c to p unconnected\n c send \"1\" as early\n server s at p\n"
         " c send \"2\"\n s receive as got\n",
         "early.result = \"sent\" and got.text = \"2\" and c.sent = 2"},
        /* a closed port */
        {" closed p\n client c to p\n c send \"1\"\n c await\n c send \"2\" as refused\n c send "
         "\"3\" as third\n",
         "refused.result = \"ECONNREFUSED\" and third.result = \"sent\" and c.errors = 1 and "
         "c.reported = 1"
         " and c.sent = 2 and c.icmp = 0"},
        {" closed p\n client c to p unconnected errors\n c send \"1\"\n c await\n c errors\n",
         "c.reported = 1 and c.icmp = 1 and c.icmp_type = 3 and c.icmp_code = 3 and c.errors = 0"},
        /* a full queue */
        {" server s queue 4096\n client c\n repeat 50\n  c send \"#{i}\" pad 200\n end\n s "
         "collect\n",
         "s.dropped > 0 and s.received + s.dropped = c.sent and s.intact = s.received"
         " and s.queue_bytes >= 4096 and s.waiting_bytes / s.received > 200"},
        /* the simulated network */
        {" network off\n client c\n repeat 3\n  c ask \"q{i}\"\n end\n",
         "c.asked = 3 and c.answered = 3 and c.silent = 0 and c.silent_numbers = []"
         " and c.received_numbers = [1, 2, 3] and network.received = 3 and network.delivered = [1, "
         "2, 3]"
         " and network.lost_requests + network.lost_replies + network.repeated + network.late_by = "
         "0"},
        {" network in.loss=100%\n client c\n c ask \"4\" within 1ms\n c ask \"5\" within 1ms retry "
         "2\n",
         "c.asked = 2 and c.sent = 4 and c.answered = 0 and c.silent_numbers = [4, 5]"
         " and network.lost_requests = 4 and network.received = 0 and network.delivered = []"},
        {" network delay=20ms\n client c\n c ask \"1\" within 1s as slow\n"
         " c ask \"2\" within 1ms retry 1 as late\n",
         "slow.arrived and slow.text = \"1\" and slow.us > 39000 and slow.sends = 1"
         " and not late.arrived and late.text = \"\" and late.sends = 2"},
        {" network out.loss=100%\n client c\n c ask \"1\" within 1ms retry 1\n settle\n",
         "c.silent = 1 and network.received = 2 and network.lost_replies = 2"
         " and network.delivered = [1] and network.repeated = 1"},
        {" network dup=100%\n client c\n c ask \"1\"\n settle\n c collect within 50ms\n",
         "network.received = 2 and c.received > 2 and c.distinct = 1 and c.answered = 1"},
        /* repetitions in each other: i is that of the inner one, and the outer one's again behind it */
        {PAIR " repeat 2\n  c send \"{i}\"\n  repeat 2\n   c send \"{i + 10}\"\n  end\n  c send "
              "\"{i + 20}\"\n end\n",
         "c.sent_numbers = [1, 11, 12, 21, 2, 11, 12, 22]"},
        /* a name that is given again */
        {PAIR " repeat 3\n  c send \"{i}\"\n  s receive as got\n end\n",
         "got.text = \"3\" and s.received = 3"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char rest[1024];
        struct played *played;
        snprintf(rest, sizeof rest, "Expect: it if %s\n", rows[i].condition);
        played = play(rows[i].script, rest);
        if (played->stage.error[0] != '\0' || played->stage.result.otherwise != NULL)
            fail_msg("row %zu:\n%s%s\n%s", i, rows[i].script, rest, played->stage.error);
        leave(played);
    }
}

static void what_ends_a_script(void **state)
{
    static const struct {
        const char *script, *rest, *error;
    } rows[] = {
        {PAIR " s reply \"a\"\n", "", "lesson one: s has received nothing that it could reply to"},
        {PAIR " s close\n s receive\n", "", "lesson one: s is closed"},
        {PAIR " c close\n c send \"a\"\n", "", "lesson one: c is closed"},
        {PAIR " c send \"{1 / s.received}\"\n", "",
         "lesson one: {1 / s.received}: a division by 0"},
        {PAIR " repeat 100\n  repeat 6\n   c send \"a\"\n  end\n end\n", "",
         "lesson one: more than 512 arrows"},
        {" network off\n client c\n repeat 2\n  repeat 65\n   c send \"a\"\n  end\n end\n", "",
         "lesson: more than 128 messages"},
        {PAIR " repeat 31\n  s restart\n end\n", "", "lesson: too many sockets"},
        {PAIR " repeat 25\n  c send \"a\"\n end\n", "Facts:\n a \"a\" = c.sent_bytes\n",
         "lesson one: c.sent_bytes: more than 24 numbers"},
        {" network in.loss=100%\n client c\n c ask \"1\" within 1ms as reply\n",
         "Facts:\n a \"a\" = reply.us\n", "lesson one: a: reply.us has no value"},
        {PAIR, "Facts:\n a \"a\" = 1 / c.sent\n", "lesson one: a: a division by 0"},
        {PAIR, "Facts:\n a \"a\"\n", "lesson one: a: the script did not deliver this value"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct played *played = play(rows[i].script, rows[i].rest);
        assert_string_equal(played->stage.error, rows[i].error);
        leave(played);
    }
}

static void rows_of_the_ladder(void **state)
{
    struct played *played = play(
        PAIR
        " c send \"a\" label \"first\"\n c send \"\"\n s receive note \"number {s.received}\"\n"
        " s note \"{s.received} read\"\n c note \"waits\"\n",
        "");
    const struct ladder_leg *legs = played->stage.legs;

    (void)state;
    assert_string_equal(played->stage.error, "");
    assert_int_equal(played->stage.leg_count, 4);
    assert_string_equal(legs[0].label, "first");
    assert_string_equal(legs[0].note, "number 1");
    assert_int_equal(legs[0].end, LADDER_ARRIVED);
    assert_string_equal(legs[1].label, "(empty)");
    assert_int_equal(legs[1].end, LADDER_UNDERWAY); /* it was sent, and nobody looked for it */
    assert_string_equal(legs[2].label, "1 read");
    assert_false(legs[2].to_right); /* at the server */
    assert_string_equal(legs[3].label, "waits");
    assert_true(legs[3].to_right);
    leave(played);
}

static void what_a_closed_server_had_not_read_is_dropped(void **state)
{
    struct played *played = play(PAIR " c send \"a\"\n s close\n c send \"b\"\n", "");

    (void)state;
    assert_string_equal(played->stage.error, "");
    assert_int_equal(played->stage.legs[0].end, LADDER_DROPPED);
    assert_string_equal(played->stage.legs[0].note, "never read");
    assert_int_equal(played->stage.legs[1].end, LADDER_DROPPED);
    assert_string_equal(played->stage.legs[1].note, "closed port");
    leave(played);
}

/* Statements in any order: each script ends, and its figures agree with each other. */
static void random_scripts_end(void **state)
{
    static const char head[] =
        " network loss=20%,dup=20%\n server s queue 2048\n closed p\n client c to network\n"
        " client d to s\n client e to p unconnected errors\n server t at p\n";
    static const char *const statements[] = {
        " c send \"{c.sent}\"\n",
        " c ask \"{i}\" within 1ms as answer\n",
        " c ask \"7\" within 1ms retry 2\n",
        " c collect\n",
        " c receive within 1ms\n",
        " d send \"{d.received} and {s.text}\" as result\n",
        " d send \"\" pad 3000\n",
        " d receive within 1ms as got\n",
        " s receive within 1ms into 3 note \"{s.bytes}\"\n",
        " s collect most 3\n",
        " s reply \"back\"\n",
        " s restart\n",
        " s close\n",
        " t close\n",
        " t restart\n",
        " t receive within 1ms\n",
        " t reply \"from t\" pad 100\n",
        " e send \"e {e.reported}\"\n",
        " e await within 1ms\n",
        " e errors\n",
        " e close\n",
        " settle\n",
        " p note \"{network.received}\"\n",
    };
    static const char rest[] =
        "Expect: what was asked has a reply or none if c.answered + c.silent = c.asked\n"
        "Expect: no more than was sent if s.received <= d.sent and t.received <= e.sent\n"
        "Expect: numbers once if c.distinct <= c.received and s.intact <= s.received\n";
    uint32_t random = 20261126;
    int ended_well = 0;

    (void)state;
    for (int i = 0; i < 150; i++) {
        char script[2048] = "";
        struct played *played;
        strcat(script, head);
        strcat(script, " repeat 2\n");
        for (int j = 0; j < 12; j++) {
            random = random * 1664525 + 1013904223;
            strcat(script, statements[(random >> 16) % (sizeof statements / sizeof *statements)]);
        }
        strcat(script, " end\n");
        played = play(script, rest);
        if (played->stage.result.otherwise != NULL)
            fail_msg("%s%s", script, played->stage.result.otherwise);
        ended_well += played->stage.error[0] == '\0';
        assert_true(played->stage.leg_count <= STAGE_LEGS_MAX);
        leave(played);
    }
    assert_in_range(ended_well, 10, 140); /* the others said why not */
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(figures_of_scripts),
    cmocka_unit_test(random_scripts_end),
    cmocka_unit_test(what_ends_a_script),
    cmocka_unit_test(rows_of_the_ladder),
    cmocka_unit_test(what_a_closed_server_had_not_read_is_dropped),
};

const struct suite suite_script = {
    .name = "script", .tests = tests, .count = sizeof tests / sizeof *tests};
