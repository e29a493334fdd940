/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * capture: pcap files, written and read by libpcap. Without that library the same functions say so.
 */
#ifndef UDPTUI_OUTPUT_CAPTURE_H
#define UDPTUI_OUTPUT_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/core/packet.h"

enum { CAPTURE_ERROR_SIZE = 320 };

/* ---- writing: pcap with nanoseconds and LINKTYPE_RAW; headers are rebuilt, checksums right */
struct capture_writer;

/* Makes the file ("-": standard output), overwriting one that is there. NULL with error
 * (CAPTURE_ERROR_SIZE) "FILE: why". */
struct capture_writer *capture_create(const char *path, char *error);

/* Buffered until capture_flush. False from the first byte on that could not be written; errno
 * says why, also on later calls. */
bool capture_write(struct capture_writer *writer, int64_t wall_ns, const struct packet *packet);
bool capture_flush(struct capture_writer *writer);

/* Flushes, closes and frees (NULL allowed: true). Returns whether all has been written, else
 * errno. */
bool capture_writer_close(struct capture_writer *writer);

/* ---- reading: pcap or pcapng of any time resolution */
struct capture_reader;

enum capture_status { CAPTURE_FRAME, CAPTURE_END, CAPTURE_BAD };

struct capture_frame {
    int64_t wall_ns;
    int link_type;        /* LINKTYPE_ of the file: for packet_parse */
    const uint8_t *bytes; /* valid until the next call */
    size_t captured_bytes, original_bytes;
};

/* "-": standard input. NULL with error (CAPTURE_ERROR_SIZE) "FILE: why". */
struct capture_reader *capture_open(const char *path, char *error);

/* CAPTURE_BAD: the rest cannot be read; error (CAPTURE_ERROR_SIZE) says why, "FILE: why". */
enum capture_status capture_next(struct capture_reader *reader, struct capture_frame *out,
                                 char *error);

/* Closes and frees (NULL allowed). */
void capture_reader_close(struct capture_reader *reader);

#endif
