/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_replay: datagrams of a capture, in any order and with any times, paired with their replies
 * (replay/pairing). Input: a byte for the settings, then of each datagram two bytes for its
 * endpoints, two for the time, one for the size and so many bytes. Everything is settled in the
 * end, and counted once.
 */
#include <string.h>

#include "fuzz.h"
#include "udptui/base/units.h"
#include "udptui/replay/pairing.h"

const char *const fuzz_words[] = {
    "\x01\x02\x01\x01\x05hello",
    "\x02\x01\x01\x01\x05hello",
    "\x11\x02\x01\x01\x01x",
    "\x03\x04\x01\xff\x02",
    "\x2a\x17\x81\x80",
    "\x40\x01",
    NULL,
};

enum { HEAD_BYTES = 5, PAYLOAD_MAX = 48, NUMBERS_MAX = 1024 };

/* The messages that wait. */
struct seen {
    bool waits[NUMBERS_MAX];
    size_t waiting;
};

static void take_record(void *context, const void *record, size_t size_bytes)
{
    struct seen *seen = context;
    const struct event_message *message = record;

    if (event_kind_of(record) == EVENT_CLIENT) {
        fuzz_require(counts_conserved(&((const struct event_client *)record)->counts),
                     "a client's counts are conserved");
        return;
    }
    if (event_kind_of(record) != EVENT_MESSAGE)
        return;
    fuzz_require(size_bytes >= sizeof *message + message->stored_bytes + message->ack_stored_bytes,
                 "a record has its payloads");
    fuzz_require(message->status < ACK_STATUSES, "a message has an outcome");
    if (message->number >= NUMBERS_MAX)
        return;
    seen->waiting -= seen->waits[message->number];
    seen->waits[message->number] = message->status == ACK_WAITING;
    seen->waiting += seen->waits[message->number];
}

static struct endpoint end_of(uint8_t which)
{
    static const uint16_t ports[] = {4010, 53, 50000, 50001, 69, 5353, 1900, 0};
    static const uint8_t hosts[] = {1, 2, 7, 255};
    struct endpoint end = {.family = ENDPOINT_IPV4,
                           .address = {192, 0, 2, hosts[which >> 3 & 3]},
                           .port = ports[which & 7]};

    if (which & 0x40)
        end.address[0] = 224;
    return end;
}

static void require_totals(struct pairing *pairing, int64_t now_ns)
{
    const struct event_totals totals = pairing_totals(pairing, now_ns);

    fuzz_require(counts_conserved(&totals.counts) && counts_conserved(&totals.evicted),
                 "the totals are conserved");
    pairing_report(pairing, now_ns);
}

/* Returns the bytes that it took. */
static size_t put_datagram(struct pairing *pairing, const uint8_t *bytes, size_t size,
                           int64_t *entered_ns)
{
    size_t payload = bytes[4] % PAYLOAD_MAX;
    int64_t wall_ns = *entered_ns + (int64_t)(int8_t)bytes[2] * bytes[3] * UNITS_NS_PER_MS;

    if (payload > size - HEAD_BYTES)
        payload = size - HEAD_BYTES;
    const struct packet packet = {.source = end_of(bytes[0]),
                                  .destination = end_of(bytes[1]),
                                  .payload = bytes + HEAD_BYTES,
                                  .size_bytes = payload,
                                  .original_bytes = payload + (bytes[0] >> 7),
                                  .hop_limit = 64,
                                  .untimed = (bytes[1] & 0x80) != 0,
                                  .frame = 1};
    if (wall_ns > *entered_ns)
        *entered_ns = wall_ns;
    pairing_take(pairing, &packet, wall_ns, *entered_ns);
    return HEAD_BYTES + payload;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    int64_t entered_ns = INT64_C(1700000000) * UNITS_NS_PER_S;
    struct seen seen = {.waiting = 0};

    if (size == 0)
        return 0;
    const struct pairing_config config = {.port = bytes[0] & 1 ? 4010 : 0,
                                          .server = bytes[0] & 2 ? end_of(0)
                                                                 : (struct endpoint){.port = 0},
                                          .clients_max = 4,
                                          .patience_ns = UNITS_NS_PER_S,
                                          .hold_ns = bytes[0] & 4 ? INT64_MAX : UNITS_NS_PER_MS,
                                          .emit = take_record,
                                          .context = &seen};
    struct pairing *pairing = pairing_open(&config);
    fuzz_require(pairing != NULL, "there is memory");
    for (size_t at = 1; at + HEAD_BYTES <= size;) {
        at += put_datagram(pairing, bytes + at, size - at, &entered_ns);
        require_totals(pairing, entered_ns);
    }
    pairing_end(pairing);
    require_totals(pairing, entered_ns);
    fuzz_require(seen.waiting == 0, "what waited is settled in the end");
    pairing_close(pairing);
    return 0;
}
