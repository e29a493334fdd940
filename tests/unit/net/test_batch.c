/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* batch over loopback: what is sent arrives, in both implementations (configure chooses one). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "../await.h"
#include "../suite.h"
#include "../unreachable.h"

#include "../../../src/net/batch_internal.h"
#include "udptui/net/batch.h"
#include "udptui/net/udp.h"
#include "udptui/proto/datagram.h"
#include "udptui/proto/event.h"
#include "udptui/proto/socket_numbers.h"

enum { SLOTS = 8 };

struct pair {
    struct udp_socket server, client;
    struct batch_receiver *receiver;
    struct batch_sender *sender;
};

static struct endpoint loopback(uint8_t last)
{
    return (struct endpoint){.family = ENDPOINT_IPV4, .address = {127, 0, 0, last}};
}

static void open_pair(struct pair *pair, size_t buffer_bytes, bool gro)
{
    const struct udp_options plain = {.dual_stack = false}, wanted = {.gro = gro};
    struct endpoint any = {.family = ENDPOINT_IPV4}, target;
    char error[UDP_ERROR_SIZE];

    assert_true(udp_open_server(&any, &wanted, &pair->server, error));
    target = loopback(1);
    target.port = pair->server.local.port;
    assert_true(udp_open_client(&target, NULL, true, &plain, &pair->client, error));
    pair->receiver = batch_receiver_open(SLOTS, buffer_bytes);
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

/* Waits for something to be there and takes one batch. */
static int receive(struct pair *pair, const struct udp_socket *socket, size_t limit,
                   const struct datagram **out)
{
    await_readable(socket->fd);
    return batch_receive(pair->receiver, socket, limit, out);
}

static void a_datagram_comes_with_all_that_is_known(void **state)
{
    const struct datagram *datagram;
    struct pair pair;

    (void)state;
    open_pair(&pair, 2048, false);
    assert_int_equal(send(pair.client.fd, "hello", 5, 0), 5);
    assert_int_equal(receive(&pair, &pair.server, SLOTS, &datagram), 1);
    assert_int_equal(datagram->size_bytes, 5);
    assert_memory_equal(datagram->bytes, "hello", 5);
    assert_true(endpoint_equal(&datagram->peer, &pair.client.local));
    assert_int_equal(datagram->local.port, pair.server.local.port);
    assert_memory_equal(datagram->local.address, loopback(1).address, 4);
    assert_int_equal(datagram->hop_limit, 64);
    assert_int_equal(datagram->traffic_class, 0);
    assert_true(datagram->wall_ns > 0);
    assert_int_equal(datagram->flags, 0);
    close_pair(&pair);
}

static void an_empty_datagram_is_a_datagram(void **state)
{
    const struct datagram *datagram;
    struct pair pair;

    (void)state;
    open_pair(&pair, 2048, false);
    assert_int_equal(send(pair.client.fd, "", 0, 0), 0);
    assert_int_equal(receive(&pair, &pair.server, SLOTS, &datagram), 1);
    assert_int_equal(datagram->size_bytes, 0);
    assert_int_equal(datagram_messages(datagram), 1);
    close_pair(&pair);
}

static void a_longer_one_is_cut_and_flagged(void **state)
{
    const struct datagram *datagram;
    struct pair pair;

    (void)state;
    open_pair(&pair, 3, false);
    assert_int_equal(send(pair.client.fd, "hello", 5, 0), 5);
    assert_int_equal(receive(&pair, &pair.server, SLOTS, &datagram), 1);
    assert_int_equal(datagram->size_bytes, 3);
    assert_int_equal(datagram->flags, MESSAGE_TRUNCATED);
    close_pair(&pair);
}

static void nothing_there_is_zero(void **state)
{
    const struct datagram *datagram;
    struct pair pair;

    (void)state;
    open_pair(&pair, 2048, false);
    assert_int_equal(batch_receive(pair.receiver, &pair.server, SLOTS, &datagram), 0);
    close_pair(&pair);
}

static void the_limit_leaves_the_rest_in_the_queue(void **state)
{
    const struct datagram *datagram;
    struct pair pair;
    int seen = 0;

    (void)state;
    open_pair(&pair, 2048, false);
    for (int i = 0; i < 5; i++)
        assert_int_equal(send(pair.client.fd, "x", 1, 0), 1);
    while (seen < 3)
        seen += receive(&pair, &pair.server, (size_t)(3 - seen), &datagram);
    assert_int_equal(seen, 3);
    while (seen < 5)
        seen += receive(&pair, &pair.server, SLOTS, &datagram);
    assert_int_equal(batch_receive(pair.receiver, &pair.server, SLOTS, &datagram), 0);
    close_pair(&pair);
}

static void answers_leave_from_the_address_that_was_hit(void **state)
{
    const struct udp_options options = {.dual_stack = false};
    struct endpoint target = loopback(2);
    const struct datagram *datagram;
    struct pair pair;
    struct udp_socket client;
    char error[UDP_ERROR_SIZE];
    uint16_t sent;
    int result;

    (void)state;
    open_pair(&pair, 2048, false);
    target.port = pair.server.local.port;
    assert_true(udp_open_client(&target, NULL, true, &options, &client, error));
    assert_int_equal(send(client.fd, "x", 1, 0), 1);
    assert_int_equal(receive(&pair, &pair.server, SLOTS, &datagram), 1);
    struct batch_item item = {.peer = datagram->peer,
                              .source = datagram->source,
                              .bytes = (const uint8_t *)"ok",
                              .size_bytes = 2,
                              .segment_bytes = 2,
                              .count = 1};
    batch_send(pair.sender, &pair.server, &item, 1, &sent, &result);
    assert_int_equal(result, 0);
    assert_int_equal(sent, 1);
    /* a connected socket takes answers from 127.0.0.2 only */
    assert_int_equal(receive(&pair, &client, SLOTS, &datagram), 1);
    assert_memory_equal(datagram->bytes, "ok", 2);
    udp_close(&client);
    close_pair(&pair);
}

static void equal_answers_leave_as_one_item(void **state)
{
    const struct datagram *datagram;
    struct pair pair;
    uint16_t sent;
    int result, seen = 0;

    (void)state;
    open_pair(&pair, 2048, false);
    struct batch_item item = {.peer = pair.client.local,
                              .source = loopback(1),
                              .bytes = (const uint8_t *)"okokok",
                              .size_bytes = 6,
                              .segment_bytes = 2,
                              .count = 3};
    batch_send(pair.sender, &pair.server, &item, 1, &sent, &result);
    assert_int_equal(result, 0);
    assert_int_equal(sent, 3);
    while (seen < 3) {
        int received = receive(&pair, &pair.client, SLOTS, &datagram);
        for (int i = 0; i < received; i++)
            assert_memory_equal(datagram[i].bytes, "ok", datagram[i].size_bytes);
        seen += received;
    }
    assert_int_equal(seen, 3);
    close_pair(&pair);
}

static void a_refused_item_does_not_hold_up_the_others(void **state)
{
    const struct datagram *datagram;
    struct batch_item items[3];
    uint16_t sent[3];
    int results[3];
    struct pair pair;

    (void)state;
    open_pair(&pair, 2048, false);
    for (int i = 0; i < 3; i++)
        items[i] = (struct batch_item){.peer = pair.client.local,
                                       .source = loopback(1),
                                       .bytes = (const uint8_t *)"ok",
                                       .size_bytes = 2,
                                       .segment_bytes = 2,
                                       .count = 1};
    items[1].peer.port = 0;
    batch_send(pair.sender, &pair.server, items, 3, sent, results);
    assert_int_equal(results[0], 0);
    assert_int_equal(results[1], EINVAL);
    assert_int_equal(sent[1], 0);
    assert_int_equal(results[2], 0);
    assert_int_equal(sent[2], 1);
    for (int seen = 0; seen < 2;)
        seen += receive(&pair, &pair.client, SLOTS, &datagram);
    close_pair(&pair);
}

static void segments_of_one_receive_are_told_apart(void **state)
{
    const struct datagram *datagram;
    struct pair pair;
    size_t messages = 0, bytes = 0;
    uint16_t sent;
    int result;

    (void)state;
    open_pair(&pair, 65536, true);
    struct endpoint target = loopback(1);
    target.port = pair.server.local.port;
    struct batch_item item = {.peer = target,
                              .bytes = (const uint8_t *)"abcdefg",
                              .size_bytes = 7,
                              .segment_bytes = 3,
                              .count = 3};
    batch_send(pair.sender, &pair.client, &item, 1, &sent, &result);
    assert_int_equal(sent, 3);
    while (messages < 3) {
        int received = receive(&pair, &pair.server, SLOTS, &datagram);
        for (int i = 0; i < received; i++) {
            messages += datagram_messages(&datagram[i]);
            bytes += datagram[i].size_bytes;
        }
    }
    assert_int_equal(messages, 3);
    assert_int_equal(bytes, 7);
    close_pair(&pair);
}

/* The third is too big: the two before it have left, and the ones behind it wait. */
static void the_first_ones_go_until_one_is_refused(void **state)
{
    enum { TOO_BIG = DATAGRAM_PAYLOAD_MAX_IPV4 + 1 };
    static uint8_t bytes[TOO_BIG];
    struct batch_item items[4];
    const struct datagram *datagrams;
    size_t sizes[3], count = 0;
    struct pair pair;

    (void)state;
    open_pair(&pair, 2048, false);
    struct endpoint target = loopback(1);
    target.port = pair.server.local.port;
    for (size_t i = 0; i < 4; i++) {
        size_t size_bytes = i == 2 ? TOO_BIG : i + 1;
        items[i] = (struct batch_item){.peer = target,
                                       .bytes = bytes,
                                       .size_bytes = size_bytes,
                                       .segment_bytes = (uint16_t)size_bytes,
                                       .count = 1};
    }
    assert_int_equal(batch_send_first(pair.sender, &pair.client, items, 4), 2);
    assert_int_equal(batch_send_first(pair.sender, &pair.client, items + 2, 2), -EMSGSIZE);
    assert_int_equal(batch_send_first(pair.sender, &pair.client, items + 3, 1), 1);
    while (count < 3) {
        int received = receive(&pair, &pair.server, SLOTS, &datagrams);
        assert_true(received > 0 && count + (size_t)received <= 3);
        for (int i = 0; i < received; i++)
            sizes[count++] = datagrams[i].size_bytes;
    }
    assert_int_equal(sizes[1], 2);
    assert_int_equal(sizes[2], 4);
    close_pair(&pair);
}

/* Those of several sockets stay valid together, until the slots are used up. */
static void more_is_received_into_the_free_slots(void **state)
{
    const struct datagram *first, *second, *none;
    struct pair pair, other;
    char text[2];

    (void)state;
    open_pair(&pair, 2048, false);
    open_pair(&other, 2048, false);
    for (int i = 0; i < SLOTS; i++) {
        text[0] = (char)('a' + i);
        assert_int_equal(send(pair.client.fd, text, 1, 0), 1);
        assert_int_equal(send(other.client.fd, "x", 1, 0), 1);
    }
    int received = receive(&pair, &pair.server, 3, &first);
    assert_true(received == 3 || received == 1); /* 1: one datagram a call */
    size_t room = batch_receiver_room(pair.receiver);
    int more = batch_receive_more(pair.receiver, &other.server, SLOTS, &second);
    assert_int_equal(more, room);
    assert_int_equal(batch_receiver_room(pair.receiver), 0);
    assert_int_equal(batch_receive_more(pair.receiver, &other.server, SLOTS, &none), 0);
    for (int i = 0; i < received; i++)
        assert_int_equal(first[i].bytes[0], 'a' + i);
    for (int i = 0; i < more; i++)
        assert_int_equal(second[i].bytes[0], 'x');
    assert_int_equal(batch_receive(pair.receiver, &pair.server, 1, &first), 1);
    assert_int_equal(first->bytes[0], 'a' + received);
    close_pair(&pair);
    close_pair(&other);
}

/* Through a connected socket, whose peer needs no naming. */
static void an_item_has_its_own_marks(void **state)
{
    const struct batch_item items[] = {
        {.bytes = (const uint8_t *)"x",
         .size_bytes = 1,
         .segment_bytes = 1,
         .count = 1,
         .hop_limit = 33,
         .traffic_class = 0xb8},
        {.bytes = (const uint8_t *)"y", .size_bytes = 1, .segment_bytes = 1, .count = 1}};
    const struct datagram *datagram;
    struct pair pair;
    uint16_t sent[2];
    int results[2], default_hop_limit = 0;

    (void)state;
    open_pair(&pair, 2048, false);
    batch_send(pair.sender, &pair.client, items, 2, sent, results);
    assert_int_equal(results[0], 0);
    assert_int_equal(results[1], 0);
    assert_int_equal(receive(&pair, &pair.server, 1, &datagram), 1);
    assert_int_equal(datagram->hop_limit, 33);
    assert_int_equal(datagram->traffic_class, 0xb8);
    assert_int_equal(receive(&pair, &pair.server, 1, &datagram), 1);
    socklen_t length = sizeof default_hop_limit;
    getsockopt(pair.client.fd, IPPROTO_IP, IP_TTL, &default_hop_limit, &length);
    assert_int_equal(datagram->hop_limit, default_hop_limit);
    assert_int_equal(datagram->traffic_class, 0);
    close_pair(&pair);
}

/* What an earlier datagram left behind the part that the kernel gave is not this one's. */
static void control_data_that_was_cut_is_not_read(void **state)
{
    static const struct {
        int level, type;
    } kinds[] = {{SOL_SOCKET, SCM_TIMESTAMPNS}, {IPPROTO_IP, IP_PKTINFO},
                 {IPPROTO_IP, IP_TTL},          {IPPROTO_IP, IP_TOS},
                 {IPPROTO_IPV6, IPV6_HOPLIMIT}, {IPPROTO_IPV6, IPV6_TCLASS},
                 {IPPROTO_IPV6, IPV6_PKTINFO},  {IPPROTO_UDP, UDP_GRO}};
    const struct udp_socket socket = {.fd = -1, .family = AF_INET, .local = loopback(1)};
    struct batch_receive_slot slot;
    struct datagram datagram;
    struct msghdr header;
    uint8_t buffer[16];

    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct cmsghdr control = {
            .cmsg_len = CMSG_LEN(0), .cmsg_level = kinds[i].level, .cmsg_type = kinds[i].type};
        memset(&slot, 0, sizeof slot);
        memset(slot.control, 7, sizeof slot.control);
        batch_message_wire(&header, &slot, buffer, sizeof buffer);
        memcpy(slot.control, &control, sizeof control);
        header.msg_controllen = sizeof control;
        batch_message_parse(&header, 10, &socket, &datagram);
        assert_int_equal(datagram.wall_ns, 0);
        assert_int_equal(datagram.segment_bytes, 10);
        assert_int_equal(datagram.hop_limit, EVENT_UNKNOWN);
        assert_int_equal(datagram.traffic_class, EVENT_UNKNOWN);
        assert_int_equal(datagram.interface, 0);
        assert_true(endpoint_equal(&datagram.local, &socket.local));
    }
}

