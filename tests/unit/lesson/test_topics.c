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

static void every_topic_has_its_words(void **state)
{
    size_t count;
    const struct lesson *const *table = topics_table(&count);

    (void)state;
    assert_true(count >= 12);
    for (size_t i = 0; i < count; i++) {
        const struct lesson_topic *topic = &table[i]->topic;
        assert_non_null(topic->summary);
        assert_non_null(topic->plan);
        assert_non_null(topic->question);
        assert_non_null(topic->explanation);
        assert_non_null(topic->sources);
        assert_non_null(topic->client);
        assert_non_null(topic->server);
        assert_non_null(table[i]->play);
        assert_true(topic->right < lesson_choices(topic));
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(topic->name, table[j]->topic.name);
    }
}

static void completion_offers_every_topic_by_its_name(void **state)
{
    char words[256] = "";
    size_t count, length = 0;
    const struct lesson *const *table = topics_table(&count);

    (void)state;
    for (size_t i = 0; i < count; i++)
        length +=
            (size_t)snprintf(words + length, sizeof words - length, "%s ", table[i]->topic.name);
    assert_string_equal(words, TOPICS_WORDS);
}

/* Shows its point with seed 12 alone. */
static void play_twelve(struct stage *stage)
{
    stage_expect_by_chance(stage, stage->config.seed == 12, "seed 12");
}

static void play_never(struct stage *stage)
{
    stage_expect_by_chance(stage, false, "never");
}

static void play_wrong(struct stage *stage)
{
    stage_expect(stage, false, "whatever the seed");
}

static void play_failing(struct stage *stage)
{
    stage_fail(stage, "no socket");
    stage_expect_by_chance(stage, false, "never");
}

static void seeds_are_tried_until_one_shows_it(void **state)
{
    static const struct {
        void (*play)(struct stage *stage);
        uint64_t asked, played;
    } rows[] = {
        {play_twelve, 12, 12}, {play_twelve, 10, 12}, {play_never, 7, 7 + 99},
        {play_wrong, 7, 7},    {play_failing, 7, 7},  {play_never, INT64_MAX, 98},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct lesson lesson = {.play = rows[i].play};
        struct stage *stage = make_stage();
        topics_play(&lesson, stage, &(struct stage_config){.seed = rows[i].asked, .stop_fd = -1});
        assert_int_equal(stage->result.asked_seed, rows[i].asked);
        assert_int_equal(stage->result.seed, rows[i].played);
        stage_close(stage);
        free(stage);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(every_topic_has_its_words),
    cmocka_unit_test(completion_offers_every_topic_by_its_name),
    cmocka_unit_test(seeds_are_tried_until_one_shows_it),
};

const struct suite suite_topics = {
    .name = "topics", .tests = tests, .count = sizeof tests / sizeof *tests};
