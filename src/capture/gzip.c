/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* capture_gzip: gzip files (RFC 1952) by zlib; several members in a row are one file. */
#include <stdlib.h>
#define ZLIB_CONST /* next_in points to const */
#include <zlib.h>

#include "decoder_internal.h"

enum { WINDOW_BITS_GZIP = 15 + 16 }; /* zlib.h, inflateInit2: 16 selects gzip's header */

struct gzip {
    z_stream stream;
    bool ended; /* a member is complete: another may follow */
};

static void *gzip_open(void)
{
    struct gzip *gzip = calloc(1, sizeof *gzip);

    if (gzip != NULL && inflateInit2(&gzip->stream, WINDOW_BITS_GZIP) == Z_OK)
        return gzip;
    free(gzip);
    return NULL;
}

static void gzip_close(void *state)
{
    struct gzip *gzip = state;

    inflateEnd(&gzip->stream);
    free(gzip);
}

static bool gzip_decode(void *state, const uint8_t **from, size_t *size, uint8_t **to, size_t *room,
                        bool *ended)
{
    struct gzip *gzip = state;
    z_stream *stream = &gzip->stream;

    if (gzip->ended && *size > 0) {
        inflateReset(stream);
        gzip->ended = false;
    }
    stream->next_in = *from;
    stream->avail_in = (uInt)*size;
    stream->next_out = *to;
    stream->avail_out = (uInt)*room;
    int status = inflate(stream, Z_NO_FLUSH);
    gzip->ended |= status == Z_STREAM_END;
    *ended = gzip->ended;
    *from = stream->next_in;
    *size = stream->avail_in;
    *to = stream->next_out;
    *room = stream->avail_out;
    return status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR;
}

const struct decoder decoder_gzip = {.name = "gzip",
                                     .magic = "\x1f\x8b",
                                     .open = gzip_open,
                                     .close = gzip_close,
                                     .decode = gzip_decode};
