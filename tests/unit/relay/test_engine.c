/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* engine: its steps one by one, without its thread. Clients' datagrams are made up, what it sends
 * reaches real sockets, the name server is ours. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <errno.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../../src/relay/engine_internal.h"
#include "../await.h"
#include "../suite.h"
#include "udptui/base/units.h"
#include "udptui/net/icmp.h"

enum { BATCH = 16, BUFFER_BYTES = 2048, ADDRESSES = 2 };

/* ---- sys/lookup: a name with addresses */

static struct {
    struct endpoint addresses[ADDRESSES];
    unsigned asked, answered;
} names;

int __wrap_lookup_fd(const struct lookup *lookup);
int __wrap_lookup_fd(const struct lookup *lookup)
{
    return *(const int *)(const void *)lookup;
}

bool __wrap_lookup_ask_addresses(struct lookup *lookup, const char *host,
                                 enum endpoint_family family, uint32_t tag);
bool __wrap_lookup_ask_addresses(struct lookup *lookup, const char *host,
                                 enum endpoint_family family, uint32_t tag)
{
    (void)lookup;
    (void)host;
    (void)family;
    assert_int_equal(tag, 0);
    names.asked++;
    return true;
}

bool __wrap_lookup_next_addresses(struct lookup *lookup, struct lookup_addresses *out);
bool __wrap_lookup_next_addresses(struct lookup *lookup, struct lookup_addresses *out)
{
    (void)lookup;
    if (names.answered == names.asked)
        return false;
    names.answered++;
    *out = (struct lookup_addresses){.count = ADDRESSES};
    for (size_t i = 0; i < ADDRESSES; i++) {
        out->addresses[i] = names.addresses[i];
        out->addresses[i].port = 0;
    }
    return true;
}

/* ---- the kernel's calls: one datagram can be refused */

static struct {
    unsigned passed; /* datagrams that still go out before it */
    int error;
    bool armed;
} refusal;

static bool refuses(void)
{
    if (!refusal.armed || refusal.passed-- > 0)
        return false;
    refusal.armed = false;
    errno = refusal.error;
    return true;
}

/* The next datagram, after so many others. */
static void refuse(unsigned passed, int error)
{
    refusal.passed = passed;
    refusal.error = error;
    refusal.armed = true;
}

int __real_sendmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags);
int __wrap_sendmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags);
ssize_t __real_sendmsg(int fd, const struct msghdr *message, int flags);
ssize_t __wrap_sendmsg(int fd, const struct msghdr *message, int flags);

/* As sendmmsg(2): what is before the refused one goes out, and the next call returns the error. */
int __wrap_sendmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags)
{
    unsigned good = 0;

    if (!refusal.armed)
        return __real_sendmmsg(fd, messages, count, flags);
    while (good < count && good < refusal.passed)
        good++;
    if (good == 0)
        return refuses() ? -1 : 0;
    refusal.passed -= good;
    return __real_sendmmsg(fd, messages, good, flags);
}

ssize_t __wrap_sendmsg(int fd, const struct msghdr *message, int flags)
{
    return refuses() ? -1 : __real_sendmsg(fd, message, flags);
}

/* ---- net/icmp: an error can be made up */

static struct icmp_error made_up; /* .error 0: none */

bool __real_icmp_receive(const struct udp_socket *socket, struct icmp_error *out);
bool __wrap_icmp_receive(const struct udp_socket *socket, struct icmp_error *out);
bool __wrap_icmp_receive(const struct udp_socket *socket, struct icmp_error *out)
{
    if (made_up.error == 0)
        return __real_icmp_receive(socket, out);
    *out = made_up;
    made_up.error = 0;
    return true;
}

/* ---- the engine, and where it sends */

struct bench {
    struct relay_engine *engine;
    struct udp_socket listener, target;
    struct endpoint
        client; /* has the address and port of the target's socket, which gets the replies, too */
    int event_fd, lookup_fd;
};

