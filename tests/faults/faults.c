/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * faults: makes one use of one call of the C library fail. It is linked into a program of its own,
 * udptui-faults, by the linker's --wrap (ld(1)): the calls that udptui's own code makes arrive
 * here; those that libraries make do not, apart from memory (below). The shipped program has
 * nothing of this.
 *
 * UDPTUI_FAULT=CALL:ERROR:NTH[:TIMES] in the environment: the NTH use of CALL, and those after it
 * up to TIMES in all, fail with ERROR: a name of errno(3), or one of these:
 *   SHORT  less than was asked for is sent, read or written, and control data is missing
 *   HALF   half the room for control data: MSG_CTRUNC (recv(2))
 *   FEW    one datagram of a batch
 * malloc@libc, malloc@libpcre2, malloc@libmosquitto are the allocations that these libraries make,
 * whatever function makes them; not with a sanitizer, which has an allocator of its own.
 * malloc@libjansson are those of the allocator that the program gives jansson (sys/json_memory). The allocations of
 * readline and ncurses are left out: the libraries end the program themselves. A write to an
 * eventfd(2) is left out as well: it fails only if its counter is full.
 *
 * UDPTUI_FAULT_REPORT: a file that gets "fired" when it happens, and, when the process ends, "CALL
 * USES" for each call and "fd NUMBER WHAT" for each descriptor that is open.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <ifaddrs.h>
#include <jansson.h>
#include <link.h>
#include <net/if.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

enum {
    FAULT_SHORT = -1,
    FAULT_HALF = -2,
    FAULT_FEW = -3,
    WORD_SIZE = 32,
    DESCRIPTORS = 256,
    REPORT_FD = 500
};

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
    ROW(getifaddrs)                                                                                \
    ROW(strndup)                                                                                   \
    ROW(vasprintf)                                                                                 \
    ROW(asprintf)                                                                                  \
    ROW(getline)                                                                                   \
    ROW(fopencookie)                                                                               \
    ROW(sigaction)                                                                                 \
    ROW(sigaltstack)                                                                               \
    ROW(pthread_sigmask)                                                                           \
    ROW(socketpair)                                                                                \
    ROW(listen)                                                                                    \
    ROW(accept)                                                                                    \
    ROW(accept4)                                                                                   \
    ROW(shutdown)                                                                                  \
    ROW(getpeername)                                                                               \
    ROW(getnameinfo)                                                                               \
    ROW(if_nametoindex)                                                                            \
    ROW(getrlimit)                                                                                 \
    ROW(setrlimit)                                                                                 \
    ROW(prctl)                                                                                     \
    ROW(syscall)                                                                                   \
    ROW(dup2)                                                                                      \
    ROW(execve)                                                                                    \
    ROW(waitpid)                                                                                   \
    ROW(waitid)                                                                                    \
    ROW(unshare)                                                                                   \
    ROW(setns)                                                                                     \
    ROW(setgroups)                                                                                 \
    ROW(setresuid)                                                                                 \
    ROW(setresgid)                                                                                 \
    ROW(eventfd_read)                                                                              \
    ROW(nanosleep)                                                                                 \
    ROW(getrandom)                                                                                 \
    ROW(stat)                                                                                      \
    ROW(lstat)                                                                                     \
    ROW(access)                                                                                    \
    ROW(unlink)                                                                                    \
    ROW(realpath)                                                                                  \
    ROW(setvbuf)                                                                                   \
    ROW(isatty)                                                                                    \
    ROW(tcgetattr)                                                                                 \
    ROW(tcsetattr)                                                                                 \
    ROW(fgets)                                                                                     \
    ROW(pthread_mutex_init)                                                                        \
    ROW(pthread_cond_init)                                                                         \
    ROW(setlocale)                                                                                 \
    ROW(newterm)                                                                                   \
    ROW(faccessat)                                                                                 \
    ROW(fchmod)                                                                                    \
    ROW(fchown)                                                                                    \
    ROW(getcwd)                                                                                    \
    ROW(ttyname_r)                                                                                 \
    ROW(seccomp_init)                                                                              \
    ROW(seccomp_attr_set)                                                                          \
    ROW(seccomp_rule_add)                                                                          \
    ROW(seccomp_rule_add_array)                                                                    \
    ROW(seccomp_load)

