/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_capture: a capture file as the reader gets it, compressed or not. What can be read of it is
 * written to another one and read again: the same datagrams come out. A file that can be read from
 * another place gives the same frame there.
 */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "udptui/capture/packet_stream.h"
#include "udptui/capture/reader.h"
#include "udptui/capture/writer.h"

const char *const fuzz_words[] = {
    "\xd4\xc3\xb2\xa1",
    "\x4d\x3c\xb2\xa1",
    "\x0a\x0d\x0d\x0a",
    "\x4d\x3c\x2b\x1a",
    "\x1f\x8b\x08",
    "\x28\xb5\x2f\xfd",
    "\x65",
    "\x01",
    "\x06",
    "hello",
    NULL,
};

enum { PATH_SIZE = 40, FRAMES_MAX = 2000 };

/* Enough of datagrams to distinguish two lists of them. */
struct sum {
    uint64_t datagrams, value;
};

static void sum_bytes(struct sum *sum, const void *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        sum->value = sum->value * 31 + ((const uint8_t *)bytes)[i];
}

static void sum_packet(struct sum *sum, const struct packet *packet, int64_t wall_ns)
{
    sum->datagrams++;
    sum->value = sum->value * 31 + (uint64_t)wall_ns;
    sum_bytes(sum, &packet->source.port, 2);
    sum_bytes(sum, packet->destination.address, sizeof packet->destination.address);
    sum_bytes(sum, packet->payload, packet->size_bytes);
}

/* A file without a name, of these bytes; path: by which it is opened. */
static int make_file(const void *bytes, size_t size, char *path)
{
    int fd = memfd_create("capture", MFD_CLOEXEC);

    fuzz_require(fd >= 0, "a file can be made");
    fuzz_require(write(fd, bytes, size) == (ssize_t)size, "and written");
    snprintf(path, PATH_SIZE, "/proc/self/fd/%d", fd);
    return fd;
}

/* What a pcap has room for: seconds of 32 bits, and lengths of IPv4. */
static bool can_be_written(const struct packet *packet, int64_t wall_ns)
{
    return wall_ns >= 0 && wall_ns / 1000000000 <= UINT32_MAX && !packet->untimed &&
           (packet->source.family == ENDPOINT_IPV6 || packet->original_bytes <= 65507);
}

static void take_packets(struct packet_stream *stream, struct capture_writer *writer,
                         struct sum *sum)
{
    struct packet packet;
    int64_t wall_ns;

    while (packet_stream_take(stream, &packet, &wall_ns)) {
        if (!can_be_written(&packet, wall_ns))
            continue;
        sum_packet(sum, &packet, wall_ns);
        if (writer != NULL)
            fuzz_require(capture_writer_write(writer, wall_ns, &packet),
                         "what was read is written");
    }
}

/* The frame at a place is the same when it is read again. */
static void require_place(struct capture_reader *reader)
{
    char error[CAPTURE_ERROR_SIZE];
    struct capture_position place;
    struct blocks_frame frame;
    struct sum first = {.value = 0}, again = {.value = 0};

    if (!capture_reader_tell(reader, &place))
        return;
    enum capture_status status = capture_reader_next(reader, &frame, error);
    if (status == CAPTURE_FRAME)
        sum_bytes(&first, frame.bytes, frame.captured_bytes);
    fuzz_require(capture_reader_seek(reader, &place), "a place can be read again");
    fuzz_require(capture_reader_next(reader, &frame, error) == status, "it is the same there");
    if (status == CAPTURE_FRAME)
        sum_bytes(&again, frame.bytes, frame.captured_bytes);
    fuzz_require(first.value == again.value, "and has the same bytes");
    fuzz_require(capture_reader_seek(reader, &place), "as often as one likes");
}

static void require_reason(const char *error)
{
    fuzz_require(error[0] != '\0' && memchr(error, '\0', CAPTURE_ERROR_SIZE) != NULL,
                 "what cannot be read has a reason");
}

static struct sum read_file(const char *path, struct capture_writer *writer)
{
    char error[CAPTURE_ERROR_SIZE] = "";
    struct capture_reader *reader = capture_reader_open(path, error);
    struct packet_stream *stream = packet_stream_open();
    enum capture_status status = CAPTURE_FRAME;
    struct blocks_frame frame;
    struct sum sum = {.value = 0};

    fuzz_require(stream != NULL, "there is memory");
    if (reader == NULL) {
        require_reason(error);
        fuzz_require(writer != NULL, "what was written can be read");
    }
    for (int i = 0; reader != NULL && i < FRAMES_MAX; i++) {
        if (i % 8 == 1)
            require_place(reader);
        status = capture_reader_next(reader, &frame, error);
        if (status != CAPTURE_FRAME)
            break;
        packet_stream_put(stream, &frame);
        take_packets(stream, writer, &sum);
    }
    packet_stream_flush(stream);
    take_packets(stream, writer, &sum);
    if (status == CAPTURE_BAD)
        require_reason(error);
    fuzz_require(writer != NULL || status != CAPTURE_BAD, "what was written is whole");
    packet_stream_close(stream);
    capture_reader_close(reader);
    return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char path[PATH_SIZE], copy_path[PATH_SIZE], error[CAPTURE_ERROR_SIZE] = "";
    int fd = make_file(bytes, size, path), copy_fd = make_file("", 0, copy_path);
    struct capture_writer *writer =
        size % 2 == 0 ? capture_writer_create(copy_path, false, error)
                      : capture_writer_create_commented(copy_path, false, "", error);

    fuzz_require(writer != NULL, "an empty file can be written");
    struct sum sum = read_file(path, writer);
    fuzz_require(capture_writer_lost(writer) == 0, "nothing is lost");
    fuzz_require(capture_writer_close(writer), "all is written");
    struct sum again = read_file(copy_path, NULL);
    fuzz_require(sum.datagrams == again.datagrams, "as many datagrams come out");
    fuzz_require(sum.value == again.value, "and the same ones");
    close(fd);
    close(copy_fd);
    return 0;
}
