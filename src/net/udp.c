/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * udp: opening sockets. What the caller needs (bind, connect, an option that was set explicitly)
 * fails with a reason. Options that only add information (times, hop limits) may fail silently: the
 * figures that depend on them are then "unknown".
 */
#include "udptui/net/udp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/net_tstamp.h>
#include <linux/sock_diag.h>

#include "trace_internal.h"
#include "udptui/base/array.h"
#include "udptui/net/links.h"
#include "udptui/net/resolve.h"
#include "udptui/net/steer.h"
#include "udptui/proto/reason.h"
#include "udptui/proto/socket_numbers.h"
#include "udptui/sys/address.h"
#include "udptui/sys/interfaces.h"

/* Closes and says "cannot VERB ENDPOINT: why". Always false. */
static bool udp_fail(struct udp_socket *socket, const char *verb, const struct endpoint *endpoint,
                     const char *why, char *error)
{
    char shown[ENDPOINT_TEXT_SIZE];

    if (endpoint->port == 0) /* any port */
        endpoint_format_address_in(endpoint, &interfaces_zones, shown, sizeof shown);
    else
        endpoint_format_in(endpoint, &interfaces_zones, shown, sizeof shown);
    snprintf(error, UDP_ERROR_SIZE, "cannot %s %s: %s", verb, shown, why);
    udp_close(socket);
    return false;
}

/* The same from an errno of a call: about local if it binds, else about peer. */
static bool udp_fail_errno(struct udp_socket *socket, const char *verb, enum reason_call call,
                           const struct endpoint *local, const struct endpoint *peer, char *error)
{
    struct reason reason = reason_of_errno(call, errno, local, peer);
    char why[REASON_SIZE];
    bool binds = call == REASON_LISTEN || call == REASON_SHARE || call == REASON_SOURCE;

    return udp_fail(socket, verb, binds ? local : peer, reason_sentence(&reason, why, sizeof why),
                    error);
}

static bool udp_set_option(const struct udp_socket *socket, int level, int name, int value)
{
    const struct call call = {
        .kind = CALL_SETSOCKOPT, .level = level, .name = name, .value = value};
    int result = setsockopt(socket->fd, level, name, &value, sizeof value);

    return trace_call(socket, result, &call) == 0;
}

static bool udp_get_option(const struct udp_socket *socket, int level, int name, int *value)
{
    socklen_t size = sizeof *value;
    int result = getsockopt(socket->fd, level, name, value, &size);
    const struct call call = {
        .kind = CALL_GETSOCKOPT, .level = level, .name = name, .value = result == 0 ? *value : 0};

    return trace_call(socket, result, &call) == 0;
}

/* All control data that the kernel may give with a received datagram. */
static void udp_ask_control_data(const struct udp_socket *socket)
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
            udp_set_option(socket, options[i].level, options[i].name, 1);
}

/* An option that IPv4 and IPv6 both have. An IPv6 socket may send IPv4, too. */
static void udp_set_ip_option(const struct udp_socket *socket, int ipv4_name, int ipv6_name,
                              int value)
{
    udp_set_option(socket, IPPROTO_IP, ipv4_name, value);
    if (socket->family == AF_INET6)
        udp_set_option(socket, IPPROTO_IPV6, ipv6_name, value);
}

/* Only what the socket itself joined: else it receives every group that any process joined. */
static void refuse_foreign_groups(const struct udp_socket *socket)
{
    udp_set_ip_option(socket, IP_MULTICAST_ALL, IPV6_MULTICAST_ALL, 0);
}

static void set_errors(const struct udp_socket *socket)
{
    udp_set_ip_option(socket, IP_RECVERR, IPV6_RECVERR, 1);
}

/* A number and a time for each datagram, without its bytes (timestamping.rst of the kernel's
 * documentation). If it is unavailable, the program's own times are used. */
static void set_send_stamps(const struct udp_socket *socket, bool each)
{
    udp_set_option(socket, SOL_SOCKET, SO_TIMESTAMPING,
                   (each ? SOF_TIMESTAMPING_TX_SOFTWARE : 0) | SOF_TIMESTAMPING_SOFTWARE |
                       SOF_TIMESTAMPING_OPT_ID | SOF_TIMESTAMPING_OPT_TSONLY);
}

/* The kernel starts the numbers again only if the numbers were switched off in between
 * (SOF_TIMESTAMPING_OPT_ID in sock_set_timestamping). */
