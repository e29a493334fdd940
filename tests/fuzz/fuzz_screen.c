/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_screen: keys, clicks, sizes and messages for the screens of serve, relay and replay. Input:
 * a byte that chooses the screen, then what happens, in any order. Whatever is drawn has no raw
 * byte, wide characters are whole, and the cursor is on the screen.
 */
#include <string.h>

#include "frame.h"
#include "fuzz.h"
#include "udptui/base/units.h"
#include "udptui/proto/event.h"
#include "udptui/ui/serve/keys.h"
#include "udptui/ui/serve/model.h"
#include "udptui/ui/serve/view.h"

const char *const fuzz_words[] = {
    "k\x0d",
    "k/",
    "khello",
    "k\x1b",
    "k?",
    "kp",
    "ks",
    "kf",
    "k\t",
    "k\x80",
    "k\x81",
    "k\x90\x05\x05",
    "r\x18\x50",
    "m\x01\x01\x05hello",
    "m\x02\x02\x03\x1b[m",
    "t\xff",
    "ki",
    "kl",
    "kv",
    "kc",
    "kd",
    "kS",
    "kQ",
    "kR",
    NULL,
};

enum { CLIENTS = 8, STEPS_MAX = 120, PAYLOAD_MAX = 64, ROWS_MAX = 60, COLUMNS_MAX = 200 };

struct screen {
    const uint8_t *at, *end;
    struct model *model;
    struct frame *frame;
    uint64_t number, resets;
    int64_t now_ns, wall_ns;
    int rows, columns;
    bool relay;
};

static uint8_t screen_byte(struct screen *screen)
{
    return screen->at < screen->end ? *screen->at++ : 0;
}

static void draw(struct screen *screen)
{
    model_tick(screen->model, screen->now_ns, screen->wall_ns);
    fuzz_require(frame_resize(screen->frame, screen->rows, screen->columns), "there is memory");
    view_draw(screen->model, keys_serve(screen->model), screen->frame);
    fuzz_require_frame(screen->frame);
}

/* ---- what happens */

static void press_key(struct screen *screen)
{
    uint8_t byte = screen_byte(screen);
    struct key key = {.code = byte};

    if (byte >= 0x80 && byte < 0x80 + 18)
        key.code = KEY_CODE_UP + (byte - 0x80);
    else if (byte >= 0xc0)
        key.code = 0x4e00 + byte * 7;
    if (key.code >= KEY_CODE_CLICK && key.code <= KEY_CODE_WHEEL_DOWN) {
        key.row = screen_byte(screen) % ROWS_MAX;
        key.column = screen_byte(screen) % COLUMNS_MAX;
    }
    struct effects effects = keys_apply(screen->model, &key);
    fuzz_require(!effects.reply || effects.size_bytes <= MODEL_REPLY_MAX, "a reply fits");
    fuzz_require(!effects.reply || effects.slot < CLIENTS, "it goes to a client");
    fuzz_require(effects.save == NULL || effects.save[0] != '\0', "a file has a name");
}

static void resize(struct screen *screen)
{
    screen->rows = screen_byte(screen) % (ROWS_MAX + 1);
    screen->columns = screen_byte(screen) % (COLUMNS_MAX + 1);
    model_resize(screen->model, screen->rows, screen->columns);
}

static struct endpoint client_at(uint32_t slot)
{
    return (struct endpoint){.family = slot % 2 ? ENDPOINT_IPV6 : ENDPOINT_IPV4,
                             .address = {10, 0, 0, (uint8_t)slot},
                             .port = (uint16_t)(50000 + slot)};
}

static void report_client(struct screen *screen, uint32_t slot)
{
    const struct event_client client = {
        .kind = EVENT_CLIENT,
        .slot = slot,
        .peer = client_at(slot),
        .counts = {.received = screen->number, .acked = screen->number},
        .first_ns = screen->now_ns,
        .last_ns = screen->now_ns};

    model_apply(screen->model, &client, sizeof client);
}

