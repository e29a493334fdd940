/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* suites: the unit tests of ui. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../suite.h"

extern const struct suite suite_ladder_ladder;
extern const struct suite suite_ladder_sentences;
extern const struct suite suite_lesson_view;
extern const struct suite suite_load_view;
extern const struct suite suite_replay_resend_view;
extern const struct suite suite_send_legs;
extern const struct suite suite_send_packets;
extern const struct suite suite_send_packets_ini;
extern const struct suite suite_send_plot;
extern const struct suite suite_send_settings;
extern const struct suite suite_send_sink;
extern const struct suite suite_send_store;
extern const struct suite suite_serve_anatomy;
extern const struct suite suite_serve_calls;
extern const struct suite suite_serve_class;
extern const struct suite suite_serve_dissect;
extern const struct suite suite_serve_fates;
extern const struct suite suite_serve_impair;
extern const struct suite suite_serve_keys;
extern const struct suite suite_serve_log;
extern const struct suite suite_serve_model;
extern const struct suite suite_serve_publishing;
extern const struct suite suite_serve_quiz;
extern const struct suite suite_serve_rates;
extern const struct suite suite_serve_relay;
extern const struct suite suite_serve_rows;
extern const struct suite suite_serve_saving;
extern const struct suite suite_serve_session;
extern const struct suite suite_serve_sharing;
extern const struct suite suite_serve_view;
extern const struct suite suite_announcer;
extern const struct suite suite_chart;
extern const struct suite suite_frame;
extern const struct suite suite_ping_view;
extern const struct suite suite_keys;
extern const struct suite suite_large;
extern const struct suite suite_line;
extern const struct suite suite_palette;
extern const struct suite suite_plain;
extern const struct suite suite_screen;
extern const struct suite suite_spark;
extern const struct suite suite_watch_choosing;
extern const struct suite suite_watch_view;
extern const struct suite suite_wide;

const struct suite *const suites[] = {
    &suite_ladder_ladder,
    &suite_ladder_sentences,
    &suite_lesson_view,
    &suite_load_view,
    &suite_replay_resend_view,
    &suite_send_legs,
    &suite_send_packets,
    &suite_send_packets_ini,
    &suite_send_plot,
    &suite_send_settings,
    &suite_send_sink,
    &suite_send_store,
    &suite_serve_anatomy,
    &suite_serve_calls,
    &suite_serve_class,
    &suite_serve_dissect,
    &suite_serve_fates,
    &suite_serve_impair,
    &suite_serve_keys,
    &suite_serve_log,
    &suite_serve_model,
    &suite_serve_publishing,
    &suite_serve_quiz,
    &suite_serve_rates,
    &suite_serve_relay,
    &suite_serve_rows,
    &suite_serve_saving,
    &suite_serve_session,
    &suite_serve_sharing,
    &suite_serve_view,
    &suite_announcer,
    &suite_chart,
    &suite_frame,
    &suite_ping_view,
    &suite_keys,
    &suite_large,
    &suite_line,
    &suite_palette,
    &suite_plain,
    &suite_screen,
    &suite_spark,
    &suite_watch_choosing,
    &suite_watch_view,
    &suite_wide,
    NULL,
};
