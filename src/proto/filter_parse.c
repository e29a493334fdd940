/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * filter_parse: recursive descent over bytes.
 *
 *     or   = and { ("|" | "or") and }
 *     and  = not { ["and"] not }
 *     not  = { "!" | "not" } unit
 *     unit = "(" or ")" | "/" regular expression "/" | [key ":"] (word | quoted)
 *
 * The first problem is reported; nothing is read after it.
 */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "filter_internal.h"
#include "udptui/base/array.h"
#include "udptui/base/ascii.h"
#include "udptui/base/escape.h"
#include "udptui/base/nearest.h"
#include "udptui/base/units.h"

enum { DEPTH_MAX = 32, WORD_SIZE = 128 };

struct parser {
    struct filter *filter;
    const char *const *states; /* of servers, NULL: status: takes none */
    const char *text;
    size_t length, at;
    unsigned depth;
    bool failed;
    struct filter_problem *problem;
};

/* A word of the text, without its quotes. */
struct word {
    const char *text;
    size_t length, offset;
};

__attribute__((format(printf, 3, 4))) static size_t
filter_fail(struct parser *parser, size_t offset, const char *format, ...)
{
    va_list list;

    if (parser->failed)
        return 0;
    parser->failed = true;
    parser->problem->offset_bytes = offset;
    va_start(list, format);
    vsnprintf(parser->problem->why, sizeof parser->problem->why, format, list);
    va_end(list);
    return 0;
}

static size_t filter_add_node(struct parser *parser, const struct filter_node *node)
{
    struct filter *filter = parser->filter;

    if (parser->failed)
        return 0;
    if (filter->count == FILTER_NODES_MAX)
        return filter_fail(parser, parser->at, "too long: at most %d terms", FILTER_NODES_MAX / 2);
    filter->nodes[filter->count] = *node;
    return filter->count++;
}

static size_t add_pair(struct parser *parser, enum filter_kind kind, size_t left, size_t right)
{
    return filter_add_node(parser,
                           &(struct filter_node){.kind = kind, .left = left, .right = right});
}

/* ---- words */

static bool filter_is_word_end(const struct parser *parser)
{
    return parser->failed || parser->at >= parser->length;
}

static void filter_skip_blanks(struct parser *parser)
{
    while (parser->at < parser->length && parser->text[parser->at] == ' ')
        parser->at++;
}

static bool is_at(struct parser *parser, char what)
{
    filter_skip_blanks(parser);
    return !filter_is_word_end(parser) && parser->text[parser->at] == what;
}

static bool take_char(struct parser *parser, char what)
{
    if (!is_at(parser, what))
        return false;
    parser->at++;
    return true;
}

static size_t word_length(const struct parser *parser, size_t from)
{
    size_t end = from;

    while (end < parser->length && strchr(" |()\"", parser->text[end]) == NULL)
        end += parser->text[end] == '\\' && end + 1 < parser->length ? 2 : 1;
    return end - from;
}

/* "and", "or", "not", as a word of their own. */
static bool take_keyword(struct parser *parser, const char *keyword)
{
    size_t length;

    filter_skip_blanks(parser);
    length = word_length(parser, parser->at);
    if (filter_is_word_end(parser) || length != strlen(keyword) ||
        memcmp(parser->text + parser->at, keyword, length) != 0)
        return false;
    parser->at += length;
    return true;
}

/* Up to the closing delimiter, which a backslash keeps from being one. */
static bool take_delimited(struct parser *parser, char delimiter, const char *what,
                           struct word *word)
{
    size_t opened = parser->at++;

    *word = (struct word){.text = parser->text + parser->at, .offset = parser->at};
    while (parser->at < parser->length && parser->text[parser->at] != delimiter)
        parser->at += parser->text[parser->at] == '\\' ? 2 : 1;
    if (parser->at >= parser->length) {
        filter_fail(parser, opened, "%s is not closed: add a %c", what, delimiter);
        return false;
    }
    word->length = parser->at++ - word->offset;
    return true;
}

static bool take_word(struct parser *parser, struct word *word)
{
    if (!filter_is_word_end(parser) && parser->text[parser->at] == '"')
        return take_delimited(parser, '"', "the quoted text", word);
    *word = (struct word){.text = parser->text + parser->at,
                          .length = word_length(parser, parser->at),
                          .offset = parser->at};
    parser->at += word->length;
    if (word->length == 0)
        filter_fail(parser, word->offset, "expected a text or key:value");
    return !parser->failed;
}

static void copy_word(const struct word *word, char out[static WORD_SIZE])
{
    size_t length = word->length < WORD_SIZE ? word->length : WORD_SIZE - 1;

    memcpy(out, word->text, length);
    out[length] = '\0';
}

