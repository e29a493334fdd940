/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * step_dns: a query by hand and its reply, a reply with another ID, and one that is too long for
 * UDP without and with EDNS. The name server is a socket of the lesson's own.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "steps_internal.h"
#include "udptui/base/builder.h"
#include "udptui/base/units.h"
#include "udptui/lesson/stage.h"
#include "udptui/proto/dns.h"

enum {
    QUERY_ID = 0x2a17, /* constants, so that the bytes can be typed; a real one is random */
    MANY_ID = 0x2a18,
    EDNS_ID = 0x2a19,
    EDNS_BYTES = 1232,
    MANY = 40, /* addresses */
    MESSAGE_BYTES = 2048,
    NAME_AT = DNS_HEADER_BYTES,
    TYPE_BYTES = 4, /* of the question behind its name: type and class */
    POINTER_BYTES = 2,
    TTL_S = 60,
};

static const uint32_t first_address = 0xc0000201; /* 192.0.2.1: for documentation (RFC 5737) */
static const char one_name[] = "udptui.example";  /* RFC 2606 */
static const char many_name[] = "many.example";

/* A message with its bytes. */
struct dns_packet {
    uint8_t bytes[MESSAGE_BYTES];
    size_t size_bytes;
    struct dns_message message;
};

struct dns_scene {
    struct stage *stage;
    struct udp_socket *client, *server;
    struct endpoint client_endpoint; /* as the server saw it */
    struct dns_packet query, reply;  /* of the latest exchange */
    int ignored;
};

/* ---- datagrams */

static bool dns_scene_receive(struct dns_scene *scene, const struct udp_socket *socket, int leg,
                              struct dns_packet *packet, const char *note)
{
    struct stage_received got =
        stage_receive(scene->stage, socket, packet->bytes, sizeof packet->bytes);

    if (got.size_bytes < 0)
        return false;
    stage_arrive(scene->stage, leg, got.wall_ns, note);
    packet->size_bytes = (size_t)got.size_bytes;
    if (socket == scene->server)
        scene->client_endpoint = got.from;
    return dns_read(packet->bytes, packet->size_bytes, &packet->message);
}

static bool dns_scene_ask(struct dns_scene *scene, uint16_t id, const char *name,
                          uint16_t edns_bytes)
{
    uint8_t bytes[MESSAGE_BYTES];
    size_t size_bytes = dns_write_query(bytes, sizeof bytes, id, name, edns_bytes);
    char label[LADDER_LABEL_SIZE];
    int leg;

    snprintf(label, sizeof label, "%04x A %s?%s", id, name, edns_bytes > 0 ? " EDNS" : "");
    stage_send(scene->stage, scene->client,
               &(struct stage_datagram){
                   .bytes = bytes, .size_bytes = size_bytes, .number = id, .label = label},
               &leg);
    return dns_scene_receive(scene, scene->server, leg, &scene->query, "");
}

/* The server's reply to the latest query. note: what the client does with it. */
static bool dns_scene_reply(struct dns_scene *scene, uint16_t id, unsigned count, const char *note)
{
    const struct dns_answer answer = {
        .address = first_address, .count = count, .ttl_s = TTL_S, .id = id};
    uint8_t bytes[MESSAGE_BYTES];
    size_t size_bytes =
        dns_write_reply(bytes, sizeof bytes, scene->query.bytes, scene->query.size_bytes, &answer);
    char label[LADDER_LABEL_SIZE];
    int leg;

    if (count == 1)
        snprintf(label, sizeof label, "%04x 192.0.2.1", id);
    else
        snprintf(label, sizeof label, stage_text(scene->stage, "%04x %zu bytes"), id, size_bytes);
    stage_send(scene->stage, scene->server,
               &(struct stage_datagram){.bytes = bytes,
                                        .size_bytes = size_bytes,
                                        .number = scene->query.message.id,
                                        .label = label,
                                        .to = &scene->client_endpoint,
                                        .to_left = true},
               &leg);
    return dns_scene_receive(scene, scene->client, leg, &scene->reply, note);
}

/* ---- bytes as facts */

/*
 * The bytes from `from` on in groups: "2242" stands for groups of two, two, four and two bytes; the
 * last digit counts for all that follow. count: bytes.
 */
