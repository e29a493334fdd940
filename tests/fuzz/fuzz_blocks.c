/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_blocks: capture/blocks and capture/packet_stream. Input: two bytes that choose a file's
 * beginning and the size of the pieces it is shown in, then what follows. The same frames come out
 * whether the file is shown whole or piece by piece, each lies within what was shown, and the
 * counts of packet_stream add up.
 */
#include <string.h>

#include "fuzz.h"
#include "udptui/capture/packet_stream.h"

const char *const fuzz_words[] = {
    "\xd4\xc3\xb2\xa1",
    "\x01\x01\x01\x01\x02\x02\x02\x02\x08",
    "\x06",
    "\x03",
    "\x1c",
    "\x20",
    "\x24",
    "\x65",
    "\x0a\x0d\x0d\x0a",
    "\x4d\x3c\x2b\x1a",
    "\x45\x01\x01\x21\x01\x01\x40\x11\x40\x11\x01\x01\xc0\xa8\x01\x17\xc0\xa8\x01\x6c",
    "\x45\x01\x01\x21\x01\x01\x20\x01\x40\x11\x01\x01\xc0\xa8\x01\x17\xc0\xa8\x01\x6c",
    "\x45\x01\x01\x21\x01\x01\x20\x02\x40\x11\x01\x01\xc0\xa8\x01\x17\xc0\xa8\x01\x6c",
    "hello",
    NULL,
};

/* Beginnings that one does not get past by chance. */
static const struct {
    const char *bytes;
    size_t size;
} beginnings[] = {
    {"", 0},
    {"\xd4\xc3\xb2\xa1\2\0\4\0\0\0\0\0\0\0\0\0\xff\xff\0\0\x65\0\0\0", 24},
    {"\xa1\xb2\x3c\x4d\0\2\0\4\0\0\0\0\0\0\0\0\0\0\xff\xff\0\0\0\1", 24},
    {"\x0a\x0d\x0d\x0a\x1c\0\0\0\x4d\x3c\x2b\x1a\1\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff"
     "\x1c\0\0\0\1\0\0\0\x14\0\0\0\x65\0\0\0\0\0\4\0\x14\0\0\0",
     48},
    {"\x0a\x0d\x0d\x0a\0\0\0\x1c\x1a\x2b\x3c\x4d\0\1\0\0\xff\xff\xff\xff\xff\xff\xff\xff"
     "\0\0\0\x1c\0\0\0\1\0\0\0\x14\0\1\0\0\0\0\xff\xff\0\0\0\x14",
     48},
};

enum { BEGINNINGS = sizeof beginnings / sizeof *beginnings };

/* What was seen of a file: enough to distinguish two readings. */
struct seen {
    uint64_t frames, sum;
    enum blocks_step last;
};

static void see(struct seen *seen, const struct blocks_frame *frame)
{
    seen->frames++;
    seen->sum = seen->sum * 31 + (uint64_t)frame->wall_ns + (uint64_t)frame->link_type +
                frame->captured_bytes * 7 + frame->original_bytes;
    for (size_t i = 0; i < frame->captured_bytes; i++)
        seen->sum = seen->sum * 31 + frame->bytes[i];
}

static void drain(struct packet_stream *stream)
{
    struct packet packet;
    int64_t wall_ns;

    while (packet_stream_take(stream, &packet, &wall_ns)) {
        uint64_t sum = 0;
        for (size_t i = 0; i < packet.size_bytes; i++)
            sum += packet.payload[i]; /* all of it can be read */
        fuzz_require(sum <= packet.size_bytes * 255, "bytes are bytes");
        fuzz_require(packet.size_bytes <= packet.original_bytes, "cut is not more");
    }
}

static void require_sums(const struct packet_counts *counts)
{
    fuzz_require(counts->frames == counts->datagrams - counts->reassembled - counts->incomplete +
                                       counts->fragments + counts->others + counts->malformed +
                                       counts->unread,
                 "each frame is counted once");
    fuzz_require(counts->fragments_unused <= counts->fragments, "no more unused than there are");
}

static struct seen read_file(const uint8_t *bytes, size_t size, size_t piece,
                             struct packet_stream *stream)
{
    struct blocks *blocks = blocks_open();
    struct seen seen = {.frames = 0};
    size_t at = 0, shown = piece < size ? piece : size;

    fuzz_require(blocks != NULL, "there is memory");
    for (;;) {
        uint8_t *window = fuzz_allocate(shown - at);
        struct blocks_frame frame = {.bytes = NULL};
        size_t used;
        memcpy(window, bytes + at, shown - at);
        seen.last = blocks_next(blocks, window, shown - at, &used, &frame);
        fuzz_require(used <= shown - at, "no more is used than was shown");
        if (seen.last == BLOCKS_FRAME) {
            fuzz_require(frame.bytes >= window && frame.captured_bytes <= used &&
                             frame.bytes + frame.captured_bytes <= window + used,
                         "a frame lies within what was used");
            see(&seen, &frame);
            packet_stream_put(stream, &frame);
            drain(stream);
        }
        free(window);
        at += used;
        if (seen.last == BLOCKS_BAD || (seen.last == BLOCKS_MORE && shown == size))
            break;
        if (seen.last == BLOCKS_MORE)
            shown = shown + piece < size ? shown + piece : size;
    }
    packet_stream_flush(stream);
    drain(stream);
    require_sums(packet_stream_counts(stream));
    blocks_close(blocks);
    return seen;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size < 2)
        return 0;
    size_t beginning = bytes[0] % BEGINNINGS, piece = bytes[1] + 1u;
    size_t head = beginnings[beginning].size, file_size = head + size - 2;
    uint8_t *file = fuzz_allocate(file_size);
    struct packet_stream *streams[] = {packet_stream_open(), packet_stream_open()};

    fuzz_require(streams[0] != NULL && streams[1] != NULL, "there is memory");
    memcpy(file, beginnings[beginning].bytes, head);
    memcpy(file + head, bytes + 2, size - 2);
    struct seen whole = read_file(file, file_size, file_size, streams[0]);
    struct seen pieces = read_file(file, file_size, piece, streams[1]);
    fuzz_require(whole.frames == pieces.frames && whole.sum == pieces.sum &&
                     whole.last == pieces.last,
                 "it does not matter in what pieces a file comes");
    packet_stream_close(streams[0]);
    packet_stream_close(streams[1]);
    free(file);
    return 0;
}
