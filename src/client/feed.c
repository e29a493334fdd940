/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* feed: texts and files, each repeated; or lines from a buffer. */
#include "udptui/client/feed.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "udptui/proto/datagram.h"
#include "udptui/sys/files.h"
#include "udptui/sys/wait.h"

/* A line of escapes is at most 4 characters a byte, of hex with blanks 3; longer lines are
 * refused. */
enum { LINE_SIZE = MESSAGE_SIZE * 4 };

/* The part of a text in an error message, which continues with the problem. */
enum { TEXT_SHOWN = 800 };

struct feed_file {
    uint8_t *bytes;
    size_t size_bytes;
};

struct feed {
    struct feed_options options;
    bool is_lines;
    int64_t repeated; /* how often the current message was given already */
    /* texts and files */
    size_t next; /* text, given or file, counted in this order */
    struct feed_file files[OPTS_LIST_MAX];
    const char *expect; /* of the latest message */
    /* lines */
    size_t used, taken;   /* of line[]: filled, and handed out already */
    bool ended, skipping; /* end of input; the rest of a line that was too long */
    int error;            /* why the input ended (errno), 0: because there is no more */
    size_t payload_bytes;
    char why[MESSAGE_WHY_SIZE]; /* what is wrong with the latest text */
    char line[LINE_SIZE];
    uint8_t payload[MESSAGE_SIZE];
};

/* ---- opening */

/* As message_encode; the problem is the feed's, until the next call. */
static const char *feed_encode(struct feed *feed, const char *text, size_t length,
                               size_t *size_bytes)
{
    size_t wrong_byte;
    const char *why =
        message_encode(&feed->options.style, text, length, feed->payload, size_bytes, &wrong_byte);

    return why != NULL ? message_problem(why, wrong_byte, feed->why) : NULL;
}

/* A text that cannot be encoded is a wrong command line. A text that is too big is sent anyway: the
 * result reports the limit. */
static bool feed_check_texts(struct feed *feed, struct problem *problem)
{
    size_t size_bytes;

    for (size_t i = 0; i < feed->options.text_count; i++) {
        const char *text = feed->options.texts[i];
        const char *why = feed_encode(feed, text, strlen(text), &size_bytes);
        if (why == NULL || size_bytes > DATAGRAM_PAYLOAD_MAX_IPV4)
            continue;
        return problem_set(problem, true, "message '%.*s': %s", TEXT_SHOWN, text, why);
    }
    return true;
}

static bool feed_load_file(const char *path, struct feed_file *file, struct problem *problem)
{
    const char *why = "not enough memory";

    file->bytes = malloc(MESSAGE_SIZE);
    if (file->bytes != NULL)
        why = files_read(path, file->bytes, MESSAGE_SIZE, &file->size_bytes);
    return why == NULL || problem_set(problem, false, "--file %.*s: %s", TEXT_SHOWN, path, why);
}

static bool feed_load_files(struct feed *feed, struct problem *problem)
{
    const struct opts_list *paths = feed->options.files;

    for (size_t i = 0; i < paths->count; i++)
        if (!feed_load_file(paths->items[i], &feed->files[i], problem))
            return false;
    return true;
}

struct feed *feed_open(const struct feed_options *options, struct problem *problem)
{
    struct feed *feed = calloc(1, sizeof *feed);

    if (feed == NULL) {
        problem_set(problem, false, "not enough memory");
        return NULL;
    }
    feed->options = *options;
    feed->is_lines =
        options->text_count == 0 && options->given_count == 0 && options->files->count == 0;
    if (feed_check_texts(feed, problem) && feed_load_files(feed, problem))
        return feed;
    feed_close(feed);
    return NULL;
}

void feed_close(struct feed *feed)
{
    for (size_t i = 0; feed != NULL && i < OPTS_LIST_MAX; i++)
        free(feed->files[i].bytes);
    free(feed);
}

/* ---- texts and files */

static void feed_take_bytes(const uint8_t *from, size_t from_bytes, const uint8_t **bytes,
                            size_t *size_bytes)
{
    *bytes = from;
    *size_bytes = from_bytes;
}

