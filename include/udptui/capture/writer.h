/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* capture_writer: writes datagrams to a pcap, or to a pcapng with comments, with nanoseconds and
 * LINKTYPE_RAW; headers are rebuilt, with correct checksums. */
#ifndef UDPTUI_CAPTURE_WRITER_H
#define UDPTUI_CAPTURE_WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include "udptui/capture/file.h"
#include "udptui/proto/packet.h"
#include "udptui/proto/record.h"

struct capture_writer;

/* Creates the file. An existing one is overwritten if it is empty, a capture (pcap, pcapng) or not
 * a regular file (a pipe), or with force. NULL with error (CAPTURE_ERROR_SIZE) "FILE: why". */
struct capture_writer *capture_writer_create(const char *path, bool force, char *error);

enum { CAPTURE_COMMENT_MAX = 4096 };

/* The same for a pcapng, whose section has this comment (UTF-8; from CAPTURE_COMMENT_MAX bytes on it
 * is cut). */
struct capture_writer *capture_writer_create_commented(const char *path, bool force,
                                                       const char *comment, char *error);

/* Buffered until capture_writer_flush. False from the first byte that could not be written, with
 * errno, also on later calls. */
bool capture_writer_write(struct capture_writer *writer, int64_t wall_ns,
                          const struct packet *packet);
/* The same with a comment, for capture_writer_create_commented; in a pcap it has no place. */
bool capture_writer_write_commented(struct capture_writer *writer, int64_t wall_ns,
                                    const struct packet *packet, const char *comment);
/* The same of an IP packet as it was captured, of which captured_bytes are there: at most 65,583. */
bool capture_writer_write_raw(struct capture_writer *writer, int64_t wall_ns, const uint8_t *bytes,
                              size_t captured_bytes, size_t original_bytes, const char *comment);
/* The same of a record with its payload behind it. */
bool capture_writer_write_record(struct capture_writer *writer, const struct record *record);
bool capture_writer_flush(struct capture_writer *writer);

/* The file's descriptor. */
int capture_writer_fd(const struct capture_writer *writer);

/* How many of the packets that capture_writer_write was given are not in the file, or not whole,
 * because writing failed. Exact after capture_writer_flush. */
uint64_t capture_writer_lost(const struct capture_writer *writer);

/* Flushes, closes and frees (NULL allowed: true). Returns whether all has been written, else
 * errno. */
bool capture_writer_close(struct capture_writer *writer);

#endif
