/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * packet_parse: the same datagram behind each link's header and each of IP's detours, and what is
 * wrong with a frame, one thing at a time.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "../packets.h"

#define IPV4               "450000210000400040110000c0a80017c0a8006c"
#define UDP4               "cfdb0faa000d5aa868656c6c6f" /* "hello", 192.168.0.23:53211 to 192.168.0.108:4010 */
#define IPV6(length, next) "60000000" length next "40" HOSTS6
#define HOSTS6             "20010db800000000000000000000002320010db8000000000000000000000108"
#define UDP6               "cfdb0faa000d7fdf68656c6c6f"

/* In memory of exactly its size, so that the address sanitizer sees a byte too many read. */
static enum packet_status parse(int link_type, const char *hex, struct packet *out)
{
    static uint8_t kept[512]; /* the payload points into it */
    size_t size = packets_hex(hex, kept);
    uint8_t *exact = malloc(size > 0 ? size : 1);
    struct packet_parsed parsed;

    assert_non_null(exact);
    memcpy(exact, kept, size);
    enum packet_status status = packet_parse(link_type, exact, size, &parsed);
    *out = parsed.packet;
    if (status == PACKET_UDP)
        out->payload = kept + (out->payload - exact);
    free(exact);
    return status;
}

static void expect_hello(int link_type, const char *hex)
{
    struct packet packet;

    assert_int_equal(parse(link_type, hex, &packet), PACKET_UDP);
    assert_int_equal(packet.source.port, 53211);
    assert_int_equal(packet.destination.port, 4010);
    assert_int_equal(packet.size_bytes, 5);
    assert_int_equal(packet.original_bytes, 5);
    assert_memory_equal(packet.payload, "hello", 5);
    assert_int_equal(packet.hop_limit, 64);
    assert_int_equal(packet.checksum_status, CHECKSUM_GOOD);
}

static void expect_status(int link_type, const char *hex, enum packet_status expected)
{
    struct packet packet;

    assert_int_equal(parse(link_type, hex, &packet), expected);
}

/* ---- links */

static void every_link(void **state)
{
    (void)state;
    expect_hello(LINK_RAW, IPV4 UDP4);
    expect_hello(LINK_RAW, IPV6("000d", "11") UDP6);
    expect_hello(LINK_IPV4, IPV4 UDP4);
    expect_hello(LINK_IPV6, IPV6("000d", "11") UDP6);
    expect_hello(LINK_ETHERNET, "020000000001 020000000002 0800" IPV4 UDP4);
    expect_hello(LINK_ETHERNET, "020000000001 020000000002 86dd" IPV6("000d", "11") UDP6);
    expect_hello(LINK_SLL, "0000 0001 0006 0200000000010000 0800" IPV4 UDP4);
    expect_hello(LINK_SLL2,
                 "86dd 0000 00000002 0001 00 06 0200000000010000" IPV6("000d", "11") UDP6);
    expect_hello(LINK_NULL, "02000000" IPV4 UDP4); /* little-endian and big-endian machines */
    expect_hello(LINK_NULL, "00000002" IPV4 UDP4);
    expect_hello(LINK_NULL, "1e000000" IPV6("000d", "11") UDP6);
    expect_hello(LINK_LOOP, "00000018" IPV6("000d", "11") UDP6);
}

static void vlan_tags(void **state)
{
    (void)state;
    expect_hello(LINK_ETHERNET, "020000000001 020000000002 8100 0005 0800" IPV4 UDP4);
    expect_hello(LINK_ETHERNET,
                 "020000000001 020000000002 88a8 0064 8100 0005 86dd" IPV6("000d", "11") UDP6);
    expect_status(LINK_ETHERNET, "020000000001 020000000002 8100 00", PACKET_MALFORMED);
}

static void not_ip_or_not_known(void **state)
{
    (void)state;
    expect_status(LINK_ETHERNET, "ffffffffffff 020000000002 0806 0001", PACKET_OTHER); /* ARP */
    expect_status(LINK_NULL, "07000000 00", PACKET_OTHER);
    expect_status(147, IPV4 UDP4, PACKET_UNREAD);
    expect_status(-1, "", PACKET_UNREAD);
}

/* ---- IPv4 */

static void ipv4_options_and_padding(void **state)
{
    (void)state;
    /* Four bytes of options (router alert, RFC 2113); Ethernet pads to 60 bytes. */
    expect_hello(LINK_RAW, "460000250000400040110000c0a80017c0a8006c 94040000" UDP4);
    expect_hello(LINK_ETHERNET, "020000000001 020000000002 0800" IPV4 UDP4 "000000000000000000");
}

