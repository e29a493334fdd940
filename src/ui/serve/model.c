/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* model: opening, time, and the records of the engines. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model_internal.h"
#include "udptui/base/array.h"
#include "udptui/base/units.h"
#include "udptui/proto/quiz_event.h"
#include "udptui/sys/random.h"
#include "udptui/ui/banner.h"
#include "udptui/ui/serve/classroom.h"

enum {
    BYTES_PER_MESSAGE = 1024,
    QUEUE_PARTS = 100, /* a smaller part of the queue is only transient */
};

static const int64_t moving_ns = 50 * UNITS_NS_PER_MS;

/* ---- opening */

/* Copies the strings; NULL stays NULL. False if memory is short. */
static bool own_strings(struct model_config *config)
{
    const char **strings[] = {&config->title, &config->listening, &config->join};
    bool whole = true;

    for (size_t i = 0; i < COUNT_OF(strings); i++) {
        const char *given = *strings[i];
        size_t size = given != NULL ? strlen(given) + 1 : 0;
        char *copy = given != NULL ? malloc(size) : NULL;
        whole &= given == NULL || copy != NULL;
        if (copy != NULL)
            memcpy(copy, given, size);
        *strings[i] = copy;
    }
    return whole;
}

static void free_string(const char *string)
{
    union {
        const char *given;
        char *owned;
    } both = {.given = string};

    free(both.owned);
}

static bool make_memory(struct model *model)
{
    const struct model_config *config = &model->config;

    model->live = rows_open(config->clients_max);
    model->backlog = backlog_open(config->history_messages, config->history_bytes);
    model->matches.capacity = config->history_messages;
    model->matches.ids = malloc(config->history_messages * sizeof *model->matches.ids);
    model->detail.payload = malloc(PAYLOAD_MAX);
    model->detail.text = malloc((size_t)PAYLOAD_MAX * TEXT_EXPANSION + 1);
    model->detail.ack = malloc(PAYLOAD_MAX);
    model->detail.ack_text = malloc((size_t)PAYLOAD_MAX * TEXT_EXPANSION + 1);
    model->roster = roster_open(&(struct roster_config){.capacity = config->clients_max,
                                                        .names = config->roster,
                                                        .privacy = config->privacy,
                                                        .charset = config->charset,
                                                        .key = random_key(),
                                                        .zones = config->zones});
    return model->roster != NULL && model->live != NULL && model->backlog != NULL &&
           model->matches.ids != NULL && model->detail.payload != NULL &&
           model->detail.text != NULL && model->detail.ack != NULL &&
           model->detail.ack_text != NULL;
}

struct model *model_open(const struct model_config *config)
{
    struct model *model = calloc(1, sizeof *model);
    struct model_config *own;

    if (model == NULL)
        return NULL;
    own = &model->config;
    *own = *config;
    if (own->history_messages == 0)
        own->history_messages = 1;
    if (own->history_bytes == 0)
        own->history_bytes = own->history_messages * BYTES_PER_MESSAGE;
    model->mode = MODE_LIST;
    model->message.following = true;
    model->filter.epoch = 1;
    model->totals.acks_on = true;
    model->impair = config->impair;
    model->now_ns = own->started_ns;
    if (own_strings(own) && make_memory(model)) {
        filter_begin(model, config->filter);
        model_dissect_lines(model, config->dissect);
        return model;
    }
    model_close(model);
    return NULL;
}

void model_close(struct model *model)
{
    if (model == NULL)
        return;
    rows_close(model->live);
    dissection_close(&model->dissection);
    roster_close(model->roster);
    rows_close(model->pause.rows);
    backlog_close(model->backlog);
    backlog_close(model->pause.later);
    filter_close(model->filter.filter);
    line_history_clear(&model->filter.history);
    line_history_clear(&model->save.history);
    free(model->matches.ids);
    free(model->order.places);
    free(model->detail.payload);
    free(model->detail.text);
    free(model->detail.ack);
    free(model->detail.ack_text);
    free_string(model->config.title);
    free_string(model->config.listening);
    free_string(model->config.join);
    free(model);
}

/* ---- what is shown */

const struct rows *shown_rows(const struct model *model)
{
    return model->pause.on ? model->pause.rows : model->live;
}

