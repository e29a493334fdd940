/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* actions: see the header. Moving and viewing; typed lines are in actions_line.c. */
#include "actions_internal.h"

#include "udptui/proto/textbook.h"
#include "view_parts_internal.h"

enum { WHEEL_ROWS = 3 };

void action_quit(struct press *press)
{
    press->effects.quit = true;
}

/* ---- views */

void actions_leave(struct model *model)
{
    struct trail *trail = &model->trail;

    model->mode = MODE_LIST;
    model->scroll = 0;
    if (trail->count == 0)
        return;
    const struct trail_view *view = &trail->views[--trail->count];
    if (view->mode == MODE_OVERVIEW && model->overview == NULL) /* it was taken away meanwhile */
        return;
    model->mode = view->mode;
    model->scroll = view->scroll;
}

/* Goes back to the view if it is one to go back to. */
static bool trail_returns(struct model *model, enum mode mode)
{
    for (size_t i = 0; i < model->trail.count; i++) {
        if (model->trail.views[i].mode != mode)
            continue;
        model->trail.count = i + 1;
        actions_leave(model);
        return true;
    }
    return false;
}

void actions_enter(struct model *model, enum mode mode)
{
    struct trail *trail = &model->trail;

    if (model->mode == mode) {
        actions_leave(model);
        return;
    }
    if (model->mode == MODE_LIST) /* the list is behind all others */
        trail->count = 0;
    if (trail_returns(model, mode))
        return;
    if (model->mode != MODE_LIST && trail->count < TRAIL_MAX)
        trail->views[trail->count++] =
            (struct trail_view){.mode = model->mode, .scroll = model->scroll};
    model->mode = mode;
    model->scroll = 0;
}

void action_help(struct press *press)
{
    actions_enter(press->model, MODE_HELP);
}

/* Esc never quits: in the list it removes the filter. */
void action_back(struct press *press)
{
    if (press->model->mode == MODE_LIST && filter_active(press->model))
        action_filter_drop(press);
    actions_leave(press->model);
}

/* ---- moving */

void action_scroll(struct press *press, int64_t rows)
{
    struct model *model = press->model;
    int64_t most = view_body_lines(model, press->keys) - model->layout.body_rows + 1;
    int64_t scroll = model->scroll + rows;

    if (scroll > most)
        scroll = most;
    model->scroll = scroll > 0 ? (int)scroll : 0;
}

/* One call per step; at the end, the newest is followed. */
static void scroll_calls(struct model *model, int64_t steps)
{
    uint64_t newest = view_calls_newest_top(model);
    uint64_t top = model->calls.scrolled ? calls_top(model) : newest;

    for (; steps < 0 && top > 0; steps++)
        top = calls_before(model, top);
    for (; steps > 0 && top < newest; steps--)
        top = calls_next(model, top);
    model->calls.top = top;
    model->calls.scrolled = top < newest;
}

/* rows below 0: back. New messages do not move the window; at the end it follows them. */
static void scroll_ladder(struct press *press, int64_t rows)
{
    struct model *model = press->model;
    uint64_t count = messages_count(model);
    int64_t most = view_body_lines(model, press->keys) - (model->layout.body_rows - 2);
    int64_t scroll = model->ladder.scroll - rows;

    if (model->ladder.scroll == 0)
        model->ladder.end_id = count > 0 ? messages_id(model, count - 1) + 1 : 0;
    if (scroll > most)
        scroll = most;
    model->ladder.scroll = scroll > 0 ? (int)scroll : 0;
}

static void actions_move(struct press *press, enum pane pane, int64_t rows)
{
    struct model *model = press->model;

    if (model->mode == MODE_CALLS)
        scroll_calls(model, rows);
    else if (model->mode == MODE_LADDER)
        scroll_ladder(press, rows);
    else if (model->mode == MODE_DISSECT)
        action_dissect_move(model, rows);
    else if (model->mode == MODE_OVERVIEW)
        action_choose_overview_row(model, rows);
    else if (model->mode != MODE_LIST)
        action_scroll(press, rows);
    else if (pane == PANE_CLIENTS)
        clients_select(model, (int64_t)model->client.position + rows);
    else
        messages_select(model, (int64_t)messages_selected(model) + rows);
}

