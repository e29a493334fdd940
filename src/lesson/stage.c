/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stage: sockets, waits and legs; see the header. */
#include "udptui/lesson/stage.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "stamps_internal.h"
#include "udptui/base/units.h"
#include "udptui/proto/call.h"
#include "udptui/proto/reason.h"
#include "udptui/sys/address.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/wait.h"

enum { CONTROL_SIZE = 512 };

static const int64_t receive_timeout_ns = 2 * UNITS_NS_PER_S;

void stage_open(struct stage *stage, const struct stage_config *config)
{
    *stage = (struct stage){.config = *config, .event_fd = -1};
    stage->wall_offset_ns = clock_wall_ns() - clock_monotonic_ns();
}

void stage_close(struct stage *stage)
{
    engine_close(stage->engine);
    for (size_t i = 0; i < stage->socket_count; i++)
        udp_close(&stage->sockets[i]);
    if (stage->event_fd >= 0)
        close(stage->event_fd);
    stage_drop_frames(stage);
}

bool stage_going(const struct stage *stage)
{
    return !stage->stopped && stage->error[0] == '\0';
}

void stage_fail(struct stage *stage, const char *format, ...)
{
    va_list list;

    if (!stage_going(stage))
        return;
    va_start(list, format);
    vsnprintf(stage->error, sizeof stage->error, format, list);
    va_end(list);
}

void stage_fail_silent(struct stage *stage)
{
    stage_fail(stage, "datagrams to 127.0.0.1 do not arrive: 'ip link show lo' should say UP");
}

int64_t stage_now_ns(void)
{
    return clock_wall_ns();
}

/* ---- sockets */

struct endpoint stage_loopback(void)
{
    return (struct endpoint){.family = ENDPOINT_IPV4, .address = {127, 0, 0, 1}};
}

/* The next place for a socket; the last one is used again if there are too many. */
static struct udp_socket *stage_place(struct stage *stage)
{
    struct udp_socket *socket;

    if (stage->socket_count == STAGE_SOCKETS_MAX)
        stage_fail(stage, "lesson: too many sockets");
    else
        stage->socket_count++;
    socket = &stage->sockets[stage->socket_count - 1];
    if (stage_going(stage))
        *socket = (struct udp_socket){.fd = -1};
    return socket;
}

static const struct udp_options plain;

static struct udp_socket *stage_open_server(struct stage *stage, const struct endpoint *local,
                                            const struct udp_options *options)
{
    struct udp_socket *socket = stage_place(stage);
    char error[UDP_ERROR_SIZE];

    if (stage_going(stage) && !udp_open_server(local, options, socket, error))
        stage_fail(stage, "%s", error);
    return socket;
}

struct udp_socket *stage_engine_socket(struct stage *stage)
{
    struct endpoint local = stage_loopback();

    return stage_open_server(stage, &local, &plain);
}

struct udp_socket *stage_receiver(struct stage *stage, const struct endpoint *local,
                                  const struct udp_options *options)
{
    struct udp_socket *socket = stage_open_server(stage, local, options != NULL ? options : &plain);

    stamps_enable(socket->fd);
    return socket;
}

struct udp_socket *stage_client(struct stage *stage, const struct endpoint *peer, bool connected,
                                const struct udp_options *options)
{
    struct udp_socket *socket = stage_place(stage);
    char error[UDP_ERROR_SIZE];

    if (stage_going(stage) &&
        !udp_open_client(peer, NULL, connected, options != NULL ? options : &plain, socket, error))
        stage_fail(stage, "%s", error);
    stamps_enable(socket->fd);
    return socket;
}

void stage_shut(struct udp_socket *socket)
{
    udp_close(socket);
}

struct endpoint stage_free_port(struct stage *stage)
{
    struct endpoint local = stage_loopback();
    struct udp_socket *probe = stage_receiver(stage, &local, NULL);

    local = probe->local;
    stage_shut(probe);
    return local;
}

/* ---- waiting */

bool stage_wait(struct stage *stage, int fd, short events, int64_t timeout_ns)
{
    int64_t deadline_ns = clock_monotonic_ns() + timeout_ns;
    struct pollfd polled[] = {{.fd = fd, .events = events},
                              {.fd = stage->config.stop_fd, .events = POLLIN},
                              {.fd = stage->event_fd, .events = POLLIN}};

    while (stage_going(stage)) {
        int ready = wait_until(polled, 3, deadline_ns), error = ready < 0 ? errno : 0;
        stage->stopped = ready > 0 && polled[1].revents != 0;
        if (ready > 0 && polled[2].revents != 0)
            stage_take_events(stage);
        if (ready > 0 && polled[0].revents != 0)
            return !stage->stopped;
        if (ready != 0 && clock_monotonic_ns() < deadline_ns)
            continue;
        if (error != 0 && error != EINTR) /* whether something came is not known */
            stage_fail(stage, "lesson: waiting for a socket failed: %s", reason_text(error));
        return false;
    }
    return false;
}

