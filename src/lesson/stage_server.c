/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stage_server: the lesson's server behind the simulated network. The lesson's sender does not see
 * what happens there; stage_fates draws it.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>

#include "udptui/base/units.h"
#include "udptui/lesson/stage.h"
#include "udptui/proto/datagram.h"
#include "udptui/proto/reason.h"
#include "udptui/proto/rules.h"
#include "udptui/sys/clock.h"

enum { CLIENTS_MAX = 16, RING_BYTES = 1 << 20, BATCH = 8 };

static const int64_t tick_ns = UNITS_NS_PER_MS;
static const int64_t settle_timeout_ns = 5 * UNITS_NS_PER_S;

static bool set_config(struct stage *stage, const struct stage_service *service,
                       const struct udp_socket *socket, struct engine_config *config)
{
    const char *error;

    *config = (struct engine_config){.sockets = socket,
                                     .socket_count = 1,
                                     .event_fd = stage->event_fd,
                                     .shared = &stage->shared,
                                     .clients_max = CLIENTS_MAX,
                                     .clients_fixed = true,
                                     .guard = {.scope = GUARD_LIMIT_NONE},
                                     .batch = BATCH,
                                     .buffer_bytes = DATAGRAM_PAYLOAD_MAX_IPV4 + 1,
                                     .event_ring_bytes = RING_BYTES,
                                     .samples = UINT32_MAX,
                                     .tick_ns = tick_ns,
                                     .impair = {.seed = stage->config.seed}};
    error = ack_parse(service->ack, &config->ack);
    if (error == NULL)
        error = impair_parse(service->impair, &config->impair);
    if (error != NULL)
        stage_fail(stage, "lesson: %s", error);
    return error == NULL;
}

static void open_engine(struct stage *stage, const struct engine_config *config)
{
    char error[ENGINE_ERROR_SIZE];

    stage->engine = engine_open(config, error);
    if (stage->engine == NULL || !engine_start(stage->engine, error))
        stage_fail(stage, "%s", error);
}

/* The engine copies the rules. */
static void open_engine_with_rule(struct stage *stage, struct engine_config *config,
                                  const char *rule)
{
    struct rules *rules = rules_open(NULL);
    struct rules_problem problem = {.why = "not enough memory"};

    if (rules == NULL || !rules_add(rules, rule, &problem)) {
        stage_fail(stage, "lesson: %s", problem.why);
    } else {
        config->rules = rules;
        open_engine(stage, config);
    }
    rules_close(rules);
}

void stage_serve_as(struct stage *stage, const struct stage_service *service)
{
    struct udp_socket *socket = stage_engine_socket(stage);
    struct engine_config config;

    engine_close(stage->engine);
    stage->engine = NULL;
    if (stage->event_fd < 0)
        stage->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (!stage_going(stage) || !set_config(stage, service, socket, &config))
        return;
    stage->server = socket->local;
    if (service->rule == NULL)
        open_engine(stage, &config);
    else
        open_engine_with_rule(stage, &config, service->rule);
}

void stage_serve(struct stage *stage, const char *impair)
{
    stage_serve_as(stage, &(struct stage_service){.impair = impair, .ack = "echo"});
}

uint64_t stage_ask(struct stage *stage, const struct udp_socket *client, const char *text)
{
    struct stage_message *message;
    uint64_t number = stage->message_count + 1;
    struct stage_datagram datagram = {
        .bytes = text, .size_bytes = strlen(text), .number = number, .label = text};
    int leg = STAGE_NO_LEG, error;

    if (number > STAGE_MESSAGES_MAX) {
        stage_fail(stage, "lesson: more than %d messages", STAGE_MESSAGES_MAX);
        return 0;
    }
    message = &stage->messages[number - 1];
    message->asked_ns = clock_monotonic_ns();
    message->size_bytes = strlen(text);
    memcpy(message->payload, text, message->size_bytes);
    error = stage_send(stage, client, &datagram, &leg);
    if (error != 0)
        stage_fail(stage, "cannot send a datagram to 127.0.0.1: %s", reason_text(error));
    else
        stage->message_count++;
    if (leg == STAGE_NO_LEG)
        return number;
    message->sent_ns = stage->legs[leg].depart_ns;
    message->frame = stage->legs[leg].frame;
    stage->leg_count = (size_t)leg; /* drawn when its fate is known: stage_draw_messages */
    return number;
}

