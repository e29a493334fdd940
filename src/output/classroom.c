/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* classroom: lines and JSON of a class while it goes on. */
#include "udptui/output/classroom.h"

#include <inttypes.h>
#include <string.h>

#include "classroom_internal.h"
#include "udptui/output/json.h"
#include "udptui/proto/event.h"

/* The student's name in the charset of the lines. */
static const char *classroom_show_name(const struct serve_output *output, const char *name,
                                       char *out)
{
    text_recode(out, ROSTER_NAME_SIZE * TEXT_EXPANSION, name, output->charset);
    return out;
}

/* ---- lines */

static bool classroom_line_question(const struct serve_output *output,
                                    const struct event_question *event)
{
    const struct quiz_question *question = &event->question;
    char text[QUIZ_TEXT_SIZE * TEXT_EXPANSION];

    stamp_write(output->file, &output->stamp, event->change_ns);
    text_recode(text, sizeof text, question->text, output->charset);
    fprintf(output->file, "question %u %s: %s", event->number, quiz_state_name(event->state), text);
    for (unsigned i = 0; i < question->option_count; i++) {
        text_recode(text, sizeof text, question->options[i], output->charset);
        fprintf(output->file, "  %u %s", i + 1, text);
    }
    if (event->state == QUIZ_SHOWN && question->right > 0)
        fprintf(output->file, "  right: %u", question->right);
    fputc('\n', output->file);
    return fflush(output->file) == 0;
}

static void classroom_write_note(const struct serve_output *output,
                                 const struct event_quiz_note *note)
{
    switch ((enum quiz_happening)note->what) {
    case QUIZ_REGISTERED:
    case QUIZ_RENAMED:
    case QUIZ_CONFIRMED:
    case QUIZ_FULL:
    case QUIZ_HAPPENINGS:
        break;
    case QUIZ_CHANGED:
        fprintf(output->file, ", question %u, answer %u instead of %u", note->question,
                note->choice, note->before);
        break;
    case QUIZ_COUNTED:
    case QUIZ_REPEATED:
    case QUIZ_LATE:
    case QUIZ_CONFLICT:
        if (note->question > 0)
            fprintf(output->file, ", question %u", note->question);
        fprintf(output->file, ", answer %u", note->choice);
        break;
    }
}

static bool classroom_line_note(const struct serve_output *output,
                                const struct event_quiz_note *note)
{
    char name[ROSTER_NAME_SIZE * TEXT_EXPANSION], from[ROSTER_TEXT_SIZE];

    stamp_write(output->file, &output->stamp, note->wall_ns);
    fprintf(
        output->file, "class: %s (%s) %s", classroom_show_name(output, note->name, name),
        serve_format_client(output, note->slot, note->generation, &note->from, from, sizeof from),
        quiz_happening_name(note->what));
    classroom_write_note(output, note);
    fputc('\n', output->file);
    return fflush(output->file) == 0;
}

static bool classroom_line_totals(const struct serve_output *output,
                                  const struct event_quiz_totals *totals)
{
    stamp_write_now(output->file, &output->stamp);
    fprintf(output->file, "class: %" PRIu32 " of %" PRIu32 " places taken", totals->students,
            totals->places);
    for (size_t i = 0; i < CLASSROOM_FIGURES; i++) {
        uint64_t value = classroom_figures[i].value(totals);
        if (value > 0)
            fprintf(output->file, ", %" PRIu64 " %s", value, classroom_figures[i].line);
    }
    fputc('\n', output->file);
    return fflush(output->file) == 0;
}

bool classroom_write_line(const struct serve_output *output, const void *record)
{
    switch ((int)event_kind_of(record)) {
    case EVENT_QUESTION:
        return classroom_line_question(output, record);
    case EVENT_QUIZ_NOTE:
        return classroom_line_note(output, record);
    case EVENT_QUIZ_TOTALS:
        return classroom_line_totals(output, record);
    default:
        return true;
    }
}

/* ---- the figures of a class */

static uint64_t classroom_confirmed(const struct event_quiz_totals *totals)
{
    return totals->confirmed;
}

static uint64_t classroom_full(const struct event_quiz_totals *totals)
{
    return totals->refused_full;
}

static uint64_t classroom_conflicts(const struct event_quiz_totals *totals)
{
    return totals->conflicts;
}

static uint64_t classroom_codes(const struct event_quiz_totals *totals)
{
    return totals->wrong_codes;
}

static uint64_t classroom_removed(const struct event_quiz_totals *totals)
{
    return totals->removed;
}

static uint64_t classroom_pushed(const struct event_quiz_totals *totals)
{
    return totals->pushed;
}

static uint64_t classroom_push_failed(const struct event_quiz_totals *totals)
{
    return totals->push_failed;
}

static uint64_t classroom_skipped(const struct event_quiz_totals *totals)
{
    return totals->notes_skipped;
}

