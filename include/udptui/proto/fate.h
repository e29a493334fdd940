/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fate: the legs of a message's path through the simulated network, and the words for them.
 *
 * A message has one or two requests (the network may duplicate it), and each of these one or two
 * acks. A message without impairment has no legs (LEG_NONE): it is one request and one ack.
 */
#ifndef UDPTUI_PROTO_FATE_H
#define UDPTUI_PROTO_FATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum leg_state {
    LEG_NONE,
    LEG_UNDERWAY, /* arrive_us is when it is due */
    LEG_ARRIVED,
    LEG_LOST, /* arrive_us == depart_us */
};

/* One datagram in one direction; times in microseconds from the kernel's receive time of the
 * message. */
struct leg {
    int32_t depart_us, arrive_us;
    uint8_t state; /* enum leg_state */
    bool corrupt;
    uint16_t late_by; /* how many later messages of the client overtook it in this direction */
    uint32_t bit; /* with corrupt: which bit of the payload was flipped, bit % 8 of byte bit / 8 */
};

enum { FATE_REQUESTS = 2, FATE_ACKS = 4, FATE_TEXT_SIZE = 96 };

struct fate {
    struct leg requests[FATE_REQUESTS]; /* [0]: the first to have been sent */
    struct leg acks[FATE_ACKS];         /* [2 * i + j]: copy j of the ack to requests[i] */
};

/* All requests were lost; or some request arrived, acks were sent, all of them were lost, and no
 * request is underway that could still be answered. */
bool fate_lost_request(const struct fate *fate);
bool fate_lost_ack(const struct fate *fate);

/* How many acks arrived; the most that any leg was late; what delayed the ack that left first, on
 * both ways together (of the request alone if no ack has left), 0 if nothing did (less than 50 us
 * counts as that); whether any leg that arrived was corrupt. */
unsigned fate_acks(const struct fate *fate);
unsigned fate_late_by(const struct fate *fate);
int64_t fate_delay_ns(const struct fate *fate);
bool fate_corrupt(const struct fate *fate);

/* The request that reached the server first; NULL: none did, or no impairment touched it. */
const struct leg *fate_handed_over(const struct fate *fate);

/* Turns a payload as sent into the one that reached the server first, and back. */
void fate_flip(const struct fate *fate, uint8_t *payload, size_t size_bytes);

/* Whether an impairment touched it at all. */
bool fate_touched(const struct fate *fate);

/* How many copies of a relay's datagram arrived, which has `requests` alone. */
unsigned fate_passed(const struct fate *fate);

enum fate_unit { FATE_COUNT, FATE_TIME, FATE_FLAG };

/* One effect of the impairments on a message that was not lost. */
struct fate_effect {
    const char *key;   /* of the JSON */
    const char *words; /* "late by " of a screen and of lines, before the value */
    int64_t (*value)(const struct fate *fate); /* 0: it did not happen */
    enum fate_unit unit;
};

enum { FATE_EFFECTS = 4 };
extern const struct fate_effect fate_effects[FATE_EFFECTS];

/* The words of screen and lines: "LOST request", "LOST ack", "x2, late by 2, delayed 83 ms,
 * corrupt" (effects on the request follow "LOST ack" too); "" if nothing happened. Returns out
 * (FATE_TEXT_SIZE is enough). */
const char *fate_format(const struct fate *fate, char *out, size_t size_bytes);

/* The same of a relay's datagram, in either direction: "LOST", "x2, late by 2, ...". */
const char *fate_format_passed(const struct fate *fate, char *out, size_t size_bytes);

#endif
