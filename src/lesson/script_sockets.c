/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * script_sockets: servers, clients and closed ports of a script on loopback. A datagram that is
 * received is matched with one that was sent to this socket and has not arrived, by its bytes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "script_internal.h"
#include "stamps_internal.h"
#include "udptui/base/text.h"
#include "udptui/base/units.h"

enum { DATAGRAM_BYTES_MAX = LESSON_PAD_BYTES_MAX };

static const int64_t error_time_ns = 100 * UNITS_NS_PER_MS;

/* ---- opening and closing */

void script_find_closed(struct script *script, const struct lesson_statement *statement)
{
    script->objects[statement->object].endpoint = stage_free_port(script->stage);
}

void script_open_server(struct script *script, const struct lesson_statement *statement)
{
    const struct udp_options options = {.receive_buffer_bytes = (int)statement->amount};
    struct script_object *server = &script->objects[statement->object];
    struct endpoint local = stage_loopback();

    if (statement->other != LESSON_NO_OBJECT) {
        local = script->objects[statement->other].endpoint;
        script->objects[statement->other].server = statement->object;
    }
    server->socket = stage_receiver(script->stage, &local, &options);
    server->endpoint = server->socket->local;
    server->queue_bytes = server->socket->receive_buffer_bytes;
}

void script_open_client(struct script *script, const struct lesson_statement *statement)
{
    const struct udp_options options = {.error_queue = statement->error_queue};
    const struct lesson_object *named = &script->lesson->objects[statement->object];
    struct script_object *client = &script->objects[statement->object];

    client->error_queue = statement->error_queue;
    client->unconnected = statement->unconnected;
    client->socket = stage_client(script->stage, &script->objects[named->target].endpoint,
                                  !statement->unconnected, &options);
}

static bool is_open(const struct script_object *object)
{
    return object->socket != NULL && object->socket->fd >= 0;
}

/* Who receives what is sent to the object: it, the server on its port, or nobody. */
static int16_t receiver_of(const struct script *script, int16_t object)
{
    if (script->lesson->objects[object].kind == LESSON_CLOSED)
        object = script->objects[object].server;
    return object != LESSON_NO_OBJECT && is_open(&script->objects[object]) ? object
                                                                           : LESSON_NO_OBJECT;
}

/* ---- sending */

/* The text, and what it is padded with. Returns its size. */
static size_t make_payload(struct script *script, const struct lesson_statement *statement,
                           char *out, size_t size_bytes)
{
    size_t length;

    script_fill(script, statement->text, true, out, size_bytes);
    length = strlen(out);
    if (length >= (size_t)statement->amount)
        return length;
    memset(out + length, '.', (size_t)statement->amount - length);
    return (size_t)statement->amount;
}

/* What stands at the arrow: the statement's label, or the text. */
static void make_label(struct script *script, const struct lesson_statement *statement, char *out,
                       size_t size_bytes)
{
    char text[LADDER_LABEL_SIZE];

    if (statement->label != NULL) {
        script_fill(script, statement->label, false, out, size_bytes);
        return;
    }
    script_fill(script, statement->text, true, text, sizeof text);
    if (text[0] == '\0')
        snprintf(out, size_bytes, "%s", stage_text(script->stage, "(empty)"));
    else
        text_render(out, size_bytes, text, strlen(text), TEXT_UTF8);
}

