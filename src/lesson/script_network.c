/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* script_network: clients of a script whose server is behind the simulated network. */
#include <string.h>

#include "script_internal.h"
#include "udptui/base/text.h"
#include "udptui/base/units.h"
#include "udptui/sys/clock.h"

static const int64_t ask_time_ns = 100 * UNITS_NS_PER_MS;

bool script_is_of_network(const struct script *script, int16_t object)
{
    int16_t target = script->lesson->objects[object].target;

    return target != LESSON_NO_OBJECT && script->lesson->objects[target].kind == LESSON_NETWORK;
}

/* ---- messages */

/* Sends the text. Returns the message's number. */
static uint64_t send_text(struct script *script, int16_t object, const char *text)
{
    struct script_object *client = &script->objects[object];
    uint64_t before = script->stage->message_count;
    uint64_t number = stage_ask(script->stage, client->socket, text);

    if (script->stage->message_count == before) {
        client->errors++;
        return number;
    }
    client->sent++;
    script_add_number(&client->sent_bytes, (int64_t)strlen(text));
    script_add_number(&client->sent_numbers, script_number_in(text));
    return number;
}

/* The payload of a statement. out: STAGE_PAYLOAD_SIZE. Returns out. */
static const char *make_text(struct script *script, const struct lesson_statement *statement,
                             char *out)
{
    return script_fill(script, statement->text, true, out, STAGE_PAYLOAD_SIZE);
}

void script_send_to_network(struct script *script, const struct lesson_statement *statement)
{
    char text[STAGE_PAYLOAD_SIZE];

    send_text(script, statement->object, make_text(script, statement, text));
}

/* ---- replies */

static bool has_reply(const struct script_list *numbers, int32_t number)
{
    for (size_t i = 0; i < numbers->count; i++)
        if (numbers->numbers[i] == number)
            return true;
    return false;
}

static void note_reply(struct script_object *client, const char *text,
                       const struct stage_received *got)
{
    int32_t number = script_number_in(text);

    text_render(client->text, sizeof client->text, text, (size_t)got->size_bytes, TEXT_ASCII);
    client->arrived = true;
    client->received_ns = got->wall_ns;
    client->bytes = got->size_bytes;
    client->received++;
    client->distinct += !has_reply(&client->received_numbers, number);
    script_add_number(&client->received_bytes, got->size_bytes);
    script_add_number(&client->received_numbers, number);
}

/* The next reply. text: STAGE_PAYLOAD_SIZE. False: none came in time. */
static bool script_take_reply(struct script *script, int16_t object, int64_t timeout_ns, char *text)
{
    struct script_object *client = &script->objects[object];
    struct stage_received got;

    memset(text, 0, STAGE_PAYLOAD_SIZE);
    got = stage_receive_reply(script->stage, client->socket, text, STAGE_PAYLOAD_SIZE - 1,
                              timeout_ns);
    if (got.size_bytes < 0)
        return false;
    note_reply(client, text, &got);
    return true;
}

bool script_receive_reply(struct script *script, int16_t object, int64_t timeout_ns)
{
    char text[STAGE_PAYLOAD_SIZE];

    return script_take_reply(script, object, timeout_ns, text);
}

/* Until the reply to the text is there; replies to others are taken, too. */
static bool await_reply(struct script *script, int16_t object, const char *asked,
                        int64_t timeout_ns)
{
    int64_t deadline_ns = clock_monotonic_ns() + timeout_ns;
    char text[STAGE_PAYLOAD_SIZE];

    for (int64_t left_ns = timeout_ns; left_ns > 0; left_ns = deadline_ns - clock_monotonic_ns()) {
        if (!script_take_reply(script, object, left_ns, text))
            return false;
        if (strcmp(text, asked) == 0)
            return true;
    }
    return false;
}

/*
 * Without resending: the reply, or that the time has passed and the network has reported that none
 * will come, so that a slow machine does not look like a loss. With it, the time alone counts.
 * *number: of the message.
 */
static bool ask_once(struct script *script, const struct lesson_statement *statement,
                     const char *text, uint64_t *number)
{
    bool answered;

    *number = send_text(script, statement->object, text);
    do
        answered = await_reply(script, statement->object, text,
                               script_limit_ns(script, statement, ask_time_ns));
    while (!answered && statement->retries == 0 && stage_going(script->stage) &&
           !stage_settled(script->stage, *number));
    return answered;
}

/* What the statement returns. first: the number of the first of its messages. */
static void note_asked(struct script *script, const struct lesson_statement *statement,
                       bool answered, int64_t sends, uint64_t first)
{
    const struct script_object *client = &script->objects[statement->object];
    struct script_object *returned;

    if (statement->returned == LESSON_NO_OBJECT || !stage_going(script->stage))
        return;
    returned = &script->objects[statement->returned];
    *returned = *client;
    returned->arrived = answered;
    returned->sends = sends;
    returned->us =
        (client->received_ns - stage_message(script->stage, first)->sent_ns) / UNITS_NS_PER_US;
    if (!answered) {
        returned->bytes = 0;
        returned->text[0] = '\0';
    }
}

void script_ask(struct script *script, const struct lesson_statement *statement)
{
    struct script_object *client = &script->objects[statement->object];
    char text[STAGE_PAYLOAD_SIZE];
    uint64_t number, first = 0;
    int64_t sends = 0;
    bool answered = false;

    make_text(script, statement, text);
    while (sends <= statement->retries && !answered && stage_going(script->stage)) {
        answered = ask_once(script, statement, text, &number);
        first = sends++ == 0 ? number : first;
    }
    client->asked++;
    client->answered += answered;
    client->silent += !answered;
    if (!answered)
        script_add_number(&client->silent_numbers, script_number_in(text));
    note_asked(script, statement, answered, sends, first);
}

/* ---- what the network did */

static int32_t number_of_message(const struct stage_message *message)
{
    char text[STAGE_PAYLOAD_SIZE + 1] = "";

    memcpy(text, message->payload, message->size_bytes);
    return script_number_in(text);
}

/* The receiver of a reliable service: it takes the next number only. */
static void deliver(struct script_network *network, int32_t number)
{
    if (number == (int32_t)network->delivered.count + 1)
        script_add_number(&network->delivered, number);
    else
        network->repeated++;
}

static void measure_message(struct script_network *network, const struct stage_message *message)
{
    const struct fate *fate = &message->event.fate;
    int64_t arrived = !fate_touched(fate), late_by = (int64_t)fate_late_by(fate);

    network->lost_requests += fate_lost_request(fate);
    network->lost_replies += fate_lost_ack(fate);
    for (size_t i = 0; i < FATE_REQUESTS; i++)
        arrived += fate->requests[i].state == LEG_ARRIVED;
    network->received += arrived;
    if (late_by > network->late_by)
        network->late_by = late_by;
    for (int64_t i = 0; i < arrived; i++)
        deliver(network, number_of_message(message));
}

void script_measure_network(const struct script *script, struct script_network *network)
{
    *network = (struct script_network){.received = 0};
    for (uint64_t number = 1; number <= script->stage->message_count; number++)
        if (stage_message(script->stage, number)->reported)
            measure_message(network, stage_message(script->stage, number));
}
