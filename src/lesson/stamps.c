/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stamps: the times that the kernel puts on what is sent and received
 * (Documentation/networking/timestamping.rst). Send times and ICMP errors come through the socket's
 * error queue; reading a send time does not clear the error that an ICMP message set for the next
 * call.
 */
#include "stamps_internal.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <linux/errqueue.h>
#include <linux/net_tstamp.h>

#include "udptui/base/units.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/wait.h"

enum { CONTROL_SIZE = 512, LINE_SIZE = 1024 };

/* A kernel thread does it; nothing reports when it has. */
static const int64_t hold_ns = 30 * UNITS_NS_PER_MS;

int stamps_hold(void)
{
    const int on = 1;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on) == 0)
        wait_until(NULL, 0, clock_monotonic_ns() + hold_ns);
    return fd;
}

void stamps_enable(int fd)
{
    const int wanted =
        SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_OPT_TSONLY;

    setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &wanted, sizeof wanted);
}

void stamps_enable_tcp(int fd)
{
    const int wanted = SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_TX_ACK |
                       SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_OPT_TSONLY;

    setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &wanted, sizeof wanted);
}

static int64_t ns_of(const struct timespec *time)
{
    return (int64_t)time->tv_sec * UNITS_NS_PER_S + time->tv_nsec;
}

bool stamps_of_message(struct msghdr *message, int64_t *wall_ns)
{
    for (struct cmsghdr *part = CMSG_FIRSTHDR(message); part != NULL;
         part = CMSG_NXTHDR(message, part)) {
        struct timespec time;
        if (part->cmsg_level != SOL_SOCKET ||
            (part->cmsg_type != SCM_TIMESTAMPNS && part->cmsg_type != SCM_TIMESTAMPING))
            continue;
        memcpy(&time, CMSG_DATA(part), sizeof time); /* of SCM_TIMESTAMPING's three the first */
        *wall_ns = ns_of(&time);
        return true;
    }
    return false;
}

/* The extended error of a message from the error queue. */
static bool read_extended(struct msghdr *message, struct sock_extended_err *out)
{
    for (struct cmsghdr *part = CMSG_FIRSTHDR(message); part != NULL;
         part = CMSG_NXTHDR(message, part)) {
        bool ipv4 = part->cmsg_level == IPPROTO_IP && part->cmsg_type == IP_RECVERR;
        bool ipv6 = part->cmsg_level == IPPROTO_IPV6 && part->cmsg_type == IPV6_RECVERR;
        if (!ipv4 && !ipv6)
            continue;
        memcpy(out, CMSG_DATA(part), sizeof *out);
        return true;
    }
    return false;
}

/* One of the error queue. first_byte: of the payload that came with it. */
static bool stamps_take_item(int fd, struct sock_extended_err *error, int64_t *wall_ns,
                             uint8_t *first_byte)
{
    _Alignas(struct cmsghdr) char control[CONTROL_SIZE];
    struct iovec part = {.iov_base = first_byte, .iov_len = 1};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control,
                             .msg_controllen = sizeof control};

    *error = (struct sock_extended_err){.ee_origin = SO_EE_ORIGIN_NONE};
    *wall_ns = 0;
    if (recvmsg(fd, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
        return false;
    stamps_of_message(&message, wall_ns);
    return read_extended(&message, error);
}

int64_t stamps_take_sent(int fd)
{
    struct sock_extended_err error;
    uint8_t first_byte;
    int64_t wall_ns;

    if (!stamps_take_item(fd, &error, &wall_ns, &first_byte) ||
        error.ee_origin != SO_EE_ORIGIN_TIMESTAMPING)
        return 0;
    return wall_ns;
}

void stamps_take_written(int fd, int64_t *sent_ns, int64_t *acked_ns)
{
    struct sock_extended_err error;
    uint8_t first_byte;
    int64_t wall_ns;

    *sent_ns = *acked_ns = 0;
    while (stamps_take_item(fd, &error, &wall_ns, &first_byte)) {
        if (error.ee_origin != SO_EE_ORIGIN_TIMESTAMPING)
            continue;
        if (error.ee_info == SCM_TSTAMP_SND)
            *sent_ns = wall_ns;
        else if (error.ee_info == SCM_TSTAMP_ACK)
            *acked_ns = wall_ns;
    }
}

bool stamps_take_icmp(int fd, int64_t *wall_ns, uint8_t *first_byte, uint8_t *type, uint8_t *code)
{
    struct sock_extended_err error;

    while (stamps_take_item(fd, &error, wall_ns, first_byte)) {
        if (error.ee_origin != SO_EE_ORIGIN_ICMP && error.ee_origin != SO_EE_ORIGIN_ICMP6)
            continue;
        *type = error.ee_type;
        *code = error.ee_code;
        return true;
    }
    return false;
}

/* ---- counters */

/* The value below the name, in the two lines of a protocol. */
static int64_t find_value(char *names, char *values, const char *wanted)
{
    char *save_name, *save_value;
    const char *name = strtok_r(names, " \n", &save_name);
    const char *value = strtok_r(values, " \n", &save_value);

    for (; name != NULL && value != NULL;
         name = strtok_r(NULL, " \n", &save_name), value = strtok_r(NULL, " \n", &save_value))
        if (strcmp(name, wanted) == 0)
            return strtoll(value, NULL, 10);
    return -1;
}

int64_t stamps_snmp(const char *protocol, const char *name)
{
    char line[LINE_SIZE], names[LINE_SIZE] = "";
    FILE *file = fopen("/proc/net/snmp", "re");
    size_t length = strlen(protocol);
    int64_t value = -1;

    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, protocol, length) != 0 || line[length] != ':')
            continue;
        if (names[0] != '\0') {
            value = find_value(names, line, name);
            break;
        }
        memcpy(names, line, sizeof names);
    }
    if (file != NULL)
        fclose(file);
    return value;
}
