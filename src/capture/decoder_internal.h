/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* decoder: one for each kind of compression. Kinds that this build lacks have a need and no
 * functions. */
#ifndef UDPTUI_CAPTURE_DECODER_INTERNAL_H
#define UDPTUI_CAPTURE_DECODER_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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
