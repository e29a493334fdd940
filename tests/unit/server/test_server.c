/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* server: several engines as one, on loopback. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <errno.h>
#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "../await.h"
#include "../suite.h"

#include "udptui/base/units.h"
#include "udptui/net/udp.h"
#include "udptui/proto/event.h"
#include "udptui/server/server.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/wait.h"

enum { THREADS = 3 };

static const int64_t patience_ns = 10 * UNITS_NS_PER_S;
static const struct opts_operands loopback = {.items = {"127.0.0.1:0"}, .count = 1};
static const struct server_options usual = {.ack = "ack",
                                            .ack_limit = "off",
                                            .seed = 1,
                                            .max_clients = 16,
                                            .batch = 16,
                                            .threads = THREADS,
                                            .buffer_bytes = 65536};
static const struct server_detail every_message = {.every_message = true,
                                                   .tick_ns = UNITS_NS_PER_MS};

struct fixture {
    struct server server;
    struct problem problem;
    char error[ENGINE_ERROR_SIZE];
    uint64_t messages;
    struct event_totals totals[THREADS];
    struct event_message latest;
};

static void take(struct fixture *fixture, const void *record)
{
    const struct event_totals *totals = record;

    if (event_kind_of(record) == EVENT_TOTALS)
        fixture->totals[totals->engine] = *totals;
    if (event_kind_of(record) != EVENT_MESSAGE)
        return;
    fixture->latest = *(const struct event_message *)record;
    fixture->messages += fixture->latest.status != ACK_MANUAL;
}

/* Takes records until the condition holds. */
static void take_until(struct fixture *fixture, bool (*holds)(const struct fixture *))
{
    struct pollfd polled = {.fd = fixture->server.event_fd, .events = POLLIN};
    int64_t until_ns = clock_monotonic_ns() + patience_ns;
    eventfd_t count;
    size_t size;

    while (!holds(fixture)) {
        const void *record = server_event(&fixture->server, &size);
        if (record == NULL) {
            assert_int_equal(wait_until(&polled, 1, until_ns), 1);
            eventfd_read(polled.fd, &count);
            continue;
        }
        take(fixture, record);
        server_release(&fixture->server);
    }
}

static bool has_stopped(const struct fixture *fixture)
{
    return server_stopped(&fixture->server);
}

static bool has_message(const struct fixture *fixture)
{
    return fixture->messages > 0;
}

static bool has_sent_by_hand(const struct fixture *fixture)
{
    return fixture->latest.status == ACK_MANUAL;
}

static void open_client(const struct fixture *fixture, struct udp_socket *client)
{
    const struct udp_options options = {.gro = false};
    char error[UDP_ERROR_SIZE];

    assert_true(udp_open_client(&fixture->server.listening.sockets[0][0].local, NULL, true,
                                &options, client, error));
}

static struct fixture *open_fixture(const struct server_options *options)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);

    assert_non_null(fixture);
    assert_true(server_open(&fixture->server, options, &loopback, &fixture->problem));
    assert_true(server_start(&fixture->server, &every_message, fixture->error));
    return fixture;
}

static void close_fixture(struct fixture *fixture)
{
    server_close(&fixture->server);
    free(fixture);
}

static void all_engines_end_on_request(void **state)
{
    struct fixture *fixture = open_fixture(&usual);

    (void)state;
    assert_int_equal(server_clients_max(&fixture->server), THREADS * 16);
    assert_false(server_stopped(&fixture->server));
    server_quit(&fixture->server);
    take_until(fixture, has_stopped);
    assert_int_equal(fixture->server.engine_error, 0);
    close_fixture(fixture);
}

/* The count is one count, whichever engine has received a datagram: all of them end. */
static void the_count_ends_all_engines(void **state)
{
    enum { COUNT = 20, CLIENTS = 5 };
    struct server_options options = usual;
    struct udp_socket clients[CLIENTS];
    uint64_t received = 0;

    (void)state;
    options.count = COUNT;
    struct fixture *fixture = open_fixture(&options);
    for (int i = 0; i < CLIENTS; i++)
        open_client(fixture, &clients[i]);
    for (int i = 0; i < COUNT; i++)
        assert_int_equal(send(clients[i % CLIENTS].fd, "hello", 5, 0), 5);
    take_until(fixture, has_stopped);
    for (int i = 0; i < THREADS; i++)
        received += fixture->totals[i].counts.received;
    assert_int_equal(received, COUNT);
    assert_int_equal(fixture->messages, COUNT);
    for (int i = 0; i < CLIENTS; i++)
        udp_close(&clients[i]);
    close_fixture(fixture);
}

