/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rows: the state of each client, by the engine's slot.
 *
 * Rows come in blocks that are made when the first of their slots is: memory depends on the number
 * of clients, not on the capacity. The generation shows that a slot was reused.
 */
#ifndef UDPTUI_UI_SERVE_ROWS_INTERNAL_H
#define UDPTUI_UI_SERVE_ROWS_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "rates_internal.h"
#include "udptui/proto/counts.h"
#include "udptui/proto/endpoint.h"
#include "udptui/proto/event.h"

struct row {
    struct endpoint peer;
    struct endpoint server; /* of a capture: the latest that it exchanged datagrams with; of a
                             * relay: the target */
    bool several_servers;
    uint32_t generation;
    uint32_t filter_epoch; /* of the filter that `matches` answers to */
    bool used;
    bool matches; /* passes the filter */
    struct counts counts;
    struct counts back;        /* of a relay: from the target to the client */
    struct event_rtts rtts;    /* of a relay */
    struct endpoint session;   /* of a relay: our address and port towards the target */
    uint64_t icmp_errors;      /* of a relay */
    int64_t first_ns, last_ns; /* CLOCK_MONOTONIC */
    struct rates rates;        /* of counts.received and back.received */
};

struct rows;

/* capacity: slots. NULL if memory is short. rows_close frees (NULL is allowed). */
struct rows *rows_open(uint32_t capacity);
void rows_close(struct rows *rows);

/* A copy; NULL if memory is short. */
struct rows *rows_copy(const struct rows *rows);

/* One more than the highest slot that was ever used. */
uint32_t rows_end(const struct rows *rows);
/* How many are in use. */
uint32_t rows_count(const struct rows *rows);

/* The row of a slot, NULL if it is not in use. */
struct row *rows_get(const struct rows *rows, uint32_t slot);
/* The same, NULL also if the slot belongs to another client by now. */
struct row *rows_find(const struct rows *rows, uint32_t slot, uint32_t generation);

/* The row for this client, zeroed but for generation and used if it is new (*is_new). NULL beyond
 * the capacity or if memory is short. */
struct row *rows_make(struct rows *rows, uint32_t slot, uint32_t generation, bool *is_new);

/* Forgets all clients; the memory stays. */
void rows_forget(struct rows *rows);

#endif
