/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* resender: when requests are due, and what is reported of a server on loopback. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../../src/replay/resender_internal.h"
#include "captures.h"
#include "udptui/base/units.h"

static const int64_t ms = UNITS_NS_PER_MS;

/* ---- the queue */

static void add(struct resender_queue *queue, int64_t wall_ms, int64_t now_ms)
{
    struct {
        struct event_message event;
        char payload[8];
    } message = {.event = {.wall_ns = wall_ms * ms}, .payload = "payload"};

    assert_true(resender_queue_add(queue, &message.event,
                                   sizeof message.event + sizeof message.payload, now_ms * ms));
}

static void requests_are_due_as_far_apart_as_they_were(void **state)
{
    static const struct {
        double times;
        int64_t idle_limit_ms, due_ms[3];
    } rows[] = {
        {1, 0, {1000, 1100, 11100}},
        {2, 0, {1000, 1050, 6050}},
        {1, 500, {1000, 1100, 1600}},
        {0, 0, {1000, 1010, 1020}}, /* at once: when it became the first */
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct resender_queue queue;
        resender_queue_open(&queue, rows[i].times, rows[i].idle_limit_ms * ms);
        add(&queue, 0, 1000);
        add(&queue, 100, 1001);
        add(&queue, 10100, 1002);
        assert_string_equal((const char *)queue.first->bytes, "payload");
        for (int j = 0; j < 3; j++) {
            assert_int_equal(queue.due_ns, rows[i].due_ms[j] * ms);
            resender_queue_drop(&queue, (1000 + 10 * (j + 1)) * ms);
        }
        assert_null(queue.first);
        resender_queue_clear(&queue);
    }
}

static void stamps_that_go_back_wait_for_nothing(void **state)
{
    struct resender_queue queue;

    (void)state;
    resender_queue_open(&queue, 1, 0);
    add(&queue, 500, 1000);
    add(&queue, 100, 1000);
    resender_queue_drop(&queue, 1000 * ms);
    assert_int_equal(queue.due_ns, 1000 * ms);
    resender_queue_clear(&queue);
}

static void a_gap_of_any_length_is_a_time(void **state)
{
    struct resender_queue queue;

    (void)state;
    resender_queue_open(&queue, 0.01, 0);
    add(&queue, 0, 1000);
    add(&queue, INT64_MAX / 2 / ms, 1000);
    resender_queue_drop(&queue, 1000 * ms);
    assert_int_equal(queue.due_ns, INT64_MAX);
    resender_queue_clear(&queue);
}

/* ---- a whole run */

/* Answers "ONE" to "one", something else to "two", and nothing to others. */
struct far_end {
    struct udp_socket socket;
    int stop_fd;
    pthread_t thread;
};

static void *answer(void *argument)
{
    const struct far_end *end = argument;
    struct pollfd polled[] = {{.fd = end->socket.fd, .events = POLLIN},
                              {.fd = end->stop_fd, .events = POLLIN}};
    char bytes[64];

    while (poll(polled, 2, -1) > 0 && polled[1].revents == 0) {
        struct sockaddr_storage from;
        socklen_t length = sizeof from;
        ssize_t size = recvfrom(end->socket.fd, bytes, sizeof bytes, MSG_DONTWAIT,
                                (struct sockaddr *)&from, &length);
        const char *text = size == 3 && memcmp(bytes, "one", 3) == 0   ? "ONE"
                           : size == 3 && memcmp(bytes, "two", 3) == 0 ? "another"
                                                                       : NULL;
        if (text != NULL)
            sendto(end->socket.fd, text, strlen(text), 0, (struct sockaddr *)&from, length);
    }
    return NULL;
}

static void start(struct far_end *end)
{
    const struct endpoint any_port = {.family = ENDPOINT_IPV4, .address = {127, 0, 0, 1}};
    const struct udp_options options = {.gro = false};
    char error[UDP_ERROR_SIZE];

    assert_true(udp_open_server(&any_port, &options, &end->socket, error));
    end->stop_fd = eventfd(0, EFD_CLOEXEC);
    assert_int_equal(pthread_create(&end->thread, NULL, answer, end), 0);
}

static void stop(struct far_end *end)
{
    eventfd_write(end->stop_fd, 1);
    pthread_join(end->thread, NULL);
    close(end->stop_fd);
    udp_close(&end->socket);
}

struct reports {
    struct resend_report latest[RESEND_OUTCOMES];
    unsigned count, most; /* most 0: all are taken */
};

