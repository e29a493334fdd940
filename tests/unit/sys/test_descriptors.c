/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "../suite.h"
#include "child.h"
#include "udptui/sys/descriptors.h"

static void test_raises_up_to_the_hard_limit(void **state)
{
    struct rlimit before, limit;

    (void)state;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    limit = before;
    limit.rlim_cur = 64;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    assert_int_equal(descriptors_raise(32), 64); /* never lowered */
    assert_int_equal(descriptors_raise(100), 100);
    if (before.rlim_max != RLIM_INFINITY)
        assert_int_equal(descriptors_raise(before.rlim_max + 1), before.rlim_max);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
}

/* Closes the standard descriptors that the bits of *context name. Exit status: 0 if each of them is
 * open and cannot be used then, and the next file has another number. */
static int descriptors_close_some(void *context)
{
    unsigned closed = *(const unsigned *)context;
    char byte = 0;

    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if ((closed >> fd & 1) != 0)
            close(fd);
    descriptors_occupy_standard();
    if (open("/dev/null", O_RDONLY) <= STDERR_FILENO)
        return 1;
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if ((closed >> fd & 1) != 0 &&
            ((fd == STDIN_FILENO ? read(fd, &byte, 1) : write(fd, &byte, 1)) != -1 ||
             errno != EBADF || fcntl(fd, F_GETFD) == -1))
            return 2;
    return 0;
}

static void test_occupies_what_is_closed(void **state)
{
    (void)state;
    for (unsigned closed = 0; closed < 8; closed++)
        assert_int_equal(child_run(descriptors_close_some, &closed).status, 0);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_raises_up_to_the_hard_limit),
    cmocka_unit_test(test_occupies_what_is_closed),
};

const struct suite suite_descriptors = {
    .name = "descriptors", .tests = tests, .count = sizeof tests / sizeof *tests};
