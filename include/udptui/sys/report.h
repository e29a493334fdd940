/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report: error messages on stderr, and exit statuses. */
#ifndef UDPTUI_SYS_REPORT_H
#define UDPTUI_SYS_REPORT_H

#include <stdbool.h>
#include <stddef.h>

/* Exit statuses of every command; on signal n it is 128 + n. */
enum exit_status {
    EXIT_DONE = 0,       /* done; send: all answered */
    EXIT_UNANSWERED = 1, /* some unanswered */
    EXIT_USAGE = 2,      /* the command line is wrong */
    EXIT_SETUP = 3,      /* could not set up: bind, resolve, terminal, file */
};

/* One line on stderr: "udptui: " and the formatted text, made safe by base/text. */
void report_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same from a program that goes on, and must not wait for whoever reads its errors: the line is
 * left out if standard error takes nothing for a tenth of a second. */
void report_news(const char *format, ...) __attribute__((format(printf, 1, 2)));
void report_safe_news(const char *line);

/* As report_error, for a line that is already safe for a terminal. */
void report_safe_error(const char *line);

/* Options that are good alone and not with each other. */
struct report_conflict {
    bool given;          /* both are */
    const char *options; /* "--privacy and --pcap" */
    const char *why;
};

/* True if none is given. Else false, with the first that is reported. */
bool report_check_conflicts(const struct report_conflict *rows, size_t count);

/* The exit status after a failed write to standard output: a closed pipe (EPIPE) counts as SIGPIPE,
 * a terminal that hung up as SIGHUP, a full disk is an error that is reported. */
int report_lost_output(int error);

/* Flushes stdout: EXIT_DONE, or the status of report_lost_output if not all of it could be
 * written. */
int report_finish_output(void);

#endif
