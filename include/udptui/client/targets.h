/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * send_targets: one message to several targets: "A:P,B:P".
 *
 * Each target has a session of its own, so that whose reply is whose is decided for each as if it
 * were alone. They share the output, the capture file and the signals, which are the first one's.
 */
#ifndef UDPTUI_CLIENT_TARGETS_H
#define UDPTUI_CLIENT_TARGETS_H

#include "udptui/client/session.h"

enum { TARGETS_MAX = 16 };

struct targets {
    struct session *sessions;
    size_t count;
    char *names; /* the operand, cut into them */
};

/* text: the operand as typed. False with the complaint made and *status set; targets_close must
 * follow either way. */
bool targets_open(struct targets *targets, const struct send_options *options, const char *text,
                  int *status);
void targets_close(struct targets *targets);

/* How many are in the operand. */
size_t targets_count(const char *text);

#endif
