/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* confine: see the header. The filter of system calls is made by hand: libseccomp's functions are
 * not for the child of a process with threads. */
#include "confine_internal.h"

#include <errno.h>
#include <grp.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "udptui/base/array.h"
#include "udptui/sys/landlock.h"

enum { NOBODY = 65534, FILES_OPEN_MAX = 64 };

/* ---- limits */

/* All of them, also if the system refuses one. */
static bool confine_set_limits(const struct confine_rules *rules)
{
    const struct {
        int resource;
        rlim_t most;
    } limits[] = {
        {RLIMIT_AS, rules->memory_bytes},
        {RLIMIT_CPU, rules->processor_s},
        {RLIMIT_FSIZE, 0},
        {RLIMIT_CORE, 0},
        {RLIMIT_NOFILE, FILES_OPEN_MAX},
    };
    bool all = true;

    for (size_t i = 0; i < COUNT_OF(limits); i++) {
        const struct rlimit limit = {.rlim_cur = limits[i].most, .rlim_max = limits[i].most};
        if (setrlimit((__rlimit_resource_t)limits[i].resource, &limit) != 0)
            all = false;
    }
    return all;
}

/* ---- network and user */

/* Without rights it takes a user namespace of its own, whose rights end with exec. */
static bool confine_leave_network(void)
{
    if (geteuid() == 0)
        return unshare(CLONE_NEWNET) == 0;
    return unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0;
}

static bool confine_leave_root(bool is_root)
{
    if (!is_root)
        return true;
    return setgroups(0, NULL) == 0 && setresgid(NOBODY, NOBODY, NOBODY) == 0 &&
           setresuid(NOBODY, NOBODY, NOBODY) == 0;
}

/* ---- files */

static bool confine_leave_files(const char *const *readable)
{
    struct landlock landlock;
    bool done = landlock_open(&landlock, LANDLOCK_ALONE | LANDLOCK_NO_TCP) &&
                landlock_allow(&landlock, "/dev/null", LANDLOCK_READ | LANDLOCK_WRITE);

    for (size_t i = 0; done && readable[i] != NULL; i++)
        done = landlock_allow(&landlock, readable[i], LANDLOCK_READ | LANDLOCK_EXECUTE);
    return landlock_enforce(&landlock, done);
}

/* ---- system calls: seccomp(2) */

/* The processor whose numbers of system calls these are; 0: not known here, no filter. */
#if defined __x86_64__ && !defined __ILP32__
enum { THIS_PROCESSOR_KNOWN = 1 };
#define THIS_PROCESSOR AUDIT_ARCH_X86_64
#elif defined __aarch64__
enum { THIS_PROCESSOR_KNOWN = 1 };
#define THIS_PROCESSOR AUDIT_ARCH_AARCH64
#elif defined __riscv && __riscv_xlen == 64
enum { THIS_PROCESSOR_KNOWN = 1 };
#define THIS_PROCESSOR AUDIT_ARCH_RISCV64
#else
enum { THIS_PROCESSOR_KNOWN = 0 };
#define THIS_PROCESSOR 0
#endif

enum {
    CALL_PIDFD_SEND_SIGNAL = 424,
    CALL_IO_URING_SETUP = 425,
    CALL_PIDFD_OPEN = 434,
    CALL_PIDFD_GETFD = 438,
    CALL_FCHMODAT2 = 452,
};

/* Fail with EPERM: networks; other processes, which may belong to the same user; leaving the process
 * group, with which it ends; owners, modes and times of files, which landlock leaves alone. Not the
 * way out of a process (exit, its own abort). */
