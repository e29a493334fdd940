/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* relayed: the words for what a relay reports, on the screen, in lines and in JSON. */
#ifndef UDPTUI_PROTO_RELAYED_H
#define UDPTUI_PROTO_RELAYED_H

#include <stdbool.h>
#include <stddef.h>

#include "udptui/proto/event.h"

/* The end of a message that is not the client's: the target or, of a server and of what was sent by
 * hand, our own. */
const struct endpoint *relayed_server(const struct event_message *event);

/* Whether it goes from there to the client. */
bool relayed_goes_back(const struct event_message *event);

/* "to_target", "to_client": of the JSON. */
const char *relayed_direction_name(enum event_direction direction);

/* "alone", "id", "order": of the JSON. */
const char *relayed_match_name(enum event_match match);

/* How a request was found, as a clause: "it was the only one that waited". NULL for MATCH_NONE. */
const char *relayed_match_text(enum event_match match);

/* Who said what: "127.0.0.1 reports port unreachable (ICMP type 3 code 3): ...", or the reason of
 * this machine. Returns out (REASON_ICMP_SIZE). */
const char *relayed_icmp_text(const struct event_icmp *event, const struct zones *zones, char *out,
                              size_t size);

/* The same for a header: "refused, reported by 10.0.0.1", "FAILED: no route". Returns out
 * (RELAYED_BRIEF_SIZE). */
enum { RELAYED_BRIEF_SIZE = 2 * ENDPOINT_TEXT_SIZE };
const char *relayed_icmp_brief(const struct event_icmp *event, const struct zones *zones, char *out,
                               size_t size);

/* "Target 127.0.0.1:53 looked up again: now 127.0.0.2:53". Safe text; returns out
 * (RELAYED_TARGET_SIZE). */
enum { RELAYED_TARGET_SIZE = 3 * ENDPOINT_TEXT_SIZE + EVENT_TARGET_WHY_SIZE };
const char *relayed_target_text(const struct event_target *event, const struct zones *zones,
                                char *out, size_t size);

#endif
