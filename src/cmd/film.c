/* SPDX-License-Identifier: GPL-3.0-or-later */
/* film: see the header. */
#include "film.h"

static void count(struct capture_counts *counts, enum packet_status status)
{
    uint64_t *const by_status[] = {
        [PACKET_UDP] = &counts->datagrams,           [PACKET_OTHER] = &counts->others,
        [PACKET_FRAGMENT] = &counts->fragments,      [PACKET_MALFORMED] = &counts->malformed,
        [PACKET_LINK_TYPE] = &counts->unknown_links,
    };

    counts->frames++;
    ++*by_status[status];
}

/* A file may say any time; beyond these one could not reckon with it. */
static int64_t within_reach(int64_t wall_ns)
{
    const int64_t latest_ns = INT64_MAX / 2;

    return wall_ns < 0 ? 0 : wall_ns < latest_ns ? wall_ns : latest_ns;
}

/* Takes a frame apart. */
static enum packet_status take_apart(struct film *film, const struct blocks_frame *frame)
{
    enum packet_status status =
        packet_parse(frame->link_type, frame->bytes, frame->captured_bytes, &film->packet);

    count(&film->counts, status);
    int64_t wall_ns = within_reach(frame->wall_ns);
    if (wall_ns > film->wall_ns)
        film->wall_ns = wall_ns;
    return status;
}

void film_next(struct film *film)
{
    struct blocks_frame frame;
    enum capture_status status;

    film->has = false;
    while (!film->has && film->error[0] == '\0') {
        status = capture_next(film->reader, &frame, film->error);
        if (status != CAPTURE_FRAME)
            return;
        film->has = take_apart(film, &frame) == PACKET_UDP;
    }
}

bool film_open(struct film *film, const char *path)
{
    *film = (struct film){.path = path, .wall_ns = INT64_MIN};
    film->reader = capture_open(path, film->error);
    if (film->reader == NULL)
        return false;
    film->error[0] = '\0';
    film_next(film);
    return true;
}

void film_close(struct film *film)
{
    capture_reader_close(film->reader);
    film->reader = NULL;
}

bool film_rewind(struct film *film)
{
    film_close(film);
    return film_open(film, film->path);
}
