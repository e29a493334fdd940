/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ladder_view: each kind of leg seen from either end, and both ends against what their sockets did. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/base/array.h"
#include "udptui/proto/ladder_view.h"

enum { WORLDS = 400, MESSAGES = 12, LEGS = 16 * MESSAGES };

static const struct ladder_viewer client = {.view = LADDER_VIEW_CLIENT, .silence = "no reply"};
static const struct ladder_viewer server = {.view = LADDER_VIEW_SERVER, .silence = "no reply"};

/* ---- each kind */

/* One leg through a view: its end, or NOTHING. */
enum { NOTHING = 99 };

static void expect_view(const struct ladder_viewer *viewer, const struct ladder_leg *leg, int end,
                        const char *note)
{
    struct ladder_leg out[1];
    size_t count = ladder_view_legs(viewer, leg, 1, out);

    assert_int_equal(count, end == NOTHING ? 0 : 1);
    if (end == NOTHING)
        return;
    assert_int_equal(out[0].end, end);
    assert_string_equal(out[0].note, note);
}

static void each_end_sees_of_a_leg_what_its_socket_did(void **state)
{
    static const struct {
        struct ladder_leg leg;
        int client, server;
        const char *client_note, *server_note;
    } rows[] = {
        {{.to_right = true}, LADDER_SENT, LADDER_ARRIVED, "", ""},
        {{.to_right = true, .number = 1}, LADDER_SENT, LADDER_ARRIVED, "no reply", ""},
        {{.to_right = true, .number = 1, .end = LADDER_LOST, .note = "LOST request"},
         LADDER_SENT,
         NOTHING,
         "no reply",
         ""},
        {{.to_right = true, .number = 1, .end = LADDER_DROPPED, .note = "queue full"},
         LADDER_SENT,
         NOTHING,
         "no reply",
         ""},
        {{.to_right = true, .number = 1, .end = LADDER_UNDERWAY},
         LADDER_SENT,
         NOTHING,
         "no reply",
         ""},
        {{.to_right = true, .number = 1, .end = LADDER_UNSENT, .note = "EMSGSIZE"},
         LADDER_UNSENT,
         NOTHING,
         "EMSGSIZE",
         ""},
        {{.to_right = true, .end = LADDER_EVENT, .label = "timed out"},
         LADDER_EVENT,
         NOTHING,
         "",
         ""},
        {{.to_right = true, .copy = true, .note = "copy"}, NOTHING, LADDER_ARRIVED, "", ""},
        {{.to_right = true, .copy = true, .end = LADDER_LOST}, NOTHING, NOTHING, "", ""},
        {{.to_right = true, .kernel = true}, NOTHING, NOTHING, "", ""},
        {{.kernel = true}, NOTHING, NOTHING, "", ""},
        {{.to_right = true, .note = "late by 2"}, LADDER_SENT, LADDER_ARRIVED, "", ""},
        {{.to_right = true, .note = "HELD limit", .note_at = LADDER_SIDE_RIGHT},
         LADDER_SENT,
         LADDER_ARRIVED,
         "",
         "HELD limit"},
        {{.to_right = true, .number = 1, .reconstructed = true}, LADDER_SENT, NOTHING, "", ""},
        {{.to_right = true, .error = true}, NOTHING, LADDER_ARRIVED, "", ""},
        {{.to_right = false}, LADDER_ARRIVED, LADDER_SENT, "", ""},
        {{.to_right = false, .number = 1}, LADDER_ARRIVED, LADDER_SENT, "", ""},
        {{.to_right = false, .end = LADDER_LOST, .note = "LOST ack"}, NOTHING, LADDER_SENT, "", ""},
        {{.to_right = false, .end = LADDER_DROPPED}, NOTHING, LADDER_SENT, "", ""},
        {{.to_right = false, .end = LADDER_UNDERWAY}, NOTHING, LADDER_SENT, "", ""},
        {{.to_right = false, .end = LADDER_UNSENT, .note = "ENOBUFS"},
         NOTHING,
         LADDER_UNSENT,
         "",
         "ENOBUFS"},
        {{.to_right = false, .end = LADDER_EVENT}, NOTHING, LADDER_EVENT, "", ""},
        {{.to_right = false, .copy = true, .note = "copy"}, LADDER_ARRIVED, NOTHING, "", ""},
        {{.to_right = false, .error = true}, LADDER_ARRIVED, NOTHING, "", ""},
        {{.to_right = false, .reconstructed = true, .error = true}, NOTHING, NOTHING, "", ""},
        {{.to_right = false, .reconstructed = true}, NOTHING, LADDER_SENT, "", ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        expect_view(&client, &rows[i].leg, rows[i].client, rows[i].client_note);
        expect_view(&server, &rows[i].leg, rows[i].server, rows[i].server_note);
    }
}

static void what_arrives_has_the_receivers_time_alone(void **state)
{
    const struct ladder_leg reply = {.depart_ns = 10, .arrive_ns = 30, .number = 1, .rtt_ns = 25};
    struct ladder_leg out[1];

    (void)state;
    ladder_view_legs(&client, &reply, 1, out);
    assert_true(out[0].origin_unseen);
    assert_int_equal(out[0].depart_ns, 30);
    assert_int_equal(out[0].rtt_ns, 25);
    ladder_view_legs(&server, &reply, 1, out);
    assert_false(out[0].origin_unseen);
    assert_int_equal(out[0].depart_ns, 10);
    assert_int_equal(out[0].arrive_ns, 0);
    assert_int_equal(out[0].rtt_ns, 0);
}

static void a_changed_payload_is_not_shown_as_it_was_sent(void **state)
{
    const struct ladder_leg legs[] = {
        {.to_right = true, .number = 7, .corrupt = true, .label = "#7 hello"},
        {.to_right = true, .corrupt = true, .label = "hello"}};
    struct ladder_leg out[2];

    (void)state;
    assert_int_equal(ladder_view_legs(&server, legs, 2, out), 2);
    assert_string_equal(out[0].label, "#7");
    assert_string_equal(out[1].label, "");
    assert_false(out[0].corrupt);
    ladder_view_legs(&client, legs, 2, out);
    assert_string_equal(out[0].label, "#7 hello");
    assert_false(out[0].corrupt);
}

/* Of a ladder with three lines: client, relay, target. */
static void an_end_sees_its_own_gap_alone(void **state)
{
    const struct ladder_viewer left = {
        .view = LADDER_VIEW_CLIENT, .middle = true, .silence = "no reply"};
    const struct ladder_viewer right = {
        .view = LADDER_VIEW_SERVER, .middle = true, .silence = "no reply"};
    const struct ladder_leg legs[] = {
        {.depart_ns = 1, .arrive_ns = 1, .to_right = true, .number = 1, .label = "ask"},
        {.depart_ns = 2, .arrive_ns = 3, .to_right = true, .right_gap = true, .number = 1},
        {.depart_ns = 4, .arrive_ns = 5, .right_gap = true, .number = 1, .label = "answer"},
        {.depart_ns = 6, .end = LADDER_LOST, .number = 1},
        {.depart_ns = 7, .to_right = true, .right_gap = true, .end = LADDER_EVENT},
    };
    struct ladder_leg out[COUNT_OF(legs)];

    (void)state;
    assert_int_equal(ladder_view_legs(&left, legs, COUNT_OF(legs), out), 1);
    assert_string_equal(out[0].note, "no reply");
    assert_int_equal(ladder_view_legs(&right, legs, COUNT_OF(legs), out), 2);
    assert_int_equal(out[0].depart_ns, 3);
    assert_int_equal(out[0].end, LADDER_ARRIVED);
    assert_int_equal(out[1].end, LADDER_SENT);
}

static void each_view_follows_another(void **state)
{
    (void)state;
    assert_int_equal(ladder_view_next(LADDER_VIEW_ALL), LADDER_VIEW_CLIENT);
    assert_int_equal(ladder_view_next(LADDER_VIEW_SERVER), LADDER_VIEW_ALL);
}

/* ---- against a model: worlds of messages, and what each socket did in them */

/* What a socket did: a line each, by time. */
struct sockets_log {
    struct did {
        int64_t at_ns;
        char what[LADDER_LABEL_SIZE + 16];
    } each[LEGS];
    size_t count;
};

struct world {
    struct ladder_leg legs[LEGS];
    size_t count;
    struct sockets_log client, server;
    int64_t now_ns;
};

static unsigned random_state;

static int random_below(int limit)
{
    random_state = random_state * 1103515245U + 12345U;
    return (int)(random_state >> 16) % limit;
}

static int64_t tick(struct world *world)
{
    return world->now_ns += 1 + random_below(5);
}

static void log_did(struct sockets_log *log, int64_t at_ns, const char *how, const char *label)
{
    struct did *did = &log->each[log->count++];

    did->at_ns = at_ns;
    snprintf(did->what, sizeof did->what, "%s %s", how, label);
}

static struct ladder_leg *add_leg(struct world *world, bool to_right, uint64_t number)
{
    struct ladder_leg *leg = &world->legs[world->count++];

    *leg = (struct ladder_leg){
        .depart_ns = tick(world), .to_right = to_right, .number = number, .end = LADDER_ARRIVED};
    snprintf(leg->label, sizeof leg->label, "%s #%d", to_right ? "ask" : "answer", (int)number);
    return leg;
}

/* A datagram to an end: hidden facts by chance. Returns whether its socket delivered it. */
static bool go(struct world *world, struct ladder_leg *leg, struct sockets_log *to)
{
    static const uint8_t ends[] = {LADDER_ARRIVED, LADDER_ARRIVED, LADDER_ARRIVED,
                                   LADDER_LOST,    LADDER_DROPPED, LADDER_UNDERWAY};

    leg->end = ends[random_below(COUNT_OF(ends))];
    if (leg->end != LADDER_ARRIVED) {
        snprintf(leg->note, sizeof leg->note, "LOST");
        return false;
    }
    if (random_below(4) == 0)
        snprintf(leg->note, sizeof leg->note, "late by 1");
    leg->arrive_ns = tick(world);
    log_did(to, leg->arrive_ns, "received", leg->label);
    return true;
}

static void add_copy(struct world *world, const struct ladder_leg *of, struct sockets_log *to)
{
    struct ladder_leg *copy = add_leg(world, of->to_right, of->number);

    copy->copy = true;
    go(world, copy, to);
}

static void add_message(struct world *world, uint64_t number)
{
    struct ladder_leg *request = add_leg(world, true, number), *reply;

    if (random_below(8) == 0) {
        request->end = LADDER_UNSENT;
        log_did(&world->client, request->depart_ns, "failed", request->label);
        return;
    }
    log_did(&world->client, request->depart_ns, "sent", request->label);
    if (random_below(5) == 0)
        add_copy(world, request, &world->server);
    if (!go(world, request, &world->server))
        return;
    if (random_below(6) == 0) {
        reply = add_leg(world, false, 0);
        reply->end = LADDER_EVENT;
        log_did(&world->server, reply->depart_ns, "event", reply->label);
    }
    reply = add_leg(world, false, number);
    log_did(&world->server, reply->depart_ns, "sent", reply->label);
    if (random_below(5) == 0)
        add_copy(world, reply, &world->client);
    go(world, reply, &world->client);
}

static int by_time(const void *one, const void *other)
{
    const struct did *a = one, *b = other;

    return a->at_ns < b->at_ns ? -1 : a->at_ns > b->at_ns;
}

static void expect_log(const struct ladder_viewer *viewer, const struct world *world,
                       struct sockets_log *log)
{
    static const char *const did[] = {[LADDER_ARRIVED] = "received",
                                      [LADDER_SENT] = "sent",
                                      [LADDER_UNSENT] = "failed",
                                      [LADDER_EVENT] = "event"};
    struct ladder_leg out[LEGS];
    size_t count = ladder_view_legs(viewer, world->legs, world->count, out);
    char what[sizeof log->each->what];

    qsort(log->each, log->count, sizeof *log->each, by_time);
    assert_int_equal(count, log->count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(out[i].depart_ns, log->each[i].at_ns);
        snprintf(what, sizeof what, "%s %s", did[out[i].end], out[i].label);
        assert_string_equal(what, log->each[i].what);
        assert_true(out[i].note[0] == '\0' || strcmp(out[i].note, "no reply") == 0);
    }
}

static void each_view_is_what_the_socket_did(void **state)
{
    static struct world world;

    (void)state;
    for (unsigned seed = 1; seed <= WORLDS; seed++) {
        random_state = seed;
        memset(&world, 0, sizeof world);
        for (uint64_t i = 1; i <= MESSAGES; i++)
            add_message(&world, i);
        qsort(world.legs, world.count, sizeof *world.legs, ladder_by_departure);
        expect_log(&client, &world, &world.client);
        expect_log(&server, &world, &world.server);
    }
}

/* Silence has one look, whatever became of the request and of its reply. */
static void lost_requests_and_lost_replies_look_the_same(void **state)
{
    static const struct ladder_leg request = {
        .depart_ns = 5, .to_right = true, .number = 1, .label = "#1"};
    struct ladder_leg legs[2], seen[2], first;

    (void)state;
    for (int way = 0; way < 2; way++)
        for (int end = LADDER_LOST; end <= LADDER_DROPPED; end++) {
            legs[0] = legs[1] = request;
            legs[1] = (struct ladder_leg){.depart_ns = 9, .number = 1, .end = (uint8_t)end};
            if (way == 0)
                legs[0].end = (uint8_t)end;
            else
                legs[0].arrive_ns = 8;
            assert_int_equal(ladder_view_legs(&client, legs, way == 0 ? 1 : 2, seen), 1);
            if (way == 0 && end == LADDER_LOST)
                first = seen[0];
            assert_memory_equal(&seen[0], &first, sizeof first);
        }
}

static void legs_may_be_viewed_in_place(void **state)
{
    static struct world world;
    struct ladder_leg out[LEGS];

    (void)state;
    random_state = 7;
    memset(&world, 0, sizeof world);
    for (uint64_t i = 1; i <= MESSAGES; i++)
        add_message(&world, i);
    size_t count = ladder_view_legs(&client, world.legs, world.count, out);
    assert_int_equal(ladder_view_legs(&client, world.legs, world.count, world.legs), count);
    assert_memory_equal(world.legs, out, count * sizeof *out);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(each_end_sees_of_a_leg_what_its_socket_did),
    cmocka_unit_test(what_arrives_has_the_receivers_time_alone),
    cmocka_unit_test(a_changed_payload_is_not_shown_as_it_was_sent),
    cmocka_unit_test(an_end_sees_its_own_gap_alone),
    cmocka_unit_test(each_view_follows_another),
    cmocka_unit_test(each_view_is_what_the_socket_did),
    cmocka_unit_test(lost_requests_and_lost_replies_look_the_same),
    cmocka_unit_test(legs_may_be_viewed_in_place),
};

const struct suite suite_ladder_view = {
    .name = "ladder_view", .tests = tests, .count = COUNT_OF(tests)};
