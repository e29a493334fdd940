/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* icmp: recvmsg(2), recvmmsg(2) with MSG_ERRQUEUE; the error comes as control data, our datagram as payload. */
#include "udptui/net/icmp.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/errqueue.h>

#include "trace_internal.h"
#include "udptui/base/units.h"
#include "udptui/sys/address.h"
#include "udptui/sys/wait.h"

static void take_error(struct icmp_error *out, const struct cmsghdr *control)
{
    struct sock_extended_err extended;
    struct sockaddr_storage offender = {0};
    size_t behind_bytes = control->cmsg_len - CMSG_LEN(sizeof extended);

    memcpy(&extended, CMSG_DATA(control), sizeof extended);
    out->error = (int)extended.ee_errno;
    out->local = extended.ee_origin == SO_EE_ORIGIN_LOCAL;
    out->ipv6 = extended.ee_origin == SO_EE_ORIGIN_ICMP6;
    out->type = extended.ee_type;
    out->code = extended.ee_code;
    out->mtu = out->error == EMSGSIZE ? extended.ee_info : 0;
    if (behind_bytes > sizeof offender)
        behind_bytes = sizeof offender;
    memcpy(&offender, CMSG_DATA(control) + sizeof extended, behind_bytes);
    out->offender = address_to_endpoint(&offender);
    out->offender.port = 0;
}

static bool is_error(const struct cmsghdr *control)
{
    if (control->cmsg_len < CMSG_LEN(sizeof(struct sock_extended_err)))
        return false;
    return (control->cmsg_level == IPPROTO_IP && control->cmsg_type == IP_RECVERR) ||
           (control->cmsg_level == IPPROTO_IPV6 && control->cmsg_type == IPV6_RECVERR);
}

static void icmp_trace(const struct udp_socket *socket, ssize_t received,
                       const struct icmp_error *taken)
{
    const struct call call = {.kind = CALL_RECVMSG,
                              .name = taken->error,
                              .value = MSG_ERRQUEUE | MSG_DONTWAIT,
                              .wanted = 1,
                              .bytes = received > 0 ? (uint32_t)received : 0,
                              .peer = taken->target};

    trace_call(socket, (int)received, &call);
}

/* SCM_TIMESTAMPING is the time, IP_RECVERR with ee_origin TIMESTAMPING says of which datagram. */
static bool read_stamp(const struct cmsghdr *control, struct icmp_stamp *stamp)
{
    struct sock_extended_err extended;
    struct scm_timestamping times;

    if (control->cmsg_level == SOL_SOCKET && control->cmsg_type == SCM_TIMESTAMPING &&
        control->cmsg_len >= CMSG_LEN(sizeof times)) {
        memcpy(&times, CMSG_DATA(control), sizeof times);
        stamp->wall_ns = (int64_t)times.ts[0].tv_sec * UNITS_NS_PER_S + times.ts[0].tv_nsec;
    } else if (is_error(control)) {
        memcpy(&extended, CMSG_DATA(control), sizeof extended);
        stamp->number = extended.ee_data;
        return extended.ee_origin == SO_EE_ORIGIN_TIMESTAMPING;
    }
    return false;
}

/* Where the kernel puts an item: the memory that a header points to. */
struct icmp_slot {
    struct sockaddr_storage target;
    struct iovec payload;
    alignas(struct cmsghdr) char control[512];
};

static void icmp_wire(struct msghdr *message, struct icmp_slot *slot, struct icmp_taken *taken)
{
    *taken = (struct icmp_taken){.kind = ICMP_NOTHING};
    memset(&slot->target, 0, sizeof slot->target);
    slot->payload =
        (struct iovec){.iov_base = taken->error.payload, .iov_len = sizeof taken->error.payload};
    *message = (struct msghdr){.msg_name = &slot->target,
                               .msg_namelen = sizeof slot->target,
                               .msg_iov = &slot->payload,
                               .msg_iovlen = 1,
                               .msg_control = slot->control,
                               .msg_controllen = sizeof slot->control};
}

