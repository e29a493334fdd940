/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* relay: clients, relay and target on loopback. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <errno.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "../await.h"
#include "../suite.h"

#include "udptui/base/units.h"
#include "udptui/net/udp.h"
#include "udptui/proto/event.h"
#include "udptui/relay/relay.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/wait.h"

enum { CLIENTS = 8 };

static const int64_t patience_ns = 10 * UNITS_NS_PER_S;
static const struct relay_options usual = {.server = {.ack_limit = "auto",
                                                      .seed = 1,
                                                      .max_clients = 16,
                                                      .batch = 16,
                                                      .buffer_bytes = 65536},
                                           .idle_ns = RELAY_DEFAULT_IDLE_NS};
static const struct server_detail every_message = {.every_message = true,
                                                   .tick_ns = UNITS_NS_PER_MS};

struct fixture {
    struct relay relay;
    struct problem problem;
    char error[ENGINE_ERROR_SIZE];
    struct udp_socket target;
    struct udp_socket clients[CLIENTS];
    char pair[2 * ENDPOINT_TEXT_SIZE];
    uint64_t messages[3]; /* by direction */
    struct event_totals totals;
    struct event_message latest[3]; /* by direction */
    struct event_icmp icmp;
    uint64_t icmp_events;
    bool has_icmp;
    unsigned resets;
};

static void take(struct fixture *fixture, const void *record)
{
    const struct event_message *message = record;

    switch (event_kind_of(record)) {
    case EVENT_TOTALS:
        fixture->totals = *(const struct event_totals *)record;
        break;
    case EVENT_MESSAGE:
        fixture->latest[message->relayed.direction] = *message;
        fixture->messages[message->relayed.direction]++;
        break;
    case EVENT_ICMP:
        fixture->icmp = *(const struct event_icmp *)record;
        fixture->icmp_events++;
        break;
    case EVENT_RESET:
        fixture->resets++;
        break;
    case EVENT_CLIENT:
    case EVENT_QUESTION:
    case EVENT_STUDENT:
    case EVENT_QUIZ_TOTALS:
    case EVENT_QUIZ_NOTE:
    case EVENT_STOPPED:
    case EVENT_CALL:
    case EVENT_MEMBERSHIP:
    case EVENT_TARGET:
        break;
    }
}

static void take_until(struct fixture *fixture, bool (*holds)(const struct fixture *))
{
    struct pollfd polled = {.fd = fixture->relay.event_fd, .events = POLLIN};
    int64_t until_ns = clock_monotonic_ns() + patience_ns;
    eventfd_t count;
    size_t size;

    while (!holds(fixture)) {
        const void *record = relay_event(&fixture->relay, &size);
        if (record == NULL) {
            assert_int_equal(wait_until(&polled, 1, until_ns), 1);
            eventfd_read(polled.fd, &count);
            continue;
        }
        take(fixture, record);
        relay_release(&fixture->relay);
    }
}

static bool has_stopped(const struct fixture *fixture)
{
    return relay_stopped(&fixture->relay);
}

static void open_target(struct fixture *fixture, uint16_t port)
{
    const struct endpoint local = {
        .family = ENDPOINT_IPV4, .address = {127, 0, 0, 1}, .port = port};
    const struct udp_options options = {.gro = false};
    char error[UDP_ERROR_SIZE];

    assert_true(udp_open_server(&local, &options, &fixture->target, error));
}

static void open_clients(struct fixture *fixture)
{
    const struct udp_options options = {.gro = false};
    char error[UDP_ERROR_SIZE];

    for (int i = 0; i < CLIENTS; i++)
        assert_true(udp_open_client(&fixture->relay.listening.sockets[0][0].local, NULL, true,
                                    &options, &fixture->clients[i], error));
}

static struct fixture *open_fixture_with(const struct relay_options *options,
                                         const struct server_detail *detail)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    char target[ENDPOINT_TEXT_SIZE];

    assert_non_null(fixture);
    open_target(fixture, 0);
    snprintf(fixture->pair, sizeof fixture->pair, "127.0.0.1:0=%s",
             endpoint_format(&fixture->target.local, target, sizeof target));
    const struct opts_operands operands = {.items = {fixture->pair}, .count = 1};
    if (!relay_open(&fixture->relay, options, &operands, &fixture->problem) ||
        !relay_start(&fixture->relay, detail, fixture->error))
        fail_msg("%s%s", fixture->problem.text, fixture->error);
    open_clients(fixture);
    return fixture;
}

