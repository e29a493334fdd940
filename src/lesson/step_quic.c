/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * step_quic: two servers, and a client whose port changes. The first server knows its clients by
 * address and port, the second one by a connection ID in the datagram, as QUIC does.
 *
 * The datagrams of the second one begin as QUIC's short header does (RFC 9000 section 17.3.1: first
 * byte, connection ID, packet number), and its frames follow: DATAGRAM (RFC 9221), PATH_CHALLENGE
 * and PATH_RESPONSE (RFC 9000 sections 19.17, 19.18). It is not QUIC: there is no handshake and
 * nothing is encrypted.
 */
#include <stdio.h>
#include <string.h>

#include "steps_internal.h"
#include "udptui/base/builder.h"
#include "udptui/lesson/stage.h"
#include "udptui/sys/random.h"

enum {
    MESSAGES = 3, /* the port changes before the last one */
    CLIENTS_MAX = 4,
    SHORT_HEADER = 0x40, /* header form 0, fixed bit 1, packet number of one byte */
    ID_BYTES = 8,
    HEADER_BYTES = 1 + ID_BYTES + 1,
    FRAME_DATAGRAM = 0x30, /* up to the end */
    FRAME_CHALLENGE = 0x1a,
    FRAME_RESPONSE = 0x1b,
    CHALLENGE_BYTES = 8,
    ROOM = 128,
};

/* Chosen by the server and by the client. Constants: so that they can be typed. */
static const uint8_t server_id[ID_BYTES] = {0xc1, 0xd2, 0xe3, 0xf4, 0xa5, 0xb6, 0xc7, 0xd8};
static const uint8_t client_id[ID_BYTES] = {0x0a, 0x1b, 0x2c, 0x3d, 0x4e, 0x5f, 0x60, 0x71};

/* Whom a server has seen: by endpoint, or by the ID that it gave. */
struct quic_client {
    struct endpoint endpoint;
    int messages;
};

struct quic_server {
    struct udp_socket *socket;
    struct quic_client clients[CLIENTS_MAX];
    int client_count;
    uint8_t next_packet; /* number */
};

struct quic_scene {
    struct stage *stage;
    struct udp_socket *client;
    struct quic_server server;
    uint8_t next_packet; /* the client's */
    uint64_t number;     /* of the ladder */
};

/* A datagram that was received, with its frame if it has a header. */
struct quic_packet {
    uint8_t bytes[ROOM];
    size_t size_bytes;
    struct endpoint from;
};

/* ---- packets */

/* Header and frame. bytes: ROOM. Returns the length. */
static size_t quic_write(uint8_t *bytes, const uint8_t *id, uint8_t number, uint8_t frame,
                         const void *data, size_t data_bytes)
{
    bytes[0] = SHORT_HEADER;
    memcpy(bytes + 1, id, ID_BYTES);
    bytes[1 + ID_BYTES] = number;
    bytes[HEADER_BYTES] = frame;
    memcpy(bytes + HEADER_BYTES + 1, data, data_bytes);
    return HEADER_BYTES + 1 + data_bytes;
}

static bool quic_is_for(const struct quic_packet *packet, const uint8_t *id, uint8_t frame)
{
    return packet->size_bytes > HEADER_BYTES && packet->bytes[0] == SHORT_HEADER &&
           memcmp(packet->bytes + 1, id, ID_BYTES) == 0 && packet->bytes[HEADER_BYTES] == frame;
}

static bool quic_scene_deliver(struct quic_scene *scene, bool to_left, const struct endpoint *to,
                               const void *bytes, size_t size_bytes, const char *label,
                               struct quic_packet *packet)
{
    struct udp_socket *from = to_left ? scene->server.socket : scene->client;
    struct udp_socket *at = to_left ? scene->client : scene->server.socket;
    struct stage_received got;
    int leg;

