/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * model_clients: the list of clients: its order, the selected one, and its visible part.
 *
 * A sort copies a key of each client and orders these. It runs when clients appear or leave, and
 * for changed figures once a second, so that rows do not jump around and many clients stay cheap.
 */
#include <stdlib.h>
#include <string.h>

#include "model_internal.h"
#include "udptui/base/array.h"
#include "udptui/base/units.h"

enum {
    CROWD = 2000, /* number of clients from which new ones wait, too */
    PLACES_MIN = 256,
    CELL_COLUMNS_MIN = 19, /* of a client if a class is shown in columns */
    COLUMNS_FROM = 3,      /* fewer clients are shown as a table */
};

static const int64_t crowd_interval_ns = 250 * UNITS_NS_PER_MS;
static const int64_t values_interval_ns = UNITS_NS_PER_S;
/* Busy clients keep their place: times within this span count as equal. */
static const int64_t recent_ns = 2 * UNITS_NS_PER_S;

/*
 * ---- keys: the smallest comes first. Each returns whether the passing of time changes it.
 */

static bool key_last_seen(const struct row *row, int64_t now_ns, uint64_t *key)
{
    int64_t age_ns = now_ns - row->last_ns;

    key[0] = age_ns < recent_ns ? 0 : (uint64_t)age_ns;
    key[1] = (uint64_t)row->first_ns;
    return age_ns < recent_ns;
}

static bool key_silence(const struct row *row, int64_t now_ns, uint64_t *key)
{
    int64_t age_ns = now_ns - row->last_ns;

    key[0] = age_ns < recent_ns ? UINT64_MAX : UINT64_MAX - (uint64_t)age_ns;
    key[1] = (uint64_t)row->first_ns;
    return age_ns < recent_ns;
}

static bool key_messages(const struct row *row, int64_t now_ns, uint64_t *key)
{
    (void)now_ns;
    key[0] = UINT64_MAX - row->counts.received - row->back.received;
    return false;
}

static bool key_bytes(const struct row *row, int64_t now_ns, uint64_t *key)
{
    (void)now_ns;
    key[0] = UINT64_MAX - row->counts.received_bytes - row->back.received_bytes;
    return false;
}

static bool key_rate(const struct row *row, int64_t now_ns, uint64_t *key)
{
    double rate = rates_mean(&row->rates, now_ns);

    key[0] = UINT64_MAX - (uint64_t)(rate * 1000); /* no finer than what is shown */
    return rate > 0;
}

/* Clients whose target's time is not known come last. */
static bool key_rtt(const struct row *row, int64_t now_ns, uint64_t *key)
{
    int64_t mean_ns = event_rtts_mean_ns(&row->rtts);

    (void)now_ns;
    key[0] = mean_ns >= 0 ? UINT64_MAX - 1 - (uint64_t)mean_ns : UINT64_MAX;
    return false;
}

static uint64_t big_endian(const uint8_t *bytes, size_t count)
{
    uint64_t value = 0;

    for (size_t i = 0; i < count; i++)
        value = value << 8 | bytes[i];
    return value;
}

/* The order of endpoint_compare. */
static bool key_address(const struct row *row, int64_t now_ns, uint64_t *key)
{
    const struct endpoint *peer = &row->peer;

    (void)now_ns;
    key[0] = (uint64_t)peer->family << 56 | big_endian(peer->address, 7);
    key[1] = big_endian(peer->address + 7, 8);
    key[2] = (uint64_t)peer->address[15] << 48 | (uint64_t)peer->scope << 16 | peer->port;
    return false;
}

/* By name without ASCII case, then clients without a name in order of arrival. */
static void name_key(const struct roster *roster, uint32_t slot, uint32_t generation, uint64_t *key)
{
    const char *name = roster_name(roster, slot, generation);
    uint8_t lower[3 * sizeof *key] = {0};

    for (size_t i = 0; i < sizeof lower && name[i] != '\0'; i++)
        lower[i] = name[i] >= 'A' && name[i] <= 'Z' ? (uint8_t)(name[i] | 0x20) : (uint8_t)name[i];
    for (size_t i = 0; i < 3; i++)
        key[i] = big_endian(lower + i * sizeof *key, sizeof *key);
    if (name[0] == '\0') {
        key[0] = UINT64_MAX;
        key[1] = roster_number(roster, slot, generation);
    }
}

static const struct {
    const char *name;
    bool (*key)(const struct row *row, int64_t now_ns, uint64_t *key); /* NULL: name_key */
    bool by_values; /* the order changes with the figures */
} sorts[SORTS] = {
    [SORT_LAST_SEEN] = {.name = "last seen", .key = key_last_seen, .by_values = true},
    [SORT_MESSAGES] = {.name = "msgs", .key = key_messages, .by_values = true},
    [SORT_BYTES] = {.name = "bytes", .key = key_bytes, .by_values = true},
    [SORT_RATE] = {.name = "rate", .key = key_rate, .by_values = true},
    [SORT_RTT] = {.name = "RTT", .key = key_rtt, .by_values = true},
    [SORT_ADDRESS] = {.name = "address", .key = key_address},
    [SORT_NAME] = {.name = "name"},
    [SORT_SILENCE] = {.name = "silent first", .key = key_silence, .by_values = true},
};

const char *sort_name(enum sort sort)
{
    return sorts[sort].name;
}

