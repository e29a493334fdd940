/* SPDX-License-Identifier: GPL-3.0-or-later */
/* capture_internal: what the files of output/capture share. */
#ifndef UDPTUI_CAPTURE_CAPTURE_INTERNAL_H
#define UDPTUI_CAPTURE_CAPTURE_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* error (CAPTURE_ERROR_SIZE) becomes "FILE: why"; of a long path the end is kept. */
void capture_explain(char *error, const char *path, const char *why);

/* Makes a file to write a capture to, as capture_create says. Its descriptor, or -1 with error
 * (CAPTURE_ERROR_SIZE) "FILE: why". */
int capture_create_file(const char *path, bool force, char *error);

/* Writes all, however often that takes. 0, or the errno with which it ended; *written: how many. */
int capture_write_bytes(int fd, const uint8_t *bytes, size_t size_bytes, size_t *written);

/* The descriptor that is read; the reader's. */
struct capture_reader;
int capture_reader_fd(const struct capture_reader *reader);

/* ---- input: a descriptor's bytes, decompressed if they begin like a compressed file's */
struct capture_input;

enum { INPUT_END = 0, INPUT_WAIT = -1, INPUT_BAD = -2 };

/* fd stays the caller's. NULL if memory is short. */
struct capture_input *input_open(int fd);
void input_close(struct capture_input *input);

/* How many bytes have been put into out (up to room), or INPUT_END, or INPUT_WAIT if nothing has
 * come and wait is false, or INPUT_BAD, with *why set (valid until input_close). */
ssize_t input_read(struct capture_input *input, uint8_t *out, size_t room, bool wait,
                   const char **why);

bool input_may_wait(const struct capture_input *input);

/* Regular files that are not compressed can be read from another place. False: not this one. */
bool input_can_seek(const struct capture_input *input);
bool input_seek(struct capture_input *input, uint64_t offset_bytes);

uint64_t input_read_bytes(const struct capture_input *input);

/* ---- decoders: one a kind of compression. Those that this udptui was built without are there,
 * with a need and no functions. */
struct decoder {
    const char *name;    /* "gzip" */
    const char *magic;   /* the first bytes of such a file, 2 at least */
    const char *need;    /* "zlib": the library that is missing */
    void *(*open)(void); /* NULL if memory is short */
    void (*close)(void *state);
    /*
     * Takes from the *size bytes at *from (and moves them on) and fills *room at *to likewise, as
     * far as possible. False: the bytes are damaged. *ended: whether the input may end here.
     */
    bool (*decode)(void *state, const uint8_t **from, size_t *size, uint8_t **to, size_t *room,
                   bool *ended);
};

extern const struct decoder decoder_gzip, decoder_zstd;

#endif
