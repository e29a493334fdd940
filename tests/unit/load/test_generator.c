/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* generator: what keeps it from starting, and how it ends against real sockets on loopback. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../await.h"
#include "../suite.h"

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "udptui/base/units.h"
#include "udptui/load/generator.h"
#include "udptui/net/udp.h"

enum { CLIENTS = 4, WINDOW = 8 };

/* ---- a socket that the load goes to, and a thread that echoes */

struct far_end {
    struct udp_socket socket;
    int stop_fd;
    pthread_t thread;
};

static void open_far_end(struct far_end *end)
{
    const struct endpoint any_port = {.family = ENDPOINT_IPV4, .address = {127, 0, 0, 1}};
    const struct udp_options options = {.gro = false};
    char error[UDP_ERROR_SIZE];

    assert_true(udp_open_server(&any_port, &options, &end->socket, error));
}

static void *echo(void *argument)
{
    const struct far_end *end = argument;
    struct pollfd polled[] = {{.fd = end->socket.fd, .events = POLLIN},
                              {.fd = end->stop_fd, .events = POLLIN}};
    char bytes[2048];

    while (poll(polled, 2, -1) > 0 && polled[1].revents == 0) {
        struct sockaddr_storage from;
        socklen_t length = sizeof from;
        ssize_t size = recvfrom(end->socket.fd, bytes, sizeof bytes, MSG_DONTWAIT,
                                (struct sockaddr *)&from, &length);
        if (size >= 0)
            sendto(end->socket.fd, bytes, (size_t)size, 0, (struct sockaddr *)&from, length);
    }
    return NULL;
}

static void start_echo(struct far_end *end)
{
    open_far_end(end);
    end->stop_fd = eventfd(0, EFD_CLOEXEC);
    assert_true(end->stop_fd >= 0);
    assert_int_equal(pthread_create(&end->thread, NULL, echo, end), 0);
}

static void stop_echo(struct far_end *end)
{
    eventfd_write(end->stop_fd, 1);
    pthread_join(end->thread, NULL);
    close(end->stop_fd);
    udp_close(&end->socket);
}

/* ---- send times that are not there yet right after the send, as those of a slow interface */

static bool stamps_are_late; /* until the error queue is looked at again */
static unsigned looks_at_stamps;

ssize_t __real_recvmsg(int fd, struct msghdr *message, int flags);
ssize_t __wrap_recvmsg(int fd, struct msghdr *message, int flags);

ssize_t __wrap_recvmsg(int fd, struct msghdr *message, int flags)
{
    if (stamps_are_late && (flags & MSG_ERRQUEUE) != 0 && looks_at_stamps++ % 2 == 0) {
        errno = EAGAIN;
        return -1;
    }
    return __real_recvmsg(fd, message, flags);
}

/* ---- the load */

static struct generator_config config_for(const struct endpoint *target)
{
    return (struct generator_config){.target = *target,
                                     .clients = CLIENTS,
                                     .window = WINDOW,
                                     .size_bytes = 32,
                                     .duration_ns = 100 * UNITS_NS_PER_MS,
                                     .timeout_ns = 20 * UNITS_NS_PER_S,
                                     .tick_ns = 10 * UNITS_NS_PER_MS,
                                     .event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
}

/* Waits for the last snapshot. What must hold in each of them is checked. */
static struct load_snapshot run_to_the_end(struct generator *generator, int event_fd)
{
    struct load_snapshot last = {.end = LOAD_RUNNING};
    eventfd_t count;

    while (last.end == LOAD_RUNNING) {
        await_readable(event_fd);
        eventfd_read(event_fd, &count);
        while (generator_next(generator, &last)) {
            assert_true(last.acked + last.lost <= last.sent);
            assert_true(last.sent - last.acked - last.lost <= CLIENTS * WINDOW);
            if (last.end == LOAD_RUNNING)
                continue;
            assert_int_equal(last.acked + last.lost, last.sent);
            break;
        }
    }
    assert_false(generator_next(generator, &last)); /* it is the last one, and comes once */
    return last;
}

static struct load_snapshot load(struct generator_config config)
{
    char error[GENERATOR_ERROR_SIZE];
    struct generator *generator = generator_open(&config, error);