static struct fixture *open_fixture(const struct relay_options *options)
{
    return open_fixture_with(options, &every_message);
}

static void close_fixture(struct fixture *fixture)
{
    for (int i = 0; i < CLIENTS; i++)
        udp_close(&fixture->clients[i]);
    udp_close(&fixture->target);
    relay_close(&fixture->relay);
    free(fixture);
}

/* Ends the relay and takes the rest of its records. */
static void quit(struct fixture *fixture)
{
    relay_quit(&fixture->relay);
    take_until(fixture, has_stopped);
}

static void check_conserved(const struct fixture *fixture)
{
    const struct event_totals *totals = &fixture->totals;

    assert_true(counts_conserved(&totals->counts));
    assert_true(counts_conserved(&totals->back));
    assert_true(counts_conserved(&totals->evicted));
    assert_true(counts_conserved(&totals->back_evicted));
    assert_int_equal(fixture->messages[DIRECTION_TO_TARGET] +
                         fixture->messages[DIRECTION_TO_CLIENT] + totals->messages_skipped,
                     totals->counts.received + totals->back.received);
}

/* The target receives one datagram, in order; returns its source. */
static struct endpoint target_receives(struct fixture *fixture, const char *wanted)
{
    struct sockaddr_storage from;
    socklen_t length = sizeof from;
    char bytes[64];

    await_readable(fixture->target.fd);
    ssize_t size = recvfrom(fixture->target.fd, bytes, sizeof bytes, 0, (void *)&from, &length);
    assert_int_equal(size, strlen(wanted));
    assert_memory_equal(bytes, wanted, strlen(wanted));
    return (struct endpoint){.family = ENDPOINT_IPV4,
                             .port =
                                 (uint16_t)(((uint8_t *)&from)[2] << 8 | ((uint8_t *)&from)[3])};
}

static void target_sends(struct fixture *fixture, const struct endpoint *to, const char *text)
{
    const uint8_t address[16] = {AF_INET, 0, (uint8_t)(to->port >> 8), (uint8_t)to->port, 127, 0,
                                 0,       1};

    assert_int_equal(
        sendto(fixture->target.fd, text, strlen(text), 0, (const void *)address, sizeof address),
        strlen(text));
}

static void client_sends(struct fixture *fixture, int client, const char *text)
{
    assert_int_equal(send(fixture->clients[client].fd, text, strlen(text), 0), strlen(text));
}

static void client_receives(struct fixture *fixture, int client, const char *wanted)
{
    char bytes[64];

    await_readable(fixture->clients[client].fd);
    assert_int_equal(recv(fixture->clients[client].fd, bytes, sizeof bytes, 0), strlen(wanted));
    assert_memory_equal(bytes, wanted, strlen(wanted));
}

static void each_client_gets_its_own_replies(void **state)
{
    struct fixture *fixture = open_fixture(&usual);
    struct endpoint one, other;

    (void)state;
    client_sends(fixture, 0, "one");
    one = target_receives(fixture, "one");
    client_sends(fixture, 1, "other");
    other = target_receives(fixture, "other");
    assert_int_not_equal(one.port, other.port);
    target_sends(fixture, &other, "to the other");
    target_sends(fixture, &one, "to the one");
    client_receives(fixture, 0, "to the one");
    client_receives(fixture, 1, "to the other");
    client_sends(fixture, 0, "again");
    assert_int_equal(target_receives(fixture, "again").port, one.port);
    quit(fixture);
    check_conserved(fixture);
    assert_int_equal(fixture->totals.counts.acked, 3);
    assert_int_equal(fixture->totals.back.acked, 2);
    assert_int_equal(fixture->totals.clients, 2);
    const struct event_message *reply = &fixture->latest[DIRECTION_TO_CLIENT];
    assert_int_equal(reply->relayed.match, MATCH_ALONE);
    assert_true(reply->relayed.rtt_ns > 0);
    assert_int_equal(fixture->totals.rtts.count, 2);
    close_fixture(fixture);
}

