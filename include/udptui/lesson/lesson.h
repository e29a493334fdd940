/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lesson: a lesson as its file describes it (man page udptui-lesson(5)), and the parser of such
 * files. Pure: text in, a struct or a problem with its place out.
 *
 * A lesson holds its texts in an arena of its own, and points into it: it must not move.
 */
#ifndef UDPTUI_LESSON_LESSON_H
#define UDPTUI_LESSON_LESSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/base/catalog.h"
#include "udptui/lesson/expression.h"
#include "udptui/lesson/finding.h"

enum {
    LESSON_FILE_SIZE_MAX = 32 * 1024,
    LESSON_ARENA_SIZE = 96 * 1024, /* joined and translated texts need more room than the file */
    LESSON_NAME_SIZE = 16,         /* of a key, a step, a name */
    LESSON_SENTENCES_MAX = 16,
    LESSON_SOURCES_MAX = 24,
    LESSON_BLANKS_MAX = 64,
    LESSON_EXPECTATIONS_MAX = 16,
    LESSON_OBJECTS_MAX = 24,
    LESSON_STATEMENTS_MAX = 128,
    LESSON_PAD_BYTES_MAX = 70000, /* that a script tries to send */
    LESSON_EXECUTIONS_MAX = 1000, /* statements that a script executes, with its repetitions */
    /* The longest texts, in bytes; front ends have room for translations of them. */
    LESSON_CHOICE_BYTES_MAX = 120,
    LESSON_END_BYTES_MAX = 24,
    LESSON_LABEL_BYTES_MAX = 100,
    LESSON_EXPECTATION_BYTES_MAX = 240,
    LESSON_PROBLEM_SIZE = 320,
};

/* Sources of a sentence that are not in the list: the file's script, and this run. */
#define LESSON_FROM_SCRIPT   (UINT32_C(1) << 30)
#define LESSON_FROM_MEASURED (UINT32_C(1) << 31)

/* What is wrong with a file, and its place, both from 1; the column in characters. */
struct lesson_problem {
    int line, column;
    char text[LESSON_PROBLEM_SIZE]; /* "what: what to do". May hold bytes of the file: not safe */
};

/* A sentence as people see it, without its marks. */
struct lesson_sentence {
    const char *text;    /* in the language that was asked for */
    const char *english; /* as in the file; the two may be the same */
    uint32_t sources;    /* bit i: the lesson's sources[i]; LESSON_FROM_... */
    int16_t condition;   /* of Happened: an expression, EXPRESSION_NONE: always */
};

struct lesson_prose {
    struct lesson_sentence sentences[LESSON_SENTENCES_MAX];
    size_t count;
};

struct lesson_source {
    const char *key, *text;
};

/* A line of Facts. */
struct lesson_fact_rule {
    const char *key, *label; /* label NULL: it is not shown, only for expressions */
    int16_t value;           /* an expression, EXPRESSION_NONE: the script delivers it */
    int16_t condition;       /* an expression, EXPRESSION_NONE: always */
};

struct lesson_expectation {
    const char *text;
    int16_t condition;
    enum lesson_dependence depends;
};

/* A placeholder of a text, {EXPRESSION}: what stands between the braces. */
struct lesson_blank {
    const char *text;
    int16_t value;
};

/* What a script acts on: an end with a socket, a port, the simulated network, or what a statement
 * returned ("as NAME"). */
enum lesson_object_kind {
    LESSON_NETWORK = 1,
    LESSON_SERVER = 2,
    LESSON_CLOSED = 4, /* a port on which nobody listens */
    LESSON_CLIENT = 8,
    LESSON_SENT = 16,    /* what a send or a reply returned */
    LESSON_GOT = 32,     /* a receive */
    LESSON_REPLIED = 64, /* an ask */
};

struct lesson_object {
    const char *name;
    uint8_t kind;   /* enum lesson_object_kind */
    int16_t target; /* of a client: the object that it sends to */
};

enum lesson_verb {
    LESSON_DO_STEP,     /* text: the name of a step in C */
    LESSON_DO_SIMULATE, /* text: the impairments */
    LESSON_DO_OPEN_SERVER,
    LESSON_DO_FIND_CLOSED,
    LESSON_DO_OPEN_CLIENT,
    LESSON_DO_SEND,
    LESSON_DO_ASK,
    LESSON_DO_RECEIVE,
    LESSON_DO_REPLY,
    LESSON_DO_COLLECT,
    LESSON_DO_NOTE,
    LESSON_DO_CLOSE,
    LESSON_DO_RESTART,
    LESSON_DO_AWAIT_ERROR,
    LESSON_DO_READ_ERRORS,
    LESSON_DO_WAIT,
    LESSON_DO_SETTLE,
    LESSON_DO_REPEAT, /* amount: how often; partner: its end */
    LESSON_DO_END,    /* partner: its repeat */
};

enum { LESSON_NO_OBJECT = -1, LESSON_NO_TIME = -1 };

/* A statement of the script. Texts may have placeholders. */
struct lesson_statement {
    uint8_t verb;                  /* enum lesson_verb */
    bool unconnected, error_queue; /* of a client */
    int16_t object, other;         /* it acts on; "to" or "at" */
    int16_t returned;              /* "as" */
    int16_t partner;
    const char *text, *label, *note; /* NULL: none */
    int64_t time_ns;                 /* LESSON_NO_TIME: none */
    int64_t amount;                  /* of bytes, of repetitions, at most so many; 0: none */
    int64_t retries;
};

struct lesson {
    struct lesson_topic topic; /* the texts, joined, for the front ends */
    struct lesson_prose title, plan, explanation, happened;
    struct lesson_source sources[LESSON_SOURCES_MAX];
    size_t source_count;
    struct lesson_fact_rule facts[LESSON_FACTS_MAX];
    size_t fact_count;
    struct lesson_expectation expectations[LESSON_EXPECTATIONS_MAX];
    size_t expectation_count;
    struct lesson_blank blanks[LESSON_BLANKS_MAX];
    size_t blank_count;
    struct lesson_object objects[LESSON_OBJECTS_MAX];
    size_t object_count;
    struct lesson_statement statements[LESSON_STATEMENTS_MAX];
    size_t statement_count;
    int64_t executions;             /* of statements, with the repetitions */
    size_t script_nodes;            /* the first of the expressions are those of the script */
    struct expressions expressions; /* of all of the above */
    size_t arena_used;
    char arena[LESSON_ARENA_SIZE];
};

/*
 * Reads a lesson. catalog: of the language of what people read, NULL for the texts as they are; each
 * sentence, choice, label, ... is translated by itself, and its translation must outlive the lesson.
 * False with the first problem. The lesson needs no freeing.
 */
bool lesson_parse(struct lesson *lesson, const char *text, size_t size_bytes,
                  const struct catalog *catalog, struct lesson_problem *problem);

#endif
