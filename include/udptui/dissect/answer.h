/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* answer: what Wireshark's dissectors say of a datagram, as safe text (base/text). */
#ifndef UDPTUI_DISSECT_ANSWER_H
#define UDPTUI_DISSECT_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    DISSECT_PROTOCOL_SIZE = 48,
    DISSECT_SUMMARY_SIZE = 320,
    DISSECT_ASKED_MAX = 2, /* datagrams of an answer: a request and its reply */
    DISSECT_DEPTH_MAX = 40,
    DISSECT_NODES_MAX = 8192,
};

/* A datagram in one line: "DNS", "Standard query 0x1234 A example.com". A longer one is cut. */
struct dissect_summary {
    char protocol[DISSECT_PROTOCOL_SIZE];
    char text[DISSECT_SUMMARY_SIZE];
};

/* One field of a datagram. */
struct dissect_node {
    const char *label;
    uint32_t offset, size_bytes; /* of its bytes in the payload; size 0: it has none of its own */
    uint32_t end;                /* index behind the last node below it */
    uint8_t depth;               /* 0: a protocol */
};

/* The fields in their order, each before those below it. Without the headers below the payload,
 * which are not the datagram's own (see capture/writer). */
struct dissect_tree {
    struct dissect_node *nodes;
    size_t count;
    bool cut; /* there are more fields than DISSECT_NODES_MAX, or deeper ones */
    char *labels;
};

/* Of one request (dissector.h). */
struct dissect_answer {
    uint64_t id;
    bool known;   /* false: the dissectors gave no answer; the rest is empty then */
    size_t count; /* of the datagrams that were asked for */
    struct dissect_summary summaries[DISSECT_ASKED_MAX];
    struct dissect_tree trees[DISSECT_ASKED_MAX]; /* empty if they were not asked for */
};

/* Frees the nodes; the tree is empty then. */
void dissect_tree_free(struct dissect_tree *tree);

#endif
