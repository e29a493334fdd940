/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lesson_markdown: a lesson as handouts in CommonMark: a sheet with the question and, apart from it,
 * one with the answer. The numbers in brackets behind a sentence are those of its sources in the list
 * at the end, so that every renderer shows them.
 */
#include <inttypes.h>
#include <string.h>

#include "udptui/base/array.h"
#include "udptui/base/markdown.h"
#include "udptui/output/lesson.h"

static void markdown_put_piece(const struct lesson_output *output, bool begins, const char *text)
{
    if (begins)
        text = markdown_begin(text);
    for (size_t at = 0; text[at] != '\0'; at++) {
        if (markdown_is_escaped(text, at, begins))
            fputc('\\', output->file);
        fputc(text[at], output->file);
    }
}

/* A text that begins a paragraph or an item, with what stands before and behind it, which is
 * markup. */
static void markdown_put(const struct lesson_output *output, const char *before, const char *text,
                         const char *after)
{
    fputs(before, output->file);
    markdown_put_piece(output, true, text);
    fputs(after, output->file);
}

/* One that goes on. */
static void markdown_put_on(const struct lesson_output *output, const char *text, const char *after)
{
    markdown_put_piece(output, false, text);
    fputs(after, output->file);
}

static void markdown_put_code(const struct lesson_output *output, const char *language,
                              const char *code)
{
    int fence = (int)markdown_fence(code);
    bool ended = code[0] != '\0' && code[strlen(code) - 1] == '\n';

    fprintf(output->file, "%.*s%s\n%s%s%.*s\n\n", fence, "``````````", language, code,
            ended ? "" : "\n", fence, "``````````");
}

/* ---- sources */

/* Those that are not in the lesson's list come behind it. */
static const uint32_t extras[] = {LESSON_FROM_SCRIPT, LESSON_FROM_MEASURED};

static const char *extra_text(const struct lesson_output *output, size_t extra)
{
    return extras[extra] == LESSON_FROM_SCRIPT
               ? catalog_text(output->catalog, "the lesson's script, which does it")
               : catalog_text(output->catalog, "measured in this run");
}

static uint32_t explained_sources(const struct lesson *lesson)
{
    uint32_t used = 0;

    for (size_t i = 0; i < lesson->explanation.count; i++)
        used |= lesson->explanation.sentences[i].sources;
    return used;
}

/* The number of an extra in the list of this lesson. */
static size_t extra_number(const struct lesson *lesson, size_t extra)
{
    size_t number = lesson->source_count + 1;

    for (size_t i = 0; i < extra; i++)
        number += (explained_sources(lesson) & extras[i]) != 0;
    return number;
}

static void markdown_put_marks(const struct lesson_output *output, uint32_t sources)
{
    const char *before = " \\[";

    for (size_t i = 0; i < output->lesson->source_count; i++) {
        if ((sources >> i & 1) == 0)
            continue;
        fprintf(output->file, "%s%zu", before, i + 1);
        before = ", ";
    }
    for (size_t i = 0; i < COUNT_OF(extras); i++) {
        if ((sources & extras[i]) == 0)
            continue;
        fprintf(output->file, "%s%zu", before, extra_number(output->lesson, i));
        before = ", ";
    }
    fputs(strcmp(before, ", ") == 0 ? "\\]" : "", output->file);
}

static void markdown_put_sources(const struct lesson_output *output)
{
    const struct lesson *lesson = output->lesson;
    uint32_t used = explained_sources(lesson);
    size_t number = 0;
    char head[32];

    markdown_put(output, "### ", catalog_text(output->catalog, "Sources"), "\n\n");
    for (; number < lesson->source_count; number++) {
        snprintf(head, sizeof head, "%zu. ", number + 1);
        markdown_put(output, head, lesson->sources[number].text, "\n");
    }
    for (size_t i = 0; i < COUNT_OF(extras); i++) {
        if ((used & extras[i]) == 0)
            continue;
        snprintf(head, sizeof head, "%zu. ", ++number);
        markdown_put(output, head, extra_text(output, i), "\n");
    }
    fputc('\n', output->file);
}

/* ---- the question */

static bool lesson_write_list_markdown(const struct lesson_output *output,
                                       const struct lesson_topic *topic)
{
    markdown_put(output, "- **", topic->name, "**: ");
    markdown_put_on(output, topic->summary, "\n");
    return fflush(output->file) == 0;
}

static void markdown_put_head(const struct lesson_output *output, const char *kind)
{
    markdown_put(output, "# ", kind, ": ");
    markdown_put_on(output, output->lesson->topic.name, "\n\n");
    markdown_put(output, "**", output->lesson->topic.summary, "**\n\n");
}

