/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* step_checksum: RFC 768's checksum by hand, what it detects and what it does not. */
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "stamps_internal.h"
#include "steps_internal.h"
#include "udptui/base/text.h"
#include "udptui/base/units.h"
#include "udptui/lesson/stage.h"
#include "udptui/proto/packet.h"
#include "udptui/sys/address.h"

enum { PAYLOAD_BYTES = 4, BUFFER_SIZE = 64, UDP_PROTOCOL = 17 };

static const char payload[] = "Hi!?";
static const char swapped[] = "!?Hi"; /* its two words changed places */
static const char flipped[] = "Ii!?"; /* one bit of the first byte */
static const int64_t silence_ns = 50 * UNITS_NS_PER_MS;
static const int64_t patience_ns = 2 * UNITS_NS_PER_S;

struct checksum {
    struct endpoint source, destination;
    uint32_t pseudo, header, data, sum; /* the sums of the words of each part, and of all */
    uint16_t result;
    bool received, unchecked_received;
    int bits_flipped;                                /* by the simulated network */
    char echoed[PAYLOAD_BYTES * TEXT_EXPANSION + 1]; /* what came back from it, safe */
    bool raw;                                        /* raw sockets are permitted */
    bool wrong_received, right_received;
    int64_t errors; /* by how much InCsumErrors grew */
};

/* ---- by hand */

static uint32_t word(const void *bytes)
{
    const uint8_t *pair = bytes;

    return (uint32_t)pair[0] << 8 | pair[1];
}

/*
 * The words of the pseudo-header, of the header with a checksum of 0 and of the payload, added
 * up; carries added at the other end; complemented.
 */
static void checksum_compute_all(struct checksum *found, const char *bytes)
{
    const uint32_t length = PACKET_UDP_HEADER + PAYLOAD_BYTES;

    found->pseudo = word(found->source.address) + word(found->source.address + 2) +
                    word(found->destination.address) + word(found->destination.address + 2) +
                    UDP_PROTOCOL + length;
    found->header = (uint32_t)found->source.port + found->destination.port + length;
    found->data = word(bytes) + word(bytes + 2);
    found->sum = found->pseudo + found->header + found->data;
    while (found->sum > 0xffff)
        found->sum = (found->sum & 0xffff) + (found->sum >> 16);
    found->result = (uint16_t)~found->sum;
    if (found->result == 0)
        found->result = 0xffff; /* 0 stands for no checksum */
}

static uint16_t checksum_of(const struct checksum *found, const char *bytes)
{
    return packet_checksum(&found->source, &found->destination, (const uint8_t *)bytes,
                           PAYLOAD_BYTES);
}

/* ---- on real sockets */

static bool step_checksum_deliver(struct stage *stage, const struct udp_socket *client,
                                  const struct udp_socket *server, uint64_t number,
                                  const char *label)
{
    char buffer[BUFFER_SIZE];
    struct stage_received got;
    int leg;

    stage_send(stage, client,
               &(struct stage_datagram){
                   .bytes = payload, .size_bytes = PAYLOAD_BYTES, .number = number, .label = label},
               &leg);
    got = stage_receive(stage, server, buffer, sizeof buffer);
    if (got.size_bytes == PAYLOAD_BYTES)
        stage_arrive(stage, leg, got.wall_ns, "");
    return got.size_bytes == PAYLOAD_BYTES && memcmp(buffer, payload, PAYLOAD_BYTES) == 0;
}

static int count_bits(const char *one, const char *other, size_t size_bytes)
{
    int bits = 0;

    for (size_t i = 0; i < size_bytes; i++)
        for (unsigned rest = (uint8_t)(one[i] ^ other[i]); rest != 0; rest >>= 1)
            bits += (int)(rest & 1);
    return bits;
}

/*
 * What would be delivered without a check: the echo of a message with a bit flipped on its way.
 */
static void play_corruption(struct stage *stage, struct checksum *found)
{
    char buffer[BUFFER_SIZE] = {0};
    struct udp_socket *client;
    struct stage_received got;

    stage_serve(stage, "in.corrupt=100%");
    client = stage_client(stage, &stage->server, true, NULL);
    stage_ask(stage, client, payload);
    got = stage_receive_reply(stage, client, buffer, sizeof buffer, patience_ns);
    stage_settle(stage);
    if (got.size_bytes == PAYLOAD_BYTES)
        found->bits_flipped = count_bits(payload, buffer, PAYLOAD_BYTES);
    text_render(found->echoed, sizeof found->echoed, buffer,
                got.size_bytes > 0 ? (size_t)got.size_bytes : 0, TEXT_ASCII);
}

/* ---- with a raw socket, if that is permitted */

