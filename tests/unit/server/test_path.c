/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * path: time is passed in, so every delay and overtaking is exact here; only the sockets are
 * real.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sys/socket.h>

#include <cmocka.h>

#include "../suite.h"

#include "../../../src/server/path_internal.h"
#include "udptui/base/units.h"
#include "udptui/net/udp.h"
#include "udptui/proto/datagram.h"
#include "udptui/sys/clock.h"

enum { CLIENTS = 3, MESSAGES_MAX = 4096, ACK_SIZE = 256 };

static const int64_t ms = UNITS_NS_PER_MS;

/* What became of a message, as it was settled. */
struct outcome {
    struct flight flight;
    uint8_t payload[16]; /* its beginning */
    int order;           /* of settling, from 1; 0: not settled */
};

struct fixture {
    struct udp_socket server, clients[CLIENTS];
    struct ack_policy policy;
    struct peers *peers;
    struct guard *guard;
    struct limits *limits; /* NULL: none */
    struct answer *answer;
    struct path path;
    atomic_int_fast64_t free_ns[IMPAIR_WAYS];
    int64_t now_ns;
    struct outcome outcomes[MESSAGES_MAX + 1]; /* by number */
    int settled;
};

static void open_sockets(struct fixture *fixture)
{
    const struct udp_options options = {.receive_buffer_bytes = 1 << 22};
    struct endpoint any = {.family = ENDPOINT_IPV4, .address = {127, 0, 0, 1}};
    char error[UDP_ERROR_SIZE];

    assert_true(udp_open_server(&any, &options, &fixture->server, error));
    for (int i = 0; i < CLIENTS; i++)
        assert_true(udp_open_client(&fixture->server.local, NULL, true, &options,
                                    &fixture->clients[i], error));
}

/* rules: copied, NULL: none. */
static struct fixture *open_fixture_with(const char *impair, const char *ack, struct rules *rules)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    struct guard_config guard = {.scope = GUARD_LIMIT_NONE};
    struct hash_key key = {0};
    struct impair_config config = {.seed = 7};

    assert_non_null(fixture);
    open_sockets(fixture);
    assert_null(ack_parse(ack, &fixture->policy));
    assert_null(impair_parse(impair, &config));
    fixture->peers = peers_open(16, NULL, &key);
    fixture->guard = guard_open(&guard, &(struct source_rules){.own = NULL}, NULL);
    fixture->answer = calloc(1, sizeof *fixture->answer);
    assert_true(answer_open(fixture->answer, &fixture->policy, rules, fixture->peers,
                            fixture->guard, false));
    assert_true(
        path_open(&fixture->path, &config, fixture->answer, &fixture->server, fixture->free_ns));
    fixture->now_ns = 1000 * ms;
    return fixture;
}

static struct fixture *open_fixture(const char *impair, const char *ack)
{
    return open_fixture_with(impair, ack, NULL);
}

static void close_fixture(struct fixture *fixture)
{
    path_close(&fixture->path);
    answer_close(fixture->answer);
    ack_close(&fixture->policy);
    free(fixture->answer);
    guard_close(fixture->guard);
    limits_close(fixture->limits);
    peers_close(fixture->peers);
    for (int i = 0; i < CLIENTS; i++)
        udp_close(&fixture->clients[i]);
    udp_close(&fixture->server);
    free(fixture);
}

/* Each source may get so many acks at once. */
static void limit_acks(struct fixture *fixture, double burst)
{
    const double rate_per_s = burst * 10 / LIMITS_BURST_SECONDS_X10;
    const struct guard_config config = {.scope = GUARD_LIMIT_ALL, .rate_per_s = rate_per_s};
    const struct hash_key key = {0};

    fixture->limits = limits_open(rate_per_s, 8, &key);
    assert_non_null(fixture->limits);
    guard_close(fixture->guard);
    fixture->guard = guard_open(&config, &(struct source_rules){.own = NULL}, fixture->limits);
    assert_non_null(fixture->guard);
    fixture->answer->guard = fixture->guard;
}

/* ---- driving it */

static void take_settled(struct fixture *fixture)
{
    const struct flight *flight;

    while ((flight = path_settled(&fixture->path)) != NULL) {
        struct outcome *outcome = &fixture->outcomes[flight->number];
        if (flight->more) { /* of an answer's datagrams only the first settles its message */
            path_release(&fixture->path);
            continue;
        }
        assert_int_equal(outcome->order, 0); /* each is settled once */
        *outcome = (struct outcome){.flight = *flight, .order = ++fixture->settled};
        for (size_t i = 0; i < flight->datagram.size_bytes && i < sizeof outcome->payload; i++)
            outcome->payload[i] = flight->payload[i];
        path_release(&fixture->path);
    }
    assert_true(counts_conserved(peers_totals(fixture->peers)));
}