#define FAULT_NUMBER(name) CALL_##name,
#define FAULT_NAME(name)   #name,
enum fault_call {
    FAULTS_EACH(FAULT_NUMBER) CALL_jansson_malloc,
    LIBRARY_FIRST,
    LIBRARIES = 3,
    CALLS = LIBRARY_FIRST + LIBRARIES
};
static const char *const call_names[CALLS] = {FAULTS_EACH(FAULT_NAME) "malloc@libjansson",
                                              "malloc@libc", "malloc@libpcre2",
                                              "malloc@libmosquitto"};

static const struct {
    const char *name;
    int code;
} errors[] = {
    {"SHORT", FAULT_SHORT},
    {"HALF", FAULT_HALF},
    {"FEW", FAULT_FEW},
    {"EACCES", EACCES},
    {"EADDRINUSE", EADDRINUSE},
    {"EAGAIN", EAGAIN},
    {"ECHILD", ECHILD},
    {"ECONNREFUSED", ECONNREFUSED},
    {"EINTR", EINTR},
    {"EINVAL", EINVAL},
    {"EIO", EIO},
    {"EMFILE", EMFILE},
    {"ENETDOWN", ENETDOWN},
    {"ENODEV", ENODEV},
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
    int report_fd;       /* 0: none */
    pid_t first_process; /* its children do not report descriptors */
} fault = {.call = -1};

/* ---- which one, and the report */

long __real_syscall(long what, ...);
int __real_fstat(int fd, struct stat *status);
int __real_prctl(int what, ...);

/* Around our own wrappers: this is not the program's work. */
static void report_line(const char *text)
{
    if (fault.report_fd > 0 && __real_syscall(SYS_write, fault.report_fd, text, strlen(text)) < 0)
        abort();
}

/* Before the sandbox, and out of the way of the program's descriptors. */
static void report_open(void)
{
    const char *path = getenv("UDPTUI_FAULT_REPORT");
    long fd = -1;

    if (path != NULL)
        fd = __real_syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC,
                            0600);
    if (fd < 0)
        return;
    fault.report_fd = (int)__real_syscall(SYS_fcntl, fd, F_DUPFD_CLOEXEC, REPORT_FD);
    __real_syscall(SYS_close, fd);
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

/* ---- the libraries whose memory can be made to fail */

static struct {
    uintptr_t from, to;
} libraries[LIBRARIES];

/* Of "/usr/lib/libc.so.6": whether it is malloc@libc's. */
static bool library_is(int library, const char *path)
{
    const char *file = strrchr(path, '/'),
               *name = strchr(call_names[LIBRARY_FIRST + library], '@') + 1;
    size_t size = strlen(name);

    return file != NULL && strncmp(file + 1, name, size) == 0 &&
           strchr(".-", file[1 + size]) != NULL;
}

static int library_find(struct dl_phdr_info *info, size_t size, void *nothing)
{
    (void)size;
    (void)nothing;
    for (int i = 0; i < LIBRARIES; i++)
        for (int part = 0; library_is(i, info->dlpi_name) && part < info->dlpi_phnum; part++)
            if (info->dlpi_phdr[part].p_type == PT_LOAD &&
                (info->dlpi_phdr[part].p_flags & PF_X) != 0) {
                libraries[i].from = info->dlpi_addr + info->dlpi_phdr[part].p_vaddr;
                libraries[i].to = libraries[i].from + info->dlpi_phdr[part].p_memsz;
            }
    return 0;
}

static void libraries_find(void)
{
    dl_iterate_phdr(library_find, NULL);
}

