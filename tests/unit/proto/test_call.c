/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* call: a record becomes the line that strace(1) would nearly write, and a word what it is for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/proto/call.h"

#define IPV4(a, b, c, d, p)                                                                        \
    {                                                                                              \
        .family = ENDPOINT_IPV4, .address = {a, b, c, d}, .port = p                                \
    }
#define IPV6_ANY(p)                                                                                \
    {                                                                                              \
        .family = ENDPOINT_IPV6, .port = p                                                         \
    }

struct row {
    struct call call;
    bool hidden; /* peers are */
    const char *text, *purpose;
};

static const struct row setup[] = {
    {{.kind = CALL_SOCKET,
      .fd = -1,
      .result = 5,
      .level = AF_INET6,
      .name = SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC},
     .text = "socket(AF_INET6, SOCK_DGRAM|SOCK_CLOEXEC|SOCK_NONBLOCK, 0) = 5",
     .purpose = "creates a socket: SOCK_DGRAM is UDP"},
    {{.kind = CALL_SOCKET,
      .fd = -1,
      .result = -1,
      .error = EAFNOSUPPORT,
      .level = AF_INET6,
      .name = SOCK_DGRAM,
      .value = IPPROTO_UDP},
     .text = "socket(AF_INET6, SOCK_DGRAM, 0x11) = -1 EAFNOSUPPORT",
     .purpose = "this machine has no IPv6"},
    {{.kind = CALL_SETSOCKOPT, .fd = 5, .level = IPPROTO_IPV6, .name = IPV6_V6ONLY, .value = 0},
     .text = "setsockopt(5, SOL_IPV6, IPV6_V6ONLY, 0) = 0",
     .purpose = "0: the IPv6 socket receives IPv4 too; 1: IPv6 only"},
    {{.kind = CALL_SETSOCKOPT, .fd = 5, .level = SOL_SOCKET, .name = SO_RCVBUF, .value = 4194304},
     .text = "setsockopt(5, SOL_SOCKET, SO_RCVBUF, 4194304) = 0",
     .purpose = "size of the receive queue: what does not fit is dropped"},
    {{.kind = CALL_SETSOCKOPT,
      .fd = 5,
      .result = -1,
      .error = ENOPROTOOPT,
      .level = 777,
      .name = 4095,
      .value = 1},
     .text = "setsockopt(5, 0x309, 0xfff, 1) = -1 ENOPROTOOPT",
     .purpose = "sets a socket option"},
    {{.kind = CALL_SETSOCKOPT,
      .fd = 5,
      .result = -1,
      .error = ENODEV,
      .level = IPPROTO_IP,
      .name = MCAST_JOIN_GROUP,
      .peer = IPV4(224, 0, 0, 251, 0)},
     .text = "setsockopt(5, SOL_IP, MCAST_JOIN_GROUP, 224.0.0.251) = -1 ENODEV",
     .purpose = "joins a multicast group: its datagrams arrive here too"},
    {{.kind = CALL_GETSOCKOPT, .fd = 5, .level = SOL_SOCKET, .name = SO_RCVBUF, .value = 425984},
     .text = "getsockopt(5, SOL_SOCKET, SO_RCVBUF) = 0: 425984",
     .purpose = "size of the receive queue: what does not fit is dropped"},
    {{.kind = CALL_GETSOCKOPT,
      .fd = 5,
      .level = SOL_SOCKET,
      .name = SO_MEMINFO,
      .value = 1234,
      .bytes = 212992},
     .text = "getsockopt(5, SOL_SOCKET, SO_MEMINFO) = 0: 212,992 B waiting, 1,234 dropped",
     .purpose = "reads how full the receive queue is, and what was dropped"},
    {{.kind = CALL_BIND, .fd = 5, .peer = IPV6_ANY(4010)},
     .text = "bind(5, [::]:4010) = 0",
     .purpose = "binds the address and port: what is sent there arrives here"},
    {{.kind = CALL_BIND,
      .fd = 5,
      .result = -1,
      .error = EADDRINUSE,
      .peer = IPV4(127, 0, 0, 1, 4010)},
     .text = "bind(5, 127.0.0.1:4010) = -1 EADDRINUSE",
     .purpose = "the port is in use"},
    {{.kind = CALL_GETSOCKNAME, .fd = 5, .peer = IPV4(127, 0, 0, 1, 53211)},
     .text = "getsockname(5) = 0: 127.0.0.1:53211",
     .purpose = "reads the socket's own address: the port the kernel chose"},
    {{.kind = CALL_GETSOCKNAME, .fd = 5, .result = -1, .error = EBADF},
     .text = "getsockname(5) = -1 EBADF",
     .purpose = "reads the socket's own address: the port the kernel chose"},
    {{.kind = CALL_CONNECT, .fd = 3, .peer = IPV4(127, 0, 0, 1, 4010)},
     .text = "connect(3, 127.0.0.1:4010) = 0",
     .purpose = "sets the peer: nothing is sent, no handshake; reports errors"},
    {{.kind = CALL_CLOSE, .fd = 3},
     .text = "close(3) = 0",
     .purpose = "releases the port: the peers do not notice"},
};

