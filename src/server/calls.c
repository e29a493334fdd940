/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "udptui/server/calls.h"

static void calls_keep(void *context, const struct call *call)
{
    struct server_calls *calls = context;

    if (calls->count == SERVER_CALLS_MAX) {
        calls->skipped++;
        return;
    }
    calls->kept[calls->count] = *call;
    calls->kept[calls->count++].skipped = calls->skipped;
    calls->skipped = 0;
}

void server_calls_begin(struct server_calls *calls)
{
    calls->trace = (struct call_trace){.note = calls_keep, .context = calls};
    calls->count = calls->given = calls->skipped = 0;
}

const struct call *server_calls_next(struct server_calls *calls)
{
    if (calls->given < calls->count)
        return &calls->kept[calls->given++];
    calls->count = calls->given = 0;
    return NULL;
}
