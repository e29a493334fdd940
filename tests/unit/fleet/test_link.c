/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* link: what waits on its way, without a broker: nothing listens on port 1 of this machine. The test plays the
 * thread, too. tests/cli/publish.py has a real broker. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <time.h>

#include "../suite.h"

#include "../../../src/fleet/link_internal.h"
#include "udptui/base/units.h"

static struct link *open_link(void)
{
    struct broker broker;
    struct problem problem;
    char error[LINK_ERROR_SIZE];
    struct link *link;

    if (!link_prepare(&problem))
        skip();
    assert_true(broker_parse("", "mqtt://127.0.0.1:1/x", &broker, &problem));
    link = link_open(&(struct link_config){.broker = &broker, .topics = {"x/a", "x/b"}}, error);
    assert_non_null(link);
    return link;
}

/* Until the thread has failed to connect: it rests a second then. */
static void await_rest(struct link *link, struct link_status *status)
{
    do {
        poll(&(struct pollfd){.fd = link_fd(link), .events = POLLIN}, 1, 5000);
        link_status(link, status);
    } while (status->state != LINK_WAITING);
}

/* Holds the thread at one place until the test goes on. */
struct gate {
    bool wanted;
    sem_t arrived, open;
};

static struct gate reaching, forgetting;

static void gate_close(struct gate *gate)
{
    sem_init(&gate->arrived, 0, 0);
    sem_init(&gate->open, 0, 0);
    gate->wanted = true;
}

/* What a library keeps for a thread is freed as the thread leaves, after all that the link does in it. */
struct leaving {
    pthread_key_t key;
    bool has_left;
};

static struct leaving *leaving; /* NULL: not wanted */

static void gate_pass(struct gate *gate)
{
    if (!gate->wanted)
        return;
    if (leaving != NULL)
        assert_int_equal(pthread_setspecific(leaving->key, leaving), 0);
    gate->wanted = false;
    sem_post(&gate->arrived);
    sem_wait(&gate->open);
}

void __real_link_end_reaching(struct link *link);
void __wrap_link_end_reaching(struct link *link);
void __wrap_link_end_reaching(struct link *link)
{
    gate_pass(&reaching);
    __real_link_end_reaching(link);
}

void __real_link_forget_connection(struct link *link);
void __wrap_link_forget_connection(struct link *link);
void __wrap_link_forget_connection(struct link *link)
{
    gate_pass(&forgetting);
    __real_link_forget_connection(link);
}

static void test_backoff(void **state)
{
    static const int64_t seconds[] = {1, 1, 2, 4, 8, 16, 24, 24, 24};

    (void)state;
    for (unsigned i = 0; i < sizeof seconds / sizeof *seconds; i++) {
        assert_int_equal(link_backoff_ns(i, 0), seconds[i] * UNITS_NS_PER_S);
        for (uint32_t random = 0; random < UINT16_MAX * 3U; random += 977)
            assert_in_range(link_backoff_ns(i, random), seconds[i] * UNITS_NS_PER_S,
                            seconds[i] * UNITS_NS_PER_S * 5 / 4);
    }
    assert_true(link_backoff_ns(UINT32_MAX, UINT32_MAX) <= 30 * UNITS_NS_PER_S);
}

/* A newer message replaces the one that waits; one is under way; after a connection is lost the
 * latest is sent again. */
static void test_latest_is_sent(void **state)
{
    struct link *link = open_link();
    struct link_status status;
    struct link_text *text;
    uint64_t version;

    (void)state;
    await_rest(link, &status); /* as it fails, the thread forgets what is under way */
    assert_true(link_is_drained(link));
    for (int i = 0; i < 1000; i++)
        assert_true(link_publish(link, 1, &i, sizeof i));
    assert_null(link_take_slot(link, 0, &version));
    text = link_take_slot(link, 1, &version);
    assert_int_equal(text->size_bytes, sizeof(int));
    assert_int_equal(*(int *)text->bytes, 999);
    free(text);
    link_note_sent(link, 1, version, 7, 0);
    assert_true(link_publish(link, 1, "next", 4));
    assert_null(link_take_slot(link, 1, &version)); /* the one before is under way */
    link_note_acknowledged(link, 8);
    assert_null(link_take_slot(link, 1, &version));
    link_note_acknowledged(link, 7);
    assert_false(link_is_drained(link));
    text = link_take_slot(link, 1, &version);
    assert_memory_equal(text->bytes, "next", 4);
    free(text);
    link_note_sent(link, 1, version, 9, 0);
    link_note_acknowledged(link, 9);
    assert_true(link_is_drained(link));
    link_forget_connection(link);
    text = link_take_slot(link, 1, &version);
    assert_memory_equal(text->bytes, "next", 4);
    free(text);
    link_close(link, 0);
}

