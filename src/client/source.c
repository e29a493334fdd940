/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * send_source: where datagrams come from without a prompt: the operands, a file, or the lines of
 * standard input, read as they come.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "udptui/base/escape.h"
#include "udptui/client/session.h"
#include "udptui/sys/files.h"
#include "udptui/sys/report.h"

/* A line of escapes is at most 4 characters a byte, of hex with blanks 3; longer lines are
 * refused. */
enum { LINE_SIZE = SEND_PAYLOAD_SIZE * 4 };

struct source_file {
    uint8_t *bytes;
    size_t size_bytes;
};

struct send_source {
    const struct send_options *options;
    const struct opts_operands *operands;
    bool from_stdin;
    int64_t repeated; /* how often the current message was given already */
    /* operands and files */
    size_t operand;
    struct source_file files[OPTS_LIST_MAX];
    size_t file; /* the next */
    /* lines */
    size_t used, taken;   /* of line[]: filled, and handed out already */
    bool ended, skipping; /* end of input; the rest of a line that was too long */
    int error;            /* why the input ended (errno), 0: because there is no more */
    size_t payload_bytes;
    char line[LINE_SIZE];
    uint8_t payload[SEND_PAYLOAD_SIZE];
};

/* ---- encoding */

const char *const send_eol_words[] = {
    [EOL_NONE] = "none", [EOL_LF] = "lf", [EOL_CRLF] = "crlf", [EOL_CR] = "cr", NULL};

const char *send_eol_bytes(const struct send_options *options)
{
    static const char *const bytes[] = {
        [EOL_NONE] = "", [EOL_LF] = "\n", [EOL_CRLF] = "\r\n", [EOL_CR] = "\r"};

    return bytes[options->eol];
}

static struct escape_result copy(const char *text, size_t length, uint8_t *out, size_t size)
{
    struct escape_result result = {.length_bytes = length};

    if (length > size) {
        result.length_bytes = size;
        result.error = "longer than a datagram can be";
        return result;
    }
    memcpy(out, text, length);
    return result;
}

const char *send_encode(const struct send_options *options, const char *text, size_t length,
                        uint8_t *out, size_t *size_bytes)
{
    const size_t room = SEND_PAYLOAD_SIZE - 2;
    const char *end = send_eol_bytes(options);
    struct escape_result result;

    if (options->hex)
        result = escape_decode_hex(text, length, out, room);
    else if (options->escapes)
        result = escape_decode(text, length, out, room);
    else
        result = copy(text, length, out, room);
    memcpy(out + result.length_bytes, end, strlen(end));
    *size_bytes = result.length_bytes + strlen(end);
    return result.error;
}

/* ---- opening */

/* A message that cannot be encoded is a wrong command line, told before anything is sent. */
static bool check_operands(struct send_source *source, int *status)
{
    size_t size;

    for (size_t i = 1; i < source->operands->count; i++) {
        const char *text = source->operands->items[i];
        const char *why = send_encode(source->options, text, strlen(text), source->payload, &size);
        if (why == NULL || size > UDP_PAYLOAD_MAX_IPV4)
            continue;
        report_error("message '%s': %s", text, why);
        *status = EXIT_USAGE;
        return false;
    }
    return true;
}

static bool load_file(const char *path, struct source_file *file, int *status)
{
    const char *why = "not enough memory";

    file->bytes = malloc(SEND_PAYLOAD_SIZE);
    if (file->bytes != NULL)
        why = files_read(path, file->bytes, SEND_PAYLOAD_SIZE, &file->size_bytes);
    if (why == NULL)
        return true;
    report_error("cannot read %s: %s", path, why);
    *status = EXIT_SETUP;
    return false;
}

/* All before anything is sent. */
static bool load_files(struct send_source *source, int *status)
{
    const struct opts_list *paths = &source->options->files;

    for (size_t i = 0; i < paths->count; i++)
        if (!load_file(paths->items[i], &source->files[i], status))
            return false;
    return true;
}

struct send_source *source_open(const struct send_options *options,
                                const struct opts_operands *operands, int *status)
{
    struct send_source *source = calloc(1, sizeof *source);

    *status = EXIT_SETUP;
    if (source == NULL) {
        report_error("not enough memory");
        return NULL;
    }
    source->options = options;
    source->operands = operands;
    source->operand = 1;
    source->from_stdin = operands->count == 1 && options->files.count == 0;
    if (check_operands(source, status) && load_files(source, status))
        return source;
    source_close(source);
    return NULL;
}

