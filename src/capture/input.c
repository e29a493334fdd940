/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * capture_input: see input_internal.h.
 *
 * Bytes that were read stay in `bytes` until they are passed on or decoded. The first four bytes
 * decide which of the two, so nothing is passed on before they are there. A pipe is polled before
 * each read, because another process may control whether its descriptor blocks.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "decoder_internal.h"
#include "input_internal.h"
#include "udptui/base/array.h"
#include "udptui/proto/reason.h"
#include "udptui/sys/wait.h"

enum { READ_BYTES = 1 << 16, MAGIC_BYTES = 4, WHY_SIZE = 128 };

struct capture_input {
    int fd;
    bool may_wait;        /* no regular file */
    bool at_end;          /* of the file; there may be decoded bytes yet */
    bool decided;         /* whether it is compressed */
    bool ended;           /* the decoder: the compressed file may end here */
    uint64_t read_bytes;  /* from fd */
    const uint8_t *first; /* of size_bytes, within bytes */
    size_t size_bytes;
    const struct decoder *decoder; /* NULL: the bytes are as they are */
    void *state;                   /* the decoder's */
    char why[WHY_SIZE];
    uint8_t bytes[READ_BYTES];
};

struct capture_input *input_open(int fd)
{
    struct capture_input *input = calloc(1, sizeof *input);
    struct stat status;

    if (input == NULL)
        return NULL;
    if (fstat(fd, &status) != 0) {
        int error = errno;
        free(input);
        errno = error;
        return NULL;
    }
    input->fd = fd;
    input->first = input->bytes;
    input->may_wait = !S_ISREG(status.st_mode);
    return input;
}

void input_close(struct capture_input *input)
{
    if (input == NULL)
        return;
    if (input->state != NULL)
        input->decoder->close(input->state);
    free(input);
}

bool input_may_wait(const struct capture_input *input)
{
    return input->may_wait;
}

bool input_can_seek(const struct capture_input *input)
{
    return !input->may_wait && input->decided && input->decoder == NULL;
}

bool input_seek(struct capture_input *input, uint64_t offset_bytes)
{
    if (!input_can_seek(input) || lseek(input->fd, (off_t)offset_bytes, SEEK_SET) < 0)
        return false;
    input->size_bytes = 0;
    input->read_bytes = offset_bytes;
    input->at_end = false;
    return true;
}

uint64_t input_read_bytes(const struct capture_input *input)
{
    return input->read_bytes;
}

/* ---- from the descriptor */

/* Whether a read would not block; waits for that if `wait` is set. */
static bool poll_input(const struct capture_input *input, bool wait)
{
    struct pollfd polled = {.fd = input->fd, .events = POLLIN};

    return !input->may_wait || wait_until(&polled, 1, wait ? INT64_MAX : 0) != 0;
}

/* Appends what it reads; 1, or INPUT_END, INPUT_WAIT, INPUT_BAD. */
static ssize_t fill(struct capture_input *input, bool wait)
{
    ssize_t count;

    if (input->size_bytes > 0)
        memmove(input->bytes, input->first, input->size_bytes);
    input->first = input->bytes;
    do {
        if (!poll_input(input, wait))
            return INPUT_WAIT;
        count = read(input->fd, input->bytes + input->size_bytes, READ_BYTES - input->size_bytes);
    } while (count < 0 && (errno == EINTR || (errno == EAGAIN && wait && input->may_wait)));
    if (count < 0 && errno == EAGAIN && input->may_wait)
        return INPUT_WAIT;
    if (count < 0) {
        snprintf(input->why, sizeof input->why, "%s", reason_text(errno));
        return INPUT_BAD;
    }
    input->at_end = count == 0;
    input->size_bytes += (size_t)count;
    input->read_bytes += (uint64_t)count;
    return count > 0 ? 1 : INPUT_END;
}

/* ---- what they are */

static bool choose(struct capture_input *input, const struct decoder *decoder)
{
    if (decoder->open == NULL) {
        snprintf(input->why, sizeof input->why,
                 "compressed with %s, and this udptui was built without %s: "
                 "%s -dc FILE | udptui replay -",
                 decoder->name, decoder->need, decoder->name);
        return false;
    }
    input->decoder = decoder;
    input->state = decoder->open();
    if (input->state == NULL)
        snprintf(input->why, sizeof input->why, "not enough memory");
    return input->state != NULL;
}

/* False, with why, if they are compressed in an unsupported way. */
static bool decide(struct capture_input *input)
{
    static const struct decoder *const decoders[] = {&decoder_gzip, &decoder_zstd};

    input->decided = true;
    for (size_t i = 0; i < COUNT_OF(decoders); i++) {
        size_t length = strlen(decoders[i]->magic);
        if (length <= input->size_bytes && memcmp(input->first, decoders[i]->magic, length) == 0)
            return choose(input, decoders[i]);
    }
    return true;
}

/* ---- to the caller */

static size_t hand_on(struct capture_input *input, uint8_t *out, size_t room)
{
    size_t count = input->size_bytes < room ? input->size_bytes : room;

    memcpy(out, input->first, count);
    input->first += count;
    input->size_bytes -= count;
    return count;
}

/* How many bytes have come out of it; INPUT_BAD. */
static ssize_t decode(struct capture_input *input, uint8_t *out, size_t room)
{
    size_t left = room;

    if (input->decoder->decode(input->state, &input->first, &input->size_bytes, &out, &left,
                               &input->ended))
        return (ssize_t)(room - left);
    snprintf(input->why, sizeof input->why, "the compressed data (%s) is damaged",
             input->decoder->name);
    return INPUT_BAD;
}

/* The end of the file, which may be premature. */
static ssize_t end(struct capture_input *input)
{
    if (input->decoder == NULL || input->ended)
        return INPUT_END;
    snprintf(input->why, sizeof input->why, "the compressed file (%s) ends early",
             input->decoder->name);
    return INPUT_BAD;
}

/* As input_read; 0 also if more has to be read first. */
static ssize_t input_give(struct capture_input *input, uint8_t *out, size_t room)
{
    if (!input->decided && (input->size_bytes >= MAGIC_BYTES || input->at_end) && !decide(input))
        return INPUT_BAD;
    if (!input->decided)
        return 0;
    return input->decoder != NULL ? decode(input, out, room) : (ssize_t)hand_on(input, out, room);
}

ssize_t input_read(struct capture_input *input, uint8_t *out, size_t room, bool wait,
                   const char **why)
{
    ssize_t found;

    *why = input->why;
    for (;;) {
        found = input_give(input, out, room);
        if (found != 0)
            return found;
        if (input->at_end)
            return end(input);
        found = fill(input, wait);
        if (found < 0)
            return found;
    }
}
