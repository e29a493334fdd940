/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_transactions: requests and replies of any bytes in any order. Input: items of a length, of
 * which the lowest bit says whether it is a reply, and so many bytes. */
#include "fuzz.h"
#include "udptui/proto/transactions.h"

const char *const fuzz_words[] = {
    "\x21\x12\xa4\x42",
    "\x12\x34\x01\x01",
    "\x12\x34\x81\x80",
    "\x40\x01",
    "\x60\x45",
    "\x18",
    NULL,
};

static void reply(struct transactions *waiting, uint64_t latest, const uint8_t *bytes, size_t size,
                  int64_t now_ns)
{
    unsigned before = waiting->count;
    struct transaction_match match = transactions_take(waiting, bytes, size, now_ns);

    fuzz_require((match.match == MATCH_NONE) == (match.number == 0), "a match has a number");
    fuzz_require(match.number <= latest, "the number is one that was given");
    fuzz_require(match.match != MATCH_ALONE || before == 1, "alone is alone");
    fuzz_require(match.rtt_ns == EVENT_UNKNOWN || match.rtt_ns >= 0, "no time is negative");
    for (unsigned i = 0; i < waiting->count; i++)
        fuzz_require(match.number == 0 || waiting->waiting[i].number != match.number ||
                         (waiting->waiting[i].acknowledged && size == 4),
                     "an answered one waits no longer, unless it was acknowledged alone");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct transactions waiting = {.count = 0};
    uint64_t number = 0;

    for (int64_t now_ns = 1; size > 0; now_ns += 1000) {
        size_t length = bytes[0] >> 1 < size - 1 ? bytes[0] >> 1 : size - 1;
        if (bytes[0] & 1)
            reply(&waiting, number, bytes + 1, length, now_ns);
        else
            transactions_add(&waiting, ++number, now_ns, bytes + 1, length);
        fuzz_require(waiting.count <= TRANSACTIONS_MAX, "the window is bounded");
        fuzz_require(transactions_find(&waiting, bytes + 1, length) <= number, "a quote");
        bytes += 1 + length;
        size -= 1 + length;
    }
    return 0;
}
