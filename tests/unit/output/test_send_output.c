/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* send's output: whole lines as they are printed, and the JSON that says the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"
#include <jansson.h>

#include "udptui/output/send.h"

static const struct endpoint target = {
    .family = ENDPOINT_IPV4, .address = {127, 0, 0, 1}, .port = 4010};
static const struct endpoint other = {
    .family = ENDPOINT_IPV4, .address = {192, 0, 2, 7}, .port = 9};

struct paper {
    struct send_output output;
    char *text;
    size_t size_bytes;
};

static struct paper *open_paper(enum text_charset charset)
{
    struct paper *paper = calloc(1, sizeof *paper);

    assert_non_null(paper);
    paper->output.charset = charset;
    paper->output.scratch = malloc(PAYLOAD_SCRATCH);
    paper->output.file = open_memstream(&paper->text, &paper->size_bytes);
    return paper;
}

static const char *read_paper(struct paper *paper)
{
    fflush(paper->output.file);
    return paper->text;
}

static void close_paper(struct paper *paper)
{
    fclose(paper->output.file);
    free(paper->output.scratch);
    free(paper->text);
    free(paper);
}

static void expect_line(const struct result *result, const char *line)
{
    struct paper *paper = open_paper(TEXT_UTF8);

    assert_true(send_lines.result(&paper->output, result));
    assert_string_equal(read_paper(paper), line);
    close_paper(paper);
}

static struct result acked(const void *reply, size_t reply_bytes)
{
    return (struct result){.status = RESULT_ACKED,
                           .seq = 3,
                           .to = target,
                           .from = target,
                           .size_bytes = 5,
                           .wall_ns = 1700000000123456789,
                           .rtt_ns = 123456,
                           .rtt_app_ns = 234567,
                           .reply = reply,
                           .reply_bytes = reply_bytes};
}

static struct result unanswered(enum result_status status, const char *why)
{
    return (struct result){.status = status,
                           .seq = 4,
                           .to = target,
                           .size_bytes = 5,
                           .wall_ns = 1,
                           .rtt_ns = -1,
                           .why = why};
}

/* ---- lines */

static void a_reply_has_its_time(void **state)
{
    struct result result = acked("Message received", 16);

    (void)state;
    expect_line(&result, "#3  127.0.0.1:4010  Message received  rtt 123 us\n");
    result.ambiguous = true;
    result.resends = 2;
    expect_line(&result, "#3  127.0.0.1:4010  Message received  rtt 123 us ?  resent 2\n");
}

static void an_empty_reply_is_seen(void **state)
{
    struct result result = acked("", 0);

    (void)state;
    expect_line(&result, "#3  127.0.0.1:4010  (empty)  rtt 123 us\n");
}

static void what_comes_beside_says_so(void **state)
{
    struct result result = acked("x", 1);

    (void)state;
    result.status = RESULT_LATE;
    expect_line(&result, "#3  127.0.0.1:4010  late: x  rtt 123 us\n");
    result.status = RESULT_ANSWER;
    result.from = other;
    expect_line(&result, "#3  192.0.2.7:9  answer: x  rtt 123 us\n");
    result.status = RESULT_UNSOLICITED;
    result.seq = 0;
    result.rtt_ns = -1;
    expect_line(&result, "192.0.2.7:9  unsolicited: x\n");
}

static void a_note_stands_beside_the_reply(void **state)
{
    struct result result = acked("x", 1);

    (void)state;
    result.from = other;
    result.why = "from another port\n";
    expect_line(&result, "#3  192.0.2.7:9  x  rtt 123 us  (from another port\\n)\n");
}

static const struct result taken_back = {.status = RESULT_UNCERTAIN,
                                         .seq = 2,
                                         .last_seq = 9,
                                         .concerned = 7,
                                         .to = {.family = ENDPOINT_IPV4, .port = 1},
                                         .rtt_ns = -1,
                                         .ambiguous = true,
                                         .why = "a second reply came"};

static void times_that_are_taken_back(void **state)
{
    struct result result = taken_back;

    (void)state;
    expect_line(&result, "#2 to #9 rtt uncertain (7): a second reply came\n");
    result.last_seq = result.seq;
    result.concerned = 1;
    expect_line(&result, "#2 rtt uncertain: a second reply came\n");
}

