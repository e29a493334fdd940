/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stream: records of proto/event that wait, in their order, until the messages among them are
 * dissected.
 *
 * It holds a bounded number of records. Who can wait lets them be answered first
 * (dissect_stream_is_full). Else those that wait longest go on without an answer, which is counted,
 * and the dissectors go on with the newest ones: so that some are dissected, whatever comes.
 */
#ifndef UDPTUI_DISSECT_STREAM_H
#define UDPTUI_DISSECT_STREAM_H

#include "udptui/dissect/dissector.h"
#include "udptui/proto/event.h"

/* answer: of a message; NULL: it is another record. answer->known is false if there is none. */
typedef void dissect_deliver(void *context, const void *record, size_t size_bytes,
                             const struct dissect_answer *answer);

struct dissect_stream_config {
    struct dissect_config dissector;
    size_t records_max; /* held at once; 0: 1,024 */
    dissect_deliver *deliver;
    void *context;
};

struct dissect_stream;

/* NULL if memory is short. dissect_stream_close frees (NULL allowed) and delivers nothing. */
struct dissect_stream *dissect_stream_open(const struct dissect_stream_config *config);
void dissect_stream_close(struct dissect_stream *stream);

/* Takes a copy of a record; a message is asked for, an update to one is not. */
void dissect_stream_put(struct dissect_stream *stream, const void *record, size_t size_bytes);

/* Whether the next one pushes out older ones. */
bool dissect_stream_is_full(const struct dissect_stream *stream);

/* Asks, takes answers, and delivers the records that need not wait any longer. */
void dissect_stream_turn(struct dissect_stream *stream, int64_t now_ns);

/* Delivers all that is held, answered or not. */
void dissect_stream_push_out(struct dissect_stream *stream);

/* How many are held. */
size_t dissect_stream_held(const struct dissect_stream *stream);

/* How many messages went on without an answer so far, for whatever reason. */
uint64_t dissect_stream_unanswered(const struct dissect_stream *stream);

/* Its dissector: descriptor, time and note. */
struct dissector *dissect_stream_dissector(struct dissect_stream *stream);

#endif
