/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * filter: evaluates a tree for a subject, with three values (Kleene): unknown stays unknown unless
 * the rest of the expression decides.
 */
#include "udptui/proto/filter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "filter_internal.h"
#include "udptui/base/ascii.h"
#include "udptui/proto/relayed.h"

static struct filter_regex *first_regex(const struct filter *filter)
{
    for (size_t i = 0; i < filter->count; i++)
        if (filter->nodes[i].kind == FILTER_REGEX)
            return filter->nodes[i].of.regex;
    return NULL;
}

static bool filter_make_room(struct filter *filter, size_t length_bytes)
{
    filter->nodes = calloc(FILTER_NODES_MAX, sizeof *filter->nodes);
    filter->pool = malloc(length_bytes + 1);
    filter->pool_size = length_bytes;
    return filter->nodes != NULL && filter->pool != NULL;
}

/* Many filters are small, and are evaluated one after the other. */
static void filter_shrink(struct filter *filter)
{
    struct filter_node *nodes = realloc(filter->nodes, filter->count * sizeof *nodes);

    if (nodes != NULL)
        filter->nodes = nodes;
    filter->regex = first_regex(filter);
}

struct filter *filter_open_for(const char *text, size_t length_bytes, const char *const *states,
                               struct filter_problem *problem)
{
    struct filter *filter = calloc(1, sizeof *filter);

    *problem = (struct filter_problem){.offset_bytes = 0};
    if (filter == NULL || !filter_make_room(filter, length_bytes))
        *problem = (struct filter_problem){.why = "not enough memory", .no_memory = true};
    else if (filter_parse(filter, text, length_bytes, states, problem)) {
        filter_shrink(filter);
        return filter;
    }
    filter_close(filter);
    return NULL;
}

struct filter *filter_open(const char *text, size_t length_bytes, struct filter_problem *problem)
{
    return filter_open_for(text, length_bytes, NULL, problem);
}

void filter_close(struct filter *filter)
{
    if (filter == NULL)
        return;
    for (size_t i = 0; i < filter->count; i++)
        if (filter->nodes[i].kind == FILTER_REGEX)
            filter_regex_close(filter->nodes[i].of.regex);
    free(filter->nodes);
    free(filter->pool);
    free(filter);
}

const struct filter_problem *filter_doubt(const struct filter *filter)
{
    return filter->doubt.why[0] != '\0' ? &filter->doubt : NULL;
}

bool filter_needs(const struct filter *filter, enum filter_need need)
{
    for (size_t i = 0; i < filter->count; i++) {
        enum filter_kind kind = filter->nodes[i].kind;
        bool outcome = kind == FILTER_STATUS || kind == FILTER_WHY;
        if (need == FILTER_NEEDS_OUTCOME ? outcome : kind == FILTER_NAME)
            return true;
    }
    return false;
}

struct filter_subject filter_subject_of(const struct event_message *event, const uint8_t *payload,
                                        const uint8_t *ack)
{
    const struct endpoint *server = relayed_server(event);
    bool back = event->relayed.direction == DIRECTION_TO_CLIENT;

    return (struct filter_subject){
        .from = back ? server : &event->from,
        .to = back ? &event->from : server,
        .payload = payload,
        .payload_bytes = event->stored_bytes,
        .reply = event->ack_stored_bytes > 0 ? ack : NULL,
        .reply_bytes = event->ack_stored_bytes,
        .size_bytes = event->size_bytes,
        .status = ack_status_rows[event->status].word,
        .why = event->status == ACK_HELD ? held_reason_name((enum held_reason)event->why_held) : "",
    };
}

void filter_hide_client(struct filter_subject *subject, const struct endpoint *client)
{
    if (subject->from == client)
        subject->from = NULL;
    if (subject->to == client)
        subject->to = NULL;
}

/* ---- bytes */

static bool begins_with(const uint8_t *bytes, const struct filter_bytes *what, bool exact)
{
    for (size_t i = 0; i < what->size_bytes; i++)
        if ((exact ? bytes[i] : ascii_lower(bytes[i])) != what->bytes[i])
            return false;
    return true;
}

