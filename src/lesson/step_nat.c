/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * step_nat: three clients behind three small network address and port translators, a server and a
 * stranger outside. Each host is an address of the loopback interface.
 *
 * A program without rights cannot catch the datagrams of another one on their way. So each
 * translator has, towards its client, a socket for each destination (a door): what the client sends
 * there leaves by the outside port that the mapping says (proto/translator), with its payload
 * unchanged, and what may come back arrives from that door. The ladder has the clients at its left,
 * the translators in the middle, and at its right everything outside: the server, the stranger and
 * the outside addresses of the other translators.
 */
#include <stdio.h>
#include <string.h>

#include "steps_internal.h"
#include "udptui/base/catalog.h"
#include "udptui/base/units.h"
#include "udptui/lesson/stage.h"
#include "udptui/proto/translator.h"

enum {
    CLIENT_A = 11, /* the last byte of their addresses, 127.0.0.x */
    CLIENT_B = 12,
    CLIENT_C = 13,
    NAT_A = 2,
    NAT_B = 3,
    NAT_C = 4,
    SERVER = 8,
    STRANGER = 9,
    DOORS_MAX = 3,
    KEEP_ALIVES = 2,
    ATTEMPTS = 4, /* each takes up to three outside ports */
    BYTES = 64,
};

static const int64_t nat_timeout_ns = 500 * UNITS_NS_PER_MS;
static const int64_t nat_keep_alive_ns = 200 * UNITS_NS_PER_MS;

struct nat_door {
    struct udp_socket *socket;
    struct endpoint outside; /* where it leads to */
};

/* A client and its translator. */
struct nat {
    const char *name; /* of the client */
    struct udp_socket *client;
    uint8_t host; /* of the outside address */
    struct translator table;
    struct udp_socket *ports[TRANSLATOR_PORTS_MAX]; /* NULL: not open yet */
    struct nat_door doors[DOORS_MAX];
    int door_count;
    struct endpoint seen; /* the client, as the server reported it */
    int seen_port;        /* that outside port */
};

struct nat_scene {
    struct stage *stage;
    struct udp_socket *server, *stranger;
    struct nat a, b, c;
    uint64_t number; /* of the ladder */
};

/* What became of a datagram. */
struct nat_result {
    bool arrived; /* at the last socket of its way that was open for it */
    enum translator_verdict verdict;
    int port; /* by which it left */
    struct endpoint from;
};

static struct endpoint nat_host(uint8_t last)
{
    return (struct endpoint){.family = ENDPOINT_IPV4, .address = {127, 0, 0, last}};
}

static struct udp_socket *nat_socket(struct stage *stage, uint8_t last)
{
    const struct endpoint local = nat_host(last);

    return stage_receiver(stage, &local, NULL);
}

static struct nat nat_open(struct stage *stage, const char *name, uint8_t client, uint8_t host,
                           enum translator_behaviour mapping)
{
    struct nat nat = {.name = name,
                      .client = nat_socket(stage, client),
                      .host = host,
                      .seen_port = TRANSLATOR_FULL};

    translator_open(&nat.table, &(struct translator_config){.mapping = mapping,
                                                            .filtering = TRANSLATOR_DEPENDENT,
                                                            .timeout_ns = nat_timeout_ns});
    return nat;
}

/* The door to an outside endpoint, opened if it is a new one. */
static struct nat_door *nat_find_door(struct nat_scene *scene, struct nat *nat,
                                      const struct endpoint *outside)
{
    for (int i = 0; i < nat->door_count; i++)
        if (endpoint_equal(&nat->doors[i].outside, outside))
            return &nat->doors[i];
    if (nat->door_count < DOORS_MAX)
        nat->door_count++;
    nat->doors[nat->door_count - 1] =
        (struct nat_door){.socket = nat_socket(scene->stage, nat->host), .outside = *outside};
    return &nat->doors[nat->door_count - 1];
}

/* ---- one datagram on one part of its way */

/* *got: what arrived. False: nothing did, which is a failure of the stage. */
static bool nat_deliver(struct nat_scene *scene, const struct udp_socket *from,
                        const struct udp_socket *at, const struct stage_datagram *datagram,
                        int *leg, struct stage_received *got)
{
    char bytes[BYTES];

    stage_send(scene->stage, from, datagram, leg);
    *got = stage_receive(scene->stage, at, bytes, sizeof bytes);
    if (got->size_bytes >= 0)
        stage_arrive(scene->stage, *leg, got->wall_ns, "");
    else
        stage_fail_silent(scene->stage);
    return got->size_bytes >= 0;
}