static void other_protocols(void **state)
{
    (void)state;
    expect_status(LINK_RAW, "450000210000400040060000c0a80017c0a8006c" UDP4, PACKET_OTHER);
    expect_status(LINK_RAW, IPV6("000d", "3a") UDP6, PACKET_OTHER);
    expect_status(LINK_RAW, IPV6("0008", "3b") "0000000000000000", PACKET_OTHER); /* nothing */
}

static void expect_fragment(const char *hex, size_t offset_bytes, bool more, size_t size_bytes)
{
    uint8_t frame[512];
    struct packet_parsed parsed;

    assert_int_equal(packet_parse(LINK_RAW, frame, packets_hex(hex, frame), &parsed),
                     PACKET_FRAGMENT);
    assert_int_equal(parsed.fragment.identification, 7);
    assert_int_equal(parsed.fragment.offset_bytes, offset_bytes);
    assert_int_equal(parsed.fragment.more, more);
    assert_int_equal(parsed.fragment.protocol, 17);
    assert_int_equal(parsed.fragment.size_bytes, size_bytes);
    assert_int_equal(parsed.packet.hop_limit, 64);
}

static void fragments(void **state)
{
    (void)state;
    expect_fragment("450000210007200040110000c0a80017c0a8006c cfdb0faa05dc1234 68656c6c6f", 0, true,
                    13);
    expect_fragment(IPV6("0015", "2c") "1100000100000007 cfdb0faa05dc1234 68656c6c6f", 0, true, 13);
    expect_fragment("450000210007000140110000c0a80017c0a8006c" UDP4, 8, false, 13);
    expect_fragment(IPV6("0015", "2c") "1100000800000007" UDP6, 8, false, 13);
    /* "Atomic": a fragment header around a whole datagram (RFC 6946). */
    expect_hello(LINK_RAW, IPV6("0015", "2c") "1100000000000007" UDP6);
    /* Of something else: not UDP, whichever part it is. */
    expect_status(LINK_RAW, "450000210007000140060000c0a80017c0a8006c" UDP4, PACKET_OTHER);
    expect_status(LINK_RAW, IPV6("0015", "2c") "0600000800000007" UDP6, PACKET_OTHER);
}

/* ---- IPv6 */

static void extension_headers(void **state)
{
    struct packet packet;

    (void)state;
    expect_hello(LINK_RAW, IPV6("0015", "00") "1100010400000000" UDP6);
    expect_hello(LINK_RAW,
                 IPV6("0039", "00") "3c00010400000000"                  /* hop-by-hop */
                                    "2b01 0104000000000000000000000000" /* destination, 16 bytes */
                                    "3300 0000 00000000"                /* routing, nothing left */
                                    "1101 0000 00000001 00000001" /* AH, 12 bytes */ UDP6
                                    "00000000");
    /* On the way, the checksum is over another address than the header has. */
    assert_int_equal(parse(LINK_RAW,
                           IPV6("0025", "2b") "1102 0001 00000000"
                                              "20010db8000000000000000000000999"
                                              "cfdb0faa000d123468656c6c6f",
                           &packet),
                     PACKET_UDP);
    assert_int_equal(packet.checksum_status, CHECKSUM_UNKNOWN);
    expect_status(LINK_RAW, IPV6("0015", "00") "11ff010400000000" UDP6, PACKET_MALFORMED);
    expect_status(LINK_RAW, IPV6("0004", "3c") "11000104", PACKET_MALFORMED);
}

static void mapped_addresses_are_not_for_the_wire(void **state)
{
    (void)state;
    expect_status(LINK_RAW,
                  "60000000000d1140 00000000000000000000ffffc0a80017"
                  "20010db8000000000000000000000108" UDP6,
                  PACKET_MALFORMED);
}

/* ---- checksums */

static void checksums(void **state)
{
    struct packet packet;

    (void)state;
    assert_int_equal(parse(LINK_RAW, IPV4 "cfdb0faa000d5aa968656c6c6f", &packet), PACKET_UDP);
    assert_int_equal(packet.checksum_status, CHECKSUM_BAD);
    assert_int_equal(packet.checksum, 0x5aa9);
    assert_int_equal(parse(LINK_RAW, IPV4 "cfdb0faa000d000068656c6c6f", &packet), PACKET_UDP);
    assert_int_equal(packet.checksum_status, CHECKSUM_NONE);
    assert_int_equal(parse(LINK_RAW, IPV6("000d", "11") "cfdb0faa000d000068656c6c6f", &packet),
                     PACKET_UDP);
    assert_int_equal(packet.checksum_status, CHECKSUM_BAD); /* IPv6 has no "none" */
    /* The pseudo-header's sum: the network card would have made the rest. */
    assert_int_equal(parse(LINK_RAW, IPV4 "cfdb0faa000d81f268656c6c6f", &packet), PACKET_UDP);
    assert_int_equal(packet.checksum_status, CHECKSUM_PARTIAL);
}

