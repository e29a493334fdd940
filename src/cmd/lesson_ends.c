/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lesson_ends: connectionless and unreachable: what a sender knows of the other end. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "lesson.h"
#include "udptui/core/units.h"
#include "udptui/net/icmp.h"

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

/* ---- connectionless */

/* One message there and back; *from: as whom the server saw the client. True where both arrived. */
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
    stage_arrive(stage, leg, "");
    *from = got.from;
    stage_pause(stage);
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
        stage_arrive(stage, back, "");
    stage_pause(stage);
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
    int before; /* result of the send before there was a server */
    int answered;
    bool same_client; /* the new server saw the client under the same address and port */
    int clients;      /* that one server socket has talked to */
    bool connect_silent;
};

static void find_connectionless(struct stage *stage, const struct connectionless *found)
{
    stage_words(stage, "sent_before_server", "the send before any server was there", "%s",
                stage_errno_name(found->before));
    stage_count(stage, "answered", "messages answered afterwards", found->answered);
    stage_count(stage, "restarts", "times the server was closed and opened", 1);
    stage_truth(stage, "same_client", "the client's socket and port stayed", found->same_client);
    stage_count(stage, "clients", "clients of one server socket", found->clients);
    stage_count(stage, "server_sockets", "sockets that the server needs for them", 1);
    stage_count(stage, "connect_datagrams", "datagrams that connect(2) sent",
                found->connect_silent ? 0 : 1);
    stage_happened(stage,
                   "The first send succeeded with no server there, and was lost. %d more were "
                   "answered, one of them by a server that had just been started anew: the "
                   "client never noticed.",
                   found->answered);
    stage_expect(stage, found->before == 0, "a send to nobody should have succeeded");
    stage_expect(stage, found->answered == 4 && found->same_client,
                 "the client should have gone on with the new server");
    stage_expect(stage, found->clients == 3, "one socket should have served three clients");
    stage_expect(stage, found->connect_silent, "connect should have sent nothing");
}