/* From the client through its translator to an outside socket. */
static struct nat_result nat_step_send(struct nat_scene *scene, struct nat *nat,
                                       const struct endpoint *outside, const struct udp_socket *at,
                                       const char *text, int *leg)
{
    struct nat_result result = {.port = TRANSLATOR_FULL};
    struct nat_door *door = nat_find_door(scene, nat, outside);
    struct stage_datagram datagram = {.bytes = text,
                                      .size_bytes = strlen(text),
                                      .number = ++scene->number,
                                      .label = text,
                                      .to = &door->socket->local};
    struct stage_received got;
    char label[LADDER_LABEL_SIZE];

    if (!nat_deliver(scene, nat->client, door->socket, &datagram, leg, &got))
        return result;
    result.port = translator_send(&nat->table, &got.from, outside, got.wall_ns);
    if (result.port == TRANSLATOR_FULL)
        return result;
    if (nat->ports[result.port] == NULL)
        nat->ports[result.port] = nat_socket(scene->stage, nat->host);
    snprintf(label, sizeof label, stage_text(scene->stage, "from :%d"),
             nat->ports[result.port]->local.port);
    datagram.label = label;
    datagram.to = outside;
    datagram.right_gap = true;
    result.arrived = nat_deliver(scene, nat->ports[result.port], at, &datagram, leg, &got);
    result.from = got.from;
    result.verdict = TRANSLATOR_PASSES;
    return result;
}

static const char *nat_verdict_text(struct stage *stage, enum translator_verdict verdict)
{
    static const char *const texts[] = {[TRANSLATOR_PASSES] = CATALOG_MARK("passed"),
                                        [TRANSLATOR_UNMAPPED] = CATALOG_MARK("no mapping"),
                                        [TRANSLATOR_FILTERED] = CATALOG_MARK("filtered")};

    return stage_text(stage, texts[verdict]);
}

/*
 * What a translator does with a datagram that has just been received at one of its outside ports:
 * passes it on to the client, or drops it there. leg: the one that brought it.
 */
static void nat_admit(struct nat_scene *scene, struct nat *nat, int port,
                      const struct stage_received *got, const char *text, int leg,
                      struct nat_result *result)
{
    struct endpoint inside;
    struct stage_received last;
    int back;

    result->verdict = translator_receive(&nat->table, port, &got->from, got->wall_ns, &inside);
    result->arrived = false;
    if (result->verdict != TRANSLATOR_PASSES) {
        stage_drop(scene->stage, leg, nat_verdict_text(scene->stage, result->verdict));
        return;
    }
    result->arrived = nat_deliver(scene, nat_find_door(scene, nat, &got->from)->socket, nat->client,
                                  &(struct stage_datagram){.bytes = text,
                                                           .size_bytes = strlen(text),
                                                           .number = scene->number,
                                                           .label = text,
                                                           .to = &inside,
                                                           .to_left = true},
                                  &back, &last);
}

/* From an outside socket to an outside port of a translator, and on to its client if it may. It has
 * the ladder's number of the latest datagram, to which it is a reply, unless that is counted up. */
static struct nat_result nat_send_back(struct nat_scene *scene, const struct udp_socket *from,
                                       struct nat *nat, int port, const char *text)
{
    struct nat_result result = {.port = port, .verdict = TRANSLATOR_UNMAPPED};
    struct stage_received got;
    int leg;

    if (port == TRANSLATOR_FULL || nat->ports[port] == NULL)
        return result;
    if (nat_deliver(scene, from, nat->ports[port],
                    &(struct stage_datagram){.bytes = text,
                                             .size_bytes = strlen(text),
                                             .number = scene->number,
                                             .label = text,
                                             .to = &nat->ports[port]->local,
                                             .to_left = true,
                                             .right_gap = true},
                    &leg, &got))
        nat_admit(scene, nat, port, &got, text, leg, &result);
    return result;
}

/* From a client to the outside endpoint of another: out of one translator, and in by the other. */
static struct nat_result nat_send_across(struct nat_scene *scene, struct nat *from, struct nat *to,
                                         const char *text)
{
    struct stage_received got = {.wall_ns = 0};
    struct nat_result result;
    int leg;

    if (to->seen_port == TRANSLATOR_FULL) /* it is not known */
        return (struct nat_result){.port = TRANSLATOR_FULL, .verdict = TRANSLATOR_UNMAPPED};
    result = nat_step_send(scene, from, &to->seen, to->ports[to->seen_port], text, &leg);
    if (!result.arrived)
        return result;
    got.from = result.from;
    got.wall_ns = scene->stage->legs[leg].arrive_ns;
    nat_admit(scene, to, to->seen_port, &got, text, leg, &result);
    return result;
}

/* ---- the scenes */

/* A client asks the server how it is seen from outside. */
static void nat_register(struct nat_scene *scene, struct nat *nat)
{
    char text[LADDER_LABEL_SIZE];
    struct nat_result result;
    int leg;

    snprintf(text, sizeof text, stage_text(scene->stage, "%s: hello"), nat->name);
    result = nat_step_send(scene, nat, &scene->server->local, scene->server, text, &leg);
    nat->seen = result.from;
    nat->seen_port = result.port;
    snprintf(text, sizeof text, stage_text(scene->stage, "seen :%d"), result.from.port);
    nat_send_back(scene, scene->server, nat, result.port, text);
}

