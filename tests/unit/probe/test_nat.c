/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* nat: a STUN server in the hands of the test, and servers of other kinds. */
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <arpa/inet.h>

#include <cmocka.h>

#include "../suite.h"
#include "target.h"

#include "udptui/base/units.h"
#include "udptui/probe/nat.h"
#include "udptui/proto/stun.h"
#include "udptui/sys/clock.h"

static const int64_t timeout_ns = 4 * UNITS_NS_PER_S, patience_ns = 20 * UNITS_NS_PER_S;
static const int64_t again_ns = 500 * UNITS_NS_PER_MS; /* a request is sent again after so long */

/* What the server does with the request of this number, from 0 on. */
typedef void nat_server(struct target *target, int number);

static struct nat_result run_nat(struct target *target, nat_server *serve, int *requests)
{
    const struct trial_config config = {.target = target->address, .timeout_ns = timeout_ns};
    int64_t end_ns = clock_monotonic_ns() + patience_ns;
    char error[TRIAL_ERROR_SIZE];
    struct nat *nat = nat_open(&config, error);
    struct nat_result result;

    assert_non_null(nat);
    *requests = 0;
    while (!nat_turn(nat)) {
        assert_true(clock_monotonic_ns() < end_ns);
        while (target_take(target))
            serve(target, (*requests)++);
        poll(&(struct pollfd){.fd = nat_fd(nat), .events = POLLIN}, 1, 5);
    }
    result = *nat_result(nat);
    nat_close(nat);
    return result;
}

static struct endpoint requester(const struct target *target)
{
    struct endpoint from = {.family = ENDPOINT_IPV4, .port = ntohs(target->from.sin_port)};

    memcpy(from.address, &target->from.sin_addr, 4);
    return from;
}

static void serve_seen(struct target *target, const struct endpoint *seen)
{
    uint8_t response[STUN_RESPONSE_MAX];

    assert_true(stun_is_request(target->bytes, target->size_bytes));
    target_reply(target, response, stun_write_response(target->bytes, seen, response));
}

static void serve_truth(struct target *target, int number)
{
    struct endpoint seen = requester(target);

    (void)number;
    serve_seen(target, &seen);
}

static void what_we_sent_from_is_seen(void **state)
{
    int64_t began_ns = clock_monotonic_ns();
    struct target target;
    int requests;

    (void)state;
    target_open(&target);
    const struct nat_result result = run_nat(&target, serve_truth, &requests);
    assert_int_equal(result.answer, NAT_SEEN);
    assert_true(endpoint_equal(&result.seen, &result.source));
    assert_true(requests == 1 || clock_monotonic_ns() - began_ns >= again_ns);
    target_close(&target);
}

/* To the first request nothing, to the second the truth of a NAT, with the first one's id. */
static void serve_second(struct target *target, int number)
{
    static const struct endpoint seen = {
        .family = ENDPOINT_IPV4, .address = {192, 0, 2, 1}, .port = 1};

    if (number == 1)
        serve_seen(target, &seen);
}

static void a_lost_request_is_sent_again(void **state)
{
    int64_t began_ns = clock_monotonic_ns();
    struct target target;
    int requests;

    (void)state;
    target_open(&target);
    const struct nat_result result = run_nat(&target, serve_second, &requests);
    assert_int_equal(result.answer, NAT_SEEN);
    assert_int_equal(result.seen.port, 1);
    assert_int_equal(requests, 2);
    assert_true(clock_monotonic_ns() - began_ns >= again_ns);
    target_close(&target);
}

/* First a reply that is none, and a response to another request: what is right comes last. */
static void serve_noise(struct target *target, int number)
{
    struct endpoint seen = requester(target);
    uint8_t response[STUN_RESPONSE_MAX];
    size_t length = stun_write_response(target->bytes, &seen, response);

    (void)number;
    response[STUN_REQUEST_BYTES - 1] ^= 1; /* of the id */
    target_reply(target, "Message received", 16);
    target_reply(target, response, length);
    target_reply(target, "", 0);
    serve_seen(target, &seen);
}

static void the_right_response_counts_after_others(void **state)
{
    struct target target;
    int requests;

    (void)state;
    target_open(&target);
    assert_int_equal(run_nat(&target, serve_noise, &requests).answer, NAT_SEEN);
    target_close(&target);
}

static void serve_text(struct target *target, int number)
{
    (void)number;
    target_reply(target, "Message received", 16);
}

static void another_kind_of_server_is_not_asked_again(void **state)
{
    int64_t began_ns = clock_monotonic_ns();
    struct target target;
    int requests;

    (void)state;
    target_open(&target);
    assert_int_equal(run_nat(&target, serve_text, &requests).answer, NAT_FOREIGN);
    assert_true(requests == 1 || clock_monotonic_ns() - began_ns >= again_ns);
    target_close(&target);
}

static void serve_error(struct target *target, int number)
{
    static const uint8_t unauthorised[] = {0, 9, 0, 4, 0, 0, 4, 1};
    uint8_t response[STUN_REQUEST_BYTES + sizeof unauthorised];

    (void)number;
    memcpy(response, target->bytes, STUN_REQUEST_BYTES);
    response[0] = 1; /* 0x0111: an error response */
    response[1] = 0x11;
    response[3] = sizeof unauthorised;
    memcpy(response + STUN_REQUEST_BYTES, unauthorised, sizeof unauthorised);
    target_reply(target, response, sizeof response);
}

static void a_refusal_has_its_code(void **state)
{
    struct target target;
    int requests;

    (void)state;
    target_open(&target);
    const struct nat_result result = run_nat(&target, serve_error, &requests);
    assert_int_equal(result.answer, NAT_ERROR);
    assert_int_equal(result.error_code, 401);
    target_close(&target);
}

static void a_closed_port_fails_at_once(void **state)
{
    struct target target;
    int requests;

    (void)state;
    target_open(&target);
    target_close(&target);
    target.fd = -1;
    const struct nat_result result = run_nat(&target, serve_text, &requests);
    assert_int_equal(result.answer, NAT_FAILED);
    assert_non_null(strstr(result.why, "port unreachable"));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(what_we_sent_from_is_seen),
    cmocka_unit_test(a_lost_request_is_sent_again),
    cmocka_unit_test(the_right_response_counts_after_others),
    cmocka_unit_test(another_kind_of_server_is_not_asked_again),
    cmocka_unit_test(a_refusal_has_its_code),
    cmocka_unit_test(a_closed_port_fails_at_once),
};

const struct suite suite_nat = {
    .name = "nat", .tests = tests, .count = sizeof tests / sizeof *tests};
