/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_snapshot: documents of a broker (output/snapshot), and topics (proto/snapshot). The first
 * byte chooses the part, the second the characters of the terminal. What is taken has safe texts,
 * counts that add up, and can be written and taken again.
 */
#include <string.h>

#include "fuzz.h"
#include "udptui/output/snapshot.h"

#define HEAD(event)                                                                                \
    "{\"v\":1,\"event\":\"" event "\",\"kind\":\"relay\",\"boot\":\"00000000000000ab\","

const char *const fuzz_words[] = {
    HEAD("stats"),
    HEAD("clients"),
    HEAD("state"),
    HEAD("message"),
    "\"kind\":\"ping\"",
    "\"kind\":\"serve\"",
    "\"totals\":{\"received\":1,\"acked\":1}",
    "\"held\":2,\"held_by\":{\"loop\":2}",
    "\"clients\":[{\"from\":\"192.0.2.1:5\",\"received\":0}]",
    "\"targets\":[{\"target\":\"a\",\"sent\":1,\"lost\":1}]",
    "\"known\":1",
    "\"state\":\"gone\"",
    "\"hex\":\"00ff\"",
    "\"ack\":\"held\",\"why\":\"loop\"",
    "\"direction\":\"to_client\",\"status\":\"forwarded\"",
    "\"time\":\"2024-02-29T23:59:59.000000001Z\"",
    "p/v1/a/1/stats",
    "72057594037927936",
    "-1",
    "\\u001b",
    "\\u202e",
    "}",
    NULL,
};

static void require_safe(const char *text, size_t size, enum text_charset charset)
{
    fuzz_require(memchr(text, '\0', size) != NULL, "a text ends");
    for (const unsigned char *at = (const unsigned char *)text; *at != '\0'; at++)
        fuzz_require(*at >= ' ' && *at != 0x7f && (charset == TEXT_UTF8 || *at < 0x80),
                     "a text is safe");
}

static void require_counts(const struct counts *counts)
{
    fuzz_require(counts_conserved(counts), "counts add up");
    fuzz_require(counts->received <= SNAPSHOT_COUNT_MAX, "a count is bounded");
}

static void fuzz_stats(const uint8_t *bytes, size_t size, enum text_charset charset, char *error)
{
    struct snapshot read, again;
    char *text;

    if (!snapshot_read_stats(bytes, size, charset, &read, error))
        return;
    require_safe(read.listening, sizeof read.listening, charset);
    require_counts(&read.totals.counts);
    require_counts(&read.totals.back);
    fuzz_require(read.target_count <= SNAPSHOT_TARGETS_MAX, "targets are bounded");
    for (size_t i = 0; i < read.target_count; i++)
        require_safe(read.targets[i].target, sizeof read.targets[i].target, charset);
    text = snapshot_write_stats(&read);
    fuzz_require(snapshot_read_stats(text, strlen(text), charset, &again, error),
                 "what was taken is taken again");
    fuzz_require(read.totals.counts.received == again.totals.counts.received, "as it was");
    free(text);
}

static void fuzz_clients(const uint8_t *bytes, size_t size, enum text_charset charset, char *error)
{
    struct snapshot_clients read;

    if (!snapshot_read_clients(bytes, size, charset, &read, error))
        return;
    fuzz_require(read.count <= SNAPSHOT_CLIENTS_MAX && read.known >= read.count,
                 "clients are bounded");
    for (size_t i = 0; i < read.count; i++) {
        require_safe(read.clients[i].label, sizeof read.clients[i].label, charset);
        require_safe(read.clients[i].name, sizeof read.clients[i].name, charset);
        require_counts(&read.clients[i].record.counts);
    }
    free(snapshot_write_clients(&read, NULL));
}

static void fuzz_message(const uint8_t *bytes, size_t size, enum text_charset charset, char *error)
{
    struct snapshot_message read;

    if (!snapshot_read_message(bytes, size, charset, &read, error))
        return;
    fuzz_require(read.event.stored_bytes <= sizeof read.payload &&
                     read.event.stored_bytes <= read.event.size_bytes,
                 "a payload is bounded");
    fuzz_require(read.event.status < ACK_STATUSES && read.event.why_held < HELD_REASONS,
                 "words are known");
    require_safe(read.label, sizeof read.label, charset);
    require_safe(read.name, sizeof read.name, charset);
    free(snapshot_write_message(&read, NULL));
}

static void fuzz_topic(const uint8_t *bytes, size_t size)
{
    char *text = fuzz_allocate(size + 1), level[SNAPSHOT_LEVEL_SIZE];
    struct snapshot_topic topic;

    memcpy(text, bytes, size);
    text[size] = '\0';
    if (snapshot_parse_topic("p", text, &topic))
        fuzz_require(topic.part < SNAPSHOT_PARTS && topic.name[0] != '\0', "a topic is whole");
    snapshot_clean_level(text, level);
    fuzz_require(level[0] != '\0' && level[0] != '$' && strpbrk(level, "+#/\n\x1b\x7f") == NULL,
                 "a level is clean");
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    enum { HEADER = 2 };
    struct snapshot_presence presence;
    char error[SNAPSHOT_ERROR_SIZE] = "";

    if (size < HEADER)
        return 0;
    enum text_charset charset = bytes[1] % 2 == 0 ? TEXT_UTF8 : TEXT_ASCII;
    switch (bytes[0] % 5) {
    case 0:
        fuzz_stats(bytes + HEADER, size - HEADER, charset, error);
        break;
    case 1:
        fuzz_clients(bytes + HEADER, size - HEADER, charset, error);
        break;
    case 2:
        fuzz_message(bytes + HEADER, size - HEADER, charset, error);
        break;
    case 3:
        snapshot_read_state(bytes + HEADER, size - HEADER, &presence, error);
        break;
    default:
        fuzz_topic(bytes + HEADER, size - HEADER);
    }
    require_safe(error, sizeof error, TEXT_ASCII);
    return 0;
}
