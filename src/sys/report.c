/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report: see the header. */
#include "udptui/sys/report.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "udptui/base/problem.h"
#include "udptui/base/units.h"
#include "udptui/proto/reason.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/locale.h"
#include "udptui/sys/tty.h"
#include "udptui/sys/wait.h"

enum { REPORT_SIZE = 1024, SAFE_SIZE = REPORT_SIZE * TEXT_EXPANSION + 1 };

static const int64_t news_wait_ns = 100 * UNITS_NS_PER_MS;

__attribute__((format(printf, 2, 0))) static void report_format(char *safe, const char *format,
                                                                va_list list)
{
    char raw[REPORT_SIZE];

    problem_format(raw, sizeof raw, format, list);
    text_render(safe, SAFE_SIZE, raw, strlen(raw), locale_charset(false));
}

void report_safe_error(const char *line)
{
    fprintf(stderr, "udptui: %s\n", line);
}

void report_error(const char *format, ...)
{
    char safe[SAFE_SIZE];
    va_list list;

    va_start(list, format);
    report_format(safe, format, list);
    va_end(list);
    report_safe_error(safe);
}

void report_safe_news(const char *line)
{
    struct pollfd out = {.fd = STDERR_FILENO, .events = POLLOUT};

    if (wait_until(&out, 1, clock_monotonic_ns() + news_wait_ns) != 0)
        report_safe_error(line);
}

void report_news(const char *format, ...)
{
    char safe[SAFE_SIZE];
    va_list list;

    va_start(list, format);
    report_format(safe, format, list);
    va_end(list);
    report_safe_news(safe);
}

bool report_check_conflicts(const struct report_conflict *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!rows[i].given)
            continue;
        report_error("%s cannot be combined: %s", rows[i].options, rows[i].why);
        return false;
    }
    return true;
}

int report_lost_output(int error)
{
    if (error == EPIPE)
        return 128 + SIGPIPE;
    if (tty_is_gone(STDOUT_FILENO))
        return 128 + SIGHUP;
    if (error == ENOMEM)
        report_error("not enough memory for the output");
    else
        report_error("cannot write to standard output: %s", reason_text(error));
    return EXIT_SETUP;
}

int report_finish_output(void)
{
    return fflush(stdout) == 0 && !ferror(stdout) ? EXIT_DONE : report_lost_output(errno);
}
