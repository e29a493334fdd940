/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_control: what the kernel may report with a datagram (net/batch_message): an address, flags
 * and control data, whole or cut. Input: a byte for the socket, one for the flags, 28 for the
 * address, then items of three bytes (level, type, length) and their data. What is received can be
 * answered.
 */
#include <netinet/in.h>
#include <netinet/udp.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "../../src/net/batch_internal.h"
#include "fuzz.h"
#include "udptui/proto/event.h"

const char *const fuzz_words[] = {"\x01\x01\x0c", "\x01\x02\x04", "\x02\x01\x14", "\x02\x02\x04",
                                  "\x03\x01\x04", "\xff\xff",     "\xe0\x01\x01", NULL};

enum { PAYLOAD_BYTES = 100, ADDRESS_BYTES = 28, DATA_MAX = 31 };

static const int levels[] = {SOL_SOCKET, IPPROTO_IP, IPPROTO_IPV6, IPPROTO_UDP, 255};
static const int types[][5] = {{SCM_TIMESTAMPNS, SO_RXQ_OVFL, SCM_RIGHTS, 0, 0},
                               {IP_PKTINFO, IP_TTL, IP_TOS, IP_RECVERR, 0},
                               {IPV6_PKTINFO, IPV6_HOPLIMIT, IPV6_TCLASS, IPV6_RECVERR, 0},
                               {UDP_GRO, UDP_SEGMENT, 0, 0, 0},
                               {0, 1, 2, 3, 4}};

/* The kernel's clock ends in 2262, and no second has more nanoseconds than fit 32 bits. */
static void bound_time(char *data, size_t length)
{
    for (size_t i = 0; i < length && i < sizeof(struct timespec); i++)
        if (i % 8 >= 4)
            data[i] = 0;
}

/* Appends an item, if there is room for it whole; returns how much of the input it took. */
static size_t put_item(struct msghdr *header, const uint8_t *bytes, size_t size)
{
    size_t level = bytes[0] % (sizeof levels / sizeof *levels), length = bytes[2] % (DATA_MAX + 1);
    struct cmsghdr item = {.cmsg_level = levels[level], .cmsg_type = types[level][bytes[1] % 5]};
    char *place = (char *)header->msg_control + header->msg_controllen;

    if (length > size - 3)
        length = size - 3;
    if (header->msg_controllen + CMSG_SPACE(length) > BATCH_RECEIVE_CONTROL_SIZE)
        return size;
    item.cmsg_len = CMSG_LEN(length);
    memcpy(place, &item, sizeof item);
    if (length > 0)
        memcpy(place + CMSG_LEN(0), bytes + 3, length);
    if (item.cmsg_level == SOL_SOCKET)
        bound_time(place + CMSG_LEN(0), length);
    header->msg_controllen += CMSG_SPACE(length);
    return 3 + length;
}

/* The address of a socket's family, as the kernel writes it. */
static void put_address(struct msghdr *header, const uint8_t *bytes, int family)
{
    struct sockaddr_storage *name = header->msg_name;

    memset(name, 0, sizeof *name);
    memcpy(name, bytes, ADDRESS_BYTES);
    name->ss_family = (sa_family_t)family;
    header->msg_namelen =
        family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
}

static void require_answer(const struct datagram *datagram, int family)
{
    const struct batch_item item = {.peer = datagram->peer,
                                    .source = datagram->source,
                                    .bytes = datagram->bytes,
                                    .size_bytes = datagram->size_bytes,
                                    .segment_bytes = (uint16_t)datagram->size_bytes,
                                    .count = 2,
                                    .hop_limit = 1,
                                    .traffic_class = 1,
                                    .stamp = true};
    struct batch_send_slot *slot = fuzz_allocate(sizeof *slot);
    struct msghdr header;

    batch_message_build(&header, slot, &item, family);
    fuzz_require(header.msg_controllen <= BATCH_SEND_CONTROL_SIZE, "control data has its room");
    fuzz_require(header.msg_namelen <= sizeof slot->peer, "an address has its room");
    free(slot);
}

static void require_messages(const struct datagram *datagram)
{
    size_t messages = datagram_messages(datagram), bytes = 0, size_bytes;

    for (size_t i = 0; i < messages; i++) {
        const uint8_t *message = datagram_message(datagram, i, &size_bytes);
        fuzz_require(message == datagram->bytes + bytes, "messages follow one another");
        bytes += size_bytes;
    }
    fuzz_require(bytes == datagram->size_bytes, "messages are all of a datagram");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size < 2 + ADDRESS_BYTES)
        return 0;
    const int family = bytes[0] & 1 ? AF_INET6 : AF_INET;
    const struct udp_socket socket = {.fd = -1,
                                      .family = family,
                                      .ipv4 = true,
                                      .thread = (bytes[0] & 2) != 0,
                                      .local = {.family = ENDPOINT_IPV6, .port = 4010}};
    struct batch_receive_slot *slot = fuzz_allocate(sizeof *slot);
    uint8_t payload[PAYLOAD_BYTES] = {0};
    struct msghdr header;
    struct datagram datagram;

    batch_message_wire(&header, slot, payload, sizeof payload);
    put_address(&header, bytes + 2, family);
    header.msg_controllen = 0;
    header.msg_flags = bytes[1] & 1 ? MSG_TRUNC : 0;
    for (size_t at = 2 + ADDRESS_BYTES; at + 3 <= size;)
        at += put_item(&header, bytes + at, size - at);
    batch_message_parse(&header, bytes[1] % (PAYLOAD_BYTES + 1), &socket, &datagram);
    fuzz_require(datagram.peer.family != ENDPOINT_NONE, "a datagram has a sender");
    fuzz_require(datagram.local.port == 4010, "and our port");
    fuzz_require(((datagram.flags & MESSAGE_TRUNCATED) != 0) == (bytes[1] & 1),
                 "what was cut is marked");
    batch_message_is_wanted(&socket, &datagram);
    require_messages(&datagram);
    require_answer(&datagram, family);
    free(slot);
    return 0;
}
