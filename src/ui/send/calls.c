/* SPDX-License-Identifier: GPL-3.0-or-later */
/* send_calls: kept in a ring, each written as it is made where --calls asks for it. */
#include "udptui/client/calls.h"

#include "prompt_internal.h"
#include "udptui/base/units.h"
#include "udptui/net/interfaces.h"

static void note(void *context, const struct call *call)
{
    struct session *session = context;
    struct send_calls *calls = &session->calls;

    calls->kept[calls->count++ % SEND_CALLS_MAX] = *call;
    session_log_call(session, call);
    if (session->options.calls && !session->options.quiet)
        session_check_output(session, session->writer->call(&session->output, call));
}

void send_calls_begin(struct send_calls *calls, struct session *session)
{
    calls->trace = (struct call_trace){.note = note, .context = session};
    calls->count = 0;
}

static void show(struct talk *talk, const struct call *call)
{
    char text[CALL_TEXT_SIZE];

    talk_say(talk, "  %s", call_format(call, true, &interfaces_zones, text, sizeof text));
    talk_say(talk, "      %s", call_purpose(call));
}

void talk_calls(struct talk *talk, const char *argument)
{
    const struct send_calls *calls = &talk->session->calls;
    int64_t wanted = SEND_CALLS_SHOWN;

    if (argument[0] != '\0' && !units_parse_integer(argument, 1, SEND_CALLS_MAX, &wanted)) {
        talk_say(talk, "/calls takes a number from 1 to %d: how many of the latest to show",
                 SEND_CALLS_MAX);
        return;
    }
    uint64_t shown = calls->count < (uint64_t)wanted ? calls->count : (uint64_t)wanted;
    for (uint64_t i = calls->count - shown; i < calls->count; i++)
        show(talk, &calls->kept[i % SEND_CALLS_MAX]);
}
