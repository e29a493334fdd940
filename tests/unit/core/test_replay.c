/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay: what is told of packets that a test makes up, and a simple model of the pairing beside
 * it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "udptui/core/replay.h"
#include "udptui/core/units.h"

enum { TOLD_MAX = 20000, SERVER = 4010, PATIENCE_MS = 1000 };

static const int64_t ms = UNITS_NS_PER_MS;

struct fixture {
    struct replay *replay;
    struct event_message last[TOLD_MAX]; /* by number: as it was told at last */
    struct event_message unasked[64];
    int unasked_count, told, rows;
    struct event_totals totals;
    uint8_t payload[16]; /* of the latest message */
};

static void take(void *context, const void *record, size_t size_bytes)
{
    struct fixture *fixture = context;
    const struct event_message *message = record;

    if (event_kind_of(record) == EVENT_CLIENT)
        fixture->rows++;
    if (event_kind_of(record) == EVENT_TOTALS)
        fixture->totals = *(const struct event_totals *)record;
    if (event_kind_of(record) != EVENT_MESSAGE)
        return;
    assert_int_equal(size_bytes, sizeof *message + message->stored_bytes);
    for (size_t i = 0; i < message->stored_bytes && i < sizeof fixture->payload; i++)
        fixture->payload[i] = ((const uint8_t *)(message + 1))[i];
    if (message->status == ACK_MANUAL)
        fixture->unasked[fixture->unasked_count++ % 64] = *message;
    else
        fixture->last[message->number % TOLD_MAX] = *message;
    fixture->told++;
}

static struct fixture *open_fixture(uint16_t port, bool early)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    struct replay_config config = {.port = port,
                                   .clients_max = 64,
                                   .patience_ns = PATIENCE_MS * ms,
                                   .early = early,
                                   .tell = take,
                                   .context = fixture};

    assert_non_null(fixture);
    fixture->replay = replay_open(&config);
    assert_non_null(fixture->replay);
    return fixture;
}

static void close_fixture(struct fixture *fixture)
{
    replay_close(fixture->replay);
    free(fixture);
}

static struct endpoint at(uint8_t host, uint16_t port)
{
    return (struct endpoint){.family = ENDPOINT_IPV4, .address = {192, 168, 0, host}, .port = port};
}

static bool pass(struct fixture *fixture, struct endpoint from, struct endpoint to,
                 const char *text, int64_t time_ms)
{
    const struct packet packet = {.source = from,
                                  .destination = to,
                                  .payload = (const uint8_t *)text,
                                  .size_bytes = strlen(text),
                                  .original_bytes = strlen(text),
                                  .hop_limit = 64};
    bool taken = replay_take(fixture->replay, &packet, time_ms * ms);
    struct event_totals totals = replay_totals(fixture->replay, time_ms * ms);

    assert_true(counts_conserved(&totals.counts));
    return taken;
}

static void request(struct fixture *fixture, uint8_t client, const char *text, int64_t time_ms)
{
    assert_true(pass(fixture, at(client, 50000), at(1, SERVER), text, time_ms));
}

static void answer(struct fixture *fixture, uint8_t client, const char *text, int64_t time_ms)
{
    assert_true(pass(fixture, at(1, SERVER), at(client, 50000), text, time_ms));
}

static struct counts counts_of(const struct fixture *fixture)
{
    return replay_totals(fixture->replay, 0).counts;
}

/* ---- cases */

static void answered(void **state)
{
    struct fixture *fixture = open_fixture(0, true);
    const struct event_message *message = &fixture->last[1];

    (void)state;
    request(fixture, 10, "hello", 0);
    assert_int_equal(message->status, ACK_WAITING);
    assert_memory_equal(fixture->payload, "hello", 5);
    assert_int_equal(counts_of(fixture).received, 0);
    answer(fixture, 10, "Message received", 12);
    assert_int_equal(message->status, ACK_SENT);
    assert_true(message->flags & MESSAGE_UPDATE);
    assert_false(message->flags & MESSAGE_UNSEEN);
    assert_int_equal(message->service_ns, 12 * ms);
    assert_int_equal(message->ack_bytes, 16);
    assert_int_equal(message->from.port, 50000);
    assert_int_equal(message->to.port, SERVER);
    replay_end(fixture->replay);
    assert_int_equal(counts_of(fixture).acked, 1);
    replay_tell(fixture->replay, 20 * ms);
    assert_int_equal(fixture->rows, 1);
    assert_int_equal(fixture->totals.clients, 1);
    close_fixture(fixture);
}

