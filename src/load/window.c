/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* window: runs of datagrams, oldest first; rounds; certain times. */
#include "udptui/load/window.h"

#include <stdlib.h>
#include <string.h>

#include "udptui/base/units.h"

enum { SAMPLES_FIRST = 16, SAMPLES_MAX = 1024, REST_SHARE = 5 };

static const int64_t rto_least_ns = 10 * UNITS_NS_PER_MS;

struct window_run {
    int64_t sent_ns;
    uint32_t count;
};

bool window_open(struct window *window, uint32_t size, int64_t timeout_ns)
{
    *window = (struct window){
        .size = size, .timeout_ns = timeout_ns, .round_size = size, .round_left = size};
    window->runs = calloc(size, sizeof *window->runs);
    return window->runs != NULL;
}

void window_close(struct window *window)
{
    free(window->runs);
    free(window->samples);
    *window = (struct window){.size = 0};
}

/* ---- the retransmission timeout, RFC 6298 section 2 */

static void smooth(struct window *window, int64_t rtt_ns)
{
    int64_t off_ns = rtt_ns - window->smooth_ns;

    if (window->smooth_ns == 0) {
        window->smooth_ns = rtt_ns > 0 ? rtt_ns : 1;
        window->deviation_ns = rtt_ns / 2;
        return;
    }
    window->smooth_ns += off_ns / 8;
    window->deviation_ns += ((off_ns < 0 ? -off_ns : off_ns) - window->deviation_ns) / 4;
}

static int64_t patience_ns(const struct window *window)
{
    int64_t rto_ns = window->smooth_ns + 4 * window->deviation_ns;

    if (rto_ns < rto_least_ns)
        rto_ns = rto_least_ns;
    return rto_ns < window->timeout_ns ? rto_ns : window->timeout_ns;
}

/* ---- rounds */

static void begin_round(struct window *window, uint32_t size)
{
    uint64_t most = (uint64_t)window->size * WINDOW_ROUND_WINDOWS;

    window->round_size = size < most ? size : (uint32_t)(most < UINT32_MAX ? most : UINT32_MAX);
    window->round_left = window->round_size;
    window->sample_count = 0;
    window->blind = window->resting = window->expiring = false;
}

/* The round ended without a loss: its times are certain. */
static void commit_round(struct window *window, const struct window_times *times)
{
    for (uint32_t i = 0; i < window->sample_count; i++) {
        const struct window_sample *sample = &window->samples[i];
        rtt_add_many(sample->kernel ? times->kernel : times->app, sample->rtt_ns, sample->count);
        if (!sample->kernel)
            smooth(window, sample->rtt_ns);
    }
    begin_round(window, window->round_size < UINT32_MAX / 2 ? window->round_size * 2 : UINT32_MAX);
}

/* Some of its datagrams were given up. A small round is more likely to end before the next loss. */
static void end_lossy_round(struct window *window)
{
    begin_round(window, window->smooth_ns > 0 ? 1 : window->size);
}

static void go_blind(struct window *window)
{
    window->blind = true;
    window->sample_count = 0;
}

/* Room for one more sample. Without memory, or past the most, the round ends with those it has. */
static bool make_room(struct window *window)
{
    uint32_t room = window->sample_room > 0 ? window->sample_room * 2 : SAMPLES_FIRST;
    struct window_sample *samples;

    if (window->sample_count < window->sample_room)
        return true;
    if (room > SAMPLES_MAX)
        return false;
    samples = realloc(window->samples, room * sizeof *samples);
    if (samples == NULL)
        return false;
    window->samples = samples;
    window->sample_room = room;
    return true;
}

static void add_sample(struct window *window, struct window_sample sample)
{
    if (window->blind)
        return;
    if (make_room(window))
        window->samples[window->sample_count++] = sample;
    if (window->sample_count >= SAMPLES_MAX / 4 * 3)
        window->round_left = 0;
}

/* ---- the queue of runs */

static void push_run(struct window *window, uint32_t count, int64_t now_ns)
{
    uint32_t place = (window->run_first + window->run_count) % window->size;

    window->runs[place] = (struct window_run){.sent_ns = now_ns, .count = count};
    window->run_count++;
    window->outstanding += count;
    window->sent += count;
}

/* Takes up to `count` datagrams off the oldest run; returns how many. */
static uint32_t shorten_oldest(struct window *window, uint32_t count)
{
    struct window_run *oldest = &window->runs[window->run_first];

    if (count > oldest->count)
        count = oldest->count;
    oldest->count -= count;
    window->outstanding -= count;
    window->retired += count;
    if (oldest->count == 0) {
        window->run_first = (window->run_first + 1) % window->size;
        window->run_count--;
    }
    return count;
}

/* ---- marked datagrams */

static struct window_mark *mark_at(struct window *window, uint32_t place)
{
    return &window->marks[(window->mark_first + place) % WINDOW_MARKS];
}

bool window_can_mark(const struct window *window)
{
    return !window->blind && window->mark_count < WINDOW_MARKS;
}

void window_mark(struct window *window, uint32_t behind)
{
    *mark_at(window, window->mark_count++) =
        (struct window_mark){.number = window->sent - 1 - behind, .sent_ns = -1, .came_ns = -1};
}

void window_mark_left(struct window *window, int64_t sent_ns)
{
    if (window->mark_count > 0)
        mark_at(window, window->mark_count - 1)->sent_ns = sent_ns;
}

