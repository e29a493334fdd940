/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* snapshot_read: untrusted documents; see the header. */
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "udptui/base/escape.h"
#include "udptui/output/json_read.h"
#include "udptui/output/snapshot.h"
#include "udptui/proto/relayed.h"

enum { DOCUMENT_VERSION = 1 };

static struct json_reader snapshot_reader(enum text_charset charset)
{
    return (struct json_reader){.charset = charset, .count_max = SNAPSHOT_COUNT_MAX};
}

/* What every document begins with; NULL: refused. */
static json_t *snapshot_open(struct json_reader *reader, const void *bytes, size_t size_bytes,
                             const char *event, enum snapshot_kind *kind, uint64_t *boot)
{
    json_t *object;

    if (size_bytes > SNAPSHOT_BYTES_MAX) {
        json_read_refuse(reader, "it has more than %d bytes", SNAPSHOT_BYTES_MAX);
        return NULL;
    }
    object = json_read_document(reader, bytes, size_bytes);
    if (object == NULL)
        return NULL;
    if (json_read_count(reader, object, "v", UINT64_MAX) != DOCUMENT_VERSION)
        json_read_refuse(reader, "it is not of version %d", DOCUMENT_VERSION);
    json_read_word(reader, object, "event", &event, 1);
    *kind = (enum snapshot_kind)json_read_word(reader, object, "kind", snapshot_kind_words,
                                               SNAPSHOT_KINDS);
    *boot = json_read_hex64(reader, object, "boot");
    if (*boot == 0)
        json_read_refuse(reader, "boot is missing");
    return object;
}

static bool snapshot_close(const struct json_reader *reader, json_t *object, char *error)
{
    json_decref(object);
    snprintf(error, SNAPSHOT_ERROR_SIZE, "%s", reader->wrong ? reader->error : "");
    return !reader->wrong;
}

/* Least, mean and most of as many times as there are. */
static void snapshot_read_rtts(struct json_reader *reader, const json_t *object,
                               struct event_rtts *rtts)
{
    rtts->count = json_read_count(reader, object, "rtt_count", UINT64_MAX);
    rtts->sum_ns = (int64_t)json_read_count(reader, object, "rtt_sum_ns", INT64_MAX);
}

/* ---- stats */

static void snapshot_check_conserved(struct json_reader *reader, const struct counts *counts,
                                     const char *direction)
{
    if (!counts_conserved(counts))
        json_read_refuse(reader, "%s is not the sum of what became of it", direction);
}

/* The round-trip times first: their figures depend on them. */
static void snapshot_read_totals(struct json_reader *reader, const json_t *object,
                                 struct snapshot *out)
{
    struct event_totals *totals = &out->totals;
    int64_t counted_ns = json_read_ns(reader, object, "counted_ns");

    if (!json_is_object(object))
        json_read_refuse(reader, "totals is missing");
    totals->kind = EVENT_TOTALS;
    if (out->kind == SNAPSHOT_RELAY)
        snapshot_read_rtts(reader, object, &totals->rtts);
    figures_read_json(reader, object, snapshot_figures(out->kind), totals);
    totals->waiting = (uint32_t)json_read_count(reader, object, "waiting", UINT32_MAX);
    totals->back_waiting = (uint32_t)json_read_count(reader, object, "back_waiting", UINT32_MAX);
    totals->acks_on = json_read_flag(reader, object, "acks_on");
    if (counted_ns >= 0) {
        totals->since_ns = 1;
        totals->now_ns = 1 + counted_ns;
    }
    snapshot_check_conserved(reader, &totals->counts, "received");
    snapshot_check_conserved(reader, &totals->back, "back_received");
}

static void snapshot_read_target(struct json_reader *reader, const json_t *object,
                                 struct snapshot_target *out)
{
    if (!json_is_object(object))
        json_read_refuse(reader, "an element of targets is not an object");
    json_read_text(reader, object, "target", out->target, sizeof out->target);
    figures_read_json(reader, object, &snapshot_target_figures, out);
    out->rtt_sum_ns = -1;
    if (out->sent != out->received + out->late + out->lost + out->waiting)
        json_read_refuse(reader, "sent is not the sum of what became of it");
}

