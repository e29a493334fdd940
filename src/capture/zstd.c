/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* capture_zstd: zstd files (RFC 8878) by libzstd; several frames in a row are one file. */
#include <stdlib.h>
#include <zstd.h>

#include "decoder_internal.h"

/* The window that a frame may ask for: the default limit of `zstd -d`, 128 MiB. */
enum { WINDOW_LOG_MAX = 27 };

struct zstd {
    ZSTD_DStream *stream;
    bool ended; /* a frame is complete: another may follow */
};

static void *zstd_open(void)
{
    struct zstd *zstd = calloc(1, sizeof *zstd);

    if (zstd == NULL)
        return NULL;
    zstd->stream = ZSTD_createDStream();
    if (zstd->stream != NULL &&
        !ZSTD_isError(ZSTD_DCtx_setParameter(zstd->stream, ZSTD_d_windowLogMax, WINDOW_LOG_MAX)))
        return zstd;
    ZSTD_freeDStream(zstd->stream);
    free(zstd);
    return NULL;
}

static void zstd_close(void *state)
{
    struct zstd *zstd = state;

    ZSTD_freeDStream(zstd->stream);
    free(zstd);
}

static bool zstd_decode(void *state, const uint8_t **from, size_t *size, uint8_t **to, size_t *room,
                        bool *ended)
{
    struct zstd *zstd = state;
    ZSTD_inBuffer in = {.src = *from, .size = *size};
    ZSTD_outBuffer out = {.dst = *to, .size = *room};
    bool idle = zstd->ended && *size == 0;
    size_t left = idle ? 0 : ZSTD_decompressStream(zstd->stream, &out, &in);

    if (ZSTD_isError(left))
        return false;
    zstd->ended = left == 0;
    *ended = zstd->ended;
    *from += in.pos;
    *size -= in.pos;
    *to += out.pos;
    *room -= out.pos;
    return true;
}

const struct decoder decoder_zstd = {.name = "zstd",
                                     .magic = "\x28\xb5\x2f\xfd",
                                     .open = zstd_open,
                                     .close = zstd_close,
                                     .decode = zstd_decode};
