/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * step_blackhole: path MTU discovery through a router whose next link has a smaller MTU: with the
 * router's ICMP messages, without them, and by probes that the server acknowledges (RFC 8899).
 */
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "stamps_internal.h"
#include "steps_internal.h"
#include "udptui/base/units.h"
#include "udptui/lesson/lab.h"
#include "udptui/sys/address.h"

enum {
    FAR_MTU = 1400,
    HEADERS = 28,             /* of IPv4 and UDP */
    FULL = LAB_MTU - HEADERS, /* 1,472: what the client's own link carries */
    FITS = FAR_MTU - HEADERS, /* 1,372 */
    BASE = 1200,              /* RFC 8899 section 5.1.2 */
    PROBES = 5,
    PORT = 4010,
};

static const int64_t silence_ns = 100 * UNITS_NS_PER_MS;

struct blackhole {
    struct lab lab;
    struct udp_socket *client, *server;
    int number; /* of the latest datagram */
};

/* A new network, so that nothing is known of the path, with a client that forbids fragments. */
static bool blackhole_open(struct stage *stage, struct blackhole *path, bool silent_router)
{
    const int forbidden = IP_PMTUDISC_DO, on = 1;
    struct endpoint server = lab_address(LAB_FAR);
    struct sockaddr_storage address;
    socklen_t length;

    if (!lab_open(&(struct lab_plan){.far_mtu = FAR_MTU, .silent_router = silent_router},
                  &path->lab))
        return false;
    path->client = &path->lab.sockets[LAB_CLIENT][0];
    path->server = &path->lab.sockets[LAB_FAR][0];
    server.port = PORT;
    length = address_from_endpoint(&server, AF_INET, &address);
    if (!lab_bind(path->server, &server) ||
        connect(path->client->fd, (const struct sockaddr *)&address, length) != 0)
        stage_fail(stage, "cannot open sockets in a network of the lesson's own");
    setsockopt(path->client->fd, IPPROTO_IP, IP_MTU_DISCOVER, &forbidden, sizeof forbidden);
    setsockopt(path->client->fd, IPPROTO_IP, IP_RECVERR, &on, sizeof on);
    return true;
}

/* Sends so many bytes of payload. Returns 0 or the errno. */
static int blackhole_send(struct stage *stage, struct blackhole *path, size_t size_bytes)
{
    char label[LADDER_LABEL_SIZE];

    snprintf(label, sizeof label, "%d: %zu B", ++path->number, size_bytes);
    return lab_send(stage, path->client, NULL, label, size_bytes);
}

/* The size of what the server receives, -1: nothing. *from: its sender. */
static int32_t blackhole_receive(struct stage *stage, const struct blackhole *path,
                                 struct endpoint *from)
{
    char buffer[LAB_MTU];
    struct stage_received got =
        stage_receive_within(stage, path->server, buffer, sizeof buffer, silence_ns);

    *from = got.from;
    return (int32_t)got.size_bytes;
}

/* The ICMP message that the first datagram caused, and the path MTU that the kernel learned. */
static void blackhole_take_icmp(struct stage *stage, const struct blackhole *path)
{
    int64_t wall_ns;
    uint8_t first_byte, type = 0, code = 0;
    int mtu = 0, error;
    socklen_t size = sizeof mtu, error_size = sizeof error;

    stage_wait(stage, path->client->fd, 0, silence_ns);
    while (stamps_take_icmp(path->client->fd, &wall_ns, &first_byte, &type, &code))
        ;
    getsockopt(path->client->fd, SOL_SOCKET, SO_ERROR, &error, &error_size); /* clears it */
    getsockopt(path->client->fd, IPPROTO_IP, IP_MTU, &mtu, &size);
    stage_count(stage, "icmp_type", type);
    stage_count(stage, "icmp_code", code);
    stage_count(stage, "learned_mtu", mtu);
}

static void blackhole_with_icmp(struct stage *stage, struct blackhole *path)
{
    struct endpoint from;

    stage_words(stage, "first_full", "%s", stage_errno_name(blackhole_send(stage, path, FULL)));
    blackhole_take_icmp(stage, path);
    stage_words(stage, "second_full", "%s", stage_errno_name(blackhole_send(stage, path, FULL)));
    stage_words(stage, "fitting", "%s", stage_errno_name(blackhole_send(stage, path, FITS)));
    stage_count(stage, "fitting_received", blackhole_receive(stage, path, &from));
    lab_draw(stage, &path->lab, 0, stage_text(stage, "too big"));
}

