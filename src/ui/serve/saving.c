/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * saving: see the header. It takes the messages that the history holds when it begins, with the
 * filter of that moment; what leaves the history meanwhile is counted with what had left before.
 */
#include "udptui/ui/serve/saving.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "model_internal.h"
#include "udptui/base/array.h"
#include "udptui/base/ascii.h"
#include "udptui/base/units.h"
#include "udptui/capture/exchanges.h"
#include "udptui/output/serve.h"
#include "udptui/proto/reason.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/files.h"

enum { MESSAGES_A_LOOK = 64, COUNT_SIZE = 40, NAME_SIZE = 60 /* fits into a notice */ };

static const int64_t turn_ns = 10 * UNITS_NS_PER_MS;

struct saving {
    struct model *model;
    struct filter *filter;             /* NULL: all messages */
    struct capture_exchanges *capture; /* one of the two: */
    FILE *json;
    uint64_t first, next, end; /* ids in the history */
    uint64_t not_kept;         /* messages so far that are not in it */
    uint64_t saved;
    int error; /* errno of the first failure */
    char path[SAVING_PATH_SIZE];
    uint8_t bytes[2 * PAYLOAD_MAX]; /* a payload and its reply's behind it */
};

enum saving_format saving_format_of(const char *path)
{
    static const struct {
        const char *suffix;
        enum saving_format format;
    } rows[] = {{".pcap", SAVING_CAPTURE}, {".pcapng", SAVING_CAPTURE}, {".cap", SAVING_CAPTURE},
                {".json", SAVING_JSON},    {".jsonl", SAVING_JSON},     {".ndjson", SAVING_JSON}};
    size_t length = strlen(path);

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        size_t size = strlen(rows[i].suffix);
        if (length > size && ascii_equal(path + length - size, rows[i].suffix))
            return rows[i].format;
    }
    return SAVING_UNKNOWN;
}

/* ---- whether it may be written */

void saving_report_failure(struct model *model, const char *why)
{
    char safe[NOTICE_SIZE * 2];
    size_t said = (size_t)snprintf(safe, sizeof safe, "Not saved: ");

    text_render(safe + said, sizeof safe - said, why, strlen(why), model->config.charset);
    model_notice(model, safe);
}

/* "12 messages", "1 message" */
static const char *saving_format_count(uint64_t count, const char *one, char *out, size_t size)
{
    snprintf(out, size, "%" PRIu64 " %s%s", count, one, count == 1 ? "" : "s");
    return out;
}

/* "a.pcap" of a path, as safe text. */
static const char *saving_format_name(const struct model *model, const char *path, char *out,
                                      size_t size)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;

    text_render(out, size, name, strlen(name), model->config.charset);
    return out;
}

void saving_report(struct model *model, const struct saving_result *result)
{
    char text[NOTICE_SIZE], count[COUNT_SIZE], parts[COUNT_SIZE + 3] = "", name[NAME_SIZE];
    size_t said;

    if (result->parts > 0)
        snprintf(parts, sizeof parts, " (%s)",
                 saving_format_count(result->parts, result->part, count, sizeof count));
    said = (size_t)snprintf(text, sizeof text, "%s %s%s to %s",
                            result->why == NULL ? "Saved" : "Only saved",
                            saving_format_count(result->messages, "message", count, sizeof count),
                            parts, saving_format_name(model, result->path, name, sizeof name));
    if (result->why != NULL)
        snprintf(text + said, sizeof text - said, ": %s", result->why);
    else if (result->not_kept > 0)
        snprintf(text + said, sizeof text - said, "; %" PRIu64 " are not in the history",
                 result->not_kept);
    model_notice(model, text);
}

void saving_report_percent(struct model *model, uint64_t percent)
{
    char text[NOTICE_SIZE];

    snprintf(text, sizeof text, "Saving: %" PRIu64 "%%", percent);
    model_notice(model, text);
}

bool saving_may_begin(struct model *model, const struct effects *effects, bool busy, char *out)
{
    if (effects->save == NULL)
        return false;
    if (busy) {
        saving_report_failure(model, "another file is being saved");
        return false;
    }
    files_expand_home(effects->save, out, SAVING_PATH_SIZE);
    switch (files_look(out)) {
    case FILES_NOTHING:
        return true;
    case FILES_REGULAR:
        if (!effects->overwrite)
            model->mode = MODE_OVERWRITE;
        return effects->overwrite;
    case FILES_OTHER:
        break;
    }
    saving_report_failure(model, "what has that name is not a regular file");
    return false;
}

/* ---- beginning */

FILE *saving_create_json(const char *path, bool overwrite, char *error)
{
    FILE *file = NULL;
    int fd;
    const char *why = files_create(path, overwrite, &fd);

    if (why == NULL && (file = fdopen(fd, "w")) == NULL)
        why = files_close(fd, reason_text(errno));
    if (why != NULL)
        snprintf(error, SAVING_ERROR_SIZE, "%.200s: %s", path, why);
    return file;
}

static bool saving_open_file(struct saving *saving, bool overwrite, char *error)
{
    if (saving_format_of(saving->path) == SAVING_JSON)
        saving->json = saving_create_json(saving->path, overwrite, error);
    else
        saving->capture = capture_exchanges_create(saving->path, overwrite, error);
    return saving->json != NULL || saving->capture != NULL;
}

