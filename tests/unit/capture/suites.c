/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* suites: the unit tests of capture. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../suite.h"

extern const struct suite suite_assembly;
extern const struct suite suite_blocks;
extern const struct suite suite_capture;
extern const struct suite suite_chronology;
extern const struct suite suite_copy;
extern const struct suite suite_exchanges;
extern const struct suite suite_input;
extern const struct suite suite_packet_stream;
extern const struct suite suite_recorder;

const struct suite *const suites[] = {
    &suite_assembly,  &suite_blocks, &suite_capture,       &suite_chronology, &suite_copy,
    &suite_exchanges, &suite_input,  &suite_packet_stream, &suite_recorder,   NULL,
};
