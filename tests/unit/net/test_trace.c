/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trace over loopback: each call on a socket is reported once, in order, with the kernel's
 * answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "../await.h"
#include "../suite.h"

#include "udptui/net/batch.h"
#include "udptui/net/icmp.h"
#include "udptui/net/udp.h"
#include "udptui/proto/event.h"

enum { CALLS_MAX = 128, SLOTS = 8 };

struct record {
    struct call calls[CALLS_MAX];
    size_t count;
};

static void note(void *context, const struct call *call)
{
    struct record *record = context;

    assert_true(record->count < CALLS_MAX);
    record->calls[record->count++] = *call;
    errno = EXDEV; /* what a listener does to it is no matter of the caller */
}

static const struct call *last(const struct record *record)
{
    assert_true(record->count > 0);
    return &record->calls[record->count - 1];
}

static struct endpoint loopback(uint16_t port)
{
    return (struct endpoint){.family = ENDPOINT_IPV4, .address = {127, 0, 0, 1}, .port = port};
}

static void open_server(struct record *record, struct call_trace *trace, struct udp_socket *out)
{
    const struct endpoint local = loopback(0);
    char error[UDP_ERROR_SIZE];

    *record = (struct record){.count = 0};
    *trace = (struct call_trace){.note = note, .context = record};
    const struct udp_options options = {.receive_buffer_bytes = 65536, .trace = trace};
    assert_true(udp_open_server(&local, &options, out, error));
}

static void opening_is_told_from_socket_to_getsockname(void **state)
{
    static const uint8_t kinds[] = {CALL_SOCKET, CALL_SETSOCKOPT,  CALL_GETSOCKOPT,
                                    CALL_BIND,   CALL_GETSOCKNAME, CALL_CLOSE};
    struct udp_socket socket;
    struct call_trace trace;
    struct record record;
    size_t at = 0;

    (void)state;
    open_server(&record, &trace, &socket);
    int fd = socket.fd;
    udp_close(&socket);
    udp_close(&socket);
    for (size_t i = 0; i < record.count; i++) {
        const struct call *call = &record.calls[i];
        at += call->kind != kinds[at];
        assert_true(at < sizeof kinds);
        assert_int_equal(call->kind, kinds[at]);
        assert_int_equal(call->event, EVENT_CALL);
        assert_int_equal(call->fd, call->kind == CALL_SOCKET ? -1 : fd);
        assert_int_equal(call->result, call->kind == CALL_SOCKET ? fd : 0);
        assert_int_equal(call->error, 0);
        assert_true(call->wall_ns > 0);
    }
    assert_int_equal(at, sizeof kinds - 1);
    assert_int_equal(record.calls[record.count - 3].peer.port, 0);
    assert_int_equal(record.calls[record.count - 2].peer.port, socket.local.port);
}

/* Options of IPv6 are not read from a socket of IPv4. */
static void every_option_is_of_the_sockets_family(void **state)
{
    const struct udp_multicast multicast = {.hops = 3, .no_loop = true};
    struct record record = {.count = 0};
    const struct call_trace trace = {.note = note, .context = &record};
    const struct udp_options options = {.error_queue = true,
                                        .hop_limit = 9,
                                        .dscp = 46,
                                        .dont_fragment = true,
                                        .multicast = &multicast,
                                        .trace = &trace};
    const struct endpoint local = loopback(0);
    struct udp_socket socket;
    char error[UDP_ERROR_SIZE];

    (void)state;
    assert_true(udp_open_server(&local, &options, &socket, error));
    udp_close(&socket);
    for (size_t i = 0; i < record.count; i++) {
        assert_int_equal(record.calls[i].error, 0);
        assert_true(record.calls[i].kind != CALL_SETSOCKOPT ||
                    record.calls[i].level != IPPROTO_IPV6);
    }
}

static void a_call_that_fails_is_told_with_its_errno(void **state)
{
    struct udp_socket first, second;
    struct call_trace trace;
    struct record record;
    char error[UDP_ERROR_SIZE];

    (void)state;
    open_server(&record, &trace, &first);
    const struct udp_options options = {.trace = &trace};
    assert_false(udp_open_server(&first.local, &options, &second, error));
    assert_non_null(strstr(error, "in use"));
    assert_int_equal(last(&record)->kind, CALL_CLOSE);
    const struct call *bound = last(&record) - 1;
    assert_int_equal(bound->kind, CALL_BIND);
    assert_int_equal(bound->result, -1);
    assert_int_equal(bound->error, EADDRINUSE);
    assert_true(endpoint_equal(&bound->peer, &first.local));
    udp_close(&first);
}

