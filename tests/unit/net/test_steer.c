/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* steer: the kernel's choice beside ours, on loopback; extension headers and fragments are in
 * tests/net/steer.py. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/base/array.h"
#include "udptui/net/steer.h"
#include "udptui/net/udp.h"

enum { CLIENTS = 200 };

static const struct endpoint any_ipv4 = {.family = ENDPOINT_IPV4};
static const struct endpoint any_ipv6 = {.family = ENDPOINT_IPV6};
static const struct endpoint loopback_ipv4 = {.family = ENDPOINT_IPV4, .address = {127, 0, 0, 1}};
static const struct endpoint loopback_ipv6 = {.family = ENDPOINT_IPV6, .address = {[15] = 1}};

static struct udp_socket open_server(const struct endpoint *local, bool hold)
{
    const struct udp_options options = {.dual_stack = true, .reuse_port = true, .hold = hold};
    struct udp_socket socket;
    char error[UDP_ERROR_SIZE];

    if (!udp_open_server(local, &options, &socket, error))
        fail_msg("%s", error);
    return socket;
}

static void open_group(struct udp_socket *sockets, const struct steer *steer,
                       const struct endpoint *local)
{
    struct endpoint wanted = *local;

    for (size_t i = 0; i < steer->threads; i++) {
        sockets[i] = open_server(&wanted, true);
        wanted.port = sockets[i].local.port;
    }
    if (!steer_attach(&sockets[0], steer))
        skip();
    for (size_t i = 0; i < steer->threads; i++)
        assert_true(steer_release(&sockets[i]));
}

static void close_group(struct udp_socket *sockets, size_t count)
{
    for (size_t i = 0; i < count; i++)
        udp_close(&sockets[i]);
}

/* Which of them has a datagram; one alone has. */
static size_t reader_of(const struct udp_socket *sockets, size_t count)
{
    size_t reader = count;
    char byte;

    for (size_t i = 0; i < count; i++)
        if (recv(sockets[i].fd, &byte, 1, MSG_DONTWAIT) == 1) {
            assert_int_equal(reader, count);
            reader = i;
        }
    assert_true(reader < count);
    return reader;
}

static void ask_from_a_new_client(const struct udp_socket *sockets, const struct steer *steer,
                                  const struct endpoint *host)
{
    struct endpoint to = *host;
    struct udp_socket client;
    char error[UDP_ERROR_SIZE];

    to.port = sockets[0].local.port;
    if (!udp_open_client(&to, host, true, &(struct udp_options){.gro = false}, &client, error))
        fail_msg("%s", error);
    assert_int_equal(send(client.fd, "x", 1, 0), 1);
    assert_int_equal(reader_of(sockets, steer->threads), steer_thread(steer, &client.local));
    udp_close(&client);
}

static void the_kernel_chooses(const struct endpoint *local, const struct endpoint *host)
{
    static const size_t threads[] = {2, 3, 16};
    struct udp_socket sockets[16];

    for (size_t i = 0; i < COUNT_OF(threads); i++) {
        struct steer steer;
        steer_open(&steer, threads[i]);
        open_group(sockets, &steer, local);
        for (size_t j = 0; j < CLIENTS; j++)
            ask_from_a_new_client(sockets, &steer, host);
        close_group(sockets, threads[i]);
    }
}

static bool has_ipv6(void)
{
    return access("/proc/net/if_inet6", F_OK) == 0;
}

static void as_we_say_with_ipv4(void **state)
{
    (void)state;
    the_kernel_chooses(&any_ipv4, &loopback_ipv4);
    the_kernel_chooses(&loopback_ipv4, &loopback_ipv4);
}

static void as_we_say_with_ipv6(void **state)
{
    (void)state;
    if (!has_ipv6())
        skip();
    the_kernel_chooses(&any_ipv6, &loopback_ipv6);
    the_kernel_chooses(&loopback_ipv6, &loopback_ipv6);
}

static void as_we_say_with_ipv4_on_an_ipv6_socket(void **state)
{
    (void)state;
    if (!has_ipv6())
        skip();
    the_kernel_chooses(&any_ipv6, &loopback_ipv4);
}

/* ---- the choice */

/* Successive ports of one host, and hosts with the same port. */
static struct endpoint client_number(uint32_t number, int kind)
{
    struct endpoint client = {.family = kind == 2 ? ENDPOINT_IPV6 : ENDPOINT_IPV4, .port = 4010};

