/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* seam: see the header. */
#include "seam.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "fuzz.h"
#include "udptui/base/units.h"
#include "udptui/net/batch.h"
#include "udptui/net/icmp.h"
#include "udptui/net/udp.h"
#include "udptui/proto/event.h"
#include "udptui/proto/stamp.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/wait.h"

enum { SENT_MAX = 8, SENT_BYTES = 256, TAKEN_MAX = 3, FIRST_FD = 1000, CALL_NS = 40, RAW_MAX = 64 };

struct seam_sent {
    uint8_t bytes[SENT_BYTES];
    size_t size_bytes;
    struct endpoint to;
};

/* The input, and what has happened so far. */
static struct {
    const uint8_t *bytes;
    size_t size, at;
    int64_t now_ns, wall_offset_ns;
    struct seam_sent sent[SENT_MAX]; /* the latest ones, in a ring */
    uint64_t sent_count, received_count;
    uint8_t payloads[TAKEN_MAX][SENT_BYTES];
    struct datagram datagrams[TAKEN_MAX];
    struct icmp_taken taken[TAKEN_MAX];
    int sockets;
} seam;

void seam_begin(const uint8_t *bytes, size_t size)
{
    memset(&seam, 0, sizeof seam);
    seam.bytes = bytes;
    seam.size = size;
    seam.now_ns = 1000 * UNITS_NS_PER_S;
    seam.wall_offset_ns = INT64_C(1700000000) * UNITS_NS_PER_S;
}

uint8_t seam_byte(void)
{
    return seam.at < seam.size ? seam.bytes[seam.at++] : 0;
}

const uint8_t *seam_bytes(size_t most, size_t *size)
{
    const uint8_t *bytes = seam.bytes + seam.at;

    *size = most < seam.size - seam.at ? most : seam.size - seam.at;
    seam.at += *size;
    return bytes;
}

bool seam_is_over(void)
{
    return seam.at >= seam.size;
}

int64_t seam_now_ns(void)
{
    return seam.now_ns;
}

void seam_pass(int64_t duration_ns)
{
    seam.now_ns += duration_ns;
}

uint64_t seam_sent(void)
{
    return seam.sent_count;
}

uint64_t seam_received(void)
{
    return seam.received_count;
}

/* ---- clocks */

int64_t __wrap_clock_monotonic_ns(void);
int64_t __wrap_clock_monotonic_ns(void)
{
    return seam.now_ns += CALL_NS;
}

int64_t __wrap_clock_wall_ns(void);
int64_t __wrap_clock_wall_ns(void)
{
    return __wrap_clock_monotonic_ns() + seam.wall_offset_ns;
}

struct clock_pair __wrap_clock_pair_begin(void);
struct clock_pair __wrap_clock_pair_begin(void)
{
    return (struct clock_pair){.offset_ns = seam.wall_offset_ns};
}

/* The wall clock is set now and then. */
bool __wrap_clock_pair_look(struct clock_pair *pair);
bool __wrap_clock_pair_look(struct clock_pair *pair)
{
    uint8_t how = seam_byte();

    if (how >= 250)
        seam.wall_offset_ns += (how - 252) * UNITS_NS_PER_S;
    bool steady = pair->offset_ns == seam.wall_offset_ns;
    pair->offset_ns = seam.wall_offset_ns;
    return steady;
}

/* ---- sockets */

static void seam_open_socket(const struct endpoint *peer, struct udp_socket *out)
{
    int number = seam.sockets++;

    *out = (struct udp_socket){
        .fd = FIRST_FD + number,
        .family = peer->family == ENDPOINT_IPV4 ? AF_INET : AF_INET6,
        .ipv4 = peer->family == ENDPOINT_IPV4,
        .local = {.family = peer->family, .port = (uint16_t)(20000 + number % 20000)}};
}

bool __wrap_udp_open_client(const struct endpoint *peer, const struct endpoint *local, bool connect,
                            const struct udp_options *options, struct udp_socket *out, char *error);
bool __wrap_udp_open_client(const struct endpoint *peer, const struct endpoint *local, bool connect,
                            const struct udp_options *options, struct udp_socket *out, char *error)
{
    (void)local;
    (void)connect;
    (void)options;
    seam_open_socket(peer, out);
    error[0] = '\0';
    if (seam.sockets > 1 && seam_byte() == 255) { /* not the first */
        out->fd = -1;
        strcpy(error, "cannot open: no");
    }
    return out->fd >= 0;
}

bool __wrap_udp_find_source(const struct endpoint *peer, const struct endpoint *local,
                            const struct udp_options *options, struct endpoint *source,
                            char *error);
bool __wrap_udp_find_source(const struct endpoint *peer, const struct endpoint *local,
                            const struct udp_options *options, struct endpoint *source, char *error)
{
    (void)local;
    (void)options;
    (void)error;
    *source = *peer;
    source->port = 0;
    source->address[3] ^= 1;
    return true;
}

bool __wrap_udp_is_ours(const struct endpoint *address);
bool __wrap_udp_is_ours(const struct endpoint *address)
{
    return address->address[3] % 2 == 1;
}

