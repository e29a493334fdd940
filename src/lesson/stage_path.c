/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stage_path: a path with an MTU of 1,500 bytes, on any machine.
 *
 * A socket belongs to the network namespace in which it was made. A child process enters a new one
 * (with a user namespace of its own, so that it works without root), sets its loopback's MTU, opens
 * two sockets and passes them back (unix(7) SCM_RIGHTS); the namespace lives as long as they do.
 * Between fork and exit the child makes only system calls, because other threads may hold locks.
 */
#include <arpa/inet.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "stamps_internal.h"
#include "udptui/lesson/stage.h"
#include "udptui/sys/address.h"

enum { ETHERNET_MTU = 1500, SOCKETS = 2 };

/* ---- in the child */

/* Enters a namespace whose loopback is up and has that MTU. */
static bool enter_namespace(void)
{
    struct ifreq request = {.ifr_name = "lo"};
    bool entered = unshare(CLONE_NEWNET) == 0 || unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0;
    int fd = entered ? socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0) : -1;

    if (fd < 0)
        return false;
    request.ifr_mtu = ETHERNET_MTU;
    entered = ioctl(fd, SIOCSIFMTU, &request) == 0;
    request.ifr_flags = IFF_UP | IFF_RUNNING | IFF_LOOPBACK;
    entered = entered && ioctl(fd, SIOCSIFFLAGS, &request) == 0;
    close(fd);
    return entered;
}

static bool hand_over(int channel, const int fds[SOCKETS])
{
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(SOCKETS * sizeof(int))];
    } control = {.bytes = {0}};
    char byte = 0;
    struct iovec part = {.iov_base = &byte, .iov_len = 1};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    struct cmsghdr *rights = CMSG_FIRSTHDR(&message);

    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(SOCKETS * sizeof(int));
    memcpy(CMSG_DATA(rights), fds, SOCKETS * sizeof(int));
    return sendmsg(channel, &message, MSG_NOSIGNAL) == 1;
}

static void run_child(int channel)
{
    int fds[SOCKETS] = {-1, -1};
    bool done = enter_namespace();

    for (int i = 0; i < SOCKETS && done; i++)
        done = (fds[i] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) >= 0;
    _exit(done && hand_over(channel, fds) ? 0 : 1);
}

/* ---- in the lesson */

static bool take_over(int channel, int fds[SOCKETS])
{
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(SOCKETS * sizeof(int))];
    } control;
    char byte;
    struct iovec part = {.iov_base = &byte, .iov_len = 1};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    struct cmsghdr *rights;

    if (recvmsg(channel, &message, MSG_CMSG_CLOEXEC) != 1)
        return false;
    rights = CMSG_FIRSTHDR(&message);
    if (rights == NULL || rights->cmsg_len != CMSG_LEN(SOCKETS * sizeof(int)))
        return false;
    memcpy(fds, CMSG_DATA(rights), SOCKETS * sizeof(int));
    return true;
}

/* Two sockets of a new namespace. */
static bool make_sockets(int fds[SOCKETS])
{
    int channel[2];
    bool made;
    pid_t child;

    if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, channel) != 0)
        return false;
    child = fork();
    if (child == 0)
        run_child(channel[1]);
    close(channel[1]);
    made = child > 0 && take_over(channel[0], fds);
    close(channel[0]);
    if (child > 0)
        waitpid(child, NULL, 0);
    return made;
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
    if (!make_sockets(fds))
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
