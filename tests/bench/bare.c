/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bare: the least that an acknowledging UDP server can do, to measure ours against: recvmmsg(64),
 * sendmmsg, nothing counted, nothing shown. With "gso": UDP_GRO on receive, one UDP_SEGMENT send
 * for each received super-datagram. Prints its port, serves 127.0.0.1 until it is killed.
 */
#include <arpa/inet.h>
#include <netinet/udp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

enum { BATCH = 64, BUFFER_BYTES = 65536, ACK_BYTES = 16, SEGMENTS_MAX = 64 };

struct bare {
    struct mmsghdr in[BATCH], out[BATCH];
    struct iovec in_payload[BATCH], out_payload[BATCH];
    struct sockaddr_in peers[BATCH];
    _Alignas(struct cmsghdr) char in_control[BATCH][CMSG_SPACE(sizeof(int))];
    _Alignas(struct cmsghdr) char out_control[BATCH][CMSG_SPACE(sizeof(uint16_t))];
    char acks[ACK_BYTES * SEGMENTS_MAX];
};

static struct bare bare;
static char buffers[BATCH][BUFFER_BYTES];

static int open_socket(int gso)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof address;
    int fd = socket(AF_INET, SOCK_DGRAM, 0), bytes = 4 << 20;

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
    if (gso)
        setsockopt(fd, IPPROTO_UDP, UDP_GRO, &gso, sizeof gso);
    if (bind(fd, (struct sockaddr *)&address, length) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &length) != 0)
        return -1;
    printf("%d\n", ntohs(address.sin_port));
    return fflush(stdout) == 0 ? fd : -1;
}

static void wire(int gso)
{
    for (int i = 0; i < SEGMENTS_MAX; i++)
        memcpy(bare.acks + i * ACK_BYTES, "Message received", ACK_BYTES);
    for (int i = 0; i < BATCH; i++) {
        bare.in_payload[i] = (struct iovec){.iov_base = buffers[i], .iov_len = BUFFER_BYTES};
        bare.out_payload[i] = (struct iovec){.iov_base = bare.acks, .iov_len = ACK_BYTES};
        bare.in[i].msg_hdr = (struct msghdr){.msg_name = &bare.peers[i],
                                             .msg_iov = &bare.in_payload[i],
                                             .msg_iovlen = 1,
                                             .msg_control = gso ? bare.in_control[i] : NULL};
        bare.out[i].msg_hdr = (struct msghdr){.msg_name = &bare.peers[i],
                                              .msg_namelen = sizeof bare.peers[i],
                                              .msg_iov = &bare.out_payload[i],
                                              .msg_iovlen = 1};
    }
}

/* As many acks as the super-datagram has segments. */
static void segment(int i)
{
    struct msghdr *in = &bare.in[i].msg_hdr, *out = &bare.out[i].msg_hdr;
    struct cmsghdr *control = CMSG_FIRSTHDR(in);
    int size = (int)bare.in[i].msg_len;
    int count = 1;

    if (control != NULL && control->cmsg_type == UDP_GRO)
        memcpy(&size, CMSG_DATA(control), sizeof size);
    if (size > 0 && (int)bare.in[i].msg_len > size)
        count = ((int)bare.in[i].msg_len + size - 1) / size;
    bare.out_payload[i].iov_len = (size_t)count * ACK_BYTES;
    out->msg_control = count > 1 ? bare.out_control[i] : NULL;
    out->msg_controllen = count > 1 ? sizeof bare.out_control[i] : 0;
    if (count > 1) {
        uint16_t ack_bytes = ACK_BYTES;
        control = CMSG_FIRSTHDR(out);
        *control = (struct cmsghdr){.cmsg_level = IPPROTO_UDP,
                                    .cmsg_type = UDP_SEGMENT,
                                    .cmsg_len = CMSG_LEN(sizeof ack_bytes)};
        memcpy(CMSG_DATA(control), &ack_bytes, sizeof ack_bytes);
    }
}

int main(int argument_count, char *arguments[])
{
    int gso = argument_count > 1 && strcmp(arguments[1], "gso") == 0;
    int fd = open_socket(gso);

    wire(gso);
    while (fd >= 0) {
        for (int i = 0; i < BATCH; i++) {
            bare.in[i].msg_hdr.msg_namelen = sizeof bare.peers[i];
            bare.in[i].msg_hdr.msg_controllen = gso ? sizeof bare.in_control[i] : 0;
        }
        int count = recvmmsg(fd, bare.in, BATCH, MSG_WAITFORONE, NULL);
        for (int i = 0; gso && i < count; i++)
            segment(i);
        for (int done = 0, sent; done<count; done += sent> 0 ? sent : 1)
            sent = sendmmsg(fd, bare.out + done, (unsigned)(count - done), 0);
    }
    return 1;
}
