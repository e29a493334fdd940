/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* keys_relay: the keys of a relay. */
#include "keys_tables_internal.h"

#include "actions_internal.h"

#include "udptui/base/array.h"

static const struct keys_row relay_rows[] = {
    {.keys = {'a'},
     .modes = MODES_LOOKING & ~MODE_HELP, /* its effect would not be seen */
     .act = action_acks,
     .names = "a",
     .help = "forwarding: off, on",
     .footer = "forward",
     .footer_modes = MODE_LIST,
     .rank = 5},
    {.keys = {'r'},
     .modes = MODE_LIST | MODE_DETAIL,
     .act = action_reply,
     .names = "r",
     .help = "send to the client",
     .footer = "reply",
     .footer_modes = MODE_LIST | MODE_DETAIL,
     .rank = 3},
};

const struct keys_table keys_of_relay = {
    .rows = relay_rows, .count = COUNT_OF(relay_rows), .modes = ~0U, .next = &keys_of_serve};