static void snapshot_read_targets(struct json_reader *reader, const json_t *object,
                                  struct snapshot *out)
{
    const json_t *list = json_read_array(reader, object, "targets", SNAPSHOT_TARGETS_MAX);

    out->target_count = json_array_size(list);
    for (size_t i = 0; i < out->target_count; i++)
        snapshot_read_target(reader, json_array_get(list, i), &out->targets[i]);
}

bool snapshot_read_stats(const void *bytes, size_t size_bytes, enum text_charset charset,
                         struct snapshot *out, char *error)
{
    struct json_reader reader = snapshot_reader(charset);
    json_t *object;

    memset(out, 0, sizeof *out);
    object = snapshot_open(&reader, bytes, size_bytes, "stats", &out->kind, &out->life.boot);
    if (object == NULL)
        return snapshot_close(&reader, object, error);
    out->life.resets = json_read_count(&reader, object, "resets", UINT64_MAX);
    out->taken_ns = json_read_time(&reader, object, "time");
    out->started_ns = json_read_time(&reader, object, "started");
    out->privacy = json_read_flag(&reader, object, "privacy");
    json_read_text(&reader, object, "listening", out->listening, sizeof out->listening);
    if (out->kind == SNAPSHOT_PING)
        snapshot_read_targets(&reader, object, out);
    else
        snapshot_read_totals(&reader, json_object_get(object, "totals"), out);
    return snapshot_close(&reader, object, error);
}

/* ---- clients */

static void snapshot_read_client(struct json_reader *reader, const json_t *object,
                                 enum snapshot_kind kind, struct snapshot_client *out)
{
    struct event_client *record = &out->record;

    if (!json_is_object(object))
        json_read_refuse(reader, "an element of clients is not an object");
    record->kind = EVENT_CLIENT;
    json_read_text(reader, object, "from", out->label, sizeof out->label);
    json_read_text(reader, object, "name", out->name, sizeof out->name);
    record->peer = json_read_endpoint(reader, object, "from");
    record->target = json_read_endpoint(reader, object, "target");
    figures_read_json(reader, object, snapshot_client_figures(kind), record);
    snapshot_read_rtts(reader, object, &record->rtts);
    record->first_ns = json_read_time(reader, object, "first");
    record->last_ns = json_read_time(reader, object, "last");
    snapshot_check_conserved(reader, &record->counts, "a client's received");
    snapshot_check_conserved(reader, &record->back, "a client's back_received");
}

bool snapshot_read_clients(const void *bytes, size_t size_bytes, enum text_charset charset,
                           struct snapshot_clients *out, char *error)
{
    struct json_reader reader = snapshot_reader(charset);
    const json_t *list;
    json_t *object;

    memset(out, 0, sizeof *out);
    object = snapshot_open(&reader, bytes, size_bytes, "clients", &out->kind, &out->life.boot);
    if (object == NULL)
        return snapshot_close(&reader, object, error);
    out->life.resets = json_read_count(&reader, object, "resets", UINT64_MAX);
    out->taken_ns = json_read_time(&reader, object, "time");
    out->known = json_read_count(&reader, object, "known", UINT64_MAX);
    list = json_read_array(&reader, object, "clients", SNAPSHOT_CLIENTS_MAX);
    out->count = json_array_size(list);
    for (size_t i = 0; i < out->count; i++) {
        snapshot_read_client(&reader, json_array_get(list, i), out->kind, &out->clients[i]);
        out->clients[i].record.slot = (uint32_t)i;
    }
    if (out->known < out->count)
        json_read_refuse(&reader, "known is less than the number of clients");
    return snapshot_close(&reader, object, error);
}

/* ---- state */

bool snapshot_read_state(const void *bytes, size_t size_bytes, struct snapshot_presence *out,
                         char *error)
{
    struct json_reader reader = snapshot_reader(TEXT_ASCII);
    json_t *object;

    *out = (struct snapshot_presence){.wall_ns = 0};
    object = snapshot_open(&reader, bytes, size_bytes, "state", &out->kind, &out->boot);
    if (object == NULL)
        return snapshot_close(&reader, object, error);
    out->wall_ns = json_read_time(&reader, object, "time");
    out->state = (enum snapshot_state)json_read_word(&reader, object, "state", snapshot_state_words,
                                                     SNAPSHOT_STATES);
    return snapshot_close(&reader, object, error);
}

