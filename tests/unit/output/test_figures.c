/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* figures: every row of every summary reaches its lines, its JSON and the man page. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "../manual.h"
#include "../suite.h"

#include "../../../src/output/ping_internal.h"
#include "udptui/base/units.h"
#include "udptui/load/snapshot.h"
#include "udptui/output/figures.h"
#include "udptui/output/replay.h"
#include "udptui/output/resend.h"
#include "udptui/proto/event.h"
#include "udptui/proto/result.h"

enum { SUMMARY_SIZE = 4096, KEY_SIZE = 64 };

static const struct summary {
    const struct figures *figures;
    const char *heading; /* in udptui-json(5) */
    size_t size_bytes;
} summaries[] = {
    {&served_figures, "serve", sizeof(struct event_totals)},
    {&captured_figures, "replay", sizeof(struct event_totals)},
    {&capture_figures, "replay", sizeof(struct replay_counts)},
    {&resend_figures, "replay", sizeof(struct resend_totals)},
    {&send_figures, "send", sizeof(struct send_totals)},
    {&load_figures, "load", sizeof(struct load_snapshot)},
    {&load_app_figures, "load", sizeof(struct load_snapshot)},
    {&ping_counts, "ping", sizeof(struct probe_figures)},
    {&ping_quantiles, "ping", sizeof(struct probe_times)},
};

enum { SUMMARIES = sizeof summaries / sizeof *summaries };

/* A summary with all figures equal to `value`; one that is computed has what follows from the
 * rest. */
union memory {
    struct event_totals totals;
    struct replay_counts counts;
    struct resend_totals resent;
    struct send_totals sent;
    struct load_snapshot snapshot;
    struct probe_figures probes;
    unsigned char bytes[SUMMARY_SIZE];
};

static void set_figure(union memory *memory, const struct figure *figure, uint64_t value)
{
    unsigned char *place = memory->bytes + figure->offset;
    struct counts held = {.held = {[HELD_LIMIT] = value}};
    uint32_t narrow = (uint32_t)value;
    double real = (double)value;

    if (figure->count != NULL || figure->real != NULL)
        return;
    switch (figure->unit) {
    case FIGURE_COUNT:
    case FIGURE_TIME:
    case FIGURE_RTT:
        memcpy(place, &value, sizeof value);
        break;
    case FIGURE_COUNT_32:
        memcpy(place, &narrow, sizeof narrow);
        break;
    case FIGURE_COUNTS:
        for (size_t i = 0; i < figure->name_count; i++)
            memcpy(place + i * sizeof value, &value, sizeof value);
        break;
    case FIGURE_HELD:
        memcpy(place + offsetof(struct counts, held), held.held, sizeof held.held);
        break;
    case FIGURE_FLAG:
        *place = value != 0;
        break;
    case FIGURE_RATE:
    case FIGURE_BIT_RATE:
    case FIGURE_PERCENT:
        memcpy(place, &real, sizeof real);
        break;
    }
}

static void fill(union memory *memory, const struct figures *figures, uint64_t value)
{
    *memory = (union memory){.bytes = {0}};
    for (size_t i = 0; i < figures->count; i++)
        set_figure(memory, &figures->rows[i], value);
}

static char *list_of(const struct figures *figures, const void *summary)
{
    char *text = NULL;
    size_t size_bytes;
    FILE *file = open_memstream(&text, &size_bytes);

    figures_write_list(file, figures, summary);
    fputs(" rtt", file);
    figures_write_rtt(file, figures, summary, true);
    fclose(file);
    return text;
}

static void assert_text_has(const char *text, const char *words)
{
    if (strstr(text, words) == NULL)
        fail_msg("\"%s\" is not in \"%s\"", words, text);
}

static void assert_json_has(const json_t *object, const char *key, json_int_t value)
{
    if (json_integer_value(json_object_get(object, key)) != value)
        fail_msg("%s is not %lld in the JSON", key, (long long)value);
}

/* The row's own figure is another than all the others. */
static void assert_row_is_written(const struct figures *figures, const struct figure *figure)
{
    union memory memory;
    char words[128], value[UNITS_TEXT_SIZE];
    json_t *object = json_object();

    fill(&memory, figures, 5);
    set_figure(&memory, figure, 77);
    char *text = list_of(figures, &memory);
    figures_add_json(object, figures, &memory);
    if (figure->words != NULL && figure_applies(figure, &memory)) {
        snprintf(words, sizeof words, "%s %s", figure->words,
                 figure_format(figure, &memory, value, sizeof value));
        assert_text_has(text, words);
    }
    if (figure->key != NULL && figure->real == NULL && figure->count == NULL &&
        figure->unit != FIGURE_RATE && figure_applies(figure, &memory))
        assert_json_has(object, figure->key, 77);
    for (size_t i = 0; i < figure->name_count; i++)
        assert_json_has(object, figure->names[i].key, 77);
    json_decref(object);
    free(text);
}

