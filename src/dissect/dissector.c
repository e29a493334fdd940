/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dissector: see the header. One batch is under way at a time: its capture is written into a file
 * in memory (memfd_create(2), so that nothing is left on a disk), its requests into the child's
 * pipe, and its answers are expected in their order. A child that ends with a batch under way gets
 * the same batch again.
 */
#include "udptui/dissect/dissector.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "answer_internal.h"
#include "batch_internal.h"
#include "child_internal.h"
#include "program_internal.h"
#include "udptui/base/builder.h"
#include "udptui/base/units.h"
#include "udptui/proto/reason.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/wait.h"

enum {
    QUEUE_MAX = 512,
    BATCH_MAX = 128,
    LOADS_MAX = 16,
    LINE_MAX_BYTES = 8 << 20,
    QUEUE_BYTES_MAX = 16 << 20, /* of payloads that wait */
    READ_BYTES = 1 << 16,
    READS_A_TURN = 16,
    LAST_WORDS_SIZE = 120,
    PROCESSOR_S = 60,
    ENDING_MS = 50,
    EXTENSIONS_MAX = 5,
    DEATHS_MAX = 1, /* it is started again so many times */
};

static const uint64_t memory_bytes_max = UINT64_C(2) << 30;

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
    char last_words[LAST_WORDS_SIZE]; /* of stderr, as they came */
    size_t last_words_bytes;
    char note[DISSECT_NOTE_SIZE];
};

/* ---- opening and closing */

static size_t or_default(size_t given, size_t usual)
{
    return given > 0 ? given : usual;
}

static void queue_clear(struct job_queue *queue)
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
    queue_clear(&dissector->urgent);
    queue_clear(&dissector->queue);
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

static void dissector_wait(struct dissector *dissector, int flags)
{
    int status;

    if (dissector->ended > 0 && waitpid(dissector->ended, &status, flags) != 0)
        dissector->ended = 0;
}

/* Without waiting for it, unless another one is still ending. */
static void dissector_end_child(struct dissector *dissector)
{
    dissector_wait(dissector, 0);
    dissector->ended = child_kill(&dissector->child);
    free(dissector->asking);
    dissector->asking = NULL;
    dissector->line_bytes = 0;
    dissector->reported = false;
    dissector->loads = 0;
}

