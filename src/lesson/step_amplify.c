/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * step_amplify: small requests with another host's source address, and large replies to that host.
 *
 * The three hosts are addresses of the loopback interface. The kernel lets a program choose the
 * source of a datagram among the machine's own addresses (ip(7) IP_PKTINFO), without rights: so the
 * attacker's datagrams have exactly the victim's address and port, and nothing leaves this machine.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "stamps_internal.h"
#include "steps_internal.h"
#include "udptui/base/units.h"
#include "udptui/lesson/stage.h"
#include "udptui/proto/event.h"
#include "udptui/proto/packet.h"
#include "udptui/proto/reason.h"
#include "udptui/sys/address.h"
#include "udptui/sys/clock.h"

enum {
    REQUESTS = 3,
    REPLY_BYTES = 1200,
    ANSWER_BYTES = 1000, /* of the server with a limit: what it would like to send */
    HEADER_BYTES = PACKET_IPV4_HEADER + PACKET_UDP_HEADER,
    VICTIM = 2, /* 127.0.0.2 */
    ATTACKER = 3,
};

static const char amplify_request[] = "send-it-all!";

struct amplify {
    struct stage *stage;
    struct udp_socket *attacker, *victim;
    struct endpoint source; /* of the requests, as the server saw it */
    uint64_t number;
};

/* What one server did. */
struct amplify_figures {
    int64_t requests, replies;
    int64_t reply_bytes;                /* payload of one */
    int64_t sent_bytes, received_bytes; /* with IP and UDP headers */
};

static struct endpoint amplify_host(uint8_t last, uint16_t port)
{
    return (struct endpoint){.family = ENDPOINT_IPV4, .address = {127, 0, 0, last}, .port = port};
}

/* sendto(2) with the victim's address as the source. */
static ssize_t amplify_send_as_victim(const struct amplify *scene, const struct endpoint *server)
{
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(struct in_pktinfo))];
    } control = {.bytes = {0}};
    struct sockaddr_storage to;
    struct iovec part = {.iov_base = (char *)(uintptr_t)amplify_request,
                         .iov_len = sizeof amplify_request - 1};
    struct msghdr message = {.msg_name = &to,
                             .msg_namelen = address_from_endpoint(server, AF_INET, &to),
                             .msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    struct cmsghdr *source = CMSG_FIRSTHDR(&message);
    struct in_pktinfo info = {.ipi_ifindex = 0};

    memcpy(&info.ipi_spec_dst, scene->victim->local.address, sizeof info.ipi_spec_dst);
    source->cmsg_level = IPPROTO_IP;
    source->cmsg_type = IP_PKTINFO;
    source->cmsg_len = CMSG_LEN(sizeof info);
    memcpy(CMSG_DATA(source), &info, sizeof info);
    return sendmsg(scene->attacker->fd, &message, MSG_DONTWAIT);
}

/* For a capture of the lesson; the sockets do not say TTL and the like. */
static uint16_t amplify_keep(struct amplify *scene, const struct endpoint *source,
                             const struct endpoint *destination, const void *bytes,
                             size_t size_bytes)
{
    const struct packet packet = {.source = *source,
                                  .destination = *destination,
                                  .payload = bytes,
                                  .size_bytes = size_bytes,
                                  .hop_limit = EVENT_UNKNOWN,
                                  .traffic_class = EVENT_UNKNOWN,
                                  .checksum_status = CHECKSUM_GOOD};

    return stage_keep_packet(scene->stage, &packet);
}

/* A request on its way to the server. Returns its leg. */
static int amplify_attack(struct amplify *scene, const struct endpoint *server)
{
    struct ladder_leg leg = {.depart_ns = stage_now_ns(),
                             .to_right = true,
                             .end = LADDER_UNDERWAY,
                             .number = ++scene->number};
    int64_t stamp_ns;

    snprintf(leg.label, sizeof leg.label, stage_text(scene->stage, "%zu bytes"),
             sizeof amplify_request - 1);
    if (amplify_send_as_victim(scene, server) < 0) {
        stage_fail(scene->stage, "cannot send a datagram from 127.0.0.%d: %s", VICTIM,
                   reason_text(errno));
        return STAGE_NO_LEG;
    }
    if ((stamp_ns = stamps_take_sent(scene->attacker->fd)) != 0)
        leg.depart_ns = stamp_ns;
    leg.frame = amplify_keep(scene, &scene->victim->local, server, amplify_request,
                             sizeof amplify_request - 1);
    return stage_leg(scene->stage, &leg);
}

/* Counts what arrived at the victim. */
static void amplify_count(struct amplify_figures *figures, ssize_t reply_bytes)
{
    figures->requests++;
    figures->sent_bytes += (int64_t)sizeof amplify_request - 1 + HEADER_BYTES;
    if (reply_bytes < 0)
        return;
    figures->replies++;
    figures->reply_bytes = reply_bytes;
    figures->received_bytes += reply_bytes + HEADER_BYTES;
}

/* ---- a server that answers everything in full */

static void amplify_reply(struct amplify *scene, const struct udp_socket *server,
                          struct amplify_figures *figures)
{
    static const uint8_t reply[REPLY_BYTES] = {0};
    uint8_t bytes[REPLY_BYTES];
    char label[LADDER_LABEL_SIZE];
    struct stage_received got;
    int leg;

