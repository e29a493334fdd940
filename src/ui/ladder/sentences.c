/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sentences: one whole text for each kind of leg, with places for names and times, so that a
 * translation may put them in any order.
 */
#include "udptui/ui/ladder/sentences.h"

#include <stdio.h>
#include <string.h>

#include "ladder_internal.h"
#include "udptui/base/array.h"
#include "udptui/base/builder.h"
#include "udptui/base/units.h"
#include "udptui/base/wrap.h"

enum { MARGIN = 1 };

/* Kinds of legs that are no enum ladder_end. */
enum {
    SENTENCE_PASSES = LADDER_SENT + 1, /* at a known time, at which end is not known */
    SENTENCE_RECEIVED,
    SENTENCE_ERROR,
    SENTENCE_COPY, /* a copy, level */
    SENTENCES
};

static const char *const sentences_of[SENTENCES] = {
    [LADDER_ARRIVED] =
        CATALOG_MARK("{time}: the {from} sends {what}. It arrives at the {to} at {arrival}."),
    [LADDER_LOST] =
        CATALOG_MARK("{time}: the {from} sends {what}. It is lost on the way to the {to}."),
    [LADDER_UNDERWAY] =
        CATALOG_MARK("{time}: the {from} sends {what}. It is still on the way to the {to}."),
    [LADDER_DROPPED] = CATALOG_MARK(
        "{time}: the {from} sends {what}. It reaches the host of the {to}, which drops it."),
    [LADDER_UNSENT] = CATALOG_MARK("{time}: the {from} cannot send {what}."),
    [LADDER_EVENT] = CATALOG_MARK("{time}: at the {from}: {what}."),
    [LADDER_SENT] =
        CATALOG_MARK("{time}: the {from} sends {what}. What becomes of it is not known there."),
    [SENTENCE_PASSES] = CATALOG_MARK("{time}: {what} goes from the {from} to the {to}."),
    [SENTENCE_RECEIVED] = CATALOG_MARK("{time}: the {to} receives {what}."),
    [SENTENCE_ERROR] = CATALOG_MARK(
        "{time}: an error message comes from the side of the {from} to the {to}: {what}."),
    [SENTENCE_COPY] = CATALOG_MARK("{time}: the {to} receives a copy of {what}."),
};

/* Of copies that the network makes, which may have any fate. */
static const char *const sentences_of_copies[] = {
    [LADDER_ARRIVED] = CATALOG_MARK(
        "{time}: the network makes a copy of {what}. It arrives at the {to} at {arrival}."),
    [LADDER_LOST] = CATALOG_MARK(
        "{time}: the network makes a copy of {what}. It is lost on the way to the {to}."),
    [LADDER_UNDERWAY] = CATALOG_MARK(
        "{time}: the network makes a copy of {what}. It is still on the way to the {to}."),
    [LADDER_DROPPED] = CATALOG_MARK("{time}: the network makes a copy of {what}. It reaches the "
                                    "host of the {to}, which drops it."),
};

static const char *sentences_choose(const struct ladder_leg *leg)
{
    bool level = leg->end == LADDER_ARRIVED && leg->arrive_ns <= leg->depart_ns;

    if (leg->origin_unseen)
        return sentences_of[SENTENCE_RECEIVED];
    if (leg->error && leg->end == LADDER_ARRIVED)
        return sentences_of[SENTENCE_ERROR];
    if (leg->copy && level)
        return sentences_of[SENTENCE_COPY];
    if (leg->copy && leg->end < COUNT_OF(sentences_of_copies))
        return sentences_of_copies[leg->end];
    return sentences_of[level ? SENTENCE_PASSES : leg->end];
}

/* ---- what fills the places */

struct sentence_field {
    const char *name, *text;
};

static void sentence_add(struct builder *builder, const char *text,
                         const struct sentence_field *fields, size_t count)
{
    while (*text != '\0') {
        const struct sentence_field *found = NULL;
        size_t length = strcspn(text, "{");
        builder_add_bytes(builder, text, length);
        text += length;
        for (size_t i = 0; i < count && *text != '\0'; i++)
            if (strncmp(text, fields[i].name, strlen(fields[i].name)) == 0)
                found = &fields[i];
        if (found != NULL)
            builder_add(builder, "%s", found->text);
        else if (*text != '\0')
            builder_add(builder, "{");
        if (*text != '\0')
            text += found != NULL ? strlen(found->name) : 1;
    }
}

