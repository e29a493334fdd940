/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* exchange over loopback: how a datagram can end, and the errors that only a kernel in trouble
 * has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "../suite.h"
#include "bench.h"

#include "../../../src/client/session_internal.h"

#include "udptui/base/units.h"
#include "udptui/client/message.h"
#include "udptui/sys/clock.h"

/* ---- a kernel that refuses to send: the linker puts these in the place of the two (--wrap) */

static int refusals, refused_with;

static int refuse(void)
{
    refusals--;
    errno = refused_with;
    return -1;
}

int __real_sendmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags);
int __wrap_sendmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags);
ssize_t __real_sendmsg(int fd, const struct msghdr *message, int flags);
ssize_t __wrap_sendmsg(int fd, const struct msghdr *message, int flags);

int __wrap_sendmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags)
{
    return refusals > 0 ? refuse() : __real_sendmmsg(fd, messages, count, flags);
}

ssize_t __wrap_sendmsg(int fd, const struct msghdr *message, int flags)
{
    return refusals > 0 ? refuse() : __real_sendmsg(fd, message, flags);
}

static void refuse_next(int count, int error)
{
    refusals = count;
    refused_with = error;
}

/* ---- replies */

static void a_reply_ends_its_message(void **state)
{
    struct session_options options = bench_options();
    struct sockaddr_in client;
    struct bench bench;

    (void)state;
    bench_open(&bench, &options);
    assert_true(exchange_is_idle(bench.session));
    assert_int_equal(exchange_deadline_ns(bench.session), INT64_MAX);
    assert_true(bench_send(&bench, "hello"));
    assert_int_equal(bench.last_sending, 1);
    assert_false(exchange_is_idle(bench.session));
    assert_string_equal(bench_receive(bench.server_fd, &client), "hello");
    bench_reply(bench.server_fd, &client, "Message received");
    bench_take(&bench, 1);
    const struct result *result = bench_latest(&bench);
    assert_int_equal(result->status, RESULT_ACKED);
    assert_int_equal(result->seq, 1);
    assert_int_equal(result->size_bytes, 5);
    assert_string_equal((const char *)result->reply, "Message received");
    assert_true(result->rtt_ns > 0);
    assert_false(result->ambiguous);
    assert_int_equal(result->origin, ORIGIN_TARGET);
    assert_null(result->why);
    assert_true(exchange_is_idle(bench.session));
    assert_true(session_is_answered(bench.session));
    bench_close(&bench);
}

/* ---- the kernel's times of sending */

static struct result stamped_exchange(struct bench *bench)
{
    size_t before = bench->count;
    struct sockaddr_in client;

    assert_true(bench_send(bench, "hello"));
    bench_receive(bench->server_fd, &client);
    bench_reply(bench->server_fd, &client, "ack");
    bench_take(bench, before + 1);
    assert_int_equal(bench_latest(bench)->status, RESULT_ACKED);
    return *bench_latest(bench);
}

/* The kernel's times lie between the program's: loopback says when a datagram left. */
static void times_leave_out_what_the_program_takes(void **state)
{
    struct session_options options = bench_options();
    struct bench bench;

    (void)state;
    options.send_stamps = true;
    bench_open(&bench, &options);
    for (int i = 0; i < 20; i++) {
        struct result result = stamped_exchange(&bench);
        assert_true(result.rtt_ns > 0);
        assert_true(result.rtt_ns < result.rtt_app_ns);
        assert_int_equal(bench.session->channels[0].stamped, i + 1);
    }
    bench_close(&bench);
}

/* The kernel counts a send that failed or not, by where it failed: its numbers begin again. */
static void numbers_begin_again_after_a_send_that_failed(void **state)
{
    struct session_options options = bench_options();
    struct bench bench;

    (void)state;
    options.send_stamps = true;
    bench_open(&bench, &options);
    stamped_exchange(&bench);
    refuse_next(1, ENOBUFS);
    assert_false(bench_send(&bench, "refused"));
    stamped_exchange(&bench);
    assert_int_equal(bench.session->channels[0].sends, 1);
    assert_int_equal(bench.session->channels[0].stamped, 1);
    bench_close(&bench);
}

