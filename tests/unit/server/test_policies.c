/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* policies and rules: the meaning of the options, and the position of an error. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <unistd.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/server/policies.h"
#include "udptui/server/rules.h"

enum { FILE_SIZE_MAX = 1 << 20 };

static const struct server_options usual = {
    .ack = "Message received", .ack_limit = "auto", .seed = -1};

static void expect_problem(const struct server_options *options, bool usage, const char *text)
{
    struct policies policies;
    struct problem problem;

    assert_false(policies_open(&policies, options, &problem));
    assert_string_equal(problem.text, text);
    assert_int_equal(problem.usage, usage);
    policies_close(&policies);
}

/* ---- words */

static void the_defaults(void **state)
{
    struct policies policies;
    struct problem problem;

    (void)state;
    assert_true(policies_open(&policies, &usual, &problem));
    assert_int_equal(policies.ack.text_bytes, strlen("Message received"));
    assert_int_equal(policies.guard.scope, GUARD_LIMIT_PUBLIC);
    assert_true(policies.guard.rate_per_s == GUARD_DEFAULT_RATE);
    assert_false(impair_active(&policies.impair));
    assert_int_not_equal(policies.impair.seed, 0); /* of the clock */
    assert_null(policies.rules);
    policies_close(&policies);
}

static void a_limit_has_three_forms(void **state)
{
    struct policies policies;
    struct problem problem;
    struct server_options options = usual;

    (void)state;
    options.ack_limit = "off";
    assert_true(policies_open(&policies, &options, &problem));
    assert_int_equal(policies.guard.scope, GUARD_LIMIT_NONE);
    policies_close(&policies);
    options.ack_limit = "7/s";
    options.ack_acks = options.answer_all = 1;
    assert_true(policies_open(&policies, &options, &problem));
    assert_int_equal(policies.guard.scope, GUARD_LIMIT_ALL);
    assert_true(policies.guard.rate_per_s == 7);
    assert_true(policies.guard.ack_acks && policies.guard.answer_all);
    policies_close(&policies);
}

static void impairments_have_the_seed(void **state)
{
    struct policies policies;
    struct problem problem;
    struct server_options options = usual;

    (void)state;
    options.impair = "loss=30%";
    options.seed = 0;
    assert_true(policies_open(&policies, &options, &problem));
    assert_int_equal(policies.impair.seed, 0);
    assert_true(impair_active(&policies.impair));
    policies_close(&policies);
}

static void words_that_mean_nothing(void **state)
{
    struct server_options options = usual;
    struct policies policies;
    struct problem problem;

    (void)state;
    options.ack_limit = "sometimes";
    assert_false(policies_open(&policies, &options, &problem));
    assert_true(problem.usage);
    assert_memory_equal(problem.text, "--ack-limit sometimes: ", 23);
    assert_non_null(strstr(problem.text, ", auto or off"));
    options = usual;
    options.impair = "loss=2";
    assert_false(policies_open(&policies, &options, &problem));
    assert_true(problem.usage);
    assert_memory_equal(problem.text, "--impair loss=2: ", 17);
    options = usual;
    options.ack = "{hex:0}";
    assert_false(policies_open(&policies, &options, &problem));
    assert_true(problem.usage);
    assert_memory_equal(problem.text, "--ack {hex:0}: ", 15);
}

/* ---- rules */

/* A file with these bytes; the caller unlinks it. */
static void write_file(char *path, const void *bytes, size_t size_bytes)
{
    strcpy(path, "/tmp/udptui-rules-XXXXXX");
    int fd = mkstemp(path);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, size_bytes), size_bytes);
    close(fd);
}

static const char *answer_to(struct rules *rules, const char *payload)
{
    const struct endpoint peer = {.family = ENDPOINT_IPV4, .address = {127, 0, 0, 1}, .port = 9};
    const struct filter_subject subject = {.name = "",
                                           .address = "",
                                           .from = &peer,
                                           .to = &peer,
                                           .payload = (const uint8_t *)payload,
                                           .payload_bytes = strlen(payload),
                                           .size_bytes = (int64_t)strlen(payload)};
    const struct ack_policy *chosen =
        rules_choose(rules, &subject, &(struct rules_draw){.seed = 1});

    return chosen != NULL ? (const char *)chosen->text : NULL;
}

