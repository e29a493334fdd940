/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* nat: asks a STUN server (proto/stun) which address and port of ours it sees. */
#ifndef UDPTUI_PROBE_NAT_H
#define UDPTUI_PROBE_NAT_H

#include "udptui/probe/trial.h"

enum nat_answer {
    NAT_NONE,    /* nothing came, or nothing yet */
    NAT_SEEN,    /* seen */
    NAT_ERROR,   /* the server refuses: error_code */
    NAT_FOREIGN, /* what came is no STUN: another kind of server */
    NAT_FAILED,  /* why */
};

struct nat_result {
    enum nat_answer answer;
    struct endpoint seen, source; /* what the server saw, and what we sent from */
    unsigned error_code;          /* RFC 8489 section 14.8 */
    char why[TRIAL_WHY_SIZE];
};

struct nat;

/* Nothing is sent yet. NULL with error (TRIAL_ERROR_SIZE). */
struct nat *nat_open(const struct trial_config *config, char *error);
void nat_close(struct nat *nat);

int nat_fd(const struct nat *nat);
int64_t nat_deadline_ns(const struct nat *nat);

/* Sends the request, again if nothing comes (RFC 8489 section 6.2.1), takes what came. True: it has
 * ended. */
bool nat_turn(struct nat *nat);

const struct nat_result *nat_result(const struct nat *nat);

#endif
