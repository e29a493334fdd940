/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lesson_json: one object per lesson, with its facts by their keys. */
#include "udptui/output/json.h"
#include "udptui/output/lesson.h"

static json_t *make_numbers(const struct lesson_fact *fact)
{
    json_t *array = json_array();

    for (size_t i = 0; i < fact->count; i++)
        json_array_append_new(array, json_integer(fact->numbers[i]));
    return array;
}

static json_t *make_value(const struct lesson_fact *fact)
{
    switch ((enum lesson_fact_kind)fact->kind) {
    case LESSON_TRUTH:
        return json_boolean(fact->number != 0);
    case LESSON_NUMBERS:
        return make_numbers(fact);
    case LESSON_WORDS:
        return json_string(fact->words);
    case LESSON_COUNT:
        break;
    }
    return json_integer(fact->number);
}

static bool lesson_write_list_json(const struct lesson_output *output,
                                   const struct lesson_topic *topic)
{
    json_t *object = json_event("topic");

    json_object_set_new(object, "topic", json_string(topic->name));
    json_object_set_new(object, "summary", json_string(topic->summary));
    return json_write_line(output->file, object) && fflush(output->file) == 0;
}

static bool write_nothing(const struct lesson_output *output, const struct lesson_topic *topic)
{
    (void)output;
    (void)topic;
    return true;
}

static bool write_no_ladder(const struct lesson_output *output, const char *drawing)
{
    (void)output;
    (void)drawing;
    return true;
}

/* Times in ns since 1970; null: not known. */
static json_t *make_time(bool known, int64_t wall_ns)
{
    return known ? json_integer(wall_ns) : json_null();
}

/* middle: the ladder has a third line, and the leg is on one side of it. */
static json_t *make_leg(const struct ladder_leg *leg, bool middle)
{
    static const char *const ends[] = {
        [LADDER_ARRIVED] = "arrived", [LADDER_LOST] = "lost",     [LADDER_UNDERWAY] = "underway",
        [LADDER_DROPPED] = "dropped", [LADDER_UNSENT] = "unsent", [LADDER_EVENT] = "event"};
    json_t *object = json_object();

    json_object_set_new(object, "from", json_string(leg->to_right ? "left" : "right"));
    if (middle)
        json_object_set_new(object, "gap", json_string(leg->right_gap ? "right" : "left"));
    json_object_set_new(object, "label", json_string(leg->label));
    json_object_set_new(object, "end", json_string(ends[leg->end]));
    if (leg->note[0] != '\0')
        json_object_set_new(object, "note", json_string(leg->note));
    json_object_set_new(object, "departed_ns", make_time(!leg->reconstructed, leg->depart_ns));
    if (leg->end == LADDER_ARRIVED)
        json_object_set_new(object, "arrived_ns", make_time(!leg->reconstructed, leg->arrive_ns));
    if (leg->rtt_ns > 0)
        json_object_set_new(object, "rtt_ns", json_integer(leg->rtt_ns));
    json_object_set_new(object, "reconstructed", json_boolean(leg->reconstructed));
    json_object_set_new(object, "copy", json_boolean(leg->copy));
    json_object_set_new(object, "corrupt", json_boolean(leg->corrupt));
    return object;
}

static json_t *make_ladder(const struct lesson_ladder *ladder, bool middle)
{
    json_t *array = json_array();

    for (size_t i = 0; i < ladder->count; i++)
        json_array_append_new(array, make_leg(&ladder->legs[i], middle));
    return array;
}

static void set_topic(json_t *object, const struct lesson_topic *topic, uint64_t seed)
{
    json_t *options = json_array(), *commands = json_array();
    char command[LESSON_COMMAND_SIZE];

    for (int i = 0; i < lesson_choices(topic); i++)
        json_array_append_new(options, json_string(topic->choices[i]));
    for (size_t i = 0; i < LESSON_COMMANDS_MAX && topic->commands[i] != NULL; i++)
        json_array_append_new(commands, json_string(lesson_format_command(
                                            topic->commands[i], seed, command, sizeof command)));
    json_object_set_new(object, "plan", json_string(topic->plan));
    json_object_set_new(object, "question", json_string(topic->question));
    json_object_set_new(object, "options", options);
    json_object_set_new(object, "answer", json_integer(topic->right + 1));
    json_object_set_new(object, "explanation", json_string(topic->explanation));
    json_object_set_new(object, "sources", json_string(topic->sources));
    json_object_set_new(object, "commands", commands);
}

static bool lesson_write_result_json(const struct lesson_output *output,
                                     const struct lesson_topic *topic,
                                     const struct lesson_result *result,
                                     const struct lesson_ladder *ladder)
{
    json_t *object = json_event("lesson");

    json_object_set_new(object, "topic", json_string(topic->name));
    json_object_set_new(object, "shown", json_boolean(result->otherwise == NULL));
    if (result->otherwise != NULL)
        json_object_set_new(object, "otherwise", json_string(result->otherwise));
    json_object_set_new(object, "seed", json_integer((json_int_t)result->seed));
    json_object_set_new(object, "tries", json_integer(result->tries));
    set_topic(object, topic, result->seed);
    json_object_set_new(object, "happened", json_string(result->happened));
    for (size_t i = 0; i < result->fact_count; i++)
        json_object_set_new(object, result->facts[i].key, make_value(&result->facts[i]));
    json_object_set_new(object, "ladder", make_ladder(ladder, topic->middle != NULL));
    return json_write_line(output->file, object) && fflush(output->file) == 0;
}

const struct lesson_writer lesson_json = {.list = lesson_write_list_json,
                                          .plan = write_nothing,
                                          .ladder = write_no_ladder,
                                          .result = lesson_write_result_json};
