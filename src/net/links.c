/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* links: rtnetlink(7) messages, written and read with the macros of netlink(3). */
#include "udptui/net/links.h"

#include <errno.h>
#include <net/if.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include "udptui/sys/wait.h"

enum { MESSAGE_BYTES = 8192, MESSAGES_A_TURN = 1024 };

/* A route request: the address is the only attribute. */
struct route_request {
    struct nlmsghdr header;
    struct rtmsg route;
    struct rtattr attribute;
    uint8_t address[16];
};

/* What the kernel sends, aligned as its headers are. */
struct message {
    _Alignas(struct nlmsghdr) char bytes[MESSAGE_BYTES];
};

static int open_netlink(unsigned groups)
{
    const struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = groups};
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);

    if (fd < 0 || bind(fd, (const struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

int links_watch(bool addresses)
{
    return open_netlink(RTMGRP_LINK | (addresses ? RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR : 0));
}

/* A bridge uses the same message when a port leaves it (AF_BRIDGE). */
static void links_report_gone(struct message *message, size_t left,
                              void (*gone)(void *context, uint32_t index), void *context)
{
    struct nlmsghdr *header = (struct nlmsghdr *)(void *)message->bytes;

    for (; NLMSG_OK(header, left); header = NLMSG_NEXT(header, left)) {
        const struct ifinfomsg *link = NLMSG_DATA(header);
        if (header->nlmsg_type == RTM_DELLINK && link->ifi_family == AF_UNSPEC)
            gone(context, (uint32_t)link->ifi_index);
    }
}

bool links_changed(int watch, void (*gone)(void *context, uint32_t index), void *context)
{
    struct message message;
    bool changed = false;

    for (int i = 0; i < MESSAGES_A_TURN; i++) {
        ssize_t received = recv(watch, message.bytes, sizeof message.bytes, MSG_DONTWAIT);
        if (received < 0 && errno != ENOBUFS && errno != EINTR) {
            wait_after_error(errno);
            break;
        }
        changed |=
            received > 0 || errno == ENOBUFS; /* some were lost (netlink(7)): a change, too */
        if (received > 0 && gone != NULL)
            links_report_gone(&message, (size_t)received, gone, context);
    }
    return changed;
}

/* ---- names */

_Static_assert(ENDPOINT_ZONE_SIZE >= IF_NAMESIZE, "any interface's name fits");

/* The C library hides a lack of descriptors, so we try to open one ourselves. */
static void set_errno(void)
{
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return;
    close(fd);
    errno = ENODEV;
}

unsigned links_index(const char *name)
{
    unsigned index = if_nametoindex(name);

    if (index == 0)
        set_errno();
    return index;
}

bool links_name(unsigned index, char *name)
{
    if (if_indextoname(index, name) != NULL)
        return true;
    set_errno();
    return false;
}

/* ---- the route of an address */

static bool ask_route(int fd, const struct endpoint *address)
{
    bool ipv6 = address->family == ENDPOINT_IPV6;
    unsigned size = ipv6 ? 16 : 4;
    struct route_request request = {
        .header = {.nlmsg_type = RTM_GETROUTE,
                   .nlmsg_flags = NLM_F_REQUEST,
                   .nlmsg_len = (uint32_t)(offsetof(struct route_request, address) + size)},
        .route = {.rtm_family = ipv6 ? AF_INET6 : AF_INET, .rtm_dst_len = (uint8_t)(size * 8)},
        .attribute = {.rta_type = RTA_DST, .rta_len = (uint16_t)RTA_LENGTH(size)},
    };

    memcpy(request.address, address->address, size);
    return send(fd, &request, request.header.nlmsg_len, 0) == (ssize_t)request.header.nlmsg_len;
}

static unsigned interface_of(struct nlmsghdr *header)
{
    struct rtmsg *route = NLMSG_DATA(header);
    unsigned left = (unsigned)RTM_PAYLOAD(header);
    struct rtattr *attribute = RTM_RTA(route);
    uint32_t index = 0;

    while (left >= sizeof *attribute && attribute->rta_len >= sizeof *attribute &&
           attribute->rta_len <= left) {
        unsigned step = RTA_ALIGN((unsigned)attribute->rta_len);
        if (attribute->rta_type == RTA_OIF && RTA_PAYLOAD(attribute) == sizeof index)
            memcpy(&index, RTA_DATA(attribute), sizeof index);
        left -= step < left ? step : left;
        attribute = (struct rtattr *)(void *)((char *)attribute + step);
    }
    return index;
}

unsigned links_route(const struct endpoint *address)
{
    int fd = open_netlink(0);
    struct message message;
    unsigned index = 0;

    if (fd < 0)
        return 0;
    /* The kernel replies within the send call, so the reply is available. */
    if (ask_route(fd, address)) {
        ssize_t received = recv(fd, message.bytes, sizeof message.bytes, MSG_DONTWAIT);
        struct nlmsghdr *header = (struct nlmsghdr *)(void *)message.bytes;
        if (received > 0 && NLMSG_OK(header, (size_t)received) &&
            header->nlmsg_type == RTM_NEWROUTE)
            index = interface_of(header);
    }
    close(fd);
    errno = ENODEV;
    return index;
}
