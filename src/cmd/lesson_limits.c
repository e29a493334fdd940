/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lesson_limits: overflow and mtu: how many datagrams wait, and how large one may be. */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "lesson.h"

/* ---- overflow */

enum { BURST = 24, BURST_BYTES = 100, SMALL_BUFFER = 4096 };

struct burst {
    int legs[BURST];
    int32_t read_numbers[BURST];
    int32_t sent, read;
    uint64_t dropped; /* as the kernel counts */
};

static void send_burst(struct stage *stage, const struct udp_socket *client, struct burst *burst)
{
    char bytes[BURST_BYTES] = {0}, label[LADDER_LABEL_SIZE];

    for (int i = 0; i < BURST && stage_going(stage); i++) {
        snprintf(label, sizeof label, "#%d", i + 1);
        bytes[0] = (char)(i + 1);
        burst->sent += stage_send(stage, client,
                                  &(struct stage_datagram){.bytes = bytes,
                                                           .size_bytes = sizeof bytes,
                                                           .number = (uint64_t)i + 1,
                                                           .label = label},
                                  &burst->legs[i]) == 0;
    }
}

/* The reader wakes up: what waits is read until nothing is left. */
static void read_burst(struct stage *stage, const struct udp_socket *server, struct burst *burst)
{
    char bytes[BURST_BYTES];
    bool was_read[BURST + 1] = {false};

    while (burst->read < BURST && stage_going(stage) && !stage_is_empty(server)) {
        struct stage_received got = stage_receive(stage, server, bytes, sizeof bytes);
        if (got.size_bytes != BURST_BYTES || bytes[0] < 1 || bytes[0] > BURST)
            break;
        was_read[(int)bytes[0]] = true;
        burst->read_numbers[burst->read++] = bytes[0];
        stage_arrive_at_once(stage, burst->legs[bytes[0] - 1], "read");
    }
    for (int i = 0; i < BURST; i++)
        if (!was_read[i + 1])
            stage_lose(stage, burst->legs[i], "queue full");
    udp_queue_info(server, &burst->dropped, NULL);
}

static void play_overflow(struct stage *stage)
{
    const struct endpoint local = stage_loopback();
    const struct udp_options small = {.receive_buffer_bytes = SMALL_BUFFER};
    struct udp_socket *server = stage_receiver(stage, &local, &small);
    struct udp_socket *client = stage_client(stage, &server->local, true, NULL);
    struct burst burst = {.sent = 0};

    if (!stage_going(stage))
        return;
    send_burst(stage, client, &burst);
    stage_pause(stage);
    read_burst(stage, server, &burst);
    stage_count(stage, "sent", "datagrams sent", burst.sent);
    stage_count(stage, "send_errors", "sends that failed", BURST - burst.sent);
    stage_count(stage, "buffer_bytes", "the receive queue's size (SO_RCVBUF)",
                server->receive_buffer_bytes);
    stage_count(stage, "read", "datagrams read", burst.read);
    stage_count(stage, "dropped", "dropped, as the kernel counts", (int64_t)burst.dropped);
    stage_numbers(stage, "read_numbers", "which were read", burst.read_numbers, (size_t)burst.read);
    stage_happened(stage,
                   "All %d sends succeeded, and %d datagrams were read. The kernel dropped "
                   "%d of them because the receive queue was full: %d = %d + %d.",
                   (int)burst.sent, (int)burst.read, (int)burst.dropped, (int)burst.sent,
                   (int)burst.read, (int)burst.dropped);
    stage_expect(stage, burst.sent == BURST, "all sends should have succeeded");
    stage_expect(stage, burst.dropped > 0 && burst.read > 0,
                 "some datagrams should have been read and some dropped");
    stage_expect(stage, burst.sent == burst.read + (int64_t)burst.dropped,
                 "sent should have been read + dropped");
}

const struct lesson lesson_overflow = {
    .topic = {.name = "overflow",
              .summary = "Every send succeeds; a full queue drops what it cannot hold",
              .plan =
                  "A server with a small receive queue sleeps while a client sends 24 datagrams "
                  "of 100 bytes. Then it wakes up and reads all that waits.",
              .question = "What becomes of the datagrams that have no room in the queue?",
              .choices = {"send blocks until there is room", "send fails with an error",
                          "they vanish; send says success"},
              .right = 2,
              .explanation = "UDP has no flow control: the sender is never told that the receiver "
                             "cannot keep up. On the receiver's machine the kernel counts the "
                             "drops (SO_RXQ_OVFL, `ss -uanm`, /proc/net/snmp RcvbufErrors).",
              .commands = {"udptui serve --slow 5/s --rcvbuf 4096 127.0.0.1:4010",
                           "seq 24 | udptui send --rate 1000/s --timeout 1s 127.0.0.1:4010"},
              .client = "client",
              .server = "slow server"},
    .play = play_overflow,
};