/* The kernel has written no value. */
static void an_option_that_cannot_be_read_has_no_value(void **state)
{
    struct record record = {.count = 0};
    const struct call_trace trace = {.note = note, .context = &record};
    const struct udp_options options = {.trace = &trace};
    struct udp_socket socket;
    char error[UDP_ERROR_SIZE];

    (void)state;
    assert_false(udp_adopt_server(open("/dev/null", O_RDONLY), &options, &socket, error));
    assert_string_equal(error, "it is not a socket");
    assert_int_equal(record.calls[0].kind, CALL_GETSOCKOPT);
    assert_int_equal(record.calls[0].error, ENOTSOCK);
    assert_int_equal(record.calls[0].value, 0);
}

static void without_a_trace_nothing_is_told(void **state)
{
    const struct endpoint local = loopback(0);
    const struct udp_options options = {.trace = NULL};
    struct udp_socket socket;
    char error[UDP_ERROR_SIZE];

    (void)state;
    assert_true(udp_open_server(&local, &options, &socket, error));
    assert_null(socket.trace);
    udp_close(&socket);
}

/* ---- batches */

struct pair {
    struct udp_socket server, client;
    struct call_trace server_trace, client_trace;
    struct record server_calls, client_calls;
    struct batch_receiver *receiver;
    struct batch_sender *sender;
};

static void open_pair(struct pair *pair)
{
    char error[UDP_ERROR_SIZE];

    open_server(&pair->server_calls, &pair->server_trace, &pair->server);
    pair->client_calls.count = 0;
    pair->client_trace = (struct call_trace){.note = note, .context = &pair->client_calls};
    const struct udp_options options = {.error_queue = true, .trace = &pair->client_trace};
    assert_true(udp_open_client(&pair->server.local, NULL, true, &options, &pair->client, error));
    pair->receiver = batch_receiver_open(SLOTS, 2048);
    pair->sender = batch_sender_open(SLOTS);
    assert_non_null(pair->receiver);
    assert_non_null(pair->sender);
}

static void close_pair(struct pair *pair)
{
    batch_receiver_close(pair->receiver);
    batch_sender_close(pair->sender);
    udp_close(&pair->client);
    udp_close(&pair->server);
}

/* The records since the mark, summed over calls that worked. */
static struct call sum_since(const struct record *record, size_t mark)
{
    struct call sum = {.result = 0};

    for (size_t i = mark; i < record->count; i++) {
        const struct call *call = &record->calls[i];
        assert_true(call_carries(call));
        sum.datagrams += call->datagrams;
        sum.bytes += call->bytes;
    }
    return sum;
}

static struct batch_item item_of(const char *text, const struct endpoint *peer)
{
    size_t size = strlen(text);

    return (struct batch_item){.peer = *peer,
                               .bytes = (const uint8_t *)text,
                               .size_bytes = size,
                               .segment_bytes = (uint16_t)size,
                               .count = 1};
}

static void a_batch_is_told_with_what_it_moved(void **state)
{
    const struct datagram *datagrams;
    struct pair pair;
    uint16_t sent[3];
    int results[3], received = 0;

    (void)state;
    open_pair(&pair);
    size_t mark = pair.client_calls.count, server_mark = pair.server_calls.count;
    const struct batch_item items[] = {item_of("a", &pair.server.local),
                                       item_of("bcd", &pair.server.local),
                                       item_of("", &pair.server.local)};
    batch_send(pair.sender, &pair.client, items, 3, sent, results);
    struct call sum = sum_since(&pair.client_calls, mark);
    assert_int_equal(sum.datagrams, 3);
    assert_int_equal(sum.bytes, 4);
    assert_true(endpoint_equal(&last(&pair.client_calls)->peer, &pair.server.local));
    while (received < 3) {
        await_readable(pair.server.fd);
        int taken = batch_receive(pair.receiver, &pair.server, SLOTS, &datagrams);
        assert_true(taken > 0);
        assert_int_equal(last(&pair.server_calls)->datagrams, taken);
        assert_true(endpoint_equal(&last(&pair.server_calls)->peer, &pair.client.local));
        received += taken;
    }
    sum = sum_since(&pair.server_calls, server_mark);
    assert_int_equal(sum.datagrams, 3);
    assert_int_equal(sum.bytes, 4);
    close_pair(&pair);
}

