/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* frame: what may be drawn. */
#ifndef UDPTUI_TESTS_FUZZ_FRAME_H
#define UDPTUI_TESTS_FUZZ_FRAME_H

#include "fuzz.h"
#include "udptui/ui/frame.h"

static inline void fuzz_require_cell(const struct cell *cell)
{
    fuzz_require(cell->columns <= 2 && cell->style < STYLES, "a cell has a width and a style");
    fuzz_require(cell->length_bytes <= FRAME_CELL_BYTES, "its bytes have room");
    for (size_t i = 0; i < cell->length_bytes; i++) {
        unsigned char byte = (unsigned char)cell->bytes[i];
        fuzz_require(byte >= ' ' && byte != 0x7f, "no control character is drawn");
        fuzz_require(byte != 0xc2 || i + 1 >= cell->length_bytes ||
                         (unsigned char)cell->bytes[i + 1] >= 0xa0,
                     "nor one of C1");
    }
}

/* Nothing raw is in it, wide characters are whole, and the cursor is on the screen. */
static inline void fuzz_require_frame(const struct frame *frame)
{
    int row, column, columns = frame_columns(frame);

    for (int i = 0; i < frame_rows(frame); i++)
        for (int k = 0; k < columns; k++) {
            const struct cell *cell = frame_cell(frame, i, k);
            fuzz_require_cell(cell);
            fuzz_require(cell->columns != 2 ||
                             (k + 1 < columns && frame_cell(frame, i, k + 1)->columns == 0),
                         "a wide character is whole");
        }
    if (frame_cursor(frame, &row, &column))
        fuzz_require(row < frame_rows(frame) && column >= 0 && column < columns,
                     "the cursor is on the screen");
}

#endif
