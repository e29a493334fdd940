/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * faults: makes one use of one call of the C library fail. It is linked into a program of its own,
 * udptui-faults, by the linker's --wrap (ld(1)): the calls that udptui's own code makes arrive here;
 * those that libraries make do not. The shipped program has nothing of this.
 *
 * UDPTUI_FAULT=CALL:ERROR:NTH[:TIMES] in the environment: the NTH use of CALL, and those after it up to
 * TIMES in all, fail with ERROR: a name of errno(3), or SHORT: less than was asked for is sent, read or
 * written, and control data is missing. UDPTUI_FAULT_REPORT: a file that gets "fired" when it happens,
 * and "CALL USES" for each call when the process ends.
 */
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FAULT_SHORT = -1, WORD_SIZE = 32, REPORT_FD = 500 };

/* Each call that can be made to fail. ROW(name). */
#define FAULTS_EACH(ROW)                                                                           \
    ROW(malloc)                                                                                    \
    ROW(calloc)                                                                                    \
    ROW(realloc)                                                                                   \
    ROW(aligned_alloc)                                                                             \
    ROW(strdup)                                                                                    \
    ROW(open_memstream)                                                                            \
    ROW(mmap)                                                                                      \
    ROW(pthread_create)                                                                            \
    ROW(fork)                                                                                      \
    ROW(socket)                                                                                    \
    ROW(bind)                                                                                      \
    ROW(connect)                                                                                   \
    ROW(setsockopt)                                                                                \
    ROW(getsockopt)                                                                                \
    ROW(getsockname)                                                                               \
    ROW(recv)                                                                                      \
    ROW(recvmsg)                                                                                   \
    ROW(recvmmsg)                                                                                  \
    ROW(send)                                                                                      \
    ROW(sendto)                                                                                    \
    ROW(sendmsg)                                                                                   \
    ROW(sendmmsg)                                                                                  \
    ROW(poll)                                                                                      \
    ROW(ppoll)                                                                                     \
    ROW(epoll_create1)                                                                             \
    ROW(epoll_ctl)                                                                                 \
    ROW(epoll_wait)                                                                                \
    ROW(epoll_pwait2)                                                                              \
    ROW(eventfd)                                                                                   \
    ROW(signalfd)                                                                                  \
    ROW(pipe2)                                                                                     \
    ROW(memfd_create)                                                                              \
    ROW(open)                                                                                      \
    ROW(fopen)                                                                                     \
    ROW(fdopen)                                                                                    \
    ROW(fcntl)                                                                                     \
    ROW(ioctl)                                                                                     \
    ROW(fstat)                                                                                     \
    ROW(ftruncate)                                                                                 \
    ROW(lseek)                                                                                     \
    ROW(rename)                                                                                    \
    ROW(mkdir)                                                                                     \
    ROW(read)                                                                                      \
    ROW(write)                                                                                     \
    ROW(fwrite)                                                                                    \
    ROW(fflush)                                                                                    \
    ROW(fclose)                                                                                    \
    ROW(getaddrinfo)                                                                               \
    ROW(getifaddrs)

#define FAULT_NUMBER(name) CALL_##name,
#define FAULT_NAME(name)   #name,
enum fault_call { FAULTS_EACH(FAULT_NUMBER) CALLS };
static const char *const call_names[CALLS] = {FAULTS_EACH(FAULT_NAME)};

static const struct {
    const char *name;
    int code;
} errors[] = {
    {"SHORT", FAULT_SHORT},
    {"EACCES", EACCES},
    {"EADDRINUSE", EADDRINUSE},
    {"EAGAIN", EAGAIN},
    {"ECONNREFUSED", ECONNREFUSED},
    {"EINTR", EINTR},
    {"EINVAL", EINVAL},
    {"EIO", EIO},
    {"EMFILE", EMFILE},
    {"ENETDOWN", ENETDOWN},
    {"ENETUNREACH", ENETUNREACH},
    {"ENOBUFS", ENOBUFS},
    {"ENOMEM", ENOMEM},
    {"ENOPROTOOPT", ENOPROTOOPT},
    {"ENOSPC", ENOSPC},
    {"ENOSYS", ENOSYS},
    {"EPERM", EPERM},
    {"EPIPE", EPIPE},
    {"EMSGSIZE", EMSGSIZE},
    {"EAI_MEMORY", EAI_MEMORY},
    {"EAI_AGAIN", EAI_AGAIN},
};

