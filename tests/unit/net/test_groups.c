/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* groups: joined on loopback, lost and joined again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <errno.h>
#include <net/if.h>
#include <unistd.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/net/groups.h"
#include "udptui/net/udp.h"

struct fixture {
    struct udp_socket socket;
    struct groups groups;
    uint32_t loopback; /* index of the interface */
    char error[UDP_ERROR_SIZE];
    unsigned reports, of_lost;
    bool refuses; /* reports are to come again */
};

static int set_up(void **state)
{
    const struct endpoint any = {.family = ENDPOINT_IPV4};
    struct fixture *fixture = calloc(1, sizeof *fixture);

    fixture->loopback = if_nametoindex("lo");
    fixture->groups.watch = -1;
    *state = fixture;
    return udp_open_server(&any, &(struct udp_options){.gro = false}, &fixture->socket,
                           fixture->error)
               ? 0
               : -1;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    udp_close(&fixture->socket);
    if (fixture->groups.watch >= 0)
        close(fixture->groups.watch);
    free(fixture);
    return 0;
}

static struct endpoint group_number(const struct fixture *fixture, unsigned number)
{
    return (struct endpoint){.family = ENDPOINT_IPV4,
                             .address = {239, 1, (uint8_t)(number / 256), (uint8_t)number},
                             .scope = fixture->loopback};
}

static bool note(void *context, const struct group *group)
{
    struct fixture *fixture = context;

    if (fixture->refuses)
        return false;
    fixture->reports++;
    fixture->of_lost += group->address.scope == 0;
    return true;
}

/* Whether the kernel knows the membership: a second one is refused. */
static bool is_joined(const struct fixture *fixture, const struct endpoint *group)
{
    if (udp_set_membership(&fixture->socket, group, true) == EADDRINUSE)
        return true;
    udp_set_membership(&fixture->socket, group, false);
    return false;
}

static void one_is_joined(void **state)
{
    struct fixture *fixture = *state;
    struct endpoint group = group_number(fixture, 1);

    assert_false(is_joined(fixture, &group));
    assert_true(groups_join(&fixture->groups, &fixture->socket, 1, &group, fixture->error));
    assert_true(is_joined(fixture, &group));
    assert_int_equal(fixture->groups.count, 1);
    assert_string_equal(fixture->groups.each[0].interface, "lo");
    assert_true(groups_join(&fixture->groups, &fixture->socket, 1, &group, fixture->error));
    assert_int_equal(fixture->groups.count, 1); /* it is the same */
}

static void which_socket_has_which_group(void **state)
{
    struct fixture *fixture = *state;
    struct endpoint group = group_number(fixture, 1), other = group_number(fixture, 2);

    assert_true(groups_join(&fixture->groups, &fixture->socket, 1, &group, fixture->error));
    assert_true(groups_include(&fixture->groups, 0, &group, fixture->loopback));
    assert_true(groups_include(&fixture->groups, 0, &group, 0)); /* interface not known */
    assert_false(groups_include(&fixture->groups, 0, &group, fixture->loopback + 1));
    assert_false(groups_include(&fixture->groups, 1, &group, fixture->loopback));
    assert_false(groups_include(&fixture->groups, 0, &other, fixture->loopback));
}

static void more_than_there_is_room_for(void **state)
{
    struct fixture *fixture = *state;

    for (unsigned i = 0; i <= GROUPS_MAX; i++) {
        struct endpoint group = group_number(fixture, i);
        bool joined = groups_join(&fixture->groups, &fixture->socket, 0, &group, fixture->error);
        assert_int_equal(joined, i < GROUPS_MAX);
    }
    assert_string_equal(fixture->error, "cannot join 239.1.0.64: too many groups");
}

/* The kernel's limit of a socket (ip(7), igmp_max_memberships), if it is lower than ours. */
static void more_than_the_kernel_takes(void **state)
{
    struct fixture *fixture = *state;
    FILE *file = fopen("/proc/sys/net/ipv4/igmp_max_memberships", "r");
    unsigned most = GROUPS_MAX;

    if (file != NULL) {
        if (fscanf(file, "%u", &most) != 1)
            most = GROUPS_MAX;
        fclose(file);
    }
    if (most >= GROUPS_MAX)
        skip();
    for (unsigned i = 0; i <= most; i++) {
        struct endpoint group = group_number(fixture, i);
        bool joined = groups_join(&fixture->groups, &fixture->socket, 1, &group, fixture->error);
        assert_int_equal(joined, i < most);
    }
    assert_non_null(strstr(fixture->error, "net.ipv4.igmp_max_memberships"));
}