static void note_sent(struct script *script, int16_t from, int16_t to, int leg,
                      const struct stage_datagram *datagram)
{
    struct script_object *end = &script->objects[from];
    struct script_sent *sent;
    char text[SCRIPT_KEPT_BYTES + 1] = "";
    size_t kept =
        datagram->size_bytes < SCRIPT_KEPT_BYTES ? datagram->size_bytes : SCRIPT_KEPT_BYTES;

    memcpy(text, datagram->bytes, kept);
    end->sent++;
    script_add_number(&end->sent_bytes, (int64_t)datagram->size_bytes);
    script_add_number(&end->sent_numbers, script_number_in(text));
    if (leg == STAGE_NO_LEG || script->sent_count == STAGE_LEGS_MAX) {
        stage_fail(script->stage, "lesson %s: more than %d arrows", script->lesson->topic.name,
                   STAGE_LEGS_MAX);
        return;
    }
    sent = &script->sent[script->sent_count++];
    *sent = (struct script_sent){.leg = leg,
                                 .from = from,
                                 .to = to,
                                 .number = datagram->number,
                                 .size_bytes = datagram->size_bytes};
    memcpy(sent->bytes, datagram->bytes, kept);
}

/* Sends to an object, NULL endpoint: the socket's peer. */
static void send_datagram(struct script *script, const struct lesson_statement *statement,
                          int16_t receiver, const struct endpoint *to, bool to_left)
{
    struct script_object *end = &script->objects[statement->object];
    char *bytes = malloc(DATAGRAM_BYTES_MAX), label[LADDER_LABEL_SIZE];
    struct stage_datagram datagram = {.bytes = bytes, .label = label, .to = to, .to_left = to_left};
    int leg = STAGE_NO_LEG, error;

    if (bytes == NULL) {
        stage_fail(script->stage, "lesson: not enough memory");
        return;
    }
    datagram.size_bytes = make_payload(script, statement, bytes, DATAGRAM_BYTES_MAX);
    make_label(script, statement, label, sizeof label);
    datagram.number = to_left ? end->from_number : ++script->number;
    end->snmp = stamps_snmp("Icmp", "OutDestUnreachs");
    error = stage_send(script->stage, end->socket, &datagram, &leg);
    if (statement->returned != LESSON_NO_OBJECT)
        script->objects[statement->returned].error = error;
    if (!stage_going(script->stage) || error != 0)
        end->errors += error != 0;
    else
        note_sent(script, statement->object, receiver, leg, &datagram);
    free(bytes);
}

/* Whether the end has a socket; else the lesson is wrong. */
static bool require_open(struct script *script, int16_t object)
{
    if (is_open(&script->objects[object]))
        return true;
    stage_fail(script->stage, "lesson %s: %s is closed", script->lesson->topic.name,
               script->lesson->objects[object].name);
    return false;
}

void script_send(struct script *script, const struct lesson_statement *statement)
{
    int16_t target = script->lesson->objects[statement->object].target;
    struct script_object *client = &script->objects[statement->object];
    int16_t receiver = receiver_of(script, target);
    const struct endpoint *to = &script->objects[target].endpoint;
    size_t before = script->sent_count;

    if (!require_open(script, statement->object))
        return;
    send_datagram(script, statement, receiver, client->unconnected ? to : NULL, false);
    if (receiver == LESSON_NO_OBJECT && script->sent_count > before) {
        script->sent[before].arrived = true;
        stage_drop(script->stage, script->sent[before].leg,
                   stage_text(script->stage, "closed port"));
    }
}

void script_reply(struct script *script, const struct lesson_statement *statement)
{
    struct script_object *server = &script->objects[statement->object];

    if (!require_open(script, statement->object))
        return;
    if (server->from.port == 0) {
        stage_fail(script->stage, "lesson %s: %s has received nothing that it could reply to",
                   script->lesson->topic.name, script->lesson->objects[statement->object].name);
        return;
    }
    send_datagram(script, statement, server->from_object, &server->from, true);
}

/* ---- receiving */

/* The datagram that was sent to this object, has not arrived, and has these bytes. */
static struct script_sent *find_sent(struct script *script, int16_t to, const char *bytes,
                                     const struct stage_received *got)
{
    size_t size = (size_t)got->size_bytes;
    size_t compared = size < SCRIPT_KEPT_BYTES ? size : SCRIPT_KEPT_BYTES;

    for (size_t i = 0; i < script->sent_count; i++) {
        struct script_sent *sent = &script->sent[i];
        if (sent->to == to && !sent->arrived && memcmp(sent->bytes, bytes, compared) == 0 &&
            (sent->size_bytes == size || (got->truncated && sent->size_bytes > size)))
            return sent;
    }
    return NULL;
}