static struct {
    int call, code; /* call -1: nothing is to fail */
    unsigned long first, times;
    atomic_ulong uses[CALLS];
    atomic_bool fired;
    int report_fd; /* 0: none */
} fault = {.call = -1};

/* ---- which one, and the report */

/* Around our own wrappers: this is not the program's work. */
static void report_line(const char *text)
{
    if (fault.report_fd > 0 && syscall(SYS_write, fault.report_fd, text, strlen(text)) < 0)
        abort();
}

/* Before the sandbox, and out of the way of the program's descriptors. */
static void report_open(void)
{
    const char *path = getenv("UDPTUI_FAULT_REPORT");
    long fd = -1;

    if (path != NULL)
        fd = syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0)
        return;
    fault.report_fd = (int)syscall(SYS_fcntl, fd, F_DUPFD_CLOEXEC, REPORT_FD);
    syscall(SYS_close, fd);
}

static int find_call(const char *name)
{
    for (int i = 0; i < CALLS; i++)
        if (strcmp(call_names[i], name) == 0)
            return i;
    return -1;
}

static bool find_error(const char *name, int *code)
{
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (strcmp(errors[i].name, name) == 0) {
            *code = errors[i].code;
            return true;
        }
    return false;
}

__attribute__((constructor)) static void faults_begin(void)
{
    const char *wanted = getenv("UDPTUI_FAULT");
    char call[WORD_SIZE], error[WORD_SIZE];

    fault.times = 1;
    report_open();
    if (wanted == NULL)
        return;
    if (sscanf(wanted, "%31[^:]:%31[^:]:%lu:%lu", call, error, &fault.first, &fault.times) < 3 ||
        find_call(call) < 0 || !find_error(error, &fault.code)) {
        fprintf(stderr, "UDPTUI_FAULT: not CALL:ERROR:NTH[:TIMES]: %s\n", wanted);
        _exit(125);
    }
    fault.call = find_call(call);
}

__attribute__((destructor)) static void faults_end(void)
{
    char line[2 * WORD_SIZE];

    fault.call = -1; /* libgcov writes its counters later, with the same calls */
    for (int i = 0; i < CALLS; i++) {
        snprintf(line, sizeof line, "%s %lu\n", call_names[i], atomic_load(&fault.uses[i]));
        report_line(line);
    }
}

#ifdef UDPTUI_COVERAGE
void __real___gcov_dump(void);
void __wrap___gcov_dump(void);
void __wrap___gcov_dump(void)
{
    fault.call = -1;
    __real___gcov_dump();
}
#endif

/* Whether this use of the call is to fail: 0, or the error. */
static int fault_due(enum fault_call call)
{
    unsigned long use = atomic_fetch_add(&fault.uses[call], 1) + 1;

    if ((int)call != fault.call || use < fault.first || use >= fault.first + fault.times)
        return 0;
    if (!atomic_exchange(&fault.fired, true))
        report_line("fired\n");
    return fault.code;
}

/* ---- calls that fail whole: with a value, and errno */

