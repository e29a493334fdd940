/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "udptui/proto/counters.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "udptui/base/units.h"

static const char counters_received[] = "udptui counters: received ";
static const char counters_dropped[] = ", dropped ";
static const char counters_at_least[] = "at least ";

bool counters_is_question(const uint8_t *bytes, size_t size_bytes)
{
    return size_bytes == COUNTERS_QUESTION_BYTES &&
           memcmp(bytes, COUNTERS_QUESTION, COUNTERS_QUESTION_BYTES) == 0;
}

size_t counters_write(const struct counters *counters, uint8_t *out)
{
    char text[COUNTERS_REPLY_MAX + 1];
    int length = snprintf(text, sizeof text, "%s%" PRIu64 "%s%s%" PRIu32, counters_received,
                          counters->received, counters_dropped,
                          counters->at_least ? counters_at_least : "", counters->dropped);

    memcpy(out, text, (size_t)length);
    return (size_t)length;
}

/* Whether *cursor begins with the words; if so it is behind them. */
static bool counters_skip(const char **cursor, const char *words)
{
    size_t length = strlen(words);

    if (strncmp(*cursor, words, length) != 0)
        return false;
    *cursor += length;
    return true;
}

static bool counters_number(const char **cursor, int64_t most, int64_t *out)
{
    char digits[UNITS_TEXT_SIZE];
    size_t length = strspn(*cursor, "0123456789");

    if (length == 0 || length >= sizeof digits)
        return false;
    memcpy(digits, *cursor, length);
    digits[length] = '\0';
    *cursor += length;
    return units_parse_integer(digits, 0, most, out);
}

bool counters_parse(const uint8_t *bytes, size_t size_bytes, struct counters *out)
{
    char text[COUNTERS_REPLY_MAX + 1];
    const char *cursor = text;
    int64_t received, dropped;

    if (size_bytes > COUNTERS_REPLY_MAX || memchr(bytes, '\0', size_bytes) != NULL)
        return false;
    memcpy(text, bytes, size_bytes);
    text[size_bytes] = '\0';
    if (!counters_skip(&cursor, counters_received) ||
        !counters_number(&cursor, INT64_MAX, &received) ||
        !counters_skip(&cursor, counters_dropped))
        return false;
    out->at_least = counters_skip(&cursor, counters_at_least);
    if (!counters_number(&cursor, UINT32_MAX, &dropped) || *cursor != '\0')
        return false;
    out->received = (uint64_t)received;
    out->dropped = (uint32_t)dropped;
    return true;
}

bool counters_between(const struct counters *before, const struct counters *after,
                      struct counters *out)
{
    if (after->received <= before->received)
        return false;
    out->received = after->received - before->received - 1; /* the first question */
    out->dropped = after->dropped - before->dropped;
    out->at_least = after->at_least && out->dropped > 0;
    return true;
}
