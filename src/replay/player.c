/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* player: see the header. */
#include "udptui/replay/player.h"

#include <stdlib.h>
#include <string.h>

#include "udptui/base/units.h"

enum {
    DATAGRAMS_A_LOOK = 256, /* at the clock */
    STATE_STEP = 16384,
    STATES_BYTES_MAX = 192 << 20,
};

static const double longest_ns = 1e18;
static const double speed_min = 0.01, speed_max = 1000; /* of player_parse_speed */

static void player_take_record(void *context, const void *record, size_t size_bytes)
{
    struct player *player = context;
    const struct player_listener *listener = &player->config.listener;

    if (event_kind_of(record) == EVENT_MESSAGE) {
        const struct event_message *event = record;
        player->messages += !(event->flags & MESSAGE_UPDATE);
        if (++player->records > player->records_most) {
            listener->first_time(listener->context, event);
            player->records_most = player->records;
        }
    }
    listener->record(listener->context, record, size_bytes);
}

/* ---- saved states */

/* Frees what a state holds, as far as it was kept. */
static void player_free_state(const struct player *player, struct player_state *state)
{
    const struct player_listener *listener = &player->config.listener;

    pairing_close(state->pairing);
    if (state->kept != NULL)
        listener->forget(listener->context, state->kept);
}

static size_t player_state_bytes(const struct player *player, const struct player_state *state)
{
    const struct player_listener *listener = &player->config.listener;

    return pairing_bytes(state->pairing) + listener->kept_bytes(listener->context, state->kept);
}

static void forget_state(struct player *player, size_t index)
{
    struct player_state *state = &player->states[index];

    player->state_bytes -= player_state_bytes(player, state);
    player_free_state(player, state);
}

static void forget_states(struct player *player)
{
    for (size_t i = 0; i < player->state_count; i++)
        forget_state(player, i);
    player->state_count = 0;
    player->state_step = player->state_due = STATE_STEP;
}

/* Drops every second state, and saves the next ones half as often. */
static void thin_states(struct player *player)
{
    size_t kept = 0;

    for (size_t i = 0; i < player->state_count; i++) {
        if (i % 2 == 0)
            forget_state(player, i);
        else
            player->states[kept++] = player->states[i];
    }
    player->state_count = kept;
    player->state_step *= 2;
}

static void report(struct player *player, int64_t at_ns)
{
    pairing_report(player->pairing, at_ns);
    player->reported_ns = at_ns;
    player->changed = true;
}

/* Saves the state after the datagram that was fed. If that fails, an earlier state is used and more
 * is read again. */
static void keep_state(struct player *player)
{
    const struct player_listener *listener = &player->config.listener;
    struct player_state *state = &player->states[player->state_count];
    bool behind_last =
        player->state_count > 0 && state[-1].messages >= player->messages; /* it was here before */

    player->state_due = player->state_step;
    if (player->live || behind_last || !replay_cursor_tell(&player->source->cursor, &state->place))
        return;
    report(player, player->position_ns);
    state->pairing = pairing_copy(player->pairing);
    state->kept = listener->keep(listener->context);
    if (state->pairing == NULL || state->kept == NULL) {
        player_free_state(player, state);
        return;
    }
    state->messages = player->messages;
    state->records = player->records;
    state->position_ns = player->position_ns;
    player->state_bytes += player_state_bytes(player, state);
    player->state_count++;
    if (player->state_count == PLAYER_STATES_MAX || player->state_bytes > STATES_BYTES_MAX)
        thin_states(player);
}

/* The latest state before a time that is early enough to fill the list of messages again; NULL: the
 * beginning. */
static const struct player_state *find_state(const struct player *player, int64_t to_ns)
{
    uint64_t history = player->config.history_messages;
    size_t before = 0, at;

    while (before < player->state_count && player->states[before].position_ns < to_ns)
        before++;
    if (before == 0)
        return NULL;
    for (at = before - 1;
         at > 0 && player->states[before - 1].messages - player->states[at].messages < history;
         at--)
        ;
    return player->states[before - 1].messages - player->states[at].messages >= history
               ? &player->states[at]
               : NULL;
}

static bool restore(struct player *player, const struct player_state *state)
{
    const struct player_listener *listener = &player->config.listener;
    struct pairing *pairing = pairing_copy(state->pairing);

    if (pairing == NULL)
        return false;
    if (!replay_cursor_seek(&player->source->cursor, &state->place) ||
        !listener->restore(listener->context, state->kept)) {
        pairing_close(pairing);
        return false;
    }
    pairing_close(player->pairing);
    player->pairing = pairing;
    player->messages = state->messages;
    player->records = state->records;
    player->position_ns = player->reported_ns = player->datagram_ns = state->position_ns;
    player->state_due = player->state_step;
    replay_cursor_next_now(&player->source->cursor);
    return true;
}

