/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * engine: the relay's thread. It waits for its sockets alone: the listening ones, and one of each
 * session towards the target.
 *
 * A round takes a batch of datagrams in one direction. Each becomes a passage: consecutive messages
 * of one datagram with one fate, or just one, if the kernel does not take several as one. The
 * passages of a session (to the target), or of a listening socket (to the clients), leave in one
 * call. Then the round is settled: counted, matched with requests, reported and recorded. With
 * impairments a message becomes a flight instead (engine_network.c) and is settled when none of its
 * copies is under way any more. Nothing is counted before it is settled.
 */
#ifndef UDPTUI_RELAY_ENGINE_INTERNAL_H
#define UDPTUI_RELAY_ENGINE_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>

#include "sessions_internal.h"
#include "udptui/base/ring.h"
#include "udptui/base/rtt.h"
#include "udptui/base/slab.h"
#include "udptui/net/batch.h"
#include "udptui/net/groups.h"
#include "udptui/net/own.h"
#include "udptui/net/udp.h"
#include "udptui/proto/ack.h"
#include "udptui/proto/guard.h"
#include "udptui/proto/impair.h"
#include "udptui/relay/options.h"
#include "udptui/relay/target.h"
#include "udptui/server/engine.h"
#include "udptui/server/membership.h"
#include "udptui/server/publisher.h"
#include "udptui/server/queues.h"
#include "udptui/server/records.h"
#include "udptui/server/server.h"
#include "udptui/server/way.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/lookup.h"

enum {
    PASSAGES_MAX = 2 * ENGINE_BATCH_MAX,
    RELAY_ITEMS_MAX = 1024,
    UNREAD_BATCH = 16,
    RELAY_PORTS = 65536,
    RELAY_FLIGHTS_MAX = 16384,
    RELAY_FLIGHT_BYTES = 64 << 20, /* payload under way */
    RELAY_PARCELS_MAX = 256,
    RELAY_ICMP_A_TICK = 64,
    RELAY_TRAINS_BYTES = 1 << 18, /* of parcels that leave together */
};

/* What is borrowed must live until relay_engine_close. */
struct relay_engine_config {
    const struct relay_options *options; /* borrowed */
    const struct udp_socket *sockets;    /* they listen; borrowed */
    size_t socket_count;
    const struct groups *groups; /* joined by them; copied, and once relay_engine_open succeeds the
                                  * watch is the engine's to close */
    const uint16_t *socket_targets; /* the target of each socket; borrowed */
    const struct relay_target *targets;
    size_t target_count;
    const struct guard_config *guard;
    const struct impair_config *impair;
    const struct server_detail *detail;
    uint32_t clients_max;
    int event_fd;
};

/* Consecutive messages of one datagram with one fate; one alone if they cannot be sent as one, so that
 * it is known which of them the kernel refused. */
struct passage {
    const struct datagram *datagram;
    struct session_handle session;
    uint64_t number; /* of its first message */
    uint32_t first, count;
    uint32_t bytes;  /* payload of them all */
    uint32_t next;   /* the batch's next of the same session, PASSAGES_MAX: none */
    uint32_t failed; /* how many of its last messages the kernel refused */
    int error;       /* their errno, or why no socket could be opened */
    uint8_t status;  /* ACK_FORWARDED, ACK_HELD or ACK_FAILED */
    uint8_t why_held;
    uint8_t hop_limit, traffic_class; /* to send with; 0: the socket's */
    bool given;                       /* to the kernel */
};

/* A message in the simulated network. */
struct relay_flight {
    struct datagram datagram; /* of one message; its bytes are the flight's */
    struct session_handle session;
    uint64_t number;
    int64_t arrived_ns; /* CLOCK_MONOTONIC */
    int64_t came_ns;    /* the same by the kernel's receive time, EVENT_UNKNOWN */
    int64_t service_ns; /* EVENT_UNKNOWN before the first copy left */
    struct fate fate;
    struct transaction_match match;
    uint32_t epoch; /* counts of resets: what is from before a reset is not counted after it */
    uint32_t next;  /* of the free */
    int error;
    uint8_t way; /* enum session_way */
    uint8_t hops, sent;
    uint8_t status, why_held;
    uint8_t hop_limit, traffic_class;
    bool reported; /* as ACK_WAITING */
};

