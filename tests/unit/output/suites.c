/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* suites: the unit tests of output. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../suite.h"

extern const struct suite suite_classroom;
extern const struct suite suite_exporter;
extern const struct suite suite_figures;
extern const struct suite suite_fold;
extern const struct suite suite_json;
extern const struct suite suite_json_read;
extern const struct suite suite_logfile;
extern const struct suite suite_metrics;
extern const struct suite suite_outlet;
extern const struct suite suite_outlet_holding;
extern const struct suite suite_payload;
extern const struct suite suite_ping;
extern const struct suite suite_recording;
extern const struct suite suite_send_output;
extern const struct suite suite_snapshot;

const struct suite *const suites[] = {
    &suite_classroom, &suite_exporter,       &suite_figures,  &suite_fold,
    &suite_json,      &suite_json_read,      &suite_logfile,  &suite_metrics,
    &suite_outlet,    &suite_outlet_holding, &suite_payload,  &suite_ping,
    &suite_recording, &suite_send_output,    &suite_snapshot, NULL,
};