static int64_t actions_page(const struct model *model)
{
    if (model->mode == MODE_CALLS)
        return model->layout.body_rows / 2; /* most calls have two lines */
    if (model->mode != MODE_LIST)
        return model->layout.body_rows - 1;
    return model->pane == PANE_CLIENTS ? (int64_t)clients_page(model) : model->layout.messages_rows;
}

/* Farther than any list is long. */
static const int64_t far = INT32_MAX;

void action_up(struct press *press)
{
    actions_move(press, press->model->pane, -1);
}

void action_down(struct press *press)
{
    actions_move(press, press->model->pane, 1);
}

void action_page_up(struct press *press)
{
    actions_move(press, press->model->pane, -actions_page(press->model));
}

void action_page_down(struct press *press)
{
    actions_move(press, press->model->pane, actions_page(press->model));
}

void action_first(struct press *press)
{
    actions_move(press, press->model->pane, -far);
}

void action_last(struct press *press)
{
    actions_move(press, press->model->pane, far);
}

void action_pane(struct press *press)
{
    press->model->pane = press->model->pane == PANE_CLIENTS ? PANE_MESSAGES : PANE_CLIENTS;
}

/* ---- the mouse */

static enum pane pane_at(const struct model *model, int row)
{
    return row >= model->layout.messages_title ? PANE_MESSAGES : PANE_CLIENTS;
}

void action_wheel_up(struct press *press)
{
    actions_move(press, pane_at(press->model, press->key->row), -WHEEL_ROWS);
}

void action_wheel_down(struct press *press)
{
    actions_move(press, pane_at(press->model, press->key->row), WHEEL_ROWS);
}

/* Chooses the row; false if there is none, *again: it was the chosen one of the active pane. */
static bool click_client(struct model *model, int line, int column, bool *again)
{
    uint32_t columns = clients_columns(model), rows = clients_rows_shown(model);
    uint32_t across = (uint32_t)column / ((uint32_t)model->screen_columns / columns);
    uint32_t position = model->client.top + across * rows + (uint32_t)line;

    if (line < 0 || (uint32_t)line >= rows || across >= columns || position >= model->order.count)
        return false;
    *again = model->pane == PANE_CLIENTS && position == model->client.position;
    clients_select(model, position);
    return true;
}

static bool click_message(struct model *model, int line, bool *again)
{
    uint64_t index = messages_index(model, model->message.top) + (uint64_t)line;

    if (index >= messages_count(model))
        return false;
    *again = model->pane == PANE_MESSAGES && index == messages_selected(model);
    messages_select(model, (int64_t)index);
    return true;
}

/* A click chooses, a click on the chosen opens. */
void action_click(struct press *press)
{
    struct model *model = press->model;
    const struct layout *layout = &model->layout;
    int row = press->key->row;
    bool hit = false, again = false;

    if (row >= layout->footer || row < layout->clients_title)
        return;
    enum pane pane = pane_at(model, row);
    if (pane == PANE_CLIENTS)
        hit = click_client(model, row - layout->clients_first + (clients_columns(model) > 1),
                           press->key->column, &again);
    if (pane == PANE_MESSAGES && row >= layout->messages_first)
        hit = click_message(model, row - layout->messages_first, &again);
    model->pane = pane;
    if (hit && again)
        action_detail(press);
}

/* ---- looking */

bool actions_open_message(struct model *model, uint64_t id)
{
    struct detail *detail = &model->detail;
    const uint8_t *payload;
    const struct event_message *event = backlog_get(model->backlog, id, &payload);

    if (event == NULL)
        return false;
    detail->id = id;
    detail->forgotten = false;
    detail->event = *event;
    if (detail->event.stored_bytes > PAYLOAD_MAX)
        detail->event.stored_bytes = PAYLOAD_MAX;
    for (uint32_t i = 0; i < detail->event.stored_bytes; i++)
        detail->payload[i] = payload[i];
    text_render(detail->text, (size_t)PAYLOAD_MAX * TEXT_EXPANSION + 1, payload,
                detail->event.stored_bytes, model->config.charset);
    detail_keep_ack(model, backlog_ack(model->backlog, id));
    return true;
}