enum reason_call __wrap_udp_why_denied(const struct udp_socket *socket, enum reason_call call,
                                       const struct endpoint *peer);
enum reason_call __wrap_udp_why_denied(const struct udp_socket *socket, enum reason_call call,
                                       const struct endpoint *peer)
{
    (void)socket;
    (void)peer;
    return call;
}

void __wrap_udp_close(struct udp_socket *socket);
void __wrap_udp_close(struct udp_socket *socket)
{
    socket->fd = -1;
}

void __wrap_udp_restart_stamps(const struct udp_socket *socket);
void __wrap_udp_restart_stamps(const struct udp_socket *socket)
{
    (void)socket;
}

bool __wrap_udp_queue_info(const struct udp_socket *socket, uint64_t *dropped,
                           uint32_t *waiting_bytes);
bool __wrap_udp_queue_info(const struct udp_socket *socket, uint64_t *dropped,
                           uint32_t *waiting_bytes)
{
    (void)socket;
    if (dropped != NULL)
        *dropped = 0;
    if (waiting_bytes != NULL)
        *waiting_bytes = 0;
    return true;
}

int __wrap_udp_path_mtu(const struct udp_socket *socket, const struct endpoint *peer);
int __wrap_udp_path_mtu(const struct udp_socket *socket, const struct endpoint *peer)
{
    (void)socket;
    (void)peer;
    return seam_byte() * 256;
}

int __wrap_wait_until(struct pollfd *polled, size_t count, int64_t until_ns);
int __wrap_wait_until(struct pollfd *polled, size_t count, int64_t until_ns)
{
    int ready = 0;

    if (until_ns > seam.now_ns && until_ns != INT64_MAX)
        seam.now_ns = until_ns;
    for (size_t i = 0; i < count; i++) {
        polled[i].revents = polled[i].fd >= 0 && !seam_is_over() ? polled[i].events : 0;
        ready += polled[i].revents != 0;
    }
    return ready;
}

/* ---- sending */

static void seam_keep_sent(const struct batch_item *item)
{
    struct seam_sent *kept = &seam.sent[seam.sent_count++ % SENT_MAX];

    kept->to = item->peer;
    kept->size_bytes = item->size_bytes < SENT_BYTES ? item->size_bytes : SENT_BYTES;
    if (kept->size_bytes > 0)
        memcpy(kept->bytes, item->bytes, kept->size_bytes);
}

/* 0, or an errno. */
static int seam_send_one(const struct batch_item *item)
{
    static const int errors[] = {ECONNREFUSED, ENOBUFS, EPERM, ENETUNREACH, EAGAIN, EMSGSIZE};
    uint8_t how = seam_byte();

    if (how >= 256 - sizeof errors / sizeof *errors)
        return errors[255 - how];
    seam_keep_sent(item);
    return 0;
}

void __wrap_batch_send(struct batch_sender *sender, const struct udp_socket *socket,
                       const struct batch_item *items, size_t count, uint16_t *sent, int *results);
void __wrap_batch_send(struct batch_sender *sender, const struct udp_socket *socket,
                       const struct batch_item *items, size_t count, uint16_t *sent, int *results)
{
    (void)sender;
    (void)socket;
    for (size_t i = 0; i < count; i++) {
        results[i] = seam_send_one(&items[i]);
        sent[i] = results[i] == 0 ? items[i].count : 0;
    }
}

int __wrap_batch_send_first(struct batch_sender *sender, const struct udp_socket *socket,
                            const struct batch_item *items, size_t count);
int __wrap_batch_send_first(struct batch_sender *sender, const struct udp_socket *socket,
                            const struct batch_item *items, size_t count)
{
    (void)sender;
    (void)socket;
    for (size_t i = 0; i < count; i++) {
        int error = seam_send_one(&items[i]);
        if (error != 0)
            return i > 0 ? (int)i : -error;
    }
    return (int)count;
}

/* ---- receiving */

/* A STAMP reflector's reply to what was sent (RFC 8762). */
static size_t seam_reflect(const struct seam_sent *sent, uint8_t *out)
{
    struct stamp_request request;
    struct stamp_reply reply = {.sequence = seam_byte(), .request_ttl = 64};

    if (!stamp_parse_request(sent->bytes, sent->size_bytes, &request) ||
        stamp_reply_bytes(sent->size_bytes) > SENT_BYTES)
        return 0;
    reply.request = request;
    reply.received = request.sent + seam_byte();
    stamp_write_reply(&reply, sent->bytes, sent->size_bytes, out);
    stamp_set_sent(out, seam.now_ns + seam.wall_offset_ns);
    return stamp_reply_bytes(sent->size_bytes);
}

static size_t seam_copy(const uint8_t *bytes, size_t size, uint8_t *out)
{
    if (size > 0)
        memcpy(out, bytes, size);
    return size;
}

