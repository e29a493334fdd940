/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ack_parse: an answer, datagram by datagram: its words, then what is sent. The grammar is in ack.h.
 * The first problem is reported, with its place.
 */
#include <stdlib.h>
#include <string.h>

#include "ack_internal.h"
#include "udptui/base/array.h"
#include "udptui/base/escape.h"
#include "udptui/base/units.h"
#include "udptui/proto/datagram.h"

enum { TOKEN_SIZE = 32, SLICE_MAX = 65534 };

struct reader {
    const char *text;
    size_t at, end; /* of the datagram that is being read */
    const struct ack_reading *reading;
    struct ack_policy *policy; /* of this datagram */
    bool first;                /* of the answer */
    bool hex;                  /* "hex:": digits instead of text */
    struct ack_problem *problem;
};

static bool ack_fail(const struct reader *reader, size_t offset, const char *why)
{
    *reader->problem = (struct ack_problem){.offset_bytes = offset, .why = why};
    return false;
}

static bool ack_lacks_memory(const struct reader *reader, size_t offset)
{
    ack_fail(reader, offset, "not enough memory");
    reader->problem->no_memory = true;
    return false;
}

/* ---- literals */

/* The literal part that is being written, or a new one. NULL if there are too many parts. */
static struct ack_part *open_literal(struct ack_policy *policy)
{
    struct ack_part *last = policy->part_count > 0 ? &policy->parts[policy->part_count - 1] : NULL;

    if (last != NULL && last->field == ACK_FIELD_NONE)
        return last;
    if (policy->part_count == ACK_PARTS_MAX)
        return NULL;
    last = &policy->parts[policy->part_count++];
    *last = (struct ack_part){.offset = (uint16_t)policy->text_bytes};
    return last;
}

typedef struct escape_result decode_text(const char *text, size_t length_bytes, uint8_t *out,
                                         size_t out_size_bytes);

/* Adds the bytes that text[from .. end) stands for. */
static bool ack_add_literal(const struct reader *reader, decode_text *decode, size_t from,
                            size_t end)
{
    struct ack_policy *policy = reader->policy;
    struct ack_part *part = open_literal(policy);
    size_t room = sizeof policy->text - policy->text_bytes;

    if (part == NULL)
        return ack_fail(reader, from, "too many fields");
    struct escape_result result =
        decode(reader->text + from, end - from, policy->text + policy->text_bytes, room);
    if (result.error != NULL)
        return ack_fail(reader, from + result.error_offset,
                        result.length_bytes == room ? "longer than 1024 bytes" : result.error);
    policy->text_bytes += result.length_bytes;
    part->length = (uint16_t)(part->length + result.length_bytes);
    return true;
}

static struct escape_result copy_plain(const char *text, size_t length, uint8_t *out, size_t room)
{
    struct escape_result result = {.length_bytes = length < room ? length : room};

    memcpy(out, text, result.length_bytes);
    if (length > room)
        result.error = "longer than 1024 bytes";
    return result;
}

/* Where the literal that begins here ends: at a brace that is no part of an escape. */
static size_t find_literal_end(const struct reader *reader)
{
    size_t at = reader->at;

    while (at < reader->end && reader->text[at] != '{') {
        bool code_point =
            !reader->hex && at + 2 < reader->end && memcmp(reader->text + at, "\\u{", 3) == 0;
        at += code_point                                                         ? 3
              : !reader->hex && reader->text[at] == '\\' && at + 1 < reader->end ? 2
                                                                                 : 1;
    }
    return at < reader->end ? at : reader->end;
}

/* ---- fields */

static bool add_field(const struct reader *reader, struct ack_part part)
{
    struct ack_policy *policy = reader->policy;

    if (policy->part_count == ACK_PARTS_MAX)
        return ack_fail(reader, reader->at, "too many fields");
    policy->parts[policy->part_count++] = part;
    policy->row = &ack_rows[ACK_TEMPLATE];
    return true;
}

/* text[from .. end) as a number up to maximum. */
static bool parse_number(const struct reader *reader, size_t from, size_t end, int64_t maximum,
                         uint16_t *out)
{
    char token[TOKEN_SIZE] = "";
    int64_t value;

    if (end - from >= sizeof token)
        return false;
    memcpy(token, reader->text + from, end - from);
    if (token[strspn(token, "0123456789")] != '\0' ||
        !units_parse_integer(token, 0, maximum, &value))
        return false;
    *out = (uint16_t)value;
    return true;
}