static bool contains(const void *bytes, size_t size_bytes, const struct filter_bytes *what,
                     bool exact)
{
    const uint8_t *in = bytes;

    for (size_t i = 0; i + what->size_bytes <= size_bytes; i++)
        if (begins_with(in + i, what, exact))
            return true;
    return false;
}

static enum filter_answer answer(bool yes)
{
    return yes ? FILTER_YES : FILTER_NO;
}

static enum filter_answer text_answer(const char *text, const struct filter_bytes *what)
{
    return text == NULL ? FILTER_UNKNOWN : answer(contains(text, strlen(text), what, false));
}

static enum filter_answer payload_answer(const struct filter_subject *subject,
                                         const struct filter_bytes *what, bool exact)
{
    if (subject->payload == NULL)
        return FILTER_UNKNOWN;
    return answer(
        contains(subject->payload, subject->payload_bytes, what, exact) ||
        (subject->reply != NULL && contains(subject->reply, subject->reply_bytes, what, exact)));
}

/* ---- logic */

static enum filter_answer both(enum filter_answer a, enum filter_answer b)
{
    if (a == FILTER_NO || b == FILTER_NO)
        return FILTER_NO;
    return a == FILTER_UNKNOWN || b == FILTER_UNKNOWN ? FILTER_UNKNOWN : FILTER_YES;
}

static enum filter_answer opposite(enum filter_answer a)
{
    if (a == FILTER_UNKNOWN)
        return a;
    return a == FILTER_YES ? FILTER_NO : FILTER_YES;
}

static enum filter_answer either(enum filter_answer a, enum filter_answer b)
{
    return opposite(both(opposite(a), opposite(b)));
}

/* ---- addresses and numbers */

static bool same_prefix(const uint8_t *a, const uint8_t *b, unsigned bits)
{
    unsigned whole = bits / 8, rest = bits % 8;

    if (memcmp(a, b, whole) != 0)
        return false;
    return rest == 0 || (a[whole] ^ b[whole]) >> (8 - rest) == 0;
}

static enum filter_answer network_answer(const struct endpoint *endpoint,
                                         const struct filter_network *network)
{
    const struct endpoint *wanted = &network->address;
    bool any = wanted->family == ENDPOINT_NONE;

    if (endpoint == NULL)
        return FILTER_UNKNOWN;
    if (wanted->port != 0 && wanted->port != endpoint->port)
        return FILTER_NO;
    return answer(any || (wanted->family == endpoint->family &&
                          same_prefix(wanted->address, endpoint->address, network->prefix_bits)));
}

static enum filter_answer range_answer(int64_t value, const struct filter_range *range)
{
    return answer(value >= range->least && value <= range->most);
}

static enum filter_answer port_answer(const struct endpoint *endpoint,
                                      const struct filter_range *range)
{
    return endpoint == NULL ? FILTER_UNKNOWN : range_answer(endpoint->port, range);
}

/* A word without a key matches any visible text. */
static enum filter_answer anywhere(const struct filter_subject *subject,
                                   const struct filter_bytes *what)
{
    enum filter_answer peer =
        either(text_answer(subject->name, what), text_answer(subject->address, what));

    return peer == FILTER_YES ? peer : either(peer, payload_answer(subject, what, false));
}

static enum filter_answer regex_answer(const struct filter_subject *subject,
                                       struct filter_regex *regex)
{
    struct filter_budget own = filter_budget_for(subject->payload_bytes + subject->reply_bytes);
    struct filter_budget *budget = subject->budget != NULL ? subject->budget : &own;
    enum filter_answer answer;

    if (subject->payload == NULL)
        return FILTER_UNKNOWN;
    answer = filter_regex_finds(regex, subject->payload, subject->payload_bytes, budget);
    if (answer == FILTER_YES || subject->reply == NULL)
        return answer;
    return either(answer, filter_regex_finds(regex, subject->reply, subject->reply_bytes, budget));
}