const struct event_totals *shown_totals(const struct model *model)
{
    return model->pause.on ? &model->pause.totals : &model->totals;
}

int64_t shown_now_ns(const struct model *model)
{
    return model->pause.on ? model->pause.now_ns : model->now_ns;
}

int64_t shown_wall_ns(const struct model *model)
{
    return model->wall_ns - (model->now_ns - shown_now_ns(model));
}

int shown_address_columns(const struct model *model)
{
    return model->pause.on ? model->pause.address_columns : model->address_columns;
}

/* ---- records */

bool model_is_forgotten(const struct model *model, uint8_t engine)
{
    return model->reset_of[engine] != model->resets;
}

static void notice_width(struct model *model, uint32_t slot, uint32_t generation,
                         const struct endpoint *peer)
{
    char text[PEER_SIZE];
    int columns =
        (int)text_columns(roster_peer(model->roster, slot, generation, peer, text, sizeof text));

    if (columns > model->address_columns)
        model->address_columns = columns;
}

static void take_client(struct model *model, const struct event_client *event)
{
    bool is_new;
    struct row *row;

    if (model_is_forgotten(model, event->engine))
        return;
    row = rows_make(model->live, event->slot, event->generation, &is_new);
    if (row == NULL)
        return;
    roster_take_client(model, event);
    servers_take_client(model, event);
    row->server = *client_server(model, event);
    row->several_servers = event->several_servers;
    if (is_new) {
        row->peer = event->peer;
        row->first_ns = event->first_ns;
        notice_width(model, event->slot, event->generation, &event->peer);
    }
    row->counts = event->counts;
    row->back = event->back;
    row->rtts = event->rtts;
    row->session = event->session;
    row->icmp_errors = event->icmp_errors;
    row->last_ns = event->last_ns;
    rates_update(&row->rates, event->counts.received + event->back.received, event->last_ns);
    if (model->pause.on)
        return;
    model->order.members_changed |= is_new;
    model->order.values_changed = true;
}

static void add_engines(struct model *model)
{
    model->totals = event_totals_merge(model->engines, (size_t)model->engine_count);
    model->totals.not_logged += model->missing.not_logged;
    model->totals.records_skipped += model->missing.not_recorded;
    model->totals.not_published += model->missing.not_published;
    model->acks_asked &= model->totals.acks_on != model->acks_wanted;
    rates_update(&model->rates, model->totals.counts.received, model->totals.now_ns);
    rates_update(&model->bytes, model->totals.counts.received_bytes, model->totals.now_ns);
    rates_update(&model->back, model->totals.back.received, model->totals.now_ns);
    if (model->totals.queue_bytes * QUEUE_PARTS > model->totals.queue_capacity)
        model->queue_seen_ns = model->totals.now_ns;
}

static void model_take_totals(struct model *model, const struct event_totals *event)
{
    if (model_is_forgotten(model, event->engine))
        return;
    model->engines[event->engine] = *event;
    if (event->engine >= model->engine_count)
        model->engine_count = event->engine + 1;
    add_engines(model);
}

/* An update that gets a row again, as its first one was dropped, is not counted twice. */
static void count_return(struct model *model, const struct event_message *event)
{
    uint64_t returned = (event->flags & MESSAGE_UPDATE) != 0;

    if (model->pause.on)
        model->pause.returned += returned;
    else
        model->counted_from += returned;
}

static void model_take_message(struct model *model, const struct event_message *event,
                               size_t size_bytes)
{
    struct event_message whole = *event;
    const uint8_t *payload = (const uint8_t *)(event + 1);

    if (model_is_forgotten(model, event->engine))
        return;
    size_bytes -= sizeof *event;
    if (size_bytes < whole.stored_bytes)
        whole.stored_bytes = (uint32_t)size_bytes;
    if (size_bytes - whole.stored_bytes < whole.ack_stored_bytes)
        whole.ack_stored_bytes = (uint32_t)(size_bytes - whole.stored_bytes);
    const uint8_t *ack = payload + whole.stored_bytes;
    if (model->config.privacy && event_payload_names_client(&whole, payload))
        whole.stored_bytes = 0;
    whole.flags &= (uint16_t)~MESSAGE_UPDATE;
    if (event->flags & MESSAGE_UPDATE &&
        (messages_settle_fate(model, &whole, ack) || whole.stored_bytes < whole.size_bytes))
        return; /* an update without the payload is ignored if its row is no longer kept */
    count_return(model, event);
    roster_take_message(model, &whole, payload);
    notice_width(model, whole.slot, whole.generation, &whole.from);
    if (model->pause.on)
        backlog_add(model->pause.later, &whole, payload, ack);
    else
        messages_take(model, &whole, payload, ack);
}

