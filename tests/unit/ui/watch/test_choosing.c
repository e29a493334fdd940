/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* choosing: filters over servers, their clients and their messages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../suite.h"
#include "watched.h"

#include "udptui/base/array.h"
#include "udptui/base/units.h"
#include "udptui/ui/watch/choosing.h"

static struct filter *parse(const char *text)
{
    struct filter_problem problem;
    struct filter *filter = choosing_open(text, strlen(text), &problem);

    if (filter == NULL)
        fail_msg("%s: %s", text, problem.why);
    return filter;
}

/* "alpha" is up, with a client and a sample; "beta" is gone. */
static struct fleet *open_two(void)
{
    struct fleet *fleet = watched_open();

    watched_add(fleet, &(struct watched_server){.name = "alpha", .received = 1});
    watched_add(fleet, &(struct watched_server){.name = "beta"});
    watched_set_state(fleet, "beta", SNAPSHOT_GONE);
    watched_add_clients(fleet, "alpha",
                        &(struct watched_client){.label = "192.0.2.7:50", .name = "kim"}, 1);
    watched_add_message(fleet, "alpha", "hello");
    return fleet;
}

static struct choosing choosing_of(const struct fleet *fleet, const struct filter *filter)
{
    return (struct choosing){
        .filter = filter, .fleet = fleet, .now_ns = WATCHED_NOW_S * UNITS_NS_PER_S};
}

static void servers_by_what_is_known_of_them(void **state)
{
    static const struct {
        const char *filter;
        bool alpha, beta;
    } rows[] = {
        {"alpha", true, false},
        {"ALPHA", true, false},
        {"name:beta", false, true},
        {"status:up", true, false},
        {"status:gone", false, true},
        {"!status:gone", true, false},
        {"status:stale", false, false},
        {"status:x2", false, false},
        {"port:4010", true, true},
        {"port:4011", false, false},
        {"from:192.0.2.0/24", true, false}, /* of one of its clients */
        {"from:10.0.0.1", false, false},
        {"port:50", true, false},
        {"kim", true, false},
        {"name:kim", true, false},
        {"0.0.0.0", true, true},   /* where it listens */
        {"size:>0", false, false}, /* not known of a server */
        {"status:up kim", true, false},
        {"status:gone | kim", true, true},
    };
    struct fleet *fleet = open_two();

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct filter *filter = parse(rows[i].filter);
        const struct choosing choosing = choosing_of(fleet, filter);
        if (choosing_takes_server(&choosing, fleet_server(fleet, 0)) != rows[i].alpha ||
            choosing_takes_server(&choosing, fleet_server(fleet, 1)) != rows[i].beta)
            fail_msg("%s", rows[i].filter);
        filter_close(filter);
    }
    fleet_close(fleet);
}

static void clients_and_messages_have_the_state_of_their_server(void **state)
{
    static const struct {
        const char *filter;
        bool client, message;
    } rows[] = {
        {"status:up", true, true},
        {"status:gone", false, false},
        {"name:alpha", true, true},
        {"name:kim", true, false},
        {"name:ann", false, true},
        {"from:192.0.2.7", true, false},
        {"from:192.0.2.9", false, true},
        {"192.0.2.7:50", true, false},
        {"hello", false, true},
        {"size:5", false, true},
        {"size:<5", false, false},
        {"status:acked", false, true}, /* a message has one of its own as well */
        {"status:held", false, false},
    };
    struct fleet *fleet = open_two();
    const struct fleet_server *server = fleet_server(fleet, 0);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct filter *filter = parse(rows[i].filter);
        const struct choosing choosing = choosing_of(fleet, filter);
        if (choosing_takes_client(&choosing, server, &server->clients[0]) != rows[i].client ||
            choosing_takes_message(&choosing, server, &fleet_message(fleet, 0)->message) !=
                rows[i].message)
            fail_msg("%s", rows[i].filter);
        filter_close(filter);
    }
    fleet_close(fleet);
}

static void a_state_that_is_none_is_refused(void **state)
{
    struct filter_problem problem = {0};

    (void)state;
    assert_null(choosing_open("status:upp", 10, &problem));
    assert_true(problem.why[0] != '\0');
    filter_close(parse("status:ended"));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(servers_by_what_is_known_of_them),
    cmocka_unit_test(clients_and_messages_have_the_state_of_their_server),
    cmocka_unit_test(a_state_that_is_none_is_refused),
};

const struct suite suite_watch_choosing = {
    .name = "watch_choosing", .tests = tests, .count = sizeof tests / sizeof *tests};