/* ---- errors of earlier datagrams */

/* Whatever the errno is that the kernel makes of the code. */
static void an_icmp_error_of_an_earlier_one_refuses_nothing(void **state)
{
    static const uint8_t codes[] = {ICMP_PROT_UNREACH, ICMP_PORT_UNREACH, ICMP_NET_UNKNOWN,
                                    ICMP_HOST_UNKNOWN, ICMP_NET_ANO,      ICMP_PKT_FILTERED};
    struct pair pair;

    (void)state;
    open_pair(&pair, 2048, false);
    const struct batch_item item = {
        .bytes = (const uint8_t *)"hello", .size_bytes = 5, .segment_bytes = 5, .count = 1};
    for (size_t i = 0; i < sizeof codes; i++) {
        const struct datagram *datagram;
        unreachable_send(codes[i], pair.client.local.port, pair.server.local.port);
        await_error(pair.client.fd);
        assert_int_equal(batch_send_one(pair.sender, &pair.client, &item), 0);
        assert_int_equal(receive(&pair, &pair.server, SLOTS, &datagram), 1);
    }
    close_pair(&pair);
}

static void what_is_too_big_stays_refused(void **state)
{
    static const uint8_t bytes[DATAGRAM_PAYLOAD_MAX_IPV4 + 1];
    const struct batch_item item = {
        .bytes = bytes, .size_bytes = sizeof bytes, .segment_bytes = sizeof bytes, .count = 1};
    struct pair pair;

    (void)state;
    open_pair(&pair, 2048, false);
    assert_int_equal(batch_send_one(pair.sender, &pair.client, &item), EMSGSIZE);
    close_pair(&pair);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(control_data_that_was_cut_is_not_read),
    cmocka_unit_test(more_is_received_into_the_free_slots),
    cmocka_unit_test(an_item_has_its_own_marks),
    cmocka_unit_test(a_datagram_comes_with_all_that_is_known),
    cmocka_unit_test(an_empty_datagram_is_a_datagram),
    cmocka_unit_test(a_longer_one_is_cut_and_flagged),
    cmocka_unit_test(nothing_there_is_zero),
    cmocka_unit_test(the_limit_leaves_the_rest_in_the_queue),
    cmocka_unit_test(answers_leave_from_the_address_that_was_hit),
    cmocka_unit_test(equal_answers_leave_as_one_item),
    cmocka_unit_test(a_refused_item_does_not_hold_up_the_others),
    cmocka_unit_test(the_first_ones_go_until_one_is_refused),
    cmocka_unit_test(segments_of_one_receive_are_told_apart),
    cmocka_unit_test(an_icmp_error_of_an_earlier_one_refuses_nothing),
    cmocka_unit_test(what_is_too_big_stays_refused),
};

const struct suite suite_batch = {
    .name = "batch", .tests = tests, .count = sizeof tests / sizeof *tests};
