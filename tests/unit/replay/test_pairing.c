/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay: the records for packets made by the test, compared with a simple model of the pairing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../../src/replay/window_internal.h"
#include "../suite.h"

#include "udptui/base/units.h"
#include "udptui/replay/pairing.h"

enum { TOLD_MAX = 20000, SERVER = 4010, PATIENCE_MS = 1000 };

static const int64_t ms = UNITS_NS_PER_MS;

struct fixture {
    struct pairing *pairing;
    struct event_message last[TOLD_MAX]; /* by number: as it was last reported */
    struct event_message unasked[64], more;
    int unasked_count, told, rows;
    int64_t now_ms; /* of the capture */
    uint64_t frames;
    struct event_client row;
    struct event_totals totals;
    uint8_t payload[16]; /* of the latest message */
    char ack[32];        /* of its reply */
};

static void take(void *context, const void *record, size_t size_bytes)
{
    struct fixture *fixture = context;
    const struct event_message *message = record;

    if (event_kind_of(record) == EVENT_CLIENT) {
        fixture->rows++;
        fixture->row = *(const struct event_client *)record;
    }
    if (event_kind_of(record) == EVENT_TOTALS)
        fixture->totals = *(const struct event_totals *)record;
    if (event_kind_of(record) != EVENT_MESSAGE)
        return;
    assert_int_equal(size_bytes,
                     sizeof *message + message->stored_bytes + message->ack_stored_bytes);
    memset(fixture->ack, 0, sizeof fixture->ack);
    for (size_t i = 0; i < message->ack_stored_bytes && i < sizeof fixture->ack - 1; i++)
        fixture->ack[i] = (char)((const uint8_t *)(message + 1))[message->stored_bytes + i];
    for (size_t i = 0; i < message->stored_bytes && i < sizeof fixture->payload; i++)
        fixture->payload[i] = ((const uint8_t *)(message + 1))[i];
    if (message->status == ACK_MORE)
        fixture->more = *message;
    else if (message->status == ACK_UNASKED)
        fixture->unasked[fixture->unasked_count++ % 64] = *message;
    else
        fixture->last[message->number % TOLD_MAX] = *message;
    fixture->told++;
}

static struct fixture *open_with(struct pairing_config config)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);

    assert_non_null(fixture);
    config.clients_max = config.clients_max > 0 ? config.clients_max : 64;
    config.patience_ns = PATIENCE_MS * ms;
    config.emit = take;
    config.context = fixture;
    fixture->pairing = pairing_open(&config);
    assert_non_null(fixture->pairing);
    return fixture;
}

static struct fixture *open_fixture(uint16_t port, bool early)
{
    return open_with((struct pairing_config){.port = port, .hold_ns = early ? 0 : INT64_MAX});
}

static void close_fixture(struct fixture *fixture)
{
    pairing_close(fixture->pairing);
    free(fixture);
}

static struct endpoint at(uint8_t host, uint16_t port)
{
    return (struct endpoint){.family = ENDPOINT_IPV4, .address = {192, 168, 0, host}, .port = port};
}

static bool pass_bytes(struct fixture *fixture, struct endpoint from, struct endpoint to,
                       const void *bytes, size_t size_bytes, int64_t time_ms)
{
    const struct packet packet = {.frame = ++fixture->frames,
                                  .source = from,
                                  .destination = to,
                                  .payload = bytes,
                                  .size_bytes = size_bytes,
                                  .original_bytes = size_bytes,
                                  .hop_limit = 64};
    if (fixture->now_ms < time_ms)
        fixture->now_ms = time_ms;
    bool taken = pairing_take(fixture->pairing, &packet, time_ms * ms, fixture->now_ms * ms);
    struct event_totals totals = pairing_totals(fixture->pairing, time_ms * ms);

    assert_true(counts_conserved(&totals.counts));
    return taken;
}

static bool pass(struct fixture *fixture, struct endpoint from, struct endpoint to,
                 const char *text, int64_t time_ms)
{
    return pass_bytes(fixture, from, to, text, strlen(text), time_ms);
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
    return pairing_totals(fixture->pairing, 0).counts;
}

/* ---- cases */

