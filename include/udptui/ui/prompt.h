/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * prompt: a line editor that works while datagrams arrive; the only module that uses readline.
 *
 * The program polls standard input and prompt_notice_fd() and calls this module when they are
 * readable; nothing here blocks. There is one terminal and one prompt, so the state is static. The
 * terminal stays in readline's modes from prompt_open to prompt_close, between lines too, so that
 * text typed or pasted meanwhile is neither echoed twice nor lost. Ctrl-C and Ctrl-Z arrive as
 * keys, not as signals. All text passed to it must be safe for a terminal already (base/text, or
 * literals).
 */
#ifndef UDPTUI_UI_PROMPT_H
#define UDPTUI_UI_PROMPT_H

#include <stdbool.h>
#include <stddef.h>

enum prompt_state {
    PROMPT_OPEN,
    PROMPT_END_OF_INPUT, /* Ctrl-D on an empty line */
    PROMPT_INTERRUPTED,  /* Ctrl-C on an empty line */
    PROMPT_HUNG_UP,      /* the terminal is gone */
};

/* The collected completions of a typed word. */
struct prompt_words;

/* Adds one if it begins like the word that is typed. Without memory, it is left out. */
void prompt_words_add(struct prompt_words *words, const char *word);

struct prompt_options {
    void *context; /* first argument of the three */
    /* A line was entered; without its newline, never NULL. Valid during the call. */
    void (*line)(void *context, const char *line);
    /* Ctrl-C on an empty line. True if it stopped something; then the prompt goes on. */
    bool (*interrupt)(void *context);
    /* Tab: the word begins at word_at of the line (NUL-terminated before what follows the cursor).
     * False for file names, which readline completes. */
    bool (*complete)(void *context, const char *line, size_t word_at, struct prompt_words *words);
    int end_fd; /* readable when the program is to end, also while it is suspended; -1: none */
};

enum { PROMPT_HISTORY_LINES = 1000 };

/*
 * Takes over the terminal of standard input and output and shows the prompt. Blocks SIGWINCH and
 * SIGCONT in the calling thread; no other thread may take them. options: copied.
 */
void prompt_open(const struct prompt_options *options, const char *text);

/* Restores the terminal; a partly typed line stays visible. */
void prompt_close(void);

/* Readable when prompt_notice has something to do: the window's size, or a return from Ctrl-Z. */
int prompt_notice_fd(void);
void prompt_notice(void);

/* Standard input is readable: takes what is there, calls back for each line. */
enum prompt_state prompt_input(void);

/* The text before the line, from the next line on. */
void prompt_set_text(const char *text);

/* The terminal's width and height. */
int prompt_columns(void);
int prompt_rows(void);

/* Prints whole lines above the one that is being typed, which stays unchanged. */
void prompt_print(const char *text);

/* To be called from the line callback: the next line begins with this text, to be edited, unless
 * more was typed or pasted already. */
void prompt_keep(const char *line);

/* To be called from the line callback: no other line is read, and no prompt is shown again. */
void prompt_end(void);

/* Around a call that may block: Ctrl-C is a signal meanwhile. From the line callback only. */
void prompt_pause(void);
void prompt_resume(void);

/* A line of an earlier run, for the arrow keys. */
void prompt_recall(const char *line);

/* Keeps a line for the arrow keys. False if it is the latest one again: it is there already. */
bool prompt_remember(const char *line);

/* Calls show for each remembered line, oldest first. */
void prompt_each_remembered(void (*show)(void *context, const char *line), void *context);

#endif
