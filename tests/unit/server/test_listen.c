/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* listen: real sockets on loopback, on ports that the kernel gives; what is refused before a socket
 * is opened names ports of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <dirent.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/proto/socket_numbers.h"
#include "udptui/server/listen.h"

enum { TRIES = 50 };

struct fixture {
    struct server_options options;
    struct listening listening;
    struct problem problem;
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);

    fixture->options =
        (struct server_options){.batch = 64, .threads = 1, .buffer_bytes = 65536, .no_gro = 1};
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    listen_close(&fixture->listening);
    free(fixture);
    return 0;
}

static bool open_all(struct fixture *fixture, const struct opts_operands *addresses)
{
    return listen_open(&fixture->listening, &fixture->options, NULL, addresses, &fixture->problem);
}

static bool open_on(struct fixture *fixture, const char *address)
{
    const struct opts_operands addresses = {.items = {address}, .count = 1};

    return open_all(fixture, &addresses);
}

/* Refused as a wrong command line (usage) or by the system, in these words. */
static void expect_refused(struct fixture *fixture, const char *address, bool usage,
                           const char *text)
{
    assert_false(open_on(fixture, address));
    assert_string_equal(fixture->problem.text, text);
    assert_int_equal(fixture->problem.usage, usage);
    listen_close(&fixture->listening);
}

static int count_descriptors(void)
{
    DIR *directory = opendir("/proc/self/fd");
    int count = 0;

    assert_non_null(directory);
    while (readdir(directory) != NULL)
        count++;
    closedir(directory);
    return count;
}

static bool has_ipv6(void)
{
    const struct endpoint local = {.family = ENDPOINT_IPV6, .address = {[15] = 1}};

    return udp_is_ours(&local);
}

/* ---- addresses and ports */

static void one_address(void **state)
{
    struct fixture *fixture = *state;
    char text[ENDPOINT_TEXT_SIZE], wanted[ENDPOINT_TEXT_SIZE];

    assert_true(open_on(fixture, "127.0.0.1:0"));
    assert_int_equal(fixture->listening.socket_count, 1);
    const struct udp_socket *socket = &fixture->listening.sockets[0][0];
    assert_true(socket->fd >= 0);
    assert_int_not_equal(socket->local.port, 0);
    snprintf(wanted, sizeof wanted, "127.0.0.1:%u", socket->local.port);
    assert_string_equal(listen_format_address(&fixture->listening, 0, text, sizeof text), wanted);
}

static void every_address_takes_both_families(void **state)
{
    struct fixture *fixture = *state;

    assert_true(open_on(fixture, ":0"));
    assert_int_equal(fixture->listening.socket_count, 1);
    assert_true(fixture->listening.sockets[0][0].ipv4);
    assert_int_equal(fixture->listening.sockets[0][0].local.family,
                     has_ipv6() ? ENDPOINT_IPV6 : ENDPOINT_IPV4);
    listen_close(&fixture->listening);
    fixture->options.family = ENDPOINT_IPV4;
    assert_true(open_on(fixture, ":0"));
    assert_int_equal(fixture->listening.sockets[0][0].local.family, ENDPOINT_IPV4);
}

/* A range that is free: three ports from one that the kernel gives. */
static void a_range_of_ports(void **state)
{
    struct fixture *fixture = *state;
    bool opened = false;

    for (int i = 0; i < TRIES && !opened; i++) {
        char range[ENDPOINT_TEXT_SIZE];
        assert_true(open_on(fixture, "127.0.0.1:0"));
        unsigned first = fixture->listening.sockets[0][0].local.port;
        listen_close(&fixture->listening);
        if (first > UINT16_MAX - 2)
            continue;
        snprintf(range, sizeof range, "127.0.0.1:%u-%u", first, first + 2);
        opened = open_on(fixture, range);
        if (!opened)
            listen_close(&fixture->listening);
    }
    assert_true(opened);
    assert_int_equal(fixture->listening.socket_count, 3);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(fixture->listening.sockets[0][i].local.port,
                         fixture->listening.sockets[0][0].local.port + i);
    const struct endpoint *first = listen_first_address(&fixture->listening);
    char text[ENDPOINT_TEXT_SIZE], wanted[ENDPOINT_TEXT_SIZE];
    listen_list_addresses(&fixture->listening, text, sizeof text);
    snprintf(wanted, sizeof wanted, "127.0.0.1:%u-%u", first->port, first->port + 2);
    assert_string_equal(text, wanted);
    assert_true(listen_format_join(&fixture->listening, text, sizeof text));
    snprintf(wanted, sizeof wanted, "127.0.0.1:%u", first->port);
    assert_string_equal(text, wanted);
}