static void model_take_student(struct model *model, const struct event_student *event)
{
    if (!model_is_forgotten(model, event->engine))
        model->renamed |= classroom_name(model->roster, event);
}

/* Engines that have not reported yet stay as they are. */
static void model_forget_totals(struct model *model)
{
    for (int i = 0; i < model->engine_count; i++) {
        struct event_totals *totals = &model->engines[i];
        if (totals->kind == EVENT_TOTALS)
            *totals = (struct event_totals){
                .kind = EVENT_TOTALS, .engine = (uint8_t)i, .acks_on = totals->acks_on};
    }
    if (model->engine_count > 0)
        add_engines(model);
}

/* The first engine that resets does it for all: if each took its own part out of what is shown, the
 * others' old counts would stand beside its new ones. The old counts are gone, so a paused display of
 * them would mislead. */
static void take_reset(struct model *model, const struct event_reset *event)
{
    model->reset_of[event->engine] = event->resets;
    if (event->resets <= model->resets)
        return;
    model->resets = event->resets;
    pause_end(model);
    rows_forget(model->live);
    messages_clear(model);
    model->detail.forgotten = !model->config.replay; /* which numbers messages as before */
    calls_reset(model);
    model->target.back_received = model->target.icmp_count = 0;
    roster_clear(model->roster);
    model_forget_totals(model);
    model->order.members_changed = true;
}

static bool same_membership(const struct event_membership *a, const struct event_membership *b)
{
    return endpoint_equal(&a->group, &b->group) &&
           memcmp(a->interface, b->interface, sizeof a->interface) == 0;
}

static const char *membership_word(const struct event_membership *event)
{
    if (event->joined)
        return "Joined again: ";
    return event->error != 0 ? "Start again, the old interface stays bound: " : "Lost: ";
}

/* The lost ones are kept; a group joined again on another interface was routed there. */
static void take_membership(struct model *model, const struct event_membership *event)
{
    char text[EVENT_MEMBERSHIP_SIZE], notice[NOTICE_SIZE];
    uint32_t i = 0;

    while (i < model->lost_count && !same_membership(&model->lost[i], event))
        i++;
    for (uint32_t j = 0; i == model->lost_count && event->joined && j < model->lost_count; j++)
        if (endpoint_equal(&model->lost[j].group, &event->group))
            i = j;
    if (!event->joined && i == model->lost_count && i < LOST_MAX)
        model->lost[model->lost_count++] = *event;
    else if (event->joined && i < model->lost_count)
        model->lost[i] = model->lost[--model->lost_count];
    snprintf(notice, sizeof notice, "%s%s", membership_word(event),
             event_membership_text(event, text, sizeof text));
    model_notice(model, notice);
}

void model_apply(struct model *model, const void *record, size_t size_bytes)
{
    static const size_t sizes[] = {
        [EVENT_MESSAGE] = sizeof(struct event_message),
        [EVENT_CLIENT] = sizeof(struct event_client),
        [EVENT_TOTALS] = sizeof(struct event_totals),
        [EVENT_RESET] = sizeof(struct event_reset),
        [EVENT_STOPPED] = sizeof(struct event_stopped),
        [EVENT_CALL] = sizeof(struct call),
        [EVENT_MEMBERSHIP] = sizeof(struct event_membership),
        [EVENT_ICMP] = sizeof(struct event_icmp),
        [EVENT_TARGET] = sizeof(struct event_target),
        [EVENT_QUESTION] = sizeof(struct event_question),
        [EVENT_STUDENT] = sizeof(struct event_student),
        [EVENT_QUIZ_TOTALS] = sizeof(struct event_quiz_totals),
        [EVENT_QUIZ_NOTE] = sizeof(struct event_quiz_note),
    };
    enum event_kind kind = event_kind_of(record);

    if ((size_t)kind >= COUNT_OF(sizes) || size_bytes < sizes[kind])
        return;
    model->changed = true;
    switch (kind) {
    case EVENT_MESSAGE:
        model_take_message(model, record, size_bytes);
        break;
    case EVENT_CLIENT:
        take_client(model, record);
        break;
    case EVENT_TOTALS:
        model_take_totals(model, record);
        break;
    case EVENT_RESET:
        take_reset(model, record);
        break;
    case EVENT_ICMP:
        relay_take_icmp(model, record);
        break;
    case EVENT_TARGET:
        relay_take_target(model, record);
        break;
    case EVENT_STOPPED:
        break; /* the server ends, and with it the screen */
    case EVENT_CALL:
        calls_take(model, record);
        break;
    case EVENT_MEMBERSHIP:
        take_membership(model, record);
        break;
    case EVENT_STUDENT:
        model_take_student(model, record);
        break;
    case EVENT_QUESTION:
    case EVENT_QUIZ_TOTALS:
    case EVENT_QUIZ_NOTE:
        break;
    }
}