static void note_client(struct script_object *end, const struct endpoint *from)
{
    for (int64_t i = 0; i < end->client_count; i++)
        if (endpoint_equal(&end->clients[i], from))
            return;
    if (end->client_count < SCRIPT_CLIENTS_MAX)
        end->clients[end->client_count++] = *from;
}

static bool list_has(const struct script_list *list, int32_t number)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->numbers[i] == number)
            return true;
    return false;
}

static void note_received(struct script_object *end, const char *bytes,
                          const struct stage_received *got)
{
    char text[SCRIPT_KEPT_BYTES + 1] = "";
    size_t size = (size_t)got->size_bytes;
    int32_t number;

    memcpy(text, bytes, size < SCRIPT_KEPT_BYTES ? size : SCRIPT_KEPT_BYTES);
    text_render(end->text, sizeof end->text, text, strlen(text), TEXT_ASCII);
    number = script_number_in(text);
    end->arrived = true;
    end->received++;
    end->bytes = got->size_bytes;
    end->truncated = got->truncated;
    end->from = got->from;
    endpoint_format(&got->from, end->from_text, sizeof end->from_text);
    end->distinct += !list_has(&end->received_numbers, number);
    script_add_number(&end->received_bytes, got->size_bytes);
    script_add_number(&end->received_numbers, number);
    note_client(end, &got->from);
}

/* The memory that the queue is charged with before it is read from. */
static void measure_queue(struct script_object *end)
{
    uint32_t waiting_bytes = 0;

    udp_queue_info(end->socket, NULL, &waiting_bytes);
    if (waiting_bytes > end->waiting_bytes)
        end->waiting_bytes = waiting_bytes;
}

static void take_received(struct script *script, const struct lesson_statement *statement,
                          const char *bytes, const struct stage_received *got)
{
    struct script_object *end = &script->objects[statement->object];
    struct script_sent *sent = find_sent(script, statement->object, bytes, got);
    char note[LADDER_LABEL_SIZE] = "";

    note_received(end, bytes, got);
    end->from_object = sent != NULL ? sent->from : LESSON_NO_OBJECT;
    end->from_number = sent != NULL ? sent->number : ++script->number;
    if (sent == NULL)
        return;
    sent->arrived = true;
    end->intact += sent->size_bytes == (size_t)got->size_bytes;
    if (statement->note != NULL)
        script_fill(script, statement->note, false, note, sizeof note);
    stage_arrive(script->stage, sent->leg, got->wall_ns, note);
}

bool script_receive_one(struct script *script, const struct lesson_statement *statement,
                        int64_t timeout_ns)
{
    struct script_object *end = &script->objects[statement->object];
    size_t room = statement->amount > 0 ? (size_t)statement->amount : DATAGRAM_BYTES_MAX;
    struct stage_received got;
    char *bytes;

    if (!require_open(script, statement->object))
        return false;
    bytes = calloc(1, DATAGRAM_BYTES_MAX);
    if (bytes == NULL) {
        stage_fail(script->stage, "lesson: not enough memory");
        return false;
    }
    measure_queue(end);
    got = stage_receive_within(script->stage, end->socket, bytes, room, timeout_ns);
    if (got.size_bytes >= 0)
        take_received(script, statement, bytes, &got);
    free(bytes);
    return got.size_bytes >= 0;
}

/* ---- what did not arrive */

static size_t count_outstanding(const struct script *script, int16_t server)
{
    size_t count = 0;

    for (size_t i = 0; i < script->sent_count; i++)
        count += script->sent[i].to == server && !script->sent[i].arrived;
    return count;
}

