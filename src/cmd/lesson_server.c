/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lesson_server: the server that a lesson talks to through the imagined network. What the
 * engine tells of a message's fate becomes the legs of its journey: the sender in the lesson
 * knows nothing of them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>

#include "lesson_stage.h"
#include "udptui/core/units.h"
#include "udptui/net/clock.h"

enum { CLIENTS_MAX = 16, RING_BYTES = 1 << 20, BATCH = 8 };

static const int64_t tick_ns = UNITS_NS_PER_MS;
static const int64_t settle_timeout_ns = 5 * UNITS_NS_PER_S;

static bool set_config(struct stage *stage, const char *impair, const struct udp_socket *socket,
                       struct engine_config *config)
{
    const char *error;

    *config = (struct engine_config){.sockets = socket,
                                     .socket_count = 1,
                                     .event_fd = stage->event_fd,
                                     .numbers = &stage->numbers,
                                     .clients_max = CLIENTS_MAX,
                                     .guard = {.scope = GUARD_LIMIT_NONE},
                                     .batch = BATCH,
                                     .buffer_bytes = UDP_PAYLOAD_MAX_IPV4 + 1,
                                     .event_ring_bytes = RING_BYTES,
                                     .samples = UINT32_MAX,
                                     .tick_ns = tick_ns,
                                     .impair = {.seed = stage->config.seed}};
    error = ack_parse("echo", &config->ack);
    if (error == NULL)
        error = impair_parse(impair, &config->impair);
    if (error != NULL)
        stage_fail(stage, "lesson: %s", error);
    return error == NULL;
}

/* Where a class looks on, a request takes so long that it is seen on its way. */
static const char *slowed(const struct stage *stage, const char *impair, char *out, size_t size)
{
    snprintf(out, size, "%s%s", impair, stage->config.pace_ns > 0 ? ",in.delay=150ms" : "");
    return out;
}

void stage_serve(struct stage *stage, const char *impair)
{
    char text[IMPAIR_TEXT_SIZE];
    struct endpoint local = stage_loopback();
    struct udp_socket *socket = stage_receiver(stage, &local, NULL);
    struct engine_config config;
    char error[ENGINE_ERROR_SIZE];

    stage->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (!stage_going(stage) ||
        !set_config(stage, slowed(stage, impair, text, sizeof text), socket, &config))
        return;
    stage->server = socket->local;
    stage->engine = engine_open(&config, error);
    if (stage->engine == NULL || !engine_start(stage->engine, error))
        stage_fail(stage, "%s", error);
}

uint64_t stage_ask(struct stage *stage, const struct udp_socket *client, const char *text)
{
    struct stage_message *message;
    uint64_t number = stage->message_count + 1;
    struct stage_datagram datagram = {
        .bytes = text, .size_bytes = strlen(text), .number = number, .label = text};

    if (number > STAGE_MESSAGES_MAX) {
        stage_fail(stage, "lesson: more than %d messages", STAGE_MESSAGES_MAX);
        return 0;
    }
    message = &stage->messages[number - 1];
    message->sent_ns = stage_now_ns(stage);
    message->size_bytes = strlen(text);
    memcpy(message->payload, text, message->size_bytes);
    if (stage_send(stage, client, &datagram, NULL) == 0)
        stage->message_count++;
    return number;
}

uint64_t stage_ask_number(struct stage *stage, const struct udp_socket *client, int number)
{
    char text[STAGE_PAYLOAD_SIZE];

    snprintf(text, sizeof text, "#%d", number);
    return stage_ask(stage, client, text);
}

int stage_hear_number(struct stage *stage, const struct udp_socket *client, int64_t timeout_ns)
{
    char text[STAGE_PAYLOAD_SIZE] = {0};
    struct stage_received got =
        stage_receive_within(stage, client, text, sizeof text - 1, timeout_ns);

    return got.size_bytes > 1 && text[0] == '#' ? atoi(text + 1) : 0;
}

/* ---- what the engine tells, as legs */

/* Adds one leg of a message, where there is one. */
static void add_leg(const struct stage_message *message, const struct leg *from, int64_t base_ns,
                    bool to_right, bool copy, struct journey *journey)
{
    struct ladder_leg *leg = &journey->legs[journey->count];

    if (!ladder_leg_of(from, base_ns, to_right, copy, leg))
        return;
    leg->number = message->event.number;
    snprintf(leg->label, sizeof leg->label, "%.*s", (int)message->size_bytes, message->payload);
    if (to_right && message->sent_ns < leg->depart_ns)
        leg->depart_ns = message->sent_ns;
    journey->late_by[journey->count++] = from->late_by;
}

static void add_fate(const struct stage_message *message, int64_t base_ns, struct journey *journey)
{
    const struct fate *fate = &message->event.fate;

    for (size_t i = 0; i < FATE_REQUESTS; i++)
        add_leg(message, &fate->requests[i], base_ns, true, i > 0, journey);
    for (size_t i = 0; i < FATE_ACKS; i++)
        add_leg(message, &fate->acks[i], base_ns, false, i % 2 > 0, journey);
}

/* A message that nothing happened to has a request and an ack. */
static void add_plain(const struct stage_message *message, struct journey *journey)
{
    const struct event_message *event = &message->event;
    const struct leg leg = {.state = LEG_ARRIVED};
    int64_t service_ns = event->service_ns > 0 ? event->service_ns : 0;

    add_leg(message, &leg, event->wall_ns, true, false, journey);
    if (event->status == ACK_SENT)
        add_leg(message, &leg, event->wall_ns + service_ns, false, false, journey);
}

/*
 * When the message's fate begins, on the ladder's clock: the engine took it up so long before
 * its first ack left as the ack's time in the fate says. Without an ack: at the kernel's
 * receive time.
 */
static int64_t base_ns_of(const struct event_message *event)
{
    int32_t first_us = INT32_MAX;

    for (size_t i = 0; i < FATE_ACKS; i++)
        if (event->fate.acks[i].state == LEG_ARRIVED && event->fate.acks[i].arrive_us < first_us)
            first_us = event->fate.acks[i].arrive_us;
    if (first_us == INT32_MAX || event->service_ns == EVENT_UNKNOWN)
        return event->wall_ns;
    return event->wall_ns + event->service_ns - first_us * UNITS_NS_PER_US;
}

static void take_message(struct stage *stage, const struct event_message *event)
{
    struct journey journey = {.count = 0};
    struct stage_message *message;

    if (event->number == 0 || event->number > STAGE_MESSAGES_MAX)
        return;
    message = &stage->messages[event->number - 1];
    message->event = *event;
    message->told = true;
    message->settled = event->status != ACK_WAITING;
    add_fate(message, base_ns_of(event), &journey);
    if (journey.count == 0)
        add_plain(message, &journey);
    ladder_mark_first_ack(journey.legs, journey.count, message->sent_ns);
    stage_replace_legs(stage, event->number, &journey);
}

void stage_hear(struct stage *stage)
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

bool stage_settled(struct stage *stage, uint64_t number)
{
    const struct stage_message *message = stage_message(stage, number);

    if (!message->settled && stage_now_ns(stage) > message->sent_ns + settle_timeout_ns)
        stage_fail(stage, "datagrams to 127.0.0.1 do not arrive: 'ip link show lo' should say UP");
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