/* Each message as often as required. */
static enum feed_status feed_next_given(struct feed *feed, const uint8_t **bytes,
                                        size_t *size_bytes, const char **why)
{
    const struct feed_options *options = &feed->options;
    size_t given = feed->next - options->text_count, file = given - options->given_count;

    feed->expect = NULL;
    if (feed->next == options->text_count + options->given_count + options->files->count)
        return FEED_END;
    if (feed->next < options->text_count) {
        const char *text = options->texts[feed->next];
        *why = feed_encode(feed, text, strlen(text), size_bytes);
        *bytes = feed->payload;
    } else if (given < options->given_count) {
        feed->expect = options->given[given].expect;
        feed_take_bytes(options->given[given].bytes, options->given[given].size_bytes, bytes,
                        size_bytes);
    } else {
        feed_take_bytes(feed->files[file].bytes, feed->files[file].size_bytes, bytes, size_bytes);
    }
    if (++feed->repeated < options->count)
        return FEED_MESSAGE;
    feed->repeated = 0;
    feed->next++;
    return FEED_MESSAGE;
}

const char *feed_expected_reply(const struct feed *feed)
{
    return feed->expect;
}

/* ---- lines */

/* Reads more. False if there is nothing now, or no more at all. */
static bool feed_read_more(struct feed *feed)
{
    struct pollfd polled = {.fd = feed->options.lines_fd, .events = POLLIN};
    ssize_t got;

    if (feed->ended || wait_until(&polled, 1, 0) != 1) /* an end (POLLHUP) is read too */
        return false;
    memmove(feed->line, feed->line + feed->taken, feed->used - feed->taken);
    feed->used -= feed->taken;
    feed->taken = 0;
    got = read(feed->options.lines_fd, feed->line + feed->used, LINE_SIZE - feed->used);
    if (got < 0 && errno == EINTR)
        return true;
    if (got <= 0) {
        feed->ended = true;
        feed->error = got < 0 ? errno : 0;
        return false;
    }
    feed->used += (size_t)got;
    return true;
}

/* The next whole line, or the last one without a newline. */
static bool feed_take_line(struct feed *feed, const char **line, size_t *length)
{
    char *start = feed->line + feed->taken;
    size_t left = feed->used - feed->taken;
    char *end = left > 0 ? memchr(start, '\n', left) : NULL;

    if (end == NULL && !(feed->ended && left > 0))
        return false;
    *line = start;
    *length = end != NULL ? (size_t)(end - start) : left;
    feed->taken += *length + (end != NULL);
    return true;
}

/* The buffer is full and holds no newline: the line is reported once and skipped to its end. */
static bool feed_is_overlong(struct feed *feed)
{
    if (feed->taken > 0 || feed->used < LINE_SIZE)
        return false;
    feed->used = 0;
    return true;
}

static enum feed_status feed_next_line(struct feed *feed, const uint8_t **bytes, size_t *size_bytes,
                                       const char **why)
{
    const char *line;
    size_t length;

    while (!feed_take_line(feed, &line, &length)) {
        if (feed_is_overlong(feed)) {
            bool again = feed->skipping;
            feed->skipping = true;
            *size_bytes = MESSAGE_SIZE;
            *why = "longer than a datagram can be";
            if (!again)
                return FEED_BAD;
        }
        if (!feed_read_more(feed) && !feed->ended)
            return FEED_WAIT;
        if (feed->ended && feed->taken == feed->used)
            return FEED_END;
    }
    if (feed->skipping) {
        feed->skipping = false;
        return feed_next_line(feed, bytes, size_bytes, why);
    }
    *why = feed_encode(feed, line, length, size_bytes);
    *bytes = feed->payload;
    return *why == NULL ? FEED_MESSAGE : FEED_BAD;
}

/* Each line as often as required, like each text. */
static enum feed_status feed_next_typed(struct feed *feed, const uint8_t **bytes,
                                        size_t *size_bytes, const char **why)
{
    if (feed->repeated == 0) {
        enum feed_status status = feed_next_line(feed, bytes, size_bytes, why);
        if (status != FEED_MESSAGE)
            return status;
        feed->payload_bytes = *size_bytes;
    }
    *bytes = feed->payload;
    *size_bytes = feed->payload_bytes;
    feed->repeated = (feed->repeated + 1) % feed->options.count;
    return FEED_MESSAGE;
}

enum feed_status feed_next(struct feed *feed, const uint8_t **bytes, size_t *size_bytes,
                           const char **why)
{
    *why = NULL;
    return feed->is_lines ? feed_next_typed(feed, bytes, size_bytes, why)
                          : feed_next_given(feed, bytes, size_bytes, why);
}

int feed_error(const struct feed *feed)
{
    return feed->error;
}

int feed_fd(const struct feed *feed)
{
    return feed->is_lines && !feed->ended ? feed->options.lines_fd : -1;
}
