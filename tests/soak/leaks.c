/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * leaks: faults for the soak to find. It is linked into a program of its own, udptui-leaks, by the
 * linker's --wrap (ld(1)): some calls that receive datagrams leak besides. The shipped program has
 * nothing of this.
 *
 * UDPTUI_LEAK=KIND:NTH in the environment: every NTH call of recvmmsg(2) leaks 16 KiB of memory
 * (KIND is "memory"), a descriptor or a thread.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { LEAK_SIZE = 16384 };

int __real_recvmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags,
                    struct timespec *timeout);
int __wrap_recvmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags,
                    struct timespec *timeout);

static void *leaks_wait_forever(void *unused)
{
    (void)unused;
    for (;;)
        pause();
    return NULL;
}

/* Through a volatile pointer: otherwise the compiler leaves the memory out. */
static void leaks_fill(volatile char *memory)
{
    for (size_t i = 0; memory != NULL && i < LEAK_SIZE; i++)
        memory[i] = 1;
}

static void leak(const char *kind, int fd)
{
    pthread_t thread;

    if (strncmp(kind, "memory:", 7) == 0)
        leaks_fill(malloc(LEAK_SIZE));
    else if (strncmp(kind, "descriptor:", 11) == 0)
        (void)!dup(fd);
    else if (strncmp(kind, "thread:", 7) == 0)
        pthread_create(&thread, NULL, leaks_wait_forever, NULL);
}

int __wrap_recvmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags,
                    struct timespec *timeout)
{
    static atomic_uint calls;
    const char *kind = getenv("UDPTUI_LEAK");
    const char *colon = kind == NULL ? NULL : strchr(kind, ':');
    const unsigned nth = colon == NULL ? 0 : (unsigned)strtoul(colon + 1, NULL, 10);

    if (nth > 0 && atomic_fetch_add(&calls, 1) % nth == 0)
        leak(kind, fd);
    return __real_recvmmsg(fd, messages, count, flags, timeout);
}
