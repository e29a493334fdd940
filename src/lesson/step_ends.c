/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* step_ends: connectionless and unreachable: what a sender learns about the other end. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "stamps_internal.h"
#include "steps_internal.h"
#include "udptui/base/units.h"
#include "udptui/lesson/stage.h"

enum { REPLY_SIZE = 64 };

static const int64_t silence_ns = 100 * UNITS_NS_PER_MS;

static int send_number(struct stage *stage, const struct udp_socket *socket,
                       const struct endpoint *to, const char *text, int *leg)
{
    const struct stage_datagram datagram = {.bytes = text,
                                            .size_bytes = strlen(text),
                                            .number = (uint64_t)(text[0] - '0'),
                                            .label = text,
                                            .to = to};

    return stage_send(stage, socket, &datagram, leg);
}

/* ---- to a closed port */

/*
 * Sends from a socket that gets no ICMP errors, and verifies that it gets none. The kernel counts
 * the ICMP message that it sent (RFC 1213 icmpOutDestUnreachs) but does not report its time, so it
 * is drawn without one. Returns the send's result.
 */
static int ends_send_to_closed_port(struct stage *stage, const struct udp_socket *client,
                                    const struct endpoint *to, const char *text, bool *told)
{
    int64_t before = stamps_snmp("Icmp", "OutDestUnreachs");
    int leg, result = send_number(stage, client, to, text, &leg);

    *told = result == 0 && stage_wait(stage, client->fd, 0, silence_ns);
    if (result != 0 || leg == STAGE_NO_LEG)
        return result;
    stage_drop(stage, leg, stage_text(stage, "closed port"));
    if (before >= 0 && stamps_snmp("Icmp", "OutDestUnreachs") > before)
        stage_reconstruct(stage, (uint64_t)(text[0] - '0'), false, stage->legs[leg].depart_ns,
                          "ICMP port unreachable");
    return result;
}

/* ---- connectionless */

/* One message there and back; *from: the client's endpoint as the server saw it. True if both
 * arrived. */
static bool exchange(struct stage *stage, const struct udp_socket *client,
                     const struct udp_socket *server, const char *text, struct endpoint *from)
{
    char buffer[REPLY_SIZE];
    struct stage_received got;
    int leg, back;

    send_number(stage, client, &server->local, text, &leg);
    got = stage_receive(stage, server, buffer, sizeof buffer);
    if (got.size_bytes < 0)
        return false;
    stage_arrive(stage, leg, got.wall_ns, "");
    *from = got.from;
    stage_send(stage, server,
               &(struct stage_datagram){.bytes = text,
                                        .size_bytes = strlen(text),
                                        .number = (uint64_t)(text[0] - '0'),
                                        .label = "ok",
                                        .to = from,
                                        .to_left = true},
               &back);
    got = stage_receive(stage, client, buffer, sizeof buffer);
    if (got.size_bytes >= 0)
        stage_arrive(stage, back, got.wall_ns, "");
    return got.size_bytes >= 0;
}

/* Whether connect(2) of a UDP socket puts anything into the server's queue. */
static bool connect_is_silent(struct stage *stage, const struct udp_socket *server)
{
    struct udp_socket *client = stage_client(stage, &server->local, true, NULL);
    bool silent = stage_is_empty(server);

    stage_shut(client);
    return silent;
}

struct connectionless {
    int before;         /* result of the send before there was a server */
    bool before_silent; /* and no error is pending at its socket */
    int answered;
    bool same_client; /* the new server saw the client under the same address and port */
    int clients;      /* that one server socket has exchanged datagrams with */
    bool connect_silent;
};

static void find_connectionless(struct stage *stage, const struct connectionless *found)
{
    stage_words(stage, "sent_before_server", "%s", stage_errno_name(found->before));
    stage_count(stage, "answered", found->answered);
    stage_count(stage, "restarts", 1);
    stage_truth(stage, "same_client", found->same_client);
    stage_count(stage, "clients", found->clients);
    stage_count(stage, "server_sockets", 1);
    stage_count(stage, "connect_datagrams", found->connect_silent ? 0 : 1);
    stage_truth(stage, "before_silent", found->before_silent);
}

