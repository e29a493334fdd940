/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lesson_lines: a lesson as text for a projector, at most 78 columns wide. */
#include <string.h>

#include "udptui/base/text.h"
#include "udptui/base/wrap.h"
#include "udptui/output/lesson.h"

enum {
    LINE_COLUMNS = 78,
    LABEL_INDENT = 2,
    LABEL_COLUMNS = 42,
    VALUE_COLUMN = 46,
    SUMMARY_COLUMN = 17
};

/* A text in a column of its own behind another one. */
static void lesson_put_beside(FILE *file, const char *head, int column, const char *text)
{
    int blanks = column - (int)text_columns(head);

    if (text[0] == '\0')
        blanks = 0;
    fprintf(file, "%s%*s%s\n", head, blanks > 0 ? blanks : 0, "", text);
}

/* Indented by so many blanks; the first line begins with head instead. */
static void lesson_put_wrapped_line(FILE *file, const char *head, int indent, const char *text)
{
    char line[WRAP_LINE_SIZE];

    for (bool first = true; wrap_next(&text, (size_t)(LINE_COLUMNS - indent), line); first = false)
        lesson_put_beside(file, first ? head : "", indent, line);
}

/* Writes a command that can be pasted into a shell. */
static void lesson_put_command_line(FILE *file, const char *command)
{
    char line[LESSON_COMMAND_SIZE];

    while (lesson_next_line(&command, LINE_COLUMNS - 2, line))
        fprintf(file, "  %s\n", line);
}

static bool lesson_write_list_line(const struct lesson_output *output,
                                   const struct lesson_topic *topic)
{
    char head[SUMMARY_COLUMN + 1];

    snprintf(head, sizeof head, "  %-14s", topic->name);
    lesson_put_wrapped_line(output->file, head, SUMMARY_COLUMN, topic->summary);
    return fflush(output->file) == 0;
}

void lesson_lines_head(const struct lesson_output *output, const struct lesson_topic *topic)
{
    fprintf(output->file, catalog_text(output->catalog, "== lesson %s (%zu/%zu)"), topic->name,
            output->number, output->count);
    fputc('\n', output->file);
}

/* Below an empty line; nothing if there is no text. */
static void lesson_put_paragraph_lines(FILE *file, const char *text)
{
    if (text[0] == '\0')
        return;
    fputc('\n', file);
    lesson_put_wrapped_line(file, "", 0, text);
}

static bool write_plan(const struct lesson_output *output, const struct lesson_topic *topic)
{
    char head[16];

    lesson_lines_head(output, topic);
    lesson_put_wrapped_line(output->file, "", 0, topic->summary);
    lesson_put_paragraph_lines(output->file, topic->plan);
    lesson_put_paragraph_lines(output->file, topic->question);
    for (int i = 0; i < lesson_choices(topic); i++) {
        snprintf(head, sizeof head, "  %d  ", i + 1);
        lesson_put_wrapped_line(output->file, head, 5, topic->choices[i]);
    }
    return fflush(output->file) == 0;
}

static bool lesson_write_ladder_line(const struct lesson_output *output, const char *drawing)
{
    fprintf(output->file, "\n%s", drawing);
    return fflush(output->file) == 0;
}

/* The label and the value side by side, both wrapped. */
static void lesson_put_fact_lines(const struct lesson_output *output,
                                  const struct lesson_fact *fact)
{
    char value[LESSON_FACT_SIZE], labelled[WRAP_LINE_SIZE], valued[WRAP_LINE_SIZE];
    char head[2 * WRAP_LINE_SIZE];
    int indent = (int)strspn(fact->label, " ");
    const char *label = fact->label + indent;
    const char *rest = lesson_format_fact(output->catalog, fact, value, sizeof value);

    for (;;) {
        bool has_label = wrap_next(&label, (size_t)(LABEL_COLUMNS - indent), labelled);
        bool has_value = wrap_next(&rest, LINE_COLUMNS - VALUE_COLUMN, valued);
        if (!has_label && !has_value)
            return;
        head[0] = '\0';
        if (has_label)
            snprintf(head, sizeof head, "%*s%s", LABEL_INDENT + indent, "", labelled);
        lesson_put_beside(output->file, head, VALUE_COLUMN, has_value ? valued : "");
    }
}

/* Below what stands in front of it. */
static void put_behind(FILE *file, const char *head, const char *text)
{
    lesson_put_wrapped_line(file, head, (int)text_columns(head), text);
}

static void put_otherwise(const struct lesson_output *output, const char *otherwise)
{
    put_behind(output->file, catalog_text(output->catalog, "This machine behaved differently: "),
               otherwise);
}

static void lesson_lines_put_sources(const struct lesson_output *output, const char *sources)
{
    if (sources[0] == '\0')
        return;
    fputc('\n', output->file);
    put_behind(output->file, catalog_text(output->catalog, "Sources: "), sources);
}

static void put_facts(const struct lesson_output *output, const struct lesson_result *result)
{
    if (result->fact_count > 0)
        fputc('\n', output->file);
    for (size_t i = 0; i < result->fact_count; i++)
        lesson_put_fact_lines(output, &result->facts[i]);
}

static void lesson_lines_put_commands(const struct lesson_output *output,
                                      const struct lesson_topic *topic, uint64_t seed)
{
    char command[LESSON_COMMAND_SIZE];

    if (topic->commands[0] != NULL)
        lesson_put_paragraph_lines(
            output->file,
            catalog_text(output->catalog,
                         "To repeat it by hand (a server in a terminal of its own):"));
    for (size_t i = 0; i < LESSON_COMMANDS_MAX && topic->commands[i] != NULL; i++)
        lesson_put_command_line(
            output->file, lesson_format_command(topic->commands[i], seed, command, sizeof command));
}

static bool lesson_write_result_line(const struct lesson_output *output,
                                     const struct lesson_topic *topic,
                                     const struct lesson_result *result,
                                     const struct lesson_ladder *ladder)
{
    FILE *file = output->file;
    char verdict[LESSON_FACT_SIZE], tries[LESSON_FACT_SIZE];

    (void)ladder; /* drawn */

    lesson_format_tries(output->catalog, result, tries, sizeof tries);
    if (tries[0] != '\0' || result->happened[0] != '\0' || result->otherwise != NULL)
        fputc('\n', file);
    lesson_put_wrapped_line(file, "", 0, tries);
    lesson_put_wrapped_line(file, "", 0, result->happened);
    if (result->otherwise != NULL)
        put_otherwise(output, result->otherwise);
    fputc('\n', file);
    lesson_put_wrapped_line(
        file, "", 0,
        lesson_verdict(output->catalog, topic, output->chosen, verdict, sizeof verdict));
    lesson_put_wrapped_line(file, "", 0, topic->explanation);
    put_facts(output, result);
    lesson_lines_put_sources(output, topic->sources);
    lesson_lines_put_commands(output, topic, result->seed);
    fputc('\n', file);
    return fflush(file) == 0;
}

const struct lesson_writer lesson_lines = {.list = lesson_write_list_line,
                                           .plan = write_plan,
                                           .ladder = lesson_write_ladder_line,
                                           .result = lesson_write_result_line};
