/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * capture_copy: some frames of a capture as a capture (draft-ietf-opsawg-pcap,
 * draft-ietf-opsawg-pcapng), in this machine's byte order, times in nanoseconds.
 *
 * A pcapng gets the block of an interface before the first frame of it. A frame without a time is a
 * simple packet block, which belongs to the first interface of its section: if that is another one,
 * a new section begins. Records go into a buffer, which is written when it is full. A record that
 * cannot be written whole is removed from the file again, so that the file stays readable.
 */
#include "udptui/capture/copy.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file_internal.h"
#include "udptui/proto/reason.h"

enum {
    NS_PER_S = 1000000000,
    PCAP_MAJOR = 2,
    PCAP_MINOR = 4,
    PCAPNG_MAJOR = 1,
    LINKTYPE_ETHERNET = 1,
    BLOCK_INTERFACE = 1,
    BLOCK_SIMPLE = 3,
    BLOCK_ENHANCED = 6,
    OPTION_RESOLUTION = 9,
    OPTION_FCS = 13,
    OPTION_OFFSET = 14,
    NANOSECONDS = 9,   /* if_tsresol */
    HEADERS_MAX = 256, /* bytes that a frame may need in addition: section, interface, its own */
    BUFFER_BYTES = 2 * (BLOCKS_FRAME_MAX + HEADERS_MAX),
};

static const uint32_t magic_nanoseconds = 0xa1b23c4d, block_section = 0x0a0d0d0a,
                      byte_order = 0x1a2b3c4d;

struct capture_copy {
    int fd;
    int error; /* errno of the first failure */
    bool pcapng;
    bool begun;                   /* the header, or the first section, is there */
    struct blocks_interface file; /* of a pcap */
    uint32_t *numbers; /* pcapng: by the number in the original, 1 + that in the section */
    size_t number_room;
    uint32_t interface_count; /* in the section */
    size_t first_interface;   /* of the section, its number in the original */
    uint64_t frames_written, frames_buffered;
    off_t file_bytes;  /* written: whole records */
    size_t used_bytes; /* of the buffer */
    uint8_t buffer[BUFFER_BYTES];
};

/* ---- bytes */

/* What is in the buffer, or nothing of it. */
static void capture_copy_flush(struct capture_copy *copy)
{
    size_t written = 0;

    if (copy->error == 0)
        copy->error = capture_file_write(copy->fd, copy->buffer, copy->used_bytes, &written);
    if (copy->error == 0) {
        copy->file_bytes += (off_t)written;
        copy->frames_written += copy->frames_buffered;
    } else if (written > 0 && ftruncate(copy->fd, copy->file_bytes) == 0) {
        lseek(copy->fd, 0, SEEK_END);
    }
    copy->frames_buffered = 0;
    copy->used_bytes = 0;
}

static void capture_copy_put(struct capture_copy *copy, const void *bytes, size_t size_bytes)
{
    if (size_bytes > 0)
        memcpy(copy->buffer + copy->used_bytes, bytes, size_bytes);
    copy->used_bytes += size_bytes;
}

static void capture_copy_put16(struct capture_copy *copy, uint16_t value)
{
    capture_copy_put(copy, &value, sizeof value);
}

static void put32(struct capture_copy *copy, uint32_t value)
{
    capture_copy_put(copy, &value, sizeof value);
}

/* ---- pcap */

static void put_pcap_header(struct capture_copy *copy)
{
    put32(copy, magic_nanoseconds);
    capture_copy_put16(copy, PCAP_MAJOR);
    capture_copy_put16(copy, PCAP_MINOR);
    put32(copy, 0);
    put32(copy, 0);
    put32(copy, copy->file.snapshot_bytes);
    put32(copy, copy->file.link_word);
    copy->begun = true;
}

static void put_record(struct capture_copy *copy, const struct blocks_frame *frame)
{
    put32(copy, (uint32_t)(frame->wall_ns / NS_PER_S));
    put32(copy, (uint32_t)(frame->wall_ns % NS_PER_S));
    put32(copy, (uint32_t)frame->captured_bytes);
    put32(copy, (uint32_t)frame->original_bytes);
    capture_copy_put(copy, frame->bytes, frame->captured_bytes);
}

/* ---- pcapng */

/* Writes a block's type and room for its length; returns where it begins. */
static size_t begin_block(struct capture_copy *copy, uint32_t type)
{
    size_t start = copy->used_bytes;

    put32(copy, type);
    put32(copy, 0);
    return start;
}

static void pad(struct capture_copy *copy)
{
    static const uint8_t zeros[4];

    capture_copy_put(copy, zeros, (4 - copy->used_bytes % 4) % 4);
}

/* Pads it; its length follows its type and ends it. */
static void end_block(struct capture_copy *copy, size_t start)
{
    pad(copy);
    uint32_t length = (uint32_t)(copy->used_bytes + sizeof length - start);
    put32(copy, length);
    memcpy(copy->buffer + start + sizeof length, &length, sizeof length);
}

static void capture_copy_put_option(struct capture_copy *copy, uint16_t code, const void *value,
                                    size_t size)
{
    capture_copy_put16(copy, code);
    capture_copy_put16(copy, (uint16_t)size);
    capture_copy_put(copy, value, size);
    pad(copy);
}