/* ---- leaves: each takes the value of a key */

typedef void parse_value(struct parser *parser, const struct word *word, struct filter_node *node);

static uint8_t *pool_room(struct parser *parser)
{
    return parser->filter->pool + parser->filter->pool_bytes;
}

static void keep_bytes(struct parser *parser, size_t size_bytes, struct filter_node *node)
{
    node->of.text = (struct filter_bytes){.bytes = pool_room(parser), .size_bytes = size_bytes};
    parser->filter->pool_bytes += size_bytes;
}

/* Takes the backslash off the characters that mean something to this language; the other escapes
 * stay, for escape_decode. */
static size_t unescape_delimiters(const struct word *word, char *out)
{
    size_t written = 0;

    for (size_t i = 0; i < word->length; i++) {
        char next = i + 1 < word->length ? word->text[i + 1] : '\0';
        bool escape = word->text[i] == '\\' && next != '\0';
        if (!escape || strchr(" |()\"/!:", next) == NULL)
            out[written++] = word->text[i];
        if (escape)
            out[written++] = word->text[++i];
    }
    return written;
}

/* The bytes that its escapes stand for, in lower case. */
static void parse_text(struct parser *parser, const struct word *word, struct filter_node *node)
{
    char plain[FILTER_TEXT_MAX];
    uint8_t *out = pool_room(parser);
    size_t length = unescape_delimiters(word, plain);
    struct escape_result result =
        escape_decode(plain, length, out, parser->filter->pool_size - parser->filter->pool_bytes);

    if (result.error != NULL) {
        filter_fail(parser, word->offset + result.error_offset, "%s", result.error);
        return;
    }
    for (size_t i = 0; i < result.length_bytes; i++)
        out[i] = ascii_lower(out[i]);
    keep_bytes(parser, result.length_bytes, node);
}

static void parse_hex(struct parser *parser, const struct word *word, struct filter_node *node)
{
    struct escape_result result =
        escape_decode_hex(word->text, word->length, pool_room(parser),
                          parser->filter->pool_size - parser->filter->pool_bytes);

    if (result.error != NULL)
        filter_fail(parser, word->offset + result.error_offset, "%s", result.error);
    else if (result.length_bytes == 0)
        filter_fail(parser, word->offset, "expected hex digits, such as hex:ff00");
    else
        keep_bytes(parser, result.length_bytes, node);
}

static bool is_word(const struct word *word, const char *text)
{
    return strlen(text) == word->length && memcmp(text, word->text, word->length) == 0;
}

/* A state of servers. */
static bool parse_state(struct parser *parser, const struct word *word, struct filter_node *node)
{
    for (const char *const *state = parser->states; state != NULL && *state != NULL; state++) {
        if (!is_word(word, *state))
            continue;
        node->kind = FILTER_STATE;
        memcpy(pool_room(parser), word->text, word->length);
        keep_bytes(parser, word->length, node);
        return true;
    }
    return false;
}

static void fail_status(struct parser *parser, const struct word *word)
{
    char states[WORD_SIZE] = "";
    size_t length = 0;

    for (const char *const *state = parser->states; state != NULL && *state != NULL; state++)
        if (length < sizeof states)
            length += (size_t)snprintf(states + length, sizeof states - length, "%s ", *state);
    filter_fail(parser, word->offset,
                "unknown status: %sacked held failed manual forwarded waiting unseen unasked more",
                states);
}

/* The words of the screen, of which there are more than statuses. */
static void parse_status(struct parser *parser, const struct word *word, struct filter_node *node)
{
    if (is_word(word, "lost") || is_word(word, "LOST")) {
        filter_fail(parser, word->offset, "unknown status: what is lost is why:loss");
        return;
    }
    for (size_t i = 0; i < ACK_STATUSES; i++) {
        const char *status = ack_status_rows[i].word;
        if (!is_word(word, status) && !is_word(word, ack_status_rows[i].json))
            continue;
        node->of.text =
            (struct filter_bytes){.bytes = (const uint8_t *)status, .size_bytes = strlen(status)};
        return;
    }
    if (!parse_state(parser, word, node))
        fail_status(parser, word);
}

/* "512", "512-1024", ">512", ">=512", "<512", "<=512". */
static bool parse_bounds(const char *text, struct filter_range *range)
{
    char first[WORD_SIZE];
    const char *dash = strchr(text, '-');
    bool more = text[0] == '>', less = text[0] == '<', equal = text[0] != '\0' && text[1] == '=';
    int64_t value;

    snprintf(first, sizeof first, "%.*s",
             (int)(dash != NULL ? (size_t)(dash - text) : strlen(text)), text);
    if (more || less) {
        if (!units_parse_integer(text + 1 + equal, 0, UINT32_MAX, &value))
            return false;
        *range = more ? (struct filter_range){.least = value + !equal, .most = INT64_MAX}
                      : (struct filter_range){.least = 0, .most = value - !equal};
        return true;
    }
    if (!units_parse_integer(first, 0, UINT32_MAX, &range->least))
        return false;
    range->most = range->least;
    return dash == NULL || units_parse_integer(dash + 1, range->least, UINT32_MAX, &range->most);
}

