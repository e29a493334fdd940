/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "plain.h"
#include "udptui/base/builder.h"

enum { STATES_MAX = 64, WHAT_SIZE = 256, TEXT_SIZE = 1 << 16 };

struct frame *plain_copy(const struct frame *frame)
{
    struct frame *copy = frame_open();

    assert_non_null(copy);
    assert_true(frame_resize(copy, frame_rows(frame), frame_columns(frame)));
    frame_paste(copy, 0, 0, frame);
    return copy;
}

static bool plain_is_blank(const struct cell *cell)
{
    return cell->length_bytes == 1 && cell->bytes[0] == ' ';
}

/* A blank looks the same in every style, unless it is marked. */
static bool plain_looks_alike(const struct cell *one, const struct cell *other)
{
    return one->mark == other->mark && (one->style == other->style || plain_is_blank(one));
}

bool plain_differs_in_look_alone(const struct frame *one, const struct frame *other)
{
    bool differs = false;

    if (frame_rows(one) != frame_rows(other) || frame_columns(one) != frame_columns(other))
        return false;
    for (int row = 0; row < frame_rows(one); row++)
        for (int column = 0; column < frame_columns(one); column++) {
            const struct cell *a = frame_cell(one, row, column);
            const struct cell *b = frame_cell(other, row, column);
            if (a->length_bytes != b->length_bytes ||
                memcmp(a->bytes, b->bytes, a->length_bytes) != 0)
                return false;
            differs |= !plain_looks_alike(a, b);
        }
    return differs;
}

void plain_expect(const struct frame *one, const struct frame *other, const char *what)
{
    static char text[TEXT_SIZE];

    if (!plain_differs_in_look_alone(one, other))
        return;
    frame_to_text(one, text, sizeof text);
    fail_msg("only colour or attributes tell apart %s; both are\n%s", what, text);
}

void plain_expect_states(int rows, int columns, size_t count,
                         void (*draw)(size_t state, struct frame *frame),
                         const char *(*name)(size_t state))
{
    struct frame *frames[STATES_MAX];
    char what[WHAT_SIZE];

    assert_true(count <= STATES_MAX);
    for (size_t i = 0; i < count; i++) {
        frames[i] = frame_open();
        assert_non_null(frames[i]);
        assert_true(frame_resize(frames[i], rows, columns));
        draw(i, frames[i]);
        for (size_t k = 0; k < i; k++) {
            snprintf(what, sizeof what, "%s and ", name(k)); /* one buffer for all names */
            builder_append(what, sizeof what, "%s at %dx%d", name(i), columns, rows);
            plain_expect(frames[k], frames[i], what);
        }
    }
    for (size_t i = 0; i < count; i++)
        frame_close(frames[i]);
}