void udp_restart_stamps(const struct udp_socket *socket)
{
    udp_set_option(socket, SOL_SOCKET, SO_TIMESTAMPING, 0);
    set_send_stamps(socket, true);
}

static void udp_set_marks(const struct udp_socket *socket, const struct udp_options *options)
{
    if (options->hop_limit > 0) {
        udp_set_ip_option(socket, IP_TTL, IPV6_UNICAST_HOPS, options->hop_limit);
        udp_set_ip_option(socket, IP_MULTICAST_TTL, IPV6_MULTICAST_HOPS, options->hop_limit);
    }
    if (options->unicast_hop_limit > 0)
        udp_set_ip_option(socket, IP_TTL, IPV6_UNICAST_HOPS, options->unicast_hop_limit);
    if (options->dscp > 0)
        udp_set_ip_option(socket, IP_TOS, IPV6_TCLASS, options->dscp << 2);
}

static void set_multicast(const struct udp_socket *socket, const struct udp_multicast *multicast)
{
    if (multicast->hops > 0)
        udp_set_ip_option(socket, IP_MULTICAST_TTL, IPV6_MULTICAST_HOPS, multicast->hops);
    if (multicast->no_loop)
        udp_set_ip_option(socket, IP_MULTICAST_LOOP, IPV6_MULTICAST_LOOP, 0);
}

/* RFC 8899 section 3; ip(7) IP_MTU_DISCOVER, ipv6(7). */
static void forbid_fragments(const struct udp_socket *socket, bool probe)
{
    _Static_assert((int)IP_PMTUDISC_DO == (int)IPV6_PMTUDISC_DO &&
                       (int)IP_PMTUDISC_PROBE == (int)IPV6_PMTUDISC_PROBE,
                   "one value for both");
    udp_set_ip_option(socket, IP_MTU_DISCOVER, IPV6_MTU_DISCOVER,
                      probe ? IP_PMTUDISC_PROBE : IP_PMTUDISC_DO);
    if (socket->family == AF_INET6)
        udp_set_option(socket, IPPROTO_IPV6, IPV6_DONTFRAG, 1);
}

/* The kernel would cut a name that is too long, and take the interface that the rest names. */
static bool bind_to_interface(struct udp_socket *socket, const struct endpoint *endpoint,
                              const char *name, char *error)
{
    unsigned index = links_index(name);
    char verb[64];

    if (index != 0) {
        const struct call call = {.kind = CALL_SETSOCKOPT,
                                  .level = SOL_SOCKET,
                                  .name = SO_BINDTODEVICE,
                                  .value = (int)index};
        int result =
            setsockopt(socket->fd, SOL_SOCKET, SO_BINDTODEVICE, name, (socklen_t)strlen(name));
        if (trace_call(socket, result, &call) == 0)
            return true;
    }
    snprintf(verb, sizeof verb, "use the interface %.20s towards", name);
    return udp_fail_errno(socket, verb, REASON_INTERFACE, NULL, endpoint, error);
}

static void set_buffers(struct udp_socket *socket, const struct udp_options *options)
{
    if (options->receive_buffer_bytes > 0)
        udp_set_option(socket, SOL_SOCKET, SO_RCVBUF, options->receive_buffer_bytes);
    if (options->send_buffer_bytes > 0)
        udp_set_option(socket, SOL_SOCKET, SO_SNDBUF, options->send_buffer_bytes);
    udp_get_option(socket, SOL_SOCKET, SO_RCVBUF, &socket->receive_buffer_bytes);
}

/* Traced as a call on no descriptor. */
static int make_socket(const struct udp_socket *none)
{
    const struct call call = {.kind = CALL_SOCKET,
                              .level = none->family,
                              .name = SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC};

    return trace_call(none, socket(call.level, call.name, call.value), &call);
}

/* All that the options ask for and that also counts once a socket is bound. */
static bool udp_configure(struct udp_socket *out, const struct endpoint *endpoint,
                          const struct udp_options *options, char *error)
{
    if (options->broadcast)
        udp_set_option(out, SOL_SOCKET, SO_BROADCAST, 1);
    if (options->error_queue)
        set_errors(out);
    if (options->send_stamps || options->stamps_on_request)
        set_send_stamps(out, options->send_stamps);
    if (options->gro)
        udp_set_option(out, IPPROTO_UDP, UDP_GRO, 1);
    udp_ask_control_data(out);
    refuse_foreign_groups(out);
    udp_set_marks(out, options);
    if (options->multicast != NULL)
        set_multicast(out, options->multicast);
    if (options->dont_fragment || options->probe_path)
        forbid_fragments(out, options->probe_path);
    if (options->interface != NULL && !bind_to_interface(out, endpoint, options->interface, error))
        return false;
    set_buffers(out, options);
    return true;
}

