/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* snapshot: what is written is read again, exactly; what cannot be is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../judge.h"
#include "../suite.h"

#include "udptui/base/array.h"
#include "udptui/base/units.h"
#include "udptui/output/snapshot.h"

enum { ROUNDS = 300 };

static const int64_t now_ns = INT64_C(1800000000123456789);

/* ---- random documents */

static uint64_t random_wide(uint64_t *seed)
{
    uint64_t high = judge_random(seed);

    return high << 32 | judge_random(seed);
}

/* Of any number of digits; the sum of twenty stays in bounds. */
static uint64_t random_count(uint64_t *seed)
{
    uint64_t number = random_wide(seed);

    return number >> (14 + number % 50);
}

static struct counts random_counts(uint64_t *seed)
{
    struct counts counts = {.acked = random_count(seed),
                            .failed = random_count(seed),
                            .received_bytes = random_count(seed)};

    counts.received = counts.acked + counts.failed;
    for (int i = 0; i < HELD_REASONS; i++)
        counts.received += counts.held[i] = random_count(seed);
    return counts;
}

static struct event_rtts random_rtts(uint64_t *seed)
{
    struct event_rtts rtts = {.count = judge_random(seed) % 3};

    if (rtts.count > 0)
        rtts = (struct event_rtts){.count = rtts.count,
                                   .sum_ns = 3000000,
                                   .min_ns = 1000,
                                   .max_ns = (int64_t)(judge_random(seed) % 1000000)};
    return rtts;
}

static struct snapshot_target random_target(uint64_t *seed)
{
    struct snapshot_target target = {.target = "192.0.2.1:4010",
                                     .received = random_count(seed),
                                     .late = random_count(seed),
                                     .lost = random_count(seed),
                                     .waiting = random_count(seed),
                                     .rtt_min_ns = -1,
                                     .rtt_mean_ns = 5,
                                     .rtt_p50_ns = 6};

    target.sent = target.received + target.late + target.lost + target.waiting;
    return target;
}

static void random_totals(struct event_totals *totals, bool relay, uint64_t *seed)
{
    totals->counts = random_counts(seed);
    if (relay) {
        totals->back = random_counts(seed);
        totals->rtts = random_rtts(seed);
        totals->back_waiting = (uint32_t)random_count(seed);
    }
    totals->clients = (uint32_t)random_count(seed);
    totals->kernel_dropped = random_count(seed);
    totals->dropped_at_least = judge_random(seed) % 2;
    totals->waiting = (uint32_t)random_count(seed);
    totals->acks_on = judge_random(seed) % 2;
    totals->since_ns = 1;
    totals->now_ns = 1 + (int64_t)random_count(seed);
}

static struct snapshot random_stats(uint64_t *seed)
{
    struct snapshot snapshot = {
        .kind = (enum snapshot_kind)(judge_random(seed) % SNAPSHOT_KINDS),
        .life = {.boot = random_wide(seed), .resets = random_count(seed)},
        .started_ns = now_ns - (int64_t)random_count(seed),
        .taken_ns = now_ns,
        .listening = "127.0.0.1:4010, [::1]:4010",
        .privacy = judge_random(seed) % 2,
        .totals = {.kind = EVENT_TOTALS},
    };

    if (snapshot.kind != SNAPSHOT_PING)
        random_totals(&snapshot.totals, snapshot.kind == SNAPSHOT_RELAY, seed);
    else
        snapshot.target_count = judge_random(seed) % (SNAPSHOT_TARGETS_MAX + 1);
    for (size_t i = 0; i < snapshot.target_count; i++)
        snapshot.targets[i] = random_target(seed);
    return snapshot;
}

static struct endpoint endpoint_of(const char *text)
{
    struct endpoint_spec spec;

    assert_int_equal(endpoint_split(text, &spec), ENDPOINT_OK);
    return spec.literal;
}

static struct snapshot_clients random_clients(uint64_t *seed)
{
    static const char *const labels[] = {"192.0.2.7:50123", "[2001:db8::1]:9", "client 3"};
    struct snapshot_clients clients = {
        .kind = (enum snapshot_kind)(judge_random(seed) % SNAPSHOT_PING),
        .life = {.boot = random_wide(seed), .resets = random_count(seed)},
        .taken_ns = now_ns,
        .count = judge_random(seed) % (SNAPSHOT_CLIENTS_MAX + 1),
    };

    for (size_t i = 0; i < clients.count; i++) {
        struct snapshot_client *client = &clients.clients[i];
        client->record.counts = random_counts(seed);
        if (clients.kind == SNAPSHOT_RELAY)
            client->record.back = random_counts(seed);
        client->record.last_ns = now_ns;
        snprintf(client->label, sizeof client->label, "%s",
                 labels[judge_random(seed) % COUNT_OF(labels)]);
        snprintf(client->name, sizeof client->name, "%s",
                 judge_random(seed) % 2 ? "" : "Zo\xc3\xab \\\\ \\n");
    }
    clients.known = clients.count + random_count(seed);
    return clients;
}

