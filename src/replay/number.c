/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay_number: a row for each protocol; the first that knows the datagram decides. */
#include "udptui/replay/number.h"

#include <stddef.h>

#include "udptui/base/array.h"
#include "udptui/base/hash.h"

enum protocol { DNS = 1, STUN, COAP, NTP, RADIUS, DHCP, DHCPV6 };

static unsigned big_endian_16(const uint8_t *bytes)
{
    return (unsigned)bytes[0] << 8 | bytes[1];
}

static uint64_t number_hash(enum protocol protocol, const uint8_t *bytes, size_t size_bytes)
{
    return hash_some(hash_bytes((uint64_t)protocol, bytes, size_bytes));
}

/* The same number on both sides. */
static void set_number(struct replay_number *out, enum protocol protocol, const uint8_t *bytes,
                       size_t size_bytes)
{
    out->asking[0] = out->answering[0] = number_hash(protocol, bytes, size_bytes);
}

static bool is_zero(const uint8_t *bytes, size_t size_bytes)
{
    for (size_t i = 0; i < size_bytes; i++)
        if (bytes[i] != 0)
            return false;
    return true;
}

/* By the lists of codes that ask and that answer. */
static uint8_t direction_of(uint8_t code, const uint8_t *asking, size_t asking_count,
                            const uint8_t *answering, size_t answering_count)
{
    if (memchr(asking, code, asking_count) != NULL)
        return REPLAY_ASKS;
    return memchr(answering, code, answering_count) != NULL ? REPLAY_ANSWERS : REPLAY_UNDECIDED;
}

/* ---- protocols: false if the datagram is none of theirs */

/* ID 0 is no number: multicast DNS has it everywhere (RFC 6762 section 18.1). */
static bool read_dns(const struct packet *packet, struct replay_number *out)
{
    enum { HEADER = 12, QUESTIONS_MAX = 16, RECORDS_MAX = 4096, OPCODE_MAX = 8 };
    const uint8_t *bytes = packet->payload;
    bool answers;

    if (packet->size_bytes < HEADER || (bytes[2] >> 3 & 0xf) > OPCODE_MAX)
        return false;
    answers = bytes[2] >> 7;
    unsigned questions = big_endian_16(bytes + 4);
    unsigned records =
        big_endian_16(bytes + 6) + big_endian_16(bytes + 8) + big_endian_16(bytes + 10);
    if (questions > QUESTIONS_MAX || records > RECORDS_MAX || (!answers && questions == 0))
        return false;
    out->direction = answers ? REPLAY_ANSWERS : REPLAY_ASKS;
    if (!is_zero(bytes, 2))
        set_number(out, DNS, bytes, 2);
    return true;
}

static bool read_stun(const struct packet *packet, struct replay_number *out)
{
    enum { HEADER = 20, TRANSACTION = 8, TRANSACTION_BYTES = 12, CLASS = 0x0110 };
    static const uint8_t cookie[] = {0x21, 0x12, 0xa4, 0x42};
    const uint8_t *bytes = packet->payload;

    if (packet->size_bytes < HEADER || bytes[0] >> 6 != 0 ||
        memcmp(bytes + 4, cookie, sizeof cookie) != 0 ||
        big_endian_16(bytes + 2) + HEADER != packet->original_bytes)
        return false;
    unsigned class = big_endian_16(bytes) & CLASS; /* request, indication, success, error */
    if (class == 0x0010)
        return true; /* an indication has no reply: the flow shows the direction */
    out->direction = class == 0 ? REPLAY_ASKS : REPLAY_ANSWERS;
    set_number(out, STUN, bytes + TRANSACTION, TRANSACTION_BYTES);
    return true;
}

static bool read_coap(const struct packet *packet, struct replay_number *out)
{
    struct coap_names names;

    if (!coap_read(packet->payload, packet->size_bytes, &names))
        return false;
    out->direction = names.asks ? REPLAY_ASKS : REPLAY_ANSWERS;
    for (int way = 0; way < COAP_WAYS; way++)
        if (names.by[way] != 0)
            (names.asks ? out->asking : out->answering)[way] =
                number_hash(COAP, (const uint8_t *)&names.by[way], sizeof names.by[way]);
    return true;
}

