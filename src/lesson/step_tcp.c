/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * step_tcp: the same three texts over TCP and over UDP, both on loopback.
 *
 * The kernel stamps when data was passed to the interface and when its acknowledgment arrived
 * (SO_TIMESTAMPING). It reports only the number of the other segments (TCP_INFO): those of the
 * handshake and of the close are drawn as RFC 9293 sections 3.5 and 3.6 prescribe, without a time.
 * At the end both counts are compared with the drawn segments.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/tcp.h>
#include <netinet/in.h>

#include "stamps_internal.h"
#include "steps_internal.h"
#include "udptui/base/array.h"
#include "udptui/base/units.h"
#include "udptui/lesson/stage.h"
#include "udptui/proto/reason.h"
#include "udptui/sys/address.h"
#include "udptui/sys/clock.h"

enum { TEXTS = 3, BUFFER_SIZE = 256, ALL_BYTES = 11, STATE_CLOSE = 7 };

static const char *const texts[TEXTS] = {"one", "two", "three"};
static const int64_t patience_ns = 2 * UNITS_NS_PER_S;

struct tcp {
    int listener, client, server;
    bool connected; /* before the server accepted anything */
    int32_t reads, read_bytes;
    char read[BUFFER_SIZE];             /* result of the first read */
    ssize_t end;                        /* what the read after the close returned */
    int refused;                        /* errno of a connect to a port that no socket listens on */
    uint64_t number;                    /* of the latest segment that was drawn */
    uint32_t drawn_out, drawn_in;       /* segments drawn: from the client, to it */
    uint32_t segments_out, segments_in; /* of TCP_INFO at the end */
    int udp_receives;
    bool udp_ordered;
    bool udp_goes_on; /* a message came behind an empty one */
};

/* ---- segments */

static struct tcp_info info_of(const struct tcp *tcp)
{
    struct tcp_info info = {0};
    socklen_t size = sizeof info;

    getsockopt(tcp->client, IPPROTO_TCP, TCP_INFO, &info, &size);
    return info;
}

static void count_segment(struct tcp *tcp, bool to_right)
{
    tcp->number++;
    tcp->drawn_out += to_right;
    tcp->drawn_in += !to_right;
}

/* A segment without a known time. */
static void step_tcp_draw(struct stage *stage, struct tcp *tcp, bool to_right, int64_t after_ns,
                          const char *label)
{
    count_segment(tcp, to_right);
    stage_reconstruct(stage, 100 + tcp->number, to_right, after_ns, label);
}

static void draw_stamped(struct stage *stage, struct tcp *tcp, bool to_right, int64_t wall_ns,
                         const char *label)
{
    struct ladder_leg leg = {.depart_ns = wall_ns, .arrive_ns = wall_ns, .to_right = to_right};

    count_segment(tcp, to_right);
    leg.number = 100 + tcp->number;
    snprintf(leg.label, sizeof leg.label, "%s", label);
    stage_leg(stage, &leg);
}

/* Acknowledgments that the client has received and that were not drawn. */
static void draw_acks(struct stage *stage, struct tcp *tcp, int64_t after_ns)
{
    uint32_t segments_in = info_of(tcp).tcpi_segs_in;

    while (tcp->drawn_in < segments_in)
        step_tcp_draw(stage, tcp, false, after_ns, "ACK");
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

static void shake_hands(struct stage *stage, struct tcp *tcp,
                        const struct sockaddr_storage *address, socklen_t length)
{
    int64_t before_ns = stage_now_ns();

    tcp->connected = connect_to(stage, tcp->client, address, length) == 0;
    if (!tcp->connected)
        return;
    step_tcp_draw(stage, tcp, true, before_ns, "SYN");
    step_tcp_draw(stage, tcp, false, before_ns, "SYN, ACK");
    step_tcp_draw(stage, tcp, true, before_ns, "ACK");
    stage_happens(stage, true, "connect: connected");
    stamps_enable_tcp(tcp->client);
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
        stage_fail(stage, "cannot listen with TCP: %s", reason_text(errno));
        return false;
    }
    shake_hands(stage, tcp, &address, length);
    if (stage_wait(stage, tcp->listener, POLLIN, patience_ns))
        tcp->server = accept(tcp->listener, NULL, NULL);
    if (tcp->server >= 0)
        stage_happens(stage, false, "accept");
    return tcp->server >= 0;
}

/* Until all that was written is acknowledged, then what the kernel stamped on it. */
static void draw_written(struct stage *stage, struct tcp *tcp, const char *text, int64_t before_ns)
{
    int64_t deadline_ns = clock_monotonic_ns() + patience_ns, sent_ns, acked_ns;
    char label[LADDER_LABEL_SIZE];

    while (stage_going(stage) && clock_monotonic_ns() < deadline_ns &&
           info_of(tcp).tcpi_unacked > 0)
        stage_wait(stage, -1, 0, UNITS_NS_PER_MS);
    stamps_take_written(tcp->client, &sent_ns, &acked_ns);
    snprintf(label, sizeof label, "%zu B \"%s\"", strlen(text), text);
    if (sent_ns != 0)
        draw_stamped(stage, tcp, true, sent_ns, label);
    else
        step_tcp_draw(stage, tcp, true, before_ns, label);
    if (acked_ns != 0 && info_of(tcp).tcpi_segs_in > tcp->drawn_in)
        draw_stamped(stage, tcp, false, acked_ns, "ACK");
    draw_acks(stage, tcp, before_ns);
}

