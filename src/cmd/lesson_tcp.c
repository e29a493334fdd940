/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lesson_tcp: the same three texts over TCP and over UDP, both on loopback. What TCP's sockets
 * do is seen; the segments of its handshake are not, and are drawn as what they must have been
 * (RFC 9293 section 3.5).
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lesson.h"
#include "udptui/core/units.h"
#include "udptui/net/address.h"
#include "udptui/net/clock.h"

enum { TEXTS = 3, BUFFER_SIZE = 256, ALL_BYTES = 11 };

static const char *const texts[TEXTS] = {"one", "two", "three"};
static const int64_t patience_ns = 2 * UNITS_NS_PER_S;

struct tcp {
    int listener, client, server;
    bool connected; /* before the server accepted anything */
    int32_t reads, read_bytes;
    char read[BUFFER_SIZE]; /* what the first read gave */
    ssize_t end;            /* what the read after the close returned */
    int refused;            /* errno of a connect where nobody listens */
    int udp_receives;
    bool udp_ordered;
    bool udp_goes_on; /* a message came behind an empty one */
};

/* ---- legs that are not seen as datagrams, at the stage's pace, so that a class can follow */

static int begin(struct stage *stage, uint64_t number, bool to_right, const char *label)
{
    struct ladder_leg leg = {.depart_ns = stage_now_ns(stage),
                             .to_right = to_right,
                             .end = LADDER_UNDERWAY,
                             .number = number};
    int index;

    snprintf(leg.label, sizeof leg.label, "%s", label);
    index = stage_leg(stage, &leg);
    stage_pause(stage);
    return index;
}

static void draw(struct stage *stage, uint64_t number, bool to_right, const char *label,
                 const char *note)
{
    stage_arrive(stage, begin(stage, number, to_right, label), note);
}

static void draw_handshake(struct stage *stage)
{
    draw(stage, 101, true, "TCP SYN", "reconstructed");
    draw(stage, 102, false, "TCP SYN, ACK", "reconstructed");
    draw(stage, 103, true, "TCP ACK", "reconstructed");
}

/* ---- TCP */