/* What finds no room is counted; once the owner has taken all, the topics are asked for again. */
static void test_received_is_bounded(void **state)
{
    enum { SIZE = LINK_MESSAGE_BYTES_MAX };
    struct link *link = open_link();
    struct link_message message;
    struct link_status status;
    char *bytes = calloc(1, SIZE + 1);
    size_t taken = 0;

    (void)state;
    for (int i = 0; i < 100; i++)
        link_receive(link, "x/c", bytes, SIZE, true);
    assert_false(link_wants_subscription(link));
    while (link_next(link, &message)) {
        assert_string_equal(message.topic, "x/c");
        assert_true(message.retained);
        taken += message.size_bytes;
        link_release(link);
    }
    assert_in_range(taken, LINK_QUEUE_BYTES - 2 * SIZE, LINK_QUEUE_BYTES);
    link_status(link, &status);
    assert_int_equal(status.dropped_in, 100 - taken / SIZE);
    assert_true(link_wants_subscription(link));
    assert_false(link_wants_subscription(link));
    link_receive(link, "x/c", bytes, SIZE + 1,
                 true); /* none of ours: asking again brings nothing */
    assert_false(link_next(link, &message));
    assert_false(link_wants_subscription(link));
    free(bytes);
    link_close(link, 0);
}

static void test_samples_are_dropped(void **state)
{
    struct link *link = open_link();

    (void)state;
    for (int i = 0; i < 10; i++)
        link_sample(link, "x/m", "a", 1);
    assert_false(link_remove(link, "x/m"));
    assert_int_equal(link_dropped(link), 11); /* it is not up */
    assert_null(link_take_sample(link));
    assert_int_equal(link_close(link, 0), 11);
}

/* What waits for the thread when the link is closed was not sent either. */
static void test_waiting_samples_are_unsent(void **state)
{
    struct link *link = open_link();
    struct link_status status;

    (void)state;
    await_rest(link, &status);
    link_set_status(link, LINK_UP, NULL, 0);
    for (int i = 0; i < 3; i++)
        link_sample(link, "x/m", "a", 1);
    assert_int_equal(link_dropped(link), 0);
    assert_int_equal(link_close(link, 0), 3);
}

static void test_why_is_safe(void **state)
{
    struct link *link = open_link();
    struct link_status status;

    (void)state;
    do { /* the thread rests a second then */
        poll(&(struct pollfd){.fd = link_fd(link), .events = POLLIN}, 1, 5000);
        link_status(link, &status);
    } while (status.state != LINK_WAITING);
    assert_string_equal(status.why, "nothing listens there, or a firewall rejects it");
    link_set_status(link, LINK_WAITING, "a\x1b[31m\xe2\x80\xae", 1);
    link_status(link, &status);
    assert_string_equal(status.why, "a\\x1B[31m\\u{202E}");
    link_close(link, 0);
}

/* Looking for messages does not use up the news of the status. */
static void test_status_is_not_missed(void **state)
{
    struct link *link = open_link();
    struct link_message message;
    struct link_status status;
    struct pollfd polled = {.fd = link_fd(link), .events = POLLIN};

    (void)state;
    do {
        poll(&polled, 1, 5000);
        link_status(link, &status);
    } while (status.state != LINK_WAITING);
    assert_int_equal(poll(&polled, 1, 0), 0);
    link_set_status(link, LINK_REFUSED, "no", 1);
    assert_false(link_next(link, &message));
    assert_int_equal(poll(&polled, 1, 0), 1);
    link_close(link, 0);
}

/* What is tried in vain does not begin the time without a connection anew. */
static void test_since(void **state)
{
    struct link *link = open_link();
    struct link_status before, status;

    (void)state;
    await_rest(link, &before);
    link_set_status(link, LINK_CONNECTING, NULL, 0);
    link_set_status(link, LINK_REFUSED, "no", 1);
    link_status(link, &status);
    assert_int_equal(status.since_ns, before.since_ns);
    link_set_status(link, LINK_UP, NULL, 0);
    link_status(link, &status);
    assert_true(status.since_ns > before.since_ns);
    link_set_silent(link, 77);
    link_set_status(link, LINK_WAITING, "gone", 1);
    link_status(link, &status);
    assert_int_equal(status.since_ns, 77);
    link_close(link, 0);
}