static bool say(struct fixture *fixture, int client, const void *bytes, size_t size_bytes)
{
    struct datagram datagram = {.peer = fixture->clients[client].local,
                                .local = fixture->server.local,
                                .source = fixture->server.local,
                                .bytes = bytes,
                                .size_bytes = size_bytes,
                                .segment_bytes = size_bytes};

    path_begin(&fixture->path, fixture->now_ns);
    bool taken = path_take(&fixture->path, &datagram, 0, 0, fixture->now_ns) > 0;
    if (!taken)
        path_refuse(&fixture->path, &datagram, 0);
    path_turn(&fixture->path, fixture->now_ns);
    take_settled(fixture);
    return taken;
}

static void say_text(struct fixture *fixture, int client, const char *text)
{
    assert_true(say(fixture, client, text, strlen(text)));
}

/* Lets everything that is due until then happen at the time it is due. */
static void pass(struct fixture *fixture, int64_t time_ns)
{
    int64_t until_ns = fixture->now_ns + time_ns;

    for (int64_t due_ns; (due_ns = path_due_ns(&fixture->path)) <= until_ns;) {
        fixture->now_ns = due_ns > fixture->now_ns ? due_ns : fixture->now_ns;
        path_turn(&fixture->path, fixture->now_ns);
        take_settled(fixture);
    }
    fixture->now_ns = until_ns;
}

/* The next ack that a client got; "" if there is none. */
static const char *next_ack(struct fixture *fixture, int client)
{
    static char text[ACK_SIZE];
    ssize_t size = recv(fixture->clients[client].fd, text, sizeof text - 1, MSG_DONTWAIT);

    text[size > 0 ? size : 0] = '\0';
    return text;
}

static int acks_next_ack(struct fixture *fixture, int client)
{
    char bytes[ACK_SIZE];
    int count = 0;

    while (recv(fixture->clients[client].fd, bytes, sizeof bytes, MSG_DONTWAIT) >= 0)
        count++;
    return count;
}

/* ---- cases */

static void a_delay_is_exact(void **state)
{
    struct fixture *fixture = open_fixture("in.delay=80ms,out.delay=40ms", "ok");

    (void)state;
    say_text(fixture, 0, "hello");
    assert_int_equal(peers_totals(fixture->peers)->received, 0); /* nothing is counted before */
    assert_int_equal(fixture->path.underway, 1);
    pass(fixture, 119 * ms);
    assert_string_equal(next_ack(fixture, 0), "");
    pass(fixture, 1 * ms);
    assert_string_equal(next_ack(fixture, 0), "ok");
    const struct fate *fate = &fixture->outcomes[1].flight.fate;
    assert_int_equal(fate->requests[0].arrive_us, 80000);
    assert_int_equal(fate->acks[0].depart_us, 80000);
    assert_int_equal(fate->acks[0].arrive_us, 120000);
    assert_int_equal(fate_delay_ns(fate), 120 * ms);
    assert_int_equal(peers_totals(fixture->peers)->acked, 1);
    close_fixture(fixture);
}

static void a_lost_request_is_not_answered(void **state)
{
    struct fixture *fixture = open_fixture("in.loss=100%", "ok");

    (void)state;
    say_text(fixture, 0, "hello");
    assert_true(fate_lost_request(&fixture->outcomes[1].flight.fate));
    assert_false(fate_lost_ack(&fixture->outcomes[1].flight.fate));
    assert_int_equal(peers_totals(fixture->peers)->held[HELD_LOSS], 1);
    assert_string_equal(next_ack(fixture, 0), "");
    close_fixture(fixture);
}

static void a_lost_ack_was_an_answer(void **state)
{
    struct fixture *fixture = open_fixture("out.loss=100%", "ok");

    (void)state;
    say_text(fixture, 0, "hello");
    assert_true(fate_lost_ack(&fixture->outcomes[1].flight.fate));
    assert_false(fate_lost_request(&fixture->outcomes[1].flight.fate));
    assert_int_equal(peers_totals(fixture->peers)->held[HELD_LOSS], 1);
    assert_string_equal(next_ack(fixture, 0), "");
    close_fixture(fixture);
}

/* All replies to one datagram together are at most 3 times it, headers counted: 99 bytes for 33. */
static void copies_stay_within_three_times_the_request(void **state)
{
    static const struct {
        const char *ack;
        int acks;
    } rows[] = {{"ok", 3},
                {"Message received", 2},
                {"", 3},
                {"echo", 3},
                {"0123456789012345678901234567890", 1}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fixture *fixture = open_fixture("dup=100%", rows[i].ack);
        say_text(fixture, 0, "hello");
        assert_int_equal(acks_next_ack(fixture, 0), rows[i].acks);
        assert_int_equal(fixture->path.copies, rows[i].acks - 1);
        assert_int_equal(fixture->path.left_out, 4 - rows[i].acks);
        assert_int_equal(peers_totals(fixture->peers)->acked, 1);
        close_fixture(fixture);
    }
}