    stage_send(scene->stage, from,
               &(struct stage_datagram){.bytes = bytes,
                                        .size_bytes = size_bytes,
                                        .number = scene->number,
                                        .label = label,
                                        .to = to,
                                        .to_left = to_left},
               &leg);
    got = stage_receive(scene->stage, at, packet->bytes, sizeof packet->bytes);
    if (got.size_bytes < 0)
        return false;
    stage_arrive(scene->stage, leg, got.wall_ns, "");
    packet->size_bytes = (size_t)got.size_bytes;
    packet->from = got.from;
    return true;
}

/* ---- the plain server: a client is an address and a port */

/* The client of an endpoint, a new one if it is not known. */
static struct quic_client *quic_server_find(struct quic_server *server,
                                            const struct endpoint *endpoint)
{
    for (int i = 0; i < server->client_count; i++)
        if (endpoint_equal(&server->clients[i].endpoint, endpoint))
            return &server->clients[i];
    if (server->client_count < CLIENTS_MAX)
        server->client_count++;
    server->clients[server->client_count - 1] = (struct quic_client){.endpoint = *endpoint};
    return &server->clients[server->client_count - 1];
}

/* One message and its reply. Returns the message's number among its client's, 0: it failed. */
static int quic_exchange_plain(struct quic_scene *scene, const char *text)
{
    struct quic_server *server = &scene->server;
    struct quic_packet packet;
    struct quic_client *client;
    char label[LADDER_LABEL_SIZE];

    scene->number++;
    if (!quic_scene_deliver(scene, false, NULL, text, strlen(text), text, &packet))
        return 0;
    client = quic_server_find(server, &packet.from);
    client->messages++;
    snprintf(label, sizeof label, stage_text(scene->stage, "client %d, message %d"),
             (int)(client - server->clients) + 1, client->messages);
    return quic_scene_deliver(scene, true, &packet.from, label, strlen(label), label, &packet)
               ? client->messages
               : 0;
}

/* ---- the server with connection IDs */

struct quic_findings {
    int last; /* number of the last message in its connection */
    uint8_t challenge[CHALLENGE_BYTES];
    bool challenged, validated;
};

/*
 * The client's address has changed: a challenge to the new one, which only who receives it there
 * can return (RFC 9000 section 8.2). True: validated.
 */
static bool quic_validate(struct quic_scene *scene, const struct endpoint *to,
                          struct quic_findings *found)
{
    uint8_t bytes[ROOM];
    struct quic_packet packet;
    size_t size_bytes;

    found->challenged = random_fill(found->challenge, sizeof found->challenge);
    size_bytes = quic_write(bytes, client_id, scene->server.next_packet++, FRAME_CHALLENGE,
                            found->challenge, CHALLENGE_BYTES);
    if (!quic_scene_deliver(scene, true, to, bytes, size_bytes, "PATH_CHALLENGE", &packet) ||
        !quic_is_for(&packet, client_id, FRAME_CHALLENGE))
        return false;
    size_bytes = quic_write(bytes, server_id, scene->next_packet++, FRAME_RESPONSE,
                            packet.bytes + HEADER_BYTES + 1, CHALLENGE_BYTES);
    return quic_scene_deliver(scene, false, NULL, bytes, size_bytes, "PATH_RESPONSE", &packet) &&
           quic_is_for(&packet, server_id, FRAME_RESPONSE) && endpoint_equal(&packet.from, to) &&
           memcmp(packet.bytes + HEADER_BYTES + 1, found->challenge, CHALLENGE_BYTES) == 0;
}

