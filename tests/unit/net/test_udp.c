/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* udp: sockets on loopback: how they are opened, and the queries about them. */
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

#include "udptui/net/udp.h"

enum { SIZE_BYTES = 1000, DATAGRAMS_MAX = 1000 };

static const struct endpoint loopback = {.family = ENDPOINT_IPV4, .address = {127, 0, 0, 1}};
/* Of a net for documentation (RFC 5737): no machine has it. */
static const struct endpoint foreign = {.family = ENDPOINT_IPV4, .address = {192, 0, 2, 1}};

static int option_of(const struct udp_socket *socket, int level, int name)
{
    int value = -1;
    socklen_t size = sizeof value;

    assert_int_equal(getsockopt(socket->fd, level, name, &value, &size), 0);
    return value;
}

static void a_server_gets_what_was_asked_for(void **state)
{
    const struct udp_options options = {.receive_buffer_bytes = 100000, .unicast_hop_limit = 63};
    struct udp_socket socket;
    char error[UDP_ERROR_SIZE];

    (void)state;
    assert_true(udp_open_server(&loopback, &options, &socket, error));
    assert_int_not_equal(socket.local.port, 0);
    assert_true(endpoint_same_address(&socket.local, &loopback));
    assert_true(socket.ipv4);
    assert_int_equal(socket.receive_buffer_bytes, 200000); /* socket(7): doubled */
    assert_int_equal(option_of(&socket, IPPROTO_IP, IP_TTL), 63);
    assert_int_equal(option_of(&socket, IPPROTO_IP, IP_MULTICAST_ALL), 0);
    udp_close(&socket);
    assert_true(socket.fd < 0);
    udp_close(&socket); /* again: nothing happens */
}

static void what_is_not_asked_for_stays(void **state)
{
    struct udp_socket socket;
    char error[UDP_ERROR_SIZE];

    (void)state;
    assert_true(udp_open_server(&loopback, &(struct udp_options){.gro = false}, &socket, error));
    assert_int_equal(option_of(&socket, SOL_SOCKET, SO_BROADCAST), 0);
    assert_int_equal(option_of(&socket, SOL_SOCKET, SO_REUSEPORT), 0);
    assert_int_equal(option_of(&socket, SOL_SOCKET, SO_REUSEADDR), 0);
    assert_int_equal(option_of(&socket, IPPROTO_IP, IP_RECVERR), 0);
    udp_close(&socket);
}

static void an_interface_that_is_not_there(void **state)
{
    const struct udp_options options = {.interface = "nosuchif"};
    struct udp_socket socket;
    char error[UDP_ERROR_SIZE];

    (void)state;
    assert_false(udp_open_client(&loopback, NULL, false, &options, &socket, error));
    assert_non_null(strstr(error, "there is no such interface"));
    assert_true(socket.fd < 0);
}

/* A port is shared if all its owners allow it. */
static void shared_ports(void **state)
{
    const struct udp_options alone = {.gro = false}, sharing = {.share_port = true};
    struct udp_socket first, second;
    char error[UDP_ERROR_SIZE];

    (void)state;
    assert_true(udp_open_server(&loopback, &alone, &first, error));
    struct endpoint taken = first.local;
    assert_false(udp_open_server(&taken, &sharing, &second, error));
    assert_non_null(strstr(error, "a program that does not share it"));
    udp_close(&first);
    assert_true(udp_open_server(&loopback, &sharing, &first, error));
    taken = first.local;
    assert_false(udp_open_server(&taken, &alone, &second, error));
    assert_non_null(strstr(error, "--reuse"));
    assert_true(udp_open_server(&taken, &sharing, &second, error));
    udp_close(&second);
    udp_close(&first);
}

static void our_addresses(void **state)
{
    (void)state;
    assert_true(udp_is_ours(&loopback));
    assert_false(udp_is_ours(&foreign));
}

static void the_source_that_the_routes_choose(void **state)
{
    const struct udp_options options = {.gro = false};
    struct endpoint peer = loopback, source;
    char error[UDP_ERROR_SIZE];

    (void)state;
    peer.port = 9;
    assert_true(udp_find_source(&peer, NULL, &options, &source, error));
    assert_true(endpoint_same_address(&source, &loopback));
    assert_int_equal(source.port, 0);
    assert_false(udp_find_source(&peer, &foreign, &options, &source, error));
    assert_non_null(strstr(error, "192.0.2.1"));
    assert_non_null(strstr(error, "not an address of this machine"));
}

/* What waits in the queue is counted, and so is what found no room in it. */
static void the_receive_queue(void **state)
{
    const struct udp_options small = {.receive_buffer_bytes = 4096}, plain = {.gro = false};
    struct udp_socket server, client;
    char error[UDP_ERROR_SIZE], payload[SIZE_BYTES] = {0};
    uint64_t dropped;
    uint32_t waiting;
    int sent;

    (void)state;
    assert_true(udp_open_server(&loopback, &small, &server, error));
    assert_true(udp_open_client(&server.local, NULL, true, &plain, &client, error));
    if (!udp_queue_info(&server, &dropped, &waiting))
        skip(); /* a kernel without SO_MEMINFO */
    assert_int_equal(dropped, 0);
    assert_int_equal(waiting, 0);
    for (sent = 0; sent < DATAGRAMS_MAX && dropped == 0; sent++) {
        assert_int_equal(send(client.fd, payload, sizeof payload, 0), sizeof payload);
        assert_true(udp_queue_info(&server, &dropped, &waiting));
    }
    assert_int_equal(dropped, 1);
    assert_true(waiting >= (uint32_t)(sent - 1) * SIZE_BYTES);
    udp_close(&client);
    udp_close(&server);
}

static void the_path_mtu_of_loopback(void **state)
{
    struct udp_socket client;
    struct endpoint peer = loopback;
    char error[UDP_ERROR_SIZE];

    (void)state;
    peer.port = 9;
    assert_true(
        udp_open_client(&peer, NULL, false, &(struct udp_options){.gro = false}, &client, error));
    assert_true(udp_path_mtu(&client, &peer) >= 1280);
    udp_close(&client);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_server_gets_what_was_asked_for),
    cmocka_unit_test(what_is_not_asked_for_stays),
    cmocka_unit_test(an_interface_that_is_not_there),
    cmocka_unit_test(shared_ports),
    cmocka_unit_test(our_addresses),
    cmocka_unit_test(the_source_that_the_routes_choose),
    cmocka_unit_test(the_receive_queue),
    cmocka_unit_test(the_path_mtu_of_loopback),
};

const struct suite suite_udp = {
    .name = "udp", .tests = tests, .count = sizeof tests / sizeof *tests};
