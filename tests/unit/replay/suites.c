/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* suites: the unit tests of replay. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../suite.h"

extern const struct suite suite_cursor;
extern const struct suite suite_flows;
extern const struct suite suite_number;
extern const struct suite suite_pairing;
extern const struct suite suite_player;
extern const struct suite suite_queue;
extern const struct suite suite_resend;
extern const struct suite suite_resender;
extern const struct suite suite_save;
extern const struct suite suite_servers;
extern const struct suite suite_survey;

const struct suite *const suites[] = {
    &suite_cursor, &suite_flows,    &suite_number, &suite_pairing, &suite_player, &suite_queue,
    &suite_resend, &suite_resender, &suite_save,   &suite_servers, &suite_survey, NULL,
};