static void a_time_that_cannot_be_is_left_out(void **state)
{
    struct session_options options = bench_options();
    struct icmp_stamp stamp = {.number = 0};
    struct bench bench;

    (void)state;
    bench_open(&bench, &options); /* the kernel says nothing: the test does */
    bench.session->options.send_stamps = true;
    bench_send(&bench, "hello");
    const struct pending_request *request = pending_oldest(bench.session->pending, 0);
    int64_t sent_ns = request->sent_ns;
    stamp.wall_ns = clock_wall_ns() - UNITS_NS_PER_S; /* before the call */
    stamps_take(bench.session, 0, &stamp);
    assert_int_equal(request->sent_ns, sent_ns);
    stamp.wall_ns = clock_wall_ns() + UNITS_NS_PER_S; /* to come */
    stamps_take(bench.session, 0, &stamp);
    assert_int_equal(request->sent_ns, sent_ns);
    stamp = (struct icmp_stamp){.number = 1, .wall_ns = clock_wall_ns()}; /* nobody's */
    stamps_take(bench.session, 0, &stamp);
    stamp.number = UINT32_MAX;
    stamps_take(bench.session, 0, &stamp);
    assert_int_equal(request->sent_ns, sent_ns);
    stamp.number = 0;
    stamps_take(bench.session, 0, &stamp);
    assert_true(request->sent_ns > sent_ns);
    bench_close(&bench);
}

static void a_second_reply_is_no_second_ack(void **state)
{
    struct session_options options = bench_options();
    struct sockaddr_in client;
    struct bench bench;

    (void)state;
    bench_open(&bench, &options);
    bench_send(&bench, "hello");
    bench_receive(bench.server_fd, &client);
    bench_reply(bench.server_fd, &client, "one");
    bench_take(&bench, 1);
    bench_reply(bench.server_fd, &client, "one");
    bench_take(&bench, 2);
    assert_int_equal(bench_latest(&bench)->status, RESULT_DUPLICATE);
    bench_reply(bench.server_fd, &client, "two");
    bench_take(&bench, 3);
    assert_int_equal(bench_latest(&bench)->status, RESULT_MORE);
    assert_int_equal(session_totals(bench.session).counts[RESULT_ACKED], 1);
    bench_close(&bench);
}

static void a_reply_after_the_deadline_is_late(void **state)
{
    struct session_options options = bench_options();
    struct sockaddr_in client;
    struct bench bench;

    (void)state;
    bench_open(&bench, &options);
    bench_send(&bench, "hello");
    bench_receive(bench.server_fd, &client);
    bench_expire(&bench);
    assert_int_equal(bench_latest(&bench)->status, RESULT_TIMEOUT);
    assert_string_equal(bench_latest(&bench)->why,
                        "no reply in 3600 s: lost, filtered, or the server does not reply");
    bench_reply(bench.server_fd, &client, "late");
    bench_take(&bench, 2);
    assert_int_equal(bench_latest(&bench)->status, RESULT_LATE);
    assert_false(session_is_answered(bench.session));
    bench_close(&bench);
}

/* What came while we slept is taken before anything is given up. */
static void a_deadline_that_was_slept_through_takes_replies_first(void **state)
{
    struct session_options options = bench_options();
    struct sockaddr_in client;
    struct bench bench;

    (void)state;
    bench_open(&bench, &options);
    bench_send(&bench, "hello");
    bench_receive(bench.server_fd, &client);
    bench_reply(bench.server_fd, &client, "in time");
    bench_expire(&bench); /* on loopback it is there once it was sent */
    assert_int_equal(bench.count, 1);
    assert_int_equal(bench_latest(&bench)->status, RESULT_ACKED);
    bench_close(&bench);
}