static const struct row traffic[] = {
    {{.kind = CALL_RECVMMSG,
      .fd = 5,
      .result = 3,
      .value = MSG_DONTWAIT,
      .wanted = 64,
      .datagrams = 3,
      .bytes = 57,
      .peer = IPV4(192, 168, 0, 23, 53211)},
     .text = "recvmmsg(5, [64], MSG_DONTWAIT) = 3: 57 B, first from 192.168.0.23:53211",
     .purpose = "receives all waiting datagrams, up to the number in [ ]"},
    {{.kind = CALL_RECVMMSG,
      .fd = 5,
      .result = 3,
      .value = MSG_DONTWAIT,
      .wanted = 64,
      .datagrams = 3,
      .bytes = 57,
      .peer = IPV4(192, 168, 0, 23, 53211)},
     .hidden = true,
     .text = "recvmmsg(5, [64], MSG_DONTWAIT) = 3: 57 B",
     .purpose = "receives all waiting datagrams, up to the number in [ ]"},
    {{.kind = CALL_RECVMMSG,
      .fd = 5,
      .result = 1,
      .value = MSG_DONTWAIT,
      .wanted = 1,
      .datagrams = 1,
      .bytes = 5,
      .peer = IPV4(192, 168, 0, 23, 53211)},
     .text = "recvmmsg(5, [1], MSG_DONTWAIT) = 1: 5 B from 192.168.0.23:53211",
     .purpose = "receives one whole datagram and its sender's address"},
    {{.kind = CALL_RECVMMSG,
      .fd = 5,
      .result = 2,
      .value = MSG_DONTWAIT,
      .wanted = 64,
      .datagrams = 1024,
      .bytes = 32768,
      .peer = IPV4(10, 0, 0, 1, 1)},
     .text =
         "recvmmsg(5, [64], MSG_DONTWAIT) = 2: 1,024 datagrams, 32,768 B, first from 10.0.0.1:1",
     .purpose = "receives all waiting datagrams, up to the number in [ ]"},
    {{.kind = CALL_RECVMMSG,
      .fd = 5,
      .result = -1,
      .error = EAGAIN,
      .value = MSG_DONTWAIT,
      .wanted = 64},
     .text = "recvmmsg(5, [64], MSG_DONTWAIT) = -1 EAGAIN",
     .purpose = "no datagram is waiting, and the socket does not block"},
    {{.kind = CALL_RECVMMSG,
      .fd = 5,
      .result = -1,
      .error = 9999,
      .value = MSG_DONTWAIT,
      .wanted = 64},
     .text = "recvmmsg(5, [64], MSG_DONTWAIT) = -1 errno 9999",
     .purpose = "receives all waiting datagrams, up to the number in [ ]"},
    {{.kind = CALL_RECVMSG,
      .fd = 3,
      .result = 16,
      .wanted = 1,
      .datagrams = 1,
      .bytes = 16,
      .peer = IPV4(127, 0, 0, 1, 4010)},
     .text = "recvmsg(3, 0) = 16: 16 B from 127.0.0.1:4010",
     .purpose = "receives one datagram"},
    {{.kind = CALL_RECVMSG,
      .fd = 3,
      .result = 5,
      .name = ECONNREFUSED,
      .value = MSG_DONTWAIT | MSG_ERRQUEUE,
      .wanted = 1,
      .bytes = 5,
      .peer = IPV4(127, 0, 0, 1, 4010)},
     .text = "recvmsg(3, MSG_DONTWAIT|MSG_ERRQUEUE) = 5: ECONNREFUSED, 5 B to 127.0.0.1:4010",
     .purpose = "receives an ICMP error and the datagram that caused it"},
    {{.kind = CALL_RECVMSG,
      .fd = 3,
      .result = -1,
      .error = EAGAIN,
      .value = MSG_DONTWAIT | MSG_ERRQUEUE,
      .wanted = 1},
     .text = "recvmsg(3, MSG_DONTWAIT|MSG_ERRQUEUE) = -1 EAGAIN",
     .purpose = "checks for ICMP errors: there are no more"},
    {{.kind = CALL_RECVMSG, .fd = 3, .value = MSG_DONTWAIT | MSG_ERRQUEUE, .wanted = 1},
     .text = "recvmsg(3, MSG_DONTWAIT|MSG_ERRQUEUE) = 0: when a datagram left",
     .purpose = "receives the kernel's time of a datagram's leaving"},
    {{.kind = CALL_SENDMMSG,
      .fd = 5,
      .result = 1,
      .value = MSG_DONTWAIT,
      .wanted = 1,
      .datagrams = 1,
      .bytes = 16,
      .peer = IPV4(192, 168, 0, 23, 53211)},
     .text = "sendmmsg(5, [1], MSG_DONTWAIT) = 1: 16 B to 192.168.0.23:53211",
     .purpose = "sends one datagram: its arrival is not guaranteed"},
    {{.kind = CALL_SENDMMSG,
      .fd = 5,
      .result = -1,
      .error = EAGAIN,
      .value = MSG_DONTWAIT,
      .wanted = 1,
      .peer = IPV4(192, 168, 0, 23, 53211)},
     .text = "sendmmsg(5, [1], MSG_DONTWAIT) = -1 EAGAIN",
     .purpose = "the send queue is full: the datagram did not leave"},
    {{.kind = CALL_SENDMSG,
      .fd = 3,
      .result = -1,
      .error = ECONNREFUSED,
      .value = MSG_DONTWAIT | 0x100,
      .wanted = 1},
     .text = "sendmsg(3, MSG_DONTWAIT|0x100) = -1 ECONNREFUSED",
     .purpose = "port unreachable: nothing listens, or a firewall rejects it"},
    {{.kind = CALL_SENDMSG,
      .fd = 3,
      .result = 0,
      .value = MSG_DONTWAIT,
      .wanted = 1,
      .datagrams = 1},
     .text = "sendmsg(3, MSG_DONTWAIT) = 0: 0 B",
     .purpose = "sends one datagram"},
};

