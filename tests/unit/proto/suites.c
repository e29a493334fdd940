/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* suites: the unit tests of proto. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../suite.h"

extern const struct suite suite_ack;
extern const struct suite suite_ack_parse;
extern const struct suite suite_backlog;
extern const struct suite suite_call;
extern const struct suite suite_checksum;
extern const struct suite suite_coap;
extern const struct suite suite_counters;
extern const struct suite suite_counts;
extern const struct suite suite_dns;
extern const struct suite suite_elsewhere;
extern const struct suite suite_endpoint;
extern const struct suite suite_endpoint_text;
extern const struct suite suite_event;
extern const struct suite suite_fate;
extern const struct suite suite_figure;
extern const struct suite suite_fill;
extern const struct suite suite_filter;
extern const struct suite suite_guard;
extern const struct suite suite_hostnames;
extern const struct suite suite_impair;
extern const struct suite suite_impair_rates;
extern const struct suite suite_impair_text;
extern const struct suite suite_ladder_leg;
extern const struct suite suite_ladder_view;
extern const struct suite suite_limits;
extern const struct suite suite_loop;
extern const struct suite suite_origin;
extern const struct suite suite_packet;
extern const struct suite suite_packet_link;
extern const struct suite suite_packet_parse;
extern const struct suite suite_peers;
extern const struct suite suite_pending;
extern const struct suite suite_pending_model;
extern const struct suite suite_quiz;
extern const struct suite suite_quiz_command;
extern const struct suite suite_quiz_file;
extern const struct suite suite_quiz_question;
extern const struct suite suite_reason;
extern const struct suite suite_relayed;
extern const struct suite suite_result;
extern const struct suite suite_roster;
extern const struct suite suite_rules;
extern const struct suite suite_snapshot;
extern const struct suite suite_source;
extern const struct suite suite_stamp;
extern const struct suite suite_stun;
extern const struct suite suite_tally;
extern const struct suite suite_textbook;
extern const struct suite suite_transactions;
extern const struct suite suite_translator;

const struct suite *const suites[] = {
    &suite_ack,           &suite_ack_parse,    &suite_backlog,
    &suite_call,          &suite_checksum,     &suite_coap,
    &suite_counters,      &suite_counts,       &suite_dns,
    &suite_elsewhere,     &suite_endpoint,     &suite_endpoint_text,
    &suite_event,         &suite_fate,         &suite_figure,
    &suite_fill,          &suite_filter,       &suite_guard,
    &suite_hostnames,     &suite_impair,       &suite_impair_rates,
    &suite_impair_text,   &suite_ladder_leg,   &suite_ladder_view,
    &suite_limits,        &suite_loop,         &suite_origin,
    &suite_packet,        &suite_packet_link,  &suite_packet_parse,
    &suite_peers,         &suite_pending,      &suite_pending_model,
    &suite_quiz,          &suite_quiz_command, &suite_quiz_file,
    &suite_quiz_question, &suite_reason,       &suite_relayed,
    &suite_result,        &suite_roster,       &suite_rules,
    &suite_snapshot,      &suite_source,       &suite_stamp,
    &suite_stun,          &suite_tally,        &suite_textbook,
    &suite_transactions,  &suite_translator,   NULL,
};