static void report_message(struct screen *screen)
{
    uint8_t record[sizeof(struct event_message) + PAYLOAD_MAX];
    uint8_t who = screen_byte(screen), how = screen_byte(screen);
    size_t size = screen_byte(screen) % PAYLOAD_MAX, left = (size_t)(screen->end - screen->at);
    struct event_message message = {.kind = EVENT_MESSAGE,
                                    .status = how % ACK_STATUSES,
                                    .slot = who % CLIENTS,
                                    .flags = (uint16_t)(how & 0x80 ? 1 << who % 12 : 0),
                                    .hop_limit = 64,
                                    .traffic_class = EVENT_UNKNOWN,
                                    .number = ++screen->number,
                                    .wall_ns = screen->wall_ns,
                                    .service_ns = how * 1000,
                                    .from = client_at(who % CLIENTS),
                                    .to = client_at(CLIENTS)};

    size = size < left ? size : left;
    message.size_bytes = message.stored_bytes = (uint32_t)size;
    message.ack_bytes = message.status == ACK_SENT ? 16 : 0;
    message.error = message.status == ACK_FAILED ? who % 130 : 0;
    message.why_held = message.status == ACK_HELD ? who % HELD_REASONS : 0;
    if (screen->relay) {
        message.relayed = (struct event_relayed){.direction = who & 0x40 ? DIRECTION_TO_TARGET
                                                                         : DIRECTION_TO_CLIENT,
                                                 .match = who % 4,
                                                 .request = who % (screen->number + 1),
                                                 .rtt_ns = how * 1000,
                                                 .target = client_at(CLIENTS + 1)};
    }
    memcpy(record, &message, sizeof message);
    if (size > 0)
        memcpy(record + sizeof message, screen->at, size);
    screen->at += size;
    model_apply(screen->model, record, sizeof message + size);
    report_client(screen, message.slot);
}

static void report_totals(struct screen *screen)
{
    const struct event_totals totals = {
        .kind = EVENT_TOTALS,
        .clients = CLIENTS,
        .counts = {.received = screen->number, .acked = screen->number},
        .waiting = screen_byte(screen),
        .kernel_dropped = screen_byte(screen),
        .now_ns = screen->now_ns,
        .acks_on = true};

    model_apply(screen->model, &totals, sizeof totals);
}

static void happen(struct screen *screen)
{
    struct event_reset reset = {.kind = EVENT_RESET};
    int64_t passed_ns;

    switch (screen_byte(screen)) {
    case 'm':
        report_message(screen);
        break;
    case 'r':
        resize(screen);
        break;
    case 't':
        passed_ns = (int64_t)screen_byte(screen) * screen_byte(screen) * UNITS_NS_PER_MS;
        screen->now_ns += passed_ns;
        screen->wall_ns += passed_ns;
        break;
    case 'T':
        report_totals(screen);
        break;
    case '0':
        reset.resets = ++screen->resets;
        model_apply(screen->model, &reset, sizeof reset);
        break;
    case 'P':
        model_set_progress(screen->model,
                           &(struct model_progress){.position_ns = screen_byte(screen),
                                                    .duration_ns = 200,
                                                    .playing = screen_byte(screen) & 1});
        break;
    default:
        press_key(screen);
        break;
    }
}

static struct model_config choose_screen(uint8_t how)
{
    return (struct model_config){.title = "udptui",
                                 .listening = "[::]:4010",
                                 .join = "192.0.2.1",
                                 .clients_max = CLIENTS,
                                 .history_messages = how & 1 ? 4 : 50,
                                 .history_bytes = how & 1 ? 256 : 0,
                                 .charset = how & 2 ? TEXT_ASCII : TEXT_UTF8,
                                 .replay = (how & 0x0c) == 4,
                                 .relay = (how & 0x0c) == 8,
                                 .roster = (how & 0x10) != 0,
                                 .privacy = (how & 0x20) != 0,
                                 .dissect = (how & 0x60) == 0x40,
                                 .filter = how & 0x80 ? "size:>2" : NULL,
                                 .started_ns = UNITS_NS_PER_S};
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct screen screen = {.at = bytes,
                            .end = bytes + size,
                            .now_ns = UNITS_NS_PER_S,
                            .wall_ns = INT64_C(1700000000) * UNITS_NS_PER_S,
                            .rows = 24,
                            .columns = 80};
    const struct model_config config = choose_screen(screen_byte(&screen));

    screen.relay = config.relay;
    screen.model = model_open(&config);
    screen.frame = frame_open();
    fuzz_require(screen.model != NULL && screen.frame != NULL, "there is memory");
    model_resize(screen.model, screen.rows, screen.columns);
    for (int i = 0; i < STEPS_MAX && screen.at < screen.end; i++) {
        happen(&screen);
        draw(&screen);
    }
    model_close(screen.model);
    frame_close(screen.frame);
    return 0;
}
