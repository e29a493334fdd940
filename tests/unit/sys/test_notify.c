/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "../suite.h"
#include "udptui/sys/notify.h"

enum { STATE_SIZE = 256 };

/* A manager's socket, on the abstract address that the kernel chooses (unix(7), autobind), which
 * goes to NOTIFY_SOCKET. */
static int notify_test_manager(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    socklen_t length = sizeof address;
    char name[sizeof address.sun_path + 1] = "@";
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);

    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof(sa_family_t)), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &length), 0);
    memcpy(name + 1, address.sun_path + 1, length - offsetof(struct sockaddr_un, sun_path) - 1);
    setenv("NOTIFY_SOCKET", name, 1);
    return fd;
}

/* "" if nothing came. */
static const char *notify_test_receive(int fd)
{
    static char state[STATE_SIZE];
    ssize_t got = recv(fd, state, sizeof state - 1, 0);

    state[got > 0 ? got : 0] = '\0';
    return state;
}

static void test_sends_states(void **state)
{
    struct notify notify;
    struct problem problem;
    int manager = notify_test_manager();

    (void)state;
    assert_true(notify_open(&notify, &problem));
    assert_null(getenv("NOTIFY_SOCKET"));
    notify_send(&notify, "READY=1\nSTATUS=here");
    assert_string_equal(notify_test_receive(manager), "READY=1\nSTATUS=here");
    notify_beat(&notify, 1); /* no watchdog was asked for */
    assert_string_equal(notify_test_receive(manager), "");
    close(manager);
    notify_send(&notify, "STATUS=nobody hears it");
    notify_close(&notify);
    notify_send(&notify, "STATUS=closed");
    notify_close(&notify);
}

static void test_beats_twice_as_often_as_asked(void **state)
{
    struct notify notify;
    struct problem problem;
    int manager = notify_test_manager();

    (void)state;
    setenv("WATCHDOG_USEC", "2000", 1);
    assert_true(notify_open(&notify, &problem));
    assert_null(getenv("WATCHDOG_USEC"));
    notify_beat(&notify, 5000000);
    assert_string_equal(notify_test_receive(manager), "WATCHDOG=1");
    assert_int_equal(notify.watchdog_due_ns, 6000000);
    notify_beat(&notify, 5999999);
    assert_string_equal(notify_test_receive(manager), "");
    notify_beat(&notify, 6000000);
    assert_string_equal(notify_test_receive(manager), "WATCHDOG=1");
    notify_close(&notify);
    close(manager);
}

static int64_t notify_test_watchdog_ns(const char *interval, const char *pid)
{
    struct notify notify;
    struct problem problem;
    int manager = notify_test_manager();

    setenv("WATCHDOG_USEC", interval, 1);
    if (pid != NULL)
        setenv("WATCHDOG_PID", pid, 1);
    assert_true(notify_open(&notify, &problem));
    assert_null(getenv("WATCHDOG_PID"));
    assert_true((notify.watchdog_ns == 0) == (notify.watchdog_due_ns == INT64_MAX));
    notify_close(&notify);
    close(manager);
    return notify.watchdog_ns;
}

static void test_takes_only_its_own_watchdog(void **state)
{
    char own[16];

    (void)state;
    snprintf(own, sizeof own, "%d", (int)getpid());
    assert_int_equal(notify_test_watchdog_ns("30000000", own), INT64_C(15000000000));
    assert_int_equal(notify_test_watchdog_ns("30000000", "1"), 0);
    assert_int_equal(notify_test_watchdog_ns("30000000", "x"), 0);
    assert_int_equal(notify_test_watchdog_ns("0", NULL), 0);
    assert_int_equal(notify_test_watchdog_ns("-1", NULL), 0);
    assert_int_equal(notify_test_watchdog_ns("18446744073709551615", NULL), 0);
}

static void notify_test_refused(const char *text, const char *part)
{
    struct notify notify;
    struct problem problem;

    setenv("NOTIFY_SOCKET", text, 1);
    assert_false(notify_open(&notify, &problem));
    assert_int_equal(notify.fd, -1);
    assert_non_null(strstr(problem.text, part));
    assert_non_null(strstr(problem.text, "the service manager is not notified"));
    notify_close(&notify);
}

static void test_says_why_nobody_is_notified(void **state)
{
    struct notify notify;
    struct problem problem;
    char long_path[200];

    (void)state;
    memset(long_path, 'a', sizeof long_path - 1);
    long_path[0] = '/';
    long_path[sizeof long_path - 1] = '\0';
    notify_test_refused("vsock:2:1234", "neither /PATH nor @NAME");
    notify_test_refused("", "neither /PATH nor @NAME");
    notify_test_refused("/", "neither /PATH nor @NAME");
    notify_test_refused(long_path, "neither /PATH nor @NAME");
    notify_test_refused("/nonexistent/notify", "No such file");
    notify_test_refused("@udptui nobody has this name", "refused");
    unsetenv("NOTIFY_SOCKET");
    assert_true(notify_open(&notify, &problem));
    assert_int_equal(notify.fd, -1);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_sends_states),
    cmocka_unit_test(test_beats_twice_as_often_as_asked),
    cmocka_unit_test(test_takes_only_its_own_watchdog),
    cmocka_unit_test(test_says_why_nobody_is_notified),
};

const struct suite suite_notify = {
    .name = "notify", .tests = tests, .count = sizeof tests / sizeof *tests};