static void a_reply_from_another_port_says_so(void **state)
{
    struct session_options options = bench_options();
    char other[BENCH_TARGET_SIZE];
    struct sockaddr_in client;
    struct bench bench;
    int other_fd = bench_serve(other);

    (void)state;
    bench_open(&bench, &options);
    bench_send(&bench, "read");
    bench_receive(bench.server_fd, &client);
    bench_reply(other_fd, &client, "data");
    bench_take(&bench, 1);
    assert_int_equal(bench_latest(&bench)->status, RESULT_ACKED);
    assert_int_equal(bench_latest(&bench)->origin, ORIGIN_OTHER_PORT);
    assert_string_equal(bench_latest(&bench)->why, "from another port");
    bench_close(&bench);
    close(other_fd);
}

static void fewer_replies_than_wanted_are_incomplete(void **state)
{
    struct session_options options = bench_options();
    struct sockaddr_in client;
    struct bench bench;

    (void)state;
    options.replies = 2;
    bench_open(&bench, &options);
    bench_send(&bench, "hello");
    bench_receive(bench.server_fd, &client);
    bench_reply(bench.server_fd, &client, "one");
    bench_take(&bench, 1);
    assert_false(exchange_is_idle(bench.session));
    bench_expire(&bench);
    assert_int_equal(bench_latest(&bench)->status, RESULT_INCOMPLETE);
    assert_string_equal(bench_latest(&bench)->why, "1 of 2 replies came");
    assert_false(session_is_answered(bench.session));
    bench_close(&bench);
}

/* With one port for all, the second reply takes back what was certain so far. */
static void times_are_withdrawn_when_replies_come_twice(void **state)
{
    struct session_options options = bench_options();
    struct sockaddr_in client;
    struct bench bench;

    (void)state;
    options.match = PENDING_ORDER;
    bench_open(&bench, &options);
    for (int i = 0; i < 2; i++) {
        bench_send(&bench, "hello");
        bench_receive(bench.server_fd, &client);
        bench_reply(bench.server_fd, &client, "ack");
        bench_take(&bench, (size_t)i + 1);
    }
    assert_true(bench_latest(&bench)->provisional);
    assert_false(exchange_is_certain(bench.session));
    bench_reply(bench.server_fd, &client, "ack");
    bench_take(&bench, 4);
    const struct result *result = bench_latest(&bench);
    assert_int_equal(result->status, RESULT_UNCERTAIN);
    assert_int_equal(result->seq, 2);
    assert_int_equal(result->concerned, 1);
    assert_true(exchange_is_certain(bench.session));
    assert_int_equal(session_totals(bench.session).ambiguous, 1);
    bench_close(&bench);
}

/* ---- resending */

static void an_unanswered_message_is_sent_again(void **state)
{
    struct session_options options = bench_options();
    struct sockaddr_in client;
    struct bench bench;

    (void)state;
    options.retry = 1;
    bench_open(&bench, &options);
    bench_send(&bench, "hello");
    assert_string_equal(bench_receive(bench.server_fd, &client), "hello");
    bench_expire(&bench);
    assert_int_equal(bench_latest(&bench)->status, RESULT_RESENT);
    assert_string_equal(bench_latest(&bench)->why, "no reply yet: resent");
    assert_string_equal(bench_receive(bench.server_fd, &client), "hello");
    bench_expire(&bench);
    assert_int_equal(bench_latest(&bench)->status, RESULT_TIMEOUT);
    assert_int_equal(bench_latest(&bench)->resends, 1);
    assert_true(bench_is_silent(bench.server_fd));
    assert_int_equal(session_totals(bench.session).sent, 1);
    bench_close(&bench);
}

static void the_wait_doubles_with_each_resend(void **state)
{
    struct session_options options = bench_options();
    struct bench bench;

    (void)state;
    options.retry = 2;
    bench_open(&bench, &options);
    bench_send(&bench, "hello");
    bench_expire(&bench);
    assert_true(exchange_deadline_ns(bench.session) - clock_monotonic_ns() >
                options.timeout_ns * 3 / 2);
    bench_close(&bench);
}

