/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dissector: asks Wireshark's dissectors, a confined child process (sharkd), what a datagram is.
 *
 * Requests are queued and asked for in batches: a batch is written to a capture in memory, which
 * the child reads, and answered as a whole. No function waits for the child but dissector_close.
 *
 * What the child reads may end it, or take it too long: then it is started again, once, and asked
 * the same. If that one ends, too, the dissector is off: what was asked is answered as not known,
 * until dissector_retry.
 */
#ifndef UDPTUI_DISSECT_DISSECTOR_H
#define UDPTUI_DISSECT_DISSECTOR_H

#include "udptui/base/text.h"
#include "udptui/dissect/answer.h"
#include "udptui/dissect/launcher.h"
#include "udptui/dissect/request.h"

enum {
    DISSECT_NOTE_SIZE = 240,
    DISSECT_CONFINED_SIZE = 200,
};

struct dissect_config {
    const char *program;       /* absolute, or looked up in PATH; NULL: "sharkd" */
    struct launcher *launcher; /* starts it, borrowed; NULL: it is started from here */
    enum text_charset charset;
    size_t queue_max;   /* requests that wait; 0: 512 */
    size_t batch_max;   /* requests a batch; 0: 128 */
    int64_t limit_ns;   /* for the answers to a batch; 0: 10 s. It is extended up to five times
                       * while the child had less than half of it on a processor */
    unsigned loads_max; /* batches a child, whose memory grows with each; 0: 16 */
    size_t line_max;    /* bytes of an answer; 0: 32 MiB */
};

struct dissector;

/* The child is started with the first request. NULL if memory is short, with errno. */
struct dissector *dissector_open(const struct dissect_config *config);
/* Ends the child (NULL allowed). */
void dissector_close(struct dissector *dissector);

/* Queues a request. False: the queue is full, memory is short, or it is off. */
bool dissector_ask(struct dissector *dissector, const struct dissect_request *request);

/* Whether dissector_ask would queue a request now. */
bool dissector_has_room(const struct dissector *dissector);

/* How many requests are not answered yet. */
size_t dissector_waiting(const struct dissector *dissector);

/* The answer is the callee's to read, and its trees are the callee's to take: it clears those that
 * it keeps. */
typedef void dissect_answered(void *context, struct dissect_answer *answer);

/* Takes what the child has written, and asks the next batch. Calls answered for each request that
 * is answered, once. */
void dissector_turn(struct dissector *dissector, int64_t now_ns, dissect_answered *answered,
                    void *context);

/* Gives up the requests that wait, but the newest `keep`: they are answered as not known. Those
 * with trees stay. */
void dissector_skip(struct dissector *dissector, size_t keep, dissect_answered *answered,
                    void *context);

/* Readable if dissector_turn has something to do; it stays the same. */
int dissector_fd(const struct dissector *dissector);
/* When (CLOCK_MONOTONIC) dissector_turn is due without it; INT64_MAX: never. */
int64_t dissector_due_ns(const struct dissector *dissector);

/* Whether it has given up: sharkd is not there, or ended twice. dissector_note says why. */
bool dissector_is_off(const struct dissector *dissector);
/* Tries again. */
void dissector_retry(struct dissector *dissector);

/* The latest trouble and what to do about it, as safe text; "": none. */
const char *dissector_note(const struct dissector *dissector);

/* What confines the child, and what does not: "sharkd: no network, no user files, limited"; "" before
 * it has run. out: DISSECT_CONFINED_SIZE. Returns out. */
const char *dissector_confined(const struct dissector *dissector, char *out, size_t size);

#endif
