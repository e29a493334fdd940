/* SPDX-License-Identifier: GPL-3.0-or-later */
/* film: a capture file as its UDP datagrams, one after the other, and again from the start. */
#ifndef UDPTUI_CMD_FILM_H
#define UDPTUI_CMD_FILM_H

#include <stdbool.h>
#include <stdint.h>

#include "udptui/core/packet_stream.h"
#include "udptui/output/capture.h"
#include "udptui/output/replay.h"

struct film {
    const char *path; /* borrowed; "-": standard input, which has no second time */
    struct capture_reader *reader;
    struct packet_stream *stream;
    struct packet packet; /* the next datagram, where there is one */
    int64_t wall_ns;      /* its time, never before that of the last */
    bool has, ended;
    uint64_t filtered;              /* datagrams since the start that the caller did not want */
    char error[CAPTURE_ERROR_SIZE]; /* why the rest cannot be read, "": it can */
};

/* Opens the file and reads up to its first datagram. False with film->error. */
bool film_open(struct film *film, const char *path);
void film_close(struct film *film);

/* Reads the datagram behind film->packet; has is false at the end, and where the rest cannot be
 * read. */
void film_next(struct film *film);

/* What was read since the start. */
struct capture_counts film_counts(const struct film *film);

/* Begins anew. False with film->error, where the file is gone. */
bool film_rewind(struct film *film);

#endif