static void nat_find_endpoint(struct stage *stage, const char *key, const struct endpoint *endpoint)
{
    char text[ENDPOINT_TEXT_SIZE];

    stage_words(stage, key, "%s", endpoint_format(endpoint, text, sizeof text));
}

static void nat_play_mapping(struct nat_scene *scene)
{
    struct stage *stage = scene->stage;
    struct nat_result result;

    nat_register(scene, &scene->a);
    nat_register(scene, &scene->b);
    nat_find_endpoint(stage, "a_inside", &scene->a.client->local);
    nat_find_endpoint(stage, "a_seen", &scene->a.seen);
    nat_find_endpoint(stage, "b_seen", &scene->b.seen);
    scene->number++;
    result = nat_send_back(scene, scene->stranger, &scene->a, scene->a.seen_port,
                           stage_text(stage, "stranger"));
    stage_truth(stage, "stranger_passed", result.arrived);
}

static void nat_play_punching(struct nat_scene *scene)
{
    struct stage *stage = scene->stage;
    struct nat_result result =
        nat_send_across(scene, &scene->a, &scene->b, stage_text(stage, "A to B: 1"));

    stage_truth(stage, "first_passed", result.arrived);
    stage_truth(stage, "same_port", result.port == scene->a.seen_port);
    result = nat_send_across(scene, &scene->b, &scene->a, stage_text(stage, "B to A: 2"));
    stage_truth(stage, "second_passed", result.arrived);
    result = nat_send_across(scene, &scene->a, &scene->b, stage_text(stage, "A to B: 3"));
    stage_truth(stage, "third_passed", result.arrived);
}

/* A translator that takes another port for each destination: no one port can be given to others. */
static void nat_play_dependent(struct nat_scene *scene)
{
    struct stage *stage = scene->stage;
    struct nat_result result;

    nat_register(scene, &scene->c);
    nat_find_endpoint(stage, "c_seen", &scene->c.seen);
    result = nat_send_across(scene, &scene->c, &scene->b, stage_text(stage, "C to B: 1"));
    nat_find_endpoint(stage, "c_other", &result.from);
    stage_truth(stage, "c_first_passed", result.arrived);
    result = nat_send_across(scene, &scene->b, &scene->c, stage_text(stage, "B to C: 2"));
    stage_truth(stage, "c_second_passed", result.arrived);
}

static void nat_pause(struct stage *stage, int64_t pause_ns)
{
    stage_wait(stage, -1, 0, pause_ns);
}

/* The server sends to A. Whether it arrives. */
static bool nat_send_news(struct nat_scene *scene)
{
    scene->number++;
    return nat_send_back(scene, scene->server, &scene->a, scene->a.seen_port,
                         stage_text(scene->stage, "news"))
        .arrived;
}

/* Past the timeout with keep-alives. *sent: how many of them. */
static bool nat_keep_alive(struct nat_scene *scene, int *sent)
{
    struct stage *stage = scene->stage;
    int leg;

    *sent = 0;
    for (int i = 0; i < KEEP_ALIVES && stage_going(stage); i++) {
        nat_pause(stage, nat_keep_alive_ns);
        *sent += nat_step_send(scene, &scene->a, &scene->server->local, scene->server,
                               stage_text(stage, "A: alive"), &leg)
                     .arrived;
    }
    nat_pause(stage, nat_keep_alive_ns);
    return nat_send_news(scene);
}

/*
 * Past the timeout with keep-alives, then past it without. A machine that stands still for longer
 * than the timeout sends a keep-alive too late: then A registers and tries again.
 */
static void nat_play_timeout(struct nat_scene *scene)
{
    struct stage *stage = scene->stage;
    int sent;
    bool kept = nat_keep_alive(scene, &sent);

    for (int i = 1; i < ATTEMPTS && !kept && stage_going(stage); i++) {
        nat_register(scene, &scene->a);
        kept = nat_keep_alive(scene, &sent);
    }
    stage_count(stage, "timeout_ms", nat_timeout_ns / UNITS_NS_PER_MS);
    stage_count(stage, "keep_alives", sent);
    stage_truth(stage, "kept_passed", kept);
    nat_pause(stage, nat_timeout_ns);
    stage_truth(stage, "silent_passed", nat_send_news(scene));
}

void step_nat(struct stage *stage)
{
    struct nat_scene scene = {.stage = stage};

    scene.server = nat_socket(stage, SERVER);
    scene.stranger = nat_socket(stage, STRANGER);
    scene.a = nat_open(stage, "A", CLIENT_A, NAT_A, TRANSLATOR_INDEPENDENT);
    scene.b = nat_open(stage, "B", CLIENT_B, NAT_B, TRANSLATOR_INDEPENDENT);
    scene.c = nat_open(stage, "C", CLIENT_C, NAT_C, TRANSLATOR_DEPENDENT);
    nat_play_mapping(&scene);
    nat_play_punching(&scene);
    nat_play_dependent(&scene);
    nat_play_timeout(&scene);
}
