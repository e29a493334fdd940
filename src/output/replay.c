/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay: one table of figures for both formats. */
#include "udptui/output/replay.h"

#include <inttypes.h>
#include <stddef.h>

#include <jansson.h>

#include "udptui/output/json.h"

struct figure {
    const char *key, *words;
    size_t offset;
};

#define FIELD(name) offsetof(struct replay_counts, name)

#define PACKETS(name) offsetof(struct replay_counts, packets.name)

static const struct figure figures[] = {
    {"frames", "frames", PACKETS(frames)},
    {"datagrams", "datagrams", PACKETS(datagrams)},
    {"filtered", "passed over", FIELD(filtered)},
    {"bad_checksums", "bad checksums", PACKETS(bad_checksums)},
    {"not_udp", "not UDP", PACKETS(others)},
    {"fragments", "fragments", PACKETS(fragments)},
    {"reassembled", "reassembled", PACKETS(reassembled)},
    {"incomplete", "incomplete datagrams", PACKETS(incomplete)},
    {"fragments_unused", "fragments without a beginning", PACKETS(fragments_unused)},
    {"malformed", "malformed", PACKETS(malformed)},
    {"unread", "not read", PACKETS(unread)},
    {"unknown_link_type", "of an unknown link type", PACKETS(unknown_links)},
    {"no_time", "without a time", PACKETS(untimed)},
};

enum { FIGURES = sizeof figures / sizeof *figures, ALWAYS = 2, NAME_SIZE = 80 };

static uint64_t value_of(const struct replay_counts *counts, const struct figure *figure)
{
    return *(const uint64_t *)(const void *)((const char *)counts + figure->offset);
}

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

/* What is rare has a word only if it happened. */
static bool write_capture_lines(FILE *file, const struct replay_counts *counts)
{
    fputs("capture:", file);
    for (size_t i = 0; i < FIGURES; i++) {
        uint64_t value = value_of(counts, &figures[i]);
        if (i < ALWAYS || value > 0)
            fprintf(file, "%s %s %" PRIu64, i > 0 ? "," : "", figures[i].words, value);
    }
    if (counts->saving)
        fprintf(file, ", frames saved %" PRIu64, counts->frames_saved);
    fputc('\n', file);
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

static bool write_capture_json(FILE *file, const struct replay_counts *counts)
{
    json_t *object = json_event("capture");

    for (size_t i = 0; i < FIGURES; i++)
        json_add_count(object, figures[i].key, value_of(counts, &figures[i]));
    if (counts->saving)
        json_add_count(object, "frames_saved", counts->frames_saved);
    json_object_set_new(object, "unread_kinds", unread_kinds(&counts->packets));
    return json_write_line(file, object) && fflush(file) == 0;
}

/* ---- the end: what a capture can say */

struct total {
    const char *key, *words;
    size_t offset;
    bool always; /* in lines also if it is 0 */
};

#define TOTAL(name) offsetof(struct event_totals, name)

static const struct total totals_table[] = {
    {"received", "requests", TOTAL(counts.received), true},
    {"acked", "acked", TOTAL(counts.acked), true},
    {"unseen", "no reply seen", TOTAL(counts.unseen), true},
    {"ambiguous", "times unknown", TOTAL(uncertain), false},
    {"unasked", "unasked", TOTAL(unasked), false},
    {"more", "more", TOTAL(more), false},
    {"copies", "copies of replies", TOTAL(copies), false},
    {"backwards", "stamped before an earlier one", TOTAL(backwards), false},
    {"crowded", "given up early", TOTAL(crowded), false},
    {"clients_evicted", "evicted", TOTAL(clients_evicted), false},
    {"not_chosen", "not chosen", TOTAL(not_chosen), false},
    {"not_shown", "not shown", TOTAL(messages_skipped), false},
    {"not_logged", "not logged", TOTAL(not_logged), false},
};

static uint64_t total_of(const struct event_totals *totals, const struct total *total)
{
    return *(const uint64_t *)(const void *)((const char *)totals + total->offset);
}

static bool write_summary_line(FILE *file, const struct event_totals *totals)
{
    for (size_t i = 0; i < sizeof totals_table / sizeof *totals_table; i++) {
        uint64_t value = total_of(totals, &totals_table[i]);
        if (totals_table[i].always || value > 0)
            fprintf(file, "%s%s %" PRIu64, i > 0 ? ", " : "", totals_table[i].words, value);
    }
    fprintf(file, ", clients %" PRIu32 "\n", totals->clients);
    return fflush(file) == 0 && !ferror(file);
}

static bool write_summary_json(FILE *file, const struct event_totals *totals)
{
    json_t *object = json_event("summary");

    for (size_t i = 0; i < sizeof totals_table / sizeof *totals_table; i++)
        json_add_count(object, totals_table[i].key, total_of(totals, &totals_table[i]));
    json_add_count(object, "received_bytes", totals->counts.received_bytes);
    json_add_count(object, "clients", totals->clients);
    return json_write_line(file, object) && fflush(file) == 0;
}

const struct replay_writer replay_lines = {.message = serve_write_message_line,
                                           .capture = write_capture_lines,
                                           .summary = write_summary_line};

const struct replay_writer replay_json = {.message = serve_write_message_json,
                                          .capture = write_capture_json,
                                          .summary = write_summary_json};