/* ---- datagrams */

static ssize_t send_bytes(const struct udp_socket *socket, const struct stage_datagram *datagram)
{
    struct sockaddr_storage address;
    socklen_t length = 0;
    ssize_t sent;

    if (datagram->to != NULL)
        length = address_from_endpoint(datagram->to, socket->family, &address);
    do
        sent = sendto(socket->fd, datagram->bytes, datagram->size_bytes, MSG_DONTWAIT,
                      length > 0 ? (const struct sockaddr *)&address : NULL, length);
    while (sent < 0 && errno == EINTR);
    return sent;
}

int stage_send(struct stage *stage, const struct udp_socket *socket,
               const struct stage_datagram *datagram, int *leg)
{
    struct ladder_leg sent = {.depart_ns = stage_now_ns(),
                              .to_right = !datagram->to_left,
                              .right_gap = datagram->right_gap,
                              .end = LADDER_UNDERWAY,
                              .number = datagram->number};
    int64_t stamp_ns;
    int index, error = 0;

    if (leg != NULL)
        *leg = STAGE_NO_LEG;
    if (!stage_going(stage))
        return 0;
    snprintf(sent.label, sizeof sent.label, "%s", datagram->label);
    if (send_bytes(socket, datagram) < 0)
        error = errno;
    if (error != 0) {
        sent.end = LADDER_UNSENT;
        snprintf(sent.note, sizeof sent.note, "%s", stage_errno_name(error));
    } else if ((stamp_ns = stamps_take_sent(socket->fd)) != 0) {
        sent.depart_ns = stamp_ns;
    }
    if (error == 0)
        sent.frame = stage_keep_sent(stage, socket, datagram);
    index = stage_leg(stage, &sent);
    if (leg != NULL)
        *leg = index;
    return error;
}

/* The size of a datagram's largest fragment (IP_RECVFRAGSIZE), 0: it was not fragmented. */
static int fragment_bytes(struct msghdr *message)
{
    for (struct cmsghdr *part = CMSG_FIRSTHDR(message); part != NULL;
         part = CMSG_NXTHDR(message, part)) {
        int bytes;
        if (part->cmsg_level != IPPROTO_IP || part->cmsg_type != IP_RECVFRAGSIZE)
            continue;
        memcpy(&bytes, CMSG_DATA(part), sizeof bytes);
        return bytes;
    }
    return 0;
}

struct stage_received stage_receive(struct stage *stage, const struct udp_socket *socket,
                                    void *bytes, size_t size_bytes)
{
    return stage_receive_within(stage, socket, bytes, size_bytes, receive_timeout_ns);
}

struct stage_received stage_receive_within(struct stage *stage, const struct udp_socket *socket,
                                           void *bytes, size_t size_bytes, int64_t timeout_ns)
{
    struct stage_received received = {.size_bytes = -1};
    struct sockaddr_storage from = {0};
    struct iovec part = {.iov_base = bytes, .iov_len = size_bytes};
    _Alignas(struct cmsghdr) char control[CONTROL_SIZE];
    struct msghdr message = {.msg_name = &from,
                             .msg_namelen = sizeof from,
                             .msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control,
                             .msg_controllen = sizeof control};

    if (!stage_wait(stage, socket->fd, POLLIN, timeout_ns))
        return received;
    received.wall_ns = stage_now_ns();
    received.size_bytes = recvmsg(socket->fd, &message, MSG_DONTWAIT);
    if (received.size_bytes < 0) {
        wait_after_error(errno);
        return received;
    }
    stamps_of_message(&message, &received.wall_ns);
    received.truncated = (message.msg_flags & MSG_TRUNC) != 0;
    received.fragment_bytes = fragment_bytes(&message);
    received.from = address_to_endpoint(&from);
    stage_learn_source(stage, &received.from);
    return received;
}

bool stage_is_empty(const struct udp_socket *socket)
{
    return !wait_is_ready(socket->fd, POLLIN);
}

const char *stage_errno_name(int error)
{
    const char *name = call_error_name(error);

    if (error == 0)
        return "sent";
    return name[0] != '\0' ? name : reason_text(error);
}
