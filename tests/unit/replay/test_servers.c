/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay_servers: counts and order, a full table, and random messages against a list. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/replay/servers.h"

static const struct hash_key key = {.k0 = 1, .k1 = 2};

static struct event_message message_to(uint32_t server, enum ack_status status)
{
    return (struct event_message){
        .status = (uint8_t)status,
        .to = {.family = ENDPOINT_IPV4,
               .address = {10, 0, (uint8_t)(server >> 8), (uint8_t)server},
               .port = 53}};
}

static void take(struct replay_servers *servers, uint32_t server, enum ack_status status)
{
    struct event_message event = message_to(server, status);

    replay_servers_take(servers, &event);
}

static void each_status_has_its_count(void **state)
{
    struct replay_servers *servers = replay_servers_open(&key);
    size_t count;

    (void)state;
    replay_servers_list(servers, &count);
    assert_int_equal(count, 0);
    take(servers, 1, ACK_SENT);
    take(servers, 1, ACK_SENT);
    take(servers, 1, ACK_UNSEEN);
    take(servers, 1, ACK_UNASKED); /* of the server, not of a client */
    const struct replay_server *list = replay_servers_list(servers, &count);
    assert_int_equal(count, 1);
    assert_int_equal(list->requests, 3);
    assert_int_equal(list->acked, 2);
    assert_int_equal(list->unseen, 1);
    assert_int_equal(list->others, 1);
    replay_servers_close(servers);
    replay_servers_close(NULL);
}

/* The one with the most datagrams first; of equal ones by address, however they came. */
static void the_busiest_is_first(void **state)
{
    struct replay_servers *servers = replay_servers_open(&key);
    size_t count;

    (void)state;
    take(servers, 9, ACK_UNSEEN);
    take(servers, 7, ACK_UNSEEN);
    take(servers, 3, ACK_SENT);    /* two datagrams: its reply, too */
    take(servers, 5, ACK_UNASKED); /* one */
    const struct replay_server *list = replay_servers_list(servers, &count);
    assert_int_equal(count, 4);
    assert_int_equal(list[0].endpoint.address[3], 3);
    assert_int_equal(list[1].endpoint.address[3], 5);
    assert_int_equal(list[2].endpoint.address[3], 7);
    assert_int_equal(list[3].endpoint.address[3], 9);
    replay_servers_close(servers);
}

/* REPLAY_SERVERS_MAX are counted; what is of another one is counted as such, and the known ones go
 * on. */
static void one_too_many_is_counted(void **state)
{
    struct replay_servers *servers = replay_servers_open(&key);
    const struct replay_server *list;
    size_t count;

    (void)state;
    for (uint32_t i = 0; i < REPLAY_SERVERS_MAX; i++)
        take(servers, i, ACK_UNSEEN);
    assert_int_equal(replay_servers_uncounted(servers), 0);
    take(servers, REPLAY_SERVERS_MAX, ACK_SENT);
    take(servers, REPLAY_SERVERS_MAX, ACK_SENT);
    take(servers, REPLAY_SERVERS_MAX + 1, ACK_UNSEEN);
    take(servers, 17, ACK_SENT);
    assert_int_equal(replay_servers_uncounted(servers), 3);
    list = replay_servers_list(servers, &count);
    assert_int_equal(count, REPLAY_SERVERS_MAX);
    assert_int_equal(list[0].endpoint.address[3], 17);
    assert_int_equal(list[0].requests, 2);
    for (size_t i = 1; i < count; i++)
        assert_true(list[i].requests == 1 &&
                    (i == 1 || endpoint_compare(&list[i - 1].endpoint, &list[i].endpoint) < 0));
    replay_servers_close(servers);
}

static void counts_are_those_of_a_list(void **state)
{
    enum { SERVERS = 300, MESSAGES = 20000 };
    static const enum ack_status statuses[] = {ACK_SENT, ACK_UNSEEN, ACK_UNASKED, ACK_HELD};
    static uint64_t counted[SERVERS][4];
    struct replay_servers *servers = replay_servers_open(&key);
    uint32_t seed = 1;
    size_t count;

    (void)state;
    for (int i = 0; i < MESSAGES; i++) {
        seed = seed * 1664525 + 1013904223;
        uint32_t server = (seed >> 8) % SERVERS, status = seed >> 30;
        counted[server][status]++;
        take(servers, server, statuses[status]);
    }
    const struct replay_server *list = replay_servers_list(servers, &count);
    assert_int_equal(count, SERVERS);
    for (size_t i = 0; i < count; i++) {
        const uint64_t *of =
            counted[list[i].endpoint.address[2] << 8 | list[i].endpoint.address[3]];
        assert_int_equal(list[i].acked, of[0]);
        assert_int_equal(list[i].unseen, of[1]);
        assert_int_equal(list[i].others, of[2]);
        assert_int_equal(list[i].requests, of[0] + of[1] + of[3]);
    }
    replay_servers_close(servers);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(each_status_has_its_count),
    cmocka_unit_test(the_busiest_is_first),
    cmocka_unit_test(one_too_many_is_counted),
    cmocka_unit_test(counts_are_those_of_a_list),
};

const struct suite suite_servers = {
    .name = "servers", .tests = tests, .count = sizeof tests / sizeof *tests};