/* Silence is a state of its own, since when nothing came; the connection stays the same. */
static void test_silence(void **state)
{
    struct link *link = open_link();
    struct pollfd polled = {.fd = link_fd(link), .events = POLLIN};
    struct link_status status;
    uint64_t version;

    (void)state;
    do { /* the thread rests a second then */
        poll(&polled, 1, 10);
        link_status(link, &status);
    } while (status.state != LINK_WAITING);
    link_set_status(link, LINK_UP, NULL, 0);
    link_set_silent(link, 0);
    link_status(link, &status);
    assert_int_equal(status.state, LINK_UP);
    assert_false(status.resumed);
    link_set_silent(link, 77);
    assert_int_equal(poll(&polled, 1, 0), 1);
    link_set_silent(link, 88); /* it is silent already */
    link_status(link, &status);
    assert_int_equal(status.state, LINK_SILENT);
    assert_int_equal(status.since_ns, 77);
    link_set_silent(link, 0);
    link_status(link, &status);
    assert_int_equal(status.state, LINK_UP);
    assert_true(status.resumed);
    assert_int_equal(status.connects, 1);
    assert_true(link_oldest_sent_ns(link) == INT64_MAX);
    assert_true(link_publish(link, 0, "a", 1) && link_publish(link, 1, "b", 1));
    for (size_t i = 0; i < 2; i++) {
        free(link_take_slot(link, i, &version));
        link_note_sent(link, i, version, (int)i + 1, 100 + (int64_t)i);
    }
    assert_int_equal(link_oldest_sent_ns(link), 100);
    link_note_acknowledged(link, 1);
    assert_int_equal(link_oldest_sent_ns(link), 101);
    link_close(link, 0);
}

static void rest_ms(int64_t ms)
{
    nanosleep(&(struct timespec){.tv_nsec = (long)(ms * UNITS_NS_PER_MS)}, NULL);
}

static void *open_late(void *gate)
{
    rest_ms(400);
    sem_post(&((struct gate *)gate)->open);
    return NULL;
}

static bool is_open(int fd)
{
    return fcntl(fd, F_GETFD) >= 0;
}

/* A thread that gets no processor for longer than the deadline and its grace is waited for. */
static void test_slow_thread_ends_first(void **state)
{
    pthread_t opener;

    (void)state;
    gate_close(&forgetting);
    struct link *link = open_link();
    int fd = link_fd(link);
    sem_wait(&forgetting.arrived);
    assert_int_equal(pthread_create(&opener, NULL, open_late, &forgetting), 0);
    link_close(link, 0);
    assert_false(is_open(fd)); /* the last holder has freed all */
    pthread_join(opener, NULL);
}

static void leave_late(void *context)
{
    struct leaving *thread = context;

    rest_ms(200);
    thread->has_left = true;
}

/* Else exit(3) may take away what a library of the thread still frees. */
static void test_thread_has_left(void **state)
{
    static struct leaving thread;
    bool has_left;

    (void)state;
    assert_int_equal(pthread_key_create(&thread.key, leave_late), 0);
    leaving = &thread;
    gate_close(&forgetting);
    struct link *link = open_link();
    sem_wait(&forgetting.arrived);
    sem_post(&forgetting.open);
    link_close(link, 0);
    has_left = thread.has_left;
    leaving = NULL;
    assert_true(has_left);
    pthread_key_delete(thread.key);
}

/* A call that blocks delays nobody; the thread frees all when it returns. */
static void test_blocked_thread_ends_by_itself(void **state)
{
    (void)state;
    gate_close(&reaching);
    struct link *link = open_link();
    int fd = link_fd(link);
    sem_wait(&reaching.arrived);
    link_close(link, 0);
    assert_true(is_open(fd));
    sem_post(&reaching.open);
    while (is_open(fd))
        rest_ms(1);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_backoff),
    cmocka_unit_test(test_latest_is_sent),
    cmocka_unit_test(test_received_is_bounded),
    cmocka_unit_test(test_samples_are_dropped),
    cmocka_unit_test(test_waiting_samples_are_unsent),
    cmocka_unit_test(test_why_is_safe),
    cmocka_unit_test(test_status_is_not_missed),
    cmocka_unit_test(test_since),
    cmocka_unit_test(test_silence),
    cmocka_unit_test(test_slow_thread_ends_first),
    cmocka_unit_test(test_thread_has_left),
    cmocka_unit_test(test_blocked_thread_ends_by_itself),
};

const struct suite suite_link = {
    .name = "link", .tests = tests, .count = sizeof tests / sizeof *tests};
