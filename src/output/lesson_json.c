/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lesson_json: one object a lesson, its facts under their keys. */
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

static bool write_list(const struct lesson_output *output, const struct lesson_topic *topic)
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

static bool write_no_ladder(const struct lesson_output *output, const char *picture)
{
    (void)output;
    (void)picture;
    return true;
}

static bool write_result(const struct lesson_output *output, const struct lesson_topic *topic,
                         const struct lesson_result *result)
{
    json_t *object = json_event("lesson");

    json_object_set_new(object, "topic", json_string(topic->name));
    json_object_set_new(object, "shown", json_boolean(result->otherwise == NULL));
    if (result->otherwise != NULL)
        json_object_set_new(object, "otherwise", json_string(result->otherwise));
    for (size_t i = 0; i < result->fact_count; i++)
        json_object_set_new(object, result->facts[i].key, make_value(&result->facts[i]));
    return json_write_line(output->file, object) && fflush(output->file) == 0;
}

const struct lesson_writer lesson_json = {
    .list = write_list, .plan = write_nothing, .ladder = write_no_ladder, .result = write_result};
