/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* view_dissect: the fields of a datagram, and its bytes with those of the selected field marked:
 * side by side if there is room, else one below the other. */
#include <stdio.h>

#include "udptui/base/dump.h"
#include "udptui/base/units.h"
#include "udptui/proto/relayed.h"
#include "view_parts_internal.h"

enum {
    MARGIN = 3,
    OFFSET_WIDTH = 6,    /* "0010  " */
    WIDE_COLUMNS = 140,  /* from here on side by side */
    NARROW_COLUMNS = 80, /* below: 8 bytes a row */
    INDENT = 2,
    INDENT_MAX = 24,
    TREE_ROWS_MIN = 3,
};

/* The places of the two parts; the title's rule is above both. */
struct places {
    int tree_row, tree_rows, tree_end; /* end: column */
    int rule_row;                      /* between the two; -1: they are side by side */
    int bytes_row, bytes_rows, bytes_column;
    uint32_t bytes_width; /* a row */
};

static struct places places_for(const struct view *view)
{
    const struct layout *layout = &view->model->layout;
    int first = layout->body + 1, rows = layout->body_rows - 1;
    struct places places = {.tree_row = first, .tree_rows = rows, .rule_row = -1};

    places.bytes_width = view->columns < NARROW_COLUMNS ? 8 : 16;
    if (view->columns >= WIDE_COLUMNS) {
        int width = OFFSET_WIDTH + 3 * 16 + 2 + 16 + 1;
        places.bytes_column = view->columns - width;
        places.tree_end = places.bytes_column - 2;
        places.bytes_row = first;
        places.bytes_rows = rows;
        places.tree_rows = rows - 1; /* the last is for what holds the dissectors */
        return places;
    }
    places.bytes_column = MARGIN;
    places.tree_end = view->columns - 1;
    places.bytes_rows = rows / 3;
    places.tree_rows = rows - 1 - places.bytes_rows;
    if (places.tree_rows < TREE_ROWS_MIN)
        places.tree_rows = rows < TREE_ROWS_MIN ? rows : TREE_ROWS_MIN;
    places.rule_row = first + places.tree_rows;
    places.bytes_row = places.rule_row + 1;
    places.bytes_rows = rows - 1 - places.tree_rows;
    return places;
}

static const struct dissection_datagram *dissect_datagram_of(const struct model *model)
{
    return &model->dissection.datagrams[model->dissection.which];
}

/* ---- the tree */

static void dissect_put_node(const struct view *view, const struct places *places, int row,
                             const struct dissection_datagram *datagram, size_t index)
{
    const struct dissect_node *node = &datagram->tree.nodes[index];
    int indent = node->depth * INDENT < INDENT_MAX ? node->depth * INDENT : INDENT_MAX;
    int column = MARGIN + indent;
    const char *sign = node->end == index + 1 ? " " : datagram->unfolded[index] ? "-" : "+";

    frame_put(view->frame, row, column, places->tree_end, STYLE_KEY, sign);
    frame_put_left(view->frame, row, column + 2, places->tree_end - column - 2,
                   node->depth == 0 ? STYLE_VALUE : STYLE_NORMAL, view->charset, node->label);
    if (index != datagram->chosen)
        return;
    frame_put(view->frame, row, 1, 2, STYLE_NORMAL, ">");
    frame_mark(view->frame, row, 0, places->tree_end, MARK_SELECTED);
}

/* The visible row of the chosen node, and how many there are. */
static void dissect_count_rows(const struct dissection_datagram *datagram, int *chosen, int *count)
{
    *chosen = *count = 0;
    for (size_t node = 0; node < datagram->tree.count; node = dissection_next(datagram, node)) {
        if (node == datagram->chosen)
            *chosen = *count;
        ++*count;
    }
}

static void dissect_put_tree(const struct view *view, const struct places *places)
{
    const struct dissection_datagram *datagram = dissect_datagram_of(view->model);
    int chosen, count, line = 0;

    dissect_count_rows(datagram, &chosen, &count);
    int top = chosen - places->tree_rows / 2;
    if (top > count - places->tree_rows)
        top = count - places->tree_rows;
    if (top < 0)
        top = 0;
    for (size_t node = 0; node < datagram->tree.count; node = dissection_next(datagram, node)) {
        if (line >= top && line < top + places->tree_rows)
            dissect_put_node(view, places, places->tree_row + line - top, datagram, node);
        line++;
    }
}

