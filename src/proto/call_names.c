/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* call_names: tables of socket(7), ip(7), ipv6(7), udp(7); the headers are here for their
 * numbers. */
#include "call_names_internal.h"

#include <errno.h>
#include <string.h>

#include "udptui/base/array.h"
#include "udptui/base/builder.h"
#include "udptui/proto/call.h"
#include "udptui/proto/socket_numbers.h"

#define NAMED(value) value, #value

struct name {
    int value;
    const char *text;
};

static const struct call_option options[] = {
    {SOL_SOCKET, NAMED(SO_ATTACH_FILTER), "a program says what the socket receives: nothing yet",
     NULL},
    {SOL_SOCKET, NAMED(SO_ATTACH_REUSEPORT_CBPF),
     "a program chooses among the sockets that share the port", NULL},
    {SOL_SOCKET, NAMED(SO_BINDTODEVICE), "uses one interface only, whatever the routes say", NULL},
    {SOL_SOCKET, NAMED(SO_BINDTOIFINDEX), "reads which interface the socket is limited to", NULL},
    {SOL_SOCKET, NAMED(SO_BROADCAST), "allows broadcast addresses (otherwise EACCES)",
     "SO_BROADCAST"},
    {SOL_SOCKET, NAMED(SO_DETACH_FILTER), "from here on it receives", NULL},
    {SOL_SOCKET, NAMED(SO_MEMINFO), "reads how full the receive queue is, and what was dropped",
     NULL},
    {SOL_SOCKET, NAMED(SO_RCVBUF), "size of the receive queue: what does not fit is dropped",
     "SO_RCVBUF"},
    {SOL_SOCKET, NAMED(SO_REUSEADDR), "shares the port with programs that set this option too",
     "SO_REUSEADDR"},
    {SOL_SOCKET, NAMED(SO_REUSEPORT), "shares the port among sockets: each gets a part",
     "SO_REUSEPORT"},
    {SOL_SOCKET, NAMED(SO_SNDBUF), "size of the send queue", "SO_SNDBUF"},
    {SOL_SOCKET, NAMED(SO_TIMESTAMPING), "asks for the kernel's time of each datagram's leaving",
     NULL},
    {SOL_SOCKET, NAMED(SO_TIMESTAMPNS), "reports when the kernel received each datagram", NULL},
    {IPPROTO_IP, NAMED(IP_MTU), "reads the path MTU as far as the kernel knows it", NULL},
    {IPPROTO_IP, NAMED(IP_MTU_DISCOVER),
     "forbids fragmentation: what is too big fails with EMSGSIZE", NULL},
    {IPPROTO_IP, NAMED(IP_MULTICAST_IF), "chooses the interface that multicast is sent on",
     "IP_MULTICAST_IF"},
    {IPPROTO_IP, NAMED(IP_MULTICAST_LOOP), "0: programs on this machine do not get our multicast",
     "IP_MULTICAST_LOOP"},
    {IPPROTO_IP, NAMED(IP_MULTICAST_ALL), "0: only groups that this socket joined", NULL},
    {IPPROTO_IP, NAMED(IP_MULTICAST_TTL), "how many routers a multicast datagram may pass",
     "IP_MULTICAST_TTL"},
    {IPPROTO_IP, NAMED(IP_PKTINFO), "reports which of our addresses each datagram was sent to",
     NULL},
    {IPPROTO_IP, NAMED(IP_RECVERR), "reports ICMP errors and who sent them", NULL},
    {IPPROTO_IP, NAMED(IP_RECVTOS), "reports each datagram's type of service", NULL},
    {IPPROTO_IP, NAMED(IP_RECVTTL), "reports each datagram's TTL", NULL},
    {IPPROTO_IP, NAMED(IP_TOS), "sets the DSCP of what we send (quality of service)", "IP_TOS"},
    {IPPROTO_IP, NAMED(IP_TTL), "how many routers our datagrams may pass", "IP_TTL"},
    {IPPROTO_IP, NAMED(MCAST_JOIN_GROUP), "joins a multicast group: its datagrams arrive here too",
     "IP_ADD_MEMBERSHIP"},
    {IPPROTO_IPV6, NAMED(IPV6_DONTFRAG),
     "forbids fragmentation: what is too big fails with EMSGSIZE", NULL},
    {IPPROTO_IPV6, NAMED(IPV6_MTU_DISCOVER), "the same, with the path MTU that routers report",
     NULL},
    {IPPROTO_IPV6, NAMED(IPV6_MULTICAST_LOOP),
     "0: programs on this machine do not get our multicast", "IPV6_MULTICAST_LOOP"},
    {IPPROTO_IP, NAMED(MCAST_LEAVE_GROUP), "leaves a multicast group", "IP_DROP_MEMBERSHIP"},
    {IPPROTO_IPV6, NAMED(IPV6_MTU), "reads the path MTU as far as the kernel knows it", NULL},
    {IPPROTO_IPV6, NAMED(IPV6_MULTICAST_ALL), "0: only groups that this socket joined", NULL},
    {IPPROTO_IPV6, NAMED(IPV6_MULTICAST_HOPS), "how many routers a multicast datagram may pass",
     "IPV6_MULTICAST_HOPS"},
    {IPPROTO_IPV6, NAMED(IPV6_RECVERR), "reports ICMPv6 errors and who sent them", NULL},
    {IPPROTO_IPV6, NAMED(IPV6_RECVHOPLIMIT), "reports each datagram's hop limit", NULL},
    {IPPROTO_IPV6, NAMED(IPV6_RECVPKTINFO),
     "reports which of our addresses each datagram was sent to", NULL},
    {IPPROTO_IPV6, NAMED(IPV6_RECVTCLASS), "reports each datagram's traffic class", NULL},
    {IPPROTO_IPV6, NAMED(IPV6_TCLASS), "sets the DSCP of what we send (quality of service)", NULL},
    {IPPROTO_IPV6, NAMED(IPV6_UNICAST_HOPS), "how many routers our datagrams may pass",
     "IPV6_UNICAST_HOPS"},
    {IPPROTO_IPV6, NAMED(IPV6_V6ONLY), "0: the IPv6 socket receives IPv4 too; 1: IPv6 only",
     "IPV6_V6ONLY"},
    {IPPROTO_IPV6, NAMED(MCAST_JOIN_GROUP),
     "joins a multicast group: its datagrams arrive here too", "IPV6_JOIN_GROUP"},
    {IPPROTO_IPV6, NAMED(MCAST_LEAVE_GROUP), "leaves a multicast group", "IPV6_LEAVE_GROUP"},
    {IPPROTO_UDP, NAMED(UDP_GRO), "lets the kernel deliver several datagrams in one buffer", NULL},
    {IPPROTO_UDP, NAMED(UDP_SEGMENT), "checks whether the kernel can split one send", NULL},
};

