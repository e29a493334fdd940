/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* writer_blocks: see the header. Each part of a block is padded to 4 bytes; its length stands at both
 * of its ends. */
#include "writer_internal.h"

#include <string.h>

enum {
    BLOCK_SECTION = 0x0a0d0d0a,
    BLOCK_INTERFACE = 1,
    BLOCK_PACKET = 6,
    BYTE_ORDER_MAGIC = 0x1a2b3c4d,
    OPTION_END = 0,
    OPTION_COMMENT = 1,
    OPTION_USER_APPLICATION = 4, /* of a section */
    OPTION_NAME = 2,             /* of an interface */
    OPTION_RESOLUTION = 9,       /* of an interface: a power of 10 */
    NANOSECONDS = 9,
};

struct block {
    uint8_t *out;
    size_t length;
};

static void block_put(struct block *block, const void *bytes, size_t size_bytes)
{
    static const uint8_t padding[4];

    if (size_bytes > 0)
        memcpy(block->out + block->length, bytes, size_bytes);
    block->length += size_bytes;
    size_t rest = (4 - block->length % 4) % 4;
    memcpy(block->out + block->length, padding, rest);
    block->length += rest;
}

static void block_put_word(struct block *block, uint32_t word)
{
    block_put(block, &word, sizeof word);
}

static void block_put_option(struct block *block, uint16_t code, const void *bytes,
                             size_t size_bytes)
{
    const uint16_t head[2] = {code, (uint16_t)size_bytes};

    block_put(block, head, sizeof head);
    block_put(block, bytes, size_bytes);
}

/* Not cut inside a UTF-8 character. */
static void block_put_comment(struct block *block, const char *comment)
{
    size_t length = strlen(comment);

    if (length == 0)
        return;
    if (length > CAPTURE_COMMENT_MAX)
        for (length = CAPTURE_COMMENT_MAX; ((uint8_t)comment[length] & 0xc0) == 0x80; length--)
            ;
    block_put_option(block, OPTION_COMMENT, comment, length);
}

static struct block block_begin(uint32_t type, uint8_t *out)
{
    struct block block = {.out = out};

    block_put_word(&block, type);
    block_put_word(&block, 0); /* its length */
    return block;
}

static size_t block_end(struct block *block)
{
    block_put_option(block, OPTION_END, NULL, 0);
    uint32_t length = (uint32_t)(block->length + sizeof length);

    memcpy(block->out + sizeof length, &length, sizeof length);
    block_put_word(block, length);
    return block->length;
}

static size_t writer_section(const char *comment, uint8_t *out)
{
    static const char program[] = "udptui";
    const uint16_t version[2] = {1, 0};
    struct block block = block_begin(BLOCK_SECTION, out);

    block_put_word(&block, BYTE_ORDER_MAGIC);
    block_put(&block, version, sizeof version);
    block_put_word(&block, UINT32_MAX); /* the section's length is not known */
    block_put_word(&block, UINT32_MAX);
    block_put_comment(&block, comment);
    block_put_option(&block, OPTION_USER_APPLICATION, program, strlen(program));
    return block_end(&block);
}

size_t writer_head(const char *comment, uint8_t *out)
{
    static const char name[] = "lo";
    const uint16_t link[2] = {LINKTYPE_RAW, 0};
    const uint8_t resolution = NANOSECONDS;
    size_t length = writer_section(comment, out);
    struct block block = block_begin(BLOCK_INTERFACE, out + length);

    block_put(&block, link, sizeof link);
    block_put_word(&block, SNAPSHOT_BYTES);
    block_put_option(&block, OPTION_NAME, name, strlen(name));
    block_put_option(&block, OPTION_RESOLUTION, &resolution, sizeof resolution);
    return length + block_end(&block);
}

size_t writer_block(const struct writer_frame *frame, uint8_t *out)
{
    struct block block = block_begin(BLOCK_PACKET, out);
    size_t captured_bytes = frame->header_bytes + frame->size_bytes;

    block_put_word(&block, 0); /* the interface */
    block_put_word(&block, (uint32_t)((uint64_t)frame->wall_ns >> 32));
    block_put_word(&block, (uint32_t)frame->wall_ns);
    block_put_word(&block, (uint32_t)captured_bytes);
    block_put_word(&block, frame->original_bytes);
    if (frame->header_bytes > 0)
        memcpy(out + block.length, frame->headers, frame->header_bytes);
    block.length += frame->header_bytes;
    block_put(&block, frame->payload, frame->size_bytes);
    block_put_comment(&block, frame->comment);
    return block_end(&block);
}

size_t writer_block_bytes(const uint8_t *block)
{
    uint32_t length;

    memcpy(&length, block + sizeof length, sizeof length);
    return length;
}
