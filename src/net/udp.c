/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * udp: opening sockets. What must hold (bind, connect, what was asked for by name) fails with a
 * reason; what only adds knowledge (times, hop limits) is asked for and missed silently: the
 * figures it feeds then say "unknown".
 */
#include "udptui/net/udp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/sock_diag.h>

#include "trace.h"
#include "udptui/net/address.h"
#include "udptui/net/resolve.h"

#ifndef UDP_GRO
#define UDP_GRO 104 /* linux/udp.h, Linux 5.0 */
#endif

struct reason {
    int error;
    const char *why; /* and what to do */
};

static const struct reason bind_reasons[] = {
    {EADDRINUSE, "the port is in use: try another, or 'ss -ulpn' to see who has it"},
    {EADDRNOTAVAIL, "not an address of this machine: 'ip address' lists them"},
    {EACCES, "no permission: ports below 1024 are for root, use a higher one"},
    {EINVAL, "a link-local address needs its interface: ADDRESS%INTERFACE"},
};

static const struct reason connect_reasons[] = {
    {ENETUNREACH, "no route to that network: 'ip route' shows the routes"},
    {EHOSTUNREACH, "no route to that host: 'ip route' shows the routes"},
    {EACCES, "a broadcast address, or a firewall's rule: for broadcast add --broadcast"},
    {EINVAL, "not an address to send to; a link-local one needs its interface: ADDRESS%INTERFACE"},
};

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

static const char *reason_for(const struct reason *reasons, size_t count, int error)
{
    for (size_t i = 0; i < count; i++)
        if (reasons[i].error == error)
            return reasons[i].why;
    return strerror(error);
}

/* Closes and says "cannot VERB ENDPOINT: why". Always false. */
static bool fail(struct udp_socket *socket, const char *verb, const struct endpoint *endpoint,
                 const char *why, char *error)
{
    char shown[ENDPOINT_TEXT_SIZE];

    snprintf(error, UDP_ERROR_SIZE, "cannot %s %s: %s", verb,
             endpoint_format(endpoint, shown, sizeof shown), why);
    udp_close(socket);
    return false;
}

static bool set(const struct udp_socket *socket, int level, int name, int value)
{
    const struct call call = {
        .kind = CALL_SETSOCKOPT, .level = level, .name = name, .value = value};
    int result = setsockopt(socket->fd, level, name, &value, sizeof value);

    return trace_call(socket, result, &call) == 0;
}

static bool get(const struct udp_socket *socket, int level, int name, int *value)
{
    socklen_t size = sizeof *value;
    int result = getsockopt(socket->fd, level, name, value, &size);
    const struct call call = {
        .kind = CALL_GETSOCKOPT, .level = level, .name = name, .value = *value};

    return trace_call(socket, result, &call) == 0;
}

/* Everything the kernel may tell about a received datagram. */
static void tell_all(const struct udp_socket *socket)
{
    static const struct {
        int family, level, name;
    } options[] = {
        {AF_UNSPEC, SOL_SOCKET, SO_TIMESTAMPNS},    {AF_UNSPEC, IPPROTO_IP, IP_PKTINFO},
        {AF_UNSPEC, IPPROTO_IP, IP_RECVTTL},        {AF_UNSPEC, IPPROTO_IP, IP_RECVTOS},
        {AF_INET6, IPPROTO_IPV6, IPV6_RECVPKTINFO}, {AF_INET6, IPPROTO_IPV6, IPV6_RECVHOPLIMIT},
        {AF_INET6, IPPROTO_IPV6, IPV6_RECVTCLASS},
    };

    for (size_t i = 0; i < COUNT_OF(options); i++)
        if (options[i].family == AF_UNSPEC || options[i].family == socket->family)
            set(socket, options[i].level, options[i].name, 1);
}

static void set_errors(const struct udp_socket *socket)
{
    set(socket, IPPROTO_IP, IP_RECVERR, 1);
    if (socket->family == AF_INET6)
        set(socket, IPPROTO_IPV6, IPV6_RECVERR, 1);
}