static void parse_range(struct parser *parser, const struct word *word, struct filter_node *node)
{
    char text[WORD_SIZE];

    copy_word(word, text);
    if (word->length >= WORD_SIZE || !parse_bounds(text, &node->of.range))
        filter_fail(parser, word->offset, "expected a number: 512, 10-20, >512, <=512");
}

static bool parse_prefix(char *text, struct filter_network *network)
{
    char *slash = strchr(text, '/');
    struct endpoint_spec spec;
    int64_t bits = -1;

    if (slash != NULL) {
        *slash = '\0';
        if (!units_parse_integer(slash + 1, 0, 128, &bits))
            return false;
    }
    if (endpoint_split(text, &spec) != ENDPOINT_OK || (spec.host[0] != '\0' && !spec.is_literal))
        return false;
    network->address = spec.literal;
    network->address.port = spec.has_port ? spec.port : 0;
    network->prefix_bits = network->address.family == ENDPOINT_IPV4 ? 32 : 128;
    if (bits > (int64_t)network->prefix_bits ||
        (bits >= 0 && network->address.family == ENDPOINT_NONE))
        return false;
    if (bits >= 0)
        network->prefix_bits = (unsigned)bits;
    return true;
}

static void parse_network(struct parser *parser, const struct word *word, struct filter_node *node)
{
    char text[WORD_SIZE];

    copy_word(word, text);
    if (word->length == 0 || word->length >= WORD_SIZE || !parse_prefix(text, &node->of.network))
        filter_fail(parser, word->offset,
                    "expected an address: 10.0.0.1, 10.0.0.0/8, [ff02::fb]:5353");
}

#define KEY_ROW(constant, word, value) {word, FILTER_##constant, parse_##value},
static const struct {
    const char *key;
    enum filter_kind kind;
    parse_value *parse;
} keys[] = {FILTER_EACH_KEY(KEY_ROW)};
#undef KEY_ROW

/* What other programs call these keys; key NULL: it needs none. */
static const struct {
    const char *word, *key;
} strangers[] = {
    {"text", NULL}, {"payload", NULL}, {"src", "from"}, {"dst", "to"},
    {"ip", "from"}, {"host", "from"},  {"len", "size"}, {"length", "size"},
};

/* ---- the grammar */

static size_t parse_or(struct parser *parser);

/* Whether the text goes on with that word and a colon. */
static bool is_key(const struct parser *parser, const char *word)
{
    size_t length = strlen(word);

    return parser->at + length < parser->length &&
           memcmp(parser->text + parser->at, word, length) == 0 &&
           parser->text[parser->at + length] == ':';
}

/* The row of the key that the text begins with, -1 if it begins with none. */
static int find_key(const struct parser *parser)
{
    for (size_t i = 0; i < COUNT_OF(keys); i++)
        if (is_key(parser, keys[i].key))
            return (int)i;
    return -1;
}

/* As a text, such a key would match nothing, without explanation. */
static void check_stranger(struct parser *parser)
{
    for (size_t i = 0; i < COUNT_OF(strangers); i++)
        if (is_key(parser, strangers[i].word))
            filter_fail(
                parser, parser->at, "%s: is not a key: write %s%s, or quote it to search for it",
                strangers[i].word, strangers[i].key != NULL ? strangers[i].key : "the text alone",
                strangers[i].key != NULL ? ":" : "");
}

/* The length of a key in form, letters with a value behind the colon; 0: it has not this form.
 * "fe80::1", "dead:beef" and "http://" have not. */
static size_t filter_key_length(const struct word *word)
{
    size_t letters = 0, hex = 0;

    while (letters < word->length && ascii_lower((uint8_t)word->text[letters]) >= 'a' &&
           ascii_lower((uint8_t)word->text[letters]) <= 'z')
        hex += isxdigit((unsigned char)word->text[letters++]) != 0;
    if (letters < 2 || letters == hex || letters + 1 >= word->length ||
        word->text[letters] != ':' || strchr(":/", word->text[letters + 1]) != NULL)
        return 0;
    return letters;
}

/* Notes a word that is taken as a text and was perhaps meant as a key: such a text is hardly ever
 * found. */
