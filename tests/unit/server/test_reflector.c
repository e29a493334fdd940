/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reflector: sessions and their numbers, and that the table is bounded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../../src/server/reflector_internal.h"
#include "../suite.h"

static const struct endpoint local = {
    .family = ENDPOINT_IPV4, .address = {127, 0, 0, 1}, .port = 862};

static struct endpoint sender(uint16_t port)
{
    return (struct endpoint){.family = ENDPOINT_IPV4, .address = {10, 0, 0, 1}, .port = port};
}

static uint32_t next(struct reflector *reflector, const struct endpoint *peer,
                     const struct endpoint *ours, uint16_t session, int64_t now_ns)
{
    const struct reflector_id id = {.peer = peer, .local = ours, .session = session};

    return reflector_next(reflector, &id, now_ns);
}

static void each_session_counts_by_itself(void **state)
{
    struct reflector *reflector = reflector_open();
    struct endpoint one = sender(1000), two = sender(1001), other = local;

    (void)state;
    other.port = 863;
    for (uint32_t i = 0; i < 5; i++) {
        assert_int_equal(next(reflector, &one, &local, 0, 1), i);
        assert_int_equal(next(reflector, &two, &local, 0, 1), i);
        assert_int_equal(next(reflector, &one, &other, 0, 1), i);
        assert_int_equal(next(reflector, &one, &local, 7, 1), i);
    }
    reflector_close(reflector);
}

static void an_idle_session_begins_anew(void **state)
{
    struct reflector *reflector = reflector_open();
    struct endpoint peer = sender(1000);

    (void)state;
    assert_int_equal(next(reflector, &peer, &local, 0, 1), 0);
    assert_int_equal(next(reflector, &peer, &local, 0, 1 + REFLECTOR_IDLE_NS), 1);
    assert_int_equal(next(reflector, &peer, &local, 0, 2 + 2 * REFLECTOR_IDLE_NS), 0);
    reflector_close(reflector);
}

/* More senders than it has room for: active sessions keep their count, others start again. */
static void more_sessions_than_fit(void **state)
{
    struct reflector *reflector = reflector_open();
    struct endpoint active = sender(1);
    uint32_t replies = 0;

    (void)state;
    for (uint32_t i = 0; i < 4 * REFLECTOR_SESSIONS; i++) {
        struct endpoint peer = sender((uint16_t)(2 + i));
        peer.address[1] = (uint8_t)(i >> 16);
        assert_int_equal(next(reflector, &peer, &local, 1, (int64_t)i + 2), 0);
        if (i % 16 == 0)
            assert_int_equal(next(reflector, &active, &local, 0, (int64_t)i + 2), replies++);
    }
    reflector_close(reflector);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(each_session_counts_by_itself),
    cmocka_unit_test(an_idle_session_begins_anew),
    cmocka_unit_test(more_sessions_than_fit),
};

const struct suite suite_reflector = {
    .name = "reflector", .tests = tests, .count = sizeof tests / sizeof *tests};
