/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * prompt: a line that is edited while other things happen; the only module that knows readline.
 *
 * The program polls standard input and prompt_notice_fd() and calls in here when they are readable;
 * nothing here waits. One terminal, one prompt: the state is the module's own. The terminal stays
 * in readline's modes from prompt_open to prompt_close, between lines too, so that what is typed or
 * pasted meanwhile is neither echoed twice nor lost. Ctrl-C and Ctrl-Z come as keys, not as
 * signals. All text that is given to it is safe for a terminal already (base/text, or our own
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

/* Words that may complete what is typed, as they are collected. */
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
 * Takes the terminal of standard input and output and shows the prompt. Blocks SIGWINCH and SIGCONT
 * in the calling thread; no other may take them. options: copied.
 */
void prompt_open(const struct prompt_options *options, const char *text);

/* Gives the terminal back as it was; leaves a half typed line where it is seen. */
void prompt_close(void);

/* Readable when prompt_notice has something to do: the window's size, or a return from Ctrl-Z. */
int prompt_notice_fd(void);
void prompt_notice(void);

/* Standard input is readable: takes what is there, calls back for each line. */
enum prompt_state prompt_input(void);

/* What stands before the line, from the next line on. */
void prompt_set_text(const char *text);

/* The terminal's width and height. */
int prompt_columns(void);
int prompt_rows(void);

/* Whole lines above the one that is being typed, which stays as it is. */
void prompt_print(const char *text);

/* To be called from the line callback: the next line begins with this text, to be edited, unless
 * more was typed or pasted already. */
void prompt_keep(const char *line);

/* To be called from the line callback: no other line is read, and no prompt is shown again. */
void prompt_end(void);

/* Around something that may wait: Ctrl-C is a signal meanwhile. From the line callback only. */
void prompt_pause(void);
void prompt_resume(void);

/* A line of an earlier run, for the arrow keys. */
void prompt_recall(const char *line);

/* Keeps a line for the arrow keys. False if it is the latest one again: it is there already. */
bool prompt_remember(const char *line);

/* Calls show for each remembered line, oldest first. */
void prompt_each_remembered(void (*show)(void *context, const char *line), void *context);

#endif