/* "0:4", "12:". */
static bool add_slice(const struct reader *reader, size_t from, size_t end)
{
    struct ack_part part = {.field = ACK_FIELD_SLICE, .length = ACK_SLICE_REST};
    const char *colon = memchr(reader->text + from, ':', end - from);
    size_t split = colon != NULL ? (size_t)(colon - reader->text) : end;

    if (colon == NULL || !parse_number(reader, from, split, SLICE_MAX, &part.offset) ||
        (split + 1 < end && !parse_number(reader, split + 1, end, SLICE_MAX, &part.length)))
        return ack_fail(
            reader, from,
            "expected {bytes:FROM:COUNT} in decimal, such as {bytes:0:4} or {bytes:4:}");
    return add_field(reader, part);
}

static bool add_random(const struct reader *reader, size_t from, size_t end)
{
    struct ack_part part = {.field = ACK_FIELD_RANDOM};

    return parse_number(reader, from, end, SLICE_MAX, &part.length)
               ? add_field(reader, part)
               : ack_fail(reader, from, "expected a number of bytes, such as {random:8}");
}

static bool add_hex(const struct reader *reader, size_t from, size_t end)
{
    return ack_add_literal(reader, escape_decode_hex, from, end);
}

static bool add_group(const struct reader *reader, size_t number)
{
    struct ack_part part = {.field = ACK_FIELD_GROUP, .offset = (uint16_t)number};

    if (reader->reading->groups == 0)
        return ack_fail(reader, reader->at,
                        "{1} to {9} are the groups of the rule's regular expression, which has "
                        "none: write /(...)/");
    if (number > reader->reading->groups)
        return ack_fail(reader, reader->at, "the regular expression has fewer groups");
    return add_field(reader, part);
}

static const struct {
    const char *name; /* with the colon: an argument follows */
    enum ack_field field;
    bool (*add)(const struct reader *reader, size_t from, size_t end);
} field_rows[] = {
    {"n", ACK_FIELD_NUMBER, NULL},
    {"bytes", ACK_FIELD_BYTES, NULL},
    {"from", ACK_FIELD_FROM, NULL},
    {"text", ACK_FIELD_TEXT, NULL},
    {"upper", ACK_FIELD_UPPER, NULL},
    {"hex", ACK_FIELD_HEX, NULL},
    {"time", ACK_FIELD_TIME, NULL},
    {"bytes:", ACK_FIELD_SLICE, add_slice},
    {"random:", ACK_FIELD_RANDOM, add_random},
    {"hex:", ACK_FIELD_NONE, add_hex},
};

/* The field between the brace at reader->at and the one at end. */
static bool add_named_field(const struct reader *reader, size_t end)
{
    size_t from = reader->at + 1;
    const char *name = reader->text + from;

    if (end == from + 1 && name[0] >= '1' && name[0] <= '9')
        return add_group(reader, (size_t)(name[0] - '0'));
    for (size_t i = 0; i < COUNT_OF(field_rows); i++) {
        size_t length = strlen(field_rows[i].name);
        bool begins = end - from >= length && memcmp(name, field_rows[i].name, length) == 0;
        if (begins && field_rows[i].add != NULL)
            return field_rows[i].add(reader, from + length, end);
        if (begins && end == from + length)
            return add_field(reader, (struct ack_part){.field = (uint8_t)field_rows[i].field});
    }
    return ack_fail(reader, reader->at,
                    "unknown field: use {n} {bytes} {from} {text} {upper} {hex} {time} {bytes:0:4} "
                    "{1} {random:8} {hex:ff00}, or {{ for a brace");
}

/* A brace: a field, or "{{". */
static bool parse_brace(struct reader *reader)
{
    const char *open = reader->text + reader->at;
    const char *close = memchr(open, '}', reader->end - reader->at);

    if (!reader->hex && reader->at + 1 < reader->end && open[1] == '{') {
        reader->at += 2;
        return ack_add_literal(reader, copy_plain, reader->at - 1, reader->at);
    }
    if (close == NULL)
        return ack_fail(reader, reader->at,
                        "the field is not closed: add a }, or write {{ for a brace");
    if (!add_named_field(reader, (size_t)(close - reader->text)))
        return false;
    reader->at = (size_t)(close - reader->text) + 1;
    return true;
}

/* ---- what is sent */