static bool has_icmp_event(const struct fixture *fixture)
{
    return fixture->icmp_events >= 1;
}

static void a_refused_target_is_reported_and_may_return(void **state)
{
    struct fixture *fixture = open_fixture(&usual);
    uint16_t port = fixture->target.local.port;

    (void)state;
    udp_close(&fixture->target);
    client_sends(fixture, 0, "anyone there?");
    take_until(fixture, has_icmp_event);
    assert_int_equal(fixture->icmp.error, ECONNREFUSED);
    assert_int_equal(fixture->icmp.type, 3);
    assert_int_equal(fixture->icmp.code, 3);
    assert_int_equal(fixture->icmp.number, 1);
    assert_int_equal(fixture->icmp.offender.family, ENDPOINT_IPV4);
    open_target(fixture, port);
    for (int i = 0; i < 5; i++) { /* none is lost to the error of an earlier one */
        client_sends(fixture, 0, "hello");
        target_receives(fixture, "hello");
    }
    quit(fixture);
    check_conserved(fixture);
    assert_int_equal(fixture->totals.counts.acked, 6);
    assert_int_equal(fixture->totals.icmp_errors, 1);
    close_fixture(fixture);
}

static void counts_are_exact_after_eviction(void **state)
{
    struct relay_options options = usual;
    char text[16];

    (void)state;
    for (options.server.max_clients = 1; options.server.max_clients <= 3;
         options.server.max_clients++) {
        struct fixture *fixture = open_fixture(&options);
        for (int i = 0; i < 200; i++) {
            snprintf(text, sizeof text, "%d", i);
            client_sends(fixture, i % CLIENTS, text);
            struct endpoint session = target_receives(fixture, text);
            target_sends(fixture, &session, text);
            client_receives(fixture, i % CLIENTS, text);
        }
        quit(fixture);
        check_conserved(fixture);
        assert_int_equal(fixture->totals.counts.acked, 200);
        assert_int_equal(fixture->totals.back.acked, 200);
        assert_int_equal(fixture->totals.clients, options.server.max_clients);
        assert_true(fixture->totals.clients_evicted > 100);
        close_fixture(fixture);
    }
}

static bool has_read_burst(const struct fixture *fixture)
{
    return fixture->totals.counts.received + fixture->totals.kernel_dropped >= 2000;
}

/* More clients than sessions, in one batch. */
static void a_burst_of_evictions_loses_nothing(void **state)
{
    struct relay_options options = usual;
    char bytes[16];
    uint64_t arrived = 0;

    (void)state;
    options.server.max_clients = 2;
    options.server.batch = 64;
    struct fixture *fixture = open_fixture(&options);
    for (int i = 0; i < 2000; i++)
        client_sends(fixture, i % CLIENTS, "burst");
    take_until(fixture, has_read_burst);
    quit(fixture);
    while (recv(fixture->target.fd, bytes, sizeof bytes, MSG_DONTWAIT) > 0)
        arrived++;
    check_conserved(fixture);
    assert_int_equal(fixture->totals.counts.acked, fixture->totals.counts.received);
    assert_true(arrived > 0);
    close_fixture(fixture);
}

static bool has_all(const struct fixture *fixture)
{
    return fixture->totals.counts.received == 400 && fixture->totals.waiting == 0;
}

static void take_all(struct fixture *fixture)
{
    size_t size;

    for (const void *record; (record = relay_event(&fixture->relay, &size)) != NULL;) {
        take(fixture, record);
        relay_release(&fixture->relay);
    }
}

/* The target sends back what has come. */
static void target_echoes(const struct fixture *fixture)
{
    struct sockaddr_storage from;
    socklen_t length = sizeof from;
    char bytes[64];
    ssize_t size;

    while ((size = recvfrom(fixture->target.fd, bytes, sizeof bytes, MSG_DONTWAIT, (void *)&from,
                            &length)) > 0) {
        sendto(fixture->target.fd, bytes, (size_t)size, 0, (void *)&from, length);
        length = sizeof from;
    }
}