static bool all_but_skip(void *context, const struct event_message *event, const uint8_t *payload)
{
    (void)context;
    return event->stored_bytes != 4 || memcmp(payload, "skip", 4) != 0;
}

static bool take_report(void *context, const struct resend_report *report)
{
    struct reports *reports = context;

    reports->latest[report->result.outcome] = *report;
    return ++reports->count != reports->most;
}

static const struct captures_datagram datagrams[] = {
    {.at_ms = 0, .payload = "one", .client = 1},
    {.at_ms = 1, .payload = "ONE", .client = 1, .is_reply = true},
    {.at_ms = 2, .payload = "two", .client = 2},
    {.at_ms = 3, .payload = "TWO", .client = 2, .is_reply = true},
    {.at_ms = 4, .payload = "skip", .client = 3},
    {.at_ms = 5, .payload = "three", .client = 4},
    {.at_ms = 6, .payload = "THREE", .client = 4, .is_reply = true},
    {.at_ms = 7, .payload = "four", .client = 5},
};

static bool run(const struct endpoint *target, struct reports *reports,
                struct resend_totals *totals, char *error)
{
    struct signals signals = {.fd = -1};
    struct replay_source source;
    const struct resender_config config = {.target = *target,
                                           .timeout_ns = 2000 * ms,
                                           .chooses = all_but_skip,
                                           .report = take_report,
                                           .context = reports};

    captures_write(datagrams, 8);
    captures_open_source(&source);
    bool done = resender_run(&source, &config, &signals, totals, error);
    replay_cursor_close(&source.cursor);
    return done;
}

static void each_request_is_reported_once(void **state)
{
    struct far_end end;
    struct reports reports = {0};
    struct resend_totals totals;
    char error[UDP_ERROR_SIZE];

    (void)state;
    start(&end);
    assert_true(run(&end.socket.local, &reports, &totals, error));
    stop(&end);
    assert_int_equal(totals.sent, 4);
    assert_int_equal(totals.failed + totals.incomplete, 0);
    assert_int_equal(reports.count, 4);
    assert_int_equal(totals.counts[RESEND_SAME], 1);
    assert_int_equal(totals.counts[RESEND_DIFFERENT], 1);
    assert_int_equal(totals.counts[RESEND_SILENT], 1);
    assert_int_equal(totals.counts[RESEND_NONE], 1);
    assert_int_equal(reports.latest[RESEND_DIFFERENT].answer_bytes, strlen("another"));
    assert_int_equal(reports.latest[RESEND_DIFFERENT].client.address[3], 2);
    assert_int_equal(reports.latest[RESEND_DIFFERENT].client_number, 2);
    assert_null(reports.latest[RESEND_SILENT].answer);
    assert_int_equal(reports.latest[RESEND_SILENT].client.address[3], 4);
}

static void who_takes_the_reports_may_stop_it(void **state)
{
    struct far_end end;
    struct reports reports = {.most = 1};
    struct resend_totals totals;
    char error[UDP_ERROR_SIZE];

    (void)state;
    start(&end);
    assert_true(run(&end.socket.local, &reports, &totals, error));
    stop(&end);
    assert_in_range(reports.count, 1, 4); /* replies of one batch are reported */
    assert_true(totals.sent <= 4);
}

static void a_target_that_cannot_be_reached_is_an_error(void **state)
{
    const struct endpoint nowhere = {
        .family = ENDPOINT_IPV6, .address = {0xfe, 0x80, [15] = 1}, .port = 4010, .scope = 1000000};
    struct reports reports = {0};
    struct resend_totals totals;
    char error[UDP_ERROR_SIZE];

    (void)state;
    assert_false(run(&nowhere, &reports, &totals, error));
    assert_non_null(strstr(error, "fe80::1"));
    assert_int_equal(totals.sent, 0);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(requests_are_due_as_far_apart_as_they_were),
    cmocka_unit_test(stamps_that_go_back_wait_for_nothing),
    cmocka_unit_test(a_gap_of_any_length_is_a_time),
    cmocka_unit_test(each_request_is_reported_once),
    cmocka_unit_test(who_takes_the_reports_may_stop_it),
    cmocka_unit_test(a_target_that_cannot_be_reached_is_an_error),
};

const struct suite suite_resender = {.name = "resender",
                                     .tests = tests,
                                     .count = sizeof tests / sizeof *tests,
                                     .setup = captures_open,
                                     .teardown = captures_close};
