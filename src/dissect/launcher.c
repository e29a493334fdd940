/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* launcher: see the header. Requests and their answers go over a pair of sockets, one at a time,
 * the descriptors with them (unix(7), SCM_RIGHTS). */
#include "launcher_internal.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "execute_internal.h"
#include "program_internal.h"
#include "udptui/sys/process.h"

struct launcher {
    int fd;
    pid_t pid;
};

/* kill: a program that was started, to be killed; 0: one is to be started. */
struct launcher_request {
    pid_t kill;
    uint64_t memory_bytes, processor_s;
};

struct launcher_answer {
    pid_t pid;
    int error;
};

union launcher_control {
    char bytes[CMSG_SPACE(EXECUTE_FDS * sizeof(int))];
    struct cmsghdr aligned;
};

/* ---- the launcher's process */

/* False at the end. *count: of the descriptors that came with it. */
static bool launcher_receive(int fd, struct launcher_request *request, int fds[EXECUTE_FDS],
                             size_t *count)
{
    union launcher_control control;
    struct iovec part = {.iov_base = request, .iov_len = sizeof *request};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    ssize_t got;

    do
        got = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
    while (got < 0 && errno == EINTR);
    const struct cmsghdr *header = got > 0 ? CMSG_FIRSTHDR(&message) : NULL;
    *count = header != NULL ? (header->cmsg_len - CMSG_LEN(0)) / sizeof(int) : 0;
    if (header != NULL)
        memcpy(fds, CMSG_DATA(header), *count * sizeof(int));
    return got == (ssize_t)sizeof *request;
}

/* As fork(2), but the new process is a child of our parent. The launcher has one thread. */
static pid_t launcher_fork(void)
{
    return (pid_t)syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0);
}

static struct launcher_answer launcher_run_program(const struct program *program, pid_t owner,
                                                   const struct launcher_request *request,
                                                   const int fds[EXECUTE_FDS])
{
    const struct child_program started = {.path = program->path,
                                          .name = "sharkd",
                                          .rules = {.memory_bytes = request->memory_bytes,
                                                    .processor_s = request->processor_s,
                                                    .readable = program->readable}};
    pid_t pid = launcher_fork();

    if (pid == 0)
        execute_program(&started, fds, owner);
    return (struct launcher_answer){.pid = pid, .error = pid < 0 ? errno : 0};
}

static void launcher_kill_program(pid_t pid)
{
    kill(-pid, SIGKILL);
    kill(pid, SIGKILL); /* if it has left its group */
}

static void launcher_serve(int fd, const struct program *program, pid_t owner)
{
    struct launcher_request request;
    struct launcher_answer answer;
    int fds[EXECUTE_FDS];
    size_t count;
    pid_t last = 0;

    while (launcher_receive(fd, &request, fds, &count)) {
        answer = (struct launcher_answer){.pid = -1, .error = EINVAL};
        if (request.kill > 0 && request.kill == last) {
            launcher_kill_program(last);
            answer = (struct launcher_answer){.pid = last};
            last = 0;
        } else if (request.kill == 0 && count == EXECUTE_FDS) {
            answer = launcher_run_program(program, owner, &request, fds);
            last = answer.pid;
        }
        for (size_t i = 0; i < count; i++)
            close(fds[i]);
        if (send(fd, &answer, sizeof answer, MSG_NOSIGNAL) < 0)
            break;
    }
    if (last > 0)
        launcher_kill_program(last);
}

static _Noreturn void launcher_run(int fd, const struct program *program, pid_t owner)
{
    if (process_leave_owner("udptui-launch", fd, owner))
        launcher_serve(PROCESS_FD, program, owner);
    _exit(EXIT_SUCCESS);
}

/* ---- the owner */

struct launcher *launcher_open(const char *name)
{
    struct launcher *launcher = calloc(1, sizeof *launcher);
    struct program program = {.path = ""};
    pid_t owner = getpid();
    int fds[2];

    if (launcher == NULL || !program_find(&program, name) ||
        socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) != 0) {
        program_free(&program);
        free(launcher);
        return NULL;
    }
    launcher->fd = fds[0];
    launcher->pid = fork();
    if (launcher->pid == 0)
        launcher_run(fds[1], &program, owner);
    int error = errno;
    close(fds[1]);
    program_free(&program);
    if (launcher->pid > 0)
        return launcher;
    close(fds[0]);
    free(launcher);
    errno = error;
    return NULL;
}

void launcher_close(struct launcher *launcher)
{
    if (launcher == NULL)
        return;
    close(launcher->fd);
    while (waitpid(launcher->pid, NULL, 0) < 0 && errno == EINTR)
        continue;
    free(launcher);
}

static pid_t launcher_take_answer(struct launcher *launcher)
{
    struct launcher_answer answer;
    ssize_t got;

    do
        got = recv(launcher->fd, &answer, sizeof answer, 0);
    while (got < 0 && errno == EINTR);
    if (got != (ssize_t)sizeof answer)
        answer = (struct launcher_answer){.pid = -1, .error = ECHILD};
    errno = answer.error;
    return answer.pid;
}

pid_t launcher_start(struct launcher *launcher, const int fds[EXECUTE_FDS], uint64_t memory_bytes,
                     uint64_t processor_s)
{
    struct launcher_request request = {.memory_bytes = memory_bytes, .processor_s = processor_s};
    union launcher_control control = {.bytes = {0}};
    struct iovec part = {.iov_base = &request, .iov_len = sizeof request};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);

    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(EXECUTE_FDS * sizeof(int));
    memcpy(CMSG_DATA(header), fds, EXECUTE_FDS * sizeof(int));
    if (sendmsg(launcher->fd, &message, MSG_NOSIGNAL) < 0)
        return -1;
    return launcher_take_answer(launcher);
}

void launcher_kill(struct launcher *launcher, pid_t pid)
{
    const struct launcher_request request = {.kill = pid};

    if (send(launcher->fd, &request, sizeof request, MSG_NOSIGNAL) == (ssize_t)sizeof request)
        launcher_take_answer(launcher);
}
