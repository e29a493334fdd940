/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* probe: a server in the hands of the test on loopback: it answers when and as the test wants. */
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "../suite.h"
#include "../unreachable.h"
#include "udptui/probe/probe.h"
#include "udptui/proto/stamp.h"
#include "udptui/sys/clock.h"

enum { REQUESTS_MAX = 512, PATIENCE_MS = 5000 };

static const int64_t ms = 1000000;

struct request {
    uint8_t bytes[1500];
    size_t size_bytes;
    struct sockaddr_in from;
};

/* A server, a probe of it, and all that was reported. */
struct fixture {
    int server;
    struct probe *probe;
    struct request requests[REQUESTS_MAX];
    size_t request_count;
    size_t counts[PROBE_STRAY + 1];
    struct probe_event latest[PROBE_STRAY + 1]; /* of each kind */
};

static void note_event(void *context, const struct probe_event *event)
{
    struct fixture *fixture = context;

    fixture->counts[event->kind]++;
    fixture->latest[event->kind] = *event;
}

static void open_fixture_with_timeout(struct fixture *fixture, enum probe_mode mode,
                                      int64_t interval_ns, uint64_t count, int64_t timeout_ns)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof address;
    char error[PROBE_ERROR_SIZE];

    memset(fixture, 0, sizeof *fixture);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    fixture->server = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    assert_int_equal(bind(fixture->server, (struct sockaddr *)&address, length), 0);
    assert_int_equal(getsockname(fixture->server, (struct sockaddr *)&address, &length), 0);
    const struct probe_config config = {.target = {.family = ENDPOINT_IPV4,
                                                   .address = {127, 0, 0, 1},
                                                   .port = ntohs(address.sin_port)},
                                        .mode = mode,
                                        .size_bytes = PROBE_SIZE_MIN,
                                        .interval_ns = interval_ns,
                                        .timeout_ns = timeout_ns,
                                        .count = count};
    fixture->probe = probe_open(&config, note_event, fixture, error);
    assert_non_null(fixture->probe);
}

static void open_fixture(struct fixture *fixture, enum probe_mode mode, int64_t interval_ns,
                         uint64_t count)
{
    open_fixture_with_timeout(fixture, mode, interval_ns, count, 2000 * ms);
}

static void close_fixture(struct fixture *fixture)
{
    probe_close(fixture->probe);
    close(fixture->server);
}

/* One turn, and what the server got by it. */
static void turn(struct fixture *fixture)
{
    probe_turn(fixture->probe);
    while (fixture->request_count < REQUESTS_MAX) {
        struct request *request = &fixture->requests[fixture->request_count];
        socklen_t length = sizeof request->from;
        ssize_t size = recvfrom(fixture->server, request->bytes, sizeof request->bytes, 0,
                                (struct sockaddr *)&request->from, &length);
        if (size < 0)
            return;
        request->size_bytes = (size_t)size;
        fixture->request_count++;
    }
}

static void turn_until(struct fixture *fixture, const size_t *figure, size_t wanted)
{
    int64_t end_ns = clock_monotonic_ns() + PATIENCE_MS * ms;

    while (*figure < wanted) {
        assert_true(clock_monotonic_ns() < end_ns);
        turn(fixture);
        poll(NULL, 0, 1);
    }
}

static void answer(struct fixture *fixture, const struct request *request, const void *bytes,
                   size_t size_bytes)
{
    assert_int_equal(sendto(fixture->server, bytes, size_bytes, 0,
                            (const struct sockaddr *)&request->from, sizeof request->from),
                     size_bytes);
}

static void answer_as_reflector(struct fixture *fixture, const struct request *request,
                                uint32_t sequence)
{
    const struct stamp_reply reply = {.sequence = sequence,
                                      .sent = stamp_time(clock_wall_ns()),
                                      .received = stamp_time(clock_wall_ns()),
                                      .request_ttl = 64};
    uint8_t out[STAMP_BYTES];

    stamp_write_reply(&reply, request->bytes, request->size_bytes, out);
    answer(fixture, request, out, sizeof out);
}

/* ---- modes */

