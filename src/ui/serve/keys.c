/* SPDX-License-Identifier: GPL-3.0-or-later */
/* keys: the table, and how a key finds its row. */
#include "udptui/ui/serve/keys.h"

#include "actions_internal.h"
#include "keys_table_internal.h"

#define CTRL(letter) ((letter)&0x1f)
enum {
    ESC = 0x1b,
    RUBOUT = 0x7f,
    BODY = MODE_DETAIL | MODE_HELP | MODE_LADDER | MODE_CALLS | MODE_IMPAIR | MODE_OVERVIEW,
    LOOKING = MODE_LIST | BODY,
    TYPING = MODE_FILTER | MODE_REPLY,
};

/* In the order of the footer and the help. */
static const struct binding bindings[] = {
    {.keys = {'\t'},
     .modes = MODE_LIST,
     .act = action_pane,
     .names = "Tab",
     .help = "switch panes",
     .footer = "pane",
     .footer_modes = MODE_LIST,
     .rank = 1},
    {.keys = {'\r'},
     .modes = MODE_LIST,
     .act = action_detail,
     .names = "Enter",
     .help = "details of the selected row",
     .footer = "detail",
     .footer_modes = MODE_LIST,
     .rank = 1},
    {.keys = {ESC},
     .modes = LOOKING,
     .act = action_back,
     .names = "Esc",
     .help = "back; clear the filter",
     .footer = "back",
     .footer_modes = BODY},
    {.keys = {KEY_CODE_UP, 'k'},
     .modes = LOOKING & ~MODE_IMPAIR,
     .act = action_up,
     .names = "Up k",
     .help = "up"},
    {.keys = {KEY_CODE_DOWN, 'j'},
     .modes = LOOKING & ~MODE_IMPAIR,
     .act = action_down,
     .names = "Down j",
     .help = "down",
     .footer = "scroll",
     .footer_modes = BODY & ~MODE_IMPAIR,
     .rank = 2},
    {.keys = {KEY_CODE_PAGE_UP},
     .modes = LOOKING,
     .act = action_page_up,
     .names = "PgUp",
     .help = "a page up"},
    {.keys = {KEY_CODE_PAGE_DOWN},
     .modes = LOOKING,
     .act = action_page_down,
     .names = "PgDn",
     .help = "a page down"},
    {.keys = {KEY_CODE_HOME, 'g'},
     .modes = LOOKING,
     .act = action_first,
     .names = "Home g",
     .help = "the first row"},
    {.keys = {KEY_CODE_END, 'G'},
     .modes = LOOKING,
     .act = action_last,
     .names = "End G",
     .help = "the last row"},
    {.keys = {'/'},
     .modes = MODE_LIST,
     .act = action_filter,
     .names = "/",
     .help = "filter: text size:>9 a|b !a",
     .footer = "filter",
     .footer_modes = MODE_LIST},
    {.keys = {'s'},
     .modes = MODE_LIST,
     .act = action_sort,
     .names = "s",
     .help = "sort the clients by ...",
     .footer = "sort",
     .footer_modes = MODE_LIST},
    {.keys = {'I'},
     .modes = MODE_LIST,
     .act = action_invert,
     .names = "I",
     .help = "invert the order"},
    {.keys = {' ', 'p'},
     .modes = LOOKING,
     .act = action_pause,
     .names = "Space p",
     .help = "pause the display",
     .footer = "pause",
     .footer_modes = MODE_LIST,
     .rank = 3},
    {.keys = {'F'},
     .modes = MODE_LIST | MODE_CALLS | MODE_LADDER,
     .act = action_follow,
     .names = "F",
     .help = "follow the newest message",
     .footer = "follow",
     .footer_modes = MODE_LIST | MODE_CALLS | MODE_LADDER,
     .rank = 4},
    {.keys = {'h'},
     .modes = MODE_LIST,
     .act = action_hex,
     .names = "h",
     .help = "hex or text",
     .footer = "hex",
     .footer_modes = MODE_LIST,
     .rank = 5},
    {.keys = {'l'},
     .modes = LOOKING,
     .act = action_ladder,
     .names = "l",
     .help = "ladder diagram",
     .footer = "ladder",
     .footer_modes = MODE_LIST,
     .rank = 2},
    {.keys = {'c'},
     .modes = LOOKING,
     .act = action_calls,
     .names = "c",
     .help = "the socket calls",
     .footer = "calls",
     .footer_modes = MODE_LIST,
     .rank = 3},
    {.keys = {'i'},
     .modes = LOOKING,
     .act = action_impair,
     .names = "i",
     .help = "impairments",
     .footer = "impair",
     .footer_modes = MODE_LIST,
     .rank = 2},
    {.keys = {KEY_CODE_UP, 'k'}, .modes = MODE_IMPAIR, .act = action_impair_up},
    {.keys = {KEY_CODE_DOWN, 'j'}, .modes = MODE_IMPAIR, .act = action_impair_down},
    {.keys = {KEY_CODE_LEFT}, .modes = MODE_IMPAIR, .act = action_impair_left},
    {.keys = {KEY_CODE_RIGHT}, .modes = MODE_IMPAIR, .act = action_impair_right},
    {.keys = {'\t'},
     .modes = MODE_IMPAIR,
     .act = action_impair_way,
     .names = "Tab",
     .footer = "way",
     .footer_modes = MODE_IMPAIR,
     .rank = 1},
    {.keys = {'+', '='},
     .modes = MODE_IMPAIR,
     .act = action_impair_more,
     .names = "+ =",
     .help = "impair: increase",
     .footer = "more",
     .footer_modes = MODE_IMPAIR},
    {.keys = {'-', '_'},
     .modes = MODE_IMPAIR,
     .act = action_impair_less,
     .names = "- _",
     .help = "impair: decrease",
     .footer = "less",
     .footer_modes = MODE_IMPAIR},
    {.keys = {'0'},
     .modes = MODE_IMPAIR,
     .act = action_impair_clear,
     .names = "0",
     .help = "impair: set to none",
     .footer = "none",
     .footer_modes = MODE_IMPAIR,
     .rank = 2},
    {.keys = {'o'},
     .modes = MODE_IMPAIR,
     .act = action_impair_off,
     .names = "o",
     .help = "impair: all off",
     .footer = "all off",
     .footer_modes = MODE_IMPAIR,
     .rank = 1},
    {.keys = {'1', '2', '3', '4', '5', '6', '7', '8', '9'},
     .modes = MODE_IMPAIR,
     .act = action_impair_preset,
     .names = "1-9",
     .help = "impair: a preset",
     .footer = "preset",
     .footer_modes = MODE_IMPAIR,
     .rank = 1},
    {.keys = {'b'},
     .modes = MODE_LIST,
     .act = action_banner,
     .names = "b",
     .help = "large join command"},
    {.keys = {'n'},
     .modes = MODE_LIST | MODE_DETAIL,
     .act = action_names,
     .names = "n",
     .help = "look up names: on, off"},
    {.keys = {'r'},
     .modes = MODE_LIST | MODE_DETAIL,
     .act = action_reply,
     .names = "r",
     .help = "reply to the client",
     .footer = "reply",
     .footer_modes = MODE_LIST | MODE_DETAIL,
     .rank = 3},
    {.keys = {'a'},
     .modes = LOOKING,
     .act = action_acks,
     .names = "a",
     .help = "acks: off, on",
     .footer = "acks",
     .footer_modes = MODE_LIST,
     .rank = 5},
    {.keys = {CTRL('r')},
     .modes = LOOKING,
     .act = action_reset,
     .names = "Ctrl-R",
     .help = "reset the counters"},
    {.keys = {CTRL('l')},
     .modes = LOOKING | TYPING | MODE_CONFIRM,
     .act = action_redraw,
     .names = "Ctrl-L",
     .help = "draw the screen again"},
    {.keys = {CTRL('z')},
     .modes = LOOKING | TYPING | MODE_CONFIRM,
     .act = action_suspend,
     .names = "Ctrl-Z",
     .help = "suspend the program"},
    {.keys = {'?', KEY_CODE_F1},
     .modes = LOOKING,
     .act = action_help,
     .names = "? F1",
     .help = "this help",
     .footer = "help",
     .footer_modes = MODE_LIST | MODE_DETAIL},
    {.keys = {'q', KEY_CODE_F10},
     .modes = LOOKING,
     .act = action_quit,
     .names = "q F10",
     .help = "quit",
     .footer = "quit",
     .footer_modes = LOOKING},

    {.keys = {'\r', '\n'},
     .modes = MODE_FILTER,
     .act = action_filter_keep,
     .names = "Enter",
     .footer = "keep",
     .footer_modes = MODE_FILTER},
    {.keys = {ESC},
     .modes = MODE_FILTER,
     .act = action_filter_drop,
     .names = "Esc",
     .footer = "no filter",
     .footer_modes = MODE_FILTER},
    {.keys = {'\r', '\n'},
     .modes = MODE_REPLY,
     .act = action_reply_send,
     .names = "Enter",
     .footer = "send",
     .footer_modes = MODE_REPLY},
    {.keys = {ESC},
     .modes = MODE_REPLY,
     .act = action_back,
     .names = "Esc",
     .footer = "back",
     .footer_modes = MODE_REPLY},
    {.keys = {KEY_CODE_BACKSPACE, RUBOUT, CTRL('h')}, .modes = TYPING, .act = action_erase},
    {.keys = {CTRL('w')}, .modes = TYPING, .act = action_erase_word},
    {.keys = {CTRL('u')}, .modes = TYPING, .act = action_erase_line},
    {.keys = {'y', 'Y'},
     .modes = MODE_CONFIRM,
     .act = action_reset_yes,
     .names = "y",
     .footer = "yes",
     .footer_modes = MODE_CONFIRM},
    {.keys = {'n', ESC},
     .modes = MODE_CONFIRM,
     .act = action_reset_no,
     .names = "n",
     .footer = "no",
     .footer_modes = MODE_CONFIRM},

    {.keys = {KEY_CODE_CLICK}, .modes = MODE_LIST, .act = action_click},
    {.keys = {KEY_CODE_WHEEL_UP}, .modes = LOOKING & ~MODE_IMPAIR, .act = action_wheel_up},
    {.keys = {KEY_CODE_WHEEL_DOWN}, .modes = LOOKING & ~MODE_IMPAIR, .act = action_wheel_down},
};

