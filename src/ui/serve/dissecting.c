/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dissecting: see the header. */
#include "udptui/ui/serve/dissecting.h"

#include "udptui/sys/clock.h"

/* Where the answers go. */
struct dissecting_taker {
    struct model *model;
    bool taken;
};

void dissecting_close(struct dissecting *dissecting)
{
    dissector_close(dissecting->dissector);
    *dissecting = (struct dissecting){.dissector = NULL};
}

static void dissecting_open(struct dissecting *dissecting, struct model *model)
{
    if (dissecting->failed)
        return;
    dissecting->dissector =
        dissector_open(&(struct dissect_config){.charset = model_charset(model)});
    dissecting->failed = dissecting->dissector == NULL;
    if (dissecting->failed)
        model_notice(model, "Not enough memory for the dissectors");
}

void dissecting_act(struct dissecting *dissecting, const struct effects *effects,
                    struct model *model)
{
    if (!effects->dissect_again)
        return;
    if (dissecting->dissector != NULL && dissector_is_off(dissecting->dissector))
        dissector_retry(dissecting->dissector);
    model_dissect_again(model);
}

static void dissecting_take(void *context, struct dissect_answer *answer)
{
    struct dissecting_taker *taker = context;

    model_take_dissection(taker->model, answer);
    taker->taken = true;
}

/* What cannot be asked is answered at once: there are no dissectors. */
static void dissecting_refuse(const struct dissect_request *request, struct dissecting_taker *taker)
{
    struct dissect_answer answer = {.id = request->id};

    dissecting_take(taker, &answer);
}

static void dissecting_ask(struct dissecting *dissecting, struct dissecting_taker *taker)
{
    struct dissect_datagram datagrams[DISSECT_DATAGRAMS_MAX];
    struct dissect_request request;
    bool off = dissector_is_off(dissecting->dissector);

    while ((off || dissector_has_room(dissecting->dissector)) &&
           model_ask_dissection(taker->model, &request, datagrams))
        if (!dissector_ask(dissecting->dissector, &request))
            dissecting_refuse(&request, taker);
}

bool dissecting_turn(struct dissecting *dissecting, struct model *model)
{
    struct dissecting_taker taker = {.model = model};
    char confined[DISSECT_CONFINED_SIZE];

    if (dissecting->dissector == NULL && model_wants_dissection(model))
        dissecting_open(dissecting, model);
    if (dissecting->dissector == NULL)
        return false;
    dissecting_ask(dissecting, &taker);
    dissector_turn(dissecting->dissector, clock_monotonic_ns(), dissecting_take, &taker);
    model_note_dissector(model, dissector_note(dissecting->dissector),
                         dissector_confined(dissecting->dissector, confined, sizeof confined));
    return taker.taken;
}

int dissecting_fd(const struct dissecting *dissecting)
{
    return dissecting->dissector != NULL ? dissector_fd(dissecting->dissector) : -1;
}

int64_t dissecting_due_ns(const struct dissecting *dissecting)
{
    return dissecting->dissector != NULL ? dissector_due_ns(dissecting->dissector) : INT64_MAX;
}