void source_close(struct send_source *source)
{
    for (size_t i = 0; source != NULL && i < OPTS_LIST_MAX; i++)
        free(source->files[i].bytes);
    free(source);
}

/* ---- operands and files */

/* Each message --count times, the files last. */
static enum source_status next_given(struct send_source *source, const uint8_t **bytes,
                                     size_t *size_bytes, const char **why)
{
    bool is_operand = source->operand < source->operands->count;

    if (!is_operand && source->file == source->options->files.count)
        return SOURCE_END;
    if (is_operand) {
        const char *text = source->operands->items[source->operand];
        *why = send_encode(source->options, text, strlen(text), source->payload, size_bytes);
        *bytes = source->payload;
    } else {
        *bytes = source->files[source->file].bytes;
        *size_bytes = source->files[source->file].size_bytes;
    }
    if (++source->repeated < source->options->count)
        return SOURCE_ITEM;
    source->repeated = 0;
    if (is_operand)
        source->operand++;
    else
        source->file++;
    return SOURCE_ITEM;
}

/* ---- lines of stdin */

/* Reads more. False where there is nothing now, or no more at all. */
static bool read_more(struct send_source *source)
{
    struct pollfd polled = {.fd = STDIN_FILENO, .events = POLLIN};
    ssize_t got;

    if (source->ended || poll(&polled, 1, 0) != 1)
        return false;
    memmove(source->line, source->line + source->taken, source->used - source->taken);
    source->used -= source->taken;
    source->taken = 0;
    got = read(STDIN_FILENO, source->line + source->used, LINE_SIZE - source->used);
    if (got < 0 && errno == EINTR)
        return true;
    if (got <= 0) {
        source->ended = true;
        source->error = got < 0 ? errno : 0;
        return false;
    }
    source->used += (size_t)got;
    return true;
}

/* The next whole line, or the last one without a newline. */
static bool take_line(struct send_source *source, const char **line, size_t *length)
{
    char *start = source->line + source->taken;
    size_t left = source->used - source->taken;
    char *end = left > 0 ? memchr(start, '\n', left) : NULL;

    if (end == NULL && !(source->ended && left > 0))
        return false;
    *line = start;
    *length = end != NULL ? (size_t)(end - start) : left;
    source->taken += *length + (end != NULL);
    return true;
}

/* The buffer is full and holds no newline: the line is told once and skipped to its end. */
static bool is_overlong(struct send_source *source)
{
    if (source->taken > 0 || source->used < LINE_SIZE)
        return false;
    source->used = 0;
    return true;
}

static enum source_status next_line(struct send_source *source, const uint8_t **bytes,
                                    size_t *size_bytes, const char **why)
{
    const char *line;
    size_t length;

    while (!take_line(source, &line, &length)) {
        if (is_overlong(source)) {
            bool again = source->skipping;
            source->skipping = true;
            *size_bytes = SEND_PAYLOAD_SIZE;
            *why = "longer than a datagram can be";
            if (!again)
                return SOURCE_BAD;
        }
        if (!read_more(source) && !source->ended)
            return SOURCE_WAIT;
        if (source->ended && source->taken == source->used)
            return SOURCE_END;
    }
    if (source->skipping) {
        source->skipping = false;
        return next_line(source, bytes, size_bytes, why);
    }
    *why = send_encode(source->options, line, length, source->payload, size_bytes);
    *bytes = source->payload;
    return *why == NULL ? SOURCE_ITEM : SOURCE_BAD;
}

/* Each line --count times, like each operand. */
static enum source_status next_typed(struct send_source *source, const uint8_t **bytes,
                                     size_t *size_bytes, const char **why)
{
    if (source->repeated == 0) {
        enum source_status status = next_line(source, bytes, size_bytes, why);
        if (status != SOURCE_ITEM)
            return status;
        source->payload_bytes = *size_bytes;
    }
    *bytes = source->payload;
    *size_bytes = source->payload_bytes;
    source->repeated = (source->repeated + 1) % source->options->count;
    return SOURCE_ITEM;
}

enum source_status source_next(struct send_source *source, const uint8_t **bytes,
                               size_t *size_bytes, const char **why)
{
    *why = NULL;
    return source->from_stdin ? next_typed(source, bytes, size_bytes, why)
                              : next_given(source, bytes, size_bytes, why);
}

int source_error(const struct send_source *source)
{
    return source->error;
}

int source_fd(const struct send_source *source)
{
    return source->from_stdin && !source->ended ? STDIN_FILENO : -1;
}
