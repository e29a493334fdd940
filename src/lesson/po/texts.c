/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * texts: writes what is to be translated in the shipped lessons as a .pot file to stdout, as the
 * parser sees it. For src/lesson/po/update.sh and for tests; not installed.
 */
#include <stdio.h>
#include <string.h>

#include "udptui/lesson/topics.h"

enum { TEXTS_MAX = 8192 };

/* What was written, as each text is to be there once. */
struct texts {
    const struct lesson *lesson;
    const char *written[TEXTS_MAX];
    size_t count;
};

static bool texts_is_written(const struct texts *texts, const char *text)
{
    for (size_t i = 0; i < texts->count; i++)
        if (strcmp(texts->written[i], text) == 0)
            return true;
    return false;
}

/* One text; what: its field, for the translator. */
static void texts_put(struct texts *texts, const char *what, const char *text)
{
    const struct lesson *lesson = texts->lesson;

    if (text == NULL || text[0] == '\0' || texts_is_written(texts, text) ||
        texts->count == TEXTS_MAX)
        return;
    texts->written[texts->count++] = text;
    printf("\n#. %s: %s\n#: src/lesson/topics/%s.lesson\nmsgid \"", lesson->topic.name, what,
           lesson->topic.name);
    for (; *text != '\0'; text++)
        printf(*text == '"' || *text == '\\' ? "\\%c" : "%c", *text);
    puts("\"\nmsgstr \"\"");
}

static void texts_put_prose(struct texts *texts, const char *what, const struct lesson_prose *prose)
{
    for (size_t i = 0; i < prose->count; i++)
        texts_put(texts, what, prose->sentences[i].english);
}

/* What happens at an end, and notes at arrows; labels are what was sent, in every language. */
static void texts_put_script(struct texts *texts)
{
    const struct lesson *lesson = texts->lesson;

    for (size_t i = 0; i < lesson->statement_count; i++) {
        if (lesson->statements[i].verb == LESSON_DO_NOTE)
            texts_put(texts, "Script", lesson->statements[i].text);
        texts_put(texts, "Script", lesson->statements[i].note);
    }
}

static void texts_put_lesson(struct texts *texts)
{
    const struct lesson *lesson = texts->lesson;
    const struct lesson_topic *topic = &lesson->topic;

    texts_put_prose(texts, "Title", &lesson->title);
    texts_put(texts, "Ends", topic->client);
    texts_put(texts, "Ends", topic->middle);
    texts_put(texts, "Ends", topic->server);
    texts_put_prose(texts, "Plan", &lesson->plan);
    texts_put(texts, "Question", topic->question);
    for (int i = 0; i < lesson_choices(topic); i++)
        texts_put(texts, i == topic->right ? "Answer" : "Choice", topic->choices[i]);
    texts_put_script(texts);
    for (size_t i = 0; i < lesson->fact_count; i++)
        texts_put(texts, "Facts", lesson->facts[i].label);
    texts_put_prose(texts, "Happened", &lesson->happened);
    for (size_t i = 0; i < lesson->expectation_count; i++)
        texts_put(texts, "Expect", lesson->expectations[i].text);
    texts_put_prose(texts, "Explanation", &lesson->explanation);
}

int main(void)
{
    static struct texts texts;
    struct topics topics;
    struct problem problem;
    bool read = topics_open(&topics, NULL, &problem);

    puts("msgid \"\"\nmsgstr \"\"\n\"Content-Type: text/plain; charset=UTF-8\\n\"");
    for (size_t i = 0; i < topics.count && read; i++) {
        texts.lesson = topics.lessons[i];
        texts_put_lesson(&texts);
    }
    if (!read)
        fprintf(stderr, "texts: %s\n", problem.text);
    topics_close(&topics);
    return read && texts.count < TEXTS_MAX ? 0 : 1;
}
