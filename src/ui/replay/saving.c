/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay_saving: see the header. First all messages are read, and the filter chooses; JSON is
 * written then. Of a capture, replay/save copies the frames of the chosen ones afterwards. */
#include "saving_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "udptui/base/units.h"
#include "udptui/output/serve.h"
#include "udptui/proto/reason.h"
#include "udptui/sys/clock.h"

enum { FRAMES_A_LOOK = 256 };

static const int64_t turn_ns = 10 * UNITS_NS_PER_MS;

struct replay_saving {
    struct model *model;
    struct replay_source source; /* of its own */
    bool opened;                 /* the source's cursor */
    struct pairing *pairing;     /* while messages are read; then NULL */
    struct serve_output output;  /* the filter and, of JSON, the file */
    struct filter *filter;
    struct replay_save *frames; /* of a capture, else NULL */
    uint64_t messages;
    int error; /* errno of the first failure */
    char path[SAVING_PATH_SIZE];
};

/* ---- reading */

static void replay_saving_take(void *context, const void *record, size_t size_bytes)
{
    struct replay_saving *saving = context;
    const struct event_message *message = record;
    const uint8_t *payload = (const uint8_t *)(message + 1);

    (void)size_bytes;
    if (event_kind_of(record) != EVENT_MESSAGE || saving->error != 0)
        return;
    roster_note_event(saving->output.roster, message, payload);
    if (!serve_chooses(&saving->output, message, payload))
        return;
    saving->messages++;
    replay_save_choose(saving->frames, message);
    if (saving->output.file != NULL && !replay_json.message(&saving->output, message, payload))
        saving->error = errno;
}

static void replay_saving_read_next(struct replay_saving *saving)
{
    switch (replay_cursor_next_now(&saving->source.cursor)) {
    case CURSOR_DATAGRAM:
        replay_source_feed(&saving->source, saving->pairing);
        break;
    case CURSOR_BUSY:
    case CURSOR_WAIT:
        break;
    case CURSOR_END:
        pairing_end(saving->pairing);
        pairing_close(saving->pairing);
        saving->pairing = NULL;
        break;
    }
}

/* Returns whether there is more. */
static bool replay_saving_go_on(struct replay_saving *saving)
{
    for (int i = 0; i < FRAMES_A_LOOK && saving->pairing != NULL; i++)
        replay_saving_read_next(saving);
    if (saving->error != 0)
        return false;
    if (saving->pairing != NULL)
        return true;
    return saving->frames != NULL &&
           replay_save_go_on(saving->frames, &saving->source, FRAMES_A_LOOK);
}

/* ---- the end */

static bool replay_saving_close_json(struct replay_saving *saving)
{
    bool written = saving->output.file == NULL || fclose(saving->output.file) == 0;

    saving->output.file = NULL;
    if (!written && saving->error == 0)
        saving->error = errno;
    return saving->error == 0;
}

/* A file that can no longer be read was saved only as far as it was read. */
static void replay_saving_report_end(struct replay_saving *saving)
{
    const char *unread = saving->source.cursor.error;
    struct saving_result result = {
        .path = saving->path, .messages = saving->messages, .part = "frame"};
    char error[CAPTURE_ERROR_SIZE], safe[CAPTURE_ERROR_SIZE];

    if (!replay_saving_close_json(saving))
        result.why = reason_text(saving->error);
    else if (saving->frames != NULL && !replay_save_finish(saving->frames, &result.parts, error))
        result.why = error;
    else if (unread[0] != '\0')
        result.why = unread;
    if (result.why != NULL) {
        text_render(safe, sizeof safe, result.why, strlen(result.why), TEXT_ASCII);
        result.why = safe;
    }
    saving_report(saving->model, &result);
}

void replay_saving_close(struct replay_saving *saving)
{
    if (saving == NULL)
        return;
    replay_saving_close_json(saving);
    replay_save_close(saving->frames);
    pairing_close(saving->pairing);
    if (saving->opened)
        replay_cursor_close(&saving->source.cursor);
    roster_close(saving->output.roster);
    filter_close(saving->filter);
    free(saving);
}

