/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lookup: the queue at its limit, and its end with queries in it; a process that ends, or that answers
 * what it likes. Only 127.0.0.1 is looked up, which
 * needs no name server; whether it has a name is the machine's affair. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <dirent.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "../await.h"
#include "../suite.h"

#include "udptui/sys/lookup.h"

enum { QUEUE_MAX = 64 };

static struct endpoint loopback_with(uint16_t port)
{
    return (struct endpoint){.family = ENDPOINT_IPV4, .address = {127, 0, 0, 1}, .port = port};
}

static void take_one(struct lookup *lookup, struct endpoint *address, char *name)
{
    while (!lookup_next(lookup, address, name))
        await_readable(lookup_fd(lookup));
    assert_true(memchr(name, '\0', ENDPOINT_HOST_SIZE) != NULL);
}

static void results_come_in_the_order_of_the_queries(void **state)
{
    struct lookup *lookup = lookup_open(SANDBOX_AUTO);
    char first[ENDPOINT_HOST_SIZE], name[ENDPOINT_HOST_SIZE];
    struct endpoint address;

    (void)state;
    assert_non_null(lookup);
    assert_false(lookup_next(lookup, &address, name));
    for (uint16_t port = 1; port <= 3; port++) { /* the port is not looked up, but returned */
        struct endpoint question = loopback_with(port);
        assert_true(lookup_ask(lookup, &question));
    }
    for (uint16_t port = 1; port <= 3; port++) {
        struct endpoint expected = loopback_with(port);
        take_one(lookup, &address, port == 1 ? first : name);
        assert_true(endpoint_equal(&address, &expected));
        if (port > 1)
            assert_string_equal(name, first);
    }
    assert_false(lookup_next(lookup, &address, name));
    lookup_close(lookup);
}

/* Results that nobody took need their places, too. */
static void a_full_queue_takes_no_query_until_a_result_is_taken(void **state)
{
    struct lookup *lookup = lookup_open(SANDBOX_AUTO);
    char name[ENDPOINT_HOST_SIZE];
    struct endpoint address, question = loopback_with(1);

    (void)state;
    for (int i = 0; i < QUEUE_MAX; i++) {
        assert_true(lookup_has_room(lookup));
        assert_true(lookup_ask(lookup, &question));
    }
    assert_false(lookup_has_room(lookup));
    assert_false(lookup_ask(lookup, &question));
    take_one(lookup, &address, name);
    assert_true(lookup_has_room(lookup));
    question = loopback_with(2);
    assert_true(lookup_ask(lookup, &question));
    for (int i = 1; i < QUEUE_MAX; i++) {
        take_one(lookup, &address, name);
        assert_int_equal(address.port, 1);
    }
    take_one(lookup, &address, name); /* its place is the first one's */
    assert_int_equal(address.port, 2);
    lookup_close(lookup);
}

static void it_closes_with_queries_in_the_queue(void **state)
{
    struct endpoint question = loopback_with(1);

    (void)state;
    for (int round = 0; round < 50; round++) {
        struct lookup *lookup = lookup_open(SANDBOX_AUTO);
        for (int i = 0; i < round; i++)
            assert_true(lookup_ask(lookup, &question));
        lookup_close(lookup);
    }
    lookup_close(NULL);
}

/* Numeric names need no name server. */
static void addresses_of_names_are_found(void **state)
{
    struct lookup *lookup = lookup_open(SANDBOX_AUTO);
    struct lookup_addresses found;
    const struct endpoint wanted = loopback_with(0);

    (void)state;
    assert_true(lookup_ask_addresses(lookup, "127.0.0.1", ENDPOINT_NONE, 7));
    assert_true(lookup_ask_addresses(lookup, "127.0.0.1", ENDPOINT_IPV6, 8));
    while (!lookup_next_addresses(lookup, &found))
        await_readable(lookup_fd(lookup));
    assert_int_equal(found.tag, 7);
    assert_null(found.why);
    assert_int_equal(found.count, 1);
    assert_true(endpoint_equal(&found.addresses[0], &wanted));
    while (!lookup_next_addresses(lookup, &found))
        await_readable(lookup_fd(lookup));
    assert_int_equal(found.tag, 8);
    assert_non_null(found.why);
    assert_int_equal(found.count, 0);
    lookup_close(lookup);
}

/* ---- the process */