static void the_first_reply_shows_who_answers(void **state)
{
    static const enum probe_mode modes[] = {PROBE_STAMP, PROBE_ECHO, PROBE_TEXT};
    static struct fixture fixture;

    (void)state;
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        open_fixture(&fixture, PROBE_AUTO, 1 * ms, 1);
        turn_until(&fixture, &fixture.request_count, 1);
        const struct request *request = &fixture.requests[0];
        if (modes[i] == PROBE_STAMP)
            answer_as_reflector(&fixture, request, 0);
        else if (modes[i] == PROBE_ECHO)
            answer(&fixture, request, request->bytes, request->size_bytes);
        else
            answer(&fixture, request, "Message received", 16);
        turn_until(&fixture, &fixture.counts[PROBE_REPLY], 1);
        assert_int_equal(fixture.counts[PROBE_MODE], 1);
        assert_int_equal(probe_figures(fixture.probe).mode, modes[i]);
        assert_int_equal(fixture.latest[PROBE_REPLY].reply.outcome, SERIES_RECEIVED);
        assert_true(fixture.latest[PROBE_REPLY].reply.rtt_ns > 0);
        assert_true(probe_is_done(fixture.probe));
        close_fixture(&fixture);
    }
}

/* A lost probe does not hold up the next ones; each has a port of its own, while there are some. */
static void until_then_each_probe_has_a_port(void **state)
{
    static struct fixture fixture;

    (void)state;
    open_fixture(&fixture, PROBE_AUTO, ms / 10, 0);
    turn_until(&fixture, &fixture.request_count, PROBE_PORTS);
    for (int i = 0; i < 20; i++) {
        poll(NULL, 0, 1);
        turn(&fixture);
    }
    assert_int_equal(fixture.request_count, PROBE_PORTS);
    for (size_t i = 1; i < PROBE_PORTS; i++)
        assert_int_not_equal(fixture.requests[i].from.sin_port,
                             fixture.requests[i - 1].from.sin_port);
    close_fixture(&fixture);
}

/* The first two are lost, the reply to the third shows a reflector. From the fourth on, which was on
 * its way already, all have one port, whose first number is 0: the direction of those before is not
 * known. */
static void numbers_count_from_the_port_that_stays(void **state)
{
    static struct fixture fixture;
    struct probe_figures figures;

    (void)state;
    open_fixture_with_timeout(&fixture, PROBE_AUTO, 20 * ms, 10, 1000 * ms);
    turn_until(&fixture, &fixture.request_count, 4);
    answer_as_reflector(&fixture, &fixture.requests[2], 0);
    turn_until(&fixture, &fixture.counts[PROBE_REPLY], 1);
    turn_until(&fixture, &fixture.request_count, 10);
    size_t stays = fixture.request_count;
    for (size_t i = 9;
         i > 0 && fixture.requests[i].from.sin_port == fixture.requests[9].from.sin_port; i--)
        stays = i;
    assert_in_range(stays, 3, 9);
    for (size_t i = stays; i < 10; i++) /* the last but one gets lost on the way there */
        if (i != 8)
            answer_as_reflector(&fixture, &fixture.requests[i], (uint32_t)(i - stays - (i > 8)));
    turn_until(&fixture, &fixture.counts[PROBE_LOST], stays - 1 + (stays <= 8));
    figures = probe_figures(fixture.probe);
    assert_true(figures.ways.known);
    assert_int_equal(figures.ways.there, stays <= 8);
    assert_int_equal(figures.ways.back, 0);
    assert_int_equal(figures.ways.unplaced, figures.counts.lost - figures.ways.there);
    close_fixture(&fixture);
}

/* ---- a port for each probe */

/* Replies that come after more than PROBE_PORTS others were sent and answered. */
static void a_port_is_kept_until_its_probe_is_answered(void **state)
{
    static struct fixture fixture;

    (void)state;
    open_fixture(&fixture, PROBE_TEXT, ms / 5, 3 * PROBE_PORTS);
    turn_until(&fixture, &fixture.request_count, 1);
    for (size_t i = 1; i < 3 * PROBE_PORTS; i++) {
        turn_until(&fixture, &fixture.request_count, i + 1);
        answer(&fixture, &fixture.requests[i], "ok", 2);
    }
    turn_until(&fixture, &fixture.counts[PROBE_REPLY], 3 * PROBE_PORTS - 1);
    answer(&fixture, &fixture.requests[0], "ok", 2);
    turn_until(&fixture, &fixture.counts[PROBE_REPLY], 3 * PROBE_PORTS);
    assert_int_equal(fixture.latest[PROBE_REPLY].number, 0);
    assert_int_equal(fixture.counts[PROBE_LOST], 0);
    close_fixture(&fixture);
}

