/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lesson_lines: a lesson as text for a projector, at most 78 columns wide. */
#include <string.h>

#include "udptui/base/wrap.h"
#include "udptui/output/lesson.h"

enum { LINE_COLUMNS = 78, LABEL_COLUMNS = 42 };

/* Indented by so many blanks; the first line begins with head instead. */
static void put_wrapped(FILE *file, const char *head, int indent, const char *text)
{
    char line[WRAP_LINE_SIZE];

    for (bool first = true; wrap_next(&text, (size_t)(LINE_COLUMNS - indent), line); first = false)
        fprintf(file, "%-*s%s\n", indent, first ? head : "", line);
}

/* As it can be pasted into a shell. */
static void put_command(FILE *file, const char *command)
{
    char line[LESSON_COMMAND_SIZE];

    while (lesson_next_line(&command, LINE_COLUMNS - 2, line))
        fprintf(file, "  %s\n", line);
}

static bool write_list(const struct lesson_output *output, const struct lesson_topic *topic)
{
    fprintf(output->file, "  %-15s %s\n", topic->name, topic->summary);
    return fflush(output->file) == 0;
}

static bool write_plan(const struct lesson_output *output, const struct lesson_topic *topic)
{
    char head[16];

    fprintf(output->file, "== lesson %s (%zu/%zu)\n%s\n\n", topic->name, output->number,
            output->count, topic->summary);
    put_wrapped(output->file, "", 0, topic->plan);
    fputc('\n', output->file);
    put_wrapped(output->file, "", 0, topic->question);
    for (int i = 0; i < lesson_choices(topic); i++) {
        snprintf(head, sizeof head, "  %d  ", i + 1);
        put_wrapped(output->file, head, 5, topic->choices[i]);
    }
    return fflush(output->file) == 0;
}

static bool write_ladder(const struct lesson_output *output, const char *picture)
{
    fprintf(output->file, "\n%s", picture);
    return fflush(output->file) == 0;
}

static void put_facts(FILE *file, const struct lesson_result *result)
{
    char head[LABEL_COLUMNS + 8], value[LESSON_FACT_SIZE];

    for (size_t i = 0; i < result->fact_count; i++) {
        const struct lesson_fact *fact = &result->facts[i];
        snprintf(head, sizeof head, "  %-*s", LABEL_COLUMNS, fact->label);
        put_wrapped(file, head, LABEL_COLUMNS + 4, lesson_format_fact(fact, value, sizeof value));
    }
}

static bool write_result(const struct lesson_output *output, const struct lesson_topic *topic,
                         const struct lesson_result *result, const struct lesson_ladder *ladder)
{
    FILE *file = output->file;
    char verdict[LESSON_FACT_SIZE], command[LESSON_COMMAND_SIZE], seed[LESSON_FACT_SIZE];

    (void)ladder; /* drawn */

    fputc('\n', file);
    put_wrapped(file, "", 0, lesson_format_seed(result, seed, sizeof seed));
    put_wrapped(file, "", 0, result->happened);
    if (result->otherwise != NULL)
        put_wrapped(file, "This machine behaved differently: ", 28, result->otherwise);
    fputc('\n', file);
    put_wrapped(file, "", 0, lesson_verdict(topic, output->chosen, verdict, sizeof verdict));
    put_wrapped(file, "", 0, topic->explanation);
    fputc('\n', file);
    put_facts(file, result);
    fputc('\n', file);
    put_wrapped(file, "Sources: ", 9, topic->sources);
    fputs("\nTo repeat it by hand (a server in a terminal of its own):\n", file);
    for (size_t i = 0; i < LESSON_COMMANDS_MAX && topic->commands[i] != NULL; i++)
        put_command(
            file, lesson_format_command(topic->commands[i], result->seed, command, sizeof command));
    fputc('\n', file);
    return fflush(file) == 0;
}

const struct lesson_writer lesson_lines = {
    .list = write_list, .plan = write_plan, .ladder = write_ladder, .result = write_result};
