/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* engine: a real thread, real sockets on loopback; every run must conserve its counts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "../await.h"
#include "../suite.h"

#include "../../../src/server/path_internal.h"
#include "udptui/net/udp.h"
#include "udptui/proto/event.h"
#include "udptui/server/engine.h"

enum { CLIENTS_MAX = 16 };

struct fixture {
    struct udp_socket server;
    struct udp_socket clients[CLIENTS_MAX];
    size_t client_count;
    struct engine *engine;
    int event_fd;
    struct engine_shared shared;
    struct event_totals totals;
    struct event_totals before; /* the latest reset */
    uint64_t resets;            /* its number */
    struct event_message last;  /* the latest message record */
    uint64_t messages;          /* message records seen */
    uint64_t since_reset;       /* of them those behind the latest reset */
    uint64_t waiting, updates;  /* of them those reported as under way; fates reported later */
    uint64_t greetings;         /* of them those that begin with "hello " */
    uint64_t rows_received;     /* sum over the latest row of each slot */
    struct event_client rows[CLIENTS_MAX];
    bool stopped;
};

static struct engine_config default_config(struct fixture *fixture, const char *ack)
{
    struct engine_config config = {.sockets = &fixture->server,
                                   .socket_count = 1,
                                   .event_fd = fixture->event_fd,
                                   .shared = &fixture->shared,
                                   .clients_max = CLIENTS_MAX,
                                   .guard = {.scope = GUARD_LIMIT_NONE},
                                   .batch = 16,
                                   .buffer_bytes = 65536,
                                   .event_ring_bytes = 1 << 20,
                                   .samples = UINT32_MAX,
                                   .tick_ns = 1000000,
                                   .segment = true};

    assert_null(ack_parse(ack, &config.ack));
    return config;
}

static void open_sockets(struct fixture *fixture, size_t clients, bool gro)
{
    const struct udp_options options = {
        .gro = gro, .receive_buffer_bytes = 1 << 22, .send_buffer_bytes = 1 << 22};
    struct endpoint any = {.family = ENDPOINT_IPV4, .address = {127, 0, 0, 1}};
    char error[UDP_ERROR_SIZE];

    *fixture = (struct fixture){.client_count = clients, .event_fd = eventfd(0, EFD_NONBLOCK)};
    assert_true(udp_open_server(&any, &options, &fixture->server, error));
    for (size_t i = 0; i < clients; i++)
        assert_true(udp_open_client(&fixture->server.local, NULL, true, &options,
                                    &fixture->clients[i], error));
}

static void start(struct fixture *fixture, const struct engine_config *config)
{
    char error[ENGINE_ERROR_SIZE];

    fixture->engine = engine_open(config, error);
    assert_non_null(fixture->engine);
    assert_true(engine_start(fixture->engine, error));
}

/* A server that answers with ack, as it is without options. */
static void begin(struct fixture *fixture, size_t clients, const char *ack)
{
    open_sockets(fixture, clients, false);
    struct engine_config config = default_config(fixture, ack);
    start(fixture, &config);
}

static void close_all(struct fixture *fixture)
{
    engine_close(fixture->engine);
    close(fixture->event_fd);
    for (size_t i = 0; i < fixture->client_count; i++)
        udp_close(&fixture->clients[i]);
    udp_close(&fixture->server);
}

/* Not one that settles what was reported as waiting. */
static bool is_new(const struct event_message *message)
{
    return !(message->flags & MESSAGE_UPDATE);
}

static bool is_greeting(const struct event_message *message)
{
    return message->stored_bytes > 6 && memcmp(message + 1, "hello ", 6) == 0;
}

