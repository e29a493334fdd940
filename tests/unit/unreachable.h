/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* unreachable: "destination unreachable" about a datagram on loopback, as a router would send it
 * (RFC 792). Include cmocka.h first. */
#ifndef UDPTUI_TESTS_UNIT_UNREACHABLE_H
#define UDPTUI_TESTS_UNIT_UNREACHABLE_H

#include <arpa/inet.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <netinet/udp.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

struct unreachable {
    struct icmphdr icmp;
    struct iphdr ip;
    struct udphdr udp;
};

static inline uint16_t unreachable_checksum(const struct unreachable *message)
{
    uint32_t sum = 0;

    for (size_t i = 0; i < sizeof *message / 2; i++)
        sum += ((const uint16_t *)(const void *)message)[i];
    sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t) ~(sum + (sum >> 16));
}

/* One of that code for a datagram from one port of 127.0.0.1 to another. Skips the test if we may
 * not send it. */
static inline void unreachable_send(uint8_t code, uint16_t from_port, uint16_t to_port)
{
    const struct sockaddr_in loopback = {.sin_family = AF_INET,
                                         .sin_addr = {htonl(INADDR_LOOPBACK)}};
    struct unreachable message = {
        .icmp = {.type = ICMP_DEST_UNREACH, .code = code},
        .ip = {.version = 4,
               .ihl = sizeof message.ip / 4,
               .tot_len = htons(sizeof message.ip + sizeof message.udp),
               .ttl = 64,
               .protocol = IPPROTO_UDP,
               .saddr = htonl(INADDR_LOOPBACK),
               .daddr = htonl(INADDR_LOOPBACK)},
        .udp = {.source = htons(from_port), .dest = htons(to_port), .len = htons(8)}};
    int fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP);

    if (fd < 0)
        skip();
    message.icmp.checksum = unreachable_checksum(&message);
    assert_int_equal(sendto(fd, &message, sizeof message, 0, (const struct sockaddr *)&loopback,
                            sizeof loopback),
                     sizeof message);
    close(fd);
}

#endif