/* A copy that leaves the simulated network now. */
struct parcel {
    uint32_t flight;
    unsigned copy;
    uint8_t *bytes; /* with a flipped bit: its own; NULL: those of the flight */
};

struct relay_engine {
    struct relay_engine_config config;
    struct relay_options options;
    struct udp_socket sockets[ENGINE_SOCKETS_MAX];
    struct relay_target targets[RELAY_TARGETS_MAX];
    uint16_t socket_targets[ENGINE_SOCKETS_MAX];
    struct lookup *lookup; /* the owner's; NULL: no target has a name */
    /* when it may be looked up again; INT64_MAX: that is being done */
    int64_t lookup_next_ns[RELAY_TARGETS_MAX];
    struct call_trace trace;
    struct membership membership;
    struct own own;
    int64_t own_check_ns;
    struct endpoint listeners[ENGINE_SOCKETS_MAX];
    struct guard *guard;
    struct engine_shared shared; /* the limits, and when the simulated network is free */
    struct ack_policy no_ack;    /* what the guard asks for: nothing returns a payload */
    bool forwarding;
    bool segment;
    struct sessions *sessions;
    uint32_t port_slots[RELAY_PORTS]; /* the session that sends from this port of ours, + 1 */
    struct batch_receiver *receiver;
    struct batch_receiver *unread; /* for what a session leaves behind at its end */
    struct batch_sender *sender;
    struct passage passages[PASSAGES_MAX];
    size_t passage_count;
    struct batch_item items[RELAY_ITEMS_MAX];
    uint32_t item_passages[RELAY_ITEMS_MAX];
    size_t item_count;
    uint64_t number;
    struct clock_pair clock;
    int64_t oldest_ns, newest_ns; /* kernel stamps that can be converted, as of relay_wall_ns */
    /* ---- the simulated network */
    struct impair_dice dice;     /* of the impairments in force now */
    struct impair_losses losses; /* the same, of loss alone */
    struct slab *slab;
    struct way *ways[SESSION_WAYS];
    struct relay_flight *flights;
    uint32_t flights_made, flights_free, underway[SESSION_WAYS];
    struct parcel parcels[RELAY_PARCELS_MAX];
    size_t parcel_count;
    uint8_t *trains; /* RELAY_TRAINS_BYTES: parcels of one size, one behind the other */
    size_t trains_used;
    uint32_t epoch;
    /* ---- reports */
    struct publisher publisher;
    struct rtt *rtt;    /* the target's certain round-trip times */
    uint64_t rtt_count; /* how many of them the percentiles of the totals are of */
    uint32_t
        icmp_left; /* ICMP errors that are still reported in this tick; the others are counted */
    struct event_totals totals; /* the part of the totals that is not in sessions */
    uint64_t resets;            /* how often they began anew */
    struct queues queues;
    struct records records;
    /* ---- the thread */
    struct ring *requests;
    int epoll_fd, wake_fd;
    int64_t idle_check_ns;
    pthread_t thread;
    bool started;
    atomic_bool quit_asked;
    bool quit;
    int error;
    atomic_bool ended;
    bool all_reported;
};

/* ---- engine.c */

/* NULL with error (ENGINE_ERROR_SIZE) set. */
struct relay_engine *relay_engine_open(const struct relay_engine_config *config, char *error);

/* Starts the thread. False with error set. */
bool relay_engine_start(struct relay_engine *engine, char *error);

/* Stops the thread if it runs, waits for it and frees all (NULL allowed). */
void relay_engine_close(struct relay_engine *engine);

