/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* batch: see the header. */
#include "batch_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "udptui/capture/writer.h"
#include "udptui/proto/event.h"
#include "udptui/proto/packet.h"

enum { LINE_BYTES = 160, PATH_SIZE = 40, PARAMS_SIZE = 64 };

/* ---- jobs */

static size_t job_bytes(const struct dissect_request *request)
{
    size_t bytes = 0;

    for (size_t i = 0; i < request->count; i++)
        bytes += request->datagrams[i].size_bytes;
    return bytes;
}

/* A capture has one family a frame; what is not known has no address there. */
static void job_fix_destination(struct dissect_datagram *datagram)
{
    if (datagram->destination.family != datagram->source.family)
        datagram->destination = (struct endpoint){.family = datagram->source.family,
                                                  .port = datagram->destination.port};
}

struct job *job_copy(const struct dissect_request *request)
{
    struct job *job = calloc(1, sizeof *job + job_bytes(request));
    size_t used = 0;

    if (job == NULL)
        return NULL;
    job->id = request->id;
    job->count = request->count;
    job->asked = request->asked;
    job->trees = request->trees;
    for (size_t i = 0; i < request->count; i++) {
        struct dissect_datagram *datagram = &job->datagrams[i];
        *datagram = request->datagrams[i];
        if (datagram->size_bytes > 0)
            memcpy(job->bytes + used, datagram->payload, datagram->size_bytes);
        datagram->payload = job->bytes + used;
        used += datagram->size_bytes;
        job_fix_destination(datagram);
    }
    return job;
}

static void job_free(struct job *job)
{
    for (size_t i = 0; i < DISSECT_ASKED_MAX; i++)
        dissect_tree_free(&job->answer.trees[i]);
    free(job);
}

void job_free_list(struct job *jobs)
{
    while (jobs != NULL) {
        struct job *next = jobs->next;
        job_free(jobs);
        jobs = next;
    }
}

/* ---- frames */

static bool batch_add(struct batch *batch, const struct dissect_datagram *datagram, struct job *job,
                      size_t which)
{
    if (batch->count == batch->room) {
        size_t room = batch->room * 2 + 64;
        struct batch_frame *grown = realloc(batch->frames, room * sizeof *grown);
        if (grown == NULL)
            return false;
        batch->frames = grown;
        batch->room = room;
    }
    batch->frames[batch->count] = (struct batch_frame){
        .datagram = datagram, .job = job, .which = which, .order = batch->count};
    batch->count++;
    return true;
}

static int batch_compare(const void *left, const void *right)
{
    const struct batch_frame *a = left, *b = right;

    if (a->datagram->wall_ns != b->datagram->wall_ns)
        return a->datagram->wall_ns < b->datagram->wall_ns ? -1 : 1;
    return a->order < b->order ? -1 : 1;
}

bool batch_fill(struct batch *batch, const struct job *before, struct job *jobs)
{
    batch->count = 0;
    batch->trees = jobs != NULL && jobs->trees;
    for (; before != NULL; before = before->next)
        for (size_t i = before->count - before->asked; i < before->count; i++)
            if (!batch_add(batch, &before->datagrams[i], NULL, 0))
                return false;
    batch->context = batch->count;
    for (struct job *job = jobs; job != NULL; job = job->next)
        for (size_t i = 0; i < job->count; i++) {
            bool asked = i >= job->count - job->asked;
            if (!batch_add(batch, &job->datagrams[i], asked ? job : NULL,
                           asked ? i - (job->count - job->asked) : 0))
                return false;
        }
    if (batch->count > batch->context)
        qsort(batch->frames + batch->context, batch->count - batch->context, sizeof *batch->frames,
              batch_compare);
    return true;
}

bool batch_write(const struct batch *batch, int fd)
{
    char path[PATH_SIZE], error[CAPTURE_ERROR_SIZE];

    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    struct capture_writer *writer = capture_writer_create(path, true, error);
    if (writer == NULL)
        return false;
    for (size_t i = 0; i < batch->count; i++) {
        const struct dissect_datagram *datagram = batch->frames[i].datagram;
        capture_writer_write(writer, datagram->wall_ns > 0 ? datagram->wall_ns : 0,
                             &(struct packet){.source = datagram->source,
                                              .destination = datagram->destination,
                                              .payload = datagram->payload,
                                              .size_bytes = datagram->size_bytes,
                                              .original_bytes = datagram->original_bytes,
                                              .hop_limit = EVENT_UNKNOWN,
                                              .traffic_class = EVENT_UNKNOWN,
                                              .checksum_status = CHECKSUM_GOOD});
    }
    return capture_writer_close(writer);
}

/* Appends one line. params: "" or the object's members. */
static size_t batch_put_line(char *out, size_t room, int64_t id, const char *method,
                             const char *params)
{
    return (size_t)snprintf(
        out, room, "{\"jsonrpc\":\"2.0\",\"id\":%" PRId64 ",\"method\":\"%s\"%s%s%s}\n", id, method,
        params[0] != '\0' ? ",\"params\":{" : "", params, params[0] != '\0' ? "}" : "");
}

char *batch_ask(const struct batch *batch, const char *path, int64_t *id)
{
    size_t room = (batch->count + 2) * LINE_BYTES, used;
    char *lines = malloc(room), params[PARAMS_SIZE];

    if (lines == NULL)
        return NULL;
    snprintf(params, sizeof params, "\"file\":\"%s\"", path);
    used = batch_put_line(lines, room, (*id)++, "load", params);
    snprintf(params, sizeof params, "\"skip\":%zu", batch->context);
    used += batch_put_line(lines + used, room - used, (*id)++, "frames",
                           batch->context > 0 ? params : ""); /* 0 is refused */
    for (size_t i = batch->context; batch->trees && i < batch->count; i++) {
        if (batch->frames[i].job == NULL)
            continue;
        snprintf(params, sizeof params, "\"frame\":%zu,\"proto\":true", i + 1);
        used += batch_put_line(lines + used, room - used, (*id)++, "frame", params);
    }
    return lines;
}

uint32_t batch_header_bytes(const struct batch_frame *frame)
{
    return frame->datagram->source.family == ENDPOINT_IPV4 ? PACKET_IPV4_HEADER + PACKET_UDP_HEADER
                                                           : PACKET_IPV6_HEADER + PACKET_UDP_HEADER;
}

void batch_free(struct batch *batch)
{
    free(batch->frames);
    *batch = (struct batch){.count = 0};
}
