/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* message: plain text, hex or escapes; the end of a line; fields. */
#include "udptui/client/message.h"

#include <stdio.h>
#include <string.h>

#include "udptui/base/escape.h"
#include "udptui/proto/fill.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/random.h"

const char *const message_eol_words[] = {[MESSAGE_EOL_NONE] = "none",
                                         [MESSAGE_EOL_LF] = "lf",
                                         [MESSAGE_EOL_CRLF] = "crlf",
                                         [MESSAGE_EOL_CR] = "cr",
                                         NULL};

const char *message_eol_bytes(const struct message_style *style)
{
    static const char *const bytes[] = {[MESSAGE_EOL_NONE] = "",
                                        [MESSAGE_EOL_LF] = "\n",
                                        [MESSAGE_EOL_CRLF] = "\r\n",
                                        [MESSAGE_EOL_CR] = "\r"};

    return bytes[style->eol];
}

static struct escape_result message_copy(const char *text, size_t length, uint8_t *out, size_t room)
{
    struct escape_result result = {.length_bytes = length};

    if (length > room) {
        result.length_bytes = room;
        result.error = "longer than a datagram can be";
        return result;
    }
    memcpy(out, text, length);
    return result;
}

const char *message_encode(const struct message_style *style, const char *text, size_t length,
                           uint8_t *out, size_t *size_bytes, size_t *wrong_byte)
{
    const char *end = message_eol_bytes(style);
    struct escape_result result;

    if (style->hex)
        result = escape_decode_hex(text, length, out, MESSAGE_MOST);
    else if (style->escapes)
        result = escape_decode(text, length, out, MESSAGE_MOST);
    else
        result = message_copy(text, length, out, MESSAGE_MOST);
    *wrong_byte = result.length_bytes < MESSAGE_MOST ? result.error_offset + 1 : 0;
    memcpy(out + result.length_bytes, end, strlen(end));
    *size_bytes = result.length_bytes + strlen(end);
    return result.error;
}

const char *message_problem(const char *why, size_t wrong_byte, char *out)
{
    if (wrong_byte > 0)
        snprintf(out, MESSAGE_WHY_SIZE, "at byte %zu: %s", wrong_byte, why);
    else
        snprintf(out, MESSAGE_WHY_SIZE, "%s", why);
    return out;
}

static void message_random(uint8_t *out, size_t size_bytes)
{
    if (!random_fill(out, size_bytes))
        memset(out, 0, size_bytes);
}

size_t message_fill(uint64_t seq, const uint8_t *bytes, size_t size_bytes, uint8_t *out)
{
    const struct fill_context context = {
        .number = seq, .wall_ns = clock_wall_ns(), .random = message_random};

    return fill_render(bytes, size_bytes, &context, out, MESSAGE_SIZE);
}