/* A copy beyond the limit of its source is left out, too; it is not too large. */
static void copies_stay_within_the_limit(void **state)
{
    static const char *const acks[] = {"ok", "after 1ms ok"};

    (void)state;
    for (size_t i = 0; i < sizeof acks / sizeof *acks; i++) {
        struct fixture *fixture = open_fixture("out.dup=100%", acks[i]);
        limit_acks(fixture, 1);
        say_text(fixture, 0, "long enough for four");
        pass(fixture, 2 * ms);
        assert_int_equal(acks_next_ack(fixture, 0), 1);
        assert_int_equal(fixture->path.copies, 0);
        assert_int_equal(fixture->path.left_out, 1);
        assert_int_equal(fixture->outcomes[1].flight.left_out, 0);
        close_fixture(fixture);
    }
}

/* Two copies of the request, two of each ack: one message, four acks. */
static void doubled_both_ways(void **state)
{
    struct fixture *fixture = open_fixture("dup=100%", "ok");

    (void)state;
    say_text(fixture, 0, "long enough for four");
    assert_int_equal(acks_next_ack(fixture, 0), 4);
    assert_int_equal(fate_acks(&fixture->outcomes[1].flight.fate), 4);
    assert_int_equal(peers_totals(fixture->peers)->received, 1);
    assert_int_equal(peers_totals(fixture->peers)->acked, 1);
    assert_int_equal(fixture->path.copies, 3);
    close_fixture(fixture);
}

/* The first waits for those that come after it; each of them waits in turn. */
static void reordered_until_overtaken(void **state)
{
    struct fixture *fixture = open_fixture("in.reorder=50%", "{text}");
    int reordered = 0;

    (void)state;
    for (int i = 1; i <= 100; i++) {
        char text[16];
        snprintf(text, sizeof text, "%d", i);
        say_text(fixture, 0, text);
    }
    pass(fixture, 1000 * ms);
    for (int i = 1; i <= 100; i++) {
        const struct leg *leg = &fixture->outcomes[i].flight.fate.requests[0];
        int overtaken = 0;
        for (int later = i + 1; later <= 100; later++)
            overtaken += fixture->outcomes[later].order < fixture->outcomes[i].order;
        assert_int_equal(leg->late_by, overtaken);
        reordered += overtaken > 0;
    }
    assert_in_range(reordered, 30, 70);
    assert_int_equal(acks_next_ack(fixture, 0), 100);
    close_fixture(fixture);
}

/* No datagram overtakes: it still arrives, and does not count as late. */
static void a_lonely_one_is_let_go(void **state)
{
    struct fixture *fixture = open_fixture("in.reorder=100%", "ok");

    (void)state;
    say_text(fixture, 0, "hello");
    say_text(fixture, 1, "of another client: does not overtake");
    pass(fixture, 199 * ms);
    assert_string_equal(next_ack(fixture, 0), "");
    pass(fixture, 1 * ms);
    assert_string_equal(next_ack(fixture, 0), "ok");
    assert_int_equal(fate_late_by(&fixture->outcomes[1].flight.fate), 0);
    close_fixture(fixture);
}

static int bits_between(const char *one, const char *other, size_t size_bytes)
{
    int bits = 0;

    for (size_t i = 0; i < size_bytes; i++)
        bits += __builtin_popcount((unsigned char)one[i] ^ (unsigned char)other[i]);
    return bits;
}

static void a_bit_is_flipped(void **state)
{
    struct fixture *fixture = open_fixture("in.corrupt=100%", "echo");

    (void)state;
    say_text(fixture, 0, "hello");
    assert_int_equal(bits_between(next_ack(fixture, 0), "hello", 5), 1);
    assert_true(fate_corrupt(&fixture->outcomes[1].flight.fate));
    assert_memory_equal(fixture->outcomes[1].payload, "hello", 5); /* as it came */
    assert_true(say(fixture, 0, "", 0));
    assert_false(fate_corrupt(&fixture->outcomes[2].flight.fate)); /* no bit to flip */
    close_fixture(fixture);
}

static void a_narrow_way_makes_a_queue(void **state)
{
    struct fixture *fixture = open_fixture("in.rate=10/s", "ok");

    (void)state;
    for (int i = 0; i < 5; i++)
        say_text(fixture, 0, "hello");
    for (int i = 1; i <= 5; i++) {
        pass(fixture, 100 * ms);
        assert_in_range(fixture->settled, i, i + 1);
    }
    pass(fixture, 100 * ms);
    assert_int_equal(acks_next_ack(fixture, 0), 5);
    close_fixture(fixture);
}

