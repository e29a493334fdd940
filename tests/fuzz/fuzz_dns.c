/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_dns: any bytes as a message of DNS; the reply to a query matches it and is within its limit. */
#include "fuzz.h"
#include "udptui/proto/dns.h"

const char *const fuzz_words[] = {
    "\x12\x34\x01",
    "\x01",
    "\x03www",
    "\x07"
    "example",
    "\xc0\x0c",
    "\xc0",
    "\x01\x01",
    "\x29\x10",
    NULL,
};

enum { REPLY_SIZE = 4096 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const struct dns_answer answer = {.address = 0xc0000201, .count = 40, .ttl_s = 60, .id = 7};
    uint8_t reply[REPLY_SIZE];
    struct dns_message query, read;
    size_t length;

    if (!dns_read(bytes, size, &query) || (query.flags & DNS_RESPONSE) != 0)
        return 0;
    length = dns_write_reply(reply, sizeof reply, bytes, size, &answer);
    if (length == 0)
        return 0;
    fuzz_require(length <= dns_size_limit(&query) || length == query.question_end,
                 "a reply is within the limit");
    fuzz_require(dns_read(reply, length, &read), "a reply is read");
    return 0;
}