static void more_ports_than_sockets(void **state)
{
    expect_refused(*state, "127.0.0.1:20000-20064", true,
                   "127.0.0.1:20000-20064: too many ports: a server listens on at most 64");
}

static void an_address_and_its_port_apart(void **state)
{
    static const struct opts_operands ipv4 = {.items = {"127.0.0.1", "5000"}, .count = 2};
    static const struct opts_operands ipv6 = {.items = {"::1", "5000"}, .count = 2};
    struct fixture *fixture = *state;

    assert_false(open_all(fixture, &ipv4));
    assert_true(fixture->problem.usage);
    assert_string_equal(fixture->problem.text,
                        "5000: for that port on 127.0.0.1 write 127.0.0.1:5000; for port 5000 on "
                        "every address write :5000");
    assert_false(open_all(fixture, &ipv6));
    assert_string_equal(
        fixture->problem.text,
        "5000: for that port on ::1 write [::1]:5000; for port 5000 on every address write :5000");
}

static void an_address_of_the_other_family(void **state)
{
    struct fixture *fixture = *state;

    fixture->options.family = ENDPOINT_IPV6;
    expect_refused(fixture, "127.0.0.1:0", true,
                   "127.0.0.1:0: is not an IPv6 address, but -6 was given");
}

static void an_address_of_another_machine(void **state)
{
    expect_refused(*state, "192.0.2.1:0", false,
                   "cannot listen on 192.0.2.1: not an address of this machine: 'ip address' lists "
                   "its addresses");
}

/* ---- ports in use, and threads */

static void a_port_in_use(void **state)
{
    struct fixture *fixture = *state;
    const struct endpoint loopback = {.family = ENDPOINT_IPV4, .address = {127, 0, 0, 1}};
    struct udp_socket other;
    char error[UDP_ERROR_SIZE], address[ENDPOINT_TEXT_SIZE], wanted[ENDPOINT_TEXT_SIZE + 64];

    assert_true(udp_open_server(&loopback, &(struct udp_options){.gro = false}, &other, error));
    endpoint_format(&other.local, address, sizeof address);
    snprintf(wanted, sizeof wanted, "cannot listen on %s: the port is in use", address);
    for (int threads = 1; threads <= 2; threads++) {
        fixture->options.threads = threads;
        assert_false(open_on(fixture, address));
        assert_false(fixture->problem.usage);
        assert_memory_equal(fixture->problem.text, wanted, strlen(wanted));
        listen_close(&fixture->listening);
    }
    udp_close(&other);
}

static void each_thread_has_a_socket_on_the_port(void **state)
{
    struct fixture *fixture = *state;
    const struct udp_socket(*sockets)[ENGINE_SOCKETS_MAX] =
        (const struct udp_socket(*)[ENGINE_SOCKETS_MAX])fixture->listening.sockets;

    fixture->options.threads = 3;
    assert_true(open_on(fixture, "127.0.0.1:0"));
    for (int i = 0; i < 3; i++) {
        assert_true(sockets[i][0].fd >= 0);
        assert_int_equal(sockets[i][0].local.port, sockets[0][0].local.port);
        assert_int_equal(sockets[i][0].thread, i);
    }
    assert_true(sockets[3][0].fd < 0);
}

