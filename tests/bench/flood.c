/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * flood: clients that send whether or not acks come, for servers that lose and delay them: a closed
 * loop would measure its own timeouts. Each client in turn sends BURST datagrams of 32 bytes (with
 * "gso": as trains of 64) and takes the acks that have come. Prints the acks a second.
 *
 *     flood PORT CLIENTS BURST MILLISECONDS [gso]
 */
#include <arpa/inet.h>
#include <netinet/udp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PAYLOAD_BYTES = 32, TRAIN = 64, BURST_MAX = 256, CLIENTS_MAX = 256, ACKS_BYTES = 65536 };

struct flood {
    int sockets[CLIENTS_MAX];
    unsigned clients, messages; /* messages: of a burst, datagrams or trains */
    struct mmsghdr out[BURST_MAX], in[TRAIN];
    struct iovec out_payload, in_payload[TRAIN];
    _Alignas(struct cmsghdr) char control[TRAIN][CMSG_SPACE(sizeof(int))];
    char acks[TRAIN][ACKS_BYTES], payload[TRAIN * PAYLOAD_BYTES];
};

static double now_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static bool open_client(int *fd, unsigned short port, bool gso)
{
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(port)};
    int segment_bytes = PAYLOAD_BYTES, one = 1, room = 1 << 22;

    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    *fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    setsockopt(*fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    if (gso && (setsockopt(*fd, IPPROTO_UDP, UDP_SEGMENT, &segment_bytes, sizeof segment_bytes) ||
                setsockopt(*fd, IPPROTO_UDP, UDP_GRO, &one, sizeof one)))
        return false;
    return connect(*fd, (struct sockaddr *)&server, sizeof server) == 0;
}

static void wire(struct flood *flood, unsigned burst, bool gso)
{
    size_t train_bytes = (gso ? TRAIN : 1) * PAYLOAD_BYTES;

    memset(flood->payload, 'x', sizeof flood->payload);
    flood->messages = gso ? burst / TRAIN : burst;
    flood->out_payload = (struct iovec){.iov_base = flood->payload, .iov_len = train_bytes};
    for (unsigned i = 0; i < flood->messages; i++)
        flood->out[i].msg_hdr = (struct msghdr){.msg_iov = &flood->out_payload, .msg_iovlen = 1};
    for (unsigned i = 0; i < TRAIN; i++) {
        flood->in_payload[i] = (struct iovec){.iov_base = flood->acks[i], .iov_len = ACKS_BYTES};
        flood->in[i].msg_hdr = (struct msghdr){
            .msg_iov = &flood->in_payload[i], .msg_iovlen = 1, .msg_control = flood->control[i]};
    }
}

/* How many datagrams one message of a receive call holds (UDP_GRO). */
static unsigned long segments_of(struct mmsghdr *message)
{
    struct cmsghdr *control = CMSG_FIRSTHDR(&message->msg_hdr);
    int segment_bytes;

    if (control == NULL || control->cmsg_type != UDP_GRO)
        return 1;
    memcpy(&segment_bytes, CMSG_DATA(control), sizeof segment_bytes);
    return (message->msg_len + (unsigned)segment_bytes - 1) / (unsigned)segment_bytes;
}

static unsigned long take_acks(struct flood *flood, int fd)
{
    unsigned long acks = 0;
    int received;

    for (unsigned i = 0; i < TRAIN; i++)
        flood->in[i].msg_hdr.msg_controllen = sizeof flood->control[i];
    received = recvmmsg(fd, flood->in, TRAIN, MSG_DONTWAIT, NULL);
    for (int i = 0; i < received; i++)
        acks += segments_of(&flood->in[i]);
    return acks;
}

int main(int argc, char **argv)
{
    static struct flood flood;
    bool gso = argc == 6 && strcmp(argv[5], "gso") == 0;
    unsigned long acks = 0;

    if (argc < 5 || strtoul(argv[2], NULL, 10) > CLIENTS_MAX ||
        strtoul(argv[3], NULL, 10) > BURST_MAX)
        return 2;
    flood.clients = (unsigned)strtoul(argv[2], NULL, 10);
    wire(&flood, (unsigned)strtoul(argv[3], NULL, 10), gso);
    for (unsigned i = 0; i < flood.clients; i++)
        if (!open_client(&flood.sockets[i], (unsigned short)strtoul(argv[1], NULL, 10), gso))
            return 1;
    double seconds = (double)strtoul(argv[4], NULL, 10) / 1000, began = now_s();
    while (now_s() - began < seconds)
        for (unsigned i = 0; i < flood.clients; i++) {
            sendmmsg(flood.sockets[i], flood.out, flood.messages, 0);
            acks += take_acks(&flood, flood.sockets[i]);
        }
    printf("%.0f\n", (double)acks / seconds);
    return 0;
}
