/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay_cursor: reads a capture's UDP datagrams one by one. */
#ifndef UDPTUI_REPLAY_CURSOR_H
#define UDPTUI_REPLAY_CURSOR_H

#include <stdbool.h>
#include <stdint.h>

#include "udptui/capture/packet_stream.h"
#include "udptui/capture/reader.h"
#include "udptui/proto/packet.h"
#include "udptui/replay/counts.h"

enum cursor_state {
    CURSOR_DATAGRAM, /* packet is the next one */
    CURSOR_WAIT,     /* of a pipe: no data yet; replay_cursor_fd becomes readable */
    CURSOR_BUSY,     /* many frames without a datagram: call again, after handling keys and
                      * signals */
    CURSOR_END,      /* the end; error: why the rest cannot be read, "": all was read */
};

struct replay_cursor {
    const char *path; /* borrowed; "-": standard input, which cannot be read again */
    struct capture_reader *reader;
    struct packet_stream *stream;
    enum cursor_state state;
    struct packet packet; /* the datagram */
    int64_t stamp_ns;     /* its time, as the file says */
    int64_t wall_ns;      /* the capture's time: never before that of the last */
    bool ended;
    uint64_t filtered;              /* datagrams since the start that the caller rejected */
    char error[CAPTURE_ERROR_SIZE]; /* why the rest cannot be read, "": it can */
};

/* Opens the file and reads nothing yet: state is CURSOR_WAIT. False with cursor->error.
 * replay_cursor_close frees. */
bool replay_cursor_open(struct replay_cursor *cursor, const char *path);
void replay_cursor_close(struct replay_cursor *cursor);

/* Reads on to the next datagram without taking long: after CURSOR_BUSY call again, after
 * CURSOR_WAIT once replay_cursor_fd is readable. Returns cursor->state. */
enum cursor_state replay_cursor_next_now(struct replay_cursor *cursor);

/* What to poll for POLLIN; -1: a regular file. */
int replay_cursor_fd(const struct replay_cursor *cursor);

/* Whether datagrams are held back for the rest of a fragmented one. The second function gives that
 * one up, if no data has come for long; then read again. */
bool replay_cursor_holds(const struct replay_cursor *cursor);
void replay_cursor_give_up(struct replay_cursor *cursor);

/* What became of the frames so far. */
struct replay_counts replay_cursor_counts(const struct replay_cursor *cursor);

/* Starts again from the beginning. False with cursor->error, if the file cannot be opened again:
 * the cursor and its counts stay as they are. */
bool replay_cursor_rewind(struct replay_cursor *cursor);

/* How much of a regular file has been read, in percent. */
int replay_cursor_percent(const struct replay_cursor *cursor);

/* A position after a datagram. */
struct cursor_place {
    struct capture_position position;
    int64_t stamp_ns, wall_ns;
    uint64_t filtered;
};

/* Saves the position after the datagram read last, and returns to it: reading continues after it.
 * False, with nothing changed: it is a pipe or compressed, parts of fragmented datagrams are held,
 * or memory is short. The counts of frames continue. */
bool replay_cursor_tell(const struct replay_cursor *cursor, struct cursor_place *place);
bool replay_cursor_seek(struct replay_cursor *cursor, const struct cursor_place *place);

#endif
