/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* relay on the screen of serve: both directions in each pane, the target's state, its ladder. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../suite.h"

#include "scene.h"

static const struct endpoint client = {
    .family = ENDPOINT_IPV4, .address = {127, 0, 0, 1}, .port = 50001};
static const struct endpoint listener = {
    .family = ENDPOINT_IPV4, .address = {127, 0, 0, 1}, .port = 5300};
static const struct endpoint session = {
    .family = ENDPOINT_IPV4, .address = {127, 0, 0, 1}, .port = 40001};
static const struct endpoint target = {
    .family = ENDPOINT_IPV4, .address = {127, 0, 0, 1}, .port = 53};

static struct scene *relay_open_scene(int rows, int columns)
{
    struct model_config config = scene_config(TEXT_UTF8, 16);

    config.title = "udptui relay";
    config.listening = "127.0.0.1:5300 -> 127.0.0.1:53";
    config.join = NULL;
    config.relay = true;
    return scene_open_with(rows, columns, &config);
}

/* A datagram of a client in a direction; its number. */
static uint64_t relay_pass_of(struct scene *scene, uint32_t slot, enum event_direction direction,
                              const char *text, enum ack_status status, struct event_relayed match)
{
    struct event_message message = {
        .kind = EVENT_MESSAGE,
        .slot = slot,
        .status = (uint8_t)status,
        .why_held = HELD_LOSS,
        .error = ECONNREFUSED,
        .hop_limit = 64,
        .traffic_class = 0,
        .size_bytes = (uint32_t)strlen(text),
        .stored_bytes = (uint32_t)strlen(text),
        .number = ++scene->number,
        .wall_ns = scene->wall_ns,
        .service_ns = 31000,
        .from = client,
        .to = listener,
        .relayed = match,
        .fate = scene->fate,
    };
    uint8_t record[sizeof message + 64];

    message.relayed.direction = (uint8_t)direction;
    message.relayed.target = target;
    message.relayed.session = session;
    memcpy(record, &message, sizeof message);
    memcpy(record + sizeof message, text, strlen(text));
    model_apply(scene->model, record, sizeof message + strlen(text));
    return scene->number;
}

static uint64_t relay_pass(struct scene *scene, enum event_direction direction, const char *text,
                           enum ack_status status, struct event_relayed match)
{
    return relay_pass_of(scene, 0, direction, text, status, match);
}

static void relay_count(struct counts *counts, uint64_t forwarded, uint64_t lost)
{
    counts->received += forwarded + lost;
    counts->acked += forwarded;
    counts->held[HELD_LOSS] += lost;
    counts->received_bytes += 10 * (forwarded + lost);
}

/* Tells the client's and the total counts. */
static void relay_tell(struct scene *scene)
{
    struct event_client row = {.kind = EVENT_CLIENT,
                               .peer = client,
                               .server = listener,
                               .target = target,
                               .session = session,
                               .counts = scene->totals.counts,
                               .back = scene->totals.back,
                               .rtts = scene->totals.rtts,
                               .first_ns = scene->now_ns,
                               .last_ns = scene->now_ns};

    scene->totals.clients = 1;
    scene->totals.sessions = 1;
    model_apply(scene->model, &row, sizeof row);
    scene_tell_totals(scene);
}

/* A query and its answer; one that is lost; an answer that is matched by order. */
static void relay_play(struct scene *scene)
{
    const struct event_relayed none = {.rtt_ns = EVENT_UNKNOWN};
    uint64_t query = relay_pass(scene, DIRECTION_TO_TARGET, "query", ACK_FORWARDED, none);

    scene_wait(scene, 2 * UNITS_NS_PER_MS);
    relay_pass(scene, DIRECTION_TO_CLIENT, "answer", ACK_FORWARDED,
               (struct event_relayed){
                   .match = MATCH_ID, .request = query, .rtt_ns = 1900 * UNITS_NS_PER_US});
    event_rtts_note(&scene->totals.rtts, 1900 * UNITS_NS_PER_US);
    scene_wait(scene, 2 * UNITS_NS_PER_MS);
    scene->fate = (struct fate){.requests = {{.state = LEG_LOST}}};
    query = relay_pass(scene, DIRECTION_TO_TARGET, "lost", ACK_HELD, none);
    scene->fate = (struct fate){.requests = {{.state = LEG_NONE}}};
    scene_wait(scene, 2 * UNITS_NS_PER_MS);
    relay_pass(scene, DIRECTION_TO_CLIENT, "late", ACK_FORWARDED,
               (struct event_relayed){
                   .match = MATCH_ORDER, .request = query, .rtt_ns = 2 * UNITS_NS_PER_MS});
    relay_count(&scene->totals.counts, 1, 1);
    relay_count(&scene->totals.back, 2, 0);
    scene->totals.rtt_p50_ns = 1900 * UNITS_NS_PER_US;
    scene->totals.rtt_p99_ns = 2 * UNITS_NS_PER_MS;
    relay_tell(scene);
    scene_screen(scene);
}