/* Each datagram has an owner, and the events name the frames. */
static void owners_and_frames(void **state)
{
    struct fixture *fixture = open_fixture(0, false);

    (void)state;
    request(fixture, 10, "one", 0);
    assert_int_equal(pairing_owner(fixture->pairing), 1);
    request(fixture, 11, "two", 1);
    assert_int_equal(pairing_owner(fixture->pairing), 2);
    answer(fixture, 10, "ok one", 2);
    assert_int_equal(pairing_owner(fixture->pairing), 1);
    answer(fixture, 10, "ok one", 3); /* a copy, without an event of its own */
    assert_int_equal(pairing_owner(fixture->pairing), 1);
    answer(fixture, 10, "and more", 4);
    assert_int_equal(pairing_owner(fixture->pairing), 1);
    answer(fixture, 12, "unasked", 5);
    assert_int_equal(pairing_owner(fixture->pairing), 0);
    pairing_end(fixture->pairing);
    assert_int_equal(fixture->last[1].frame, 1);
    assert_int_equal(fixture->last[1].ack_frame, 3);
    assert_int_equal(fixture->last[2].frame, 2);
    assert_int_equal(fixture->last[2].ack_frame, 0);
    assert_int_equal(fixture->more.frame, 5);
    assert_int_equal(fixture->unasked[0].frame, 6);
    close_fixture(fixture);
}

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
    assert_string_equal(fixture->ack, "Message received");
    assert_int_equal(message->service_ns, 12 * ms);
    assert_int_equal(message->ack_bytes, 16);
    assert_int_equal(message->from.port, 50000);
    assert_int_equal(message->to.port, SERVER);
    pairing_end(fixture->pairing);
    assert_int_equal(counts_of(fixture).acked, 1);
    pairing_report(fixture->pairing, 20 * ms);
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
    pairing_end(fixture->pairing);
    assert_int_equal(fixture->told, 2);
    assert_int_equal(fixture->last[1].status, ACK_SENT);
    assert_false(fixture->last[1].flags & MESSAGE_UPDATE);
    assert_int_equal(fixture->last[2].status, ACK_UNSEEN);
    close_fixture(fixture);
}

static void unanswered(void **state)
{
    struct fixture *fixture = open_fixture(0, true);

    (void)state;
    request(fixture, 10, "hello", 0);
    pairing_pass(fixture->pairing, (PATIENCE_MS - 1) * ms);
    assert_int_equal(fixture->last[1].status, ACK_WAITING);
    pairing_pass(fixture->pairing, PATIENCE_MS * ms);
    assert_int_equal(fixture->last[1].status, ACK_UNSEEN);
    assert_int_equal(counts_of(fixture).unseen, 1);
    assert_int_equal(counts_held(&(struct counts){.unseen = 1}), 0);
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
    assert_int_equal(pairing_totals(fixture->pairing, 0).copies, 5);
    assert_int_equal(counts_of(fixture).acked, 1);
    close_fixture(fixture);
}

/* The payload decides, if it is returned; else the oldest is answered first. */
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

/* ---- which end is the server */

/* For each flow by its first datagram, independent of other flows. */
static void roles_of_each_pair(void **state)
{
    struct fixture *fixture = open_fixture(0, true);
    struct endpoint a = at(1, 123), b = at(2, 123), c = at(3, 123);

    (void)state;
    pass(fixture, a, b, "A asks B", 0);
    pass(fixture, b, a, "B answers A", 10);
    pass(fixture, c, a, "C asks A", 20);
    pass(fixture, a, c, "A answers C", 31);
    pass(fixture, a, b, "A asks B again", 40);
    pass(fixture, b, a, "B answers A again", 52);
    for (int i = 1; i <= 3; i++)
        assert_int_equal(fixture->last[i].service_ns, (9 + i) * ms);
    assert_true(endpoint_equal(&fixture->last[2].from, &c));
    assert_true(endpoint_equal(&fixture->last[3].from, &a));
    close_fixture(fixture);
}

/* What a capture begins with may be an answer: a well-known port says so. */
static void begins_in_the_middle(void **state)
{
    struct fixture *fixture = open_fixture(0, true);

    (void)state;
    pass(fixture, at(12, 53), at(13, 45000), "an answer, its question was before", 2);
    pass(fixture, at(12, ENDPOINT_DEFAULT_PORT), at(13, 45001), "Message received", 2);
    assert_int_equal(fixture->unasked_count, 2);
    pass(fixture, at(13, 45000), at(12, 53), "a question", 3);
    assert_int_equal(fixture->last[1].status, ACK_WAITING);
    pass(fixture, at(14, 6881), at(15, 51413), "from one peer to another", 4);
    assert_int_equal(fixture->last[2].from.port, 6881);
    close_fixture(fixture);
}

