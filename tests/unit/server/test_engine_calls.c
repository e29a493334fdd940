/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* engine, its socket calls: as many records as requested, and the count of the others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "../await.h"
#include "../suite.h"

#include "udptui/net/udp.h"
#include "udptui/proto/event.h"
#include "udptui/server/engine.h"

enum { DATAGRAMS = 40 };

struct run {
    struct udp_socket server, client;
    struct engine *engine;
    int event_fd;
    struct engine_shared shared;
    uint32_t records, carrying;          /* that were reported */
    uint32_t reported_datagrams;         /* received or sent by them */
    uint64_t skipped, skipped_datagrams; /* that were only counted */
    struct event_totals totals;
    bool stopped;
};

static void take(struct run *run, const void *record)
{
    const struct call *call = record;

    switch (event_kind_of(record)) {
    case EVENT_CALL:
        assert_int_equal(call->fd, run->server.fd);
        assert_int_equal(call->engine, 3);
        run->records++;
        run->carrying += call_carries(call);
        run->reported_datagrams += call_carries(call) ? call->datagrams : 0;
        run->skipped += call->skipped;
        run->skipped_datagrams += call->skipped_datagrams;
        break;
    case EVENT_TOTALS:
        run->totals = *(const struct event_totals *)record;
        break;
    case EVENT_STOPPED:
        run->stopped = true;
        break;
    case EVENT_MESSAGE:
    case EVENT_CLIENT:
    case EVENT_RESET:
    case EVENT_QUESTION:
    case EVENT_STUDENT:
    case EVENT_QUIZ_TOTALS:
    case EVENT_QUIZ_NOTE:
    case EVENT_ICMP:
    case EVENT_TARGET:
    case EVENT_MEMBERSHIP:
        break;
    }
}

static void take_all(struct run *run)
{
    eventfd_t count;
    size_t size;

    await_readable(run->event_fd);
    eventfd_read(run->event_fd, &count);
    for (const void *record; (record = engine_event(run->engine, &size)) != NULL;) {
        take(run, record);
        engine_release(run->engine);
    }
}

static void open_run(struct run *run, uint32_t calls)
{
    const struct udp_options options = {.receive_buffer_bytes = 1 << 20};
    const struct endpoint local = {.family = ENDPOINT_IPV4, .address = {127, 0, 0, 1}};
    char error[UDP_ERROR_SIZE];

    *run = (struct run){.event_fd = eventfd(0, EFD_NONBLOCK)};
    assert_true(udp_open_server(&local, &options, &run->server, error));
    assert_true(udp_open_client(&run->server.local, NULL, true, &options, &run->client, error));
    struct engine_config config = {.sockets = &run->server,
                                   .socket_count = 1,
                                   .event_fd = run->event_fd,
                                   .shared = &run->shared,
                                   .engine = 3,
                                   .clients_max = 16,
                                   .guard = {.scope = GUARD_LIMIT_NONE},
                                   .batch = 1,
                                   .buffer_bytes = 65536,
                                   .event_ring_bytes = 1 << 20,
                                   .samples = 1,
                                   .calls = calls,
                                   .tick_ns = INT64_C(3600000000000),
                                   .count_max = DATAGRAMS};
    assert_null(ack_parse("ack", &config.ack));
    run->engine = engine_open(&config, error);
    assert_non_null(run->engine);
    for (int i = 0; i < DATAGRAMS; i++)
        assert_int_equal(send(run->client.fd, "hello", 5, 0), 5);
    assert_true(engine_start(run->engine, error));
    while (!run->stopped)
        take_all(run);
    assert_int_equal(run->totals.counts.received, DATAGRAMS);
}

static void close_run(struct run *run)
{
    engine_close(run->engine);
    udp_close(&run->client);
    udp_close(&run->server);
    close(run->event_fd);
}

static void all_are_reported_if_all_are_wanted(void **state)
{
    struct run run;

    (void)state;
    open_run(&run, UINT32_MAX);
    assert_int_equal(run.skipped, 0);
    assert_int_equal(run.reported_datagrams, 2 * DATAGRAMS);
    assert_in_range(run.carrying, 2 * DATAGRAMS, 3 * DATAGRAMS);
    close_run(&run);
}

/* The ticks at the beginning and at the end have the same budget each. */
static void beyond_the_budget_they_are_counted(void **state)
{
    enum { BUDGET = 8 };
    struct run run;

    (void)state;
    open_run(&run, BUDGET);
    assert_in_range(run.carrying, 1, 3 * BUDGET);
    assert_true(run.skipped > 0);
    assert_int_equal(run.reported_datagrams + run.skipped_datagrams, 2 * DATAGRAMS);
    close_run(&run);
}

static void none_is_told_where_none_is_wanted(void **state)
{
    struct run run;

    (void)state;
    open_run(&run, 0);
    assert_int_equal(run.records, 0);
    close_run(&run);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(all_are_reported_if_all_are_wanted),
    cmocka_unit_test(beyond_the_budget_they_are_counted),
    cmocka_unit_test(none_is_told_where_none_is_wanted),
};

const struct suite suite_engine_calls = {
    .name = "engine_calls", .tests = tests, .count = sizeof tests / sizeof *tests};