static bool parse_content(struct reader *reader)
{
    decode_text *decode = reader->hex ? escape_decode_hex : escape_decode;

    reader->policy->row = &ack_rows[ACK_FIXED];
    while (reader->at < reader->end) {
        size_t end = find_literal_end(reader);
        if (end > reader->at && !ack_add_literal(reader, decode, reader->at, end))
            return false;
        reader->at = end;
        if (reader->at < reader->end && !parse_brace(reader))
            return false;
    }
    return true;
}

/* Blanks at the end belong to a text, not to a word or a path. */
static size_t trimmed_length(const struct reader *reader)
{
    size_t length = reader->end - reader->at;

    while (length > 0 && reader->text[reader->at + length - 1] == ' ')
        length--;
    return length;
}

static bool parse_file(struct reader *reader)
{
    size_t length = trimmed_length(reader);
    struct ack_policy *policy = reader->policy;
    const char *why = "files cannot be read here";
    char *path = strndup(reader->text + reader->at, length);

    policy->row = &ack_rows[ACK_FILE];
    if (path == NULL)
        return ack_lacks_memory(reader, reader->at);
    if (length == 0)
        why = "the path of the file is missing: file:PATH";
    else if (reader->reading->read_file != NULL)
        why = reader->reading->read_file(path, DATAGRAM_PAYLOAD_MAX_IPV4, &policy->file,
                                         &policy->file_bytes);
    free(path);
    return why == NULL || ack_fail(reader, reader->at, why);
}

/* NULL: it is a text. */
static const struct ack_row *ack_find_row(const struct reader *reader)
{
    size_t length = trimmed_length(reader);

    for (size_t i = 0; i < ACK_KINDS; i++)
        if (ack_rows[i].word != NULL && strlen(ack_rows[i].word) == length &&
            memcmp(reader->text + reader->at, ack_rows[i].word, length) == 0)
            return &ack_rows[i];
    return NULL;
}

static bool take_prefix(struct reader *reader, const char *prefix)
{
    size_t length = strlen(prefix);

    if (reader->end - reader->at < length || memcmp(reader->text + reader->at, prefix, length) != 0)
        return false;
    reader->at += length;
    return true;
}

static bool parse_what(struct reader *reader)
{
    reader->policy->row = ack_find_row(reader);
    reader->hex = false;
    if (reader->policy->row != NULL) {
        if (reader->policy->row == &ack_rows[ACK_NONE] &&
            (!reader->first || ack_is_planned(reader->policy)))
            return ack_fail(reader, reader->at, "none sends nothing: it stands alone");
        return true;
    }
    if (take_prefix(reader, "file:"))
        return parse_file(reader);
    reader->hex = take_prefix(reader, "hex:");
    return parse_content(reader);
}

/* ---- words */

enum taken { TAKEN_NOT, TAKEN, TAKEN_WRONG };

/* The text up to the next blank, which is passed over, if it begins with a digit. */
static bool take_token(struct reader *reader, char token[static TOKEN_SIZE])
{
    size_t length = 0;

    while (reader->at + length < reader->end && reader->text[reader->at + length] != ' ')
        length++;
    if (length == 0 || length >= TOKEN_SIZE || reader->text[reader->at] < '0' ||
        reader->text[reader->at] > '9')
        return false;
    memcpy(token, reader->text + reader->at, length);
    token[length] = '\0';
    reader->at += length;
    return true;
}

static bool ends_with_digit(const char *token)
{
    char last = token[strlen(token) - 1];

    return last >= '0' && last <= '9';
}

static const char *set_after(struct ack_policy *policy, const char *token)
{
    bool good = units_parse_duration(token, &policy->after_ns) && !ends_with_digit(token) &&
                policy->after_ns <= ACK_AFTER_MAX_NS;

    return good ? NULL : "expected a time of at most 10m: after 50ms";
}

/* "30%", "0.5%". */
static const char *set_chance(struct ack_policy *policy, const char *token)
{
    char *end;

    policy->chance = strtod(token, &end) / 100;
    return strcmp(end, "%") == 0 && policy->chance > 0 && policy->chance <= 1
               ? NULL
               : "expected a percentage above 0: chance 30%";
}

static const char *set_to_port(struct ack_policy *policy, const char *token)
{
    int64_t port;

    if (!units_parse_integer(token, 1, 65535, &port))
        return "expected a port, 1 to 65535: to port 6970";
    policy->to_port = (uint16_t)port;
    return NULL;
}

static const struct {
    const char *word;
    const char *(*set)(struct ack_policy *policy, const char *token);
    bool first; /* only at the beginning of the answer */
} word_rows[] = {
    {"after ", set_after, false}, {"chance ", set_chance, true}, {"to port ", set_to_port, false}};

