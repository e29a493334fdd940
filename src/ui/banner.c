/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * banner: the address in block letters with the whole command below or, if there is no room for
 * that, the command in a frame.
 */
#include "udptui/ui/banner.h"

#include "udptui/base/array.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum {
    GLYPH_ROWS = BANNER_TEXT_ROWS,
    SCALE_MAX = 3,
    BLOCK_ROWS = GLYPH_ROWS + 2, /* a blank above, the command below */
    BOX_ROWS = 3,
    BLOCK_FROM_ROWS = 22, /* of the screen */
    BOX_FROM_ROWS = 16,
    COMMAND_SIZE = 128,
};

/* ---- letters */

static const struct glyph {
    char letter;
    const char *rows[GLYPH_ROWS];
} glyphs[] = {
    {'0', {"####", "#  #", "#  #", "#  #", "####"}},
    {'1', {" # ", "## ", " # ", " # ", "###"}},
    {'2', {"####", "   #", "####", "#   ", "####"}},
    {'3', {"####", "   #", " ###", "   #", "####"}},
    {'4', {"#  #", "#  #", "####", "   #", "   #"}},
    {'5', {"####", "#   ", "####", "   #", "####"}},
    {'6', {"####", "#   ", "####", "#  #", "####"}},
    {'7', {"####", "   #", "  # ", " #  ", " #  "}},
    {'8', {"####", "#  #", "####", "#  #", "####"}},
    {'9', {"####", "#  #", "####", "   #", "####"}},
    {'a', {" ## ", "#  #", "####", "#  #", "#  #"}},
    {'b', {"### ", "#  #", "### ", "#  #", "### "}},
    {'c', {" ###", "#   ", "#   ", "#   ", " ###"}},
    {'d', {"### ", "#  #", "#  #", "#  #", "### "}},
    {'e', {"####", "#   ", "### ", "#   ", "####"}},
    {'f', {"####", "#   ", "### ", "#   ", "#   "}},
    {'k', {"#  #", "# # ", "##  ", "# # ", "#  #"}},
    {'E', {"####", "#   ", "### ", "#   ", "####"}},
    {'G', {"####", "#   ", "# ##", "#  #", "####"}},
    {'M', {"#   #", "## ##", "# # #", "#   #", "#   #"}},
    {'P', {"####", "#  #", "####", "#   ", "#   "}},
    {'T', {"#####", "  #  ", "  #  ", "  #  ", "  #  "}},
    {'%', {"#  #", "  # ", " ## ", " #  ", "#  #"}},
    {'-', {"   ", "   ", "###", "   ", "   "}},
    {'?', {"### ", "   #", " ## ", "    ", " #  "}},
    {',', {"  ", "  ", "  ", " #", "# "}},
    {'.', {" ", " ", " ", " ", "#"}},
    {':', {" ", "#", " ", "#", " "}},
    {'[', {"##", "# ", "# ", "# ", "##"}},
    {']', {"##", " #", " #", " #", "##"}},
};

static const struct glyph *glyph_of(char letter)
{
    for (size_t i = 0; i < COUNT_OF(glyphs); i++)
        if (glyphs[i].letter == letter)
            return &glyphs[i];
    return NULL;
}

/* With a gap between the letters. */
int banner_text_columns(const char *text)
{
    int columns = 0;

    for (; *text != '\0'; text++) {
        const struct glyph *glyph = glyph_of(*text);
        if (glyph == NULL)
            return 0;
        columns += (int)strlen(glyph->rows[0]) + 1;
    }
    return columns > 0 ? columns - 1 : 0;
}

/* How many columns a dot may have; 0 if even one is too much. */
static int block_scale(const char *text, int columns)
{
    int width = banner_text_columns(text), scale = 0;

    while (width > 0 && scale < SCALE_MAX && (scale + 1) * width + 2 <= columns)
        scale++;
    return scale;
}

static void draw_glyph(struct frame *frame, int row, int column, const struct glyph *glyph,
                       int scale, enum text_charset charset)
{
    const char *dot = charset == TEXT_UTF8 ? "\xe2\x96\x88" : "#";

    for (int y = 0; y < GLYPH_ROWS; y++)
        for (int x = 0; glyph->rows[y][x] != '\0'; x++)
            if (glyph->rows[y][x] == '#')
                frame_fill(frame, row + y, column + x * scale, column + (x + 1) * scale,
                           STYLE_VALUE, dot);
}

void banner_text_draw(struct frame *frame, int row, int column, int scale, const char *text,
                      enum text_charset charset)
{
    for (; *text != '\0'; text++) {
        const struct glyph *glyph = glyph_of(*text);
        if (glyph == NULL)
            continue;
        draw_glyph(frame, row, column, glyph, scale, charset);
        column += ((int)strlen(glyph->rows[0]) + 1) * scale;
    }
}

/* ---- the banner */

static void format_command(const char *join, char *out, size_t size)
{
    snprintf(out, size, "udptui send %s", join);
}

int banner_rows(const char *join, int rows, int columns)
{
    char command[COMMAND_SIZE];

    if (join == NULL || rows < BOX_FROM_ROWS)
        return 0;
    format_command(join, command, sizeof command);
    if ((int)text_columns(command) + 4 > columns)
        return 0;
    return rows >= BLOCK_FROM_ROWS && block_scale(join, columns) > 0 ? BLOCK_ROWS : BOX_ROWS;
}

/* The command in the middle, and what to say first if there is room for that. */
static void draw_command(struct frame *frame, int row, const char *join)
{
    static const char then[] = "   then: ", hello[] = "hello YOUR-NAME";
    char command[COMMAND_SIZE];
    int columns = frame_columns(frame), width, more = (int)(sizeof then + sizeof hello) - 2;

    format_command(join, command, sizeof command);
    width = (int)text_columns(command);
    if (width + more + 4 > columns)
        more = 0;
    int column = frame_put(frame, row, (columns - width - more) / 2, columns, STYLE_KEY, command);
    if (more == 0)
        return;
    column = frame_put(frame, row, column, columns, STYLE_DIM, then);
    frame_put(frame, row, column, columns, STYLE_KEY, hello);
}

static void draw_box(struct frame *frame, int row, const char *join, enum text_charset charset)
{
    const char *line = charset == TEXT_UTF8 ? "\xe2\x95\x90" : "=";
    int columns = frame_columns(frame);

    frame_fill(frame, row, 1, columns - 1, STYLE_KEY, line);
    draw_command(frame, row + 1, join);
    frame_fill(frame, row + 2, 1, columns - 1, STYLE_KEY, line);
}

void banner_draw(struct frame *frame, int row, int rows, const char *join,
                 enum text_charset charset)
{
    int columns = frame_columns(frame), scale = block_scale(join, columns);
    int column = (columns - banner_text_columns(join) * scale) / 2;

    if (rows < BLOCK_ROWS) {
        draw_box(frame, row, join, charset);
        return;
    }
    banner_text_draw(frame, row + 1, column, scale, join, charset);
    draw_command(frame, row + BLOCK_ROWS - 1, join);
}