/* The same reply as each style shows it. */
static void expect_styled(struct payload_style style, const void *reply, size_t reply_bytes,
                          const char *line)
{
    struct paper *paper = open_paper(TEXT_UTF8);
    struct result result = acked(reply, reply_bytes);

    paper->output.style = style;
    assert_true(send_lines.result(&paper->output, &result));
    assert_string_equal(read_paper(paper), line);
    close_paper(paper);
}

static void a_binary_reply_is_dumped(void **state)
{
    static const char text[] = "#3  127.0.0.1:4010  \\x01\\x02ok  rtt 123 us\n";
    static const char dump[] = "#3  127.0.0.1:4010  4 B  rtt 123 us\n"
                               "    0000  01 02 6f 6b                                       ..ok\n";

    (void)state;
    expect_styled((struct payload_style){.show = PAYLOAD_AUTO}, "\1\2ok", 4, dump);
    expect_styled((struct payload_style){.show = PAYLOAD_HEX}, "\1\2ok", 4, dump);
    expect_styled((struct payload_style){.show = PAYLOAD_TEXT}, "\1\2ok", 4, text);
    expect_styled((struct payload_style){.show = PAYLOAD_BOTH}, "\1\2ok", 4,
                  "#3  127.0.0.1:4010  \\x01\\x02ok  rtt 123 us\n"
                  "    0000  01 02 6f 6b                                       ..ok\n");
    expect_styled((struct payload_style){.show = PAYLOAD_AUTO}, "text", 4,
                  "#3  127.0.0.1:4010  text  rtt 123 us\n");
    expect_styled((struct payload_style){.show = PAYLOAD_HEX}, "", 0,
                  "#3  127.0.0.1:4010  (empty)  rtt 123 us\n");
}

static void a_long_reply_is_cut_and_says_so(void **state)
{
    char reply[1300], line[2048];

    (void)state;
    memset(reply, 'x', sizeof reply);
    snprintf(line, sizeof line,
             "#3  127.0.0.1:4010  %.*s [1,060 more bytes: --full shows them]  rtt 123 us\n",
             PAYLOAD_LINE_SIZE, reply);
    expect_styled((struct payload_style){.show = PAYLOAD_AUTO}, reply, sizeof reply, line);
    snprintf(line, sizeof line, "#3  127.0.0.1:4010  %.*s  rtt 123 us\n", (int)sizeof reply, reply);
    expect_styled((struct payload_style){.show = PAYLOAD_AUTO, .full = true}, reply, sizeof reply,
                  line);
    snprintf(line, sizeof line, "#3  127.0.0.1:4010  %.*s [1 more byte: --full shows them]", 240,
             reply);
    struct paper *paper = open_paper(TEXT_UTF8);
    struct result result = acked(reply, 241);
    assert_true(send_lines.result(&paper->output, &result));
    assert_memory_equal(read_paper(paper), line, strlen(line));
    close_paper(paper);
}

static void a_long_dump_is_cut_and_says_so(void **state)
{
    uint8_t reply[257] = {0};
    struct result result = acked(reply, sizeof reply);
    struct paper *paper = open_paper(TEXT_UTF8);

    (void)state;
    assert_true(send_lines.result(&paper->output, &result));
    assert_non_null(strstr(read_paper(paper), "\n    00f0  00 "));
    assert_null(strstr(read_paper(paper), "\n    0100  00 "));
    assert_non_null(strstr(read_paper(paper), "\n          [1 more byte: --full shows them]\n"));
    close_paper(paper);
    paper = open_paper(TEXT_UTF8);
    paper->output.style.full = true;
    assert_true(send_lines.result(&paper->output, &result));
    assert_non_null(strstr(read_paper(paper), "\n    0100  00 "));
    assert_null(strstr(read_paper(paper), "more"));
    close_paper(paper);
}

static void silence_says_why(void **state)
{
    struct result result = unanswered(RESULT_TIMEOUT, "no answer in 1.00 s");

    (void)state;
    expect_line(&result, "#4  127.0.0.1:4010  no answer in 1.00 s\n");
    result.why = NULL;
    expect_line(&result, "#4  127.0.0.1:4010  timeout\n");
    result.why = "no such \x1b[2J";
    expect_line(&result, "#4  127.0.0.1:4010  no such \\x1B[2J\n");
}

