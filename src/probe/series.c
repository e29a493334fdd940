/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * series: a ring of probes by number. `oldest` is the first that still waits for its reply or its
 * timeout: with one timeout for all, probes expire in the order of their numbers, and those before
 * it are already part of the runs of loss.
 */
#include "udptui/probe/series.h"

#include <stdlib.h>

enum slot_state { SLOT_UNUSED, SLOT_WAITING, SLOT_LOST, SLOT_ANSWERED };

struct probe_slot {
    int64_t sent_ns;
    uint32_t reflected; /* the reflector's number of the first reply */
    uint8_t state;      /* enum slot_state */
};

struct series {
    struct probe_slot *slots;
    uint64_t mask;
    int64_t timeout_ns;
    uint64_t next;          /* number of the next probe */
    uint64_t oldest;        /* see above */
    uint64_t answered_end;  /* behind the highest number that was answered */
    int64_t answered_ns;    /* when that reply came */
    uint64_t run;           /* probes in the run of loss that is going on */
    uint64_t given_up;      /* lost ones that `oldest` has not reached */
    uint64_t session;       /* the first probe that the reflector's numbers count */
    uint64_t lost_before;   /* lost probes before that one */
    bool numbers;           /* the reflector numbers its replies */
    uint64_t reflected;     /* its number for the session's first probe */
    uint64_t reflected_end; /* behind its highest number */
    int64_t reflected_ns;   /* when that one came; INT64_MAX: not known */
    uint64_t doubled_there; /* requests that reached it twice, as far as their replies came */
    struct series_counts counts;
};

struct series *series_open(uint32_t capacity, int64_t timeout_ns)
{
    struct series *series = calloc(1, sizeof *series);

    if (series == NULL)
        return NULL;
    series->slots = calloc(capacity, sizeof *series->slots);
    series->mask = capacity - 1;
    series->timeout_ns = timeout_ns;
    if (series->slots == NULL) {
        free(series);
        return NULL;
    }
    return series;
}

void series_close(struct series *series)
{
    if (series == NULL)
        return;
    free(series->slots);
    free(series);
}

static struct probe_slot *series_slot(const struct series *series, uint64_t number)
{
    return &series->slots[number & series->mask];
}

uint64_t series_next(const struct series *series)
{
    return series->next;
}

/* ---- loss */

static void end_loss_run(struct series *series)
{
    if (series->run > series->counts.longest_run)
        series->counts.longest_run = series->run;
    series->run = 0;
}

/* Moves `oldest` past a probe, whose outcome continues or ends the run of loss. */
static void pass_oldest(struct series *series)
{
    struct probe_slot *slot = series_slot(series, series->oldest);

    if (!series_give_up(series, series->oldest) && slot->state != SLOT_LOST) {
        end_loss_run(series);
    } else {
        series->given_up--;
        series->counts.loss_runs += series->run == 0;
        series->run++;
    }
    series->oldest++;
}

bool series_give_up(struct series *series, uint64_t number)
{
    struct probe_slot *slot = series_slot(series, number);

    if (number < series->oldest || number >= series->next || slot->state != SLOT_WAITING)
        return false;
    slot->state = SLOT_LOST;
    series->counts.waiting--;
    series->counts.lost++;
    series->lost_before += number < series->session;
    series->given_up++;
    return true;
}

bool series_expire(struct series *series, int64_t now_ns, uint64_t *number)
{
    while (series->oldest < series->next) {
        const struct probe_slot *slot = series_slot(series, series->oldest);
        bool waits = slot->state == SLOT_WAITING;
        if (waits && now_ns - slot->sent_ns < series->timeout_ns)
            return false;
        *number = series->oldest;
        pass_oldest(series);
        if (waits)
            return true;
    }
    return false;
}

int64_t series_deadline_ns(const struct series *series)
{
    for (uint64_t i = series->oldest; i < series->next; i++)
        if (series_slot(series, i)->state == SLOT_WAITING)
            return series_slot(series, i)->sent_ns + series->timeout_ns;
    return INT64_MAX;
}

/* ---- sending */

void series_sent(struct series *series, int64_t sent_ns)
{
    if (series->next - series->oldest > series->mask)
        pass_oldest(series);
    *series_slot(series, series->next) =
        (struct probe_slot){.sent_ns = sent_ns, .state = SLOT_WAITING};
    series->next++;
    series->counts.sent++;
    series->counts.waiting++;
}

void series_stamped(struct series *series, uint64_t number, int64_t sent_ns)
{
    if (number < series->next && number >= series->oldest &&
        series_slot(series, number)->state == SLOT_WAITING)
        series_slot(series, number)->sent_ns = sent_ns;
}

/* ---- replies */

bool series_find(const struct series *series, uint32_t wire_number, uint64_t *number)
{
    uint32_t behind = (uint32_t)series->next - wire_number;

    if (behind == 0 || behind > series->next || behind > series->mask + 1)
        return false;
    *number = series->next - behind;
    return true;
}

bool series_is_waiting(const struct series *series, uint64_t number)
{
    return number >= series->oldest && number < series->next &&
           series_slot(series, number)->state == SLOT_WAITING;
}

static enum series_outcome settle_probe(struct series *series, uint64_t number)
{
    struct probe_slot *slot = series_slot(series, number);
    enum slot_state state = slot->state;

