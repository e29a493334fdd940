/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* step_connected: what connect(2) changes at a UDP socket, and what undoes it. */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "stamps_internal.h"
#include "steps_internal.h"
#include "udptui/base/units.h"
#include "udptui/sys/address.h"

enum { BUFFER_SIZE = 64 };

static const int64_t silence_ns = 50 * UNITS_NS_PER_MS;
static const int64_t patience_ns = 2 * UNITS_NS_PER_S;

/* The client has a port of its own and no address; the other two are on this machine. */
struct connected {
    struct udp_socket *client, *server, *stranger;
    struct endpoint client_at; /* where others reach it */
    int errors;                /* ICMP messages that the stranger got */
};

static void set_error_queue(const struct udp_socket *socket, int on)
{
    setsockopt(socket->fd, IPPROTO_IP, IP_RECVERR, &on, sizeof on);
}

/* The local address of the client's socket, as a fact. */
static void connected_note_source(struct stage *stage, const struct connected *ends,
                                  const char *key)
{
    struct sockaddr_storage address = {0};
    socklen_t length = sizeof address;
    char text[ENDPOINT_TEXT_SIZE] = "";
    struct endpoint local;

    if (ends->client->fd < 0)
        return;
    getsockname(ends->client->fd, (struct sockaddr *)&address, &length);
    local = address_to_endpoint(&address);
    endpoint_format_address(&local, text, sizeof text);
    stage_words(stage, key, "%s", text);
}

/* Draws the ICMP message in a socket's error queue, if there is one. */
static bool connected_draw_icmp(struct stage *stage, const struct udp_socket *socket, bool to_right,
                                uint64_t number)
{
    struct ladder_leg leg = {
        .end = LADDER_ARRIVED, .to_right = to_right, .error = true, .number = number};
    uint8_t first_byte, type, code;

    stage_wait(stage, socket->fd, 0, silence_ns);
    if (!stamps_take_icmp(socket->fd, &leg.arrive_ns, &first_byte, &type, &code))
        return false;
    leg.depart_ns = leg.arrive_ns;
    snprintf(leg.label, sizeof leg.label, "ICMP port unreachable");
    stage_leg(stage, &leg);
    return true;
}

/* The stranger sends to the client's port. Whether the client's socket delivered it. */
static bool connected_let_in(struct stage *stage, struct connected *ends, uint64_t number,
                             const char *text)
{
    char buffer[BUFFER_SIZE];
    struct stage_received got;
    int leg;

    stage_send(stage, ends->stranger,
               &(struct stage_datagram){.bytes = text,
                                        .size_bytes = strlen(text),
                                        .number = number,
                                        .label = text,
                                        .to = &ends->client_at,
                                        .to_left = true},
               &leg);
    got = stage_receive_within(stage, ends->client, buffer, sizeof buffer, silence_ns);
    if (got.size_bytes >= 0) {
        stage_arrive(stage, leg, got.wall_ns, "");
        return true;
    }
    stage_drop(stage, leg, stage_text(stage, "not the peer"));
    ends->errors += connected_draw_icmp(stage, ends->stranger, true, number);
    return false;
}

/* There with send, without an address, and back. Whether both arrived. */
static bool connected_exchange(struct stage *stage, const struct connected *ends)
{
    static const char text[] = "3 to the server", reply[] = "3 reply";
    char buffer[BUFFER_SIZE];
    struct stage_received got;
    int leg;

    stage_send(stage, ends->client,
               &(struct stage_datagram){
                   .bytes = text, .size_bytes = sizeof text - 1, .number = 3, .label = text},
               &leg);
    got = stage_receive(stage, ends->server, buffer, sizeof buffer);
    if (got.size_bytes < 0)
        return false;
    stage_arrive(stage, leg, got.wall_ns, "");
    stage_send(stage, ends->server,
               &(struct stage_datagram){.bytes = reply,
                                        .size_bytes = sizeof reply - 1,
                                        .number = 3,
                                        .label = reply,
                                        .to = &got.from,
                                        .to_left = true},
               &leg);
    got = stage_receive_within(stage, ends->client, buffer, sizeof buffer, patience_ns);
    if (got.size_bytes >= 0)
        stage_arrive(stage, leg, got.wall_ns, "");
    return got.size_bytes >= 0;
}

/* The server is gone: what the client's send and its next call return. */
static void connected_meet_closed_port(struct stage *stage, struct connected *ends)
{
    static const char text[] = "4 nobody there?";
    char byte;
    int leg, error = 0;

    stage_shut(ends->server);
    set_error_queue(ends->client, 1); /* for the time of the ICMP message */
    stage_words(stage, "send_to_closed", "%s",
                stage_errno_name(stage_send(
                    stage, ends->client,
                    &(struct stage_datagram){
                        .bytes = text, .size_bytes = sizeof text - 1, .number = 4, .label = text},
                    &leg)));
    stage_drop(stage, leg, stage_text(stage, "closed port"));
    stage_wait(stage, ends->client->fd, 0, silence_ns);
    if (recv(ends->client->fd, &byte, sizeof byte, MSG_DONTWAIT) < 0)
        error = errno;
    connected_draw_icmp(stage, ends->client, false, 4);
    set_error_queue(ends->client, 0);
    stage_happens(stage, true, "recv: %s", stage_errno_name(error));
    stage_words(stage, "next_call", "%s", stage_errno_name(error));
}

static void connected_connect(struct stage *stage, const struct connected *ends)
{
    struct sockaddr_storage address;
    socklen_t length = address_from_endpoint(&ends->server->local, AF_INET, &address);

    if (!stage_going(stage))
        return;
    if (connect(ends->client->fd, (const struct sockaddr *)&address, length) != 0)
        stage_fail(stage, "cannot connect a UDP socket: %s", stage_errno_name(errno));
    stage_happens(stage, true, "connect");
    stage_count(stage, "connect_datagrams", stage_is_empty(ends->server) ? 0 : 1);
}

static void connected_disconnect(struct stage *stage, const struct connected *ends)
{
    const struct sockaddr nobody = {.sa_family = AF_UNSPEC};

    if (!stage_going(stage))
        return;
    if (connect(ends->client->fd, &nobody, sizeof nobody) != 0)
        stage_fail(stage, "cannot disconnect a UDP socket: %s", stage_errno_name(errno));
    stage_happens(stage, true, "connect: AF_UNSPEC");
}

void step_connected(struct stage *stage)
{
    const struct endpoint local = stage_loopback();
    const struct udp_options options = {.error_queue = true};
    struct connected ends = {.client_at = stage_free_port(stage)};
    const struct endpoint any = {.family = ENDPOINT_IPV4, .port = ends.client_at.port};

    ends.server = stage_receiver(stage, &local, NULL);
    ends.stranger = stage_receiver(stage, &local, &options);
    ends.client = stage_receiver(stage, &any, NULL);
    connected_note_source(stage, &ends, "source_before");
    stage_truth(stage, "let_in_before", connected_let_in(stage, &ends, 1, "1 from a stranger"));
    connected_connect(stage, &ends);
    connected_note_source(stage, &ends, "source_connected");
    stage_truth(stage, "let_in_connected", connected_let_in(stage, &ends, 2, "2 from a stranger"));
    stage_count(stage, "stranger_errors", ends.errors);
    stage_truth(stage, "answered", connected_exchange(stage, &ends));
    connected_meet_closed_port(stage, &ends);
    connected_disconnect(stage, &ends);
    connected_note_source(stage, &ends, "source_after");
    stage_truth(stage, "let_in_after", connected_let_in(stage, &ends, 5, "5 from a stranger"));
}