static struct endpoint loopback(uint8_t last)
{
    return (struct endpoint){.family = ENDPOINT_IPV4, .address = {127, 0, 0, last}};
}

static void open_socket(struct udp_socket *out, const struct endpoint *local)
{
    const struct udp_options options = {.gro = false};
    char error[UDP_ERROR_SIZE];

    if (!udp_open_server(local, &options, out, error))
        fail_msg("%s", error);
}

static void open_engine(struct bench *bench, const struct endpoint *address, bool named)
{
    const struct relay_options options = {
        .server = {.batch = BATCH, .buffer_bytes = BUFFER_BYTES, .no_gso = true},
        .idle_ns = RELAY_DEFAULT_IDLE_NS};
    const struct groups groups = {.watch = -1};
    const struct guard_config guard = {.scope = GUARD_LIMIT_NONE};
    const struct impair_config impair = {.seed = 1};
    const struct server_detail detail = {.every_message = true,
                                         .tick_ns = UNITS_NS_PER_MS,
                                         .lookup = (struct lookup *)(void *)&bench->lookup_fd};
    const uint16_t socket_targets[] = {0};
    struct relay_target target = {.text = "target", .host_text = "target.example"};
    const struct relay_engine_config config = {.options = &options,
                                               .sockets = &bench->listener,
                                               .socket_count = 1,
                                               .groups = &groups,
                                               .socket_targets = socket_targets,
                                               .targets = &target,
                                               .target_count = 1,
                                               .guard = &guard,
                                               .impair = &impair,
                                               .detail = &detail,
                                               .clients_max = 4,
                                               .event_fd = bench->event_fd};
    char error[ENGINE_ERROR_SIZE];

    target.address = *address;
    target.host = named ? target.host_text : NULL;
    bench->engine = relay_engine_open(&config, error);
    if (bench->engine == NULL)
        fail_msg("%s", error);
    bench->engine->clock = clock_pair_begin();
}

/* address: of the target; the socket of the bench has its port, at `heard`. */
static struct bench *open_bench(uint8_t address, uint8_t heard, bool named)
{
    struct bench *bench = calloc(1, sizeof *bench);
    struct endpoint local = loopback(1), target = loopback(heard), sent_to = loopback(address);

    assert_non_null(bench);
    bench->event_fd = eventfd(0, EFD_NONBLOCK);
    bench->lookup_fd = eventfd(0, EFD_NONBLOCK);
    open_socket(&bench->listener, &local);
    open_socket(&bench->target, &target);
    sent_to.port = bench->target.local.port;
    bench->client = bench->target.local;
    names.asked = names.answered = 0;
    open_engine(bench, &sent_to, named);
    return bench;
}

static void close_bench(struct bench *bench)
{
    relay_engine_close(bench->engine);
    udp_close(&bench->listener);
    udp_close(&bench->target);
    close(bench->event_fd);
    close(bench->lookup_fd);
    free(bench);
}

/* The client's datagram arrives, of messages of so many bytes. */
static void forward(struct bench *bench, const char *text, size_t segment_bytes)
{
    const struct datagram datagram = {.peer = bench->client,
                                      .local = bench->listener.local,
                                      .bytes = (const uint8_t *)text,
                                      .size_bytes = strlen(text),
                                      .segment_bytes = segment_bytes,
                                      .hop_limit = EVENT_UNKNOWN,
                                      .traffic_class = EVENT_UNKNOWN};

    relay_forward(bench->engine, 0, &datagram, 1, clock_monotonic_ns());
}

static void target_hears(struct bench *bench, const char *text)
{
    char bytes[64];

    await_readable(bench->target.fd);
    assert_int_equal(recv(bench->target.fd, bytes, sizeof bytes, 0), strlen(text));
    assert_memory_equal(bytes, text, strlen(text));
}

static struct session *only_session(const struct bench *bench)
{
    assert_int_equal(sessions_used(bench->engine->sessions), 1);
    return sessions_at(bench->engine->sessions, 0);
}