static void told_once_where_only_the_end_counts(void **state)
{
    struct fixture *fixture = open_fixture(0, false);

    (void)state;
    request(fixture, 10, "one", 0);
    request(fixture, 10, "two", 1);
    answer(fixture, 10, "ok", 2);
    assert_int_equal(fixture->told, 0);
    replay_end(fixture->replay);
    assert_int_equal(fixture->told, 2);
    assert_int_equal(fixture->last[1].status, ACK_SENT);
    assert_false(fixture->last[1].flags & MESSAGE_UPDATE);
    assert_int_equal(fixture->last[2].status, ACK_HELD);
    close_fixture(fixture);
}

static void unanswered(void **state)
{
    struct fixture *fixture = open_fixture(0, true);

    (void)state;
    request(fixture, 10, "hello", 0);
    replay_pass(fixture->replay, (PATIENCE_MS - 1) * ms);
    assert_int_equal(fixture->last[1].status, ACK_WAITING);
    replay_pass(fixture->replay, PATIENCE_MS * ms);
    assert_int_equal(fixture->last[1].status, ACK_HELD);
    assert_int_equal(fixture->last[1].why_held, HELD_LOSS);
    assert_true(fixture->last[1].flags & MESSAGE_UNSEEN);
    assert_int_equal(counts_of(fixture).held[HELD_LOSS], 1);
    answer(fixture, 10, "too late", PATIENCE_MS + 1);
    assert_int_equal(fixture->unasked_count, 1);
    assert_int_equal(counts_of(fixture).acked, 0);
    close_fixture(fixture);
}

static void doubled(void **state)
{
    struct fixture *fixture = open_fixture(0, true);

    (void)state;
    request(fixture, 10, "hello", 0);
    for (int i = 1; i <= 6; i++)
        answer(fixture, 10, "ok", 10 * i);
    assert_int_equal(fate_acks(&fixture->last[1].fate), FATE_ACKS); /* more are not drawn */
    assert_int_equal(fixture->last[1].service_ns, 10 * ms);
    assert_int_equal(replay_totals(fixture->replay, 0).copies, 5);
    assert_int_equal(counts_of(fixture).acked, 1);
    close_fixture(fixture);
}

/* The payload tells which, where it comes back; else the oldest is answered first. */
static void in_another_order(void **state)
{
    struct fixture *fixture = open_fixture(0, true);

    (void)state;
    request(fixture, 10, "one", 0);
    request(fixture, 10, "two", 1);
    request(fixture, 10, "three", 2);
    answer(fixture, 10, "two", 10);
    answer(fixture, 10, "three", 11);
    answer(fixture, 10, "one", 12);
    assert_int_equal(fixture->last[1].service_ns, 12 * ms);
    assert_int_equal(fixture->last[2].service_ns, 9 * ms);
    assert_int_equal(fate_late_by(&fixture->last[1].fate), 2);
    assert_int_equal(fate_late_by(&fixture->last[2].fate), 0);
    request(fixture, 10, "four", 20);
    request(fixture, 10, "five", 21);
    answer(fixture, 10, "ok", 30);
    assert_int_equal(fixture->last[4].status, ACK_SENT);
    assert_int_equal(fixture->last[5].status, ACK_WAITING);
    close_fixture(fixture);
}

static void clients_are_told_apart(void **state)
{
    struct fixture *fixture = open_fixture(0, true);

    (void)state;
    request(fixture, 10, "a", 0);
    request(fixture, 11, "b", 1);
    answer(fixture, 11, "ok", 2);
    assert_int_equal(fixture->last[1].status, ACK_WAITING);
    assert_int_equal(fixture->last[2].status, ACK_SENT);
    close_fixture(fixture);
}

/* Who the server is: the first one's destination, a port that was given, or the system's ports. */
static void who_is_the_server(void **state)
{
    struct fixture *fixture = open_fixture(0, true);

    (void)state;
    pass(fixture, at(10, 40000), at(11, 50000), "asks", 0);
    pass(fixture, at(11, 50000), at(10, 40000), "answers", 1);
    assert_int_equal(fixture->last[1].status, ACK_SENT);
    pass(fixture, at(12, 53), at(13, 45000), "an answer, its question was before", 2);
    assert_int_equal(fixture->unasked_count, 1);
    pass(fixture, at(13, 45000), at(12, 53), "a question", 3);
    assert_int_equal(fixture->last[2].status, ACK_WAITING);
    close_fixture(fixture);
}

static void only_the_port(void **state)
{
    struct fixture *fixture = open_fixture(60000, true);

    (void)state;
    assert_false(pass(fixture, at(10, 50000), at(1, SERVER), "of another port", 0));
    assert_true(pass(fixture, at(10, 50000), at(1, 60000), "request", 1));
    assert_true(pass(fixture, at(1, 60000), at(10, 50000), "answer", 2));
    assert_int_equal(fixture->last[1].status, ACK_SENT);
    assert_int_equal(counts_of(fixture).received, 1);
    close_fixture(fixture);
}

