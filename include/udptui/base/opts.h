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

enum opt_type {
    OPT_FLAG,     /* int: set to opt.value */
    OPT_INTEGER,  /* int64_t within [minimum, maximum] */
    OPT_DURATION, /* int64_t in ns (units_parse_duration), within [minimum, maximum] */
    OPT_RATE,     /* double, events per second (units_parse_rate) */
    OPT_FLOW,     /* struct units_flow: datagrams or bits per second (units_parse_flow) */
    OPT_SIZE,     /* uint64_t in bytes (units_parse_size), within [minimum, maximum] */
    OPT_TEXT,     /* const char *: the argument itself */
    OPT_CHOICE,   /* int: the index into choices */
    OPT_LIST,     /* struct opts_list: may be given several times */
    OPT_HELP,     /* no value: parsing ends with OPTS_HELP */
};

enum { OPTS_LIST_MAX = 16, OPTS_OPERANDS_MAX = 1024, OPTS_ERROR_SIZE = 256 };

struct opts_list {
    const char *items[OPTS_LIST_MAX];
    size_t count;
};

struct opt {
    const char *name; /* long name without "--" */
    char letter;      /* 0 where there is none */
    enum opt_type type;
    size_t offset;        /* of the value in the command's struct */
    const char *argument; /* "DURATION": what stands for the value in the help, NULL for flags */
    const char *help;     /* one line, no full stop */
    int value;            /* OPT_FLAG: what is stored; 0 stands for 1 */
    int64_t minimum, maximum;   /* inclusive; both 0: anything the type takes */
    const char *const *choices; /* OPT_CHOICE: NULL-terminated words */
};

/* An option that other programs have and this command has not, with what to do instead. */
struct opts_stranger {
    char letter;
    const char *name;
    const char *instead; /* "the port stands behind the host: HOST:PORT" */
};

struct opts_command {
    const char *name;          /* "serve" */
    const char *summary;       /* one line, for the list of commands */
    const char *operands;      /* "HOST[:PORT] [MESSAGE]..." */
    const char *operand_words; /* "loss reorder all": what completes one; NULL: as operands say */
    size_t operands_min, operands_max;
    const struct opts_stranger *strangers; /* ended by one without a name; may be NULL */
    const struct opt *options;
    size_t option_count;
    const char *const *examples; /* NULL-terminated lines, may be NULL */
};

struct opts_operands {
    const char *items[OPTS_OPERANDS_MAX];
    size_t count;
};

enum opts_status { OPTS_OK, OPTS_HELP, OPTS_ERROR };

/*
 * Parses arguments (without the command's own name) into *values, which the caller has filled with
 * the defaults. On OPTS_ERROR, error (OPTS_ERROR_SIZE) holds "what: why" without the leading
 * "udptui: ", ready for the terminal (the arguments pass through base/text), with the nearest
 * option named where a name is unknown ("unknown option --tiemout: did you mean --timeout?").
 * Options and operands point into arguments, which must live as long.
 */
enum opts_status opts_parse(const struct opts_command *command, int argument_count,
                            char *const arguments[], void *values, struct opts_operands *operands,
                            char *error);

/*
 * Writes the command's --help text to out, NUL-terminated, at most 80 columns. Returns the length
 * it has or would have, as snprintf does.
 */
size_t opts_format_help(const struct opts_command *command, char *out, size_t size_bytes);

#endif