/* A message that is not acked; nothing settles. */
static bool taken_at_once(struct fixture *fixture)
{
    struct datagram datagram = {.peer = fixture->clients[0].local,
                                .local = fixture->server.local,
                                .source = fixture->server.local,
                                .bytes = (const uint8_t *)"ok",
                                .size_bytes = 2,
                                .segment_bytes = 2};

    path_begin(&fixture->path, fixture->now_ns);
    return path_take(&fixture->path, &datagram, 0, 0, fixture->now_ns) == 1;
}

static void off_while_under_way(void **state)
{
    struct fixture *fixture = open_fixture("in.delay=80ms", "ok");
    const struct impair_config off = {.seed = 7};

    (void)state;
    say_text(fixture, 0, "hello");
    fixture->path.impair = off;
    assert_false(path_active(&fixture->path));
    pass(fixture, 80 * ms);
    assert_string_equal(next_ack(fixture, 0), "ok");
    close_fixture(fixture);
}

/* Each message meets the impairments of its time, however often they change. */
static void each_has_those_of_its_time(void **state)
{
    struct fixture *fixture = open_fixture("in.delay=1ms", "ok");

    (void)state;
    for (int round = 0; round < 3; round++) {
        for (int i = 1; i <= PATH_FLIGHTS_MAX / 2; i++) {
            fixture->path.impair.ways[IMPAIR_IN].delay_ns = i * ms;
            assert_true(taken_at_once(fixture));
        }
        fixture->now_ns += ms / 2; /* none departed later than that */
        for (int i = 1; i <= PATH_FLIGHTS_MAX / 2; i++) {
            fixture->now_ns += ms;
            path_turn(&fixture->path, fixture->now_ns);
            assert_int_equal(fixture->path.underway, PATH_FLIGHTS_MAX / 2 - i);
            while (path_settled(&fixture->path) != NULL)
                path_release(&fixture->path);
        }
        assert_true(fixture->path.versions_made <= PATH_FLIGHTS_MAX / 2 + 1);
    }
    close_fixture(fixture);
}

static void the_end_holds_what_is_under_way(void **state)
{
    struct fixture *fixture = open_fixture("delay=80ms", "ok");

    (void)state;
    say_text(fixture, 0, "on its way in");
    pass(fixture, 100 * ms);
    say_text(fixture, 0, "only begun");
    path_end(&fixture->path);
    take_settled(fixture);
    assert_int_equal(fixture->path.underway, 0);
    assert_int_equal(peers_totals(fixture->peers)->held[HELD_END], 2);
    close_fixture(fixture);
}

static void a_reset_counts_anew(void **state)
{
    struct fixture *fixture = open_fixture("delay=80ms", "ok");

    (void)state;
    say_text(fixture, 0, "before");
    peers_reset(fixture->peers);
    path_forget(&fixture->path);
    pass(fixture, 1000 * ms);
    assert_string_equal(next_ack(fixture, 0), "ok"); /* it is still answered */
    assert_int_equal(peers_totals(fixture->peers)->received, 0);
    assert_int_equal(fixture->settled, 0);
    close_fixture(fixture);
}

/* Held by the guard as without a path. */
static void our_own_ack_is_not_answered(void **state)
{
    struct fixture *fixture = open_fixture("delay=10ms", "ok");

    (void)state;
    say_text(fixture, 0, "ok");
    pass(fixture, 100 * ms);
    assert_int_equal(peers_totals(fixture->peers)->held[HELD_LOOP], 1);
    assert_string_equal(next_ack(fixture, 0), "");
    close_fixture(fixture);
}

/* More than there is room for: lost and counted, never a byte too much. */
static void full_is_lost(void **state)
{
    struct fixture *fixture = open_fixture("in.delay=1s", "ok");
    static uint8_t payload[60000];
    int refused = 0;

    (void)state;
    for (int i = 0; i < 2000; i++)
        refused += !say(fixture, i % CLIENTS, payload, sizeof payload);
    assert_in_range(refused, 800, 1000); /* 64 MiB hold 1,024 */
    assert_true(slab_used_bytes(fixture->path.slab) <= PATH_BYTES_MAX);
    pass(fixture, 2000 * ms);
    assert_int_equal(peers_totals(fixture->peers)->received, 2000);
    assert_int_equal(peers_totals(fixture->peers)->held[HELD_FULL], refused);
    assert_int_equal(slab_used_bytes(fixture->path.slab), 0);
    close_fixture(fixture);
}