/* ---- mtu */

enum {
    HEADERS_IPV4 = 28,
    HEADERS_IPV6 = 48,
    ETHERNET_MTU = 1500,
    BUFFER_BYTES = 70000,
};

struct sizes {
    int largest, above; /* IPv4: results of 65,507 and 65,508 bytes */
    int32_t largest_received;
    int mtu;                           /* of the loopback interface */
    bool ipv6;                         /* there is ::1 with an MTU of its own */
    int whole_bytes;                   /* IPv6: fit the MTU */
    int32_t fragmented_received;       /* one more byte */
    bool in_fragments;                 /* as the kernel told (IPV6_RECVFRAGSIZE) */
    int forbidden;                     /* result of the same, fragments forbidden */
    int ethernet_fits, ethernet_above; /* results of 1,452 and 1,453 bytes where the MTU is 1500 */
};

/* Sends so many bytes under the next number. Returns 0 or the errno. */
static int send_size(struct stage *stage, const struct udp_socket *client, size_t size_bytes,
                     const char *why, int *leg)
{
    static const char bytes[BUFFER_BYTES];
    char label[LADDER_LABEL_SIZE];
    int result;

    snprintf(label, sizeof label, "%s %zu B", why, size_bytes);
    result = stage_send(
        stage, client,
        &(struct stage_datagram){
            .bytes = bytes, .size_bytes = size_bytes, .number = size_bytes, .label = label},
        leg);
    stage_pause(stage);
    return result;
}

/* Returns its size, -1 where none came. *fragmented: whether the kernel had to put it together. */
static int32_t receive_size(struct stage *stage, const struct udp_socket *server, int leg,
                            bool *fragmented)
{
    char buffer[BUFFER_BYTES];
    struct stage_received got = stage_receive(stage, server, buffer, sizeof buffer);

    if (got.size_bytes >= 0)
        stage_arrive(stage, leg, got.fragmented ? "in fragments" : "");
    *fragmented = got.fragmented;
    stage_pause(stage);
    return (int32_t)got.size_bytes;
}

static void try_ipv4(struct stage *stage, struct sizes *found)
{
    const struct endpoint local = stage_loopback();
    struct udp_socket *server = stage_receiver(stage, &local, NULL);
    struct udp_socket *client = stage_client(stage, &server->local, true, NULL);
    bool fragmented;
    int leg;

    found->mtu = udp_path_mtu(client);
    found->largest = send_size(stage, client, UDP_PAYLOAD_MAX_IPV4, "IPv4", &leg);
    found->largest_received = receive_size(stage, server, leg, &fragmented);
    found->above = send_size(stage, client, UDP_PAYLOAD_MAX_IPV4 + 1, "IPv4", NULL);
}

static void set_ipv6(const struct udp_socket *socket, int name, int value)
{
    setsockopt(socket->fd, IPPROTO_IPV6, name, &value, sizeof value);
}

/*
 * On ::1 a datagram can be larger than the MTU of loopback: the one place to see fragments
 * without a network.
 */
static void try_fragments(struct stage *stage, struct udp_socket *server, struct udp_socket *client,
                          struct sizes *found)
{
    bool fragmented;
    int leg;

    found->whole_bytes = udp_path_mtu(client) - HEADERS_IPV6;
    found->ipv6 = found->whole_bytes > 0 && found->whole_bytes < UDP_PAYLOAD_MAX_IPV6;
    if (!found->ipv6)
        return;
    set_ipv6(server, IPV6_RECVFRAGSIZE, 1);
    send_size(stage, client, (size_t)found->whole_bytes + 1, "IPv6", &leg);
    found->fragmented_received = receive_size(stage, server, leg, &found->in_fragments);
    set_ipv6(client, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_DO);
    found->forbidden = send_size(stage, client, (size_t)found->whole_bytes + 1, "DF", NULL);
    set_ipv6(client, IPV6_MTU, ETHERNET_MTU);
    found->ethernet_fits = send_size(stage, client, ETHERNET_MTU - HEADERS_IPV6, "DF", &leg);
    receive_size(stage, server, leg, &fragmented);
    found->ethernet_above = send_size(stage, client, ETHERNET_MTU - HEADERS_IPV6 + 1, "DF", NULL);
}