/* A word that a value follows. Without a digit behind it, it is a text. */
static enum taken take_valued(struct reader *reader)
{
    for (size_t i = 0; i < COUNT_OF(word_rows); i++) {
        size_t begin = reader->at;
        char token[TOKEN_SIZE];
        if (!take_prefix(reader, word_rows[i].word))
            continue;
        size_t at = reader->at;
        if (!take_token(reader, token)) {
            reader->at = begin;
            return TAKEN_NOT;
        }
        const char *why = word_rows[i].set(reader->policy, token);
        if (why == NULL && word_rows[i].first && !reader->first)
            why = "a chance belongs to the whole answer: write it first";
        if (why != NULL)
            ack_fail(reader, at, why);
        return why == NULL ? TAKEN : TAKEN_WRONG;
    }
    return TAKEN_NOT;
}

/* "3 times ". */
static enum taken take_times(struct reader *reader)
{
    size_t begin = reader->at;
    char token[TOKEN_SIZE];
    int64_t times;

    if (!take_token(reader, token) || !take_prefix(reader, " times ") ||
        token[strspn(token, "0123456789")] != '\0') {
        reader->at = begin;
        return TAKEN_NOT;
    }
    if (!units_parse_integer(token, 1, ACK_DATAGRAMS_MAX, &times)) {
        ack_fail(reader, begin, "a datagram is sent 1 to 32 times");
        return TAKEN_WRONG;
    }
    reader->policy->times = (uint8_t)times;
    return TAKEN;
}

static enum taken ack_take_word(struct reader *reader)
{
    if (take_prefix(reader, "twice "))
        reader->policy->times = 2;
    else if (take_prefix(reader, "from another port "))
        reader->policy->from_another = true;
    else {
        enum taken taken = take_valued(reader);
        return taken == TAKEN_NOT ? take_times(reader) : taken;
    }
    return TAKEN;
}

static void ack_skip_blanks(struct reader *reader)
{
    while (reader->at < reader->end && reader->text[reader->at] == ' ')
        reader->at++;
}

static bool parse_datagram(struct reader *reader)
{
    enum taken taken = TAKEN_NOT;
    bool words = false;

    ack_skip_blanks(reader);
    while ((taken = ack_take_word(reader)) == TAKEN) {
        ack_skip_blanks(reader);
        words = true;
    }
    if (taken == TAKEN_WRONG)
        return false;
    if (words && reader->at == reader->end)
        return ack_fail(reader, reader->at, "what to send is missing: write it behind the words");
    return parse_what(reader);
}

/* ---- the answer */

static size_t count_copies(const struct ack_policy *policy)
{
    return policy->times > 1 ? policy->times : 1;
}

/* A policy for one more datagram, at the end of the chain. */
static struct ack_policy *chain_another(struct ack_policy *last)
{
    last->next = calloc(1, sizeof *last);
    return last->next;
}

static bool parse_datagrams(struct reader *reader, size_t length, struct ack_policy *out)
{
    static const char separator[] = " ; ";
    size_t copies = 0;

    for (reader->policy = out;; reader->first = false) {
        const char *next = strstr(reader->text + reader->at, separator);
        size_t begin = reader->at;
        reader->end = next != NULL ? (size_t)(next - reader->text) : length;
        if (!parse_datagram(reader))
            return false;
        copies += count_copies(reader->policy);
        if (copies > ACK_DATAGRAMS_MAX)
            return ack_fail(reader, begin, "too many datagrams: an answer has at most 32");
        if (next == NULL)
            return true;
        if (out->row == &ack_rows[ACK_NONE])
            return ack_fail(reader, begin, "none sends nothing: it stands alone");
        reader->at = reader->end + strlen(separator);
        reader->policy = chain_another(reader->policy);
        if (reader->policy == NULL)
            return ack_lacks_memory(reader, begin);
    }
}

bool ack_parse_answer(const char *text, const struct ack_reading *reading, struct ack_policy *out,
                      struct ack_problem *problem)
{
    struct reader reader = {.text = text, .reading = reading, .first = true, .problem = problem};

    *out = (struct ack_policy){.row = &ack_rows[ACK_FIXED]};
    if (parse_datagrams(&reader, strlen(text), out))
        return true;
    ack_close(out);
    return false;
}

const char *ack_parse(const char *text, struct ack_policy *out)
{
    static const struct ack_reading nothing = {.groups = 0};
    struct ack_problem problem;

    return ack_parse_answer(text, &nothing, out, &problem) ? NULL : problem.why;
}
