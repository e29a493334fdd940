/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sink: results on their way to the output, and outputs that cannot be written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <errno.h>

#include <cmocka.h>

#include "../../suite.h"

#include "../../../../src/ui/send/sink_internal.h"

/* A sink with its output in memory. */
struct basin {
    struct send_options options;
    struct sink *sink;
    char *scratch, *text;
    size_t text_bytes;
};

static void basin_open(struct basin *basin, const struct send_options *options, bool prompt)
{
    *basin = (struct basin){.options = *options};
    basin->sink = calloc(1, sizeof *basin->sink);
    basin->scratch = malloc(PAYLOAD_SCRATCH);
    assert_non_null(basin->sink);
    assert_non_null(basin->scratch);
    sink_begin(basin->sink, &basin->options, NULL, basin->scratch);
    basin->sink->prompt = prompt;
    basin->sink->output.file = open_memstream(&basin->text, &basin->text_bytes);
    assert_non_null(basin->sink->output.file);
}

static const char *basin_text(struct basin *basin)
{
    fflush(basin->sink->output.file);
    return basin->text;
}

static void basin_close(struct basin *basin)
{
    fclose(basin->sink->output.file);
    free(basin->text);
    free(basin->scratch);
    free(basin->sink);
}

static void basin_result(struct basin *basin, const struct result *result)
{
    struct session_listener listener = sink_listener(basin->sink);

    listener.result(listener.context, result);
}

static struct result reply_from(uint16_t port, enum origin origin, const char *why)
{
    const struct endpoint from = {.family = ENDPOINT_IPV4, .address = {192, 0, 2, 1}, .port = port};

    return (struct result){.status = RESULT_ACKED,
                           .seq = 1,
                           .from = from,
                           .origin = origin,
                           .rtt_ns = 1000,
                           .reply = (const uint8_t *)"ack",
                           .reply_bytes = 3,
                           .why = why};
}

static void a_result_is_a_line(void **state)
{
    const struct send_options options = {.time = STAMP_NONE};
    const struct result result = reply_from(4010, ORIGIN_TARGET, NULL);
    struct basin basin;

    (void)state;
    basin_open(&basin, &options, false);
    basin_result(&basin, &result);
    assert_string_equal(basin_text(&basin), "#1  192.0.2.1:4010  ack  rtt 1.00 us\n");
    assert_int_equal(basin.sink->legs.count, 0);
    basin_close(&basin);
}

/* With a prompt, a sender that may be the next target is named as /to takes it. */
static void a_prompt_is_told_how_to_send_there(void **state)
{
    const struct send_options options = {.time = STAMP_NONE};
    const struct result result = reply_from(5000, ORIGIN_OTHER_PORT, "from another port");
    const struct result ours = reply_from(5001, ORIGIN_OURSELVES, "our own datagram: no answer");
    struct basin basin;

    (void)state;
    basin_open(&basin, &options, false);
    basin_result(&basin, &result);
    assert_non_null(strstr(basin_text(&basin), "(from another port)\n"));
    assert_int_equal(basin.sink->other.family, ENDPOINT_NONE);
    basin_close(&basin);
    basin_open(&basin, &options, true);
    basin_result(&basin, &result);
    basin_result(&basin, &ours);
    assert_non_null(strstr(basin_text(&basin), "(from another port: /to 192.0.2.1:5000)\n"));
    assert_non_null(strstr(basin_text(&basin), "(our own datagram: no answer)\n"));
    assert_int_equal(basin.sink->other.port, 5000);
    assert_int_equal(basin.sink->legs.count, 2);
    basin_close(&basin);
}

static void quiet_says_nothing(void **state)
{
    const struct send_options options = {.time = STAMP_NONE, .quiet = 1, .calls = 1};
    const struct result result = reply_from(4010, ORIGIN_TARGET, NULL);
    const struct call call = {.kind = CALL_SOCKET, .fd = -1, .result = 3};
    struct basin basin;

    (void)state;
    basin_open(&basin, &options, false);
    struct session_listener listener = sink_listener(basin.sink);
    listener.result(listener.context, &result);
    listener.call(listener.context, &call);
    assert_string_equal(basin_text(&basin), "");
    basin_close(&basin);
}

static void calls_are_kept_and_written_if_asked_for(void **state)
{
    const struct send_options options = {.time = STAMP_NONE}, written = {.calls = 1};
    const struct call call = {.kind = CALL_CLOSE, .fd = 3};
    struct basin basin;

    (void)state;
    basin_open(&basin, &options, false);
    struct session_listener listener = sink_listener(basin.sink);
    for (int i = 0; i < SINK_CALLS_MAX + 1; i++)
        listener.call(listener.context, &call);
    assert_int_equal(basin.sink->call_count, SINK_CALLS_MAX + 1);
    assert_string_equal(basin_text(&basin), "");
    basin_close(&basin);
    basin_open(&basin, &written, false);
    listener = sink_listener(basin.sink);
    listener.call(listener.context, &call);
    assert_non_null(strstr(basin_text(&basin), "close(3)"));
    basin_close(&basin);
}

/* The first reason counts: what follows is often another. */
static void the_first_failure_of_the_output_is_remembered(void **state)
{
    const struct send_options options = {.time = STAMP_NONE};
    struct basin basin;

    (void)state;
    basin_open(&basin, &options, false);
    sink_check(basin.sink, true);
    assert_false(basin.sink->broken);
    errno = ENOSPC;
    sink_check(basin.sink, false);
    errno = EPIPE;
    sink_check(basin.sink, false);
    assert_true(basin.sink->broken);
    assert_int_equal(basin.sink->output_error, ENOSPC);
    basin_close(&basin);
}

static void only_a_capture_file_is_told_datagrams(void **state)
{
    const struct send_options options = {.time = STAMP_NONE}, recorded = {.pcap = "file"};
    const struct record record = {.size_bytes = 0};
    struct basin basin;

    (void)state;
    basin_open(&basin, &options, false);
    assert_null(sink_listener(basin.sink).datagram);
    basin_close(&basin);
    basin_open(&basin, &recorded, false);
    struct session_listener listener = sink_listener(basin.sink);
    assert_non_null(listener.datagram);
    listener.datagram(listener.context, &record, NULL); /* before the file is open: nothing */
    assert_int_equal(basin.sink->not_recorded, 0);
    basin_close(&basin);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_result_is_a_line),
    cmocka_unit_test(a_prompt_is_told_how_to_send_there),
    cmocka_unit_test(quiet_says_nothing),
    cmocka_unit_test(calls_are_kept_and_written_if_asked_for),
    cmocka_unit_test(the_first_failure_of_the_output_is_remembered),
    cmocka_unit_test(only_a_capture_file_is_told_datagrams),
};

const struct suite suite_send_sink = {
    .name = "send_sink", .tests = tests, .count = sizeof tests / sizeof *tests};
