/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fleet: many programs that publish snapshots (proto/snapshot), and their sums.
 *
 * A program is known by the two levels of its topics, NAME and PLACE; it is called a server here,
 * whatever its kind. Its counts are those of its lives: each life's latest snapshot counts once, so
 * that an old, repeated or reordered message changes nothing, and a restarted server is added up.
 * Of two snapshots of a life the newer one has counted for longer, or has counted more; the time of
 * day may be set and decides only between equal ones.
 *
 * The current life is the one that reported last; of what the broker had kept, the one that was
 * started last. A life that reports again after another one took its place shows that two programs
 * have one name.
 *
 * Memory is bounded: servers by the config, lives of a server by FLEET_LIVES_MAX (the counts of the
 * ones without news for the longest time are added up, and a life that began before those is taken
 * for one of them). No sum overflows: a snapshot whose counts would make one overflow is refused.
 *
 * Pure computation: times are passed in, now_ns is CLOCK_MONOTONIC.
 */
#ifndef UDPTUI_FLEET_FLEET_H
#define UDPTUI_FLEET_FLEET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/base/hash.h"
#include "udptui/base/pulse.h"
#include "udptui/base/text.h"
#include "udptui/proto/snapshot.h"

enum {
    FLEET_LIVES_MAX = 16,
    FLEET_SERVER_SECONDS = 64, /* of a server's rates */
    FLEET_SECONDS = 1024,      /* of the rates of all */
    FLEET_MESSAGES_MAX = 1000, /* the newest samples are kept */
    /* A second is over once every server had a second to report it: newer ones are incomplete. */
    FLEET_AGE_S = 2,
    FLEET_MEAN_S = 5, /* rates are means over so many seconds */
    FLEET_RATE_UNKNOWN = -1,
};

enum fleet_state {
    FLEET_UP,    /* the broker says that it runs */
    FLEET_STALE, /* nobody has said for sure since we are connected to the broker */
    FLEET_GONE,  /* it died, or its connection to the broker did */
    FLEET_ENDED, /* it was stopped */
    FLEET_STATES
};

/* "up", "stale", "gone", "ended" */
extern const char *const fleet_state_words[FLEET_STATES];

/* Counts by kind: of servers, of relays, and of pings all targets together (its times of round
 * trips are those that can be merged; -1 else). */
struct fleet_sums {
    bool has[SNAPSHOT_KINDS];
    struct event_totals served, relayed;
    struct snapshot_target pinged;
};

struct fleet_life; /* private */

/* One server. To be read only. */
struct fleet_server {
    struct snapshot_topic topic; /* name and place as the broker has them */
    char *label;                 /* "NAME:PLACE", safe text */
    uint32_t generation;         /* of the slot */
    enum snapshot_kind kind;
    struct snapshot *latest; /* of the current life; NULL: none came yet */
    int64_t changed_ns;      /* when `latest` came; 0: the broker had kept it */
    int64_t news_ns;         /* when something new of it came; 0: only what the broker had kept */
    int64_t seen_ns;         /* when it was seen first */
    uint64_t version;        /* differs if anything of it has changed */

    struct snapshot_client *clients; /* of the current life, the busiest first */
    size_t client_count;
    uint64_t clients_known; /* that it has in its table */

    struct pulse received, acked; /* rates; of ping: replies, and none */
    uint64_t restarts;            /* lives before the current one */

    /* ---- private */
    uint32_t next; /* in the index */
    bool is_confirmed, is_presence_known, after_gap;
    struct snapshot_presence presence;
    struct fleet_life *lives;
    size_t life_count, current;
    struct snapshot_life clients_life;
    int64_t clients_taken_ns;
    struct fleet_sums folded;
    uint64_t folded_lives, folded_peak, folded_resets;
    int64_t folded_started_ns;
    unsigned returns; /* a life took its place back */
    int64_t returned_ns;
    uint64_t received_buckets[FLEET_SERVER_SECONDS], acked_buckets[FLEET_SERVER_SECONDS];
};

struct fleet_message {
    uint64_t number;     /* 1 for the first */
    uint32_t server;     /* its slot */
    uint32_t generation; /* of the slot */
    struct snapshot_message message;
};

/* What became of a message of the broker. */
enum fleet_taken {
    FLEET_NEWS,
    FLEET_OLD,       /* it says what is known, or less */
    FLEET_FULL,      /* one server too many */
    FLEET_TOO_LARGE, /* its counts would make a sum overflow */
    FLEET_NO_MEMORY,
    FLEET_TAKENS
};