/* The same as quic_exchange_plain; the one connection is clients[0]. */
static int quic_exchange_id(struct quic_scene *scene, const char *text, struct quic_findings *found)
{
    struct quic_client *connection = &scene->server.clients[0];
    uint8_t bytes[ROOM];
    struct quic_packet packet;
    struct endpoint from;
    char label[LADDER_LABEL_SIZE];
    size_t size_bytes =
        quic_write(bytes, server_id, scene->next_packet++, FRAME_DATAGRAM, text, strlen(text));

    scene->number++;
    snprintf(label, sizeof label, stage_text(scene->stage, "ID c1d2..., %s"), text);
    if (!quic_scene_deliver(scene, false, NULL, bytes, size_bytes, label, &packet) ||
        !quic_is_for(&packet, server_id, FRAME_DATAGRAM))
        return 0;
    from = packet.from;
    if (scene->server.client_count == 0)
        *connection = (struct quic_client){.endpoint = from};
    scene->server.client_count = 1;
    connection->messages++;
    if (!endpoint_equal(&connection->endpoint, &from)) {
        found->validated = quic_validate(scene, &from, found);
        if (!found->validated)
            return 0;
        connection->endpoint = from;
    }
    snprintf(label, sizeof label, stage_text(scene->stage, "connection 1, message %d"),
             connection->messages);
    size_bytes = quic_write(bytes, client_id, scene->server.next_packet++, FRAME_DATAGRAM, label,
                            strlen(label));
    return quic_scene_deliver(scene, true, &connection->endpoint, bytes, size_bytes, label, &packet)
               ? connection->messages
               : 0;
}

/* ---- the scenes */

static struct quic_scene quic_scene_open(struct stage *stage, uint64_t number)
{
    const struct endpoint local = stage_loopback();
    struct quic_scene scene = {
        .stage = stage, .number = number, .server.socket = stage_receiver(stage, &local, NULL)};

    scene.client = stage_client(stage, &scene.server.socket->local, true, NULL);
    return scene;
}

/* The client goes on from another socket, and so from another port. */
static void quic_change_port(struct quic_scene *scene)
{
    struct udp_socket *old = scene->client;

    scene->client = stage_client(scene->stage, &scene->server.socket->local, true, NULL);
    stage_shut(old);
    stage_happens(scene->stage, true, "%s", stage_text(scene->stage, "the client's port changes"));
}

static const char *const quic_texts[MESSAGES] = {"1", "2", "3"};

static void quic_play_plain(struct stage *stage)
{
    struct quic_scene scene = quic_scene_open(stage, 0);
    uint16_t port = scene.client->local.port;
    int last = 0;

    for (int i = 0; i < MESSAGES && stage_going(stage); i++) {
        if (i == MESSAGES - 1)
            quic_change_port(&scene);
        last = quic_exchange_plain(&scene, quic_texts[i]);
    }
    stage_truth(stage, "plain_new_port", scene.client->local.port != port);
    stage_count(stage, "plain_clients", scene.server.client_count);
    stage_count(stage, "plain_last", last);
}

static void quic_find_hex(struct stage *stage, const char *key, const uint8_t *bytes, size_t count)
{
    char out[LESSON_WORDS_SIZE];
    struct builder text = builder_begin(out, sizeof out);

    for (size_t i = 0; i < count; i++)
        builder_add(&text, "%02x", bytes[i]);
    stage_words(stage, key, "%s", out);
}

static void quic_play_id(struct stage *stage)
{
    struct quic_scene scene = quic_scene_open(stage, MESSAGES);
    const uint8_t first = SHORT_HEADER;
    uint16_t port = scene.client->local.port;
    struct quic_findings found = {.last = 0};

    for (int i = 0; i < MESSAGES && stage_going(stage); i++) {
        if (i == MESSAGES - 1)
            quic_change_port(&scene);
        found.last = quic_exchange_id(&scene, quic_texts[i], &found);
    }
    quic_find_hex(stage, "first_byte", &first, 1);
    quic_find_hex(stage, "connection_id", server_id, ID_BYTES);
    stage_count(stage, "header_bytes", HEADER_BYTES);
    stage_truth(stage, "id_new_port", scene.client->local.port != port);
    stage_count(stage, "connections", scene.server.client_count);
    quic_find_hex(stage, "challenge", found.challenge, CHALLENGE_BYTES);
    stage_truth(stage, "validated", found.validated);
    stage_count(stage, "id_last", found.last);
}

void step_quic(struct stage *stage)
{
    quic_play_plain(stage);
    quic_play_id(stage);
}
