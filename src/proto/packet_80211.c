/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * packet_80211: unencrypted wireless frames, IEEE 802.11-2020 section 9.2, and the headers that
 * captures put before them. All their numbers are little-endian.
 */
#include "packet_internal.h"

/* Section 9.2.4.1: the first byte of the frame control, and its second. */
enum { TYPE = 0x0c, TYPE_DATA = 0x08, NO_DATA = 0x40, QOS = 0x80 };
enum { TO_AND_FROM = 0x03, MORE_PARTS = 0x04, PROTECTED = 0x40, HT_CONTROL = 0x80 };

enum { HEADER = 24, ADDRESS = 6, QOS_CONTROL = 2, HT_CONTROL_BYTES = 4, AGGREGATED = 0x80 };

/* Behind the header of 24 bytes: a fourth address, QoS and HT control, as the flags say. */
static size_t extra_bytes(const uint8_t *header)
{
    size_t extra = (header[1] & TO_AND_FROM) == TO_AND_FROM ? ADDRESS : 0;

    if (header[0] & QOS)
        extra += QOS_CONTROL;
    if (header[0] & QOS && header[1] & HT_CONTROL)
        extra += HT_CONTROL_BYTES;
    return extra;
}

/* padded: the header takes a multiple of 4 bytes. */
static enum layer parse_80211(struct cursor *cursor, bool padded)
{
    const uint8_t *header = cursor->bytes;

    if (cursor->size_bytes < 2)
        return layer_end(cursor, PACKET_MALFORMED);
    if ((header[0] & TYPE) != TYPE_DATA || header[0] & NO_DATA)
        return layer_end(cursor, PACKET_OTHER);
    if (layer_take(cursor, HEADER) == NULL)
        return layer_end(cursor, PACKET_MALFORMED);
    size_t extra = extra_bytes(header), padding = padded ? (4 - (HEADER + extra) % 4) % 4 : 0;
    size_t address4 = (header[1] & TO_AND_FROM) == TO_AND_FROM ? ADDRESS : 0;
    if (layer_take(cursor, extra + padding) == NULL)
        return layer_end(cursor, PACKET_MALFORMED);
    if (header[1] & PROTECTED)
        return layer_unread(cursor, UNREAD_80211, UNREAD_ENCRYPTED);
    if (header[1] & MORE_PARTS || header[22] & 0x0f) /* or a part's number */
        return layer_unread(cursor, UNREAD_80211, UNREAD_PARTS);
    if (header[0] & QOS && header[HEADER + address4] & AGGREGATED)
        return layer_unread(cursor, UNREAD_80211, UNREAD_AGGREGATED);
    return LAYER_LLC;
}

enum layer layer_80211(struct cursor *cursor)
{
    return parse_80211(cursor, false);
}

/* ---- radiotap, https://www.radiotap.org */

enum {
    RADIOTAP_HEADER = 8,
    RADIOTAP_TIMER = 1 << 0, /* fields: one of 8 bytes, and the flags */
    RADIOTAP_FLAGS = 1 << 1,
    RADIOTAP_PADDED = 0x20, /* among the flags */
};

/* The flags, 0 if there are none. Words of "which fields are there" follow the header, each with
 * its upper bit set if there is another; a field is aligned to its size. */
static uint8_t radiotap_flags(const uint8_t *header, size_t length)
{
    uint32_t fields = layer_get32_little(header + 4), word = fields;
    size_t at = RADIOTAP_HEADER;

    for (; word >> 31 != 0 && at + 4 <= length; at += 4)
        word = layer_get32_little(header + at);
    if (fields & RADIOTAP_TIMER)
        at = ((at + 7) & ~(size_t)7) + 8;
    return fields & RADIOTAP_FLAGS && at < length ? header[at] : 0;
}

enum layer layer_radiotap(struct cursor *cursor)
{
    const uint8_t *header = cursor->bytes;

    if (cursor->size_bytes < RADIOTAP_HEADER)
        return layer_end(cursor, PACKET_MALFORMED);
    size_t length = layer_get16_little(header + 2);
    if (length < RADIOTAP_HEADER || layer_take(cursor, length) == NULL)
        return layer_end(cursor, PACKET_MALFORMED);
    return parse_80211(cursor, radiotap_flags(header, length) & RADIOTAP_PADDED);
}

/* ---- others */

/* PPI: version, flags, length, and the link type of what follows. */
enum layer layer_ppi(struct cursor *cursor)
{
    enum { PPI_HEADER = 8 };
    const uint8_t *header = cursor->bytes;

    if (cursor->size_bytes < PPI_HEADER || layer_get16_little(header + 2) < PPI_HEADER ||
        layer_take(cursor, layer_get16_little(header + 2)) == NULL)
        return layer_end(cursor, PACKET_MALFORMED);
    return layer_next(cursor, LAYER_LINK, layer_get32_little(header + 4));
}

/* Prism's header has 144 bytes; AVS's, which may stand in its place, begins with a number of its
 * own and its length, big-endian. */
enum layer layer_prism(struct cursor *cursor)
{
    enum { PRISM_BYTES = 144, AVS_HEADER = 8 };
    const uint32_t avs_magic = 0x80211000;
    const uint8_t *header = cursor->bytes;

    if (cursor->size_bytes < AVS_HEADER)
        return layer_end(cursor, PACKET_MALFORMED);
    bool avs = (layer_get32(header) & 0xfffff000) == avs_magic;
    return layer_skip(cursor, avs ? layer_get32(header + 4) : PRISM_BYTES, LAYER_80211);
}
