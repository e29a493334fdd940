/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* notify: the protocols of sd_notify(3) and sd_watchdog_enabled(3), without their library. */
#include "udptui/sys/notify.h"

#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "udptui/base/units.h"
#include "udptui/proto/reason.h"

enum { NOTIFY_PATIENCE_MS = 500 };

/* "/path" or "@name" of the abstract namespace (unix(7)). Its length, or 0. */
static socklen_t notify_address(const char *text, struct sockaddr_un *out)
{
    size_t length = strlen(text);

    *out = (struct sockaddr_un){.sun_family = AF_UNIX};
    if ((text[0] != '/' && text[0] != '@') || length < 2 || length >= sizeof out->sun_path)
        return 0;
    memcpy(out->sun_path, text, length);
    if (text[0] == '@')
        out->sun_path[0] = '\0';
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length + (text[0] == '/'));
}

/* Connected: a sandbox that forbids files and other addresses then leaves it alone. */
static bool notify_connect(struct notify *notify, const char *text, struct problem *problem)
{
    const struct timeval patience = {.tv_usec = NOTIFY_PATIENCE_MS * 1000};
    struct sockaddr_un address;
    socklen_t length = notify_address(text, &address);

    if (length == 0)
        return problem_set(problem, false,
                           "NOTIFY_SOCKET is '%s', which is neither /PATH nor @NAME: the service "
                           "manager is not notified",
                           text);
    notify->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (notify->fd >= 0 &&
        setsockopt(notify->fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) == 0 &&
        connect(notify->fd, (const struct sockaddr *)&address, length) == 0)
        return true;
    problem_set(problem, false, "NOTIFY_SOCKET %s: %s: the service manager is not notified", text,
                reason_text(errno));
    notify_close(notify);
    return false;
}

/* Twice as often as the manager asks for (sd_watchdog_enabled(3)). */
static int64_t notify_read_watchdog_ns(void)
{
    const char *interval = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");
    int64_t interval_us, process;

    if (interval == NULL ||
        !units_parse_integer(interval, 1, INT64_MAX / UNITS_NS_PER_US, &interval_us))
        return 0;
    if (pid != NULL && (!units_parse_integer(pid, 1, INT_MAX, &process) || process != getpid()))
        return 0;
    return interval_us * UNITS_NS_PER_US / 2;
}

bool notify_open(struct notify *notify, struct problem *problem)
{
    const char *text = getenv("NOTIFY_SOCKET");
    bool ok = true;

    *notify = (struct notify){.fd = -1, .watchdog_due_ns = INT64_MAX};
    if (text != NULL)
        ok = notify_connect(notify, text, problem);
    if (notify->fd >= 0 && (notify->watchdog_ns = notify_read_watchdog_ns()) > 0)
        notify->watchdog_due_ns = 0;
    unsetenv("NOTIFY_SOCKET");
    unsetenv("WATCHDOG_USEC");
    unsetenv("WATCHDOG_PID");
    return ok;
}

void notify_close(struct notify *notify)
{
    if (notify->fd >= 0)
        close(notify->fd);
    notify->fd = -1;
    notify->watchdog_due_ns = INT64_MAX;
}

static void notify_send_with(const struct notify *notify, const char *state, int flags)
{
    if (notify->fd < 0)
        return;
    while (send(notify->fd, state, strlen(state), flags | MSG_NOSIGNAL) < 0 && errno == EINTR)
        continue;
}

void notify_send(const struct notify *notify, const char *state)
{
    notify_send_with(notify, state, 0);
}

/* If there is no room for it, others wait there already. */
void notify_beat(struct notify *notify, int64_t now_ns)
{
    if (now_ns < notify->watchdog_due_ns)
        return;
    notify_send_with(notify, "WATCHDOG=1", MSG_DONTWAIT);
    notify->watchdog_due_ns = now_ns + notify->watchdog_ns;
}