#define WRAP(type, failure, name, parameters, arguments)                                           \
    type __real_##name parameters;                                                                 \
    type __wrap_##name parameters;                                                                 \
    type __wrap_##name parameters                                                                  \
    {                                                                                              \
        int code = fault_due(CALL_##name);                                                         \
                                                                                                   \
        if (code == 0 || code == FAULT_SHORT)                                                      \
            return __real_##name arguments;                                                        \
        errno = code;                                                                              \
        return failure;                                                                            \
    }

WRAP(void *, NULL, malloc, (size_t size), (size))
WRAP(void *, NULL, calloc, (size_t count, size_t size), (count, size))
WRAP(void *, NULL, realloc, (void *old, size_t size), (old, size))
WRAP(void *, NULL, aligned_alloc, (size_t alignment, size_t size), (alignment, size))
WRAP(char *, NULL, strdup, (const char *text), (text))
WRAP(FILE *, NULL, open_memstream, (char **text, size_t *size), (text, size))
WRAP(void *, MAP_FAILED, mmap,
     (void *at, size_t size, int protection, int flags, int fd, off_t from),
     (at, size, protection, flags, fd, from))
WRAP(int, code, pthread_create,
     (pthread_t * thread, const pthread_attr_t *attributes, void *(*run)(void *), void *argument),
     (thread, attributes, run, argument))
WRAP(pid_t, -1, fork, (void), ())
WRAP(int, -1, socket, (int family, int type, int protocol), (family, type, protocol))
WRAP(int, -1, bind, (int fd, const struct sockaddr *address, socklen_t size), (fd, address, size))
WRAP(int, -1, connect, (int fd, const struct sockaddr *address, socklen_t size),
     (fd, address, size))
WRAP(int, -1, setsockopt, (int fd, int level, int name, const void *value, socklen_t size),
     (fd, level, name, value, size))
WRAP(int, -1, getsockopt, (int fd, int level, int name, void *value, socklen_t *size),
     (fd, level, name, value, size))
WRAP(int, -1, getsockname, (int fd, struct sockaddr *address, socklen_t *size), (fd, address, size))
WRAP(ssize_t, -1, recv, (int fd, void *bytes, size_t size, int flags), (fd, bytes, size, flags))
WRAP(ssize_t, -1, send, (int fd, const void *bytes, size_t size, int flags),
     (fd, bytes, size, flags))
WRAP(ssize_t, -1, sendto,
     (int fd, const void *bytes, size_t size, int flags, const struct sockaddr *to,
      socklen_t length),
     (fd, bytes, size, flags, to, length))
WRAP(ssize_t, -1, sendmsg, (int fd, const struct msghdr *message, int flags), (fd, message, flags))
WRAP(int, -1, poll, (struct pollfd * polled, nfds_t count, int timeout), (polled, count, timeout))
WRAP(int, -1, ppoll,
     (struct pollfd * polled, nfds_t count, const struct timespec *timeout, const sigset_t *mask),
     (polled, count, timeout, mask))
WRAP(int, -1, epoll_create1, (int flags), (flags))
WRAP(int, -1, epoll_ctl, (int fd, int how, int about, struct epoll_event *event),
     (fd, how, about, event))
WRAP(int, -1, epoll_wait, (int fd, struct epoll_event *events, int count, int timeout),
     (fd, events, count, timeout))
WRAP(int, -1, epoll_pwait2,
     (int fd, struct epoll_event *events, int count, const struct timespec *timeout,
      const sigset_t *mask),
     (fd, events, count, timeout, mask))
WRAP(int, -1, eventfd, (unsigned start, int flags), (start, flags))
WRAP(int, -1, signalfd, (int fd, const sigset_t *mask, int flags), (fd, mask, flags))
WRAP(int, -1, pipe2, (int fds[2], int flags), (fds, flags))
WRAP(int, -1, memfd_create, (const char *name, unsigned flags), (name, flags))
WRAP(FILE *, NULL, fopen, (const char *path, const char *mode), (path, mode))
WRAP(FILE *, NULL, fdopen, (int fd, const char *mode), (fd, mode))
WRAP(int, -1, fstat, (int fd, struct stat *status), (fd, status))
WRAP(int, -1, ftruncate, (int fd, off_t size), (fd, size))
WRAP(off_t, -1, lseek, (int fd, off_t to, int from), (fd, to, from))
WRAP(int, -1, rename, (const char *from, const char *to), (from, to))
WRAP(int, -1, mkdir, (const char *path, mode_t mode), (path, mode))
WRAP(int, EOF, fflush, (FILE * file), (file))
WRAP(int, code, getaddrinfo,
     (const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **found),
     (name, service, hints, found))
WRAP(int, -1, getifaddrs, (struct ifaddrs * *found), (found))

/* The stream is closed in any case, as close(2) closes its descriptor. */
int __real_fclose(FILE *file);
int __wrap_fclose(FILE *file);
int __wrap_fclose(FILE *file)
{
    int code = fault_due(CALL_fclose), result = __real_fclose(file);

    if (code == 0)
        return result;
    errno = code;
    return EOF;
}

/* ---- calls with a further argument */

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...)
{
    int code = fault_due(CALL_open);
    va_list rest;
    mode_t mode;

    va_start(rest, flags);
    mode = (flags & O_CREAT) != 0 ? (mode_t)va_arg(rest, int) : 0;
    va_end(rest);
    if (code == 0 || code == FAULT_SHORT)
        return __real_open(path, flags, mode);
    errno = code;
    return -1;
}