void dissector_close(struct dissector *dissector)
{
    if (dissector == NULL)
        return;
    dissector_end_child(dissector);
    dissector_wait(dissector, 0);
    queue_clear(&dissector->urgent);
    queue_clear(&dissector->queue);
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

/* ---- answers to the caller */

/* Where they go. */
struct answered {
    dissect_answered *call;
    void *context;
};

static void dissector_report_jobs(struct job *jobs, bool known, const struct answered *answered)
{
    for (struct job *job = jobs; job != NULL; job = job->next) {
        job->answer.id = job->id;
        job->answer.known = known && job->rows == job->asked;
        job->answer.count = job->answer.known ? job->asked : 0;
        answered->call(answered->context, &job->answer);
    }
}

/* The batch is done: its datagrams help to understand the next ones. */
static void dissector_finish_batch(struct dissector *dissector, bool known,
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
    dissector->before = jobs;
}

static void dissector_answer_unknown(struct job_queue *queue, const struct answered *answered)
{
    dissector_report_jobs(queue->first, false, answered);
    queue_clear(queue);
}

/* ---- trouble */

static void dissector_note_format(struct dissector *dissector, const char *why)
{
    char words[LAST_WORDS_SIZE * 2] = "";
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
static void dissector_lose_child(struct dissector *dissector, const char *why,
                                 const struct answered *answered)
{
    dissector_end_child(dissector);
    dissector->deadline_ns = INT64_MAX;
    if (++dissector->deaths > DEATHS_MAX)
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

static void dissector_note_end(struct dissector *dissector, const struct answered *answered)
{
    char why[UNITS_TEXT_SIZE * 2];

    dissector_describe_end(dissector->child.pid, why, sizeof why);
    dissector_lose_child(dissector, why, answered);
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

    dissector->last_words_bytes = 0;
    if (!child_start(child,
                     &(struct child_program){.path = dissector->program.path,
                                             .name = "sharkd",
                                             .capture_fd = dissector->capture_fd,
                                             .rules = {.memory_bytes = memory_bytes_max,
                                                       .processor_s = PROCESSOR_S,
                                                       .readable = dissector->program.readable}}))
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

/* Trees one by one: somebody waits for them. */
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
    dissector->deaths = DEATHS_MAX; /* the system's fault, which another try does not mend */
    dissector_lose_child(dissector, reason_text(errno), answered);
}

/* ---- answers from the child */

static void dissector_take_rows(struct dissector *dissector, const json_t *rows)
{
    struct dissect_summary summary;
    uint32_t number;
    size_t index;
    const json_t *row;

    json_array_foreach(rows, index, row)
    {
        if (!answer_read_row(row, dissector->config.charset, &number, &summary) ||
            number > dissector->batch.count)
            continue;
        const struct batch_frame *frame = &dissector->batch.frames[number - 1];
        if (frame->job == NULL)
            continue;
        frame->job->answer.summaries[frame->which] = summary;
        frame->job->rows++;
    }
}

/* place: of the answer among those to `frame`. */
static void dissector_take_tree(struct dissector *dissector, int64_t place, const json_t *result)
{
    for (size_t i = dissector->batch.context; i < dissector->batch.count; i++) {
        const struct batch_frame *frame = &dissector->batch.frames[i];
        if (frame->job == NULL || place-- > 0)
            continue;
        struct dissect_tree *tree = &frame->job->answer.trees[frame->which];
        dissect_tree_free(tree);
        answer_read_tree(result, dissector->config.charset, batch_header_bytes(frame),
                         frame->datagram->size_bytes, tree);
        return;
    }
}

/* False: the child does not speak the protocol. */
static bool dissector_take_answer(struct dissector *dissector, const char *line, size_t length,
                                  const struct answered *answered)
{
    json_t *result;
    int64_t id;

    if (!answer_parse(line, length, &id, &result))
        return false;
    bool expected = dissector->deadline_ns != INT64_MAX && id == dissector->expected_id;
    if (expected && id == dissector->load_id + 1)
        dissector_take_rows(dissector, result);
    else if (expected && id > dissector->load_id + 1)
        dissector_take_tree(dissector, id - dissector->load_id - 2, result);
    json_decref(result);
    if (expected && dissector->expected_id++ == dissector->ids)
        dissector_finish_batch(dissector, true, answered);
    return expected;
}

static bool dissector_take_report(struct dissector *dissector, const char *report,
                                  const struct answered *answered)
{
    char why[DISSECT_NOTE_SIZE];
    int error;

    dissector->reported = true;
    if (!child_read_report(report, &dissector->in_force, &error))
        return false;
    if (error == 0)
        return true;
    snprintf(why, sizeof why, "cannot execute it: %s", reason_text(error));
    dissector->deaths = DEATHS_MAX;
    dissector_lose_child(dissector, why, answered);
    return true;
}

/* A whole line. False: the child is useless. */
static bool dissector_take_line(struct dissector *dissector, char *line, size_t length,
                                const struct answered *answered)
{
    if (!dissector->reported || (length == CHILD_REPORT_SIZE - 1 && line[0] == 'u')) {
        if (length != CHILD_REPORT_SIZE - 1)
            return false;
        return dissector_take_report(dissector, line, answered);
    }
    return dissector_take_answer(dissector, line, length, answered);
}

/* The whole lines of what came. False: the child is useless. */
static bool dissector_take_lines(struct dissector *dissector, const struct answered *answered)
{
    char *line = dissector->line, *end;
    size_t left = dissector->line_bytes;
    bool good = true;

    while (good && dissector->child.pid != 0 && (end = memchr(line, '\n', left)) != NULL) {
        size_t length = (size_t)(end - line);
        good = dissector_take_line(dissector, line, length, answered);
        left -= length + 1;
        line = end + 1;
    }
    if (dissector->child.pid == 0)
        return true;
    memmove(dissector->line, line, left);
    dissector->line_bytes = left;
    return good;
}

static bool dissector_make_room(struct dissector *dissector)
{
    size_t room = dissector->line_room * 2 + READ_BYTES;

    if (dissector->line_room - dissector->line_bytes >= READ_BYTES)
        return true;
    char *grown = realloc(dissector->line, room);
    if (grown == NULL)
        return false;
    dissector->line = grown;
    dissector->line_room = room;
    return true;
}

/* Some of the child's output. False: no more now, or it is lost. */
static bool dissector_read(struct dissector *dissector, const struct answered *answered)
{
    struct child *child = &dissector->child;

    if (child->pid == 0)
        return false;
    if (dissector->line_bytes > dissector->config.line_max || !dissector_make_room(dissector)) {
        dissector_lose_child(dissector, "its answer is too long", answered);
        return false;
    }
    ssize_t count = read(child->out, dissector->line + dissector->line_bytes, READ_BYTES);
    if (count < 0)
        return errno == EINTR;
    if (count == 0) {
        dissector_note_end(dissector, answered);
        return false;
    }
    dissector->line_bytes += (size_t)count;
    if (dissector_take_lines(dissector, answered))
        return true;
    dissector_lose_child(dissector, "it does not answer in JSON-RPC", answered);
    return false;
}

/* Keeps the last line. */
static void dissector_read_words(struct dissector *dissector)
{
    char words[1024];
    ssize_t count;

    while (dissector->child.pid != 0 &&
           (count = read(dissector->child.err, words, sizeof words)) > 0)
        for (ssize_t i = 0; i < count; i++) {
            bool ended = i > 0 ? words[i - 1] == '\n' : dissector->last_words_bytes == 0;
            if (ended && words[i] != '\n')
                dissector->last_words_bytes = 0;
            if (words[i] != '\n' && dissector->last_words_bytes < LAST_WORDS_SIZE)
                dissector->last_words[dissector->last_words_bytes++] = words[i];
        }
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
    dissector_read_words(dissector);
    if (dissector->asking != NULL && dissector->child.pid != 0)
        dissector_write(dissector);
    for (int i = 0; i < READS_A_TURN && dissector_read(dissector, &answered); i++)
        dissector_ask_next(dissector, now_ns, &answered);
    dissector_check_time(dissector, now_ns, &answered);
    dissector_ask_next(dissector, now_ns, &answered);
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
             force & CONFINED_FILES ? "no files" : "files UNCONFINED",
             force & CONFINED_LIMITS ? "limited" : "UNLIMITED",
             force & CONFINED_PRIVILEGES ? "" : ", MAY GAIN RIGHTS",
             force & CONFINED_USER ? "" : ", AS ROOT");
    return out;
}
