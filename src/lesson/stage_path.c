/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stage_path: a path with an MTU of 1,500 bytes, on any machine.
 * If this machine's loopback has another one, that of a new network namespace (child_sockets).
 */
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "child_sockets_internal.h"
#include "stamps_internal.h"
#include "udptui/lesson/stage.h"
#include "udptui/sys/address.h"

enum { ETHERNET_MTU = 1500, SOCKETS = 2 };

/* In the child: two sockets of a namespace whose loopback is up and has that MTU. */
static bool path_make_sockets(const void *context, int *fds)
{
    struct ifreq request = {.ifr_name = "lo"};

    (void)context;
    if (!child_sockets_enter())
        return false;
    for (int i = 0; i < SOCKETS; i++)
        if ((fds[i] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) < 0)
            return false;
    request.ifr_mtu = ETHERNET_MTU;
    if (ioctl(fds[0], SIOCSIFMTU, &request) != 0)
        return false;
    request.ifr_flags = IFF_UP | IFF_RUNNING | IFF_LOOPBACK;
    return ioctl(fds[0], SIOCSIFFLAGS, &request) == 0;
}

static struct endpoint stage_name_of(int fd)
{
    struct sockaddr_storage address = {0};
    socklen_t length = sizeof address;

    getsockname(fd, (struct sockaddr *)&address, &length);
    return address_to_endpoint(&address);
}

/* Binds the first, connects the second to it. */
static bool join_sockets(const int fds[SOCKETS])
{
    const struct endpoint local = stage_loopback();
    struct sockaddr_storage address;
    socklen_t length = address_from_endpoint(&local, AF_INET, &address);
    const int on = 1;

    if (bind(fds[0], (const struct sockaddr *)&address, length) != 0 ||
        getsockname(fds[0], (struct sockaddr *)&address, &length) != 0 ||
        connect(fds[1], (const struct sockaddr *)&address, length) != 0)
        return false;
    setsockopt(fds[0], SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
    stamps_enable(fds[1]);
    return true;
}

bool stage_ethernet(struct stage *stage, struct udp_socket **receiver, struct udp_socket **client)
{
    const struct endpoint local = stage_loopback();
    int fds[SOCKETS];

    *receiver = stage_receiver(stage, &local, NULL);
    *client = stage_client(stage, &(*receiver)->local, true, NULL);
    if (!stage_going(stage) || udp_path_mtu(*client, &(*receiver)->local) == ETHERNET_MTU)
        return stage_going(stage);
    stage_shut(*receiver);
    stage_shut(*client);
    if (!child_sockets_open(path_make_sockets, NULL, fds, SOCKETS))
        return false;
    **receiver = (struct udp_socket){.fd = fds[0], .family = AF_INET};
    **client = (struct udp_socket){.fd = fds[1], .family = AF_INET};
    if (!join_sockets(fds)) {
        stage_shut(*receiver);
        stage_shut(*client);
        return false;
    }
    (*receiver)->local = stage_name_of(fds[0]);
    (*client)->local = stage_name_of(fds[1]);
    return true;
}
