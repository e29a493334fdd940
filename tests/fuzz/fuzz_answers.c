/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_answers: what Wireshark's sharkd may write, a line each (dissect/answer). The first byte
 * chooses the characters of the terminal. Texts are safe, places lie within the payload, and the
 * tree is one.
 */
#include <string.h>

#include "../../src/dissect/answer_internal.h"
#include "fuzz.h"

const char *const fuzz_words[] = {
    "{\"id\":1,\"result\":",
    "{\"id\":2,\"error\":{}}",
    "[{\"num\":1,\"c\":[\"1\",\"0\",\"a\",\"b\",\"DNS\",\"60\",\"query\"]}]",
    "{\"tree\":[",
    "{\"l\":\"a\",\"f\":\"udp\"}",
    "{\"l\":\"b\",\"h\":[28,4],\"n\":[",
    "\"t\":\"framenum\"",
    "\"ds\":1",
    "\"h\":[",
    "9223372036854775807",
    "-9223372036854775808",
    "\\u001b",
    "\\u202e",
    "\xe2\x86\x92",
    "]",
    "}",
    ",",
    "\n",
    NULL,
};

enum { HEADER_BYTES = 28, PAYLOAD_BYTES = 40 };

static void require_safe(const char *text, size_t size, enum text_charset charset)
{
    fuzz_require(memchr(text, '\0', size) != NULL, "a text ends");
    for (const unsigned char *at = (const unsigned char *)text; *at != '\0'; at++)
        fuzz_require(*at >= ' ' && *at != 0x7f && (charset == TEXT_UTF8 || *at < 0x80),
                     "a text is safe");
}

static void require_tree(const struct dissect_tree *tree, enum text_charset charset)
{
    fuzz_require(tree->count <= DISSECT_NODES_MAX, "a tree is bounded");
    for (size_t i = 0; i < tree->count; i++) {
        const struct dissect_node *node = &tree->nodes[i];
        fuzz_require((uint64_t)node->offset + node->size_bytes <= PAYLOAD_BYTES,
                     "a field lies within the payload");
        fuzz_require(node->end > i && node->end <= tree->count, "a branch lies within the tree");
        fuzz_require(node->depth < DISSECT_DEPTH_MAX, "its depth is bounded");
        fuzz_require(i + 1 == node->end || tree->nodes[i + 1].depth == node->depth + 1,
                     "what is below comes next");
        require_safe(node->label, SIZE_MAX / 2, charset);
    }
}

static void read_rows(const json_t *rows, enum text_charset charset)
{
    struct dissect_summary summary;
    uint32_t number;
    size_t index;
    const json_t *row;

    json_array_foreach(rows, index, row)
    {
        if (!answer_read_row(row, charset, &number, &summary))
            continue;
        fuzz_require(number > 0, "frames are numbered from 1");
        require_safe(summary.protocol, sizeof summary.protocol, charset);
        require_safe(summary.text, sizeof summary.text, charset);
    }
}

static void read_line(const char *line, size_t length, enum text_charset charset)
{
    struct dissect_tree tree;
    json_t *result;
    int64_t id;

    if (answer_parse(line, length, &id, &result) != NULL)
        return;
    read_rows(result, charset);
    if (answer_read_tree(result, charset, HEADER_BYTES, PAYLOAD_BYTES, &tree)) {
        require_tree(&tree, charset);
        dissect_tree_free(&tree);
    }
    json_decref(result);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size == 0)
        return 0;
    enum text_charset charset = bytes[0] % 2 == 0 ? TEXT_UTF8 : TEXT_ASCII;
    for (size_t at = 1; at < size;) {
        const uint8_t *end = memchr(bytes + at, '\n', size - at);
        size_t length = end != NULL ? (size_t)(end - bytes) - at : size - at;
        char *line = fuzz_allocate(length);
        memcpy(line, bytes + at, length);
        read_line(line, length, charset);
        free(line);
        at += length + 1;
    }
    return 0;
}
