/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* resend: replay --to, common to its lines and its screen. */
#ifndef UDPTUI_UI_REPLAY_RESEND_INTERNAL_H
#define UDPTUI_UI_REPLAY_RESEND_INTERNAL_H

#include <stdbool.h>

#include "udptui/output/serve.h"
#include "udptui/ui/replay/session.h"

/* One run of the resender, and what became of it. It must not move. */
struct resend_task {
    struct replay_run *run;
    struct serve_output choosing; /* what --filter needs */
    bool (*report)(void *context, const struct resend_report *report);
    void *context;
    struct resend_totals totals;
    bool done; /* else error says why */
    char error[RESENDER_ERROR_SIZE];
};

struct resend_task resend_task_of(struct replay_run *run,
                                  bool (*report)(void *context, const struct resend_report *report),
                                  void *context);

/* Sends all, until it is done, one of these signals comes or report returns false. */
void resend_task_run(struct resend_task *task, struct signals *signals);

/* Writes the summary, to the log too. The exit status, with an error reported. */
int resend_task_end(struct resend_task *task);

/* The screen until q. False if the terminal cannot show one. */
bool resend_run_screen(struct replay_run *run, int *status);

#endif