/* A port that both ends have says nothing: then the flow decides. */
static void the_same_port_at_both_ends(void **state)
{
    struct fixture *fixture = open_fixture(5060, true);

    (void)state;
    assert_true(pass(fixture, at(1, 5060), at(2, 5060), "asks", 0));
    assert_true(pass(fixture, at(2, 5060), at(1, 5060), "answers", 7));
    assert_int_equal(fixture->last[1].service_ns, 7 * ms);
    assert_int_equal(fixture->unasked_count, 0);
    close_fixture(fixture);
}

/* The named server is one, whoever began; what has nothing to do with it is filtered out. */
static void the_named_server(void **state)
{
    struct fixture *fixture =
        open_with((struct pairing_config){.server = at(1, 7000), .hold_ns = 0});

    (void)state;
    assert_true(pass(fixture, at(1, 7000), at(2, 80), "news", 0));
    assert_true(pass(fixture, at(2, 80), at(1, 7000), "so?", 1));
    assert_true(pass(fixture, at(1, 7000), at(2, 80), "so.", 5));
    assert_false(pass(fixture, at(2, 80), at(3, 7000), "another server", 6));
    assert_true(pass(fixture, at(2, 80), at(255, 7000), "anybody?", 7));
    assert_true(pass(fixture, at(1, 7000), at(2, 80), "me", 9));
    assert_int_equal(fixture->unasked_count, 1);
    assert_int_equal(fixture->last[1].service_ns, 4 * ms);
    assert_int_equal(fixture->last[2].service_ns, 2 * ms);
    close_fixture(fixture);
}

/* To a group or broadcast address: any host may reply, from the port of the request. */
static void asked_of_many(void **state)
{
    struct fixture *fixture = open_fixture(0, true);
    struct endpoint group = {.family = ENDPOINT_IPV4, .address = {239, 1, 2, 3}, .port = SERVER};

    (void)state;
    pass(fixture, at(10, 40000), at(255, SERVER), "hello broadcast", 0);
    pass(fixture, at(1, SERVER), at(10, 40000), "Message received", 1);
    pass(fixture, at(2, SERVER), at(10, 40000), "me, too", 2);
    assert_int_equal(fixture->last[1].service_ns, 1 * ms);
    assert_true(fixture->last[1].flags & MESSAGE_BROADCAST);
    assert_int_equal(fixture->last[1].ack_from.address[3], 1);
    assert_int_equal(fixture->more.number, 1);
    assert_int_equal(fixture->more.to.address[3], 2);
    pass(fixture, at(10, 40001), group, "hello group", 10);
    pass(fixture, at(1, SERVER), at(10, 40001), "Message received", 13);
    assert_int_equal(fixture->last[2].service_ns, 3 * ms);
    assert_true(fixture->last[2].flags & MESSAGE_MULTICAST);
    pass(fixture, at(10, 40002), at(255, SERVER), "anybody?", 20);
    pass(fixture, at(1, 9), at(10, 40002), "from another port", 21);
    assert_int_equal(fixture->last[3].ack_from.port, 9);
    assert_true(fixture->last[3].flags & MESSAGE_AMBIGUOUS); /* it may be about anything */
    pairing_report(fixture->pairing, 0);
    assert_false(fixture->row.several_servers && fixture->row.peer.port == 40000);
    close_fixture(fixture);
}

/* TFTP answers from a port of its own, and goes on there. */
static void answered_from_another_port(void **state)
{
    struct fixture *fixture = open_fixture(0, true);
    struct endpoint client = at(10, 45000), server = at(1, 69), transfer = at(1, 40111);

    (void)state;
    pass(fixture, client, server, "RRQ", 0);
    pass(fixture, transfer, client, "DATA 1", 3);
    pass(fixture, client, transfer, "ACK 1", 5);
    pass(fixture, transfer, client, "DATA 2", 9);
    assert_int_equal(fixture->last[1].service_ns, 3 * ms);
    assert_int_equal(fixture->last[1].ack_from.port, 40111);
    assert_false(fixture->last[1].flags & MESSAGE_BROADCAST);
    assert_int_equal(fixture->last[2].service_ns, 4 * ms);
    assert_int_equal(fixture->last[2].to.port, 40111);
    pass(fixture, at(1, 2000), client, "of nothing that waits", 10);
    assert_int_equal(fixture->last[3].from.port, 2000); /* the first of a flow of its own */
    close_fixture(fixture);
}