bool sort_possible(const struct model *model, enum sort sort)
{
    if (sort == SORT_RTT)
        return model->config.relay;
    if (sort == SORT_ADDRESS)
        return !roster_private(model->roster);
    return (sort != SORT_NAME && sort != SORT_SILENCE) || roster_is_kept(model->roster);
}

static int compare_places(const void *a, const void *b)
{
    const struct place *left = a, *right = b;

    for (size_t i = 0; i < COUNT_OF(left->key); i++)
        if (left->key[i] != right->key[i])
            return left->key[i] < right->key[i] ? -1 : 1;
    return left->slot < right->slot ? -1 : left->slot > right->slot;
}

/* ---- the order */

static bool clients_make_room(struct order *order, uint32_t count)
{
    struct place *places;
    uint32_t capacity = order->capacity > 0 ? order->capacity : PLACES_MIN;

    while (capacity < count)
        capacity *= 2;
    if (capacity == order->capacity)
        return true;
    places = realloc(order->places, capacity * sizeof *places);
    if (places == NULL)
        return false;
    order->places = places;
    order->capacity = capacity;
    return true;
}

static void clients_collect(struct model *model)
{
    const struct rows *rows = shown_rows(model);
    struct order *order = &model->order;
    int64_t now_ns = shown_now_ns(model);

    order->count = 0;
    order->members_changed = order->values_changed = false;
    if (!clients_make_room(order, rows_count(rows)))
        return;
    for (uint32_t slot = 0; slot < rows_end(rows); slot++) {
        struct row *row = rows_get(rows, slot);
        if (row == NULL || !filter_takes_row(model, slot, row) ||
            roster_is_stood_for(model->roster, slot, row->generation))
            continue;
        struct place *place = &order->places[order->count++];
        *place = (struct place){.slot = slot};
        if (model->sort == SORT_NAME)
            name_key(model->roster, slot, row->generation, place->key);
        else
            order->values_changed |=
                sorts[model->sort].key(row, now_ns, place->key) && !model->pause.on;
        for (size_t i = 0; model->inverted && i < COUNT_OF(place->key); i++)
            place->key[i] = UINT64_MAX - place->key[i];
    }
}

/* Finds the position of the selected client; if it is gone, selects the one in its place. */
static void find_chosen(struct model *model)
{
    struct client_choice *choice = &model->client;
    const struct row *row = rows_find(shown_rows(model), choice->slot, choice->generation);

    for (uint32_t i = 0; choice->chosen && row != NULL && i < model->order.count; i++) {
        if (model->order.places[i].slot != choice->slot)
            continue;
        choice->position = i;
        return;
    }
    if (!choice->chosen)
        choice->position = 0;
}

static void sort_now(struct model *model)
{
    struct order *order = &model->order;

    clients_collect(model);
    if (order->count > 1)
        qsort(order->places, order->count, sizeof *order->places, compare_places);
    order->sorted_ns = model->now_ns;
    find_chosen(model);
    clients_settle(model);
}

int64_t clients_due_ns(const struct model *model)
{
    const struct order *order = &model->order;

    if (order->members_changed)
        return rows_count(shown_rows(model)) < CROWD ? order->sorted_ns
                                                     : order->sorted_ns + crowd_interval_ns;
    if (order->values_changed && sorts[model->sort].by_values)
        return order->sorted_ns + values_interval_ns;
    return INT64_MAX;
}

void clients_order(struct model *model, bool at_once)
{
    if (at_once || clients_due_ns(model) <= model->now_ns)
        sort_now(model);
}

/* ---- the chosen one */

const struct row *clients_at(const struct model *model, uint32_t position, uint32_t *slot)
{
    if (position >= model->order.count)
        return NULL;
    *slot = model->order.places[position].slot;
    return rows_get(shown_rows(model), *slot);
}

static uint32_t table_rows(const struct model *model)
{
    int rows = model->layout.clients_rows;

    if (rows > 1 && shown_totals(model)->clients_evicted > 0)
        rows--;
    return rows > 0 ? (uint32_t)rows : 1;
}

uint32_t clients_columns(const struct model *model)
{
    uint32_t rows = table_rows(model), most = (uint32_t)model->screen_columns / CELL_COLUMNS_MIN;
    uint32_t wanted = (model->order.count + rows) / (rows + 1);

    if (!model->config.roster || model->order.count <= rows || most < COLUMNS_FROM)
        return 1;
    return wanted < 2 ? 2 : wanted < most ? wanted : most;
}

uint32_t clients_rows_shown(const struct model *model)
{
    return table_rows(model) + (clients_columns(model) > 1);
}

uint32_t clients_page(const struct model *model)
{
    return clients_rows_shown(model) * clients_columns(model);
}

void clients_settle(struct model *model)
{
    struct client_choice *choice = &model->client;
    uint32_t count = model->order.count, rows = clients_page(model);
    uint32_t top_max = count > rows ? count - rows : 0;

    if (choice->position >= count)
        choice->position = count > 0 ? count - 1 : 0;
    const struct row *row = clients_at(model, choice->position, &choice->slot);
    choice->generation = row != NULL ? row->generation : 0;
    if (choice->top > choice->position)
        choice->top = choice->position;
    if (choice->position >= choice->top + rows)
        choice->top = choice->position - rows + 1;
    if (choice->top > top_max)
        choice->top = top_max;
}

void clients_select(struct model *model, int64_t position)
{
    int64_t last = (int64_t)model->order.count - 1;

    if (position > last)
        position = last;
    if (position < 0)
        position = 0;
    model->client.position = (uint32_t)position;
    model->client.chosen = position > 0;
    clients_settle(model);
}
