/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * blocks: the formats of capture files, bytes in, frames out. No system call: the caller reads.
 *
 * It reads pcap (draft-ietf-opsawg-pcap: both byte orders, micro- and nanoseconds, any snapshot
 * length, the "modified" variant of old Linux) and pcapng (draft-ietf-opsawg-pcapng: any number of
 * sections and interfaces, each with its own link type, snapshot length and time resolution;
 * enhanced, simple and obsolete packet blocks). Other blocks are skipped. Memory is bounded by
 * BLOCKS_INTERFACES_MAX, whatever the file says.
 */
#ifndef UDPTUI_CAPTURE_BLOCKS_H
#define UDPTUI_CAPTURE_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    BLOCKS_FRAME_MAX = 1 << 18, /* of a frame's bytes, the part that is kept; the rest is skipped */
    BLOCKS_WINDOW = BLOCKS_FRAME_MAX + 128, /* size of the caller's buffer: no step needs more */
    BLOCKS_INTERFACES_MAX = 1 << 16,        /* of all sections */
    BLOCKS_ERROR_SIZE = 128,
};

/* An interface of a pcapng section; a pcap file is one. */
struct blocks_interface {
    uint32_t link_word; /* LINKTYPE_ in the lower half; pcap: of its frame check sequences above */
    uint32_t snapshot_bytes; /* 0: no limit */
    int64_t offset_s;        /* if_tsoffset: added to all its times */
    int16_t fcs_bytes;       /* if_fcslen, -1: not given */
    uint8_t resolution;      /* if_tsresol: a power of 10, or of 2 with bit 7 set */
};

/* A captured frame. */
struct blocks_frame {
    uint64_t number;                          /* in the file, from 1, as Wireshark counts */
    size_t interface_number;                  /* of all sections' so far, from 0 */
    const struct blocks_interface *interface; /* valid until the next step */
    int64_t wall_ns;       /* since 1970 in UTC, at most INT64_MAX; 0 if it has no time */
    bool has_time;         /* false: a simple packet block, which carries none */
    int link_type;         /* LINKTYPE_ of its interface: for packet_parse */
    const uint8_t *bytes;  /* into the caller's buffer */
    size_t captured_bytes; /* at most BLOCKS_FRAME_MAX */
    size_t original_bytes; /* on the wire, as the file says */
};

enum blocks_step {
    BLOCKS_FRAME, /* out is filled */
    BLOCKS_MORE,  /* the next step needs more bytes than there are */
    BLOCKS_BAD,   /* the rest cannot be read: blocks_error says why */
};

struct blocks;

/* NULL if memory is short. blocks_close frees (NULL allowed). */
struct blocks *blocks_open(void);
void blocks_close(struct blocks *blocks);

/*
 * The next step over the bytes that follow those used so far; they are at most BLOCKS_WINDOW.
 * *used_bytes: how many the caller drops then, also with BLOCKS_MORE; a frame's bytes are among
 * them and stay valid as long as the caller keeps them. BLOCKS_MORE with size_bytes ==
 * BLOCKS_WINDOW always uses some, so that there is progress.
 */
enum blocks_step blocks_next(struct blocks *blocks, const uint8_t *bytes, size_t size_bytes,
                             size_t *used_bytes, struct blocks_frame *out);

/* Why it was BLOCKS_BAD, without the name of a file: "not a capture file ...". Never NULL. */
const char *blocks_error(const struct blocks *blocks);

/* What a pcap file's header says, once a step has passed it; NULL: it is a pcapng. */
const struct blocks_interface *blocks_pcap_interface(const struct blocks *blocks);

/* Whether a file may end here, with left_bytes not used: that is, between two packets. */
bool blocks_is_complete(const struct blocks *blocks, size_t left_bytes);

/* A position between two frames, for blocks_seek. */
struct blocks_position {
    uint64_t skip_bytes; /* the next frame begins so many bytes behind what was used */
    uint64_t frames;     /* before it */
    size_t first_interface, interface_count;
    bool swapped;
};

/* The place of the next block, for blocks_seek. */
struct blocks_position blocks_tell(const struct blocks *blocks);

/* The next bytes are those of the same file behind what was used when blocks_tell returned the
 * position. */
void blocks_seek(struct blocks *blocks, const struct blocks_position *position);

#endif