/* ---- messages */

static size_t snapshot_read_status(struct json_reader *reader, const json_t *object,
                                   const char *key)
{
    const char *words[ACK_STATUSES];

    for (size_t i = 0; i < ACK_STATUSES; i++)
        words[i] = ack_status_rows[i].json;
    return json_read_word(reader, object, key, words, ACK_STATUSES);
}

static size_t snapshot_read_reason(struct json_reader *reader, const json_t *object)
{
    const char *words[HELD_REASONS];

    for (size_t i = 0; i < HELD_REASONS; i++)
        words[i] = held_reason_name((enum held_reason)i);
    return json_read_word(reader, object, "why", words, HELD_REASONS);
}

static enum event_direction snapshot_read_direction(struct json_reader *reader,
                                                    const json_t *object)
{
    const char *words[] = {relayed_direction_name(DIRECTION_TO_TARGET),
                           relayed_direction_name(DIRECTION_TO_CLIENT)};

    return json_read_word(reader, object, "direction", words, 2) == 0 ? DIRECTION_TO_TARGET
                                                                      : DIRECTION_TO_CLIENT;
}

/* From the hex, which is exact. */
static void snapshot_read_payload(struct json_reader *reader, const json_t *object,
                                  struct snapshot_message *out)
{
    const json_t *value = json_object_get(object, "hex");
    const char *hex = json_string_value(value);
    struct escape_result decoded = {.length_bytes = 0};

    if (hex != NULL && strlen(hex) <= (size_t)2 * SNAPSHOT_PAYLOAD_MAX)
        decoded = escape_decode_hex(hex, strlen(hex), out->payload, sizeof out->payload);
    else if (value != NULL)
        json_read_refuse(reader, "hex is not a text of at most %d digits",
                         2 * SNAPSHOT_PAYLOAD_MAX);
    if (decoded.error != NULL)
        json_read_refuse(reader, "hex is not pairs of hex digits");
    out->event.stored_bytes = (uint32_t)decoded.length_bytes;
    if (out->event.stored_bytes > out->event.size_bytes)
        json_read_refuse(reader, "bytes is less than the bytes that are there");
}

static void snapshot_read_event(struct json_reader *reader, const json_t *object,
                                struct snapshot_message *out)
{
    struct event_message *event = &out->event;
    bool relayed = out->kind == SNAPSHOT_RELAY, back;

    *event = (struct event_message){
        .kind = EVENT_MESSAGE, .hop_limit = EVENT_UNKNOWN, .traffic_class = EVENT_UNKNOWN};
    if (relayed)
        event->relayed.direction = (uint8_t)snapshot_read_direction(reader, object);
    back = event->relayed.direction == DIRECTION_TO_CLIENT;
    event->relayed.rtt_ns = json_read_ns(reader, object, "rtt_ns");
    event->service_ns = json_read_ns(reader, object, "service_ns");
    event->wall_ns = json_read_time(reader, object, "time");
    event->number = json_read_count(reader, object, "n", UINT64_MAX);
    event->size_bytes = (uint32_t)json_read_count(reader, object, "bytes", UINT16_MAX);
    event->status = (uint8_t)snapshot_read_status(reader, object, relayed ? "status" : "ack");
    if (event->status == ACK_HELD)
        event->why_held = (uint8_t)snapshot_read_reason(reader, object);
    event->from = json_read_endpoint(reader, object, back ? "to" : "from");
    event->to = json_read_endpoint(reader, object, back ? "from" : "to");
    json_read_text(reader, object, back ? "to" : "from", out->label, sizeof out->label);
    json_read_text(reader, object, "name", out->name, sizeof out->name);
}

bool snapshot_read_message(const void *bytes, size_t size_bytes, enum text_charset charset,
                           struct snapshot_message *out, char *error)
{
    struct json_reader reader = snapshot_reader(charset);
    json_t *object;

    memset(out, 0, sizeof *out);
    object = snapshot_open(&reader, bytes, size_bytes, "message", &out->kind, &out->boot);
    if (object == NULL)
        return snapshot_close(&reader, object, error);
    snapshot_read_event(&reader, object, out);
    snapshot_read_payload(&reader, object, out);
    return snapshot_close(&reader, object, error);
}
