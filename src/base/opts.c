/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * opts: a parser that knows no option, only the rows of a table.
 *
 * For each argument: an option by its long name or its letter finds its row; the row's type finds
 * the function that checks and stores the value; what is left is an operand. Whatever goes wrong
 * writes one line to error and ends the parsing.
 */
#include "udptui/base/opts.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "udptui/base/builder.h"
#include "udptui/base/nearest.h"
#include "udptui/base/text.h"
#include "udptui/base/units.h"

enum { SHOWN_SIZE = 64, REASON_SIZE = 160 };

struct parse {
    const struct opts_command *command;
    int count;
    char *const *arguments;
    int next;     /* of arguments, not looked at yet */
    void *values; /* NULL: nothing is stored */
    struct opts_operands *operands;
    char *error;
    const char *config; /* as opts_find_config returns it */
    const struct opt *sought;
    bool found; /* the sought one */
};

enum stored { STORED, NOT_OF_TYPE, OUT_OF_RANGE, TOO_MANY };

/* Checks text and stores it at value; writes nothing if it is wrong. */
typedef enum stored store_value(const struct opt *opt, const char *text, void *value);

static bool has_range(const struct opt *opt)
{
    return opt->minimum != 0 || opt->maximum != 0;
}

static enum stored store_integer(const struct opt *opt, const char *text, void *value)
{
    int64_t number;

    if (!units_parse_integer(text, INT64_MIN, INT64_MAX, &number))
        return NOT_OF_TYPE;
    if (has_range(opt) && (number < opt->minimum || number > opt->maximum))
        return OUT_OF_RANGE;
    *(int64_t *)value = number;
    return STORED;
}

static enum stored store_duration(const struct opt *opt, const char *text, void *value)
{
    int64_t duration_ns;

    if (!units_parse_duration(text, &duration_ns))
        return NOT_OF_TYPE;
    if (has_range(opt) && (duration_ns < opt->minimum || duration_ns > opt->maximum))
        return OUT_OF_RANGE;
    *(int64_t *)value = duration_ns;
    return STORED;
}

static enum stored store_rate(const struct opt *opt, const char *text, void *value)
{
    (void)opt;
    return units_parse_rate(text, value) ? STORED : NOT_OF_TYPE;
}

static enum stored store_flow(const struct opt *opt, const char *text, void *value)
{
    struct units_flow flow;

    (void)opt;
    if (!units_parse_flow(text, &flow))
        return NOT_OF_TYPE;
    *(struct units_flow *)value = flow;
    return STORED;
}

static enum stored store_size(const struct opt *opt, const char *text, void *value)
{
    uint64_t size_bytes;

    if (!units_parse_size(text, &size_bytes))
        return NOT_OF_TYPE;
    if (has_range(opt) &&
        (size_bytes < (uint64_t)opt->minimum || size_bytes > (uint64_t)opt->maximum))
        return OUT_OF_RANGE;
    *(uint64_t *)value = size_bytes;
    return STORED;
}

static enum stored store_text(const struct opt *opt, const char *text, void *value)
{
    (void)opt;
    *(const char **)value = text;
    return STORED;
}

static enum stored store_choice(const struct opt *opt, const char *text, void *value)
{
    for (int i = 0; opt->choices[i] != NULL; i++) {
        if (strcmp(opt->choices[i], text) == 0) {
            *(int *)value = i;
            return STORED;
        }
    }
    return NOT_OF_TYPE;
}

static enum stored store_item(const struct opt *opt, const char *text, void *value)
{
    struct opts_list *list = value;

    (void)opt;
    if (list->count == OPTS_LIST_MAX)
        return TOO_MANY;
    list->items[list->count++] = text;
    return STORED;
}

/* "no" takes back what this flag has set, not what another one with the same field has. */
static enum stored store_flag(const struct opt *opt, const char *text, void *value)
{
    int set = opt->value != 0 ? opt->value : 1;
    int *field = value;

    if (text == NULL || strcmp(text, "yes") == 0)
        *field = set;
    else if (strcmp(text, "no") != 0)
        return NOT_OF_TYPE;
    else if (*field == set)
        *field = 0;
    return STORED;
}