static void no_more_than_there_are_ports(void **state)
{
    static struct fixture fixture;

    (void)state;
    open_fixture(&fixture, PROBE_TEXT, ms / 100, 0);
    turn_until(&fixture, &fixture.request_count, PROBE_PORTS);
    turn(&fixture);
    assert_int_equal(fixture.request_count, PROBE_PORTS);
    for (size_t i = 0; i < PROBE_PORTS; i++)
        for (size_t j = 0; j < i; j++)
            assert_int_not_equal(fixture.requests[i].from.sin_port,
                                 fixture.requests[j].from.sin_port);
    answer(&fixture, &fixture.requests[7], "ok", 2);
    turn_until(&fixture, &fixture.request_count, PROBE_PORTS + 1);
    assert_int_equal(fixture.latest[PROBE_REPLY].number, 7);
    close_fixture(&fixture);
}

/* ---- what is no reply */

static void forged_replies_are_strays(void **state)
{
    static struct fixture fixture;
    uint8_t forged[STAMP_BYTES];

    (void)state;
    open_fixture(&fixture, PROBE_STAMP, 1 * ms, 1);
    turn_until(&fixture, &fixture.request_count, 1);
    const struct request *request = &fixture.requests[0];
    answer(&fixture, request, "text", 4);
    memset(forged, 0, sizeof forged); /* the right number, but not our time */
    answer(&fixture, request, forged, sizeof forged);
    turn_until(&fixture, &fixture.counts[PROBE_STRAY], 2);
    assert_int_equal(fixture.counts[PROBE_REPLY], 0);
    answer_as_reflector(&fixture, request, 0);
    turn_until(&fixture, &fixture.counts[PROBE_REPLY], 1);
    assert_int_equal(probe_figures(fixture.probe).strays, 2);
    close_fixture(&fixture);
}

static void a_refusal_ends_the_waiting(void **state)
{
    static struct fixture fixture;

    (void)state;
    open_fixture(&fixture, PROBE_ECHO, 1 * ms, 1);
    close(fixture.server);
    fixture.server = -1;
    turn_until(&fixture, &fixture.counts[PROBE_FAILED], 1);
    assert_true(probe_is_done(fixture.probe));
    assert_int_equal(probe_figures(fixture.probe).counts.lost, 1);
    assert_non_null(strstr(fixture.latest[PROBE_FAILED].why, "port unreachable"));
    close_fixture(&fixture);
}

/* ---- several in one call */

/* What was due in a pause is sent at once, in order, and each probe has the kernel's time. */
static void what_is_due_is_sent_at_once(void **state)
{
    enum { COUNT = 200 };
    static struct fixture fixture;

    (void)state;
    open_fixture(&fixture, PROBE_ECHO, 1 * ms, COUNT);
    turn(&fixture);
    for (size_t before = 1; fixture.request_count - before < 32; turn(&fixture)) {
        assert_true(fixture.request_count < COUNT / 2); /* or the pauses were too long */
        before = fixture.request_count;
        poll(NULL, 0, 40);
    }
    turn_until(&fixture, &fixture.request_count, COUNT);
    for (uint32_t i = 0; i < COUNT; i++) {
        struct stamp_request sent;
        const struct request *request = &fixture.requests[i];
        assert_true(stamp_parse_request(request->bytes, request->size_bytes, &sent));
        assert_int_equal(sent.sequence, i);
        answer(&fixture, request, request->bytes, request->size_bytes);
    }
    turn_until(&fixture, &fixture.counts[PROBE_REPLY], COUNT);
    const struct probe_figures figures = probe_figures(fixture.probe);
    assert_int_equal(figures.counts.received, COUNT);
    assert_int_equal(figures.kernel_stamps, COUNT);
    assert_int_equal(figures.times[PROBE_LATENESS].count, COUNT);
    assert_true(figures.times[PROBE_LATENESS].max_ns > 30 * ms);
    assert_true(figures.times[PROBE_RTT].min_ns > 0);
    assert_true(figures.times[PROBE_RTT].mean_ns < figures.times[PROBE_RTT_APP].mean_ns);
    close_fixture(&fixture);
}

/* A send that fails may use up a number of the kernel's; later probes have their own times still. */
static void a_failed_send_does_not_mix_up_the_times(void **state)
{
    enum { REFUSED = 20, ANSWERED = 20 };
    static struct fixture fixture;
    struct sockaddr_in address;
    socklen_t length = sizeof address;

    (void)state;
    open_fixture(&fixture, PROBE_ECHO, ms / 10, 0);
    assert_int_equal(getsockname(fixture.server, (struct sockaddr *)&address, &length), 0);
    close(fixture.server);
    fixture.server = -1;
    turn_until(&fixture, &fixture.counts[PROBE_FAILED], REFUSED);
    fixture.server = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    assert_int_equal(bind(fixture.server, (struct sockaddr *)&address, sizeof address), 0);
    for (size_t i = 0; i < ANSWERED; i++) {
        turn_until(&fixture, &fixture.request_count, i + 1);
        const struct request *request = &fixture.requests[i];
        answer(&fixture, request, request->bytes, request->size_bytes);
        turn_until(&fixture, &fixture.counts[PROBE_REPLY], i + 1);
        const struct probe_event *reply = &fixture.latest[PROBE_REPLY];
        assert_true(reply->reply.rtt_ns > 0 && reply->reply.rtt_ns < reply->rtt_app_ns);
    }
    const struct probe_figures figures = probe_figures(fixture.probe);
    assert_true(figures.kernel_stamps >= ANSWERED);
    assert_int_equal(figures.counts.lost, figures.failed);
    close_fixture(&fixture);
}

