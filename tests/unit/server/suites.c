/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* suites: the unit tests of server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../suite.h"

extern const struct suite suite_answer;
extern const struct suite suite_engine;
extern const struct suite suite_engine_calls;
extern const struct suite suite_listen;
extern const struct suite suite_path;
extern const struct suite suite_policies;
extern const struct suite suite_publisher;
extern const struct suite suite_reflector;
extern const struct suite suite_server;
extern const struct suite suite_way;

const struct suite *const suites[] = {
    &suite_answer,
    &suite_engine,
    &suite_engine_calls,
    &suite_listen,
    &suite_path,
    &suite_policies,
    &suite_publisher,
    &suite_reflector,
    &suite_server,
    &suite_way,
    NULL,
};
