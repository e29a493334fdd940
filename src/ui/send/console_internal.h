/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* console: shared by the files of send's prompt: its state, its commands, its files. */
#ifndef UDPTUI_UI_SEND_CONSOLE_INTERNAL_H
#define UDPTUI_UI_SEND_CONSOLE_INTERNAL_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "packets_internal.h"
#include "send_internal.h"
#include "store_internal.h"
#include "udptui/probe/trial.h"
#include "udptui/ui/prompt.h"

struct console;

enum { CONSOLE_TARGETS = 32, CONSOLE_NAME_MAX = 64 };

struct console_message {
    uint8_t bytes[MESSAGE_SIZE];
    size_t size_bytes;
};

struct console_history {
    char path[STORE_PATH_SIZE]; /* "": none is kept */
    size_t lines;               /* in the file, as far as we know */
    bool torn;                  /* the file does not end with a line end */
};

/* A command that continues while the prompt works, for the loop. state: its own. */
struct measurement_kind {
    const char *name; /* "/ping" */
    int (*fd)(const void *state);
    int64_t (*deadline_ns)(const void *state); /* CLOCK_MONOTONIC; INT64_MAX: none */
    /* fd is readable, or the deadline passed, or neither. True: it has ended. */
    bool (*turn)(struct console *console, void *state);
    bool (*stop)(struct console *console, void *state); /* Ctrl-C. True: it has ended */
    void (*close)(void *state);
};

struct measurement {
    const struct measurement_kind *kind; /* NULL: none is running */
    void *state;
};

struct console {
    struct send *send;
    struct session *session; /* the only one of send, and its sink */
    struct sink *sink;
    struct console_history history;
    FILE *stream; /* all output goes here, and is printed above the prompt from time to time */
    char *text;   /* what the stream holds */
    size_t text_bytes;
    struct console_message draft;    /* being built, so that an error does not affect the others */
    struct console_message latest;   /* that was sent */
    struct console_message repeated; /* by /repeat, independent of what is typed meanwhile */
    bool has_latest;
    bool hinted;         /* what an empty line does */
    bool hinted_at_kept; /* how a line that is kept for editing is emptied */
    const char *offered; /* the command that was suggested for the latest line, NULL: none */
    char targets[CONSOLE_TARGETS][ENDPOINT_HOST_SIZE]; /* used before, as typed */
    size_t target_count;                               /* so far: a new one replaces the oldest */
    int64_t repeat_left; /* /repeat: remaining times, next time, interval */
    int64_t repeat_next_ns;
    int64_t repeat_interval_ns;
    char expected[FILTER_TEXT_MAX + 1]; /* the filter of /expect or --expect, "": none */
    const char *packet_expect;          /* of the packet that is being sent, NULL: it has none */
    struct packets packets;             /* with names, as they were read last */
    bool quit;
    struct measurement measurement;
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

/* Sends a text, read as the style says. If it is malformed or too big, that is reported and the
 * typed line returns for editing. */
void console_send_text(struct console *console, const struct message_style *style, const char *text,
                       const char *typed);

/* Sends the draft, --count times. typed: as above. */
void console_send_draft(struct console *console, const char *typed);

/* Sends the latest message `times` times at this interval; the first at once or after one
 * interval. */
void console_repeat(struct console *console, int64_t times, int64_t interval_ns, bool at_once);

/* Sends to another target from now on. False with the reason reported if that fails. */
bool console_retarget(struct console *console, const char *target);

/* ---- commands (commands.c) */

/* Runs "/NAME ARGUMENT". */
void console_run_command(struct console *console, const char *line);

/* Takes the number that an argument begins with, "5" of "5 100ms", from minimum to maximum. Returns
 * what follows the blanks behind it, "" if nothing does; NULL if there is no such number. */
const char *console_split_number(const char *argument, int64_t minimum, int64_t maximum,
                                 int64_t *number);

/* Completes a word of a line that begins with a slash. False for file names. */
bool console_complete_command(const struct console *console, const char *line, size_t word_at,
                              struct prompt_words *words);

/* ---- a command each (calls.c, drawings.c, settings.c, saved.c) */

/* A drawing of so many rows, as wide as the terminal. draw: puts safe text alone. */
void console_show_frame(struct console *console, int rows,
                        void (*draw)(const void *context, struct frame *frame),
                        const void *context);

/* The latest socket calls and what each is for, or as textbooks write them; the errors of other
 * systems; the latest exchanges as arrows; the round-trip times as a chart. */
void console_plot(struct console *console, const struct command_line *line);
void console_calls(struct console *console, const struct command_line *line);
void console_textbook(struct console *console, const struct command_line *line);
void console_errors(struct console *console, const struct command_line *line);
void console_ladder(struct console *console, const struct command_line *line);
void console_sentences(struct console *console, const struct command_line *line);

/* "", "NAME" or "NAME VALUE": shows all settings, shows one, changes one. */
void console_set(struct console *console, const char *argument);
bool console_complete_setting(const struct console *console, const char *line,
                              struct prompt_words *words);

/* "", "off" or "FILTER [TIMEOUT]": shows, ends or sets what replies are expected to be. */
void console_expect(struct console *console, const struct command_line *line);

/* Before a message is sent: what the packet expects, else what /expect says. */
void console_expect_again(struct console *console);

/* Lists the packets with names; sends one, to its target if it has one. Saves target and latest
 * message under a name. Loads them: sets the target at once, and the message as the next line,
 * which Enter sends. */
void console_packets(struct console *console, const struct command_line *line);
void console_packet(struct console *console, const struct command_line *line);
void console_save(struct console *console, const struct command_line *line);
void console_load(struct console *console, const struct command_line *line);
bool console_complete_saved(const struct console *console, const char *line,
                            struct prompt_words *words);

/* ---- what measures beside the prompt (measurement.c); one at a time */

/* False with the reason said if one is running. */
bool measurement_is_free(struct console *console);
/* False with the reason said if the target is many. */
bool console_has_one_target(struct console *console, const char *command);
void measurement_begin(struct console *console, const struct measurement_kind *kind, void *state);
/* Closes it, if there is one. */
void measurement_end(struct console *console);

/* For the loop; without a measurement: nothing to poll, no deadline, nothing to do. */
struct pollfd measurement_polled(const struct console *console);
int64_t measurement_deadline_ns(const struct console *console);
void measurement_turn(struct console *console);

/* Ctrl-C. False: there is none. */
bool measurement_stop(struct console *console);

/* What probe/trial needs to know for the present target. */
struct trial_config measurement_trial(const struct console *console);

/* Probes to the target; the largest payload that is answered; many datagrams at once; the address
 * that the server sees. (ping.c, mtu.c, burst.c, nat.c) */
void console_ping(struct console *console, const struct command_line *line);
void console_mtu(struct console *console, const struct command_line *line);
void console_burst(struct console *console, const struct command_line *line);
void console_what(struct console *console, const struct command_line *line);
void console_nat(struct console *console, const struct command_line *line);

/* ---- history (history.c) */

/* Makes the file if there is none, and passes its lines to the prompt, which must be open. If it
 * cannot be read or written, that is reported once, and none is kept. */
void console_open_history(struct console *console);
/* A line that was entered. */
void console_keep_line(struct console *console, const char *line);
/* Shortens the file if it grew long. */
void console_close_history(struct console *console);

#endif
