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

struct replay_save {
    const char *path;
    struct capture_copy *copy;
    struct bitmap messages; /* by number: the chosen ones */
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

static bool may_go_on(struct signals *signals)
{
    signals_beat(signals);
    return signals_number(signals) == 0;
}

static void ignore(void *context, const void *record, size_t size_bytes)
{
    (void)context;
    (void)record;
    (void)size_bytes;
}

/* The same pairing as the first one. False if the file is gone, with the cursor's error. */
static bool find_frames(struct replay_save *save, struct replay_source *source,
                        struct signals *signals)
{
    struct pairing *pairing = replay_source_pair(source, INT64_MAX, ignore, NULL);
    enum cursor_state state = CURSOR_WAIT;

    save->out_of_memory |= pairing == NULL;
    bool there = replay_cursor_rewind(&source->cursor);
    if (pairing != NULL && there)
        while (state != CURSOR_END && may_go_on(signals)) {
            state = replay_cursor_next_now(&source->cursor);
            if (state != CURSOR_DATAGRAM)
                continue;
            replay_source_feed(source, pairing);
            add_chosen(save, &source->cursor.packet, pairing_owner(pairing));
        }
    pairing_close(pairing);
    return there;
}

/* ---- copying */

/* Unreadable parts of the file were reported when it was read first. */
static void copy_frames(struct replay_save *save, const struct replay_source *source,
                        struct signals *signals)
{
    char error[CAPTURE_ERROR_SIZE];
    struct capture_reader *reader = capture_reader_open(source->cursor.path, error);
    struct blocks_frame frame;
    bool going = reader != NULL;

    while (going && may_go_on(signals) &&
           capture_reader_next(reader, &frame, error) == CAPTURE_FRAME)
        if (bitmap_has(&save->frames, frame.number))
            going = capture_copy_write(save->copy, &frame);
    capture_reader_close(reader);
}

bool replay_save_finish(struct replay_save *save, struct replay_source *source,
                        struct signals *signals, uint64_t *frames_saved, char *error)
{
    if (find_frames(save, source, signals) && !save->out_of_memory)
        copy_frames(save, source, signals);
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