/* The engine's turn after an event of its only session. */
static void serve_session(struct bench *bench)
{
    struct pollfd polled = {.fd = only_session(bench)->socket.fd, .events = POLLIN};

    assert_int_equal(poll(&polled, 1, AWAIT_MS), 1);
    const struct epoll_event event = {.events =
                                          polled.revents & POLLERR ? EPOLLIN | EPOLLERR : EPOLLIN,
                                      .data.u64 = (uint64_t)only_session(bench)->generation << 32};
    relay_serve_sessions(bench->engine, &event, 1);
}

/* ---- names */

/* Nothing is at the first address: the client's session moves to the second one and stays there. */
static void a_session_leaves_an_address_that_refuses(void **state)
{
    struct bench *bench = open_bench(2, 3, true);

    (void)state;
    names.addresses[0] = loopback(2);
    names.addresses[1] = loopback(3);
    forward(bench, "to the first", 12);
    serve_session(bench);
    assert_int_equal(names.asked, 1);
    relay_take_lookups(bench->engine);
    assert_true(endpoint_same_address(&bench->engine->targets[0].address, &names.addresses[1]));
    bench->engine->lookup_next_ns[0] = 0; /* it may be asked again */
    forward(bench, "still to the first", 18);
    serve_session(bench);
    assert_int_equal(names.asked, 1); /* the second one did not fail */
    assert_int_equal(only_session(bench)->socket.fd, -1);
    forward(bench, "to the second", 13);
    target_hears(bench, "to the second");
    assert_int_equal(bench->engine->totals.icmp_errors, 2);
    close_bench(bench);
}

static void send_to_session(const struct bench *bench, const struct udp_socket *from,
                            const char *text)
{
    const struct endpoint *to = &only_session(bench)->socket.local;
    const uint8_t address[16] = {AF_INET, 0, (uint8_t)(to->port >> 8), (uint8_t)to->port, 127, 0,
                                 0,       1};

    assert_int_equal(sendto(from->fd, text, strlen(text), 0, (const void *)address, sizeof address),
                     strlen(text));
}

/* One event brings an ICMP error and replies, more of them than a batch holds: all are delivered, and
 * the one that names a request is matched. The requests are CoAP's, with a number. */
static void what_an_address_had_sent_is_delivered_and_matched(void **state)
{
    struct bench *bench = open_bench(2, 3, true);
    struct udp_socket first;
    struct endpoint local = bench->engine->targets[0].address;

    (void)state;
    open_socket(&first, &local);
    forward(bench, "@\1\7\10", 4);
    await_readable(first.fd);
    for (int i = 0; i < 3 * BATCH; i++)
        send_to_session(bench, &first, "`E\7\10");
    udp_close(&first);
    forward(bench, "@\1\7\11", 4);
    bench->engine->targets[0].address = bench->target.local; /* as a lookup has found */
    serve_session(bench);
    assert_int_equal(bench->engine->totals.icmp_errors, 1);
    assert_int_equal(only_session(bench)->socket.fd, -1);
    assert_int_equal(bench->engine->totals.back_dropped, 0);
    for (int i = 0; i < 3 * BATCH; i++)
        target_hears(bench, "`E\7\10"); /* the client is there, too */
    assert_int_equal(bench->engine->totals.rtts.count, 1);
    close_bench(bench);
}

/* A slow name server: it is not asked twice, or the second answer would leave the address that the
 * first one has led to. */
static void a_lookup_in_progress_is_not_repeated(void **state)
{
    struct bench *bench = open_bench(2, 3, true);

    (void)state;
    names.addresses[0] = loopback(2);
    names.addresses[1] = loopback(3);
    forward(bench, "first", 5);
    serve_session(bench);
    bench->engine->lookup_next_ns[0] -= 60 * UNITS_NS_PER_S; /* a minute passes */
    forward(bench, "second", 6);
    serve_session(bench);
    assert_int_equal(names.asked, 1);
    relay_take_lookups(bench->engine);
    assert_true(endpoint_same_address(&bench->engine->targets[0].address, &names.addresses[1]));
    bench->engine->lookup_next_ns[0] -= 60 * UNITS_NS_PER_S;
    relay_target_failed(bench->engine, 0);
    assert_int_equal(names.asked, 2);
    close_bench(bench);
}

