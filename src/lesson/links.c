/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* links: see the header. */
#include "links_internal.h"

#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/fib_rules.h>
#include <linux/if.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>

#include "udptui/base/units.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/wait.h"

enum {
    REQUEST_SIZE = 512,
    REPLY_SIZE = 8192,
    ADDRESS_SIZE = 4,
    PREFIX_LENGTH = 24,
    BROADCAST_LAST = 255,
    RULE_PRIORITY = 100, /* before the table main, after local (ip-rule(8)) */
    CARRIER_TRIES = 1000,
};

/* A request that attributes are appended to; all that is appended here fits. */
struct link_request {
    _Alignas(struct nlmsghdr) char bytes[REQUEST_SIZE];
    size_t size_bytes;
};

static void *request_room(struct link_request *request, size_t size_bytes)
{
    void *room = request->bytes + request->size_bytes;

    request->size_bytes += NLMSG_ALIGN(size_bytes);
    return room;
}

/* The header, and the fixed body of the kind of request. */
static struct link_request request_begin(uint16_t type, uint16_t flags, const void *body,
                                         size_t size_bytes)
{
    struct link_request request = {.size_bytes = 0};
    struct nlmsghdr *header = request_room(&request, sizeof *header);

    header->nlmsg_type = type;
    header->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
    memcpy(request_room(&request, size_bytes), body, size_bytes);
    return request;
}

static struct rtattr *request_add(struct link_request *request, uint16_t type, const void *value,
                                  size_t size_bytes)
{
    struct rtattr *attribute = request_room(request, RTA_LENGTH(size_bytes));

    attribute->rta_type = type;
    attribute->rta_len = (uint16_t)RTA_LENGTH(size_bytes);
    if (size_bytes > 0)
        memcpy(RTA_DATA(attribute), value, size_bytes);
    return attribute;
}

static void request_add_name(struct link_request *request, uint16_t type, const char *name)
{
    request_add(request, type, name, strlen(name) + 1);
}

/* What was appended since then is inside the attribute. */
static void request_close(struct link_request *request, struct rtattr *attribute)
{
    attribute->rta_len = (uint16_t)(request->bytes + request->size_bytes - (char *)attribute);
}

/* Sends it and receives the first message of the reply. Returns its size, below 0: none. */
static ssize_t request_exchange(struct link_request *request, char reply[REPLY_SIZE])
{
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    ssize_t size = -1;

    if (fd < 0)
        return -1;
    ((struct nlmsghdr *)request->bytes)->nlmsg_len = (uint32_t)request->size_bytes;
    if (send(fd, request->bytes, request->size_bytes, 0) == (ssize_t)request->size_bytes)
        size = recv(fd, reply, REPLY_SIZE, 0);
    close(fd);
    return size;
}

/* Whether the kernel has done it: the reply is an acknowledgment without an error. */
static bool request_send(struct link_request *request)
{
    _Alignas(struct nlmsghdr) char reply[REPLY_SIZE];
    ssize_t size = request_exchange(request, reply);
    struct nlmsghdr *header = (struct nlmsghdr *)reply;
    const struct nlmsgerr *error = NLMSG_DATA(header);

    return size >= (ssize_t)NLMSG_LENGTH(sizeof *error) && header->nlmsg_type == NLMSG_ERROR &&
           error->error == 0;
}

static uint32_t link_index(const char *name)
{
    return if_nametoindex(name);
}

/* ---- interfaces */

bool links_add_switch(const char *name)
{
    const struct ifinfomsg body = {.ifi_family = AF_UNSPEC};
    const uint8_t off = 0;
    struct link_request request =
        request_begin(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &body, sizeof body);
    struct rtattr *information, *data;

    request_add_name(&request, IFLA_IFNAME, name);
    information = request_add(&request, IFLA_LINKINFO, NULL, 0);
    request_add_name(&request, IFLA_INFO_KIND, "bridge");
    data = request_add(&request, IFLA_INFO_DATA, NULL, 0);
    request_add(&request, IFLA_BR_MCAST_SNOOPING, &off, sizeof off);
    request_close(&request, data);
    request_close(&request, information);
    return request_send(&request);
}

bool links_add_cable(const char *name, int peer_namespace, const char *peer_name, uint32_t mtu)
{
    const struct ifinfomsg body = {.ifi_family = AF_UNSPEC};
    struct link_request request =
        request_begin(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &body, sizeof body);
    struct rtattr *information, *data, *peer;

    request_add_name(&request, IFLA_IFNAME, name);
    request_add(&request, IFLA_MTU, &mtu, sizeof mtu);
    information = request_add(&request, IFLA_LINKINFO, NULL, 0);
    request_add_name(&request, IFLA_INFO_KIND, "veth");
    data = request_add(&request, IFLA_INFO_DATA, NULL, 0);
    peer = request_add(&request, VETH_INFO_PEER, &body, sizeof body);
    request_add_name(&request, IFLA_IFNAME, peer_name);
    request_add(&request, IFLA_MTU, &mtu, sizeof mtu);
    request_add(&request, IFLA_NET_NS_FD, &peer_namespace, sizeof peer_namespace);
    request_close(&request, peer);
    request_close(&request, data);
    request_close(&request, information);
    return request_send(&request);
}