static bool saving_copy_filter(struct saving *saving, char *error)
{
    const struct choosing *chosen = &saving->model->filter;
    struct filter_problem problem;

    if (chosen->filter == NULL)
        return true;
    saving->filter = filter_open(chosen->line.bytes, chosen->line.length, &problem);
    if (saving->filter == NULL)
        snprintf(error, SAVING_ERROR_SIZE, "%s", problem.why);
    return saving->filter != NULL;
}

/* NULL with error (SAVING_ERROR_SIZE) set. path: SAVING_PATH_SIZE. */
static struct saving *saving_open(struct model *model, const char *path, bool overwrite,
                                  char *error)
{
    struct saving *saving = calloc(1, sizeof *saving);

    snprintf(error, SAVING_ERROR_SIZE, "not enough memory");
    if (saving == NULL)
        return NULL;
    saving->model = model;
    saving->first = saving->next = backlog_first(model->backlog);
    saving->end = backlog_end(model->backlog);
    saving->not_kept = messages_not_kept(model);
    memcpy(saving->path, path, sizeof saving->path);
    if (saving_copy_filter(saving, error) && saving_open_file(saving, overwrite, error))
        return saving;
    saving_close(saving);
    return NULL;
}

void saving_begin(struct saving **saving, struct model *model, const struct effects *effects)
{
    char path[SAVING_PATH_SIZE], error[SAVING_ERROR_SIZE];

    if (saving_may_begin(model, effects, *saving != NULL, path) &&
        (*saving = saving_open(model, path, effects->overwrite, error)) == NULL)
        saving_report_failure(model, error);
}

/* ---- writing */

/* Messages that left the history meanwhile are skipped. */
static void saving_skip_dropped(struct saving *saving)
{
    uint64_t first = backlog_first(saving->model->backlog);

    if (first <= saving->next)
        return;
    if (first > saving->end)
        first = saving->end;
    saving->not_kept += first - saving->next;
    saving->next = first;
}

static bool saving_write_json(struct saving *saving, const struct event_message *event,
                              const uint8_t *payload, const uint8_t *ack)
{
    const struct model_config *config = &saving->model->config;
    const struct serve_output output = {.file = saving->json,
                                        .charset = TEXT_UTF8,
                                        .privacy = config->privacy,
                                        .replay = config->replay,
                                        .roster = saving->model->roster,
                                        .hosts = config->hosts,
                                        .zones = config->zones};
    struct event_message message = *event;

    message.flags &= (uint16_t)~MESSAGE_UPDATE;
    memcpy(saving->bytes, payload, event->stored_bytes);
    if (event->ack_stored_bytes > 0)
        memcpy(saving->bytes + event->stored_bytes, ack, event->ack_stored_bytes);
    return serve_write_message_json(&output, &message, saving->bytes);
}

/* Whether the filter chooses it, and the file can hold it: a capture has no place for what was not
 * sent. */
static bool saving_chooses(const struct saving *saving, const struct event_message *event,
                           const uint8_t *payload, const uint8_t *ack)
{
    if (saving->capture != NULL && event_is_unsent(event))
        return false;
    return saving->filter == NULL ||
           filter_chooses(saving->model, saving->filter, event, payload, ack);
}

/* The next one, if it is chosen. */
static void saving_take_message(struct saving *saving)
{
    const struct backlog *backlog = saving->model->backlog;
    const uint8_t *payload, *ack;
    const struct event_message *event = backlog_get(backlog, saving->next, &payload);
    bool written;

    ack = backlog_ack(backlog, saving->next++);
    if (!saving_chooses(saving, event, payload, ack))
        return;
    if (saving->json != NULL)
        written = saving_write_json(saving, event, payload, ack);
    else
        written = capture_exchanges_write(saving->capture, event, payload, ack);
    if (written)
        saving->saved++;
    else
        saving->error = errno;
}

/* Closes the file. *datagrams: in the capture. False with saving->error if not all is in it. */
static bool saving_close_file(struct saving *saving, uint64_t *datagrams)
{
    bool written = true;

    *datagrams = 0;
    if (saving->json != NULL)
        written = fclose(saving->json) == 0;
    else if (saving->capture != NULL)
        written = capture_exchanges_close(saving->capture, datagrams);
    if (!written && saving->error == 0)
        saving->error = errno;
    saving->json = NULL;
    saving->capture = NULL;
    return saving->error == 0;
}

static void saving_report_end(struct saving *saving)
{
    uint64_t datagrams;
    bool all = saving_close_file(saving, &datagrams);
    const struct saving_result result = {.path = saving->path,
                                         .messages = saving->saved,
                                         .parts = datagrams,
                                         .part = "datagram",
                                         .not_kept = saving->not_kept,
                                         .why = all ? NULL : reason_text(saving->error)};

    saving_report(saving->model, &result);
}

bool saving_turn(struct saving **saving)
{
    int64_t until_ns = clock_monotonic_ns() + turn_ns;
    struct saving *now = *saving;

    if (now == NULL)
        return false;
    do {
        saving_skip_dropped(now);
        for (int i = 0; i < MESSAGES_A_LOOK && now->next < now->end && now->error == 0; i++)
            saving_take_message(now);
    } while (now->next < now->end && now->error == 0 && clock_monotonic_ns() < until_ns);
    if (now->next < now->end && now->error == 0) {
        saving_report_percent(now->model, 100 * (now->next - now->first) / (now->end - now->first));
        return true;
    }
    saving_report_end(now);
    saving_close(now);
    *saving = NULL;
    return true;
}

void saving_close(struct saving *saving)
{
    uint64_t datagrams;

    if (saving == NULL)
        return;
    saving_close_file(saving, &datagrams);
    filter_close(saving->filter);
    free(saving);
}
