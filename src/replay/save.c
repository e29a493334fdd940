/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay_save: see the header. */
#include "udptui/replay/save.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "udptui/base/bitmap.h"
#include "udptui/sys/report.h"

struct replay_save {
    const char *path;
    struct capture_copy *copy;
    struct bitmap messages; /* by number: the chosen ones */
    struct bitmap
        frames; /* those to copy; at first those of chosen datagrams that nobody asked for */
    bool out_of_memory;
};

/* ---- what goes together */

bool replay_save_prepare(const struct replay_run *run, int *status)
{
    const struct replay_options *options = &run->options;
    const struct {
        bool both;
        const char *names, *why;
    } rows[] = {
        {options->look.privacy, "--save and --privacy", "a capture holds every address"},
        {options->to != NULL, "--save and --to", "run one after the other"},
        {options->speed != NULL, "--save and --speed", "a file is saved at once"},
    };

    *status = EXIT_USAGE;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (!rows[i].both)
            continue;
        report_error("%s do not go together: %s", rows[i].names, rows[i].why);
        return false;
    }
    if (strcmp(options->save, "-") == 0) {
        report_error("--save -: standard output is taken: give a file, or a pipe of mkfifo");
        return false;
    }
    if (strcmp(run->cursor.path, "-") != 0 && replay_cursor_fd(&run->cursor) < 0)
        return true;
    report_error("%s: --save reads a capture more than once: give a file, not a pipe",
                 run->cursor.path);
    return false;
}

struct replay_save *replay_save_open(const struct replay_run *run, int *status)
{
    struct replay_save *save = calloc(1, sizeof *save);
    char error[CAPTURE_ERROR_SIZE] = "not enough memory";

    if (save != NULL) {
        save->path = run->options.save;
        save->copy = capture_copy_create(save->path, run->options.force, run->cursor.reader, error);
    }
    if (save != NULL && save->copy != NULL)
        return save;
    report_error("--save %s", error);
    *status = EXIT_SETUP;
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

static bool may_go_on(struct replay_run *run)
{
    signals_beat(&run->signals);
    return signals_number(&run->signals) == 0;
}

static void ignore(void *context, const void *record, size_t size_bytes)
{
    (void)context;
    (void)record;
    (void)size_bytes;
}

/* The same pairing as the first one. False if the file is gone, with the cursor's error. */
static bool find_frames(struct replay_save *save, struct replay_run *run)
{
    struct replay *replay = replay_make(run, INT64_MAX, ignore, NULL);
    enum cursor_state state = CURSOR_WAIT;

    save->out_of_memory |= replay == NULL;
    bool there = replay_cursor_rewind(&run->cursor);
    if (replay != NULL && there)
        while (state != CURSOR_END && may_go_on(run)) {
            state = replay_cursor_next_now(&run->cursor);
            if (state != CURSOR_DATAGRAM)
                continue;
            replay_feed(run, replay);
            add_chosen(save, &run->cursor.packet, replay_owner(replay));
        }
    replay_close(replay);
    return there;
}

/* ---- copying */

/* What cannot be read of the file was told when it was read first. */
static void copy_frames(struct replay_save *save, struct replay_run *run)
{
    char error[CAPTURE_ERROR_SIZE];
    struct capture_reader *reader = capture_open(run->cursor.path, error);
    struct blocks_frame frame;
    bool going = reader != NULL;

    while (going && may_go_on(run) && capture_next(reader, &frame, error) == CAPTURE_FRAME)
        if (bitmap_has(&save->frames, frame.number))
            going = capture_copy_write(save->copy, &frame);
    capture_reader_close(reader);
}

int replay_save_finish(struct replay_save *save, struct replay_run *run,
                       struct capture_counts *counts)
{
    if (find_frames(save, run) && !save->out_of_memory)
        copy_frames(save, run);
    bool all = capture_copy_close(save->copy, &counts->frames_saved);
    save->copy = NULL;
    if (save->out_of_memory)
        report_error("--save %s: not enough memory: the capture is not complete", save->path);
    else if (!all)
        report_error("--save %.200s: %s: the capture is not complete", save->path, strerror(errno));
    return all && !save->out_of_memory ? EXIT_DONE : EXIT_SETUP;
}
