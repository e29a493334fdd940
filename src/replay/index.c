/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay_index: see the header. */
#include "udptui/replay/index.h"

#include <string.h>

#include "udptui/sys/clock.h"

enum { DATAGRAMS_A_LOOK = 256 }; /* at the clock */

static void take(void *context, const void *record, size_t size_bytes)
{
    struct replay_index *index = context;

    (void)size_bytes;
    if (event_kind_of(record) == EVENT_MESSAGE)
        replay_servers_take(index->servers, record);
}

bool replay_index_open(struct replay_index *index, const struct replay_run *run)
{
    *index = (struct replay_index){.overview = {.reading = true, .problem = index->problem},
                                   .servers = replay_servers_open()};
    index->replay = replay_make(run, INT64_MAX, take, index);
    if (index->replay != NULL && index->servers != NULL)
        return true;
    replay_index_close(index);
    return false;
}

void replay_index_close(struct replay_index *index)
{
    replay_close(index->replay);
    replay_servers_close(index->servers);
    index->replay = NULL;
    index->servers = NULL;
}

/* Reads some datagrams. False at the end. */
static bool read_some(struct replay_index *index, struct replay_run *run)
{
    struct replay_cursor *cursor = &run->cursor;

    for (int i = 0; i < DATAGRAMS_A_LOOK; i++) {
        if (replay_cursor_next_now(cursor) != CURSOR_DATAGRAM)
            return cursor->state != CURSOR_END;
        if (!index->begun)
            index->overview.first_ns = cursor->wall_ns;
        index->begun = true;
        index->overview.last_ns = cursor->wall_ns;
        replay_feed(run, index->replay);
    }
    return true;
}

static void finish(struct replay_index *index, const struct replay_cursor *cursor)
{
    struct model_overview *overview = &index->overview;

    replay_end(index->replay);
    overview->reading = false;
    overview->servers = replay_servers_list(index->servers, &overview->server_count);
    overview->uncounted = replay_servers_uncounted(index->servers);
    text_render(index->problem, sizeof index->problem, cursor->error, strlen(cursor->error),
                TEXT_UTF8);
    replay_close(index->replay);
    index->replay = NULL;
}

bool replay_index_read(struct replay_index *index, struct replay_run *run, int64_t for_ns)
{
    int64_t until_ns = clock_monotonic_ns() + for_ns;
    bool more = true;

    while (more && clock_monotonic_ns() < until_ns)
        more = read_some(index, run);
    index->overview.packets = replay_cursor_counts(&run->cursor).packets;
    index->overview.read_percent = replay_cursor_percent(&run->cursor);
    if (!more)
        finish(index, &run->cursor);
    return more;
}

bool replay_index_is_notable(const struct replay_index *index)
{
    const struct model_overview *overview = &index->overview;

    return overview->server_count > 1 || overview->problem[0] != '\0' ||
           overview->packets.unread > 0;
}