/* A reply's originate timestamp is its request's transmit timestamp. */
static bool read_ntp(const struct packet *packet, struct replay_number *out)
{
    enum { HEADER = 48, ORIGINATE = 24, TRANSMIT = 40, STAMP = 8, CLIENT = 3, SERVER = 4 };
    const uint8_t *bytes = packet->payload;

    if (packet->size_bytes < HEADER || (bytes[0] >> 3 & 7) == 0)
        return false;
    unsigned mode = bytes[0] & 7;
    if (mode == CLIENT || mode == SERVER)
        out->direction = mode == CLIENT ? REPLAY_ASKS : REPLAY_ANSWERS;
    if (!is_zero(bytes + TRANSMIT, STAMP))
        out->asking[0] = number_hash(NTP, bytes + TRANSMIT, STAMP);
    if (!is_zero(bytes + ORIGINATE, STAMP))
        out->answering[0] = number_hash(NTP, bytes + ORIGINATE, STAMP);
    return true;
}

/* The codes of RFC 2865, 2866 and 5176. */
static bool read_radius(const struct packet *packet, struct replay_number *out)
{
    enum { HEADER = 20 };
    static const uint8_t asking[] = {1, 4, 12, 40, 43}, answering[] = {2, 3, 5, 11, 41, 42, 44, 45};
    const uint8_t *bytes = packet->payload;

    if (packet->size_bytes < HEADER || big_endian_16(bytes + 2) > packet->original_bytes ||
        big_endian_16(bytes + 2) < HEADER)
        return false;
    out->direction = direction_of(bytes[0], asking, sizeof asking, answering, sizeof answering);
    if (out->direction == REPLAY_UNDECIDED)
        return false;
    set_number(out, RADIUS, bytes + 1, 1);
    return true;
}

/* Transaction ID and hardware address: both endpoints may change within an exchange. */
static bool read_dhcp(const struct packet *packet, struct replay_number *out)
{
    enum { HEADER = 44, OP_ASKS = 1, OP_ANSWERS = 2, ID = 4, HARDWARE = 28, HARDWARE_BYTES = 16 };
    const uint8_t *bytes = packet->payload;

    if (packet->size_bytes < HEADER || (bytes[0] != OP_ASKS && bytes[0] != OP_ANSWERS))
        return false;
    out->direction = bytes[0] == OP_ASKS ? REPLAY_ASKS : REPLAY_ANSWERS;
    out->any_endpoint = true;
    out->asking[0] = out->answering[0] =
        hash_some(hash_bytes(number_hash(DHCP, bytes + ID, 4), bytes + HARDWARE, HARDWARE_BYTES));
    return true;
}

/* SOLICIT 1, REQUEST 3 to REBIND 6, RELEASE 8, DECLINE 9, INFORMATION-REQUEST 11; ADVERTISE 2,
 * REPLY 7, RECONFIGURE 10. */
static bool read_dhcpv6(const struct packet *packet, struct replay_number *out)
{
    static const uint8_t asking[] = {1, 3, 4, 5, 6, 8, 9, 11}, answering[] = {2, 7};
    const uint8_t *bytes = packet->payload;

    if (packet->size_bytes < 4)
        return false;
    out->direction = direction_of(bytes[0], asking, sizeof asking, answering, sizeof answering);
    if (out->direction == REPLAY_UNDECIDED)
        return false;
    set_number(out, DHCPV6, bytes + 1, 3);
    return true;
}

/* ---- the table */

enum { PORTS_MAX = 5 };

static const struct {
    bool (*read)(const struct packet *packet, struct replay_number *out);
    uint16_t ports[PORTS_MAX]; /* one of them at either end; none: any */
} protocols[] = {
    {.read = read_dns, .ports = {53, 137, 5353, 5355}},
    {.read = read_coap, .ports = {5683}},
    {.read = read_ntp, .ports = {123}},
    {.read = read_radius, .ports = {1812, 1813, 1645, 1646, 3799}},
    {.read = read_dhcp, .ports = {67, 68}},
    {.read = read_dhcpv6, .ports = {546, 547}},
    {.read = read_stun},
};

static bool has_port(const struct packet *packet, const uint16_t *ports)
{
    if (ports[0] == 0)
        return true;
    for (size_t i = 0; i < PORTS_MAX && ports[i] != 0; i++)
        if (packet->source.port == ports[i] || packet->destination.port == ports[i])
            return true;
    return false;
}

struct replay_number replay_number_of(const struct packet *packet)
{
    for (size_t i = 0; i < COUNT_OF(protocols); i++) {
        struct replay_number number = {.direction = REPLAY_UNDECIDED};
        if (has_port(packet, protocols[i].ports) && protocols[i].read(packet, &number))
            return number;
    }
    return (struct replay_number){.direction = REPLAY_UNDECIDED};
}