/* Each message tries again for room, and is refused: the watch for loops has one datagram. */
static void without_room_a_datagram_is_seen_once(void **state)
{
    struct fixture *fixture = open_fixture("in.delay=1s", "ok");
    struct endpoint device = {.family = ENDPOINT_IPV4, .address = {127, 0, 0, 1}, .port = 5683};
    struct datagram train = {.peer = device,
                             .local = fixture->server.local,
                             .source = fixture->server.local,
                             .bytes = (const uint8_t *)"abcdefgh",
                             .size_bytes = 8,
                             .segment_bytes = 2};

    (void)state;
    while (say(fixture, 1, "hello", 5))
        continue;
    struct peer_handle peer = peers_touch(fixture->peers, &device, fixture->now_ns);
    answer_sent(fixture->answer, peer, 100, fixture->now_ns);
    for (size_t message = 0; message < datagram_messages(&train); message++) {
        assert_int_equal(path_take(&fixture->path, &train, message, 0, fixture->now_ns), 0);
        path_refuse(&fixture->path, &train, message);
    }
    const struct peer *row = peers_at(fixture->peers, peer.slot);
    assert_int_equal(row->counts.held[HELD_FULL], 4);
    assert_int_equal(row->watch.acks, 100 - 4); /* each of them answers one, at the most */
    close_fixture(fixture);
}

/* ---- everything at once, against what the clients got */

static void all_together(void **state)
{
    struct fixture *fixture = open_fixture(
        "loss=20%,dup=20%,delay=30ms+-30ms,reorder=20%,corrupt=20%,rate=2000/s", "echo");
    const struct counts *totals = peers_totals(fixture->peers);
    uint64_t got = 0;

    (void)state;
    for (int i = 1; i <= 3000; i++) {
        char text[24];
        snprintf(text, sizeof text, "message %d", i);
        say_text(fixture, i % CLIENTS, text);
        pass(fixture, (i * 7919 % 3) * ms);
    }
    pass(fixture, 10000 * ms);
    for (int i = 0; i < CLIENTS; i++)
        got += (uint64_t)acks_next_ack(fixture, i);
    assert_int_equal(fixture->path.underway, 0);
    assert_int_equal(fixture->settled, 3000);
    assert_int_equal(totals->received, 3000);
    assert_true(totals->held[HELD_LOSS] > 0 && totals->acked > 0);
    assert_int_equal(got, totals->acked + fixture->path.copies);
    assert_int_equal(slab_used_bytes(fixture->path.slab), 0);
    close_fixture(fixture);
}

/* The fates of a run are those of the next with the same seed. */
static void the_same_again(void **state)
{
    struct fixture *runs[2];

    (void)state;
    for (int run = 0; run < 2; run++) {
        runs[run] = open_fixture("loss=30%,dup=30%,delay=20ms+-20ms,corrupt=10%", "echo");
        for (int i = 0; i < 500; i++) {
            say_text(runs[run], i % CLIENTS, "hello");
            pass(runs[run], 3 * ms);
        }
        pass(runs[run], 1000 * ms);
    }
    for (int i = 1; i <= 500; i++)
        assert_memory_equal(&runs[0]->outcomes[i].flight.fate, &runs[1]->outcomes[i].flight.fate,
                            sizeof(struct fate));
    close_fixture(runs[0]);
    close_fixture(runs[1]);
}

/* ---- messages that need no flight, against those that had one */

enum { TRAIN_BYTES = 4, TRAIN_MAX = 100 };

static uint64_t random_state;

static unsigned below(unsigned limit)
{
    random_state = random_state * UINT64_C(6364136223846793005) + 1442695040888963407U;
    return (unsigned)(random_state >> 33) % limit;
}

/* Each message of the run met the fate that the same number met in flight. */
static void compare_run(const struct fixture *flown, const struct run *run)
{
    for (uint32_t i = 0; i < run->count; i++) {
        const struct flight *flight = &flown->outcomes[run->number + i].flight;
        const struct fate *fate = &flight->fate;
        assert_int_equal(run->status, flight->status);
        if (run->status == ACK_HELD)
            assert_int_equal(run->why_held, flight->why_held);
        assert_int_equal(run->passage == PASSAGE_LOST_REQUEST, fate_lost_request(fate));
        assert_int_equal(run->passage == PASSAGE_LOST_ACK, fate_lost_ack(fate));
    }
}

static void finish_round(struct fixture *fixture, const struct fixture *flown)
{
    answer_send(fixture->answer, &fixture->server);
    for (size_t i = 0; i < fixture->answer->run_count; i++)
        compare_run(flown, &fixture->answer->runs[i]);
    answer_clear(fixture->answer);
    assert_true(counts_conserved(peers_totals(fixture->peers)));
}

/* A train of messages, with the size of the ack now and then, which is a loop. */
static void add_train(struct fixture *fixture, const struct fixture *flown, int client,
                      const uint8_t *bytes, size_t count)
{
    struct datagram datagram = {.peer = fixture->clients[client].local,
                                .local = fixture->server.local,
                                .source = fixture->server.local,
                                .bytes = bytes,
                                .size_bytes = count * TRAIN_BYTES,
                                .segment_bytes = TRAIN_BYTES};
    size_t done = 0;

    while ((done += answer_add(fixture->answer, &datagram, done, 0, fixture->now_ns)) < count)
        finish_round(fixture, flown);
}