/* The owner's side, as the functions of relay.h have it; the last ones are in engine_requests.c. */
const void *relay_engine_event(struct relay_engine *engine, size_t *size_bytes);
void relay_engine_release(struct relay_engine *engine);
void relay_engine_quit(struct relay_engine *engine);
bool relay_engine_reset(struct relay_engine *engine);
bool relay_engine_set_forwarding(struct relay_engine *engine, bool on);
bool relay_engine_set_impair(struct relay_engine *engine, const struct impair_config *impair);
bool relay_engine_send(struct relay_engine *engine, uint32_t slot, uint32_t generation,
                       const void *bytes, size_t size_bytes);

/* ---- engine_loop.c */

enum relay_source { SOURCE_SESSION, SOURCE_LISTENER, SOURCE_WAKE, SOURCE_LINKS, SOURCE_LOOKUP };

/* The thread: argument is the struct relay_engine. */
void *relay_run(void *argument);

/* Serves those of the events that are of a session's socket: its ICMP errors, then what came from the
 * target. The datagrams of many sessions leave together, as far as the batch has room. */
void relay_serve_sessions(struct relay_engine *engine, const struct epoll_event *events,
                          size_t count);

/* Completes engine->totals with what is counted elsewhere. */
void relay_gather_totals(struct relay_engine *engine);

/* Rows and totals. */
void relay_publish(struct relay_engine *engine, int64_t now_ns);

/* Watches a descriptor; low, high: 31 and 29 bits that come back with its events. Returns 0 or an
 * errno. */
int relay_watch(struct relay_engine *engine, int fd, enum relay_source source, uint32_t low,
                uint32_t high);

/* ---- engine_sessions.c: their sockets */

/* The session of the datagram, made if there is none; it is now the latest used. */
uint32_t relay_session(struct relay_engine *engine, const struct datagram *datagram,
                       size_t listener, int64_t now_ns);

/* Opens its socket if it has none. Returns 0 or an errno. */
int relay_open_session(struct relay_engine *engine, uint32_t slot);
void relay_close_session(struct relay_engine *engine, uint32_t slot);

/* Whether its socket is connected to the address that its target has now: a lookup may have found
 * another one since. */
bool relay_is_current(const struct relay_engine *engine, const struct session *session);

/* A connected socket keeps its source address, also when the machine has lost it; then sends fail
 * (relay_is_stale of the errno), although a fresh socket works. Gives the session a fresh one, and
 * has its target looked up again; false: it has none now. */
bool relay_renew_session(struct relay_engine *engine, uint32_t slot);
bool relay_is_stale(int error);

/* Counts what the kernel dropped at its receive queue since the last look. */
void relay_look_at_session(struct relay_engine *engine, struct session *session);

/* Ends those that were idle; notes when the next may be. */
void relay_end_idle(struct relay_engine *engine, int64_t now_ns);

/* Whether a datagram from there was sent by one of our own sessions. */
bool relay_is_own(const struct relay_engine *engine, const struct endpoint *peer);

/* The socket's error queue has something. False: the address cannot be reached, and is not the
 * target's any more; the session should be closed, and opens again at its next datagram. */
bool relay_take_errors(struct relay_engine *engine, uint32_t slot);

/* Whether an ICMP error, which the error queue holds, too, may be the errno's cause: one of ICMPv4's
 * or of ICMPv6's (icmp_err_convert and icmpv6_err_convert of the kernel). */
bool relay_is_icmp(int error);

/* ---- engine_targets.c */

bool relay_targets_open(struct relay_engine *engine);

/* A datagram could not be sent to the address that it has now, or an ICMP error came. */
void relay_target_failed(struct relay_engine *engine, uint16_t index);

/* Names were looked up. */
void relay_take_lookups(struct relay_engine *engine);

/* ---- engine_forward.c: rounds in both directions */

/* An ICMP error about other datagrams was returned in place of sending this item, or the rest of it:
 * the error queue has it, too, so what was not sent is sent again. In a batch the error may be that of
 * the item behind it: then there is one more in the way. */