static enum filter_answer ask_leaf(const struct filter_node *node,
                                   const struct filter_subject *subject)
{
    switch (node->kind) {
    case FILTER_TEXT:
        return anywhere(subject, &node->of.text);
    case FILTER_REGEX:
        return regex_answer(subject, node->of.regex);
    case FILTER_FROM:
        return network_answer(subject->from, &node->of.network);
    case FILTER_TO:
        return network_answer(subject->to, &node->of.network);
    case FILTER_PORT:
        return either(port_answer(subject->from, &node->of.range),
                      port_answer(subject->to, &node->of.range));
    case FILTER_NAME:
        return text_answer(subject->name, &node->of.text);
    case FILTER_SIZE:
        return subject->size_bytes < 0 ? FILTER_UNKNOWN
                                       : range_answer(subject->size_bytes, &node->of.range);
    case FILTER_STATUS:
        return text_answer(subject->status, &node->of.text);
    case FILTER_STATE:
        return text_answer(subject->states, &node->of.text);
    case FILTER_WHY:
        return text_answer(subject->why, &node->of.text);
    case FILTER_HEX:
        return payload_answer(subject, &node->of.text, true);
    case FILTER_ALL:
    case FILTER_AND:
    case FILTER_OR:
    case FILTER_NOT:
        break;
    }
    return FILTER_YES;
}

/* As deep as the tree, which has FILTER_NODES_MAX nodes: terms in a row lean to the left. */
static enum filter_answer ask(const struct filter *filter, size_t at,
                              const struct filter_subject *subject)
{
    const struct filter_node *node = &filter->nodes[at];
    enum filter_answer left;

    if (node->kind != FILTER_AND && node->kind != FILTER_OR && node->kind != FILTER_NOT)
        return ask_leaf(node, subject);
    left = ask(filter, node->left, subject);
    if (node->kind == FILTER_NOT)
        return opposite(left);
    if (left == (node->kind == FILTER_AND ? FILTER_NO : FILTER_YES))
        return left;
    return node->kind == FILTER_AND ? both(left, ask(filter, node->right, subject))
                                    : either(left, ask(filter, node->right, subject));
}

size_t filter_groups(const struct filter *filter)
{
    return filter->regex != NULL ? filter_regex_groups(filter->regex) : 0;
}

void filter_group(const struct filter *filter, size_t group, const uint8_t **bytes,
                  size_t *size_bytes)
{
    filter_regex_group(filter->regex, group, bytes, size_bytes);
}

enum filter_answer filter_evaluate(const struct filter *filter,
                                   const struct filter_subject *subject)
{
    if (filter->regex != NULL)
        filter_regex_forget(filter->regex);
    return ask(filter, filter->root, subject);
}

/* ---- what must be there */

/* The shorter the text, the more it is found by chance: the length of the shortest. */
static size_t least_length(const struct filter_bytes *texts, size_t count)
{
    size_t least = SIZE_MAX;

    for (size_t i = 0; i < count; i++)
        least = texts[i].size_bytes < least ? texts[i].size_bytes : least;
    return least;
}

static size_t find_required(const struct filter *filter, size_t at, struct filter_bytes *out,
                            size_t room)
{
    const struct filter_node *node = &filter->nodes[at];
    struct filter_bytes right[FILTER_REQUIRED_MAX];
    size_t left_count, right_count;

    if ((node->kind == FILTER_TEXT || node->kind == FILTER_HEX) && node->of.text.size_bytes > 0 &&
        room > 0) {
        out[0] = node->of.text;
        return 1;
    }
    if (node->kind != FILTER_AND && node->kind != FILTER_OR)
        return 0;
    left_count = find_required(filter, node->left, out, room);
    right_count = find_required(filter, node->right, right, FILTER_REQUIRED_MAX);
    if (node->kind == FILTER_AND) {
        if (left_count > 0 && (right_count == 0 || right_count > room ||
                               least_length(out, left_count) >= least_length(right, right_count)))
            return left_count;
        left_count = 0;
    } else if (left_count == 0 || right_count == 0) {
        return 0;
    }
    if (left_count + right_count > room)
        return 0;
    memcpy(out + left_count, right, right_count * sizeof *right);
    return left_count + right_count;
}

size_t filter_required(const struct filter *filter, struct filter_bytes out[FILTER_REQUIRED_MAX])
{
    return find_required(filter, filter->root, out, FILTER_REQUIRED_MAX);
}