static void say_train(struct fixture *fixture, int client, const uint8_t *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        assert_true(say(fixture, client, bytes + i * TRAIN_BYTES, TRAIN_BYTES));
}

static void compare_losses(const char *impair, const char *ack)
{
    static uint8_t bytes[TRAIN_MAX * TRAIN_BYTES];
    struct fixture *flown = open_fixture(impair, ack), *fixture = open_fixture(impair, ack);

    assert_true(path_loses_at_once(&fixture->path));
    random_state = 1;
    for (size_t all = 0, count; all + TRAIN_MAX < MESSAGES_MAX; all += count) {
        int client = (int)below(CLIENTS);
        count = 1 + below(TRAIN_MAX - 1);
        for (size_t i = 0; i < count; i++)
            memcpy(bytes + i * TRAIN_BYTES, below(8) == 0 ? "fine" : "text", TRAIN_BYTES);
        say_train(flown, client, bytes, count);
        answer_set_losses(fixture->answer, &fixture->path.impair);
        add_train(fixture, flown, client, bytes, count);
        if (below(2) == 0)
            finish_round(fixture, flown);
    }
    finish_round(fixture, flown);
    assert_memory_equal(peers_totals(fixture->peers), peers_totals(flown->peers),
                        sizeof(struct counts));
    for (int i = 0; i < CLIENTS; i++)
        assert_int_equal(acks_next_ack(fixture, i), acks_next_ack(flown, i));
    close_fixture(flown);
    close_fixture(fixture);
}

static void losses_need_no_flight(void **state)
{
    static const char *const losses[] = {"loss=10%", "in.loss=4/11", "out.loss=50%", "loss=100%"};
    static const char *const acks[] = {"fine", "ok", "echo", "none"};

    (void)state;
    for (size_t i = 0; i < sizeof losses / sizeof *losses; i++)
        for (size_t n = 0; n < sizeof acks / sizeof *acks; n++)
            compare_losses(losses[i], acks[n]);
}

/* What is under way must be overtaken, and a rendered reply is made even if it is lost. */
static void some_losses_need_flights(void **state)
{
    struct fixture *fixture = open_fixture("delay=10ms", "ok");

    (void)state;
    say_text(fixture, 0, "under way");
    fixture->path.impair = (struct impair_config){.ways = {{.loss = 0.5}}, .seed = 7};
    assert_false(path_loses_at_once(&fixture->path));
    pass(fixture, 20 * ms);
    assert_true(path_loses_at_once(&fixture->path));
    close_fixture(fixture);
    fixture = open_fixture("loss=10%", "{n}");
    assert_false(path_loses_at_once(&fixture->path));
    close_fixture(fixture);
}

/* ---- planned answers */

static void planned_datagrams_leave_at_their_times(void **state)
{
    struct fixture *fixture = open_fixture("loss=0", "after 50ms a ; twice b ; after 20ms c");

    (void)state;
    say_text(fixture, 0, "a request that is long enough for what follows: three times");
    pass(fixture, 49 * ms);
    assert_string_equal(next_ack(fixture, 0), "");
    assert_int_equal(fixture->path.underway - fixture->path.more_underway, 1);
    assert_int_equal(peers_totals(fixture->peers)->received, 0); /* counted once it is settled */
    pass(fixture, 1 * ms);
    assert_string_equal(next_ack(fixture, 0), "a");
    assert_string_equal(next_ack(fixture, 0), "b");
    assert_string_equal(next_ack(fixture, 0), "b");
    assert_string_equal(next_ack(fixture, 0), "");
    assert_int_equal(peers_totals(fixture->peers)->acked, 1);
    pass(fixture, 20 * ms);
    assert_string_equal(next_ack(fixture, 0), "c");
    assert_int_equal(fixture->path.more, 3);
    assert_int_equal(fixture->path.underway, 0);
    close_fixture(fixture);
}

static void the_wait_comes_before_the_network(void **state)
{
    struct fixture *fixture = open_fixture("delay=30ms", "after 50ms a");

    (void)state;
    say_text(fixture, 0, "request");
    pass(fixture, 109 * ms);
    assert_string_equal(next_ack(fixture, 0), "");
    pass(fixture, 1 * ms);
    assert_string_equal(next_ack(fixture, 0), "a");
    const struct leg *ack = &fixture->outcomes[1].flight.fate.acks[0];
    assert_in_range(ack->depart_us, 80000, 80100);
    assert_in_range(ack->arrive_us, 110000, 110100);
    close_fixture(fixture);
}

