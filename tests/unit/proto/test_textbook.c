/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* textbook: each kind of call in both languages, and how many calls of a textbook's it is. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <netinet/in.h>
#include <netinet/udp.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/proto/textbook.h"

#define IPV4(a, b, c, d, p)                                                                        \
    {                                                                                              \
        .family = ENDPOINT_IPV4, .address = {a, b, c, d}, .port = p                                \
    }

struct row {
    struct call call;
    bool hidden; /* peers are */
    uint32_t calls;
    const char *c, *python;
};

static const struct row rows[] = {
    {{.kind = CALL_SOCKET, .result = 5, .level = AF_INET6, .name = SOCK_DGRAM | SOCK_NONBLOCK},
     .calls = 1,
     .c = "socket(AF_INET6, SOCK_DGRAM, 0) = 5",
     .python = "s5 = socket(AF_INET6, SOCK_DGRAM)"},
    {{.kind = CALL_SOCKET,
      .result = -1,
      .error = EAFNOSUPPORT,
      .level = AF_INET6,
      .name = SOCK_DGRAM},
     .calls = 1,
     .c = "socket(AF_INET6, SOCK_DGRAM, 0) = -1 EAFNOSUPPORT",
     .python = "socket(AF_INET6, SOCK_DGRAM)  # OSError: EAFNOSUPPORT"},
    {{.kind = CALL_SETSOCKOPT, .fd = 5, .level = SOL_SOCKET, .name = SO_BROADCAST, .value = 1},
     .calls = 1,
     .c = "setsockopt(5, SOL_SOCKET, SO_BROADCAST, &value, sizeof value) = 0: 1",
     .python = "s5.setsockopt(SOL_SOCKET, SO_BROADCAST, value)  # 1"},
    {{.kind = CALL_GETSOCKOPT, .fd = 5, .level = SOL_SOCKET, .name = SO_RCVBUF, .value = 425984},
     .calls = 1,
     .c = "getsockopt(5, SOL_SOCKET, SO_RCVBUF, &value, &length) = 0: 425984",
     .python = "value = s5.getsockopt(SOL_SOCKET, SO_RCVBUF)  # 425984"},
    {{.kind = CALL_SETSOCKOPT,
      .fd = 5,
      .level = IPPROTO_IP,
      .name = MCAST_JOIN_GROUP,
      .peer = IPV4(224, 0, 0, 251, 0)},
     .calls = 1,
     .c = "setsockopt(5, IPPROTO_IP, IP_ADD_MEMBERSHIP, &value, sizeof value) = 0: 224.0.0.251",
     .python = "s5.setsockopt(IPPROTO_IP, IP_ADD_MEMBERSHIP, value)  # 224.0.0.251"},
    {{.kind = CALL_SETSOCKOPT, .fd = 5, .level = IPPROTO_UDP, .name = UDP_GRO, .value = 1},
     .calls = 0,
     .c = "no call: a textbook's program does without this option",
     .python = "no call: a textbook's program does without this option"},
    {{.kind = CALL_SETSOCKOPT, .fd = 5, .level = 777, .name = 4095, .value = 1},
     .calls = 0,
     .c = "no call: a textbook's program does without this option",
     .python = "no call: a textbook's program does without this option"},
    {{.kind = CALL_BIND, .fd = 5, .peer = IPV4(127, 0, 0, 1, 4010)},
     .calls = 1,
     .c = "bind(5, &address, sizeof address) = 0: 127.0.0.1:4010",
     .python = "s5.bind(address)  # 127.0.0.1:4010"},
    {{.kind = CALL_BIND, .fd = 5, .result = -1, .error = EACCES, .peer = IPV4(127, 0, 0, 1, 53)},
     .calls = 1,
     .c = "bind(5, &address, sizeof address) = -1 EACCES",
     .python = "s5.bind(address)  # PermissionError: EACCES"},
    {{.kind = CALL_GETSOCKNAME, .fd = 5, .peer = IPV4(127, 0, 0, 1, 53211)},
     .calls = 1,
     .c = "getsockname(5, &address, &length) = 0: 127.0.0.1:53211",
     .python = "address = s5.getsockname()  # 127.0.0.1:53211"},
    {{.kind = CALL_CONNECT, .fd = 3, .peer = IPV4(127, 0, 0, 1, 4010)},
     .calls = 1,
     .c = "connect(3, &address, sizeof address) = 0: 127.0.0.1:4010",
     .python = "s3.connect(address)  # 127.0.0.1:4010"},
    {{.kind = CALL_CLOSE, .fd = 3}, .calls = 1, .c = "close(3) = 0", .python = "s3.close()"},

    {{.kind = CALL_RECVMMSG,
      .fd = 5,
      .result = 8,
      .wanted = 64,
      .datagrams = 8,
      .bytes = 1057,
      .peer = IPV4(192, 168, 0, 23, 53211)},
     .calls = 8,
     .c = "8 x recvfrom(5, buffer, size, 0, &from, &length): 1,057 B, first from "
          "192.168.0.23:53211",
     .python = "8 x data, address = s5.recvfrom(size)  # 1,057 B, first from 192.168.0.23:53211"},
    /* with UDP_GRO: two messages, 1,024 datagrams */
    {{.kind = CALL_RECVMMSG,
      .fd = 5,
      .result = 2,
      .wanted = 64,
      .datagrams = 1024,
      .bytes = 32768,
      .peer = IPV4(10, 0, 0, 1, 1)},
     .hidden = true,
     .calls = 1024,
     .c = "1,024 x recvfrom(5, buffer, size, 0, &from, &length): 32,768 B",
     .python = "1,024 x data, address = s5.recvfrom(size)  # 32,768 B"},
    {{.kind = CALL_RECVMSG,
      .fd = 3,
      .result = 16,
      .wanted = 1,
      .datagrams = 1,
      .bytes = 16,
      .peer = IPV4(127, 0, 0, 1, 4010)},
     .calls = 1,
     .c = "recvfrom(3, buffer, size, 0, &from, &length) = 16: 16 B from 127.0.0.1:4010",
     .python = "data, address = s3.recvfrom(size)  # 16 B from 127.0.0.1:4010"},
    {{.kind = CALL_RECVMMSG, .fd = 5, .result = -1, .error = EAGAIN, .wanted = 64},
     .calls = 0,
     .c = "no call: recvfrom waits until a datagram comes",
     .python = "no call: recvfrom waits until a datagram comes"},
    {{.kind = CALL_RECVMSG, .fd = 3, .result = -1, .error = ECONNREFUSED, .wanted = 1},
     .calls = 1,
     .c = "recvfrom(3, buffer, size, 0, &from, &length) = -1 ECONNREFUSED",
     .python = "data, address = s3.recvfrom(size)  # ConnectionRefusedError: ECONNREFUSED"},
    {{.kind = CALL_RECVMSG,
      .fd = 3,
      .result = 5,
      .name = ECONNREFUSED,
      .value = MSG_ERRQUEUE,
      .wanted = 1,
      .bytes = 5},
     .calls = 0,
     .c = "no call: the error queue is Linux's",
     .python = "no call: the error queue is Linux's"},
    /* the kernel took two of three messages, one of them of ten segments */
    {{.kind = CALL_SENDMMSG,
      .fd = 5,
      .result = 2,
      .wanted = 3,
      .datagrams = 11,
      .bytes = 176,
      .peer = IPV4(192, 168, 0, 23, 53211)},
     .calls = 11,
     .c = "11 x sendto(5, buffer, length, 0, &to, sizeof to): 176 B, first to "
          "192.168.0.23:53211",
     .python = "11 x s5.sendto(data, address)  # 176 B, first to 192.168.0.23:53211"},
    {{.kind = CALL_SENDMSG, .fd = 3, .result = 0, .wanted = 1, .datagrams = 1},
     .calls = 1,
     .c = "send(3, buffer, length, 0) = 0: 0 B",
     .python = "s3.send(data)  # 0 B"},
    {{.kind = CALL_SENDMMSG,
      .fd = 5,
      .result = -1,
      .error = 9999,
      .wanted = 1,
      .peer = IPV4(127, 0, 0, 1, 1)},
     .calls = 1,
     .c = "sendto(5, buffer, length, 0, &to, sizeof to) = -1 errno 9999",
     .python = "s5.sendto(data, address)  # OSError: errno 9999"},
};