static void play_connectionless(struct stage *stage)
{
    const struct endpoint port = stage_free_port(stage);
    struct udp_socket *client = stage_client(stage, &port, false, NULL);
    struct connectionless found = {.clients = 1};
    struct endpoint first = {0}, again = {0}, others[2] = {{{0}, 0, 0, 0, 0}};
    struct udp_socket *server;
    int leg;

    found.before = send_number(stage, client, &port, "1 anybody?", &leg);
    stage_lose(stage, leg, "no server yet");
    stage_pause(stage);
    server = stage_receiver(stage, &port, NULL);
    found.answered += exchange(stage, client, server, "2 and now?", &first);
    stage_shut(server);
    server = stage_receiver(stage, &port, NULL);
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

const struct lesson lesson_connectionless = {
    .topic = {.name = "connectionless",
              .summary = "No handshake: nobody notices that a server is a new one",
              .plan = "A client sends 1 while no server is there. A server is started, and answers "
                      "2; it is closed, another is started on the same port, and 3 is sent from "
                      "the same socket. Then two more clients talk to it.",
              .question = "What must the client do after the server was started anew?",
              .choices = {"connect again: its connection is gone", "nothing: it just goes on",
                          "open a new socket: the old one has an error"},
              .right = 1,
              .explanation = "There is no connection that could break: each datagram stands for "
                             "itself. connect(2) on a UDP socket sends nothing, it only notes an "
                             "address; and one server socket serves all clients.",
              .commands = {"udptui send 127.0.0.1:4010 'anybody?'   # no server yet",
                           "udptui serve 127.0.0.1:4010", "udptui send 127.0.0.1:4010 'and now?'"},
              .client = "clients",
              .server = "server"},
    .play = play_connectionless,
};

/* ---- unreachable */

struct unreachable {
    int connected[3]; /* results of three sends in a row */
    int unconnected[3];
    bool unconnected_told;
    bool queued; /* the error queue told of it */
    struct icmp_error icmp;
};

/* An ICMP message that has come: no socket of ours reads it, so it is drawn from what it caused. */
static void draw_icmp(struct stage *stage, const char *sent, const char *note)
{
    struct ladder_leg leg = {.depart_ns = stage_now_ns(stage),
                             .arrive_ns = stage_now_ns(stage),
                             .end = LADDER_ARRIVED,
                             .number = (uint64_t)(sent[0] - '0'),
                             .label = "ICMP port unreachable"};

    strncpy(leg.note, note, sizeof leg.note - 1);
    stage_leg(stage, &leg);
}

/* Sends, and waits until the socket has an error, or for so long. Returns the send's result. */
static int send_to_nobody(struct stage *stage, const struct udp_socket *client,
                          const struct endpoint *to, const char *text, bool *told)
{
    int leg;
    int result = send_number(stage, client, to, text, &leg);

    if (result == 0)
        stage_lose(stage, leg, "closed port");
    *told = result == 0 && stage_wait(stage, client->fd, 0, silence_ns);
    stage_pause(stage);
    return result;
}

static void play_connected(struct stage *stage, const struct endpoint *port,
                           struct unreachable *found)
{
    static const char *const texts[] = {"1 connected", "2 connected", "3 connected"};
    struct udp_socket *client = stage_client(stage, port, true, NULL);
    bool told;

    for (int i = 0; i < 3 && stage_going(stage); i++) {
        found->connected[i] = send_to_nobody(stage, client, NULL, texts[i], &told);
        if (told)
            draw_icmp(stage, texts[i], "error waiting");
    }
}

static void play_unconnected(struct stage *stage, const struct endpoint *port,
                             struct unreachable *found)
{
    static const char *const texts[] = {"4 unconnected", "5 unconnected", "6 unconnected"};
    struct udp_socket *client = stage_client(stage, port, false, NULL);
    bool told;

    for (int i = 0; i < 3 && stage_going(stage); i++) {
        found->unconnected[i] = send_to_nobody(stage, client, port, texts[i], &told);
        found->unconnected_told |= told;
    }
}

/* The same socket, asked to keep a queue of errors (ip(7), IP_RECVERR). */
static void play_error_queue(struct stage *stage, const struct endpoint *port,
                             struct unreachable *found)
{
    const struct udp_options options = {.error_queue = true};
    struct udp_socket *client = stage_client(stage, port, false, &options);
    bool told;

    send_to_nobody(stage, client, port, "7 IP_RECVERR", &told);
    found->queued = told && icmp_receive(client, &found->icmp);
    if (found->queued)
        draw_icmp(stage, "7", "IP_RECVERR");
}

static void play_unreachable(struct stage *stage)
{
    const struct endpoint port = stage_free_port(stage);
    struct unreachable found = {.queued = false};

    play_connected(stage, &port, &found);
    play_unconnected(stage, &port, &found);
    play_error_queue(stage, &port, &found);
    stage_words(stage, "first_send", "connected: the first send", "%s",
                stage_errno_name(found.connected[0]));
    stage_words(stage, "second_send", "connected: the second send", "%s",
                stage_errno_name(found.connected[1]));
    stage_words(stage, "third_send", "connected: the third send", "%s",
                stage_errno_name(found.connected[2]));
    stage_count(stage, "unconnected_sends", "unconnected: sends", 3);
    stage_count(stage, "unconnected_errors", "unconnected: errors told",
                found.unconnected_told || found.unconnected[0] || found.unconnected[1] ||
                    found.unconnected[2]);
    stage_count(stage, "icmp_type", "ICMP type in the error queue", found.icmp.type);
    stage_count(stage, "icmp_code", "ICMP code", found.icmp.code);
    stage_happened(stage,
                   "Connected: the first send succeeded, the second failed with %s and sent "
                   "nothing, the third succeeded again. Unconnected: three sends succeeded "
                   "and no error was told.",
                   stage_errno_name(found.connected[1]));
    stage_expect(stage,
                 found.connected[0] == 0 && found.connected[1] == ECONNREFUSED &&
                     found.connected[2] == 0,
                 "the second send of a connected socket should have been refused");
    stage_expect(stage, !found.unconnected_told && found.unconnected[1] == 0,
                 "an unconnected socket should have been told nothing");
    stage_expect(stage, found.queued && found.icmp.type == 3 && found.icmp.code == 3,
                 "the error queue should have had ICMP port unreachable (type 3, code 3)");
}

const struct lesson lesson_unreachable = {
    .topic = {.name = "unreachable",
              .summary = "A closed port: the error comes with the next call, if at all",
              .plan =
                  "A connected socket sends three datagrams to a port where nobody listens; then "
                  "an unconnected socket does the same.",
              .question = "Which of the connected socket's sends fails?",
              .choices = {"the first", "the second", "all of them", "none of them"},
              .right = 1,
              .explanation =
                  "A send only hands the datagram to the kernel. The ICMP message \"port "
                  "unreachable\" comes back later and waits for the socket's next call, "
                  "which fails instead of being done; an unconnected socket is told "
                  "nothing unless it asks (IP_RECVERR).",
              .commands = {"udptui send 127.0.0.1:4011 one two three   # nobody listens there"},
              .client = "client",
              .server = "closed port"},
    .play = play_unreachable,
};
