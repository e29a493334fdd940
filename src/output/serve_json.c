/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* serve_json: one JSON object a line; udptui-json(5) lists the fields. */
#include <string.h>

#include <jansson.h>

#include "udptui/output/call.h"
#include "udptui/output/classroom.h"
#include "udptui/output/figures.h"
#include "udptui/output/json.h"
#include "udptui/output/serve.h"
#include "udptui/proto/reason.h"
#include "udptui/proto/relayed.h"

/* Leaves out an unknown value. */
static void set_known(json_t *object, const char *key, int64_t value)
{
    if (value != EVENT_UNKNOWN)
        json_object_set_new(object, key, json_integer(value));
}

bool serve_write_listening_json(const struct serve_output *output, const char *address,
                                const char *target)
{
    json_t *object = json_event("listening");

    json_object_set_new(object, "address", json_string(address));
    if (target != NULL)
        json_object_set_new(object, "target", json_string(target));
    return json_write_line(output->file, object) && fflush(output->file) == 0;
}

bool serve_write_membership_json(const struct serve_output *output,
                                 const struct event_membership *event, bool again)
{
    json_t *object = json_event("membership");
    char group[ENDPOINT_TEXT_SIZE];

    json_add_time(object, event->wall_ns);
    json_object_set_new(object, "group",
                        json_string(endpoint_format_address(&event->group, group, sizeof group)));
    json_add_text(object, "interface", event->interface, strlen(event->interface));
    json_object_set_new(object, "joined", json_boolean(event->joined));
    if (again && event->joined)
        json_object_set_new(object, "again", json_true());
    if (event->error != 0) {
        struct reason reason = reason_of_errno(REASON_JOIN, event->error, NULL, &event->group);
        char why[REASON_SIZE];
        json_object_set_new(object, "why", json_string(reason_sentence(&reason, why, sizeof why)));
    }
    return json_write_line(output->file, object) && fflush(output->file) == 0;
}

static void set_fate(json_t *object, const struct event_message *event)
{
    json_object_set_new(object, event_is_relayed(event) ? "status" : "ack",
                        json_string(ack_status_rows[event->status].json));
    if (event->status == ACK_HELD)
        json_object_set_new(object, "why", json_string(held_reason_name(event->why_held)));
    else if (event->status == ACK_FAILED)
        json_object_set_new(object, "why", json_string(reason_brief(REASON_SEND, event->error)));
    else if (event->flags & (MESSAGE_CUT | MESSAGE_FEWER))
        json_object_set_new(object, "why", json_string("size"));
    if (event->flags & MESSAGE_AMBIGUOUS)
        json_object_set_new(object, "ambiguous", json_true());
    set_known(object, "service_ns", event->service_ns);
}

/* Which of the two an impairment lost. A relay's datagram is alone: "why" says it all. */
static void serve_json_add_lost(json_t *object, const struct fate *fate)
{
    if (fate_lost_request(fate))
        json_object_set_new(object, "lost", json_string("request"));
    else if (fate_lost_ack(fate))
        json_object_set_new(object, "lost", json_string("ack"));
}

/* The effects of the impairments, if there are any. */
static void serve_json_add_effects(json_t *object, const struct fate *fate)
{
    for (size_t i = 0; i < FATE_EFFECTS; i++) {
        const struct fate_effect *effect = &fate_effects[i];
        int64_t value = effect->value(fate);
        if (value != 0)
            json_object_set_new(object, effect->key,
                                effect->unit == FATE_FLAG ? json_true() : json_integer(value));
    }
}

static void set_marks(json_t *object, const struct event_message *event)
{
    for (size_t i = 0; i < MESSAGE_MARKS; i++)
        if (event->flags & message_marks[i].flag)
            json_object_set_new(object, message_marks[i].key, json_true());
}