/* A burst of what was due in a long pause would measure itself. */
static void a_long_pause_is_not_made_up_for(void **state)
{
    static struct fixture fixture;

    (void)state;
    open_fixture(&fixture, PROBE_ECHO, ms / 10, 0);
    turn(&fixture);
    poll(NULL, 0, 50);
    turn(&fixture);
    /* of 500 intervals; a busy machine may let more than one become due within a turn */
    assert_in_range(fixture.request_count, 2, 250);
    const struct probe_figures figures = probe_figures(fixture.probe);
    assert_true(figures.skipped >= 250);
    close_fixture(&fixture);
}

/* Intervals after the last probe are not skipped ones. */
static void after_the_last_nothing_is_skipped(void **state)
{
    static struct fixture fixture;

    (void)state;
    open_fixture(&fixture, PROBE_ECHO, 1 * ms, 1);
    turn_until(&fixture, &fixture.request_count, 1);
    poll(NULL, 0, 150);
    turn(&fixture);
    assert_int_equal(probe_figures(fixture.probe).skipped, 0);
    close_fixture(&fixture);
}

static void too_many_at_a_time_are_refused(void **state)
{
    const struct probe_config config = {
        .target = {.family = ENDPOINT_IPV4, .address = {127, 0, 0, 1}, .port = 9},
        .size_bytes = PROBE_SIZE_MIN,
        .interval_ns = 10000,
        .timeout_ns = 3600 * 1000 * ms};
    char error[PROBE_ERROR_SIZE];

    (void)state;
    assert_null(probe_open(&config, note_event, NULL, error));
    assert_non_null(strstr(error, "timeout"));
}

/* More than are taken in a turn came in time, and then the program was stopped. */
static void replies_of_a_stop_are_in_time(void **state)
{
    enum { PROBES = 350 };
    static struct fixture fixture;

    (void)state;
    open_fixture_with_timeout(&fixture, PROBE_STAMP, ms, PROBES, 4000 * ms);
    turn_until(&fixture, &fixture.request_count, PROBES);
    for (uint32_t i = 0; i < PROBES; i++)
        answer_as_reflector(&fixture, &fixture.requests[i], i);
    poll(NULL, 0, 4100);
    turn_until(&fixture, &fixture.counts[PROBE_REPLY], PROBES);
    assert_int_equal(fixture.counts[PROBE_LOST], 0);
    assert_int_equal(probe_figures(fixture.probe).counts.received, PROBES);
    close_fixture(&fixture);
}

/* The kernel reports a router's error before the replies that came earlier. */
static void replies_behind_an_error_are_in_time(void **state)
{
    enum { PROBES = 100, TIMEOUT_MS = 2000 };
    static struct fixture fixture;
    struct sockaddr_in server;
    socklen_t length = sizeof server;

    (void)state;
    open_fixture_with_timeout(&fixture, PROBE_STAMP, ms, PROBES, TIMEOUT_MS * ms);
    turn_until(&fixture, &fixture.request_count, PROBES);
    for (uint32_t i = 0; i < PROBES; i++)
        answer_as_reflector(&fixture, &fixture.requests[i], i);
    assert_int_equal(getsockname(fixture.server, (struct sockaddr *)&server, &length), 0);
    unreachable_send(ICMP_NET_UNREACH, ntohs(fixture.requests[0].from.sin_port),
                     ntohs(server.sin_port));
    poll(NULL, 0, TIMEOUT_MS + 100);
    turn_until(&fixture, &fixture.counts[PROBE_REPLY], PROBES);
    assert_int_equal(fixture.counts[PROBE_LOST], 0);
    close_fixture(&fixture);
}

/* ---- batches that errors end, as the test wants them (--wrap) */

/* What the next calls return at most, -1: an error; 0 ends it: then all is as it is. */
static const int as_it_is[] = {0};
static const int *batches = as_it_is;