/* An error that came for it is no end while it may be sent again: it is the reason. */
static void an_error_is_the_reason_of_a_resend(void **state)
{
    struct session_options options = bench_options();
    struct bench bench;
    struct pollfd polled[SESSION_CHANNELS_MAX];

    (void)state;
    options.retry = 1;
    bench_open(&bench, &options);
    close(bench.server_fd);
    bench.server_fd = -1;
    bench_send(&bench, "hello");
    size_t count = exchange_list_polled(bench.session, polled);
    assert_true(poll(polled, count, 10000) > 0);
    exchange_take(bench.session, polled, count);
    assert_int_equal(bench.count, 0);
    bench_expire(&bench);
    assert_int_equal(bench_latest(&bench)->status, RESULT_RESENT);
    assert_non_null(strstr(bench_latest(&bench)->why, "port unreachable"));
    assert_non_null(strstr(bench_latest(&bench)->why, ": resent"));
    bench_take(&bench, 2);
    assert_int_equal(bench_latest(&bench)->status, RESULT_REFUSED);
    bench_close(&bench);
}

/* ---- errors */

static void a_closed_port_refuses(void **state)
{
    struct session_options options = bench_options();
    struct bench bench;

    (void)state;
    bench_open(&bench, &options);
    close(bench.server_fd);
    bench.server_fd = -1;
    assert_true(bench_send(&bench, "hello"));
    bench_take(&bench, 1);
    assert_int_equal(bench_latest(&bench)->status, RESULT_REFUSED);
    assert_int_equal(bench_latest(&bench)->seq, 1);
    assert_int_equal(bench_latest(&bench)->size_bytes, 5);
    assert_non_null(strstr(bench_latest(&bench)->why,
                           "refused: 127.0.0.1 reports port unreachable (ICMP type 3"));
    assert_true(exchange_is_idle(bench.session));
    bench_close(&bench);
}

/* The first waits for a server that was there; the second finds it gone, on the same port. */
static void an_error_ends_the_message_that_it_quotes(void **state)
{
    struct session_options options = bench_options();
    struct bench bench;

    (void)state;
    options.match = PENDING_ORDER;
    bench_open(&bench, &options);
    bench_send(&bench, "first");
    close(bench.server_fd);
    bench.server_fd = -1;
    bench_send(&bench, "second");
    bench_take(&bench, 1);
    assert_int_equal(bench_latest(&bench)->status, RESULT_REFUSED);
    assert_int_equal(bench_latest(&bench)->seq, 2);
    assert_false(exchange_is_idle(bench.session));
    bench_expire(&bench);
    assert_int_equal(bench_latest(&bench)->status, RESULT_TIMEOUT);
    assert_int_equal(bench_latest(&bench)->seq, 1);
    bench_close(&bench);
}

/* An error for an earlier datagram makes the next send fail: it is sent anyway. */
static void a_send_is_not_lost_to_an_earlier_error(void **state)
{
    struct session_options options = bench_options();
    struct bench bench;

    (void)state;
    options.match = PENDING_ORDER;
    bench_open(&bench, &options);
    close(bench.server_fd);
    bench.server_fd = -1;
    assert_true(bench_send(&bench, "first"));
    assert_true(bench_send(&bench, "second")); /* takes the error of the first */
    assert_int_equal(bench.count, 1);
    assert_int_equal(bench_latest(&bench)->seq, 1);
    bench_take(&bench, 2);
    assert_int_equal(bench_latest(&bench)->seq, 2);
    bench_close(&bench);
}

static void a_full_queue_is_waited_for_once(void **state)
{
    struct session_options options = bench_options();
    struct sockaddr_in client;
    struct bench bench;

    (void)state;
    bench_open(&bench, &options);
    refuse_next(1, EAGAIN);
    assert_true(bench_send(&bench, "hello"));
    assert_string_equal(bench_receive(bench.server_fd, &client), "hello");
    assert_true(bench_is_silent(bench.server_fd));
    bench_close(&bench);
}

