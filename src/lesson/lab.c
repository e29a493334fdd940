/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lab: the hosts and their sockets; see the header. What was on their links: lab_frames.c. */
#include "udptui/lesson/lab.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/if_ether.h>
#include <linux/if_packet.h>

#include "child_sockets_internal.h"
#include "links_internal.h"
#include "stamps_internal.h"
#include "udptui/base/array.h"
#include "udptui/base/units.h"
#include "udptui/sys/address.h"

enum {
    SWITCH = LAB_HOSTS, /* a namespace, too */
    NAMESPACES = LAB_HOSTS + 1,
    FDS_OF_HOST = LAB_SOCKETS + 1,       /* the last one is the packet socket */
    SWITCH_FD = LAB_HOSTS * FDS_OF_HOST, /* a socket, so that its namespace stays */
    FDS,
};

_Static_assert((int)FDS <= (int)CHILD_SOCKETS_MAX, "all sockets are passed at once");

static const int64_t silence_ns = 30 * UNITS_NS_PER_MS;
static const int64_t patience_ns = 2 * UNITS_NS_PER_S;
static const uint8_t client_address[] = {10, 0, 0, 1}, neighbour_address[] = {10, 0, 0, 2},
                     router_address[] = {10, 0, 0, 254}, router_far_address[] = {10, 0, 1, 254},
                     far_address[] = {10, 0, 1, 1};

/* The interfaces of the hosts. */
static const struct lab_interface {
    enum lab_host host;
    const char *name;
    const char *switch_port; /* at the other end of its cable; NULL: the router's */
    const uint8_t *address;
    const uint8_t *gateway; /* NULL: none */
} interfaces[] = {
    {LAB_CLIENT, "eth0", "client", client_address, router_address},
    {LAB_NEIGHBOUR, "eth0", "neighbour", neighbour_address, router_address},
    {LAB_ROUTER, "eth0", "router", router_address, NULL},
    {LAB_FAR, "eth0", NULL, far_address, router_far_address},
    {LAB_ROUTER, "eth1", NULL, router_far_address, NULL},
};

/* ---- in the child: only system calls */

/* A new namespace, which the child is in then. Returns a descriptor of it, -1: not permitted. */
static int make_namespace(bool first)
{
    bool made = first ? child_sockets_enter() : unshare(CLONE_NEWNET) == 0;

    return made ? open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC) : -1;
}

static bool make_namespaces(int namespaces[NAMESPACES])
{
    for (int i = 0; i < NAMESPACES; i++)
        if ((namespaces[i] = make_namespace(i == 0)) < 0)
            return false;
    return true;
}

static bool enter(int namespace)
{
    return setns(namespace, CLONE_NEWNET) == 0;
}

/* The cables to the switch, and the one from the router to the far host. */
static bool lay_cables(const struct lab_plan *plan, const int namespaces[NAMESPACES])
{
    if (!enter(namespaces[SWITCH]) || !links_add_switch("switch") || !links_set_up("switch", NULL))
        return false;
    for (size_t i = 0; i < COUNT_OF(interfaces); i++) {
        const struct lab_interface *one = &interfaces[i];
        if (one->switch_port != NULL &&
            (!links_add_cable(one->switch_port, namespaces[one->host], one->name, LAB_MTU) ||
             !links_set_up(one->switch_port, NULL)))
            return false;
    }
    return enter(namespaces[LAB_ROUTER]) &&
           links_add_cable("eth1", namespaces[LAB_FAR], "eth0", plan->far_mtu);
}

static bool set_up_interfaces(const int namespaces[NAMESPACES])
{
    for (size_t i = 0; i < COUNT_OF(interfaces); i++) {
        const struct lab_interface *one = &interfaces[i];
        if (!enter(namespaces[one->host]) || !links_set_up("lo", NULL) ||
            !links_add_address(one->name, one->address) || !links_set_up(one->name, NULL) ||
            (one->gateway != NULL && !links_add_gateway(one->gateway)))
            return false;
    }
    return true;
}

static bool wait_for_carriers(const int namespaces[NAMESPACES])
{
    for (size_t i = 0; i < COUNT_OF(interfaces); i++)
        if (!enter(namespaces[interfaces[i].host]) || !links_wait_carrier(interfaces[i].name))
            return false;
    return true;
}

/* A port that has a carrier when it joins the switch forwards at once; one that gets it later does
 * so at a time that cannot be waited for. */
static bool join_ports(const int namespaces[NAMESPACES])
{
    if (!enter(namespaces[SWITCH]))
        return false;
    for (size_t i = 0; i < COUNT_OF(interfaces); i++) {
        const char *port = interfaces[i].switch_port;
        if (port != NULL && (!links_wait_carrier(port) || !links_set_up(port, "switch")))
            return false;
    }
    return true;
}

static bool set_up_router(const struct lab_plan *plan, const int namespaces[NAMESPACES])
{
    return enter(namespaces[LAB_ROUTER]) && links_forward() &&
           (!plan->silent_router || links_drop_icmp(client_address));
}

/* Of the namespace that the child is in. */
static bool open_host_sockets(int *fds)
{
    const int on = 1;

    for (int i = 0; i < LAB_SOCKETS; i++)
        if ((fds[i] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) < 0)
            return false;
    fds[LAB_SOCKETS] =
        socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, htons(ETH_P_ALL));
    return fds[LAB_SOCKETS] >= 0 &&
           setsockopt(fds[LAB_SOCKETS], SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on) == 0;
}

