/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dissector_trouble: the end of a batch, of a child, and of the dissector. */
#include "dissector_internal.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "udptui/base/text.h"
#include "udptui/base/units.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/wait.h"

enum { ENDING_MS = 500, BEFORE_MAX = 128 };

/* ---- the child */

void dissector_wait(struct dissector *dissector, int flags)
{
    int status;

    if (dissector->ended > 0 && waitpid(dissector->ended, &status, flags) != 0)
        dissector->ended = 0;
}

/* Without waiting for it, unless another one is still ending. */
void dissector_end_child(struct dissector *dissector)
{
    dissector_wait(dissector, 0);
    dissector->ended = child_kill(&dissector->child);
    free(dissector->asking);
    dissector->asking = NULL;
    dissector->line_bytes = 0;
    dissector->reported = false;
    dissector->loads = 0;
}

/* ---- answers to the caller */

void dissector_report_jobs(struct job *jobs, bool known, const struct answered *answered)
{
    for (struct job *job = jobs; job != NULL; job = job->next) {
        job->answer.id = job->id;
        job->answer.known = known && job->rows == job->asked;
        job->answer.count = job->answer.known ? job->asked : 0;
        answered->call(answered->context, &job->answer);
    }
}

/* The last BEFORE_MAX of a list; the others are freed. */
static struct job *dissector_newest(struct job *jobs)
{
    size_t count = 0;

    for (const struct job *job = jobs; job != NULL; job = job->next)
        count++;
    for (; count > BEFORE_MAX; count--) {
        struct job *next = jobs->next;
        jobs->next = NULL;
        job_free_list(jobs);
        jobs = next;
    }
    return jobs;
}

/* The batch is done: its datagrams help to understand the next ones. */
void dissector_finish_batch(struct dissector *dissector, bool known,
                            const struct answered *answered)
{
    struct job *jobs = dissector->jobs;

    dissector->jobs = NULL;
    dissector->deadline_ns = INT64_MAX;
    dissector_report_jobs(jobs, known, answered);
    if (jobs != NULL && jobs->trees) {
        job_free_list(jobs);
        return;
    }
    job_free_list(dissector->before);
    dissector->before = dissector_newest(jobs);
}

static void dissector_answer_unknown(struct job_queue *queue, const struct answered *answered)
{
    dissector_report_jobs(queue->first, false, answered);
    job_queue_clear(queue);
}

/* ---- trouble */

static void dissector_note_format(struct dissector *dissector, const char *why)
{
    char words[DISSECTOR_WORDS_SIZE] = "";
    const char *what = dissector->off ? "sharkd ended again, dissection is off"
                                      : "sharkd ended and is started again";

    if (dissector->last_words_bytes > 0)
        text_render(words, sizeof words, dissector->last_words, dissector->last_words_bytes,
                    dissector->config.charset);
    snprintf(dissector->note, sizeof dissector->note, "%s: %s%s%s", what, why,
             words[0] != '\0' ? ": " : "", words);
}

static void dissector_give_up(struct dissector *dissector, const struct answered *answered)
{
    dissector->off = true;
    dissector_finish_batch(dissector, false, answered);
    dissector_answer_unknown(&dissector->urgent, answered);
    dissector_answer_unknown(&dissector->queue, answered);
    dissector->queued_bytes = 0;
}

/* The child has ended, or is useless. why: how it ended. */
void dissector_lose_child(struct dissector *dissector, const char *why,
                          const struct answered *answered)
{
    dissector_end_child(dissector);
    dissector->deadline_ns = INT64_MAX;
    if (++dissector->deaths > DISSECTOR_DEATHS_MAX)
        dissector_give_up(dissector, answered);
    dissector_note_format(dissector, why);
}

/* How it ended; it stays to be waited for. Its pipe is closed just before its end is known. */
static void dissector_describe_end(pid_t pid, char *out, size_t size)
{
    siginfo_t info = {.si_pid = 0};

    for (int i = 0; i < ENDING_MS && info.si_pid == 0; i++) {
        if (i > 0)
            wait_until(NULL, 0, clock_monotonic_ns() + UNITS_NS_PER_MS);
        if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0)
            break;
    }
    if (info.si_pid == 0)
        snprintf(out, size, "it closed its output");
    else if (info.si_code == CLD_EXITED)
        snprintf(out, size, "exit status %d", info.si_status);
    else
        snprintf(out, size, "signal %d (%s)", info.si_status, strsignal(info.si_status));
}

void dissector_note_end(struct dissector *dissector, const struct answered *answered)
{
    char why[UNITS_TEXT_SIZE * 2];

    dissector_describe_end(dissector->child.pid, why, sizeof why);
    dissector_lose_child(dissector, why, answered);
}
