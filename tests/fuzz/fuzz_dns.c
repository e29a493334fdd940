/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_dns: any bytes as a message; what can be read is answered, and the reply is read. */
#include <string.h>

#include "fuzz.h"
#include "udptui/proto/dns.h"

/* Without the zeros that most messages have: a word ends at its first one. */
const char *const fuzz_words[] = {
    "\x2a\x17\x01",
    "\x01",
    "\x06udptui\x07example",
    "\x03www",
    "\x3e"
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "\xc0\x0c",
    "\x29\x04\xd0",
    NULL,
};

enum { REPLY_BYTES = 65536 };

static void answer(const uint8_t *query, size_t query_bytes, const struct dns_message *asked)
{
    const struct dns_answer all = {.address = 1, .count = 5000, .ttl_s = 60, .id = asked->id};
    uint8_t *reply = fuzz_allocate(REPLY_BYTES);
    size_t reply_bytes = dns_write_reply(reply, REPLY_BYTES, query, query_bytes, &all);
    struct dns_message read;

    fuzz_require(reply_bytes > 0, "what can be read is answered");
    fuzz_require(reply_bytes <= dns_size_limit(asked), "a reply keeps to the size limit");
    fuzz_require(dns_read(reply, reply_bytes, &read), "a reply can be read");
    fuzz_require(dns_matches(asked, &read), "the reply is the query's");
    fuzz_require(read.edns_bytes == asked->edns_bytes, "EDNS is answered by EDNS");
    fuzz_require(read.addresses == read.answers, "the records have the question's name");
    free(reply);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct dns_message message;

    if (!dns_read(bytes, size, &message))
        return 0;
    fuzz_require(strlen(message.name) <= DNS_NAME_MAX, "a name has a limit");
    fuzz_require(message.question_end <= size, "the question is in the message");
    fuzz_require(message.addresses <= message.answers, "addresses are answers");
    fuzz_require(message.first_record + DNS_RECORD_BYTES - 1 <= size || message.addresses == 0,
                 "a record is in the message");
    answer(bytes, size, &message);
    return 0;
}