static bool open_socket(const struct endpoint *endpoint, const struct udp_options *options,
                        struct udp_socket *out, char *error)
{
    int family = endpoint->family == ENDPOINT_IPV6 ? AF_INET6 : AF_INET;

    *out = (struct udp_socket){.fd = -1,
                               .family = family,
                               .ipv4 = family == AF_INET || options->dual_stack,
                               .trace = options->trace};
    out->fd = make_socket(out);
    if (out->fd < 0)
        return udp_fail_errno(out, "open a socket for", REASON_SOCKET, NULL, endpoint, error);
    if (family == AF_INET6)
        udp_set_option(out, IPPROTO_IPV6, IPV6_V6ONLY, !options->dual_stack);
    return udp_configure(out, endpoint, options, error);
}

/* False with errno set. */
static bool try_bind(const struct udp_socket *socket, const struct endpoint *local)
{
    struct sockaddr_storage address;
    socklen_t length = address_from_endpoint(local, socket->family, &address);
    const struct call call = {.kind = CALL_BIND, .peer = *local};
    int result = bind(socket->fd, (const struct sockaddr *)&address, length);

    return trace_call(socket, result, &call) == 0;
}

static bool name_local(struct udp_socket *socket, const struct endpoint *endpoint, char *error)
{
    struct sockaddr_storage address = {0};
    socklen_t length = sizeof address;

    int result = getsockname(socket->fd, (struct sockaddr *)&address, &length);
    const struct call call = {.kind = CALL_GETSOCKNAME, .peer = address_to_endpoint(&address)};

    if (trace_call(socket, result, &call) != 0)
        return udp_fail(socket, "name the socket for", endpoint, reason_text(errno), error);
    socket->local = call.peer;
    return true;
}

/* Binds so that a port in use is shared if all its owners allow that: by SO_REUSEADDR or, with
 * those that set it alone, by SO_REUSEPORT (socket(7)). */
static bool bind_shared(struct udp_socket *socket, const struct endpoint *local)
{
    if (try_bind(socket, local))
        return true;
    return errno == EADDRINUSE && udp_set_option(socket, SOL_SOCKET, SO_REUSEPORT, 1) &&
           try_bind(socket, local);
}

bool udp_open_server(const struct endpoint *local, const struct udp_options *options,
                     struct udp_socket *out, char *error)
{
    if (!open_socket(local, options, out, error))
        return false;
    if (options->reuse_port && !udp_set_option(out, SOL_SOCKET, SO_REUSEPORT, 1))
        return udp_fail(out, "share the port of", local, reason_text(errno), error);
    if (options->hold)
        steer_hold(out);
    if (options->share_port && !udp_set_option(out, SOL_SOCKET, SO_REUSEADDR, 1))
        return udp_fail(out, "share the port of", local, reason_text(errno), error);
    if (!(options->share_port ? bind_shared(out, local) : try_bind(out, local)))
        return udp_fail_errno(out, "listen on", options->share_port ? REASON_SHARE : REASON_LISTEN,
                              local, NULL, error);
    return name_local(out, local, error);
}

/* What makes a socket of another program useless as a server's; NULL: nothing. */
static const char *udp_adopt_obstacle(const struct udp_socket *socket)
{
    struct sockaddr_storage address = {0};
    socklen_t length = sizeof address;
    int type, protocol, family;

    if (!udp_get_option(socket, SOL_SOCKET, SO_TYPE, &type))
        return errno == ENOTSOCK ? "it is not a socket" : reason_text(errno);
    if (type != SOCK_DGRAM)
        return "it is not a socket for datagrams: in a .socket file write ListenDatagram=";
    if (!udp_get_option(socket, SOL_SOCKET, SO_DOMAIN, &family) ||
        !udp_get_option(socket, SOL_SOCKET, SO_PROTOCOL, &protocol))
        return reason_text(errno);
    if ((family != AF_INET && family != AF_INET6) || protocol != IPPROTO_UDP)
        return "it is not a UDP socket for IPv4 or IPv6";
    if (getpeername(socket->fd, (struct sockaddr *)&address, &length) == 0)
        return "it is connected: a server needs one that receives from everybody";
    return NULL;
}