uint64_t window_acks_to_mark(const struct window *window)
{
    uint32_t place = (window->mark_first + window->mark_came) % WINDOW_MARKS;

    if (window->mark_came == window->mark_count)
        return 0;
    return window->marks[place].number - window->retired + 1;
}

void window_mark_came(struct window *window, int64_t came_ns)
{
    mark_at(window, window->mark_came++)->came_ns = came_ns;
}

/* Those that are no longer outstanding: acked, or given up without a time. */
static void settle_marks(struct window *window)
{
    for (; window->mark_count > 0; window->mark_count--) {
        const struct window_mark *mark = mark_at(window, 0);
        if (mark->number >= window->retired)
            return;
        if (mark->sent_ns >= 0 && mark->came_ns >= mark->sent_ns)
            add_sample(window, (struct window_sample){.rtt_ns = mark->came_ns - mark->sent_ns,
                                                      .count = 1,
                                                      .kernel = true});
        window->mark_first = (window->mark_first + 1) % WINDOW_MARKS;
        window->mark_came -= window->mark_came > 0;
    }
}

/* ---- events */

uint32_t window_room(const struct window *window)
{
    uint32_t room = window->size - window->outstanding;

    if (window->resting || window->expiring)
        return 0;
    return window->blind || room < window->round_left ? room : (uint32_t)window->round_left;
}

void window_sent(struct window *window, uint32_t count, int64_t now_ns)
{
    if (count == 0)
        return;
    if (window->began_ns == 0)
        window->began_ns = now_ns;
    push_run(window, count, now_ns);
    window->round_left -= count < window->round_left ? count : window->round_left;
    window->active_ns = now_ns;
}

static void credit(struct window *window, uint32_t *acks, int64_t now_ns)
{
    int64_t rtt_ns = now_ns - window->runs[window->run_first].sent_ns;
    uint32_t count = shorten_oldest(window, *acks);

    if (window->smooth_ns == 0) /* the first ack of all: without a loss before it, it is certain */
        smooth(window, rtt_ns);
    add_sample(window, (struct window_sample){.rtt_ns = rtt_ns, .count = count});
    *acks -= count;
}

struct window_change window_acked(struct window *window, uint32_t count, int64_t now_ns,
                                  const struct window_times *times)
{
    uint32_t rest = count;
    uint64_t late;

    while (rest > 0 && window->outstanding > 0)
        credit(window, &rest, now_ns);
    settle_marks(window);
    bool lossy = window->outstanding == 0 && window->expiring;
    if (lossy)
        end_lossy_round(window);
    else if (window->outstanding == 0)
        commit_round(window, times);
    window->active_ns = window->latest_ack_ns = now_ns;
    late = rest < window->lost ? rest : window->lost;
    window->lost -= late;
    return (struct window_change){
        .acked = count - rest + late, .late = late, .duplicates = rest - late, .fresh_port = lossy};
}

bool window_is_overdue(const struct window *window, int64_t now_ns)
{
    return window->outstanding > 0 &&
           now_ns - window->runs[window->run_first].sent_ns >= window->timeout_ns;
}

static void give_up(struct window *window, int64_t now_ns, struct window_change *change)
{
    while (window_is_overdue(window, now_ns)) {
        int64_t sent_ns = window->runs[window->run_first].sent_ns;
        uint32_t count = shorten_oldest(window, UINT32_MAX);
        change->lost += count;
        change->unanswered += sent_ns >= window->latest_ack_ns ? count : 0;
    }
    window->lost += change->lost;
    settle_marks(window);
}

/* How long it may rest now. */
static int64_t allowance_ns(const struct window *window, int64_t now_ns)
{
    return (now_ns - window->began_ns) / REST_SHARE - window->rested_in_vain_ns;
}

static void end_rest_in_vain(struct window *window, int64_t now_ns)
{
    if (window->resting)
        window->rested_in_vain_ns += now_ns - window->rest_since_ns;
    window->resting = false;
}

static bool is_stalled(const struct window *window, int64_t now_ns)
{
    return window->outstanding > 0 && now_ns - window->active_ns >= patience_ns(window);
}

/* A blind window measures again only after the whole timeout. */
static void rest_or_go_blind(struct window *window, int64_t now_ns)
{
    int64_t needed_ns = window->blind ? window->timeout_ns : patience_ns(window);

    if (allowance_ns(window, now_ns) < needed_ns) {
        go_blind(window);
        return;
    }
    window->resting = true;
    window->rest_since_ns = now_ns;
}

static void keep_resting(struct window *window, int64_t now_ns)
{
    if (now_ns - window->rest_since_ns <= allowance_ns(window, now_ns))
        return;
    end_rest_in_vain(window, now_ns);
    go_blind(window);
}

struct window_change window_expire(struct window *window, int64_t now_ns)
{
    struct window_change change = {0};

    give_up(window, now_ns, &change);
    if (change.lost > 0 && window->outstanding == 0) {
        end_rest_in_vain(window, now_ns);
        change.fresh_port = true;
        end_lossy_round(window);
    } else if (change.lost > 0) {
        go_blind(window);
        window->expiring = true;
    }
    return change;
}

struct window_change window_look(struct window *window, int64_t now_ns)
{
    struct window_change change = window_expire(window, now_ns);

    if (change.lost > 0)
        return change;
    if (window->resting)
        keep_resting(window, now_ns);
    else if ((window->blind && !window->expiring) || is_stalled(window, now_ns))
        rest_or_go_blind(window, now_ns);
    return change;
}

uint64_t window_forget_lost(struct window *window)
{
    uint64_t lost = window->lost;

    window->lost = 0;
    return lost;
}
