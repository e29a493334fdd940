/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* nat: learns from a STUN server (proto/stun) which address and port it sees for us. */
#ifndef UDPTUI_PROBE_NAT_H
#define UDPTUI_PROBE_NAT_H

#include "udptui/probe/trial.h"

enum nat_answer {
    NAT_NONE,    /* no reply, or none yet */
    NAT_SEEN,    /* seen */
    NAT_ERROR,   /* the server refuses: error_code */
    NAT_FOREIGN, /* a reply that is not STUN: another kind of server */
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
/* Closes the socket and frees (NULL allowed). */
void nat_close(struct nat *nat);

/* For poll(2), POLLIN; and when nat_turn is to be called without it, CLOCK_MONOTONIC. */
int nat_fd(const struct nat *nat);
int64_t nat_deadline_ns(const struct nat *nat);

/* Sends the request, again without a reply (RFC 8489 section 6.2.1), and receives. True at the
 * end. */
bool nat_turn(struct nat *nat);

/* What is known so far; valid as long as nat. */
const struct nat_result *nat_result(const struct nat *nat);

#endif
