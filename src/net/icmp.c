/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* icmp: recvmsg(2) with MSG_ERRQUEUE; the error comes as control data, our datagram as payload. */
#include "udptui/net/icmp.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdalign.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/errqueue.h>

#include "trace_internal.h"
#include "udptui/base/units.h"
#include "udptui/sys/address.h"

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

    if (control->cmsg_level == SOL_SOCKET && control->cmsg_type == SCM_TIMESTAMPING) {
        memcpy(&times, CMSG_DATA(control), sizeof times);
        stamp->wall_ns = (int64_t)times.ts[0].tv_sec * UNITS_NS_PER_S + times.ts[0].tv_nsec;
    } else if (is_error(control)) {
        memcpy(&extended, CMSG_DATA(control), sizeof extended);
        stamp->number = extended.ee_data;
        return extended.ee_origin == SO_EE_ORIGIN_TIMESTAMPING;
    }
    return false;
}

enum icmp_item icmp_take(const struct udp_socket *socket, struct icmp_error *error,
                         struct icmp_stamp *stamp)
{
    struct sockaddr_storage target = {0};
    alignas(struct cmsghdr) char control[512];
    enum icmp_item item = ICMP_NOTHING;

    *error = (struct icmp_error){.error = 0};
    *stamp = (struct icmp_stamp){.number = 0};
    struct iovec payload = {.iov_base = error->payload, .iov_len = sizeof error->payload};
    struct msghdr message = {.msg_name = &target,
                             .msg_namelen = sizeof target,
                             .msg_iov = &payload,
                             .msg_iovlen = 1,
                             .msg_control = control,
                             .msg_controllen = sizeof control};
    ssize_t received = recvmsg(socket->fd, &message, MSG_ERRQUEUE | MSG_DONTWAIT);
    if (received < 0) {
        icmp_trace(socket, received, error);
        return ICMP_NOTHING;
    }
    error->target = address_to_endpoint(&target);
    error->payload_bytes = (size_t)received;
    for (struct cmsghdr *i = CMSG_FIRSTHDR(&message); i != NULL; i = CMSG_NXTHDR(&message, i)) {
        if (read_stamp(i, stamp)) {
            item = ICMP_STAMP;
        } else if (is_error(i)) {
            take_error(error, i);
            item = ICMP_ERROR;
        }
    }
    icmp_trace(socket, received, error);
    return item;
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