/* DHCP: neither end has its address yet. */
static void neither_end_has_an_address(void **state)
{
    struct fixture *fixture = open_fixture(0, true);
    struct endpoint nobody = {.family = ENDPOINT_IPV4, .port = 68};
    struct endpoint all = {.family = ENDPOINT_IPV4, .address = {255, 255, 255, 255}, .port = 67};
    struct endpoint all_clients = all;
    uint8_t discover[240] = {1, 1, 6, 0, 0xde, 0xad, 0xbe, 0xef}, offer[240];

    (void)state;
    all_clients.port = 68;
    discover[28] = 0x52;
    memcpy(offer, discover, sizeof offer);
    offer[0] = 2;
    pass_bytes(fixture, nobody, all, discover, sizeof discover, 0);
    discover[28] = 0x53; /* another one's */
    pass_bytes(fixture, nobody, all, discover, sizeof discover, 1);
    pass_bytes(fixture, at(1, 67), all_clients, offer, sizeof offer, 4);
    offer[28] = 0x53;
    pass_bytes(fixture, at(1, 67), at(77, 68), offer, sizeof offer, 8);
    assert_int_equal(fixture->last[1].service_ns, 4 * ms);
    assert_int_equal(fixture->last[2].service_ns, 7 * ms);
    close_fixture(fixture);
}

static void several_servers(void **state)
{
    struct fixture *fixture = open_fixture(0, true);

    (void)state;
    pass(fixture, at(10, 50000), at(1, SERVER), "one", 0);
    pairing_report(fixture->pairing, 0);
    assert_int_equal(fixture->row.server.address[3], 1);
    assert_false(fixture->row.several_servers);
    pass(fixture, at(10, 50000), at(2, SERVER), "two", 1);
    pairing_report(fixture->pairing, ms);
    assert_true(fixture->row.several_servers);
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
    pairing_take(fixture->pairing, &packet, 0, 0);
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
    assert_int_equal(counts_of(fixture).unseen, 100);
    assert_true(fixture->last[1].flags & MESSAGE_CROWDED);
    assert_int_equal(pairing_totals(fixture->pairing, 0).crowded, 100);
    for (int i = 0; i < 1200; i++)
        request(fixture, 11, large, 1);
    pairing_end(fixture->pairing);
    assert_int_equal(counts_of(fixture).received, REPLAY_REQUESTS_MAX + 100 + 1200);
    assert_int_equal(pairing_totals(fixture->pairing, 0).waiting, 0);
    close_fixture(fixture);
}

/* ---- what is sure */

static bool is_sure(const struct fixture *fixture, int number)
{
    const struct event_message *message = &fixture->last[number];

    assert_int_equal(message->status, ACK_SENT);
    assert_true((message->service_ns == EVENT_UNKNOWN) ==
                ((message->flags & MESSAGE_AMBIGUOUS) != 0));
    return message->service_ns != EVENT_UNKNOWN;
}

/* The first of two is lost: what is credited to it is the second's, and the one that is left is
 * not sure either. */
static void a_guess_keeps_the_others_uncertain(void **state)
{
    struct fixture *fixture = open_fixture(0, true);

    (void)state;
    request(fixture, 10, "one", 0);
    request(fixture, 10, "two", 100);
    request(fixture, 10, "three", 101);
    answer(fixture, 10, "ok", 110);
    answer(fixture, 10, "ok", 490);
    answer(fixture, 10, "ok", 500);
    for (int i = 1; i <= 3; i++)
        assert_false(is_sure(fixture, i));
    request(fixture, 10, "four", 600); /* all is answered: nothing is owed */
    answer(fixture, 10, "ok", 601);
    assert_true(is_sure(fixture, 4));
    assert_int_equal(pairing_totals(fixture->pairing, 0).uncertain, 3);
    close_fixture(fixture);
}

/* Doubt goes with the request that a guess left waiting. */
static void doubt_ends(void **state)
{
    struct fixture *fixture = open_fixture(0, true);

    (void)state;
    request(fixture, 10, "one", 0);
    request(fixture, 10, "two", 1);
    answer(fixture, 10, "ok", 2);
    request(fixture, 10, "three", PATIENCE_MS + 10);
    answer(fixture, 10, "ok", PATIENCE_MS + 12);
    assert_int_equal(fixture->last[2].status, ACK_UNSEEN);
    assert_true(is_sure(fixture, 3));
    close_fixture(fixture);
}

