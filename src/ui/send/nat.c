/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* nat: /nat asks the target, as a STUN server, which address of ours it sees. */
#include "udptui/probe/nat.h"

#include "console_internal.h"

static void nat_show_seen(struct console *console, const struct nat_result *result)
{
    char seen[ENDPOINT_TEXT_SIZE], source[ENDPOINT_TEXT_SIZE];
    bool same = endpoint_same_address(&result->seen, &result->source);

    endpoint_format_in(&result->seen, console->send->zones, seen, sizeof seen);
    endpoint_format_in(&result->source, console->send->zones, source, sizeof source);
    if (same && result->seen.port == result->source.port)
        console_say(console, "/nat: the server sees %s, and that is what we sent from: no NAT",
                    seen);
    else
        console_say(console, "/nat: the server sees %s, and we sent from %s: a NAT changes %s",
                    seen, source, same ? "the port" : "the address");
}

static void nat_show_result(struct console *console, const struct nat_result *result)
{
    switch (result->answer) {
    case NAT_NONE:
        console_say(console, "/nat: no reply: the target does not speak STUN, or is not reached");
        break;
    case NAT_SEEN:
        nat_show_seen(console, result);
        break;
    case NAT_ERROR:
        console_say(console, "/nat: the server refuses, with error %u (RFC 8489 section 14.8)",
                    result->error_code);
        break;
    case NAT_FOREIGN:
        console_say(console, "/nat: the target replies, but not with STUN (RFC 8489): use /to for "
                             "a STUN server, most listen on port 3478");
        break;
    case NAT_FAILED:
        console_say(console, "/nat: %s", result->why);
        break;
    }
}

/* ---- the measurement */

static int nat_get_fd(const void *state)
{
    return nat_fd(state);
}

static int64_t nat_get_deadline_ns(const void *state)
{
    return nat_deadline_ns(state);
}

static bool nat_take_turn(struct console *console, void *state)
{
    if (!nat_turn(state))
        return false;
    nat_show_result(console, nat_result(state));
    return true;
}

static bool nat_stop(struct console *console, void *state)
{
    (void)console;
    (void)state;
    return true;
}

static void nat_free(void *state)
{
    nat_close(state);
}

static const struct measurement_kind nat_kind = {.name = "/nat",
                                                 .fd = nat_get_fd,
                                                 .deadline_ns = nat_get_deadline_ns,
                                                 .turn = nat_take_turn,
                                                 .stop = nat_stop,
                                                 .close = nat_free};

void console_nat(struct console *console, const struct command_line *line)
{
    const struct trial_config config = measurement_trial(console);
    char error[TRIAL_ERROR_SIZE];
    struct nat *nat;

    (void)line;
    if (!measurement_is_free(console) || !console_has_one_target(console, "/nat"))
        return;
    nat = nat_open(&config, error);
    if (nat == NULL)
        console_say(console, "/nat: %s", error);
    else
        measurement_begin(console, &nat_kind, nat);
}