/* As /proc lists them: the latest child that is no zombie. */
static pid_t latest_child(void)
{
    char path[64], line[256] = "";
    long pid = 0;

    snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    if (fgets(line, sizeof line, file) != NULL)
        for (int used, next = 0; sscanf(line + next, "%ld%n", &pid, &used) == 1;)
            next += used;
    fclose(file);
    return (pid_t)pid;
}

static void reap_children(void)
{
    while (waitpid(-1, NULL, 0) > 0)
        continue;
}

static bool is_quiet(const struct lookup *lookup)
{
    struct pollfd polled = {.fd = lookup_fd(lookup), .events = POLLIN};

    return poll(&polled, 1, 0) == 0;
}

/* All that were asked for: by name or by address. */
static void the_process_has_ended_with_queries_in_the_queue(void **state)
{
    char name[ENDPOINT_HOST_SIZE] = "old";
    struct endpoint address, question = loopback_with(7);
    struct lookup *lookup;

    (void)state;
    reap_children();
    lookup = lookup_open(SANDBOX_AUTO);
    assert_non_null(lookup);
    kill(latest_child(), SIGSTOP); /* or the answer might be there before its end */
    assert_true(lookup_ask(lookup, &question));
    assert_true(lookup_ask(lookup, &question));
    kill(latest_child(), SIGKILL);
    for (int i = 0; i < 2; i++) {
        take_one(lookup, &address, name);
        assert_true(endpoint_equal(&address, &question));
        assert_string_equal(name, "");
    }
    assert_false(lookup_next(lookup, &address, name));
    assert_false(lookup_has_room(lookup));
    assert_false(lookup_ask(lookup, &question));
    assert_true(is_quiet(lookup)); /* who waits for it is not woken again and again */
    lookup_close(lookup);
}

static void a_process_that_ended_has_no_addresses(void **state)
{
    struct lookup_addresses found;
    struct lookup *lookup;

    (void)state;
    reap_children();
    lookup = lookup_open(SANDBOX_AUTO);
    kill(latest_child(), SIGSTOP);
    assert_true(lookup_ask_addresses(lookup, "127.0.0.1", ENDPOINT_NONE, 3));
    kill(latest_child(), SIGKILL);
    while (!lookup_next_addresses(lookup, &found))
        await_readable(lookup_fd(lookup));
    assert_int_equal(found.tag, 3);
    assert_int_equal(found.count, 0);
    assert_string_equal(found.why, "the process that looks names up has ended");
    assert_false(lookup_ask_addresses(lookup, "127.0.0.1", ENDPOINT_NONE, 4));
    assert_true(is_quiet(lookup));
    lookup_close(lookup);
}

static int count_descriptors(pid_t pid)
{
    char path[64];
    int count = 0;

    snprintf(path, sizeof path, "/proc/%d/fd", (int)pid);
    DIR *directory = opendir(path);
    assert_non_null(directory);
    while (readdir(directory) != NULL)
        count++;
    closedir(directory);
    return count - 2; /* . and .. */
}

static void the_process_has_no_descriptor_of_ours(void **state)
{
    struct endpoint address, question = loopback_with(7);
    char name[ENDPOINT_HOST_SIZE];
    struct lookup *lookup;

    (void)state;
    reap_children();
    lookup = lookup_open(SANDBOX_AUTO);
    assert_true(lookup_ask(lookup, &question)); /* once it is answered, the process is set up */
    take_one(lookup, &address, name);
    assert_in_range(count_descriptors(latest_child()), 4, 5); /* glibc may keep one of its own */
    lookup_close(lookup);
}

/* ---- a process that was taken over: the test speaks in its place */

/* What goes over the sockets: src/sys/lookup.c. */
struct spoken {
    char name[ENDPOINT_HOST_SIZE];
    int code;
    uint32_t count;
    struct endpoint addresses[LOOKUP_ADDRESSES_MAX];
};

/* Its end of the sockets, or -1 if the machine does not let us have it (pidfd_getfd(2)). */
static int take_over(struct lookup **lookup)
{
    enum { PIDFD_OPEN = 434, PIDFD_GETFD = 438, ITS_SOCKET = 3 };
    struct endpoint address, question = loopback_with(7);
    char name[ENDPOINT_HOST_SIZE];

    reap_children();
    *lookup = lookup_open(SANDBOX_AUTO);
    assert_non_null(*lookup);
    assert_true(lookup_ask(*lookup, &question));
    take_one(*lookup, &address, name);
    pid_t pid = latest_child();
    int process = (int)syscall(PIDFD_OPEN, pid, 0);
    int fd = (int)syscall(PIDFD_GETFD, process, ITS_SOCKET, 0);
    close(process);
    kill(pid, SIGKILL);
    return fd;
}

