/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay_flows: flows and servers of a capture, against plain lists. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/replay/flows.h"
#include "udptui/replay/servers.h"

static const struct hash_key key = {1, 2};

enum { CAPACITY = 16, HOSTS = 8, STEPS = 20000 };

static struct endpoint host(int number)
{
    return (struct endpoint){
        .family = ENDPOINT_IPV4, .address = {10, 0, 0, (uint8_t)number}, .port = 123};
}

static void either_order_is_the_same_pair(void **state)
{
    struct replay_flows *flows = replay_flows_open(CAPACITY, &key);
    struct endpoint a = host(1), b = host(2), c = host(3);

    (void)state;
    assert_non_null(flows);
    assert_null(replay_flows_find(flows, &a, &b));
    replay_flows_add(flows, &b, &a);
    assert_ptr_equal(replay_flows_find(flows, &a, &b), replay_flows_find(flows, &b, &a));
    assert_true(replay_flow_serves(replay_flows_find(flows, &a, &b), &b));
    assert_false(replay_flow_serves(replay_flows_find(flows, &a, &b), &a));
    assert_null(replay_flows_find(flows, &a, &c));
    replay_flows_close(flows);
}

/* The slow table: the flows in order of use, the latest first. */
struct slow {
    int server[CAPACITY], client[CAPACITY];
    int count;
};

static int slow_find(const struct slow *slow, int a, int b)
{
    for (int i = 0; i < slow->count; i++)
        if ((slow->server[i] == a && slow->client[i] == b) ||
            (slow->server[i] == b && slow->client[i] == a))
            return i;
    return -1;
}

static void slow_move_first(struct slow *slow, int at, int server, int client)
{
    for (; at > 0; at--) {
        slow->server[at] = slow->server[at - 1];
        slow->client[at] = slow->client[at - 1];
    }
    slow->server[0] = server;
    slow->client[0] = client;
}

static void touch(struct replay_flows *flows, struct slow *slow, int a, int b)
{
    struct endpoint one = host(a), other = host(b);
    struct replay_flow *flow = replay_flows_find(flows, &one, &other);
    int at = slow_find(slow, a, b);

    assert_int_equal(flow != NULL, at >= 0);
    if (flow != NULL) {
        assert_int_equal(replay_flow_serves(flow, &one), slow->server[at] == a);
        slow_move_first(slow, at, slow->server[at], slow->client[at]);
        return;
    }
    replay_flows_add(flows, &other, &one);
    slow->count += slow->count < CAPACITY;
    slow_move_first(slow, slow->count - 1, b, a);
}

static void random_use_agrees_with_the_slow_table(void **state)
{
    struct replay_flows *flows = replay_flows_open(CAPACITY, &key);
    struct slow slow = {.count = 0};

    (void)state;
    srand(11);
    for (int step = 0; step < STEPS; step++) {
        int a = rand() % HOSTS, b = rand() % HOSTS;
        if (a != b)
            touch(flows, &slow, a, b);
        if (step % 1000 == 0) { /* a copy goes on as the original does */
            struct replay_flows *copy = replay_flows_copy(flows);
            assert_non_null(copy);
            assert_true(replay_flows_bytes(copy) > 0);
            replay_flows_close(flows);
            flows = copy;
        }
    }
    assert_int_equal(slow.count, CAPACITY);
    replay_flows_close(flows);
}

/* ---- servers */

static void counts_of_each_server(void **state)
{
    struct replay_servers *servers = replay_servers_open(&key);
    struct event_message event = {.kind = EVENT_MESSAGE, .from = host(9)};
    static const struct {
        int server;
        enum ack_status status;
    } messages[] = {{1, ACK_SENT}, {2, ACK_SENT}, {2, ACK_UNSEEN}, {2, ACK_MORE}, {3, ACK_UNASKED}};
    size_t count;

    (void)state;
    assert_non_null(servers);
    for (size_t i = 0; i < sizeof messages / sizeof *messages; i++) {
        event.to = host(messages[i].server);
        event.status = (uint8_t)messages[i].status;
        replay_servers_take(servers, &event);
    }
    const struct replay_server *list = replay_servers_list(servers, &count);
    assert_int_equal(count, 3);
    assert_int_equal(list[0].endpoint.address[3], 2); /* the busiest first */
    assert_int_equal(list[0].requests, 2);
    assert_int_equal(list[0].acked, 1);
    assert_int_equal(list[0].unseen, 1);
    assert_int_equal(list[0].others, 1);
    assert_int_equal(list[2].endpoint.address[3], 3);
    assert_int_equal(list[2].requests, 0);
    replay_servers_close(servers);
}

static void more_servers_than_there_is_room_for(void **state)
{
    struct replay_servers *servers = replay_servers_open(&key);
    struct event_message event = {.kind = EVENT_MESSAGE, .status = ACK_SENT, .to = host(1)};
    size_t count;

    (void)state;
    for (int i = 0; i < REPLAY_SERVERS_MAX + 5; i++) {
        event.to.address[1] = (uint8_t)(i >> 8);
        event.to.address[2] = (uint8_t)i;
        replay_servers_take(servers, &event);
    }
    replay_servers_list(servers, &count);
    assert_int_equal(count, REPLAY_SERVERS_MAX);
    assert_int_equal(replay_servers_uncounted(servers), 5);
    replay_servers_close(servers);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(either_order_is_the_same_pair),
    cmocka_unit_test(random_use_agrees_with_the_slow_table),
    cmocka_unit_test(counts_of_each_server),
    cmocka_unit_test(more_servers_than_there_is_room_for),
};

const struct suite suite_flows = {
    .name = "flows", .tests = tests, .count = sizeof tests / sizeof *tests};
