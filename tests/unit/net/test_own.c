/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* own: tables of interfaces that the test makes up (the linker replaces getifaddrs(3) and what is
 * asked of the kernel), and memory that is short. */
#include <ifaddrs.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <net/if.h>
#include <netinet/in.h>

#include "../suite.h"

#include "udptui/base/array.h"
#include "udptui/net/own.h"

enum { INTERFACES_MAX = 40 };

/* A row of the table; address NULL: none. */
struct interface {
    const char *name, *address, *netmask, *broadcast;
    unsigned flags;
};

/* What the replaced functions give. */
static struct made_up {
    bool on; /* else the real ones */
    const struct interface *interfaces;
    size_t count;
    bool fails, changed;
    int allocations_left; /* below 0: any number */
    struct ifaddrs list[INTERFACES_MAX];
    struct sockaddr_storage addresses[INTERFACES_MAX][3];
} made_up;

static struct sockaddr *made_up_address(struct sockaddr_storage *storage, const char *text)
{
    struct sockaddr_in *four = (struct sockaddr_in *)storage;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)storage;

    memset(storage, 0, sizeof *storage);
    if (text == NULL)
        return NULL;
    if (inet_pton(AF_INET, text, &four->sin_addr) == 1)
        four->sin_family = AF_INET;
    else if (inet_pton(AF_INET6, text, &six->sin6_addr) == 1)
        six->sin6_family = AF_INET6, six->sin6_scope_id = 3;
    else
        storage->ss_family = AF_PACKET;
    return (struct sockaddr *)storage;
}

int __real_getifaddrs(struct ifaddrs **list);
int __wrap_getifaddrs(struct ifaddrs **list);
int __wrap_getifaddrs(struct ifaddrs **list)
{
    if (!made_up.on)
        return __real_getifaddrs(list);
    if (made_up.fails)
        return -1;
    *list = NULL;
    for (size_t i = made_up.count; i > 0; i--) {
        const struct interface *interface = &made_up.interfaces[i - 1];
        struct ifaddrs *row = &made_up.list[i - 1];
        struct sockaddr_storage *addresses = made_up.addresses[i - 1];
        *row =
            (struct ifaddrs){.ifa_next = *list,
                             .ifa_name = (char *)(uintptr_t)interface->name,
                             .ifa_flags = interface->flags,
                             .ifa_addr = made_up_address(&addresses[0], interface->address),
                             .ifa_netmask = made_up_address(&addresses[1], interface->netmask),
                             .ifa_broadaddr = made_up_address(&addresses[2], interface->broadcast)};
        *list = row;
    }
    return 0;
}

void __real_freeifaddrs(struct ifaddrs *list);
void __wrap_freeifaddrs(struct ifaddrs *list);
void __wrap_freeifaddrs(struct ifaddrs *list)
{
    if (!made_up.on)
        __real_freeifaddrs(list);
}

/* "if7" has index 7; one without a digit is gone. */
unsigned __real_if_nametoindex(const char *name);
unsigned __wrap_if_nametoindex(const char *name);
unsigned __wrap_if_nametoindex(const char *name)
{
    return made_up.on ? (unsigned)atoi(name + 2) : __real_if_nametoindex(name);
}

bool __real_links_changed(int watch, void (*gone)(void *context, uint32_t index), void *context);
bool __wrap_links_changed(int watch, void (*gone)(void *context, uint32_t index), void *context);
bool __wrap_links_changed(int watch, void (*gone)(void *context, uint32_t index), void *context)
{
    return made_up.on ? made_up.changed : __real_links_changed(watch, gone, context);
}

void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size)
{
    if (!made_up.on) /* also in threads of other cases */
        return __real_calloc(count, size);
    if (made_up.allocations_left == 0)
        return NULL;
    made_up.allocations_left--;
    return __real_calloc(count, size);
}

static void make_up(const struct interface *interfaces, size_t count)
{
    made_up.on = true;
    made_up.allocations_left = -1;
    made_up.fails = made_up.changed = false;
    made_up.interfaces = interfaces;
    made_up.count = count;
}