static void nothing_there_is_told_as_eagain(void **state)
{
    const struct datagram *datagrams;
    struct pair pair;

    (void)state;
    open_pair(&pair);
    assert_int_equal(batch_receive(pair.receiver, &pair.server, SLOTS, &datagrams), 0);
    assert_int_equal(last(&pair.server_calls)->result, -1);
    assert_int_equal(last(&pair.server_calls)->error, EAGAIN);
    assert_int_equal(last(&pair.server_calls)->datagrams, 0);
    close_pair(&pair);
}

/* The kernel takes what stands before the refused item, then refuses it, then takes the rest. */
static void a_batch_that_is_resumed_is_several_calls(void **state)
{
    struct pair pair;
    uint16_t sent[3];
    int results[3];

    (void)state;
    open_pair(&pair);
    const struct endpoint nowhere = loopback(0);
    const struct batch_item items[] = {item_of("a", &pair.client.local), item_of("b", &nowhere),
                                       item_of("c", &pair.client.local)};
    size_t mark = pair.server_calls.count;
    batch_send(pair.sender, &pair.server, items, 3, sent, results);
    assert_int_equal(results[0], 0);
    assert_int_equal(results[1], EINVAL);
    assert_int_equal(results[2], 0);
    const struct call *calls = &pair.server_calls.calls[mark];
    assert_int_equal(pair.server_calls.count - mark, 3);
    assert_int_equal(calls[0].result, 1);
    assert_int_equal(calls[1].result, -1);
    assert_int_equal(calls[1].error, EINVAL);
    assert_int_equal(calls[1].datagrams, 0);
    assert_int_equal(calls[2].result, 1);
    if (calls[0].kind == CALL_SENDMMSG) {
        assert_int_equal(calls[0].wanted, 3);
        assert_int_equal(calls[1].wanted, 2);
        assert_int_equal(calls[2].wanted, 1);
    }
    close_pair(&pair);
}

static void a_refusal_is_told_by_the_error_queue(void **state)
{
    struct endpoint target;
    struct icmp_error icmp;
    struct pair pair;
    uint16_t sent;
    int result;

    (void)state;
    open_pair(&pair);
    target = pair.server.local;
    udp_close(&pair.server);
    const struct batch_item item = item_of("hello", &target);
    batch_send(pair.sender, &pair.client, &item, 1, &sent, &result);
    assert_int_equal(result, 0);
    await_error(pair.client.fd);
    assert_true(icmp_receive(&pair.client, &icmp));
    const struct call *call = last(&pair.client_calls);
    assert_int_equal(call->kind, CALL_RECVMSG);
    assert_int_equal(call->value, MSG_DONTWAIT | MSG_ERRQUEUE);
    assert_int_equal(call->name, ECONNREFUSED);
    assert_int_equal(call->result, 5);
    assert_false(call_carries(call));
    assert_true(endpoint_equal(&call->peer, &target));
    assert_false(icmp_receive(&pair.client, &icmp));
    assert_int_equal(last(&pair.client_calls)->error, EAGAIN);
    close_pair(&pair);
}

static void what_waits_and_what_was_dropped_is_told(void **state)
{
    struct pair pair;
    uint32_t waiting = 0;

    (void)state;
    open_pair(&pair);
    assert_int_equal(send(pair.client.fd, "hello", 5, 0), 5);
    await_readable(pair.server.fd);
    assert_true(udp_queue_info(&pair.server, NULL, &waiting));
    assert_int_equal(last(&pair.server_calls)->kind, CALL_GETSOCKOPT);
    assert_int_equal(last(&pair.server_calls)->bytes, waiting);
    assert_true(waiting > 0);
    assert_int_equal(last(&pair.server_calls)->value, 0);
    close_pair(&pair);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(opening_is_told_from_socket_to_getsockname),
    cmocka_unit_test(every_option_is_of_the_sockets_family),
    cmocka_unit_test(a_call_that_fails_is_told_with_its_errno),
    cmocka_unit_test(an_option_that_cannot_be_read_has_no_value),
    cmocka_unit_test(without_a_trace_nothing_is_told),
    cmocka_unit_test(a_batch_is_told_with_what_it_moved),
    cmocka_unit_test(nothing_there_is_told_as_eagain),
    cmocka_unit_test(a_batch_that_is_resumed_is_several_calls),
    cmocka_unit_test(a_refusal_is_told_by_the_error_queue),
    cmocka_unit_test(what_waits_and_what_was_dropped_is_told),
};

const struct suite suite_trace = {
    .name = "trace", .tests = tests, .count = sizeof tests / sizeof *tests};
