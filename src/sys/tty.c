/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tty: open(2) by ttyname_r(3), tcflush(3), tcgetpgrp(3). */
#include "udptui/sys/tty.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "udptui/base/units.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/wait.h"

enum { NAME_SIZE = 128, TRIES = 20, PAUSE_MS = 10, FOREGROUND_MS = 100, UNSAID_COLUMNS = 80 };

bool tty_is_interactive(void)
{
    return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

size_t tty_columns(int fd)
{
    struct winsize size;

    if (!isatty(fd))
        return 0;
    return ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : UNSAID_COLUMNS;
}

bool tty_is_gone(int fd)
{
    struct pollfd polled = {.fd = fd};
    struct stat status;

    return fstat(fd, &status) == 0 && S_ISCHR(status.st_mode) && wait_until(&polled, 1, 0) > 0 &&
           (polled.revents & POLLHUP) != 0;
}

int tty_open_again(void)
{
    char name[NAME_SIZE];

    if (ttyname_r(STDOUT_FILENO, name, sizeof name) != 0)
        return -1;
    return open(name, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
}

/* The inherited descriptor may block: written to only if it is ready, and only a little. */
static ssize_t write_some(int fd, const char *bytes, size_t size_bytes)
{
    if (fd >= 0)
        return write(fd, bytes, size_bytes);
    if (wait_is_ready(STDOUT_FILENO, POLLOUT))
        return write(STDOUT_FILENO, bytes, size_bytes);
    errno = EAGAIN;
    return -1;
}

/* Discards the terminal's unread output. Another thread may be blocked in a write(2) to it and keep
 * all others out: setting the modes to their current values wakes it, and then there is room. */
static void tty_make_room(int fd)
{
    struct termios modes;

    tcflush(fd, TCOFLUSH);
    if (tcgetattr(fd, &modes) == 0)
        tcsetattr(fd, TCSANOW, &modes);
    wait_until(NULL, 0, clock_monotonic_ns() + PAUSE_MS * UNITS_NS_PER_MS);
}

static bool tty_write_all(int fd, const char *bytes, size_t size_bytes, bool *refused)
{
    size_t done = 0;

    for (int i = 0; i < TRIES && done < size_bytes; i++) {
        ssize_t written = write_some(fd, bytes + done, size_bytes - done);
        if (written > 0) {
            done += (size_t)written;
        } else if (errno == EAGAIN) {
            *refused = true;
            tty_make_room(fd >= 0 ? fd : STDOUT_FILENO);
            done = 0; /* the part written before was discarded */
        } else if (errno != EINTR) {
            break;
        }
    }
    return done == size_bytes;
}

bool tty_write_now(int fd, const char *bytes, size_t size_bytes)
{
    bool refused = false;
    bool written = tty_write_all(fd, bytes, size_bytes, &refused);

    if (written && refused) /* once more: the other thread may have written after us */
        written = tty_write_all(fd, bytes, size_bytes, &refused);
    return written;
}

static bool is_in_foreground(void)
{
    pid_t group = tcgetpgrp(STDOUT_FILENO);

    return group < 0 || group == getpgrp();
}

/* A terminal in the background must not be touched: that would stop us again (SIGTTOU), and a
 * signal to end would have no effect. */
bool tty_stop_job(int end_fd)
{
    const struct sigaction stop = {.sa_handler = SIG_DFL};
    struct pollfd end = {.fd = end_fd, .events = POLLIN};
    struct sigaction before;

    sigaction(SIGTSTP, &stop, &before); /* ncurses has it; the whole group stops, as from the key */
    kill(0, SIGTSTP);
    sigaction(SIGTSTP, &before, NULL);
    while (!is_in_foreground())
        if (wait_until(&end, 1, clock_monotonic_ns() + FOREGROUND_MS * UNITS_NS_PER_MS) > 0)
            return false;
    return true;
}
