/* SPDX-License-Identifier: GPL-3.0-or-later */
/* call_names: tables of socket(7), ip(7), ipv6(7), udp(7); the headers are here for their
 * numbers. */
#include "call_names_internal.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <string.h>
#include <sys/socket.h>

#include "udptui/base/builder.h"
#include "udptui/proto/call.h"

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103 /* linux/udp.h, Linux 4.18 */
#endif
#ifndef UDP_GRO
#define UDP_GRO 104 /* linux/udp.h, Linux 5.0 */
#endif

#ifndef SO_BINDTOIFINDEX
#define SO_BINDTOIFINDEX 62 /* asm-generic/socket.h, Linux 5.0 */
#endif
#ifndef IPV6_MULTICAST_ALL
#define IPV6_MULTICAST_ALL 29 /* linux/in6.h, Linux 4.20 */
#endif

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))
#define NAMED(value)    value, #value

struct name {
    int value;
    const char *text;
};

static const struct call_option options[] = {
    {SOL_SOCKET, NAMED(SO_BINDTODEVICE),
     "sends and receives by one interface, whatever the routes"},
    {SOL_SOCKET, NAMED(SO_BINDTOIFINDEX), "by which interface alone the socket sends and receives"},
    {SOL_SOCKET, NAMED(SO_BROADCAST), "allows sending to broadcast addresses, else EACCES"},
    {SOL_SOCKET, NAMED(SO_MEMINFO), "asks what waits in the receive queue and what was dropped"},
    {SOL_SOCKET, NAMED(SO_RCVBUF), "the receive queue's size: what finds no room is dropped"},
    {SOL_SOCKET, NAMED(SO_REUSEADDR), "lets other programs have the port, too, if all ask for it"},
    {SOL_SOCKET, NAMED(SO_REUSEPORT), "lets several sockets share the port, each gets a part"},
    {SOL_SOCKET, NAMED(SO_SNDBUF), "room for what waits to leave"},
    {SOL_SOCKET, NAMED(SO_TIMESTAMPING), "asks for the kernel's time of each datagram's leaving"},
    {SOL_SOCKET, NAMED(SO_TIMESTAMPNS), "asks for the kernel's time of each datagram's arrival"},
    {IPPROTO_IP, NAMED(IP_MTU), "asks for the path MTU the kernel believes in"},
    {IPPROTO_IP, NAMED(IP_MTU_DISCOVER), "forbids fragments: what is too big fails with EMSGSIZE"},
    {IPPROTO_IP, NAMED(IP_MULTICAST_IF), "chooses the interface that multicast leaves by"},
    {IPPROTO_IP, NAMED(IP_MULTICAST_LOOP), "0: this machine's programs do not get our multicast"},
    {IPPROTO_IP, NAMED(IP_MULTICAST_ALL), "0: only groups that this socket joined, nobody else's"},
    {IPPROTO_IP, NAMED(IP_MULTICAST_TTL), "how many routers a multicast datagram may pass"},
    {IPPROTO_IP, NAMED(IP_PKTINFO), "asks which of our addresses each datagram was sent to"},
    {IPPROTO_IP, NAMED(IP_RECVERR), "asks for ICMP errors, with who sent them"},
    {IPPROTO_IP, NAMED(IP_RECVTOS), "asks for the type of service each datagram arrives with"},
    {IPPROTO_IP, NAMED(IP_RECVTTL), "asks for the TTL each datagram arrives with"},
    {IPPROTO_IP, NAMED(IP_TOS), "marks what we send for quality of service (DSCP)"},
    {IPPROTO_IP, NAMED(IP_TTL), "how many routers a datagram of ours may pass"},
    {IPPROTO_IP, NAMED(MCAST_JOIN_GROUP), "joins a multicast group: its datagrams come here too"},
    {IPPROTO_IPV6, NAMED(IPV6_DONTFRAG), "forbids fragments: what is too big fails with EMSGSIZE"},
    {IPPROTO_IPV6, NAMED(IPV6_MTU_DISCOVER), "the same where routers say what is too big"},
    {IPPROTO_IPV6, NAMED(IPV6_MULTICAST_LOOP),
     "0: this machine's programs do not get our multicast"},
    {IPPROTO_IP, NAMED(MCAST_LEAVE_GROUP), "leaves a multicast group"},
    {IPPROTO_IPV6, NAMED(IPV6_MTU), "asks for the path MTU the kernel believes in"},
    {IPPROTO_IPV6, NAMED(IPV6_MULTICAST_ALL), "0: only groups that this socket joined"},
    {IPPROTO_IPV6, NAMED(IPV6_MULTICAST_HOPS), "how many routers a multicast datagram may pass"},
    {IPPROTO_IPV6, NAMED(IPV6_RECVERR), "asks for ICMPv6 errors, with who sent them"},
    {IPPROTO_IPV6, NAMED(IPV6_RECVHOPLIMIT), "asks for the hop limit each datagram arrives with"},
    {IPPROTO_IPV6, NAMED(IPV6_RECVPKTINFO), "asks the same of IPv6: which address was hit"},
    {IPPROTO_IPV6, NAMED(IPV6_RECVTCLASS), "asks for the traffic class each datagram arrives with"},
    {IPPROTO_IPV6, NAMED(IPV6_TCLASS), "marks what we send for quality of service (DSCP)"},
    {IPPROTO_IPV6, NAMED(IPV6_UNICAST_HOPS), "how many routers a datagram of ours may pass"},
    {IPPROTO_IPV6, NAMED(IPV6_V6ONLY), "0: this IPv6 socket takes IPv4 too; 1: IPv6 alone"},
    {IPPROTO_IPV6, NAMED(MCAST_JOIN_GROUP), "joins a multicast group: its datagrams come here too"},
    {IPPROTO_IPV6, NAMED(MCAST_LEAVE_GROUP), "leaves a multicast group"},
    {IPPROTO_UDP, NAMED(UDP_GRO), "lets the kernel hand over several datagrams as one"},
    {IPPROTO_UDP, NAMED(UDP_SEGMENT), "asks whether the kernel can cut one send into datagrams"},
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

static const char *name_of(const struct name *names, size_t count, int value)
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
    return name_of(levels, COUNT_OF(levels), level);
}

const char *call_family_name(int family)
{
    return name_of(families, COUNT_OF(families), family);
}

const char *call_error_name(int error)
{
    const char *name = name_of(errors, COUNT_OF(errors), error);

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
