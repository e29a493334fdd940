/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* capture_reader: reads the frames of a pcap or pcapng file, as it is or compressed with gzip or
 * zstd. The formats are capture/blocks. */
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
    CAPTURE_WAIT,  /* capture_reader_next_now only: nothing has come; see capture_reader_wait_fd */
};

/*
 * Opens a file ("-": standard input, which stays open), and reads nothing yet of a pipe. NULL with
 * error (CAPTURE_ERROR_SIZE) "FILE: why"; that a regular file is no capture is told here, too.
 */
struct capture_reader *capture_reader_open(const char *path, char *error);

/* The next frame. The first waits for it, if it has to come through a pipe; the second does not:
 * CAPTURE_WAIT. A frame is given as soon as its last byte has come. */
enum capture_status capture_reader_next(struct capture_reader *reader, struct blocks_frame *out,
                                        char *error);
enum capture_status capture_reader_next_now(struct capture_reader *reader, struct blocks_frame *out,
                                            char *error);

/* What to poll for POLLIN after CAPTURE_WAIT; -1: a regular file, which never has to be waited
 * for. The descriptor stays the reader's. */
int capture_reader_wait_fd(const struct capture_reader *reader);

/* A place in a file, between two frames. */
struct capture_position {
    uint64_t offset_bytes;
    struct blocks_position blocks;
};

/* The place behind the last frame, and back to it, with the same reader. False: it is a pipe, or
 * compressed, and can only be read from the beginning. */
bool capture_reader_tell(const struct capture_reader *reader, struct capture_position *position);
bool capture_reader_seek(struct capture_reader *reader, const struct capture_position *position);

/* How many bytes of the file (as it lies on the disk, compressed or not) have been read. */
uint64_t capture_reader_read_bytes(const struct capture_reader *reader);

/* What a regular file's header says, if it is a pcap; NULL: a pcapng. The reader's. */
const struct blocks_interface *capture_reader_pcap_interface(const struct capture_reader *reader);

/* Whether the path is the very file that is read, by whatever name. */
bool capture_reader_reads_file(const struct capture_reader *reader, const char *path);

/* Closes and frees (NULL allowed). */
void capture_reader_close(struct capture_reader *reader);

#endif
