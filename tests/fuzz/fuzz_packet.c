/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_packet: proto/packet. Input: the link type in a byte, then the frame. What is a UDP datagram
 * lies within the frame, and if it is complete its headers can be written and read again.
 */
#include <string.h>

#include "fuzz.h"
#include "udptui/proto/packet.h"

static const int link_types[] = {1,   101, 0,   108, 113, 276, 228, 229, 147, 9,  50, 51,  104,
                                 105, 127, 163, 192, 239, 117, 258, 219, 6,   10, 7,  100, 204};

enum { LINK_RAW = 101, LINKS = sizeof link_types / sizeof *link_types };

/* The standalone driver cuts words at NUL: those of headers that have none, and IPv6's first
 * word. */
const char *const fuzz_words[] = {
    "\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x08",
    "\x86\xdd",
    "\x81",
    "\x88\xa8",
    "\x45",
    "\x46\x01",
    "\x45\x01\x01\x21\x01\x01\x40\x11\x40\x11\x01\x01\xc0\xa8\x01\x17\xc0\xa8\x01\x6c",
    "\x60\x01\x01\x01\x01\x20\x11\x40",
    "\x60\x01\x01\x01\x01\x20\x2c\x40",
    "\x60\x01\x01\x01\x01\x20\x3c\x40",
    "\x20\x01\x0d\xb8\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x23",
    "\x2b\x01",
    "\x2c\x01",
    "\x33\x01",
    "\x3c\x01",
    "\x11\x01",
    "\x11",
    "\xcf\xdb\x0f\xaa\x01\x0d",
    "hello",
    NULL,
};

static void require_within(const struct packet *packet, const uint8_t *frame, size_t size)
{
    fuzz_require(packet->payload >= frame && packet->payload <= frame + size &&
                     packet->size_bytes <= (size_t)(frame + size - packet->payload),
                 "the payload lies within the frame");
    fuzz_require(packet->original_bytes >= packet->size_bytes, "no more is there than there was");
    fuzz_require(packet->original_bytes <= 65527, "nor more than a datagram takes");
    fuzz_require(packet->source.family == packet->destination.family &&
                     packet->source.family != ENDPOINT_NONE,
                 "both ends are of one family");
    fuzz_require(packet->hop_limit >= 0 && packet->hop_limit <= 255, "a hop limit is a byte");
    fuzz_require(packet->traffic_class >= 0 && packet->traffic_class <= 255, "a class too");
}

static void require_round_trip(const struct packet *packet)
{
    uint8_t *frame = fuzz_allocate(PACKET_HEADERS_MAX + packet->size_bytes);
    size_t headers = packet_headers(packet, frame);
    struct packet_parsed parsed;

    memcpy(frame + headers, packet->payload, packet->size_bytes);
    fuzz_require(packet_parse(LINK_RAW, frame, headers + packet->size_bytes, &parsed) == PACKET_UDP,
                 "what is written can be read");
    const struct packet again = parsed.packet;
    fuzz_require(endpoint_equal(&again.source, &packet->source) &&
                     endpoint_equal(&again.destination, &packet->destination),
                 "from and to the same");
    fuzz_require(again.hop_limit == packet->hop_limit &&
                     again.traffic_class == packet->traffic_class,
                 "by the same hops");
    fuzz_require(
        again.size_bytes == packet->size_bytes && again.original_bytes == packet->original_bytes &&
            (again.checksum_status != CHECKSUM_BAD || packet->checksum_status == CHECKSUM_BAD) &&
            memcmp(again.payload, packet->payload, packet->size_bytes) == 0,
        "with the same bytes");
    free(frame);
}

static void require_fragment_within(const struct packet_fragment *fragment, const uint8_t *frame,
                                    size_t size)
{
    fuzz_require(fragment->bytes >= frame && fragment->bytes <= frame + size &&
                     fragment->size_bytes <= (size_t)(frame + size - fragment->bytes),
                 "the fragment lies within the frame");
    fuzz_require(fragment->offset_bytes % 8 == 0 && fragment->offset_bytes < 65536,
                 "offsets are multiples of 8");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct packet_parsed parsed;
    char name[80];

    if (size == 0)
        return 0;
    memset(&parsed, 0xa5, sizeof parsed);
    switch (packet_parse(link_types[bytes[0] % LINKS], bytes + 1, size - 1, &parsed)) {
    case PACKET_UDP:
        require_within(&parsed.packet, bytes + 1, size - 1);
        if (parsed.packet.source.family == ENDPOINT_IPV6 || parsed.packet.original_bytes <= 65507)
            require_round_trip(&parsed.packet);
        break;
    case PACKET_FRAGMENT:
        require_fragment_within(&parsed.fragment, bytes + 1, size - 1);
        break;
    case PACKET_UNREAD:
        fuzz_require(packet_unread_name(&parsed.unread, name, sizeof name)[0] != '\0',
                     "what is not read has a name");
        break;
    case PACKET_OTHER:
    case PACKET_MALFORMED:
        break;
    }
    return 0;
}
