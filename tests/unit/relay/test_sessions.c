/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sessions: small tables and random use, against a plain model. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../../src/relay/sessions_internal.h"
#include "../suite.h"

enum { CLIENTS = 24, STEPS = 20000 };

static const struct hash_key key = {.k0 = 1, .k1 = 2};

static uint32_t draw(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

static struct endpoint client_of(unsigned i)
{
    return (struct endpoint){.family = ENDPOINT_IPV4,
                             .address = {10, 0, 0, (uint8_t)(i / 2)},
                             .port = (uint16_t)(1000 + i)};
}

/* As the engine does it. */
static uint32_t use(struct sessions *sessions, const struct endpoint *client, uint16_t listener,
                    int64_t now_ns)
{
    uint32_t slot = sessions_find(sessions, client, listener);

    if (slot == SESSIONS_NONE) {
        uint32_t victim = sessions_victim(sessions);
        if (victim != SESSIONS_NONE)
            sessions_evict(sessions, victim);
        slot = sessions_add(sessions, client, listener, now_ns);
        sessions_move(sessions, slot, SESSIONS_NEW);
    }
    sessions_touch(sessions, slot, now_ns);
    return slot;
}

/* What the model knows of a client: index is 2 * client + listener. */
struct model {
    struct counts counts[SESSION_WAYS];
    bool here;
    enum session_list list;
    int64_t last_ns;
};

static void check_counts(const struct sessions *sessions, const struct model *model,
                         const struct counts *all)
{
    for (int way = 0; way < SESSION_WAYS; way++) {
        struct counts sum = *sessions_evicted(sessions, (enum session_way)way);
        for (unsigned i = 0; i < 2 * CLIENTS; i++)
            if (model[i].here)
                counts_add(&sum, &model[i].counts[way]);
        assert_memory_equal(&sum, &all[way], sizeof sum);
        assert_memory_equal(sessions_totals(sessions, (enum session_way)way), &all[way],
                            sizeof sum);
    }
}

static void check_rows(const struct sessions *sessions, const struct model *model)
{
    unsigned here = 0;

    for (unsigned i = 0; i < 2 * CLIENTS; i++) {
        struct endpoint client = client_of(i / 2);
        uint32_t slot = sessions_find(sessions, &client, (uint16_t)(i % 2));
        assert_int_equal(slot != SESSIONS_NONE, model[i].here);
        if (slot == SESSIONS_NONE)
            continue;
        here++;
        const struct session *session = sessions_at(sessions, slot);
        assert_memory_equal(session->counts, model[i].counts, sizeof session->counts);
        assert_int_equal(session->list, model[i].list);
        assert_int_equal(session->last_ns, model[i].last_ns);
    }
    assert_int_equal(here, sessions_clients(sessions));
}

/* The model's own search for the row to evict. */
static unsigned find_oldest(const struct model *model, enum session_list list)
{
    unsigned found = 2 * CLIENTS;

    for (unsigned i = 0; i < 2 * CLIENTS; i++)
        if (model[i].here && model[i].list == list &&
            (found == 2 * CLIENTS || model[i].last_ns < model[found].last_ns))
            found = i;
    return found;
}

static void evict_from_model(struct model *model, uint32_t capacity)
{
    unsigned here = 0, fresh = find_oldest(model, SESSIONS_NEW), fresh_count = 0;
    unsigned closed = find_oldest(model, SESSIONS_CLOSED),
             proven = find_oldest(model, SESSIONS_PROVEN);
    unsigned none = 2 * CLIENTS, victim;

    for (unsigned i = 0; i < none; i++) {
        here += model[i].here;
        fresh_count += model[i].here && model[i].list == SESSIONS_NEW;
    }
    if (here < capacity)
        return;
    if (closed != none)
        victim = closed;
    else if (fresh == none || proven == none)
        victim = fresh != none ? fresh : proven;
    else if (fresh_count > capacity / 4)
        victim = fresh;
    else
        victim = model[fresh].last_ns < model[proven].last_ns ? fresh : proven;
    model[victim] = (struct model){.here = false};
}

static void run_against_model(uint32_t capacity, uint32_t seed)
{
    struct sessions *sessions = sessions_open(capacity, &key);
    struct model model[2 * CLIENTS] = {{.here = false}};
    struct counts all[SESSION_WAYS] = {{.received = 0}};

    assert_non_null(sessions);
    for (int64_t now_ns = 1; now_ns < STEPS; now_ns++) {
        unsigned i = draw(&seed) % (2 * CLIENTS), way = draw(&seed) % 2, what = draw(&seed) % 8;
        struct endpoint client = client_of(i / 2);
        const struct counts more = {.received = 2, .acked = 1, .held = {[HELD_LOSS] = 1}};
        if (!model[i].here) {
            evict_from_model(model, capacity);
            model[i] = (struct model){.here = true, .list = SESSIONS_NEW};
        }
        uint32_t slot = use(sessions, &client, (uint16_t)(i % 2), now_ns);
        model[i].last_ns = now_ns;
        sessions_count(sessions, sessions_handle(sessions, slot), (enum session_way)way, &more);
        counts_add(&model[i].counts[way], &more);
        counts_add(&all[way], &more);
        if (what < SESSIONS_LISTS) {
            sessions_move(sessions, slot, (enum session_list)what);
            model[i].list = (enum session_list)what;
        }
        if (now_ns % 64 == 0)
            check_rows(sessions, model);
    }
    check_counts(sessions, model, all);
    sessions_close(sessions);
}

static void it_does_what_the_model_does(void **state)
{
    (void)state;
    for (uint32_t capacity = 1; capacity <= 2 * CLIENTS + 1; capacity += 5)
        run_against_model(capacity, capacity);
}

static void late_counts_go_to_the_evicted(void **state)
{
    struct sessions *sessions = sessions_open(1, &key);
    struct endpoint one = client_of(1), other = client_of(2);
    const struct counts more = {.received = 1, .acked = 1};

    (void)state;
    struct session_handle handle = sessions_handle(sessions, use(sessions, &one, 0, 1));
    use(sessions, &other, 0, 2);
    assert_null(sessions_get(sessions, handle));
    sessions_count(sessions, handle, SESSION_TO_CLIENT, &more);
    assert_int_equal(sessions_evicted(sessions, SESSION_TO_CLIENT)->acked, 1);
    assert_int_equal(sessions_totals(sessions, SESSION_TO_CLIENT)->acked, 1);
    assert_int_equal(sessions_evictions(sessions), 1);
    sessions_close(sessions);
}

/* 100,000 forged sources, each once: they evict each other. */
static void a_flood_leaves_proven_sessions(void **state)
{
    enum { CAPACITY = 1000, PROVEN = 700 };
    struct sessions *sessions = sessions_open(CAPACITY, &key);
    struct endpoint client = client_of(0);
    int64_t now_ns = 1;

    (void)state;
    for (uint16_t port = 1; port <= PROVEN; port++) {
        client.port = port;
        sessions_move(sessions, use(sessions, &client, 0, now_ns++), SESSIONS_PROVEN);
    }
    for (uint32_t i = 0; i < 100000; i++) {
        struct endpoint forged = {
            .family = ENDPOINT_IPV4,
            .address = {198, (uint8_t)(i >> 16), (uint8_t)(i >> 8), (uint8_t)i},
            .port = 5000};
        use(sessions, &forged, 0, now_ns++);
    }
    assert_int_equal(sessions_in_list(sessions, SESSIONS_PROVEN), PROVEN);
    assert_int_equal(sessions_used(sessions), CAPACITY);
    for (uint16_t port = 1; port <= PROVEN; port++) {
        client.port = port;
        assert_int_not_equal(sessions_find(sessions, &client, 0), SESSIONS_NONE);
    }
    sessions_close(sessions);
}

static void changed_rows_are_queued_once(void **state)
{
    struct sessions *sessions = sessions_open(4, &key);
    struct endpoint one = client_of(1), other = client_of(2);

    (void)state;
    uint32_t first = use(sessions, &one, 0, 1), second = use(sessions, &other, 0, 2);
    use(sessions, &one, 0, 3);
    assert_int_equal(sessions_dirty(sessions), first);
    sessions_clean(sessions);
    assert_int_equal(sessions_dirty(sessions), second);
    sessions_clean(sessions);
    assert_int_equal(sessions_dirty(sessions), SESSIONS_NONE);
    use(sessions, &other, 0, 4);
    assert_int_equal(sessions_dirty(sessions), second);
    sessions_reset(sessions);
    assert_int_equal(sessions_dirty(sessions), SESSIONS_NONE);
    assert_int_equal(sessions_clients(sessions), 0);
    assert_int_equal(sessions_find(sessions, &one, 0), first); /* it stays open */
    sessions_close(sessions);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(it_does_what_the_model_does),
    cmocka_unit_test(late_counts_go_to_the_evicted),
    cmocka_unit_test(a_flood_leaves_proven_sessions),
    cmocka_unit_test(changed_rows_are_queued_once),
};

const struct suite suite_sessions = {
    .name = "sessions", .tests = tests, .count = sizeof tests / sizeof *tests};
