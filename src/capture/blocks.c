/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * blocks: see the header.
 *
 * A step looks at the beginning of the next record or block and either takes it or returns how many
 * bytes it needs for that. Long parts that are ignored (unknown blocks, the rest of a huge frame)
 * become a number of bytes to skip, which may exceed the caller's buffer.
 */
#include "udptui/capture/blocks.h"

#include "udptui/base/array.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NS_PER_S = 1000000000, PCAP_HEADER = 24, PCAP_RECORD = 16, PCAP_RECORD_MODIFIED = 24 };

enum format { FORMAT_UNKNOWN, FORMAT_PCAP, FORMAT_PCAPNG };

/* A pcapng's block types (section 10.1 of the draft). */
enum block {
    BLOCK_INTERFACE = 1,
    BLOCK_PACKET = 2, /* obsolete */
    BLOCK_SIMPLE = 3,
    BLOCK_ENHANCED = 6,
    BLOCK_SECTION = 0x0a0d0d0a,
};

enum {
    BLOCK_MIN = 12, /* type, length, and the length again */
    BYTE_ORDER_MAGIC = 0x1a2b3c4d,
    OPTIONS_LOOKED_AT = 1 << 16, /* of an interface's block */
    OPTION_RESOLUTION = 9,
    OPTION_FCS = 13,
    OPTION_OFFSET = 14,
    /* Wireshark's bound for the largest of frames: a larger one means a damaged file. */
    CLAIMED_MAX = 128 << 20,
};

struct blocks {
    enum format format;
    bool swapped; /* not in this machine's byte order */
    uint64_t skip_bytes;
    uint64_t frames;                         /* given out */
    size_t record_bytes;                     /* pcap: of a record's header */
    int version_minor;                       /* pcap */
    struct blocks_interface file;            /* pcap: the one of all its records */
    struct blocks_interface *interfaces;     /* pcapng: of all sections so far */
    size_t first_interface, interface_count; /* of the section */
    size_t interface_room;
    char error[BLOCKS_ERROR_SIZE];
};

struct blocks *blocks_open(void)
{
    return calloc(1, sizeof(struct blocks));
}

void blocks_close(struct blocks *blocks)
{
    if (blocks == NULL)
        return;
    free(blocks->interfaces);
    free(blocks);
}

const char *blocks_error(const struct blocks *blocks)
{
    return blocks->error;
}

const struct blocks_interface *blocks_pcap_interface(const struct blocks *blocks)
{
    return blocks->format == FORMAT_PCAP ? &blocks->file : NULL;
}

bool blocks_is_complete(const struct blocks *blocks, size_t left_bytes)
{
    return blocks->format != FORMAT_UNKNOWN && blocks->skip_bytes == 0 && left_bytes == 0;
}