void relay_resend(struct relay_engine *engine, const struct udp_socket *socket,
                  const struct batch_item *item, uint16_t *sent, int *result);

/* Relays a batch of datagrams that came to a listening socket. */
void relay_forward(struct relay_engine *engine, size_t listener, const struct datagram *datagrams,
                   size_t count, int64_t now_ns);

/* Adds datagrams that came from a session's target to the round; relay_finish_back sends it. */
void relay_add_back(struct relay_engine *engine, uint32_t slot, const struct datagram *datagrams,
                    size_t count, int64_t now_ns);
void relay_finish_back(struct relay_engine *engine, int64_t now_ns);

/* ---- engine_network.c: with impairments */

bool relay_network_open(struct relay_engine *engine);
void relay_network_close(struct relay_engine *engine);

/* Changes the impairments; what is under way keeps its fate. */
void relay_use_impair(struct relay_engine *engine, const struct impair_config *impair);

/* Whether datagrams of this direction pass through the simulated network now: not if loss is all
 * that happens to them, and none is under way. */
bool relay_is_impaired(const struct relay_engine *engine, enum session_way way);

/* How many of `count` messages, from the next to be numbered on, have one fate: lost, or not. Only
 * if relay_is_impaired is false. */
size_t relay_count_alike(const struct relay_engine *engine, enum session_way way, size_t count,
                         bool *lost);

/* A message enters the network: message number i of the passage. */
void relay_depart(struct relay_engine *engine, enum session_way way, const struct passage *passage,
                  uint32_t i, int64_t now_ns);

/* Sends what is due. */
void relay_turn(struct relay_engine *engine, int64_t now_ns);
int64_t relay_due_ns(const struct relay_engine *engine);

/* Nothing that is under way will be counted; everything under way is settled (HELD_END). */
void relay_forget_flights(struct relay_engine *engine);
void relay_end_flights(struct relay_engine *engine);

/* ---- engine_report.c: counts, records, the capture file */

/* Counts, matches, reports and records the round's passages. wall_ns: CLOCK_REALTIME right before
 * they were sent. */
void relay_settle(struct relay_engine *engine, enum session_way way, int64_t wall_ns);

/* The same of a flight. */
void relay_settle_flight(struct relay_engine *engine, struct relay_flight *flight);

/* Reports a flight as under way, if there is room for it. */
void relay_report_flight(struct relay_engine *engine, struct relay_flight *flight);

/* A copy of a flight was sent. */
void relay_note_sent(struct relay_engine *engine, struct relay_flight *flight, const uint8_t *bytes,
                     int64_t wall_ns);

/* The request that a datagram of the target answers, and the round-trip time, which is noted if it
 * is certain. session: NULL if it has ended. came_ns: when it came, CLOCK_MONOTONIC,
 * EVENT_UNKNOWN. */
struct transaction_match relay_match(struct relay_engine *engine, struct session *session,
                                     const uint8_t *bytes, size_t size_bytes, int64_t came_ns);

/* A datagram of the session was sent: a record for the capture file, if there is one. hop_limit: as
 * in struct batch_item. */
void relay_record_sent(struct relay_engine *engine, enum session_way way,
                       const struct session *session, uint8_t hop_limit, const uint8_t *bytes,
                       size_t size_bytes, int64_t wall_ns);

/* CLOCK_REALTIME now, for what is sent next. Notes whether the clock was set: before a round's
 * receive times are converted. */
int64_t relay_wall_ns(struct relay_engine *engine);

/* CLOCK_MONOTONIC of the kernel's receive time, EVENT_UNKNOWN if it is none or not certain. */
int64_t relay_monotonic_ns(const struct relay_engine *engine, int64_t wall_ns);

/* ---- engine_requests.c */

/* The thread's side: executes the owner's requests since the last call. */
void relay_take_requests(struct relay_engine *engine);

#endif
