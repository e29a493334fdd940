/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* resend: a list of the requests that wait, in the order of sending. */
#include "udptui/replay/resend.h"

#include <stdlib.h>
#include <string.h>

const struct figure_name resend_names[RESEND_OUTCOMES] = {
    [RESEND_SAME] = {"same", "reply as recorded", .rare = false},
    [RESEND_DIFFERENT] = {"different", "different reply", .rare = false},
    [RESEND_SILENT] = {"silent", "no reply", .rare = false},
    [RESEND_NEW] = {"new", "reply, none recorded", .rare = true},
    [RESEND_NONE] = {"none", "no reply, none recorded", .rare = true},
    [RESEND_EXTRA] = {"extra", "extra replies", .rare = true},
};

struct waiting {
    struct waiting *next;
    uint64_t number, round;
    size_t size_bytes;
    int64_t deadline_ns;
    bool has_recorded;
    size_t recorded_bytes, recorded_size;
    uint8_t recorded[];
};

struct resend {
    struct waiting *first, **end;
    struct waiting *latest; /* the one that the latest result points into */
    size_t count;
};

struct resend *resend_open(void)
{
    struct resend *resend = calloc(1, sizeof *resend);

    if (resend != NULL)
        resend->end = &resend->first;
    return resend;
}

void resend_close(struct resend *resend)
{
    if (resend == NULL)
        return;
    for (struct waiting *next; resend->first != NULL; resend->first = next) {
        next = resend->first->next;
        free(resend->first);
    }
    free(resend->latest);
    free(resend);
}

bool resend_sent(struct resend *resend, const struct resend_request *request, int64_t deadline_ns)
{
    bool has_recorded = request->recorded != NULL;
    size_t bytes = has_recorded ? request->recorded_bytes : 0;
    struct waiting *waiting = malloc(sizeof *waiting + bytes);

    if (waiting == NULL)
        return false;
    *waiting = (struct waiting){.number = request->number,
                                .round = request->round,
                                .size_bytes = request->size_bytes,
                                .deadline_ns = deadline_ns,
                                .has_recorded = has_recorded,
                                .recorded_bytes = bytes,
                                .recorded_size = has_recorded ? request->recorded_size : 0};
    if (bytes > 0)
        memcpy(waiting->recorded, request->recorded, bytes);
    *resend->end = waiting;
    resend->end = &waiting->next;
    resend->count++;
    return true;
}

/* Only the kept part of a cut recording can be compared. */
static bool is_recorded(const struct waiting *waiting, const uint8_t *bytes, size_t size_bytes)
{
    return waiting->has_recorded && waiting->recorded_size == size_bytes &&
           memcmp(waiting->recorded, bytes, waiting->recorded_bytes) == 0;
}

int64_t resend_differs_at(const struct resend_result *result, const uint8_t *bytes,
                          size_t size_bytes)
{
    size_t both = size_bytes < result->recorded_bytes ? size_bytes : result->recorded_bytes;

    if (result->recorded == NULL)
        return -1;
    for (size_t i = 0; i < both; i++)
        if (bytes[i] != result->recorded[i])
            return (int64_t)i;
    return size_bytes == result->recorded_size ? -1 : (int64_t)both;
}

/* Removes *link from the list; its contents stay valid until the next removal. */
static const struct waiting *take_out(struct resend *resend, struct waiting **link)
{
    struct waiting *taken = *link;

    *link = taken->next;
    if (resend->end == &taken->next)
        resend->end = link;
    resend->count--;
    free(resend->latest);
    resend->latest = taken;
    return taken;
}

static struct resend_result resend_describe(const struct waiting *waiting,
                                            enum resend_outcome outcome)
{
    return (struct resend_result){.outcome = outcome,
                                  .number = waiting->number,
                                  .round = waiting->round,
                                  .size_bytes = waiting->size_bytes,
                                  .recorded = waiting->has_recorded ? waiting->recorded : NULL,
                                  .recorded_bytes = waiting->recorded_bytes,
                                  .recorded_size = waiting->recorded_size};
}

static enum resend_outcome resend_compare(const struct waiting *waiting, bool same)
{
    if (!waiting->has_recorded)
        return RESEND_NEW;
    return same ? RESEND_SAME : RESEND_DIFFERENT;
}

struct resend_result resend_answered(struct resend *resend, const uint8_t *bytes, size_t size_bytes)
{
    struct waiting **link = &resend->first;
    const struct waiting *waiting;
    bool same;

    while (*link != NULL && !is_recorded(*link, bytes, size_bytes))
        link = &(*link)->next;
    same = *link != NULL;
    if (!same)
        link = &resend->first;
    if (*link == NULL)
        return (struct resend_result){.outcome = RESEND_EXTRA};
    waiting = take_out(resend, link);
    return resend_describe(waiting, resend_compare(waiting, same));
}

/* All have the same timeout, so the oldest expires first. */
bool resend_expire(struct resend *resend, int64_t now_ns, struct resend_result *result)
{
    const struct waiting *waiting;

    if (resend->first == NULL || now_ns < resend->first->deadline_ns)
        return false;
    waiting = take_out(resend, &resend->first);
    *result = resend_describe(waiting, waiting->has_recorded ? RESEND_SILENT : RESEND_NONE);
    return true;
}

size_t resend_waiting(const struct resend *resend)
{
    return resend->count;
}

int64_t resend_deadline_ns(const struct resend *resend)
{
    return resend->first != NULL ? resend->first->deadline_ns : INT64_MAX;
}
