/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* capture_reader: reads the frames of a pcap or pcapng file, uncompressed or compressed with gzip
 * or zstd. The formats are capture/blocks. */
#ifndef UDPTUI_CAPTURE_READER_H
#define UDPTUI_CAPTURE_READER_H

#include <stdbool.h>
#include <stdint.h>

#include "udptui/capture/blocks.h"
#include "udptui/capture/file.h"

struct capture_reader;

enum capture_status {
    CAPTURE_FRAME, /* out is filled, its bytes valid until the next call */
    CAPTURE_END,   /* the file ends between two packets */
    CAPTURE_BAD,   /* the rest cannot be read: error (CAPTURE_ERROR_SIZE) says "FILE: why" */
    CAPTURE_WAIT,  /* capture_reader_next_now only: no data yet; see capture_reader_wait_fd */
};

/*
 * Opens a file ("-": standard input, which stays open), and reads nothing yet of a pipe. NULL with
 * error (CAPTURE_ERROR_SIZE) "FILE: why"; also if a regular file is not a capture.
 */
struct capture_reader *capture_reader_open(const char *path, char *error);

/* The next frame. On a pipe, the first function waits for it; the second returns CAPTURE_WAIT
 * instead. A frame is returned as soon as its last byte has arrived. */
enum capture_status capture_reader_next(struct capture_reader *reader, struct blocks_frame *out,
                                        char *error);
enum capture_status capture_reader_next_now(struct capture_reader *reader, struct blocks_frame *out,
                                            char *error);

/* What to poll for POLLIN after CAPTURE_WAIT; -1: a regular file, which is always ready. The reader
 * keeps the descriptor. */
int capture_reader_wait_fd(const struct capture_reader *reader);

/* A position in a file, between two frames. */
struct capture_position {
    uint64_t offset_bytes;
    struct blocks_position blocks;
};

/* Saves the position after the last frame, and returns to it, with the same reader. False: it is a
 * pipe, or compressed, and can only be read from the beginning. */
bool capture_reader_tell(const struct capture_reader *reader, struct capture_position *position);
bool capture_reader_seek(struct capture_reader *reader, const struct capture_position *position);

/* How many bytes of the file on disk (compressed or not) have been read. */
uint64_t capture_reader_read_bytes(const struct capture_reader *reader);

/* What a regular file's header says, if it is a pcap; NULL: a pcapng. The reader's. */
const struct blocks_interface *capture_reader_pcap_interface(const struct capture_reader *reader);

/* Whether the path names the file that is being read. */
bool capture_reader_reads_file(const struct capture_reader *reader, const char *path);

/* Closes and frees (NULL allowed). */
void capture_reader_close(struct capture_reader *reader);

#endif
