/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* suites: the unit tests of sys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../suite.h"

extern const struct suite suite_activation;
extern const struct suite suite_address;
extern const struct suite suite_clock;
extern const struct suite suite_config_file;
extern const struct suite suite_descriptors;
extern const struct suite suite_files;
extern const struct suite suite_json_memory;
extern const struct suite suite_json_parse;
extern const struct suite suite_locale;
extern const struct suite suite_lookup;
extern const struct suite suite_names;
extern const struct suite suite_notify;
extern const struct suite suite_process;
extern const struct suite suite_random;
extern const struct suite suite_report;
extern const struct suite suite_sandbox;
extern const struct suite suite_signals;
extern const struct suite suite_thread;
extern const struct suite suite_tty;
extern const struct suite suite_wait;

const struct suite *const suites[] = {
    &suite_activation,  &suite_address,     &suite_clock,
    &suite_config_file, &suite_descriptors, &suite_files,
    &suite_json_memory, &suite_json_parse,  &suite_locale,
    &suite_lookup,      &suite_names,       &suite_notify,
    &suite_process,     &suite_random,      &suite_report,
    &suite_sandbox,     &suite_signals,     &suite_thread,
    &suite_tty,         &suite_wait,        NULL,
};
