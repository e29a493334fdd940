/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lesson: facts as text. */
#include "udptui/lesson/finding.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "udptui/base/builder.h"
#include "udptui/base/units.h"
#include "udptui/base/wrap.h"

static void format_numbers(const struct catalog *catalog, const struct lesson_fact *fact, char *out,
                           size_t size_bytes)
{
    struct builder text = builder_begin(out, size_bytes);

    for (size_t i = 0; i < fact->count; i++)
        builder_add_item(&text, " ", "%d", (int)fact->numbers[i]);
    if (fact->count == 0)
        builder_add(&text, "%s", catalog_text(catalog, "none"));
}

/* A comma between thousands is a decimal comma to some: with or without it, as a translator writes
 * the number here. */
static void finding_format_count(const struct catalog *catalog, int64_t number, char *out,
                                 size_t size_bytes)
{
    char magnitude[UNITS_TEXT_SIZE];

    if (strchr(catalog_text(catalog, "1,234"), ',') == NULL) {
        snprintf(out, size_bytes, "%" PRId64, number);
        return;
    }
    units_count(number < 0 ? -(uint64_t)number : (uint64_t)number, magnitude, sizeof magnitude);
    snprintf(out, size_bytes, "%s%s", number < 0 ? "-" : "", magnitude);
}

/* What a call returned is the name of an error, or this word; other words may be payloads. */
static const char *lesson_translate_words(const struct catalog *catalog, const char *words)
{
    return strcmp(words, "sent") == 0 ? catalog_text(catalog, "sent") : words;
}

const char *lesson_format_fact(const struct catalog *catalog, const struct lesson_fact *fact,
                               char *out, size_t size_bytes)
{
    switch ((enum lesson_fact_kind)fact->kind) {
    case LESSON_COUNT:
        finding_format_count(catalog, fact->number, out, size_bytes);
        break;
    case LESSON_TRUTH:
        snprintf(out, size_bytes, "%s",
                 fact->number != 0 ? catalog_text(catalog, "yes") : catalog_text(catalog, "no"));
        break;
    case LESSON_NUMBERS:
        format_numbers(catalog, fact, out, size_bytes);
        break;
    case LESSON_WORDS:
        snprintf(out, size_bytes, "%s", lesson_translate_words(catalog, fact->words));
        break;
    }
    return out;
}

const char *lesson_format_command(const char *command, uint64_t seed, char *out, size_t size_bytes)
{
    static const char mark[] = "{seed}";
    const char *place = strstr(command, mark);

    if (place == NULL)
        snprintf(out, size_bytes, "%s", command);
    else
        snprintf(out, size_bytes, "%.*s%" PRIu64 "%s", (int)(place - command), command, seed,
                 place + sizeof mark - 1);
    return out;
}

bool lesson_next_line(const char **rest, size_t columns, char *line)
{
    char wrapped[WRAP_LINE_SIZE];

    if (!wrap_next(rest, columns > 2 ? columns - 2 : 1, wrapped))
        return false;
    snprintf(line, LESSON_COMMAND_SIZE, "%s%s", wrapped, **rest != '\0' ? " \\" : "");
    return true;
}

const char *lesson_format_tries(const struct catalog *catalog, const struct lesson_result *result,
                                char *out, size_t size_bytes)
{
    struct builder text = builder_begin(out, size_bytes);

    if (result->seed != result->asked_seed)
        builder_add_item(
            &text, " ", catalog_text(catalog, "Seed %llu showed nothing of it; this is seed %llu."),
            (unsigned long long)result->asked_seed, (unsigned long long)result->seed);
    if (result->tries > 1)
        builder_add_item(&text, " ",
                         catalog_text(catalog,
                                      "The times of the first try did not show it; this is try "
                                      "%d."),
                         result->tries);
    return out;
}

const char *lesson_prediction(const struct catalog *catalog, const struct lesson_topic *topic,
                              int chosen, char *out, size_t size_bytes)
{
    if (chosen == LESSON_NO_CHOICE)
        snprintf(out, size_bytes, "%s", catalog_text(catalog, "No prediction"));
    else
        snprintf(out, size_bytes, catalog_text(catalog, "You predicted %d: %s"), chosen + 1,
                 topic->choices[chosen]);
    return out;
}

int lesson_choices(const struct lesson_topic *topic)
{
    int count = 0;

    while (count < LESSON_CHOICES_MAX && topic->choices[count] != NULL)
        count++;
    return count;
}

const char *lesson_verdict(const struct catalog *catalog, const struct lesson_topic *topic,
                           int chosen, char *out, size_t size_bytes)
{
    const char *right = topic->choices[topic->right];

    if (chosen == LESSON_NO_CHOICE)
        snprintf(out, size_bytes, catalog_text(catalog, "The answer is %d: %s."), topic->right + 1,
                 right);
    else if (chosen == topic->right)
        snprintf(out, size_bytes, catalog_text(catalog, "You said %d, and that is right: %s."),
                 chosen + 1, right);
    else
        snprintf(out, size_bytes, catalog_text(catalog, "You said %d, but it is %d: %s."),
                 chosen + 1, topic->right + 1, right);
    return out;
}
