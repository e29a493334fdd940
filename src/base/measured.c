/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* measured: see the header. Kind 0 has the certain times, the others the shared times of the
 * epochs. */
#include "udptui/base/measured.h"

#include <stdlib.h>

enum { KINDS = 1 + MEASURED_EPOCHS };

struct sample {
    uint64_t number; /* of all times, in their order */
    int64_t rtt_ns;
};

struct kind {
    struct rtt *rtt; /* NULL: no time yet */
    uint32_t epoch;
    uint64_t count;
    struct sample recent[MEASURED_RECENT]; /* a ring */
};

struct measured {
    uint64_t count;
    struct rtt *all; /* for measured_figures */
    struct kind kinds[KINDS];
};

struct measured *measured_open(void)
{
    struct measured *measured = calloc(1, sizeof *measured);

    if (measured == NULL)
        return NULL;
    measured->all = rtt_open();
    measured->kinds[0].rtt = rtt_open();
    if (measured->all != NULL && measured->kinds[0].rtt != NULL)
        return measured;
    measured_close(measured);
    return NULL;
}

void measured_close(struct measured *measured)
{
    if (measured == NULL)
        return;
    rtt_close(measured->all);
    for (size_t i = 0; i < KINDS; i++)
        rtt_close(measured->kinds[i].rtt);
    free(measured);
}

static void remember(struct kind *kind, struct sample sample)
{
    kind->recent[kind->count++ % MEASURED_RECENT] = sample;
}

static void measured_add_time(struct measured *measured, struct kind *kind, int64_t rtt_ns)
{
    rtt_add(kind->rtt, rtt_ns);
    remember(kind, (struct sample){.number = measured->count++, .rtt_ns = rtt_ns});
}

void measured_add(struct measured *measured, int64_t rtt_ns)
{
    measured_add_time(measured, &measured->kinds[0], rtt_ns);
}

/* ---- the latest times in their order */

static uint64_t recent_count(const struct kind *kind)
{
    return kind->count < MEASURED_RECENT ? kind->count : MEASURED_RECENT;
}

static int by_number(const void *a, const void *b)
{
    const struct sample *left = a, *right = b;

    return (left->number > right->number) - (left->number < right->number);
}

/* The recent ones of some kinds. Returns their number. */
static size_t collect(const struct kind *const *kinds, size_t count, struct sample *out)
{
    size_t used = 0;

    for (size_t i = 0; i < count; i++)
        for (uint64_t j = 0; j < recent_count(kinds[i]); j++)
            out[used++] = kinds[i]->recent[j];
    if (used > 1)
        qsort(out, used, sizeof *out, by_number);
    return used;
}

/* ---- shared times */

static void measured_drop(struct kind *kind)
{
    rtt_close(kind->rtt);
    *kind = (struct kind){.rtt = NULL};
}

/* Makes the shared times certain. */
static void measured_settle(struct measured *measured, struct kind *kind)
{
    struct kind *sure = &measured->kinds[0];
    const struct kind *const both[] = {sure, kind};
    struct sample merged[2 * MEASURED_RECENT];
    size_t count = collect(both, 2, merged);

    rtt_merge(sure->rtt, kind->rtt);
    sure->count = 0;
    for (size_t i = 0; i < count; i++)
        remember(sure, merged[i]);
    measured_drop(kind);
}

bool measured_add_shared(struct measured *measured, uint32_t epoch, int64_t rtt_ns)
{
    struct kind *kind = &measured->kinds[1 + epoch % MEASURED_EPOCHS];

    if (kind->rtt != NULL && kind->epoch != epoch)
        measured_settle(measured, kind);
    if (kind->rtt == NULL)
        kind->rtt = rtt_open();
    if (kind->rtt == NULL)
        return false;
    kind->epoch = epoch;
    measured_add_time(measured, kind, rtt_ns);
    return true;
}

void measured_withdraw(struct measured *measured, uint32_t epoch)
{
    struct kind *kind = &measured->kinds[1 + epoch % MEASURED_EPOCHS];

    if (kind->rtt != NULL && kind->epoch == epoch)
        measured_drop(kind);
}

/* ---- figures */

const struct rtt *measured_figures(struct measured *measured)
{
    rtt_clear(measured->all);
    for (size_t i = 0; i < KINDS; i++)
        if (measured->kinds[i].rtt != NULL)
            rtt_merge(measured->all, measured->kinds[i].rtt);
    return measured->all;
}

int64_t measured_jitter(const struct measured *measured)
{
    const struct kind *kinds[KINDS];
    struct sample *samples = malloc(KINDS * MEASURED_RECENT * sizeof *samples);
    struct rtt *ordered = rtt_open();
    int64_t jitter_ns = -1;

    for (size_t i = 0; i < KINDS; i++)
        kinds[i] = &measured->kinds[i];
    if (samples != NULL && ordered != NULL) {
        size_t count = collect(kinds, KINDS, samples);
        for (size_t i = count > MEASURED_RECENT ? count - MEASURED_RECENT : 0; i < count; i++)
            rtt_add(ordered, samples[i].rtt_ns);
        jitter_ns = rtt_jitter(ordered);
    }
    free(samples);
    rtt_close(ordered);
    return jitter_ns;
}