    assert_non_null(generator);
    assert_true(generator_start(generator, error));
    struct load_snapshot last = run_to_the_end(generator, config.event_fd);
    generator_close(generator);
    close(config.event_fd);
    return last;
}

/* A busy machine may leave it no time: then it is tried again for twice as long. */
enum { MS_MAX = 10000 };

static void all_is_acknowledged_by_an_echo(void **state)
{
    struct load_snapshot last = {.sent = 0};
    struct far_end end;

    (void)state;
    start_echo(&end);
    for (int64_t ms = 100; last.rtt.count == 0 && ms < MS_MAX; ms *= 2) {
        struct generator_config config = config_for(&end.socket.local);
        config.duration_ns = ms * UNITS_NS_PER_MS;
        last = load(config);
    }
    stop_echo(&end);
    assert_int_equal(last.end, LOAD_DONE);
    assert_true(last.sent > 0);
    assert_int_equal(last.acked, last.sent);
    assert_int_equal(last.duplicates, 0);
    assert_true(last.rtt_app.count > 0);
    assert_true(last.rtt.count > 0 && last.rtt.count < last.rtt_app.count);
    assert_true(last.rtt.min_ns > 0 && last.rtt.min_ns < last.rtt_app.max_ns);
    assert_true(last.rtt_app.min_ns >= 0 && last.rtt_app.min_ns <= last.rtt_app.max_ns);
    assert_true(last.elapsed_ns >= 100 * UNITS_NS_PER_MS);
}

static struct load_snapshot load_with_late_stamps(const struct endpoint *target,
                                                  int64_t duration_ns)
{
    struct generator_config config = config_for(target);

    config.clients = config.window = 1;
    config.rate_per_s = 300;
    config.duration_ns = duration_ns;
    looks_at_stamps = 0;
    return load(config);
}

static void a_send_time_that_comes_later_is_read(void **state)
{
    struct load_snapshot last = {.sent = 0};
    struct far_end end;

    (void)state;
    start_echo(&end);
    stamps_are_late = true;
    for (int64_t ms = 100; last.sent <= 3 && ms < MS_MAX; ms *= 2)
        last = load_with_late_stamps(&end.socket.local, ms * UNITS_NS_PER_MS);
    stamps_are_late = false;
    stop_echo(&end);
    assert_true(last.sent > 3);
    assert_int_equal(last.acked, last.sent);
    /* on a busy machine the clocks are sometimes read too far apart to convert a time */
    assert_in_range(last.rtt.count, (last.sent + 1) / 2, last.sent);
    assert_in_range(looks_at_stamps, last.sent, 2 * last.sent); /* and no more often */
    assert_true(last.rtt.max_ns < last.rtt_app.max_ns);
}

static void a_rate_is_not_exceeded(void **state)
{
    struct far_end end;
    struct generator_config config;

    (void)state;
    start_echo(&end);
    config = config_for(&end.socket.local);
    config.rate_per_s = 100;
    struct load_snapshot last = load(config);
    stop_echo(&end);
    assert_int_equal(last.end, LOAD_DONE);
    assert_in_range(last.sent, 1, 11); /* of a tenth of a second, with the one at its beginning */
    assert_int_equal(last.acked, last.sent);
}

static void nobody_listens(void **state)
{
    struct far_end end;
    struct generator_config config;

    (void)state;
    open_far_end(&end);
    config = config_for(&end.socket.local);
    udp_close(&end.socket);
    config.duration_ns = 60 * UNITS_NS_PER_S;
    config.timeout_ns = UNITS_NS_PER_S;
    struct load_snapshot last = load(config);
    assert_int_equal(last.end, LOAD_REFUSED);
    assert_int_equal(last.acked, 0);
    assert_int_equal(last.rtt_app.min_ns, -1);
}

static void nobody_answers(void **state)
{
    struct far_end end;
    struct generator_config config;

    (void)state;
    open_far_end(&end);
    config = config_for(&end.socket.local);
    config.duration_ns = 60 * UNITS_NS_PER_S;
    config.timeout_ns = 10 * UNITS_NS_PER_MS;
    struct load_snapshot last = load(config);
    udp_close(&end.socket);
    assert_int_equal(last.end, LOAD_SILENT);
    assert_true(last.sent >= 16);
    assert_int_equal(last.lost, last.sent);
}

static void it_stops_when_asked(void **state)
{
    struct far_end end;
    struct generator_config config;
    char error[GENERATOR_ERROR_SIZE];

    (void)state;
    start_echo(&end);
    config = config_for(&end.socket.local);
    config.duration_ns = 60 * UNITS_NS_PER_S;
    struct generator *generator = generator_open(&config, error);
    assert_non_null(generator);
    assert_true(generator_start(generator, error));
    generator_stop(generator);
    assert_int_equal(run_to_the_end(generator, config.event_fd).end, LOAD_STOPPED);
    generator_close(generator);
    close(config.event_fd);
    stop_echo(&end);
}

/* ---- what keeps it from starting */

static size_t count_descriptors(void)
{
    DIR *directory = opendir("/proc/self/fd");
    size_t count = 0;

    assert_non_null(directory);
    while (readdir(directory) != NULL)
        count++;
    closedir(directory);
    return count;
}

/* The errors say what to do, and nothing stays open. */
static void assert_cannot_open(const struct generator_config *config, const char *words)
{
    size_t before = count_descriptors();
    char error[GENERATOR_ERROR_SIZE];

    assert_null(generator_open(config, error));
    assert_non_null(strstr(error, words));
    assert_int_equal(count_descriptors(), before);
}

static void more_clients_than_descriptors(void **state)
{
    const struct endpoint target = {
        .family = ENDPOINT_IPV4, .address = {127, 0, 0, 1}, .port = 4010};
    struct generator_config config = config_for(&target);
    struct rlimit before, few;

    (void)state;
    config.clients = 64;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    few = (struct rlimit){.rlim_cur = 32, .rlim_max = before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
    assert_cannot_open(&config, "127.0.0.1:4010");
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    close(config.event_fd);
}

static void an_interface_that_does_not_exist(void **state)
{
    const struct endpoint target = {
        .family = ENDPOINT_IPV6, .address = {0xfe, 0x80, [15] = 1}, .port = 4010, .scope = 1000000};
    struct generator_config config = config_for(&target);

    (void)state;
    assert_cannot_open(&config, "fe80::1");
    close(config.event_fd);
}

static void nothing_to_close_is_fine(void **state)
{
    (void)state;
    generator_close(NULL);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(all_is_acknowledged_by_an_echo),
    cmocka_unit_test(a_send_time_that_comes_later_is_read),
    cmocka_unit_test(a_rate_is_not_exceeded),
    cmocka_unit_test(nobody_listens),
    cmocka_unit_test(nobody_answers),
    cmocka_unit_test(it_stops_when_asked),
    cmocka_unit_test(more_clients_than_descriptors),
    cmocka_unit_test(an_interface_that_does_not_exist),
    cmocka_unit_test(nothing_to_close_is_fine),
};

const struct suite suite_generator = {
    .name = "generator", .tests = tests, .count = sizeof tests / sizeof *tests};
