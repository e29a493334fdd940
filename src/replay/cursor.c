/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay_cursor: see the header. */
#include "udptui/replay/cursor.h"

#include <stdio.h>
#include <sys/stat.h>

#include "udptui/base/units.h"

enum { FRAMES_A_LOOK = 2048 };

/* A file may hold any time; beyond these limits, calculations would overflow. */
static int64_t within_reach(int64_t wall_ns)
{
    const int64_t latest_ns = INT64_MAX / 2;

    return wall_ns < 0 ? 0 : wall_ns < latest_ns ? wall_ns : latest_ns;
}

/* Reads the next frame for the stream; at the end, the stream releases all that it held back. */
static enum capture_status read_frame(struct replay_cursor *cursor)
{
    struct blocks_frame frame;
    enum capture_status status =
        cursor->ended ? CAPTURE_END
                      : capture_reader_next_now(cursor->reader, &frame, cursor->error);

    if (status == CAPTURE_FRAME)
        packet_stream_put(cursor->stream, &frame);
    if (status == CAPTURE_FRAME || status == CAPTURE_WAIT)
        return status;
    cursor->ended = true;
    packet_stream_flush(cursor->stream);
    return CAPTURE_END;
}

static bool replay_cursor_take(struct replay_cursor *cursor)
{
    int64_t stamp_ns;

    if (!packet_stream_take(cursor->stream, &cursor->packet, &stamp_ns))
        return false;
    cursor->stamp_ns = within_reach(stamp_ns);
    if (cursor->stamp_ns > cursor->wall_ns)
        cursor->wall_ns = cursor->stamp_ns;
    return true;
}

enum cursor_state replay_cursor_next_now(struct replay_cursor *cursor)
{
    enum capture_status status = CAPTURE_FRAME;

    for (int frames = 0; !replay_cursor_take(cursor); frames++) {
        if (status == CAPTURE_END)
            return cursor->state = CURSOR_END;
        if (frames == FRAMES_A_LOOK)
            return cursor->state = CURSOR_BUSY;
        status = read_frame(cursor);
        if (status == CAPTURE_WAIT)
            return cursor->state = CURSOR_WAIT;
    }
    return cursor->state = CURSOR_DATAGRAM;
}

int replay_cursor_fd(const struct replay_cursor *cursor)
{
    return capture_reader_wait_fd(cursor->reader);
}

bool replay_cursor_holds(const struct replay_cursor *cursor)
{
    return packet_stream_is_waiting(cursor->stream);
}

void replay_cursor_give_up(struct replay_cursor *cursor)
{
    packet_stream_flush(cursor->stream);
}

struct replay_counts replay_cursor_counts(const struct replay_cursor *cursor)
{
    return (struct replay_counts){.packets = *packet_stream_counts(cursor->stream),
                                  .filtered = cursor->filtered};
}

bool replay_cursor_open(struct replay_cursor *cursor, const char *path)
{
    *cursor = (struct replay_cursor){.path = path, .wall_ns = INT64_MIN, .state = CURSOR_WAIT};
    cursor->reader = capture_reader_open(path, cursor->error);
    if (cursor->reader == NULL)
        return false;
    cursor->stream = packet_stream_open();
    if (cursor->stream == NULL) {
        snprintf(cursor->error, sizeof cursor->error, "%.200s: not enough memory", path);
        replay_cursor_close(cursor);
        return false;
    }
    cursor->error[0] = '\0';
    return true;
}

void replay_cursor_close(struct replay_cursor *cursor)
{
    capture_reader_close(cursor->reader);
    packet_stream_close(cursor->stream);
    cursor->reader = NULL;
    cursor->stream = NULL;
}

bool replay_cursor_rewind(struct replay_cursor *cursor)
{
    struct replay_cursor again;

    if (!replay_cursor_open(&again, cursor->path)) { /* its counts remain readable */
        memcpy(cursor->error, again.error, sizeof cursor->error);
        return false;
    }
    replay_cursor_close(cursor);
    *cursor = again;
    return true;
}

int replay_cursor_percent(const struct replay_cursor *cursor)
{
    struct stat status;
    uint64_t read_bytes = capture_reader_read_bytes(cursor->reader);

    if (stat(cursor->path, &status) != 0 || status.st_size <= 0)
        return 0;
    return units_share((int64_t)read_bytes, (int64_t)status.st_size, 100);
}

/* ---- places */

bool replay_cursor_tell(const struct replay_cursor *cursor, struct cursor_place *place)
{
    *place = (struct cursor_place){
        .stamp_ns = cursor->stamp_ns, .wall_ns = cursor->wall_ns, .filtered = cursor->filtered};
    return !packet_stream_is_waiting(cursor->stream) &&
           capture_reader_tell(cursor->reader, &place->position);
}

bool replay_cursor_seek(struct replay_cursor *cursor, const struct cursor_place *place)
{
    struct packet_stream *stream = packet_stream_open();

    if (stream == NULL || !capture_reader_seek(cursor->reader, &place->position)) {
        packet_stream_close(stream);
        return false;
    }
    packet_stream_close(cursor->stream);
    cursor->stream = stream;
    cursor->stamp_ns = place->stamp_ns;
    cursor->wall_ns = place->wall_ns;
    cursor->filtered = place->filtered;
    cursor->ended = false;
    cursor->error[0] = '\0';
    cursor->state = CURSOR_WAIT;
    return true;
}