static void at_80x24(void **state)
{
    struct scene *scene = relay_open_scene(24, 80);

    (void)state;
    relay_play(scene);
    scene_expect(
        scene, " udptui relay  127.0.0.1:5300 -> 127.0.0.1:53       target replies, p50 1.90 ms\n"
               " in 2  2.0/s     forwarded 1  held 1  failed 0  dropped 0  back 2  forwarded 2\n"
               "─ Clients 1 ────────────────────────────────────────────────── sort: last seen ─\n"
               "   Client            Sent   Back   Held      RTT     Rate       8 s  Last seen\n"
               " > 127.0.0.1:50001      2      2      1  1.90 ms    4.0/s            now\n"
               "\n\n\n"
               "─ Messages 4 ─────────────────────────────────────────────────────── following ─\n"
               "   10:00:00.000  127.0.0.1:50001 →       5 B  query               forwarded\n"
               "   10:00:00.002  127.0.0.1:50001 ←       6 B  answer              RTT 1.90 ms\n"
               "   10:00:00.004  127.0.0.1:50001 →       4 B  lost                LOST\n"
               "   10:00:00.006  127.0.0.1:50001 ←       4 B  late                RTT 2.00 ms?\n");
    scene_key(scene, 'l');
    scene_expect(
        scene, " udptui relay  127.0.0.1:5300 -> 127.0.0.1:53       target replies, p50 1.90 ms\n"
               " in 2  2.0/s     forwarded 1  held 1  failed 0  dropped 0  back 2  forwarded 2\n"
               "─ Ladder of all clients ──────────────────────────────────────────── following ─\n"
               "                         client            relay              target\n"
               " 10:00:00.000           ┌│─ #1 query ───────▶│──────────────────▶│\n"
               " 10:00:00.002   1.90 ms └│◀──────────────────│◀────── #2 answer ─│\n"
               " 10:00:00.004            │─ #3 lost ────────▶│─────────✕ LOST    │\n"
               " 10:00:00.006            │◀──────────────────│◀──────── #4 late ─│\n");
    scene_close(scene);
}

static void at_40x10(void **state)
{
    struct scene *scene = relay_open_scene(10, 40);

    (void)state;
    relay_play(scene);
    scene_expect(scene, " udptui relay            target replies\n"
                        " in 2  forwarded 1  held 1  back 2\n"
                        "─ Clients 1 ────────── sort: last seen ─\n"
                        "   Client            Sent   Back\n"
                        " > 127.0.0.1:50001      2      2\n"
                        "\n"
                        "─ Messages 4 ─────────────── following ─\n"
                        "  127.0.0.1:50001 →   lost  LOST\n"
                        "  127.0.0.1:50001 ←   late  2.00 ms?\n");
    scene_resize(scene, 8, 30);
    assert_true(scene_shows(scene, "forwarding continues"));
    scene_close(scene);
}

/* Nobody's figures are missing if there is room. */
static void at_120x30(void **state)
{
    struct scene *scene = relay_open_scene(30, 120);

    (void)state;
    relay_play(scene);
    assert_true(scene_shows(scene, "forwarded 1  held 1 (loss 1)  failed 0  dropped 0  "
                                   "back 2  2.0/s     forwarded 2"));
    assert_true(scene_shows(scene, "Sent   Back   Held      RTT Failed   Bytes     Rate"));
    scene_key(scene, 'l');
    assert_true(scene_shows(scene, "│─ #1 query ──")); /* the only client: not named */
    relay_pass_of(scene, 1, DIRECTION_TO_TARGET, "of another", ACK_FORWARDED,
                  (struct event_relayed){.rtt_ns = EVENT_UNKNOWN});
    assert_true(scene_shows(scene, "─ :50001 #1 query ──"));
    scene_close(scene);
}

/* What waited in the relay and was lost then: its row has nothing else that names it. */
static void what_is_lost_later_has_its_number(void **state)
{
    struct scene *scene = relay_open_scene(30, 120);

    (void)state;
    scene->fate.requests[0] =
        (struct leg){.state = LEG_LOST, .depart_us = 80000, .arrive_us = 80000};
    relay_pass(scene, DIRECTION_TO_TARGET, "waited", ACK_HELD,
               (struct event_relayed){.rtt_ns = EVENT_UNKNOWN});
    scene_key(scene, 'l');
    assert_true(scene_shows(scene, "│─ #1 waited ──"));
    assert_true(scene_shows(scene, "│─ #1 ──────────────✕ LOST"));
    scene_close(scene);
}