/* Until all requests are settled. */
static void echo_until_settled(struct fixture *fixture)
{
    struct pollfd polled[] = {{.fd = fixture->relay.event_fd, .events = POLLIN},
                              {.fd = fixture->target.fd, .events = POLLIN}};
    int64_t until_ns = clock_monotonic_ns() + patience_ns;
    eventfd_t count;

    for (take_all(fixture); !has_all(fixture); take_all(fixture)) {
        assert_true(wait_until(polled, 2, until_ns) > 0);
        eventfd_read(fixture->relay.event_fd, &count);
        target_echoes(fixture);
    }
}

static void impairments_conserve_both_ways(void **state)
{
    static const char *const settings[] = {"loss=30%", "dup=50%,corrupt=20%",
                                           "delay=5ms,jitter=5ms", "in.reorder=50%,out.loss=50%",
                                           "rate=10000"};

    (void)state;
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        struct relay_options options = usual;
        options.server.impair = settings[i];
        options.server.max_clients = 3; /* and evictions */
        struct fixture *fixture = open_fixture(&options);
        for (int sent = 0; sent < 400; sent++) {
            client_sends(fixture, sent % CLIENTS, "message");
            target_echoes(fixture);
        }
        echo_until_settled(fixture);
        quit(fixture);
        check_conserved(fixture);
        assert_int_equal(fixture->totals.counts.received, 400);
        close_fixture(fixture);
    }
}

static void what_is_under_way_at_the_end_is_held(void **state)
{
    struct relay_options options = usual;

    (void)state;
    options.server.impair = "delay=1m";
    struct fixture *fixture = open_fixture(&options);
    client_sends(fixture, 0, "late");
    quit(fixture);
    if (fixture->totals.counts.received == 1) /* it may have ended before */
        assert_int_equal(fixture->totals.counts.held[HELD_END], 1);
    check_conserved(fixture);
    close_fixture(fixture);
}

static bool has_ended_idle(const struct fixture *fixture)
{
    return fixture->totals.sessions_idle == 1 && fixture->totals.sessions == 0;
}

static void an_idle_session_ends_and_its_counts_stay(void **state)
{
    struct relay_options options = usual;

    (void)state;
    options.idle_ns = UNITS_NS_PER_S; /* the second session is idle, too, until its reply is sent */
    struct fixture *fixture = open_fixture(&options);
    client_sends(fixture, 0, "first");
    struct endpoint before = target_receives(fixture, "first");
    take_until(fixture, has_ended_idle);
    assert_int_equal(fixture->totals.clients, 1);
    client_sends(fixture, 0, "second");
    struct endpoint after = target_receives(fixture, "second");
    target_sends(fixture, &after, "reply");
    client_receives(fixture, 0, "reply");
    (void)before;
    quit(fixture);
    check_conserved(fixture);
    assert_int_equal(fixture->totals.counts.acked, 2);
    assert_int_equal(fixture->totals.sessions_opened, 2);
    close_fixture(fixture);
}

static bool is_off(const struct fixture *fixture)
{
    return fixture->totals.counts.held[HELD_OFF] == 1;
}

static void forwarding_can_be_switched_off(void **state)
{
    struct fixture *fixture = open_fixture(&usual);

    (void)state;
    assert_true(relay_set_forwarding(&fixture->relay, false));
    client_sends(fixture, 0, "held"); /* the request was ready before it */
    take_until(fixture, is_off);
    assert_true(relay_set_forwarding(&fixture->relay, true));
    client_sends(fixture, 0, "on");
    target_receives(fixture, "on");
    quit(fixture);
    check_conserved(fixture);
    close_fixture(fixture);
}

static bool is_reset(const struct fixture *fixture)
{
    return fixture->totals.counts.received == 0 && fixture->totals.since_ns > 0;
}

static bool has_one(const struct fixture *fixture)
{
    return fixture->totals.counts.received == 1;
}

static bool has_reply(const struct fixture *fixture)
{
    return fixture->messages[DIRECTION_TO_CLIENT] == 1;
}

static void a_reset_keeps_the_sessions(void **state)
{
    struct fixture *fixture = open_fixture(&usual);

    (void)state;
    client_sends(fixture, 0, "before");
    struct endpoint before = target_receives(fixture, "before");
    take_until(fixture, has_one);
    assert_true(relay_reset(&fixture->relay));
    take_until(fixture, is_reset);
    client_sends(fixture, 0, "after");
    assert_int_equal(target_receives(fixture, "after").port, before.port);
    take_until(fixture, has_one);
    target_sends(fixture, &before, "reply"); /* to that, which is number 1 now */
    client_receives(fixture, 0, "reply");
    take_until(fixture, has_reply);
    assert_int_equal(fixture->latest[DIRECTION_TO_CLIENT].relayed.match, MATCH_ALONE);
    assert_int_equal(fixture->latest[DIRECTION_TO_CLIENT].relayed.request, 1);
    assert_int_equal(fixture->totals.clients, 1);
    close_fixture(fixture);
}

