/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* answer: see the header. Requests and results: Wireshark's sharkd_session.c and its wiki page
 * "sharkd". */
#include "answer_internal.h"

#include <stdlib.h>
#include <string.h>

#include "udptui/base/array.h"
#include "udptui/sys/json_parse.h"

enum {
    COLUMN_PROTOCOL = 4, /* of Wireshark's default columns */
    COLUMN_INFO = 6,
    LABEL_MAX = 1024, /* bytes of a label, rendered */
};

/* ---- lines */

const char answer_no_memory[] = "not enough memory for its answer";
const char answer_wrong[] = "it does not answer in JSON-RPC";

const char *answer_parse(const char *line, size_t length, int64_t *id, json_t **result)
{
    json_error_t wrong;
    json_t *object = json_parse(line, length, &wrong);
    const json_t *number = json_object_get(object, "id");
    json_t *value = json_object_get(object, "result");
    bool good = json_is_integer(number) && (value != NULL || json_object_get(object, "error"));
    bool is_short = object == NULL && wrong.text[0] == '\0';

    *id = good ? json_integer_value(number) : 0;
    *result = good ? json_incref(value) : NULL;
    json_decref(object);
    if (good)
        return NULL;
    return is_short ? answer_no_memory : answer_wrong;
}

/* In ASCII, Wireshark's arrow is written as "->". */
static size_t answer_take_arrow(const char **text, char *out, enum text_charset charset)
{
    static const char arrow[] = "\xe2\x86\x92";

    if (charset != TEXT_ASCII || strncmp(*text, arrow, sizeof arrow - 1) != 0)
        return 0;
    *text += sizeof arrow - 1;
    memcpy(out, "->", 2);
    return 2;
}

/* Safe text, as much as there is room for. Returns its length. */
static size_t answer_render(char *out, size_t size, const char *text, enum text_charset charset)
{
    char plain[LABEL_MAX];
    size_t length = 0;

    if (text == NULL)
        text = "";
    while (*text != '\0' && length < sizeof plain - 2) {
        size_t taken = answer_take_arrow(&text, plain + length, charset);
        length += taken;
        if (taken == 0)
            plain[length++] = *text++;
    }
    text_render(out, size, plain, length, charset);
    return strlen(out);
}

bool answer_read_row(const json_t *row, enum text_charset charset, uint32_t *number,
                     struct dissect_summary *summary)
{
    const json_t *num = json_object_get(row, "num"), *columns = json_object_get(row, "c");
    const char *protocol = json_string_value(json_array_get(columns, COLUMN_PROTOCOL));
    const char *info = json_string_value(json_array_get(columns, COLUMN_INFO));
    json_int_t value = json_integer_value(num);

    if (value < 1 || value > UINT32_MAX || protocol == NULL || info == NULL)
        return false;
    *number = (uint32_t)value;
    answer_render(summary->protocol, sizeof summary->protocol, protocol, charset);
    answer_render(summary->text, sizeof summary->text, info, charset);
    return true;
}

/* ---- trees */

/* A tree while it grows: labels move, so the nodes get theirs at the end. */
struct tree_builder {
    struct dissect_tree *tree;
    enum text_charset charset;
    uint32_t header_bytes, payload_bytes;
    size_t nodes_room, labels_used, labels_room;
    size_t *label_offsets; /* of each node */
    bool failed;
};

static void *tree_grow(struct tree_builder *builder, void *memory, size_t wanted, size_t *room,
                       size_t unit)
{
    size_t more = *room * 2 > wanted ? *room * 2 : wanted;
    void *grown = realloc(memory, more * unit);

    if (grown == NULL) {
        builder->failed = true;
        return memory;
    }
    *room = more;
    return grown;
}

/* False if memory is short. */
static bool tree_reserve(struct tree_builder *builder)
{
    struct dissect_tree *tree = builder->tree;
    size_t room = builder->nodes_room;

    if (builder->labels_room < builder->labels_used + LABEL_MAX)
        tree->labels = tree_grow(builder, tree->labels, builder->labels_used + LABEL_MAX,
                                 &builder->labels_room, 1);
    if (tree->count < room)
        return !builder->failed;
    tree->nodes = tree_grow(builder, tree->nodes, room + 64, &room, sizeof *tree->nodes);
    room = builder->nodes_room;
    builder->label_offsets = tree_grow(builder, builder->label_offsets, room + 64, &room,
                                       sizeof *builder->label_offsets);
    builder->nodes_room = room;
    return !builder->failed;
}

