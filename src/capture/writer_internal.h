/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* writer_blocks: the blocks of a pcapng (draft-ietf-opsawg-pcapng), for the writer: bytes only. */
#ifndef UDPTUI_CAPTURE_WRITER_INTERNAL_H
#define UDPTUI_CAPTURE_WRITER_INTERNAL_H

#include <stddef.h>
#include <stdint.h>

#include "udptui/capture/writer.h"
#include "udptui/proto/packet.h"

enum {
    LINKTYPE_RAW = 101,
    SNAPSHOT_BYTES = 65535 + PACKET_HEADERS_MAX,
    WRITER_BLOCK_MAX = CAPTURE_COMMENT_MAX + 64, /* of a packet block, besides the frame */
    WRITER_HEAD_MAX = CAPTURE_COMMENT_MAX + 192,
};

/* A frame, in two parts, and its comment, "" for none. */
struct writer_frame {
    int64_t wall_ns;
    const uint8_t *headers, *payload;
    size_t header_bytes, size_bytes;
    uint32_t original_bytes;
    const char *comment;
};

/* The section header block with its comment, and the description of the one interface, whose times
 * are nanoseconds. out: WRITER_HEAD_MAX. Returns their length. */
size_t writer_head(const char *comment, uint8_t *out);

/* An enhanced packet block. out: WRITER_BLOCK_MAX and the frame. Returns its length. */
size_t writer_block(const struct writer_frame *frame, uint8_t *out);

/* The length of the block that begins there. */
size_t writer_block_bytes(const uint8_t *block);

#endif