/* Whatever was opened before the failure is closed again. */
static void out_of_descriptors(void **state)
{
    struct fixture *fixture = *state;
    int before = count_descriptors();
    struct rlimit limit, small;

    getrlimit(RLIMIT_NOFILE, &limit);
    small = (struct rlimit){.rlim_cur = (rlim_t)before + 2, .rlim_max = limit.rlim_max};
    fixture->options.threads = SERVER_THREADS_MAX;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &small), 0);
    bool opened = open_on(fixture, "127.0.0.1:0");
    setrlimit(RLIMIT_NOFILE, &limit);
    assert_false(opened);
    assert_false(fixture->problem.usage);
    assert_non_null(strstr(fixture->problem.text, "too many open files"));
    listen_close(&fixture->listening);
    assert_int_equal(count_descriptors(), before);
}

/* ---- socket options */

static void a_slow_server_has_a_small_queue(void **state)
{
    struct fixture *fixture = *state;
    const int *granted = &fixture->listening.sockets[0][0].receive_buffer_bytes;

    assert_true(open_on(fixture, "127.0.0.1:0"));
    int usual = *granted;
    listen_close(&fixture->listening);
    fixture->options.slow_per_s = 10;
    assert_true(open_on(fixture, "127.0.0.1:0"));
    assert_int_equal(*granted, 2 * LISTEN_SLOW_BUFFER_BYTES); /* socket(7): doubled */
    assert_true(usual > *granted);
    listen_close(&fixture->listening);
    fixture->options.receive_buffer_bytes = 100000;
    assert_true(open_on(fixture, "127.0.0.1:0"));
    assert_int_equal(*granted, 200000);
}

/* Whether the kernel hands over several datagrams as one. */
static bool merges(const struct udp_socket *socket)
{
    int on = 0;
    socklen_t size = sizeof on;

    return getsockopt(socket->fd, IPPROTO_UDP, UDP_GRO, &on, &size) == 0 && on != 0;
}

static void segments_only_if_nothing_needs_single_datagrams(void **state)
{
    struct fixture *fixture = *state;
    struct server_options usual = fixture->options;

    usual.no_gro = 0;
    const struct server_options rows[] = {
        usual,
        {.no_gro = 1, .batch = 64, .threads = 1, .buffer_bytes = 65536},
        {.batch = 1, .threads = 1, .buffer_bytes = 65536},
        {.batch = 64, .threads = 1, .buffer_bytes = 1000},
        {.batch = 64, .threads = 1, .buffer_bytes = 65536, .count = 5},
        {.batch = 64, .threads = 1, .buffer_bytes = 65536, .slow_per_s = 5},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        fixture->options = rows[i];
        assert_true(open_on(fixture, "127.0.0.1:0"));
        bool granted = merges(&fixture->listening.sockets[0][0]);
        listen_close(&fixture->listening);
        if (i == 0 && !granted)
            skip(); /* a kernel without UDP_GRO */
        assert_int_equal(granted, i == 0);
    }
}

/* ---- groups */

static void expect_join_refused(struct fixture *fixture, const char *group, const char *address,
                                bool usage, const char *text)
{
    fixture->options.join = (struct opts_list){.items = {group}, .count = 1};
    expect_refused(fixture, address, usage, text);
}

static void groups_that_cannot_be_joined(void **state)
{
    struct fixture *fixture = *state;

    expect_join_refused(fixture, "10.0.0.1", "127.0.0.1:0", true,
                        "--join 10.0.0.1: not a multicast group: use 224.0.0.0/4 or ff00::/8");
    expect_join_refused(
        fixture, "239.1.1.1:5", "127.0.0.1:0", true,
        "--join 239.1.1.1:5: leave out the port: give it with the address to listen on");
    expect_join_refused(fixture, "239.1.1.1%nosuchif", "127.0.0.1:0", true,
                        "--join 239.1.1.1%nosuchif: there is no such interface: 'ip link' lists "
                        "them");
    expect_join_refused(fixture, "239.1.1.1", "127.0.0.1:0", true,
                        "--join 239.1.1.1: a socket on one address of this machine receives no "
                        "multicast: listen on :PORT, which is every address, or on GROUP:PORT");
    expect_join_refused(fixture, "ff05::1", "127.0.0.1:0", true,
                        "--join ff05::1: no socket of the group's address family is open: listen "
                        "on an address of its family");
}