/* The types that are stored: how it is stored, and what is expected, for the error message. */
static const struct {
    store_value *store;
    const char *wanted;
} types[] = {
    [OPT_FLAG] = {store_flag, "yes or no"},
    [OPT_INTEGER] = {store_integer, "a whole number"},
    [OPT_DURATION] = {store_duration, "a duration such as 500ms, 2s or 1m"},
    [OPT_RATE] = {store_rate, NULL},
    [OPT_FLOW] = {store_flow, "a rate such as 20/s or 10Mbit/s (1/day to 1000M/s)"},
    [OPT_SIZE] = {store_size, "a size such as 4096, 64k or 4M"},
    [OPT_TEXT] = {store_text, ""},
    [OPT_CHOICE] = {store_choice, ""},
    [OPT_LIST] = {store_item, ""},
};

bool opts_takes_value(const struct opt *opt)
{
    return opt->type != OPT_FLAG && opt->type != OPT_HELP && opt->type != OPT_NO_CONFIG;
}

__attribute__((format(printf, 2, 3))) static enum opts_status
opts_complain(const struct parse *parse, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    vsnprintf(parse->error, OPTS_ERROR_SIZE, format, list);
    va_end(list);
    return OPTS_ERROR;
}

/* An argument (NULL: "") as safe text for an error message; a long one is cut. */
static const char *shown(const char *argument, char out[static SHOWN_SIZE])
{
    const char *text = argument != NULL ? argument : "";

    text_render(out, SHOWN_SIZE, text, strlen(text), TEXT_ASCII);
    return out;
}

static void say_range(const struct opt *opt, char *out, size_t size_bytes)
{
    char range[OPTS_RANGE_SIZE];

    opts_format_range(opt, range);
    snprintf(out, size_bytes, "must be %s%s", range[0] >= '0' && range[0] <= '9' ? "from " : "",
             range);
}

/* Behind `before`. */
static void say_choices(const struct opt *opt, const char *before, char *out, size_t size_bytes)
{
    struct builder text = builder_begin(out, size_bytes);

    for (size_t i = 0; opt->choices[i] != NULL; i++)
        builder_add(&text, "%s%s", i > 0 ? ", " : before, opt->choices[i]);
}

static void say_why(const struct opt *opt, const char *text, enum stored why, char *out,
                    size_t size_bytes)
{
    if (why == TOO_MANY) {
        snprintf(out, size_bytes, "may be given at most %d times", OPTS_LIST_MAX);
    } else if (why == OUT_OF_RANGE) {
        say_range(opt, out, size_bytes);
    } else if (opt->type == OPT_CHOICE) {
        say_choices(opt, "not one of ", out, size_bytes);
    } else if (opt->type == OPT_RATE) {
        snprintf(out, size_bytes, "%s", units_rate_problem(text));
    } else {
        snprintf(out, size_bytes, "not %s", types[opt->type].wanted);
    }
}

static enum opts_status complain_value(const struct parse *parse, const struct opt *opt,
                                       const char *text, enum stored why)
{
    char argument[SHOWN_SIZE];
    char reason[REASON_SIZE];

    say_why(opt, text, why, reason, sizeof reason);
    return opts_complain(parse, "--%s %s: %s", opt->name, shown(text, argument), reason);
}

/* Room for a value of any type that is checked and not kept. */
union unkept {
    int number;
    int64_t integer;
    double real;
    struct units_flow flow;
    const char *text;
    struct opts_list list;
};

/* text: NULL if there is none, of a flag. */
static enum opts_status store(struct parse *parse, const struct opt *opt, const char *text)
{
    union unkept unkept = {.list.count = 0};
    void *value = parse->values != NULL ? (char *)parse->values + opt->offset : (void *)&unkept;
    enum stored stored;

    parse->found |= opt == parse->sought;
    if (opt->type == OPT_CONFIG || opt->type == OPT_NO_CONFIG) {
        parse->config = text != NULL ? text : "";
        return OPTS_OK;
    }
    stored = types[opt->type].store(opt, text, value);
    return stored == STORED ? OPTS_OK : complain_value(parse, opt, text, stored);
}

/* value: what stands after the '=', or NULL. */
static enum opts_status parse_help(struct parse *parse, const struct opt *opt, const char *value)
{
    char argument[SHOWN_SIZE];

    if (value == NULL && parse->next < parse->count)
        value = strcmp(parse->arguments[parse->next], "all") == 0 ? "all" : NULL;
    if (value == NULL)
        return OPTS_HELP;
    if (strcmp(value, "all") == 0)
        return OPTS_HELP_ALL;
    return opts_complain(parse, "--%s=%s: only 'all' may follow", opt->name,
                         shown(value, argument));
}

