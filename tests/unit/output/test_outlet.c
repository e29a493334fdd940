/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* outlet: a slow reader of a non-blocking pipe gets every byte, and a write that failed ends the
 * output for good. Standard output is another file for the time of a case. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
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
#include <sys/socket.h>
#include <unistd.h>

#include "../judge.h"
#include "../suite.h"

#include "udptui/output/outlet.h"

static int put_stdout(int fd)
{
    int saved = dup(STDOUT_FILENO);

    fflush(stdout);
    assert_true(saved >= 0 && dup2(fd, STDOUT_FILENO) == STDOUT_FILENO);
    return saved;
}

static void restore_stdout(int saved)
{
    fflush(stdout);
    dup2(saved, STDOUT_FILENO);
    close(saved);
}

/* ---- a slow reader */

struct slow {
    int fd;
    uint64_t expected; /* state of the random bytes */
    size_t read;
    bool wrong;
};

static void *read_slowly(void *context)
{
    struct slow *slow = context;
    uint8_t bytes[1000];
    ssize_t got;

    while ((got = read(slow->fd, bytes, 1 + slow->read % sizeof bytes)) > 0) {
        for (ssize_t i = 0; i < got; i++)
            slow->wrong |= bytes[i] != (uint8_t)judge_random(&slow->expected);
        slow->read += (size_t)got;
        if (slow->read % 7 == 0)
            poll(NULL, 0, 1);
    }
    return NULL;
}

static void write_through(int reader, int writer)
{
    enum { BYTES = (1 << 19) + 777 }; /* more than a pipe, a socket or the buffer takes */
    struct slow slow = {.fd = reader, .expected = 1};
    struct signals signals = {0};
    struct outlet opened;
    uint64_t seed = 1;
    pthread_t thread;
    size_t written = 0;
    int saved;

    assert_int_equal(fcntl(writer, F_SETFL, O_NONBLOCK | O_WRONLY), 0);
    assert_int_equal(pthread_create(&thread, NULL, read_slowly, &slow), 0);
    saved = put_stdout(writer);
    close(writer);
    outlet_open(&opened, OUTLET_WAITS, &signals);
    FILE *outlet = opened.file;
    for (size_t i = 0; i < BYTES; i++)
        written += fputc((uint8_t)judge_random(&seed), outlet) != EOF;
    bool failed = fflush(outlet) != 0 || ferror(outlet);
    outlet_close(&opened, 0);
    restore_stdout(saved);
    pthread_join(thread, NULL);
    close(reader);
    assert_false(failed);
    assert_int_equal(written, BYTES);
    assert_int_equal(slow.read, BYTES);
    assert_false(slow.wrong);
    /* It is alive: signs of progress, at least one for each piece of a page. */
    assert_true(atomic_load(&signals.beats) >= BYTES / 4096);
}

static void a_slow_pipe_gets_everything(void **state)
{
    int ends[2];

    (void)state;
    assert_int_equal(pipe(ends), 0);
    write_through(ends[0], ends[1]);
}

static void a_slow_socket_gets_everything(void **state)
{
    int ends[2];
    const int small = 4096;

    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    setsockopt(ends[1], SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
    write_through(ends[0], ends[1]);
}

/* ---- failures */

/* After the reader has gone, and come back, nothing more is written: it would follow a gap. */
static void nothing_follows_a_gap(void **state)
{
    struct signals signals = {0};
    struct outlet opened;
    int ends[2], others[2], saved, errors[2];
    char text[16];

    (void)state;
    signal(SIGPIPE, SIG_IGN);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(pipe(others), 0);
    saved = put_stdout(ends[1]);
    close(ends[1]);
    outlet_open(&opened, OUTLET_WAITS, &signals);
    FILE *outlet = opened.file;
    fputs("one\n", outlet);
    bool first = fflush(outlet) == 0;
    close(ends[0]);
    fputs("two\n", outlet);
    errors[0] = fflush(outlet) != 0 ? errno : 0;
    dup2(others[1], STDOUT_FILENO); /* a pipe with a reader */
    clearerr(outlet);
    fputs("three\n", outlet);
    errors[1] = fflush(outlet) != 0 ? errno : 0;
    outlet_close(&opened, 0);
    restore_stdout(saved);
    close(others[1]);
    signal(SIGPIPE, SIG_DFL);
    assert_true(first);
    assert_int_equal(errors[0], EPIPE);
    assert_int_equal(errors[1], EPIPE);
    assert_int_equal(read(others[0], text, sizeof text), 0);
    close(others[0]);
}

static void a_full_disk_is_an_error(void **state)
{
    struct signals signals = {0};
    struct outlet opened;
    int full = open("/dev/full", O_WRONLY), saved, error;

    (void)state;
    if (full < 0)
        skip();
    saved = put_stdout(full);
    close(full);
    outlet_open(&opened, OUTLET_WAITS, &signals);
    FILE *outlet = opened.file;
    fputs("one\n", outlet);
    error = fflush(outlet) != 0 ? errno : 0;
    outlet_close(&opened, 0);
    restore_stdout(saved);
    assert_int_equal(error, ENOSPC);
    assert_int_equal(atomic_load(&signals.beats), 0);
}

/* What the program wrote to stdout before it comes first. */
static void earlier_output_goes_first(void **state)
{
    struct signals signals = {0};
    struct outlet opened;
    int ends[2], saved;
    char text[16] = "";

    (void)state;
    assert_int_equal(pipe(ends), 0);
    saved = put_stdout(ends[1]);
    close(ends[1]);
    fputs("first ", stdout);
    outlet_open(&opened, OUTLET_WAITS, &signals);
    FILE *outlet = opened.file;
    fputs("second", outlet);
    outlet_close(&opened, 0);
    restore_stdout(saved);
    assert_int_equal(read(ends[0], text, sizeof text - 1), 12);
    assert_string_equal(text, "first second");
    close(ends[0]);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_slow_pipe_gets_everything), cmocka_unit_test(a_slow_socket_gets_everything),
    cmocka_unit_test(nothing_follows_a_gap),       cmocka_unit_test(a_full_disk_is_an_error),
    cmocka_unit_test(earlier_output_goes_first),
};

const struct suite suite_outlet = {
    .name = "outlet", .tests = tests, .count = sizeof tests / sizeof *tests};
