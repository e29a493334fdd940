/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* expect: a ring of the latest messages by number; those before `first` are decided. */
#include "udptui/client/expect.h"

#include <stdio.h>
#include <stdlib.h>

/* As many as can wait for a reply at a time, and more: an older one is decided. */
enum { EXPECT_MESSAGES = 32768 };

enum expect_state { EXPECT_OPEN, EXPECT_MET_NOW, EXPECT_FAILED };

/* A filter, for as long as it is in use. */
struct expect_filter {
    struct filter *filter;
    size_t users;
};

struct expect_message {
    struct expect_filter *filter; /* as it was sent; NULL: not used */
    uint64_t seq;
    int64_t deadline_ns;
    uint64_t others; /* replies that did not match */
    enum expect_state state;
};

struct expect {
    struct expect_filter *filter; /* for what is sent from now on; NULL: none */
    uint64_t first, next;         /* seq of the first that is not decided; of the next message */
    uint64_t sent, met;
    struct expect_message messages[EXPECT_MESSAGES]; /* by seq */
};

static void expect_release(struct expect_filter *filter)
{
    if (filter == NULL || --filter->users > 0)
        return;
    filter_close(filter->filter);
    free(filter);
}

/* What a reply does not have. */
static const char *expect_complain(const struct filter *filter)
{
    if (filter_needs(filter, FILTER_NEEDS_OUTCOME))
        return "a reply has no status: leave out status: and why:";
    if (filter_needs(filter, FILTER_NEEDS_NAME))
        return "a reply has no name: leave out name:";
    return NULL;
}

struct expect *expect_open(const char *text, size_t length_bytes, struct filter_problem *problem)
{
    struct expect *expect = calloc(1, sizeof *expect);

    *problem = (struct filter_problem){.why = "not enough memory", .no_memory = true};
    if (expect != NULL && expect_change(expect, text, length_bytes, problem))
        return expect;
    free(expect);
    return NULL;
}

/* NULL with *problem set. */
static struct expect_filter *expect_open_filter(const char *text, size_t length_bytes,
                                                struct filter_problem *problem)
{
    struct expect_filter *filter = calloc(1, sizeof *filter);
    const char *why = NULL;

    if (filter == NULL)
        return NULL;
    filter->users = 1;
    filter->filter = filter_open(text, length_bytes, problem);
    if (filter->filter != NULL && (why = expect_complain(filter->filter)) == NULL)
        return filter;
    if (why != NULL)
        snprintf(problem->why, sizeof problem->why, "%s", why);
    expect_release(filter);
    return NULL;
}

bool expect_change(struct expect *expect, const char *text, size_t length_bytes,
                   struct filter_problem *problem)
{
    struct expect_filter *filter = NULL;

    *problem = (struct filter_problem){.why = "not enough memory", .no_memory = true};
    if (text != NULL && (filter = expect_open_filter(text, length_bytes, problem)) == NULL)
        return false;
    expect_release(expect->filter);
    expect->filter = filter;
    return true;
}

static void expect_forget(struct expect_message *message)
{
    expect_release(message->filter);
    message->filter = NULL;
}

void expect_close(struct expect *expect)
{
    if (expect == NULL)
        return;
    for (size_t i = 0; i < EXPECT_MESSAGES; i++)
        expect_forget(&expect->messages[i]);
    expect_release(expect->filter);
    free(expect);
}

/* NULL: it is none of ours, or too old. */
static struct expect_message *expect_find(struct expect *expect, uint64_t seq)
{
    struct expect_message *message = &expect->messages[seq % EXPECT_MESSAGES];

    return message->filter != NULL && message->seq == seq ? message : NULL;
}

void expect_sent(struct expect *expect, uint64_t seq, int64_t deadline_ns)
{
    struct expect_message *message = expect_find(expect, seq);

    if (message != NULL) {
        message->deadline_ns = deadline_ns;
        return;
    }
    if (seq < expect->next || expect->filter == NULL) /* sent again after it was settled */
        return;
    if (expect->first == expect->next)
        expect->first = seq;
    expect->next = seq + 1;
    expect->sent++;
    if (expect->next - expect->first > EXPECT_MESSAGES)
        expect->first = expect->next - EXPECT_MESSAGES;
    message = &expect->messages[seq % EXPECT_MESSAGES];
    expect_forget(message);
    expect->filter->users++;
    *message =
        (struct expect_message){.filter = expect->filter, .seq = seq, .deadline_ns = deadline_ns};
}

static bool expect_matches(const struct filter *filter, const struct result *result)
{
    /* not NULL, which is unknown: "!error" would never be true */
    const struct filter_subject reply = {.name = "",
                                         .address = "",
                                         .from = &result->from,
                                         .payload = result->reply,
                                         .payload_bytes = result->reply_bytes,
                                         .size_bytes = (int64_t)result->reply_bytes};

    return filter_evaluate(filter, &reply) == FILTER_YES;
}

static void expect_take_reply(struct expect *expect, struct expect_message *message,
                              struct result *result, int64_t until_ns)
{
    bool matches = expect_matches(message->filter->filter, result);

    result->expectation = matches ? EXPECTATION_MET : EXPECTATION_OTHER;
    if (message->state != EXPECT_OPEN)
        return;
    message->others += !matches;
    if (matches) {
        message->state = EXPECT_MET_NOW;
        expect->met++;
    } else if (until_ns > message->deadline_ns) {
        message->deadline_ns = until_ns;
    }
}

void expect_take(struct expect *expect, struct result *result, int64_t until_ns)
{
    struct expect_message *message = expect_find(expect, result->seq);

    if (message == NULL)
        return;
    if (result->reply != NULL)
        expect_take_reply(expect, message, result, until_ns);
    else if (message->state == EXPECT_OPEN && result->status < RESULT_STATUSES)
        message->state = EXPECT_FAILED;
}

static bool expect_is_over(const struct expect_message *message, int64_t now_ns)
{
    return message->state != EXPECT_OPEN || (message->others > 0 && now_ns >= message->deadline_ns);
}

bool expect_next_unmet(struct expect *expect, int64_t now_ns, struct expect_unmet *unmet)
{
    while (expect->first < expect->next) {
        struct expect_message *message = &expect->messages[expect->first % EXPECT_MESSAGES];
        bool ours = message->filter != NULL && message->seq == expect->first;
        if (ours && !expect_is_over(message, now_ns))
            return false;
        expect->first++;
        if (!ours) /* sent while nothing was expected */
            continue;
        *unmet = (struct expect_unmet){.seq = message->seq, .others = message->others};
        if (message->state != EXPECT_MET_NOW) {
            message->state = EXPECT_FAILED; /* a later reply does not change that */
            return true;
        }
    }
    return false;
}

int64_t expect_deadline_ns(const struct expect *expect)
{
    const struct expect_message *first;

    if (expect == NULL || expect->first == expect->next)
        return INT64_MAX;
    first = &expect->messages[expect->first % EXPECT_MESSAGES];
    if (first->state != EXPECT_OPEN)
        return 0;
    return first->others > 0 ? first->deadline_ns : INT64_MAX;
}

bool expect_is_settled(const struct expect *expect)
{
    return expect == NULL || expect->first == expect->next;
}

uint64_t expect_met(const struct expect *expect)
{
    return expect != NULL ? expect->met : 0;
}

uint64_t expect_unmet(const struct expect *expect)
{
    return expect != NULL ? expect->sent - expect->met : 0;
}

bool expect_is_met(const struct expect *expect)
{
    return expect_unmet(expect) == 0;
}
