/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* outlet: one that holds, on a pipe and on a socket in the place of standard output, which the test reads by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../suite.h"

#include "udptui/output/outlet.h"
#include "udptui/sys/report.h"

enum { ROOM_BYTES = 4096, MOST_BYTES = 70000, STEPS = 3000, PERIOD = 251 };

struct reader {
    struct outlet outlet;
    struct signals signals;
    int fd, standard_output;
    size_t written_bytes, read_bytes;
};

static void reader_open(struct reader *reader, bool is_socket)
{
    int ends[2];

    *reader = (struct reader){.signals = {.end_ns = INT64_MAX}};
    signal(SIGPIPE, SIG_IGN);
    assert_int_equal(is_socket ? socketpair(AF_UNIX, SOCK_STREAM, 0, ends) : pipe(ends), 0);
    if (!is_socket)
        fcntl(ends[0], F_SETPIPE_SZ, ROOM_BYTES);
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    fflush(stdout);
    reader->fd = ends[0];
    reader->standard_output = dup(STDOUT_FILENO);
    dup2(ends[1], STDOUT_FILENO);
    close(ends[1]);
    outlet_open(&reader->outlet, OUTLET_HOLDS, &reader->signals);
}

static int reader_close(struct reader *reader)
{
    int status = outlet_close(&reader->outlet, EXIT_UNANSWERED);

    dup2(reader->standard_output, STDOUT_FILENO);
    close(reader->standard_output);
    if (reader->fd >= 0)
        close(reader->fd);
    return status;
}

/* Byte i of all is i % PERIOD. */
static void reader_write(struct reader *reader, size_t size_bytes)
{
    while (size_bytes-- > 0)
        assert_int_not_equal(fputc((int)(reader->written_bytes++ % PERIOD), reader->outlet.file),
                             EOF);
}

static void reader_read(struct reader *reader, size_t size_bytes)
{
    static uint8_t bytes[MOST_BYTES];
    ssize_t taken = read(reader->fd, bytes, size_bytes);

    for (ssize_t i = 0; i < taken; i++)
        assert_int_equal(bytes[i], reader->read_bytes++ % PERIOD);
}

static void every_byte_comes_in_order(bool is_socket)
{
    struct reader reader;

    reader_open(&reader, is_socket);
    srand(7);
    for (int i = 0; i < STEPS; i++) {
        reader_write(&reader, (size_t)rand() % (i % 10 == 0 ? MOST_BYTES : 300));
        assert_int_equal(fflush(reader.outlet.file), 0);
        reader_read(&reader, (size_t)rand() % MOST_BYTES);
        assert_true(outlet_turn(&reader.outlet));
    }
    for (int i = 0; outlet_fd(&reader.outlet) >= 0; i++) {
        reader_read(&reader, MOST_BYTES);
        assert_true(outlet_turn(&reader.outlet));
        assert_true(i < 1000000);
    }
    reader_read(&reader, MOST_BYTES);
    while (reader.read_bytes < reader.written_bytes)
        reader_read(&reader, MOST_BYTES);
    assert_int_equal(reader_close(&reader), EXIT_UNANSWERED);
}

static void every_byte_comes_in_order_through_a_pipe(void **state)
{
    (void)state;
    every_byte_comes_in_order(false);
}

static void every_byte_comes_in_order_through_a_socket(void **state)
{
    (void)state;
    every_byte_comes_in_order(true);
}

/* What is left is lost when the reader goes away: that makes the status. */
static void it_holds_until_it_is_full(void **state)
{
    struct reader reader;

    (void)state;
    reader_open(&reader, false);
    while (!outlet_is_full(&reader.outlet)) {
        assert_true(reader.written_bytes < OUTLET_HELD_BYTES + (1 << 20));
        reader_write(&reader, MOST_BYTES);
    }
    assert_true(reader.written_bytes >= OUTLET_HELD_BYTES);
    assert_true(outlet_fd(&reader.outlet) >= 0);
    close(reader.fd);
    reader.fd = -1;
    assert_int_equal(reader_close(&reader), 128 + SIGPIPE);
}

static void a_reader_that_is_gone_is_an_error_that_stays(void **state)
{
    struct reader reader;

    (void)state;
    reader_open(&reader, false);
    reader_write(&reader, 3 * ROOM_BYTES);
    assert_int_equal(fflush(reader.outlet.file), 0);
    close(reader.fd);
    reader.fd = -1;
    for (int i = 0; i < 2; i++) {
        assert_false(outlet_turn(&reader.outlet));
        assert_int_equal(errno, EPIPE);
    }
    assert_int_equal(reader_close(&reader), EXIT_UNANSWERED); /* the owner has reported it */
}

/* As after "udptui serve >&0" behind a pipe: opened again, that end could be written to. */
static void the_end_that_is_read_cannot_be_written_to(void **state)
{
    struct outlet outlet;
    struct signals signals = {.end_ns = INT64_MAX};
    int ends[2], standard_output = dup(STDOUT_FILENO);

    (void)state;
    assert_int_equal(pipe(ends), 0);
    fflush(stdout);
    dup2(ends[0], STDOUT_FILENO);
    outlet_open(&outlet, OUTLET_HOLDS, &signals);
    fputs("line\n", outlet.file);
    int failed = fflush(outlet.file), code = errno;
    outlet_close(&outlet, EXIT_UNANSWERED);
    dup2(standard_output, STDOUT_FILENO);
    close(standard_output);
    close(ends[0]);
    close(ends[1]);
    assert_int_equal(failed, EOF);
    assert_int_equal(code, EBADF);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(every_byte_comes_in_order_through_a_pipe),
    cmocka_unit_test(every_byte_comes_in_order_through_a_socket),
    cmocka_unit_test(it_holds_until_it_is_full),
    cmocka_unit_test(a_reader_that_is_gone_is_an_error_that_stays),
    cmocka_unit_test(the_end_that_is_read_cannot_be_written_to),
};

const struct suite suite_outlet_holding = {
    .name = "outlet_holding", .tests = tests, .count = sizeof tests / sizeof *tests};
