/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * resend: sends one client's requests of a recording again, and compares the replies with the
 * recorded ones.
 *
 * A reply is compared with the request that it fits best: the oldest waiting one that was recorded
 * with the same bytes, else the oldest waiting one. Its round-trip time is not reported, because a
 * late or duplicate reply to an earlier request cannot be distinguished.
 *
 * Pure: times are passed in, in ns, CLOCK_MONOTONIC.
 */
#ifndef UDPTUI_REPLAY_RESEND_H
#define UDPTUI_REPLAY_RESEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/proto/figure.h"

enum resend_outcome {
    RESEND_SAME,      /* the recorded reply, byte for byte */
    RESEND_DIFFERENT, /* another reply */
    RESEND_SILENT,    /* no reply, although one was recorded */
    RESEND_NEW,       /* a reply, although none was recorded */
    RESEND_NONE,      /* no reply, and none was recorded */
    RESEND_EXTRA,     /* a reply that no request waited for */
    RESEND_OUTCOMES
};

/* "same", "different", ... for each outcome, and the name of its count in a summary. */
extern const struct figure_name resend_names[RESEND_OUTCOMES];

/* A request that is sent, and its recorded reply. */
struct resend_request {
    uint64_t number; /* in the recording */
    uint64_t round;  /* of --loop, from 1 */
    size_t size_bytes;
    const uint8_t *recorded; /* NULL: no reply was recorded; copied */
    size_t recorded_bytes;   /* that are kept */
    size_t recorded_size;    /* of the whole reply */
};

struct resend_result {
    enum resend_outcome outcome;
    uint64_t number;         /* 0 with RESEND_EXTRA */
    uint64_t round;          /* the same */
    size_t size_bytes;       /* of the request */
    const uint8_t *recorded; /* valid until the next call; NULL: none */
    size_t recorded_bytes, recorded_size;
};

struct resend;

/* NULL if memory is short. resend_close frees (NULL allowed). */
struct resend *resend_open(void);
void resend_close(struct resend *resend);

/* A request was sent. False if memory is short. */
bool resend_sent(struct resend *resend, const struct resend_request *request, int64_t deadline_ns);

/* Classifies a reply. */
struct resend_result resend_answered(struct resend *resend, const uint8_t *bytes,
                                     size_t size_bytes);

/* Where a reply differs first from the recorded one, of which only the kept bytes are known: a
 * number of bytes; -1: nowhere, or none was recorded. */
int64_t resend_differs_at(const struct resend_result *result, const uint8_t *bytes,
                          size_t size_bytes);

/* The oldest request whose deadline has passed: true with *result. */
bool resend_expire(struct resend *resend, int64_t now_ns, struct resend_result *result);

/* The number of waiting requests, and their first deadline, INT64_MAX if there are none. */
size_t resend_waiting(const struct resend *resend);
int64_t resend_deadline_ns(const struct resend *resend);

#endif
