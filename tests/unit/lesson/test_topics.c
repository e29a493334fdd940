/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* topics: the table is complete, and the seeds that are tried until a lesson shows its point. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/lesson/topics.h"

static struct stage *make_stage(void)
{
    struct stage *stage = malloc(sizeof *stage);

    assert_non_null(stage);
    return stage;
}

static void every_shipped_lesson_is_read(void **state)
{
    struct topics topics;
    struct problem problem = {.text = ""};
    bool opened = topics_open(&topics, NULL, &problem);

    (void)state;
    assert_string_equal(problem.text, "");
    assert_true(opened);
    assert_true(topics.count >= 12);
    for (size_t i = 0; i < topics.count; i++) {
        const struct lesson *lesson = topics.lessons[i];
        assert_string_equal(lesson->topic.name, topics_files[i].name);
        assert_ptr_equal(topics_find(lesson->topic.name), &topics_files[i]);
        assert_true(lesson->plan.count > 0);
        assert_true(lesson->explanation.count > 0);
        assert_true(lesson->happened.count > 0);
        assert_true(lesson->expectation_count > 0);
        assert_non_null(lesson->topic.commands[0]);
        assert_true(lesson->topic.right < lesson_choices(&lesson->topic));
    }
    topics_close(&topics);
    assert_null(topics_find("none"));
}

static void completion_offers_every_topic_by_its_name(void **state)
{
    char words[512] = "";
    size_t length = 0;

    (void)state;
    for (size_t i = 0; i < topics_file_count; i++)
        length +=
            (size_t)snprintf(words + length, sizeof words - length, "%s ", topics_files[i].name);
    snprintf(words + length, sizeof words - length, "all");
    assert_string_equal(words, topics_words);
}

/* ---- seeds */

static struct lesson *make_lesson(const char *text)
{
    struct lesson *lesson = malloc(sizeof *lesson);
    struct lesson_problem problem = {.text = ""};

    assert_non_null(lesson);
    if (!lesson_parse(lesson, text, strlen(text), NULL, &problem))
        fail_msg("%d:%d: %s", problem.line, problem.column, problem.text);
    return lesson;
}

#define TOPIC                                                                                      \
    "Name: one\nTitle: One [script]\nQuestion: Which?\nChoice: this\nAnswer: that\n"               \
    "Script:\n server s\n client c\n repeat 4\n  c send \"#{i}\"\n  s receive\n end\n"             \
    "Facts:\n received \"received\" = s.received\n"

static void it_is_tried_until_it_shows(void **state)
{
    static const struct {
        const char *text;
        uint64_t asked, played;
        int tries;
    } rows[] = {
        {TOPIC "Chance: never if received > 4\n", 7, 7 + 99, 1},
        {TOPIC "Chance: always if received = 4\n", 7, 7, 1},
        {TOPIC "Expect: whatever the seed if received > 4\n", 7, 7, 1},
        {TOPIC " missing\nChance: never if received > 4\n", 7, 7, 1},
        {TOPIC "Chance: never if received > 4\n", INT64_MAX, 98, 1},
        {TOPIC "Timing: never if received > 4\n", 7, 7, 3},
        {TOPIC "Timing: at once if received = 4\n", 7, 7, 1},
        {TOPIC " missing\nTiming: never if received > 4\n", 7, 7, 1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lesson *lesson = make_lesson(rows[i].text);
        struct stage *stage = make_stage();
        topics_play(lesson, stage, &(struct stage_config){.seed = rows[i].asked, .stop_fd = -1});
        assert_int_equal(stage->result.asked_seed, rows[i].asked);
        assert_int_equal(stage->result.seed, rows[i].played);
        assert_int_equal(stage->result.tries, rows[i].tries);
        stage_close(stage);
        free(stage);
        free(lesson);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(every_shipped_lesson_is_read),
    cmocka_unit_test(completion_offers_every_topic_by_its_name),
    cmocka_unit_test(it_is_tried_until_it_shows),
};

const struct suite suite_topics = {
    .name = "topics", .tests = tests, .count = sizeof tests / sizeof *tests};
