/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_output: a message of any outcome and bytes as a line and as JSON. Input: four bytes for the
 * message and the options, then the payload. Lines have nothing raw, JSON is one object that has
 * exactly the payload.
 */
#include <jansson.h>
#include <string.h>

#include "fuzz.h"
#include "udptui/base/escape.h"
#include "udptui/output/serve.h"

const char *const fuzz_words[] = {
    "\x1b[31m", "\xe2\x80\xae", "\xc2\x9b", "\\u0000",          "\"", "\\",
    "\r\n",     "\xff",         "hello",    "\xf0\x9f\x98\x80", NULL,
};

enum { HEAD_BYTES = 4 };

static struct event_message message_of(const uint8_t *head, size_t size)
{
    struct event_message message = {
        .kind = EVENT_MESSAGE,
        .status = head[0] % ACK_STATUSES,
        .flags = (uint16_t)((head[1] << 4 | head[2] >> 4) & ~MESSAGE_UPDATE),
        .hop_limit = head[1],
        .traffic_class = head[2],
        .size_bytes = (uint32_t)size,
        .stored_bytes = (uint32_t)size,
        .number = head[1] + 1u,
        .wall_ns = INT64_C(1700000000) * 1000000000,
        .service_ns = head[2] * 1000,
        .from = {.family = ENDPOINT_IPV4, .address = {10, 0, 0, 1}, .port = 50000},
        .to = {.family = ENDPOINT_IPV4, .address = {10, 0, 0, 2}, .port = 4010}};

    message.error = message.status == ACK_FAILED ? head[1] % 130 : 0;
    message.why_held = message.status == ACK_HELD ? head[1] % HELD_REASONS : 0;
    message.ack_bytes = message.status == ACK_SENT ? 16 : 0;
    return message;
}

static void require_lines(const char *text, size_t size, bool ascii)
{
    fuzz_require(size > 0 && text[size - 1] == '\n', "a line ends");
    for (size_t i = 0; i < size; i++) {
        unsigned char byte = (unsigned char)text[i];
        fuzz_require(byte == '\n' || (byte >= ' ' && byte != 0x7f), "a line has nothing raw");
        fuzz_require(!ascii || byte < 0x80, "ASCII is ASCII");
        fuzz_require(byte != 0xc2 || (unsigned char)text[i + 1] >= 0xa0, "nor a control of C1");
    }
}

static void require_object(const char *text, size_t size, const uint8_t *payload, size_t bytes)
{
    json_t *object = json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL);
    const char *hex = json_string_value(json_object_get(object, "hex"));
    uint8_t *back = fuzz_allocate(bytes);

    fuzz_require(json_is_object(object), "JSON is one object");
    fuzz_require(memchr(text, '\n', size) == text + size - 1, "in one line");
    fuzz_require(hex != NULL && strlen(hex) == 2 * bytes, "it has the payload");
    struct escape_result result = escape_decode_hex(hex, 2 * bytes, back, bytes);
    fuzz_require(result.error == NULL && memcmp(back, payload, bytes) == 0, "exactly");
    free(back);
    json_decref(object);
}

/* What one of the writers makes of it. */
static char *write_message(bool json, struct serve_output *output, const uint8_t *head,
                           const uint8_t *payload, size_t size, size_t *written)
{
    const struct event_message message = message_of(head, size);
    char *text = NULL;

    output->file = open_memstream(&text, written);
    fuzz_require(output->file != NULL, "there is memory");
    if (json)
        serve_write_message_json(output, &message, payload);
    else
        serve_write_message_line(output, &message, payload);
    fclose(output->file);
    return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static char scratch[PAYLOAD_SCRATCH];
    size_t written;

    if (size < HEAD_BYTES)
        return 0;
    struct serve_output output = {.charset = bytes[3] & 1 ? TEXT_ASCII : TEXT_UTF8,
                                  .full = (bytes[3] & 2) != 0,
                                  .replay = (bytes[3] & 4) != 0,
                                  .scratch = scratch};
    char *text =
        write_message(false, &output, bytes, bytes + HEAD_BYTES, size - HEAD_BYTES, &written);
    require_lines(text, written, output.charset == TEXT_ASCII);
    free(text);
    text = write_message(true, &output, bytes, bytes + HEAD_BYTES, size - HEAD_BYTES, &written);
    require_lines(text, written, false);
    require_object(text, written, bytes + HEAD_BYTES, size - HEAD_BYTES);
    free(text);
    return 0;
}
