/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * packet_stream: turns a capture's frames into its UDP datagrams, with fragments reassembled.
 *
 * A fragmented datagram is returned once its last fragment has arrived, with that frame's time,
 * when its receiver got it. Until then the datagrams after its first fragment are held back, so
 * that the output is in the order of the frames. Reassembly is given up after
 * PACKET_STREAM_PATIENCE_NS of the capture's time, or if too much is held: the beginning is then
 * returned as a cut datagram, in its place and with its time, or only counted if the fragment with
 * the UDP header is missing.
 *
 *     for (;;) {
 *         while (packet_stream_take(stream, &packet, &wall_ns))
 *             ...
 *         if there is a frame: packet_stream_put(stream, &frame);
 *         else if the file has ended, or nothing has come for PACKET_STREAM_PATIENCE_NS:
 *             packet_stream_flush(stream), and take what comes out
 *     }
 *
 * All memory is bounded: PACKET_STREAM_BYTES_MAX held.
 */
#ifndef UDPTUI_CAPTURE_PACKET_STREAM_H
#define UDPTUI_CAPTURE_PACKET_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/capture/blocks.h"
#include "udptui/proto/packet.h"

enum {
    PACKET_STREAM_PATIENCE_NS = 500000000,
    PACKET_STREAM_BYTES_MAX = 4 << 20,
    PACKET_STREAM_HELD_MAX = 1024, /* datagrams */
    PACKET_STREAM_UNREAD_MAX = 16, /* kinds that are counted separately */
};

/* What became of the frames: frames = datagrams - reassembled - incomplete + fragments + others +
 * malformed + unread. */
struct packet_counts {
    uint64_t frames;
    uint64_t datagrams;   /* that came out */
    uint64_t reassembled; /* of them: reassembled from fragments */
    uint64_t incomplete;  /* of them: the beginning only, other fragments are missing */
    uint64_t fragments;
    uint64_t fragments_unused; /* of them: without the beginning of their datagram, or duplicates */
    uint64_t others;           /* not UDP, or not IP */
    uint64_t malformed;
    uint64_t unread;        /* all in rows, and unread_others */
    uint64_t unread_others; /* of kinds for which there was no row */
    uint64_t unknown_links; /* of them: of a link type that is not read */
    uint64_t bad_checksums; /* of the datagrams */
    uint64_t untimed;       /* frames without a time: they get that of the frame before */
    size_t row_count;
    struct {
        struct packet_unread what;
        uint64_t frames;
    } rows[PACKET_STREAM_UNREAD_MAX];
};

struct packet_stream;

/* NULL if memory is short. packet_stream_close frees (NULL allowed). */
struct packet_stream *packet_stream_open(void);
void packet_stream_close(struct packet_stream *stream);

/* The next frame, after packet_stream_take returned false. */
void packet_stream_put(struct packet_stream *stream, const struct blocks_frame *frame);

/* The next datagram, valid until the next call of packet_stream_put or packet_stream_take, as long
 * as the frame's bytes. If it is untimed, *wall_ns is the time of the frame before. False: nothing
 * is ready. */
bool packet_stream_take(struct packet_stream *stream, struct packet *packet, int64_t *wall_ns);

/* Gives up incomplete datagrams, so that everything held can be taken. */
void packet_stream_flush(struct packet_stream *stream);

/* Whether something is held back that packet_stream_flush would release. */
bool packet_stream_is_waiting(const struct packet_stream *stream);

/* What became of the frames so far; valid as long as the stream. */
const struct packet_counts *packet_stream_counts(const struct packet_stream *stream);

#endif
