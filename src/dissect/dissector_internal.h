/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dissector: the inside of the dissector, for its parts: asking (dissector.c), reading answers
 * (dissector_answers.c), and the end of a child (dissector_trouble.c). */
#ifndef UDPTUI_DISSECT_DISSECTOR_INTERNAL_H
#define UDPTUI_DISSECT_DISSECTOR_INTERNAL_H

#include "batch_internal.h"
#include "child_internal.h"
#include "program_internal.h"
#include "udptui/dissect/dissector.h"

enum {
    DISSECTOR_WORDS_SIZE = 120,
    DISSECTOR_NOTICES_MAX = 1 << 20, /* bytes on stderr */
    DISSECTOR_DEATHS_MAX = 1,        /* it is started again so many times */
};

struct job_queue {
    struct job *first, **end;
    size_t count;
};

struct dissector {
    struct dissect_config config;
    struct program program;
    int epoll_fd, capture_fd;

    struct job_queue urgent, queue; /* trees, and lines for lists */
    size_t queued_bytes;
    struct job *jobs;   /* under way */
    struct job *before; /* of the last batch without trees: they help to understand the next */
    struct batch batch;

    struct child child;
    pid_t ended;   /* killed, to be waited for; 0: none */
    bool reported; /* the child's report came */
    uint32_t in_force;
    unsigned loads;  /* of this child */
    unsigned deaths; /* since dissector_retry */
    bool off;

    int64_t ids;         /* used so far */
    int64_t expected_id; /* of the next answer */
    int64_t load_id;     /* of the batch under way */
    int64_t used_ns;     /* of the child's processor time when the batch was asked */
    int extensions;      /* of the deadline */
    int64_t deadline_ns; /* of the batch under way; INT64_MAX: none is */
    char *asking;        /* lines that are not written whole */
    size_t asking_bytes, asked_bytes;
    char *line; /* what came of an answer */
    size_t line_bytes, line_room;
    char last_words[DISSECTOR_WORDS_SIZE]; /* of stderr, as they came */
    size_t last_words_bytes;
    bool words_ended;   /* the last line is whole */
    size_t words_bytes; /* all that this child wrote to stderr */
    char note[DISSECT_NOTE_SIZE];
};

/* Where answers go. */
struct answered {
    dissect_answered *call;
    void *context;
};

/* ---- dissector.c */
void job_queue_clear(struct job_queue *queue);

/* ---- dissector_answers.c */
/* Takes some of the child's output. False: there is no more now, or the child is lost. */
bool dissector_read(struct dissector *dissector, const struct answered *answered);
/* Takes what it wrote to stderr: the last line is kept. A child that writes more than
 * DISSECTOR_NOTICES_MAX bytes is lost. */
void dissector_read_words(struct dissector *dissector, const struct answered *answered);

/* ---- dissector_trouble.c */
/* Waits for a child that was killed, as waitpid(2) does with these flags. */
void dissector_wait(struct dissector *dissector, int flags);
/* Without waiting for it, unless another one is still ending. */
void dissector_end_child(struct dissector *dissector);
/* Answers jobs that are not under way any more. */
void dissector_report_jobs(struct job *jobs, bool known, const struct answered *answered);
/* The batch is done: its datagrams help to understand the next ones. */
void dissector_finish_batch(struct dissector *dissector, bool known,
                            const struct answered *answered);
/* The child has ended, or is useless. why: how it ended. */
void dissector_lose_child(struct dissector *dissector, const char *why,
                          const struct answered *answered);
/* The same, if its output has ended: finds out why. */
void dissector_note_end(struct dissector *dissector, const struct answered *answered);

#endif
