/* SPDX-License-Identifier: GPL-3.0-or-later */
/* send_prompt: what the files of the prompt share: the talk, its commands, its files. */
#ifndef UDPTUI_UI_SEND_PROMPT_INTERNAL_H
#define UDPTUI_UI_SEND_PROMPT_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "udptui/client/session.h"
#include "udptui/ui/prompt.h"

enum { TALK_TARGETS = 32, TALK_NAME_MAX = 64, PROMPT_PATH_SIZE = 4096 };

struct talk_message {
    uint8_t bytes[SEND_PAYLOAD_SIZE];
    size_t size_bytes;
};

struct talk_history {
    char path[PROMPT_PATH_SIZE]; /* "": none is kept */
    size_t lines;                /* in the file, as far as we know */
};

struct talk {
    struct session *session;
    struct talk_history history;
    FILE *stream; /* all output goes in here, and above the prompt from time to time */
    char *text;   /* what the stream holds */
    size_t text_bytes;
    struct talk_message draft;    /* being made: what is wrong with it harms no other */
    struct talk_message latest;   /* that was sent */
    struct talk_message repeated; /* by /repeat, whatever is typed meanwhile */
    bool has_latest;
    bool hinted;         /* what an empty line does */
    const char *offered; /* the command that the latest line was perhaps meant to be, NULL: none */
    char targets[TALK_TARGETS][ENDPOINT_HOST_SIZE]; /* used before, as typed */
    size_t target_count;                            /* so far: the oldest of too many gives way */
    int64_t repeat_left; /* /repeat: how often yet, when next, how far apart */
    int64_t repeat_next_ns;
    int64_t repeat_interval_ns;
    bool quit;
};

/* ---- talking (send_prompt.c) */

/* A line above the prompt; made safe by base/text. */
void talk_say(struct talk *talk, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Sends a text as the options say. Where it is malformed or too big, that is told and the line
 * as it was typed comes back to be edited. */
void talk_send_text(struct talk *talk, const struct send_options *options, const char *text,
                    const char *typed);

/* Sends the draft, --count times. typed: as above. */
void talk_send_draft(struct talk *talk, const char *typed);

/* Sends the latest message so often again, so far apart; the first at once or after one
 * interval. */
void talk_repeat(struct talk *talk, int64_t times, int64_t interval_ns, bool at_once);

/* Talks to another target from now on. False where it cannot be; that is told. */
bool talk_to(struct talk *talk, const char *target);

/* ---- history (send_history.c) */

/* Makes the file if there is none, and hands its lines to the prompt, which must be open. If it
 * cannot be read or written, that is said once, and none is kept. */
void talk_open_history(struct talk *talk);
/* A line that was entered. */
void talk_keep_line(struct talk *talk, const char *line);
/* Shortens the file if it grew long. */
void talk_close_history(struct talk *talk);

/* ---- commands (send_commands.c) */

/* Runs "/NAME ARGUMENT". */
void talk_command(struct talk *talk, const char *line);

/* Completes a word of a line that begins with a slash. False for file names. */
bool talk_complete(struct talk *talk, const char *line, size_t word_at, struct prompt_words *words);

/* ---- calls (send_calls.c) */

/* "" or "N": shows the latest socket calls and what each is for. */
void talk_calls(struct talk *talk, const char *argument);

/* ---- ladder (send_ladder.c) */

/* "" or "N": shows the latest exchanges as arrows. */
void talk_ladder(struct talk *talk, const char *argument);

/* ---- settings (send_settings.c) */

/* "", "NAME" or "NAME VALUE": shows all, shows one, changes one. */
void talk_set(struct talk *talk, const char *argument);
void talk_complete_setting(const char *line, struct prompt_words *words);

/* ---- saved messages (send_saved.c) */

/* The target and the latest message, under a name. */
void talk_save(struct talk *talk, const char *name);
/* Takes them back: the target at once, the message as the next line, which Enter sends. */
void talk_load(struct talk *talk, const char *name);
void talk_complete_saved(struct prompt_words *words);

/* ---- files under the XDG directories (send_store.c; XDG Base Directory Specification) */

/* $XDG_STATE_HOME/udptui/history, its directory made (0700). NULL, or why not. */
const char *store_history_path(char *out, size_t size_bytes);

/* Keeps or fetches bytes by name ([A-Za-z0-9._-]+, no leading dot). NULL, or what is wrong.
 * size_bytes: of load, what out has room for, then what there was. */
const char *store_save(const char *name, const uint8_t *bytes, size_t size_bytes);
const char *store_load(const char *name, uint8_t *out, size_t *size_bytes);

/* Calls show for each name that is kept. */
void store_each(void (*show)(void *context, const char *name), void *context);

#endif