uint64_t stage_ask_number(struct stage *stage, const struct udp_socket *client, int number)
{
    char text[STAGE_PAYLOAD_SIZE];

    snprintf(text, sizeof text, "#%d", number);
    return stage_ask(stage, client, text);
}

/* The message that a reply belongs to: the latest one with this text; the latest of all if an
 * impairment has changed it. NULL: nothing was sent. */
static struct stage_message *find_asked(struct stage *stage, const char *text, size_t size_bytes)
{
    for (uint64_t i = stage->message_count; i > 0; i--)
        if (stage->messages[i - 1].size_bytes == size_bytes &&
            memcmp(stage->messages[i - 1].payload, text, size_bytes) == 0)
            return &stage->messages[i - 1];
    return stage->message_count > 0 ? &stage->messages[stage->message_count - 1] : NULL;
}

static void note_answer(struct stage *stage, const struct stage_received *got, const char *text)
{
    size_t size_bytes = (size_t)got->size_bytes;
    struct stage_message *message = find_asked(stage, text, size_bytes);
    struct stage_answer *answer;

    if (message == NULL || message->answer_count == FATE_ACKS || size_bytes > STAGE_PAYLOAD_SIZE)
        return;
    answer = &message->answers[message->answer_count++];
    *answer = (struct stage_answer){.wall_ns = got->wall_ns, .size_bytes = size_bytes};
    memcpy(answer->payload, text, size_bytes);
}

struct stage_received stage_receive_reply(struct stage *stage, const struct udp_socket *client,
                                          char *text, size_t size_bytes, int64_t timeout_ns)
{
    struct stage_received got = stage_receive_within(stage, client, text, size_bytes, timeout_ns);

    if (got.size_bytes >= 0)
        note_answer(stage, &got, text);
    return got;
}

/* ---- the engine's reports */

static void take_message(struct stage *stage, const struct event_message *event)
{
    struct stage_message *message;

    if (event->number == 0 || event->number > STAGE_MESSAGES_MAX)
        return;
    message = &stage->messages[event->number - 1];
    message->event = *event;
    message->reported = true;
    message->settled = event->status != ACK_WAITING;
}

void stage_take_events(struct stage *stage)
{
    eventfd_t count;
    size_t size;

    if (stage->engine == NULL)
        return;
    eventfd_read(stage->event_fd, &count);
    for (const void *record; (record = engine_event(stage->engine, &size)) != NULL;) {
        if (event_kind_of(record) == EVENT_MESSAGE)
            take_message(stage, record);
        engine_release(stage->engine);
    }
}

const struct stage_message *stage_message(const struct stage *stage, uint64_t number)
{
    return &stage->messages[number - 1];
}

void stage_note(struct stage *stage, uint64_t number, const char *format, ...)
{
    struct stage_message *message = &stage->messages[number - 1];
    va_list list;

    va_start(list, format);
    vsnprintf(message->note, sizeof message->note, format, list);
    va_end(list);
}

void stage_leave_out(struct stage *stage, uint64_t first, int count)
{
    for (int i = 0; i < count && first + (uint64_t)i <= STAGE_MESSAGES_MAX; i++)
        stage->messages[first + (uint64_t)i - 1].left_out = true;
}

bool stage_settled(struct stage *stage, uint64_t number)
{
    const struct stage_message *message = stage_message(stage, number);

    if (!message->settled && clock_monotonic_ns() > message->asked_ns + settle_timeout_ns)
        stage_fail_silent(stage);
    return message->settled;
}

static bool all_settled(struct stage *stage)
{
    for (uint64_t number = 1; number <= stage->message_count; number++)
        if (!stage_settled(stage, number))
            return false;
    return true;
}

void stage_settle(struct stage *stage)
{
    while (stage_going(stage) && !all_settled(stage))
        stage_wait(stage, -1, 0, 10 * UNITS_NS_PER_MS);
}