/* A copy of reply 1 comes while 2 waits; the extra reply shows that the times may be wrong. */
static void an_extra_reply_marks_earlier_times(void **state)
{
    struct fixture *fixture = open_fixture(0, true);

    (void)state;
    request(fixture, 10, "one", 0);
    answer(fixture, 10, "ok", 10);
    request(fixture, 10, "two", 20);
    answer(fixture, 10, "ok", 30);
    assert_true(is_sure(fixture, 2));
    answer(fixture, 10, "ok", 60);
    assert_false(is_sure(fixture, 2));
    assert_true(fixture->last[2].flags & MESSAGE_UPDATE);
    assert_true(is_sure(fixture, 1)); /* nothing was before it */
    close_fixture(fixture);
}

/* By the stamps: a reply that is stamped before its request is none, wherever it is in the file. */
static void stamped_before_its_request(void **state)
{
    struct fixture *fixture = open_fixture(0, true);

    (void)state;
    request(fixture, 10, "ask", 500);
    answer(fixture, 10, "ok", 0);
    assert_int_equal(fixture->last[1].status, ACK_WAITING);
    assert_int_equal(fixture->unasked_count, 1);
    assert_true(fixture->unasked[0].flags & MESSAGE_BACKWARDS);
    assert_int_equal(fixture->unasked[0].wall_ns, 0);
    answer(fixture, 10, "ok", 510);
    assert_int_equal(fixture->last[1].service_ns, 10 * ms);
    assert_int_equal(pairing_totals(fixture->pairing, 0).backwards, 1);
    close_fixture(fixture);
}

/* Further datagrams of the server belong to its reply; the same bytes are a copy. */
static void further_replies(void **state)
{
    struct fixture *fixture = open_fixture(0, true);

    (void)state;
    request(fixture, 10, "INVITE", 0);
    answer(fixture, 10, "180 Ringing", 5);
    answer(fixture, 10, "180 Ringing", 6);
    answer(fixture, 10, "200 OK", 900);
    assert_int_equal(fixture->last[1].service_ns, 5 * ms);
    assert_string_equal(fixture->ack, "");
    assert_int_equal(fixture->more.number, 1);
    assert_int_equal(fixture->more.size_bytes, 6);
    struct event_totals totals = pairing_totals(fixture->pairing, 0);
    assert_int_equal(totals.copies, 1);
    assert_int_equal(totals.more, 1);
    assert_int_equal(totals.counts.acked, 1);
    close_fixture(fixture);
}

/* ---- by numbers */

static void dns(struct fixture *fixture, bool answers, uint16_t id, int64_t time_ms)
{
    uint8_t bytes[] = {(uint8_t)(id >> 8),
                       (uint8_t)id,
                       answers ? 0x81 : 1,
                       0,
                       0,
                       1,
                       0,
                       0,
                       0,
                       0,
                       0,
                       0,
                       1,
                       'a',
                       0,
                       0,
                       1,
                       0,
                       1};
    struct endpoint client = at(10, 50000), server = at(1, 53);

    pass_bytes(fixture, answers ? server : client, answers ? client : server, bytes, sizeof bytes,
               time_ms);
}

static void by_the_protocols_number(void **state)
{
    struct fixture *fixture = open_fixture(0, true);

    (void)state;
    for (uint16_t id = 1; id <= 4; id++)
        dns(fixture, false, id, id);
    dns(fixture, true, 3, 13);
    dns(fixture, true, 1, 12);
    dns(fixture, true, 9, 14); /* of no request here */
    dns(fixture, true, 3, 15); /* a copy */
    dns(fixture, true, 4, 17);
    assert_int_equal(fixture->last[1].service_ns, 11 * ms);
    assert_int_equal(fixture->last[2].status, ACK_WAITING);
    assert_int_equal(fixture->last[3].service_ns, 10 * ms);
    assert_int_equal(fixture->last[4].service_ns, 13 * ms);
    assert_int_equal(fixture->unasked_count, 1);
    assert_int_equal(pairing_totals(fixture->pairing, 0).copies, 1);
    dns(fixture, false, 2, 20); /* sent again: which one is answered cannot be known (Karn, 1987) */
    dns(fixture, true, 2, 22);
    dns(fixture, true, 2, 23);
    assert_false(is_sure(fixture, 2));
    assert_false(is_sure(fixture, 5));
    close_fixture(fixture);
}

