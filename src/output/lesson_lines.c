/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lesson_lines: a lesson as text for a projector, at most 78 columns wide. */
#include <string.h>

#include "udptui/base/wrap.h"
#include "udptui/output/lesson.h"

enum { LINE_COLUMNS = 78, LABEL_COLUMNS = 42 };

/* Indented by so many blanks; the first line begins with head instead. */
static void lesson_put_wrapped_line(FILE *file, const char *head, int indent, const char *text)
{
    char line[WRAP_LINE_SIZE];

    for (bool first = true; wrap_next(&text, (size_t)(LINE_COLUMNS - indent), line); first = false)
        fprintf(file, "%-*s%s\n", indent, first ? head : "", line);
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
    fprintf(output->file, "  %-15s %s\n", topic->name, topic->summary);
    return fflush(output->file) == 0;
}

static bool write_plan(const struct lesson_output *output, const struct lesson_topic *topic)
{
    char head[16];

    fprintf(output->file, "== lesson %s (%zu/%zu)\n%s\n\n", topic->name, output->number,
            output->count, topic->summary);
    lesson_put_wrapped_line(output->file, "", 0, topic->plan);
    fputc('\n', output->file);
    lesson_put_wrapped_line(output->file, "", 0, topic->question);
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

static void put_facts(FILE *file, const struct lesson_result *result)
{
    char head[LABEL_COLUMNS + 8], value[LESSON_FACT_SIZE];

    for (size_t i = 0; i < result->fact_count; i++) {
        const struct lesson_fact *fact = &result->facts[i];
        snprintf(head, sizeof head, "  %-*s", LABEL_COLUMNS, fact->label);
        lesson_put_wrapped_line(file, head, LABEL_COLUMNS + 4,
                                lesson_format_fact(fact, value, sizeof value));
    }
}

static bool lesson_write_result_line(const struct lesson_output *output,
                                     const struct lesson_topic *topic,
                                     const struct lesson_result *result,
                                     const struct lesson_ladder *ladder)
{
    FILE *file = output->file;
    char verdict[LESSON_FACT_SIZE], command[LESSON_COMMAND_SIZE], seed[LESSON_FACT_SIZE];

    (void)ladder; /* drawn */

    fputc('\n', file);
    lesson_put_wrapped_line(file, "", 0, lesson_format_seed(result, seed, sizeof seed));
    lesson_put_wrapped_line(file, "", 0, result->happened);
    if (result->otherwise != NULL)
        lesson_put_wrapped_line(file, "This machine behaved differently: ", 28, result->otherwise);
    fputc('\n', file);
    lesson_put_wrapped_line(file, "", 0,
                            lesson_verdict(topic, output->chosen, verdict, sizeof verdict));
    lesson_put_wrapped_line(file, "", 0, topic->explanation);
    fputc('\n', file);
    put_facts(file, result);
    fputc('\n', file);
    lesson_put_wrapped_line(file, "Sources: ", 9, topic->sources);
    fputs("\nTo repeat it by hand (a server in a terminal of its own):\n", file);
    for (size_t i = 0; i < LESSON_COMMANDS_MAX && topic->commands[i] != NULL; i++)
        lesson_put_command_line(
            file, lesson_format_command(topic->commands[i], result->seed, command, sizeof command));
    fputc('\n', file);
    return fflush(file) == 0;
}

const struct lesson_writer lesson_lines = {.list = lesson_write_list_line,
                                           .plan = write_plan,
                                           .ladder = lesson_write_ladder_line,
                                           .result = lesson_write_result_line};
