/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* batch_message: control data as ip(7), ipv6(7), udp(7) and socket(7) lay it out. */
#include "batch_internal.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <string.h>
#include <time.h>

#include <linux/net_tstamp.h>

#include "batch_trace_internal.h"
#include "trace_internal.h"
#include "udptui/base/units.h"
#include "udptui/net/groups.h"
#include "udptui/net/steer.h"
#include "udptui/proto/event.h"
#include "udptui/proto/socket_numbers.h"
#include "udptui/sys/address.h"

void batch_message_wire(struct msghdr *header, struct batch_receive_slot *slot, uint8_t *buffer,
                        size_t buffer_bytes)
{
    slot->payload = (struct iovec){.iov_base = buffer, .iov_len = buffer_bytes};
    *header = (struct msghdr){.msg_name = &slot->peer,
                              .msg_iov = &slot->payload,
                              .msg_iovlen = 1,
                              .msg_control = slot->control};
    batch_message_reset(header);
}

void batch_message_reset(struct msghdr *header)
{
    header->msg_namelen = sizeof(struct sockaddr_storage);
    header->msg_controllen = BATCH_RECEIVE_CONTROL_SIZE;
    header->msg_flags = 0;
}

/* Whether it holds so much: of control data that does not fit the kernel gives a part (put_cmsg),
 * and behind that is what an earlier datagram left. */
static bool has_bytes(const struct cmsghdr *control, size_t size_bytes)
{
    return control->cmsg_len >= CMSG_LEN(size_bytes);
}

static int read_int(const struct cmsghdr *control)
{
    int value = 0;

    memcpy(&value, CMSG_DATA(control), sizeof value);
    return value;
}

static void set_address(struct endpoint *endpoint, const struct in_addr *address)
{
    endpoint->family = ENDPOINT_IPV4;
    memset(endpoint->address, 0, sizeof endpoint->address);
    memcpy(endpoint->address, address, 4);
}

/* ip(7): ipi_addr is the header's destination, ipi_spec_dst the address of ours to answer from. */
static void read_ipv4_info(const struct cmsghdr *control, struct datagram *out)
{
    struct in_pktinfo info;

    memcpy(&info, CMSG_DATA(control), sizeof info);
    out->interface = (uint32_t)info.ipi_ifindex;
    set_address(&out->local, &info.ipi_addr);
    /* 0.0.0.0 if the datagram was queued before IP_PKTINFO was set */
    if (info.ipi_spec_dst.s_addr != htonl(INADDR_ANY))
        set_address(&out->source, &info.ipi_spec_dst);
    if (endpoint_is_multicast(&out->local))
        out->flags |= MESSAGE_MULTICAST;
    else if (out->source.family != ENDPOINT_NONE &&
             info.ipi_addr.s_addr != info.ipi_spec_dst.s_addr)
        out->flags |= MESSAGE_BROADCAST;
}

static void read_ipv6_info(const struct cmsghdr *control, struct datagram *out)
{
    struct in6_pktinfo info;

    memcpy(&info, CMSG_DATA(control), sizeof info);
    if (IN6_IS_ADDR_V4MAPPED(&info.ipi6_addr))
        return; /* an IPv4 datagram on a dual-stack socket: IP_PKTINFO says more */
    out->interface = info.ipi6_ifindex;
    out->local.family = ENDPOINT_IPV6;
    memcpy(out->local.address, &info.ipi6_addr, 16);
    out->source = out->local;
    if (endpoint_is_multicast(&out->local)) {
        out->flags |= MESSAGE_MULTICAST;
        out->source = (struct endpoint){.family = ENDPOINT_NONE};
    }
}

static void read_socket_level(const struct cmsghdr *control, struct datagram *out)
{
    struct timespec stamp;

    if (control->cmsg_type != SCM_TIMESTAMPNS || !has_bytes(control, sizeof stamp))
        return;
    memcpy(&stamp, CMSG_DATA(control), sizeof stamp);
    out->wall_ns = (int64_t)stamp.tv_sec * UNITS_NS_PER_S + stamp.tv_nsec;
}

static void read_ip_level(const struct cmsghdr *control, struct datagram *out)
{
    if (control->cmsg_type == IP_PKTINFO && has_bytes(control, sizeof(struct in_pktinfo)))
        read_ipv4_info(control, out);
    else if (control->cmsg_type == IP_TTL && has_bytes(control, sizeof(int)))
        out->hop_limit = (int16_t)read_int(control);
    else if (control->cmsg_type == IP_TOS && has_bytes(control, 1))
        out->traffic_class = *CMSG_DATA(control);
}

