/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * steps: a wall clock that a test sets while the program runs, without a right to set the
 * machine's. It is linked into a program of its own, udptui-clock, by the linker's --wrap (ld(1)):
 * clock_gettime(CLOCK_REALTIME) and the kernel's timestamps in control data have an offset.
 *
 * UDPTUI_CLOCK names a file of STEPS_MAX pairs of 64-bit numbers in the machine's byte order: from
 * which real time on (ns) an offset (ns) holds. What is 0 has not happened. A stamp has the offset
 * that held when it was taken, as the kernel's would.
 */
#include <fcntl.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { STEPS_MAX = 16 };

struct step {
    volatile int64_t from_ns, offset_ns;
};

static const int64_t s = INT64_C(1000000000);
static struct step *steps; /* NULL: the clock is the machine's */

__attribute__((constructor)) static void steps_open(void)
{
    const char *path = getenv("UDPTUI_CLOCK");
    int fd = path != NULL ? open(path, O_RDONLY | O_CLOEXEC) : -1;

    if (fd < 0)
        return;
    void *mapped = mmap(NULL, STEPS_MAX * sizeof *steps, PROT_READ, MAP_SHARED, fd, 0);
    close(fd);
    steps = mapped != MAP_FAILED ? mapped : NULL;
}

static void steps_shift(struct timespec *time)
{
    int64_t real_ns = (int64_t)time->tv_sec * s + time->tv_nsec, offset_ns = 0;

    if (steps == NULL || real_ns == 0)
        return;
    for (int i = 0; i < STEPS_MAX && steps[i].from_ns != 0; i++)
        if (real_ns >= steps[i].from_ns)
            offset_ns = steps[i].offset_ns;
    *time = (struct timespec){.tv_sec = (time_t)((real_ns + offset_ns) / s),
                              .tv_nsec = (long)((real_ns + offset_ns) % s)};
}

int __real_clock_gettime(clockid_t clock, struct timespec *out);
int __wrap_clock_gettime(clockid_t clock, struct timespec *out);
int __wrap_clock_gettime(clockid_t clock, struct timespec *out)
{
    int result = __real_clock_gettime(clock, out);

    if (result == 0 && clock == CLOCK_REALTIME)
        steps_shift(out);
    return result;
}

/* SCM_TIMESTAMPNS has one time, SCM_TIMESTAMPING three (timestamping.rst of the kernel's
 * documentation). */
static void steps_shift_stamps(struct msghdr *message)
{
    for (struct cmsghdr *control = CMSG_FIRSTHDR(message); control != NULL;
         control = CMSG_NXTHDR(message, control)) {
        if (control->cmsg_level != SOL_SOCKET ||
            (control->cmsg_type != SCM_TIMESTAMPNS && control->cmsg_type != SCM_TIMESTAMPING))
            continue;
        size_t count = (control->cmsg_len - CMSG_LEN(0)) / sizeof(struct timespec);
        for (size_t i = 0; i < count; i++) {
            struct timespec stamp;
            unsigned char *place = CMSG_DATA(control) + i * sizeof stamp;
            memcpy(&stamp, place, sizeof stamp);
            steps_shift(&stamp);
            memcpy(place, &stamp, sizeof stamp);
        }
    }
}

ssize_t __real_recvmsg(int fd, struct msghdr *message, int flags);
ssize_t __wrap_recvmsg(int fd, struct msghdr *message, int flags);
ssize_t __wrap_recvmsg(int fd, struct msghdr *message, int flags)
{
    ssize_t result = __real_recvmsg(fd, message, flags);

    if (result >= 0)
        steps_shift_stamps(message);
    return result;
}

int __real_recvmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags,
                    struct timespec *timeout);
int __wrap_recvmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags,
                    struct timespec *timeout);
int __wrap_recvmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags,
                    struct timespec *timeout)
{
    int result = __real_recvmmsg(fd, messages, count, flags, timeout);

    for (int i = 0; i < result; i++)
        steps_shift_stamps(&messages[i].msg_hdr);
    return result;
}
