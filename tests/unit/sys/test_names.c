/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* names: what is looked up, and what is not. As in test_lookup, only 127.0.0.1 is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../await.h"
#include "../suite.h"

#include "udptui/sys/names.h"

static const struct endpoint loopback = {
    .family = ENDPOINT_IPV4, .address = {127, 0, 0, 1}, .port = 4010};

struct learned {
    struct names *names;
    int count;
    struct endpoint address; /* of the latest */
};

static void note_name(void *context, const struct endpoint *address, const char *name)
{
    struct learned *learned = context;

    learned->count++;
    learned->address = *address;
    hostnames_learn(learned->names->hosts, address, name[0] != '\0' ? name : NULL);
}

static void learn_one(struct learned *learned)
{
    int before = learned->count;

    while (learned->count == before) {
        await_readable(names_fd(learned->names));
        names_turn(learned->names, note_name, learned);
    }
}

static void what_was_never_opened_has_no_names(void **state)
{
    struct names names = {.hosts = NULL};
    struct learned learned = {.names = &names};

    (void)state;
    assert_int_equal(names_fd(&names), -1);
    names_turn(&names, note_name, &learned);
    assert_int_equal(learned.count, 0);
    names_close(&names);
}

static void only_what_is_shown_is_looked_up_and_once(void **state)
{
    struct names names;
    struct learned learned = {.names = &names};
    struct endpoint wanted;

    (void)state;
    assert_true(names_open(&names, true, SANDBOX_AUTO));
    names_turn(&names, note_name, &learned); /* nothing was shown */
    assert_int_equal(learned.count, 0);
    assert_string_equal(hostnames_find(names.hosts, &loopback), "");
    hostnames_find(names.hosts, &loopback); /* shown again before the result */
    names_turn(&names, note_name, &learned);
    learn_one(&learned);
    assert_memory_equal(learned.address.address, loopback.address, 4);
    hostnames_find(names.hosts, &loopback); /* known now, with a name or without */
    names_turn(&names, note_name, &learned);
    assert_int_equal(learned.count, 1);
    assert_false(hostnames_wanted(names.hosts, &wanted));
    names_close(&names);
    assert_int_equal(names_fd(&names), -1);
}

static void switched_off_nothing_is_looked_up(void **state)
{
    struct names names;
    struct learned learned = {.names = &names};

    (void)state;
    assert_true(names_open(&names, false, SANDBOX_AUTO));
    hostnames_find(names.hosts, &loopback);
    names_turn(&names, note_name, &learned);
    hostnames_switch(names.hosts, true);
    names_turn(&names, note_name, &learned); /* it was not noted either */
    assert_int_equal(learned.count, 0);
    hostnames_find(names.hosts, &loopback);
    names_turn(&names, note_name, &learned);
    learn_one(&learned);
    assert_int_equal(learned.count, 1);
    names_close(&names);
}

/* More addresses on the screen than are queued at once: each gets its turn, once. All are
 * 127.0.0.1, with zones, so that they differ. */
static void more_than_fit_get_their_turns(void **state)
{
    enum { MANY = 100 };
    struct names names;
    struct learned learned = {.names = &names};

    (void)state;
    assert_true(names_open(&names, true, SANDBOX_AUTO));
    while (learned.count < MANY) {
        for (uint32_t zone = 1; zone <= MANY; zone++) {
            struct endpoint address = loopback;
            address.scope = zone;
            hostnames_find(names.hosts, &address);
        }
        names_turn(&names, note_name, &learned);
        if (learned.count < MANY)
            learn_one(&learned);
    }
    names_turn(&names, note_name, &learned);
    assert_in_range(learned.count, MANY, MANY + 4); /* a set may have had to evict one */
    names_close(&names);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(what_was_never_opened_has_no_names),
    cmocka_unit_test(only_what_is_shown_is_looked_up_and_once),
    cmocka_unit_test(switched_off_nothing_is_looked_up),
    cmocka_unit_test(more_than_fit_get_their_turns),
};

const struct suite suite_names = {
    .name = "names", .tests = tests, .count = sizeof tests / sizeof *tests};