static void make_round_trip(struct fixture *fixture)
{
    client_sends(fixture, 0, "request");
    struct endpoint from = target_receives(fixture, "request");
    target_sends(fixture, &from, "reply");
    client_receives(fixture, 0, "reply");
}

/* Its record comes before the next wake-up, which is at the tick. */
static void poll_until_reset(struct fixture *fixture)
{
    struct pollfd polled = {.fd = fixture->relay.event_fd, .events = POLLIN};
    int64_t until_ns = clock_monotonic_ns() + patience_ns;
    eventfd_t count;
    size_t size;

    while (fixture->resets == 0) {
        const void *record = relay_event(&fixture->relay, &size);
        if (record == NULL) {
            assert_true(clock_monotonic_ns() < until_ns);
            wait_until(&polled, 1, clock_monotonic_ns() + UNITS_NS_PER_MS);
            eventfd_read(polled.fd, &count);
            continue;
        }
        take(fixture, record);
        relay_release(&fixture->relay);
    }
}

/* As many round trips as before the reset, and none of them reported in between. */
static void percentiles_are_of_the_new_round_trips(void **state)
{
    const struct server_detail seldom = {.every_message = true, .tick_ns = 3600 * UNITS_NS_PER_S};
    struct fixture *fixture = open_fixture_with(&usual, &seldom);

    (void)state;
    make_round_trip(fixture);
    assert_true(relay_reset(&fixture->relay));
    poll_until_reset(fixture);
    make_round_trip(fixture);
    quit(fixture);
    assert_int_equal(fixture->totals.rtts.count, 1);
    assert_true(fixture->totals.rtt_p50_ns > 0);
    assert_true(fixture->totals.rtt_p99_ns > 0);
    close_fixture(fixture);
}

static void it_refuses_itself_as_the_target(void **state)
{
    struct relay *relay = calloc(1, sizeof *relay);
    struct problem problem;
    const struct opts_operands itself = {.items = {"127.45.67.1:4571", "127.45.67.1:4571"},
                                         .count = 2};
    const struct opts_operands mixed = {.items = {":1=127.0.0.1:2", "127.0.0.1:3"}, .count = 2};
    const struct opts_operands none = {.count = 0};
    const struct opts_operands group = {.items = {"239.1.2.3:4"}, .count = 1};

    (void)state;
    assert_false(relay_open(relay, &usual, &itself, &problem));
    assert_true(problem.usage);
    assert_non_null(strstr(problem.text, "the relay itself"));
    assert_false(relay_open(relay, &usual, &mixed, &problem));
    assert_non_null(strstr(problem.text, "its target is missing: write LISTEN=TARGET"));
    assert_false(relay_open(relay, &usual, &group, &problem));
    assert_non_null(strstr(problem.text, "one host"));
    assert_false(relay_open(relay, &usual, &none, &problem));
    assert_true(problem.usage);
    free(relay);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(each_client_gets_its_own_replies),
    cmocka_unit_test(a_refused_target_is_reported_and_may_return),
    cmocka_unit_test(counts_are_exact_after_eviction),
    cmocka_unit_test(a_burst_of_evictions_loses_nothing),
    cmocka_unit_test(impairments_conserve_both_ways),
    cmocka_unit_test(what_is_under_way_at_the_end_is_held),
    cmocka_unit_test(an_idle_session_ends_and_its_counts_stay),
    cmocka_unit_test(forwarding_can_be_switched_off),
    cmocka_unit_test(a_reset_keeps_the_sessions),
    cmocka_unit_test(percentiles_are_of_the_new_round_trips),
    cmocka_unit_test(it_refuses_itself_as_the_target),
};

const struct suite suite_relay = {
    .name = "relay", .tests = tests, .count = sizeof tests / sizeof *tests};