static void details(void **state)
{
    struct scene *scene = relay_open_scene(40, 90);

    (void)state;
    relay_play(scene);
    scene_key(scene, '\r');
    assert_true(scene_shows(scene, "Target       127.0.0.1:53, from 127.0.0.1:40001"));
    assert_true(scene_shows(scene, "To target    2 = 1 forwarded + 1 held + 0 failed"));
    assert_true(scene_shows(scene, "To client    2 = 2 forwarded + 0 held + 0 failed"));
    assert_true(scene_shows(scene, "RTT          1.90 ms, at least 1.90 ms, at most 1.90 ms"));
    scene_key(scene, KEY_CODE_ESC);
    scene_key(scene, '\t');
    scene_key(scene, '\r');
    assert_true(scene_shows(scene, "From         127.0.0.1:53\n   To           127.0.0.1:50001"));
    assert_true(scene_shows(scene, "Through      127.0.0.1:5300 for the client, 127.0.0.1:40001"));
    assert_true(scene_shows(scene, "Relay        forwarded after 31 us"));
    assert_true(scene_shows(scene, "message 3: it was the oldest of several: this may be wrong"));
    assert_true(scene_shows(scene, "RTT          2.00 ms?"));
    assert_true(scene_shows(scene, "source port 53 "));
    assert_true(scene_shows(scene, "destination port 40001"));
    scene_key(scene, KEY_CODE_ESC);
    scene_key(scene, 'k');
    scene_key(scene, '\r');
    assert_true(scene_shows(scene, "Relay        LOST: an impairment lost it"));
    scene_close(scene);
}

/* Who refused is in the header, until the target replies again. */
static void the_targets_state(void **state)
{
    struct scene *scene = relay_open_scene(24, 100);
    struct event_icmp icmp = {.kind = EVENT_ICMP,
                              .type = 3,
                              .code = 3,
                              .error = ECONNREFUSED,
                              .wall_ns = scene->wall_ns,
                              .offender = target,
                              .target = target,
                              .from = client};
    struct event_target looked = {
        .kind = EVENT_TARGET, .found = true, .before = target, .now = target};

    (void)state;
    assert_true(scene_shows(scene, "Let the clients send to"));
    relay_count(&scene->totals.counts, 1, 0);
    relay_pass(scene, DIRECTION_TO_TARGET, "anybody?", ACK_FORWARDED, (struct event_relayed){0});
    relay_tell(scene);
    assert_true(scene_shows(scene, "no reply yet"));
    model_apply(scene->model, &icmp, sizeof icmp);
    assert_true(scene_shows(scene, "target refused, reported by 127.0.0.1"));
    scene_key(scene, 'l');
    assert_true(scene_shows(scene, "│◀──────────── ICMP: refused ─│"));
    scene_key(scene, 'l');
    model_apply(scene->model, &looked, sizeof looked);
    assert_true(scene_shows(scene, "Target 127.0.0.1:53 looked up again: its address is the same"));
    relay_count(&scene->totals.back, 1, 0);
    relay_tell(scene);
    assert_true(scene_shows(scene, "target replies"));
    looked.now.address[3] = 2;
    model_apply(scene->model, &looked, sizeof looked);
    assert_true(scene_shows(scene, "127.0.0.2:53 replies"));
    scene_close(scene);
}

/* The slowest target's client comes first; one without a time last. */
static void sorts_by_round_trip_time(void **state)
{
    static const int64_t rtts_ms[] = {0, 3, 9};
    struct scene *scene = relay_open_scene(24, 80);

    (void)state;
    for (uint32_t slot = 0; slot < 3; slot++) {
        struct event_client row = {
            .kind = EVENT_CLIENT, .slot = slot, .peer = client, .target = target};
        row.peer.port = (uint16_t)(50001 + slot);
        row.first_ns = row.last_ns = scene->now_ns;
        if (rtts_ms[slot] > 0)
            event_rtts_note(&row.rtts, rtts_ms[slot] * UNITS_NS_PER_MS);
        model_apply(scene->model, &row, sizeof row);
    }
    scene->totals.counts.received = 3;
    scene_tell_totals(scene);
    for (int i = 0; i < 8 && !scene_shows(scene, "sort: RTT"); i++)
        scene_key(scene, 's');
    assert_true(scene_row(scene, "50003") < scene_row(scene, "50002"));
    assert_true(scene_row(scene, "50002") < scene_row(scene, "50001"));
    scene_close(scene);
}