static bool lab_make(const void *context, int *fds)
{
    const struct lab_plan *plan = context;
    int namespaces[NAMESPACES];

    if (!make_namespaces(namespaces) || !lay_cables(plan, namespaces) ||
        !set_up_interfaces(namespaces) || !set_up_router(plan, namespaces) ||
        !wait_for_carriers(namespaces) || !join_ports(namespaces))
        return false;
    for (int host = 0; host < LAB_HOSTS; host++)
        if (!enter(namespaces[host]) || !open_host_sockets(fds + host * FDS_OF_HOST))
            return false;
    return enter(namespaces[SWITCH]) &&
           (fds[SWITCH_FD] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) >= 0;
}

/* ---- in the lesson */

static void keep_socket(struct udp_socket *socket, int fd)
{
    const int on = 1;

    *socket = (struct udp_socket){.fd = fd, .family = AF_INET};
    if (fd < 0)
        return;
    setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
    stamps_enable(fd);
}

/* Interfaces are those of the socket's namespace. */
static int lab_index(const struct udp_socket *socket, const char *name)
{
    struct ifreq request = {.ifr_ifindex = 0};

    snprintf(request.ifr_name, sizeof request.ifr_name, "%s", name);
    return ioctl(socket->fd, SIOCGIFINDEX, &request) == 0 ? request.ifr_ifindex : 0;
}

bool lab_open(const struct lab_plan *plan, struct lab *lab)
{
    int fds[FDS];
    bool made = child_sockets_open(lab_make, plan, fds, FDS);

    *lab = (struct lab){.switch_fd = made ? fds[SWITCH_FD] : -1};
    for (int host = 0; host < LAB_HOSTS; host++) {
        const int *own = fds + (ptrdiff_t)host * FDS_OF_HOST;
        for (int i = 0; i < LAB_SOCKETS; i++)
            keep_socket(&lab->sockets[host][i], made ? own[i] : -1);
        lab->packets[host] = made ? own[LAB_SOCKETS] : -1;
    }
    if (made)
        lab->far_index = lab_index(&lab->sockets[LAB_ROUTER][0], "eth1");
    return made;
}

void lab_close(struct lab *lab)
{
    for (int host = 0; host < LAB_HOSTS; host++) {
        for (int i = 0; i < LAB_SOCKETS; i++)
            stage_shut(&lab->sockets[host][i]);
        if (lab->packets[host] >= 0)
            close(lab->packets[host]);
        lab->packets[host] = -1;
    }
    if (lab->switch_fd >= 0)
        close(lab->switch_fd);
    lab->switch_fd = -1;
}

struct endpoint lab_address(enum lab_host host)
{
    struct endpoint endpoint = {.family = ENDPOINT_IPV4};

    for (size_t i = 0; i < COUNT_OF(interfaces); i++)
        if (interfaces[i].host == host) {
            memcpy(endpoint.address, interfaces[i].address, sizeof client_address);
            break;
        }
    return endpoint;
}

bool lab_bind(struct udp_socket *socket, const struct endpoint *local)
{
    struct sockaddr_storage address;
    socklen_t length = address_from_endpoint(local, AF_INET, &address);

    if (bind(socket->fd, (const struct sockaddr *)&address, length) != 0 ||
        getsockname(socket->fd, (struct sockaddr *)&address, &length) != 0)
        return false;
    socket->local = address_to_endpoint(&address);
    return true;
}

int lab_send(struct stage *stage, const struct udp_socket *socket, const struct endpoint *to,
             const char *text, size_t size_bytes)
{
    char bytes[LAB_MTU] = {0};
    size_t length = strlen(text);
    int leg, error;

    memcpy(bytes, text, length);
    error = stage_send(stage, socket,
                       &(struct stage_datagram){.bytes = bytes,
                                                .size_bytes = size_bytes > 0 ? size_bytes : length,
                                                .label = text,
                                                .to = to},
                       &leg);
    if (error == 0 && leg != STAGE_NO_LEG)
        stage->leg_count = (size_t)leg;
    return error;
}

/* ---- in a lab or on loopback */

int lab_send_or_draw(struct stage *stage, bool in_lab, const struct udp_socket *socket,
                     const struct endpoint *to, const char *text, int *leg)
{
    *leg = STAGE_NO_LEG;
    if (in_lab)
        return lab_send(stage, socket, to, text, 0);
    return stage_send(stage, socket,
                      &(struct stage_datagram){
                          .bytes = text, .size_bytes = strlen(text), .label = text, .to = to},
                      leg);
}

bool lab_receives(struct stage *stage, const struct udp_socket *socket, bool expected,
                  int64_t *wall_ns)
{
    char buffer[LAB_HEAD_SIZE];
    struct stage_received got = stage_receive_within(stage, socket, buffer, sizeof buffer,
                                                     expected ? patience_ns : silence_ns);

    if (got.size_bytes >= 0)
        *wall_ns = got.wall_ns;
    return got.size_bytes >= 0;
}

void lab_note(struct stage *stage, const char *text, const char *note)
{
    for (size_t i = 0; i < stage->leg_count; i++)
        if (strcmp(stage->legs[i].label, text) == 0 && !stage->legs[i].right_gap)
            snprintf(stage->legs[i].note, sizeof stage->legs[i].note, "%s", note);
}
