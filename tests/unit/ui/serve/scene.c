/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scene: see the header. */
#include "scene.h"
#include "../plain.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* 2024-03-01, 10:00:00 UTC; the monotonic clock is somewhere else, on a whole second. */
static const int64_t start_wall_ns = INT64_C(1709287200) * UNITS_NS_PER_S;
static const int64_t start_ns = 5000 * UNITS_NS_PER_S;

struct model_config scene_config(enum text_charset charset, uint32_t clients_max)
{
    return (struct model_config){
        .title = "udptui serve",
        .listening = "[::]:4010",
        .join = "192.168.0.108",
        .clients_max = clients_max,
        .history_messages = 1000,
        .charset = charset,
        .started_ns = start_ns,
    };
}

struct scene *scene_open(int rows, int columns, enum text_charset charset, uint32_t clients_max)
{
    struct model_config config = scene_config(charset, clients_max);

    return scene_open_with(rows, columns, &config);
}

struct scene *scene_open_with(int rows, int columns, const struct model_config *config)
{
    struct scene *scene = calloc(1, sizeof *scene);

    assert_non_null(scene);
    scene->clients = calloc(SCENE_CLIENTS, sizeof *scene->clients);
    scene->replay = config->replay;
    scene->model = model_open(config);
    scene->frame = frame_open();
    assert_true(scene->clients != NULL && scene->model != NULL && scene->frame != NULL);
    scene->now_ns = start_ns;
    scene->wall_ns = start_wall_ns;
    scene->totals = (struct event_totals){.kind = EVENT_TOTALS, .acks_on = true};
    scene_resize(scene, rows, columns);
    return scene;
}

void scene_close(struct scene *scene)
{
    model_close(scene->model);
    frame_close(scene->frame);
    free(scene->clients);
    free(scene);
}

void scene_resize(struct scene *scene, int rows, int columns)
{
    scene->rows = rows;
    scene->columns = columns;
    model_resize(scene->model, rows, columns);
}

static struct event_client *client_of(struct scene *scene, uint32_t slot)
{
    struct event_client *client = &scene->clients[slot];

    if (client->kind == EVENT_CLIENT)
        return client;
    client->kind = EVENT_CLIENT;
    client->slot = slot;
    client->first_ns = scene->now_ns;
    client->peer =
        (struct endpoint){.family = ENDPOINT_IPV4,
                          .address = {192, 168, (uint8_t)((slot + 10) >> 8), (uint8_t)(slot + 10)},
                          .port = (uint16_t)(50000 + slot % 10000)};
    scene->totals.clients++;
    return client;
}

static void count(struct counts *counts, enum ack_status status, int why, size_t size_bytes)
{
    counts->received++;
    counts->received_bytes += size_bytes;
    counts->acked += status == ACK_SENT;
    counts->failed += status == ACK_FAILED;
    if (status == ACK_HELD)
        counts->held[why]++;
}

static struct event_message message_of(struct scene *scene, uint32_t slot, size_t size_bytes,
                                       enum ack_status status, int why)
{
    const struct event_client *client = client_of(scene, slot);

    return (struct event_message){
        .kind = EVENT_MESSAGE,
        .status = (uint8_t)status,
        .why_held = (uint8_t)(status == ACK_HELD ? why : 0),
        .error = status == ACK_FAILED ? why : 0,
        .hop_limit = 64,
        .traffic_class = 0xb8,
        .slot = slot,
        .generation = client->generation,
        .size_bytes = (uint32_t)size_bytes,
        .stored_bytes = (uint32_t)size_bytes,
        .ack_bytes = status == ACK_SENT ? 16 : 0,
        .wall_ns = scene->wall_ns,
        .service_ns = status == ACK_SENT ? 31000 : EVENT_UNKNOWN,
        .from = client->peer,
        .to = {.family = ENDPOINT_IPV4, .address = {192, 168, 0, 108}, .port = 4010},
        .fate = scene->fate,
    };
}

/* What waits counts when it is settled. */
static void tell(struct scene *scene, const struct event_message *message, const void *bytes)
{
    struct event_client *client = client_of(scene, message->slot);
    size_t size_bytes = message->stored_bytes;
    uint8_t *record = malloc(sizeof *message + size_bytes);

    assert_non_null(record);
    client->last_ns = scene->now_ns;
    if (message->status != ACK_WAITING && !event_is_by_hand(message)) {
        count(&client->counts, message->status, message->why_held, size_bytes);
        count(&scene->totals.counts, message->status, message->why_held, size_bytes);
    }
    memcpy(record, message, sizeof *message);
    if (size_bytes > 0)
        memcpy(record + sizeof *message, bytes, size_bytes);
    model_apply(scene->model, record, sizeof *message + size_bytes);
    model_apply(scene->model, client, sizeof *client);
    free(record);
}

void scene_bytes(struct scene *scene, uint32_t slot, const void *bytes, size_t size_bytes,
                 enum ack_status status, int why)
{
    struct event_message message = message_of(scene, slot, size_bytes, status, why);