/* ---- the beginning */

static bool player_begin(struct player *player)
{
    const struct player_listener *listener = &player->config.listener;
    const struct event_reset reset = {.kind = EVENT_RESET, .resets = ++player->resets};

    pairing_close(player->pairing);
    player->pairing = replay_source_pair(player->source, 0, player_take_record, player);
    if (player->pairing == NULL)
        return false;
    listener->record(listener->context, &reset, sizeof reset);
    player->messages = player->records = 0;
    player->position_ns = player->reported_ns = player->datagram_ns = player->first_ns;
    player->target_ns = INT64_MAX;
    player->steps = 0;
    player->changed = true;
    return true;
}

static bool player_start_again(struct player *player)
{
    if (!replay_cursor_rewind(&player->source->cursor) || !player_begin(player))
        return false;
    replay_cursor_next_now(&player->source->cursor);
    return true;
}

bool player_parse_speed(const char *text, double *speed)
{
    char *end;
    double number = strtod(text, &end);
    bool is_max = strcmp(text, "max") == 0;

    if (!is_max && (*end != '\0' || end == text || !(number >= speed_min && number <= speed_max)))
        return false;
    *speed = is_max ? 0 : number;
    return true;
}

bool player_open(struct player *player, struct replay_source *source,
                 const struct player_config *config, int64_t first_ns, int64_t last_ns)
{
    *player = (struct player){.source = source,
                              .config = *config,
                              .first_ns = first_ns,
                              .last_ns = last_ns,
                              .speed = config->speed};
    return player_restart(player);
}

bool player_open_live(struct player *player, struct replay_source *source,
                      const struct player_config *config)
{
    *player = (struct player){.source = source, .config = *config, .live = true, .playing = true};
    forget_states(player);
    return player_begin(player);
}

bool player_restart(struct player *player)
{
    forget_states(player);
    if (!player_start_again(player))
        return false;
    if (player->source->cursor.state == CURSOR_DATAGRAM)
        player_step(player);
    return true;
}

void player_close(struct player *player)
{
    forget_states(player);
    pairing_close(player->pairing);
    player->pairing = NULL;
}

/* ---- going on */

bool player_is_over(const struct player *player)
{
    return player->source->cursor.state == CURSOR_END && player->position_ns >= player->last_ns;
}

static bool has_target(const struct player *player)
{
    return player->target_ns != INT64_MAX;
}

bool player_is_moving(const struct player *player)
{
    return player->steps > 0 || has_target(player);
}

/* Reports rows each second of the capture, also if many seconds are fed at once. Returns whether
 * the datagram belongs to the chosen server. */
static bool feed_one(struct player *player)
{
    struct replay_cursor *cursor = &player->source->cursor;

    if (cursor->wall_ns / UNITS_NS_PER_S != player->reported_ns / UNITS_NS_PER_S)
        report(player, player->position_ns);
    player->position_ns = player->datagram_ns = cursor->wall_ns;
    if (cursor->wall_ns > player->last_ns)
        player->last_ns = cursor->wall_ns;
    bool wanted = replay_source_feed(player->source, player->pairing);
    if (--player->state_due == 0)
        keep_state(player);
    return wanted;
}

/* Feeds all available datagrams up to a time, for at most for_ns. Returns whether that time was
 * reached. */
static bool feed(struct player *player, int64_t until_ns, int64_t for_ns)
{
    struct replay_cursor *cursor = &player->source->cursor;
    int64_t end_ns = player->config.clock_ns() + for_ns;

    for (int i = 1;; i++) {
        if (cursor->state == CURSOR_DATAGRAM && cursor->wall_ns <= until_ns)
            feed_one(player);
        else if (cursor->state != CURSOR_BUSY)
            return true;
        replay_cursor_next_now(cursor);
        bool look = i % DATAGRAMS_A_LOOK == 0 || cursor->state == CURSOR_BUSY;
        if (look && player->config.clock_ns() > end_ns)
            return false;
    }
}

static void settle_at(struct player *player, int64_t at_ns)
{
    player->position_ns = at_ns;
    pairing_pass(player->pairing, at_ns);
    if (player_is_over(player) && !player->live)
        pairing_end(player->pairing);
    report(player, at_ns);
}

void player_step(struct player *player)
{
    player->playing = false;
    if (!player->live && (has_target(player) || player->source->cursor.state != CURSOR_END))
        player->steps++;
}

