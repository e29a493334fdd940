/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * capture: capture files, written as pcap and read as pcap or pcapng, as they are or compressed
 * with gzip or zstd. The formats are capture/blocks; here is what reads and writes the bytes.
 */
#ifndef UDPTUI_CAPTURE_CAPTURE_H
#define UDPTUI_CAPTURE_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/capture/blocks.h"
#include "udptui/proto/packet.h"

enum { CAPTURE_ERROR_SIZE = 400 };

/* ---- writing: pcap with nanoseconds and LINKTYPE_RAW; headers are rebuilt, checksums right */
struct capture_writer;

/* Makes the file. One that is there is overwritten if it is empty, a capture (pcap, pcapng) or no
 * regular file (a pipe), or if force says so. NULL with error (CAPTURE_ERROR_SIZE) "FILE: why". */
struct capture_writer *capture_create(const char *path, bool force, char *error);

/* Buffered until capture_flush. False from the first byte on that could not be written; errno
 * says why, also on later calls. */
bool capture_write(struct capture_writer *writer, int64_t wall_ns, const struct packet *packet);
bool capture_flush(struct capture_writer *writer);

/* How many of the packets that capture_write was given are not in the file, or not whole, because
 * writing failed. Exact after capture_flush. */
uint64_t capture_lost(const struct capture_writer *writer);

/* Flushes, closes and frees (NULL allowed: true). Returns whether all has been written, else
 * errno. */
bool capture_writer_close(struct capture_writer *writer);

/* ---- reading */
struct capture_reader;

enum capture_status {
    CAPTURE_FRAME, /* out is filled, its bytes valid until the next call */
    CAPTURE_END,   /* the file ends between two packets */
    CAPTURE_BAD,   /* the rest cannot be read: error (CAPTURE_ERROR_SIZE) says "FILE: why" */
    CAPTURE_WAIT,  /* capture_next_now only: nothing has come; see capture_wait_fd */
};

/*
 * Opens a file ("-": standard input, which stays open), and reads nothing yet of a pipe. NULL with
 * error (CAPTURE_ERROR_SIZE) "FILE: why"; that a regular file is no capture is told here, too.
 */
struct capture_reader *capture_open(const char *path, char *error);

/* The next frame. The first waits for it, if it has to come through a pipe; the second does not:
 * CAPTURE_WAIT. A frame is given as soon as its last byte has come. */
enum capture_status capture_next(struct capture_reader *reader, struct blocks_frame *out,
                                 char *error);
enum capture_status capture_next_now(struct capture_reader *reader, struct blocks_frame *out,
                                     char *error);

/* What to poll for POLLIN after CAPTURE_WAIT; -1: a regular file, which never has to be waited
 * for. The descriptor stays the reader's. */
int capture_wait_fd(const struct capture_reader *reader);

/* A place in a file, between two frames. */
struct capture_position {
    uint64_t offset_bytes;
    struct blocks_position blocks;
};

/* The place behind the last frame, and back to it, with the same reader. False: it is a pipe, or
 * compressed, and can only be read from the beginning. */
bool capture_tell(const struct capture_reader *reader, struct capture_position *position);
bool capture_seek(struct capture_reader *reader, const struct capture_position *position);

/* How many bytes of the file (as it lies on the disk, compressed or not) have been read. */
uint64_t capture_read_bytes(const struct capture_reader *reader);

/* What a regular file's header says, if it is a pcap; NULL: a pcapng. The reader's. */
const struct blocks_interface *capture_pcap_interface(const struct capture_reader *reader);

/* Whether the path is the very file that is read, by whatever name. */
bool capture_is_read_from(const struct capture_reader *reader, const char *path);

/* Closes and frees (NULL allowed). */
void capture_reader_close(struct capture_reader *reader);

/* ---- copying: frames of a capture as they are, with their times, link types and snapshot lengths.
 * A pcap becomes a pcap, a pcapng a pcapng; comments, names of interfaces and the like stay behind */
struct capture_copy;

/* Makes the file, as capture_create does, for frames of the original. NULL with error
 * (CAPTURE_ERROR_SIZE) "FILE: why", also if it is the original itself. capture_copy_close frees. */
struct capture_copy *capture_copy_create(const char *path, bool force,
                                         const struct capture_reader *original, char *error);

/* Buffered. False from the first frame on that could not be written; errno says why. */
bool capture_copy_write(struct capture_copy *copy, const struct blocks_frame *frame);

/* Writes what is left, closes and frees. *frames: how many are in the file. Returns whether all has
 * been written, else errno. */
bool capture_copy_close(struct capture_copy *copy, uint64_t *frames);

#endif