static void check_doubt(struct parser *parser, const struct word *word)
{
    struct filter_problem *doubt = &parser->filter->doubt;
    size_t length = filter_key_length(word);
    struct nearest nearest;
    char key[WORD_SIZE];

    if (doubt->why[0] != '\0' || length == 0 || length >= sizeof key)
        return;
    copy_word(&(struct word){.text = word->text, .length = length}, key);
    nearest = nearest_begin(key);
    for (size_t i = 0; i < COUNT_OF(keys); i++)
        nearest_consider(&nearest, keys[i].key);
    doubt->offset_bytes = word->offset;
    if (nearest.word != NULL)
        snprintf(doubt->why, sizeof doubt->why, "no key %.40s:, so it is a text; did you mean %s:?",
                 key, nearest.word);
    else
        snprintf(doubt->why, sizeof doubt->why,
                 "no key %.40s:, so it is a text; quote it to search without this note", key);
}

static size_t parse_term(struct parser *parser)
{
    int row = find_key(parser);
    struct filter_node node = {.kind = row >= 0 ? keys[row].kind : FILTER_TEXT};
    struct word word;

    bool quoted = is_at(parser, '"');

    if (row >= 0)
        parser->at += strlen(keys[row].key) + 1;
    else
        check_stranger(parser);
    if (!take_word(parser, &word))
        return 0;
    if (row < 0 && !quoted)
        check_doubt(parser, &word);
    (row >= 0 ? keys[row].parse : parse_text)(parser, &word, &node);
    return filter_add_node(parser, &node);
}

static size_t parse_regex(struct parser *parser)
{
    struct filter_node node = {.kind = FILTER_REGEX};
    struct word word;
    struct filter_problem wrong;
    size_t at;

    if (!take_delimited(parser, '/', "the regular expression", &word))
        return 0;
    node.of.regex = filter_regex_open(word.text, word.length, &wrong);
    if (node.of.regex == NULL) {
        parser->problem->no_memory |= !parser->failed && wrong.no_memory;
        return filter_fail(parser, word.offset + wrong.offset_bytes, "%s", wrong.why);
    }
    at = filter_add_node(parser, &node);
    if (parser->failed)
        filter_regex_close(node.of.regex);
    return at;
}

static size_t parse_group(struct parser *parser)
{
    size_t opened = parser->at - 1, inner;

    if (++parser->depth > DEPTH_MAX)
        return filter_fail(parser, opened, "too deep: at most %d nested parentheses", DEPTH_MAX);
    inner = parse_or(parser);
    parser->depth--;
    if (!take_char(parser, ')'))
        return filter_fail(parser, opened, "the parenthesis is not closed: add a )");
    return inner;
}

static size_t parse_not(struct parser *parser)
{
    bool negated = false;
    size_t inner;

    while (take_char(parser, '!') || take_keyword(parser, "not"))
        negated = !negated;
    if (take_char(parser, '('))
        inner = parse_group(parser);
    else
        inner = is_at(parser, '/') ? parse_regex(parser) : parse_term(parser);
    return negated ? add_pair(parser, FILTER_NOT, inner, 0) : inner;
}

static bool is_or(struct parser *parser)
{
    size_t at = parser->at;
    bool found = take_char(parser, '|') || take_keyword(parser, "or");

    parser->at = at;
    return found;
}

static size_t parse_and(struct parser *parser)
{
    size_t left = parse_not(parser);

    filter_skip_blanks(parser);
    while (!filter_is_word_end(parser) && !is_at(parser, ')') && !is_or(parser)) {
        take_keyword(parser, "and");
        left = add_pair(parser, FILTER_AND, left, parse_not(parser));
        filter_skip_blanks(parser);
    }
    return left;
}

static size_t parse_or(struct parser *parser)
{
    size_t left = parse_and(parser);

    while (take_char(parser, '|') || take_keyword(parser, "or"))
        left = add_pair(parser, FILTER_OR, left, parse_and(parser));
    return left;
}

bool filter_parse(struct filter *filter, const char *text, size_t length_bytes,
                  const char *const *states, struct filter_problem *problem)
{
    struct parser parser = {.filter = filter,
                            .states = states,
                            .text = text,
                            .length = length_bytes,
                            .problem = problem};

    if (length_bytes > FILTER_TEXT_MAX) {
        filter_fail(&parser, FILTER_TEXT_MAX, "too long: at most %d bytes", FILTER_TEXT_MAX);
        return false;
    }
    filter_skip_blanks(&parser);
    if (filter_is_word_end(&parser)) {
        filter_add_node(&parser, &(struct filter_node){.kind = FILTER_ALL});
        return true;
    }
    filter->root = parse_or(&parser);
    filter_skip_blanks(&parser);
    if (!filter_is_word_end(&parser))
        filter_fail(&parser, parser.at, "this ) has no ( before it");
    return !parser.failed;
}
