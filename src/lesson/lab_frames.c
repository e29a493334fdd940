/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lab_frames: what was on the links of a lab, as legs. A packet that left one host is the packet
 * with the same header and first bytes that came to another host on the same link; a router changes
 * its TTL and its header checksum.
 */
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/if_ether.h>
#include <linux/if_packet.h>

#include "stamps_internal.h"
#include "udptui/base/text.h"
#include "udptui/lesson/lab.h"

enum {
    IP_HEADER = 20, /* without options (RFC 791); with them: see header_of */
    TTL_AT = 8,
    PROTOCOL_AT = 9,
    CHECKSUM_AT = 10,
    SOURCE_AT = 12,
    DESTINATION_AT = 16,
    ADDRESS_SIZE = 4,
    TRANSPORT_HEADER = 8, /* of UDP and of ICMP */
    ICMP_UNREACHABLE = 3, /* RFC 792 */
    CODE_TOO_BIG = 4,
    CODE_PORT = 3,
    MTU_AT = 6, /* of the ICMP header: RFC 1191 section 4 */
    IGMP_V3_REPORT = 0x22,
    IGMP_REPORT_HEADER = 8,
    IGMP_GROUP_AT = 4,
    CHANGE_TO_INCLUDE = 3, /* of nothing: it left the group */
    CHANGE_TO_EXCLUDE = 4, /* nothing: it joined the group */
    CONTROL_SIZE = 256,
};

/* ---- reading a packet */

static size_t header_of(const uint8_t *packet)
{
    return (size_t)(packet[0] & 15) * 4;
}

static int number_at(const uint8_t *bytes)
{
    return bytes[0] << 8 | bytes[1];
}

/* The label of a datagram: the first bytes of its payload, up to a NUL. */
static void label_of_datagram(const uint8_t *packet, const uint8_t *end, char *label)
{
    ptrdiff_t room = end - packet - (ptrdiff_t)header_of(packet) - TRANSPORT_HEADER;
    size_t size = room > 0 ? strnlen((const char *)end - room, (size_t)room) : 0;

    text_render(label, LADDER_LABEL_SIZE, (const char *)end - (room > 0 ? room : 0), size,
                TEXT_ASCII);
}

static void label_of_icmp(const uint8_t *icmp, char *label)
{
    if (icmp[0] == ICMP_UNREACHABLE && icmp[1] == CODE_TOO_BIG)
        snprintf(label, LADDER_LABEL_SIZE, "ICMP too big, MTU %d", number_at(icmp + MTU_AT));
    else if (icmp[0] == ICMP_UNREACHABLE && icmp[1] == CODE_PORT)
        snprintf(label, LADDER_LABEL_SIZE, "ICMP port unreachable");
    else
        snprintf(label, LADDER_LABEL_SIZE, "ICMP %d, %d", icmp[0], icmp[1]);
}

/* An IGMPv3 report (RFC 3376 section 4.2) of one change: its record's type, and the group. */
static void label_of_igmp(const uint8_t *igmp, char *label)
{
    const uint8_t *record = igmp + IGMP_REPORT_HEADER, *group = record + IGMP_GROUP_AT;
    const char *change = record[0] == CHANGE_TO_EXCLUDE   ? "join"
                         : record[0] == CHANGE_TO_INCLUDE ? "leave"
                                                          : NULL;

    if (igmp[0] != IGMP_V3_REPORT || change == NULL)
        snprintf(label, LADDER_LABEL_SIZE, "IGMP report");
    else
        snprintf(label, LADDER_LABEL_SIZE, "IGMP %s %d.%d.%d.%d", change, group[0], group[1],
                 group[2], group[3]);
}

/* The label of a frame's leg, and its number: the one that the label, or for an ICMP message the
 * label of its datagram, begins with. */