/* The value that an option takes from the next argument, or NULL if there is none. */
static const char *next_argument(struct parse *parse)
{
    return parse->next < parse->count ? parse->arguments[parse->next++] : NULL;
}

static enum opts_status complain_missing(const struct parse *parse, const struct opt *opt)
{
    char wanted[REASON_SIZE];

    if (opt->type == OPT_CHOICE)
        say_choices(opt, "", wanted, sizeof wanted);
    else
        snprintf(wanted, sizeof wanted, "%s", opt->argument != NULL ? opt->argument : "a text");
    return opts_complain(parse, "--%s needs a value: %s", opt->name, wanted);
}

/* What to use instead of an option of other programs, or NULL. */
static const char *find_instead(const struct parse *parse, char letter, const char *name)
{
    const struct opts_stranger *stranger = parse->command->strangers;

    for (; stranger != NULL && stranger->name != NULL; stranger++)
        if (name != NULL ? strcmp(stranger->name, name) == 0 : stranger->letter == letter)
            return stranger->instead;
    return NULL;
}

static enum opts_status opts_complain_unknown(const struct parse *parse, const char *name)
{
    struct nearest nearest = nearest_begin(name);
    char argument[SHOWN_SIZE];
    const char *instead = find_instead(parse, 0, name);

    if (instead != NULL)
        return opts_complain(parse, "unknown option --%s: %s", name, instead);
    for (size_t i = 0; i < parse->command->option_count; i++)
        nearest_consider(&nearest, parse->command->options[i].name);
    shown(name, argument);
    if (nearest.word != NULL)
        return opts_complain(parse, "unknown option --%s: did you mean --%s?", argument,
                             nearest.word);
    return opts_complain(parse, "unknown option --%s: see 'udptui %s --help'", argument,
                         parse->command->name);
}

static const struct opt *opts_find_name(const struct opts_command *command, const char *name,
                                        size_t length)
{
    for (size_t i = 0; i < command->option_count; i++) {
        const struct opt *opt = &command->options[i];

        if (strncmp(opt->name, name, length) == 0 && opt->name[length] == '\0')
            return opt;
    }
    return NULL;
}

const struct opt *opts_find(const struct opts_command *command, const char *name)
{
    return opts_find_name(command, name, strlen(name));
}

/* "name", "name=value" */
static enum opts_status parse_long(struct parse *parse, const char *argument)
{
    size_t length = strcspn(argument, "=");
    const struct opt *opt = opts_find_name(parse->command, argument, length);
    const char *value = argument[length] == '=' ? argument + length + 1 : NULL;
    char name[SHOWN_SIZE];

    if (opt == NULL) {
        snprintf(name, sizeof name, "%.*s", (int)(length < sizeof name ? length : sizeof name),
                 argument);
        return opts_complain_unknown(parse, name);
    }
    if (opt->type == OPT_HELP)
        return parse_help(parse, opt, value);
    if (opt->type == OPT_NO_CONFIG && value != NULL)
        return opts_complain(parse, "--%s takes no value: leave out the '='", opt->name);
    if (opts_takes_value(opt) && value == NULL)
        value = next_argument(parse);
    if (opts_takes_value(opt) && value == NULL)
        return complain_missing(parse, opt);
    return store(parse, opt, value);
}

static const struct opt *find_letter(const struct parse *parse, char letter)
{
    for (size_t i = 0; i < parse->command->option_count; i++) {
        if (parse->command->options[i].letter == letter)
            return &parse->command->options[i];
    }
    return NULL;
}

static enum opts_status complain_letter(const struct parse *parse, const char *letters)
{
    char argument[SHOWN_SIZE];
    const char *instead = find_instead(parse, letters[0], NULL);

    if (instead != NULL)
        return opts_complain(parse, "unknown option -%c: %s", letters[0], instead);
    /* Shows all that follows instead of one byte: half a UTF-8 character would show as \xHH. */
    return opts_complain(parse, "unknown option -%s: see 'udptui %s --help'",
                         shown(letters, argument), parse->command->name);
}

/* "n", "nvalue", a cluster of flags "qe", or one that ends in an option with a value. */
static enum opts_status parse_letters(struct parse *parse, const char *letters)
{
    enum opts_status status = OPTS_OK;

