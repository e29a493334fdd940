/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* step_ports: who gets a port, and which socket gets a datagram to it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "stamps_internal.h"
#include "steps_internal.h"
#include "udptui/base/array.h"
#include "udptui/base/units.h"
#include "udptui/sys/address.h"

enum {
    EPHEMERAL_CLIENTS = 3,
    SHARING_CLIENTS = 8,
    DATAGRAMS_EACH = 2, /* of a client to the shared port */
    BUFFER_SIZE = 64,
};

static const char port_range_file[] = "/proc/sys/net/ipv4/ip_local_port_range";
static const int64_t silence_ns = 50 * UNITS_NS_PER_MS;

/* Two sockets of one port. */
struct shared_port {
    struct udp_socket *sockets[2];
    int32_t received[2];
};

/* Sends a text; the number stands in the ladder. Returns the leg. */
static int ports_send(struct stage *stage, const struct udp_socket *client, uint64_t number,
                      const struct endpoint *to, const char *text)
{
    int leg;

    stage_send(
        stage, client,
        &(struct stage_datagram){
            .bytes = text, .size_bytes = strlen(text), .number = number, .label = text, .to = to},
        &leg);
    return leg;
}

/* ---- ephemeral ports */

static void ports_note_range(struct stage *stage, const int32_t ports[EPHEMERAL_CLIENTS])
{
    FILE *file = fopen(port_range_file, "re");
    int low = 0, high = 0;
    bool inside = true;

    if (file == NULL || fscanf(file, "%d %d", &low, &high) != 2)
        stage_fail(stage, "cannot read %s", port_range_file);
    if (file != NULL)
        fclose(file);
    for (int i = 0; i < EPHEMERAL_CLIENTS; i++)
        inside = inside && ports[i] >= low && ports[i] <= high;
    stage_count(stage, "range_first", low);
    stage_count(stage, "range_last", high);
    stage_truth(stage, "in_range", inside);
}

/* Clients that bind nothing: the ports that the kernel chose, as the server sees them. */
static void ports_choose(struct stage *stage, const struct udp_socket *server)
{
    int32_t ports[EPHEMERAL_CLIENTS] = {0};
    char text[BUFFER_SIZE], note[BUFFER_SIZE], buffer[BUFFER_SIZE];
    struct stage_received got;

    for (int i = 0; i < EPHEMERAL_CLIENTS && stage_going(stage); i++) {
        struct udp_socket *client = stage_client(stage, &server->local, false, NULL);
        int leg;
        snprintf(text, sizeof text, "%d", i + 1);
        leg = ports_send(stage, client, (uint64_t)i + 1, &server->local, text);
        got = stage_receive(stage, server, buffer, sizeof buffer);
        ports[i] = got.from.port;
        snprintf(note, sizeof note, stage_text(stage, "from port %d"), (int)ports[i]);
        if (got.size_bytes >= 0)
            stage_arrive(stage, leg, got.wall_ns, note);
        stage_shut(client);
    }
    if (!stage_going(stage))
        return;
    stage_numbers(stage, "ephemeral_ports", ports, EPHEMERAL_CLIENTS);
    ports_note_range(stage, ports);
}

/* ---- a port in use */

/* Another socket wants the server's port. Returns 0 or the errno of bind. */
static int ports_bind_again(const struct udp_socket *server)
{
    struct sockaddr_storage address;
    socklen_t length = address_from_endpoint(&server->local, AF_INET, &address);
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), error = 0;

    if (fd < 0 || bind(fd, (const struct sockaddr *)&address, length) != 0)
        error = errno;
    if (fd >= 0)
        close(fd);
    return error;
}

/* ---- a shared port */

/* The socket that has the datagram: 0 or 1; -1: neither. */
static int shared_receive(struct stage *stage, struct shared_port *shared, int leg)
{
    static const char *const names[] = {"socket A", "socket B"};
    char buffer[BUFFER_SIZE];

    for (int64_t timeout_ns = silence_ns; timeout_ns <= UNITS_NS_PER_S && stage_going(stage);
         timeout_ns *= 2)
        for (int i = 0; i < 2; i++) {
            struct stage_received got = stage_receive_within(stage, shared->sockets[i], buffer,
                                                             sizeof buffer, timeout_ns / 50);
            if (got.size_bytes < 0)
                continue;
            stage_arrive(stage, leg, got.wall_ns, stage_text(stage, names[i]));
            shared->received[i]++;
            return i;
        }
    return -1;
}