static void take_events(struct fixture *fixture)
{
    size_t size;

    for (const void *record; (record = engine_event(fixture->engine, &size)) != NULL;
         engine_release(fixture->engine)) {
        const struct event_client *row = record;
        switch (event_kind_of(record)) {
        case EVENT_MESSAGE:
            fixture->last = *(const struct event_message *)record;
            fixture->messages += is_new(record);
            fixture->since_reset += is_new(record);
            fixture->waiting += fixture->last.status == ACK_WAITING;
            fixture->updates += !is_new(record);
            fixture->greetings += is_new(record) && is_greeting(record);
            break;
        case EVENT_CLIENT:
            fixture->rows[row->slot] = *row;
            break;
        case EVENT_TOTALS:
            fixture->totals = *(const struct event_totals *)record;
            break;
        case EVENT_RESET:
            fixture->before = ((const struct event_reset *)record)->before;
            fixture->resets = ((const struct event_reset *)record)->resets;
            fixture->since_reset = 0;
            break;
        case EVENT_ICMP:
        case EVENT_TARGET:
        case EVENT_MEMBERSHIP:
        case EVENT_QUESTION:
        case EVENT_STUDENT:
        case EVENT_QUIZ_TOTALS:
        case EVENT_QUIZ_NOTE:
            break;
        case EVENT_CALL:
            break;
        case EVENT_STOPPED:
            fixture->stopped = true;
            break;
        }
    }
}

static void wait_for_events(struct fixture *fixture)
{
    eventfd_t count;

    await_readable(fixture->event_fd);
    eventfd_read(fixture->event_fd, &count);
    take_events(fixture);
}

static void wait_until_received(struct fixture *fixture, uint64_t count)
{
    while (fixture->totals.counts.received < count)
        wait_for_events(fixture);
}

static void quit(struct fixture *fixture)
{
    engine_quit(fixture->engine);
    while (!fixture->stopped)
        wait_for_events(fixture);
    assert_true(counts_conserved(&fixture->totals.counts));
}

static size_t receive(const struct udp_socket *socket, void *bytes, size_t size)
{
    await_readable(socket->fd);
    ssize_t received = recv(socket->fd, bytes, size, 0);
    assert_true(received >= 0);
    return (size_t)received;
}

static void every_client_gets_its_acks(void **state)
{
    struct fixture fixture;
    char ack[64];

    (void)state;
    begin(&fixture, 5, "Message received");
    for (int i = 0; i < 100; i++)
        assert_int_equal(send(fixture.clients[i % 5].fd, "hello", 5, 0), 5);
    for (int i = 0; i < 100; i++)
        assert_int_equal(receive(&fixture.clients[i % 5], ack, sizeof ack), 16);
    quit(&fixture);
    assert_int_equal(fixture.totals.counts.received, 100);
    assert_int_equal(fixture.totals.counts.acked, 100);
    assert_int_equal(fixture.totals.clients, 5);
    assert_int_equal(fixture.messages, 100);
    for (int i = 0; i < 5; i++)
        assert_int_equal(fixture.rows[i].counts.acked, 20);
    close_all(&fixture);
}

static void echo_returns_each_payload(void **state)
{
    struct fixture fixture;
    char text[16], back[16];

    (void)state;
    open_sockets(&fixture, 1, true);
    struct engine_config config = default_config(&fixture, "echo");
    start(&fixture, &config);
    for (int i = 0; i < 50; i++) {
        memset(text, 'a' + i % 26, sizeof text);
        assert_int_equal(send(fixture.clients[0].fd, text, (size_t)(i % 16), 0), i % 16);
        assert_int_equal(receive(&fixture.clients[0], back, sizeof back), i % 16);
        assert_memory_equal(text, back, (size_t)(i % 16));
    }
    quit(&fixture);
    assert_int_equal(fixture.totals.counts.acked, 50);
    close_all(&fixture);
}

static void a_template_counts_and_is_cut(void **state)
{
    struct fixture fixture;
    char ack[256];

    (void)state;
    begin(&fixture, 1,
          "#{n} ----------------------------------------------------------------------");
    assert_int_equal(send(fixture.clients[0].fd, "", 0, 0), 0);
    assert_int_equal(receive(&fixture.clients[0], ack, sizeof ack), 56);
    assert_memory_equal(ack, "#1 ", 3);
    quit(&fixture);
    assert_int_equal(fixture.totals.acks_cut, 1);
    assert_int_equal(fixture.last.flags, MESSAGE_CUT);
    close_all(&fixture);
}