/* Three times the largest datagram is more than a datagram can have. */
static void a_planned_answer_is_no_larger_than_a_datagram(void **state)
{
    static uint8_t largest[DATAGRAM_PAYLOAD_MAX_IPV4];
    struct fixture *fixture = open_fixture("loss=0", "after 1ms {text}{text}{text} ; {text}");

    (void)state;
    memset(largest, 'x', sizeof largest);
    assert_true(say(fixture, 0, largest, sizeof largest));
    pass(fixture, 2 * ms);
    assert_int_equal(peers_totals(fixture->peers)->acked, 1);
    assert_int_equal(fixture->path.more, 1);
    assert_true(fixture->outcomes[0].flight.cut || fixture->outcomes[1].flight.cut);
    close_fixture(fixture);
}

static void the_end_counts_what_is_planned(void **state)
{
    struct fixture *fixture = open_fixture("loss=0", "after 50ms a ; after 50ms b");

    (void)state;
    for (int i = 0; i < 5; i++)
        say_text(fixture, 0, "a request");
    pass(fixture, 60 * ms);
    say_text(fixture, 0, "a request");
    path_end(&fixture->path);
    take_settled(fixture);
    assert_int_equal(peers_totals(fixture->peers)->acked, 5);
    assert_int_equal(peers_totals(fixture->peers)->held[HELD_END], 1);
    assert_int_equal(fixture->path.more_held, 6);
    assert_int_equal(fixture->path.underway, 0);
    close_fixture(fixture);
}

/* What is left out because of the limit is held as well. */
static void planned_datagrams_stay_within_the_limit(void **state)
{
    struct fixture *fixture = open_fixture("loss=0", "5 times x");

    (void)state;
    limit_acks(fixture, 2);
    say_text(fixture, 0, "a request that is long enough for what follows: five times one letter");
    assert_int_equal(acks_next_ack(fixture, 0), 2);
    assert_int_equal(fixture->path.more, 1);
    assert_int_equal(fixture->path.more_held, 3);
    assert_int_equal(fixture->path.left_out, 3);
    assert_int_equal(fixture->outcomes[1].flight.left_out, 0);
    close_fixture(fixture);
}

/* Random times on random networks: nothing is lost uncounted, and nothing remains. */
static void check_planned(const char *impair, const char *ack, unsigned later)
{
    struct fixture *fixture = open_fixture(impair, ack);
    uint64_t came = 0;
    uint8_t bytes[256] = "a request";

    for (int i = 0; i < 200; i++) {
        assert_true(say(fixture, (int)below(CLIENTS), bytes, 1 + below(sizeof bytes)));
        pass(fixture, below(20) * ms);
    }
    if (below(2) == 0)
        pass(fixture, 10000 * ms);
    path_end(&fixture->path);
    take_settled(fixture);
    const struct counts *totals = peers_totals(fixture->peers);
    const struct path *path = &fixture->path;
    for (int client = 0; client < CLIENTS; client++)
        came += (uint64_t)acks_next_ack(fixture, client);
    assert_int_equal(totals->received, 200);
    assert_int_equal(came, totals->acked + path->more + path->copies);
    assert_int_equal((path->more + path->more_held + path->more_failed) % later, 0);
    assert_true(later > 1 || path->more + path->more_held == 0);
    assert_int_equal(path->underway, 0);
    assert_int_equal(path->more_underway, 0);
    assert_true(path_due_ns(path) == INT64_MAX);
    close_fixture(fixture);
}

static void planned_answers_are_conserved(void **state)
{
    static const char *const impairs[] = {"loss=0", "loss=20%", "dup=30%,delay=5ms+-5ms",
                                          "loss=10%,dup=20%,reorder=20%,corrupt=10%,rate=300"};

    (void)state;
    random_state = 88172645463325252U;
    for (size_t i = 0; i < sizeof impairs / sizeof *impairs; i++) {
        check_planned(impairs[i], "after 7ms {n} ; {text} ; after 30ms twice x", 3);
        check_planned(impairs[i], "3 times echo", 2);
        check_planned(impairs[i], "after 1ms a", 1);
    }
}

/* ---- a corrupted copy of a request, which gets another reply than the other copy */

#define REQUEST "a request of forty-five bytes, as it was sent"
#define W80     "wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww"
#define W180    W80 W80 "wwwwwwwwwwwwwwwwwwww"

enum { HEADERS = 28 }; /* of IPv4 and UDP */

static struct rules *open_rule(const char *text)
{
    struct rules_problem problem;
    struct rules *rules = rules_open(NULL);

    assert_non_null(rules);
    assert_true(rules_add(rules, text, &problem));
    return rules;
}

/* The bytes of the packets that a client got. */
static size_t packets_bytes(struct fixture *fixture, int client)
{
    char bytes[ACK_SIZE];
    size_t sum = 0;

    for (ssize_t size; (size = recv(fixture->clients[client].fd, bytes, sizeof bytes,
                                    MSG_DONTWAIT | MSG_TRUNC)) >= 0;)
        sum += (size_t)size + HEADERS;
    return sum;
}