static const struct name levels[] = {
    {NAMED(SOL_SOCKET)},
    {IPPROTO_IP, "SOL_IP"},
    {IPPROTO_IPV6, "SOL_IPV6"},
    {IPPROTO_UDP, "SOL_UDP"},
};

static const struct name families[] = {{NAMED(AF_INET)}, {NAMED(AF_INET6)}};

static const struct name types[] = {
    {NAMED(SOCK_DGRAM)}, {NAMED(SOCK_CLOEXEC)}, {NAMED(SOCK_NONBLOCK)}};

static const struct name flags_of_messages[] = {
    {NAMED(MSG_PEEK)},     {NAMED(MSG_TRUNC)},      {NAMED(MSG_DONTWAIT)},
    {NAMED(MSG_ERRQUEUE)}, {NAMED(MSG_WAITFORONE)}, {NAMED(MSG_NOSIGNAL)},
};

static const struct name errors[] = {
    {NAMED(EACCES)},       {NAMED(EADDRINUSE)},   {NAMED(EADDRNOTAVAIL)}, {NAMED(EAFNOSUPPORT)},
    {NAMED(EAGAIN)},       {NAMED(EALREADY)},     {NAMED(EBADF)},         {NAMED(ECONNREFUSED)},
    {NAMED(ECONNRESET)},   {NAMED(EDESTADDRREQ)}, {NAMED(EFAULT)},        {NAMED(EHOSTDOWN)},
    {NAMED(EHOSTUNREACH)}, {NAMED(EINTR)},        {NAMED(EINVAL)},        {NAMED(EIO)},
    {NAMED(EISCONN)},      {NAMED(EMFILE)},       {NAMED(EMSGSIZE)},      {NAMED(ENETDOWN)},
    {NAMED(ENETUNREACH)},  {NAMED(ENFILE)},       {NAMED(ENOBUFS)},       {NAMED(ENODEV)},
    {NAMED(ENOENT)},       {NAMED(ENOMEM)},       {NAMED(ENOPROTOOPT)},   {NAMED(ENOSYS)},
    {NAMED(ENOTCONN)},     {NAMED(ENOTSOCK)},     {NAMED(ENXIO)},         {NAMED(EOPNOTSUPP)},
    {NAMED(EPERM)},        {NAMED(EPIPE)},        {NAMED(EPROTO)},        {NAMED(EPROTONOSUPPORT)},
    {NAMED(ESRCH)},        {NAMED(ETIMEDOUT)},
};

static const char *call_name_of(const struct name *names, size_t count, int value)
{
    for (size_t i = 0; i < count; i++)
        if (names[i].value == value)
            return names[i].text;
    return NULL;
}

const struct call_option *call_option_of(int level, int name)
{
    for (size_t i = 0; i < COUNT_OF(options); i++)
        if (options[i].level == level && options[i].name == name)
            return &options[i];
    return NULL;
}

const char *call_level_name(int level)
{
    return call_name_of(levels, COUNT_OF(levels), level);
}

const char *call_family_name(int family)
{
    return call_name_of(families, COUNT_OF(families), family);
}

const char *call_error_name(int error)
{
    const char *name = call_name_of(errors, COUNT_OF(errors), error);

    return name != NULL ? name : "";
}

static const char *names_of_bits(const struct name *names, size_t count, int value, char *out,
                                 size_t size_bytes)
{
    struct builder text = builder_begin(out, size_bytes);
    unsigned left = (unsigned)value;

    for (size_t i = 0; i < count; i++) {
        unsigned bits = (unsigned)names[i].value;
        if ((left & bits) != bits)
            continue;
        builder_add_item(&text, "|", "%s", names[i].text);
        left &= ~bits;
    }
    if (left != 0)
        builder_add_item(&text, "|", "%#x", left);
    else if (text.length == 0)
        builder_add(&text, "0");
    return out;
}

const char *call_type_names(int type, char *out, size_t size_bytes)
{
    return names_of_bits(types, COUNT_OF(types), type, out, size_bytes);
}

const char *call_flag_names(int flags, char *out, size_t size_bytes)
{
    return names_of_bits(flags_of_messages, COUNT_OF(flags_of_messages), flags, out, size_bytes);
}

int call_is_error_queue(int flags)
{
    return (flags & MSG_ERRQUEUE) != 0;
}
