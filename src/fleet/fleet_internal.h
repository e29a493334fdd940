/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fleet: what its files share: the table, lives and their sums. */
#ifndef UDPTUI_FLEET_FLEET_INTERNAL_H
#define UDPTUI_FLEET_FLEET_INTERNAL_H

#include "udptui/base/units.h"
#include "udptui/fleet/fleet.h"

/* So long after the latest sign of it, two programs are taken to have one name. */
static const int64_t doubled_ns = 60 * UNITS_NS_PER_S;
/* What publishes does so at most once a second, and only if something changed: an increase after a
 * longer silence came within the last second, unless the connection was lost in between. */
static const int64_t report_ns = UNITS_NS_PER_S;
static const int64_t late_report_ns = 3 * UNITS_NS_PER_S;

struct fleet {
    struct fleet_config config;
    struct fleet_server **servers; /* by slot */
    uint32_t end, count;
    uint32_t *index; /* the first slot by the hash of the topic */
    uint32_t index_mask;
    uint32_t generations;
    bool connected, silent;
    int64_t connected_ns; /* since when it is connected, and not silent */
    uint64_t version;
    uint64_t budget_used; /* the peaks of all lives */
    uint64_t taken[FLEET_TAKENS];
    struct pulse received, acked;
    uint64_t received_buckets[FLEET_SECONDS], acked_buckets[FLEET_SECONDS];
    struct fleet_message *messages;
    uint64_t messages_seen;
};

/* How far a life was: the greater one is newer (see fleet_order_compare). */
struct fleet_order {
    int64_t counted_ns; /* how long it has counted; 0: not known */
    uint64_t count;     /* datagrams */
    int64_t taken_ns;   /* CLOCK_REALTIME of its machine */
};

struct fleet_life {
    struct snapshot_life id;
    enum snapshot_kind kind;
    int64_t started_ns;
    struct fleet_order order;
    uint64_t news_version; /* the fleet's version when it last had news */
    uint64_t peak;         /* its greatest figure, for the fleet's budget */
    struct event_totals totals;
    struct snapshot_target pinged;
};

/* ---- fleet.c */

/* The server of a topic, a new one if need be. NULL: *why. */
struct fleet_server *fleet_place(struct fleet *fleet, const struct snapshot_topic *topic,
                                 int64_t now_ns, enum fleet_taken *why);

/* ---- fleet_sums.c */

struct fleet_order fleet_order_of(const struct snapshot *snapshot);

/* Above 0: a is newer. */
int fleet_order_compare(const struct fleet_order *a, const struct fleet_order *b);

/* The greatest of a snapshot's figures: no sum over snapshots is more than the sum of these. */
uint64_t fleet_peak(const struct snapshot *snapshot);

/* What a life's latest snapshot says. */
void fleet_life_set(struct fleet_life *life, const struct snapshot *snapshot);

/* Adds a life. over: it is not the current one of a running server: its states do not count. */
void fleet_sums_add_life(struct fleet_sums *sums, const struct fleet_life *life, bool over);
void fleet_sums_add(struct fleet_sums *into, const struct fleet_sums *from);

/* Datagrams of a life: received, and acked. */
uint64_t fleet_received_of(const struct fleet_life *life);
uint64_t fleet_acked_of(const struct fleet_life *life);

/* ---- fleet_lives.c */

/* The life with this id; NULL: none. */
struct fleet_life *fleet_life_find(struct fleet_server *server, const struct snapshot_life *id);

/* Whether a life that is not known may be one of those that were folded. */
bool fleet_life_is_folded(const struct fleet_server *server, const struct snapshot *snapshot);

/* A new life of the server, which is not the current one yet; another one is folded for it if there
 * are too many. NULL if memory is short. */
struct fleet_life *fleet_life_add(struct fleet_server *server, const struct snapshot *snapshot);

/* Whether a life that reports is the current one from now on. */
bool fleet_life_is_current(const struct fleet_server *server, const struct fleet_life *life,
                           bool retained);

/* The peaks of all lives. */
uint64_t fleet_lives_peak(const struct fleet_server *server);

void fleet_lives_free(struct fleet_server *server);

#endif
