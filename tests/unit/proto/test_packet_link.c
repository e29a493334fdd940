/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* packet_link, packet_80211: the headers of each link type before a datagram, every prefix of them,
 * and what is named as not read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../packets.h"
#include "../suite.h"

#include "udptui/base/array.h"

/* "hello", 192.168.0.23:53211 to 192.168.0.108:4010 */
#define HELLO "450000210000400040110000c0a80017c0a8006c cfdb0faa000d5aa868656c6c6f"
#define HELLO6                                                                                     \
    "60000000000d1140 20010db8000000000000000000000023 20010db8000000000000000000000108"           \
    "cfdb0faa000d7fdf68656c6c6f"
#define LLC    "aaaa03000000 0800"
#define TWO    "020000000001 020000000002"                        /* Ethernet addresses */
#define HEADER "0000 020000000001 020000000002 020000000003 0000" /* of 802.11, behind the flags */
#define ZEROS  "00000000000000000000000000000000"                 /* 16 bytes */

enum { HELLO_HEADERS = 28, FRAME_MAX = 512 };

/* In memory of exactly its size, so that a sanitizer sees a byte too many read. */
static struct packet_parsed parse(int link_type, const uint8_t *bytes, size_t size)
{
    uint8_t *exact = malloc(size > 0 ? size : 1);
    struct packet_parsed parsed;

    assert_non_null(exact);
    memcpy(exact, bytes, size);
    packet_parse(link_type, exact, size, &parsed);
    if (parsed.status == PACKET_UDP && parsed.packet.size_bytes >= 5)
        assert_memory_equal(parsed.packet.payload, "hello", 5);
    free(exact);
    return parsed;
}

static const struct {
    int link_type;
    const char *frame;
} good[] = {
    /* IP as it is, or behind a few bytes */
    {12, HELLO},
    {14, HELLO6},
    {101, HELLO},
    {109, "000000000000000000000000" HELLO},
    {0, "1c000000" HELLO6},
    {0, "0a000000" HELLO6},
    /* LLC, with SNAP, of either organisation, or with IP's own service access point */
    {11, LLC HELLO},
    {100, "aaaa03 0000f8 0800" HELLO},
    {100, "060603" HELLO},
    {100, "aaaa03 0080c2 0007 0000" TWO "0800" HELLO}, /* RFC 2684 */
    {100, "aaaa03 0080c2 0001 0000" TWO "0800" HELLO},
    {122, ZEROS LLC HELLO},
    /* Ethernet: lengths, tags, tunnels */
    {1, TWO "0029" LLC HELLO},
    {1, TWO "9100 0005 0800" HELLO},
    {1, TWO "892f 00000001 0800" HELLO},
    {1, TWO "6558" TWO "0800" HELLO},
    {1, TWO "88e7 00000001" TWO "0800" HELLO},
    {1, TWO "8848 00001140" HELLO},
    {1, TWO "880b 0021" HELLO},
    {1, TWO "8864 1100 0001 0023 0021" HELLO},
    {1, TWO "88e5 000000000001 0800" HELLO},
    {1, TWO "88e5 200000000001 0200000000010001 86dd" HELLO6},
    {240, "00000000" TWO "0800" HELLO},
    {241, "00000000 5555555555555555" TWO "0800" HELLO},
    {274, "5555555555555555" TWO "0800" HELLO},
    {282, "00000000" TWO "0800" HELLO},
    /* PPP, with and without address, control and the protocol's upper byte */
    {9, "ff03 0021" HELLO},
    {9, "0021" HELLO},
    {9, "21" HELLO},
    {9, "ff03 57" HELLO6},
    {9, "0281 00001140" HELLO},
    {9, "0031 0001" TWO "0800" HELLO},
    {9, "0031 4001 00000000" TWO "0800" HELLO},
    {9, "0f00 0800" HELLO}, /* Cisco's framing in its place */
    {50, "8f00 0800" HELLO},
    {51, "1100 0001 0023 0021" HELLO},
    {104, "0f00 86dd" HELLO6},
    {166, "0003 0021" HELLO},
    {204, "01 ff03 0021" HELLO},
    {205, "01 0f00 0800" HELLO},
    /* MPLS: labels, IP or a pseudowire's Ethernet, with a control word or without one */
    {219, "00001140" HELLO},
    {219, "00001040 00001140" HELLO6},
    {219, "00001140 00000000" TWO "0800" HELLO},
    {219, "00001140" TWO "0800" HELLO},
    /* cooked: also of a wireless device, and with 802.3 in it */
    {113, "0000 0001 0006 0200000000010000 0004" LLC HELLO},
    {113, "0000 0321 0006 0200000000010000 0000 0800" HEADER LLC HELLO},
    {113, "0000 0323 0006 0200000000010000 0000 0000 0800 00000000 0800" HEADER LLC HELLO},
    {276, "0004 0000 00000002 0001 00 06 0200000000010000" LLC HELLO},
    /* netfilter's and OpenBSD's logs, Apple's, in either byte order */
    {239, "02000000 05000100 61000000 2500 0900" HELLO},
    {239, "02000000 0008000a00000001 0025 0009" HELLO},
    {117, "3d 02 00 00" ZEROS ZEROS ZEROS "000000000000000000000000" HELLO},
    {258, "0c000000 01000000 65000000" HELLO},
    {258, "10000000 01000000 01000000 00000000" TWO "0800" HELLO},
    /* other local networks; a ring's frame with a route */
    {6, "1040" TWO LLC HELLO},
    {6, "1040 020000000001 820000000002 0400 0000" LLC HELLO},
    {10, "50" TWO LLC HELLO},
    {7, "0001f0" HELLO},
    {7, "0001d4 000000" HELLO},
    {7, "0001d4 ff0000 00000000" HELLO},
    /* wireless: data, to another point with four addresses, with QoS and HT control, padded */
    {105, "0800" HEADER LLC HELLO},
    {105, "0803" HEADER "020000000004" LLC HELLO},
    {105, "8800" HEADER "0000" LLC HELLO},
    {105, "8880" HEADER "0000 00000000" LLC HELLO},
    {105, "8883" HEADER "020000000004 0000 00000000" LLC HELLO},
    {127, "0000 0800 00000000 0800" HEADER LLC HELLO},
    {127, "0000 0900 02000000 20 8800" HEADER "0000 0000" LLC HELLO}, /* padded to 4 bytes */
    {127, "0000 0900 02000000 00 8800" HEADER "0000" LLC HELLO},
    {127, "0000 1100 03000000 0000000000000000 20 8800" HEADER "0000 0000" LLC HELLO},
    {127, "0000 1900 03000080 00000000 00000000 0000000000000000 20 8800" HEADER
          "0000 0000" LLC HELLO}, /* two words of fields, then one aligned to 8 bytes */
    {192, "0000 0800 69000000 0800" HEADER LLC HELLO},
    {192, "0000 0c00 01000000 00000000" TWO "0800" HELLO},
    {119, ZEROS ZEROS ZEROS ZEROS ZEROS ZEROS ZEROS ZEROS ZEROS "0800" HEADER LLC HELLO},
    {163, "80211001 00000010 0000000000000000 0800" HEADER LLC HELLO},
};