static void name_leg(const struct lab_frame *frame, struct ladder_leg *leg)
{
    const uint8_t *transport = frame->bytes + header_of(frame->bytes);
    const uint8_t *end =
        frame->bytes + (frame->size_bytes < LAB_HEAD_SIZE ? frame->size_bytes : LAB_HEAD_SIZE);
    char quoted[LADDER_LABEL_SIZE];

    switch (frame->bytes[PROTOCOL_AT]) {
    case IPPROTO_UDP:
        label_of_datagram(frame->bytes, end, leg->label);
        leg->number = strtoull(leg->label, NULL, 10);
        break;
    case IPPROTO_ICMP:
        leg->error = true;
        label_of_icmp(transport, leg->label);
        label_of_datagram(transport + TRANSPORT_HEADER, end, quoted);
        leg->number = strtoull(quoted, NULL, 10);
        break;
    case IPPROTO_IGMP:
        leg->kernel = true;
        label_of_igmp(transport, leg->label);
        break;
    default:
        snprintf(leg->label, sizeof leg->label, "IP protocol %d", frame->bytes[PROTOCOL_AT]);
    }
}

/* ---- from frames to legs */

/* Whether they are the same packet, on one link or on two. */
static bool is_same_packet(const struct lab_frame *one, const struct lab_frame *other)
{
    const size_t after_checksum = CHECKSUM_AT + 2;

    return one->size_bytes == other->size_bytes && memcmp(one->bytes, other->bytes, TTL_AT) == 0 &&
           one->bytes[PROTOCOL_AT] == other->bytes[PROTOCOL_AT] &&
           memcmp(one->bytes + after_checksum, other->bytes + after_checksum,
                  LAB_HEAD_SIZE - after_checksum) == 0;
}

/*
 * The first arrival of the packet that left in the frame `out`, and how many there are; a later
 * packet with the same bytes ends the search. NULL: it did not arrive.
 */
static const struct lab_frame *find_arrival(const struct lab_frame *frames, size_t count,
                                            const struct lab_frame *out)
{
    for (size_t i = 0; i < count; i++)
        if (!frames[i].out && frames[i].far_link == out->far_link && frames[i].host != out->host &&
            frames[i].wall_ns >= out->wall_ns && is_same_packet(&frames[i], out))
            return &frames[i];
    return NULL;
}

static bool is_for_all(const uint8_t *packet)
{
    return packet[DESTINATION_AT] >= 224 || packet[DESTINATION_AT + ADDRESS_SIZE - 1] == 255;
}

/* Whether the router, to which the frame came, should have passed it on to the other link. */
static bool is_to_be_forwarded(const struct lab_frame *frame)
{
    const struct endpoint client = lab_address(LAB_CLIENT), far = lab_address(LAB_FAR);
    const uint8_t *to = frame->far_link ? client.address : far.address;

    return frame->host == LAB_ROUTER && !is_for_all(frame->bytes) &&
           memcmp(frame->bytes + DESTINATION_AT, to, ADDRESS_SIZE) == 0;
}

/* Whether the router passed the frame on. */
static bool was_forwarded(const struct lab_frame *frames, size_t count,
                          const struct lab_frame *came)
{
    for (size_t i = 0; i < count; i++)
        if (frames[i].out && frames[i].host == LAB_ROUTER && frames[i].far_link != came->far_link &&
            frames[i].wall_ns >= came->wall_ns && is_same_packet(&frames[i], came))
            return true;
    return false;
}

static void end_frame_leg(const struct lab_frame *frames, size_t count, const struct lab_frame *out,
                          const char *dropped, struct ladder_leg *leg)
{
    const struct lab_frame *came = find_arrival(frames, count, out);

    if (came == NULL) {
        leg->end = LADDER_LOST;
        return;
    }
    leg->end = LADDER_ARRIVED;
    leg->arrive_ns = came->wall_ns;
    if (is_to_be_forwarded(came) && !was_forwarded(frames, count, came)) {
        leg->end = LADDER_DROPPED;
        snprintf(leg->note, sizeof leg->note, "%s", dropped);
    }
}

