/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * step_multicast: who gets what is sent to a group: in a network of its own, or, if that is not
 * permitted, on loopback, which has no IGMP and where IP_MULTICAST_LOOP makes no difference.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "steps_internal.h"
#include "udptui/base/array.h"
#include "udptui/base/units.h"
#include "udptui/lesson/lab.h"

enum { PORT = 4010, CONTROL_SIZE = 256 };

static const int64_t patience_ns = 2 * UNITS_NS_PER_S;
static const int64_t report_timeout_ns = 300 * UNITS_NS_PER_MS;
static const struct endpoint group = {.family = ENDPOINT_IPV4, .address = {239, 255, 40, 10}};

struct multicast {
    bool own; /* a network of its own */
    struct lab lab;
    struct udp_socket *sender, *local; /* on one host */
    struct udp_socket *one, *two, *third;
    struct endpoint here, there; /* addresses of the interfaces of the two hosts */
    struct endpoint to;          /* the group, with the port */
    int ttl;                     /* of the latest datagram that `one` received; 0: not known */
};

/* ---- sockets */

static void multicast_set(const struct udp_socket *socket, int option, int value)
{
    setsockopt(socket->fd, IPPROTO_IP, option, &value, sizeof value);
}

/* Bound to no address, like each of the receivers. */
static struct udp_socket *multicast_bind(struct stage *stage, struct udp_socket *socket,
                                         uint16_t port)
{
    const struct endpoint any = {.family = ENDPOINT_IPV4, .port = port};
    const int on = 1;

    setsockopt(socket->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (!lab_bind(socket, &any))
        stage_fail(stage, "cannot open sockets in a network of the lesson's own");
    return socket;
}

static void multicast_open_lab(struct stage *stage, struct multicast *net)
{
    net->here = lab_address(LAB_CLIENT);
    net->there = lab_address(LAB_NEIGHBOUR);
    net->to.port = PORT;
    net->sender = &net->lab.sockets[LAB_CLIENT][0];
    net->local = multicast_bind(stage, &net->lab.sockets[LAB_CLIENT][1], PORT);
    net->one = multicast_bind(stage, &net->lab.sockets[LAB_NEIGHBOUR][0], PORT);
    net->two = multicast_bind(stage, &net->lab.sockets[LAB_NEIGHBOUR][1], PORT);
    net->third = multicast_bind(stage, &net->lab.sockets[LAB_NEIGHBOUR][2], PORT);
}

static void multicast_open_home(struct stage *stage, struct multicast *net)
{
    const struct endpoint port = stage_free_port(stage);
    const struct endpoint any = {.family = ENDPOINT_IPV4, .port = port.port};
    const struct udp_options shared = {.share_port = true};

    net->here = net->there = stage_loopback();
    net->to.port = port.port;
    net->one = stage_receiver(stage, &any, &shared);
    net->two = stage_receiver(stage, &any, &shared);
    net->third = stage_receiver(stage, &any, &shared);
    multicast_set(net->third, IP_MULTICAST_ALL, 1); /* the kernel's default */
    net->sender = stage_client(stage, &port, false, NULL);
    setsockopt(net->sender->fd, IPPROTO_IP, IP_MULTICAST_IF, net->here.address,
               sizeof(struct in_addr));
}

/* ---- membership */

/* Joins or leaves the group at an interface. Returns 0 or the errno. */
static int multicast_member(const struct udp_socket *socket, const struct endpoint *interface,
                            int option)
{
    struct ip_mreqn request = {.imr_ifindex = 0};

    memcpy(&request.imr_multiaddr, group.address, sizeof request.imr_multiaddr);
    memcpy(&request.imr_address, interface->address, sizeof request.imr_address);
    return setsockopt(socket->fd, IPPROTO_IP, option, &request, sizeof request) == 0 ? 0 : errno;
}

/* Draws what was on the links, and waits until the host that a change of membership is on has
 * reported it there. */
static void multicast_draw_report(struct stage *stage, struct multicast *net, enum lab_host at)
{
    if (!net->own)
        return;
    stage_wait(stage, net->lab.packets[at], POLLIN, report_timeout_ns);
    lab_draw(stage, &net->lab, 0, "");
}

static void multicast_change(struct stage *stage, struct multicast *net, int option,
                             const char *event)
{
    int error = 0;

    if (!stage_going(stage))
        return;
    if (net->own)
        lab_draw(stage, &net->lab, 0, "");
    stage_happens(stage, false, "%s", event);
    error = multicast_member(net->one, &net->there, option);
    if (error == 0)
        error = multicast_member(net->two, &net->there, option);
    if (error != 0)
        stage_fail(stage, "cannot join or leave a multicast group: %s", stage_errno_name(error));
    multicast_draw_report(stage, net, LAB_CLIENT);
}

/* ---- datagrams */

/* The same as lab_receives, with the TTL that is left. */
static bool multicast_receives_ttl(struct stage *stage, struct multicast *net, bool expected,
                                   int64_t *wall_ns)
{
    _Alignas(struct cmsghdr) char control[CONTROL_SIZE];
    struct msghdr message = {.msg_control = control, .msg_controllen = sizeof control};

    multicast_set(net->one, IP_RECVTTL, 1);
    stage_wait(stage, net->one->fd, POLLIN, expected ? patience_ns : 0);
    if (stage_going(stage) && recvmsg(net->one->fd, &message, MSG_DONTWAIT | MSG_PEEK) >= 0)
        for (struct cmsghdr *part = CMSG_FIRSTHDR(&message); part != NULL;
             part = CMSG_NXTHDR(&message, part))
            if (part->cmsg_level == IPPROTO_IP && part->cmsg_type == IP_TTL)
                memcpy(&net->ttl, CMSG_DATA(part), sizeof net->ttl);
    return lab_receives(stage, net->one, false, wall_ns);
}

/* Who is expected to get a datagram, so that it is waited for. */
enum expected { NOBODY, MEMBERS, MEMBERS_AND_THIRD };

/*
 * Sends a text to the group. Delivers how many of the two members got it under `key`, and returns
 * whether the third one did.
 */
static bool multicast_send(struct stage *stage, struct multicast *net, const char *text,
                           enum expected expected, const char *key)
{
    int64_t wall_ns = 0;
    bool one, two, third;
    int leg;

    if (lab_send_or_draw(stage, net->own, net->sender, &net->to, text, &leg) != 0)
        expected = NOBODY; /* nothing was sent */
    one = multicast_receives_ttl(stage, net, expected >= MEMBERS, &wall_ns);
    two = lab_receives(stage, net->two, expected >= MEMBERS, &wall_ns);
    third = lab_receives(stage, net->third, expected == MEMBERS_AND_THIRD, &wall_ns);
    stage_count(stage, key, one + two);
    if (one || two || third)
        stage_arrive(stage, leg, wall_ns, "");
    else
        stage_drop(stage, leg, "");
    if (net->own)
        lab_draw(stage, &net->lab, 0, "");
    lab_note(stage, text,
             stage_text(stage, one && two && third ? "one, two, three"
                               : one && two        ? "one and two"
                                                   : "nobody"));
    return third;
}

/* A program on the sender's own host, which loopback cannot show. */
static void multicast_try_loop(struct stage *stage, struct multicast *net)
{
    int64_t wall_ns;
    bool looped;

    lab_draw(stage, &net->lab, 0, "");
    stage_happens(stage, true, stage_text(stage, "joins on the sender's host"));
    multicast_member(net->local, &net->here, IP_ADD_MEMBERSHIP);
    multicast_draw_report(stage, net, LAB_NEIGHBOUR);
    multicast_send(stage, net, "4 to the group", MEMBERS, "loop_members");
    looped = lab_receives(stage, net->local, true, &wall_ns);
    stage_truth(stage, "loop_local", looped);
    if (looped)
        lab_note(stage, "4 to the group", stage_text(stage, "one, two, here"));
    multicast_set(net->sender, IP_MULTICAST_LOOP, 0);
    stage_happens(stage, true, "IP_MULTICAST_LOOP = 0");
    multicast_send(stage, net, "5 to the group", MEMBERS, "no_loop_members");
    stage_truth(stage, "no_loop_local", lab_receives(stage, net->local, false, &wall_ns));
}

void step_multicast(struct stage *stage)
{
    struct multicast net = {.to = group};

    if (!stage_going(stage))
        return;
    net.own = lab_open(&(struct lab_plan){.far_mtu = LAB_MTU}, &net.lab);
    stage_truth(stage, "permitted", net.own);
    if (net.own)
        multicast_open_lab(stage, &net);
    else
        multicast_open_home(stage, &net);
    multicast_send(stage, &net, "1 to the group", NOBODY, "before");
    multicast_change(stage, &net, IP_ADD_MEMBERSHIP, stage_text(stage, "one and two join"));
    stage_truth(stage, "third_hears",
                multicast_send(stage, &net, "2 to the group", MEMBERS_AND_THIRD, "members"));
    stage_count(stage, "ttl", net.ttl);
    multicast_set(net.third, IP_MULTICAST_ALL, 0);
    stage_happens(stage, false, stage_text(stage, "three: IP_MULTICAST_ALL = 0"));
    stage_truth(stage, "third_hears_all_0",
                multicast_send(stage, &net, "3 to the group", MEMBERS, "members_again"));
    if (net.own)
        multicast_try_loop(stage, &net);
    multicast_change(stage, &net, IP_DROP_MEMBERSHIP, stage_text(stage, "one and two leave"));
    multicast_send(stage, &net, "6 to the group", NOBODY, "after");
    lab_close(&net.lab);
}
