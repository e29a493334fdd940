/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "udptui/proto/quiz_command.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "udptui/base/ascii.h"

enum { LARGEST = 1000000 };

/* What is left of a payload. */
struct quiz_rest {
    const char *at;
    size_t length;
};

static bool quiz_is_space(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n' || byte == '\0';
}

static struct quiz_rest quiz_trim(struct quiz_rest rest)
{
    while (rest.length > 0 && quiz_is_space(rest.at[rest.length - 1]))
        rest.length--;
    while (rest.length > 0 && quiz_is_space(*rest.at)) {
        rest.at++;
        rest.length--;
    }
    return rest;
}

/* Takes the bytes up to the next blank. */
static struct quiz_rest quiz_take_word(struct quiz_rest *rest)
{
    struct quiz_rest word = {.at = rest->at};

    while (word.length < rest->length && !quiz_is_space(word.at[word.length]))
        word.length++;
    *rest = quiz_trim(
        (struct quiz_rest){.at = rest->at + word.length, .length = rest->length - word.length});
    return word;
}

static char quiz_lower(char byte)
{
    return (char)ascii_lower((uint8_t)byte);
}

static bool quiz_word_is(struct quiz_rest word, const char *text)
{
    size_t i = 0;

    for (; i < word.length && text[i] != '\0'; i++)
        if (quiz_lower(word.at[i]) != text[i])
            return false;
    return i == word.length && text[i] == '\0';
}

/* 0 if it is not a number from 1 on. */
static uint32_t quiz_number_of(struct quiz_rest word)
{
    uint32_t number = 0;

    for (size_t i = 0; i < word.length; i++) {
        if (word.at[i] < '0' || word.at[i] > '9' || number >= LARGEST)
            return 0;
        number = number * 10 + (uint32_t)(word.at[i] - '0');
    }
    return number;
}

/* "2", "b", with a mark behind it: "2.", "b)". */
static unsigned quiz_choice_of(struct quiz_rest word)
{
    if (word.length > 1 && strchr(".):,!", word.at[word.length - 1]) != NULL)
        word.length--;
    if (word.length == 1 && quiz_lower(*word.at) >= 'a' && quiz_lower(*word.at) <= 'i')
        return (unsigned)(quiz_lower(*word.at) - 'a') + 1;
    return quiz_number_of(word);
}

static void quiz_take_name(struct quiz_command *command, struct quiz_rest name)
{
    name = quiz_trim(name);
    roster_clean_name(name.at, name.length, TEXT_UTF8, command->name);
    command->cleaned =
        strlen(command->name) != name.length || memcmp(command->name, name.at, name.length) != 0;
}

/* "2", "2 to 3", "2 to question 3", and a name behind each. */
static void quiz_take_answer(struct quiz_command *command, struct quiz_rest rest)
{
    struct quiz_rest behind;

    command->verb = QUIZ_ANSWER;
    command->choice = quiz_choice_of(quiz_take_word(&rest));
    behind = rest;
    if (quiz_word_is(quiz_take_word(&behind), "to")) {
        struct quiz_rest word = quiz_take_word(&behind);
        if (quiz_word_is(word, "question"))
            word = quiz_take_word(&behind);
        command->question = quiz_number_of(word);
        if (command->question > 0)
            rest = behind;
    }
    if (rest.length > 0)
        quiz_take_name(command, rest);
}

/* "kim: answer 2": the place of the colon, or the length. */
static size_t quiz_find_colon(struct quiz_rest rest)
{
    const char *colon = memchr(rest.at, ':', rest.length);

    return colon != NULL ? (size_t)(colon - rest.at) : rest.length;
}

static bool quiz_take_named_answer(struct quiz_command *command, struct quiz_rest rest)
{
    size_t colon = quiz_find_colon(rest);
    struct quiz_rest name = {.at = rest.at, .length = colon}, behind;

    if (colon == 0 || colon == rest.length)
        return false;
    behind =
        quiz_trim((struct quiz_rest){.at = rest.at + colon + 1, .length = rest.length - colon - 1});
    if (!quiz_word_is(quiz_take_word(&behind), "answer"))
        return false;
    quiz_take_answer(command, behind);
    if (command->name[0] != '\0') { /* as our own reply has: "... to question 1 counted" */
        *command = (struct quiz_command){.verb = QUIZ_MESSAGE};
        return false;
    }
    quiz_take_name(command, name);
    return true;
}

/* "question", "?", and only dots behind it. */
static bool quiz_is_padding(struct quiz_rest rest)
{
    for (size_t i = 0; i < rest.length; i++)
        if (rest.at[i] != '.' && !quiz_is_space(rest.at[i]))
            return false;
    return true;
}

/* The word, with dots behind it: "question....". */
static bool quiz_word_begins(struct quiz_rest word, const char *text)
{
    while (word.length > strlen(text) && word.at[word.length - 1] == '.')
        word.length--;
    return quiz_word_is(word, text);
}

/* "hello kim" gives a name, "hello world" does not. */
static bool quiz_take_greeting(struct quiz_command *command, struct quiz_rest all)
{
    if (!roster_is_greeting(all.at, all.length))
        return false;
    quiz_take_name(command, (struct quiz_rest){.at = all.at + 5, .length = all.length - 5});
    if (roster_is_common_word(command->name)) {
        command->name[0] = '\0';
        return false;
    }
    command->cleaned = false; /* "hello, kim!" has marks that belong to no name */
    command->verb = QUIZ_NAME;
    return true;
}

static bool quiz_take_words(struct quiz_command *command, struct quiz_rest rest)
{
    struct quiz_rest word = quiz_take_word(&rest);

    if (quiz_word_is(word, "name") && rest.length > 0) {
        command->verb = QUIZ_NAME;
        quiz_take_name(command, rest);
    } else if (quiz_word_is(word, "ok") && rest.length == 6) {
        command->code = quiz_number_of(rest);
        command->verb = command->code > 0 ? QUIZ_CONFIRM : QUIZ_MESSAGE;
    } else if ((quiz_word_begins(word, "question") || quiz_word_begins(word, "?")) &&
               quiz_is_padding(rest)) {
        command->verb = QUIZ_ASK;
    } else if (quiz_word_is(word, "answer") && rest.length > 0) {
        quiz_take_answer(command, rest);
    } else if (word.length == 1 && rest.length == 0 && quiz_choice_of(word) > 0) {
        command->bare = true;
        command->verb = QUIZ_ANSWER;
        command->choice = quiz_choice_of(word);
    }
    return command->verb != QUIZ_MESSAGE;
}

struct quiz_command quiz_command_read(const void *bytes, size_t size_bytes)
{
    struct quiz_command command = {.verb = QUIZ_MESSAGE};
    struct quiz_rest all = quiz_trim((struct quiz_rest){.at = bytes, .length = size_bytes});

    if (all.length > 0 && !quiz_take_words(&command, all) && !quiz_take_greeting(&command, all))
        quiz_take_named_answer(&command, all);
    return command;
}

bool quiz_command_code(const void *reply, size_t size_bytes, char *out)
{
    static const char offer[] = QUIZ_CODE_OFFER;
    const size_t digits = 6, offered = sizeof offer - 1;
    const char *end = (const char *)reply + size_bytes;
    uint32_t code;

    if (size_bytes < offered + digits || memcmp(end - digits - offered, offer, offered) != 0)
        return false;
    code = quiz_number_of((struct quiz_rest){.at = end - digits, .length = digits});
    snprintf(out, QUIZ_CODE_SIZE, "ok %06" PRIu32, code);
    return code > 0;
}