enum { BINDINGS = sizeof bindings / sizeof *bindings };

static bool has_key(const struct binding *binding, int32_t code)
{
    for (size_t i = 0; i < BINDING_KEYS; i++)
        if (binding->keys[i] == code)
            return true;
    return false;
}

/* Whether a replay has another row for a key of this one, or nothing to use it on. */
static bool is_replaced(const struct binding *binding)
{
    const struct binding *other;

    if (binding->modes == MODE_IMPAIR)
        return true;

    for (size_t row = 0; (other = replay_binding_at(row)) != NULL; row++)
        for (size_t i = 0; i < BINDING_KEYS && (other->modes & binding->modes); i++)
            if (other->keys[i] != KEY_CODE_NONE && has_key(binding, other->keys[i]))
                return true;
    return false;
}

const struct binding *binding_at(const struct model *model, size_t row)
{
    bool replay = model != NULL && model->config.replay;
    size_t index = 0;

    for (const struct binding *first; replay && (first = replay_binding_at(index)) != NULL; index++)
        if (row-- == 0)
            return first;
    for (index = 0; index < BINDINGS; index++)
        if (!(replay && is_replaced(&bindings[index])) && row-- == 0)
            return &bindings[index];
    return NULL;
}

static const struct binding *find(const struct model *model, int32_t code)
{
    const struct binding *binding;

    for (size_t row = 0; (binding = binding_at(model, row)) != NULL && code != KEY_CODE_NONE; row++)
        if ((binding->modes & model->mode) && has_key(binding, code))
            return binding;
    return NULL;
}

/* A key without a row: typed where there is a line, a no where there is a question. */
static void other(struct press *press)
{
    if (press->model->mode == MODE_CONFIRM)
        action_reset_no(press);
    else
        action_type(press, press->key->code);
}

struct effects keys_apply(struct model *model, const struct key *key)
{
    struct press press = {.model = model, .key = key};
    const struct binding *binding = find(model, key->code);

    model->notice[0] = '\0';
    if (binding != NULL)
        binding->act(&press);
    else
        other(&press);
    model_settle(model);
    model->changed = true;
    return press.effects;
}

bool keys_help(const struct model *model, size_t row, struct key_help *out)
{
    const struct binding *binding;

    for (size_t i = 0; (binding = binding_at(model, i)) != NULL; i++) {
        if (binding->help == NULL)
            continue;
        if (row-- == 0) {
            *out = (struct key_help){.keys = binding->names, .help = binding->help};
            return true;
        }
    }
    return false;
}
