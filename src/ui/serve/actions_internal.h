/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* actions: the actions of keys. The table in keys.c assigns the keys. */
#ifndef UDPTUI_UI_SERVE_ACTIONS_INTERNAL_H
#define UDPTUI_UI_SERVE_ACTIONS_INTERNAL_H

#include "model_internal.h"
#include "udptui/ui/keys.h"
#include "udptui/ui/serve/effects.h"

/* One key pressed: what it acts on, and its effects on the main loop. */
struct press {
    struct model *model;
    const struct keys_table *keys; /* of this screen: its help is one of the bodies */
    const struct key *key;
    struct effects effects;
};

typedef void action(struct press *press);

action action_quit, action_help, action_back;
action action_up, action_down, action_page_up, action_page_down, action_first, action_last;
action action_pane, action_detail, action_sort, action_invert, action_pause, action_follow;
action action_hex, action_acks;
action action_reset, action_reset_yes, action_reset_no;
action action_filter, action_filter_keep, action_filter_drop;
action action_filter_older, action_filter_newer;
action action_save, action_save_name, action_save_back, action_save_older, action_save_newer;
action action_overwrite_yes, action_overwrite_no;
action action_reply, action_reply_send;
action action_erase, action_erase_word, action_erase_line;
action action_play, action_seek_on, action_seek_back, action_seek_start, action_seek_end;
action action_overview, action_choose_server;
action action_step, action_faster, action_slower, action_not_in_replay, action_no_ends;
action action_names;
action action_dissect, action_dissect_lines, action_dissect_other;
action action_dissect_fold, action_dissect_left, action_dissect_right;
action action_ladder, action_seen, action_sentences, action_calls, action_impair, action_banner,
    action_textbook;
action action_impair_up, action_impair_down, action_impair_left, action_impair_right;
action action_impair_way, action_impair_more, action_impair_less, action_impair_clear;
action action_impair_off, action_impair_preset;
action action_quiz, action_quiz_next, action_quiz_earlier, action_quiz_later, action_quiz_table;
action action_quiz_close, action_quiz_show, action_quiz_push, action_quiz_remove;
action action_quiz_export, action_quiz_type, action_quiz_lesson, action_quiz_enter;
action action_quiz_drop;
action action_click, action_wheel_up, action_wheel_down;

/* Shows a view from its top; Esc then goes back to the present one. If it is shown already, it is
 * left; if it is one of those to go back to, Esc goes on from there. */
void actions_enter(struct model *model, enum mode mode);

/* Goes one view back. */
void actions_leave(struct model *model);

/* Makes a message of the history the one of the detail. False if it is not there any more. */
bool actions_open_message(struct model *model, uint64_t id);

/* Moves the window over the body of a mode by so many rows, within its lines. */
void action_scroll(struct press *press, int64_t rows);

/* Chooses the field that is so many rows further. */
void action_dissect_move(struct model *model, int64_t rows);

/* Chooses the row that is so many further in the overview of a capture. */
void action_choose_overview_row(struct model *model, int64_t rows);

/* A character is typed into the line of the mode; nothing if there is none or it is full. */
void action_type(struct press *press, int32_t code_point);

#endif