static void icmp_parse(struct msghdr *message, size_t received_bytes, struct icmp_taken *taken)
{
    taken->error.target = address_to_endpoint(message->msg_name);
    taken->error.payload_bytes = received_bytes;
    for (struct cmsghdr *i = CMSG_FIRSTHDR(message); i != NULL; i = CMSG_NXTHDR(message, i)) {
        if (read_stamp(i, &taken->stamp)) {
            taken->kind = ICMP_STAMP;
        } else if (is_error(i)) {
            take_error(&taken->error, i);
            taken->kind = ICMP_ERROR;
        }
    }
}

enum icmp_item icmp_take(const struct udp_socket *socket, struct icmp_error *error,
                         struct icmp_stamp *stamp)
{
    struct icmp_slot slot;
    struct icmp_taken taken;
    struct msghdr message;

    icmp_wire(&message, &slot, &taken);
    ssize_t received = recvmsg(socket->fd, &message, MSG_ERRQUEUE | MSG_DONTWAIT);
    if (received >= 0)
        icmp_parse(&message, (size_t)received, &taken);
    else
        wait_after_error(errno);
    icmp_trace(socket, received, &taken.error);
    *error = taken.error;
    *stamp = taken.stamp;
    return taken.kind;
}

/* ---- many a call */

struct icmp_reader {
    size_t slots;
    size_t used; /* headers that the last call changed */
    struct mmsghdr *headers;
    struct icmp_slot *memory;
    struct icmp_taken *taken;
};

struct icmp_reader *icmp_reader_open(size_t slots)
{
    struct icmp_reader *reader = calloc(1, sizeof *reader);

    if (reader == NULL)
        return NULL;
    reader->slots = slots;
    reader->headers = calloc(slots, sizeof *reader->headers);
    reader->memory = calloc(slots, sizeof *reader->memory);
    reader->taken = calloc(slots, sizeof *reader->taken);
    if (reader->headers == NULL || reader->memory == NULL || reader->taken == NULL) {
        icmp_reader_close(reader);
        return NULL;
    }
    for (size_t i = 0; i < slots; i++)
        icmp_wire(&reader->headers[i].msg_hdr, &reader->memory[i], &reader->taken[i]);
    return reader;
}

void icmp_reader_close(struct icmp_reader *reader)
{
    if (reader == NULL)
        return;
    free(reader->headers);
    free(reader->memory);
    free(reader->taken);
    free(reader);
}

size_t icmp_reader_take(struct icmp_reader *reader, const struct udp_socket *socket,
                        const struct icmp_taken **out)
{
    int received;

    for (size_t i = 0; i < reader->used; i++)
        icmp_wire(&reader->headers[i].msg_hdr, &reader->memory[i], &reader->taken[i]);
    received = recvmmsg(socket->fd, reader->headers, (unsigned)reader->slots,
                        MSG_ERRQUEUE | MSG_DONTWAIT, NULL);
    if (received < 0)
        wait_after_error(errno);
    reader->used = received > 0 ? (size_t)received : 0;
    for (size_t i = 0; i < reader->used; i++) {
        icmp_parse(&reader->headers[i].msg_hdr, reader->headers[i].msg_len, &reader->taken[i]);
        icmp_trace(socket, (ssize_t)reader->headers[i].msg_len, &reader->taken[i].error);
    }
    *out = reader->taken;
    return reader->used;
}

struct reason_icmp icmp_reason(const struct icmp_error *error)
{
    return (struct reason_icmp){.ipv6 = error->ipv6,
                                .type = error->type,
                                .code = error->code,
                                .mtu = error->mtu,
                                .from = &error->offender};
}

bool icmp_receive(const struct udp_socket *socket, struct icmp_error *out)
{
    struct icmp_stamp stamp;

    return icmp_take(socket, out, &stamp) == ICMP_ERROR && out->error != 0;
}