/* A filter sees the two ends of each datagram. */
static void filters_by_direction(void **state)
{
    struct scene *scene = relay_open_scene(24, 80);

    (void)state;
    relay_play(scene);
    scene_key(scene, '/');
    scene_type(scene, "to:127.0.0.1:53");
    assert_true(scene_shows(scene, "Messages 2 of 4"));
    assert_true(scene_shows(scene, "query"));
    assert_false(scene_shows(scene, "answer"));
    scene_close(scene);
}

/* The keys and words are a relay's. */
static void keys_and_words(void **state)
{
    struct scene *scene = relay_open_scene(60, 80);
    struct effects effects = scene_key(scene, 'a');

    (void)state;
    assert_true(effects.set_acks && !effects.acks_on);
    scene->totals.acks_on = false;
    relay_tell(scene);
    assert_true(scene_shows(scene, "FORWARDING OFF"));
    scene_key(scene, '?');
    assert_true(scene_shows(scene, "forwarding: off, on"));
    assert_true(scene_shows(scene, "matched by order alone"));
    scene_key(scene, '?');
    scene_key(scene, 'i');
    assert_true(scene_shows(scene, "to target     to client"));
    scene_close(scene);
}

/* Each is a message of its own; the lost one has a reply that was matched by order alone. */
static void tab_in_the_dissection_goes_to_reply_and_request(void **state)
{
    struct scene *scene = relay_open_scene(24, 80);

    (void)state;
    relay_play(scene);
    scene_key(scene, '\t');
    scene_key(scene, KEY_CODE_HOME);
    scene_key(scene, 'd');
    assert_true(scene_shows(scene, "Message 1 ─"));
    assert_true(scene_shows(scene, "Tab: the reply"));
    scene_key(scene, '\t');
    assert_true(scene_shows(scene, "Message 2 ─"));
    assert_true(scene_shows(scene, "Tab: the request"));
    scene_key(scene, '\t');
    assert_true(scene_shows(scene, "Message 1 ─"));
    scene_close(scene);
}

static void tab_without_a_reply_says_so(void **state)
{
    const struct event_relayed none = {.rtt_ns = EVENT_UNKNOWN};
    struct scene *scene = relay_open_scene(24, 80);

    (void)state;
    relay_pass(scene, DIRECTION_TO_TARGET, "query", ACK_FORWARDED, none);
    relay_pass(scene, DIRECTION_TO_CLIENT, "stray", ACK_FORWARDED, none);
    scene_key(scene, '\t');
    scene_key(scene, KEY_CODE_HOME);
    scene_key(scene, 'd');
    assert_false(scene_shows(scene, "Tab"));
    scene_key(scene, '\t');
    assert_true(scene_shows(scene, "There is no reply"));
    scene_key(scene, KEY_CODE_ESC);
    scene_key(scene, KEY_CODE_ESC);
    scene_key(scene, KEY_CODE_END);
    scene_key(scene, 'd');
    scene_key(scene, '\t');
    assert_true(scene_shows(scene, "Its request is not known"));
    scene_close(scene);
}

/* Numbers begin at 1 again, and the session is the same one. */
static void a_reply_after_a_reset_is_no_reply_to_what_was_before(void **state)
{
    const struct event_relayed none = {.rtt_ns = EVENT_UNKNOWN};
    const struct event_relayed first = {.match = MATCH_ALONE, .request = 1, .rtt_ns = 1000000};
    struct scene *scene = relay_open_scene(24, 80);

    (void)state;
    relay_pass(scene, DIRECTION_TO_TARGET, "before", ACK_FORWARDED, none);
    scene_key(scene, '\t');
    scene_key(scene, 'd');
    assert_true(scene_shows(scene, "Message 1 ─"));
    scene_reset(scene);
    scene->number = 0;
    relay_pass(scene, DIRECTION_TO_TARGET, "after", ACK_FORWARDED, none);
    relay_pass(scene, DIRECTION_TO_CLIENT, "reply", ACK_FORWARDED, first);
    assert_false(scene_shows(scene, "Tab: the reply"));
    scene_close(scene);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(at_80x24),
    cmocka_unit_test(at_40x10),
    cmocka_unit_test(at_120x30),
    cmocka_unit_test(what_is_lost_later_has_its_number),
    cmocka_unit_test(details),
    cmocka_unit_test(the_targets_state),
    cmocka_unit_test(sorts_by_round_trip_time),
    cmocka_unit_test(filters_by_direction),
    cmocka_unit_test(keys_and_words),
    cmocka_unit_test(tab_in_the_dissection_goes_to_reply_and_request),
    cmocka_unit_test(tab_without_a_reply_says_so),
    cmocka_unit_test(a_reply_after_a_reset_is_no_reply_to_what_was_before),
};

const struct suite suite_serve_relay = {
    .name = "serve_relay", .tests = tests, .count = sizeof tests / sizeof *tests};