/* A datagram with this checksum, made by us; whether it was delivered. */
static bool deliver_raw(struct stage *stage, int raw, const struct udp_socket *server,
                        const struct checksum *found, uint16_t checksum, const char *label)
{
    const uint16_t header[4] = {htons(found->source.port), htons(found->destination.port),
                                htons(PACKET_UDP_HEADER + PAYLOAD_BYTES), htons(checksum)};
    uint8_t bytes[PACKET_UDP_HEADER + PAYLOAD_BYTES];
    struct ladder_leg leg = {.depart_ns = stage_now_ns(),
                             .to_right = true,
                             .end = LADDER_UNDERWAY,
                             .number = checksum + 2000u};
    struct packet packet = {.source = found->source,
                            .destination = found->destination,
                            .payload = (const uint8_t *)payload,
                            .size_bytes = PAYLOAD_BYTES,
                            .hop_limit = EVENT_UNKNOWN,
                            .traffic_class = EVENT_UNKNOWN,
                            .checksum = checksum,
                            .checksum_status =
                                checksum == found->result ? CHECKSUM_GOOD : CHECKSUM_BAD};
    const struct endpoint host = stage_loopback();
    struct sockaddr_storage address;
    socklen_t length = address_from_endpoint(&host, AF_INET, &address);
    char buffer[BUFFER_SIZE];
    struct stage_received got;
    int64_t stamp_ns;
    int index;

    memcpy(bytes, header, sizeof header);
    memcpy(bytes + PACKET_UDP_HEADER, payload, PAYLOAD_BYTES);
    snprintf(leg.label, sizeof leg.label, "%s", label);
    if (sendto(raw, bytes, sizeof bytes, 0, (const struct sockaddr *)&address, length) < 0)
        return false;
    if ((stamp_ns = stamps_take_sent(raw)) != 0)
        leg.depart_ns = stamp_ns;
    leg.frame = stage_keep_packet(stage, &packet);
    index = stage_leg(stage, &leg);
    got = stage_receive_within(stage, server, buffer, sizeof buffer, silence_ns);
    if (got.size_bytes >= 0)
        stage_arrive(stage, index, got.wall_ns, "");
    else
        stage_drop(stage, index, stage_text(stage, "bad checksum"));
    return got.size_bytes >= 0;
}

static void play_raw(struct stage *stage, const struct udp_socket *server, struct checksum *found)
{
    int raw = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_UDP);
    int64_t before = stamps_snmp("Udp", "InCsumErrors");

    found->raw = raw >= 0;
    if (!found->raw)
        return;
    stamps_enable(raw);
    found->right_received =
        deliver_raw(stage, raw, server, found, found->result, stage_text(stage, "right sum"));
    found->wrong_received = deliver_raw(stage, raw, server, found, (uint16_t)(found->result ^ 1),
                                        stage_text(stage, "wrong sum"));
    found->errors = stamps_snmp("Udp", "InCsumErrors") - before;
    close(raw);
}

/* ---- findings */

static void find_sums(struct stage *stage, const struct checksum *found)
{
    stage_words(stage, "pseudo_header", "7f00 + 0001 + 7f00 + 0001 + 0011 + 000c = %04" PRIx32,
                found->pseudo);
    stage_words(stage, "header", "%04x + %04x + 000c = %04" PRIx32, found->source.port,
                found->destination.port, found->header);
    stage_words(stage, "data", "4869 + 213f = %04" PRIx32, found->data);
    stage_words(stage, "sum", "%04" PRIx32, found->sum);
    stage_words(stage, "checksum", "%04x", found->result);
    stage_words(stage, "flipped_checksum", "%04x", checksum_of(found, flipped));
    stage_words(stage, "swapped_checksum", "%04x", checksum_of(found, swapped));
}

static void find_raw(struct stage *stage, const struct checksum *found)
{
    stage_truth(stage, "raw_permitted", found->raw);
    if (!found->raw)
        return;
    stage_truth(stage, "right_delivered", found->right_received);
    stage_truth(stage, "wrong_delivered", found->wrong_received);
    stage_count(stage, "checksum_errors", found->errors);
}

static void find_all(struct stage *stage, const struct checksum *found)
{
    find_sums(stage, found);
    stage_words(stage, "echoed", "%s", found->echoed);
    stage_count(stage, "bits_flipped", found->bits_flipped);
    stage_truth(stage, "unchecked_delivered", found->unchecked_received);
    stage_truth(stage, "plain_delivered", found->received);
    stage_words(stage, "program_checksum", "%04x", checksum_of(found, payload));
    find_raw(stage, found);
}

void step_checksum(struct stage *stage)
{
    const struct endpoint local = stage_loopback();
    struct udp_socket *server = stage_receiver(stage, &local, NULL);
    struct udp_socket *client = stage_client(stage, &server->local, true, NULL);
    struct checksum found = {.source = client->local, .destination = server->local};
    const int no_check = 1;

    if (!stage_going(stage))
        return;
    checksum_compute_all(&found, payload);
    found.received = step_checksum_deliver(stage, client, server, 1001, "Hi!?");
    setsockopt(client->fd, SOL_SOCKET, SO_NO_CHECK, &no_check, sizeof no_check);
    found.unchecked_received =
        step_checksum_deliver(stage, client, server, 1002, stage_text(stage, "Hi!? no checksum"));
    play_corruption(stage, &found);
    play_raw(stage, server, &found);
    find_all(stage, &found);
}
