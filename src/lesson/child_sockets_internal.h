/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * child_sockets: sockets of another network namespace. A socket belongs to the namespace in which
 * it was made. A child process enters a new one (with a user namespace of its own, so that it works
 * without root), opens sockets there and passes them back (unix(7) SCM_RIGHTS); the namespace lives
 * as long as they do.
 */
#ifndef UDPTUI_LESSON_CHILD_SOCKETS_INTERNAL_H
#define UDPTUI_LESSON_CHILD_SOCKETS_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

enum { CHILD_SOCKETS_MAX = 24 };

/*
 * Runs make in a child process and takes over the count descriptors that it opened (all of them, or
 * it returns false). make may call only what is safe after fork in a process with threads
 * (signal-safety(7)). Returns false if the child could not, or is not permitted to.
 */
bool child_sockets_open(bool (*make)(const void *context, int *fds), const void *context, int *fds,
                        size_t count);

/* In the child: enters a new network namespace; if need be, in a new user namespace. */
bool child_sockets_enter(void);

#endif