static const char *sentence_format_time(const struct sentences *sentences, int64_t time_ns,
                                        char *out, size_t size)
{
    int64_t origin_ns = sentences->heads->origin_ns;

    if (origin_ns == 0)
        units_clock(time_ns, sentences->utc_offset_s, out, size);
    else
        snprintf(out, size, "%.6f s", (double)(time_ns - origin_ns) / (double)UNITS_NS_PER_S);
    return out;
}

static const char *sentence_format_what(const struct sentences *sentences,
                                        const struct ladder_leg *leg, char *out, size_t size)
{
    if (leg->label[0] != '\0')
        return leg->label;
    if (leg->number == 0)
        return catalog_text(sentences->heads->catalog, "a datagram");
    snprintf(out, size, "#%llu", (unsigned long long)leg->number);
    return out;
}

/* The names of the lines that a leg departs from and goes to. */
static void sentence_find_ends(const struct ladder_heads *heads, const struct ladder_leg *leg,
                               const char **from, const char **to)
{
    const char *left = heads->left, *right = heads->right;

    if (heads->middle != NULL && leg->right_gap)
        left = heads->middle;
    else if (heads->middle != NULL)
        right = heads->middle;
    *from = leg->to_right ? left : right;
    *to = leg->to_right ? right : left;
}

/* Whether the sentence says already what the note says. */
static bool sentence_covers_note(const struct catalog *catalog, const struct ladder_leg *leg)
{
    const char *const lost[] = {"LOST", catalog_text(catalog, "LOST request"),
                                catalog_text(catalog, "LOST ack")};

    for (size_t i = 0; i < COUNT_OF(lost); i++)
        if (leg->end == LADDER_LOST && strcmp(leg->note, lost[i]) == 0)
            return true;
    return (leg->copy && strcmp(leg->note, catalog_text(catalog, "copy")) == 0) ||
           (leg->corrupt && strcmp(leg->note, catalog_text(catalog, "corrupt")) == 0);
}

/* Each is a sentence of its own. */
static void sentence_add_more(const struct sentences *sentences, const struct ladder_leg *leg,
                              struct builder *builder)
{
    const struct catalog *catalog = sentences->heads->catalog;
    char rtt[UNITS_TEXT_SIZE];
    const struct sentence_field fields[] = {{"{rtt}", units_duration(leg->rtt_ns, rtt, sizeof rtt)},
                                            {"{note}", leg->note}};

    if (leg->corrupt)
        sentence_add(builder, catalog_text(catalog, " Its payload is changed on the way."), fields,
                     0);
    if (leg->rtt_ns > 0)
        sentence_add(builder, catalog_text(catalog, " The round-trip time is {rtt}."), fields,
                     COUNT_OF(fields));
    if (leg->note[0] != '\0' && !sentence_covers_note(catalog, leg))
        sentence_add(builder, catalog_text(catalog, " Note: {note}."), fields, COUNT_OF(fields));
}

const char *sentences_of_leg(const struct sentences *sentences, const struct ladder_leg *leg,
                             char *out, size_t size)
{
    char time[UNITS_TEXT_SIZE], arrival[UNITS_TEXT_SIZE], number[UNITS_TEXT_SIZE];
    struct builder builder = builder_begin(out, size);
    const char *from, *to;

    sentence_find_ends(sentences->heads, leg, &from, &to);
    const struct sentence_field fields[] = {
        {"{time}", leg->reconstructed
                       ? catalog_text(sentences->heads->catalog, "at an unknown time")
                       : sentence_format_time(sentences, leg->depart_ns, time, sizeof time)},
        {"{arrival}", sentence_format_time(sentences, leg->arrive_ns, arrival, sizeof arrival)},
        {"{from}", from},
        {"{to}", to},
        {"{what}", sentence_format_what(sentences, leg, number, sizeof number)},
    };

    sentence_add(&builder, catalog_text(sentences->heads->catalog, sentences_choose(leg)), fields,
                 COUNT_OF(fields));
    sentence_add_more(sentences, leg, &builder);
    return out;
}

/* ---- on a screen */

int sentences_draw(const struct sentences *sentences, const struct ladder_leg *legs, size_t count,
                   struct frame *frame, int top, int rows, int columns, int first)
{
    int width = columns - 2 * MARGIN, line = 0;
    char text[SENTENCES_SIZE], wrapped[WRAP_LINE_SIZE];

    for (size_t i = 0; i < count; i++) {
        const char *rest = sentences_of_leg(sentences, &legs[i], text, sizeof text);
        for (; wrap_next(&rest, (size_t)(width > 0 ? width : 1), wrapped); line++)
            if (line >= first && line < first + rows)
                frame_put(frame, top + line - first, MARGIN, columns, ladder_style(&legs[i]),
                          wrapped);
    }
    return line;
}