/* Plays the steps, for at most for_ns. */
static void step_on(struct player *player, int64_t for_ns)
{
    struct replay_cursor *cursor = &player->source->cursor;
    int64_t end_ns = player->config.clock_ns() + for_ns;

    while (player->steps > 0) {
        if (cursor->state == CURSOR_DATAGRAM)
            player->steps -= feed_one(player);
        else if (cursor->state != CURSOR_BUSY)
            break;
        replay_cursor_next_now(cursor);
        if (player->config.clock_ns() > end_ns)
            break;
    }
    if (cursor->state == CURSOR_END)
        player->steps = 0;
    settle_at(player, player->position_ns);
}

void player_seek(struct player *player, int64_t to_ns)
{
    if (to_ns < player->first_ns)
        to_ns = player->first_ns;
    player->target_ns = to_ns < player->last_ns ? to_ns : player->last_ns;
    player->steps = 0;
}

void player_seek_by(struct player *player, int64_t by_ns)
{
    player_seek(player, (has_target(player) ? player->target_ns : player->position_ns) + by_ns);
}

/* Continues a seek. */
static bool move(struct player *player, int64_t for_ns)
{
    if (player->target_ns < player->position_ns) {
        int64_t target_ns = player->target_ns;
        unsigned steps = player->steps;
        const struct player_state *state = find_state(player, target_ns);
        if ((state == NULL || !restore(player, state)) && !player_start_again(player))
            return false;
        player->target_ns = target_ns;
        player->steps = steps;
    }
    if (feed(player, player->target_ns, for_ns)) {
        settle_at(player, player->target_ns);
        player->target_ns = INT64_MAX;
    }
    return true;
}

/* Shortens gaps that are longer than --idle-limit. */
static int64_t skip_idle(const struct player *player, int64_t until_ns)
{
    const struct replay_cursor *cursor = &player->source->cursor;
    int64_t limit_ns = player->config.idle_limit_ns;

    if (limit_ns > 0 && cursor->state == CURSOR_DATAGRAM && until_ns < cursor->wall_ns &&
        until_ns - player->datagram_ns >= limit_ns)
        return cursor->wall_ns;
    return until_ns;
}

static void player_play(struct player *player, int64_t now_ns, int64_t for_ns)
{
    double passed_ns = (double)(now_ns - player->clock_ns) * player->speed;
    int64_t until_ns = player->last_ns;

    player->clock_ns = now_ns;
    if (!player->playing)
        return;
    if (player->speed > 0 && passed_ns < longest_ns)
        until_ns = skip_idle(player, player->position_ns + (int64_t)passed_ns);
    bool reached = feed(player, until_ns, for_ns);
    if (reached)
        settle_at(player, until_ns < player->last_ns ? until_ns : player->last_ns);
    else
        report(player, player->position_ns);
    player->playing = !player_is_over(player);
}

/* ---- live */

/* Plays what has arrived; after that the capture's time runs with ours. */
static void play_live(struct player *player, int64_t now_ns, int64_t for_ns)
{
    struct replay_cursor *cursor = &player->source->cursor;
    int64_t before_ns = player->datagram_ns;

    if (cursor->state == CURSOR_WAIT || cursor->state == CURSOR_BUSY)
        replay_cursor_next_now(cursor);
    if (cursor->state == CURSOR_DATAGRAM && !player->begun) {
        player->first_ns = player->reported_ns = player->position_ns = cursor->wall_ns;
        player->begun = true;
    }
    feed(player, INT64_MAX, for_ns);
    if (player->datagram_ns != before_ns)
        player->clock_ns = now_ns;
    int64_t idle_ns = now_ns - player->clock_ns;
    if (replay_cursor_holds(cursor) && idle_ns > PACKET_STREAM_PATIENCE_NS)
        replay_cursor_give_up(cursor);
    if (cursor->state == CURSOR_END) {
        player->live = player->playing = false;
        settle_at(player, player->last_ns);
    } else if (player->begun) {
        settle_at(player, player->datagram_ns + idle_ns);
    }
}

bool player_advance(struct player *player, int64_t now_ns, int64_t for_ns)
{
    if (player->live)
        play_live(player, now_ns, for_ns);
    else if (has_target(player)) { /* a step requested after the seek begins there */
        player->clock_ns = now_ns;
        return move(player, for_ns);
    } else if (player->steps > 0) {
        player->clock_ns = now_ns;
        step_on(player, for_ns);
    } else
        player_play(player, now_ns, for_ns);
    return true;
}