static void each_call_has_its_spellings(void **state)
{
    char text[CALL_TEXT_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct row *row = &rows[i];
        assert_string_equal(
            textbook_format(&row->call, TEXTBOOK_C, !row->hidden, NULL, text, sizeof text), row->c);
        assert_string_equal(
            textbook_format(&row->call, TEXTBOOK_PYTHON, !row->hidden, NULL, text, sizeof text),
            row->python);
        assert_int_equal(textbook_calls(&row->call), row->calls);
    }
}

/* Any record, any room: a terminated text inside it. */
static void a_small_room_cuts(void **state)
{
    struct call call = {.fd = INT32_MIN,
                        .result = INT32_MAX,
                        .level = SOL_SOCKET,
                        .name = SO_BROADCAST,
                        .value = INT32_MIN,
                        .wanted = UINT32_MAX,
                        .datagrams = UINT32_MAX,
                        .bytes = UINT32_MAX,
                        .peer = {.family = ENDPOINT_IPV6, .port = 65535, .scope = UINT32_MAX}};
    char text[CALL_TEXT_SIZE], small[CALL_TEXT_SIZE];

    (void)state;
    memset(call.peer.address, 0xfe, sizeof call.peer.address);
    for (int language = 0; language < TEXTBOOK_LANGUAGES; language++)
        for (int kind = 0; kind < CALL_KINDS; kind++) {
            enum textbook_language chosen = (enum textbook_language)language;
            call.kind = (uint8_t)kind;
            size_t length = strlen(textbook_format(&call, chosen, true, NULL, text, sizeof text));
            assert_in_range(length, 1, sizeof text - 2);
            for (size_t size = 1; size <= length; size++) {
                textbook_format(&call, chosen, true, NULL, small, size);
                assert_int_equal(strlen(small), size - 1);
                assert_memory_equal(small, text, size - 1);
            }
        }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(each_call_has_its_spellings),
    cmocka_unit_test(a_small_room_cuts),
};

const struct suite suite_textbook = {
    .name = "textbook", .tests = tests, .count = sizeof tests / sizeof *tests};