static void our_own_ack_gets_none(void **state)
{
    struct fixture fixture;

    (void)state;
    begin(&fixture, 1, "Message received");
    assert_int_equal(send(fixture.clients[0].fd, "Message received", 16, 0), 16);
    wait_until_received(&fixture, 1);
    quit(&fixture);
    assert_int_equal(fixture.totals.counts.held[HELD_LOOP], 1);
    assert_int_equal(fixture.last.status, ACK_HELD);
    assert_int_equal(fixture.last.why_held, HELD_LOOP);
    close_all(&fixture);
}

static void acks_go_off_and_on(void **state)
{
    struct fixture fixture;
    char ack[64];

    (void)state;
    begin(&fixture, 1, "ok");
    assert_true(engine_set_acks(fixture.engine, false));
    do
        wait_for_events(&fixture);
    while (fixture.totals.acks_on);
    assert_int_equal(send(fixture.clients[0].fd, "x", 1, 0), 1);
    wait_until_received(&fixture, 1);
    assert_int_equal(fixture.totals.counts.held[HELD_OFF], 1);
    assert_true(engine_set_acks(fixture.engine, true));
    while (!fixture.totals.acks_on)
        wait_for_events(&fixture);
    assert_int_equal(send(fixture.clients[0].fd, "x", 1, 0), 1);
    assert_int_equal(receive(&fixture.clients[0], ack, sizeof ack), 2);
    quit(&fixture);
    close_all(&fixture);
}

static void a_line_by_hand_reaches_the_client(void **state)
{
    struct fixture fixture;
    char bytes[64];

    (void)state;
    begin(&fixture, 1, "ok");
    assert_int_equal(send(fixture.clients[0].fd, "x", 1, 0), 1);
    assert_int_equal(receive(&fixture.clients[0], bytes, sizeof bytes), 2);
    while (fixture.rows[0].counts.received < 1)
        wait_for_events(&fixture);
    assert_true(engine_send(fixture.engine, 0, fixture.rows[0].generation, "by hand", 7));
    assert_int_equal(receive(&fixture.clients[0], bytes, sizeof bytes), 7);
    assert_true(engine_send(fixture.engine, 0, fixture.rows[0].generation + 1, "gone", 4));
    quit(&fixture);
    assert_int_equal(fixture.totals.manual_sent, 1);
    assert_int_equal(fixture.last.status, ACK_FAILED);
    assert_int_equal(fixture.last.error, ENOENT);
    assert_true(event_is_from_server(&fixture.last));
    close_all(&fixture);
}

static void reset_begins_anew(void **state)
{
    struct fixture fixture;
    char ack[64];

    (void)state;
    begin(&fixture, 1, "ok");
    assert_int_equal(send(fixture.clients[0].fd, "x", 1, 0), 1);
    receive(&fixture.clients[0], ack, sizeof ack);
    wait_until_received(&fixture, 1);
    engine_ask_reset(&fixture.shared);
    engine_look(fixture.engine);
    while (fixture.totals.counts.received > 0)
        wait_for_events(&fixture);
    assert_int_equal(fixture.totals.clients, 0);
    assert_int_equal(fixture.before.counts.received, 1);
    assert_int_equal(fixture.before.counts.acked, 1);
    assert_int_equal(fixture.before.clients, 1);
    assert_int_equal(send(fixture.clients[0].fd, "x", 1, 0), 1);
    receive(&fixture.clients[0], ack, sizeof ack);
    quit(&fixture);
    assert_int_equal(fixture.totals.counts.received, 1);
    assert_int_equal(fixture.last.number, 1);
    close_all(&fixture);
}

