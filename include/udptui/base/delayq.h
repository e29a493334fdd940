/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * delayq: items that are due at a time, of fixed capacity. It knows where each item is, so that one
 * can be moved or taken out. Items that are due in the order they go in, or in a few such orders
 * (equal delays), cost O(1); others O(log n). Items that are due at the same time come out in the
 * order they went in.
 */
#ifndef UDPTUI_BASE_DELAYQ_H
#define UDPTUI_BASE_DELAYQ_H

#include <stdbool.h>
#include <stdint.h>

struct delayq;

/* Items are numbers 0 .. capacity - 1 of the caller's. NULL if memory is short; delayq_close frees
 * (NULL allowed). Nothing allocates in between. */
struct delayq *delayq_open(uint32_t capacity);
void delayq_close(struct delayq *queue);

/* Puts an item in, or moves it if it is in; either way it counts as the last to have gone in. */
void delayq_set(struct delayq *queue, uint32_t item, int64_t due_ns);

/* Takes an item out before it is due. Does nothing if it is not in. */
void delayq_remove(struct delayq *queue, uint32_t item);

/* For tests, which compare the queue with a model of it. */
bool delayq_has(const struct delayq *queue, uint32_t item);
uint32_t delayq_count(const struct delayq *queue);

/* When the first is due; INT64_MAX if it is empty. */
int64_t delayq_due_ns(const struct delayq *queue);

/* The first, which stays in. False: it is empty. */
bool delayq_next(const struct delayq *queue, uint32_t *item);

/* Takes out the first if it is due at now_ns. False: none is due. */
bool delayq_take(struct delayq *queue, int64_t now_ns, uint32_t *item);

/* The items that probably come out next, soonest first, after one that has just been taken: a hint of
 * what memory is used soon. Returns how many, at most `most`; 0: it is not known, or there is none. */
unsigned delayq_behind(const struct delayq *queue, uint32_t taken, uint32_t *items, unsigned most);

#endif