    if (kind == 0)
        client.port = (uint16_t)(1024 + number);
    client.address[kind == 2 ? 15 : 3] = (uint8_t)number;
    client.address[kind == 2 ? 14 : 2] = (uint8_t)(number >> 8);
    return client;
}

/* Adds to what each of the threads got those of so many successive clients that a new key gives it. */
static void deal_out(size_t threads, uint32_t count, int kind, size_t *got)
{
    struct steer steer;

    steer_open(&steer, threads);
    for (uint32_t i = 0; i < count; i++) {
        const struct endpoint client = client_number(i, kind);
        got[steer_thread(&steer, &client)]++;
    }
}

/* With random factors a share is seldom far off; none may be half of what is fair in the mean of
 * 64 keys. */
static void each_thread_gets_its_share(void **state)
{
    enum { THREADS = 8, EACH = 512, KEYS = 64 };

    (void)state;
    for (int kind = 0; kind < 3; kind++) {
        size_t got[THREADS] = {0};
        for (size_t key = 0; key < KEYS; key++)
            deal_out(THREADS, EACH, kind, got);
        for (size_t i = 0; i < THREADS; i++)
            assert_in_range(got[i], KEYS * EACH / THREADS / 2, KEYS * EACH / THREADS * 2);
    }
}

/* With each key: by chance a thread had none of 64 clients once in 10^7 keys. */
static void no_thread_goes_without(void **state)
{
    enum { THREADS = 4, EACH = 64, KEYS = 200 };

    (void)state;
    for (int kind = 0; kind < 3; kind++)
        for (size_t key = 0; key < KEYS; key++) {
            size_t got[THREADS] = {0};
            deal_out(THREADS, EACH, kind, got);
            for (size_t i = 0; i < THREADS; i++)
                assert_int_not_equal(got[i], 0);
        }
}

static void one_thread_gets_all(void **state)
{
    struct steer steer;

    (void)state;
    steer_open(&steer, 1);
    for (uint32_t i = 0; i < 1000; i++) {
        const struct endpoint client = client_number(i, (int)(i % 3));
        assert_int_equal(steer_thread(&steer, &client), 0);
    }
}

static void of_copies_one_thread_takes_one(void **state)
{
    struct steer steer;

    (void)state;
    steer_open(&steer, 4);
    for (uint32_t i = 0; i < 100; i++) {
        const struct endpoint client = client_number(i, 0);
        int steered = 0, first = 0;
        for (uint8_t thread = 0; thread < 4; thread++) {
            steered +=
                steer_takes(&(struct udp_socket){.thread = thread, .steer = &steer}, &client);
            first += steer_takes(&(struct udp_socket){.thread = thread}, &client) ? 1 + thread : 0;
        }
        assert_int_equal(steered, 1);
        assert_int_equal(first, 1);
    }
}

/* ---- until all are bound */

static void what_comes_while_it_is_held_is_dropped_and_counted(void **state)
{
    struct udp_socket server = open_server(&loopback_ipv4, true), client;
    uint64_t dropped;
    char error[UDP_ERROR_SIZE], byte;

    (void)state;
    assert_true(udp_open_client(&server.local, NULL, true, &(struct udp_options){.gro = false},
                                &client, error));
    for (int i = 0; i < 3; i++)
        assert_int_equal(send(client.fd, "x", 1, 0), 1);
    assert_int_equal(recv(server.fd, &byte, 1, MSG_DONTWAIT), -1);
    assert_true(steer_release(&server));
    assert_true(steer_release(&server)); /* which was not held */
    assert_int_equal(send(client.fd, "y", 1, 0), 1);
    assert_int_equal(recv(server.fd, &byte, 1, MSG_DONTWAIT), 1);
    assert_int_equal(byte, 'y');
    if (udp_queue_info(&server, &dropped, NULL))
        assert_int_equal(dropped, 3);
    udp_close(&client);
    udp_close(&server);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(as_we_say_with_ipv4),
    cmocka_unit_test(as_we_say_with_ipv6),
    cmocka_unit_test(as_we_say_with_ipv4_on_an_ipv6_socket),
    cmocka_unit_test(each_thread_gets_its_share),
    cmocka_unit_test(no_thread_goes_without),
    cmocka_unit_test(one_thread_gets_all),
    cmocka_unit_test(of_copies_one_thread_takes_one),
    cmocka_unit_test(what_comes_while_it_is_held_is_dropped_and_counted),
};

const struct suite suite_steer = {
    .name = "steer", .tests = tests, .count = sizeof tests / sizeof *tests};