/* A capture's checksum. Its value covers the addresses, which could be derived from it. */
static void set_checksum(json_t *object, const char *key, const char *seen_key,
                         const struct checksum_seen *checksum, bool privacy)
{
    if (checksum->status == CHECKSUM_NOT_SEEN)
        return;
    json_object_set_new(object, key, json_string(checksum_status_name(checksum->status)));
    if (!privacy)
        json_add_count(object, seen_key, checksum->value);
}

/* A relay's datagram: where it came from and went to, which sockets of ours were between, and what
 * it answers. */
static void set_relayed(json_t *object, const struct serve_output *output,
                        const struct event_message *event)
{
    const struct event_relayed *relayed = &event->relayed;

    json_object_set_new(object, "direction",
                        json_string(relayed_direction_name(relayed->direction)));
    json_add_endpoint(object, "listener", &event->to, output->zones);
    if (relayed->session.family != ENDPOINT_NONE)
        json_add_endpoint(object, "session", &relayed->session, output->zones);
    if (fate_passed(&event->fate) > 1)
        json_add_count(object, "copies", fate_passed(&event->fate));
    if (relayed->match == MATCH_NONE)
        return;
    json_add_count(object, "request", relayed->request);
    json_object_set_new(object, "match", json_string(relayed_match_name(relayed->match)));
    set_known(object, "rtt_ns", relayed->rtt_ns);
}

/* "from" is the address or a number instead, "name" the client's own name. Of a datagram that a
 * relay passed back it is "to". */
static void set_client(json_t *object, const struct serve_output *output,
                       const struct event_message *event, const char *key)
{
    const char *name = roster_name(output->roster, event->slot, event->generation);
    const char *host = hostnames_find(output->hosts, &event->from);
    char from[ROSTER_TEXT_SIZE];

    serve_format_client(output, event->slot, event->generation, &event->from, from, sizeof from);
    json_object_set_new(object, key, json_string(from));
    if (name[0] != '\0')
        json_object_set_new(object, "name", json_string(name));
    if (host[0] != '\0')
        json_object_set_new(object, "host", json_string(host));
}

/* The reply, as far as it was seen or sent. */
static void set_reply(json_t *object, const struct serve_output *output,
                      const struct event_message *event, const uint8_t *ack)
{
    json_add_count(object, "ack_bytes", event->ack_bytes);
    if (event->ack_frame > 0)
        json_add_count(object, "ack_frame", event->ack_frame);
    set_checksum(object, "ack_checksum", "ack_checksum_seen", &event->ack_checksum,
                 output->privacy);
    if (event->ack_from.family != ENDPOINT_NONE && !output->privacy)
        json_add_endpoint(object, "ack_from", &event->ack_from, output->zones);
    if (event->ack_port != 0)
        json_add_count(object, "ack_to_port", event->ack_port);
    if (event->ack_stored_bytes > 0 && !(output->privacy && event_ack_names_client(event, ack)))
        json_add_bytes(object, "ack_text", "ack_hex", ack, event->ack_stored_bytes);
}

/* The byte of the request that an impairment changed: text and hex are as delivered. */
static void set_flipped(json_t *object, const struct event_message *event, const uint8_t *payload)
{
    const struct leg *leg = fate_handed_over(&event->fate);
    json_t *flipped;

    if (leg == NULL || !leg->corrupt || leg->bit / 8 >= event->stored_bytes)
        return;
    flipped = json_object();
    json_add_count(flipped, "byte", leg->bit / 8);
    json_add_count(flipped, "bit", leg->bit % 8);
    json_add_count(flipped, "sent", payload[leg->bit / 8] ^ 1u << leg->bit % 8);
    json_add_count(flipped, "handed_over", payload[leg->bit / 8]);
    json_object_set_new(object, "flipped", flipped);
}