/* The first bytes, if both sides carry the same; a fixed header says nothing. */
static void by_the_first_bytes(void **state)
{
    static const char *const requests[] = {"\x12\x34 a", "\x12\x35 b", "\x77\x34 c"};
    struct fixture *fixture = open_fixture(0, true);

    (void)state;
    for (int i = 0; i < 3; i++)
        request(fixture, 10, requests[i], i);
    answer(fixture, 10, "\x77\x34 reply", 10);
    answer(fixture, 10, "\x12\x35 reply", 11);
    answer(fixture, 10, "\x12\x34 reply", 12);
    assert_int_equal(fixture->last[3].service_ns, 8 * ms);
    assert_int_equal(fixture->last[2].service_ns, 10 * ms);
    assert_int_equal(fixture->last[1].service_ns, 12 * ms);
    request(fixture, 11, "HEAD one", 20);
    request(fixture, 11, "HEAD two", 21);
    answer(fixture, 11, "HEAD ok", 22);
    answer(fixture, 11, "HEAD ok", 23);
    assert_false(is_sure(fixture, 4));
    assert_false(is_sure(fixture, 5));
    close_fixture(fixture);
}

/* A server that was seen to repeat nothing is not believed to do so. */
static void learns_that_nothing_is_repeated(void **state)
{
    struct fixture *fixture = open_fixture(0, true);

    (void)state;
    request(fixture, 10, "first", 0);
    answer(fixture, 10, "two", 1);
    request(fixture, 10, "hello", 10);
    request(fixture, 10, "two", 11);
    answer(fixture, 10, "two", 12); /* as always: no echo of the second */
    assert_int_equal(fixture->last[3].status, ACK_WAITING);
    assert_false(is_sure(fixture, 2));
    close_fixture(fixture);
}

/* What the lines of a live capture want: known at once, or after the hold. */
static void holds_for_a_while(void **state)
{
    struct fixture *fixture = open_with((struct pairing_config){.hold_ns = 100 * ms});

    (void)state;
    request(fixture, 10, "one", 0);
    assert_int_equal(fixture->told, 0);
    answer(fixture, 10, "ok", 5);
    assert_int_equal(fixture->told, 1);
    request(fixture, 10, "two", 200);
    pairing_pass(fixture->pairing, 299 * ms);
    assert_int_equal(fixture->told, 1);
    pairing_pass(fixture->pairing, 300 * ms);
    assert_int_equal(fixture->last[2].status, ACK_WAITING);
    answer(fixture, 10, "ok", 400);
    assert_int_equal(fixture->last[2].status, ACK_SENT);
    assert_true(fixture->last[2].flags & MESSAGE_UPDATE);
    assert_int_equal(fixture->told, 3);
    close_fixture(fixture);
}

/* Also after a silence, in which what came before has left the window. */
static void holds_after_a_silence(void **state)
{
    struct fixture *fixture = open_with((struct pairing_config){.hold_ns = 100 * ms});

    (void)state;
    request(fixture, 10, "one", 0);
    answer(fixture, 10, "ok", 5);
    request(fixture, 10, "two", 3 * PATIENCE_MS);
    pairing_pass(fixture->pairing, (3 * PATIENCE_MS + 100) * ms);
    assert_int_equal(fixture->last[2].status, ACK_WAITING);
    close_fixture(fixture);
}

/* In the order of the file, what is no request between the requests. */
static void in_the_order_of_the_file(void **state)
{
    struct fixture *fixture = open_fixture(4010, false);

    (void)state;
    request(fixture, 10, "one", 0);
    answer(fixture, 11, "news", 1);
    request(fixture, 10, "two", 2);
    assert_int_equal(fixture->told, 0);
    pairing_pass(fixture->pairing, PATIENCE_MS * ms);
    assert_int_equal(fixture->told, 1); /* "one" */
    assert_int_equal(fixture->unasked_count, 0);
    pairing_pass(fixture->pairing, (PATIENCE_MS + 2) * ms);
    assert_int_equal(fixture->unasked_count, 1);
    assert_int_equal(fixture->told, 3);
    close_fixture(fixture);
}

/* Memory is bounded: what has to wait for a request's outcome does so while there is room. */
static void large_ones_between_requests(void **state)
{
    enum { LARGE = 60000, ROOM = REPLAY_BYTES_MAX / LARGE };
    struct fixture *fixture = open_fixture(SERVER, false);
    static char large[LARGE + 1];

    (void)state;
    memset(large, 'x', LARGE);
    request(fixture, 10, "one", 0);
    for (int i = 0; i < ROOM; i++)
        answer(fixture, 11, large, 1);
    assert_int_equal(fixture->told, 0);
    answer(fixture, 11, large, 1);
    assert_int_equal(fixture->told, ROOM + 1);
    answer(fixture, 11, large, 2);
    pairing_end(fixture->pairing);
    assert_int_equal(fixture->told, ROOM + 3);
    assert_int_equal(fixture->unasked_count, ROOM + 2);
    close_fixture(fixture);
}