/* By its row, from whichever engine has it. */
static void a_client_is_sent_to_by_its_own_engine(void **state)
{
    struct fixture *fixture = open_fixture(&usual);
    struct udp_socket client;
    char bytes[16];

    (void)state;
    open_client(fixture, &client);
    assert_int_equal(send(client.fd, "hello", 5, 0), 5);
    take_until(fixture, has_message);
    await_readable(client.fd);
    assert_int_equal(recv(client.fd, bytes, sizeof bytes, MSG_DONTWAIT), 3);
    assert_int_equal(fixture->latest.engine, fixture->latest.slot / usual.max_clients);
    assert_true(server_send(&fixture->server, fixture->latest.slot, fixture->latest.generation,
                            "by hand", 7));
    take_until(fixture, has_sent_by_hand);
    await_readable(client.fd);
    assert_int_equal(recv(client.fd, bytes, sizeof bytes, MSG_DONTWAIT), 7);
    assert_memory_equal(bytes, "by hand", 7);
    udp_close(&client);
    close_fixture(fixture);
}

/* Before the last record of an engine is read: its thread must not outlive the sockets. */
static void engines_end_before_their_sockets(void **state)
{
    struct fixture *fixture = open_fixture(&usual);
    struct server *server = &fixture->server;

    (void)state;
    while (server_calls_next(&server->calls) != NULL)
        ;
    server->engine_error = EBADF;
    server_close_sockets(server);
    for (int i = 0; i < THREADS; i++)
        assert_null(server->engines[i]);
    assert_int_equal(server->listening.sockets[0][0].fd, -1);
    assert_int_equal(server->engine_error, EBADF);
    const struct call *call = server_calls_next(&server->calls);
    assert_non_null(call);
    assert_int_equal(call->kind, CALL_CLOSE);
    close_fixture(fixture);
}

static void what_cannot_be_opened_is_closed_again(void **state)
{
    static const struct opts_operands elsewhere = {.items = {"192.0.2.1:0"}, .count = 1};
    struct server_options options = usual;
    struct server *server = calloc(1, sizeof *server);
    struct problem problem;

    (void)state;
    assert_non_null(server);
    assert_false(server_open(server, &options, &elsewhere, &problem));
    assert_false(problem.usage);
    assert_true(server->event_fd < 0);
    const struct call *call = server_calls_next(&server->calls); /* for --calls */
    assert_non_null(call);
    assert_int_equal(call->kind, CALL_SOCKET);
    options.ack = "{";
    assert_false(server_open(server, &options, &loopback, &problem));
    assert_true(problem.usage);
    assert_null(server_calls_next(&server->calls));
    assert_true(fcntl(STDIN_FILENO, F_GETFD) >= 0); /* and nothing else */
    free(server);
}

/* ---- the main thread's calls */

static void calls_beyond_the_room_are_counted(void **state)
{
    struct server_calls *calls = calloc(1, sizeof *calls);
    const struct call call = {.event = EVENT_CALL, .kind = CALL_BIND};
    int given = 0;

    (void)state;
    assert_non_null(calls);
    server_calls_begin(calls);
    for (int i = 0; i < SERVER_CALLS_MAX + 3; i++)
        calls->trace.note(calls->trace.context, &call);
    while (server_calls_next(calls) != NULL)
        given++;
    assert_int_equal(given, SERVER_CALLS_MAX);
    calls->trace.note(calls->trace.context, &call);
    const struct call *next = server_calls_next(calls);
    assert_non_null(next);
    assert_int_equal(next->skipped, 3);
    free(calls);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(all_engines_end_on_request),
    cmocka_unit_test(the_count_ends_all_engines),
    cmocka_unit_test(a_client_is_sent_to_by_its_own_engine),
    cmocka_unit_test(engines_end_before_their_sockets),
    cmocka_unit_test(what_cannot_be_opened_is_closed_again),
    cmocka_unit_test(calls_beyond_the_room_are_counted),
};

const struct suite suite_server = {
    .name = "server", .tests = tests, .count = sizeof tests / sizeof *tests};
