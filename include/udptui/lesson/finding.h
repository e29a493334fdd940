/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lesson: the text of a classroom demonstration and its findings: plain data, for the screen, the
 * lines and the JSON. All texts are safe: literals, or rendered by base/text.
 */
#ifndef UDPTUI_LESSON_FINDING_H
#define UDPTUI_LESSON_FINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/base/catalog.h"

enum {
    LESSON_CHOICES_MAX = 4,
    LESSON_COMMANDS_MAX = 6,
    LESSON_FACTS_MAX = 32,
    LESSON_VALUES_MAX = 64, /* that a script delivers */
    LESSON_NUMBERS_MAX = 24,
    LESSON_WORDS_SIZE = 128,
    LESSON_HAPPENED_SIZE = 512,
    LESSON_FACT_SIZE = 512,
    LESSON_SOURCES_SIZE = 1024,
    LESSON_COMMAND_SIZE = 1000,
    LESSON_NO_CHOICE = -1,
};

/* The texts that are known before it runs. */
struct lesson_topic {
    const char *name;                          /* "loss" */
    const char *summary;                       /* one line, for the list */
    const char *plan;                          /* one or two sentences: the experiment */
    const char *question;                      /* what to predict */
    const char *choices[LESSON_CHOICES_MAX];   /* the unused ones NULL */
    int right;                                 /* which of them it is, from 0 */
    const char *explanation;                   /* some sentences */
    const char *sources;                       /* the sources: "RFC 768; recv(2)" */
    const char *commands[LESSON_COMMANDS_MAX]; /* to repeat it; "{seed}" stands for the seed */
    const char *client, *server;               /* the two ends of the ladder */
    const char *middle;                        /* between them: "router"; NULL: nothing */
};

enum lesson_fact_kind {
    LESSON_COUNT,   /* number */
    LESSON_TRUTH,   /* number: 0 or 1 */
    LESSON_NUMBERS, /* numbers */
    LESSON_WORDS,   /* words */
};

struct lesson_fact {
    const char *key;   /* in the JSON: "sent" */
    const char *label; /* for people: "datagrams sent" */
    uint8_t kind;      /* enum lesson_fact_kind */
    uint8_t count;     /* of numbers */
    int64_t number;
    int32_t numbers[LESSON_NUMBERS_MAX];
    char words[LESSON_WORDS_SIZE];
};

/* What an expectation depends on besides what the lesson is about. */
enum lesson_dependence {
    LESSON_ON_NOTHING,
    LESSON_ON_SEED,  /* another seed may meet it */
    LESSON_ON_TIMES, /* another try may meet it: a busy machine is late */
};

/* The measurements. */
struct lesson_result {
    struct lesson_fact facts[LESSON_VALUES_MAX];
    size_t fact_count;
    char happened[LESSON_HAPPENED_SIZE]; /* one or two sentences with the figures */
    const char *otherwise;          /* the first expectation that was not met, NULL: all were */
    enum lesson_dependence depends; /* that expectation */
    uint64_t seed;                  /* it was played with */
    uint64_t asked_seed; /* the first seed that was tried; if it differs, it showed nothing */
    int tries;           /* with this seed, this one included; the others showed nothing */
};

/*
 * The texts of these functions are in the language of the catalog, which may be NULL.
 *
 * A fact's value for people: "11", "yes", "1 3 2", "ECONNREFUSED". out: LESSON_FACT_SIZE.
 * Returns out.
 */
const char *lesson_format_fact(const struct catalog *catalog, const struct lesson_fact *fact,
                               char *out, size_t size_bytes);

/* A command with its "{seed}" filled in. out: LESSON_COMMAND_SIZE. Returns out. */
const char *lesson_format_command(const char *command, uint64_t seed, char *out, size_t size_bytes);

/*
 * The next line of a command that is wrapped to so many columns: all but the last end with " \\",
 * as a shell goes on with them. *rest moves on. line: LESSON_COMMAND_SIZE. False: there is no more.
 */
bool lesson_next_line(const char **rest, size_t columns, char *line);

/* "Seed 5 showed nothing of it; this is seed 8.", "The times of the first try did not show it; this
 * is try 2."; "" if the first one did. out: LESSON_FACT_SIZE. Returns out. */
const char *lesson_format_tries(const struct catalog *catalog, const struct lesson_result *result,
                                char *out, size_t size_bytes);

/* "You predicted 2: its choice", "No prediction". out: LESSON_FACT_SIZE. Returns out. */
const char *lesson_prediction(const struct catalog *catalog, const struct lesson_topic *topic,
                              int chosen, char *out, size_t size_bytes);

/* The number of choices of the topic. */
int lesson_choices(const struct lesson_topic *topic);

/*
 * Compares the prediction, from 0, with the result: "You said 2: so it is."; without a prediction,
 * the result alone. out: LESSON_FACT_SIZE. Returns out.
 */
const char *lesson_verdict(const struct catalog *catalog, const struct lesson_topic *topic,
                           int chosen, char *out, size_t size_bytes);

#endif