static void drop_outstanding(struct script *script, int16_t server, const char *note)
{
    for (size_t i = 0; i < script->sent_count; i++) {
        struct script_sent *sent = &script->sent[i];
        if (sent->to != server || sent->arrived)
            continue;
        sent->arrived = true;
        stage_drop(script->stage, sent->leg, note);
    }
}

void script_mark_dropped(struct script *script, int16_t server)
{
    struct script_object *end = &script->objects[server];
    uint64_t dropped = 0;

    if (!is_open(end))
        return;
    udp_queue_info(end->socket, &dropped, NULL);
    end->dropped = (int64_t)dropped;
    if (dropped > 0 && stage_is_empty(end->socket) && count_outstanding(script, server) == dropped)
        drop_outstanding(script, server, stage_text(script->stage, "queue full"));
}

void script_close(struct script *script, const struct lesson_statement *statement)
{
    struct script_object *end = &script->objects[statement->object];

    if (!require_open(script, statement->object))
        return;
    script_mark_dropped(script, statement->object);
    drop_outstanding(script, statement->object, stage_text(script->stage, "never read"));
    stage_shut(end->socket);
}

/* On the same port. */
void script_restart(struct script *script, const struct lesson_statement *statement)
{
    struct script_object *server = &script->objects[statement->object];

    if (is_open(server))
        script_close(script, statement);
    server->socket = stage_receiver(script->stage, &server->endpoint, NULL);
}

/* ---- ICMP errors */

/* The latest datagram of the client; NULL: it has sent none. */
static const struct script_sent *latest_of(const struct script *script, int16_t client)
{
    for (size_t i = script->sent_count; i > 0; i--)
        if (script->sent[i - 1].from == client)
            return &script->sent[i - 1];
    return NULL;
}

/*
 * Waits until the kernel has an error for the socket. If it reports none, or none with a time, but
 * has sent an ICMP message (RFC 1213 icmpOutDestUnreachs), that is drawn without a time.
 */
void script_await_error(struct script *script, const struct lesson_statement *statement)
{
    struct script_object *client = &script->objects[statement->object];
    const struct script_sent *sent = latest_of(script, statement->object);
    bool reported;

    if (!require_open(script, statement->object))
        return;
    reported = stage_wait(script->stage, client->socket->fd, 0,
                          script_limit_ns(script, statement, error_time_ns));
    client->reported += reported;
    if (client->error_queue || sent == NULL || client->snmp < 0 ||
        stamps_snmp("Icmp", "OutDestUnreachs") <= client->snmp)
        return;
    stage_reconstruct(script->stage, sent->number, false, script->stage->legs[sent->leg].depart_ns,
                      stage_text(script->stage, "ICMP port unreachable"));
}

/* The number of the client's datagram that begins with this byte. */
static uint64_t number_of(const struct script *script, int16_t client, uint8_t first_byte)
{
    for (size_t i = script->sent_count; i > 0; i--)
        if (script->sent[i - 1].from == client && script->sent[i - 1].bytes[0] == first_byte)
            return script->sent[i - 1].number;
    return 0;
}

void script_read_errors(struct script *script, const struct lesson_statement *statement)
{
    struct script_object *client = &script->objects[statement->object];
    struct ladder_leg leg = {.end = LADDER_ARRIVED, .error = true};
    uint8_t first_byte, type, code;

    if (!require_open(script, statement->object))
        return;
    snprintf(leg.label, sizeof leg.label, "%s", stage_text(script->stage, "ICMP port unreachable"));
    while (stamps_take_icmp(client->socket->fd, &leg.arrive_ns, &first_byte, &type, &code)) {
        client->icmp_type = type;
        client->icmp_code = code;
        leg.depart_ns = leg.arrive_ns;
        leg.number = number_of(script, statement->object, first_byte);
        client->icmp++;
        stage_leg(script->stage, &leg);
    }
}
