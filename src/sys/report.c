/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report: see the header. */
#include "udptui/sys/report.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "udptui/base/problem.h"
#include "udptui/proto/reason.h"
#include "udptui/sys/locale.h"
#include "udptui/sys/tty.h"

enum { REPORT_SIZE = 1024 };

void report_safe_error(const char *line)
{
    fprintf(stderr, "udptui: %s\n", line);
}

void report_error(const char *format, ...)
{
    char raw[REPORT_SIZE];
    char safe[REPORT_SIZE * TEXT_EXPANSION + 1];
    va_list list;

    va_start(list, format);
    problem_format(raw, sizeof raw, format, list);
    va_end(list);
    text_render(safe, sizeof safe, raw, strlen(raw), locale_charset(false));
    report_safe_error(safe);
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
    report_error("cannot write to standard output: %s", reason_text(error));
    return EXIT_SETUP;
}

int report_finish_output(void)
{
    return fflush(stdout) == 0 && !ferror(stdout) ? EXIT_DONE : report_lost_output(errno);
}
