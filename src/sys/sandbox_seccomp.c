/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sandbox_seccomp: the allowed system calls, by libseccomp. What is not listed fails with EPERM,
 * which the program reports like any other error. A name that this processor or this libseccomp
 * does not know is left out.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sandbox_internal.h"
#include "udptui/base/array.h"

/* A test build makes a call that is missing here end the process instead. */
#ifndef SANDBOX_REFUSAL
#define SANDBOX_REFUSAL SCMP_ACT_ERRNO(EPERM)
#endif

enum { EVERY = 0, SOCKET_KINDS = 15 /* SOCK_DGRAM and others, without flags */ };

/* ---- by name */

static const struct {
    unsigned group; /* EVERY, or one of enum sandbox_calls */
    const char *names[32];
} call_groups[] = {
    /* Descriptors that are open. */
    {EVERY, {"read",        "write",     "readv",     "writev", "pread64", "pwrite64",  "preadv",
             "pwritev",     "lseek",     "_llseek",   "close",  "fsync",   "fdatasync", "ftruncate",
             "ftruncate64", "fallocate", "fadvise64", "flock",  "dup",     "dup2",      "dup3"}},
    /* Names and properties of files, not their contents. */
    {EVERY,
     {"fstat", "fstat64", "fstatfs", "newfstatat", "fstatat64", "stat", "stat64", "lstat",
      "lstat64", "statx", "access", "faccessat", "faccessat2", "readlink", "readlinkat", "getcwd",
      "umask"}},
    {EVERY,
     {"poll",
      "ppoll",
      "ppoll_time64",
      "select",
      "_newselect",
      "pselect6",
      "pselect6_time64",
      "epoll_create1",
      "epoll_ctl",
      "epoll_wait",
      "epoll_pwait",
      "epoll_pwait2",
      "eventfd2",
      "timerfd_create",
      "timerfd_settime",
      "timerfd_settime64",
      "timerfd_gettime",
      "timerfd_gettime64",
      "signalfd4",
      "pipe",
      "pipe2"}},
    {EVERY,
     {"sendto", "sendmsg", "sendmmsg", "recvfrom", "recvmsg", "recvmmsg", "recvmmsg_time64",
      "connect", "bind", "getsockopt", "setsockopt", "getsockname", "getpeername", "shutdown",
      "socketpair"}},
    {EVERY,
     {"brk", "munmap", "mremap", "madvise", "memfd_create", "mlock", "munlock", "mincore",
      "membarrier"}},
    {EVERY,
     {"futex", "futex_time64", "futex_waitv", "set_robust_list", "get_robust_list", "rseq",
      "set_tid_address", "exit", "exit_group", "sched_yield", "sched_getaffinity",
      "sched_setaffinity", "sched_getparam", "sched_getscheduler", "getcpu", "wait4", "waitid",
      "restart_syscall"}},
    {EVERY,
     {"rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigreturn", "sigaltstack", "rt_sigpending",
      "rt_sigsuspend", "rt_sigtimedwait", "rt_sigtimedwait_time64", "pause", "setitimer",
      "getitimer"}},
    {EVERY,
     {"clock_gettime", "clock_gettime64", "clock_getres", "clock_getres_time64", "clock_nanosleep",
      "clock_nanosleep_time64", "nanosleep", "gettimeofday", "time", "times", "adjtimex",
      "clock_adjtime", "clock_adjtime64", "getrandom"}},
    {EVERY, {"getpid",    "gettid",    "getppid",    "getpgrp",     "getpgid", "getsid",
             "getuid",    "getuid32",  "geteuid",    "geteuid32",   "getgid",  "getgid32",
             "getegid",   "getegid32", "getresuid",  "getresgid",   "uname",   "sysinfo",
             "getrusage", "getrlimit", "ugetrlimit", "getpriority", "capget"}},
    {CALLS_ACCEPT, {"accept", "accept4"}},
    {CALLS_FILES, {"open", "openat", "getdents", "getdents64"}},
    {CALLS_CHANGES,
     {"rename", "renameat", "renameat2", "unlink", "unlinkat", "mkdir", "mkdirat", "fchmod",
      "fchown", "fchown32"}},
};