static void options_come_before_the_file(void **state)
{
    static const char file[] = "# a comment\n\nhello => from the file\nbye => so long\n";
    struct server_options options = usual;
    struct policies policies;
    struct problem problem;
    char path[64];

    (void)state;
    write_file(path, file, sizeof file - 1);
    options.on = (struct opts_list){.items = {"hello => from the option"}, .count = 1};
    options.rules = path;
    assert_true(policies_open(&policies, &options, &problem));
    unlink(path);
    assert_memory_equal(answer_to(policies.rules, "hello"), "from the option", 15);
    assert_memory_equal(answer_to(policies.rules, "bye"), "so long", 7);
    assert_null(answer_to(policies.rules, "else"));
    policies_close(&policies);
}

static void a_wrong_rule_is_named_with_its_byte(void **state)
{
    struct server_options options = usual;

    (void)state;
    options.on = (struct opts_list){.items = {"a => b", "status:held => no"}, .count = 2};
    expect_problem(&options, true,
                   "--on 'status:held => no': at byte 1: rules look only at the request: leave out "
                   "status: and why:");
}

static void a_wrong_line_is_named_with_its_byte(void **state)
{
    static const char file[] = "a => b\n\nwithout an arrow\n";
    struct server_options options = usual;
    char path[64], text[256];

    (void)state;
    write_file(path, file, sizeof file - 1);
    options.rules = path;
    snprintf(text, sizeof text,
             "--rules %s: line 3, byte 17: => is missing: write FILTER => ANSWER", path);
    expect_problem(&options, true, text);
    unlink(path);
}

static void a_file_that_cannot_be_read(void **state)
{
    struct server_options options = usual;
    char path[64], text[256];

    (void)state;
    write_file(path, "", 0);
    unlink(path);
    options.rules = path;
    snprintf(text, sizeof text, "--rules %s: No such file or directory", path);
    expect_problem(&options, false, text);
    options.rules = "/tmp";
    expect_problem(&options, false, "--rules /tmp: Is a directory");
}

static void a_file_that_is_too_long(void **state)
{
    struct server_options options = usual;
    char *bytes = malloc(FILE_SIZE_MAX + 1);
    char path[64], text[256];

    (void)state;
    assert_non_null(bytes);
    memset(bytes, '\n', FILE_SIZE_MAX + 1);
    write_file(path, bytes, FILE_SIZE_MAX + 1);
    options.rules = path;
    snprintf(text, sizeof text, "--rules %s: longer than 1 MiB", path);
    expect_problem(&options, false, text);
    assert_int_equal(truncate(path, FILE_SIZE_MAX), 0);
    struct rules *rules;
    struct problem problem;
    assert_true(server_rules_open(&options.on, path, &rules, &problem));
    rules_close(rules);
    unlink(path);
    free(bytes);
}

/* ---- problems */

static void a_long_problem_is_cut(void **state)
{
    struct problem problem;
    char *text = malloc(2 * PROBLEM_TEXT_SIZE);

    (void)state;
    assert_non_null(text);
    memset(text, 'x', 2 * PROBLEM_TEXT_SIZE - 1);
    text[2 * PROBLEM_TEXT_SIZE - 1] = '\0';
    assert_false(problem_set(&problem, true, "%s", text));
    assert_int_equal(strlen(problem.text), PROBLEM_TEXT_SIZE - 1);
    free(text);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(the_defaults),
    cmocka_unit_test(a_limit_has_three_forms),
    cmocka_unit_test(impairments_have_the_seed),
    cmocka_unit_test(words_that_mean_nothing),
    cmocka_unit_test(options_come_before_the_file),
    cmocka_unit_test(a_wrong_rule_is_named_with_its_byte),
    cmocka_unit_test(a_wrong_line_is_named_with_its_byte),
    cmocka_unit_test(a_file_that_cannot_be_read),
    cmocka_unit_test(a_file_that_is_too_long),
    cmocka_unit_test(a_long_problem_is_cut),
};

const struct suite suite_policies = {
    .name = "policies", .tests = tests, .count = sizeof tests / sizeof *tests};