static void each_header_is_passed(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        uint8_t frame[FRAME_MAX];
        size_t size = packets_hex(good[i].frame, frame);
        struct packet_parsed parsed = parse(good[i].link_type, frame, size);
        if (parsed.status != PACKET_UDP || parsed.packet.size_bytes != 5 ||
            parsed.packet.source.port != 53211 || parsed.packet.checksum_status != CHECKSUM_GOOD)
            fail_msg("row %zu, link type %d: status %d", i, good[i].link_type, parsed.status);
    }
}

/* What is there of a frame that is cut is no other datagram, and no byte behind it is read. */
static void no_prefix_is_another_datagram(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        uint8_t frame[FRAME_MAX];
        size_t size = packets_hex(good[i].frame, frame);
        for (size_t cut = 1; cut <= size; cut++) {
            struct packet_parsed parsed = parse(good[i].link_type, frame, size - cut);
            bool udp = parsed.status == PACKET_UDP;
            if (udp != (cut <= 5) || (udp && parsed.packet.size_bytes != 5 - cut))
                fail_msg("row %zu, link type %d, %zu bytes less: status %d", i, good[i].link_type,
                         cut, parsed.status);
        }
    }
}

static void what_is_not_read_is_named(void **state)
{
    static const struct {
        int link_type;
        const char *frame;
        enum packet_unread_kind kind;
        uint32_t number;
    } rows[] = {
        {147, HELLO, UNREAD_LINK, 147},
        {258, "0c000000 01000000 93000000" HELLO, UNREAD_LINK, 147},
        {7, "0001d4 020000" HELLO, UNREAD_LINK, 7}, /* a part of a larger packet */
        {1, TWO "894f" HELLO, UNREAD_ETHERTYPE, 0x894f},
        {1, TWO "22f3" HELLO, UNREAD_ETHERTYPE, 0x22f3},
        {1, TWO "88e5 0c0000000001 0800" HELLO, UNREAD_ETHERTYPE, 0x88e5}, /* encrypted */
        {1, TWO "8864 1109 0001 0023 0021" HELLO, UNREAD_ETHERTYPE, 0x8864},
        {219, "00001140 10000000", UNREAD_ETHERTYPE, 0x8847},
        {9, "003d" HELLO, UNREAD_PPP, 0x003d},
        {9, "00fd" HELLO, UNREAD_PPP, 0x00fd},
        {9, "0061" HELLO, UNREAD_PPP, 0x0061},
        {9, "0069" HELLO, UNREAD_PPP, 0x0069},
        {9, "0031 0002" HELLO, UNREAD_PPP, 0x0031},
        {105, "0840" HEADER LLC HELLO, UNREAD_80211, UNREAD_ENCRYPTED},
        {105, "0804" HEADER LLC HELLO, UNREAD_80211, UNREAD_PARTS},
        {105, "0800 0000 020000000001 020000000002 020000000003 0100" LLC HELLO, UNREAD_80211,
         UNREAD_PARTS},
        {105, "8800" HEADER "8000" LLC HELLO, UNREAD_80211, UNREAD_AGGREGATED},
        {105, "8803" HEADER "020000000004 8000" LLC HELLO, UNREAD_80211, UNREAD_AGGREGATED},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint8_t frame[FRAME_MAX];
        size_t size = packets_hex(rows[i].frame, frame);
        struct packet_parsed parsed = parse(rows[i].link_type, frame, size);
        if (parsed.status != PACKET_UNREAD || parsed.unread.kind != rows[i].kind ||
            parsed.unread.number != rows[i].number)
            fail_msg("row %zu: status %d, kind %d, number %u", i, parsed.status, parsed.unread.kind,
                     parsed.unread.number);
    }
}

