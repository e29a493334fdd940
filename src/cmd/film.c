/* SPDX-License-Identifier: GPL-3.0-or-later */
/* film: see the header. */
#include "film.h"

#include <stdio.h>

/* A file may say any time; beyond these one could not reckon with it. */
static int64_t within_reach(int64_t wall_ns)
{
    const int64_t latest_ns = INT64_MAX / 2;

    return wall_ns < 0 ? 0 : wall_ns < latest_ns ? wall_ns : latest_ns;
}

/* The next frame for the stream. False, with all that it held back given out, at the end. */
static bool read_frame(struct film *film)
{
    struct blocks_frame frame;

    if (film->ended || capture_next(film->reader, &frame, film->error) != CAPTURE_FRAME) {
        film->ended = true;
        packet_stream_flush(film->stream);
        return false;
    }
    packet_stream_put(film->stream, &frame);
    return true;
}

void film_next(struct film *film)
{
    int64_t wall_ns;
    bool more = true;

    while (!(film->has = packet_stream_take(film->stream, &film->packet, &wall_ns, NULL)) && more)
        more = read_frame(film);
    if (film->has && within_reach(wall_ns) > film->wall_ns)
        film->wall_ns = within_reach(wall_ns);
}

struct capture_counts film_counts(const struct film *film)
{
    return (struct capture_counts){.packets = *packet_stream_counts(film->stream),
                                   .filtered = film->filtered};
}

bool film_open(struct film *film, const char *path)
{
    *film = (struct film){.path = path, .wall_ns = INT64_MIN};
    film->reader = capture_open(path, film->error);
    if (film->reader == NULL)
        return false;
    film->stream = packet_stream_open();
    if (film->stream == NULL) {
        snprintf(film->error, sizeof film->error, "%.200s: not enough memory", path);
        film_close(film);
        return false;
    }
    film->error[0] = '\0';
    film_next(film);
    return true;
}

void film_close(struct film *film)
{
    capture_reader_close(film->reader);
    packet_stream_close(film->stream);
    film->reader = NULL;
    film->stream = NULL;
}

bool film_rewind(struct film *film)
{
    film_close(film);
    return film_open(film, film->path);
}