const struct classroom_figure classroom_figures[CLASSROOM_FIGURES] = {
    {"confirmed", "endpoints confirmed", classroom_confirmed},
    {"refused_full", "names refused: full", classroom_full},
    {"conflicts", "answers refused: registered at another address", classroom_conflicts},
    {"wrong_codes", "wrong codes", classroom_codes},
    {"removed", "removed", classroom_removed},
    {"pushed", "questions pushed", classroom_pushed},
    {"push_failed", "pushes failed", classroom_push_failed},
    {"notes_skipped", "records of the class skipped", classroom_skipped},
};

/* ---- JSON */

json_t *classroom_question_json(json_t *object, const struct event_question *event)
{
    const struct quiz_question *question = &event->question;
    json_t *options = json_array();

    json_add_count(object, "n", event->number);
    json_object_set_new(object, "state", json_string(quiz_state_name(event->state)));
    json_object_set_new(object, "text", json_string(question->text));
    for (unsigned i = 0; i < question->option_count; i++)
        json_array_append_new(options, json_string(question->options[i]));
    json_object_set_new(object, "options", options);
    if (event->state == QUIZ_SHOWN && question->right > 0)
        json_add_count(object, "right", question->right);
    return object;
}

static json_t *classroom_note_json(const struct serve_output *output,
                                   const struct event_quiz_note *note)
{
    json_t *object = json_event("class");
    char from[ROSTER_TEXT_SIZE];

    json_add_time(object, note->wall_ns);
    json_object_set_new(object, "what", json_string(quiz_happening_name(note->what)));
    json_object_set_new(object, "name", json_string(note->name));
    serve_format_client(output, note->slot, note->generation, &note->from, from, sizeof from);
    json_object_set_new(object, "from", json_string(from));
    if (note->given[0] != '\0')
        json_object_set_new(object, "asked_for", json_string(note->given));
    if (note->question > 0)
        json_add_count(object, "question", note->question);
    if (note->choice > 0)
        json_add_count(object, "answer", note->choice);
    if (note->before > 0)
        json_add_count(object, "before", note->before);
    return object;
}

json_t *classroom_totals_json(json_t *object, const struct event_quiz_totals *totals)
{
    json_add_count(object, "students", totals->students);
    json_add_count(object, "places", totals->places);
    for (size_t i = 0; i < CLASSROOM_FIGURES; i++)
        json_add_count(object, classroom_figures[i].key, classroom_figures[i].value(totals));
    return object;
}

bool classroom_write_json(const struct serve_output *output, const void *record)
{
    const struct event_question *question = record;
    json_t *object;

    switch ((int)event_kind_of(record)) {
    case EVENT_QUESTION:
        object = json_event("question");
        json_add_time(object, question->change_ns);
        classroom_question_json(object, record);
        break;
    case EVENT_QUIZ_NOTE:
        object = classroom_note_json(output, record);
        break;
    case EVENT_QUIZ_TOTALS:
        object = classroom_totals_json(json_event("class_summary"), record);
        break;
    default:
        return true;
    }
    return json_write_line(output->file, object) && fflush(output->file) == 0;
}

/* ---- tallies */

static void classroom_line_tally(const struct serve_output *output, const struct quiz_book *book,
                                 unsigned number)
{
    const struct quiz_question *question = &quiz_book_question(book, number)->question;
    const struct quiz_tally tally = quiz_book_tally(book, number);

    stamp_write_now(output->file, &output->stamp);
    fprintf(output->file, "question %u: answered %" PRIu32 " of %" PRIu32, number, tally.answered,
            tally.students);
    for (unsigned i = 0; i < question->option_count; i++)
        fprintf(output->file, ", %u: %" PRIu32 " (%u%%)", i + 1, tally.counts[i],
                quiz_percent(tally.counts[i], tally.answered));
    fputc('\n', output->file);
}

bool classroom_write_tally_lines(const struct serve_output *output, const struct quiz_book *book)
{
    for (unsigned i = 1; i <= quiz_book_questions(book); i++)
        classroom_line_tally(output, book, i);
    return fflush(output->file) == 0;
}

bool classroom_write_tally_json(const struct serve_output *output, const struct quiz_book *book)
{
    bool written = true;

    for (unsigned i = 1; i <= quiz_book_questions(book); i++) {
        const struct quiz_tally tally = quiz_book_tally(book, i);
        json_t *object = json_event("tally"), *counts = json_array();
        json_add_count(object, "question", i);
        json_add_count(object, "students", tally.students);
        json_add_count(object, "answered", tally.answered);
        for (unsigned c = 0; c < quiz_book_question(book, i)->question.option_count; c++)
            json_array_append_new(counts, json_integer(tally.counts[c]));
        json_object_set_new(object, "counts", counts);
        written = json_write_line(output->file, object) && written;
    }
    return written && fflush(output->file) == 0;
}
