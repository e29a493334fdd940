/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ladder_leg: an arrow of a ladder, as plain data: for the picture and for the JSON. */
#ifndef UDPTUI_PROTO_LADDER_LEG_H
#define UDPTUI_PROTO_LADDER_LEG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/proto/fate.h"

enum { LADDER_LABEL_SIZE = 96 };

enum ladder_end {
    LADDER_ARRIVED,
    LADDER_LOST, /* on its way */
    LADDER_UNDERWAY,
    LADDER_DROPPED, /* came to the far end's machine, which did not take it */
    LADDER_UNSENT,  /* the kernel refused to send it: nothing left */
    LADDER_EVENT,   /* no datagram: something that happened at the end it departs from */
};

struct ladder_leg {
    int64_t depart_ns, arrive_ns; /* one clock; arrive_ns only with LADDER_ARRIVED */
    bool to_right;                /* left to right: client to server */
    bool corrupt;
    bool copy;          /* the network's second one of a datagram: it begins within the network */
    bool reconstructed; /* known to have been, its time is not: depart_ns gives its place alone */
    uint8_t end;        /* enum ladder_end */
    uint64_t number;    /* what belongs together: a request and its ack */
    int64_t rtt_ns;     /* of an ack that arrived: the bracket; 0: none */
    char label[LADDER_LABEL_SIZE]; /* safe text on the arrow: "#3 hello" */
    char note[LADDER_LABEL_SIZE];  /* safe text beside it: "LOST request", "late by 2"; "" */
};

/*
 * What became of one datagram in the simulated network, its times counted from base_ns, noted in
 * words: all but number, label and rtt_ns. False if there was no such datagram.
 */
bool ladder_leg_of(const struct leg *from, int64_t base_ns, bool to_right, bool copy,
                   struct ladder_leg *out);

/* The first of one message's acks to arrive closes the bracket that began when it was asked. */
void ladder_mark_first_ack(struct ladder_leg *legs, size_t count, int64_t asked_ns);

/* For qsort: legs in order of departure. */
int ladder_by_departure(const void *one, const void *other);

#endif