/* Sends a message and returns its number, which the ack "{n}" contains. */
static int number_of_next(struct fixture *fixture)
{
    char ack[16] = "";

    assert_int_equal(send(fixture->clients[0].fd, "a message", 9, 0), 9);
    assert_true(receive(&fixture->clients[0], ack, sizeof ack - 1) > 0);
    return atoi(ack);
}

/* What came before it and what came after it have their records on either side of it, however
 * seldom totals are reported. */
static void a_reset_is_reported_in_its_place(void **state)
{
    struct fixture fixture;
    int number;

    (void)state;
    open_sockets(&fixture, 1, false);
    struct engine_config config = default_config(&fixture, "{n}");
    config.tick_ns = INT64_C(3600) * 1000000000;
    start(&fixture, &config);
    for (int i = 1; i <= 3; i++)
        assert_int_equal(number_of_next(&fixture), i);
    engine_ask_reset(&fixture.shared);
    engine_look(fixture.engine);
    do
        number = number_of_next(&fixture);
    while (number > 1);
    assert_int_equal(number_of_next(&fixture), 2);
    quit(&fixture);
    assert_true(fixture.before.counts.received >= 3);
    assert_int_equal(fixture.totals.counts.received, 2);
    assert_int_equal(fixture.since_reset, 2);
    close_all(&fixture);
}

static void wait_until_reset(struct fixture *fixture)
{
    while (fixture->before.since_ns == 0)
        wait_for_events(fixture);
}

/* Two engines of one server: the one that resets later goes on with the other's numbers. */
static void engines_restart_their_numbers_once(void **state)
{
    struct fixture first, second;

    (void)state;
    begin(&first, 1, "{n}");
    open_sockets(&second, 1, false);
    struct engine_config config = default_config(&second, "{n}");
    config.shared = &first.shared;
    start(&second, &config);
    for (int i = 1; i <= 6; i += 2) {
        assert_int_equal(number_of_next(&first), i);
        assert_int_equal(number_of_next(&second), i + 1);
    }
    engine_ask_reset(&first.shared);
    engine_look(first.engine);
    wait_until_reset(&first);
    assert_int_equal(number_of_next(&first), 1);
    engine_look(second.engine);
    wait_until_reset(&second);
    assert_int_equal(number_of_next(&second), 2);
    assert_int_equal(number_of_next(&first), 3);
    quit(&first);
    quit(&second);
    assert_int_equal(first.resets, 1);
    assert_int_equal(second.resets, 1);
    assert_int_equal(first.totals.counts.received, 2);
    assert_int_equal(second.totals.counts.received, 1);
    close_all(&first);
    close_all(&second);
}

static void count_is_exact(void **state)
{
    struct fixture fixture;

    (void)state;
    open_sockets(&fixture, 3, false);
    for (int i = 0; i < 30; i++)
        assert_int_equal(send(fixture.clients[i % 3].fd, "x", 1, 0), 1);
    struct engine_config config = default_config(&fixture, "ok");
    config.count_max = 20;
    start(&fixture, &config);
    while (!fixture.stopped)
        wait_for_events(&fixture);
    assert_int_equal(fixture.totals.counts.received, 20);
    close_all(&fixture);
}

/* A ring that holds a few records and a table of two rows: nothing is lost in the totals. */
static void totals_survive_a_small_ring_and_table(void **state)
{
    struct fixture fixture;
    char ack[64];
    uint64_t acks = 0;

    (void)state;
    open_sockets(&fixture, 8, false);
    struct engine_config config = default_config(&fixture, "ok");
    config.clients_max = 2;
    config.event_ring_bytes = 2048;
    start(&fixture, &config);
    for (int i = 0; i < 400; i++)
        assert_int_equal(send(fixture.clients[i % 8].fd, "x", 1, 0), 1);
    for (int i = 0; i < 400; i++)
        acks += receive(&fixture.clients[i % 8], ack, sizeof ack) == 2;
    quit(&fixture);
    assert_int_equal(acks, 400);
    assert_int_equal(fixture.totals.counts.received, 400);
    assert_int_equal(fixture.messages + fixture.totals.messages_skipped, 400);
    assert_int_equal(fixture.totals.evicted.received + fixture.rows[0].counts.received +
                         fixture.rows[1].counts.received,
                     400);
    close_all(&fixture);
}

