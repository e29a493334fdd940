/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fold: see the header. The line is collected in memory first. */
#include "udptui/output/fold.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "udptui/base/text.h"

enum {
    CONTINUED_INDENT = 2,
    COLUMNS_MIN = 20,
    COMMA_COLUMNS = 24, /* that may stay free for the sake of a break behind a comma */
    COLUMN_BYTES = 16,  /* a character and what combines with it */
};

/* A text that is being broken. */
struct fold_cursor {
    const char *text;
    size_t together; /* bytes at its beginning that are not broken: the stamp */
};

static bool fold_is_figure(char first)
{
    return isdigit((unsigned char)first) || first == '-';
}

/* The beginning of the word that ends before text[end]. */
static size_t fold_word(const char *text, size_t end)
{
    while (end > 0 && text[end - 1] != ' ')
        end--;
    return end;
}

/* Whether the line may be broken before text[at]. */
static bool fold_is_between(const struct fold_cursor *cursor, size_t at)
{
    const char *text = cursor->text;
    size_t end = at - 1;

    if (at <= cursor->together || text[end] != ' ' || text[at] == ' ')
        return false;
    if (end > 0 && (text[end - 1] == ' ' || strchr(",;:)", text[end - 1]) != NULL))
        return true;
    return !fold_is_figure(text[at]) && !fold_is_figure(text[fold_word(text, end)]);
}

static bool fold_is_behind_comma(const char *text, size_t at)
{
    return at >= 2 && strchr(",; ", text[at - 2]) != NULL;
}

/* Columns of so many bytes, without the blanks at their end; more than limit: too wide. */
static size_t fold_width(const char *text, size_t length, size_t limit)
{
    size_t width;
    char *line;

    while (length > 0 && text[length - 1] == ' ')
        length--;
    if (length > limit * COLUMN_BYTES)
        return limit + 1;
    line = strndup(text, length);
    width = line != NULL ? text_columns(line) : length;
    free(line);
    return width;
}

/* Bytes of the next line: the most that fit, or what no line has room for. */
static size_t fold_next(const struct fold_cursor *cursor, size_t columns)
{
    size_t word = 0, comma = 0, word_width = 0, comma_width = 0;

    for (size_t at = 1; cursor->text[at - 1] != '\0'; at++) {
        bool end = cursor->text[at] == '\0';
        if (!end && !fold_is_between(cursor, at))
            continue;
        size_t width = fold_width(cursor->text, at, columns);
        if (width > columns && word > 0)
            break;
        word = at;
        word_width = width;
        if (end || width > columns)
            return word;
        if (fold_is_behind_comma(cursor->text, at)) {
            comma = at;
            comma_width = width;
        }
    }
    return comma > 0 && word_width - comma_width <= COMMA_COLUMNS ? comma : word;
}

static void fold_write_all(FILE *to, struct fold_cursor cursor, size_t columns, size_t indent)
{
    size_t before = 0;

    if (columns < COLUMNS_MIN)
        columns = COLUMNS_MIN;
    if (indent > columns / 2)
        indent = CONTINUED_INDENT;
    do {
        size_t length = fold_next(&cursor, columns - before);
        size_t shown = length;
        while (shown > 0 && cursor.text[shown - 1] == ' ')
            shown--;
        fprintf(to, "%*s%.*s\n", (int)before, "", (int)shown, cursor.text);
        cursor.text += length;
        cursor.together = 0;
        before = indent;
    } while (*cursor.text != '\0');
}

void fold_write(FILE *to, const char *text, size_t columns, size_t indent)
{
    if (columns == 0)
        fprintf(to, "%s\n", text);
    else
        fold_write_all(to, (struct fold_cursor){.text = text}, columns, indent);
}

static FILE *fold_open(struct fold *fold, FILE *to, size_t columns)
{
    *fold = (struct fold){.to = to, .columns = columns, .indent = CONTINUED_INDENT};
    if (columns > 0)
        fold->memory = open_memstream(&fold->text, &fold->size_bytes);
    return fold->memory != NULL ? fold->memory : to;
}

/* The stamp was written. It is ASCII: its bytes are columns. */
static FILE *fold_note_indent(struct fold *fold, FILE *file)
{
    if (fold->memory != NULL && fflush(fold->memory) == 0)
        fold->indent += fold->size_bytes;
    return file;
}

FILE *fold_begin(struct fold *fold, FILE *to, const struct stamp *stamp)
{
    FILE *file = fold_open(fold, to, stamp->columns);

    stamp_write_now(file, stamp);
    return fold_note_indent(fold, file);
}

FILE *fold_begin_plain(struct fold *fold, FILE *to, size_t columns)
{
    return fold_open(fold, to, columns);
}

FILE *fold_begin_at(struct fold *fold, FILE *to, const struct stamp *stamp, int64_t wall_ns)
{
    FILE *file = fold_open(fold, to, stamp->columns);

    stamp_write(file, stamp, wall_ns);
    return fold_note_indent(fold, file);
}

void fold_end(struct fold *fold)
{
    if (fold->memory == NULL) {
        fputc('\n', fold->to);
        return;
    }
    fclose(fold->memory);
    if (fold->text != NULL)
        fold_write_all(
            fold->to,
            (struct fold_cursor){.text = fold->text, .together = fold->indent - CONTINUED_INDENT},
            fold->columns, fold->indent);
    free(fold->text);
}
