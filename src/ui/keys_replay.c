/* SPDX-License-Identifier: GPL-3.0-or-later */
/* keys_replay: the keys that a replay has instead of those of a server that runs. */
#include "keys_table.h"

enum {
    PLAYING = MODE_LIST | MODE_DETAIL | MODE_HELP | MODE_LADDER | MODE_OVERVIEW,
    CTRL_R = 0x12
};

static const struct binding bindings[] = {
    {.keys = {' ', 'p'},
     .modes = PLAYING,
     .act = action_play,
     .names = "Space p",
     .help = "stop and go on",
     .footer = "play",
     .footer_modes = MODE_LIST | MODE_LADDER},
    {.keys = {KEY_CODE_RIGHT},
     .modes = PLAYING,
     .act = action_seek_on,
     .names = "Right",
     .help = "five seconds on",
     .footer = "5 s on",
     .footer_modes = MODE_LIST | MODE_LADDER},
    {.keys = {KEY_CODE_LEFT},
     .modes = PLAYING,
     .act = action_seek_back,
     .names = "Left",
     .help = "five seconds back"},
    {.keys = {'.', 'n'},
     .modes = PLAYING,
     .act = action_step,
     .names = ". n",
     .help = "one datagram on",
     .footer = "step",
     .footer_modes = MODE_LIST | MODE_LADDER},
    {.keys = {'+', '='},
     .modes = PLAYING,
     .act = action_faster,
     .names = "+",
     .help = "twice as fast",
     .footer = "faster",
     .footer_modes = MODE_LIST,
     .rank = 2},
    {.keys = {'-', '_'},
     .modes = PLAYING,
     .act = action_slower,
     .names = "-",
     .help = "half as fast"},
    {.keys = {'<'},
     .modes = PLAYING,
     .act = action_seek_start,
     .names = "<",
     .help = "to the start"},
    {.keys = {'>'}, .modes = PLAYING, .act = action_seek_end, .names = ">", .help = "to the end"},
    {.keys = {'o'},
     .modes = PLAYING,
     .act = action_overview,
     .names = "o",
     .help = "what the capture holds; its servers",
     .footer = "overview",
     .footer_modes = MODE_LIST,
     .rank = 1},
    {.keys = {'\r'},
     .modes = MODE_OVERVIEW,
     .act = action_choose_server,
     .names = "Enter",
     .help = "in the overview: this server alone",
     .footer = "choose",
     .footer_modes = MODE_OVERVIEW},
    {.keys = {'a', 'r', 'i'}, .modes = PLAYING, .act = action_not_in_replay},
    {.keys = {'c', CTRL_R}, .modes = PLAYING, .act = action_not_in_replay},
};

const struct binding *replay_binding_at(size_t row)
{
    return row < sizeof bindings / sizeof *bindings ? &bindings[row] : NULL;
}