static void cut_by_the_capture(void **state)
{
    struct fixture *fixture = open_fixture(0, true);
    const struct packet packet = {.source = at(10, 50000),
                                  .destination = at(1, SERVER),
                                  .payload = (const uint8_t *)"hel",
                                  .size_bytes = 3,
                                  .original_bytes = 5};

    (void)state;
    replay_take(fixture->replay, &packet, 0);
    assert_int_equal(fixture->last[1].size_bytes, 5);
    assert_int_equal(fixture->last[1].stored_bytes, 3);
    assert_true(fixture->last[1].flags & MESSAGE_TRUNCATED);
    close_fixture(fixture);
}

/* More than may wait: the oldest settles, and nothing is lost. */
static void more_than_may_wait(void **state)
{
    struct fixture *fixture = open_fixture(0, true);
    static char large[60001];

    (void)state;
    memset(large, 'x', sizeof large - 1);
    for (int i = 0; i < REPLAY_REQUESTS_MAX + 100; i++)
        request(fixture, 10, "x", 0);
    assert_int_equal(counts_of(fixture).held[HELD_LOSS], 100);
    for (int i = 0; i < 1200; i++)
        request(fixture, 11, large, 1);
    replay_end(fixture->replay);
    assert_int_equal(counts_of(fixture).received, REPLAY_REQUESTS_MAX + 100 + 1200);
    assert_int_equal(replay_totals(fixture->replay, 0).waiting, 0);
    close_fixture(fixture);
}

/* ---- any traffic, against a model that looks through everything */

enum { RANDOM_PACKETS = 3000, RANDOM_CLIENTS = 5 };

struct expected {
    uint8_t client;
    int64_t time_ms;
    int answers;
};

static uint32_t next(uint32_t *random)
{
    *random = *random * 1664525 + 1013904223;
    return *random >> 8;
}

/* The oldest of the client's that still counts and has no answer, else the latest that has. */
static struct expected *expect(struct expected *all, int count, uint8_t client, int64_t time_ms)
{
    struct expected *answered_one = NULL;

    for (int i = 0; i < count; i++) {
        if (all[i].client != client || time_ms - all[i].time_ms >= PATIENCE_MS)
            continue;
        if (all[i].answers == 0)
            return &all[i];
        answered_one = &all[i];
    }
    return answered_one;
}

static void any_traffic(void **state)
{
    struct fixture *fixture = open_fixture(0, true);
    static struct expected all[RANDOM_PACKETS];
    uint32_t random = 5;
    int64_t time_ms = 0;
    int count = 0, unasked = 0, copies = 0, answered_ones = 0;

    (void)state;
    for (int i = 0; i < RANDOM_PACKETS; i++) {
        uint8_t client = (uint8_t)(10 + next(&random) % RANDOM_CLIENTS);
        time_ms += next(&random) % 4 == 0 ? next(&random) % 900 : next(&random) % 20;
        if (next(&random) % 2 == 0) {
            request(fixture, client, "a request", time_ms);
            all[count++] = (struct expected){.client = client, .time_ms = time_ms};
            continue;
        }
        struct expected *one = expect(all, count, client, time_ms);
        answer(fixture, client, "an answer", time_ms);
        unasked += one == NULL;
        copies += one != NULL && one->answers > 0;
        answered_ones += one != NULL && one->answers == 0;
        if (one != NULL)
            one->answers++;
    }
    replay_end(fixture->replay);
    for (int i = 0; i < count; i++)
        assert_int_equal(fixture->last[i + 1].status, all[i].answers > 0 ? ACK_SENT : ACK_HELD);
    struct event_totals totals = replay_totals(fixture->replay, 0);
    assert_int_equal(totals.counts.received, count);
    assert_int_equal(totals.counts.acked, answered_ones);
    assert_int_equal(totals.copies, copies);
    assert_int_equal(totals.manual_sent, unasked);
    assert_true(unasked > 0 && copies > 0 && answered_ones > 0);
    close_fixture(fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answered),           cmocka_unit_test(told_once_where_only_the_end_counts),
        cmocka_unit_test(unanswered),         cmocka_unit_test(doubled),
        cmocka_unit_test(in_another_order),   cmocka_unit_test(clients_are_told_apart),
        cmocka_unit_test(who_is_the_server),  cmocka_unit_test(only_the_port),
        cmocka_unit_test(cut_by_the_capture), cmocka_unit_test(more_than_may_wait),
        cmocka_unit_test(any_traffic),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
