/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * snapshot: what a program publishes about itself through a broker: its state, not its events, so
 * that a message that is lost or comes twice changes no total. Plain data; output/snapshot writes
 * and reads its JSON.
 *
 * Topics (MQTT 3.1.1, section 4.7): PREFIX/v1/NAME/PLACE/PART, one message each:
 *   stats     struct snapshot, retained; cumulative since the last reset
 *   clients   struct snapshot_clients, retained; the busiest
 *   state     struct snapshot_presence, retained; the broker writes "gone" in a dead program's name
 *   messages  struct snapshot_message, samples, not retained
 * PLACE is the first port of a server or a relay, "ping-ADDRESS:PORT" of the first target of ping.
 *
 * A life is a boot (random at each start) and a number of resets: counts grow within a life and
 * begin at zero with the next one. Times are CLOCK_REALTIME of the program's machine in ns.
 */
#ifndef UDPTUI_PROTO_SNAPSHOT_H
#define UDPTUI_PROTO_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/proto/event.h"
#include "udptui/proto/figure.h"
#include "udptui/proto/roster.h"

enum snapshot_kind { SNAPSHOT_SERVE, SNAPSHOT_RELAY, SNAPSHOT_PING, SNAPSHOT_KINDS };

enum snapshot_state {
    SNAPSHOT_RUNNING,
    SNAPSHOT_ENDED, /* it was stopped; its last stats are final */
    SNAPSHOT_GONE,  /* it died, or the broker cannot reach it */
    SNAPSHOT_STATES
};

enum snapshot_part {
    SNAPSHOT_STATS,
    SNAPSHOT_CLIENTS,
    SNAPSHOT_STATE,
    SNAPSHOT_MESSAGES,
    SNAPSHOT_PARTS
};

/* The words of the JSON and of the topics. */
extern const char *const snapshot_kind_words[SNAPSHOT_KINDS];   /* "serve", "relay", "ping" */
extern const char *const snapshot_state_words[SNAPSHOT_STATES]; /* "running", "ended", "gone" */
extern const char *const snapshot_part_words[SNAPSHOT_PARTS];   /* "stats", ... */

enum {
    SNAPSHOT_LEVEL_SIZE = 128,   /* NAME or PLACE */
    SNAPSHOT_PREFIX_SIZE = 256,  /* may have several levels */
    SNAPSHOT_TOPIC_SIZE = 640,   /* any topic */
    SNAPSHOT_TEXT_SIZE = 256,    /* the listening addresses */
    SNAPSHOT_CLIENTS_MAX = 32,   /* the busiest that are published */
    SNAPSHOT_TARGETS_MAX = 16,   /* of ping */
    SNAPSHOT_PAYLOAD_MAX = 1024, /* stored bytes of a sampled message; its size is exact */
};

/* No count is above it: at ten billion a second that takes 83 days. The sum of 256 such counts does
 * not overflow. */
#define SNAPSHOT_COUNT_MAX (UINT64_C(1) << 56)

struct snapshot_life {
    uint64_t boot; /* never 0 */
    uint64_t resets;
};

/* One target of ping: probe/probe's figures, as far as they can be merged or compared. */
struct snapshot_target {
    char target[SNAPSHOT_TEXT_SIZE]; /* "192.0.2.1:4010", safe text */
    uint64_t sent, received, late, lost, waiting, duplicates, reordered, failed, not_sent;
    uint64_t rtts; /* round-trip times that were measured */
    int64_t rtt_min_ns, rtt_mean_ns, rtt_p50_ns, rtt_p90_ns, rtt_p99_ns, rtt_max_ns; /* -1: none */
    int64_t rtt_sum_ns; /* not published; -1: not known */
};

/* The figures of struct snapshot_target. */
extern const struct figures snapshot_target_figures;

struct snapshot {
    enum snapshot_kind kind;
    struct snapshot_life life;
    int64_t started_ns, taken_ns;
    char listening[SNAPSHOT_TEXT_SIZE]; /* "127.0.0.1:4010, [::1]:4010"; of a relay also " to
                                         * TARGET"; safe text */
    bool privacy;                       /* clients have numbers instead of addresses */
    /* Of a server or a relay, of all engines. since_ns and now_ns are 1 and 1 + the time that was
     * counted, or both 0: so event_totals_bits_per_s holds. engine, queues and what a summary does
     * not show are 0. */
    struct event_totals totals;
    size_t target_count; /* of ping */
    struct snapshot_target targets[SNAPSHOT_TARGETS_MAX];
};

struct snapshot_client {
    /* slot is its place in the list. peer: ENDPOINT_NONE with --privacy; without a zone, which is
     * of another machine. Times are CLOCK_REALTIME, 0: not known. */
    struct event_client record;
    char label[ROSTER_TEXT_SIZE]; /* its address, or its number with --privacy; safe text */
    char name[ROSTER_NAME_SIZE];  /* its own name in a class, "" if it has none; safe text */
};

struct snapshot_clients {
    enum snapshot_kind kind;
    struct snapshot_life life;
    int64_t taken_ns;
    size_t count;   /* of clients */
    uint64_t known; /* clients that the program has in its table, these included */
    struct snapshot_client clients[SNAPSHOT_CLIENTS_MAX]; /* most received first */
};

struct snapshot_presence {
    enum snapshot_state state;
    enum snapshot_kind kind;
    uint64_t boot;   /* the "gone" of an old boot says nothing about a new one */
    int64_t wall_ns; /* when it was written; 0: not known, as of "gone" */
};

struct snapshot_message {
    enum snapshot_kind kind;
    uint64_t boot;
    struct event_message event;   /* stored_bytes of payload, no reply. slot, generation: 0. from as
                                   * peer above */
    char label[ROSTER_TEXT_SIZE]; /* as above */
    char name[ROSTER_NAME_SIZE];
    uint8_t payload[SNAPSHOT_PAYLOAD_MAX];
};

/* The table of the totals of this kind; of ping that of its targets. */
const struct figures *snapshot_figures(enum snapshot_kind kind);

/* The same of a struct event_client; ping has none. */
const struct figures *snapshot_client_figures(enum snapshot_kind kind);

/* ---- topics */

struct snapshot_topic {
    char name[SNAPSHOT_LEVEL_SIZE];  /* as in the topic: raw bytes of the broker */
    char place[SNAPSHOT_LEVEL_SIZE]; /* the same */
    enum snapshot_part part;
};

/* A name as one level of a topic: '+', '#', '/', '$' at the beginning, control characters and what
 * is not UTF-8 become '-'; cut to SNAPSHOT_LEVEL_SIZE at a whole character; "-" if nothing is left.
 * Returns out. */
const char *snapshot_clean_level(const char *name, char *out);

/* "PREFIX/v1/NAME/PLACE/PART". Levels are written as they are. Returns out (SNAPSHOT_TOPIC_SIZE). */
const char *snapshot_format_topic(const char *prefix, const struct snapshot_topic *topic,
                                  char *out);

/* False: it is none of ours: another prefix, version or part, or a level that is too long. */
bool snapshot_parse_topic(const char *prefix, const char *text, struct snapshot_topic *out);

/* "PREFIX/v1/+/+/PART", to subscribe to all programs. Returns out (SNAPSHOT_TOPIC_SIZE). */
const char *snapshot_format_subscription(const char *prefix, enum snapshot_part part, char *out);

#endif