/* A machine without IPv6 shows the rest of the lesson. */
static void try_ipv6(struct stage *stage, struct sizes *found)
{
    const struct endpoint local = {.family = ENDPOINT_IPV6, .address = {[15] = 1}};
    const struct udp_options options = {.dual_stack = false};
    struct udp_socket server = {.fd = -1}, client = {.fd = -1};
    char error[UDP_ERROR_SIZE];

    if (udp_open_server(&local, &options, &server, error) &&
        udp_open_client(&server.local, NULL, true, &options, &client, error))
        try_fragments(stage, &server, &client, found);
    udp_close(&server);
    udp_close(&client);
}

static void find_ipv6(struct stage *stage, const struct sizes *found)
{
    stage_count(stage, "ipv6_whole_bytes", "IPv6 on loopback: fits one packet", found->whole_bytes);
    stage_count(stage, "ipv6_received_bytes", "one byte more: received",
                found->fragmented_received);
    stage_truth(stage, "ipv6_fragmented", "  and it came in fragments", found->in_fragments);
    stage_words(stage, "ipv6_do_not_fragment", "the same, fragments forbidden", "%s",
                stage_errno_name(found->forbidden));
    stage_words(stage, "ipv6_1452", "1,452 B over IPv6 with an MTU of 1500", "%s",
                stage_errno_name(found->ethernet_fits));
    stage_words(stage, "ipv6_1453", "1,453 B, fragments forbidden", "%s",
                stage_errno_name(found->ethernet_above));
    stage_expect(stage, found->fragmented_received == found->whole_bytes + 1 && found->in_fragments,
                 "one byte more than the MTU should have arrived whole, in fragments");
    stage_expect(stage,
                 found->forbidden == EMSGSIZE && found->ethernet_fits == 0 &&
                     found->ethernet_above == EMSGSIZE,
                 "where fragments are forbidden, EMSGSIZE should have been the answer");
}

static void play_mtu(struct stage *stage)
{
    struct sizes found = {.mtu = 0};

    try_ipv4(stage, &found);
    if (stage_going(stage))
        try_ipv6(stage, &found);
    stage_words(stage, "send_65507", "IPv4: 65,507 bytes", "%s", stage_errno_name(found.largest));
    stage_count(stage, "received_bytes", "  of which were received", found.largest_received);
    stage_words(stage, "send_65508", "IPv4: 65,508 bytes", "%s", stage_errno_name(found.above));
    stage_count(stage, "loopback_mtu", "the MTU of the path on loopback (IP_MTU)", found.mtu);
    stage_count(stage, "ethernet_payload", "on Ethernet (MTU 1500) one packet holds",
                ETHERNET_MTU - HEADERS_IPV4);
    if (found.ipv6)
        find_ipv6(stage, &found);
    stage_happened(stage, "%d bytes went and arrived whole; %d bytes were refused with %s.%s",
                   UDP_PAYLOAD_MAX_IPV4, UDP_PAYLOAD_MAX_IPV4 + 1, stage_errno_name(found.above),
                   found.ipv6 ? " Over IPv6, one byte more than the MTU allows came in fragments, "
                                "and was refused where fragments were forbidden."
                              : " There is no IPv6 here to show fragments with.");
    stage_expect(stage, found.largest == 0 && found.largest_received == UDP_PAYLOAD_MAX_IPV4,
                 "65,507 bytes should have arrived");
    stage_expect(stage, found.above == EMSGSIZE, "65,508 bytes should have been refused");
}

const struct lesson lesson_mtu = {
    .topic = {.name = "mtu",
              .summary = "How large a datagram may be, and what becomes of a larger one",
              .plan =
                  "A client sends 65,507 and 65,508 bytes over IPv4 on loopback. Then datagrams "
                  "that are larger than the interface's MTU, with fragments and without.",
              .question =
                  "An Ethernet carries packets of 1,500 bytes. What becomes of a UDP datagram "
                  "with 4,000 bytes of payload?",
              .choices = {"UDP sends it as three datagrams",
                          "IP cuts it into fragments and puts it "
                          "together again: it arrives whole, or not at all",
                          "the rest beyond 1,472 bytes is lost"},
              .right = 1,
              .explanation =
                  "65,535 bytes of IP packet - 20 of IP header - 8 of UDP header = 65,507. "
                  "Above the path's MTU (1,500 - 28 = 1,472 bytes on Ethernet) IP sends "
                  "fragments; if one is lost, the datagram is lost, and where fragments are "
                  "forbidden send fails with EMSGSIZE.",
              .commands = {"udptui serve 127.0.0.1:4010",
                           "head -c 65507 /dev/zero | tr '\\0' x | udptui send 127.0.0.1:4010",
                           "head -c 65508 /dev/zero | tr '\\0' x | udptui send 127.0.0.1:4010"},
              .client = "client",
              .server = "server"},
    .play = play_mtu,
};