/* Sends a probe, which the server acknowledges. Whether the acknowledgment came. */
static bool blackhole_probe(struct stage *stage, struct blackhole *path, size_t size_bytes)
{
    char label[LADDER_LABEL_SIZE], buffer[LADDER_LABEL_SIZE];
    struct endpoint from;

    if (blackhole_send(stage, path, size_bytes) != 0 ||
        blackhole_receive(stage, path, &from) != (int32_t)size_bytes)
        return false;
    snprintf(label, sizeof label, "%d: ack", path->number);
    lab_send(stage, path->server, &from, label, 0);
    return stage_receive(stage, path->client, buffer, sizeof buffer).size_bytes >= 0;
}

/* Begins with a size that most paths carry, then halves the range up to the client's own MTU. */
static void blackhole_search(struct stage *stage, struct blackhole *path)
{
    int32_t probed[PROBES], confirmed[PROBES], low = 0, high = FULL;
    size_t confirmed_count = 0;

    for (int i = 0; i < PROBES && stage_going(stage); i++) {
        probed[i] = i == 0 ? BASE : (low + high) / 2;
        if (blackhole_probe(stage, path, (size_t)probed[i]))
            low = confirmed[confirmed_count++] = probed[i];
        else
            high = probed[i];
    }
    if (!stage_going(stage))
        return;
    stage_numbers(stage, "probed", probed, PROBES);
    stage_numbers(stage, "confirmed", confirmed, confirmed_count);
    stage_count(stage, "largest_confirmed", low);
    stage_count(stage, "smallest_silent", high);
}

/* An event at the line in the middle. */
static void blackhole_mark_router(struct stage *stage, const char *text)
{
    struct ladder_leg leg = {
        .depart_ns = stage_now_ns(), .to_right = true, .right_gap = true, .end = LADDER_EVENT};

    snprintf(leg.label, sizeof leg.label, "%s", text);
    stage_leg(stage, &leg);
}

static void blackhole_without_icmp(struct stage *stage, struct blackhole *path)
{
    struct endpoint from;
    bool reported;

    blackhole_mark_router(stage, stage_text(stage, "from here: no ICMP"));
    stage_words(stage, "silent_full", "%s", stage_errno_name(blackhole_send(stage, path, FULL)));
    reported = stage_wait(stage, path->client->fd, 0, silence_ns);
    stage_truth(stage, "silent_full_reported", reported);
    stage_count(stage, "silent_full_received", stage_is_empty(path->server) ? 0 : 1);
    stage_words(stage, "silent_fitting", "%s", stage_errno_name(blackhole_send(stage, path, FITS)));
    stage_count(stage, "silent_fitting_received", blackhole_receive(stage, path, &from));
    blackhole_search(stage, path);
    lab_draw(stage, &path->lab, 0, stage_text(stage, "too big"));
}

/* Without a network of its own: loopback, which has no router. */
static void blackhole_stay_home(struct stage *stage)
{
    const struct endpoint local = stage_loopback();
    struct udp_socket *server = stage_receiver(stage, &local, NULL);
    struct udp_socket *client = stage_client(stage, &server->local, true, NULL);
    char buffer[LAB_MTU] = "1: 1472 B";
    struct stage_received got;
    int leg;

    stage_send(stage, client,
               &(struct stage_datagram){
                   .bytes = buffer, .size_bytes = FULL, .number = 1, .label = "1: 1472 B"},
               &leg);
    got = stage_receive(stage, server, buffer, sizeof buffer);
    if (got.size_bytes >= 0)
        stage_arrive(stage, leg, got.wall_ns, stage_text(stage, "loopback: no router"));
}

void step_blackhole(struct stage *stage)
{
    struct blackhole path = {.number = 0};
    bool permitted;

    if (!stage_going(stage))
        return;
    permitted = blackhole_open(stage, &path, false);
    stage_truth(stage, "permitted", permitted);
    if (permitted)
        blackhole_with_icmp(stage, &path);
    else
        blackhole_stay_home(stage);
    lab_close(&path.lab);
    if (!permitted || !stage_going(stage))
        return;
    if (!blackhole_open(stage, &path, true))
        stage_fail(stage, "cannot make a second network of the lesson's own");
    blackhole_without_icmp(stage, &path);
    lab_close(&path.lab);
}