    message.number = status == ACK_MANUAL ? 0 : ++scene->number;
    tell(scene, &message, bytes);
}

void scene_fail_by_hand(struct scene *scene, uint32_t slot, const char *text, int error)
{
    struct event_message message = message_of(scene, slot, strlen(text), ACK_FAILED, error);

    tell(scene, &message, text);
}

void scene_settle(struct scene *scene, uint32_t slot, const char *text, uint64_t number,
                  enum ack_status status, int why)
{
    struct event_message message = message_of(scene, slot, strlen(text), status, why);

    message.number = number;
    message.flags = MESSAGE_UPDATE;
    tell(scene, &message, text);
}

void scene_say(struct scene *scene, uint32_t slot, const char *text, enum ack_status status,
               int why)
{
    scene_bytes(scene, slot, text, strlen(text), status, why);
}

void scene_play(struct scene *scene)
{
    static const struct {
        uint32_t slot;
        const char *text;
        enum ack_status status;
        int why;
    } script[] = {
        {0, "hello", ACK_SENT, 0},
        {1, "hi everyone", ACK_SENT, 0},
        {0, "gr\xc3\xbc\xc3\x9f dich, \xe4\xbd\xa0\xe5\xa5\xbd", ACK_SENT, 0},
        {2, "", ACK_SENT, 0},
        {1, "Message received", ACK_HELD, HELD_LOOP},
        {0, "two\nlines", ACK_SENT, 0},
        {2, "\x1b[31mred?", ACK_HELD, HELD_OFF},
        {0, "bye", ACK_FAILED, ENOBUFS},
    };

    for (size_t i = 0; i < sizeof script / sizeof *script; i++) {
        scene_say(scene, script[i].slot, script[i].text, script[i].status, script[i].why);
        scene_wait(scene, 500 * UNITS_NS_PER_MS);
    }
    scene_tell_totals(scene);
    scene_screen(scene);
}

void scene_tell_totals(struct scene *scene)
{
    scene->totals.now_ns = scene->now_ns;
    model_apply(scene->model, &scene->totals, sizeof scene->totals);
}

void scene_reset(struct scene *scene)
{
    struct event_reset reset = {.kind = EVENT_RESET, .resets = ++scene->resets};

    model_apply(scene->model, &reset, sizeof reset);
    for (uint32_t slot = 0; slot < SCENE_CLIENTS; slot++)
        scene->clients[slot].kind = 0;
    scene->totals = (struct event_totals){.kind = EVENT_TOTALS, .acks_on = true};
    scene_tell_totals(scene);
}

void scene_wait(struct scene *scene, int64_t duration_ns)
{
    scene->now_ns += duration_ns;
    scene->wall_ns += duration_ns;
}

const char *scene_screen(struct scene *scene)
{
    model_tick(scene->model, scene->now_ns, scene->wall_ns);
    assert_true(frame_resize(scene->frame, scene->rows, scene->columns));
    view_draw(scene->model, keys_serve(scene->model), scene->frame);
    assert_true(frame_to_text(scene->frame, scene->text, sizeof scene->text) < sizeof scene->text);
    return scene->text;
}

/* What a key changes is never shown by colour alone. */
struct effects scene_key(struct scene *scene, int32_t code)
{
    struct key key = {.code = code};
    struct frame *before;
    struct effects effects;
    char what[64];

    scene_screen(scene);
    before = plain_copy(scene->frame);
    effects = keys_apply(scene->model, &key);
    scene_screen(scene);
    snprintf(what, sizeof what, "before and after the key %d ('%c')", (int)code,
             code >= ' ' && code < 0x7f ? (char)code : '?');
    plain_expect(before, scene->frame, what);
    frame_close(before);
    return effects;
}

struct effects scene_click(struct scene *scene, int32_t code, int row)
{
    struct key key = {.code = code, .row = row, .column = 5};

    return keys_apply(scene->model, &key);
}

void scene_type(struct scene *scene, const char *text)
{
    for (; *text != '\0'; text++)
        scene_key(scene, *text);
}

bool scene_shows(struct scene *scene, const char *text)
{
    return strstr(scene_screen(scene), text) != NULL;
}

int scene_row(struct scene *scene, const char *text)
{
    const char *screen = scene_screen(scene);
    const char *found = strstr(screen, text);
    int row = 0;

    if (found == NULL)
        return -1;
    for (; screen < found; screen++)
        row += *screen == '\n';
    return row;
}

void scene_expect(struct scene *scene, const char *expected)
{
    const char *screen = scene_screen(scene);

    if (strncmp(screen, expected, strlen(expected)) != 0)
        fail_msg("expected\n%s\nbut the screen shows\n%s", expected, screen);
}

const char *scene_footer(struct scene *scene)
{
    const char *row = scene_screen(scene);

    for (int i = 0; i < scene->rows - 1; i++)
        row = strchr(row, '\n') + 1;
    return row;
}