static void read_ipv6_level(const struct cmsghdr *control, struct datagram *out)
{
    if (control->cmsg_type == IPV6_PKTINFO && has_bytes(control, sizeof(struct in6_pktinfo)))
        read_ipv6_info(control, out);
    else if (control->cmsg_type == IPV6_HOPLIMIT && has_bytes(control, sizeof(int)))
        out->hop_limit = (int16_t)read_int(control);
    else if (control->cmsg_type == IPV6_TCLASS && has_bytes(control, sizeof(int)))
        out->traffic_class = (int16_t)read_int(control);
}

static void read_udp_level(const struct cmsghdr *control, struct datagram *out)
{
    bool whole = control->cmsg_type == UDP_GRO && has_bytes(control, sizeof(int));
    int segment_bytes = whole ? read_int(control) : 0;

    if (segment_bytes > 0)
        out->segment_bytes = (size_t)segment_bytes;
}

static void read_control(const struct cmsghdr *control, struct datagram *out)
{
    switch (control->cmsg_level) {
    case SOL_SOCKET:
        read_socket_level(control, out);
        break;
    case IPPROTO_IP:
        read_ip_level(control, out);
        break;
    case IPPROTO_IPV6:
        read_ipv6_level(control, out);
        break;
    case IPPROTO_UDP:
        read_udp_level(control, out);
        break;
    default:
        break;
    }
}

/* CMSG_NXTHDR of the C library checks the header it is given; the kernel wrote this buffer. */
static const struct cmsghdr *next_control(const struct msghdr *header, const struct cmsghdr *at)
{
    return CMSG_NXTHDR((struct msghdr *)(uintptr_t)header, (struct cmsghdr *)(uintptr_t)at);
}

/*
 * On a dual-stack socket the peer of an IPv4 datagram is shown as IPv4-mapped. A mapped address in
 * an IPv6 header looks the same; only control data of IPv4 (IP_PKTINFO) distinguishes them.
 */
static bool is_mapped_claim(const struct datagram *datagram, const struct udp_socket *socket)
{
    return socket->family == AF_INET6 && datagram->peer.family == ENDPOINT_IPV4 &&
           datagram->local.family != ENDPOINT_IPV4;
}

void batch_message_parse(const struct msghdr *header, size_t received_bytes,
                         const struct udp_socket *socket, struct datagram *out)
{
    *out = (struct datagram){.peer = address_to_endpoint(header->msg_name),
                             .local = socket->local,
                             .source = {.family = ENDPOINT_NONE},
                             .bytes = header->msg_iov->iov_base,
                             .size_bytes = received_bytes,
                             .segment_bytes = received_bytes,
                             .hop_limit = EVENT_UNKNOWN,
                             .traffic_class = EVENT_UNKNOWN};
    if (header->msg_flags & MSG_TRUNC)
        out->flags |= MESSAGE_TRUNCATED;
    for (const struct cmsghdr *i = CMSG_FIRSTHDR(header); i != NULL; i = next_control(header, i))
        read_control(i, out);
    if (is_mapped_claim(out, socket))
        out->peer = address_as_ipv6(header->msg_name);
    out->local.port = socket->local.port;
}

bool batch_message_is_wanted(const struct udp_socket *socket, const struct datagram *datagram)
{
    if (!(datagram->flags & (MESSAGE_BROADCAST | MESSAGE_MULTICAST)))
        return true;
    if (!steer_takes(socket, &datagram->peer))
        return false;
    if (datagram->flags & MESSAGE_BROADCAST || datagram->local.family != ENDPOINT_IPV6)
        return true;
    return socket->groups != NULL &&
           groups_include(socket->groups, socket->number, &datagram->local, datagram->interface);
}

/* Appends one piece of control data. */
static void put_control(struct msghdr *header, int level, int type, const void *data, size_t size)
{
    char *place = (char *)header->msg_control + header->msg_controllen;
    struct cmsghdr control = {.cmsg_len = CMSG_LEN(size), .cmsg_level = level, .cmsg_type = type};

    memset(place, 0, CMSG_SPACE(size));
    memcpy(place, &control, sizeof control);
    memcpy(place + CMSG_LEN(0), data, size);
    header->msg_controllen += CMSG_SPACE(size);
}

static void put_source(struct msghdr *header, const struct endpoint *source)
{
    struct in_pktinfo ipv4 = {.ipi_ifindex = 0};
    struct in6_pktinfo ipv6 = {.ipi6_ifindex = 0};

    if (source->family == ENDPOINT_IPV4) {
        memcpy(&ipv4.ipi_spec_dst, source->address, 4);
        put_control(header, IPPROTO_IP, IP_PKTINFO, &ipv4, sizeof ipv4);
    } else if (source->family == ENDPOINT_IPV6) {
        memcpy(&ipv6.ipi6_addr, source->address, 16);
        put_control(header, IPPROTO_IPV6, IPV6_PKTINFO, &ipv6, sizeof ipv6);
    }
}

