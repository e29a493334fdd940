/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dissector: see the header. One batch is under way at a time: its capture is written into a file
 * in memory (memfd_create(2), so that nothing is left on a disk), its requests into the child's
 * pipe, and its answers are expected in their order. A child that ends with a batch under way gets
 * the same batch again.
 */
#include "dissector_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "udptui/base/units.h"
#include "udptui/proto/reason.h"

enum {
    QUEUE_MAX = 512,
    BATCH_MAX = 128,
    LOADS_MAX = 16,
    LINE_MAX_BYTES = 32 << 20,  /* 2,048 rows of 4,096 characters, each with an escape */
    QUEUE_BYTES_MAX = 16 << 20, /* of payloads that wait */
    READS_A_TURN = 16,
    PROCESSOR_S = 60,
    EXTENSIONS_MAX = 5,
};

static const uint64_t memory_bytes_max = UINT64_C(2) << 30;

/* ---- opening and closing */

static size_t or_default(size_t given, size_t usual)
{
    return given > 0 ? given : usual;
}

void job_queue_clear(struct job_queue *queue)
{
    job_free_list(queue->first);
    *queue = (struct job_queue){.first = NULL};
    queue->end = &queue->first;
}

static void dissector_look_for_program(struct dissector *dissector)
{
    dissector->off = !program_find(&dissector->program, dissector->config.program);
    if (dissector->off)
        snprintf(dissector->note, sizeof dissector->note,
                 "sharkd is not installed: it is in the package wireshark-common (Debian, Ubuntu) "
                 "or wireshark-cli (Fedora, Arch)");
}

struct dissector *dissector_open(const struct dissect_config *config)
{
    struct dissector *dissector = calloc(1, sizeof *dissector);

    if (dissector == NULL)
        return NULL;
    dissector->config = *config;
    dissector->config.queue_max = or_default(config->queue_max, QUEUE_MAX);
    dissector->config.batch_max = or_default(config->batch_max, BATCH_MAX);
    dissector->config.line_max = or_default(config->line_max, LINE_MAX_BYTES);
    dissector->config.loads_max = (unsigned)or_default(config->loads_max, LOADS_MAX);
    if (config->limit_ns <= 0)
        dissector->config.limit_ns = 10 * UNITS_NS_PER_S;
    job_queue_clear(&dissector->urgent);
    job_queue_clear(&dissector->queue);
    dissector->deadline_ns = INT64_MAX;
    dissector->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    dissector->capture_fd = memfd_create("udptui-dissect", MFD_CLOEXEC);
    if (dissector->epoll_fd < 0 || dissector->capture_fd < 0) {
        dissector_close(dissector);
        return NULL;
    }
    dissector_look_for_program(dissector);
    return dissector;
}

void dissector_close(struct dissector *dissector)
{
    if (dissector == NULL)
        return;
    dissector_end_child(dissector);
    dissector_wait(dissector, 0);
    job_queue_clear(&dissector->urgent);
    job_queue_clear(&dissector->queue);
    job_free_list(dissector->jobs);
    job_free_list(dissector->before);
    batch_free(&dissector->batch);
    free(dissector->line);
    program_free(&dissector->program);
    if (dissector->epoll_fd >= 0)
        close(dissector->epoll_fd);
    if (dissector->capture_fd >= 0)
        close(dissector->capture_fd);
    free(dissector);
}

/* ---- the queue */

bool dissector_is_off(const struct dissector *dissector)
{
    return dissector->off;
}

bool dissector_has_room(const struct dissector *dissector)
{
    return !dissector->off &&
           dissector->queue.count + dissector->urgent.count < dissector->config.queue_max &&
           dissector->queued_bytes < QUEUE_BYTES_MAX;
}

static size_t job_payload_bytes(const struct job *job)
{
    size_t bytes = 0;

    for (size_t i = 0; i < job->count; i++)
        bytes += job->datagrams[i].size_bytes;
    return bytes;
}

size_t dissector_waiting(const struct dissector *dissector)
{
    size_t waiting = dissector->queue.count + dissector->urgent.count;

    for (const struct job *job = dissector->jobs; job != NULL; job = job->next)
        waiting++;
    return waiting;
}