/* The first group is joined, the second is not: nothing stays open. */
static void a_failed_join_closes_everything(void **state)
{
    struct fixture *fixture = *state;
    int before = count_descriptors();

    fixture->options.family = ENDPOINT_IPV4;
    fixture->options.join = (struct opts_list){.items = {"239.1.1.1%lo", "10.0.0.1"}, .count = 2};
    assert_false(open_on(fixture, ":0"));
    assert_int_equal(fixture->listening.groups.count, 1);
    listen_close(&fixture->listening);
    assert_int_equal(count_descriptors(), before);
}

static void a_group_beside_every_address(void **state)
{
    static const struct opts_operands addresses = {.items = {":4010", "239.1.1.1:4010"},
                                                   .count = 2};
    struct fixture *fixture = *state;

    assert_false(open_all(fixture, &addresses));
    assert_true(fixture->problem.usage);
    assert_string_equal(fixture->problem.text,
                        "239.1.1.1:4010: the server listens on every address of that port: use "
                        "--join GROUP for the group");
}

static void a_group_is_joined_on_its_interface(void **state)
{
    struct fixture *fixture = *state;
    struct endpoint group = {.family = ENDPOINT_IPV4, .address = {239, 1, 1, 1}};
    struct endpoint other = {.family = ENDPOINT_IPV4, .address = {239, 1, 1, 2}};

    fixture->options.family = ENDPOINT_IPV4;
    fixture->options.join = (struct opts_list){.items = {"239.1.1.1%lo"}, .count = 1};
    assert_true(open_on(fixture, ":0"));
    assert_int_equal(fixture->listening.groups.count, 1);
    assert_int_equal(fixture->listening.groups.each[0].sockets, 1);
    listen_add_interface(&fixture->listening, &group);
    assert_int_equal(group.scope, if_nametoindex("lo"));
    listen_add_interface(&fixture->listening, &other);
    assert_int_equal(other.scope, 0);
    char text[LISTEN_JOIN_SIZE], wanted[LISTEN_JOIN_SIZE];
    listen_list_addresses(&fixture->listening, text, sizeof text);
    snprintf(wanted, sizeof wanted, "0.0.0.0:%u + 239.1.1.1%%lo",
             listen_first_address(&fixture->listening)->port);
    assert_string_equal(text, wanted);
    assert_int_equal(listen_group_count(&fixture->listening), 1);
    const struct event_membership event = listen_describe_group(&fixture->listening, 0);
    assert_true(event.joined);
    assert_string_equal(event.interface, "lo");
    assert_int_equal(event.group.scope, 0);
    assert_memory_equal(event.group.address, group.address, 4);
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

static const struct CMUnitTest tests[] = {
    CASE(one_address),
    CASE(every_address_takes_both_families),
    CASE(a_range_of_ports),
    CASE(more_ports_than_sockets),
    CASE(an_address_and_its_port_apart),
    CASE(an_address_of_the_other_family),
    CASE(an_address_of_another_machine),
    CASE(a_port_in_use),
    CASE(each_thread_has_a_socket_on_the_port),
    CASE(out_of_descriptors),
    CASE(a_slow_server_has_a_small_queue),
    CASE(segments_only_if_nothing_needs_single_datagrams),
    CASE(groups_that_cannot_be_joined),
    CASE(a_failed_join_closes_everything),
    CASE(a_group_beside_every_address),
    CASE(a_group_is_joined_on_its_interface),
};

const struct suite suite_listen = {
    .name = "listen", .tests = tests, .count = sizeof tests / sizeof *tests};