static struct snapshot_message random_message(uint64_t *seed)
{
    struct snapshot_message message = {
        .kind = (enum snapshot_kind)(judge_random(seed) % SNAPSHOT_PING),
        .boot = random_wide(seed),
        .event = {.kind = EVENT_MESSAGE,
                  .status = (uint8_t)(judge_random(seed) % ACK_STATUSES),
                  .number = random_count(seed),
                  .wall_ns = now_ns,
                  .size_bytes = (uint32_t)(judge_random(seed) % 65508),
                  .service_ns = EVENT_UNKNOWN,
                  .relayed = {.rtt_ns = EVENT_UNKNOWN},
                  .to = endpoint_of("127.0.0.1:4010")},
        .label = "192.0.2.7:50123",
    };

    if (message.event.status == ACK_HELD)
        message.event.why_held = (uint8_t)(judge_random(seed) % HELD_REASONS);
    if (message.kind == SNAPSHOT_RELAY)
        message.event.relayed.direction = (uint8_t)(1 + judge_random(seed) % 2);
    message.event.stored_bytes =
        message.event.size_bytes < sizeof message.payload ? message.event.size_bytes : 100;
    for (size_t i = 0; i < message.event.stored_bytes; i++)
        message.payload[i] = (uint8_t)judge_random(seed);
    return message;
}

/* ---- both ways */

static void test_stats_both_ways(void **state)
{
    struct snapshot read;
    char error[SNAPSHOT_ERROR_SIZE];
    uint64_t seed = 1;

    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        struct snapshot written = random_stats(&seed);
        char *text = snapshot_write_stats(&written), *again;
        if (!snapshot_read_stats(text, strlen(text), TEXT_UTF8, &read, error))
            fail_msg("%s: %s", error, text);
        again = snapshot_write_stats(&read);
        assert_string_equal(again, text);
        assert_memory_equal(&read.totals.counts, &written.totals.counts, sizeof(struct counts));
        assert_memory_equal(&read.totals.back, &written.totals.back, sizeof(struct counts));
        assert_int_equal(read.life.boot, written.life.boot);
        assert_int_equal(read.totals.rtts.sum_ns, written.totals.rtts.sum_ns);
        assert_int_equal(read.started_ns, written.started_ns);
        free(text);
        free(again);
    }
}

static void test_clients_both_ways(void **state)
{
    struct snapshot_clients read;
    char error[SNAPSHOT_ERROR_SIZE];
    uint64_t seed = 2;

    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        struct snapshot_clients written = random_clients(&seed);
        char *text = snapshot_write_clients(&written, NULL), *again;
        if (!snapshot_read_clients(text, strlen(text), TEXT_UTF8, &read, error))
            fail_msg("%s: %s", error, text);
        assert_true(strlen(text) < SNAPSHOT_BYTES_MAX);
        again = snapshot_write_clients(&read, NULL);
        assert_string_equal(again, text);
        for (size_t j = 0; j < read.count; j++)
            assert_int_equal(read.clients[j].record.peer.family == ENDPOINT_NONE,
                             strcmp(written.clients[j].label, "client 3") == 0);
        free(text);
        free(again);
    }
}

static void test_messages_both_ways(void **state)
{
    struct snapshot_message read;
    char error[SNAPSHOT_ERROR_SIZE];
    uint64_t seed = 3;

    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        struct snapshot_message written = random_message(&seed);
        char *text = snapshot_write_message(&written, NULL), *again;
        if (!snapshot_read_message(text, strlen(text), TEXT_UTF8, &read, error))
            fail_msg("%s: %s", error, text);
        assert_true(strlen(text) < SNAPSHOT_BYTES_MAX);
        again = snapshot_write_message(&read, NULL);
        assert_string_equal(again, text);
        assert_memory_equal(read.payload, written.payload, sizeof read.payload);
        free(text);
        free(again);
    }
}

static void test_states_both_ways(void **state)
{
    struct snapshot_presence read;
    char error[SNAPSHOT_ERROR_SIZE];

    (void)state;
    for (int i = 0; i < SNAPSHOT_STATES; i++) {
        const struct snapshot_presence written = {.state = (enum snapshot_state)i,
                                                  .kind = SNAPSHOT_PING,
                                                  .boot = UINT64_MAX - (uint64_t)i,
                                                  .wall_ns = i == 0 ? 0 : now_ns};
        char *text = snapshot_write_state(&written);
        assert_true(snapshot_read_state(text, strlen(text), &read, error));
        assert_memory_equal(&read, &written, sizeof read);
        free(text);
    }
}