struct fleet_config {
    uint32_t servers_max;
    enum text_charset charset; /* of labels */
    struct hash_key key;       /* a secret: others choose the names */
};

struct fleet;

/* NULL if memory is short. fleet_close frees (NULL is allowed). */
struct fleet *fleet_open(const struct fleet_config *config);
void fleet_close(struct fleet *fleet);

/* ---- what comes. retained: the broker had kept it */

enum fleet_taken fleet_take_stats(struct fleet *fleet, const struct snapshot_topic *topic,
                                  const struct snapshot *snapshot, bool retained, int64_t now_ns);
enum fleet_taken fleet_take_clients(struct fleet *fleet, const struct snapshot_topic *topic,
                                    const struct snapshot_clients *clients, bool retained,
                                    int64_t now_ns);
enum fleet_taken fleet_take_state(struct fleet *fleet, const struct snapshot_topic *topic,
                                  const struct snapshot_presence *presence, bool retained,
                                  int64_t now_ns);
enum fleet_taken fleet_take_message(struct fleet *fleet, const struct snapshot_topic *topic,
                                    const struct snapshot_message *message, int64_t now_ns);

/* The connection to the broker was made or lost: what is known may be old from then on. */
void fleet_set_connected(struct fleet *fleet, bool connected, int64_t now_ns);

/* The broker has stopped answering (silent), or answers again, with the same connection: until then
 * nobody knows what the servers do. */
void fleet_set_silent(struct fleet *fleet, bool silent, int64_t now_ns);

/* Forgets a server with its counts, which leave the sums. */
void fleet_forget(struct fleet *fleet, uint32_t slot);

/* ---- what is known */

/* Slots are below it; some may be unused. */
uint32_t fleet_end(const struct fleet *fleet);
/* How many servers there are. */
uint32_t fleet_count(const struct fleet *fleet);
/* NULL: the slot is not in use. */
const struct fleet_server *fleet_server(const struct fleet *fleet, uint32_t slot);
/* The slot of a server, UINT32_MAX: there is none. */
uint32_t fleet_find(const struct fleet *fleet, const struct snapshot_topic *topic);

enum fleet_state fleet_state(const struct fleet *fleet, const struct fleet_server *server);

/* Whether two programs use its name: lives took their place back twice within the last minute. */
bool fleet_is_doubled(const struct fleet_server *server, int64_t now_ns);

/* The sums of its lives. What is no count but a state (clients, queues) is that of the current life,
 * and of a server that ended or died none. */
void fleet_sum_server(const struct fleet_server *server, struct fleet_sums *out);

/* The same of all servers. */
void fleet_sum(const struct fleet *fleet, struct fleet_sums *out);

/* How many are in each state. */
void fleet_count_states(const struct fleet *fleet, uint32_t counts[FLEET_STATES]);

/* How many servers the broker has sent something of, but no figures for some seconds: the sums lack
 * them. */
uint32_t fleet_count_unreported(const struct fleet *fleet, int64_t now_ns);

/* Datagrams a second of all servers: received (of relays from clients), and acked or forwarded. */
const struct pulse *fleet_received(const struct fleet *fleet);
const struct pulse *fleet_acked(const struct fleet *fleet);

/* The mean rate of the seconds that every server has reported. Of all servers together ... */
double fleet_rate(const struct fleet *fleet, const struct pulse *pulse, int64_t now_ns);
/* ... or of one: received or acked. FLEET_RATE_UNKNOWN if the broker is away or has
 * been there for too short a time, or if that server is
 * gone or stale: nobody knows what it does now. */
double fleet_server_rate(const struct fleet *fleet, const struct fleet_server *server,
                         const struct pulse *pulse, int64_t now_ns);
/* As units_rate; "-": it is not known. */
const char *fleet_rate_text(double rate, char *out, size_t size_bytes);

/* The samples: age 0 is the newest. NULL: there is none of that age. */
const struct fleet_message *fleet_message(const struct fleet *fleet, size_t age);
size_t fleet_message_count(const struct fleet *fleet);
/* That came since the start. */
uint64_t fleet_messages_seen(const struct fleet *fleet);

/* Messages of the broker by what became of them. */
uint64_t fleet_taken(const struct fleet *fleet, enum fleet_taken taken);

/* Differs from before if anything may have changed. */
uint64_t fleet_version(const struct fleet *fleet);

#endif
