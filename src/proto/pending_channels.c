/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pending_channels: which socket the next request uses, and which replies are still expected on
 * each. */
#include <string.h>

#include "pending_internal.h"

enum { PROBES = 16 };

/* ---- lanes */

/* Its own, or, after PROBES occupied places, the first one, which it shares. */
static struct lane *lane_of_content(struct pending *pending, uint64_t digest)
{
    struct content *shared = &pending->contents[(digest ^ digest >> 32) % PENDING_CONTENTS];

    for (size_t i = 0; i < PROBES; i++) {
        size_t place = ((digest ^ digest >> 32) + i) % PENDING_CONTENTS;
        struct content *content = &pending->contents[place];
        if (content->digest == digest && content->lane.used)
            return &content->lane;
        if (content->lane.used || content->lane.doubled)
            continue;
        content->digest = digest;
        return &content->lane;
    }
    return &shared->lane;
}

struct lane *pending_lane(struct pending *pending, uint32_t channel, uint64_t digest)
{
    if (pending->options.mode != PENDING_ECHO)
        return &pending->channels[channel].lane;
    if (pending->channels[channel].epoch != pending->epoch)
        return NULL;
    return lane_of_content(pending, digest);
}

void pending_lane_sent(struct pending *pending, struct pending_request *request)
{
    struct lane *lane = pending_lane(pending, request->channel, request->digest);
    uint32_t replies = request->wanted > 1 ? request->wanted : 1;

    request->expected += replies;
    if (lane == NULL)
        return;
    request->first = request->resends == 0 && !lane->used && !lane->doubled;
    lane->used = true;
    lane->mixed =
        lane->mixed || lane->open > 0 ||
        (pending->options.mode != PENDING_ECHO && pending->channels[request->channel].waiting > 0);
    lane->open = replies < (uint32_t)(PENDING_OPEN_MAX - lane->open)
                     ? (uint16_t)(lane->open + replies)
                     : PENDING_OPEN_MAX;
}

/* A lane that is full has lost count: it stays mixed. */
void pending_lane_settled(struct pending *pending, struct pending_request *request,
                          uint32_t replies)
{
    struct lane *lane = pending_lane(pending, request->channel, request->digest);

    if (replies > request->expected)
        replies = request->expected;
    request->expected -= replies;
    if (lane == NULL || lane->open == PENDING_OPEN_MAX || lane->open < replies)
        return;
    lane->open = (uint16_t)(lane->open - replies);
    if (lane->open == 0)
        lane->mixed = false;
}

struct epoch *pending_epoch_of(struct pending *pending, uint32_t channel)
{
    return &pending->epochs[pending->channels[channel].epoch % PENDING_EPOCHS];
}

uint64_t pending_shared(const struct pending *pending)
{
    return pending->epochs[pending->epoch % PENDING_EPOCHS].count;
}

/* ---- choosing */

/* Whether replies to the next request can be distinguished from those to earlier requests on this
 * channel, if no reply comes twice. */
static bool is_clean(const struct pending *pending, uint32_t number)
{
    const struct channel *channel = &pending->channels[number];

    return channel->epoch == pending->epoch && channel->lane.open == 0 && channel->waiting == 0 &&
           !channel->retired;
}

/* Whether nothing was sent on its socket yet. */
static bool is_unused(const struct pending *pending, uint32_t number)
{
    const struct channel *channel = &pending->channels[number];

    return channel->epoch == pending->epoch && channel->latest == channel->since;
}

/* A channel never opened, or the one opened longest ago on which nothing waits. */
static bool find_free(const struct pending *pending, uint32_t *number)
{
    bool found = false;

    for (uint32_t i = 0; i < pending->options.channels; i++) {
        if (pending->channels[i].waiting > 0)
            continue;
        if (!found || pending->channels[i].opened < pending->channels[*number].opened)
            *number = i;
        found = true;
    }
    return found;
}

/* The latest, or any other that is clean. */
static bool find_clean(const struct pending *pending, uint32_t *number)
{
    if (pending->epochs[pending->epoch % PENDING_EPOCHS].doubles)
        return false;
    *number = pending->channel;
    if (is_clean(pending, *number))
        return true;
    for (*number = 0; *number < pending->options.channels; (*number)++)
        if (is_clean(pending, *number))
            return true;
    return false;
}

/* Whether the target has an open socket that can be shared if necessary. */
static bool has_open(const struct pending *pending)
{
    return pending->options.mode != PENDING_PORT &&
           pending->channels[pending->channel].epoch == pending->epoch;
}

bool pending_has_channel(const struct pending *pending)
{
    uint32_t number;

    return has_open(pending) || is_unused(pending, pending->channel) || find_free(pending, &number);
}

/* Without a free channel it uses one with waiting requests, and its time is marked. */
struct pending_pick pending_pick_channel(const struct pending *pending)
{
    struct pending_pick pick = {.channel = pending->channel};
    bool open = has_open(pending);

    if (open && pending->options.mode != PENDING_AUTO && pending->options.mode != PENDING_PORT)
        return pick;
    if (is_unused(pending, pick.channel) || (open && find_clean(pending, &pick.channel)))
        return pick;
    pick.channel = pending->channel;
    pick.fresh = find_free(pending, &pick.channel);
    return pick;
}

void pending_renew_channel(struct pending *pending, uint32_t channel, bool used_before)
{
    pending->channel = channel;
    pending->channels[channel] = (struct channel){.epoch = pending->epoch,
                                                  .waiting = pending->channels[channel].waiting,
                                                  .opened = ++pending->opened,
                                                  .since = pending->end,
                                                  .latest = pending->end,
                                                  .retired = used_before,
                                                  .lane = {.doubled = used_before}};
}

void pending_change_target(struct pending *pending)
{
    pending->epoch++;
    pending->epochs[pending->epoch % PENDING_EPOCHS] = (struct epoch){.count = 0};
    for (uint32_t i = 0; i < pending->options.channels; i++)
        if (pending->channels[i].epoch + PENDING_EPOCHS <= pending->epoch)
            pending->channels[i].epoch = 0;
    if (pending->contents != NULL)
        memset(pending->contents, 0, PENDING_CONTENTS * sizeof *pending->contents);
}

bool pending_is_known(const struct pending *pending, uint32_t channel)
{
    return pending->channels[channel].epoch != 0;
}
