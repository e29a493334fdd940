/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* nat: see the header. The first of the waits is 500 ms, each later one twice as long. */
#include "udptui/probe/nat.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "udptui/base/units.h"
#include "udptui/proto/stun.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/random.h"

enum { SENDS_MAX = 3 };

static const int64_t first_wait_ns = 500 * UNITS_NS_PER_MS;

struct nat {
    struct trial *trial;
    uint8_t id[STUN_ID_BYTES];
    int sends;
    int64_t deadline_ns;
    struct nat_result result;
};

struct nat *nat_open(const struct trial_config *config, char *error)
{
    struct nat *nat = calloc(1, sizeof *nat);

    if (nat == NULL || !random_fill(nat->id, sizeof nat->id)) {
        snprintf(error, TRIAL_ERROR_SIZE, "not enough memory or random numbers");
        free(nat);
        return NULL;
    }
    nat->trial = trial_open(config, error);
    if (nat->trial == NULL) {
        free(nat);
        return NULL;
    }
    nat->result.source = *trial_source(nat->trial);
    return nat;
}

void nat_close(struct nat *nat)
{
    if (nat != NULL)
        trial_close(nat->trial);
    free(nat);
}

int nat_fd(const struct nat *nat)
{
    return trial_fd(nat->trial);
}

int64_t nat_deadline_ns(const struct nat *nat)
{
    return nat->deadline_ns;
}

const struct nat_result *nat_result(const struct nat *nat)
{
    return &nat->result;
}

static void nat_fail(struct nat *nat, const char *why)
{
    nat->result.answer = NAT_FAILED;
    snprintf(nat->result.why, sizeof nat->result.why, "%s", why);
}

/* A reply that is not STUN may come from another kind of server; a STUN reply may still come. */
static void nat_take_reply(struct nat *nat, const struct trial_event *event)
{
    struct stun_response response = stun_parse_response(event->bytes, event->size_bytes, nat->id);

    if (response.kind == STUN_ERROR) {
        nat->result.answer = NAT_ERROR;
        nat->result.error_code = response.error_code;
    } else if (response.kind == STUN_SUCCESS && response.seen.family != ENDPOINT_NONE) {
        nat->result.answer = NAT_SEEN;
        nat->result.seen = response.seen;
    } else {
        nat->result.answer = NAT_FOREIGN;
    }
}

static void nat_send(struct nat *nat)
{
    uint8_t request[STUN_REQUEST_BYTES];
    char why[TRIAL_WHY_SIZE];
    int error;

    stun_write_request(nat->id, request);
    error = trial_send(nat->trial, request, sizeof request);
    nat->deadline_ns = clock_monotonic_ns() + (first_wait_ns << nat->sends++);
    if (error != 0)
        nat_fail(nat, trial_explain(nat->trial, error, why));
}

static bool nat_is_answered(const struct nat *nat)
{
    return nat->result.answer != NAT_NONE && nat->result.answer != NAT_FOREIGN;
}

bool nat_turn(struct nat *nat)
{
    while (nat->sends > 0 && !nat_is_answered(nat)) {
        const struct trial_event event = trial_take(nat->trial);
        if (event.kind == TRIAL_NOTHING)
            break;
        if (event.kind == TRIAL_REPLY)
            nat_take_reply(nat, &event);
        else if (event.kind == TRIAL_ICMP)
            nat_fail(nat, event.why);
    }
    if (nat_is_answered(nat))
        return true;
    if (clock_monotonic_ns() < nat->deadline_ns)
        return false;
    if (nat->sends == SENDS_MAX || nat->result.answer == NAT_FOREIGN)
        return true;
    nat_send(nat);
    return nat_is_answered(nat);
}