/* One line of text, or rows of a dump: a reply's own newlines make none. */
static void every_byte_is_safe(void **state)
{
    uint8_t all[256];

    (void)state;
    for (size_t i = 0; i < sizeof all; i++)
        all[i] = (uint8_t)i;
    for (int show = PAYLOAD_TEXT; show <= PAYLOAD_HEX; show++) {
        struct paper *paper = open_paper(TEXT_ASCII);
        struct result result = acked(all, sizeof all);
        size_t lines = 0;
        paper->output.style = (struct payload_style){.show = show, .full = true};
        assert_true(send_lines.result(&paper->output, &result));
        for (const char *byte = read_paper(paper); *byte != '\0'; byte++) {
            assert_true((*byte >= ' ' && *byte < 0x7f) || *byte == '\n');
            lines += *byte == '\n';
        }
        assert_int_equal(lines, show == PAYLOAD_TEXT ? 1 : 1 + sizeof all / 16);
        close_paper(paper);
    }
}

static struct send_totals some_totals(void)
{
    return (struct send_totals){
        .sent = 10,
        .waiting = 2,
        .kernel_dropped = 7,
        .counts =
            {[RESULT_ACKED] = 6, [RESULT_TIMEOUT] = 1, [RESULT_REFUSED] = 1, [RESULT_LATE] = 1},
        .rtt_min_ns = 1000,
        .rtt_mean_ns = 2200,
        .rtt_stddev_ns = 700,
        .rtt_p50_ns = 2000,
        .rtt_p99_ns = 3000,
        .rtt_max_ns = 4000,
        .rtt_jitter_ns = -1};
}

static void the_summary_counts_what_is_settled(void **state)
{
    struct send_totals totals = some_totals();
    struct paper *paper = open_paper(TEXT_UTF8);

    (void)state;
    assert_true(send_lines.summary(&paper->output, &totals));
    assert_string_equal(
        read_paper(paper),
        "sent 10, acked 6, timeout 1, refused 1, late 1, waiting 2, kernel dropped 7, "
        "unanswered 25.0%\n"
        "rtt min 1.00 us, mean 2.20 us, p50 2.00 us, p99 3.00 us, max 4.00 us, stddev 700 ns\n");
    close_paper(paper);
}

static void nothing_settled_is_no_loss(void **state)
{
    struct send_totals totals = {.sent = 3, .waiting = 3};

    (void)state;
    assert_true(send_unanswered_percent(&totals) == 0);
    totals = (struct send_totals){.sent = 4, .waiting = 0, .counts = {[RESULT_TIMEOUT] = 4}};
    assert_true(send_unanswered_percent(&totals) == 100);
}

/* ---- JSON */

static json_t *json_of(struct paper *paper)
{
    json_t *object = json_loads(read_paper(paper), 0, NULL);

    assert_non_null(object);
    assert_int_equal(json_integer_value(json_object_get(object, "v")), 1);
    return object;
}

static void expect_text(const json_t *object, const char *key, const char *text)
{
    const char *value = json_string_value(json_object_get(object, key));

    assert_non_null(value);
    assert_string_equal(value, text);
}

static void expect_number(const json_t *object, const char *key, json_int_t number)
{
    assert_true(json_is_integer(json_object_get(object, key)));
    assert_int_equal(json_integer_value(json_object_get(object, key)), number);
}

static void json_says_all_of_a_reply(void **state)
{
    struct paper *paper = open_paper(TEXT_ASCII);
    struct result result = acked("\x00\x1b\xc3\xa9\xff", 5);

    (void)state;
    result.ambiguous = true;
    result.resends = 1;
    assert_true(send_json.result(&paper->output, &result));
    json_t *object = json_of(paper);
    expect_text(object, "event", "result");
    expect_text(object, "status", "acked");
    expect_text(object, "time", "2023-11-14T22:13:20.123456789Z");
    expect_text(object, "to", "127.0.0.1:4010");
    expect_text(object, "from", "127.0.0.1:4010");
    expect_text(object, "text", "\\x00\\x1B\xc3\xa9\\xFF");
    expect_text(object, "hex", "001bc3a9ff");
    expect_number(object, "seq", 3);
    expect_number(object, "bytes", 5);
    expect_number(object, "rtt_ns", 123456);
    expect_number(object, "rtt_app_ns", 234567);
    expect_number(object, "resends", 1);
    assert_true(json_is_true(json_object_get(object, "ambiguous")));
    json_decref(object);
    close_paper(paper);
}

