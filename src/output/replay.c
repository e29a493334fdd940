/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay: the contents of a capture, and its summary. */
#include "udptui/output/replay.h"

#include <inttypes.h>

#include <jansson.h>

#include "udptui/base/array.h"
#include "udptui/output/figures.h"
#include "udptui/output/fold.h"
#include "udptui/output/json.h"

static bool capture_is_saving(const void *summary)
{
    return ((const struct replay_counts *)summary)->saving;
}

#define FIELD(name) offsetof(struct replay_counts, name)

#define RARE(name, text, field)                                                                    \
    {                                                                                              \
        .key = name, .words = text, .rare = true, .offset = FIELD(field)                           \
    }

static const struct figure capture_rows[] = {
    {.key = "frames", .words = "frames", .offset = FIELD(packets.frames)},
    {.key = "datagrams", .words = "datagrams", .offset = FIELD(packets.datagrams)},
    RARE("filtered", "filtered out", filtered),
    RARE("bad_checksums", "bad checksums", packets.bad_checksums),
    RARE("not_udp", "not UDP", packets.others),
    RARE("fragments", "fragments", packets.fragments),
    RARE("reassembled", "reassembled", packets.reassembled),
    RARE("incomplete", "incomplete datagrams", packets.incomplete),
    RARE("fragments_unused", "fragments without a beginning", packets.fragments_unused),
    RARE("malformed", "malformed", packets.malformed),
    RARE("unread", "not read", packets.unread),
    RARE("unknown_link_type", "of an unknown link type", packets.unknown_links),
    RARE("no_time", "without a time", packets.untimed),
    {.key = "frames_saved",
     .words = "frames saved",
     .offset = FIELD(frames_saved),
     .applies = capture_is_saving},
};

const struct figures capture_figures = {capture_rows, COUNT_OF(capture_rows)};

enum { NAME_SIZE = 80 };

static void write_unread(FILE *file, const struct packet_counts *packets)
{
    char name[NAME_SIZE];

    for (size_t i = 0; i < packets->row_count; i++)
        fprintf(file, "not read: %s: %" PRIu64 "\n",
                packet_unread_name(&packets->rows[i].what, name, sizeof name),
                packets->rows[i].frames);
    if (packets->unread_others > 0)
        fprintf(file, "not read: frames of other kinds: %" PRIu64 "\n", packets->unread_others);
}

static bool write_capture_lines(FILE *file, size_t columns, const struct replay_counts *counts)
{
    struct fold fold;
    FILE *line = fold_begin_plain(&fold, file, columns);

    fputs("capture: ", line);
    figures_write_list(line, &capture_figures, counts);
    fold_end(&fold);
    write_unread(file, &counts->packets);
    return fflush(file) == 0 && !ferror(file);
}

static void add_kind(json_t *kinds, const char *name, uint64_t frames)
{
    json_t *kind = json_object();

    json_object_set_new(kind, "name", json_string(name));
    json_add_count(kind, "frames", frames);
    json_array_append_new(kinds, kind);
}

static json_t *unread_kinds(const struct packet_counts *packets)
{
    json_t *kinds = json_array();
    char name[NAME_SIZE];

    for (size_t i = 0; i < packets->row_count; i++)
        add_kind(kinds, packet_unread_name(&packets->rows[i].what, name, sizeof name),
                 packets->rows[i].frames);
    if (packets->unread_others > 0)
        add_kind(kinds, "frames of other kinds", packets->unread_others);
    return kinds;
}

static bool write_capture_json(FILE *file, size_t columns, const struct replay_counts *counts)
{
    json_t *object = json_event("capture");

    (void)columns;
    figures_add_json(object, &capture_figures, counts);
    json_object_set_new(object, "unread_kinds", unread_kinds(&counts->packets));
    return json_write_line(file, object) && fflush(file) == 0;
}

/* ---- the summary */

static bool replay_write_summary_line(FILE *file, size_t columns, const struct event_totals *totals)
{
    struct fold fold;

    figures_write_list(fold_begin_plain(&fold, file, columns), &captured_figures, totals);
    fold_end(&fold);
    return fflush(file) == 0 && !ferror(file);
}

static bool replay_write_summary_json(FILE *file, size_t columns, const struct event_totals *totals)
{
    json_t *object = json_event("summary");

    (void)columns;
    figures_add_json(object, &captured_figures, totals);
    return json_write_line(file, object) && fflush(file) == 0;
}

const struct replay_writer replay_lines = {.message = serve_write_message_line,
                                           .capture = write_capture_lines,
                                           .summary = replay_write_summary_line};

const struct replay_writer replay_json = {.message = serve_write_message_json,
                                          .capture = write_capture_json,
                                          .summary = replay_write_summary_json};