static void a_queue_that_stays_full_is_a_failure(void **state)
{
    struct session_options options = bench_options();
    struct bench bench;

    (void)state;
    bench_open(&bench, &options);
    refuse_next(2, EAGAIN);
    assert_false(bench_send(&bench, "hello"));
    assert_int_equal(refusals, 0);
    assert_int_equal(bench_latest(&bench)->status, RESULT_FAILED);
    assert_non_null(strstr(bench_latest(&bench)->why, "not sent: "));
    assert_true(exchange_is_idle(bench.session));
    assert_true(bench_is_silent(bench.server_fd));
    bench_close(&bench);
}

static void a_resend_that_fails_ends_the_message(void **state)
{
    struct session_options options = bench_options();
    struct bench bench;

    (void)state;
    options.retry = 3;
    bench_open(&bench, &options);
    bench_send(&bench, "hello");
    refuse_next(1, ENOBUFS);
    bench_expire(&bench);
    assert_int_equal(bench_latest(&bench)->status, RESULT_TIMEOUT);
    assert_int_equal(bench_latest(&bench)->resends, 0);
    bench_close(&bench);
}

/* A socket that is bound to an address keeps it after the machine has lost it: a new one is
 * bound. */
static void a_bound_socket_is_opened_again_if_its_address_is_gone(void **state)
{
    struct session_options options = bench_options();
    struct sockaddr_in client;
    struct bench bench;

    (void)state;
    options.bind = "127.0.0.2";
    bench_open(&bench, &options);
    size_t opened = bench.opened;
    refuse_next(1, EADDRNOTAVAIL);
    assert_true(bench_send(&bench, "hello"));
    assert_true(bench.opened > opened);
    assert_string_equal(bench_receive(bench.server_fd, &client), "hello");
    assert_int_equal(ntohl(client.sin_addr.s_addr), 0x7f000002);
    bench_close(&bench);
}

static void an_unbound_socket_is_not_opened_again(void **state)
{
    struct session_options options = bench_options();
    struct bench bench;

    (void)state;
    bench_open(&bench, &options);
    size_t opened = bench.opened;
    refuse_next(1, ENETUNREACH);
    assert_false(bench_send(&bench, "hello"));
    assert_int_equal(bench.opened, opened);
    assert_int_equal(bench_latest(&bench)->status, RESULT_UNREACHABLE);
    bench_close(&bench);
}

static void what_is_too_big_does_not_leave(void **state)
{
    struct session_options options = bench_options();
    uint8_t *bytes = calloc(1, MESSAGE_SIZE);
    struct bench bench;

    (void)state;
    assert_non_null(bytes);
    bench_open(&bench, &options);
    assert_false(exchange_send(bench.session, bytes, 65508));
    assert_int_equal(bench_latest(&bench)->status, RESULT_TOO_BIG);
    assert_string_equal(bench_latest(&bench)->why,
                        "too big: one datagram carries at most 65507 bytes (65,535 less the "
                        "headers), this has 65508");
    assert_true(exchange_send(bench.session, bytes, 65507));
    bench_close(&bench);
    free(bytes);
}

static void what_cannot_be_made_is_counted(void **state)
{
    struct session_options options = bench_options();
    struct bench bench;

    (void)state;
    bench_open(&bench, &options);
    exchange_refuse(bench.session, 3, "no hex digit");
    assert_int_equal(bench_latest(&bench)->status, RESULT_FAILED);
    assert_string_equal(bench_latest(&bench)->why, "no hex digit");
    exchange_refuse(bench.session, MESSAGE_SIZE, "longer than a datagram can be");
    assert_int_equal(bench_latest(&bench)->status, RESULT_TOO_BIG);
    assert_int_equal(bench_latest(&bench)->seq, 2);
    assert_int_equal(session_totals(bench.session).sent, 2);
    assert_int_equal(session_totals(bench.session).waiting, 0);
    bench_close(&bench);
}

static void more_than_can_be_remembered_is_refused(void **state)
{
    struct session_options options = bench_options();
    struct bench bench;

    (void)state;
    options.match = PENDING_ORDER;
    bench_open(&bench, &options);
    while (exchange_has_room(bench.session))
        assert_true(bench_send(&bench, "x"));
    assert_false(bench_send(&bench, "x"));
    assert_int_equal(bench_latest(&bench)->status, RESULT_FAILED);
    assert_string_equal(bench_latest(&bench)->why,
                        "not sent: too many messages are waiting for a reply");
    bench_close(&bench);
}

