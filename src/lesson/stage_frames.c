/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stage_frames: what was on the wire, with its bytes, for a capture of the lesson.
 *
 * A leg has the number of its frame; the simulated network's legs and what is reconstructed have
 * none. Headers are rebuilt from what the socket says of itself.
 */
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "udptui/lesson/stage.h"
#include "udptui/proto/event.h"
#include "udptui/sys/address.h"

static int frame_option(int fd, int level, int name)
{
    int value = 0;
    socklen_t size = sizeof value;

    return getsockopt(fd, level, name, &value, &size) == 0 ? value : 0;
}

static struct endpoint frame_endpoint(int fd, int (*ask)(int, struct sockaddr *, socklen_t *))
{
    struct sockaddr_storage address = {0};
    socklen_t length = sizeof address;

    if (ask(fd, (struct sockaddr *)&address, &length) != 0)
        return (struct endpoint){.family = ENDPOINT_NONE};
    return address_to_endpoint(&address);
}

static uint16_t stage_keep_frame(struct stage *stage, const struct packet *packet, bool raw)
{
    struct stage_frame *frame;
    uint8_t *payload;

    if (!stage->config.keep_frames || !stage_going(stage) || stage->frame_count == STAGE_LEGS_MAX)
        return 0;
    payload = malloc(packet->size_bytes + 1);
    if (payload == NULL) {
        stage_fail(stage, "lesson: not enough memory for the capture");
        return 0;
    }
    if (packet->size_bytes > 0)
        memcpy(payload, packet->payload, packet->size_bytes);
    frame = &stage->frames[stage->frame_count++];
    *frame = (struct stage_frame){.packet = *packet, .raw = raw};
    frame->packet.payload = payload;
    return (uint16_t)stage->frame_count;
}

uint16_t stage_keep_packet(struct stage *stage, const struct packet *packet)
{
    return stage_keep_frame(stage, packet, false);
}

uint16_t stage_keep_raw(struct stage *stage, const void *bytes, size_t captured_bytes,
                        size_t original_bytes)
{
    const struct packet packet = {
        .payload = bytes, .size_bytes = captured_bytes, .original_bytes = original_bytes};

    return stage_keep_frame(stage, &packet, true);
}

uint16_t stage_keep_sent(struct stage *stage, const struct udp_socket *socket,
                         const struct stage_datagram *datagram)
{
    bool unchecked;
    struct packet packet = {.payload = datagram->bytes, .size_bytes = datagram->size_bytes};

    if (!stage->config.keep_frames)
        return 0;
    unchecked = frame_option(socket->fd, SOL_SOCKET, SO_NO_CHECK) != 0;
    packet.source = frame_endpoint(socket->fd, getsockname);
    packet.destination =
        datagram->to != NULL ? *datagram->to : frame_endpoint(socket->fd, getpeername);
    packet.hop_limit = (int16_t)frame_option(socket->fd, IPPROTO_IP, IP_TTL);
    packet.traffic_class = (int16_t)frame_option(socket->fd, IPPROTO_IP, IP_TOS);
    packet.checksum_status = unchecked ? CHECKSUM_NOT_SEEN : CHECKSUM_GOOD;
    return stage_keep_packet(stage, &packet);
}

uint16_t stage_keep_received(struct stage *stage, const struct udp_socket *socket,
                             const struct stage_received *got, const void *bytes)
{
    struct packet packet = {.source = got->from,
                            .payload = bytes,
                            .size_bytes = (size_t)got->size_bytes,
                            .hop_limit = EVENT_UNKNOWN,
                            .traffic_class = EVENT_UNKNOWN,
                            .checksum_status = CHECKSUM_GOOD};

    if (!stage->config.keep_frames || got->truncated)
        return 0;
    packet.destination = frame_endpoint(socket->fd, getsockname);
    return stage_keep_packet(stage, &packet);
}

uint16_t stage_keep_answer(struct stage *stage, const struct stage_message *message,
                           const struct stage_answer *answer)
{
    if (message->frame == 0)
        return 0;
    const struct packet packet = {.source = stage->server,
                                  .destination = stage->frames[message->frame - 1].packet.source,
                                  .payload = answer->payload,
                                  .size_bytes = answer->size_bytes,
                                  .hop_limit = EVENT_UNKNOWN,
                                  .traffic_class = EVENT_UNKNOWN,
                                  .checksum_status = CHECKSUM_GOOD};

    return stage_keep_packet(stage, &packet);
}

void stage_learn_source(struct stage *stage, const struct endpoint *from)
{
    for (size_t i = stage->frame_count; i > 0; i--) {
        struct packet *frame = &stage->frames[i - 1].packet;
        if (frame->source.port == from->port && endpoint_is_unspecified(&frame->source))
            frame->source = *from;
    }
}

const struct stage_frame *stage_frame_of(const struct stage *stage, const struct ladder_leg *leg)
{
    return leg->frame == 0 ? NULL : &stage->frames[leg->frame - 1];
}

void stage_drop_frames(struct stage *stage)
{
    for (size_t i = 0; i < stage->frame_count; i++)
        free((void *)(uintptr_t)stage->frames[i].packet.payload);
    stage->frame_count = 0;
}
