/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* feed: the messages that are sent without a prompt: operands and files, or lines of input. */
#ifndef UDPTUI_CLIENT_FEED_H
#define UDPTUI_CLIENT_FEED_H

#include <stddef.h>
#include <stdint.h>

#include "udptui/base/opts.h"
#include "udptui/base/problem.h"
#include "udptui/client/message.h"

/* A message that is given as bytes. */
struct feed_given {
    const uint8_t *bytes;
    size_t size_bytes;
    const char *expect; /* the reply that is expected to it; NULL: the one to all others */
};

/* All of it borrowed, for as long as the feed is open. */
struct feed_options {
    struct message_style style;
    int64_t count; /* how often each message is given */
    const char *const *texts;
    size_t text_count;
    const struct feed_given *given; /* after the texts */
    size_t given_count;
    const struct opts_list *files; /* each is a message without changes, the last */
    int lines_fd;                  /* if there is nothing else, lines are read from here */
};

struct feed;

enum feed_status {
    FEED_MESSAGE,
    FEED_WAIT, /* nothing now: poll feed_fd */
    FEED_END,
    FEED_BAD, /* an invalid line; the next one may be valid */
};

/*
 * Encodes the texts and reads the files, before anything is sent. NULL with the
 * problem: of usage, if a text is malformed.
 */
struct feed *feed_open(const struct feed_options *options, struct problem *problem);
/* Frees it with the bytes of its files (NULL allowed). */
void feed_close(struct feed *feed);

/* The next payload, valid until the next call. Never waits. FEED_BAD: *why describes the
 * problem. */
enum feed_status feed_next(struct feed *feed, const uint8_t **bytes, size_t *size_bytes,
                           const char **why);

/* After FEED_MESSAGE: which reply is expected to it; NULL: the one to all others. */
const char *feed_expected_reply(const struct feed *feed);

/* After FEED_END: why the lines could not be read to their end (errno), or 0. */
int feed_error(const struct feed *feed);

/* The descriptor to wait for, -1 if there is none. */
int feed_fd(const struct feed *feed);

#endif
