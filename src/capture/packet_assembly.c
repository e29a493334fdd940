/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* packet_assembly: see the header. */
#include "packet_assembly_internal.h"

#include <stdlib.h>
#include <string.h>

enum { ROOM_STEP = 4096, FRAMES_FIRST = 8 };

bool assembly_is_of(const struct assembly *assembly, const struct packet *packet,
                    const struct packet_fragment *fragment)
{
    return assembly->identification == fragment->identification &&
           assembly->protocol == fragment->protocol &&
           endpoint_equal(&assembly->packet.source, &packet->source) &&
           endpoint_equal(&assembly->packet.destination, &packet->destination);
}

void assembly_begin(struct assembly *assembly, const struct packet *packet,
                    const struct packet_fragment *fragment)
{
    *assembly = (struct assembly){.packet = *packet,
                                  .identification = fragment->identification,
                                  .protocol = fragment->protocol};
}

void assembly_end(struct assembly *assembly)
{
    free(assembly->bytes);
    free(assembly->frames);
    assembly->bytes = NULL;
    assembly->frames = NULL;
}

static bool is_there(const struct assembly *assembly, size_t unit)
{
    return assembly->there[unit / 8] >> unit % 8 & 1;
}

/* The part's bytes within one unit. */
static size_t unit_bytes(const struct packet_fragment *fragment, size_t at)
{
    size_t left = fragment->size_bytes - at;

    return left < ASSEMBLY_UNIT ? left : ASSEMBLY_UNIT;
}

/* False: another fragment has different bytes. *fresh: some bytes are new. */
static bool copy_units(struct assembly *assembly, const struct packet_fragment *fragment,
                       bool *fresh)
{
    for (size_t at = 0; at < fragment->size_bytes; at += ASSEMBLY_UNIT) {
        size_t unit = (fragment->offset_bytes + at) / ASSEMBLY_UNIT;
        size_t count = unit_bytes(fragment, at);
        uint8_t *to = assembly->bytes + unit * ASSEMBLY_UNIT;
        if (is_there(assembly, unit)) {
            if (memcmp(to, fragment->bytes + at, count) != 0)
                return false;
            continue;
        }
        bool whole = count == ASSEMBLY_UNIT || !fragment->more; /* else the capture cut it */
        if (!whole || (count < ASSEMBLY_UNIT && fragment->size_bytes < fragment->original_bytes))
            return true;
        memcpy(to, fragment->bytes + at, count);
        assembly->there[unit / 8] |= (uint8_t)(1u << unit % 8);
        assembly->units++;
        *fresh = true;
    }
    return true;
}

static bool packet_assembly_make_room(struct assembly *assembly, size_t end_bytes)
{
    size_t room = (end_bytes + ROOM_STEP) / ROOM_STEP * ROOM_STEP;
    uint8_t *bytes;

    if (end_bytes < assembly->room_bytes)
        return true;
    bytes = realloc(assembly->bytes, room);
    if (bytes == NULL)
        return false;
    assembly->bytes = bytes;
    assembly->room_bytes = room;
    return true;
}

/* All fragments but the last are multiples of 8 bytes; there is one end, and nothing after it. */
static bool is_consistent(struct assembly *assembly, const struct packet_fragment *fragment)
{
    size_t end = fragment->offset_bytes + fragment->original_bytes;

    if (end > ASSEMBLY_BYTES_MAX || (fragment->more && fragment->original_bytes % 8 != 0))
        return false;
    if (assembly->total_bytes != 0 &&
        (end > assembly->total_bytes || (!fragment->more && end != assembly->total_bytes)))
        return false;
    if (fragment->more)
        return true;
    for (size_t unit = (end + ASSEMBLY_UNIT - 1) / ASSEMBLY_UNIT; unit < ASSEMBLY_UNITS; unit++)
        if (is_there(assembly, unit))
            return false;
    assembly->total_bytes = end;
    return end != 0;
}

static bool note_frames(struct assembly *assembly, const uint64_t *frames, size_t count)
{
    size_t room = assembly->frame_room > 0 ? assembly->frame_room : FRAMES_FIRST;
    uint64_t *grown = assembly->frames;

    while (room < assembly->frame_count + count)
        room *= 2;
    if (room != assembly->frame_room)
        grown = realloc(grown, room * sizeof *grown);
    if (grown == NULL)
        return false;
    if (count > 0)
        memcpy(grown + assembly->frame_count, frames, count * sizeof *grown);
    assembly->frames = grown;
    assembly->frame_room = room;
    assembly->frame_count += count;
    return true;
}

size_t assembly_bytes(const struct assembly *assembly)
{
    return sizeof *assembly + assembly->room_bytes + assembly->frame_room * sizeof(uint64_t);
}

enum assembly_step assembly_add(struct assembly *assembly, const struct packet *packet,
                                const struct packet_fragment *fragment)
{
    bool fresh = false;

    assembly->fragments++;
    if (!is_consistent(assembly, fragment) ||
        !packet_assembly_make_room(assembly, fragment->offset_bytes + fragment->size_bytes) ||
        !copy_units(assembly, fragment, &fresh) ||
        !note_frames(assembly, packet->fragment_frames, packet->fragment_frame_count))
        return ASSEMBLY_BROKEN;
    assembly->doubles += !fresh;
    if (fragment->offset_bytes == 0)
        assembly->packet = *packet;
    size_t units = (assembly->total_bytes + ASSEMBLY_UNIT - 1) / ASSEMBLY_UNIT;
    return assembly->total_bytes != 0 && assembly->units == units ? ASSEMBLY_COMPLETE
                                                                  : ASSEMBLY_MORE;
}

size_t assembly_prefix_bytes(const struct assembly *assembly)
{
    size_t unit = 0;

    while (unit < ASSEMBLY_UNITS && is_there(assembly, unit))
        unit++;
    size_t bytes = unit * ASSEMBLY_UNIT, total = assembly->total_bytes;
    return total != 0 && bytes > total ? total : bytes;
}