/* The kernel's documentation, networking/timestamping.rst section 1.3.4: for this call alone. */
static void put_stamp_request(struct msghdr *header)
{
    const uint32_t flags = SOF_TIMESTAMPING_TX_SOFTWARE;

    put_control(header, SOL_SOCKET, SO_TIMESTAMPING, &flags, sizeof flags);
}

/* ip(7), ipv6(7): an int each. */
static void batch_put_marks(struct msghdr *header, const struct batch_item *item, bool ipv4)
{
    int hop_limit = item->hop_limit, traffic_class = item->traffic_class;

    if (hop_limit > 0)
        put_control(header, ipv4 ? IPPROTO_IP : IPPROTO_IPV6, ipv4 ? IP_TTL : IPV6_HOPLIMIT,
                    &hop_limit, sizeof hop_limit);
    if (traffic_class > 0)
        put_control(header, ipv4 ? IPPROTO_IP : IPPROTO_IPV6, ipv4 ? IP_TOS : IPV6_TCLASS,
                    &traffic_class, sizeof traffic_class);
}

void batch_message_build(struct msghdr *header, struct batch_send_slot *slot,
                         const struct batch_item *item, int socket_family)
{
    slot->payload =
        (struct iovec){.iov_base = (void *)(uintptr_t)item->bytes, .iov_len = item->size_bytes};
    *header = (struct msghdr){.msg_name = &slot->peer,
                              .msg_iov = &slot->payload,
                              .msg_iovlen = 1,
                              .msg_control = slot->control};
    if (item->peer.family != ENDPOINT_NONE)
        header->msg_namelen = address_from_endpoint(&item->peer, socket_family, &slot->peer);
    else
        header->msg_name = NULL;
    put_source(header, &item->source);
    if (item->hop_limit != 0 || item->traffic_class != 0)
        batch_put_marks(header, item,
                        item->peer.family == ENDPOINT_IPV4 ||
                            (item->peer.family == ENDPOINT_NONE && socket_family == AF_INET));
    if (item->count > 1)
        put_control(header, IPPROTO_UDP, UDP_SEGMENT, &item->segment_bytes,
                    sizeof item->segment_bytes);
    if (item->stamp)
        put_stamp_request(header);
    if (header->msg_controllen == 0)
        header->msg_control = NULL;
}

static ssize_t batch_message_send_one(const struct msghdr *header, const struct batch_item *item,
                                      const struct udp_socket *socket)
{
    ssize_t sent_bytes = sendmsg(socket->fd, header, MSG_DONTWAIT);

    if (socket->trace != NULL)
        batch_trace_send(socket, CALL_SENDMSG, item, 1, sent_bytes < 0 ? -1 : 1);
    return sent_bytes;
}

int batch_message_send_singly(struct msghdr *header, struct batch_send_slot *slot,
                              const struct batch_item *item, const struct udp_socket *socket,
                              uint16_t *sent)
{
    struct batch_item single = *item;
    const uint8_t *end = item->bytes + item->size_bytes;

    single.count = 1;
    for (*sent = 0; *sent < item->count; ++*sent) {
        single.stamp = item->stamp && *sent == 0;
        single.bytes = item->bytes + (size_t)*sent * item->segment_bytes;
        single.size_bytes = (size_t)(end - single.bytes);
        if (single.size_bytes > item->segment_bytes)
            single.size_bytes = item->segment_bytes;
        batch_message_build(header, slot, &single, socket->family);
        while (batch_message_send_one(header, &single, socket) < 0)
            if (errno != EINTR)
                return errno;
    }
    return 0;
}

int batch_send_one(struct batch_sender *sender, const struct udp_socket *socket,
                   const struct batch_item *item)
{
    uint16_t sent;
    int error;

    batch_send(sender, socket, item, 1, &sent, &error);
    if (error != 0 && error != EAGAIN && error != ENOBUFS)
        batch_send(sender, socket, item, 1, &sent, &error);
    return error;
}

bool batch_can_segment(const struct udp_socket *socket)
{
    int value = 0;
    socklen_t length = sizeof value;
    int result = getsockopt(socket->fd, IPPROTO_UDP, UDP_SEGMENT, &value, &length);
    const struct call call = {
        .kind = CALL_GETSOCKOPT, .level = IPPROTO_UDP, .name = UDP_SEGMENT, .value = value};

    return trace_call(socket, result, &call) == 0;
}
