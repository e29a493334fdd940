/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * capture_writer: pcap of nanoseconds (draft-ietf-opsawg-pcap), or pcapng with comments
 * (draft-ietf-opsawg-pcapng, in writer_blocks.c), in this machine's byte order.
 *
 * Records are put into a buffer of our own, which is written when it is full or flushed: the file
 * then holds whole records whenever it was flushed, and one write call carries thousands.
 */
#include "udptui/capture/writer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file_internal.h"
#include "udptui/proto/reason.h"
#include "writer_internal.h"

enum {
    NS_PER_S = 1000000000,
    VERSION_MAJOR = 2,
    VERSION_MINOR = 4,
    BUFFER_BYTES = 1 << 18,
};

static const uint32_t magic_nanoseconds = 0xa1b23c4d;

struct file_header {
    uint32_t magic;
    uint16_t version_major, version_minor;
    uint32_t reserved[2];
    uint32_t snapshot_bytes, link_type;
};

struct record_header {
    uint32_t seconds, nanoseconds, captured_bytes, original_bytes;
};

struct capture_writer {
    int fd;
    bool blocks; /* pcapng */
    int error;   /* errno of the first failure */
    uint64_t lost;
    off_t file_bytes;  /* written */
    size_t used_bytes; /* of the buffer: whole records */
    uint8_t buffer[BUFFER_BYTES];
};

/* Returns whether all went well; errno says what did not. */
static bool is_well(const struct capture_writer *writer)
{
    errno = writer->error;
    return writer->error == 0;
}

int capture_writer_fd(const struct capture_writer *writer)
{
    return writer->fd;
}

uint64_t capture_writer_lost(const struct capture_writer *writer)
{
    return writer->lost;
}

/* How many bytes the record there has. */
static size_t record_bytes(const struct capture_writer *writer, size_t at)
{
    struct record_header record;

    if (writer->blocks)
        return writer_block_bytes(writer->buffer + at);
    memcpy(&record, writer->buffer + at, sizeof record);
    return sizeof record + record.captured_bytes;
}

/* Counts the buffer's records that were not written completely, and removes a partial one from the
 * file again (not from a pipe), so that the file can be read to its end. */
static void note_unwritten(struct capture_writer *writer, size_t written)
{
    size_t whole = 0;

    for (size_t at = 0; at < writer->used_bytes;) {
        at += record_bytes(writer, at);
        if (at <= written)
            whole = at;
        writer->lost += at > written;
    }
    if (writer->lost > 0 && written > whole &&
        ftruncate(writer->fd, writer->file_bytes + (off_t)whole) == 0)
        lseek(writer->fd, 0, SEEK_END);
}

bool capture_writer_flush(struct capture_writer *writer)
{
    size_t written = 0;

    if (writer->error == 0)
        writer->error =
            capture_file_write(writer->fd, writer->buffer, writer->used_bytes, &written);
    if (writer->error != 0)
        note_unwritten(writer, written);
    writer->file_bytes += (off_t)written;
    writer->used_bytes = 0;
    return is_well(writer);
}

static void capture_writer_put(struct capture_writer *writer, const void *bytes, size_t size_bytes)
{
    if (size_bytes > 0)
        memcpy(writer->buffer + writer->used_bytes, bytes, size_bytes);
    writer->used_bytes += size_bytes;
}

/* The file's header is written at once: so that a failure shows now. comment NULL: a pcap. */
static bool capture_writer_begin(struct capture_writer *writer, int fd, const char *comment)
{
    uint8_t blocks[WRITER_HEAD_MAX];
    const struct file_header header = {.magic = magic_nanoseconds,
                                       .version_major = VERSION_MAJOR,
                                       .version_minor = VERSION_MINOR,
                                       .snapshot_bytes = SNAPSHOT_BYTES,
                                       .link_type = LINKTYPE_RAW};

    size_t size_bytes = comment != NULL ? writer_head(comment, blocks) : sizeof header;

    writer->blocks = comment != NULL;
    writer->error = 0;
    writer->lost = 0;
    writer->file_bytes = (off_t)size_bytes;
    writer->used_bytes = 0;
    writer->fd = fd;
    ssize_t count = write(fd, comment != NULL ? (const void *)blocks : &header, size_bytes);
    if (count >= 0 && (size_t)count != size_bytes)
        errno = ENOSPC;
    return count >= 0 && (size_t)count == size_bytes;
}