/* A payload: what was sent, the reflector's reply to it, or the input's bytes. */
static size_t seam_make_payload(uint8_t kind, const struct seam_sent *sent, uint8_t *out)
{
    size_t size;

    switch (kind & 3) {
    case 0:
        size = seam_copy(sent->bytes, sent->size_bytes, out);
        break;
    case 1:
        size = seam_reflect(sent, out);
        break;
    default: {
        const uint8_t *raw = seam_bytes(seam_byte() % RAW_MAX, &size);
        return seam_copy(raw, size, out);
    }
    }
    if (kind & 4 && size > 0) {
        size_t at = seam_byte() % size;
        out[at] ^= seam_byte();
    }
    return kind & 8 ? size / 2 : size;
}

static void seam_receive_one(struct datagram *datagram, uint8_t *payload,
                             const struct udp_socket *socket)
{
    uint8_t kind = seam_byte(), back = seam_byte();
    const struct seam_sent *sent = &seam.sent[(seam.sent_count - 1 - back % SENT_MAX) % SENT_MAX];
    size_t size = seam_make_payload(kind, sent, payload);

    *datagram = (struct datagram){.peer = sent->to,
                                  .local = socket->local,
                                  .source = socket->local,
                                  .bytes = payload,
                                  .size_bytes = size,
                                  .segment_bytes = size,
                                  .hop_limit = kind & 16 ? EVENT_UNKNOWN : 64,
                                  .traffic_class = EVENT_UNKNOWN,
                                  .flags = kind & 128 ? MESSAGE_TRUNCATED : 0};
    if (datagram->peer.family == ENDPOINT_NONE)
        datagram->peer = (struct endpoint){.family = ENDPOINT_IPV4, .port = 1};
    if (kind & 32)
        datagram->peer.address[3] ^= seam_byte();
    if (!(kind & 64))
        datagram->wall_ns = seam.now_ns + seam.wall_offset_ns + (back - 128) * UNITS_NS_PER_US;
    seam.received_count++;
}

int __wrap_batch_receive(struct batch_receiver *receiver, const struct udp_socket *socket,
                         size_t limit, const struct datagram **out);
int __wrap_batch_receive(struct batch_receiver *receiver, const struct udp_socket *socket,
                         size_t limit, const struct datagram **out)
{
    uint8_t how = seam_byte();
    int count = how % (TAKEN_MAX + 1);

    (void)receiver;
    *out = seam.datagrams;
    if (how >= 250)
        return how == 255 ? -ENOMEM : -ECONNREFUSED;
    if ((size_t)count > limit)
        count = (int)limit;
    for (int i = 0; i < count; i++)
        seam_receive_one(&seam.datagrams[i], seam.payloads[i], socket);
    return count;
}

/* ---- the error queue */

static enum icmp_item seam_take_error(struct icmp_error *error, struct icmp_stamp *stamp)
{
    static const int errors[] = {ECONNREFUSED, EHOSTUNREACH, EMSGSIZE, EACCES};
    uint8_t how = seam_byte();
    const struct seam_sent *sent = &seam.sent[(seam.sent_count - 1 - how % SENT_MAX) % SENT_MAX];

    if (how < 100)
        return ICMP_NOTHING;
    if (how < 180) {
        *stamp = (struct icmp_stamp){.number = seam_byte(),
                                     .wall_ns = seam.now_ns + seam.wall_offset_ns - how};
        return ICMP_STAMP;
    }
    *error = (struct icmp_error){.error = errors[how % 4],
                                 .local = how % 5 == 0,
                                 .type = seam_byte(),
                                 .code = seam_byte(),
                                 .ipv6 = sent->to.family == ENDPOINT_IPV6,
                                 .offender = sent->to,
                                 .target = sent->to,
                                 .mtu = seam_byte() * 8u};
    error->payload_bytes =
        sent->size_bytes < sizeof error->payload ? sent->size_bytes : sizeof error->payload;
    memcpy(error->payload, sent->bytes, error->payload_bytes);
    error->payload[how % sizeof error->payload] ^= seam_byte();
    return ICMP_ERROR;
}

enum icmp_item __wrap_icmp_take(const struct udp_socket *socket, struct icmp_error *error,
                                struct icmp_stamp *stamp);
enum icmp_item __wrap_icmp_take(const struct udp_socket *socket, struct icmp_error *error,
                                struct icmp_stamp *stamp)
{
    (void)socket;
    return seam_take_error(error, stamp);
}

bool __wrap_icmp_receive(const struct udp_socket *socket, struct icmp_error *out);
bool __wrap_icmp_receive(const struct udp_socket *socket, struct icmp_error *out)
{
    struct icmp_stamp stamp;

    (void)socket;
    return seam_take_error(out, &stamp) == ICMP_ERROR;
}

size_t __wrap_icmp_reader_take(struct icmp_reader *reader, const struct udp_socket *socket,
                               const struct icmp_taken **out);
size_t __wrap_icmp_reader_take(struct icmp_reader *reader, const struct udp_socket *socket,
                               const struct icmp_taken **out)
{
    size_t count = 0;

    (void)reader;
    (void)socket;
    *out = seam.taken;
    while (count < TAKEN_MAX) {
        struct icmp_taken *taken = &seam.taken[count];
        taken->kind = seam_take_error(&taken->error, &taken->stamp);
        if (taken->kind == ICMP_NOTHING)
            break;
        count++;
    }
    return count;
}
