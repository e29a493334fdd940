/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* capture_reader: a window over the input's bytes, which capture/blocks parses. */
#include "udptui/capture/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file_internal.h"
#include "input_internal.h"
#include "udptui/proto/reason.h"

enum {
    LOOK_BYTES = 24, /* pcap's header; pcapng's is longer */
};

struct capture_reader {
    int fd;
    struct capture_input *input;
    struct blocks *blocks;
    uint64_t offset_bytes;    /* of what is not used yet, in the file */
    size_t first, size_bytes; /* the same, within window */
    uint8_t window[BLOCKS_WINDOW];
    char path[]; /* for complaints */
};

static void capture_reader_drop(struct capture_reader *reader, size_t count)
{
    reader->first += count;
    reader->size_bytes -= count;
    reader->offset_bytes += count;
}

/* Reads more into the window; 1 or what input_read says. */
static ssize_t read_more(struct capture_reader *reader, bool wait, const char **why)
{
    if (reader->first > 0)
        memmove(reader->window, reader->window + reader->first, reader->size_bytes);
    reader->first = 0;
    ssize_t count = input_read(reader->input, reader->window + reader->size_bytes,
                               sizeof reader->window - reader->size_bytes, wait, why);
    if (count > 0)
        reader->size_bytes += (size_t)count;
    return count > 0 ? 1 : count;
}

static enum capture_status end_of(const struct capture_reader *reader, const char **why)
{
    if (blocks_is_complete(reader->blocks, reader->size_bytes))
        return CAPTURE_END;
    *why = reader->size_bytes == 0 && input_read_bytes(reader->input) == 0
               ? "empty: not a capture file (pcap or pcapng)"
               : "truncated: the file ends within a packet or header";
    return CAPTURE_BAD;
}

/* CAPTURE_FRAME: try again. */
static enum capture_status fetch(struct capture_reader *reader, bool wait, const char **why)
{
    switch (read_more(reader, wait, why)) {
    case INPUT_END:
        return end_of(reader, why);
    case INPUT_WAIT:
        return CAPTURE_WAIT;
    case INPUT_BAD:
        return CAPTURE_BAD;
    default:
        return CAPTURE_FRAME;
    }
}

static enum capture_status next(struct capture_reader *reader, struct blocks_frame *out, bool wait,
                                char *error)
{
    enum capture_status status = CAPTURE_FRAME;
    const char *why = "";

    while (status == CAPTURE_FRAME) {
        size_t used;
        enum blocks_step step = blocks_next(reader->blocks, reader->window + reader->first,
                                            reader->size_bytes, &used, out);
        capture_reader_drop(reader, used);
        if (step == BLOCKS_FRAME)
            return CAPTURE_FRAME;
        why = blocks_error(reader->blocks);
        status = step == BLOCKS_BAD ? CAPTURE_BAD : fetch(reader, wait, &why);
    }
    if (status == CAPTURE_BAD)
        capture_file_explain(error, reader->path, why);
    return status;
}

enum capture_status capture_reader_next(struct capture_reader *reader, struct blocks_frame *out,
                                        char *error)
{
    return next(reader, out, true, error);
}

enum capture_status capture_reader_next_now(struct capture_reader *reader, struct blocks_frame *out,
                                            char *error)
{
    return next(reader, out, false, error);
}

int capture_reader_wait_fd(const struct capture_reader *reader)
{
    return input_may_wait(reader->input) ? reader->fd : -1;
}

bool capture_reader_tell(const struct capture_reader *reader, struct capture_position *position)
{
    position->blocks = blocks_tell(reader->blocks);
    position->offset_bytes = reader->offset_bytes;
    return input_can_seek(reader->input);
}

bool capture_reader_seek(struct capture_reader *reader, const struct capture_position *position)
{
    if (!input_seek(reader->input, position->offset_bytes))
        return false;
    blocks_seek(reader->blocks, &position->blocks);
    reader->offset_bytes = position->offset_bytes;
    reader->first = reader->size_bytes = 0;
    return true;
}

const struct blocks_interface *capture_reader_pcap_interface(const struct capture_reader *reader)
{
    return blocks_pcap_interface(reader->blocks);
}

bool capture_reader_reads_file(const struct capture_reader *reader, const char *path)
{
    struct stat one, other;

    return stat(path, &one) == 0 && fstat(reader->fd, &other) == 0 && one.st_dev == other.st_dev &&
           one.st_ino == other.st_ino;
}

uint64_t capture_reader_read_bytes(const struct capture_reader *reader)
{
    return input_read_bytes(reader->input);
}

/* ---- beginning and end */

/* A reader that owns fd; NULL with errno, and with fd closed. */
static struct capture_reader *reader_make(const char *path, int fd)
{
    struct capture_reader *reader = malloc(sizeof *reader + strlen(path) + 1);

    if (reader == NULL) {
        if (fd != STDIN_FILENO)
            close(fd);
        errno = ENOMEM;
        return NULL;
    }
    reader->fd = fd;
    reader->offset_bytes = reader->first = reader->size_bytes = 0;
    reader->input = input_open(fd);
    reader->blocks = blocks_open();
    strcpy(reader->path, path);
    if (reader->input != NULL && reader->blocks != NULL)
        return reader;
    int error = errno;
    capture_reader_close(reader);
    errno = error;
    return NULL;
}

/* Checks the beginning of a regular file, too short to hold a packet; a pipe is checked later. */
static bool is_capture(struct capture_reader *reader, char *error)
{
    struct blocks_frame frame;
    const char *why = "";
    size_t used;

    if (input_may_wait(reader->input))
        return true;
    if (fetch(reader, true, &why) == CAPTURE_FRAME) {
        size_t looked_at = reader->size_bytes < LOOK_BYTES ? reader->size_bytes : LOOK_BYTES;
        enum blocks_step step =
            blocks_next(reader->blocks, reader->window, looked_at, &used, &frame);
        capture_reader_drop(reader, used);
        if (step != BLOCKS_BAD)
            return true;
        why = blocks_error(reader->blocks);
    }
    capture_file_explain(error, reader->path, why);
    return false;
}

struct capture_reader *capture_reader_open(const char *path, char *error)
{
    int fd = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0) {
        capture_file_explain(error, path, reason_text(errno));
        return NULL;
    }
    struct capture_reader *reader = reader_make(path, fd);
    if (reader == NULL)
        capture_file_explain(error, path, reason_text(errno));
    else if (is_capture(reader, error))
        return reader;
    capture_reader_close(reader);
    return NULL;
}

void capture_reader_close(struct capture_reader *reader)
{
    if (reader == NULL)
        return;
    input_close(reader->input);
    blocks_close(reader->blocks);
    if (reader->fd != STDIN_FILENO)
        close(reader->fd);
    free(reader);
}
