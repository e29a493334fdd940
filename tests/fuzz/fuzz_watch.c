/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_watch: reports of servers in any order, and what is chosen on the screen. Input: what happens,
 * a byte each and its parts. The sums add up and equal those of the servers; whatever is drawn has
 * no raw byte, wide characters are whole, and the cursor is on the screen.
 */
#include <string.h>

#include "frame.h"
#include "fuzz.h"
#include "udptui/base/units.h"
#include "udptui/ui/watch/view.h"

const char *const fuzz_words[] = {
    "s\x01\x01\x01\x10\x02",
    "s\x01\x02\x01\x08\x01",
    "c\x01\x01\x05",
    "p\x01\x01\x02",
    "m\x01\x03",
    "x\x01",
    "l",
    "i",
    "o",
    "v",
    "/\x05port:",
    "d\x7f",
    "r\x18\x50",
    "t\x09",
    "n",
    NULL,
};

enum { SERVERS_MAX = 6, NAMES = 10, STEPS_MAX = 120, ROWS_MAX = 60, COLUMNS_MAX = 200 };

struct world {
    const uint8_t *at, *end;
    struct fleet *fleet;
    struct frame *frame;
    struct watch_view view;
    struct link_status link;
    int rows, columns;
    bool connected;
};

static uint8_t world_byte(struct world *world)
{
    return world->at < world->end ? *world->at++ : 0;
}

static struct snapshot_topic world_topic(struct world *world, enum snapshot_part part)
{
    struct snapshot_topic topic = {.part = part};
    unsigned name = world_byte(world) % NAMES;

    snprintf(topic.name, sizeof topic.name, "n%u\x1b[m\xc3\xa4\xff", name);
    snprintf(topic.place, sizeof topic.place, "%u", 4000 + name);
    return topic;
}

static void world_take_stats(struct world *world, bool retained)
{
    struct snapshot_topic topic = world_topic(world, SNAPSHOT_STATS);
    struct snapshot snapshot = {.kind = world_byte(world) % SNAPSHOT_KINDS};
    uint64_t unit = UINT64_C(1) << world_byte(world) % 57;

    snapshot.life =
        (struct snapshot_life){.boot = 1 + world_byte(world) % 20, .resets = world_byte(world) % 3};
    snapshot.started_ns = (int64_t)snapshot.life.boot * UNITS_NS_PER_S;
    snapshot.taken_ns = world_byte(world) * UNITS_NS_PER_S;
    struct event_totals *totals = &snapshot.totals;
    totals->counts.acked = world_byte(world) % 4 * (unit / 8);
    totals->counts.held[world_byte(world) % HELD_REASONS] = world_byte(world) % 4 * (unit / 8);
    totals->counts.received = totals->counts.acked + counts_held(&totals->counts);
    totals->clients = (uint32_t)world_byte(world) << 24;
    totals->since_ns = 1;
    totals->now_ns = 1 + world_byte(world) * UNITS_NS_PER_S;
    snapshot.target_count = snapshot.kind == SNAPSHOT_PING ? world_byte(world) % 3 : 0;
    for (size_t i = 0; i < snapshot.target_count; i++)
        snapshot.targets[i] = (struct snapshot_target){.sent = unit,
                                                       .received = unit,
                                                       .rtts = unit,
                                                       .rtt_min_ns = 1,
                                                       .rtt_mean_ns = (int64_t)unit,
                                                       .rtt_p50_ns = -1,
                                                       .rtt_p90_ns = -1,
                                                       .rtt_p99_ns = -1,
                                                       .rtt_max_ns = (int64_t)unit};
    fleet_take_stats(world->fleet, &topic, &snapshot, retained, world->view.now_ns);
}

static void world_take_clients(struct world *world)
{
    struct snapshot_topic topic = world_topic(world, SNAPSHOT_CLIENTS);
    struct snapshot_clients *clients = fuzz_allocate(sizeof *clients);

    *clients = (struct snapshot_clients){.life = {.boot = 1 + world_byte(world) % 20}};
    clients->count = world_byte(world) % (SNAPSHOT_CLIENTS_MAX + 1);
    for (size_t i = 0; i < clients->count; i++) {
        struct snapshot_client *client = &clients->clients[i];
        client->record.peer =
            (struct endpoint){.family = i % 3 == 0 ? ENDPOINT_NONE : ENDPOINT_IPV4,
                              .address = {(uint8_t)i},
                              .port = 9};
        client->record.counts = (struct counts){.received = i, .acked = i};
        snprintf(client->label, sizeof client->label, "%u.0.0.0:9", (unsigned)i);
    }
    fleet_take_clients(world->fleet, &topic, clients, world_byte(world) & 1, world->view.now_ns);
    free(clients);
}

static void world_take_presence(struct world *world)
{
    struct snapshot_topic topic = world_topic(world, SNAPSHOT_STATE);
    const struct snapshot_presence presence = {.boot = 1 + world_byte(world) % 20,
                                               .state = world_byte(world) % SNAPSHOT_STATES};

    fleet_take_state(world->fleet, &topic, &presence, world_byte(world) & 1, world->view.now_ns);
}

static void world_take_message(struct world *world)
{
    struct snapshot_topic topic = world_topic(world, SNAPSHOT_MESSAGES);
    struct snapshot_message *message = fuzz_allocate(sizeof *message);

    *message = (struct snapshot_message){.boot = 1, .label = "192.0.2.1:5"};
    message->event.status = world_byte(world) % ACK_STATUSES;
    message->event.stored_bytes = message->event.size_bytes = world_byte(world) % 64;
    for (size_t i = 0; i < message->event.stored_bytes; i++)
        message->payload[i] = world_byte(world);
    fleet_take_message(world->fleet, &topic, message, world->view.now_ns);
    free(message);
}