static void check(const struct row *row)
{
    char text[CALL_TEXT_SIZE];

    assert_string_equal(call_format(&row->call, !row->hidden, NULL, text, sizeof text), row->text);
    assert_string_equal(call_purpose(&row->call), row->purpose);
}

static void what_opens_a_socket_reads_as_in_the_manual(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof setup / sizeof *setup; i++)
        check(&setup[i]);
}

static void what_moves_datagrams_tells_how_many(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof traffic / sizeof *traffic; i++)
        check(&traffic[i]);
}

/* Each kind with each failure, and each option: what is shown has a column's width to fit in. */
static void every_purpose_fits_its_line(void **state)
{
    struct call call = {.fd = 3, .wanted = 1};

    (void)state;
    for (int kind = 0; kind < CALL_KINDS; kind++)
        for (int error = 0; error < 140; error++)
            for (uint32_t wanted = 1; wanted < 3; wanted++) {
                call.kind = (uint8_t)kind;
                call.error = error;
                call.wanted = wanted;
                assert_in_range(strlen(call_purpose(&call)), 1, CALL_PURPOSE_COLUMNS);
            }
    call = (struct call){.kind = CALL_SETSOCKOPT};
    for (call.level = 0; call.level < 64; call.level++)
        for (call.name = 0; call.name < 128; call.name++)
            assert_in_range(strlen(call_purpose(&call)), 1, CALL_PURPOSE_COLUMNS);
}

