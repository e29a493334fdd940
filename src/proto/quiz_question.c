/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "udptui/proto/quiz_question.h"

#include <stdio.h>
#include <string.h>

#include "udptui/base/array.h"
#include "udptui/base/text.h"

static const char quiz_head[] = "question ";
static const char quiz_how[] = "answer with: answer N";
static const char quiz_closed[] = "closed";
static const char quiz_right[] = "right: ";

enum { QUIZ_NUMBER_MAX = 9999 };

const char *quiz_state_name(enum quiz_state state)
{
    static const char *const names[] = {
        [QUIZ_OPEN] = "open", [QUIZ_CLOSED] = "closed", [QUIZ_SHOWN] = "shown"};

    return names[state];
}

/* ---- making one */

static bool quiz_is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

/* NULL, or why the bytes do not go into out. */
static const char *quiz_copy_text(const char *bytes, size_t size, char *out, size_t out_size)
{
    while (size > 0 && quiz_is_blank(bytes[size - 1]))
        size--;
    while (size > 0 && quiz_is_blank(*bytes)) {
        bytes++;
        size--;
    }
    if (size == 0)
        return "there is no text";
    if (text_render(out, out_size, bytes, size, TEXT_UTF8) == size)
        return NULL;
    out[0] = '\0';
    return "the text is too long";
}

const char *quiz_question_set_text(struct quiz_question *question, const char *bytes, size_t size)
{
    return quiz_copy_text(bytes, size, question->text, sizeof question->text);
}

const char *quiz_question_add_option(struct quiz_question *question, const char *bytes, size_t size)
{
    const char *why;

    if (question->option_count == QUIZ_OPTIONS_MAX)
        return "a question has at most 9 choices";
    why = quiz_copy_text(bytes, size, question->options[question->option_count], QUIZ_OPTION_SIZE);
    if (why == NULL)
        question->option_count++;
    return why;
}

const char *quiz_question_check(const struct quiz_question *question)
{
    struct builder measured = builder_begin(NULL, 0);

    if (question->text[0] == '\0')
        return "the question has no text";
    if (question->option_count < QUIZ_OPTIONS_MIN)
        return "a question needs at least 2 choices";
    if (question->right > question->option_count)
        return "the right answer is not one of the choices";
    quiz_question_write(question, QUIZ_NUMBER_MAX, QUIZ_OPEN, &measured);
    return measured.length > QUIZ_DATAGRAM_MAX
               ? "question and choices together are too long for a datagram of 1200 bytes"
               : NULL;
}

/* ---- as a datagram */

void quiz_question_write(const struct quiz_question *question, unsigned number,
                         enum quiz_state state, struct builder *out)
{
    builder_add(out, "%s%u: %s\n", quiz_head, number, question->text);
    for (unsigned i = 0; i < question->option_count; i++)
        builder_add(out, "%u %s\n", i + 1, question->options[i]);
    if (state == QUIZ_SHOWN && question->right > 0)
        builder_add(out, "%s%u\n", quiz_right, question->right);
    else
        builder_add(out, "%s\n", state == QUIZ_OPEN ? quiz_how : quiz_closed);
}

/* The next line of what is left, without its end. False if there is none. */
static bool quiz_next_line(const char **at, size_t *left, const char **line, size_t *length)
{
    const char *end = memchr(*at, '\n', *left);

    if (end == NULL)
        return false;
    *line = *at;
    *length = (size_t)(end - *at);
    *left -= *length + 1;
    *at = end + 1;
    return true;
}

static bool quiz_line_is(const char *line, size_t length, const char *text)
{
    return length == strlen(text) && memcmp(line, text, length) == 0;
}

/* "question 12: What?" */
static bool quiz_read_head(const char *line, size_t length, struct quiz_shown *out)
{
    size_t at = sizeof quiz_head - 1;

    if (length < at || memcmp(line, quiz_head, at) != 0)
        return false;
    for (; at < length && line[at] >= '0' && line[at] <= '9' && out->number < 1000; at++)
        out->number = out->number * 10 + (unsigned)(line[at] - '0');
    return out->number > 0 && at + 2 < length && line[at] == ':' && line[at + 1] == ' ' &&
           quiz_question_set_text(&out->question, line + at + 2, length - at - 2) == NULL;
}

/* "2 the reply was lost", the next choice. */
static bool quiz_read_option(const char *line, size_t length, struct quiz_shown *out)
{
    return length > 2 && line[0] == (char)('1' + out->question.option_count) && line[1] == ' ' &&
           quiz_question_add_option(&out->question, line + 2, length - 2) == NULL;
}

/* The last line. */
static bool quiz_read_state(const char *line, size_t length, struct quiz_shown *out)
{
    size_t right = sizeof quiz_right - 1;

    if (quiz_line_is(line, length, quiz_how))
        return true;
    if (quiz_line_is(line, length, quiz_closed)) {
        out->state = QUIZ_CLOSED;
        return true;
    }
    if (length != right + 1 || memcmp(line, quiz_right, right) != 0 || line[right] < '1' ||
        line[right] > '9')
        return false;
    out->state = QUIZ_SHOWN;
    out->question.right = (uint8_t)(line[right] - '0');
    return true;
}

bool quiz_question_begins(const void *bytes, size_t size_bytes)
{
    const size_t length = sizeof quiz_head - 1;

    return size_bytes > length && memcmp(bytes, quiz_head, length) == 0;
}

bool quiz_question_read(const void *bytes, size_t size_bytes, struct quiz_shown *out)
{
    const char *at = bytes, *line;
    size_t left = size_bytes, length;

    *out = (struct quiz_shown){.state = QUIZ_OPEN};
    if (size_bytes > QUIZ_DATAGRAM_MAX || !quiz_next_line(&at, &left, &line, &length) ||
        !quiz_read_head(line, length, out))
        return false;
    while (quiz_next_line(&at, &left, &line, &length))
        if (!quiz_read_option(line, length, out))
            return left == 0 && quiz_read_state(line, length, out) &&
                   quiz_question_check(&out->question) == NULL;
    return false;
}