/* Another program may have read from the socket before: what the kernel dropped then is not
 * ours. */
static const char *udp_adopt_settings(struct udp_socket *socket)
{
    int v6only = 1, flags = fcntl(socket->fd, F_GETFL);
    uint64_t dropped = 0;

    if (flags < 0 || fcntl(socket->fd, F_SETFL, flags | O_NONBLOCK) < 0)
        return reason_text(errno);
    if (socket->family == AF_INET6)
        udp_get_option(socket, IPPROTO_IPV6, IPV6_V6ONLY, &v6only);
    socket->ipv4 = socket->family == AF_INET || v6only == 0;
    if (udp_queue_info(socket, &dropped, NULL))
        socket->dropped_before = (uint32_t)dropped;
    return NULL;
}

bool udp_adopt_server(int fd, const struct udp_options *options, struct udp_socket *out,
                      char *error)
{
    static const struct endpoint nowhere = {.family = ENDPOINT_IPV4};

    *out = (struct udp_socket){.fd = fd, .trace = options->trace};
    const char *obstacle = udp_adopt_obstacle(out);
    if (obstacle == NULL && !udp_get_option(out, SOL_SOCKET, SO_DOMAIN, &out->family))
        obstacle = reason_text(errno);
    if (obstacle == NULL && name_local(out, &nowhere, error) && out->local.port == 0)
        obstacle = "it is bound to no port";
    if (obstacle == NULL && out->fd >= 0)
        obstacle = udp_adopt_settings(out);
    if (obstacle != NULL) {
        snprintf(error, UDP_ERROR_SIZE, "%s", obstacle);
        udp_close(out);
    }
    if (out->fd < 0)
        return false;
    return udp_configure(out, &out->local, options, error);
}

static int call_connect(const struct udp_socket *socket, const struct endpoint *peer)
{
    struct sockaddr_storage address;
    socklen_t length = address_from_endpoint(peer, socket->family, &address);
    const struct call call = {.kind = CALL_CONNECT, .peer = *peer};
    int result = connect(socket->fd, (const struct sockaddr *)&address, length);

    return trace_call(socket, result, &call);
}

/* The kernel returns EACCES both for a broadcast address and for a prohibiting route: the same call
 * with SO_BROADCAST shows which it was. connect(2) sends nothing (udp(7)). */
enum reason_call udp_why_denied(const struct udp_socket *socket, enum reason_call call,
                                const struct endpoint *peer)
{
    struct udp_socket probe = {.fd = -1, .family = socket->family, .trace = socket->trace};
    enum reason_call why = call;

    if (peer->family != ENDPOINT_IPV4)
        return REASON_PROHIBITED;
    probe.fd = make_socket(&probe);
    if (probe.fd >= 0 && call_connect(&probe, peer) != 0 && errno == EACCES &&
        udp_set_option(&probe, SOL_SOCKET, SO_BROADCAST, 1)) {
        if (call_connect(&probe, peer) == 0)
            why = REASON_BROADCAST;
        else if (errno == EACCES)
            why = REASON_PROHIBITED;
    }
    udp_close(&probe);
    return why;
}

static bool udp_connect(struct udp_socket *socket, const struct endpoint *local,
                        const struct endpoint *peer, char *error)
{
    enum reason_call call = REASON_CONNECT;
    int refused;

    if (call_connect(socket, peer) == 0)
        return true;
    refused = errno;
    if (refused == EACCES)
        call = udp_why_denied(socket, call, peer);
    errno = refused;
    return udp_fail_errno(socket, "send to", call, local, peer, error);
}

/* What %INTERFACE means for a group of IPv4; for IPv6 the address says it (ip(7), ipv6(7)). */
static void choose_interface(const struct udp_socket *socket, uint32_t index)
{
    const struct ip_mreqn request = {.imr_ifindex = (int)index};
    int result = setsockopt(socket->fd, IPPROTO_IP, IP_MULTICAST_IF, &request, sizeof request);
    const struct call call = {
        .kind = CALL_SETSOCKOPT, .level = IPPROTO_IP, .name = IP_MULTICAST_IF, .value = (int)index};

    trace_call(socket, result, &call);
}