void step_connectionless(struct stage *stage)
{
    const struct endpoint port = stage_free_port(stage);
    struct udp_socket *client = stage_client(stage, &port, false, NULL);
    struct connectionless found = {.clients = 1};
    struct endpoint first = {0}, again = {0}, others[2] = {{{0}, 0, 0, 0, 0}};
    struct udp_socket *server;
    bool told;

    found.before = ends_send_to_closed_port(stage, client, &port, "1 anybody?", &told);
    found.before_silent = !told;
    server = stage_receiver(stage, &port, NULL);
    stage_happens(stage, false, "a server starts");
    found.answered += exchange(stage, client, server, "2 and now?", &first);
    stage_shut(server);
    server = stage_receiver(stage, &port, NULL);
    stage_happens(stage, false, "another server starts");
    found.answered += exchange(stage, client, server, "3 after a restart", &again);
    found.same_client = endpoint_equal(&first, &again);
    found.connect_silent = stage_going(stage) && connect_is_silent(stage, server);
    for (int i = 0; i < 2 && stage_going(stage); i++) {
        struct udp_socket *other = stage_client(stage, &port, false, NULL);
        found.answered += exchange(stage, other, server,
                                   i == 0 ? "4 second client" : "5 third client", &others[i]);
        found.clients += !endpoint_equal(&others[i], &again) &&
                         (i == 0 || !endpoint_equal(&others[0], &others[1]));
    }
    find_connectionless(stage, &found);
}

/* ---- unreachable */

struct unreachable {
    int connected[3]; /* results of three sends in a row */
    int unconnected[3];
    bool unconnected_told;
    int icmp_seen; /* read from error queues */
    uint8_t type, code;
};

/* The ICMP messages that wait in a socket's error queue, with their receive times. */
static void draw_icmp(struct stage *stage, const struct udp_socket *client,
                      struct unreachable *found)
{
    struct ladder_leg leg = {.end = LADDER_ARRIVED, .label = "ICMP port unreachable"};
    uint8_t first_byte;

    while (stamps_take_icmp(client->fd, &leg.arrive_ns, &first_byte, &found->type, &found->code)) {
        leg.depart_ns = leg.arrive_ns;
        leg.number = (uint64_t)(first_byte - '0');
        found->icmp_seen++;
        stage_leg(stage, &leg);
    }
}

/*
 * IP_RECVERR keeps the ICMP messages with their times. It does not change the calls of a connected
 * socket: the next one still fails, as long as the queue is read only afterwards.
 */
static void play_connected(struct stage *stage, const struct endpoint *port,
                           struct unreachable *found)
{
    static const char *const texts[] = {"1 connected", "2 connected", "3 connected"};
    const struct udp_options options = {.error_queue = true};
    struct udp_socket *client = stage_client(stage, port, true, &options);
    int leg;

    for (int i = 0; i < 3 && stage_going(stage); i++) {
        found->connected[i] = send_number(stage, client, NULL, texts[i], &leg);
        if (found->connected[i] != 0) {
            draw_icmp(stage, client, found);
            continue;
        }
        stage_drop(stage, leg, stage_text(stage, "closed port"));
        stage_wait(stage, client->fd, 0, silence_ns); /* until the error is there */
    }
    draw_icmp(stage, client, found);
}

static void play_unconnected(struct stage *stage, const struct endpoint *port,
                             struct unreachable *found)
{
    static const char *const texts[] = {"4 unconnected", "5 unconnected", "6 unconnected"};
    struct udp_socket *client = stage_client(stage, port, false, NULL);
    bool told;

    for (int i = 0; i < 3 && stage_going(stage); i++) {
        found->unconnected[i] = ends_send_to_closed_port(stage, client, port, texts[i], &told);
        found->unconnected_told |= told;
    }
}

/* The same socket with a queue of errors (ip(7), IP_RECVERR). */
static void play_error_queue(struct stage *stage, const struct endpoint *port,
                             struct unreachable *found)
{
    const struct udp_options options = {.error_queue = true};
    struct udp_socket *client = stage_client(stage, port, false, &options);
    int leg;

    if (send_number(stage, client, port, "7 IP_RECVERR", &leg) == 0)
        stage_drop(stage, leg, stage_text(stage, "closed port"));
    stage_wait(stage, client->fd, 0, silence_ns);
    draw_icmp(stage, client, found);
}

void step_unreachable(struct stage *stage)
{
    const struct endpoint port = stage_free_port(stage);
    struct unreachable found = {.icmp_seen = 0};

    play_connected(stage, &port, &found);
    play_unconnected(stage, &port, &found);
    play_error_queue(stage, &port, &found);
    stage_words(stage, "first_send", "%s", stage_errno_name(found.connected[0]));
    stage_words(stage, "second_send", "%s", stage_errno_name(found.connected[1]));
    stage_words(stage, "third_send", "%s", stage_errno_name(found.connected[2]));
    stage_count(stage, "unconnected_sends", 3);
    stage_count(stage, "unconnected_errors",
                found.unconnected_told || found.unconnected[0] || found.unconnected[1] ||
                    found.unconnected[2]);
    stage_count(stage, "icmp_seen", found.icmp_seen);
    stage_count(stage, "icmp_type", found.type);
    stage_count(stage, "icmp_code", found.code);
}