static void set_marks(const struct udp_socket *socket, const struct udp_options *options)
{
    if (options->hop_limit > 0) {
        set(socket, IPPROTO_IP, IP_TTL, options->hop_limit);
        set(socket, IPPROTO_IP, IP_MULTICAST_TTL, options->hop_limit);
        set(socket, IPPROTO_IPV6, IPV6_UNICAST_HOPS, options->hop_limit);
        set(socket, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, options->hop_limit);
    }
    if (options->dscp > 0) {
        set(socket, IPPROTO_IP, IP_TOS, options->dscp << 2);
        set(socket, IPPROTO_IPV6, IPV6_TCLASS, options->dscp << 2);
    }
}

static void set_buffers(struct udp_socket *socket, const struct udp_options *options)
{
    if (options->receive_buffer_bytes > 0)
        set(socket, SOL_SOCKET, SO_RCVBUF, options->receive_buffer_bytes);
    if (options->send_buffer_bytes > 0)
        set(socket, SOL_SOCKET, SO_SNDBUF, options->send_buffer_bytes);
    get(socket, SOL_SOCKET, SO_RCVBUF, &socket->receive_buffer_bytes);
}

/* Told as a call on no descriptor. */
static int make_socket(const struct udp_socket *none)
{
    const struct call call = {.kind = CALL_SOCKET,
                              .level = none->family,
                              .name = SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC};

    return trace_call(none, socket(call.level, call.name, call.value), &call);
}

static bool open_socket(const struct endpoint *endpoint, const struct udp_options *options,
                        struct udp_socket *out, char *error)
{
    int family = endpoint->family == ENDPOINT_IPV6 ? AF_INET6 : AF_INET;

    *out = (struct udp_socket){.fd = -1, .family = family, .trace = options->trace};
    out->fd = make_socket(out);
    if (out->fd < 0)
        return fail(out, "open a socket for", endpoint,
                    errno == EAFNOSUPPORT ? "this machine has no IPv6: use -4" : strerror(errno),
                    error);
    if (family == AF_INET6)
        set(out, IPPROTO_IPV6, IPV6_V6ONLY, !options->dual_stack);
    if (options->broadcast)
        set(out, SOL_SOCKET, SO_BROADCAST, 1);
    if (options->error_queue)
        set_errors(out);
    out->gro = options->gro && set(out, IPPROTO_UDP, UDP_GRO, 1);
    tell_all(out);
    set_marks(out, options);
    set_buffers(out, options);
    return true;
}

static bool bind_to(struct udp_socket *socket, const struct endpoint *local, char *error)
{
    struct sockaddr_storage address;
    socklen_t length = address_from_endpoint(local, socket->family, &address);
    const struct call call = {.kind = CALL_BIND, .peer = *local};
    int result = bind(socket->fd, (const struct sockaddr *)&address, length);

    if (trace_call(socket, result, &call) == 0)
        return true;
    return fail(socket, "listen on", local, reason_for(bind_reasons, COUNT_OF(bind_reasons), errno),
                error);
}

static bool name_local(struct udp_socket *socket, const struct endpoint *endpoint, char *error)
{
    struct sockaddr_storage address = {0};
    socklen_t length = sizeof address;

    int result = getsockname(socket->fd, (struct sockaddr *)&address, &length);
    const struct call call = {.kind = CALL_GETSOCKNAME, .peer = address_to_endpoint(&address)};

    if (trace_call(socket, result, &call) != 0)
        return fail(socket, "name the socket for", endpoint, strerror(errno), error);
    socket->local = call.peer;
    return true;
}

bool udp_open_server(const struct endpoint *local, const struct udp_options *options,
                     struct udp_socket *out, char *error)
{
    if (!open_socket(local, options, out, error))
        return false;
    if (options->reuse_port && !set(out, SOL_SOCKET, SO_REUSEPORT, 1))
        return fail(out, "share the port of", local, strerror(errno), error);
    return bind_to(out, local, error) && name_local(out, local, error);
}

