/* SPDX-License-Identifier: GPL-3.0-or-later */
/* send_prompt: what the prompt's loop, its commands and its store share. */
#ifndef UDPTUI_CMD_SEND_PROMPT_H
#define UDPTUI_CMD_SEND_PROMPT_H

#include "send.h"
#include "udptui/ui/prompt.h"

enum { PROMPT_TARGETS_MAX = 32, PROMPT_PATH_SIZE = 4096 };

/* /repeat: the latest message, again and again. */
struct prompt_repeat {
    int64_t left; /* how often still */
    int64_t interval_ns;
    int64_t next_ns;
};

struct prompt {
    struct session *session;
    char *printed; /* what session->output.file has gathered, to be shown above the line */
    size_t printed_bytes;
    struct prompt_repeat repeat;
    uint8_t latest[SEND_PAYLOAD_SIZE]; /* the latest message that was sent */
    size_t latest_bytes;
    bool has_latest;
    uint8_t payload[SEND_PAYLOAD_SIZE];
    char *targets[PROMPT_TARGETS_MAX]; /* typed so far, for completion */
    size_t target_count;
    bool quit;
    bool hinted; /* an empty line has been explained */
};

/* ---- send_prompt.c */

/* A line for the person, above the one being typed; made safe here. */
void prompt_say(struct prompt *prompt, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Sends bytes and remembers them for /repeat and /save. */
void prompt_send(struct prompt *prompt, const uint8_t *bytes, size_t size_bytes);

/* Encodes a text under the options and sends it. False, with the reason said, where it cannot be. */
bool prompt_send_text(struct prompt *prompt, const struct send_options *options, const char *text);

/* Shows the target in the prompt and keeps it for completion. */
void prompt_set_target(struct prompt *prompt, const char *typed);

/* ---- send_commands.c */

/* Runs a line that begins with a slash. */
void prompt_command(struct prompt *prompt, const char *line);

/* Candidates for the word at word_at. False for file names. */
bool prompt_complete(void *context, const char *line, size_t word_at, struct prompt_words *words);

/* ---- send_store.c: files under the XDG directories (XDG Base Directory Specification) */

/* $XDG_STATE_HOME/udptui/history, directories made (0700). False where there is no home. */
bool store_history_path(char *out, size_t size);

/* Keeps or fetches a message by name ([A-Za-z0-9._-]+, no leading dot). NULL, or what is wrong. */
const char *store_save(const char *name, const uint8_t *bytes, size_t size_bytes);
const char *store_load(const char *name, uint8_t *out, size_t *size_bytes);

/* Calls show for each saved name. */
void store_each(void (*show)(void *context, const char *name), void *context);

#endif