/* ---- ways to send */

static void without_replies_nothing_waits(void **state)
{
    struct session_options options = bench_options();
    struct bench bench;

    (void)state;
    options.no_reply = 1;
    bench_open(&bench, &options);
    assert_true(bench_send(&bench, "hello"));
    assert_int_equal(bench_latest(&bench)->status, RESULT_NOT_AWAITED);
    assert_true(exchange_is_idle(bench.session));
    assert_true(session_is_answered(bench.session));
    bench_close(&bench);
}

static void fields_are_filled_in_for_each_message(void **state)
{
    struct session_options options = bench_options();
    struct sockaddr_in client;
    struct bench bench;

    (void)state;
    options.fill = 1;
    bench_open(&bench, &options);
    for (int i = 0; i < 2; i++) {
        bench_send(&bench, "n={n}");
        assert_string_equal(bench_receive(bench.server_fd, &client), i == 0 ? "n=1" : "n=2");
    }
    bench_close(&bench);
}

static void a_doubtful_port_is_left_for_a_fresh_one(void **state)
{
    struct session_options options = bench_options();
    struct sockaddr_in first, second;
    struct bench bench;

    (void)state;
    bench_open(&bench, &options);
    bench_send(&bench, "one");
    bench_receive(bench.server_fd, &first);
    bench_send(&bench, "two"); /* while the first waits */
    bench_receive(bench.server_fd, &second);
    assert_int_not_equal(first.sin_port, second.sin_port);
    bench_reply(bench.server_fd, &second, "to two");
    bench_take(&bench, 1);
    assert_int_equal(bench_latest(&bench)->seq, 2);
    assert_false(bench_latest(&bench)->ambiguous);
    bench_close(&bench);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_reply_ends_its_message),
    cmocka_unit_test(times_leave_out_what_the_program_takes),
    cmocka_unit_test(numbers_begin_again_after_a_send_that_failed),
    cmocka_unit_test(a_time_that_cannot_be_is_left_out),
    cmocka_unit_test(a_second_reply_is_no_second_ack),
    cmocka_unit_test(a_reply_after_the_deadline_is_late),
    cmocka_unit_test(a_deadline_that_was_slept_through_takes_replies_first),
    cmocka_unit_test(a_reply_from_another_port_says_so),
    cmocka_unit_test(fewer_replies_than_wanted_are_incomplete),
    cmocka_unit_test(times_are_withdrawn_when_replies_come_twice),
    cmocka_unit_test(an_unanswered_message_is_sent_again),
    cmocka_unit_test(the_wait_doubles_with_each_resend),
    cmocka_unit_test(an_error_is_the_reason_of_a_resend),
    cmocka_unit_test(a_closed_port_refuses),
    cmocka_unit_test(an_error_ends_the_message_that_it_quotes),
    cmocka_unit_test(a_send_is_not_lost_to_an_earlier_error),
    cmocka_unit_test(a_full_queue_is_waited_for_once),
    cmocka_unit_test(a_queue_that_stays_full_is_a_failure),
    cmocka_unit_test(a_resend_that_fails_ends_the_message),
    cmocka_unit_test(a_bound_socket_is_opened_again_if_its_address_is_gone),
    cmocka_unit_test(an_unbound_socket_is_not_opened_again),
    cmocka_unit_test(what_is_too_big_does_not_leave),
    cmocka_unit_test(what_cannot_be_made_is_counted),
    cmocka_unit_test(more_than_can_be_remembered_is_refused),
    cmocka_unit_test(without_replies_nothing_waits),
    cmocka_unit_test(fields_are_filled_in_for_each_message),
    cmocka_unit_test(a_doubtful_port_is_left_for_a_fresh_one),
};

const struct suite suite_exchange = {
    .name = "exchange", .tests = tests, .count = sizeof tests / sizeof *tests};