/* Of a burst a few are shown, the latest among them; the others are counted. */
static void the_latest_of_a_burst_is_shown(void **state)
{
    struct fixture fixture;
    char ack[64];

    (void)state;
    open_sockets(&fixture, 1, false);
    struct engine_config config = default_config(&fixture, "ok");
    config.samples = 3;
    config.tick_ns = 50000000;
    start(&fixture, &config);
    for (uint8_t i = 1; i <= 100; i++)
        assert_int_equal(send(fixture.clients[0].fd, &i, 1, 0), 1);
    for (int i = 0; i < 100; i++)
        assert_int_equal(receive(&fixture.clients[0], ack, sizeof ack), 2);
    quit(&fixture);
    assert_int_equal(fixture.last.number, 100);
    assert_int_equal(fixture.messages + fixture.totals.messages_skipped, 100);
    assert_true(fixture.messages < 100);
    close_all(&fixture);
}

/* In a class no name is lost in a burst, with and without a simulated network. */
static void names_in_a_burst_are_all_reported(void **state)
{
    struct fixture fixture;
    char ack[64];

    (void)state;
    for (int impaired = 0; impaired < 2; impaired++) {
        open_sockets(&fixture, 1, false);
        struct engine_config config = default_config(&fixture, "ok");
        config.samples = 3;
        config.tick_ns = 50000000;
        config.names = true;
        config.impair.ways[IMPAIR_IN].delay_ns = impaired * 1000000;
        start(&fixture, &config);
        for (int i = 1; i <= 100; i++)
            assert_true(send(fixture.clients[0].fd, i % 10 == 5 ? "hello Ann" : "hello",
                             i % 10 == 5 ? 9 : 5, 0) > 0);
        for (int i = 0; i < 100; i++)
            assert_int_equal(receive(&fixture.clients[0], ack, sizeof ack), 2);
        quit(&fixture);
        assert_int_equal(fixture.greetings, 10);
        assert_int_equal(fixture.messages + fixture.totals.messages_skipped, 100);
        assert_true(fixture.messages < 100);
        close_all(&fixture);
    }
}

/* More messages than the simulated network has places pass it while the records are not read: none
 * is held for that, and later each that was reported as under way gets its fate. */
static void unread(uint32_t samples)
{
    enum { WINDOW = 64, ROUNDS = PATH_FLIGHTS_MAX / WINDOW + 10, SENT = WINDOW * ROUNDS };
    struct fixture fixture;
    char ack[64];

    open_sockets(&fixture, 1, false);
    struct engine_config config = default_config(&fixture, "ok");
    config.samples = samples;
    config.event_ring_bytes = 1 << 14;
    config.impair.ways[IMPAIR_IN].delay_ns = 1000000;
    start(&fixture, &config);
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < WINDOW; i++)
            assert_int_equal(send(fixture.clients[0].fd, "hello", 5, 0), 5);
        for (int i = 0; i < WINDOW; i++)
            assert_int_equal(receive(&fixture.clients[0], ack, sizeof ack), 2);
    }
    quit(&fixture);
    assert_int_equal(fixture.totals.counts.acked, SENT);
    assert_int_equal(fixture.totals.counts.received, SENT);
    assert_int_equal(fixture.messages + fixture.totals.messages_skipped, SENT);
    assert_true(fixture.totals.messages_skipped > 0);
    assert_int_equal(fixture.waiting, fixture.updates);
    close_all(&fixture);
}

static void a_screen_that_is_not_read_holds_nothing(void **state)
{
    (void)state;
    unread(256);
}

static void lines_that_are_not_read_hold_nothing(void **state)
{
    (void)state;
    unread(UINT32_MAX);
}