/* ---- lengths */

static void what_a_capture_cut(void **state)
{
    struct packet packet;

    (void)state;
    assert_int_equal(parse(LINK_RAW, IPV4 "cfdb0faa000d123468", &packet), PACKET_UDP);
    assert_int_equal(packet.size_bytes, 1);
    assert_int_equal(packet.original_bytes, 5);
    assert_int_equal(packet.checksum_status, CHECKSUM_UNKNOWN);
    assert_int_equal(parse(LINK_RAW, IPV4 "cfdb0faa000d1234", &packet), PACKET_UDP);
    assert_int_equal(packet.size_bytes, 0);
    assert_int_equal(packet.original_bytes, 5);
}

static void lengths_that_contradict(void **state)
{
    static const char *const frames[] = {
        "45000021",                                      /* cut in IPv4's header */
        "440000210000400040110000c0a80017c0a8006c" UDP4, /* a header of 16 bytes */
        "4f0000210000400040110000c0a80017c0a8006c" UDP4, /* of 60, in a total of 33 */
        "450000130000400040110000c0a80017c0a8006c" UDP4, /* a total below the header's */
        IPV4 "cfdb0faa0007000068656c6c6f",               /* UDP shorter than its header */
        IPV4 "cfdb0faa000000006865",                     /* UDP without a length */
        IPV4 "cfdb0faa000d00",                           /* cut in UDP's header */
        "60000000000d11402001",                          /* cut in IPv6's header */
        "150000210000400040110000c0a80017c0a8006c" UDP4, /* no IP that I know */
        "",
    };

    (void)state;
    for (size_t i = 0; i < sizeof frames / sizeof *frames; i++)
        expect_status(LINK_RAW, frames[i], PACKET_MALFORMED);
    expect_status(LINK_ETHERNET, "0200000000010200000000020800", PACKET_MALFORMED);
    expect_status(LINK_ETHERNET, "020000000001020000000002", PACKET_MALFORMED);
    expect_status(LINK_NULL, "020000", PACKET_MALFORMED);
    expect_status(LINK_IPV4, IPV6("000d", "11") UDP6, PACKET_MALFORMED);
    expect_status(LINK_IPV6, IPV4 UDP4, PACKET_MALFORMED);
}

/* What is there is shown, cut: UDP says more than IP carries. A total of 0 says nothing. */
static void udp_longer_than_ip(void **state)
{
    struct packet packet;

    (void)state;
    assert_int_equal(parse(LINK_RAW, "450000200000400040110000c0a80017c0a8006c" UDP4, &packet),
                     PACKET_UDP);
    assert_int_equal(packet.size_bytes, 4);
    assert_int_equal(packet.original_bytes, 5);
    assert_int_equal(packet.checksum_status, CHECKSUM_UNKNOWN);
    assert_int_equal(parse(LINK_RAW, IPV6("000c", "11") UDP6, &packet), PACKET_UDP);
    assert_int_equal(packet.size_bytes, 4);
    assert_int_equal(packet.original_bytes, 5);
    expect_hello(LINK_RAW, "450000000000400040110000c0a80017c0a8006c" UDP4);
}

/* Every prefix of a good frame is cut, malformed or other: never more than is there. */
static void every_prefix(void **state)
{
    static const char frame[] = "020000000001020000000002810000050800" IPV4 UDP4;
    char prefix[sizeof frame];
    struct packet packet;

    (void)state;
    for (size_t bytes = 0; bytes < sizeof frame / 2; bytes++) {
        memcpy(prefix, frame, 2 * bytes);
        prefix[2 * bytes] = '\0';
        size_t headers = 18 + 28;
        enum packet_status expected = bytes < headers ? PACKET_MALFORMED : PACKET_UDP;
        assert_int_equal(parse(LINK_ETHERNET, prefix, &packet), expected);
        if (expected == PACKET_UDP)
            assert_int_equal(packet.size_bytes, bytes - headers);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(every_link),
    cmocka_unit_test(vlan_tags),
    cmocka_unit_test(not_ip_or_not_known),
    cmocka_unit_test(ipv4_options_and_padding),
    cmocka_unit_test(other_protocols),
    cmocka_unit_test(fragments),
    cmocka_unit_test(extension_headers),
    cmocka_unit_test(mapped_addresses_are_not_for_the_wire),
    cmocka_unit_test(checksums),
    cmocka_unit_test(what_a_capture_cut),
    cmocka_unit_test(lengths_that_contradict),
    cmocka_unit_test(udp_longer_than_ip),
    cmocka_unit_test(every_prefix),
};

const struct suite suite_packet_parse = {
    .name = "packet_parse", .tests = tests, .count = sizeof tests / sizeof *tests};
