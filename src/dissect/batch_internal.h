/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* batch: requests as the frames of one capture, and the lines that ask for them. */
#ifndef UDPTUI_DISSECT_BATCH_INTERNAL_H
#define UDPTUI_DISSECT_BATCH_INTERNAL_H

#include "udptui/dissect/answer.h"
#include "udptui/dissect/request.h"

/* A request with its own copy of the bytes, in a list. */
struct job {
    struct job *next;
    uint64_t id;
    size_t count, asked;
    bool trees;
    struct dissect_answer answer; /* while it is being answered */
    size_t rows;                  /* of `frames` that came for it */
    struct dissect_datagram datagrams[DISSECT_DATAGRAMS_MAX];
    uint8_t bytes[]; /* the payloads */
};

/* NULL if memory is short. free(3) frees it, dissect_tree_free its answer's trees. */
struct job *job_copy(const struct dissect_request *request);
void job_free_list(struct job *jobs);

/* A datagram among the frames. */
struct batch_frame {
    const struct dissect_datagram *datagram;
    struct job *job; /* NULL: only to help understand the others */
    size_t which;    /* of the job's asked ones */
    size_t order;    /* as they came */
};

/* jobs: to be asked together; the datagrams of `before` come first and are not asked for. */
struct batch {
    struct batch_frame *frames;
    size_t count, room, context; /* frames[0 .. context): of before */
    bool trees;
};

/* Replaces the frames: those that are asked for are in order of time. False if memory is short. */
bool batch_fill(struct batch *batch, const struct job *before, struct job *jobs);

/* Writes them as a capture over what the file holds. False with errno. */
bool batch_write(const struct batch *batch, int fd);

/* The requests as lines, with numbers from *id on, which grows by those used: load, frames, then
 * for trees one `frame` for each that is asked for. NULL if memory is short; free(3) frees. */
char *batch_ask(const struct batch *batch, const char *path, int64_t *id);

/* Of a frame's bytes before its payload. */
uint32_t batch_header_bytes(const struct batch_frame *frame);

void batch_free(struct batch *batch);

#endif