__attribute__((constructor)) static void faults_begin(void)
{
    const char *wanted = getenv("UDPTUI_FAULT");
    char call[WORD_SIZE], error[WORD_SIZE];

    libraries_find();
    fault.first_process = getpid();
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

/* What is open when the program ends: more than after an undisturbed run is a leak. fstat(2) alone:
 * the sandbox does not let anybody read /proc any more. */
static void report_descriptors(void)
{
    struct stat status;
    char line[2 * WORD_SIZE];

    for (int fd = 3; fd < DESCRIPTORS; fd++) {
        if (__real_fstat(fd, &status) != 0)
            continue;
        snprintf(line, sizeof line, "fd %d %s\n", fd,
                 S_ISSOCK(status.st_mode)   ? "socket"
                 : S_ISREG(status.st_mode)  ? "file"
                 : S_ISFIFO(status.st_mode) ? "pipe"
                 : S_ISCHR(status.st_mode)  ? "device"
                                            : "eventfd or the like");
        report_line(line);
    }
}

/* What it has given up. Within a filter even the question whether there is one is refused. */
static void report_sandbox(void)
{
    long root;

    if (__real_prctl(PR_GET_SECCOMP, 0L, 0L, 0L, 0L) != 0)
        report_line("in the sandbox: calls\n");
    root = __real_syscall(SYS_openat, AT_FDCWD, "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (root < 0)
        report_line("in the sandbox: files\n");
    else
        __real_syscall(SYS_close, root);
}

__attribute__((destructor)) static void faults_end(void)
{
    char line[2 * WORD_SIZE];

    fault.call = -1; /* libgcov writes its counters later, with the same calls */
    if (getpid() == fault.first_process) {
        report_descriptors();
        report_sandbox();
    }
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

/* ---- memory for udptui itself, and for jansson, which has an allocator of udptui's */

static _Thread_local bool is_for_jansson;
static json_malloc_t allocate_for_jansson;

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_malloc(size_t size)
{
    if (fault_due(is_for_jansson ? CALL_jansson_malloc : CALL_malloc) == 0)
        return __real_malloc(size);
    errno = ENOMEM;
    return NULL;
}

static void *jansson_malloc(size_t size)
{
    void *memory;

    is_for_jansson = true;
    memory = allocate_for_jansson(size);
    is_for_jansson = false;
    return memory;
}

void __real_json_set_alloc_funcs(json_malloc_t allocate, json_free_t release);
void __wrap_json_set_alloc_funcs(json_malloc_t allocate, json_free_t release);
void __wrap_json_set_alloc_funcs(json_malloc_t allocate, json_free_t release)
{
    allocate_for_jansson = allocate;
    __real_json_set_alloc_funcs(jansson_malloc, release);
}

/* ---- calls that fail whole: with a value, and errno */

#define WRAP(type, failure, name, parameters, arguments)                                           \
    type __real_##name parameters;                                                                 \
    type __wrap_##name parameters;                                                                 \
    type __wrap_##name parameters                                                                  \
    {                                                                                              \
        int code = fault_due(CALL_##name);                                                         \
                                                                                                   \
        if (code <= 0)                                                                             \
            return __real_##name arguments;                                                        \
        errno = code;                                                                              \
        return failure;                                                                            \
    }

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
WRAP(char *, NULL, strndup, (const char *text, size_t size), (text, size))
WRAP(FILE *, NULL, fopencookie, (void *cookie, const char *mode, cookie_io_functions_t functions),
     (cookie, mode, functions))
WRAP(int, -1, sigaction, (int number, const struct sigaction *wanted, struct sigaction *old),
     (number, wanted, old))
WRAP(int, -1, sigaltstack, (const stack_t *wanted, stack_t *old), (wanted, old))
WRAP(int, code, pthread_sigmask, (int how, const sigset_t *wanted, sigset_t *old),
     (how, wanted, old))
WRAP(int, -1, socketpair, (int family, int type, int protocol, int fds[2]),
     (family, type, protocol, fds))
WRAP(int, -1, listen, (int fd, int count), (fd, count))
WRAP(int, -1, accept, (int fd, struct sockaddr *address, socklen_t *size), (fd, address, size))
WRAP(int, -1, accept4, (int fd, struct sockaddr *address, socklen_t *size, int flags),
     (fd, address, size, flags))
WRAP(int, -1, shutdown, (int fd, int how), (fd, how))
WRAP(int, -1, getpeername, (int fd, struct sockaddr *address, socklen_t *size), (fd, address, size))
WRAP(int, code, getnameinfo,
     (const struct sockaddr *address, socklen_t length, char *host, socklen_t host_size,
      char *service, socklen_t service_size, int flags),
     (address, length, host, host_size, service, service_size, flags))
WRAP(unsigned, 0, if_nametoindex, (const char *name), (name))
WRAP(int, -1, getrlimit, (__rlimit_resource_t what, struct rlimit *limit), (what, limit))
WRAP(int, -1, setrlimit, (__rlimit_resource_t what, const struct rlimit *limit), (what, limit))
WRAP(int, -1, dup2, (int from, int to), (from, to))
WRAP(int, -1, execve, (const char *path, char *const words[], char *const variables[]),
     (path, words, variables))
WRAP(pid_t, -1, waitpid, (pid_t pid, int *status, int options), (pid, status, options))
WRAP(int, -1, waitid, (idtype_t type, id_t id, siginfo_t *status, int options),
     (type, id, status, options))
WRAP(int, -1, unshare, (int flags), (flags))
WRAP(int, -1, setns, (int fd, int type), (fd, type))
WRAP(int, -1, setgroups, (size_t count, const gid_t *groups), (count, groups))
WRAP(int, -1, setresuid, (uid_t real, uid_t effective, uid_t saved), (real, effective, saved))
WRAP(int, -1, setresgid, (gid_t real, gid_t effective, gid_t saved), (real, effective, saved))
WRAP(int, -1, eventfd_read, (int fd, eventfd_t *value), (fd, value))
WRAP(int, -1, nanosleep, (const struct timespec *time, struct timespec *left), (time, left))
WRAP(ssize_t, -1, getrandom, (void *bytes, size_t size, unsigned flags), (bytes, size, flags))
WRAP(int, -1, stat, (const char *path, struct stat *status), (path, status))
WRAP(int, -1, lstat, (const char *path, struct stat *status), (path, status))
WRAP(int, -1, access, (const char *path, int mode), (path, mode))
WRAP(int, -1, unlink, (const char *path), (path))
WRAP(char *, NULL, realpath, (const char *path, char *resolved), (path, resolved))
WRAP(int, EOF, setvbuf, (FILE * file, char *buffer, int mode, size_t size),
     (file, buffer, mode, size))
WRAP(int, 0, isatty, (int fd), (fd))
WRAP(int, -1, tcgetattr, (int fd, struct termios *modes), (fd, modes))
WRAP(int, -1, tcsetattr, (int fd, int when, const struct termios *modes), (fd, when, modes))
WRAP(char *, NULL, fgets, (char *line, int size, FILE *file), (line, size, file))
WRAP(int, code, pthread_mutex_init, (pthread_mutex_t * mutex, const pthread_mutexattr_t *kind),
     (mutex, kind))
WRAP(int, code, pthread_cond_init, (pthread_cond_t * condition, const pthread_condattr_t *kind),
     (condition, kind))
WRAP(char *, NULL, setlocale, (int category, const char *name), (category, name))
WRAP(int, -1, faccessat, (int directory, const char *path, int mode, int flags),
     (directory, path, mode, flags))
WRAP(int, -1, fchmod, (int fd, mode_t mode), (fd, mode))
WRAP(int, -1, fchown, (int fd, uid_t user, gid_t group), (fd, user, group))
WRAP(char *, NULL, getcwd, (char *path, size_t size), (path, size))
WRAP(int, code, ttyname_r, (int fd, char *name, size_t size), (fd, name, size))
WRAP(void *, NULL, newterm, (const char *type, FILE *out, FILE *in), (type, out, in))

/* ---- libseccomp's, which return the error; a build without it has none of them. Rules by name have no
 * arguments. */

struct scmp_arg_cmp;
#pragma weak __real_seccomp_init
#pragma weak __real_seccomp_attr_set
#pragma weak __real_seccomp_rule_add
#pragma weak __real_seccomp_rule_add_array
#pragma weak __real_seccomp_load

WRAP(void *, NULL, seccomp_init, (uint32_t action), (action))
WRAP(int, -code, seccomp_attr_set, (void *filter, int name, uint32_t value), (filter, name, value))
WRAP(int, -code, seccomp_rule_add_array,
     (void *filter, uint32_t action, int number, unsigned count,
      const struct scmp_arg_cmp *conditions),
     (filter, action, number, count, conditions))
WRAP(int, -code, seccomp_load, (void *filter), (filter))

int __real_seccomp_rule_add(void *filter, uint32_t action, int number, unsigned count, ...);
int __wrap_seccomp_rule_add(void *filter, uint32_t action, int number, unsigned count, ...);
int __wrap_seccomp_rule_add(void *filter, uint32_t action, int number, unsigned count, ...)
{
    int code = fault_due(CALL_seccomp_rule_add);

    return code <= 0 ? __real_seccomp_rule_add(filter, action, number, count) : -code;
}

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
    if (code <= 0)
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
        if (code <= 0)                                                                             \
            return __real_##name(fd, what, argument);                                              \
        errno = code;                                                                              \
        return -1;                                                                                 \
    }

WRAP_ONE_MORE(fcntl, int)
WRAP_ONE_MORE(ioctl, unsigned long)

/* prctl(2) and syscall(2) take as many words as the kernel's calls do. */
#define WRAP_WORDS(name, type, first)                                                              \
    type __real_##name(first what, ...);                                                           \
    type __wrap_##name(first what, ...);                                                           \
    type __wrap_##name(first what, ...)                                                            \
    {                                                                                              \
        int code = fault_due(CALL_##name);                                                         \
        va_list rest;                                                                              \
        long words[6];                                                                             \
                                                                                                   \
        va_start(rest, what);                                                                      \
        for (int i = 0; i < 6; i++)                                                                \
            words[i] = va_arg(rest, long);                                                         \
        va_end(rest);                                                                              \
        if (code <= 0)                                                                             \
            return __real_##name(what, words[0], words[1], words[2], words[3], words[4],           \
                                 words[5]);                                                        \
        errno = code;                                                                              \
        return -1;                                                                                 \
    }

WRAP_WORDS(prctl, int, int)
WRAP_WORDS(syscall, long, long)

int __real_vasprintf(char **text, const char *format, va_list list);
int __wrap_vasprintf(char **text, const char *format, va_list list);
int __wrap_vasprintf(char **text, const char *format, va_list list)
{
    if (fault_due(CALL_vasprintf) > 0)
        return -1;
    return __real_vasprintf(text, format, list);
}

int __wrap_asprintf(char **text, const char *format, ...);
int __wrap_asprintf(char **text, const char *format, ...)
{
    va_list list;
    int result;

    if (fault_due(CALL_asprintf) > 0)
        return -1;
    va_start(list, format);
    result = __real_vasprintf(text, format, list);
    va_end(list);
    return result;
}

/* ---- the same calls by the names that _FORTIFY_SOURCE gives them */

int __wrap___open_2(const char *path, int flags);
int __wrap___open_2(const char *path, int flags)
{
    return __wrap_open(path, flags);
}

ssize_t __wrap___recv_chk(int fd, void *bytes, size_t size, size_t room, int flags);
ssize_t __wrap___recv_chk(int fd, void *bytes, size_t size, size_t room, int flags)
{
    return __wrap_recv(fd, bytes, size < room ? size : room, flags);
}

int __wrap___vasprintf_chk(char **text, int flag, const char *format, va_list list);
int __wrap___vasprintf_chk(char **text, int flag, const char *format, va_list list)
{
    (void)flag;
    return __wrap_vasprintf(text, format, list);
}

int __wrap___asprintf_chk(char **text, int flag, const char *format, ...);
int __wrap___asprintf_chk(char **text, int flag, const char *format, ...)
{
    va_list list;
    int result;

    (void)flag;
    va_start(list, format);
    result = __wrap_vasprintf(text, format, list);
    va_end(list);
    return result;
}

char *__wrap___realpath_chk(const char *path, char *resolved, size_t room);
char *__wrap___realpath_chk(const char *path, char *resolved, size_t room)
{
    (void)room;
    return __wrap_realpath(path, resolved);
}

char *__wrap___getcwd_chk(char *path, size_t size, size_t room);
char *__wrap___getcwd_chk(char *path, size_t size, size_t room)
{
    return __wrap_getcwd(path, size < room ? size : room);
}

int __wrap___ttyname_r_chk(int fd, char *name, size_t size, size_t room);
int __wrap___ttyname_r_chk(int fd, char *name, size_t size, size_t room)
{
    return __wrap_ttyname_r(fd, name, size < room ? size : room);
}

/* getline(3) is a macro of this. */
ssize_t __wrap___getdelim(char **line, size_t *size, int end, FILE *file);
ssize_t __wrap___getdelim(char **line, size_t *size, int end, FILE *file)
{
    int code = fault_due(CALL_getline);

    if (code <= 0)
        return getdelim(line, size, end, file);
    errno = code;
    return -1;
}

ssize_t __wrap_getline(char **line, size_t *size, FILE *file);
ssize_t __wrap_getline(char **line, size_t *size, FILE *file)
{
    return __wrap___getdelim(line, size, '\n', file);
}

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
        if (code < 0)                                                                              \
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

/* The room for control data that is offered: none, half or all; its times, destination, drops are
 * missing. */
static void cut_control(struct msghdr *message, int code)
{
    if (code == FAULT_SHORT)
        message->msg_controllen = 0;
    else if (code == FAULT_HALF)
        message->msg_controllen /= 2;
}

ssize_t __real_recvmsg(int fd, struct msghdr *message, int flags);
ssize_t __wrap_recvmsg(int fd, struct msghdr *message, int flags);
ssize_t __wrap_recvmsg(int fd, struct msghdr *message, int flags)
{
    int code = fault_due(CALL_recvmsg);

    if (code > 0) {
        errno = code;
        return -1;
    }
    cut_control(message, code);
    return __real_recvmsg(fd, message, flags);
}

int __real_recvmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags,
                    struct timespec *timeout);
int __wrap_recvmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags,
                    struct timespec *timeout);
int __wrap_recvmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags,
                    struct timespec *timeout)
{
    int code = fault_due(CALL_recvmmsg);

