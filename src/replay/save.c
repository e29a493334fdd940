/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay_save: see the header. */
#include "udptui/replay/save.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "udptui/base/bitmap.h"
#include "udptui/capture/copy.h"
#include "udptui/capture/reader.h"
#include "udptui/proto/reason.h"

enum save_phase { SAVE_CHOOSING, SAVE_FINDING, SAVE_COPYING, SAVE_OVER };

struct replay_save {
    const char *path;
    enum save_phase phase;
    struct capture_copy *copy;
    struct pairing *pairing;       /* SAVE_FINDING */
    struct capture_reader *reader; /* SAVE_COPYING */
    struct bitmap messages;        /* by number: the chosen ones */
    /* Frames to copy; initially those of chosen datagrams without a request. */
    struct bitmap frames;
    bool out_of_memory;
};

struct replay_save *replay_save_open(const struct replay_source *source, const char *path,
                                     bool force, char *error)
{
    struct replay_save *save = calloc(1, sizeof *save);

    snprintf(error, CAPTURE_ERROR_SIZE, "not enough memory");
    if (save == NULL)
        return NULL;
    save->path = path;
    save->copy = capture_copy_create(path, force, source->cursor.reader, error);
    if (save->copy != NULL)
        return save;
    free(save);
    return NULL;
}

void replay_save_close(struct replay_save *save)
{
    uint64_t frames;

    if (save == NULL)
        return;
    if (save->copy != NULL)
        capture_copy_close(save->copy, &frames);
    pairing_close(save->pairing);
    capture_reader_close(save->reader);
    bitmap_clear(&save->messages);
    bitmap_clear(&save->frames);
    free(save);
}

/* ---- what is chosen */

void replay_save_choose(struct replay_save *save, const struct event_message *message)
{
    if (save == NULL)
        return;
    bool noted = message->number != 0 ? bitmap_add(&save->messages, message->number)
                                      : bitmap_add(&save->frames, message->frame);
    save->out_of_memory |= !noted;
}

static void add_frames(struct replay_save *save, const struct packet *packet)
{
    bool added = bitmap_add(&save->frames, packet->frame);

    for (size_t i = 0; i < packet->fragment_frame_count; i++)
        added &= bitmap_add(&save->frames, packet->fragment_frames[i]);
    save->out_of_memory |= !added;
}

/* A datagram that was taken: its frames, if its message is chosen. */
static void add_chosen(struct replay_save *save, const struct packet *packet, uint64_t owner)
{
    bool chosen =
        owner != 0 ? bitmap_has(&save->messages, owner) : bitmap_has(&save->frames, packet->frame);

    if (chosen)
        add_frames(save, packet);
}

static void ignore(void *context, const void *record, size_t size_bytes)
{
    (void)context;
    (void)record;
    (void)size_bytes;
}

/* The same pairing as the first one. If the file is gone, the cursor's error says so. */
static void replay_save_begin_finding(struct replay_save *save, struct replay_source *source)
{
    save->pairing = replay_source_pair(source, INT64_MAX, ignore, NULL);
    save->out_of_memory |= save->pairing == NULL;
    save->phase = SAVE_FINDING;
    if (!replay_cursor_rewind(&source->cursor) || save->out_of_memory)
        save->phase = SAVE_OVER;
}

/* ---- copying */

/* Unreadable parts of the file were reported when it was read first. */
static void replay_save_begin_copying(struct replay_save *save, const struct replay_source *source)
{
    char error[CAPTURE_ERROR_SIZE];

    pairing_close(save->pairing);
    save->pairing = NULL;
    if (!save->out_of_memory)
        save->reader = capture_reader_open(source->cursor.path, error);
    save->phase = save->reader != NULL ? SAVE_COPYING : SAVE_OVER;
}

static void replay_save_find_next(struct replay_save *save, struct replay_source *source)
{
    switch (replay_cursor_next_now(&source->cursor)) {
    case CURSOR_DATAGRAM:
        replay_source_feed(source, save->pairing);
        add_chosen(save, &source->cursor.packet, pairing_owner(save->pairing));
        break;
    case CURSOR_BUSY:
    case CURSOR_WAIT:
        break;
    case CURSOR_END:
        replay_save_begin_copying(save, source);
        break;
    }
}

static void replay_save_copy_next(struct replay_save *save)
{
    char error[CAPTURE_ERROR_SIZE];
    struct blocks_frame frame;

    if (capture_reader_next(save->reader, &frame, error) != CAPTURE_FRAME ||
        (bitmap_has(&save->frames, frame.number) && !capture_copy_write(save->copy, &frame)))
        save->phase = SAVE_OVER;
}

bool replay_save_go_on(struct replay_save *save, struct replay_source *source, unsigned frames)
{
    for (; frames > 0 && save->phase != SAVE_OVER; frames--) {
        if (save->phase == SAVE_CHOOSING)
            replay_save_begin_finding(save, source);
        else if (save->phase == SAVE_FINDING)
            replay_save_find_next(save, source);
        else
            replay_save_copy_next(save);
    }
    return save->phase != SAVE_OVER;
}

int replay_save_fd(const struct replay_save *save)
{
    return capture_copy_fd(save->copy);
}

bool replay_save_finish(struct replay_save *save, uint64_t *frames_saved, char *error)
{
    bool all = capture_copy_close(save->copy, frames_saved);

    save->copy = NULL;
    if (save->out_of_memory)
        snprintf(error, CAPTURE_ERROR_SIZE,
                 "%.200s: not enough memory: the capture is not complete", save->path);
    else if (!all)
        snprintf(error, CAPTURE_ERROR_SIZE, "%.200s: %s: the capture is not complete", save->path,
                 reason_text(errno));
    return all && !save->out_of_memory;
}