bool udp_open_client(const struct endpoint *peer, const struct endpoint *local, bool connect_it,
                     const struct udp_options *options, struct udp_socket *out, char *error)
{
    if (!open_socket(peer, options, out, error))
        return false;
    if (local != NULL && !try_bind(out, local))
        return udp_fail_errno(out, "send from", REASON_SOURCE, local, NULL, error);
    if (endpoint_is_multicast(peer) && peer->family == ENDPOINT_IPV4 && peer->scope != 0)
        choose_interface(out, peer->scope);
    if (connect_it && !udp_connect(out, local, peer, error))
        return false;
    return name_local(out, peer, error);
}

bool udp_find_source(const struct endpoint *peer, const struct endpoint *local,
                     const struct udp_options *options, struct endpoint *source, char *error)
{
    struct endpoint any_port = local != NULL ? *local : *peer;
    struct udp_socket probe = {.fd = -1,
                               .family = peer->family == ENDPOINT_IPV6 ? AF_INET6 : AF_INET,
                               .trace = options->trace};

    any_port.port = 0;
    probe.fd = make_socket(&probe);
    if (probe.fd < 0)
        return udp_fail_errno(&probe, "open a socket for", REASON_SOCKET, NULL, peer, error);
    if (options->broadcast)
        udp_set_option(&probe, SOL_SOCKET, SO_BROADCAST, 1);
    if (options->interface != NULL && !bind_to_interface(&probe, peer, options->interface, error))
        return false;
    if (local != NULL && !try_bind(&probe, &any_port))
        return udp_fail_errno(&probe, "send from", REASON_SOURCE, local, NULL, error);
    if (endpoint_is_multicast(peer) && peer->family == ENDPOINT_IPV4 && peer->scope != 0)
        choose_interface(&probe, peer->scope);
    if (!udp_connect(&probe, local, peer, error) || !name_local(&probe, peer, error))
        return false;
    *source = probe.local;
    source->port = 0;
    udp_close(&probe);
    return true;
}

bool udp_is_ours(const struct endpoint *address)
{
    struct udp_socket probe = {.fd = -1,
                               .family = address->family == ENDPOINT_IPV6 ? AF_INET6 : AF_INET};
    struct endpoint any_port = *address;
    bool ours;

    any_port.port = 0;
    probe.fd = make_socket(&probe);
    ours = probe.fd >= 0 && try_bind(&probe, &any_port);
    udp_close(&probe);
    return ours;
}

void udp_close(struct udp_socket *socket)
{
    const struct call call = {.kind = CALL_CLOSE};

    if (socket->fd >= 0)
        trace_call(socket, close(socket->fd), &call);
    socket->fd = -1;
}

int udp_follow_interface(const struct udp_socket *socket, uint32_t index)
{
    int bound = 0;

    if (!udp_get_option(socket, SOL_SOCKET, SO_BINDTOIFINDEX, &bound) || bound == 0 ||
        bound == (int)index)
        return 0;
    return udp_set_option(socket, SOL_SOCKET, SO_BINDTOIFINDEX, (int)index) ? 0 : errno;
}

int udp_set_membership(const struct udp_socket *socket, const struct endpoint *group, bool join)
{
    struct group_req request = {.gr_interface = group->scope};
    bool ipv6 = group->family == ENDPOINT_IPV6;
    const struct call call = {.kind = CALL_SETSOCKOPT,
                              .level = ipv6 ? IPPROTO_IPV6 : IPPROTO_IP,
                              .name = join ? MCAST_JOIN_GROUP : MCAST_LEAVE_GROUP,
                              .peer = *group};

    address_from_endpoint(group, ipv6 ? AF_INET6 : AF_INET, &request.gr_group);
    int result = setsockopt(socket->fd, call.level, call.name, &request, sizeof request);
    return trace_call(socket, result, &call) == 0 ? 0 : errno;
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
        *dropped = info[SK_MEMINFO_DROPS] - socket->dropped_before;
    if (waiting_bytes != NULL)
        *waiting_bytes = info[SK_MEMINFO_RMEM_ALLOC];
    return true;
}

int udp_path_mtu(const struct udp_socket *socket, const struct endpoint *peer)
{
    struct udp_socket probe = {.fd = -1, .family = socket->family, .trace = socket->trace};
    bool ipv6 = socket->family == AF_INET6;
    int mtu = 0;

    probe.fd = make_socket(&probe);
    if (probe.fd < 0 || call_connect(&probe, peer) != 0 ||
        !udp_get_option(&probe, ipv6 ? IPPROTO_IPV6 : IPPROTO_IP, ipv6 ? IPV6_MTU : IP_MTU, &mtu))
        mtu = 0;
    udp_close(&probe);
    return mtu;
}
