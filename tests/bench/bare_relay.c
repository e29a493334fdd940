/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bare_relay: the least that a UDP relay can do, to measure ours against: a connected socket for
 * each client (known by its port: all are on 127.0.0.1), recvmmsg(64) and sendmmsg on both sides,
 * nothing counted, nothing shown. With "gso": UDP_GRO on receive, UDP_SEGMENT on send.
 *
 *     bare_relay TARGET_PORT [gso]
 *
 * Prints its port, serves 127.0.0.1 until it is killed.
 */
#include <arpa/inet.h>
#include <netinet/udp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

enum { BATCH = 64, BUFFER_BYTES = 65536, PORTS = 65536 };

struct bare_relay {
    int listener, epoll_fd, gso;
    struct sockaddr_in target;
    int sessions[PORTS]; /* by the client's port; 0: none */
    struct mmsghdr in[BATCH], out[BATCH];
    struct iovec payload[BATCH];
    struct sockaddr_in peers[BATCH];
    _Alignas(struct cmsghdr) char in_control[BATCH][CMSG_SPACE(sizeof(int))];
    _Alignas(struct cmsghdr) char out_control[BATCH][CMSG_SPACE(sizeof(uint16_t))];
};

static struct bare_relay relay;
static char buffers[BATCH][BUFFER_BYTES];

static int open_socket(void)
{
    int fd = socket(AF_INET, SOCK_DGRAM, 0), bytes = 4 << 20;

    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
    if (relay.gso)
        setsockopt(fd, IPPROTO_UDP, UDP_GRO, &relay.gso, sizeof relay.gso);
    return fd;
}

static void watch(int fd, uint16_t port)
{
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = (uint64_t)port << 32 | (unsigned)fd};

    epoll_ctl(relay.epoll_fd, EPOLL_CTL_ADD, fd, &event);
}

static int open_all(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof address;

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    relay.epoll_fd = epoll_create1(0);
    relay.listener = open_socket();
    if (bind(relay.listener, (struct sockaddr *)&address, length) != 0 ||
        getsockname(relay.listener, (struct sockaddr *)&address, &length) != 0)
        return -1;
    watch(relay.listener, 0);
    printf("%d\n", ntohs(address.sin_port));
    return fflush(stdout);
}

static int session_of(const struct sockaddr_in *client)
{
    uint16_t port = ntohs(client->sin_port);
    int fd = relay.sessions[port];

    if (fd != 0)
        return fd;
    fd = relay.sessions[port] = open_socket();
    if (connect(fd, (struct sockaddr *)&relay.target, sizeof relay.target) != 0)
        exit(1);
    watch(fd, port);
    return fd;
}

static int receive(int fd)
{
    for (int i = 0; i < BATCH; i++) {
        relay.payload[i] = (struct iovec){.iov_base = buffers[i], .iov_len = BUFFER_BYTES};
        relay.in[i].msg_hdr =
            (struct msghdr){.msg_name = &relay.peers[i],
                            .msg_namelen = sizeof relay.peers[i],
                            .msg_iov = &relay.payload[i],
                            .msg_iovlen = 1,
                            .msg_control = relay.gso ? relay.in_control[i] : NULL,
                            .msg_controllen = relay.gso ? sizeof relay.in_control[i] : 0};
    }
    return recvmmsg(fd, relay.in, BATCH, MSG_DONTWAIT, NULL);
}

/* Datagram i as it came, its segments as segments. */
static void prepare(int i)
{
    struct msghdr *in = &relay.in[i].msg_hdr, *out = &relay.out[i].msg_hdr;
    struct cmsghdr *control = CMSG_FIRSTHDR(in);
    int size = (int)relay.in[i].msg_len;
    uint16_t segment;

    if (control != NULL && control->cmsg_type == UDP_GRO)
        memcpy(&size, CMSG_DATA(control), sizeof size);
    relay.payload[i].iov_len = relay.in[i].msg_len;
    *out = (struct msghdr){.msg_iov = &relay.payload[i], .msg_iovlen = 1};
    if ((int)relay.in[i].msg_len <= size)
        return;
    segment = (uint16_t)size;
    out->msg_control = relay.out_control[i];
    out->msg_controllen = sizeof relay.out_control[i];
    control = CMSG_FIRSTHDR(out);
    *control = (struct cmsghdr){
        .cmsg_level = IPPROTO_UDP, .cmsg_type = UDP_SEGMENT, .cmsg_len = CMSG_LEN(sizeof segment)};
    memcpy(CMSG_DATA(control), &segment, sizeof segment);
}

static void send_all(int fd, int first, int end)
{
    for (int done = first, sent; done<end; done += sent> 0 ? sent : 1)
        sent = sendmmsg(fd, relay.out + done, (unsigned)(end - done), 0);
}

/* Consecutive datagrams of one client leave in one call. */
static void forward(void)
{
    int count = receive(relay.listener);

    for (int first = 0, end; first < count; first = end) {
        for (end = first; end < count && relay.peers[end].sin_port == relay.peers[first].sin_port;
             end++)
            prepare(end);
        send_all(session_of(&relay.peers[first]), first, end);
    }
}

static void back(int fd, uint16_t port)
{
    struct sockaddr_in client = {.sin_family = AF_INET, .sin_port = htons(port)};
    int count = receive(fd);

    client.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (int i = 0; i < count; i++) {
        prepare(i);
        relay.peers[i] = client;
        relay.out[i].msg_hdr.msg_name = &relay.peers[i];
        relay.out[i].msg_hdr.msg_namelen = sizeof client;
    }
    send_all(relay.listener, 0, count);
}

int main(int argument_count, char *arguments[])
{
    struct epoll_event events[BATCH];

    if (argument_count < 2)
        return 2;
    relay.target = (struct sockaddr_in){.sin_family = AF_INET,
                                        .sin_port = htons((uint16_t)atoi(arguments[1]))};
    relay.target.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    relay.gso = argument_count > 2 && strcmp(arguments[2], "gso") == 0;
    if (open_all() != 0)
        return 1;
    for (;;) {
        int count = epoll_wait(relay.epoll_fd, events, BATCH, -1);
        for (int i = 0; i < count; i++) {
            int fd = (int)(uint32_t)events[i].data.u64;
            if (fd == relay.listener)
                forward();
            else
                back(fd, (uint16_t)(events[i].data.u64 >> 32));
        }
    }
}
