/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* step_mtu: how large a datagram may be, and what happens to a larger one. */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "steps_internal.h"
#include "udptui/lesson/stage.h"
#include "udptui/proto/datagram.h"

enum {
    IP_HEADER = 20,
    UDP_HEADER = 8,
    ETHERNET_MTU = 1500,
    FITS = ETHERNET_MTU - IP_HEADER - UDP_HEADER, /* 1,472 */
    LARGE = 4000,
    BUFFER_BYTES = 70000,
    FRAGMENTS_SHOWN = 4,
};

struct sizes {
    int largest, above; /* results of 65,507 and 65,508 bytes */
    int32_t largest_received;
    bool ethernet; /* there was a path with an MTU of 1,500; all below is on it */
    int allowed;   /* results of 4,000 bytes: with fragments allowed */
    int32_t large_received;
    int fragment_bytes; /* of the largest fragment, by the kernel */
    int fragments;
    int forbidden;          /* with fragments forbidden (DF) */
    int fits, does_not_fit; /* the same with 1,472 and 1,473 bytes */
};

/* Sends so many bytes under that number. Returns 0 or the errno. */
static int send_size(struct stage *stage, const struct udp_socket *client, size_t size_bytes,
                     const char *how, int *leg)
{
    static const char bytes[BUFFER_BYTES];
    char label[LADDER_LABEL_SIZE];

    snprintf(label, sizeof label, "%zu B%s", size_bytes, how);
    return stage_send(
        stage, client,
        &(struct stage_datagram){
            .bytes = bytes, .size_bytes = size_bytes, .number = size_bytes, .label = label},
        leg);
}

static void draw_each_fragment(struct stage *stage, int count, int each, int32_t size_bytes,
                               int64_t sent_ns)
{
    char label[LADDER_LABEL_SIZE];

    for (int i = 0; i < count; i++) {
        int rest = size_bytes + UDP_HEADER - i * each;
        snprintf(label, sizeof label, stage_text(stage, "%d B: fragment %d, %d B"), (int)size_bytes,
                 i + 1, rest < each ? rest : each);
        stage_reconstruct(stage, (uint64_t)size_bytes, true, sent_ns, label);
    }
}

/*
 * The fragments were on the wire: their number follows from the size of the largest one, which the
 * receiver's kernel reports; their times are unknown. They replace the datagram in the ladder.
 * Returns their number.
 */
static int draw_fragments(struct stage *stage, int leg, const struct stage_received *got)
{
    int each = (got->fragment_bytes - IP_HEADER) / 8 * 8; /* RFC 791 section 3.2 */
    int count = ((int)got->size_bytes + UDP_HEADER + each - 1) / each;
    int64_t sent_ns = stage->legs[leg].depart_ns;
    char label[LADDER_LABEL_SIZE];

    stage->leg_count = (size_t)leg;
    if (count <= FRAGMENTS_SHOWN) {
        draw_each_fragment(stage, count, each, (int32_t)got->size_bytes, sent_ns);
    } else {
        snprintf(label, sizeof label, stage_text(stage, "%zd B: %d fragments"), got->size_bytes,
                 count);
        stage_reconstruct(stage, (uint64_t)got->size_bytes, true, sent_ns, label);
    }
    stage_happens(stage, false, "recv: %zd bytes, reassembled", got->size_bytes);
    return count;
}

/* Receives the leg's datagram. *fragments: their number. */
static struct stage_received receive_size(struct stage *stage, const struct udp_socket *server,
                                          int leg, int *fragments)
{
    char *buffer = malloc(BUFFER_BYTES);
    const int on = 1;
    struct stage_received got = {.size_bytes = -1};

    if (buffer == NULL) {
        stage_fail(stage, "lesson: not enough memory");
        return got;
    }
    setsockopt(server->fd, IPPROTO_IP, IP_RECVFRAGSIZE, &on, sizeof on);
    got = stage_receive(stage, server, buffer, BUFFER_BYTES);
    free(buffer);
    *fragments = 1;
    if (leg != STAGE_NO_LEG && got.fragment_bytes > IP_HEADER + 8)
        *fragments = draw_fragments(stage, leg, &got);
    else if (got.size_bytes >= 0)
        stage_arrive(stage, leg, got.wall_ns, "");
    return got;
}

static void try_largest(struct stage *stage, struct sizes *found)
{
    const struct endpoint local = stage_loopback();
    struct udp_socket *server = stage_receiver(stage, &local, NULL);
    struct udp_socket *client = stage_client(stage, &server->local, true, NULL);
    int leg, fragments;

    found->largest = send_size(stage, client, DATAGRAM_PAYLOAD_MAX_IPV4, "", &leg);
    found->largest_received = (int32_t)receive_size(stage, server, leg, &fragments).size_bytes;
    found->above = send_size(stage, client, DATAGRAM_PAYLOAD_MAX_IPV4 + 1, "", NULL);
}

static void try_ethernet(struct stage *stage, struct sizes *found)
{
    const int forbidden = IP_PMTUDISC_DO;
    struct udp_socket *server, *client;
    struct stage_received got;
    int leg, fragments;

    found->ethernet = stage_ethernet(stage, &server, &client);
    if (!found->ethernet)
        return;
    found->allowed = send_size(stage, client, LARGE, "", &leg);
    got = receive_size(stage, server, leg, &found->fragments);
    found->large_received = (int32_t)got.size_bytes;
    found->fragment_bytes = got.fragment_bytes;
    setsockopt(client->fd, IPPROTO_IP, IP_MTU_DISCOVER, &forbidden, sizeof forbidden);
    found->forbidden = send_size(stage, client, LARGE, ", DF", NULL);
    found->fits = send_size(stage, client, FITS, ", DF", &leg);
    receive_size(stage, server, leg, &fragments);
    found->does_not_fit = send_size(stage, client, FITS + 1, ", DF", NULL);
}

static void find_ethernet(struct stage *stage, const struct sizes *found)
{
    stage_words(stage, "send_4000", "%s", stage_errno_name(found->allowed));
    stage_count(stage, "received_4000", found->large_received);
    stage_count(stage, "fragments", found->fragments);
    stage_count(stage, "fragment_bytes", found->fragment_bytes);
    stage_words(stage, "send_4000_df", "%s", stage_errno_name(found->forbidden));
    stage_words(stage, "send_1472_df", "%s", stage_errno_name(found->fits));
    stage_words(stage, "send_1473_df", "%s", stage_errno_name(found->does_not_fit));
}

void step_mtu(struct stage *stage)
{
    struct sizes found = {.ethernet = false};

    try_largest(stage, &found);
    if (stage_going(stage))
        try_ethernet(stage, &found);
    stage_words(stage, "send_65507", "%s", stage_errno_name(found.largest));
    stage_count(stage, "received_bytes", found.largest_received);
    stage_words(stage, "send_65508", "%s", stage_errno_name(found.above));
    stage_truth(stage, "ethernet_permitted", found.ethernet);
    if (found.ethernet)
        find_ethernet(stage, &found);
}