/* Whatever the numbers are, and however small the room: a terminated text inside it. */
static void any_record_fits_any_room(void **state)
{
    char text[CALL_TEXT_SIZE], small[CALL_TEXT_SIZE + 1];
    struct call call = {.fd = INT32_MIN,
                        .result = INT32_MAX,
                        .level = -1,
                        .name = -1,
                        .value = -1,
                        .wanted = UINT32_MAX,
                        .datagrams = UINT32_MAX,
                        .bytes = UINT32_MAX,
                        .peer = {.family = ENDPOINT_IPV6, .port = 65535, .scope = UINT32_MAX}};

    (void)state;
    memset(call.peer.address, 0xfe, sizeof call.peer.address);
    for (int kind = 0; kind < CALL_KINDS; kind++) {
        call.kind = (uint8_t)kind;
        size_t length = strlen(call_format(&call, true, NULL, text, sizeof text));
        assert_in_range(length, 1, sizeof text - 2);
        for (size_t size = 1; size <= length; size++) {
            memset(small, '#', sizeof small);
            call_format(&call, true, NULL, small, size);
            assert_int_equal(strlen(small), size - 1);
            assert_memory_equal(small, text, size - 1);
            assert_int_equal(small[size], '#');
        }
    }
}

static void only_what_tells_nothing_new_repeats(void **state)
{
    const struct call empty = {
        .kind = CALL_RECVMMSG, .fd = 5, .result = -1, .error = EAGAIN, .wanted = 64, .wall_ns = 1};
    struct call other = empty;

    (void)state;
    other.wall_ns = 2;
    assert_true(call_repeats(&empty, &other));
    other.fd = 6;
    assert_false(call_repeats(&empty, &other));
    other = empty;
    other.error = ECONNREFUSED;
    assert_false(call_repeats(&empty, &other));
    other = empty;
    other.kind = CALL_SENDMMSG;
    assert_false(call_repeats(&empty, &other));
    other = empty;
    other.result = 1;
    other.error = 0;
    other.datagrams = 1;
    assert_false(call_repeats(&empty, &other));
    assert_false(call_repeats(&other, &other));
}

static void only_traffic_carries(void **state)
{
    struct call call = {.kind = CALL_RECVMSG, .value = MSG_DONTWAIT};

    (void)state;
    assert_true(call_carries(&call));
    call.value |= MSG_ERRQUEUE;
    assert_false(call_carries(&call));
    call.kind = CALL_SENDMMSG;
    call.value = 0;
    assert_true(call_carries(&call));
    call.kind = CALL_BIND;
    assert_false(call_carries(&call));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(what_opens_a_socket_reads_as_in_the_manual),
    cmocka_unit_test(what_moves_datagrams_tells_how_many),
    cmocka_unit_test(every_purpose_fits_its_line),
    cmocka_unit_test(any_record_fits_any_room),
    cmocka_unit_test(only_what_tells_nothing_new_repeats),
    cmocka_unit_test(only_traffic_carries),
};

const struct suite suite_call = {
    .name = "call", .tests = tests, .count = sizeof tests / sizeof *tests};
