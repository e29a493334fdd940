/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mtu: /mtu says which payload is answered and which is not, size by size, and then who says no. */
#include "udptui/probe/mtu.h"

#include <stdio.h>
#include <stdlib.h>

#include "console_internal.h"

enum { MTU_TEXT_SIZE = 48 };

struct console_mtu {
    struct console *console;
    struct mtu_search *search;
};

/* The MTU behind its words, to out (MTU_TEXT_SIZE); "" if it is not known. Returns out. */
static const char *mtu_text(const char *words, const struct mtu_step *step, char *out)
{
    out[0] = '\0';
    if (step->mtu > 0)
        snprintf(out, MTU_TEXT_SIZE, "%s %u", words, step->mtu);
    return out;
}

static void mtu_show_step(void *context, const struct mtu_step *step)
{
    struct console_mtu *mtu = context;
    char from[ENDPOINT_TEXT_SIZE], text[MTU_TEXT_SIZE];

    switch (step->answer) {
    case MTU_ANSWERED:
        console_say(mtu->console, "  %5zu bytes: answered", step->size_bytes);
        break;
    case MTU_TOO_BIG_HERE:
        console_say(mtu->console, "  %5zu bytes: too big for the interface%s", step->size_bytes,
                    mtu_text(", MTU", step, text));
        break;
    case MTU_TOO_BIG_THERE:
        console_say(
            mtu->console, "  %5zu bytes: too big, %s reports%s", step->size_bytes,
            endpoint_format_address_in(&step->from, mtu->console->send->zones, from, sizeof from),
            mtu_text(": the MTU of its next hop is", step, text));
        break;
    case MTU_SILENCE:
        console_say(mtu->console, "  %5zu bytes: no reply", step->size_bytes);
        break;
    case MTU_FAILED:
        console_say(mtu->console, "  %5zu bytes: %s", step->size_bytes, step->why);
        break;
    }
}

/* Who says no to more. */
static void mtu_show_limit(struct console *console, const struct mtu_step *limit)
{
    char from[ENDPOINT_TEXT_SIZE], text[MTU_TEXT_SIZE];

    switch (limit->answer) {
    case MTU_TOO_BIG_HERE:
        console_say(console, "refused by this machine%s",
                    mtu_text(": the MTU of the interface is", limit, text));
        break;
    case MTU_TOO_BIG_THERE:
        console_say(
            console, "refused by %s%s",
            endpoint_format_address_in(&limit->from, console->send->zones, from, sizeof from),
            mtu_text(": the MTU of its next hop is", limit, text));
        break;
    case MTU_SILENCE:
        console_say(
            console,
            "a black hole: nothing comes back for more, neither a reply nor an error: a hop "
            "drops it silently, or the server does not reply to so much");
        break;
    case MTU_ANSWERED:
        console_say(console, "that is the largest payload of UDP");
        break;
    case MTU_FAILED:
        console_say(console, "%s", limit->why);
        break;
    }
}

static void mtu_show_result(struct console *console, const struct mtu_search *search, bool ended)
{
    size_t largest = mtu_largest_bytes(search);
    const struct mtu_step *limit = mtu_limit(search);

    if (largest == 0) {
        console_say(console, "/mtu: no size is known to pass: the smallest had no reply");
        return;
    }
    console_say(console, "/mtu: %zu bytes of payload are answered: packets of %zu bytes%s", largest,
                largest + mtu_header_bytes(search), ended ? "" : ", so far");
    if (ended)
        mtu_show_limit(console, limit);
}

/* ---- the measurement */

static int mtu_get_fd(const void *state)
{
    return mtu_fd(((const struct console_mtu *)state)->search);
}

static int64_t mtu_get_deadline_ns(const void *state)
{
    return mtu_deadline_ns(((const struct console_mtu *)state)->search);
}

static bool mtu_take_turn(struct console *console, void *state)
{
    struct console_mtu *mtu = state;

    if (!mtu_turn(mtu->search))
        return false;
    mtu_show_result(console, mtu->search, true);
    return true;
}

static bool mtu_stop(struct console *console, void *state)
{
    struct console_mtu *mtu = state;

    mtu_show_result(console, mtu->search, false);
    return true;
}

static void mtu_free(void *state)
{
    struct console_mtu *mtu = state;

    mtu_close(mtu->search);
    free(mtu);
}

static const struct measurement_kind mtu_kind = {.name = "/mtu",
                                                 .fd = mtu_get_fd,
                                                 .deadline_ns = mtu_get_deadline_ns,
                                                 .turn = mtu_take_turn,
                                                 .stop = mtu_stop,
                                                 .close = mtu_free};

void console_mtu(struct console *console, const struct command_line *line)
{
    const struct trial_config config = measurement_trial(console);
    char error[TRIAL_ERROR_SIZE] = "not enough memory";
    struct console_mtu *mtu;

    (void)line;
    if (!measurement_is_free(console) || !console_has_one_target(console, "/mtu"))
        return;
    mtu = calloc(1, sizeof *mtu);
    if (mtu != NULL) {
        mtu->console = console;
        mtu->search = mtu_open(&config, mtu_show_step, mtu, error);
    }
    if (mtu != NULL && mtu->search != NULL) {
        measurement_begin(console, &mtu_kind, mtu);
        return;
    }
    console_say(console, "/mtu: %s", error);
    free(mtu);
}