static void json_says_what_is_taken_back(void **state)
{
    struct paper *paper = open_paper(TEXT_ASCII);

    (void)state;
    assert_true(send_json.result(&paper->output, &taken_back));
    json_t *object = json_of(paper);
    expect_text(object, "event", "uncertain");
    expect_text(object, "why", "a second reply came");
    expect_number(object, "seq", 2);
    expect_number(object, "last_seq", 9);
    expect_number(object, "count", 7);
    assert_true(json_is_true(json_object_get(object, "ambiguous")));
    assert_null(json_object_get(object, "bytes"));
    json_decref(object);
    close_paper(paper);
}

static void json_leaves_out_what_is_not_known(void **state)
{
    struct paper *paper = open_paper(TEXT_UTF8);
    struct result result = unanswered(RESULT_REFUSED, "refused: nothing listens");

    (void)state;
    assert_true(send_json.result(&paper->output, &result));
    json_t *object = json_of(paper);
    expect_text(object, "status", "refused");
    expect_text(object, "why", "refused: nothing listens");
    assert_null(json_object_get(object, "rtt_ns"));
    assert_null(json_object_get(object, "rtt_app_ns"));
    assert_null(json_object_get(object, "from"));
    assert_null(json_object_get(object, "hex"));
    assert_null(json_object_get(object, "ambiguous"));
    assert_null(json_object_get(object, "resends"));
    json_decref(object);
    close_paper(paper);
}

static void json_names_what_comes_beside(void **state)
{
    (void)state;
    for (int status = RESULT_STATUSES; status < RESULT_KINDS; status++) {
        struct paper *paper = open_paper(TEXT_UTF8);
        struct result result = acked("x", 1);
        result.status = (enum result_status)status;
        assert_true(send_json.result(&paper->output, &result));
        json_t *object = json_of(paper);
        expect_text(object, "event", result_status_name(result.status));
        assert_null(json_object_get(object, "status"));
        json_decref(object);
        close_paper(paper);
    }
}

static void json_summary_has_every_figure(void **state)
{
    struct paper *paper = open_paper(TEXT_UTF8);
    struct send_totals totals = some_totals();

    (void)state;
    assert_true(send_json.summary(&paper->output, &totals));
    json_t *object = json_of(paper);
    expect_text(object, "event", "summary");
    expect_number(object, "sent", 10);
    expect_number(object, "waiting", 2);
    expect_number(object, "kernel_dropped", 7);
    for (int status = 0; status < RESULT_KINDS; status++)
        expect_number(object, result_status_name((enum result_status)status),
                      (json_int_t)totals.counts[status]);
    expect_number(object, "rtt_p99_ns", 3000);
    expect_number(object, "rtt_mean_ns", 2200);
    expect_number(object, "rtt_stddev_ns", 700);
    assert_null(json_object_get(object, "rtt_jitter_ns"));
    assert_true(json_real_value(json_object_get(object, "unanswered_percent")) == 25.0);
    json_decref(object);
    close_paper(paper);
}

static void a_full_disk_is_noticed(void **state)
{
    FILE *full = fopen("/dev/full", "w");
    struct send_totals totals = some_totals();
    struct paper *paper = open_paper(TEXT_UTF8);

    (void)state;
    if (full == NULL)
        skip();
    struct send_output output = paper->output;
    output.file = full;
    assert_false(send_lines.summary(&output, &totals));
    assert_false(send_json.summary(&output, &totals));
    fclose(full);
    close_paper(paper);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_reply_has_its_time),
    cmocka_unit_test(an_empty_reply_is_seen),
    cmocka_unit_test(what_comes_beside_says_so),
    cmocka_unit_test(a_note_stands_beside_the_reply),
    cmocka_unit_test(times_that_are_taken_back),
    cmocka_unit_test(json_says_what_is_taken_back),
    cmocka_unit_test(a_binary_reply_is_dumped),
    cmocka_unit_test(a_long_reply_is_cut_and_says_so),
    cmocka_unit_test(a_long_dump_is_cut_and_says_so),
    cmocka_unit_test(silence_says_why),
    cmocka_unit_test(every_byte_is_safe),
    cmocka_unit_test(the_summary_counts_what_is_settled),
    cmocka_unit_test(nothing_settled_is_no_loss),
    cmocka_unit_test(json_says_all_of_a_reply),
    cmocka_unit_test(json_leaves_out_what_is_not_known),
    cmocka_unit_test(json_names_what_comes_beside),
    cmocka_unit_test(json_summary_has_every_figure),
    cmocka_unit_test(a_full_disk_is_noticed),
};

const struct suite suite_send_output = {
    .name = "send_output", .tests = tests, .count = sizeof tests / sizeof *tests};