static void what_the_kernel_refuses_is_failed(void **state)
{
    struct fixture fixture;
    struct udp_socket blocked;
    const struct udp_options options = {.dual_stack = true};
    struct endpoint any = {.family = ENDPOINT_IPV4, .address = {127, 0, 0, 1}};
    char error[UDP_ERROR_SIZE];

    (void)state;
    open_sockets(&fixture, 1, false);
    assert_true(udp_open_server(&any, &options, &blocked, error));
    struct engine_config config = default_config(&fixture, "ok");
    start(&fixture, &config);
    /* a socket that is shut down for writing fails with EPIPE */
    assert_int_equal(connect(fixture.server.fd, NULL, 0) < 0, 1);
    shutdown(fixture.server.fd, SHUT_WR);
    assert_int_equal(send(fixture.clients[0].fd, "x", 1, 0), 1);
    wait_until_received(&fixture, 1);
    quit(&fixture);
    assert_int_equal(fixture.totals.counts.failed + fixture.totals.counts.acked, 1);
    udp_close(&blocked);
    close_all(&fixture);
}

/* Earlier requests are still executed: the last request is the last to count. */
static void it_ends_though_no_request_fits(void **state)
{
    struct fixture fixture;
    char error[ENGINE_ERROR_SIZE];
    bool on = false;

    (void)state;
    open_sockets(&fixture, 0, false);
    struct engine_config config = default_config(&fixture, "ack");
    fixture.engine = engine_open(&config, error);
    assert_non_null(fixture.engine);
    while (engine_set_acks(fixture.engine, on))
        on = !on;
    engine_quit(fixture.engine);
    assert_true(engine_start(fixture.engine, error));
    while (!fixture.stopped)
        wait_for_events(&fixture);
    assert_int_equal(fixture.totals.acks_on, !on);
    close_all(&fixture);
}

/* ---- what cannot be made */

static void without_descriptors_it_does_not_open(void **state)
{
    struct fixture fixture;
    char error[ENGINE_ERROR_SIZE];
    struct rlimit limit, none;
    int next;

    (void)state;
    open_sockets(&fixture, 0, false);
    struct engine_config config = default_config(&fixture, "ack");
    next = dup(fixture.event_fd); /* the lowest that is free */
    close(next);
    getrlimit(RLIMIT_NOFILE, &limit);
    none = (struct rlimit){.rlim_cur = (rlim_t)next, .rlim_max = limit.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    struct engine *engine = engine_open(&config, error);
    setrlimit(RLIMIT_NOFILE, &limit);
    assert_null(engine);
    assert_string_equal(error, "cannot start the server: too many open files: raise the limit with "
                               "'ulimit -n'");
    assert_int_equal(dup(fixture.event_fd), next); /* all is closed again */
    close(next);
    close_all(&fixture);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(every_client_gets_its_acks),
    cmocka_unit_test(echo_returns_each_payload),
    cmocka_unit_test(a_template_counts_and_is_cut),
    cmocka_unit_test(our_own_ack_gets_none),
    cmocka_unit_test(acks_go_off_and_on),
    cmocka_unit_test(a_line_by_hand_reaches_the_client),
    cmocka_unit_test(reset_begins_anew),
    cmocka_unit_test(a_reset_is_reported_in_its_place),
    cmocka_unit_test(engines_restart_their_numbers_once),
    cmocka_unit_test(count_is_exact),
    cmocka_unit_test(totals_survive_a_small_ring_and_table),
    cmocka_unit_test(the_latest_of_a_burst_is_shown),
    cmocka_unit_test(names_in_a_burst_are_all_reported),
    cmocka_unit_test(a_screen_that_is_not_read_holds_nothing),
    cmocka_unit_test(lines_that_are_not_read_hold_nothing),
    cmocka_unit_test(what_the_kernel_refuses_is_failed),
    cmocka_unit_test(it_ends_though_no_request_fits),
    cmocka_unit_test(without_descriptors_it_does_not_open),
};

const struct suite suite_engine = {
    .name = "engine", .tests = tests, .count = sizeof tests / sizeof *tests};