/* A copy goes on as the original does. */
static void copies(void **state)
{
    struct fixture *fixture = open_fixture(0, true);
    struct pairing *first = fixture->pairing;

    (void)state;
    request(fixture, 10, "one", 0);
    request(fixture, 10, "two", 1);
    answer(fixture, 10, "ok", 2);
    fixture->pairing = pairing_copy(first);
    assert_non_null(fixture->pairing);
    assert_true(pairing_bytes(first) > 0);
    pairing_close(first);
    answer(fixture, 10, "ok", 7);
    assert_false(is_sure(fixture, 2));
    assert_string_equal(fixture->ack, "ok");
    request(fixture, 10, "three", 10);
    answer(fixture, 10, "ok", 11);
    assert_int_equal(fixture->last[3].service_ns, ms);
    assert_int_equal(counts_of(fixture).acked, 3);
    close_fixture(fixture);
}

/* A copy of few groups takes a request of another flow, which makes one of nearly each kind. */
static void a_copy_makes_room_for_all_groups(void **state)
{
    static const struct hash_key key = {.k0 = 1, .k1 = 2};
    static const struct replay_echo echo = {.bytes = REPLAY_ECHO_UNKNOWN};
    static const uint8_t bytes[20] = "twenty bytes of this";
    struct packet packet = {.source = at(10, 50000), .destination = at(1, SERVER)};
    const struct replay_number number = {.asking = 0};
    struct replay_window *first = replay_window_open(&key), *copy;

    (void)state;
    assert_non_null(first);
    assert_non_null(replay_window_add(first, &packet, &number, &echo, 0));
    copy = replay_window_copy(first);
    assert_non_null(copy);
    packet.source = at(11, 50000);
    packet.payload = bytes;
    packet.size_bytes = packet.original_bytes = sizeof bytes;
    assert_non_null(replay_window_add(copy, &packet, &number, &echo, 0));
    assert_in_range(copy->group_count, 1, copy->group_room);
    replay_window_close(first);
    replay_window_close(copy);
}

/* ---- any traffic, against a model that looks through everything */

enum { RANDOM_PACKETS = 3000, RANDOM_CLIENTS = 5 };

struct expected {
    uint8_t client;
    int64_t time_ms;
    int answers;
    bool doubted, uncertain;
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

/* The doubt of a guess: all that waited beside it. */
static void guess(struct expected *all, int count, struct expected *one, int64_t time_ms)
{
    int waiting = 0;

    for (int i = 0; i < count; i++)
        waiting += all[i].client == one->client && time_ms - all[i].time_ms < PATIENCE_MS &&
                   all[i].answers == 0;
    one->uncertain = waiting > 1 || one->doubted;
    for (int i = 0; i < count && waiting > 1; i++)
        if (all[i].client == one->client && all[i].answers == 0)
            all[i].doubted = true;
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
        if (one != NULL && one->answers == 0)
            guess(all, count, one, time_ms);
        if (one != NULL)
            one->answers++;
    }
    pairing_end(fixture->pairing);
    for (int i = 0; i < count; i++)
        assert_int_equal(fixture->last[i + 1].status, all[i].answers > 0 ? ACK_SENT : ACK_UNSEEN);
    for (int i = 0; i < count; i++)
        if (all[i].uncertain) /* an extra reply may make others so */
            assert_true(fixture->last[i + 1].flags & MESSAGE_AMBIGUOUS);
    struct event_totals totals = pairing_totals(fixture->pairing, 0);
    assert_int_equal(totals.counts.received, count);
    assert_int_equal(totals.counts.acked, answered_ones);
    assert_int_equal(totals.copies, copies);
    assert_int_equal(totals.unasked, unasked);
    assert_true(unasked > 0 && copies > 0 && answered_ones > 0);
    close_fixture(fixture);
}

/*
 * The truth is known: requests are lost, replies are lost, late and out of order. Every record
 * without a mark is correct; with numbers, all answered requests are reported.
 */
enum { TRUE_ROUNDS = 4000, DELAY_MAX_MS = 700 };

struct truth {
    int64_t asked_ms, replied_ms;
    uint32_t id;
    bool replied;
};

static void say(struct fixture *fixture, bool numbers, bool answers, uint32_t id, int64_t time_ms)
{
    if (numbers)
        dns(fixture, answers, (uint16_t)id, time_ms);
    else if (answers)
        answer(fixture, 10, "ok", time_ms);
    else
        request(fixture, 10, "please", time_ms);
}