static bool lesson_write_question(const struct lesson_output *output,
                                  const struct lesson_topic *topic)
{
    char head[16];

    markdown_put_head(output, catalog_text(output->catalog, "Question sheet"));
    markdown_put(output, "", topic->plan, "\n\n");
    markdown_put(output, "**", topic->question, "**\n\n");
    for (int i = 0; i < lesson_choices(topic); i++) {
        snprintf(head, sizeof head, "%d. ", i + 1);
        markdown_put(output, head, topic->choices[i], "\n");
    }
    markdown_put(output, "\n", catalog_text(output->catalog, "My prediction, and why:"),
                 "\n\n* * *\n\n");
    return fflush(output->file) == 0;
}

/* ---- the answer */

static void markdown_put_answer(const struct lesson_output *output)
{
    const struct lesson_topic *topic = &output->lesson->topic;
    char head[32];

    markdown_put_head(output, catalog_text(output->catalog, "Answer sheet"));
    markdown_put(output, "", topic->question, "\n\n");
    snprintf(head, sizeof head, "**%d: ", topic->right + 1);
    fputs(head, output->file);
    markdown_put_on(output, topic->choices[topic->right], "**\n\n");
}

static bool lesson_write_ladder_markdown(const struct lesson_output *output, const char *drawing)
{
    markdown_put_answer(output);
    markdown_put_code(output, "text", drawing);
    return fflush(output->file) == 0;
}

static void markdown_put_facts(const struct lesson_output *output,
                               const struct lesson_result *result)
{
    char value[LESSON_FACT_SIZE];

    for (size_t i = 0; i < result->fact_count; i++) {
        markdown_put(output, "- ", result->facts[i].label, ": ");
        markdown_put_on(output,
                        lesson_format_fact(output->catalog, &result->facts[i], value, sizeof value),
                        "\n");
    }
    fputs(result->fact_count > 0 ? "\n" : "", output->file);
}

static void markdown_put_explanation(const struct lesson_output *output)
{
    const struct lesson_prose *explanation = &output->lesson->explanation;

    for (size_t i = 0; i < explanation->count; i++) {
        markdown_put(output, i > 0 ? "\n" : "", explanation->sentences[i].text, "");
        markdown_put_marks(output, explanation->sentences[i].sources);
    }
    fputs(explanation->count > 0 ? "\n\n" : "", output->file);
}

static void markdown_put_commands(const struct lesson_output *output,
                                  const struct lesson_result *result)
{
    const struct lesson_topic *topic = &output->lesson->topic;
    char all[LESSON_COMMANDS_MAX * (LESSON_COMMAND_SIZE + 1)] = "", command[LESSON_COMMAND_SIZE];
    size_t length = 0;

    for (size_t i = 0; i < LESSON_COMMANDS_MAX && topic->commands[i] != NULL; i++)
        length += (size_t)snprintf(
            all + length, sizeof all - length, "%s\n",
            lesson_format_command(topic->commands[i], result->seed, command, sizeof command));
    if (length == 0)
        return;
    markdown_put(
        output, "",
        catalog_text(output->catalog, "To repeat it by hand (a server in a terminal of its own):"),
        "\n\n");
    markdown_put_code(output, "sh", all);
}

static bool lesson_write_answer(const struct lesson_output *output,
                                const struct lesson_topic *topic,
                                const struct lesson_result *result,
                                const struct lesson_ladder *ladder)
{
    char tries[LESSON_FACT_SIZE];

    (void)topic;  /* the lesson's */
    (void)ladder; /* drawn */
    lesson_format_tries(output->catalog, result, tries, sizeof tries);
    markdown_put(output, "", tries, tries[0] != '\0' ? "\n\n" : "");
    markdown_put(output, "", result->happened, "\n\n");
    if (result->otherwise != NULL) {
        markdown_put(output, "**",
                     catalog_text(output->catalog, "This machine behaved differently: "), "");
        markdown_put_on(output, result->otherwise, "**\n\n");
    }
    markdown_put_facts(output, result);
    markdown_put_explanation(output);
    markdown_put_commands(output, result);
    markdown_put_sources(output);
    fputs("* * *\n\n", output->file);
    return fflush(output->file) == 0;
}

const struct lesson_writer lesson_markdown = {.list = lesson_write_list_markdown,
                                              .plan = lesson_write_question,
                                              .ladder = lesson_write_ladder_markdown,
                                              .result = lesson_write_answer};