/* Its place in the payload. Bytes that a dissector put together (reassembled, decrypted) have a
 * data source ("ds") of their own, and no place. */
static void tree_place(const struct tree_builder *builder, const json_t *field,
                       struct dissect_node *node)
{
    const json_t *place = json_object_get(field, "h");
    json_int_t offset = json_integer_value(json_array_get(place, 0));
    json_int_t size_bytes = json_integer_value(json_array_get(place, 1));
    json_int_t begin = builder->header_bytes, end = begin + builder->payload_bytes;

    if (place == NULL || json_integer_value(json_object_get(field, "ds")) != 0 || offset < begin ||
        offset > end || size_bytes < 1 || size_bytes > end - offset)
        return;
    node->offset = (uint32_t)(offset - begin);
    node->size_bytes = (uint32_t)size_bytes;
}

/* A reference to another frame means our temporary capture. */
static bool tree_wants(const json_t *field)
{
    const char *type = json_string_value(json_object_get(field, "t"));

    return json_is_string(json_object_get(field, "l")) &&
           !(type != NULL && strcmp(type, "framenum") == 0);
}

static void tree_add_fields(struct tree_builder *builder, const json_t *fields, unsigned depth);

static void tree_add_field(struct tree_builder *builder, const json_t *field, unsigned depth)
{
    struct dissect_tree *tree = builder->tree;
    size_t index = tree->count;

    if (index == DISSECT_NODES_MAX || depth == DISSECT_DEPTH_MAX) {
        tree->cut = true;
        return;
    }
    if (!tree_reserve(builder))
        return;
    tree->nodes[index] = (struct dissect_node){.depth = (uint8_t)depth};
    tree_place(builder, field, &tree->nodes[index]);
    builder->label_offsets[index] = builder->labels_used;
    builder->labels_used +=
        answer_render(tree->labels + builder->labels_used, LABEL_MAX,
                      json_string_value(json_object_get(field, "l")), builder->charset) +
        1;
    tree->count++;
    tree_add_fields(builder, json_object_get(field, "n"), depth + 1);
    tree->nodes[index].end = (uint32_t)tree->count;
}

static void tree_add_fields(struct tree_builder *builder, const json_t *fields, unsigned depth)
{
    size_t index;
    const json_t *field;

    json_array_foreach(fields, index, field) if (!builder->failed && tree_wants(field))
        tree_add_field(builder, field, depth);
}

/* frame, raw, ip, udp: rebuilt by us, and known better elsewhere. */
static bool tree_is_below_payload(const json_t *field)
{
    static const char *const names[] = {"frame", "raw", "ip", "ipv6", "udp"};
    const char *name = json_string_value(json_object_get(field, "f"));

    for (size_t i = 0; name != NULL && i < COUNT_OF(names); i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

/* Protocols after the first "udp": a tunnel has headers of its own. */
static void tree_add_protocols(struct tree_builder *builder, const json_t *protocols)
{
    size_t index;
    const json_t *field;
    bool inside = false;

    json_array_foreach(protocols, index, field)
    {
        const char *name = json_string_value(json_object_get(field, "f"));
        if ((inside || !tree_is_below_payload(field)) && tree_wants(field))
            tree_add_field(builder, field, 0);
        inside |= name != NULL && strcmp(name, "udp") == 0;
    }
}

bool answer_read_tree(const json_t *result, enum text_charset charset, uint32_t header_bytes,
                      uint32_t payload_bytes, struct dissect_tree *tree)
{
    struct tree_builder builder = {.tree = tree,
                                   .charset = charset,
                                   .header_bytes = header_bytes,
                                   .payload_bytes = payload_bytes};
    const json_t *protocols = json_object_get(result, "tree");

    *tree = (struct dissect_tree){.count = 0};
    if (!json_is_array(protocols))
        return false;
    tree_add_protocols(&builder, protocols);
    for (size_t i = 0; i < tree->count && !builder.failed; i++)
        tree->nodes[i].label = tree->labels + builder.label_offsets[i];
    free(builder.label_offsets);
    if (builder.failed)
        dissect_tree_free(tree);
    return !builder.failed;
}

void dissect_tree_free(struct dissect_tree *tree)
{
    free(tree->nodes);
    free(tree->labels);
    *tree = (struct dissect_tree){.count = 0};
}