static void each_row_is_written(void **state)
{
    (void)state;
    for (size_t i = 0; i < SUMMARIES; i++)
        for (size_t row = 0; row < summaries[i].figures->count; row++)
            assert_row_is_written(summaries[i].figures, &summaries[i].figures->rows[row]);
}

static void rows_are_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < SUMMARIES; i++)
        for (size_t row = 0; row < summaries[i].figures->count; row++) {
            const struct figure *figure = &summaries[i].figures->rows[row];
            assert_true(figure->key != NULL || figure->name_count > 0 ||
                        figure->metric.name != NULL);
            assert_true(figure->offset < summaries[i].size_bytes);
            assert_true(figure->unit != FIGURE_RTT || figure->words != NULL);
            if (figure->key != NULL)
                assert_ptr_equal(
                    figures_find(summaries[i].figures, figure->key, strlen(figure->key)), figure);
        }
}

static void the_manual_names_each_row(void **state)
{
    (void)state;
    for (size_t i = 0; i < SUMMARIES; i++)
        for (size_t row = 0; row < summaries[i].figures->count; row++) {
            const struct figure *figure = &summaries[i].figures->rows[row];
            if (figure->key != NULL)
                manual_assert_names("udptui-json.5", summaries[i].heading, figure->key);
            for (size_t j = 0; j < figure->name_count; j++)
                manual_assert_names("udptui-json.5", summaries[i].heading, figure->names[j].key);
        }
}

/* Several engines' totals are one summary: no figure may be forgotten in the sum. */
static void each_total_of_engines_adds_up(void **state)
{
    (void)state;
    for (size_t row = 0; row < served_figures.count; row++) {
        const struct figure *figure = &served_figures.rows[row];
        struct event_totals engines[2];
        union memory memory;
        if (figure->real != NULL)
            continue;
        fill(&memory, &served_figures, 0);
        set_figure(&memory, figure, 3);
        engines[0] = engines[1] = memory.totals;
        struct event_totals sum = event_totals_merge(engines, 2);
        if (figure_whole(figure, &sum) != 6)
            fail_msg("%s of two engines does not add up",
                     figure->key != NULL ? figure->key : figure->metric.name);
    }
}

static void what_is_rare_is_left_out(void **state)
{
    union memory memory;

    (void)state;
    fill(&memory, &served_figures, 0);
    char *text = list_of(&served_figures, &memory);
    assert_string_equal(text,
                        "received 0, acked 0, held 0, failed 0, kernel dropped 0, clients 0 rtt");
    free(text);
    memory.totals.kernel_dropped = 2;
    memory.totals.dropped_at_least = true;
    memory.totals.counts.held[HELD_LOOP] = 1;
    memory.totals.counts.held[HELD_LOSS] = 3;
    text = list_of(&served_figures, &memory);
    assert_string_equal(text, "received 0, acked 0, held 4 (loop 1, loss 3), failed 0, "
                              "kernel dropped at least 2, clients 0 rtt");
    free(text);
}

static void a_sentence_is_filled_in(void **state)
{
    const struct load_snapshot snapshot = {.sent = 4, .rtt = {.p50_ns = -1}, .acks_per_s = 2};
    char *text = NULL;
    size_t size_bytes;
    FILE *file = open_memstream(&text, &size_bytes);

    (void)state;
    figures_write_sentence(file, "sent {sent}: {acks_per_s}, p50 {rtt_p50_ns}{nothing}{",
                           &load_figures, &snapshot);
    fclose(file);
    assert_string_equal(text, "sent 4: 2.0/s, p50 -");
    free(text);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(rows_are_whole),
    cmocka_unit_test(each_row_is_written),
    cmocka_unit_test(the_manual_names_each_row),
    cmocka_unit_test(each_total_of_engines_adds_up),
    cmocka_unit_test(what_is_rare_is_left_out),
    cmocka_unit_test(a_sentence_is_filled_in),
};

const struct suite suite_figures = {
    .name = "figures", .tests = tests, .count = sizeof tests / sizeof *tests};
