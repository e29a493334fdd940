/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * opts: one table a command, which drives parsing, --help, completion and the check of the man
 * page.
 *
 * Long options take "--name value" or "--name=value", letters "-n value", "-nvalue" and clusters of
 * flags ("-qe"); options and operands mix; "--" ends the options. Every value is checked here.
 */
#ifndef UDPTUI_BASE_OPTS_H
#define UDPTUI_BASE_OPTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/base/problem.h"

enum opt_type {
    OPT_FLAG,     /* int: set to opt.value; "--name=no": to 0 again, "--name=yes": as without */
    OPT_INTEGER,  /* int64_t within [minimum, maximum] */
    OPT_DURATION, /* int64_t in ns (units_parse_duration), within [minimum, maximum] */
    OPT_RATE,     /* double, events per second (units_parse_rate) */
    OPT_FLOW,     /* struct units_flow: datagrams or bits per second (units_parse_flow) */
    OPT_SIZE,     /* uint64_t in bytes (units_parse_size), within [minimum, maximum] */
    OPT_TEXT,     /* const char *: the argument itself */
    OPT_CHOICE,   /* int: the index into choices */
    OPT_LIST,     /* struct opts_list: may be given several times */
    OPT_HELP,     /* nothing or "all": parsing ends with OPTS_HELP or OPTS_HELP_ALL */
    OPT_CONFIG,   /* a config file: stored nowhere, opts_find_config returns it */
    OPT_NO_CONFIG,
};

enum { OPTS_LIST_MAX = 16, OPTS_OPERANDS_MAX = 1024, OPTS_ERROR_SIZE = 256, OPTS_RANGE_SIZE = 64 };

struct opts_list {
    const char *items[OPTS_LIST_MAX];
    size_t count;
};

struct opt;

/* Whether a command will take this text; the problem as the command reports it. Its usage is true if
 * the text is wrong on each machine, false if a file or directory is not there now. */
typedef bool opt_check(const struct opt *opt, const char *text, struct problem *problem);

struct opt {
    const char *name; /* long name without "--" */
    char letter;      /* 0 if there is none */
    enum opt_type type;
    const char *group; /* its heading in the help; the rows of a group stand together */
    bool advanced;     /* only in "--help all" */
    size_t offset;     /* of the value in the command's struct */
    /* What stands for the value in the help, NULL for flags: "TIME"; words in lower case between
     * '|' are values as they are: "auto|off|RATE". */
    const char *argument;
    const char *help;           /* without full stop, default and range */
    const char *default_text;   /* for the help, as a user would type it; NULL: none to name */
    const char *words;          /* beginnings of values, for completion; NULL: as argument says */
    int value;                  /* OPT_FLAG: what is stored; 0 stands for 1 */
    int64_t minimum, maximum;   /* inclusive; both 0: anything the type takes */
    const char *const *choices; /* OPT_CHOICE: NULL-terminated words */
    /* OPT_TEXT, OPT_LIST: for opts_check_values, and for a config file, whose lines are checked before
     * the command looks at the values; opts_parse does not call it. NULL: any text will do. */
    opt_check *check;
};

/* An option that other programs have and this command lacks, with what to do instead. */
struct opts_stranger {
    char letter;
    const char *name;
    const char *instead; /* "the port follows the host: HOST:PORT" */
};

/* A word that the command's output has, and what it means there, without full stop. */
struct opts_word {
    const char *word, *meaning;
};

struct opts_command {
    const char *name;          /* "serve" */
    const char *summary;       /* one line, for the list of commands */
    const char *operands;      /* "HOST[:PORT] [MESSAGE]..." */
    const char *operand_words; /* "loss reorder all": what completes one; NULL: as operands say */
    const char *operand_files; /* besides operand_words: files with names that end so; NULL: none */
    size_t operands_min, operands_max;
    const struct opts_stranger *strangers; /* ended by one without a name; may be NULL */
    const struct opt *options;
    size_t option_count;
    const struct opts_word *words; /* for "--help all"; ended by one without a word; may be NULL */
    const char *const *examples;   /* NULL-terminated lines, may be NULL */
};

struct opts_operands {
    const char *items[OPTS_OPERANDS_MAX];
    size_t count;
};

enum opts_status { OPTS_OK, OPTS_HELP, OPTS_HELP_ALL, OPTS_ERROR };

/* How much of the table a help text shows. */
enum opts_extent { OPTS_COMMON, OPTS_ALL };

/*
 * Parses arguments (without the command's own name) into *values, which the caller has filled with
 * the defaults. On OPTS_ERROR, error (OPTS_ERROR_SIZE) holds "what: why" without the leading
 * "udptui: ", ready for the terminal (the arguments pass through base/text), with the nearest
 * option named if a name is unknown ("unknown option --tiemout: did you mean --timeout?").
 * Options and operands point into arguments, which must live as long.
 */
enum opts_status opts_parse(const struct opts_command *command, int argument_count,
                            char *const arguments[], void *values, struct opts_operands *operands,
                            char *error);

/*
 * What the command line says about a config file: *file is the value of the last OPT_CONFIG, "" if
 * OPT_NO_CONFIG is behind it, NULL if there is neither. Returns what opts_parse would, but for the
 * number of operands.
 */
enum opts_status opts_find_config(const struct opts_command *command, int argument_count,
                                  char *const arguments[], const char **file);

/* Whether opts_parse would take this option, "--name=value" or "--name" alone; if not, error is set
 * as by opts_parse. */
bool opts_check(const struct opts_command *command, const char *argument, char *error);

/* Whether the texts in *values, which opts_parse has filled, pass the checks of their options as far as
 * they are wrong on each machine: so that such an error is known before anything is set up. If not,
 * the problem is that of the first. */
bool opts_check_values(const struct opts_command *command, const void *values,
                       struct problem *problem);

/* Whether opts_parse would find the option among these arguments, all of which it would take. */
bool opts_is_given(const struct opts_command *command, int argument_count, char *const arguments[],
                   const struct opt *opt);

/* The option of that name, NULL if the command has none. */
const struct opt *opts_find(const struct opts_command *command, const char *name);

/* Whether a value belongs to the option. */
bool opts_takes_value(const struct opt *opt);

/*
 * Writes the range of an option's value to out (OPTS_RANGE_SIZE): "1 to 65535", "1ms to 1h",
 * "at least 1"; "" if the row names none. Returns out.
 */
const char *opts_format_range(const struct opt *opt, char *out);

/*
 * Writes the command's --help text to out, NUL-terminated, at most 80 columns: usage, summary, the
 * options under the headings of their groups, words, examples. The row of --help names the manual
 * page, udptui-NAME(1). OPTS_COMMON leaves out the advanced options, the ranges and the words. Returns the length it has or would have, as snprintf
 * does.
 */
size_t opts_format_help(const struct opts_command *command, enum opts_extent extent, char *out,
                        size_t size_bytes);

#endif