static const unsigned forbidden_calls[] = {
    SYS_socket,
    SYS_socketpair,
    SYS_connect,
    SYS_bind,
    SYS_kill,
    SYS_ptrace,
    SYS_process_vm_readv,
    SYS_setns,
    SYS_unshare,
    SYS_mount,
    SYS_process_vm_writev,
    CALL_IO_URING_SETUP,
    SYS_bpf,
    SYS_keyctl,
    SYS_add_key,
    SYS_request_key,
    SYS_perf_event_open,
    SYS_tkill,
    SYS_rt_sigqueueinfo,
    SYS_rt_tgsigqueueinfo,
    CALL_PIDFD_SEND_SIGNAL,
    CALL_PIDFD_OPEN,
    CALL_PIDFD_GETFD,
    SYS_setsid,
    SYS_setpgid,
    SYS_shmget,
    SYS_msgget,
    SYS_semget,
    SYS_mq_open,
    SYS_fchmod,
    SYS_fchmodat,
    CALL_FCHMODAT2,
    SYS_fchown,
    SYS_fchownat,
    SYS_utimensat,
    SYS_setxattr,
    SYS_lsetxattr,
    SYS_fsetxattr,
    SYS_removexattr,
    SYS_lremovexattr,
    SYS_fremovexattr,
#ifdef SYS_chmod /* older processors have these, too */
    SYS_chmod,
    SYS_chown,
    SYS_lchown,
    SYS_utime,
    SYS_utimes,
    SYS_futimesat,
#endif
};

enum {
    CALLS_FORBIDDEN = COUNT_OF(forbidden_calls),
    FILTER_HEAD = 9,
    FILTER_STEPS = FILTER_HEAD + CALLS_FORBIDDEN + 2,
    NUMBERS_OF_X32 = 0x40000000, /* a second set of numbers on x86-64 */
};

#define FILTER_LOAD(field)                                                                         \
    {                                                                                              \
        .code = BPF_LD | BPF_W | BPF_ABS, .k = offsetof(struct seccomp_data, field)                \
    }
#define FILTER_RETURN(value)                                                                       \
    {                                                                                              \
        .code = BPF_RET | BPF_K, .k = (value)                                                      \
    }

/* Another processor's number: the process ends. One of x32, or a forbidden one: EPERM. tgkill(2), by
 * which abort(3) ends a process, may have that process alone as its target. */
static bool confine_leave_calls(void)
{
    enum { ALLOW = FILTER_STEPS - 2, REFUSE = FILTER_STEPS - 1 };
    struct sock_filter steps[FILTER_STEPS] = {
        FILTER_LOAD(arch),
        {.code = BPF_JMP | BPF_JEQ | BPF_K, .k = THIS_PROCESSOR, .jt = 1},
        FILTER_RETURN(SECCOMP_RET_KILL_PROCESS),
        FILTER_LOAD(nr),
        {.code = BPF_JMP | BPF_JGE | BPF_K, .k = NUMBERS_OF_X32, .jt = REFUSE - 5},
        {.code = BPF_JMP | BPF_JEQ | BPF_K, .k = SYS_tgkill, .jf = 3},
        FILTER_LOAD(args[0]), /* its lower half: these processors are little-endian */
        {.code = BPF_JMP | BPF_JEQ | BPF_K, .k = (uint32_t)getpid(), .jt = ALLOW - 8},
        FILTER_RETURN(SECCOMP_RET_ERRNO | EPERM),
        [ALLOW] = FILTER_RETURN(SECCOMP_RET_ALLOW),
        [REFUSE] = FILTER_RETURN(SECCOMP_RET_ERRNO | EPERM),
    };
    const struct sock_fprog program = {.len = FILTER_STEPS, .filter = steps};

    for (unsigned i = 0; i < CALLS_FORBIDDEN; i++)
        steps[FILTER_HEAD + i] =
            (struct sock_filter){.code = BPF_JMP | BPF_JEQ | BPF_K,
                                 .k = forbidden_calls[i],
                                 .jt = (uint8_t)(REFUSE - FILTER_HEAD - 1 - i)};
    return THIS_PROCESSOR_KNOWN && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

/* ---- all of it */

/* In this order: each step still needs what a later one takes away. */
uint32_t confine_self(const struct confine_rules *rules)
{
    bool is_root = geteuid() == 0;
    uint32_t in_force = 0;

    in_force |= confine_set_limits(rules) ? CONFINED_LIMITS : 0;
    in_force |= confine_leave_network() ? CONFINED_NAMESPACE : 0;
    in_force |= confine_leave_root(is_root) ? CONFINED_USER : 0;
    in_force |= prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 ? CONFINED_PRIVILEGES : 0;
    in_force |= confine_leave_files(rules->readable) ? CONFINED_FILES : 0;
    in_force |= confine_leave_calls() ? CONFINED_CALLS : 0;
    return in_force;
}
