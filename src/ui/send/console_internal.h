/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* console: what the files of send's prompt share: its state, its commands, its files. */
#ifndef UDPTUI_UI_SEND_CONSOLE_INTERNAL_H
#define UDPTUI_UI_SEND_CONSOLE_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "send_internal.h"
#include "store_internal.h"
#include "udptui/ui/prompt.h"

enum { CONSOLE_TARGETS = 32, CONSOLE_NAME_MAX = 64 };

struct console_message {
    uint8_t bytes[MESSAGE_SIZE];
    size_t size_bytes;
};

struct console_history {
    char path[STORE_PATH_SIZE]; /* "": none is kept */
    size_t lines;               /* in the file, as far as we know */
};

struct console {
    struct send *send;
    struct session *session; /* the only one of send, and its sink */
    struct sink *sink;
    struct console_history history;
    FILE *stream; /* all output goes in here, and above the prompt from time to time */
    char *text;   /* what the stream holds */
    size_t text_bytes;
    struct console_message draft;    /* being made: what is wrong with it harms no other */
    struct console_message latest;   /* that was sent */
    struct console_message repeated; /* by /repeat, whatever is typed meanwhile */
    bool has_latest;
    bool hinted;         /* what an empty line does */
    const char *offered; /* the command that the latest line was perhaps meant to be, NULL: none */
    char targets[CONSOLE_TARGETS][ENDPOINT_HOST_SIZE]; /* used before, as typed */
    size_t target_count; /* so far: the oldest of too many gives way */
    int64_t repeat_left; /* /repeat: how often yet, when next, how far apart */
    int64_t repeat_next_ns;
    int64_t repeat_interval_ns;
    bool quit;
};

/* A command as it was typed. */
struct command_line {
    const char *argument; /* without blanks around it */
    const char *typed;    /* the whole line */
    int64_t number;       /* of a command that takes one: typed, or its default */
};

/* ---- sending (prompt.c) */

/* A line above the prompt; made safe by base/text. */
void console_say(struct console *console, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Sends a text, read as the style says. If it is malformed or too big, that is said and the line as
 * it was typed comes back to be edited. */
void console_send_text(struct console *console, const struct message_style *style, const char *text,
                       const char *typed);

/* Sends the draft, --count times. typed: as above. */
void console_send_draft(struct console *console, const char *typed);

/* Sends the latest message so often again, so far apart; the first at once or after one
 * interval. */
void console_repeat(struct console *console, int64_t times, int64_t interval_ns, bool at_once);

/* Sends to another target from now on. False with the reason said if it cannot. */
bool console_retarget(struct console *console, const char *target);

/* ---- commands (commands.c) */

/* Runs "/NAME ARGUMENT". */
void console_run_command(struct console *console, const char *line);

/* Completes a word of a line that begins with a slash. False for file names. */
bool console_complete_command(const struct console *console, const char *line, size_t word_at,
                              struct prompt_words *words);

/* ---- a command each (calls.c, ladder.c, settings.c, saved.c) */

/* The latest socket calls and what each is for; the latest exchanges as arrows. */
void console_calls(struct console *console, const struct command_line *line);
void console_ladder(struct console *console, const struct command_line *line);

/* "", "NAME" or "NAME VALUE": shows all settings, shows one, changes one. */
void console_set(struct console *console, const char *argument);
bool console_complete_setting(const struct console *console, const char *line,
                              struct prompt_words *words);

/* Keeps target and latest message under a name. Takes them back: the target at once, the message as
 * the next line, which Enter sends. */
void console_save(struct console *console, const struct command_line *line);
void console_load(struct console *console, const struct command_line *line);
bool console_complete_saved(const struct console *console, const char *line,
                            struct prompt_words *words);

/* ---- history (history.c) */

/* Makes the file if there is none, and hands its lines to the prompt, which must be open. If it
 * cannot be read or written, that is said once, and none is kept. */
void console_open_history(struct console *console);
/* A line that was entered. */
void console_keep_line(struct console *console, const char *line);
/* Shortens the file if it grew long. */
void console_close_history(struct console *console);

#endif