static bool calls_allow_name(scmp_filter_ctx filter, const char *name)
{
    int number = seccomp_syscall_resolve_name(name);

    return number == __NR_SCMP_ERROR || seccomp_rule_add(filter, SCMP_ACT_ALLOW, number, 0) == 0;
}

static bool calls_allow_names(scmp_filter_ctx filter, unsigned groups)
{
    bool done = true;

    for (size_t i = 0; i < COUNT_OF(call_groups); i++)
        for (const char *const *name = call_groups[i].names;
             (call_groups[i].group & ~groups) == 0 && name < call_groups[i].names + 32 &&
             *name != NULL;
             name++)
            done &= calls_allow_name(filter, *name);
    return done;
}

/* ---- by their arguments */

/* By hand: clang's warnings refuse the macros of seccomp.h. */
static struct scmp_arg_cmp argument_is(unsigned argument, uint32_t value)
{
    return (struct scmp_arg_cmp){.arg = argument, .op = SCMP_CMP_EQ, .datum_a = value};
}

/* value: what the bits of the mask have. */
static struct scmp_arg_cmp argument_has(unsigned argument, uint32_t mask, uint32_t value)
{
    return (struct scmp_arg_cmp){
        .arg = argument, .op = SCMP_CMP_MASKED_EQ, .datum_a = mask, .datum_b = value};
}

static bool calls_allow_if(scmp_filter_ctx filter, int number, struct scmp_arg_cmp condition)
{
    return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, number, 1, &condition) == 0;
}

static bool calls_allow_values(scmp_filter_ctx filter, int number, unsigned argument,
                               const unsigned *values, size_t count)
{
    bool done = true;

    for (size_t i = 0; i < count; i++)
        done &= calls_allow_if(filter, number, argument_is(argument, values[i]));
    return done;
}

/* Terminals, the readiness of sockets and the names of interfaces. Not TIOCSTI and TIOCLINUX, which
 * type into a terminal. */
static bool calls_allow_ioctls(scmp_filter_ctx filter)
{
    static const unsigned requests[] = {
        TCGETS,     TCSETS,     TCSETSW,      TCSETSF,     TCFLSH,     TCXONC,       TCSBRK,
        TIOCGWINSZ, TIOCSWINSZ, TIOCGPGRP,    TIOCSPGRP,   TIOCOUTQ,   TIOCEXCL,     TIOCNXCL,
        FIONREAD,   FIONBIO,    SIOCGIFINDEX, SIOCGIFNAME, SIOCGIFMTU, SIOCGIFFLAGS, SIOCGIFCONF,
#ifdef TCGETS2
        0x802c542a, 0x402c542b, 0x402c542c,   0x402c542d, /* TCGETS2, TCSETS2, TCSETSW2, TCSETSF2 */
#endif
    };

    return calls_allow_values(filter, SCMP_SYS(ioctl), 1, requests, COUNT_OF(requests));
}

/* Flags, copies, locks and the size of pipes. Not F_SETOWN and F_SETSIG, by which any signal
 * reaches any process of the user (fcntl(2)). */
static bool calls_allow_fcntl(scmp_filter_ctx filter)
{
    static const char *const names[] = {"fcntl", "fcntl64"};
    static const unsigned commands[] = {
        F_DUPFD,  F_DUPFD_CLOEXEC,         F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_GETLK, F_SETLK,
        F_SETLKW, 1031 /* F_SETPIPE_SZ */, 1032 /* F_GETPIPE_SZ */};
    bool done = true;

    for (size_t i = 0; i < COUNT_OF(names); i++)
        done &= calls_allow_values(filter, seccomp_syscall_resolve_name(names[i]), 1, commands,
                                   COUNT_OF(commands));
    return done;
}

static bool calls_allow_prctl(scmp_filter_ctx filter)
{
    static const unsigned options[] = {PR_SET_NAME, PR_GET_NAME, PR_SET_TIMERSLACK,
                                       PR_GET_NO_NEW_PRIVS,
                                       0x53564d41 /* PR_SET_VMA: names of memory */};

    return calls_allow_values(filter, SCMP_SYS(prctl), 0, options, COUNT_OF(options));
}

/* Threads, but no processes. clone3(2) has its flags in memory, where no filter sees them: the C
 * library takes clone(2) if it is not there. */
static bool calls_allow_threads(scmp_filter_ctx filter)
{
    return calls_allow_if(filter, SCMP_SYS(clone), argument_has(0, CLONE_THREAD, CLONE_THREAD)) &&
           seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) == 0;
}