static void shared_open(struct stage *stage, struct shared_port *shared,
                        const struct udp_options *options)
{
    const struct endpoint local = stage_loopback();

    shared->sockets[0] = stage_receiver(stage, &local, options);
    shared->sockets[1] = stage_receiver(stage, &shared->sockets[0]->local, options);
}

/* Each client sends once, and then each once more: whether both reached the same socket. */
static void ports_share(struct stage *stage)
{
    const struct udp_options options = {.reuse_port = true};
    struct udp_socket *clients[SHARING_CLIENTS];
    int first[SHARING_CLIENTS], loyal = 0;
    struct shared_port shared = {.received = {0}};
    char text[BUFFER_SIZE];

    shared_open(stage, &shared, &options);
    for (int i = 0; i < SHARING_CLIENTS; i++)
        clients[i] = stage_client(stage, &shared.sockets[0]->local, true, NULL);
    for (int i = 0; i < SHARING_CLIENTS * DATAGRAMS_EACH && stage_going(stage); i++) {
        int client = i / DATAGRAMS_EACH, socket;
        snprintf(text, sizeof text, "client %d", client + 1);
        socket = shared_receive(stage, &shared,
                                ports_send(stage, clients[client], 10 + (uint64_t)i, NULL, text));
        if (i % DATAGRAMS_EACH == 0)
            first[client] = socket;
        else
            loyal += socket >= 0 && socket == first[client];
    }
    stage_count(stage, "reuseport_clients", SHARING_CLIENTS);
    stage_count(stage, "reuseport_same_socket", loyal);
    stage_count(stage, "reuseport_a", shared.received[0]);
    stage_count(stage, "reuseport_b", shared.received[1]);
}

/* With SO_REUSEADDR: two clients, and which socket each of them reaches. */
static void ports_reuse_address(struct stage *stage)
{
    const struct udp_options options = {.share_port = true};
    struct shared_port shared = {.received = {0}};
    char text[BUFFER_SIZE];

    shared_open(stage, &shared, &options);
    for (int i = 0; i < 2 && stage_going(stage); i++) {
        struct udp_socket *client = stage_client(stage, &shared.sockets[0]->local, true, NULL);
        snprintf(text, sizeof text, "SO_REUSEADDR %d", i + 1);
        shared_receive(stage, &shared, ports_send(stage, client, 40 + (uint64_t)i, NULL, text));
        stage_shut(client);
    }
    stage_count(stage, "reuseaddr_a", shared.received[0]);
    stage_count(stage, "reuseaddr_b", shared.received[1]);
}

/* ---- a port that nobody has */

static void ports_meet_closed(struct stage *stage)
{
    const struct endpoint port = stage_free_port(stage);
    const struct udp_options options = {.error_queue = true};
    struct udp_socket *client = stage_client(stage, &port, true, &options);
    struct ladder_leg icmp = {
        .end = LADDER_ARRIVED, .error = true, .number = 50, .label = "ICMP port unreachable"};
    uint8_t first_byte, type = 0, code = 0;
    int leg = ports_send(stage, client, 50, NULL, "to a closed port");

    stage_drop(stage, leg, stage_text(stage, "closed port"));
    stage_wait(stage, client->fd, 0, silence_ns);
    if (stage_going(stage) &&
        stamps_take_icmp(client->fd, &icmp.arrive_ns, &first_byte, &type, &code)) {
        icmp.depart_ns = icmp.arrive_ns;
        stage_leg(stage, &icmp);
    }
    stage_count(stage, "icmp_type", type);
    stage_count(stage, "icmp_code", code);
}

void step_ports(struct stage *stage)
{
    const struct endpoint local = stage_loopback();
    struct udp_socket *server = stage_receiver(stage, &local, NULL);

    if (!stage_going(stage))
        return;
    ports_choose(stage, server);
    stage_words(stage, "bind_in_use", "%s", stage_errno_name(ports_bind_again(server)));
    stage_happens(stage, false, stage_text(stage, "bind to a port in use: %s"),
                  stage_errno_name(ports_bind_again(server)));
    stage_shut(server);
    ports_share(stage);
    ports_reuse_address(stage);
    ports_meet_closed(stage);
}