static struct capture_writer *capture_writer_make(const char *path, bool force, const char *comment,
                                                  char *error)
{
    int fd = capture_file_create(path, force, error);
    struct capture_writer *writer = fd >= 0 ? malloc(sizeof *writer) : NULL;

    if (fd < 0)
        return NULL;
    if (writer != NULL && capture_writer_begin(writer, fd, comment))
        return writer;
    capture_file_explain(error, path, reason_text(errno));
    close(fd);
    free(writer);
    return NULL;
}

struct capture_writer *capture_writer_create(const char *path, bool force, char *error)
{
    return capture_writer_make(path, force, NULL, error);
}

struct capture_writer *capture_writer_create_commented(const char *path, bool force,
                                                       const char *comment, char *error)
{
    return capture_writer_make(path, force, comment, error);
}

bool capture_writer_write(struct capture_writer *writer, int64_t wall_ns,
                          const struct packet *packet)
{
    return capture_writer_write_commented(writer, wall_ns, packet, "");
}

/* Makes room for a record of so many bytes. */
static void capture_writer_reserve(struct capture_writer *writer, size_t size_bytes)
{
    if (size_bytes > BUFFER_BYTES - writer->used_bytes)
        capture_writer_flush(writer);
}

static void capture_writer_put_block(struct capture_writer *writer,
                                     const struct writer_frame *frame)
{
    capture_writer_reserve(writer, frame->header_bytes + frame->size_bytes + WRITER_BLOCK_MAX);
    writer->used_bytes += writer_block(frame, writer->buffer + writer->used_bytes);
}

/* A frame in the file's format. */
static bool capture_writer_write_frame(struct capture_writer *writer,
                                       const struct writer_frame *frame)
{
    size_t captured_bytes = frame->header_bytes + frame->size_bytes;
    const struct record_header record = {.seconds = (uint32_t)(frame->wall_ns / NS_PER_S),
                                         .nanoseconds = (uint32_t)(frame->wall_ns % NS_PER_S),
                                         .captured_bytes = (uint32_t)captured_bytes,
                                         .original_bytes = frame->original_bytes};

    if (writer->blocks) {
        capture_writer_put_block(writer, frame);
        return is_well(writer);
    }
    capture_writer_reserve(writer, sizeof record + captured_bytes);
    capture_writer_put(writer, &record, sizeof record);
    capture_writer_put(writer, frame->headers, frame->header_bytes);
    capture_writer_put(writer, frame->payload, frame->size_bytes);
    return is_well(writer);
}

bool capture_writer_write_commented(struct capture_writer *writer, int64_t wall_ns,
                                    const struct packet *packet, const char *comment)
{
    uint8_t headers[PACKET_HEADERS_MAX];
    size_t header_bytes = packet_headers(packet, headers);
    size_t room = SNAPSHOT_BYTES - header_bytes;
    bool cut = packet->original_bytes > packet->size_bytes;
    const struct writer_frame frame = {
        .wall_ns = wall_ns,
        .headers = headers,
        .header_bytes = header_bytes,
        .payload = packet->payload,
        .size_bytes = packet->size_bytes < room ? packet->size_bytes : room,
        .original_bytes =
            (uint32_t)(header_bytes + (cut ? packet->original_bytes : packet->size_bytes)),
        .comment = comment};

    return capture_writer_write_frame(writer, &frame);
}

bool capture_writer_write_raw(struct capture_writer *writer, int64_t wall_ns, const uint8_t *bytes,
                              size_t captured_bytes, size_t original_bytes, const char *comment)
{
    const struct writer_frame frame = {.wall_ns = wall_ns,
                                       .payload = bytes,
                                       .size_bytes = captured_bytes,
                                       .original_bytes = (uint32_t)original_bytes,
                                       .comment = comment};

    return capture_writer_write_frame(writer, &frame);
}

bool capture_writer_write_record(struct capture_writer *writer, const struct record *record)
{
    const struct packet packet = {
        .source = record->from,
        .destination = record->to,
        .payload = (const uint8_t *)(record + 1),
        .size_bytes = record->size_bytes,
        .original_bytes = record->original_bytes,
        .hop_limit = record->hop_limit,
        .traffic_class = record->traffic_class,
        .checksum_status = record->checksum_status,
    };

    return capture_writer_write(writer, record->wall_ns, &packet);
}

bool capture_writer_close(struct capture_writer *writer)
{
    if (writer == NULL)
        return true;
    capture_writer_flush(writer);
    if (close(writer->fd) != 0 && writer->error == 0)
        writer->error = errno;
    int error = writer->error;
    free(writer);
    errno = error;
    return error == 0;
}