    if (code > 0) {
        errno = code;
        return -1;
    }
    for (unsigned i = 0; i < count; i++)
        cut_control(&messages[i].msg_hdr, code);
    return __real_recvmmsg(fd, messages, code == FAULT_FEW && count > 1 ? 1 : count, flags,
                           timeout);
}

/* ---- memory that libraries ask for: these take the place of the C library's own functions */

#if !defined __SANITIZE_ADDRESS__ && !defined __SANITIZE_THREAD__ && defined __GLIBC__
#define LIBRARY_MEMORY(name, parameters, arguments)                                                \
    void *__libc_##name parameters;                                                                \
    void *name parameters                                                                          \
    {                                                                                              \
        return library_fails((uintptr_t)__builtin_return_address(0)) ? NULL                        \
                                                                     : __libc_##name arguments;    \
    }

static bool library_fails(uintptr_t caller)
{
    for (int i = 0; i < LIBRARIES; i++)
        if (caller >= libraries[i].from && caller < libraries[i].to &&
            fault_due((enum fault_call)(LIBRARY_FIRST + i)) > 0) {
            errno = ENOMEM;
            return true;
        }
    return false;
}

LIBRARY_MEMORY(malloc, (size_t size), (size))
LIBRARY_MEMORY(calloc, (size_t count, size_t size), (count, size))
LIBRARY_MEMORY(realloc, (void *old, size_t size), (old, size))
#endif