/* A prohibited address is left as one that refuses; a datagram that was too big says nothing. */
static void a_name_is_looked_up_if_its_address_is_prohibited(void **state)
{
    struct bench *bench = open_bench(1, 1, true);

    (void)state;
    forward(bench, "request", 7);
    made_up = (struct icmp_error){.ipv6 = true, .error = EMSGSIZE};
    assert_true(relay_take_errors(bench->engine, 0));
    assert_int_equal(names.asked, 0);
    made_up = (struct icmp_error){.ipv6 = true, .error = EACCES};
    assert_true(relay_take_errors(bench->engine, 0));
    assert_int_equal(names.asked, 1);
    close_bench(bench);
}

/* ---- what a reset and a session's end leave */

/* The target answers the only session's latest datagram. */
static void answer(struct bench *bench, const char *text)
{
    send_to_session(bench, &bench->target, text);
    serve_session(bench);
}

static void reset(struct bench *bench)
{
    assert_true(relay_engine_reset(bench->engine));
    relay_take_requests(bench->engine);
}

static void overflow(struct bench *bench)
{
    for (int i = 0; i <= TRANSACTIONS_MAX; i++)
        forward(bench, "unanswered", 10);
    assert_true(only_session(bench)->transactions.overflowed);
}

static void check_measured(struct bench *bench, uint64_t count)
{
    forward(bench, "measured", 8);
    answer(bench, "answer");
    assert_int_equal(bench->engine->totals.rtts.count, count);
}

/* More requests than can be remembered were unanswered: nothing of that may last. */
static void round_trips_are_measured_after_an_overflow(void **state)
{
    struct bench *bench = open_bench(1, 1, false);

    (void)state;
    overflow(bench);
    reset(bench);
    check_measured(bench, 1);
    overflow(bench);
    relay_close_session(bench->engine, 0); /* as after a time without datagrams */
    check_measured(bench, 2);
    close_bench(bench);
}

/* A session that had no datagram since the reset ends: it is no client, with a row of zeros. */
static void the_end_of_an_unused_session_counts_no_client(void **state)
{
    struct bench *bench = open_bench(1, 1, false);

    (void)state;
    forward(bench, "before", 6);
    assert_int_equal(sessions_clients(bench->engine->sessions), 1);
    reset(bench);
    relay_close_session(bench->engine, 0);
    assert_int_equal(sessions_clients(bench->engine->sessions), 0);
    assert_int_equal(sessions_dirty(bench->engine->sessions), SESSIONS_NONE);
    forward(bench, "after", 5);
    sessions_clean(bench->engine->sessions);
    relay_close_session(bench->engine, 0);
    assert_int_equal(sessions_clients(bench->engine->sessions), 1);
    assert_int_equal(sessions_dirty(bench->engine->sessions), 0); /* its socket is gone */
    close_bench(bench);
}

/* ---- without UDP_SEGMENT */

/* The statuses of the messages that were reported since the last call, in one direction. */
static size_t take_statuses(struct bench *bench, enum event_direction direction, uint8_t *out,
                            size_t max)
{
    size_t count = 0, size_bytes;

    for (const void *record; (record = relay_engine_event(bench->engine, &size_bytes)) != NULL;) {
        const struct event_message *message = record;
        if (event_kind_of(record) == EVENT_MESSAGE && message->relayed.direction == direction) {
            assert_in_range(count, 0, max - 1);
            assert_int_equal(message->error, message->status == ACK_FAILED ? refusal.error : 0);
            out[count++] = message->status;
        }
        relay_engine_release(bench->engine);
    }
    return count;
}

