/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* engine_quiz: the quiz of a class (proto/quiz) in the engine's thread. */
#include <limits.h>

#include "engine_internal.h"
#include "udptui/base/units.h"
#include "udptui/sys/clock.h"

enum {
    RECORDS_A_TICK = 64,
    PUSHED_A_TURN = 16, /* then a pause: a class behind one access point is not flooded */
    PUSH_PAUSE_MS = 10,
};

void engine_note_student(struct engine *engine, const struct datagram *datagram, size_t index,
                         int64_t now_ns)
{
    const struct quiz_datagram noted =
        answer_quiz_datagram(engine->answer, datagram, index, now_ns);

    quiz_note(engine->quiz, &noted, datagram_messages(datagram));
}

bool engine_publish_quiz(struct engine *engine)
{
    const void *record;
    size_t size;

    for (int i = 0; i < RECORDS_A_TICK; i++) {
        record = quiz_changed(engine->quiz, &size);
        if (record == NULL || !publisher_put(&engine->publisher, record, size))
            return record != NULL;
        quiz_taken(engine->quiz);
    }
    return true;
}

/* ---- pushing */

static void engine_push_to(struct engine *engine, const struct quiz_seat *seat, const char *text,
                           size_t size)
{
    struct event_message event = {.kind = EVENT_MESSAGE,
                                  .hop_limit = EVENT_UNKNOWN,
                                  .traffic_class = EVENT_UNKNOWN,
                                  .slot = seat->slot,
                                  .generation = seat->generation,
                                  .size_bytes = (uint32_t)size,
                                  .stored_bytes = (uint32_t)size,
                                  .wall_ns = clock_wall_ns(),
                                  .service_ns = EVENT_UNKNOWN};

    requests_deliver(engine, &event, &seat->endpoint, seat->local, text);
    quiz_note_pushed(engine->quiz, event.error == 0);
    publisher_message(&engine->publisher, &event, text, NULL);
}

int64_t engine_push_due_ns(const struct engine *engine)
{
    return quiz_is_pushing(engine->quiz) ? engine->push_ns : INT64_MAX;
}

void engine_push_question(struct engine *engine)
{
    char text[QUIZ_DATAGRAM_MAX + 1];
    const struct quiz_seat *seat;
    size_t size;

    if (!quiz_is_pushing(engine->quiz) || clock_monotonic_ns() < engine->push_ns)
        return;
    for (int i = 0; i < PUSHED_A_TURN; i++) {
        seat = quiz_push_next(engine->quiz, text, &size);
        if (seat == NULL)
            return;
        engine_push_to(engine, seat, text, size);
    }
    engine->push_ns = clock_monotonic_ns() + PUSH_PAUSE_MS * UNITS_NS_PER_MS;
}