static int back_to_the_real_ones(void **state)
{
    (void)state;
    made_up.on = false;
    return 0;
}

/* "10.0.0.0 10.0.0.255", in order, each once. */
static const char *broadcasts_of(const struct own *own)
{
    static char text[512];
    size_t length = 0;

    text[0] = '\0';
    for (size_t i = 0; i < own->addresses.broadcast_count; i++) {
        uint32_t address = own->addresses.broadcasts[i];
        if (i > 0 && address == own->addresses.broadcasts[i - 1])
            continue;
        length +=
            (size_t)snprintf(text + length, sizeof text - length, "%s%u.%u.%u.%u", i > 0 ? " " : "",
                             address >> 24, address >> 16 & 255, address >> 8 & 255, address & 255);
    }
    return text;
}

static void each_subnet_has_its_broadcasts(void **state)
{
    static const struct {
        struct interface interface;
        const char *broadcasts;
    } rows[] = {
        {{"if1", "10.1.2.3", "255.255.255.0", "10.1.2.255", IFF_BROADCAST}, "10.1.2.0 10.1.2.255"},
        {{"if1", "10.1.2.3", "255.255.255.0", "10.9.9.9", IFF_BROADCAST},
         "10.1.2.0 10.1.2.255 10.9.9.9"}, /* one of its own was configured */
        {{"if1", "10.1.2.3", "255.255.255.0", "10.1.2.3", IFF_BROADCAST},
         "10.1.2.0 10.1.2.255"}, /* none was: its own address stands there */
        {{"if1", "10.1.2.3", "255.255.255.0", "10.9.9.9", 0},
         "10.1.2.0 10.1.2.255"}, /* the other end of a tunnel */
        {{"if1", "10.1.2.3", "255.255.255.252", NULL, 0}, "10.1.2.0 10.1.2.3"},
        {{"if1", "10.1.2.3", "255.255.255.254", "10.1.2.2", IFF_BROADCAST}, ""}, /* RFC 3021 */
        {{"if1", "10.1.2.3", "255.255.255.255", "10.1.2.3", IFF_BROADCAST}, ""},
        {{"if1", "10.200.2.3", "255.128.0.0", NULL, 0}, "10.128.0.0 10.255.255.255"},
        {{"if1", "10.1.2.3", NULL, "10.1.2.255", IFF_BROADCAST}, ""},
        {{"if1", "fe80::1", "ffff:ffff:ffff:ffff::", NULL, IFF_BROADCAST}, ""},
        {{"if1", NULL, NULL, NULL, IFF_BROADCAST}, ""},
        {{"if1", "packet", "packet", "packet", IFF_BROADCAST}, ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct own own;
        make_up(&rows[i].interface, 1);
        own_open(&own);
        if (strcmp(broadcasts_of(&own), rows[i].broadcasts) != 0)
            fail_msg("row %zu: %s", i, broadcasts_of(&own));
        own_close(&own);
        assert_int_equal(own.fd, -1);
        assert_int_equal(own.addresses.count, 0);
    }
}

static void addresses_are_sorted_without_zones(void **state)
{
    static const struct interface interfaces[] = {
        {"if1", "fe80::1", NULL, NULL, 0},   {"if1", "192.0.2.7", NULL, NULL, 0},
        {"if2", "0.0.0.0", NULL, NULL, 0},   {"if2", "::", NULL, NULL, 0},
        {"if2", "192.0.2.1", NULL, NULL, 0}, {"if3", "packet", NULL, NULL, 0},
        {"if3", NULL, NULL, NULL, 0},
    };
    struct own own;

    (void)state;
    make_up(interfaces, COUNT_OF(interfaces));
    own_open(&own);
    assert_int_equal(own.addresses.count, 3);
    for (size_t i = 0; i < own.addresses.count; i++) {
        assert_int_equal(own.addresses.rows[i].scope, 0);
        assert_int_equal(own.addresses.rows[i].port, 0);
        assert_true(i == 0 ||
                    endpoint_compare(&own.addresses.rows[i - 1], &own.addresses.rows[i]) < 0);
    }
    own_close(&own);
}

/* lo, and the device of a VRF, each once; no more than there is room for. */
static void loopback_interfaces_are_known(void **state)
{
    static const struct interface some[] = {
        {"if1", "127.0.0.1", NULL, NULL, IFF_LOOPBACK},
        {"if1", "::1", NULL, NULL, IFF_LOOPBACK},
        {"if5", "10.0.0.1", NULL, NULL, 0},
        {"if7", "127.0.0.2", NULL, NULL, 0},
        {"ifx", "127.0.0.3", NULL, NULL, 0}, /* it is gone by now */
    };
    static char names[INTERFACES_MAX][8];
    struct interface many[INTERFACES_MAX];
    struct own own;

    (void)state;
    make_up(some, COUNT_OF(some));
    own_open(&own);
    assert_int_equal(own.addresses.loopback_count, 2);
    assert_int_equal(own.addresses.loopbacks[0], 1);
    assert_int_equal(own.addresses.loopbacks[1], 7);
    own_close(&own);
    for (int i = 0; i < INTERFACES_MAX; i++) {
        snprintf(names[i], sizeof names[i], "if%d", i + 1);
        many[i] = (struct interface){.name = names[i], .address = "127.0.0.1"};
    }
    make_up(many, COUNT_OF(many));
    own_open(&own);
    assert_int_equal(own.addresses.loopback_count, OWN_LOOPBACKS_MAX);
    assert_int_equal(own.addresses.loopbacks[OWN_LOOPBACKS_MAX - 1], OWN_LOOPBACKS_MAX);
    assert_int_equal(own.addresses.count, INTERFACES_MAX);
    own_close(&own);
}

/* What the kernel refuses, or memory that is short, leaves the table as it was. */
static void a_failure_keeps_what_is_known(void **state)
{
    static const struct interface one = {"if1", "192.0.2.7", "255.255.255.0", NULL, 0};
    static const struct interface two[] = {{"if1", "192.0.2.8", "255.255.255.0", NULL, 0},
                                           {"if1", "192.0.2.9", NULL, NULL, 0}};
    struct own own;

    (void)state;
    make_up(&one, 1);
    own_open(&own);
    if (own.fd < 0) {
        own_close(&own);
        skip(); /* no rtnetlink(7) here */
    }
    make_up(two, COUNT_OF(two));
    own_refresh(&own); /* nothing has changed */
    assert_int_equal(own.addresses.count, 1);
    made_up.changed = true;
    made_up.fails = true;
    own_refresh(&own);
    assert_int_equal(own.addresses.count, 1);
    made_up.fails = false;
    for (int left = 0; left < 2; left++) {
        made_up.allocations_left = left;
        own_refresh(&own);
        assert_int_equal(own.addresses.count, 1);
        assert_int_equal(own.addresses.rows[0].address[3], 7);
        assert_string_equal(broadcasts_of(&own), "192.0.2.0 192.0.2.255");
    }
    made_up.allocations_left = -1;
    own_refresh(&own);
    assert_int_equal(own.addresses.count, 2);
    assert_int_equal(own.addresses.rows[0].address[3], 8);
    own_close(&own);
}

static void without_any_interface_it_is_empty(void **state)
{
    struct own own;

    (void)state;
    make_up(NULL, 0);
    own_open(&own);
    assert_int_equal(own.addresses.count + own.addresses.broadcast_count, 0);
    own_close(&own);
    made_up.fails = true;
    own_open(&own);
    assert_int_equal(own.addresses.count, 0);
    own_close(&own);
}

#define MADE_UP(test) cmocka_unit_test_teardown(test, back_to_the_real_ones)

static const struct CMUnitTest tests[] = {
    MADE_UP(each_subnet_has_its_broadcasts),    MADE_UP(addresses_are_sorted_without_zones),
    MADE_UP(loopback_interfaces_are_known),     MADE_UP(a_failure_keeps_what_is_known),
    MADE_UP(without_any_interface_it_is_empty),
};

const struct suite suite_own = {
    .name = "own", .tests = tests, .count = sizeof tests / sizeof *tests};