static void told_times_are_true(bool numbers, uint32_t seed)
{
    struct fixture *fixture = open_fixture(0, true);
    static struct truth all[TRUE_ROUNDS];
    int count = 0, told = 0, replied = 0;
    uint32_t random = seed;

    for (int64_t now_ms = 0; count < TRUE_ROUNDS; now_ms++) {
        for (int i = count > 200 ? count - 200 : 0; i < count; i++)
            if (all[i].replied && all[i].replied_ms == now_ms)
                say(fixture, numbers, true, all[i].id, now_ms);
        if (next(&random) % (numbers ? 20 : 400) != 0)
            continue;
        bool lost = next(&random) % 5 == 0;
        int64_t delay_ms =
            next(&random) % 4 > 0 ? 1 + next(&random) % 30 : 1 + next(&random) % DELAY_MAX_MS;
        all[count] =
            (struct truth){.asked_ms = now_ms, .replied_ms = now_ms + delay_ms, .replied = !lost};
        all[count].id = (uint32_t)count + 1;
        say(fixture, numbers, false, all[count++].id, now_ms);
    }
    pairing_end(fixture->pairing);
    for (int i = 0; i < count - 200; i++) {
        const struct event_message *message = &fixture->last[i + 1];
        replied += all[i].replied;
        if (message->status != ACK_SENT || (message->flags & MESSAGE_AMBIGUOUS))
            continue;
        assert_true(all[i].replied);
        assert_int_equal(message->service_ns, (all[i].replied_ms - all[i].asked_ms) * ms);
        told++;
    }
    assert_true(told > replied / 10);
    if (numbers)
        assert_int_equal(told, replied);
    close_fixture(fixture);
}

static void true_by_order(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 5; seed++)
        told_times_are_true(false, seed);
}

static void true_by_number(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 5; seed++)
        told_times_are_true(true, seed);
}

/* One busy flow: each step takes the same time, however many wait. */
static void a_busy_flow(void **state)
{
    struct fixture *fixture = open_fixture(0, true);

    (void)state;
    for (int i = 0; i < 200000; i++) {
        request(fixture, 10, "never answered, but for the oldest", 0);
        if (i > 6000)
            answer(fixture, 10, "ok", 0);
    }
    assert_int_equal(counts_of(fixture).acked, 200000 - 6001);
    close_fixture(fixture);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(answered),
    cmocka_unit_test(owners_and_frames),
    cmocka_unit_test(told_once_where_only_the_end_counts),
    cmocka_unit_test(unanswered),
    cmocka_unit_test(doubled),
    cmocka_unit_test(in_another_order),
    cmocka_unit_test(clients_are_told_apart),
    cmocka_unit_test(roles_of_each_pair),
    cmocka_unit_test(begins_in_the_middle),
    cmocka_unit_test(the_same_port_at_both_ends),
    cmocka_unit_test(the_named_server),
    cmocka_unit_test(asked_of_many),
    cmocka_unit_test(answered_from_another_port),
    cmocka_unit_test(neither_end_has_an_address),
    cmocka_unit_test(several_servers),
    cmocka_unit_test(only_the_port),
    cmocka_unit_test(cut_by_the_capture),
    cmocka_unit_test(more_than_may_wait),
    cmocka_unit_test(a_guess_keeps_the_others_uncertain),
    cmocka_unit_test(doubt_ends),
    cmocka_unit_test(an_extra_reply_marks_earlier_times),
    cmocka_unit_test(stamped_before_its_request),
    cmocka_unit_test(further_replies),
    cmocka_unit_test(by_the_protocols_number),
    cmocka_unit_test(by_the_first_bytes),
    cmocka_unit_test(learns_that_nothing_is_repeated),
    cmocka_unit_test(holds_for_a_while),
    cmocka_unit_test(holds_after_a_silence),
    cmocka_unit_test(in_the_order_of_the_file),
    cmocka_unit_test(large_ones_between_requests),
    cmocka_unit_test(copies),
    cmocka_unit_test(a_copy_makes_room_for_all_groups),
    cmocka_unit_test(any_traffic),
    cmocka_unit_test(true_by_order),
    cmocka_unit_test(true_by_number),
    cmocka_unit_test(a_busy_flow),
};

const struct suite suite_pairing = {
    .name = "pairing", .tests = tests, .count = sizeof tests / sizeof *tests};