static void what_is_not_ip_is_another(void **state)
{
    static const struct {
        int link_type;
        const char *frame;
        enum packet_status status;
    } rows[] = {
        {100, "424203" HELLO, PACKET_OTHER},             /* spanning tree */
        {100, "aaaa03 00000c 0800" HELLO, PACKET_OTHER}, /* another organisation */
        {100, "aaaa03 000000 0599" HELLO, PACKET_OTHER},
        {100, "aaaa04 000000 0800" HELLO, PACKET_OTHER},
        {105, "8000" HEADER LLC HELLO, PACKET_OTHER}, /* a beacon */
        {105, "4800" HEADER LLC HELLO, PACKET_OTHER}, /* without data */
        {10, "40" TWO LLC HELLO, PACKET_OTHER},
        {6, "1000" TWO LLC HELLO, PACKET_OTHER},
        {7, "0001f1" HELLO, PACKET_OTHER},
        {9, "c021" HELLO, PACKET_OTHER}, /* LCP */
        {9, "0060" HELLO, PACKET_OTHER},
        {113, "0000 0338 0006 0200000000010000 0800" HELLO, PACKET_OTHER}, /* netlink */
        {113, "0000 0001 0006 0200000000010000 0003" HELLO, PACKET_OTHER},
        {258, "0c000000 02000000 65000000" HELLO, PACKET_OTHER},
        {258, "0b000000 01000000 65000000" HELLO, PACKET_MALFORMED},
        {192, "0000 0700 65000000" HELLO, PACKET_MALFORMED},
        {127, "0000 0700 00000000 0800" HEADER LLC HELLO, PACKET_MALFORMED},
        {239, "02000000 0300 0100" HELLO, PACKET_MALFORMED}, /* shorter than its own header */
        {219, "00001040", PACKET_MALFORMED},                 /* no last label */
        {219, "00001140", PACKET_MALFORMED},                 /* nothing behind it */
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint8_t frame[FRAME_MAX];
        size_t size = packets_hex(rows[i].frame, frame);
        struct packet_parsed parsed = parse(rows[i].link_type, frame, size);
        if (parsed.status != rows[i].status)
            fail_msg("row %zu: status %d", i, parsed.status);
    }
}

/* Headers in headers without an end. */
static void nested_headers_come_to_an_end(void **state)
{
    uint8_t frame[65536];

    (void)state;
    for (size_t at = 0; at + 12 <= sizeof frame; at += 12)
        packets_hex("0c000000 01000000 02010000", frame + at); /* 258 in 258 */
    assert_int_not_equal(parse(258, frame, sizeof frame / 12 * 12).status, PACKET_UDP);
    for (size_t at = 0; at + 4 <= sizeof frame; at += 4)
        packets_hex("8100 0000", frame + at);
    assert_int_not_equal(parse(1, frame, sizeof frame).status, PACKET_UDP);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(each_header_is_passed),
    cmocka_unit_test(no_prefix_is_another_datagram),
    cmocka_unit_test(what_is_not_read_is_named),
    cmocka_unit_test(what_is_not_ip_is_another),
    cmocka_unit_test(nested_headers_come_to_an_end),
};

const struct suite suite_packet_link = {
    .name = "packet_link", .tests = tests, .count = sizeof tests / sizeof *tests};