    snprintf(label, sizeof label, stage_text(scene->stage, "%zu bytes"), sizeof reply);
    stage_send(scene->stage, server,
               &(struct stage_datagram){.bytes = reply,
                                        .size_bytes = sizeof reply,
                                        .number = scene->number,
                                        .label = label,
                                        .to = &scene->source,
                                        .right_gap = true},
               &leg);
    got = stage_receive(scene->stage, scene->victim, bytes, sizeof bytes);
    if (got.size_bytes >= 0)
        stage_arrive(scene->stage, leg, got.wall_ns, "");
    amplify_count(figures, got.size_bytes);
}

static void amplify_play_open(struct amplify *scene, struct amplify_figures *figures)
{
    const struct endpoint local = stage_loopback();
    struct udp_socket *server = stage_receiver(scene->stage, &local, NULL);
    uint8_t bytes[sizeof amplify_request];

    for (int i = 0; i < REQUESTS && stage_going(scene->stage); i++) {
        int leg = amplify_attack(scene, &server->local);
        struct stage_received got = stage_receive(scene->stage, server, bytes, sizeof bytes);
        if (got.size_bytes < 0)
            return;
        stage_arrive(scene->stage, leg, got.wall_ns, "");
        scene->source = got.from;
        amplify_reply(scene, server, figures);
    }
}

/* ---- udptui's own server */

/* When the engine received its request with this number, from 1; 0: it does not say. */
static int64_t amplify_received_ns(struct stage *stage, uint64_t number)
{
    while (stage_going(stage) && !stage_settled(stage, number))
        stage_wait(stage, -1, 0, UNITS_NS_PER_MS);
    return stage_message(stage, number)->event.wall_ns;
}

static void amplify_reply_limited(struct amplify *scene, int leg, uint64_t number,
                                  struct amplify_figures *figures)
{
    uint8_t bytes[REPLY_BYTES];
    struct stage_received got = stage_receive(scene->stage, scene->victim, bytes, sizeof bytes);
    struct ladder_leg reply = {.depart_ns = got.wall_ns,
                               .arrive_ns = got.wall_ns,
                               .to_right = true,
                               .right_gap = true,
                               .number = scene->number};

    if (got.size_bytes < 0)
        return;
    snprintf(reply.label, sizeof reply.label, stage_text(scene->stage, "%zd bytes"),
             got.size_bytes);
    snprintf(reply.note, sizeof reply.note, "%s", stage_text(scene->stage, "cut to 3x"));
    reply.frame = amplify_keep(scene, &scene->stage->server, &scene->victim->local, bytes,
                               (size_t)got.size_bytes);
    stage_arrive(scene->stage, leg, amplify_received_ns(scene->stage, number), "");
    stage_leg(scene->stage, &reply);
    amplify_count(figures, got.size_bytes);
}

static void amplify_play_limited(struct amplify *scene, struct amplify_figures *figures)
{
    char answer[ANSWER_BYTES + 1];

    memset(answer, '.', ANSWER_BYTES);
    answer[ANSWER_BYTES] = '\0';
    stage_serve_as(scene->stage, &(struct stage_service){.impair = "off", .ack = answer});
    for (int i = 0; i < REQUESTS && stage_going(scene->stage); i++) {
        scene->stage->messages[i].asked_ns = clock_monotonic_ns();
        amplify_reply_limited(scene, amplify_attack(scene, &scene->stage->server), (uint64_t)i + 1,
                              figures);
    }
}

/* ---- findings */

/* "30.7": received over sent. */
static void amplify_find_factor(struct stage *stage, const char *key,
                                const struct amplify_figures *figures)
{
    int64_t tenths =
        figures->sent_bytes == 0
            ? 0
            : (10 * figures->received_bytes + figures->sent_bytes / 2) / figures->sent_bytes;

    stage_words(stage, key, "%d.%d", (int)(tenths / 10), (int)(tenths % 10));
}

void step_amplify(struct stage *stage)
{
    struct amplify scene = {.stage = stage};
    struct amplify_figures open = {0}, limited = {0};
    struct endpoint local = amplify_host(VICTIM, 0);
    char source[ENDPOINT_TEXT_SIZE], victim[ENDPOINT_TEXT_SIZE];

    scene.victim = stage_receiver(stage, &local, NULL);
    local = amplify_host(ATTACKER, scene.victim->local.port);
    scene.attacker = stage_receiver(stage, &local, NULL);
    amplify_play_open(&scene, &open);
    amplify_play_limited(&scene, &limited);
    stage_words(stage, "source", "%s", endpoint_format(&scene.source, source, sizeof source));
    stage_words(stage, "victim", "%s",
                endpoint_format(&scene.victim->local, victim, sizeof victim));
    stage_count(stage, "requests", open.requests);
    stage_count(stage, "request_bytes", sizeof amplify_request - 1);
    stage_truth(stage, "attacker_empty", stage_is_empty(scene.attacker));
    stage_count(stage, "reply_bytes", open.reply_bytes);
    stage_count(stage, "sent_bytes", open.sent_bytes);
    stage_count(stage, "got_bytes", open.received_bytes);
    amplify_find_factor(stage, "factor", &open);
    stage_count(stage, "cut_reply_bytes", limited.reply_bytes);
    stage_count(stage, "cut_sent_bytes", limited.sent_bytes);
    stage_count(stage, "cut_got_bytes", limited.received_bytes);
    amplify_find_factor(stage, "cut_factor", &limited);
}