static bool detail_of_selected(struct model *model)
{
    return messages_count(model) > 0 &&
           actions_open_message(model, messages_id(model, messages_selected(model)));
}

void action_detail(struct press *press)
{
    struct model *model = press->model;

    model->detail.of_message = model->pane == PANE_MESSAGES;
    model->detail.slot = model->client.slot;
    model->detail.generation = model->client.generation;
    if (model->detail.of_message ? !detail_of_selected(model) : model->order.count == 0) {
        model_notice(model, "Nothing to show yet");
        return;
    }
    actions_enter(model, MODE_DETAIL);
}

void action_sort(struct press *press)
{
    struct model *model = press->model;

    do
        model->sort = (enum sort)((model->sort + 1) % SORTS);
    while (!sort_possible(model, model->sort));
    clients_order(model, true);
}

void action_invert(struct press *press)
{
    press->model->inverted = !press->model->inverted;
    clients_order(press->model, true);
}

void action_pause(struct press *press)
{
    if (press->model->pause.on)
        pause_end(press->model);
    else
        pause_begin(press->model);
}

void action_follow(struct press *press)
{
    if (press->model->mode == MODE_CALLS)
        press->model->calls.scrolled = false;
    else if (press->model->mode == MODE_LADDER)
        press->model->ladder.scroll = 0;
    else
        press->model->message.following = true;
}

void action_banner(struct press *press)
{
    if (!press->model->config.roster) {
        model_notice(press->model, "The large join command is part of --class");
        return;
    }
    press->model->small_banner = !press->model->small_banner;
}

void action_hex(struct press *press)
{
    press->model->hex = !press->model->hex;
}

/* The engine's report may lag behind the keys: a second press takes back the first, not what is
 * shown. */
void action_acks(struct press *press)
{
    struct model *model = press->model;

    model->acks_wanted = !(model->acks_asked ? model->acks_wanted : model->totals.acks_on);
    model->acks_asked = true;
    press->effects.set_acks = true;
    press->effects.acks_on = model->acks_wanted;
}

void action_names(struct press *press)
{
    struct hostnames *hosts = press->model->config.hosts;

    if (hosts == NULL) {
        model_notice(press->model, press->model->config.privacy
                                       ? "No names are looked up with --privacy"
                                       : "Names cannot be looked up");
        return;
    }
    hostnames_switch(hosts, !hostnames_are_on(hosts));
    model_notice(press->model, hostnames_are_on(hosts)
                                   ? "Names of the addresses shown are looked up"
                                   : "Names of addresses are no longer looked up");
}

/* From the clients' pane it is the chosen client's ladder, else that of all. */
void action_ladder(struct press *press)
{
    struct model *model = press->model;

    actions_enter(model, MODE_LADDER);
    model->ladder =
        (struct ladder_choice){.of_client = model->pane == PANE_CLIENTS && model->client.chosen,
                               .seen = model->ladder.seen,
                               .sentences = model->ladder.sentences};
}

void action_sentences(struct press *press)
{
    press->model->ladder.sentences = !press->model->ladder.sentences;
    press->model->ladder.scroll = 0;
}

/* What an end knows has other rows: the newest are followed. */
void action_seen(struct press *press)
{
    struct ladder_choice *ladder = &press->model->ladder;

    ladder->seen = ladder_view_next(ladder->seen);
    ladder->scroll = 0;
}

void action_calls(struct press *press)
{
    actions_enter(press->model, MODE_CALLS);
    press->model->calls.scrolled = false;
}

/* The calls as they were made, then in each language of textbooks. */
void action_textbook(struct press *press)
{
    struct calls *calls = &press->model->calls;

    calls->textbook = (calls->textbook + 1) % (TEXTBOOK_LANGUAGES + 1);
}

/* ---- reset */

void action_reset(struct press *press)
{
    actions_enter(press->model, MODE_CONFIRM);
}

void action_reset_yes(struct press *press)
{
    press->effects.reset = true;
    actions_leave(press->model);
}

void action_reset_no(struct press *press)
{
    actions_leave(press->model);
}