static bool connect_to(struct udp_socket *socket, const struct endpoint *peer, char *error)
{
    struct sockaddr_storage address;
    socklen_t length = address_from_endpoint(peer, socket->family, &address);
    const struct call call = {.kind = CALL_CONNECT, .peer = *peer};
    int result = connect(socket->fd, (const struct sockaddr *)&address, length);

    if (trace_call(socket, result, &call) == 0)
        return true;
    return fail(socket, "send to", peer,
                reason_for(connect_reasons, COUNT_OF(connect_reasons), errno), error);
}

bool udp_open_client(const struct endpoint *peer, const struct endpoint *local, bool connect_it,
                     const struct udp_options *options, struct udp_socket *out, char *error)
{
    if (!open_socket(peer, options, out, error))
        return false;
    if (local != NULL && !bind_to(out, local, error))
        return false;
    if (connect_it && !connect_to(out, peer, error))
        return false;
    return name_local(out, peer, error);
}

void udp_close(struct udp_socket *socket)
{
    const struct call call = {.kind = CALL_CLOSE};

    if (socket->fd >= 0)
        trace_call(socket, close(socket->fd), &call);
    socket->fd = -1;
}

static bool fail_join(const char *group, const char *why, char *error)
{
    snprintf(error, UDP_ERROR_SIZE, "cannot join %s: %s", group, why);
    return false;
}

bool udp_join_group(struct udp_socket *socket, const struct endpoint *group, char *error)
{
    struct group_req request = {.gr_interface = group->scope};
    char shown[ENDPOINT_TEXT_SIZE];
    int level = group->family == ENDPOINT_IPV6 ? IPPROTO_IPV6 : IPPROTO_IP;

    endpoint_format_address(group, shown, sizeof shown);
    if (!endpoint_is_multicast(group))
        return fail_join(shown, "not a multicast group: use 224.0.0.0/4 or ff00::/8", error);
    address_from_endpoint(group, level == IPPROTO_IPV6 ? AF_INET6 : AF_INET, &request.gr_group);
    int result = setsockopt(socket->fd, level, MCAST_JOIN_GROUP, &request, sizeof request);
    const struct call call = {
        .kind = CALL_SETSOCKOPT, .level = level, .name = MCAST_JOIN_GROUP, .peer = *group};
    if (trace_call(socket, result, &call) == 0)
        return true;
    return fail_join(shown,
                     errno == ENODEV || errno == EADDRNOTAVAIL
                         ? "no interface to join on: name one as GROUP%INTERFACE"
                         : strerror(errno),
                     error);
}

bool udp_queue_info(const struct udp_socket *socket, uint64_t *dropped, uint32_t *waiting_bytes)
{
    uint32_t info[SK_MEMINFO_VARS] = {0};
    socklen_t length = sizeof info;
    int result = getsockopt(socket->fd, SOL_SOCKET, SO_MEMINFO, info, &length);
    const struct call call = {.kind = CALL_GETSOCKOPT,
                              .level = SOL_SOCKET,
                              .name = SO_MEMINFO,
                              .value = (int)info[SK_MEMINFO_DROPS],
                              .bytes = info[SK_MEMINFO_RMEM_ALLOC]};

    if (trace_call(socket, result, &call) != 0)
        return false;
    if (dropped != NULL)
        *dropped = info[SK_MEMINFO_DROPS];
    if (waiting_bytes != NULL)
        *waiting_bytes = info[SK_MEMINFO_RMEM_ALLOC];
    return true;
}

int udp_path_mtu(const struct udp_socket *socket)
{
    bool ipv6 = socket->family == AF_INET6;
    int mtu = 0;

    return get(socket, ipv6 ? IPPROTO_IPV6 : IPPROTO_IP, ipv6 ? IPV6_MTU : IP_MTU, &mtu) ? mtu : 0;
}
