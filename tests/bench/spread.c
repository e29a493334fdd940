/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * spread: one socket that is many clients: each datagram leaves from another address of 127.0.0.0/8
 * (IP_PKTINFO), in turn, so that the server's table has CLIENTS rows and every row is in use.
 * Closed loop with a window; prints the acks a second.
 *
 *     spread PORT CLIENTS WINDOW MILLISECONDS
 */
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { BATCH = 64, PAYLOAD_BYTES = 32 };

struct spread {
    int fd;
    struct sockaddr_in server;
    unsigned clients, next;
    struct mmsghdr out[BATCH], in[BATCH];
    struct iovec out_payload, in_payload[BATCH];
    _Alignas(struct cmsghdr) char control[BATCH][CMSG_SPACE(sizeof(struct in_pktinfo))];
    char acks[BATCH][64], payload[PAYLOAD_BYTES];
};

static double now_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* The address of client n: 127.1.0.0 upwards. */
static void set_source(struct msghdr *header, unsigned n)
{
    struct in_pktinfo info = {.ipi_spec_dst = {htonl(0x7f010000U + n)}};

    memcpy(CMSG_DATA(CMSG_FIRSTHDR(header)), &info, sizeof info);
}

static void wire(struct spread *spread)
{
    spread->out_payload = (struct iovec){spread->payload, sizeof spread->payload};
    for (int i = 0; i < BATCH; i++) {
        struct msghdr *out = &spread->out[i].msg_hdr, *in = &spread->in[i].msg_hdr;
        *out = (struct msghdr){.msg_name = &spread->server,
                               .msg_namelen = sizeof spread->server,
                               .msg_iov = &spread->out_payload,
                               .msg_iovlen = 1,
                               .msg_control = spread->control[i],
                               .msg_controllen = sizeof spread->control[i]};
        *CMSG_FIRSTHDR(out) = (struct cmsghdr){.cmsg_level = IPPROTO_IP,
                                               .cmsg_type = IP_PKTINFO,
                                               .cmsg_len = CMSG_LEN(sizeof(struct in_pktinfo))};
        spread->in_payload[i] = (struct iovec){spread->acks[i], sizeof spread->acks[i]};
        *in = (struct msghdr){.msg_iov = &spread->in_payload[i], .msg_iovlen = 1};
    }
}

static unsigned send_some(struct spread *spread, unsigned room)
{
    unsigned count = room < BATCH ? room : BATCH;

    for (unsigned i = 0; i < count; i++)
        set_source(&spread->out[i].msg_hdr, (spread->next + i) % spread->clients);
    int sent = sendmmsg(spread->fd, spread->out, count, 0);
    if (sent <= 0)
        return 0;
    spread->next = (spread->next + (unsigned)sent) % spread->clients;
    return (unsigned)sent;
}

static unsigned receive_some(struct spread *spread, int wait_ms)
{
    struct pollfd polled = {.fd = spread->fd, .events = POLLIN};
    int received = 0;

    if (poll(&polled, 1, wait_ms) == 1)
        received = recvmmsg(spread->fd, spread->in, BATCH, MSG_DONTWAIT, NULL);
    return received > 0 ? (unsigned)received : 0;
}

int main(int argument_count, char *arguments[])
{
    static struct spread spread;
    int bytes = 4 << 20;

    if (argument_count != 5)
        return 2;
    spread.server = (struct sockaddr_in){.sin_family = AF_INET,
                                         .sin_port = htons((unsigned short)atoi(arguments[1])),
                                         .sin_addr = {htonl(INADDR_LOOPBACK)}};
    spread.clients = (unsigned)atoi(arguments[2]);
    unsigned window = (unsigned)atoi(arguments[3]), outstanding = 0;
    double duration_s = atoi(arguments[4]) / 1e3;
    unsigned long acked = 0, lost = 0;

    spread.fd = socket(AF_INET, SOCK_DGRAM, 0);
    setsockopt(spread.fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
    wire(&spread);
    /* once round before the clock starts: every row exists */
    double began_s = 0, deadline_s = now_s() + 60;
    unsigned long warm = spread.clients;
    while (now_s() < deadline_s && (began_s == 0 || now_s() - began_s < duration_s)) {
        while (outstanding < window)
            outstanding += send_some(&spread, window - outstanding);
        unsigned taken = receive_some(&spread, 100);
        if (taken == 0) {
            lost += outstanding;
            outstanding = 0;
        }
        outstanding -= taken < outstanding ? taken : outstanding;
        acked += taken;
        if (began_s == 0 && acked >= warm) {
            acked = 0;
            began_s = now_s();
        }
    }
    printf("%.0f %lu\n", (double)acked / (now_s() - began_s), lost);
    return 0;
}