static void read_stream(struct stage *stage, struct tcp *tcp)
{
    while (tcp->read_bytes < ALL_BYTES && stage_wait(stage, tcp->server, POLLIN, patience_ns)) {
        ssize_t got = recv(tcp->server, tcp->read + tcp->read_bytes,
                           sizeof tcp->read - 1 - (size_t)tcp->read_bytes, 0);
        if (got <= 0)
            return;
        stage_happens(stage, false, "read: \"%.*s\"", (int)got, tcp->read + tcp->read_bytes);
        tcp->reads++;
        tcp->read_bytes += (int32_t)got;
    }
}

/* All is written, and acknowledged, before the first read: what can come as one does. */
static void write_and_read(struct stage *stage, struct tcp *tcp)
{
    for (int i = 0; i < TEXTS && stage_going(stage); i++) {
        int64_t before_ns = stage_now_ns();
        if (send(tcp->client, texts[i], strlen(texts[i]), MSG_NOSIGNAL) < 0)
            stage_fail(stage, "cannot write to a TCP connection: %s", reason_text(errno));
        draw_written(stage, tcp, texts[i], before_ns);
    }
    read_stream(stage, tcp);
}

/* Until the client's socket has seen the other's end, too. */
static void wait_for_close(struct stage *stage, const struct tcp *tcp)
{
    int64_t deadline_ns = clock_monotonic_ns() + patience_ns;

    while (stage_going(stage) && clock_monotonic_ns() < deadline_ns &&
           info_of(tcp).tcpi_state != STATE_CLOSE)
        stage_wait(stage, -1, 0, UNITS_NS_PER_MS);
}

/*
 * The client closes its direction, which the server's next read reports; then the server closes. If
 * the acknowledgment of the client's FIN was not sent separately, the server's FIN carries it.
 */
static void end_stream(struct stage *stage, struct tcp *tcp)
{
    int64_t before_ns = stage_now_ns();
    char byte;

    shutdown(tcp->client, SHUT_WR);
    step_tcp_draw(stage, tcp, true, before_ns, "FIN, ACK");
    if (stage_wait(stage, tcp->server, POLLIN, patience_ns))
        tcp->end = recv(tcp->server, &byte, sizeof byte, 0);
    stage_happens(stage, false, "read: %zd, the end", tcp->end);
    draw_acks(stage, tcp, before_ns);
    before_ns = stage_now_ns();
    close(tcp->server);
    tcp->server = -1;
    wait_for_close(stage, tcp);
    step_tcp_draw(stage, tcp, false, before_ns, "FIN, ACK");
    step_tcp_draw(stage, tcp, true, before_ns, "ACK");
    tcp->segments_out = info_of(tcp).tcpi_segs_out;
    tcp->segments_in = info_of(tcp).tcpi_segs_in;
}

/* The listener is closed, and the client connects to its port again. */
static void tcp_connect_to_closed_port(struct stage *stage, struct tcp *tcp)
{
    struct sockaddr_storage address;
    socklen_t length = sizeof address;
    int64_t before_ns;

    getsockname(tcp->listener, (struct sockaddr *)&address, &length);
    close(tcp->listener);
    tcp->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    before_ns = stage_now_ns();
    tcp->refused = connect_to(stage, tcp->listener, &address, length);
    if (tcp->refused == ECONNREFUSED) {
        stage_reconstruct(stage, 200, true, before_ns, "SYN");
        stage_reconstruct(stage, 200, false, before_ns, "RST, ACK");
    }
    stage_happens(stage, true, "connect: %s", stage_errno_name(tcp->refused));
}

static void close_tcp(const struct tcp *tcp)
{
    const int fds[] = {tcp->listener, tcp->client, tcp->server};

    for (size_t i = 0; i < COUNT_OF(fds); i++)
        if (fds[i] >= 0)
            close(fds[i]);
}

/* ---- UDP for comparison */

static void send_udp(struct stage *stage, const struct udp_socket *client,
                     const struct udp_socket *server, int i, const char *text, struct tcp *found)
{
    char buffer[BUFFER_SIZE] = {0};
    struct stage_received got;
    int leg;

    stage_send(
        stage, client,
        &(struct stage_datagram){.bytes = text,
                                 .size_bytes = strlen(text),
                                 .number = (uint64_t)i + 1,
                                 .label = text[0] != '\0' ? text : stage_text(stage, "(empty)")},
        &leg);
    got = stage_receive(stage, server, buffer, sizeof buffer - 1);
    found->udp_receives += got.size_bytes >= 0;
    found->udp_ordered &= strcmp(buffer, text) == 0;
    stage_arrive(stage, leg, got.wall_ns, "UDP");
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
    stage_truth(stage, "tcp_connected", found->connected);
    stage_count(stage, "tcp_writes", TEXTS);
    stage_count(stage, "tcp_reads", found->reads);
    stage_words(stage, "tcp_read", "%s", found->read);
    stage_count(stage, "tcp_end", found->end);
    stage_words(stage, "tcp_nobody", "%s", stage_errno_name(found->refused));
    stage_count(stage, "tcp_segments_sent", found->segments_out);
    stage_count(stage, "tcp_segments_received", found->segments_in);
    stage_count(stage, "udp_sends", TEXTS);
    stage_count(stage, "udp_receives", found->udp_receives);
    stage_truth(stage, "udp_after_empty", found->udp_goes_on);
    stage_truth(stage, "udp_in_order", found->udp_ordered);
    stage_count(stage, "drawn_sent", found->drawn_out);
    stage_count(stage, "drawn_received", found->drawn_in);
}

void step_tcp(struct stage *stage)
{
    struct tcp found = {.listener = -1, .client = -1, .server = -1, .end = -1};

    if (stage_going(stage) && open_tcp(stage, &found)) {
        write_and_read(stage, &found);
        end_stream(stage, &found);
        tcp_connect_to_closed_port(stage, &found);
    }
    close_tcp(&found);
    play_datagrams(stage, &found);
    find_tcp(stage, &found);
}
