/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* answer: a policy that finishes its replies right before they are sent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <poll.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "../await.h"
#include "../suite.h"

#include "../../../src/server/answer_internal.h"
#include "udptui/net/udp.h"
#include "udptui/sys/clock.h"

enum { REPLY_BYTES = 8 };

struct fixture {
    struct udp_socket server, client;
    struct peers *peers;
    struct guard *guard;
    struct answer *answer;
};

static size_t render_zeros(const struct ack_policy *policy, const struct ack_context *context,
                           uint8_t *out, size_t size_bytes, bool *cut)
{
    (void)policy;
    (void)context;
    assert_true(size_bytes >= REPLY_BYTES);
    *cut = false;
    memset(out, 0, REPLY_BYTES);
    return REPLY_BYTES;
}

static void write_time(uint8_t *reply, size_t size_bytes, int64_t wall_ns)
{
    assert_int_equal(size_bytes, sizeof wall_ns);
    memcpy(reply, &wall_ns, sizeof wall_ns);
}

static const struct ack_row timed = {
    .source = ACK_FROM_RENDER, .render = render_zeros, .finish_at_send = write_time};

static void open_fixture(struct fixture *fixture)
{
    const struct udp_options options = {.receive_buffer_bytes = 1 << 20};
    struct endpoint any = {.family = ENDPOINT_IPV4, .address = {127, 0, 0, 1}};
    struct guard_config guard = {.scope = GUARD_LIMIT_NONE};
    struct ack_policy policy = {.row = &timed};
    struct hash_key key = {0};
    char error[UDP_ERROR_SIZE];

    assert_true(udp_open_server(&any, &options, &fixture->server, error));
    assert_true(
        udp_open_client(&fixture->server.local, NULL, true, &options, &fixture->client, error));
    fixture->peers = peers_open(16, NULL, &key);
    fixture->guard = guard_open(&guard, &(struct source_rules){.own = NULL}, NULL);
    fixture->answer = calloc(1, sizeof *fixture->answer);
    assert_true(answer_open(fixture->answer, &policy, NULL, fixture->peers, fixture->guard, false));
}

static void close_fixture(struct fixture *fixture)
{
    answer_close(fixture->answer);
    free(fixture->answer);
    guard_close(fixture->guard);
    peers_close(fixture->peers);
    udp_close(&fixture->client);
    udp_close(&fixture->server);
}

static struct datagram request_of(const struct fixture *fixture)
{
    return (struct datagram){.peer = fixture->client.local,
                             .local = fixture->server.local,
                             .source = fixture->server.local,
                             .bytes = (const uint8_t *)"12345678",
                             .size_bytes = 8,
                             .segment_bytes = 8};
}

static int64_t receive_time(const struct fixture *fixture)
{
    int64_t wall_ns = 0;

    await_readable(fixture->client.fd);
    assert_int_equal(recv(fixture->client.fd, &wall_ns, sizeof wall_ns, 0), REPLY_BYTES);
    return wall_ns;
}

static void a_reply_is_finished_when_it_is_sent(void **state)
{
    struct fixture fixture = {.peers = NULL};

    (void)state;
    open_fixture(&fixture);
    struct datagram request = request_of(&fixture);
    assert_int_equal(answer_add(fixture.answer, &request, 0, 0, clock_monotonic_ns()), 1);
    assert_int_equal(fixture.answer->items[0].size_bytes, REPLY_BYTES);
    int64_t before_ns = clock_wall_ns(); /* after the reply was rendered */
    answer_send(fixture.answer, &fixture.server);
    assert_in_range(receive_time(&fixture), before_ns, clock_wall_ns());
    close_fixture(&fixture);
}

static void a_reply_to_the_simulated_network_is_finished_when_it_is_written(void **state)
{
    struct fixture fixture = {.peers = NULL};
    struct verdict verdict;
    static uint8_t out[1 << 16];
    int64_t written_ns;

    (void)state;
    open_fixture(&fixture);
    struct datagram request = request_of(&fixture);
    verdict = answer_judge(fixture.answer, &request, 1, false, clock_monotonic_ns());
    assert_int_equal(verdict.status, ACK_SENT);
    int64_t before_ns = clock_wall_ns();
    assert_int_equal(answer_write(fixture.answer, &request, 1, &verdict, out), REPLY_BYTES);
    memcpy(&written_ns, out, sizeof written_ns);
    assert_in_range(written_ns, before_ns, clock_wall_ns());
    close_fixture(&fixture);
}

/* Clients that send to more addresses than are kept: the socket is still the one that they use, and
 * the kernel chooses the source. */
static void more_addresses_than_are_kept(void **state)
{
    enum { LOCALS = ANSWER_LOCALS_MAX + 2, SOCKET = 3 };
    struct fixture fixture = {.peers = NULL};
    bool loop;

    (void)state;
    open_fixture(&fixture);
    for (int i = 0; i < LOCALS; i++) {
        struct datagram request = request_of(&fixture);
        request.source.address[2] = (uint8_t)(i / 256);
        request.source.address[3] = (uint8_t)i;
        size_t socket = i < ANSWER_LOCALS_MAX ? (size_t)i % 2 : SOCKET;
        struct peer_handle peer = answer_peer(fixture.answer, &request, socket, 1, &loop);
        uint16_t local = peers_at(fixture.peers, peer.slot)->local;
        struct endpoint source = answer_local_source(fixture.answer, local);
        assert_int_equal(answer_local_socket(fixture.answer, local), socket);
        if (i < ANSWER_LOCALS_MAX)
            assert_true(endpoint_equal(&source, &request.source));
        else
            assert_int_equal(source.family, ENDPOINT_NONE);
    }
    close_fixture(&fixture);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_reply_is_finished_when_it_is_sent),
    cmocka_unit_test(more_addresses_than_are_kept),
    cmocka_unit_test(a_reply_to_the_simulated_network_is_finished_when_it_is_written),
};

const struct suite suite_answer = {
    .name = "answer", .tests = tests, .count = sizeof tests / sizeof *tests};