/* Returns 0, or the errno of a connect that did not succeed in time. */
static int connect_to(struct stage *stage, int fd, const struct sockaddr_storage *address,
                      socklen_t length)
{
    int error = 0;
    socklen_t size = sizeof error;

    if (connect(fd, (const struct sockaddr *)address, length) == 0)
        return 0;
    if (errno != EINPROGRESS)
        return errno;
    if (!stage_wait(stage, fd, POLLOUT, patience_ns))
        return ETIMEDOUT;
    return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

static bool open_tcp(struct stage *stage, struct tcp *tcp)
{
    const struct endpoint local = stage_loopback();
    struct sockaddr_storage address;
    socklen_t length = address_from_endpoint(&local, AF_INET, &address);

    tcp->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    tcp->client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (tcp->listener < 0 || tcp->client < 0 ||
        bind(tcp->listener, (const struct sockaddr *)&address, length) != 0 ||
        listen(tcp->listener, 1) != 0 ||
        getsockname(tcp->listener, (struct sockaddr *)&address, &length) != 0) {
        stage_fail(stage, "cannot listen with TCP: %s", strerror(errno));
        return false;
    }
    tcp->connected = connect_to(stage, tcp->client, &address, length) == 0;
    if (tcp->connected)
        draw_handshake(stage);
    if (stage_wait(stage, tcp->listener, POLLIN, patience_ns))
        tcp->server = accept(tcp->listener, NULL, NULL);
    return tcp->server >= 0;
}

/*
 * Until the server's kernel holds all that was written: then one read can show what is kept of
 * it.
 */
static void wait_for_all(struct stage *stage, const struct tcp *tcp)
{
    int64_t deadline_ns = clock_monotonic_ns() + patience_ns;
    int waiting = 0;

    while (stage_going(stage) && clock_monotonic_ns() < deadline_ns &&
           ioctl(tcp->server, FIONREAD, &waiting) == 0 && waiting < ALL_BYTES)
        stage_wait(stage, -1, 0, UNITS_NS_PER_MS);
}

static void read_stream(struct stage *stage, struct tcp *tcp)
{
    while (tcp->read_bytes < ALL_BYTES && stage_wait(stage, tcp->server, POLLIN, patience_ns)) {
        ssize_t got = recv(tcp->server, tcp->read + tcp->read_bytes,
                           sizeof tcp->read - 1 - (size_t)tcp->read_bytes, 0);
        if (got <= 0)
            return;
        tcp->reads++;
        tcp->read_bytes += (int32_t)got;
    }
}

/* All is written before the first read: what can come as one does. */
static void write_and_read(struct stage *stage, struct tcp *tcp)
{
    char note[BUFFER_SIZE * 2];
    int leg = STAGE_NO_LEG;

    for (int i = 0; i < TEXTS; i++) {
        if (i > 0)
            stage_arrive(stage, leg, "written");
        if (send(tcp->client, texts[i], strlen(texts[i]), MSG_NOSIGNAL) < 0)
            stage_fail(stage, "cannot write to a TCP connection: %s", strerror(errno));
        leg = begin(stage, 104 + (uint64_t)i, true, texts[i]);
    }
    wait_for_all(stage, tcp);
    read_stream(stage, tcp);
    snprintf(note, sizeof note, "%d read: all", (int)tcp->reads);
    stage_arrive(stage, leg, note);
}

/* The client closes: what the server's next read gives. */
static void end_stream(struct stage *stage, struct tcp *tcp)
{
    char byte;

    shutdown(tcp->client, SHUT_WR);
    draw(stage, 107, true, "TCP FIN", "reconstructed");
    if (stage_wait(stage, tcp->server, POLLIN, patience_ns))
        tcp->end = recv(tcp->server, &byte, sizeof byte, 0);
}

/* The listener is closed, and the client asks for its port again. */
static void connect_to_nobody(struct stage *stage, struct tcp *tcp)
{
    struct sockaddr_storage address;
    socklen_t length = sizeof address;

    getsockname(tcp->listener, (struct sockaddr *)&address, &length);
    close(tcp->listener);
    tcp->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    tcp->refused = connect_to(stage, tcp->listener, &address, length);
}

static void close_tcp(const struct tcp *tcp)
{
    const int fds[] = {tcp->listener, tcp->client, tcp->server};

    for (size_t i = 0; i < sizeof fds / sizeof *fds; i++)
        if (fds[i] >= 0)
            close(fds[i]);
}

/* ---- UDP beside it */

static void send_udp(struct stage *stage, const struct udp_socket *client,
                     const struct udp_socket *server, int i, const char *text, struct tcp *found)
{
    char buffer[BUFFER_SIZE] = {0};
    struct stage_received got;
    int leg;

    stage_send(stage, client,
               &(struct stage_datagram){.bytes = text,
                                        .size_bytes = strlen(text),
                                        .number = (uint64_t)i + 1,
                                        .label = text[0] != '\0' ? text : "(empty)"},
               &leg);
    stage_pause(stage);
    got = stage_receive(stage, server, buffer, sizeof buffer - 1);
    found->udp_receives += got.size_bytes >= 0;
    found->udp_ordered &= strcmp(buffer, text) == 0;
    stage_arrive(stage, leg, "UDP datagram");
}

static void play_datagrams(struct stage *stage, struct tcp *found)
{
    const struct endpoint local = stage_loopback();
    struct udp_socket *server = stage_receiver(stage, &local, NULL);
    struct udp_socket *client = stage_client(stage, &server->local, true, NULL);
    struct tcp tail = {.udp_ordered = true};

    found->udp_ordered = true;
    for (int i = 0; i < TEXTS && stage_going(stage); i++)
        send_udp(stage, client, server, i, texts[i], found);
    send_udp(stage, client, server, TEXTS, "", &tail);
    send_udp(stage, client, server, TEXTS + 1, "and on", &tail);
    found->udp_goes_on = tail.udp_receives == 2 && tail.udp_ordered;
}

static void find_tcp(struct stage *stage, const struct tcp *found)
{
    stage_truth(stage, "tcp_connected", "TCP: connected before anybody accepted", found->connected);
    stage_count(stage, "tcp_writes", "TCP: writes", TEXTS);
    stage_count(stage, "tcp_reads", "TCP: reads that took all", found->reads);
    stage_words(stage, "tcp_read", "TCP: what was read", "%s", found->read);
    stage_count(stage, "tcp_end", "TCP: recv after the close", found->end);
    stage_words(stage, "tcp_nobody", "TCP: connect where nobody listens", "%s",
                stage_errno_name(found->refused));
    stage_count(stage, "udp_sends", "UDP: sends", TEXTS);
    stage_count(stage, "udp_receives", "UDP: receives", found->udp_receives);
    stage_truth(stage, "udp_after_empty", "UDP: a 0 was no end, more came", found->udp_goes_on);
    stage_happened(stage,
                   "TCP: %d writes were %d read of \"%s\"; after the close recv gave %d. UDP: "
                   "%d sends were %d receives, and after an empty datagram more came.",
                   TEXTS, (int)found->reads, found->read, (int)found->end, TEXTS,
                   found->udp_receives);
    stage_expect(stage, found->connected, "connect should have succeeded before accept");
    stage_expect(stage, found->reads == 1 && strcmp(found->read, "onetwothree") == 0,
                 "one read should have given all three texts, in order");
    stage_expect(stage, found->end == 0 && found->refused == ECONNREFUSED,
                 "the close should have been seen, and a connect to nobody refused");
    stage_expect(stage, found->udp_receives == TEXTS && found->udp_ordered && found->udp_goes_on,
                 "UDP should have kept three datagrams apart");
}

static void play_tcp(struct stage *stage)
{
    struct tcp found = {.listener = -1, .client = -1, .server = -1, .end = -1};

    if (stage_going(stage) && open_tcp(stage, &found)) {
        write_and_read(stage, &found);
        end_stream(stage, &found);
        connect_to_nobody(stage, &found);
    }
    close_tcp(&found);
    play_datagrams(stage, &found);
    find_tcp(stage, &found);
}

const struct lesson lesson_tcp = {
    .topic = {.name = "tcp",
              .summary = "The same over TCP: a handshake, a stream without boundaries",
              .plan =
                  "A client connects with TCP, writes \"one\", \"two\", \"three\" and closes; the "
                  "server reads once all has come. Then the same three texts over UDP.",
              .question = "The server's first read from the TCP connection gives ...",
              .choices = {"\"one\"", "\"onetwothree\"", "three texts, one behind the other"},
              .right = 1,
              .explanation =
                  "TCP is a stream of bytes between two that shook hands: in order, "
                  "complete, without boundaries, and with an end that the other side sees. "
                  "UDP has datagrams, and nothing else.",
              .commands = {"nc -l 127.0.0.1 4010                      # TCP: the end is seen",
                           "printf one | nc -N 127.0.0.1 4010",
                           "udptui serve 127.0.0.1:4010       # UDP",
                           "udptui send 127.0.0.1:4010 one two three"},
              .client = "client",
              .server = "server"},
    .play = play_tcp,
};
