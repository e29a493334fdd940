/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "../await.h"

#include "udptui/base/units.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/wait.h"

struct session_options bench_options(void)
{
    return (struct session_options){.timeout_ns = 3600 * UNITS_NS_PER_S};
}

/* ---- the session's reports */

static void bench_note_sending(void *context, uint64_t seq, const uint8_t *bytes, size_t size_bytes,
                               int64_t wall_ns)
{
    struct bench *bench = context;

    (void)bytes;
    (void)size_bytes;
    assert_true(wall_ns > 0);
    bench->last_sending = seq;
}

static void bench_note_result(void *context, const struct result *result)
{
    struct bench *bench = context;
    struct bench_result *noted = &bench->results[bench->count % BENCH_RESULTS_MAX];

    bench->count++;
    assert_true(result->wall_ns > 0);
    noted->result = *result;
    if (result->why != NULL) {
        snprintf(noted->why, sizeof noted->why, "%s", result->why);
        noted->result.why = noted->why;
    }
    if (result->reply != NULL) {
        snprintf(noted->reply, sizeof noted->reply, "%.*s", (int)result->reply_bytes,
                 (const char *)result->reply);
        noted->result.reply = (const uint8_t *)noted->reply;
    }
}

static void bench_note_call(void *context, const struct call *call)
{
    struct bench *bench = context;

    bench->calls++;
    bench->opened += call->kind == CALL_SOCKET;
    bench->closed += call->kind == CALL_CLOSE;
}

static void bench_note_datagram(void *context, const struct record *record, const uint8_t *payload)
{
    struct bench *bench = context;

    (void)payload;
    bench->sent_records += record->checksum_status == CHECKSUM_GOOD;
    bench->received_records += record->checksum_status != CHECKSUM_GOOD;
    bench->record = *record;
}

struct session_listener bench_listener(struct bench *bench)
{
    return (struct session_listener){.context = bench,
                                     .sending = bench_note_sending,
                                     .result = bench_note_result,
                                     .call = bench_note_call,
                                     .datagram = bench_note_datagram};
}

/* ---- both ends */

int bench_serve(char *target)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &length), 0);
    snprintf(target, BENCH_TARGET_SIZE, "127.0.0.1:%u", ntohs(address.sin_port));
    return fd;
}

void bench_open(struct bench *bench, const struct session_options *options)
{
    struct problem problem = {.text = ""};
    struct session_listener listener = bench_listener(bench);

    *bench = (struct bench){.server_fd = -1};
    bench->server_fd = bench_serve(bench->target);
    bench->session = session_open(options, bench->target, &listener, &problem);
    assert_string_equal(problem.text, "");
    assert_non_null(bench->session);
}

void bench_close(struct bench *bench)
{
    session_close(bench->session);
    if (bench->server_fd >= 0)
        close(bench->server_fd);
}

bool bench_send(struct bench *bench, const char *text)
{
    return exchange_send(bench->session, (const uint8_t *)text, strlen(text));
}

const char *bench_receive(int fd, struct sockaddr_in *from)
{
    static char text[BENCH_TEXT_SIZE];
    socklen_t length = sizeof *from;

    await_readable(fd);
    ssize_t got = recvfrom(fd, text, sizeof text - 1, 0, (struct sockaddr *)from, &length);
    assert_true(got >= 0);
    text[got] = '\0';
    return text;
}

bool bench_is_silent(int fd)
{
    return !wait_is_ready(fd, POLLIN);
}

void bench_reply(int fd, const struct sockaddr_in *to, const char *text)
{
    assert_int_equal(sendto(fd, text, strlen(text), 0, (const struct sockaddr *)to, sizeof *to),
                     strlen(text));
}

void bench_take(struct bench *bench, size_t results)
{
    struct pollfd polled[SESSION_CHANNELS_MAX];

    while (bench->count < results) {
        size_t count = exchange_list_polled(bench->session, polled);
        assert_true(poll(polled, count, AWAIT_MS) > 0);
        exchange_take(bench->session, polled, count);
    }
    assert_int_equal(bench->count, results);
}

void bench_expire(struct bench *bench)
{
    int64_t deadline_ns = exchange_deadline_ns(bench->session);

    assert_true(deadline_ns < INT64_MAX);
    exchange_expire(bench->session, deadline_ns + 1);
}

const struct result *bench_latest(const struct bench *bench)
{
    assert_true(bench->count > 0);
    return &bench->results[(bench->count - 1) % BENCH_RESULTS_MAX].result;
}