#define WRAP_ONE_MORE(name, second)                                                                \
    int __real_##name(int fd, second what, ...);                                                   \
    int __wrap_##name(int fd, second what, ...);                                                   \
    int __wrap_##name(int fd, second what, ...)                                                    \
    {                                                                                              \
        int code = fault_due(CALL_##name);                                                         \
        va_list rest;                                                                              \
        void *argument;                                                                            \
                                                                                                   \
        va_start(rest, what);                                                                      \
        argument = va_arg(rest, void *);                                                           \
        va_end(rest);                                                                              \
        if (code == 0 || code == FAULT_SHORT)                                                      \
            return __real_##name(fd, what, argument);                                              \
        errno = code;                                                                              \
        return -1;                                                                                 \
    }

WRAP_ONE_MORE(fcntl, int)
WRAP_ONE_MORE(ioctl, unsigned long)

/* ---- calls that may do less than was asked for */

#define WRAP_SOME(type, name, parameters, whole, some)                                             \
    type __real_##name parameters;                                                                 \
    type __wrap_##name parameters;                                                                 \
    type __wrap_##name parameters                                                                  \
    {                                                                                              \
        int code = fault_due(CALL_##name);                                                         \
                                                                                                   \
        if (code == 0)                                                                             \
            return __real_##name whole;                                                            \
        if (code == FAULT_SHORT)                                                                   \
            return __real_##name some;                                                             \
        errno = code;                                                                              \
        return -1;                                                                                 \
    }

WRAP_SOME(ssize_t, read, (int fd, void *bytes, size_t size), (fd, bytes, size),
          (fd, bytes, (size + 1) / 2))
WRAP_SOME(ssize_t, write, (int fd, const void *bytes, size_t size), (fd, bytes, size),
          (fd, bytes, (size + 1) / 2))
WRAP_SOME(int, sendmmsg, (int fd, struct mmsghdr *messages, unsigned count, int flags),
          (fd, messages, count, flags), (fd, messages, (count + 1) / 2, flags))

/* A stream that fails has its error set, which only a real failure does; so it is an error that the
 * caller learns from the count. */
size_t __real_fwrite(const void *bytes, size_t size, size_t count, FILE *file);
size_t __wrap_fwrite(const void *bytes, size_t size, size_t count, FILE *file);
size_t __wrap_fwrite(const void *bytes, size_t size, size_t count, FILE *file)
{
    int code = fault_due(CALL_fwrite);

    if (code == 0)
        return __real_fwrite(bytes, size, count, file);
    errno = code == FAULT_SHORT ? ENOSPC : code;
    return count > 1 ? __real_fwrite(bytes, size, count / 2, file) : 0;
}

/* Without control data: its times, destination and drops are missing. */
static void lose_control(struct msghdr *message)
{
    message->msg_controllen = 0;
    message->msg_flags |= MSG_CTRUNC;
}

ssize_t __real_recvmsg(int fd, struct msghdr *message, int flags);
ssize_t __wrap_recvmsg(int fd, struct msghdr *message, int flags);
ssize_t __wrap_recvmsg(int fd, struct msghdr *message, int flags)
{
    int code = fault_due(CALL_recvmsg);
    ssize_t got;

    if (code > 0) {
        errno = code;
        return -1;
    }
    got = __real_recvmsg(fd, message, flags);
    if (code == FAULT_SHORT && got >= 0)
        lose_control(message);
    return got;
}

int __real_recvmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags,
                    struct timespec *timeout);
int __wrap_recvmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags,
                    struct timespec *timeout);
int __wrap_recvmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags,
                    struct timespec *timeout)
{
    int code = fault_due(CALL_recvmmsg), got;

    if (code > 0) {
        errno = code;
        return -1;
    }
    got = __real_recvmmsg(fd, messages, count, flags, timeout);
    for (int i = 0; i < got && code == FAULT_SHORT; i++)
        lose_control(&messages[i].msg_hdr);
    return got;
}
