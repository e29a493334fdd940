/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* child_sockets: see the header. */
#include "child_sockets_internal.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Room for the control data of so many descriptors, aligned. */
union rights {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(CHILD_SOCKETS_MAX * sizeof(int))];
};

bool child_sockets_enter(void)
{
    return unshare(CLONE_NEWNET) == 0 || unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0;
}

static bool hand_over(int channel, const int *fds, size_t count)
{
    union rights control = {.bytes = {0}};
    char byte = 0;
    struct iovec part = {.iov_base = &byte, .iov_len = 1};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = CMSG_SPACE(count * sizeof(int))};
    struct cmsghdr *rights = CMSG_FIRSTHDR(&message);

    if (rights == NULL)
        return false;
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(count * sizeof(int));
    memcpy(CMSG_DATA(rights), fds, count * sizeof(int));
    return sendmsg(channel, &message, MSG_NOSIGNAL) == 1;
}

/* What came but is not all that was sent: the limit of open files may leave out some. */
static void close_rights(const struct cmsghdr *rights)
{
    size_t size = rights != NULL ? rights->cmsg_len - CMSG_LEN(0) : 0;
    int fd;

    for (size_t at = 0; at + sizeof fd <= size; at += sizeof fd) {
        memcpy(&fd, CMSG_DATA(rights) + at, sizeof fd);
        close(fd);
    }
}

static bool take_over(int channel, int *fds, size_t count)
{
    union rights control;
    char byte;
    struct iovec part = {.iov_base = &byte, .iov_len = 1};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    struct cmsghdr *rights;
    ssize_t received;

    do
        received = recvmsg(channel, &message, MSG_CMSG_CLOEXEC);
    while (received < 0 && errno == EINTR); /* a terminal that changes its size, for example */
    if (received != 1)
        return false;
    rights = CMSG_FIRSTHDR(&message);
    if (rights == NULL || rights->cmsg_len != CMSG_LEN(count * sizeof(int)) ||
        (message.msg_flags & MSG_CTRUNC) != 0) {
        close_rights(rights);
        return false;
    }
    memcpy(fds, CMSG_DATA(rights), count * sizeof(int));
    return true;
}

static void wait_for_end(pid_t child)
{
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
        ;
}

bool child_sockets_open(bool (*make)(const void *context, int *fds), const void *context, int *fds,
                        size_t count)
{
    int channel[2];
    bool made;
    pid_t child; /* if it ends without sending, the channel does: unlike one of SOCK_DGRAM */

    if (count > CHILD_SOCKETS_MAX ||
        socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, channel) != 0)
        return false;
    child = fork();
    if (child == 0)
        _exit(make(context, fds) && hand_over(channel[1], fds, count) ? 0 : 1);
    close(channel[1]);
    made = child > 0 && take_over(channel[0], fds, count);
    close(channel[0]);
    if (child > 0)
        wait_for_end(child);
    return made;
}
