/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scene: a server that only exists as records: messages are reported as by the engine, the test
 * controls the time, and the screen is text.
 */
#ifndef UDPTUI_TESTS_UNIT_UI_SERVE_SCENE_H
#define UDPTUI_TESTS_UNIT_UI_SERVE_SCENE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/base/units.h"
#include "udptui/proto/event.h"
#include "udptui/ui/frame.h"
#include "udptui/ui/serve/keys.h"
#include "udptui/ui/serve/model.h"
#include "udptui/ui/serve/view.h"

enum { SCENE_CLIENTS = 70000, SCENE_TEXT = 1 << 16 };

struct scene {
    struct model *model;
    struct frame *frame;
    bool replay;                  /* the keys are those of a replay */
    struct event_client *clients; /* by slot */
    struct event_totals totals;
    uint64_t number, resets;
    int64_t now_ns, wall_ns;
    int rows, columns;
    struct fate fate; /* of the messages that are reported from now on */
    char text[SCENE_TEXT];
};

/* What scene_open takes; to be changed for scene_open_with. */
struct model_config scene_config(enum text_charset charset, uint32_t clients_max);
struct scene *scene_open_with(int rows, int columns, const struct model_config *config);

/* A server on [::]:4010 that started at 10:00:00 UTC. clients_max: of the model. */
struct scene *scene_open(int rows, int columns, enum text_charset charset, uint32_t clients_max);
void scene_close(struct scene *scene);

void scene_resize(struct scene *scene, int rows, int columns);

/* Client 192.168.0.(10 + slot):(50000 + slot) said something, which came to this. why: the
 * reason of a held ack or the errno of a failed one. */
void scene_say(struct scene *scene, uint32_t slot, const char *text, enum ack_status status,
               int why);
void scene_bytes(struct scene *scene, uint32_t slot, const void *bytes, size_t size_bytes,
                 enum ack_status status, int why);

/* What was typed to the client could not be sent. */
void scene_fail_by_hand(struct scene *scene, uint32_t slot, const char *text, int error);

/* What the client said, the message of this number, waited (ACK_WAITING) and came to this; with the
 * scene's fate. */
void scene_settle(struct scene *scene, uint32_t slot, const char *text, uint64_t number,
                  enum ack_status status, int why);

/* The messages of a short classroom session, over some seconds. */
void scene_play(struct scene *scene);

void scene_tell_totals(struct scene *scene);
void scene_reset(struct scene *scene);
void scene_wait(struct scene *scene, int64_t duration_ns);

/* The screen now. */
const char *scene_screen(struct scene *scene);

struct effects scene_key(struct scene *scene, int32_t code);
struct effects scene_click(struct scene *scene, int32_t code, int row);
void scene_type(struct scene *scene, const char *text);

bool scene_shows(struct scene *scene, const char *text);

/* The row, from 0, of the first line that holds the text; -1: none. */
int scene_row(struct scene *scene, const char *text);

/* The screen begins with these rows; fails with both screens if they differ. */
void scene_expect(struct scene *scene, const char *expected);

/* The last row. */
const char *scene_footer(struct scene *scene);

#endif
