/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mtu: finds the largest payload that is answered without fragmentation, by bisection, and what
 * refuses the next larger one: the interface, a router by ICMP, or silence (a black hole: RFC 2923,
 * RFC 8899). Each size is sent from a separate port, so that its reply is recognised.
 */
#ifndef UDPTUI_PROBE_MTU_H
#define UDPTUI_PROBE_MTU_H

#include "udptui/probe/trial.h"

enum mtu_answer {
    MTU_ANSWERED,
    MTU_TOO_BIG_HERE,  /* for the interface that it would leave by */
    MTU_TOO_BIG_THERE, /* for a hop, reported by ICMP */
    MTU_SILENCE,       /* nothing came back */
    MTU_FAILED,        /* another error: the search ends */
};

/* ---- which size is next: pure */

struct mtu_bounds {
    size_t answered_bytes; /* the largest so far */
    size_t refused_bytes;  /* the smallest so far, or one more than there can be */
    size_t hint_bytes;     /* the size that would fit, by ICMP or the interface; 0: not known */
};

/* The size to try next, between the two; 0: there is none left. */
size_t mtu_next_bytes(const struct mtu_bounds *bounds);

/* A size was tried. fitting_bytes: the payload that would fit, by ICMP or the interface; 0: not
 * known. */
void mtu_note(struct mtu_bounds *bounds, size_t size_bytes, enum mtu_answer answer,
              size_t fitting_bytes);

/* ---- the search */

/* The outcome of a size. */
struct mtu_step {
    size_t size_bytes;
    enum mtu_answer answer;
    struct endpoint from;     /* with MTU_TOO_BIG_THERE: the sender of the ICMP message */
    uint32_t mtu;             /* reported by it or by the interface; 0: not known */
    char why[TRIAL_WHY_SIZE]; /* with MTU_FAILED */
};

struct mtu_search;

/* Nothing is sent yet. report: receives each step, during mtu_turn. NULL with error
 * (TRIAL_ERROR_SIZE). */
struct mtu_search *mtu_open(const struct trial_config *config,
                            void (*report)(void *context, const struct mtu_step *step),
                            void *context, char *error);
/* Closes the socket and frees (NULL allowed). */
void mtu_close(struct mtu_search *search);

/* For poll(2), POLLIN; and when mtu_turn is to be called without it, CLOCK_MONOTONIC. */
int mtu_fd(const struct mtu_search *search);
int64_t mtu_deadline_ns(const struct mtu_search *search);

/* Receives, expires the datagram that waits, sends the next. True at the end. */
bool mtu_turn(struct mtu_search *search);

/* The largest payload that was answered so far; 0: none. */
size_t mtu_largest_bytes(const struct mtu_search *search);

/* The outcome of the smallest one that was not answered; size_bytes 0: none. */
const struct mtu_step *mtu_limit(const struct mtu_search *search);

/* IP and UDP headers of the target's family. */
size_t mtu_header_bytes(const struct mtu_search *search);

#endif