/* Each section describes its interfaces again. */
static void put_section(struct capture_copy *copy)
{
    size_t start = begin_block(copy, block_section);

    put32(copy, byte_order);
    capture_copy_put16(copy, PCAPNG_MAJOR);
    capture_copy_put16(copy, 0);
    put32(copy, UINT32_MAX); /* the length of the section is not given */
    put32(copy, UINT32_MAX);
    end_block(copy, start);
    if (copy->number_room > 0)
        memset(copy->numbers, 0, copy->number_room * sizeof *copy->numbers);
    copy->interface_count = 0;
    copy->begun = true;
}

static void put_interface(struct capture_copy *copy, const struct blocks_interface *interface)
{
    const uint8_t resolution = NANOSECONDS, fcs_bytes = (uint8_t)interface->fcs_bytes;
    size_t start = begin_block(copy, BLOCK_INTERFACE);

    capture_copy_put16(copy, (uint16_t)interface->link_word);
    capture_copy_put16(copy, 0);
    put32(copy, interface->snapshot_bytes);
    capture_copy_put_option(copy, OPTION_RESOLUTION, &resolution, sizeof resolution);
    if (interface->fcs_bytes >= 0)
        capture_copy_put_option(copy, OPTION_FCS, &fcs_bytes, sizeof fcs_bytes);
    if (interface->offset_s != 0)
        capture_copy_put_option(copy, OPTION_OFFSET, &interface->offset_s,
                                sizeof interface->offset_s);
    capture_copy_put_option(copy, 0, NULL, 0);
    end_block(copy, start);
    copy->interface_count++;
}

/* False if memory is short. */
static bool reserve_number(struct capture_copy *copy, size_t number)
{
    size_t room = copy->number_room > 0 ? copy->number_room : 8;
    uint32_t *numbers;

    if (number < copy->number_room)
        return true;
    while (room <= number)
        room *= 2;
    numbers = realloc(copy->numbers, room * sizeof *numbers);
    if (numbers == NULL)
        return false;
    memset(numbers + copy->number_room, 0, (room - copy->number_room) * sizeof *numbers);
    copy->numbers = numbers;
    copy->number_room = room;
    return true;
}

/* Adds the frame's interface, and a section, if needed. */
static void need_interface(struct capture_copy *copy, const struct blocks_frame *frame)
{
    size_t number = frame->interface_number;

    if (!copy->begun ||
        (!frame->has_time && copy->interface_count > 0 && copy->first_interface != number))
        put_section(copy);
    if (copy->numbers[number] > 0)
        return;
    if (copy->interface_count == 0)
        copy->first_interface = number;
    put_interface(copy, frame->interface);
    copy->numbers[number] = copy->interface_count;
}

static void put_packet(struct capture_copy *copy, const struct blocks_frame *frame)
{
    need_interface(copy, frame);
    size_t start = begin_block(copy, frame->has_time ? BLOCK_ENHANCED : BLOCK_SIMPLE);

    if (frame->has_time) {
        uint64_t ticks = (uint64_t)frame->wall_ns - (uint64_t)frame->interface->offset_s * NS_PER_S;
        put32(copy, copy->numbers[frame->interface_number] - 1);
        put32(copy, (uint32_t)(ticks >> 32));
        put32(copy, (uint32_t)ticks);
        put32(copy, (uint32_t)frame->captured_bytes);
    }
    put32(copy, (uint32_t)frame->original_bytes);
    capture_copy_put(copy, frame->bytes, frame->captured_bytes);
    end_block(copy, start);
}

/* ---- the file */

/* Whether a path names the file that is read. */
struct capture_copy *capture_copy_create(const char *path, bool force,
                                         const struct capture_reader *original, char *error)
{
    struct capture_copy *copy = calloc(1, sizeof *copy);
    const struct blocks_interface *file = capture_reader_pcap_interface(original);

    if (capture_reader_reads_file(original, path))
        capture_file_explain(error, path, "is the capture being read: name another file");
    else if (copy == NULL)
        capture_file_explain(error, path, reason_text(ENOMEM));
    else if ((copy->fd = capture_file_create(path, force, error)) >= 0) {
        copy->pcapng = file == NULL;
        if (file != NULL)
            copy->file = *file;
        return copy;
    }
    free(copy);
    return NULL;
}

bool capture_copy_write(struct capture_copy *copy, const struct blocks_frame *frame)
{
    if (frame->captured_bytes + HEADERS_MAX > BUFFER_BYTES - copy->used_bytes)
        capture_copy_flush(copy);
    if (copy->pcapng && !reserve_number(copy, frame->interface_number))
        copy->error = ENOMEM;
    errno = copy->error;
    if (copy->error != 0)
        return false;
    if (!copy->pcapng && !copy->begun)
        put_pcap_header(copy);
    if (copy->pcapng)
        put_packet(copy, frame);
    else
        put_record(copy, frame);
    copy->frames_buffered++;
    return true;
}

int capture_copy_fd(const struct capture_copy *copy)
{
    return copy->fd;
}

/* A capture without frames is valid, too; libpcap reads a pcapng only with an interface. */
static void put_empty(struct capture_copy *copy)
{
    const struct blocks_interface ethernet = {.link_word = LINKTYPE_ETHERNET, .fcs_bytes = -1};

    if (!copy->pcapng) {
        put_pcap_header(copy);
        return;
    }
    put_section(copy);
    put_interface(copy, &ethernet);
}

bool capture_copy_close(struct capture_copy *copy, uint64_t *frames)
{
    if (!copy->begun)
        put_empty(copy);
    capture_copy_flush(copy);
    if (close(copy->fd) != 0 && copy->error == 0)
        copy->error = errno;
    int error = copy->error;
    *frames = copy->frames_written;
    free(copy->numbers);
    free(copy);
    errno = error;
    return error == 0;
}