/* Of a datagram of three messages the middle one is refused: that one has failed, no other. */
static void the_message_that_failed_is_reported(void **state)
{
    static const uint8_t wanted[] = {ACK_FORWARDED, ACK_FAILED, ACK_FORWARDED};
    struct bench *bench = open_bench(1, 1, false);
    uint8_t statuses[8];

    (void)state;
    assert_false(bench->engine->segment);
    refuse(1, ENOBUFS);
    forward(bench, "1st.2nd.3rd.", 4);
    assert_false(refusal.armed);
    target_hears(bench, "1st.");
    target_hears(bench, "3rd.");
    assert_int_equal(take_statuses(bench, DIRECTION_TO_TARGET, statuses, sizeof statuses), 3);
    assert_memory_equal(statuses, wanted, sizeof wanted);
    assert_int_equal(only_session(bench)->transactions.count, 2);
    assert_int_equal(only_session(bench)->transactions.waiting[1].number, 3);
    close_bench(bench);
}

/* The same on the way back. */
static void the_message_that_failed_back_is_reported(void **state)
{
    static const uint8_t wanted[] = {ACK_FORWARDED, ACK_FAILED, ACK_FORWARDED};
    struct bench *bench = open_bench(1, 1, false);
    uint8_t statuses[8];

    (void)state;
    forward(bench, "request", 7);
    target_hears(bench, "request");
    const struct datagram datagram = {.peer = bench->target.local,
                                      .local = only_session(bench)->socket.local,
                                      .bytes = (const uint8_t *)"1st.2nd.3rd.",
                                      .size_bytes = 12,
                                      .segment_bytes = 4,
                                      .hop_limit = EVENT_UNKNOWN,
                                      .traffic_class = EVENT_UNKNOWN};
    refuse(1, ENOBUFS);
    relay_add_back(bench->engine, 0, &datagram, 1, clock_monotonic_ns());
    relay_finish_back(bench->engine, clock_monotonic_ns());
    target_hears(bench, "1st."); /* the client is there, too */
    target_hears(bench, "3rd.");
    assert_int_equal(take_statuses(bench, DIRECTION_TO_CLIENT, statuses, sizeof statuses), 3);
    assert_memory_equal(statuses, wanted, sizeof wanted);
    close_bench(bench);
}

/* An ICMP error about an earlier datagram is returned in place of sending the next one, which is none
 * of its business: it goes out at a second try. */
static void the_error_of_an_earlier_datagram_fails_no_other(void **state)
{
    static const int errors[] = {ECONNREFUSED, EACCES, EMSGSIZE, ENONET};
    struct bench *bench = open_bench(1, 1, false);
    uint8_t status;

    (void)state;
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        refuse(0, errors[i]);
        forward(bench, "request", 7);
        assert_false(refusal.armed);
        assert_int_equal(take_statuses(bench, DIRECTION_TO_TARGET, &status, 1), 1);
        assert_int_equal(status, ACK_FORWARDED);
        target_hears(bench, "request");
    }
    close_bench(bench);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_session_leaves_an_address_that_refuses),
    cmocka_unit_test(what_an_address_had_sent_is_delivered_and_matched),
    cmocka_unit_test(a_lookup_in_progress_is_not_repeated),
    cmocka_unit_test(a_name_is_looked_up_if_its_address_is_prohibited),
    cmocka_unit_test(round_trips_are_measured_after_an_overflow),
    cmocka_unit_test(the_end_of_an_unused_session_counts_no_client),
    cmocka_unit_test(the_message_that_failed_is_reported),
    cmocka_unit_test(the_message_that_failed_back_is_reported),
    cmocka_unit_test(the_error_of_an_earlier_datagram_fails_no_other),
};

const struct suite suite_relay_engine = {
    .name = "engine", .tests = tests, .count = sizeof tests / sizeof *tests};
