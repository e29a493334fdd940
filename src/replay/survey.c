/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* survey: see the header. */
#include "udptui/replay/survey.h"

#include <string.h>

#include "udptui/sys/clock.h"
#include "udptui/sys/random.h"

enum { DATAGRAMS_A_LOOK = 256 }; /* at the clock */

static void survey_take(void *context, const void *record, size_t size_bytes)
{
    struct survey *survey = context;

    (void)size_bytes;
    if (event_kind_of(record) == EVENT_MESSAGE)
        replay_servers_take(survey->servers, record);
}

bool survey_open(struct survey *survey, const struct replay_source *source)
{
    const struct hash_key key = random_key();

    *survey = (struct survey){.overview = {.reading = true, .problem = survey->problem},
                              .servers = replay_servers_open(&key)};
    survey->pairing = replay_source_pair(source, INT64_MAX, survey_take, survey);
    if (survey->pairing != NULL && survey->servers != NULL)
        return true;
    survey_close(survey);
    return false;
}

void survey_close(struct survey *survey)
{
    pairing_close(survey->pairing);
    replay_servers_close(survey->servers);
    survey->pairing = NULL;
    survey->servers = NULL;
}

/* Reads some datagrams. False at the end. */
static bool survey_read_some(struct survey *survey, struct replay_source *source)
{
    struct replay_cursor *cursor = &source->cursor;

    for (int i = 0; i < DATAGRAMS_A_LOOK; i++) {
        if (replay_cursor_next_now(cursor) != CURSOR_DATAGRAM)
            return cursor->state != CURSOR_END;
        if (!survey->begun)
            survey->overview.first_ns = cursor->wall_ns;
        survey->begun = true;
        survey->overview.last_ns = cursor->wall_ns;
        replay_source_feed(source, survey->pairing);
    }
    return true;
}

static void survey_finish(struct survey *survey, const struct replay_cursor *cursor)
{
    struct replay_overview *overview = &survey->overview;

    pairing_end(survey->pairing);
    overview->reading = false;
    overview->servers = replay_servers_list(survey->servers, &overview->server_count);
    overview->uncounted = replay_servers_uncounted(survey->servers);
    text_render(survey->problem, sizeof survey->problem, cursor->error, strlen(cursor->error),
                TEXT_UTF8);
    pairing_close(survey->pairing);
    survey->pairing = NULL;
}

bool survey_read(struct survey *survey, struct replay_source *source, int64_t for_ns)
{
    int64_t until_ns = clock_monotonic_ns() + for_ns;
    bool more = true;

    while (more && clock_monotonic_ns() < until_ns)
        more = survey_read_some(survey, source);
    survey->overview.packets = replay_cursor_counts(&source->cursor).packets;
    survey->overview.read_percent = replay_cursor_percent(&source->cursor);
    if (!more)
        survey_finish(survey, &source->cursor);
    return more;
}

bool survey_is_notable(const struct survey *survey)
{
    const struct replay_overview *overview = &survey->overview;

    return overview->server_count > 1 || overview->problem[0] != '\0' ||
           overview->packets.unread > 0;
}