/* ---- the bytes */

static void dissect_mark_bytes(const struct view *view, int row, int column, uint32_t from,
                               uint32_t to, uint32_t width)
{
    const uint32_t gap_behind = 7;
    int first = column + (int)(3 * from + (from > gap_behind));
    int last = column + (int)(3 * (to - 1) + (to - 1 > gap_behind)) + 2;
    int text = column + (int)(3 * width) + (width > gap_behind + 1) + 1;

    frame_put(view->frame, row, first - 1, view->columns, STYLE_KEY, "[");
    frame_put(view->frame, row, last, view->columns, STYLE_KEY, "]");
    frame_mark(view->frame, row, first, last, MARK_SELECTED);
    frame_mark(view->frame, row, text + (int)from, text + (int)to, MARK_SELECTED);
}

static void dissect_put_bytes_row(const struct view *view, const struct places *places, int row,
                                  const uint8_t *bytes, uint32_t size_bytes, uint32_t offset,
                                  const struct dissect_node *node)
{
    uint32_t width = places->bytes_width, left = size_bytes - offset;
    uint32_t count = left < width ? left : width;
    char text[DUMP_HEX_SIZE], label[UNITS_TEXT_SIZE];
    int column = places->bytes_column;

    snprintf(label, sizeof label, "%04x", (unsigned)offset);
    frame_put(view->frame, row, column, view->columns, STYLE_DIM, label);
    column += OFFSET_WIDTH;
    int end = frame_put(view->frame, row, column, view->columns, STYLE_NORMAL,
                        dump_hex(bytes + offset, count, width, text));
    frame_put(view->frame, row, end + (width <= 8 ? 0 : 1), view->columns, STYLE_COMMAND,
              dump_ascii(bytes + offset, count, text));
    if (node == NULL || node->offset >= offset + count || node->offset + node->size_bytes <= offset)
        return;
    uint32_t from = node->offset > offset ? node->offset - offset : 0;
    uint32_t to = node->offset + node->size_bytes - offset;
    dissect_mark_bytes(view, row, column, from, to < count ? to : count, width);
}

static const struct dissect_node *dissect_chosen_bytes(const struct model *model)
{
    const struct dissection_datagram *datagram = dissect_datagram_of(model);
    const struct dissect_node *node =
        datagram->tree.count > 0 ? &datagram->tree.nodes[datagram->chosen] : NULL;

    return node != NULL && node->size_bytes > 0 ? node : NULL;
}

/* Scrolled so that the first marked byte is seen. */
static void dissect_put_bytes(const struct view *view, const struct places *places)
{
    const struct detail *detail = &view->model->detail;
    bool reply = view->model->dissection.which == 1;
    const uint8_t *bytes = reply ? detail->ack : detail->payload;
    uint32_t size_bytes = reply ? detail->event.ack_stored_bytes : detail->event.stored_bytes;
    const struct dissect_node *node = dissect_chosen_bytes(view->model);
    int rows = (int)((size_bytes + places->bytes_width - 1) / places->bytes_width);
    int top = node != NULL ? (int)(node->offset / places->bytes_width) - 1 : 0;

    if (top > rows - places->bytes_rows)
        top = rows - places->bytes_rows;
    if (top < 0)
        top = 0;
    for (int row = top; row < rows && row < top + places->bytes_rows; row++)
        dissect_put_bytes_row(view, places, places->bytes_row + row - top, bytes, size_bytes,
                              (uint32_t)row * places->bytes_width, node);
}

/* ---- around them */

/* What Tab shows; NULL: there is nothing else. */
static const char *dissect_other_name(const struct model *model)
{
    uint64_t id;

    if (model->dissection.which == 1)
        return "message";
    if (model_find_other(model, &id))
        return relayed_goes_back(&model->detail.event) ? "request" : "reply";
    return model->dissection.count == 2 || model->detail.event.ack_stored_bytes > 0 ? "reply"
                                                                                    : NULL;
}