int __real_recvmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags,
                    struct timespec *timeout);
int __wrap_recvmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags,
                    struct timespec *timeout);

int __wrap_recvmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags,
                    struct timespec *timeout)
{
    if ((flags & MSG_ERRQUEUE) == 0 && *batches != 0) {
        int most = *batches++;
        if (most < 0) {
            errno = EHOSTUNREACH;
            return -1;
        }
        count = (unsigned)most < count ? (unsigned)most : count;
    }
    return __real_recvmmsg(fd, messages, count, flags, timeout);
}

static void assert_in_time(unsigned count, const int *wanted)
{
    enum { TIMEOUT_MS = 2000 };
    static struct fixture fixture;

    open_fixture_with_timeout(&fixture, PROBE_STAMP, ms, count, TIMEOUT_MS * ms);
    turn_until(&fixture, &fixture.request_count, count);
    for (uint32_t i = 0; i < count; i++)
        answer_as_reflector(&fixture, &fixture.requests[i], i);
    poll(NULL, 0, TIMEOUT_MS + 100);
    batches = wanted;
    turn_until(&fixture, &fixture.counts[PROBE_REPLY], count);
    batches = as_it_is;
    assert_int_equal(fixture.counts[PROBE_LOST], 0);
    close_fixture(&fixture);
}

static void replies_behind_a_short_batch_are_in_time(void **state)
{
    (void)state;
    assert_in_time(30, (const int[]){7, -1, 0});
}

/* The turn ends with the error, as it has taken as much as it may. */
static void replies_behind_a_full_turn_are_in_time(void **state)
{
    (void)state;
    assert_in_time(350, (const int[]){64, 64, 64, 30, -1, 0});
}

/* ---- a wall clock that was set, as the test wants it (--wrap) */

static bool clock_was_set;

bool __real_clock_pair_look(struct clock_pair *pair);
bool __wrap_clock_pair_look(struct clock_pair *pair);

bool __wrap_clock_pair_look(struct clock_pair *pair)
{
    return __real_clock_pair_look(pair) && !clock_was_set;
}

/* Without a round-trip time, nothing shows that the server's own cannot be true. */
static void the_server_s_time_needs_a_round_trip_time(void **state)
{
    static struct fixture fixture;
    uint8_t out[STAMP_BYTES];

    (void)state;
    open_fixture(&fixture, PROBE_STAMP, 1000 * ms, 1);
    turn_until(&fixture, &fixture.request_count, 1);
    const struct stamp_reply reply = {.received = stamp_time(clock_wall_ns()),
                                      .sent = stamp_time(clock_wall_ns() + 3600 * 1000 * ms)};
    stamp_write_reply(&reply, fixture.requests[0].bytes, fixture.requests[0].size_bytes, out);
    answer(&fixture, &fixture.requests[0], out, sizeof out);
    clock_was_set = true;
    turn_until(&fixture, &fixture.counts[PROBE_REPLY], 1);
    clock_was_set = false;
    assert_int_equal(fixture.latest[PROBE_REPLY].reply.rtt_ns, -1);
    assert_int_equal(fixture.latest[PROBE_REPLY].server_ns, -1);
    assert_int_equal(probe_figures(fixture.probe).times[PROBE_SERVER].count, 0);
    close_fixture(&fixture);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(the_first_reply_shows_who_answers),
    cmocka_unit_test(until_then_each_probe_has_a_port),
    cmocka_unit_test(numbers_count_from_the_port_that_stays),
    cmocka_unit_test(a_port_is_kept_until_its_probe_is_answered),
    cmocka_unit_test(no_more_than_there_are_ports),
    cmocka_unit_test(forged_replies_are_strays),
    cmocka_unit_test(a_refusal_ends_the_waiting),
    cmocka_unit_test(what_is_due_is_sent_at_once),
    cmocka_unit_test(a_failed_send_does_not_mix_up_the_times),
    cmocka_unit_test(a_long_pause_is_not_made_up_for),
    cmocka_unit_test(after_the_last_nothing_is_skipped),
    cmocka_unit_test(too_many_at_a_time_are_refused),
    cmocka_unit_test(replies_of_a_stop_are_in_time),
    cmocka_unit_test(replies_behind_an_error_are_in_time),
    cmocka_unit_test(replies_behind_a_short_batch_are_in_time),
    cmocka_unit_test(replies_behind_a_full_turn_are_in_time),
    cmocka_unit_test(the_server_s_time_needs_a_round_trip_time),
};

const struct suite suite_probe = {
    .name = "probe", .tests = tests, .count = sizeof tests / sizeof *tests};