/* ---- what is missing, not known, impossible */

#define HEAD(event)                                                                                \
    "{\"v\":1,\"event\":\"" event "\",\"kind\":\"serve\",\"boot\":\"00000000000000ab\""
#define STATS(totals) HEAD("stats") ",\"totals\":{" totals "}}"

static void test_missing_and_unknown_members(void **state)
{
    static const char text[] = STATS("\"received\":3,\"acked\":3,\"new\":[1,{\"a\":null}]");
    struct snapshot read;
    char error[SNAPSHOT_ERROR_SIZE];

    (void)state;
    assert_true(snapshot_read_stats(text, strlen(text), TEXT_UTF8, &read, error));
    assert_int_equal(read.totals.counts.received, 3);
    assert_int_equal(read.life.boot, 0xab);
    assert_int_equal(read.taken_ns, 0);
    assert_true(event_totals_bits_per_s(&read.totals) < 0); /* not known */
    assert_string_equal(read.listening, "");
}

static void test_refused_stats(void **state)
{
    static const struct {
        const char *text, *error;
    } cases[] = {
        {"", "it is not JSON"},
        {"{", "it is not JSON"},
        {"[1]", "it is not a JSON object"},
        {"{\"v\":1,\"v\":1}", "it is not JSON: duplicate"},
        {"{\"v\":2,\"event\":\"stats\",\"kind\":\"serve\",\"boot\":\"00000000000000ab\"}",
         "it is not of version 1"},
        {"{\"v\":1,\"kind\":\"serve\",\"boot\":\"00000000000000ab\"}", "event is missing"},
        {HEAD("clients") "}", "event is none of its words"},
        {"{\"v\":1,\"event\":\"stats\",\"kind\":\"serves\",\"boot\":\"00000000000000ab\"}",
         "kind is none of its words"},
        {"{\"v\":1,\"event\":\"stats\",\"kind\":7,\"boot\":\"00000000000000ab\"}",
         "kind is not a text"},
        {"{\"v\":1,\"event\":\"stats\",\"kind\":\"serve\"}", "boot is missing"},
        {"{\"v\":1,\"event\":\"stats\",\"kind\":\"serve\",\"boot\":\"0xab\"}",
         "boot is not 16 hex digits"},
        {HEAD("stats") "}", "totals is missing"},
        {HEAD("stats") ",\"totals\":[]}", "totals is missing"},
        {HEAD("stats") ",\"time\":\"now\",\"totals\":{}}", "time is not a time"},
        {HEAD("stats") ",\"resets\":-1,\"totals\":{}}", "resets is negative"},
        {HEAD("stats") ",\"privacy\":1,\"totals\":{}}", "privacy is neither true nor false"},
        {HEAD("stats") ",\"listening\":{},\"totals\":{}}", "listening is not a text"},
        {STATS("\"received\":1.5"), "received is not a whole number"},
        {STATS("\"received\":\"1\""), "received is not a whole number"},
        {STATS("\"received\":-1"), "received is negative"},
        {STATS("\"received\":72057594037927937"), "received is too large"},
        {STATS("\"received\":99999999999999999999"), "it is not JSON: too big integer"},
        {STATS("\"received\":3,\"acked\":2"), "received is not the sum of what became of it"},
        {STATS("\"held\":2,\"held_by\":{\"loop\":1}"), "held is not the sum of held_by"},
        {STATS("\"held\":0,\"held_by\":[]"), "held_by is not an object"},
        {STATS("\"clients\":4294967296"), "clients is too large"},
        {STATS("\"kernel_dropped_at_least\":1"),
         "kernel_dropped_at_least is neither true nor false"},
        {STATS("\"counted_ns\":-5"), "counted_ns is negative"},
    };
    struct snapshot read;
    char error[SNAPSHOT_ERROR_SIZE];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        if (snapshot_read_stats(cases[i].text, strlen(cases[i].text), TEXT_UTF8, &read, error))
            fail_msg("taken: %s", cases[i].text);
        if (strncmp(error, cases[i].error, strlen(cases[i].error)) != 0)
            fail_msg("%s: %s", cases[i].text, error);
    }
}