    slot->state = SLOT_ANSWERED;
    switch (state) {
    case SLOT_WAITING:
        series->counts.waiting--;
        series->counts.received++;
        return SERIES_RECEIVED;
    case SLOT_LOST:
        series->given_up -= number >= series->oldest;
        series->lost_before -= number < series->session;
        series->counts.lost--;
        series->counts.late++;
        return SERIES_LATE;
    case SLOT_ANSWERED:
    case SLOT_UNUSED:
        break;
    }
    series->counts.duplicates++;
    return SERIES_DUPLICATE;
}

/* Replies on several ports are not taken in the order in which they came. */
static bool note_order(struct series *series, uint64_t number, int64_t received_ns)
{
    bool reordered = number < series->answered_end && received_ns >= series->answered_ns;

    series->counts.reordered += reordered;
    if (number < series->answered_end)
        return reordered;
    series->answered_end = number + 1;
    series->answered_ns = received_ns;
    return false;
}

struct series_reply series_replied(struct series *series, uint32_t wire_number, int64_t received_ns)
{
    struct series_reply reply = {.outcome = SERIES_UNKNOWN, .rtt_ns = -1};

    if (!series_find(series, wire_number, &reply.number)) {
        series->counts.unknown++;
        return reply;
    }
    reply.rtt_ns = received_ns - series_slot(series, reply.number)->sent_ns;
    if (reply.rtt_ns < 0) /* the wall clock was set back, by less than is noticed */
        reply.rtt_ns = -1;
    reply.outcome = settle_probe(series, reply.number);
    if (reply.outcome != SERIES_DUPLICATE)
        reply.reordered = note_order(series, reply.number, received_ns);
    return reply;
}

/* How far a number of which only the lower 32 bits are known is past the session's end; below 0: how
 * far before it. */
static int32_t ahead_of_end(const struct series *series, uint32_t reflector_number)
{
    return (int32_t)(reflector_number - (uint32_t)series->reflected_end);
}

void series_begin_session(struct series *series)
{
    if (series->next == 0)
        return;
    series->session = series->next - 1;
    series->lost_before = series->counts.lost;
}

/* A probe that was sent after the reply with the highest number came has a higher one, unless the
 * reflector has begun again. */
static bool has_begun_again(const struct series *series, uint64_t number, uint32_t reflector_number)
{
    return ahead_of_end(series, reflector_number) < 0 &&
           series_slot(series, number)->sent_ns > series->reflected_ns;
}

/* The reflector's numbers begin with that probe and its number. */
static void restart_session(struct series *series, uint64_t number, uint32_t reflector_number)
{
    series->session = number;
    series->lost_before = series->counts.lost;
    for (uint64_t i = number; i < series->next; i++)
        series->lost_before -= series_slot(series, i)->state == SLOT_LOST;
    series->reflected = series->reflected_end = reflector_number;
    series->doubled_there = 0;
}

void series_reflected(struct series *series, const struct series_reply *reply,
                      uint32_t reflector_number)
{
    struct probe_slot *slot = series_slot(series, reply->number);

    if (reply->outcome == SERIES_UNKNOWN || reply->number < series->session)
        return;
    if (has_begun_again(series, reply->number, reflector_number))
        restart_session(series, reply->number, reflector_number);
    if (reply->outcome != SERIES_DUPLICATE)
        slot->reflected = reflector_number;
    else if (slot->reflected != reflector_number)
        series->doubled_there++;
    if (reflector_number != (uint32_t)reply->number)
        series->numbers = true;
    int32_t ahead = ahead_of_end(series, reflector_number);
    if (ahead < 0)
        return;
    series->reflected_end += (uint64_t)ahead + 1;
    series->reflected_ns = reply->rtt_ns >= 0 ? slot->sent_ns + reply->rtt_ns : INT64_MAX;
}

/* ---- figures */

struct series_counts series_counts(const struct series *series)
{
    struct series_counts counts = series->counts;

    if (series->run > counts.longest_run)
        counts.longest_run = series->run;
    return counts;
}

double series_loss_percent(const struct series_counts *counts)
{
    uint64_t settled = counts->sent - counts->waiting;

    return settled == 0 ? 0 : 100 * (double)counts->lost / (double)settled;
}

/* Probes of the session before the latest answered one that have no reply and have not expired. */
static uint64_t count_open(const struct series *series, uint64_t answered_end)
{
    uint64_t open = 0;

    for (uint64_t i = series->oldest; i < answered_end; i++)
        open += series_slot(series, i)->state != SLOT_ANSWERED;
    return open;
}

/* The open ones may be lost in either direction, or not at all. */
struct series_ways series_ways(const struct series *series)
{
    uint64_t answered_end =
        series->answered_end > series->session ? series->answered_end : series->session;
    /* All expired probes after the latest answered one are lost. */
    uint64_t behind = (series->oldest > answered_end ? series->oldest - answered_end : 0) +
                      series->given_up + series->lost_before;
    uint64_t lost = series->counts.lost, placed = lost - behind;
    uint64_t arrived = series->reflected_end - series->reflected - series->doubled_there;
    uint64_t missing = answered_end - series->session - arrived;

    if (!series->numbers || series->oldest < series->session || behind > lost ||
        arrived > answered_end - series->session)
        return (struct series_ways){.unplaced = lost};
    uint64_t open = count_open(series, answered_end);
    if (missing > placed + open)
        return (struct series_ways){.unplaced = lost};
    struct series_ways ways = {.known = true,
                               .there = missing > open ? missing - open : 0,
                               .back = placed > missing ? placed - missing : 0};
    ways.unplaced = lost - ways.there - ways.back;
    return ways;
}