size_t lab_legs(const struct lab_frame *frames, size_t count, const char *dropped,
                struct ladder_leg *legs)
{
    size_t legs_count = 0;

    for (size_t i = 0; i < count; i++) {
        const struct lab_frame *frame = &frames[i];
        struct ladder_leg *leg = &legs[legs_count];
        if (!frame->out || frame->size_bytes < IP_HEADER + TRANSPORT_HEADER)
            continue;
        *leg = (struct ladder_leg){.depart_ns = frame->wall_ns,
                                   .frame = (uint16_t)(i + 1),
                                   .right_gap = frame->far_link,
                                   .to_right = frame->host == LAB_CLIENT ||
                                               (frame->host == LAB_ROUTER && frame->far_link)};
        name_leg(frame, leg);
        end_frame_leg(frames, count, frame, dropped, leg);
        legs_count++;
    }
    return legs_count;
}

/* ---- from packet sockets to frames */

/* The next IPv4 packet of a host. False: there is none. */
static bool lab_take_frame(const struct lab *lab, enum lab_host host, struct lab_frame *frame)
{
    struct sockaddr_ll address = {0};
    struct iovec part = {.iov_base = frame->bytes, .iov_len = sizeof frame->bytes};
    _Alignas(struct cmsghdr) char control[CONTROL_SIZE];

    for (;;) {
        struct msghdr message = {.msg_name = &address,
                                 .msg_namelen = sizeof address,
                                 .msg_iov = &part,
                                 .msg_iovlen = 1,
                                 .msg_control = control,
                                 .msg_controllen = sizeof control};
        ssize_t size;
        memset(frame->bytes, 0, sizeof frame->bytes);
        size = recvmsg(lab->packets[host], &message, MSG_DONTWAIT | MSG_TRUNC);
        if (size < 0)
            return false;
        if (ntohs(address.sll_protocol) != ETH_P_IP ||
            !stamps_of_message(&message, &frame->wall_ns))
            continue;
        frame->host = host;
        frame->out = address.sll_pkttype == PACKET_OUTGOING;
        frame->far_link =
            host == LAB_FAR || (host == LAB_ROUTER && address.sll_ifindex == lab->far_index);
        frame->size_bytes = (size_t)size;
        return true;
    }
}

/* Too large for a stack that may be small. */
struct lab_drawing {
    struct lab_frame frames[LAB_FRAMES];
    struct ladder_leg legs[LAB_FRAMES];
};

static void lab_draw_frames(struct stage *stage, struct lab *lab, int protocol, const char *dropped,
                            struct lab_drawing *drawing)
{
    struct lab_frame *frames = drawing->frames;
    struct ladder_leg *legs = drawing->legs;
    size_t count = 0;

    for (int host = 0; host < LAB_HOSTS; host++)
        while (count < LAB_FRAMES && lab_take_frame(lab, (enum lab_host)host, &frames[count]))
            count += protocol == 0 || frames[count].bytes[PROTOCOL_AT] == protocol;
    count = lab_legs(frames, count, dropped, legs);
    for (size_t i = 0; i < count; i++) {
        const struct lab_frame *frame = &frames[legs[i].frame - 1];
        legs[i].frame =
            stage_keep_raw(stage, frame->bytes,
                           frame->size_bytes < LAB_HEAD_SIZE ? frame->size_bytes : LAB_HEAD_SIZE,
                           frame->size_bytes);
        stage_leg(stage, &legs[i]);
    }
}

void lab_draw(struct stage *stage, struct lab *lab, int protocol, const char *dropped)
{
    struct lab_drawing *drawing = malloc(sizeof *drawing);

    if (drawing != NULL)
        lab_draw_frames(stage, lab, protocol, dropped, drawing);
    else
        stage_fail(stage, "lesson: not enough memory");
    free(drawing);
}