/* A column that has shown an address has room for its port. */
void model_take_host(struct model *model, const struct endpoint *address, const char *name)
{
    const int port_columns = 6;
    int columns = (int)hostnames_learn(model->config.hosts, address, name);

    if (columns == 0)
        return;
    if (columns + port_columns > model->address_columns)
        model->address_columns = columns + port_columns;
    model->changed = true;
}

/* ---- time and size */

enum mode model_body_mode(const struct model *model)
{
    const unsigned above = MODE_FILTER | MODE_SAVE | MODE_OVERWRITE | MODE_QUIZ_LINE;

    return model->mode & above ? model->behind : model->mode;
}

void model_settle(struct model *model)
{
    const struct event_totals *totals = shown_totals(model);
    uint64_t lines = rows_count(shown_rows(model)) + (totals->clients_evicted > 0 ? 1 : 0);

    int banner = 0;

    if (model->config.roster && !model->small_banner)
        banner = banner_rows(model->config.join, model->screen_rows, model->screen_columns);
    model->layout = layout_make(model->screen_rows, model->screen_columns, lines, banner);
    clients_settle(model);
    messages_settle(model);
}

void model_resize(struct model *model, int rows, int columns)
{
    if (rows == model->screen_rows && columns == model->screen_columns)
        return;
    model->screen_rows = rows;
    model->screen_columns = columns;
    model->changed = true;
    model_settle(model);
}

/* The arrow of a datagram underway moves with each frame. */
static bool is_moving(const struct model *model)
{
    return model_body_mode(model) == MODE_LADDER &&
           model->totals.waiting + model->totals.back_waiting > 0 && !model->pause.on;
}

bool model_tick(struct model *model, int64_t now_ns, int64_t wall_ns)
{
    bool changed = model->changed || now_ns / UNITS_NS_PER_S != model->now_ns / UNITS_NS_PER_S ||
                   clients_due_ns(model) <= now_ns || is_moving(model);

    model->now_ns = now_ns;
    model->wall_ns = wall_ns;
    model->changed = false;
    if (!changed)
        return false;
    roster_tick(model);
    clients_order(model, false);
    model_settle(model);
    return true;
}

int64_t model_wake_ns(const struct model *model)
{
    int64_t second_ns = (model->now_ns / UNITS_NS_PER_S + 1) * UNITS_NS_PER_S;
    int64_t order_ns = clients_due_ns(model);

    if (is_moving(model))
        return model->now_ns + moving_ns;
    return order_ns < second_ns ? order_ns : second_ns;
}

void model_set_progress(struct model *model, const struct model_progress *progress)
{
    model->progress = *progress;
    model->changed = true;
}

void model_show_published(struct model *model, const char *brief, bool bad)
{
    model->published = brief;
    model->published_bad = bad;
}

void model_take_missing(struct model *model, const struct model_missing *missing)
{
    if (memcmp(missing, &model->missing, sizeof *missing) == 0)
        return;
    model->missing = *missing;
    model->changed = true;
    if (model->engine_count > 0)
        add_engines(model);
}

void model_notice(struct model *model, const char *safe)
{
    snprintf(model->notice, sizeof model->notice, "%s", safe);
    model->changed = true;
}
