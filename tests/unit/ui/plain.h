/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * plain: nothing is shown by colour, brightness or reversal alone. Two states of a screen whose
 * frames differ must differ in their characters.
 */
#ifndef UDPTUI_TESTS_UNIT_UI_PLAIN_H
#define UDPTUI_TESTS_UNIT_UI_PLAIN_H

#include <stdbool.h>
#include <stddef.h>

#include "udptui/ui/frame.h"

/* A copy, to be compared with a later one; frame_close frees. */
struct frame *plain_copy(const struct frame *frame);

/* Whether two frames of one size differ, but in no character. */
bool plain_differs_in_look_alone(const struct frame *one, const struct frame *other);

/* Fails with the frame if they do. what: the two states. */
void plain_expect(const struct frame *one, const struct frame *other, const char *what);

/* Draws each of `count` states and compares all pairs. name: of a state, for a failure. */
void plain_expect_states(int rows, int columns, size_t count,
                         void (*draw)(size_t state, struct frame *frame),
                         const char *(*name)(size_t state));

#endif