/* ---- what is chosen */

static void world_filter(struct world *world)
{
    char text[64];
    size_t size = world_byte(world) % (sizeof text - 1);

    for (size_t i = 0; i < size; i++) {
        text[i] = (char)world_byte(world);
        text[i] = text[i] > ' ' ? text[i] : ' ';
    }
    text[size] = '\0';
    watch_view_set_filter(&world->view, text);
}

static void world_enter(struct world *world)
{
    struct watch_view *view = &world->view;
    uint32_t slot;
    const struct fleet_server *server = watch_view_chosen(view, &slot);

    if (view->inside || server == NULL) {
        view->inside = false;
        return;
    }
    view->inside = true;
    view->inner = slot;
    view->inner_generation = server->generation;
}

static void world_choose(struct world *world, uint8_t what)
{
    struct watch_view *view = &world->view;

    if (what == 'l')
        view->list = (view->list + 1) % WATCH_LISTS;
    else if (what == 'i')
        world_enter(world);
    else if (what == 'o')
        view->sort = (view->sort + 1) % WATCH_SORTS;
    else if (what == 'v')
        view->inverted = !view->inverted;
    else if (what == '/')
        world_filter(world);
    else if (what == 'd')
        watch_view_move(view, (int8_t)world_byte(world));
    else if (what == 'y')
        view->typing = !view->typing;
}

static void world_step(struct world *world)
{
    uint8_t what = world_byte(world);

    switch (what) {
    case 's':
    case 'S':
        world_take_stats(world, what == 'S');
        break;
    case 'c':
        world_take_clients(world);
        break;
    case 'p':
        world_take_presence(world);
        break;
    case 'm':
        world_take_message(world);
        break;
    case 'x':
        fleet_forget(world->fleet, world_byte(world) % SERVERS_MAX);
        break;
    case 'n':
        world->connected = !world->connected;
        fleet_set_connected(world->fleet, world->connected, world->view.now_ns);
        world->link.state = world->connected ? LINK_UP : LINK_WAITING;
        break;
    case 'q':
        world->link.state = world->link.state == LINK_SILENT ? LINK_UP : LINK_SILENT;
        world->link.since_ns = world->view.now_ns - world_byte(world) * UNITS_NS_PER_S;
        fleet_set_silent(world->fleet, world->link.state == LINK_SILENT, world->view.now_ns);
        break;
    case 'r':
        world->rows = 10 + world_byte(world) % (ROWS_MAX - 9);
        world->columns = 40 + world_byte(world) % (COLUMNS_MAX - 39);
        break;
    case 't':
        world->view.now_ns += world_byte(world) * UNITS_NS_PER_S / 4;
        break;
    default:
        world_choose(world, what);
    }
}

/* ---- what must hold */

static void world_check_sums(struct world *world)
{
    struct fleet_sums sums, one;
    uint64_t received = 0, sent = 0;

    fleet_sum(world->fleet, &sums);
    fuzz_require(counts_conserved(&sums.served.counts) && counts_conserved(&sums.relayed.counts),
                 "the sums add up");
    fuzz_require(fleet_count(world->fleet) <= SERVERS_MAX, "servers are bounded");
    for (uint32_t slot = 0; slot < fleet_end(world->fleet); slot++) {
        const struct fleet_server *server = fleet_server(world->fleet, slot);
        if (server == NULL)
            continue;
        fleet_sum_server(server, &one);
        received += one.served.counts.received + one.relayed.counts.received;
        sent += one.pinged.sent;
        fuzz_require(server->life_count <= FLEET_LIVES_MAX, "lives are bounded");
    }
    fuzz_require(received == sums.served.counts.received + sums.relayed.counts.received &&
                     sent == sums.pinged.sent,
                 "they are the sums of the servers");
    fuzz_require(received <= INT64_MAX && sent <= INT64_MAX, "no sum overflows");
    world->view.sums = sums;
}

static void world_draw(struct world *world)
{
    world->view.counts = watch_count(world->fleet, world->view.now_ns);
    fuzz_require(frame_resize(world->frame, world->rows, world->columns), "there is memory");
    watch_view_note_link(&world->view);
    watch_view_draw_small(&world->view, world->frame);
    fuzz_require_frame(world->frame);
    fuzz_require(frame_resize(world->frame, world->rows, world->columns), "there is memory");
    watch_view_collect(&world->view);
    watch_view_draw(&world->view, world->frame);
    fuzz_require_frame(world->frame);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct world *world = fuzz_allocate(sizeof *world);
    enum text_charset charset = size > 0 && (bytes[0] & 1) != 0 ? TEXT_ASCII : TEXT_UTF8;
    const struct fleet_config config = {.servers_max = SERVERS_MAX, .charset = charset};

    *world =
        (struct world){.at = bytes + (size > 0), .end = bytes + size, .rows = 24, .columns = 80};
    world->fleet = fleet_open(&config);
    world->frame = frame_open();
    fuzz_require(world->fleet != NULL && world->frame != NULL, "there is memory");
    world->view.fleet = world->fleet;
    world->view.link = &world->link;
    world->view.broker = world->view.problem = "";
    world->view.charset = charset;
    world->view.now_ns = 1000 * UNITS_NS_PER_S;
    for (int i = 0; i < STEPS_MAX && world->at < world->end; i++) {
        world_step(world);
        world_check_sums(world);
        world_draw(world);
    }
    watch_view_close(&world->view);
    frame_close(world->frame);
    fleet_close(world->fleet);
    free(world);
    return 0;
}
