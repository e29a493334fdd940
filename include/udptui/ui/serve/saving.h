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

#include "udptui/ui/serve/effects.h"
#include "udptui/ui/serve/model.h"

enum { SAVING_PATH_SIZE = 4224, SAVING_ERROR_SIZE = 400 };

enum saving_format { SAVING_UNKNOWN, SAVING_CAPTURE, SAVING_JSON };

/* By the suffix: .pcap, .pcapng or .cap; .json, .jsonl or .ndjson. */
enum saving_format saving_format_of(const char *path);

/* The path that the user named, with "~/" expanded, to out (SAVING_PATH_SIZE). False if it must not
 * be written now: a file exists, and the model asks whether to overwrite it, or it is not a regular
 * file, which a notice says. */
bool saving_may_begin(struct model *model, const struct effects *effects, char *out);

/* "Saved 12 messages to a.pcap", or why not: a notice in the footer. */
void saving_report_failure(struct model *model, const char *why);

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