/* The fields of a message that are known at first. */
static void set_request(json_t *object, const struct serve_output *output,
                        const struct event_message *event, const uint8_t *payload)
{
    char server[ENDPOINT_TEXT_SIZE];

    if (!(event->flags & MESSAGE_UNTIMED))
        json_add_time(object, event->wall_ns);
    bool back = event->relayed.direction == DIRECTION_TO_CLIENT;
    set_client(object, output, event, back ? "to" : "from");
    serve_format_server(output, event, server, sizeof server);
    json_object_set_new(object, back ? "from" : "to", json_string(server));
    if (event_is_relayed(event))
        set_relayed(object, output, event);
    json_add_count(object, "bytes", event->size_bytes);
    if (!(output->privacy && event_payload_names_client(event, payload)))
        json_add_payload(object, payload, event->stored_bytes);
    set_flipped(object, event, payload);
    set_known(object, "hop_limit", event->hop_limit);
    set_known(object, "traffic_class", event->traffic_class);
    set_checksum(object, "checksum", "checksum_seen", &event->checksum, output->privacy);
    if (event->fragments > 0)
        json_add_count(object, "fragments", event->fragments);
    if (event->frame > 0)
        json_add_count(object, "frame", event->frame);
    set_marks(object, event);
}

/* What the dissectors say; null: they gave no answer. */
static void set_dissection(json_t *object, const struct dissect_answer *answer)
{
    static const char *const keys[DISSECT_ASKED_MAX][2] = {{"protocol", "summary"},
                                                           {"ack_protocol", "ack_summary"}};

    for (size_t i = 0; i < 2 && !answer->known; i++)
        json_object_set_new(object, keys[0][i], json_null());
    for (size_t i = 0; i < answer->count; i++) {
        json_object_set_new(object, keys[i][0], json_string(answer->summaries[i].protocol));
        json_object_set_new(object, keys[i][1], json_string(answer->summaries[i].text));
    }
}

bool serve_write_message_json(const struct serve_output *output, const struct event_message *event,
                              const uint8_t *payload)
{
    bool again = event->flags & MESSAGE_UPDATE;
    json_t *object = json_event(again ? "ack" : "message");

    json_add_count(object, "n", event->number);
    if (!again)
        set_request(object, output, event, payload);
    if (output->dissection != NULL)
        set_dissection(object, output->dissection);
    set_fate(object, event);
    serve_json_add_effects(object, &event->fate);
    if (!event_is_relayed(event)) {
        serve_json_add_lost(object, &event->fate);
        set_reply(object, output, event, payload + event->stored_bytes);
    }
    return json_write_line(output->file, object);
}

static bool serve_write_summary_json(const struct serve_output *output,
                                     const struct event_totals *totals)
{
    json_t *object = json_event("summary");

    figures_add_json(object, &served_figures, totals);
    return json_write_line(output->file, object) && fflush(output->file) == 0;
}

/* What waits in the simulated network at that time is in no later count. */
bool serve_write_figures_before_json(const struct serve_output *output,
                                     const struct figures *figures, const struct event_reset *event)
{
    json_t *object = json_event("reset"), *before = json_object();

    json_add_count(object, "resets", event->resets);
    json_add_count(object, "engine", event->engine);
    json_add_count(object, "waiting", (uint64_t)event->before.waiting + event->before.back_waiting);
    figures_add_json(before, figures, &event->before);
    json_object_set_new(object, "before", before);
    return json_write_line(output->file, object) && fflush(output->file) == 0;
}

static bool serve_write_reset_json(const struct serve_output *output,
                                   const struct event_reset *event)
{
    return serve_write_figures_before_json(output, &served_figures, event);
}

bool serve_write_call_json(const struct serve_output *output, const struct call *call)
{
    return call_write_json(output->file, call, !output->privacy, output->zones);
}

const struct serve_writer serve_json = {.listening = serve_write_listening_json,
                                        .membership = serve_write_membership_json,
                                        .message = serve_write_message_json,
                                        .call = serve_write_call_json,
                                        .classroom = classroom_write_json,
                                        .tallies = classroom_write_tally_json,
                                        .reset = serve_write_reset_json,
                                        .summary = serve_write_summary_json};