static void check_packets(const char *impair, const char *ack, const char *rule)
{
    struct rules *rules = open_rule(rule);
    struct fixture *fixture = open_fixture_with(impair, ack, rules);
    size_t most = 0;

    for (int i = 0; i < 100; i++) {
        say_text(fixture, 0, REQUEST);
        pass(fixture, 10 * ms);
        size_t got = packets_bytes(fixture, 0);
        assert_in_range(got, 0, ACK_RATIO_MAX * (strlen(REQUEST) + HEADERS));
        most = got > most ? got : most;
    }
    assert_true(most > 0);
    close_fixture(fixture);
    rules_close(rules);
}

static void replies_of_two_sizes_stay_within_three_times_the_request(void **state)
{
    static const char *const impairs[] = {"dup=100%,in.corrupt=50%",
                                          "dup=100%,in.corrupt=50%,out.loss=30%,delay=2ms+-2ms"};
    static const char *const rows[][2] = {
        {"ok", "\"" REQUEST "\" => " W180},
        {W180, "\"" REQUEST "\" => ok"},
        {"after 1ms ok ; ok ; ok", "\"" REQUEST "\" => " W180},
        {W180, "\"" REQUEST "\" => ok ; ok ; after 1ms ok"},
        {"after 1ms " W80, "\"" REQUEST "\" => after 1ms ok"},
        {"after 1ms ok", "\"" REQUEST "\" => after 1ms " W80},
    };

    (void)state;
    for (size_t i = 0; i < sizeof impairs / sizeof *impairs; i++)
        for (size_t row = 0; row < sizeof rows / sizeof *rows; row++)
            check_packets(impairs[i], rows[row][0], rows[row][1]);
}

/* The clocks of a batch are read after its beginning, here by 5 ms. */
static void an_interruption_is_no_delay(void **state)
{
    struct fixture *fixture = open_fixture("in.delay=60ms", "same");
    int64_t begun_ns = clock_monotonic_ns() - 5 * ms;
    size_t place = 0;
    struct datagram datagram = {.peer = fixture->clients[0].local,
                                .local = fixture->server.local,
                                .source = fixture->server.local,
                                .bytes = (const uint8_t *)"x",
                                .size_bytes = 1,
                                .segment_bytes = 1,
                                .wall_ns = clock_wall_ns() - 6 * ms};

    (void)state;
    path_begin(&fixture->path, begun_ns);
    assert_int_equal(path_take(&fixture->path, &datagram, 0, 0, begun_ns), 1);
    struct flight *flight = path_fresh(&fixture->path, &place);
    assert_non_null(flight);
    assert_in_range(flight->fate.requests[0].depart_us, 0, 1100); /* after the arrival: 1 ms */
    close_fixture(fixture);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(planned_datagrams_leave_at_their_times),
    cmocka_unit_test(the_wait_comes_before_the_network),
    cmocka_unit_test(a_planned_answer_is_no_larger_than_a_datagram),
    cmocka_unit_test(the_end_counts_what_is_planned),
    cmocka_unit_test(planned_datagrams_stay_within_the_limit),
    cmocka_unit_test(planned_answers_are_conserved),
    cmocka_unit_test(a_delay_is_exact),
    cmocka_unit_test(a_lost_request_is_not_answered),
    cmocka_unit_test(a_lost_ack_was_an_answer),
    cmocka_unit_test(copies_stay_within_three_times_the_request),
    cmocka_unit_test(copies_stay_within_the_limit),
    cmocka_unit_test(replies_of_two_sizes_stay_within_three_times_the_request),
    cmocka_unit_test(doubled_both_ways),
    cmocka_unit_test(reordered_until_overtaken),
    cmocka_unit_test(a_lonely_one_is_let_go),
    cmocka_unit_test(a_bit_is_flipped),
    cmocka_unit_test(a_narrow_way_makes_a_queue),
    cmocka_unit_test(off_while_under_way),
    cmocka_unit_test(each_has_those_of_its_time),
    cmocka_unit_test(the_end_holds_what_is_under_way),
    cmocka_unit_test(a_reset_counts_anew),
    cmocka_unit_test(our_own_ack_is_not_answered),
    cmocka_unit_test(full_is_lost),
    cmocka_unit_test(without_room_a_datagram_is_seen_once),
    cmocka_unit_test(all_together),
    cmocka_unit_test(the_same_again),
    cmocka_unit_test(losses_need_no_flight),
    cmocka_unit_test(some_losses_need_flights),
    cmocka_unit_test(an_interruption_is_no_delay),
};

const struct suite suite_path = {
    .name = "path", .tests = tests, .count = sizeof tests / sizeof *tests};
