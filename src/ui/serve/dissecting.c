/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dissecting: see the header. */
#include "udptui/ui/serve/dissecting.h"

#include "udptui/base/units.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/wait.h"

static const int64_t rows_pause_ns = 200 * UNITS_NS_PER_MS;

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
    dissecting->dissector = dissector_open(&(struct dissect_config){
        .launcher = dissecting->launcher, .charset = model_charset(model)});
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

/* Rows that scroll by must not keep the dissectors busy: those that are seen now are asked for
 * together, some times a second. */
static bool dissecting_may_ask_rows(struct dissecting *dissecting, int64_t now_ns)
{
    if (dissector_waiting(dissecting->dissector) > 0)
        return false;
    if (dissecting->paced && now_ns < dissecting->rows_ns + rows_pause_ns)
        return false;
    dissecting->paced = false;
    return true;
}

static void dissecting_ask(struct dissecting *dissecting, int64_t now_ns,
                           struct dissecting_taker *taker)
{
    struct dissect_datagram datagrams[DISSECT_DATAGRAMS_MAX];
    struct dissect_request request;
    bool off = dissector_is_off(dissecting->dissector);
    bool rows = dissecting_may_ask_rows(dissecting, now_ns);

    while ((off || dissector_has_room(dissecting->dissector)) &&
           model_ask_dissection(taker->model, rows, &request, datagrams)) {
        if (!dissector_ask(dissecting->dissector, &request))
            dissecting_refuse(&request, taker);
        dissecting->paced |= rows && !off;
        dissecting->rows_ns = rows ? now_ns : dissecting->rows_ns;
    }
}

bool dissecting_turn(struct dissecting *dissecting, struct model *model)
{
    struct dissecting_taker taker = {.model = model};
    int64_t now_ns = clock_monotonic_ns();
    char confined[DISSECT_CONFINED_SIZE];

    if (dissecting->dissector == NULL && model_wants_dissection(model))
        dissecting_open(dissecting, model);
    if (dissecting->dissector == NULL)
        return false;
    dissecting_ask(dissecting, now_ns, &taker);
    dissector_turn(dissecting->dissector, now_ns, dissecting_take, &taker);
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
    if (dissecting->dissector == NULL)
        return INT64_MAX;
    int64_t due_ns = dissector_due_ns(dissecting->dissector);
    bool pausing = dissecting->paced && dissector_waiting(dissecting->dissector) == 0;
    return pausing ? wait_earlier_ns(due_ns, dissecting->rows_ns + rows_pause_ns) : due_ns;
}