/* Signals to itself (abort(3)); to its group, which may have other programs, the one that Ctrl-Z
 * sends. */
static bool calls_allow_signals(scmp_filter_ctx filter)
{
    const unsigned self = (unsigned)getpid();
    const struct scmp_arg_cmp stop[] = {argument_is(0, 0), argument_is(1, SIGTSTP)};

    return calls_allow_values(filter, SCMP_SYS(kill), 0, &self, 1) &&
           seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(kill), COUNT_OF(stop), stop) ==
               0 &&
#ifndef __GLIBC__
           calls_allow_name(filter, "tkill") &&
#endif
           calls_allow_values(filter, SCMP_SYS(tgkill), 0, &self, 1);
}

/* No memory that is executed, except, to look names up, that of libraries. */
static bool calls_allow_memory(scmp_filter_ctx filter, unsigned groups)
{
    static const char *const names[] = {"mmap", "mmap2", "mprotect"};
    bool done = true;

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        int number = seccomp_syscall_resolve_name(names[i]);
        done &= calls_allow_if(filter, number, argument_has(2, PROT_EXEC, 0));
        if ((groups & CALLS_NAMES) != 0 && number != SCMP_SYS(mprotect))
            done &= calls_allow_if(filter, number, argument_has(3, MAP_ANONYMOUS, 0));
    }
    return done;
}

static bool calls_allow_socket(scmp_filter_ctx filter, unsigned family, unsigned kind,
                               unsigned protocol)
{
    const struct scmp_arg_cmp conditions[] = {
        argument_is(0, family), argument_has(1, SOCKET_KINDS, kind), argument_is(2, protocol)};

    return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(socket), COUNT_OF(conditions),
                                  conditions) == 0;
}

/* Protocol 0 is the family's usual one: of netlink(7) links and routes alone. */
static bool calls_allow_sockets(scmp_filter_ctx filter, unsigned groups)
{
    static const struct {
        unsigned group;
        unsigned family, kind, protocol;
    } sockets[] = {
        {CALLS_SOCKETS, AF_INET, SOCK_DGRAM, 0},
        {CALLS_SOCKETS, AF_INET6, SOCK_DGRAM, 0},
        {CALLS_SOCKETS, AF_NETLINK, SOCK_RAW, 0},
        {CALLS_SOCKETS, AF_UNIX, SOCK_DGRAM, 0},
        {CALLS_NAMES, AF_INET, SOCK_STREAM, 0},
        {CALLS_NAMES, AF_INET6, SOCK_STREAM, 0},
        {CALLS_NAMES, AF_UNIX, SOCK_STREAM, 0},
        {CALLS_TCP, AF_INET, SOCK_STREAM, IPPROTO_TCP},
        {CALLS_TCP, AF_INET6, SOCK_STREAM, IPPROTO_TCP},
    };
    bool done = true;

    for (size_t i = 0; i < COUNT_OF(sockets); i++)
        if ((sockets[i].group & groups) != 0)
            done &=
                calls_allow_socket(filter, sockets[i].family, sockets[i].kind, sockets[i].protocol);
    return done;
}

/* ---- all of it */

static bool calls_fill(scmp_filter_ctx filter, unsigned groups)
{
    return seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1) == 0 &&
           calls_allow_names(filter, groups) && calls_allow_ioctls(filter) &&
           calls_allow_fcntl(filter) && calls_allow_prctl(filter) && calls_allow_threads(filter) &&
           calls_allow_signals(filter) && calls_allow_memory(filter, groups) &&
           calls_allow_sockets(filter, groups);
}

const char *sandbox_calls_missing(void)
{
    const unsigned action = SECCOMP_RET_ERRNO;

    return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0
               ? NULL
               : "the kernel has no filter of system calls (CONFIG_SECCOMP_FILTER)";
}

bool sandbox_calls_restrict(unsigned groups)
{
    scmp_filter_ctx filter = seccomp_init(SANDBOX_REFUSAL);
    int code = -ENOMEM;

    if (filter != NULL && calls_fill(filter, groups))
        code = seccomp_load(filter);
    if (filter != NULL)
        seccomp_release(filter);
    errno = -code;
    return code == 0;
}