bool dissector_ask(struct dissector *dissector, const struct dissect_request *request)
{
    struct job_queue *queue = request->trees ? &dissector->urgent : &dissector->queue;
    struct job *job = dissector_has_room(dissector) ? job_copy(request) : NULL;

    if (job == NULL)
        return false;
    *queue->end = job;
    queue->end = &job->next;
    queue->count++;
    dissector->queued_bytes += job_payload_bytes(job);
    return true;
}

/* The first `most` of a queue, as a list. */
static struct job *dissector_take_jobs(struct dissector *dissector, struct job_queue *queue,
                                       size_t most)
{
    struct job *jobs = queue->first, **end = &jobs;
    size_t taken = 0;

    for (; taken < most && *end != NULL; taken++) {
        dissector->queued_bytes -= job_payload_bytes(*end);
        end = &(*end)->next;
    }
    queue->first = *end;
    *end = NULL;
    queue->count -= taken;
    if (queue->first == NULL)
        queue->end = &queue->first;
    return jobs;
}

void dissector_retry(struct dissector *dissector)
{
    dissector->deaths = 0;
    dissector->note[0] = '\0';
    dissector_look_for_program(dissector);
}

const char *dissector_note(const struct dissector *dissector)
{
    return dissector->note;
}

/* ---- asking */

static bool dissector_watch(struct dissector *dissector, int fd, int how, uint32_t events)
{
    struct epoll_event event = {.events = events, .data = {.fd = fd}};

    return epoll_ctl(dissector->epoll_fd, how, fd, &event) == 0;
}

static bool dissector_start(struct dissector *dissector)
{
    struct child *child = &dissector->child;

    dissector->last_words_bytes = dissector->words_bytes = 0;
    dissector->words_ended = false;
    const struct child_program program = {.path = dissector->program.path,
                                          .name = "sharkd",
                                          .rules = {.memory_bytes = memory_bytes_max,
                                                    .processor_s = PROCESSOR_S,
                                                    .readable = dissector->program.readable}};
    if (!child_start(child, &program, dissector->capture_fd, dissector->config.launcher))
        return false;
    return dissector_watch(dissector, child->out, EPOLL_CTL_ADD, EPOLLIN) &&
           dissector_watch(dissector, child->err, EPOLL_CTL_ADD, EPOLLIN);
}

/* What the pipe takes; the rest when it takes more. */
static void dissector_write(struct dissector *dissector)
{
    bool watched = dissector->asked_bytes > 0;

    while (dissector->asking != NULL && dissector->asked_bytes < dissector->asking_bytes) {
        ssize_t count = write(dissector->child.in, dissector->asking + dissector->asked_bytes,
                              dissector->asking_bytes - dissector->asked_bytes);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0) {
            if (errno == EAGAIN)
                dissector_watch(dissector, dissector->child.in,
                                watched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, EPOLLOUT);
            return; /* if it is gone, its output says so */
        }
        dissector->asked_bytes += (size_t)count;
    }
    if (watched && dissector->asking != NULL)
        epoll_ctl(dissector->epoll_fd, EPOLL_CTL_DEL, dissector->child.in, NULL);
    free(dissector->asking);
    dissector->asking = NULL;
}

static void job_clear_answer(struct job *job)
{
    for (size_t i = 0; i < DISSECT_ASKED_MAX; i++)
        dissect_tree_free(&job->answer.trees[i]);
    job->answer = (struct dissect_answer){.id = job->id};
    job->rows = 0;
}

/* Asks for dissector->jobs, of a child that is started if there is none. False with errno. */
static bool dissector_ask_batch(struct dissector *dissector, int64_t now_ns)
{
    char path[32];

    for (struct job *job = dissector->jobs; job != NULL; job = job->next)
        job_clear_answer(job);
    snprintf(path, sizeof path, "/proc/self/fd/%d", CHILD_CAPTURE_FD);
    dissector->load_id = dissector->expected_id = dissector->ids + 1;
    dissector->ids = dissector->load_id;
    if (!batch_fill(&dissector->batch, dissector->jobs->trees ? NULL : dissector->before,
                    dissector->jobs) ||
        !batch_write(&dissector->batch, dissector->capture_fd) ||
        (dissector->child.pid == 0 && !dissector_start(dissector)))
        return false;
    dissector->asking = batch_ask(&dissector->batch, path, &dissector->ids);
    if (dissector->asking == NULL)
        return false;
    dissector->ids--; /* the last one used */
    dissector->asking_bytes = strlen(dissector->asking);
    dissector->asked_bytes = 0;
    dissector->loads++;
    dissector->used_ns = child_processor_ns(&dissector->child);
    dissector->extensions = 0;
    dissector->deadline_ns = now_ns + dissector->config.limit_ns;
    dissector_write(dissector);
    return true;
}

