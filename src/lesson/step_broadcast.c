/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * step_broadcast: who gets a broadcast: in a network of its own with a router, or, if that is not
 * permitted, on loopback (127.255.255.255), which has the same rules but no router.
 */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "stamps_internal.h"
#include "steps_internal.h"
#include "udptui/base/array.h"
#include "udptui/base/units.h"
#include "udptui/lesson/lab.h"

enum { PORT = 4010, CLOSED_PORT = 4011, RECEIVERS = 2 };

static const int64_t silence_ns = 30 * UNITS_NS_PER_MS;
static const struct endpoint any_host = {.family = ENDPOINT_IPV4};

struct broadcast {
    bool own; /* a network of its own */
    struct lab lab;
    struct udp_socket *sender;
    struct udp_socket
        *receivers[RECEIVERS]; /* bound to no address: the neighbour's and the router's */
    struct udp_socket *bound;  /* the same port, bound to the neighbour's address */
    struct udp_socket *far;    /* behind the router; NULL on loopback */
    struct endpoint all;       /* of the link */
};

/* ---- sockets */

static struct endpoint broadcast_at(struct endpoint host, uint16_t port)
{
    host.port = port;
    return host;
}

static struct udp_socket *broadcast_bind(struct stage *stage, struct udp_socket *socket,
                                         const struct endpoint *host)
{
    const struct endpoint local = broadcast_at(*host, PORT);
    const int on = 1;

    setsockopt(socket->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (!lab_bind(socket, &local))
        stage_fail(stage, "cannot open sockets in a network of the lesson's own");
    return socket;
}

static void broadcast_open_lab(struct stage *stage, struct broadcast *net)
{
    const struct endpoint neighbour = lab_address(LAB_NEIGHBOUR);

    net->sender = &net->lab.sockets[LAB_CLIENT][0];
    net->receivers[0] = broadcast_bind(stage, &net->lab.sockets[LAB_NEIGHBOUR][0], &any_host);
    net->bound = broadcast_bind(stage, &net->lab.sockets[LAB_NEIGHBOUR][1], &neighbour);
    net->receivers[1] = broadcast_bind(stage, &net->lab.sockets[LAB_ROUTER][0], &any_host);
    net->far = broadcast_bind(stage, &net->lab.sockets[LAB_FAR][0], &any_host);
    net->all = broadcast_at(neighbour, PORT);
    net->all.address[3] = 255;
}

static void broadcast_open_home(struct stage *stage, struct broadcast *net)
{
    const struct endpoint port = stage_free_port(stage);
    const struct endpoint any = broadcast_at(any_host, port.port);
    const struct udp_options shared = {.share_port = true};

    for (int i = 0; i < RECEIVERS; i++)
        net->receivers[i] = stage_receiver(stage, &any, &shared);
    net->bound = stage_receiver(stage, &port, &shared);
    net->sender = stage_client(stage, &port, false, NULL);
    net->all = (struct endpoint){
        .family = ENDPOINT_IPV4, .address = {127, 255, 255, 255}, .port = port.port};
}

/* ---- datagrams */

/* How many of the receivers get what was sent (error 0); its leg arrived if one did. */
static int broadcast_count(struct stage *stage, const struct broadcast *net, int error, int leg)
{
    int64_t wall_ns = 0;
    int count = 0;

    for (int i = 0; i < RECEIVERS; i++)
        count += lab_receives(stage, net->receivers[i], error == 0, &wall_ns);
    if (count > 0)
        stage_arrive(stage, leg, wall_ns, "");
    return count;
}

/* ---- the experiment */

static void broadcast_to_link(struct stage *stage, struct broadcast *net)
{
    const int on = 1;
    int64_t wall_ns;
    int leg, error;

    stage_words(stage, "without_option", "%s",
                stage_errno_name(
                    lab_send_or_draw(stage, net->own, net->sender, &net->all, "1 to all", &leg)));
    setsockopt(net->sender->fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof on);
    stage_happens(stage, true, "SO_BROADCAST");
    error = lab_send_or_draw(stage, net->own, net->sender, &net->all, "2 to all", &leg);
    stage_words(stage, "with_option", "%s", stage_errno_name(error));
    stage_count(stage, "receivers", broadcast_count(stage, net, error, leg));
    stage_truth(stage, "bound_receives", lab_receives(stage, net->bound, false, &wall_ns));
}

/* What needs a router: the far host gets no broadcast, but what is sent to it. */
static void broadcast_to_far(struct stage *stage, struct broadcast *net)
{
    const struct endpoint limited = {
        .family = ENDPOINT_IPV4, .address = {255, 255, 255, 255}, .port = PORT};
    const struct endpoint far = lab_address(LAB_FAR), there = broadcast_at(far, PORT);
    const struct endpoint closed = broadcast_at(net->all, CLOSED_PORT);
    int64_t wall_ns;
    int leg, error;

    stage_truth(stage, "far_receives", lab_receives(stage, net->far, false, &wall_ns));
    error = lab_send_or_draw(stage, net->own, net->sender, &limited, "3 to all", &leg);
    stage_count(stage, "limited_receivers", broadcast_count(stage, net, error, leg));
    stage_truth(stage, "far_receives_limited", lab_receives(stage, net->far, false, &wall_ns));
    error = lab_send_or_draw(stage, net->own, net->sender, &there, "4 to far", &leg);
    stage_truth(stage, "far_receives_unicast", lab_receives(stage, net->far, error == 0, &wall_ns));
    lab_send_or_draw(stage, net->own, net->sender, &closed, "5 to all", &leg);
    stage_wait(stage, net->sender->fd, 0, silence_ns);
}

static void broadcast_draw(struct stage *stage, struct broadcast *net)
{
    int icmp = 0;

    lab_draw(stage, &net->lab, 0, "");
    lab_note(stage, "2 to all", "10.0.0.255");
    lab_note(stage, "3 to all", "255.255.255.255");
    lab_note(stage, "5 to all", stage_text(stage, "nobody, no ICMP"));
    for (size_t i = 0; i < stage->leg_count; i++)
        icmp += stage->legs[i].error;
    stage_count(stage, "icmp", icmp);
}

void step_broadcast(struct stage *stage)
{
    struct broadcast net = {.own = false};

    if (!stage_going(stage))
        return;
    net.own = lab_open(&(struct lab_plan){.far_mtu = LAB_MTU}, &net.lab);
    stage_truth(stage, "permitted", net.own);
    if (net.own)
        broadcast_open_lab(stage, &net);
    else
        broadcast_open_home(stage, &net);
    broadcast_to_link(stage, &net);
    if (net.own) {
        broadcast_to_far(stage, &net);
        broadcast_draw(stage, &net);
    }
    lab_close(&net.lab);
}