bool links_set_up(const char *name, const char *port_of)
{
    const struct ifinfomsg body = {.ifi_family = AF_UNSPEC,
                                   .ifi_index = (int)link_index(name),
                                   .ifi_flags = IFF_UP,
                                   .ifi_change = IFF_UP};
    struct link_request request = request_begin(RTM_NEWLINK, 0, &body, sizeof body);
    uint32_t master;

    if (port_of != NULL) {
        master = link_index(port_of);
        request_add(&request, IFLA_MASTER, &master, sizeof master);
    }
    return request_send(&request);
}

/* The attribute of that type in a message about an interface, NULL: it has none. */
static struct rtattr *link_attribute(struct nlmsghdr *header, uint16_t type)
{
    size_t left = header->nlmsg_len - NLMSG_LENGTH(sizeof(struct ifinfomsg));
    struct rtattr *attribute =
        (struct rtattr *)((char *)header + NLMSG_SPACE(sizeof(struct ifinfomsg)));

    for (; RTA_OK(attribute, left); attribute = RTA_NEXT(attribute, left))
        if (attribute->rta_type == type)
            return attribute;
    return NULL;
}

/*
 * Whether the kernel has taken note of the carrier (RFC 2863 ifOperStatus up). The flag IFF_RUNNING
 * does not tell: a new interface, of which nothing is known yet, has it as well.
 */
static bool link_is_operational(const char *name)
{
    const struct ifinfomsg body = {.ifi_family = AF_UNSPEC, .ifi_index = (int)link_index(name)};
    struct link_request request = request_begin(RTM_GETLINK, 0, &body, sizeof body);
    _Alignas(struct nlmsghdr) char reply[REPLY_SIZE];
    struct nlmsghdr *header = (struct nlmsghdr *)reply;
    struct rtattr *state = NULL;
    ssize_t size = request_exchange(&request, reply);

    if (size >= (ssize_t)NLMSG_LENGTH(sizeof body) && header->nlmsg_type == RTM_NEWLINK &&
        header->nlmsg_len <= (size_t)size)
        state = link_attribute(header, IFLA_OPERSTATE);
    return state != NULL && *(const uint8_t *)RTA_DATA(state) == IF_OPER_UP;
}

bool links_wait_carrier(const char *name)
{
    for (int i = 0; i < CARRIER_TRIES; i++) {
        if (link_is_operational(name))
            return true;
        wait_until(NULL, 0, clock_monotonic_ns() + UNITS_NS_PER_MS);
    }
    return false;
}

/* ---- addresses and routes */

bool links_add_address(const char *name, const uint8_t address[4])
{
    const struct ifaddrmsg body = {
        .ifa_family = AF_INET, .ifa_prefixlen = PREFIX_LENGTH, .ifa_index = link_index(name)};
    const uint8_t broadcast[] = {address[0], address[1], address[2], BROADCAST_LAST};
    struct link_request request =
        request_begin(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, &body, sizeof body);

    request_add(&request, IFA_LOCAL, address, ADDRESS_SIZE);
    request_add(&request, IFA_ADDRESS, address, ADDRESS_SIZE);
    request_add(&request, IFA_BROADCAST, broadcast, ADDRESS_SIZE);
    return request_send(&request);
}

bool links_add_gateway(const uint8_t gateway[4])
{
    const struct rtmsg body = {.rtm_family = AF_INET,
                               .rtm_table = RT_TABLE_MAIN,
                               .rtm_protocol = RTPROT_STATIC,
                               .rtm_scope = RT_SCOPE_UNIVERSE,
                               .rtm_type = RTN_UNICAST};
    struct link_request request =
        request_begin(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, &body, sizeof body);

    request_add(&request, RTA_GATEWAY, gateway, ADDRESS_SIZE);
    return request_send(&request);
}

/*
 * A rule for what comes from "lo", which stands for this machine (ip-rule(8)). The kernel looks up
 * the way back to a sender as if it came from "lo", too: so it is for ICMP alone.
 */
bool links_drop_icmp(const uint8_t to[4])
{
    const struct fib_rule_hdr body = {
        .family = AF_INET, .dst_len = 8 * ADDRESS_SIZE, .action = FR_ACT_BLACKHOLE};
    const uint32_t priority = RULE_PRIORITY;
    const uint8_t protocol = IPPROTO_ICMP;
    struct link_request request =
        request_begin(RTM_NEWRULE, NLM_F_CREATE | NLM_F_EXCL, &body, sizeof body);

    request_add(&request, FRA_DST, to, ADDRESS_SIZE);
    request_add(&request, FRA_IP_PROTO, &protocol, sizeof protocol);
    request_add(&request, FRA_PRIORITY, &priority, sizeof priority);
    request_add_name(&request, FRA_IIFNAME, "lo");
    return request_send(&request);
}

bool links_forward(void)
{
    int fd = open("/proc/sys/net/ipv4/ip_forward", O_WRONLY | O_CLOEXEC);
    bool done = fd >= 0 && write(fd, "1", 1) == 1;

    if (fd >= 0)
        close(fd);
    return done;
}
