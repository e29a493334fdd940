/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ping_lines, ping_json, ping_csv: one event in the three formats; what is not known is left out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "../suite.h"

#include "udptui/base/array.h"
#include "udptui/output/ping.h"
#include "udptui/proto/event.h"

#define TARGET                                                                                     \
    {                                                                                              \
        .family = ENDPOINT_IPV4, .address = {192, 0, 2, 1}, .port = 862                            \
    }
#define TIME "2027-01-15T08:00:00.000000000Z"

static const int64_t noon_ns = INT64_C(1800000000000000000);

static struct ping_output output_to(FILE *file)
{
    return (struct ping_output){.file = file,
                                .stamp = {.style = STAMP_NONE},
                                .target = TARGET,
                                .size_bytes = 44,
                                .interval_ns = 1000000000,
                                .timeout_ns = 2000000000,
                                .first = true};
}

/* Nothing is known but what it is. */
static struct probe_event event_of(enum probe_event_kind kind)
{
    return (struct probe_event){.kind = kind,
                                .number = 7,
                                .reply = {.outcome = SERIES_RECEIVED, .rtt_ns = -1},
                                .rtt_app_ns = -1,
                                .ipdv_ns = VARIATION_UNKNOWN,
                                .server_ns = -1,
                                .wall_ns = noon_ns,
                                .from = TARGET,
                                .size_bytes = 44,
                                .hop_limit = EVENT_UNKNOWN};
}

static struct probe_event measured(void)
{
    struct probe_event event = event_of(PROBE_REPLY);

    event.reply.rtt_ns = 1500000;
    event.rtt_app_ns = 1600000;
    event.ipdv_ns = -20000;
    event.server_ns = 30000;
    event.one_way = event.synchronised = true;
    event.there_ns = 700000;
    event.back_ns = 800000;
    event.hop_limit = 64;
    return event;
}

/* The caller frees. */
static char *written(const struct ping_writer *writer, const struct probe_event *event,
                     bool several)
{
    char *text = NULL;
    size_t size;
    FILE *file = open_memstream(&text, &size);
    struct ping_output output = output_to(file);

    assert_non_null(file);
    output.several = several;
    assert_true(writer->event(&output, event));
    fclose(file);
    return text;
}

static void assert_written(const struct ping_writer *writer, const struct probe_event *event,
                           const char *expected)
{
    char *text = written(writer, event, false);

    assert_string_equal(text, expected);
    free(text);
}

/* ---- CSV */

static void a_row_has_what_is_known(void **state)
{
    struct probe_event event = measured();

    (void)state;
    assert_written(&ping_csv, &event,
                   TIME
                   ",192.0.2.1:862,7,reply,1500000,1600000,30000,700000,800000,64,44,-20000\n");
    event.synchronised = false; /* the clocks differ by no one knows how much */
    assert_written(&ping_csv, &event,
                   TIME ",192.0.2.1:862,7,reply,1500000,1600000,30000,,,64,44,-20000\n");
    event = event_of(PROBE_REPLY);
    assert_written(&ping_csv, &event, TIME ",192.0.2.1:862,7,reply,,,,,,,44,\n");
    event.reply.outcome = SERIES_LATE;
    assert_written(&ping_csv, &event, TIME ",192.0.2.1:862,7,late,,,,,,,44,\n");
    event = event_of(PROBE_LOST);
    assert_written(&ping_csv, &event, TIME ",192.0.2.1:862,7,lost,,,,,,,,\n");
    event = event_of(PROBE_FAILED);
    event.number = PROBE_UNKNOWN_NUMBER; /* ICMP does not say of which */
    assert_written(&ping_csv, &event, TIME ",192.0.2.1:862,,failed,,,,,,,,\n");
    event = event_of(PROBE_STRAY);
    assert_written(&ping_csv, &event, TIME ",192.0.2.1:862,,stray,,,,,,,,\n");
    event = event_of(PROBE_MODE);
    assert_written(&ping_csv, &event, "");
}

/* As many cells as the header has, in each row; one header for several targets. */
static void rows_have_the_headers_cells(void **state)
{
    struct probe_event event = measured();
    char *text = NULL, *row = written(&ping_csv, &event, false);
    size_t size, commas = 0, head = 0;
    FILE *file = open_memstream(&text, &size);
    struct ping_output output = output_to(file);

    (void)state;
    assert_true(ping_csv.begin(&output));
    output.first = false;
    assert_true(ping_csv.begin(&output));
    fclose(file);
    assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
    for (const char *at = text; *at != '\0'; at++)
        head += *at == ',';
    for (const char *at = row; *at != '\0'; at++)
        commas += *at == ',';
    assert_int_equal(commas, head);
    free(text);
    free(row);
}

/* ---- JSON */

static json_t *object_of(const struct probe_event *event)
{
    char *text = written(&ping_json, event, false);
    json_t *object = json_loads(text, JSON_REJECT_DUPLICATES, NULL);

    assert_non_null(object);
    assert_string_equal(json_string_value(json_object_get(object, "target")), "192.0.2.1:862");
    free(text);
    return object;
}

