/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pingpong: the least that measures a round-trip time: a connected socket that sends and waits.
 * Each datagram is due at a time of its own. Prints the median and the 99th percentile in ns.
 *
 *     pingpong echo                         a server that sends back what comes; prints its port
 *     pingpong PORT COUNT INTERVAL_US BYTES
 */
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>

enum { BYTES_MAX = 65536, COUNT_MAX = 10000000 };

static int64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int echo(int fd, struct sockaddr_in *address)
{
    static char bytes[BYTES_MAX];
    socklen_t length = sizeof *address;

    if (bind(fd, (struct sockaddr *)address, length) != 0 ||
        getsockname(fd, (struct sockaddr *)address, &length) != 0)
        return 1;
    printf("%d\n", ntohs(address->sin_port));
    fflush(stdout);
    for (;;) {
        length = sizeof *address;
        ssize_t size = recvfrom(fd, bytes, sizeof bytes, 0, (struct sockaddr *)address, &length);
        if (size >= 0)
            sendto(fd, bytes, (size_t)size, 0, (struct sockaddr *)address, length);
    }
}

static int compare(const void *a, const void *b)
{
    const int64_t *left = a, *right = b;

    return (*left > *right) - (*left < *right);
}

static void sleep_until(int64_t due_ns)
{
    const struct timespec due = {.tv_sec = due_ns / 1000000000, .tv_nsec = due_ns % 1000000000};

    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL);
}

static int measure(int fd, size_t count, int64_t interval_ns, size_t size)
{
    static char bytes[BYTES_MAX];
    int64_t *times = calloc(count, sizeof *times), began_ns = now_ns();

    for (size_t i = 0; i < count; i++) {
        sleep_until(began_ns + (int64_t)i * interval_ns);
        int64_t sent_ns = now_ns();
        if (send(fd, bytes, size, 0) < 0 || recv(fd, bytes, sizeof bytes, 0) < 0)
            return 1;
        times[i] = now_ns() - sent_ns;
    }
    qsort(times, count, sizeof *times, compare);
    printf("%lld %lld\n", (long long)times[count / 2], (long long)times[count * 99 / 100]);
    free(times);
    return 0;
}

int main(int argument_count, char *arguments[])
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    int fd = socket(AF_INET, SOCK_DGRAM, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
    if (argument_count == 2 && strcmp(arguments[1], "echo") == 0)
        return echo(fd, &address);
    if (argument_count != 5 || atoi(arguments[2]) < 1 || atoi(arguments[2]) > COUNT_MAX)
        return 2;
    address.sin_port = htons((uint16_t)atoi(arguments[1]));
    if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0)
        return 1;
    return measure(fd, (size_t)atoi(arguments[2]), atoi(arguments[3]) * (int64_t)1000,
                   (size_t)atoi(arguments[4]));
}