static void dissect_put_title(const struct view *view)
{
    const struct model *model = view->model;
    const struct dissection *dissection = &model->dissection;
    const struct dissection_datagram *datagram = dissect_datagram_of(model);
    char left[LINE_SIZE], number[UNITS_TEXT_SIZE], right[FIGURE_SIZE] = "";
    bool reply = dissection->which == 1;

    snprintf(left, sizeof left, "%s %s%s%s%s%s", reply ? "Reply to message" : "Message",
             units_count(model->detail.event.number, number, sizeof number),
             dissection->state == DISSECTION_KNOWN ? ": " : "", datagram->summary.protocol,
             datagram->summary.text[0] != '\0' ? ", " : "", datagram->summary.text);
    const char *other = dissect_other_name(model);
    if (other != NULL)
        snprintf(right, sizeof right, "Tab: the %s", other);
    int room = view->columns - 8 - (int)text_columns(right);
    char fitted[LINE_SIZE];
    if ((int)text_columns(left) > room)
        text_fit(fitted, sizeof fitted, left, room > 0 ? (size_t)room : 0, view->charset);
    else
        snprintf(fitted, sizeof fitted, "%s", left);
    view_rule(view, model->layout.body,
              &(struct rule){.left = fitted,
                             .left_style = STYLE_PANE_ACTIVE,
                             .right = right,
                             .right_style = STYLE_DIM});
}

/* Which bytes are marked, and what holds the dissectors. */
static void dissect_put_bytes_title(const struct view *view, const struct places *places)
{
    const struct dissect_node *node = dissect_chosen_bytes(view->model);
    const char *confined = view->model->dissection.confined;
    char left[LINE_SIZE] = "Bytes";

    if (places->rule_row < 0) {
        frame_put(view->frame, places->tree_row + places->tree_rows, MARGIN, places->tree_end,
                  STYLE_DIM, confined);
        return;
    }
    if (node != NULL && node->size_bytes == 1)
        snprintf(left, sizeof left, "Byte %u", (unsigned)node->offset);
    else if (node != NULL)
        snprintf(left, sizeof left, "Bytes %u to %u", (unsigned)node->offset,
                 (unsigned)(node->offset + node->size_bytes - 1));
    bool fits = (int)(text_columns(left) + text_columns(confined)) + 8 <= view->columns;
    view_rule(view, places->rule_row,
              &(struct rule){.left = left,
                             .left_style = STYLE_PANE,
                             .right = fits ? confined : "",
                             .right_style = STYLE_DIM});
}

/* Instead of the tree. */
static void dissect_put_words(const struct view *view, const struct places *places)
{
    const struct dissection *dissection = &view->model->dissection;
    const char *words = "Asking Wireshark's dissectors ...";

    if (dissection->state == DISSECTION_KNOWN)
        words = "The dissectors found nothing in it";
    if (dissection->state == DISSECTION_UNKNOWN)
        words = "No answer; d tries again. ";
    int column =
        frame_put(view->frame, places->tree_row, MARGIN, places->tree_end,
                  dissection->state == DISSECTION_UNKNOWN ? STYLE_WARNING : STYLE_DIM, words);
    if (dissection->state != DISSECTION_UNKNOWN)
        return;
    const char *note = dissection->note;
    struct text_cell cell;
    for (int row = places->tree_row; text_next(&note, &cell);) {
        char one[FRAME_CELL_BYTES + 1];
        snprintf(one, sizeof one, "%.*s", (int)cell.length_bytes, cell.bytes);
        if (column + cell.columns > places->tree_end) {
            column = MARGIN;
            row++;
        }
        if (row < places->tree_row + places->tree_rows)
            column = frame_put(view->frame, row, column, places->tree_end, STYLE_NORMAL, one);
    }
}

void view_dissect(const struct view *view)
{
    struct places places = places_for(view);

    dissect_put_title(view);
    if (view->model->dissection.state == DISSECTION_KNOWN &&
        dissect_datagram_of(view->model)->tree.count > 0)
        dissect_put_tree(view, &places);
    else
        dissect_put_words(view, &places);
    dissect_put_bytes_title(view, &places);
    dissect_put_bytes(view, &places);
}

/* The keys move in the tree, not in a text. */
int view_dissect_lines(const struct view *view)
{
    (void)view;
    return 0;
}