static void dns_find_bytes(struct stage *stage, const char *key, const struct dns_packet *packet,
                           size_t from, size_t count, const char *groups)
{
    char out[LESSON_WORDS_SIZE];
    struct builder text = builder_begin(out, sizeof out);
    int left = *groups - '0';

    for (size_t i = from; i < from + count && i < packet->size_bytes; i++) {
        if (left == 0) {
            groups += groups[1] != '\0';
            left = *groups - '0';
            builder_add(&text, " ");
        }
        builder_add(&text, "%02x", packet->bytes[i]);
        left--;
    }
    stage_words(stage, key, "%s", out);
}

static void dns_find_query(struct stage *stage, const struct dns_packet *query)
{
    size_t name_bytes = query->message.question_end - TYPE_BYTES - NAME_AT;

    dns_find_bytes(stage, "id", query, 0, 2, "2");
    dns_find_bytes(stage, "flags", query, 2, 2, "2");
    dns_find_bytes(stage, "counts", query, 4, 8, "2");
    dns_find_bytes(stage, "qname", query, NAME_AT, name_bytes, "1");
    dns_find_bytes(stage, "qtype", query, NAME_AT + name_bytes, 2, "2");
    dns_find_bytes(stage, "qclass", query, NAME_AT + name_bytes + 2, 2, "2");
    stage_count(stage, "query_bytes", (int64_t)query->size_bytes);
}

static void dns_find_reply(struct stage *stage, const struct dns_packet *query,
                           const struct dns_packet *reply)
{
    size_t record = reply->message.first_record;
    size_t name_bytes = query->message.question_end - TYPE_BYTES - NAME_AT;

    dns_find_bytes(stage, "reply_flags", reply, 2, 2, "2");
    dns_find_bytes(stage, "pointer", reply, record, POINTER_BYTES, "2");
    dns_find_bytes(stage, "record", reply, record + POINTER_BYTES, 10, "2242");
    dns_find_bytes(stage, "address", reply, record + DNS_RECORD_BYTES - 4, 4, "1");
    stage_count(stage, "reply_bytes", (int64_t)reply->size_bytes);
    stage_count(stage, "saved_bytes", (int64_t)(name_bytes - POINTER_BYTES));
}

/* ---- the scenes */

/* One query: first a reply with another ID, then the right one. */
static void dns_play_id(struct dns_scene *scene)
{
    struct stage *stage = scene->stage;
    bool matches;

    if (!dns_scene_ask(scene, QUERY_ID, one_name, 0) ||
        !dns_scene_reply(scene, QUERY_ID ^ 0x0f00, 1, stage_text(stage, "ignored: ID")))
        return;
    scene->ignored = !dns_matches(&scene->query.message, &scene->reply.message);
    dns_find_query(stage, &scene->query);
    dns_find_bytes(stage, "wrong_id", &scene->reply, 0, 2, "2");
    if (!dns_scene_reply(scene, QUERY_ID, 1, ""))
        return;
    matches = dns_matches(&scene->query.message, &scene->reply.message);
    dns_find_reply(stage, &scene->query, &scene->reply);
    stage_truth(stage, "right_taken", matches);
    stage_count(stage, "ignored", scene->ignored);
}

/* More addresses than fit into 512 bytes: without EDNS, then with it. */
static void dns_play_size(struct dns_scene *scene)
{
    struct stage *stage = scene->stage;

    if (!dns_scene_ask(scene, MANY_ID, many_name, 0) ||
        !dns_scene_reply(scene, MANY_ID, MANY, stage_text(stage, "TC: truncated")))
        return;
    stage_count(stage, "many_answers", MANY);
    stage_count(stage, "cut_bytes", (int64_t)scene->reply.size_bytes);
    stage_count(stage, "cut_answers", scene->reply.message.answers);
    stage_truth(stage, "cut_tc", (scene->reply.message.flags & DNS_TRUNCATED) != 0);
    if (!dns_scene_ask(scene, EDNS_ID, many_name, EDNS_BYTES))
        return;
    dns_find_bytes(stage, "opt", &scene->query, scene->query.message.question_end, DNS_OPT_BYTES,
                   "12242");
    if (!dns_scene_reply(scene, EDNS_ID, MANY, ""))
        return;
    stage_count(stage, "edns_bytes", (int64_t)scene->reply.size_bytes);
    stage_count(stage, "edns_answers", scene->reply.message.answers);
    stage_truth(stage, "edns_tc", (scene->reply.message.flags & DNS_TRUNCATED) != 0);
}

void step_dns(struct stage *stage)
{
    const struct endpoint local = stage_loopback();
    struct dns_scene scene = {.stage = stage, .server = stage_receiver(stage, &local, NULL)};

    scene.client = stage_client(stage, &scene.server->local, true, NULL);
    dns_play_id(&scene);
    dns_play_size(&scene);
}
