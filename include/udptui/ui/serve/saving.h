/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * saving: the key w: writes the kept messages that the filter chooses to a file, a part each turn of
 * the screen's loop, so that the display goes on: as a capture (as --pcap) or as JSON (as --log).
 */
#ifndef UDPTUI_UI_SERVE_SAVING_H
#define UDPTUI_UI_SERVE_SAVING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "udptui/ui/serve/effects.h"
#include "udptui/ui/serve/model.h"

enum { SAVING_PATH_SIZE = 4224, SAVING_ERROR_SIZE = 400 };

enum saving_format { SAVING_UNKNOWN, SAVING_CAPTURE, SAVING_JSON };

/* By the suffix: .pcap, .pcapng or .cap; .json, .jsonl or .ndjson. */
enum saving_format saving_format_of(const char *path);

/* Whether the effects of a key say what to save, and it may be: to out (SAVING_PATH_SIZE), the path
 * with "~/" expanded. If the file exists, the model asks whether to overwrite it; if it is not a
 * regular file, or another one is being saved (busy), a notice says so. */
bool saving_may_begin(struct model *model, const struct effects *effects, bool busy, char *out);

/* Makes a file for JSON. NULL with error (SAVING_ERROR_SIZE) "FILE: why". */
FILE *saving_create_json(const char *path, bool overwrite, char *error);

/* "Not saved: a.pcap: Permission denied" in the footer. */
void saving_report_failure(struct model *model, const char *why);

/* "Saved 12 messages (24 frames) to a.pcap; 3 are not in the history" in the footer, and "Saving: 40%"
 * before the end. */
struct saving_result {
    const char *path;
    uint64_t messages;
    uint64_t parts; /* what the file has of them; 0: not said */
    const char *part;
    uint64_t not_kept;
    const char *why; /* it is not complete; NULL: it is */
};
void saving_report(struct model *model, const struct saving_result *result);
void saving_report_percent(struct model *model, uint64_t percent);

struct saving;

/* If the effects of a key say so: begins to save, and sets *saving, which was NULL if nothing was
 * being saved. If it cannot, a notice or a question of the model says so. */
void saving_begin(struct saving **saving, struct model *model, const struct effects *effects);

/* Writes on, for some milliseconds, if something is being saved; at the end the model has a notice
 * and *saving is NULL. Returns whether there was something to write. */
bool saving_turn(struct saving **saving);

/* Closes the file, without what is left, and frees (NULL allowed). */
void saving_close(struct saving *saving);

#endif