static enum blocks_step blocks_fail(struct blocks *blocks, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static enum blocks_step blocks_fail(struct blocks *blocks, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(blocks->error, sizeof blocks->error, format, arguments);
    va_end(arguments);
    return BLOCKS_BAD;
}

/* ---- numbers */

static uint16_t read16(const struct blocks *blocks, const uint8_t *bytes)
{
    uint16_t value;

    memcpy(&value, bytes, sizeof value);
    if (blocks->swapped)
        value = (uint16_t)(value << 8 | value >> 8);
    return value;
}

static uint32_t swap32(uint32_t value)
{
    return value << 24 | (value & 0xff00) << 8 | (value >> 8 & 0xff00) | value >> 24;
}

static uint32_t read32(const struct blocks *blocks, const uint8_t *bytes)
{
    uint32_t value;

    memcpy(&value, bytes, sizeof value);
    return blocks->swapped ? swap32(value) : value;
}

static uint64_t read64(const struct blocks *blocks, const uint8_t *bytes)
{
    uint64_t first = read32(blocks, bytes), second = read32(blocks, bytes + 4);
    const uint16_t one = 1;
    bool little = (*(const uint8_t *)&one == 1) != blocks->swapped;

    return little ? second << 32 | first : first << 32 | second;
}

/* ---- times */

/* A file may hold any number. */
static int64_t wall_ns_of(int64_t offset_s, uint64_t seconds, uint64_t fraction_ns)
{
    const int64_t most_s = INT64_MAX / NS_PER_S - 1;

    if (seconds > (uint64_t)most_s)
        return INT64_MAX;
    if (offset_s > most_s - (int64_t)seconds)
        return INT64_MAX;
    if (offset_s < -most_s)
        return INT64_MIN;
    return ((int64_t)seconds + offset_s) * NS_PER_S + (int64_t)fraction_ns;
}

/* Ticks of 2^-bits seconds. */
static int64_t binary_time(const struct blocks_interface *interface, uint64_t ticks)
{
    unsigned bits = interface->resolution & 0x7f;
    uint64_t seconds = bits < 64 ? ticks >> bits : 0;
    uint64_t fraction = bits < 64 ? ticks - (seconds << bits) : ticks;

    for (; bits > 30; bits--) /* less than a nanosecond */
        fraction >>= 1;
    return wall_ns_of(interface->offset_s, seconds, (fraction * NS_PER_S) >> bits);
}

/* Ticks of 10^-digits seconds. */
static int64_t decimal_time(const struct blocks_interface *interface, uint64_t ticks)
{
    uint64_t per_s = 1;
    unsigned digits = interface->resolution;

    for (; digits > 9; digits--)
        ticks /= 10;
    for (unsigned i = 0; i < digits; i++)
        per_s *= 10;
    return wall_ns_of(interface->offset_s, ticks / per_s, ticks % per_s * (NS_PER_S / per_s));
}

static int64_t time_of(const struct blocks_interface *interface, uint64_t ticks)
{
    return interface->resolution & 0x80 ? binary_time(interface, ticks)
                                        : decimal_time(interface, ticks);
}

/* ---- frames, as both formats have them */

static uint32_t blocks_smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/*
 * A frame whose bytes begin at header_bytes of a record of record_bytes. What is more than
 * BLOCKS_FRAME_MAX is skipped, as is the rest of the record.
 */
static enum blocks_step take_frame(struct blocks *blocks, const uint8_t *bytes, size_t size_bytes,
                                   size_t header_bytes, uint64_t record_bytes, size_t *used_bytes,
                                   struct blocks_frame *out)
{
    size_t kept = blocks_smaller((uint32_t)out->captured_bytes, BLOCKS_FRAME_MAX);

    if (size_bytes < header_bytes + kept)
        return BLOCKS_MORE;
    out->number = ++blocks->frames;
    out->link_type = (uint16_t)out->interface->link_word;
    out->bytes = bytes + header_bytes;
    out->captured_bytes = kept;
    *used_bytes = record_bytes < size_bytes ? (size_t)record_bytes : size_bytes;
    blocks->skip_bytes = record_bytes - *used_bytes;
    return BLOCKS_FRAME;
}

/* ---- pcap */

/* Before version 2.3, and in some files of 2.3, the two lengths are swapped. */
static void order_lengths(const struct blocks *blocks, struct blocks_frame *out)
{
    bool swap = blocks->version_minor < 3 ||
                (blocks->version_minor == 3 && out->captured_bytes > out->original_bytes);

    if (swap) {
        size_t captured_bytes = out->original_bytes;
        out->original_bytes = out->captured_bytes;
        out->captured_bytes = captured_bytes;
    }
}

static enum blocks_step blocks_next_record(struct blocks *blocks, const uint8_t *bytes,
                                           size_t size_bytes, size_t *used_bytes,
                                           struct blocks_frame *out)
{
    if (size_bytes < blocks->record_bytes)
        return BLOCKS_MORE;
    uint64_t fraction = read32(blocks, bytes + 4), seconds = read32(blocks, bytes);
    uint64_t fraction_ns = blocks->file.resolution == 9 ? fraction : fraction * 1000;
    *out = (struct blocks_frame){.wall_ns = wall_ns_of(0, seconds, fraction_ns),
                                 .has_time = true,
                                 .interface = &blocks->file,
                                 .captured_bytes = read32(blocks, bytes + 8),
                                 .original_bytes = read32(blocks, bytes + 12)};
    order_lengths(blocks, out);
    if (out->captured_bytes > CLAIMED_MAX)
        return blocks_fail(blocks, "a packet that claims %zu bytes: the file is damaged",
                           out->captured_bytes);
    return take_frame(blocks, bytes, size_bytes, blocks->record_bytes,
                      blocks->record_bytes + out->captured_bytes, used_bytes, out);
}

/* The file's header behind its magic number. The upper bits of the link type's word describe frame
 * check sequences, which follow everything that is read. */
static enum blocks_step begin_pcap(struct blocks *blocks, const uint8_t *bytes, size_t size_bytes,
                                   size_t *used_bytes)
{
    if (size_bytes < PCAP_HEADER)
        return BLOCKS_MORE;
    unsigned major = read16(blocks, bytes + 4);
    blocks->version_minor = read16(blocks, bytes + 6);
    if (major != 2)
        return blocks_fail(blocks, "pcap version %u.%d is not supported", major,
                           blocks->version_minor);
    blocks->file.snapshot_bytes = read32(blocks, bytes + 16);
    blocks->file.link_word = read32(blocks, bytes + 20);
    blocks->file.fcs_bytes = -1;
    blocks->format = FORMAT_PCAP;
    *used_bytes = PCAP_HEADER;
    return BLOCKS_MORE;
}

/* ---- pcapng */

/* Options are (code, length, value padded to 4 bytes); 0 ends them. */
static void read_options(const struct blocks *blocks, const uint8_t *bytes, size_t size_bytes,
                         struct blocks_interface *interface)
{
    while (size_bytes >= 4) {
        unsigned code = read16(blocks, bytes);
        size_t length = read16(blocks, bytes + 2), padded = (length + 3) & ~(size_t)3;
        if (code == 0 || padded > size_bytes - 4)
            return;
        if (code == OPTION_RESOLUTION && length == 1)
            interface->resolution = bytes[4];
        if (code == OPTION_FCS && length == 1)
            interface->fcs_bytes = bytes[4];
        if (code == OPTION_OFFSET && length == 8)
            interface->offset_s = (int64_t)read64(blocks, bytes + 4);
        bytes += 4 + padded;
        size_bytes -= 4 + padded;
    }
}

static bool add_interface(struct blocks *blocks, const struct blocks_interface *interface)
{
    size_t at = blocks->first_interface + blocks->interface_count;

    if (at == blocks->interface_room) {
        size_t room = blocks->interface_room > 0 ? 2 * blocks->interface_room : 4;
        struct blocks_interface *grown = realloc(blocks->interfaces, room * sizeof *grown);
        if (grown == NULL)
            return false;
        blocks->interfaces = grown;
        blocks->interface_room = room;
    }
    blocks->interfaces[at] = *interface;
    blocks->interface_count++;
    return true;
}

/* The section's interface of this number, which must exist. */
static const struct blocks_interface *interface_at(const struct blocks *blocks, size_t number)
{
    return &blocks->interfaces[blocks->first_interface + number];
}

/* Drops a block. */
static enum blocks_step skip(struct blocks *blocks, uint32_t length, size_t size_bytes,
                             size_t *used_bytes)
{
    *used_bytes = length < size_bytes ? length : size_bytes;
    blocks->skip_bytes = length - *used_bytes;
    return BLOCKS_MORE;
}

static enum blocks_step next_interface(struct blocks *blocks, const uint8_t *bytes,
                                       size_t size_bytes, uint32_t length, size_t *used_bytes)
{
    size_t looked_at = blocks_smaller(length, OPTIONS_LOOKED_AT);

    if (length < BLOCK_MIN + 8)
        return blocks_fail(blocks, "an interface block of %" PRIu32 " bytes: the file is damaged",
                           length);
    if (size_bytes < looked_at)
        return BLOCKS_MORE;
    struct blocks_interface interface = {.link_word = read16(blocks, bytes + 8),
                                         .snapshot_bytes = read32(blocks, bytes + 12),
                                         .fcs_bytes = -1,
                                         .resolution = 6};
    read_options(blocks, bytes + 16, looked_at - 16 - (looked_at == length ? 4 : 0), &interface);
    if (blocks->first_interface + blocks->interface_count == BLOCKS_INTERFACES_MAX)
        return blocks_fail(blocks, "more than %d interfaces", BLOCKS_INTERFACES_MAX);
    if (!add_interface(blocks, &interface))
        return blocks_fail(blocks, "not enough memory");
    return skip(blocks, length, size_bytes, used_bytes);
}

/* A section's header sets the byte order of what follows, itself included; a section has its own
 * interfaces. */
static enum blocks_step next_section(struct blocks *blocks, const uint8_t *bytes, size_t size_bytes,
                                     size_t *used_bytes)
{
    const uint32_t native = BYTE_ORDER_MAGIC;
    uint32_t magic;

    if (size_bytes < BLOCK_MIN)
        return BLOCKS_MORE;
    memcpy(&magic, bytes + 8, sizeof magic);
    if (magic != native && magic != swap32(native))
        return blocks_fail(blocks, "a pcapng section of unknown byte order: the file is damaged");
    blocks->swapped = magic != native;
    uint32_t length = read32(blocks, bytes + 4);
    if (length < BLOCK_MIN + 16 || length % 4 != 0)
        return blocks_fail(blocks, "a section header of %" PRIu32 " bytes: the file is damaged",
                           length);
    if (size_bytes < BLOCK_MIN + 4)
        return BLOCKS_MORE;
    unsigned major = read16(blocks, bytes + 12);
    if (major != 1)
        return blocks_fail(blocks, "pcapng version %u is not supported", major);
    blocks->format = FORMAT_PCAPNG;
    blocks->first_interface += blocks->interface_count;
    blocks->interface_count = 0;
    return skip(blocks, length, size_bytes, used_bytes);
}

/* The fields of a packet block, of either kind. */
struct packet_block {
    size_t header_bytes; /* before the frame */
    uint32_t interface;
    uint32_t captured_bytes, original_bytes;
    uint64_t ticks;
    bool has_time;
};

static struct packet_block read_enhanced(const struct blocks *blocks, const uint8_t *bytes)
{
    return (struct packet_block){.header_bytes = 28,
                                 .interface = read32(blocks, bytes + 8),
                                 .ticks = (uint64_t)read32(blocks, bytes + 12) << 32 |
                                          read32(blocks, bytes + 16),
                                 .has_time = true,
                                 .captured_bytes = read32(blocks, bytes + 20),
                                 .original_bytes = read32(blocks, bytes + 24)};
}

/* As above, but the interface has 16 bits, and the other 16 are a count of drops. */
static struct packet_block read_obsolete(const struct blocks *blocks, const uint8_t *bytes)
{
    struct packet_block block = read_enhanced(blocks, bytes);

    block.interface = read16(blocks, bytes + 8);
    return block;
}

/* Of the first interface, cut to its snapshot length. The captured length is not stored; padding
 * may be included. */
static struct packet_block read_simple(const struct blocks *blocks, const uint8_t *bytes)
{
    uint32_t original = read32(blocks, bytes + 8), in_block = read32(blocks, bytes + 4) - 16;
    uint32_t snapshot = blocks->interface_count > 0 ? interface_at(blocks, 0)->snapshot_bytes : 0;
    uint32_t captured = snapshot != 0 ? blocks_smaller(original, snapshot) : original;

    return (struct packet_block){.header_bytes = 12,
                                 .captured_bytes = blocks_smaller(captured, in_block),
                                 .original_bytes = original};
}

static enum blocks_step next_packet(struct blocks *blocks, const uint8_t *bytes, size_t size_bytes,
                                    uint32_t length, size_t *used_bytes, struct blocks_frame *out)
{
    uint32_t type = read32(blocks, bytes);
    size_t header_bytes = type == BLOCK_SIMPLE ? 12 : 28;

    if (length < header_bytes + 4)
        return blocks_fail(blocks, "a packet block of %" PRIu32 " bytes: the file is damaged",
                           length);
    if (size_bytes < header_bytes)
        return BLOCKS_MORE;
    struct packet_block block = type == BLOCK_SIMPLE     ? read_simple(blocks, bytes)
                                : type == BLOCK_ENHANCED ? read_enhanced(blocks, bytes)
                                                         : read_obsolete(blocks, bytes);
    if (block.interface >= blocks->interface_count)
        return blocks_fail(blocks,
                           "a packet of interface %" PRIu32 ", which the file does not describe",
                           block.interface);
    if (block.captured_bytes > length - header_bytes - 4)
        return blocks_fail(blocks, "a packet that is longer than its block: the file is damaged");
    const struct blocks_interface *interface = interface_at(blocks, block.interface);
    *out = (struct blocks_frame){.wall_ns = block.has_time ? time_of(interface, block.ticks) : 0,
                                 .has_time = block.has_time,
                                 .interface_number = blocks->first_interface + block.interface,
                                 .interface = interface,
                                 .captured_bytes = block.captured_bytes,
                                 .original_bytes = block.original_bytes};
    return take_frame(blocks, bytes, size_bytes, header_bytes, length, used_bytes, out);
}

static enum blocks_step next_block(struct blocks *blocks, const uint8_t *bytes, size_t size_bytes,
                                   size_t *used_bytes, struct blocks_frame *out)
{
    if (size_bytes < 8)
        return BLOCKS_MORE;
    uint32_t type = read32(blocks, bytes), length = read32(blocks, bytes + 4);
    if (type == BLOCK_SECTION)
        return next_section(blocks, bytes, size_bytes, used_bytes);
    if (length < BLOCK_MIN || length % 4 != 0 || length > CLAIMED_MAX)
        return blocks_fail(blocks, "a block of %" PRIu32 " bytes: the file is damaged", length);
    switch (type) {
    case BLOCK_INTERFACE:
        return next_interface(blocks, bytes, size_bytes, length, used_bytes);
    case BLOCK_PACKET:
    case BLOCK_SIMPLE:
    case BLOCK_ENHANCED:
        return next_packet(blocks, bytes, size_bytes, length, used_bytes, out);
    default:
        return skip(blocks, length, size_bytes, used_bytes);
    }
}

/* ---- the beginning of a file */

/* Magic numbers of pcap. */
static const struct {
    uint32_t magic;
    uint8_t resolution;
    uint8_t record_bytes;
} variants[] = {{0xa1b2c3d4, 6, PCAP_RECORD},
                {0xa1b23c4d, 9, PCAP_RECORD},
                {0xa1b2cd34, 6, PCAP_RECORD_MODIFIED}};

/* Other kinds of files, and what to do with them. */
static const struct {
    const char *magic;
    const char *words;
} others[] = {
    {"\x1f\x8b", "compressed twice with gzip"},
    {"\xfd"
     "7zX",
     "compressed with xz: xz -dc FILE | udptui replay -"},
    {"BZh", "compressed with bzip2: bzip2 -dc FILE | udptui replay -"},
    {"\x04\x22\x4d\x18", "compressed with lz4: lz4 -dc FILE | udptui replay -"},
    {"PK\x03\x04", "a zip archive: unzip it first"},
    {"snoop", "a snoop capture: convert it with editcap -F pcapng FILE NEW"},
    {"GMBU", "a Network Monitor capture: convert it with editcap -F pcapng FILE NEW"},
    {"RTSS", "a Network Monitor capture: convert it with editcap -F pcapng FILE NEW"},
};

static enum blocks_step reject(struct blocks *blocks, const uint8_t *bytes)
{
    for (size_t i = 0; i < COUNT_OF(others); i++)
        if (strncmp(others[i].magic, (const char *)bytes,
                    strlen(others[i].magic) < 4 ? strlen(others[i].magic) : 4) == 0)
            return blocks_fail(blocks, "%s", others[i].words);
    return blocks_fail(blocks, "not a capture file (pcap or pcapng)");
}

static enum blocks_step blocks_begin(struct blocks *blocks, const uint8_t *bytes, size_t size_bytes,
                                     size_t *used_bytes)
{
    uint32_t magic;

    if (size_bytes < sizeof magic)
        return BLOCKS_MORE;
    memcpy(&magic, bytes, sizeof magic);
    if (magic == BLOCK_SECTION)
        return next_section(blocks, bytes, size_bytes, used_bytes);
    for (size_t i = 0; i < COUNT_OF(variants); i++) {
        if (magic != variants[i].magic && magic != swap32(variants[i].magic))
            continue;
        blocks->swapped = magic != variants[i].magic;
        blocks->file.resolution = variants[i].resolution;
        blocks->record_bytes = variants[i].record_bytes;
        return begin_pcap(blocks, bytes, size_bytes, used_bytes);
    }
    return reject(blocks, bytes);
}

/* One record, block or header. */
static enum blocks_step step(struct blocks *blocks, const uint8_t *bytes, size_t size_bytes,
                             size_t *used_bytes, struct blocks_frame *out)
{
    switch (blocks->format) {
    case FORMAT_PCAP:
        return blocks_next_record(blocks, bytes, size_bytes, used_bytes, out);
    case FORMAT_PCAPNG:
        return next_block(blocks, bytes, size_bytes, used_bytes, out);
    case FORMAT_UNKNOWN:
        break;
    }
    return blocks_begin(blocks, bytes, size_bytes, used_bytes);
}

enum blocks_step blocks_next(struct blocks *blocks, const uint8_t *bytes, size_t size_bytes,
                             size_t *used_bytes, struct blocks_frame *out)
{
    *used_bytes = 0;
    if (blocks->error[0] != '\0')
        return BLOCKS_BAD;
    for (;;) {
        size_t left = size_bytes - *used_bytes;
        size_t used = blocks->skip_bytes < left ? (size_t)blocks->skip_bytes : left;
        blocks->skip_bytes -= used;
        *used_bytes += used;
        if (blocks->skip_bytes > 0)
            return BLOCKS_MORE;
        used = 0;
        enum blocks_step found =
            step(blocks, bytes + *used_bytes, left = size_bytes - *used_bytes, &used, out);
        *used_bytes += used;
        if (found != BLOCKS_MORE || used == 0)
            return found;
    }
}

/* Interfaces are kept: a position in an earlier section needs that section's interfaces again, and
 * reading a section again stores them at the same index. */
struct blocks_position blocks_tell(const struct blocks *blocks)
{
    return (struct blocks_position){.skip_bytes = blocks->skip_bytes,
                                    .frames = blocks->frames,
                                    .first_interface = blocks->first_interface,
                                    .interface_count = blocks->interface_count,
                                    .swapped = blocks->swapped};
}

void blocks_seek(struct blocks *blocks, const struct blocks_position *position)
{
    blocks->skip_bytes = position->skip_bytes;
    blocks->frames = position->frames;
    blocks->first_interface = position->first_interface;
    blocks->interface_count = position->interface_count;
    blocks->swapped = position->swapped;
    blocks->error[0] = '\0';
}