static void test_refused_others(void **state)
{
    static const char clients[] = HEAD("clients") ",\"known\":0,\"clients\":[{}]}";
    static const char element[] = HEAD("clients") ",\"known\":1,\"clients\":[7]}";
    static const char hex[] = HEAD("message") ",\"ack\":\"sent\",\"bytes\":1,\"hex\":\"0a0b\"}";
    static const char digit[] = HEAD("message") ",\"ack\":\"sent\",\"bytes\":9,\"hex\":\"0a0\"}";
    static const char word[] = HEAD("state") ",\"state\":\"dead\"}";
    struct snapshot_clients list;
    struct snapshot_message message;
    struct snapshot_presence presence;
    char error[SNAPSHOT_ERROR_SIZE];

    (void)state;
    assert_false(snapshot_read_clients(clients, strlen(clients), TEXT_UTF8, &list, error));
    assert_string_equal(error, "known is less than the number of clients");
    assert_false(snapshot_read_clients(element, strlen(element), TEXT_UTF8, &list, error));
    assert_string_equal(error, "an element of clients is not an object");
    assert_false(snapshot_read_message(hex, strlen(hex), TEXT_UTF8, &message, error));
    assert_string_equal(error, "bytes is less than the bytes that are there");
    assert_false(snapshot_read_message(digit, strlen(digit), TEXT_UTF8, &message, error));
    assert_string_equal(error, "hex is not pairs of hex digits");
    assert_false(snapshot_read_state(word, strlen(word), &presence, error));
    assert_string_equal(error, "state is none of its words");
}

/* One client or target too many, and a document of one byte too many. */
static void test_bounds(void **state)
{
    struct snapshot_clients list;
    struct snapshot read;
    char error[SNAPSHOT_ERROR_SIZE], text[1024];
    char *large = calloc(1, SNAPSHOT_BYTES_MAX + 1);

    (void)state;
    snprintf(text, sizeof text, HEAD("clients") ",\"known\":99,\"clients\":[{}");
    for (int i = 0; i < SNAPSHOT_CLIENTS_MAX; i++)
        strcat(text, ",{}");
    strcat(text, "]}");
    assert_false(snapshot_read_clients(text, strlen(text), TEXT_UTF8, &list, error));
    assert_string_equal(error, "clients has more than 32 elements");
    memset(large, ' ', SNAPSHOT_BYTES_MAX + 1);
    memcpy(large, STATS(""), strlen(STATS("")));
    assert_true(snapshot_read_stats(large, SNAPSHOT_BYTES_MAX, TEXT_UTF8, &read, error));
    assert_false(snapshot_read_stats(large, SNAPSHOT_BYTES_MAX + 1, TEXT_UTF8, &read, error));
    assert_string_equal(error, "it has more than 262144 bytes");
    free(large);
}

/* Escape sequences and their like, in a text and in what the parser complains about. */
static void test_texts_are_safe(void **state)
{
    static const char text[] =
        HEAD("stats") ",\"listening\":\"a\\u001b[31m\\u202eb\\\\x\",\"totals\":{}}";
    static const char wrong[] = HEAD("stats") ",\"\x1b[31m\xe2\x80\xae\"}";
    struct snapshot read;
    char error[SNAPSHOT_ERROR_SIZE];

    (void)state;
    assert_true(snapshot_read_stats(text, strlen(text), TEXT_UTF8, &read, error));
    assert_string_equal(read.listening, "a\\x1B[31m\\u{202E}b\\\\x");
    assert_false(snapshot_read_stats(wrong, strlen(wrong), TEXT_UTF8, &read, error));
    for (const char *at = error; *at != '\0'; at++)
        assert_in_range(*at, ' ', '~');
}

/* A valid document with a few bytes changed: refused with a reason, or taken, and then it is
 * written as something that is taken again. */
static void test_changed_documents(void **state)
{
    struct snapshot read, again;
    char error[SNAPSHOT_ERROR_SIZE];
    uint64_t seed = 4;

    (void)state;
    for (int i = 0; i < 10 * ROUNDS; i++) {
        struct snapshot written = random_stats(&seed);
        char *text = snapshot_write_stats(&written);
        size_t length = strlen(text);
        for (uint64_t j = judge_random(&seed) % 4; j > 0; j--)
            text[judge_random(&seed) % length] =
                "0123456789-\"{}[],:x\x1b\xff"[judge_random(&seed) % 22];
        if (snapshot_read_stats(text, length, TEXT_ASCII, &read, error)) {
            char *more = snapshot_write_stats(&read);
            if (!snapshot_read_stats(more, strlen(more), TEXT_ASCII, &again, error))
                fail_msg("%s: %s, from %s", error, more, text);
            assert_memory_equal(&again.totals.counts, &read.totals.counts, sizeof(struct counts));
            free(more);
        } else {
            assert_true(error[0] != '\0');
        }
        free(text);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_stats_both_ways),
    cmocka_unit_test(test_clients_both_ways),
    cmocka_unit_test(test_messages_both_ways),
    cmocka_unit_test(test_states_both_ways),
    cmocka_unit_test(test_missing_and_unknown_members),
    cmocka_unit_test(test_refused_stats),
    cmocka_unit_test(test_refused_others),
    cmocka_unit_test(test_bounds),
    cmocka_unit_test(test_texts_are_safe),
    cmocka_unit_test(test_changed_documents),
};

const struct suite suite_snapshot = {
    .name = "snapshot", .tests = tests, .count = sizeof tests / sizeof *tests};