/* Of all readings: one for JSON, three for a capture. */
static uint64_t replay_saving_percent(const struct replay_saving *saving)
{
    uint64_t percent = (uint64_t)replay_cursor_percent(&saving->source.cursor);

    if (saving->frames == NULL)
        return percent;
    return (percent + (saving->pairing == NULL ? 100 : 0)) / 3;
}

bool replay_saving_turn(struct replay_saving **saving)
{
    int64_t until_ns = clock_monotonic_ns() + turn_ns;
    bool more = true;

    if (*saving == NULL)
        return false;
    while (more && clock_monotonic_ns() < until_ns)
        more = replay_saving_go_on(*saving);
    if (more) {
        saving_report_percent((*saving)->model, replay_saving_percent(*saving));
        return true;
    }
    replay_saving_report_end(*saving);
    replay_saving_close(*saving);
    *saving = NULL;
    return true;
}

/* ---- beginning */

static bool replay_saving_open_source(struct replay_saving *saving, const struct replay_run *run,
                                      char *error)
{
    struct replay_source *source = &saving->source;

    *source = run->source; /* which server, and how replies are found */
    source->cursor = (struct replay_cursor){.path = NULL};
    saving->opened = replay_cursor_open(&source->cursor, run->source.cursor.path);
    if (!saving->opened) {
        snprintf(error, SAVING_ERROR_SIZE, "%s", source->cursor.error);
        return false;
    }
    saving->pairing = replay_source_pair(source, INT64_MAX, replay_saving_take, saving);
    return saving->pairing != NULL;
}

static bool replay_saving_open_output(struct replay_saving *saving, const struct replay_run *run,
                                      char *error)
{
    const struct display_options *look = &run->options.look;
    const char *text = model_filter_text(saving->model);
    struct filter_problem problem;

    saving->output =
        (struct serve_output){.charset = TEXT_UTF8, .privacy = look->privacy, .replay = true};
    if (look->roster || look->privacy)
        saving->output.roster =
            display_open_roster(look, (uint32_t)run->options.max_clients, TEXT_UTF8, NULL);
    if (text[0] == '\0')
        return true;
    saving->output.filter = saving->filter = filter_open(text, strlen(text), &problem);
    if (saving->filter == NULL)
        snprintf(error, SAVING_ERROR_SIZE, "%s", problem.why);
    return saving->filter != NULL;
}

static bool replay_saving_open_file(struct replay_saving *saving, bool overwrite, char *error)
{
    if (saving_format_of(saving->path) != SAVING_JSON)
        saving->frames = replay_save_open(&saving->source, saving->path, overwrite, error);
    else if (!capture_reader_reads_file(saving->source.cursor.reader, saving->path))
        saving->output.file = saving_create_json(saving->path, overwrite, error);
    else
        snprintf(error, SAVING_ERROR_SIZE, "%.200s: is the capture being read: name another file",
                 saving->path);
    return saving->frames != NULL || saving->output.file != NULL;
}

/* NULL with error (SAVING_ERROR_SIZE) set. */
static struct replay_saving *replay_saving_open(const struct replay_run *run, struct model *model,
                                                const char *path, bool overwrite, char *error)
{
    struct replay_saving *saving = calloc(1, sizeof *saving);

    snprintf(error, SAVING_ERROR_SIZE, "not enough memory");
    if (saving == NULL)
        return NULL;
    saving->model = model;
    memcpy(saving->path, path, sizeof saving->path);
    if (replay_saving_open_source(saving, run, error) &&
        replay_saving_open_output(saving, run, error) &&
        replay_saving_open_file(saving, overwrite, error))
        return saving;
    replay_saving_close(saving);
    return NULL;
}

void replay_saving_begin(struct replay_saving **saving, const struct replay_run *run,
                         struct model *model, const struct effects *effects)
{
    char path[SAVING_PATH_SIZE], error[SAVING_ERROR_SIZE];

    if (saving_may_begin(model, effects, *saving != NULL, path) &&
        (*saving = replay_saving_open(run, model, path, effects->overwrite, error)) == NULL)
        saving_report_failure(model, error);
}