static void assert_keys(const struct probe_event *event, const char *keys)
{
    json_t *object = object_of(event), *value;
    char all[256] = "";
    const char *key;

    json_object_foreach(object, key, value)
    {
        if (strcmp(key, "v") != 0 && strcmp(key, "target") != 0)
            snprintf(all + strlen(all), sizeof all - strlen(all), "%s ", key);
    }
    assert_string_equal(all, keys);
    json_decref(object);
}

static void an_object_has_what_is_known(void **state)
{
    struct probe_event event = measured();

    (void)state;
    assert_keys(&event, "event time seq from bytes hop_limit rtt_ns rtt_app_ns ipdv_ns server_ns "
                        "there_ns back_ns synchronised ");
    event = event_of(PROBE_REPLY);
    assert_keys(&event, "event time seq from bytes ");
    event.reply.reordered = event.clock_stepped = true;
    assert_keys(&event, "event time seq from bytes reordered clock_stepped ");
    event = event_of(PROBE_LOST);
    assert_keys(&event, "event time seq ");
    event = event_of(PROBE_FAILED);
    assert_keys(&event, "event time seq why ");
    event.number = PROBE_UNKNOWN_NUMBER;
    assert_keys(&event, "event time why ");
    event = event_of(PROBE_STRAY);
    assert_keys(&event, "event time from bytes ");
    event = event_of(PROBE_MODE);
    assert_keys(&event, "event time mode ");
}

static void an_objects_figures_are_exact(void **state)
{
    struct probe_event event = measured();
    json_t *object = object_of(&event);

    (void)state;
    assert_string_equal(json_string_value(json_object_get(object, "event")), "reply");
    assert_int_equal(json_integer_value(json_object_get(object, "seq")), 7);
    assert_int_equal(json_integer_value(json_object_get(object, "rtt_ns")), 1500000);
    assert_int_equal(json_integer_value(json_object_get(object, "rtt_app_ns")), 1600000);
    assert_int_equal(json_integer_value(json_object_get(object, "ipdv_ns")), -20000);
    assert_int_equal(json_integer_value(json_object_get(object, "server_ns")), 30000);
    assert_int_equal(json_integer_value(json_object_get(object, "there_ns")), 700000);
    assert_int_equal(json_integer_value(json_object_get(object, "back_ns")), 800000);
    assert_int_equal(json_integer_value(json_object_get(object, "hop_limit")), 64);
    json_decref(object);
}

/* ---- lines */

static void a_line_has_what_is_known(void **state)
{
    struct probe_event event = measured();
    char *text;

    (void)state;
    assert_written(&ping_lines, &event,
                   "seq 7  ttl 64  rtt 1.50 ms  server 30 us  there 700 us  back 800 us\n");
    event = event_of(PROBE_REPLY);
    assert_written(&ping_lines, &event, "seq 7\n");
    event.size_bytes = 45;
    event.reply.outcome = SERIES_DUPLICATE;
    event.reply.reordered = event.clock_stepped = true;
    event.from.port = 863;
    assert_written(&ping_lines, &event,
                   "192.0.2.1:863  seq 7  45 B  duplicate  reordered  no time: "
                   "the clock was set\n");
    event = event_of(PROBE_LOST);
    assert_written(&ping_lines, &event, "seq 7  no reply within 2.00 s\n");
    event = event_of(PROBE_FAILED);
    snprintf(event.why, sizeof event.why, "the host is unreachable");
    assert_written(&ping_lines, &event, "seq 7  the host is unreachable\n");
    event.number = PROBE_UNKNOWN_NUMBER;
    assert_written(&ping_lines, &event, "the host is unreachable\n");
    event = event_of(PROBE_STRAY);
    assert_written(&ping_lines, &event,
                   "44 bytes from 192.0.2.1:862: no reply to a probe of ours\n");
    event = event_of(PROBE_LOST);
    text = written(&ping_lines, &event, true); /* of several targets each line names its own */
    assert_string_equal(text, "192.0.2.1:862: seq 7  no reply within 2.00 s\n");
    free(text);
}

/* A disk that is full is noticed by each writer. */
static void a_write_that_fails_is_noticed(void **state)
{
    static const struct ping_writer *const writers[] = {&ping_lines, &ping_json, &ping_csv};
    struct probe_event event = measured();

    (void)state;
    for (size_t i = 0; i < COUNT_OF(writers); i++) {
        FILE *full = fopen("/dev/full", "w");
        if (full == NULL)
            skip();
        struct ping_output output = output_to(full);
        assert_false(writers[i]->begin(&output));
        assert_false(writers[i]->event(&output, &event));
        fclose(full);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_row_has_what_is_known),     cmocka_unit_test(rows_have_the_headers_cells),
    cmocka_unit_test(an_object_has_what_is_known), cmocka_unit_test(an_objects_figures_are_exact),
    cmocka_unit_test(a_line_has_what_is_known),    cmocka_unit_test(a_write_that_fails_is_noticed),
};

const struct suite suite_ping = {
    .name = "ping", .tests = tests, .count = sizeof tests / sizeof *tests};