    for (; *letters != '\0' && status == OPTS_OK; letters++) {
        const struct opt *opt = find_letter(parse, *letters);

        if (opt == NULL)
            return complain_letter(parse, letters);
        if (opts_takes_value(opt)) {
            const char *value = letters[1] != '\0' ? letters + 1 : next_argument(parse);

            return value != NULL ? store(parse, opt, value) : complain_missing(parse, opt);
        }
        status = opt->type == OPT_HELP ? parse_help(parse, opt, NULL) : store(parse, opt, NULL);
    }
    return status;
}

static enum opts_status take_operand(struct parse *parse, const char *argument)
{
    size_t most = parse->command->operands_max;
    char text[SHOWN_SIZE];

    if (most > OPTS_OPERANDS_MAX)
        most = OPTS_OPERANDS_MAX;
    if (parse->operands->count >= most)
        return opts_complain(parse, "too many arguments, from %s on: 'udptui %s' takes %s",
                             shown(argument, text), parse->command->name,
                             most > 0 ? parse->command->operands : "options only");
    parse->operands->items[parse->operands->count++] = argument;
    return OPTS_OK;
}

static enum opts_status check_operands(const struct parse *parse)
{
    if (parse->operands->count >= parse->command->operands_min)
        return OPTS_OK;
    return opts_complain(parse, "an argument is missing: 'udptui %s' takes %s",
                         parse->command->name, parse->command->operands);
}

static enum opts_status parse_all(struct parse *parse)
{
    enum opts_status status = OPTS_OK;
    bool options_end = false;

    parse->operands->count = 0;
    parse->error[0] = '\0';
    while (status == OPTS_OK && parse->next < parse->count) {
        const char *argument = parse->arguments[parse->next++];

        if (options_end || argument[0] != '-' || argument[1] == '\0')
            status = take_operand(parse, argument);
        else if (strcmp(argument, "--") == 0)
            options_end = true;
        else if (argument[1] == '-')
            status = parse_long(parse, argument + 2);
        else
            status = parse_letters(parse, argument + 1);
    }
    return status;
}

enum opts_status opts_parse(const struct opts_command *command, int argument_count,
                            char *const arguments[], void *values, struct opts_operands *operands,
                            char *error)
{
    struct parse parse = {.command = command,
                          .count = argument_count,
                          .arguments = arguments,
                          .values = values,
                          .operands = operands,
                          .error = error};
    enum opts_status status = parse_all(&parse);

    return status == OPTS_OK ? check_operands(&parse) : status;
}

/* Stores nothing. sought: NULL for none. Returns what was found. */
static struct parse opts_look(const struct opts_command *command, int argument_count,
                              char *const arguments[], const struct opt *sought,
                              enum opts_status *status)
{
    struct opts_operands operands;
    char error[OPTS_ERROR_SIZE];
    struct parse parse = {.command = command,
                          .count = argument_count,
                          .arguments = arguments,
                          .operands = &operands,
                          .error = error,
                          .sought = sought};

    *status = parse_all(&parse);
    return parse;
}

enum opts_status opts_find_config(const struct opts_command *command, int argument_count,
                                  char *const arguments[], const char **file)
{
    enum opts_status status;

    *file = opts_look(command, argument_count, arguments, NULL, &status).config;
    return status;
}

bool opts_is_given(const struct opts_command *command, int argument_count, char *const arguments[],
                   const struct opt *opt)
{
    enum opts_status status;

    return opts_look(command, argument_count, arguments, opt, &status).found;
}

/* ---- checks of texts */

static bool opts_check_text(const struct opt *opt, const char *text, struct problem *problem)
{
    return text == NULL || opt->check(opt, text, problem) || !problem->usage;
}

static bool opts_check_list(const struct opt *opt, const struct opts_list *list,
                            struct problem *problem)
{
    for (size_t i = 0; i < list->count; i++)
        if (!opts_check_text(opt, list->items[i], problem))
            return false;
    return true;
}

bool opts_check_values(const struct opts_command *command, const void *values,
                       struct problem *problem)
{
    for (size_t i = 0; i < command->option_count; i++) {
        const struct opt *opt = &command->options[i];
        const void *value = (const char *)values + opt->offset;
        if (opt->check == NULL)
            continue;
        if (opt->type == OPT_LIST ? !opts_check_list(opt, value, problem)
                                  : !opts_check_text(opt, *(const char *const *)value, problem))
            return false;
    }
    return true;
}

bool opts_check(const struct opts_command *command, const char *argument, char *error)
{
    struct parse parse = {.command = command, .error = error};

    error[0] = '\0';
    return parse_long(&parse, argument + 2) != OPTS_ERROR;
}
