/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ladder_leg: an arrow of a ladder diagram, as plain data, for the screen and for the JSON. */
#ifndef UDPTUI_PROTO_LADDER_LEG_H
#define UDPTUI_PROTO_LADDER_LEG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/base/catalog.h"
#include "udptui/proto/fate.h"

enum { LADDER_LABEL_SIZE = 96 };

enum ladder_end {
    LADDER_ARRIVED,
    LADDER_LOST, /* on its way */
    LADDER_UNDERWAY,
    LADDER_DROPPED, /* reached the destination host, which dropped it */
    LADDER_UNSENT,  /* the kernel refused to send it: nothing left */
    LADDER_EVENT,   /* no datagram: an event at the end that it departs from */
    LADDER_SENT,    /* departed; what became of it is not known (ladder_view) */
};

/* The end that knows of something. */
enum ladder_side {
    LADDER_SIDE_NONE, /* neither: it happened in between, or in a host's kernel */
    LADDER_SIDE_LEFT,
    LADDER_SIDE_RIGHT,
};

struct ladder_leg {
    int64_t depart_ns, arrive_ns; /* one clock; arrive_ns only with LADDER_ARRIVED */
    bool to_right;                /* left to right: client to server */
    bool corrupt;
    bool error;         /* an ICMP message about a datagram, not one itself */
    bool kernel;        /* between hosts: no socket sends or receives it (IGMP) */
    bool copy;          /* a duplicate made by the network: it begins inside the network */
    bool reconstructed; /* known to have been sent, at an unknown time: depart_ns only gives its
                         * position */
    bool origin_unseen; /* when and how it departed is not known (ladder_view) */
    uint8_t end;        /* enum ladder_end */
    uint16_t frame;     /* of a lesson: one more than the index of its kept frame; 0: none is */
    uint8_t note_at;    /* enum ladder_side: who knows what the note says */
    bool right_gap;     /* of a ladder with three lines: between its middle and its right one; else
                         * between its left and its middle one */
    uint64_t number;    /* the same for a request and its ack */
    int64_t rtt_ns;     /* of an ack that arrived: the bracket; 0: none */
    char label[LADDER_LABEL_SIZE]; /* safe text on the arrow: "#3 hello" */
    char note[LADDER_LABEL_SIZE];  /* safe text beside it: "LOST request", "late by 2"; "" */
};

/*
 * The leg of one datagram in the simulated network, with times relative to base_ns and its note:
 * all but number, label and rtt_ns. catalog: of the language of the note; NULL: English. False if
 * there was no such datagram.
 */
bool ladder_leg_of(const struct leg *from, int64_t base_ns, bool to_right, bool copy,
                   const struct catalog *catalog, struct ladder_leg *out);

/* The first of a message's acks to arrive ends the bracket of its round-trip time. */
void ladder_mark_first_ack(struct ladder_leg *legs, size_t count, int64_t asked_ns);

/* For qsort: legs in order of departure; of those of a datagram that is forwarded at once, in the
 * order of its way. */
int ladder_by_departure(const void *one, const void *other);

/* Sorts them by departure; legs with the same time keep their order. For few legs: it moves each to
 * its place. */
void ladder_sort_legs(struct ladder_leg *legs, size_t count);

#endif
