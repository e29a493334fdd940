/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * packet_assembly: one packet that came in fragments (RFC 791 section 3.2, RFC 8200 section 4.5).
 *
 * Offsets are multiples of 8 bytes, and so are lengths but the last one's: a bit for each 8 bytes
 * says whether they are there. Fragments that overlap with different contents are an attack (RFC
 * 5722): such a packet is dropped. Duplicate fragments are harmless.
 */
#ifndef UDPTUI_CAPTURE_PACKET_ASSEMBLY_INTERNAL_H
#define UDPTUI_CAPTURE_PACKET_ASSEMBLY_INTERNAL_H

#include "udptui/proto/packet.h"

enum {
    ASSEMBLY_UNIT = 8,
    ASSEMBLY_BYTES_MAX = 65535,
    ASSEMBLY_UNITS = (ASSEMBLY_BYTES_MAX + ASSEMBLY_UNIT - 1) / ASSEMBLY_UNIT,
};

struct assembly {
    struct packet packet; /* addresses, hop limit, class: of the first fragment, or else of any */
    uint32_t identification;
    uint8_t protocol;
    uint8_t *bytes; /* room_bytes allocated */
    size_t room_bytes;
    size_t total_bytes; /* 0: the last fragment is missing */
    size_t units;       /* how many bits are set */
    uint64_t fragments; /* fragments received, duplicates included */
    uint64_t doubles;   /* of them */
    uint64_t *frames;   /* the numbers of those they came in, frame_room allocated */
    size_t frame_count, frame_room;
    uint8_t there[(ASSEMBLY_UNITS + 7) / 8];
};

enum assembly_step {
    ASSEMBLY_MORE,     /* others are missing */
    ASSEMBLY_COMPLETE, /* all of it is there: total_bytes at bytes */
    ASSEMBLY_BROKEN,   /* contradictory, too long, or memory is short: not to be used any more */
};

/* Whether a fragment belongs to it. */
bool assembly_is_of(const struct assembly *assembly, const struct packet *packet,
                    const struct packet_fragment *fragment);

/* A new one, without parts. assembly_end frees what it holds. */
void assembly_begin(struct assembly *assembly, const struct packet *packet,
                    const struct packet_fragment *fragment);
void assembly_end(struct assembly *assembly);

/* Adds a copy of a fragment. packet->fragment_frames: the frames it came in. */
enum assembly_step assembly_add(struct assembly *assembly, const struct packet *packet,
                                const struct packet_fragment *fragment);

/* How many bytes it takes. */
size_t assembly_bytes(const struct assembly *assembly);

/* How many bytes from the first on are there without a gap. */
size_t assembly_prefix_bytes(const struct assembly *assembly);

#endif