static void an_interface_that_is_not_there(void **state)
{
    struct fixture *fixture = *state;
    struct endpoint group = group_number(fixture, 1);

    group.scope = INT32_MAX;
    assert_false(groups_join(&fixture->groups, &fixture->socket, 1, &group, fixture->error));
    assert_non_null(strstr(fixture->error, "cannot join 239.1.0.1: "));
    assert_non_null(strstr(fixture->error, "interface"));
}

/* As when its interface went away and is back: both are reported. */
static void a_lost_group_is_joined_again(void **state)
{
    struct fixture *fixture = *state;
    struct endpoint group = group_number(fixture, 1);

    assert_true(groups_join(&fixture->groups, &fixture->socket, 1, &group, fixture->error));
    assert_int_equal(groups_check(&fixture->groups, &fixture->socket, note, fixture), 0);
    assert_int_equal(fixture->reports, 0);
    groups_lose(&fixture->groups, &fixture->socket, fixture->loopback + 1);
    assert_true(is_joined(fixture, &group));
    groups_lose(&fixture->groups, &fixture->socket, fixture->loopback);
    assert_false(is_joined(fixture, &group));
    assert_false(groups_include(&fixture->groups, 0, &group, fixture->loopback));
    assert_int_equal(groups_check(&fixture->groups, &fixture->socket, note, fixture), 0);
    assert_int_equal(fixture->reports, 2);
    assert_int_equal(fixture->of_lost, 1);
    assert_true(is_joined(fixture, &group));
}

/* Lost while its interface is away: that is reported once, and looked for again. */
static void an_interface_that_stays_away(void **state)
{
    struct fixture *fixture = *state;
    struct endpoint group = group_number(fixture, 1);

    assert_true(groups_join(&fixture->groups, &fixture->socket, 1, &group, fixture->error));
    groups_lose(&fixture->groups, &fixture->socket, fixture->loopback);
    strcpy(fixture->groups.each[0].interface, "nosuchif");
    for (int i = 0; i < 3; i++)
        assert_int_equal(groups_check(&fixture->groups, &fixture->socket, note, fixture), 1);
    assert_int_equal(fixture->reports, 1);
    assert_int_equal(fixture->of_lost, 1);
    assert_false(is_joined(fixture, &group));
}

/* A report that found no room comes again, but only of the state that holds then. */
static void a_report_that_was_refused(void **state)
{
    struct fixture *fixture = *state;
    struct endpoint group = group_number(fixture, 1);

    assert_true(groups_join(&fixture->groups, &fixture->socket, 1, &group, fixture->error));
    groups_lose(&fixture->groups, &fixture->socket, fixture->loopback);
    strcpy(fixture->groups.each[0].interface, "nosuchif");
    fixture->refuses = true;
    assert_int_equal(groups_check(&fixture->groups, &fixture->socket, note, fixture), 1);
    fixture->refuses = false;
    assert_int_equal(groups_check(&fixture->groups, &fixture->socket, note, fixture), 1);
    assert_int_equal(fixture->of_lost, 1);
    strcpy(fixture->groups.each[0].interface, "lo");
    fixture->refuses = true;
    assert_int_equal(groups_check(&fixture->groups, &fixture->socket, note, fixture), 1);
    assert_true(is_joined(fixture, &group));
    fixture->refuses = false;
    assert_int_equal(groups_check(&fixture->groups, &fixture->socket, note, fixture), 0);
    assert_int_equal(fixture->reports, 2);
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

static const struct CMUnitTest tests[] = {
    CASE(one_is_joined),
    CASE(which_socket_has_which_group),
    CASE(more_than_there_is_room_for),
    CASE(more_than_the_kernel_takes),
    CASE(an_interface_that_is_not_there),
    CASE(a_lost_group_is_joined_again),
    CASE(an_interface_that_stays_away),
    CASE(a_report_that_was_refused),
};

const struct suite suite_groups = {
    .name = "groups", .tests = tests, .count = sizeof tests / sizeof *tests};