/* Trees one by one: the user waits for them. */
static void dissector_choose_jobs(struct dissector *dissector)
{
    if (dissector->urgent.count > 0)
        dissector->jobs = dissector_take_jobs(dissector, &dissector->urgent, 1);
    else
        dissector->jobs =
            dissector_take_jobs(dissector, &dissector->queue, dissector->config.batch_max);
}

static void dissector_ask_next(struct dissector *dissector, int64_t now_ns,
                               const struct answered *answered)
{
    if (dissector->off || dissector->deadline_ns != INT64_MAX)
        return;
    if (dissector->jobs == NULL)
        dissector_choose_jobs(dissector);
    if (dissector->jobs == NULL)
        return;
    if (dissector->loads >= dissector->config.loads_max)
        dissector_end_child(dissector);
    if (dissector_ask_batch(dissector, now_ns))
        return;
    dissector->deaths =
        DISSECTOR_DEATHS_MAX; /* the system's fault, which another try does not mend */
    dissector_lose_child(dissector, reason_text(errno), answered);
}

/* On a busy machine the child may have had no time to answer. */
static bool dissector_extend(struct dissector *dissector)
{
    int64_t used_ns = child_processor_ns(&dissector->child) - dissector->used_ns;

    if (used_ns >= dissector->config.limit_ns / 2 || dissector->extensions == EXTENSIONS_MAX)
        return false;
    dissector->extensions++;
    dissector->deadline_ns += dissector->config.limit_ns;
    return true;
}

static void dissector_check_time(struct dissector *dissector, int64_t now_ns,
                                 const struct answered *answered)
{
    char limit[UNITS_TEXT_SIZE], why[DISSECT_NOTE_SIZE];

    if (now_ns < dissector->deadline_ns || dissector_extend(dissector))
        return;
    units_duration(dissector->config.limit_ns * (1 + dissector->extensions), limit, sizeof limit);
    snprintf(why, sizeof why, "no answer within %s", limit);
    dissector_lose_child(dissector, why, answered);
}

void dissector_turn(struct dissector *dissector, int64_t now_ns, dissect_answered *call,
                    void *context)
{
    const struct answered answered = {.call = call, .context = context};

    dissector_wait(dissector, WNOHANG);
    dissector_read_words(dissector, &answered);
    if (dissector->asking != NULL && dissector->child.pid != 0)
        dissector_write(dissector);
    for (int i = 0; i < READS_A_TURN && dissector_read(dissector, &answered); i++)
        dissector_ask_next(dissector, now_ns, &answered);
    dissector_check_time(dissector, now_ns, &answered);
    dissector_ask_next(dissector, now_ns, &answered);
}

void dissector_skip(struct dissector *dissector, size_t keep, dissect_answered *call, void *context)
{
    const struct answered answered = {.call = call, .context = context};
    size_t waiting = dissector->queue.count;
    struct job *jobs =
        dissector_take_jobs(dissector, &dissector->queue, waiting > keep ? waiting - keep : 0);

    dissector_report_jobs(jobs, false, &answered);
    job_free_list(jobs);
}

int dissector_fd(const struct dissector *dissector)
{
    return dissector->epoll_fd;
}

int64_t dissector_due_ns(const struct dissector *dissector)
{
    return dissector->deadline_ns;
}

const char *dissector_confined(const struct dissector *dissector, char *out, size_t size)
{
    uint32_t force = dissector->in_force;

    out[0] = '\0';
    if (force == 0)
        return out;
    snprintf(out, size, "sharkd: %s, %s, %s%s%s",
             force & (CONFINED_NAMESPACE | CONFINED_CALLS) ? "no network" : "network UNCONFINED",
             force & CONFINED_FILES ? "no user files" : "files UNCONFINED",
             force & CONFINED_LIMITS ? "limited" : "UNLIMITED",
             force & CONFINED_PRIVILEGES ? "" : ", MAY GAIN PRIVILEGES",
             force & CONFINED_USER ? "" : ", AS ROOT");
    return out;
}
