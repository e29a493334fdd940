/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dissector_answers: what the child writes. */
#include "dissector_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "answer_internal.h"
#include "udptui/proto/reason.h"

enum { READ_BYTES = 1 << 16 };

static void dissector_take_rows(struct dissector *dissector, const json_t *rows)
{
    struct dissect_summary summary;
    uint32_t number;
    size_t index;
    const json_t *row;

    json_array_foreach(rows, index, row)
    {
        if (!answer_read_row(row, dissector->config.charset, &number, &summary) ||
            number > dissector->batch.count)
            continue;
        const struct batch_frame *frame = &dissector->batch.frames[number - 1];
        if (frame->job == NULL)
            continue;
        frame->job->answer.summaries[frame->which] = summary;
        frame->job->rows++;
    }
}

/* place: of the answer among those to `frame`. */
static void dissector_take_tree(struct dissector *dissector, int64_t place, const json_t *result)
{
    for (size_t i = dissector->batch.context; i < dissector->batch.count; i++) {
        const struct batch_frame *frame = &dissector->batch.frames[i];
        if (frame->job == NULL || place-- > 0)
            continue;
        struct dissect_tree *tree = &frame->job->answer.trees[frame->which];
        dissect_tree_free(tree);
        answer_read_tree(result, dissector->config.charset, batch_header_bytes(frame),
                         frame->datagram->size_bytes, tree);
        return;
    }
}

/* NULL, or why the child is of no use. */
static const char *dissector_take_answer(struct dissector *dissector, const char *line,
                                         size_t length, const struct answered *answered)
{
    json_t *result;
    int64_t id;
    const char *why = answer_parse(line, length, &id, &result);

    if (why != NULL)
        return why;
    bool expected = dissector->deadline_ns != INT64_MAX && id == dissector->expected_id;
    if (expected && id == dissector->load_id + 1)
        dissector_take_rows(dissector, result);
    else if (expected && id > dissector->load_id + 1)
        dissector_take_tree(dissector, id - dissector->load_id - 2, result);
    json_decref(result);
    if (expected && dissector->expected_id++ == dissector->ids)
        dissector_finish_batch(dissector, true, answered);
    return expected ? NULL : answer_wrong;
}

static bool dissector_take_report(struct dissector *dissector, const char *report,
                                  const struct answered *answered)
{
    char why[DISSECT_NOTE_SIZE];
    int error;

    dissector->reported = true;
    if (!child_read_report(report, &dissector->in_force, &error))
        return false;
    if (error == 0)
        return true;
    snprintf(why, sizeof why, "cannot execute it: %s", reason_text(error));
    dissector->deaths = DISSECTOR_DEATHS_MAX;
    dissector_lose_child(dissector, why, answered);
    return true;
}

/* A whole line. NULL, or why the child is of no use. */
static const char *dissector_take_line(struct dissector *dissector, char *line, size_t length,
                                       const struct answered *answered)
{
    if (!dissector->reported || (length == CHILD_REPORT_SIZE - 1 && line[0] == 'u')) {
        if (length == CHILD_REPORT_SIZE - 1 && dissector_take_report(dissector, line, answered))
            return NULL;
        return answer_wrong;
    }
    return dissector_take_answer(dissector, line, length, answered);
}

/* The whole lines of what came. NULL, or why the child is of no use. */
static const char *dissector_take_lines(struct dissector *dissector,
                                        const struct answered *answered)
{
    char *line = dissector->line, *end;
    size_t left = dissector->line_bytes;
    const char *why = NULL;

    while (why == NULL && dissector->child.pid != 0 && (end = memchr(line, '\n', left)) != NULL) {
        size_t length = (size_t)(end - line);
        why = dissector_take_line(dissector, line, length, answered);
        left -= length + 1;
        line = end + 1;
    }
    if (dissector->child.pid == 0)
        return NULL;
    memmove(dissector->line, line, left);
    dissector->line_bytes = left;
    return why;
}

static bool dissector_make_room(struct dissector *dissector)
{
    size_t room = dissector->line_room * 2 + READ_BYTES;

    if (dissector->line_room - dissector->line_bytes >= READ_BYTES)
        return true;
    char *grown = realloc(dissector->line, room);
    if (grown == NULL)
        return false;
    dissector->line = grown;
    dissector->line_room = room;
    return true;
}

/* Some of the child's output. False: no more now, or it is lost. */
bool dissector_read(struct dissector *dissector, const struct answered *answered)
{
    struct child *child = &dissector->child;
    const char *why = NULL;

    if (child->pid == 0)
        return false;
    if (dissector->line_bytes > dissector->config.line_max)
        why = "its answer is too long";
    else if (!dissector_make_room(dissector))
        why = answer_no_memory;
    if (why != NULL) {
        dissector_lose_child(dissector, why, answered);
        return false;
    }
    ssize_t count = read(child->out, dissector->line + dissector->line_bytes, READ_BYTES);
    if (count < 0)
        return errno == EINTR;
    if (count == 0) {
        dissector_note_end(dissector, answered);
        return false;
    }
    dissector->line_bytes += (size_t)count;
    why = dissector_take_lines(dissector, answered);
    if (why == NULL)
        return true;
    dissector_lose_child(dissector, why, answered);
    return false;
}

/* Keeps the last line. */
static void dissector_take_words(struct dissector *dissector, const char *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (words[i] == '\n') {
            dissector->words_ended = true;
            continue;
        }
        if (dissector->words_ended)
            dissector->last_words_bytes = 0;
        dissector->words_ended = false;
        if (dissector->last_words_bytes < DISSECTOR_WORDS_SIZE)
            dissector->last_words[dissector->last_words_bytes++] = words[i];
    }
}

/* A child that writes without end would keep us from everything else, and so would the closed end
 * of one that closes its stderr: a pipe at its end is always ready. */
void dissector_read_words(struct dissector *dissector, const struct answered *answered)
{
    struct child *child = &dissector->child;
    char words[4096];
    ssize_t count;

    while (child->pid != 0 && child->err >= 0) {
        count = read(child->err, words, sizeof words);
        if (count == 0)
            child_close_err(child);
        if (count <= 0)
            return;
        dissector_take_words(dissector, words, (size_t)count);
        dissector->words_bytes += (size_t)count;
        if (dissector->words_bytes > DISSECTOR_NOTICES_MAX)
            dissector_lose_child(dissector, "it writes nothing but notices", answered);
    }
}
