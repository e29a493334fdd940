/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* coap: requests, and what answers them, as in the examples of RFC 7252. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../suite.h"
#include "udptui/proto/coap.h"

enum { MESSAGE_MAX = 16 };

struct message {
    uint8_t size, bytes[MESSAGE_MAX];
};

static struct coap_names names_of(const struct message *message)
{
    struct coap_names names;

    assert_true(coap_read(message->bytes, message->size, &names));
    return names;
}

/* A confirmable GET with message ID 0x7d34 and token 0x20, and the same without a token. */
static const struct message get = {5, {0x41, 1, 0x7d, 0x34, 0x20}};
static const struct message get_bare = {4, {0x40, 1, 0x7d, 0x34}};
static const struct message non_get = {5, {0x51, 1, 0x7d, 0x34, 0x20}};
static const struct message ping = {4, {0x40, 0, 0x7d, 0x34}};

static const struct {
    const char *name;
    struct message reply;
    bool get, get_bare, non_get, ping; /* which of them it answers */
} replies[] = {
    {.name = "a response in the acknowledgement",
     .reply = {6, {0x61, 0x45, 0x7d, 0x34, 0x20, 0xff}},
     .get = true},
    {.name = "the same without a token", .reply = {4, {0x60, 0x45, 0x7d, 0x34}}, .get_bare = true},
    {.name = "of another message ID", .reply = {5, {0x61, 0x45, 0x7d, 0x35, 0x20}}},
    {.name = "with another token", .reply = {5, {0x61, 0x45, 0x7d, 0x34, 0x21}}},
    {.name = "a response of its own, confirmable",
     .reply = {5, {0x41, 0x45, 0xaa, 0xaa, 0x20}},
     .get = true,
     .non_get = true},
    {.name = "an error of its own, non-confirmable",
     .reply = {5, {0x51, 0x84, 0x7d, 0x34, 0x20}},
     .get = true,
     .non_get = true},
    {.name = "of its own without a token",
     .reply = {4, {0x50, 0xa0, 0xaa, 0xaa}},
     .get_bare = true},
    {.name = "of its own with another token", .reply = {5, {0x51, 0x45, 0x7d, 0x34, 0x21}}},
    {.name = "an empty acknowledgement",
     .reply = {4, {0x60, 0, 0x7d, 0x34}},
     .get = true,
     .get_bare = true,
     .non_get = true, /* a server that errs: the message ID is its own */
     .ping = true},
    {.name = "a reset",
     .reply = {4, {0x70, 0, 0x7d, 0x34}},
     .get = true,
     .get_bare = true,
     .non_get = true,
     .ping = true},
    {.name = "a reset of another message ID", .reply = {4, {0x70, 0, 0x7d, 0x35}}},
};

static void check(const char *name, const struct message *request, const struct coap_names *reply,
                  bool wanted)
{
    const struct coap_names names = names_of(request);

    assert_true(names.asks);
    if (coap_answers(&names, reply) != wanted)
        fail_msg("%s", name);
    assert_false(coap_answers(reply, &names));
}

static void each_reply_answers_its_request(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof replies / sizeof *replies; i++) {
        const struct coap_names reply = names_of(&replies[i].reply);
        assert_false(reply.asks);
        check(replies[i].name, &get, &reply, replies[i].get);
        check(replies[i].name, &get_bare, &reply, replies[i].get_bare);
        check(replies[i].name, &non_get, &reply, replies[i].non_get);
        check(replies[i].name, &ping, &reply, replies[i].ping);
    }
}

static const struct message others[] = {
    {0, {0}},
    {3, {0x40, 1, 0x7d}},
    {4, {0x00, 1, 0x7d, 0x34}},                             /* version 0 */
    {4, {0x41, 1, 0x7d, 0x34}},                             /* the token is cut off */
    {13, {0x49, 1, 0x7d, 0x34, 1, 2, 3, 4, 5, 6, 7, 8, 9}}, /* token of 9 bytes */
    {5, {0x60, 0, 0x7d, 0x34, 0xff}},                       /* empty, and a byte follows */
    {5, {0x61, 0, 0x7d, 0x34, 0x20}},                       /* empty with a token */
    {4, {0x50, 0, 0x7d, 0x34}},                             /* empty, non-confirmable */
    {4, {0x60, 1, 0x7d, 0x34}},                             /* a request acknowledges */
    {4, {0x70, 0x45, 0x7d, 0x34}},                          /* a reset with a response */
    {4, {0x60, 0x20, 0x7d, 0x34}},
    {4, {0x60, 0xe1, 0x7d, 0x34}}, /* reserved classes */
};

static void other_bytes_are_no_message(void **state)
{
    struct coap_names names;

    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_false(coap_read(others[i].bytes, others[i].size, &names));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(each_reply_answers_its_request),
    cmocka_unit_test(other_bytes_are_no_message),
};

const struct suite suite_coap = {
    .name = "coap", .tests = tests, .count = sizeof tests / sizeof *tests};