static void what_was_not_asked_for_ends_it(void **state)
{
    struct spoken spoken = {.name = "evil"};
    struct endpoint address, question = loopback_with(7);
    char name[ENDPOINT_HOST_SIZE];
    struct lookup *lookup;
    int fd = take_over(&lookup);

    (void)state;
    if (fd < 0) {
        lookup_close(lookup);
        skip();
    }
    assert_int_equal(send(fd, &spoken, sizeof spoken, 0), sizeof spoken);
    assert_false(lookup_next(lookup, &address, name));
    assert_true(is_quiet(lookup));
    assert_false(lookup_ask(lookup, &question));
    close(fd);
    lookup_close(lookup);
}

static void an_answer_of_another_size_is_none(void **state)
{
    static const size_t sizes[] = {0, 1, sizeof(struct spoken) - 1, sizeof(struct spoken) + 1};
    char bytes[sizeof(struct spoken) + 1];

    (void)state;
    memset(bytes, 'x', sizeof bytes);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct endpoint address, question = loopback_with(7);
        char name[ENDPOINT_HOST_SIZE];
        struct lookup *lookup;
        int fd = take_over(&lookup);
        if (fd >= 0) {
            assert_true(lookup_ask(lookup, &question));
            assert_int_equal(send(fd, bytes, sizes[i], 0), sizes[i]);
            take_one(lookup, &address, name);
            assert_string_equal(name, "");
            assert_true(is_quiet(lookup));
            close(fd);
        }
        lookup_close(lookup);
    }
}

/* A name without an end, more addresses than there are, families that do not exist. */
static void an_answer_of_any_bytes_stays_within_its_bounds(void **state)
{
    struct lookup_addresses found;
    struct endpoint address, question = loopback_with(7);
    char name[ENDPOINT_HOST_SIZE];
    struct spoken spoken;
    struct lookup *lookup;
    int fd = take_over(&lookup);

    (void)state;
    if (fd < 0) {
        lookup_close(lookup);
        skip();
    }
    memset(&spoken, 0xff, sizeof spoken);
    assert_true(lookup_ask(lookup, &question));
    assert_int_equal(send(fd, &spoken, sizeof spoken, 0), sizeof spoken);
    take_one(lookup, &address, name);
    assert_true(
        endpoint_equal(&address, &question)); /* that which was asked about, whatever it says */
    assert_int_equal(strlen(name), ENDPOINT_HOST_SIZE - 1);

    spoken.code = 0;
    spoken.addresses[5] = (struct endpoint){.family = ENDPOINT_IPV4, .port = 9, .address = {10}};
    assert_true(lookup_ask_addresses(lookup, "a", ENDPOINT_NONE, 5));
    assert_int_equal(send(fd, &spoken, sizeof spoken, 0), sizeof spoken);
    assert_true(lookup_next_addresses(lookup, &found));
    assert_int_equal(found.count, 1);
    assert_int_equal(found.addresses[0].port, 0);

    assert_true(lookup_ask_addresses(lookup, "a", ENDPOINT_IPV6, 6));
    assert_int_equal(send(fd, &spoken, sizeof spoken, 0), sizeof spoken);
    assert_true(lookup_next_addresses(lookup, &found));
    assert_int_equal(found.tag, 6);
    assert_int_equal(found.count, 0);
    assert_string_equal(found.why, "it has no address");
    close(fd);
    lookup_close(lookup);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(the_process_has_ended_with_queries_in_the_queue),
    cmocka_unit_test(a_process_that_ended_has_no_addresses),
    cmocka_unit_test(the_process_has_no_descriptor_of_ours),
    cmocka_unit_test(what_was_not_asked_for_ends_it),
    cmocka_unit_test(an_answer_of_another_size_is_none),
    cmocka_unit_test(an_answer_of_any_bytes_stays_within_its_bounds),
    cmocka_unit_test(addresses_of_names_are_found),
    cmocka_unit_test(results_come_in_the_order_of_the_queries),
    cmocka_unit_test(a_full_queue_takes_no_query_until_a_result_is_taken),
    cmocka_unit_test(it_closes_with_queries_in_the_queue),
};

const struct suite suite_lookup = {
    .name = "lookup", .tests = tests, .count = sizeof tests / sizeof *tests};
