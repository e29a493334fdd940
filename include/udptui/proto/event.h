/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * event: what the engine reports to the other threads, as records of a ring.
 *
 * Client and totals records carry CUMULATIVE counts, so the next record makes up for one that is
 * skipped while the ring is full. Only message records stand alone; those that did not fit are
 * counted in totals.messages_skipped.
 */
#ifndef UDPTUI_PROTO_EVENT_H
#define UDPTUI_PROTO_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/proto/call.h"
#include "udptui/proto/checksum.h"
#include "udptui/proto/counts.h"
#include "udptui/proto/endpoint.h"
#include "udptui/proto/fate.h"
#include "udptui/proto/figure.h"

enum event_kind {
    EVENT_MESSAGE, /* struct event_message, then stored_bytes of payload, then ack_stored_bytes of
                    * the reply's */
    EVENT_CLIENT,  /* struct event_client */
    EVENT_TOTALS,  /* struct event_totals */
    EVENT_RESET,   /* struct event_reset: the engine's counts are zero again, forget its rows */
    EVENT_STOPPED, /* struct event_stopped: the engine's last record */
    EVENT_CALL,    /* struct call: a system call on a socket */
    EVENT_MEMBERSHIP,  /* struct event_membership: a multicast group was lost or joined again */
    EVENT_ICMP,        /* struct event_icmp: a relay got an ICMP error from the target's side */
    EVENT_TARGET,      /* struct event_target: the name of a relay's target was looked up again */
    EVENT_QUESTION,    /* of a class (proto/quiz_event): struct event_question */
    EVENT_STUDENT,     /* struct event_student */
    EVENT_QUIZ_TOTALS, /* struct event_quiz_totals */
    EVENT_QUIZ_NOTE,   /* struct event_quiz_note: something happened, for lines and logs */
};

enum ack_status {
    ACK_SENT,
    ACK_HELD,      /* why_held says why */
    ACK_FAILED,    /* error is the errno */
    ACK_MANUAL,    /* not an ack: a message that was typed to the client (key r) */
    ACK_WAITING,   /* not settled: still in the simulated network (impairments); in a capture: no
                  * reply seen yet */
    ACK_UNSEEN,    /* the capture holds no reply: whether one was sent, and where it was lost, is
                  * unknown */
    ACK_UNASKED,   /* not a request: sent by the server without a request in the capture */
    ACK_MORE,      /* not a request: another datagram of the server after its reply to `number` */
    ACK_FORWARDED, /* of a relay: it was sent to the target or to the client */
    ACK_STATUSES
};

/* The words for a status. */
struct ack_status_row {
    const char *word;  /* of a filter: "acked", "held" */
    const char *json;  /* of the JSON: the same except for "sent", which a filter also accepts */
    const char *line;  /* of a line and of a detail: "HELD", "no reply seen" */
    const char *brief; /* of a narrow column */
};

extern const struct ack_status_row ack_status_rows[ACK_STATUSES];

enum message_flag {
    MESSAGE_TRUNCATED = 1 << 0, /* longer than our receive buffer (MSG_TRUNC) */
    MESSAGE_BROADCAST = 1 << 1, /* sent to a broadcast address */
    MESSAGE_MULTICAST = 1 << 2, /* sent to a multicast group */
    MESSAGE_CUT = 1 << 3,       /* our ack was cut to 3 times the request ("size") */
    MESSAGE_REPLAYED = 1 << 5,  /* from a capture: times are those at the capturing host */
    MESSAGE_OPEN = 1 << 6,      /* may be reported again (MESSAGE_UPDATE), though not ACK_WAITING */
    MESSAGE_AMBIGUOUS = 1 << 7, /* from a capture: the ack may belong to another message */
    MESSAGE_UPDATE = 1 << 4,    /* settles the message of this number that was ACK_WAITING */
    MESSAGE_BACKWARDS = 1 << 8, /* from a capture: stamped before a datagram before it */
    MESSAGE_FEWER = 1 << 10,    /* copies or more were not sent: beyond 3 times the request */
    MESSAGE_CROWDED = 1 << 9,   /* from a capture: it was pushed out of the window of requests
                                 * early */
    MESSAGE_UNTIMED = 1 << 11,  /* from a capture: it has no time; wall_ns is that of one before */
};

/* A flag that is reported about the datagram itself. */
struct message_mark {
    enum message_flag flag;
    const char *key;    /* of the JSON */
    const char *line;   /* of a line, in brackets */
    const char *detail; /* a clause; NULL: it depends on more than the flag */
};

enum { MESSAGE_MARKS = 5 };
extern const struct message_mark message_marks[MESSAGE_MARKS];

enum { EVENT_UNKNOWN = -1 }; /* hop_limit, traffic_class, service_ns, rtt_ns: not known */

/* Which way a datagram passed through a relay. */
enum event_direction {
    DIRECTION_NONE,      /* not of a relay: received by a server */
    DIRECTION_TO_TARGET, /* from the client */
    DIRECTION_TO_CLIENT, /* from the target */
};

/* How a relay found the request that a datagram of the target answers. */
enum event_match {
    MATCH_NONE,  /* it is not known, or none waited for a reply */
    MATCH_ALONE, /* it was the only one of its session that waited for a reply */
    MATCH_ID,    /* both have the same transaction number: DNS, STUN, CoAP */
    MATCH_ORDER, /* it was the oldest of several that waited, or left of such: this may be wrong */
};

/* What a message of a relay has besides. All zero: it is of a server. */
struct event_relayed {
    uint8_t direction;       /* enum event_direction */
    uint8_t match;           /* enum event_match, with DIRECTION_TO_CLIENT */
    uint16_t target_index;   /* which of the relay's targets, from 0 */
    uint64_t request;        /* the number of the request, 0 with MATCH_NONE */
    int64_t rtt_ns;          /* from the send of the request to the kernel's receive time of this,
                              * EVENT_UNKNOWN; the target's, and of the network between */
    struct endpoint target;  /* the target's address and port */
    struct endpoint session; /* our address and port towards the target; ENDPOINT_NONE: no session
                              * was opened for the datagram */
};

struct event_message {
    uint8_t kind;   /* EVENT_MESSAGE */
    uint8_t engine; /* which engine thread, 0-based */
    uint8_t status; /* enum ack_status */
    uint8_t why_held;
    uint16_t flags;        /* enum message_flag, or-ed */
    int16_t hop_limit;     /* TTL or hop limit, EVENT_UNKNOWN */
    int16_t traffic_class; /* TOS or traffic class octet, EVENT_UNKNOWN */
    uint32_t slot;         /* the client's row, see event_client */
    uint32_t generation;
    int32_t error;             /* errno with ACK_FAILED */
    uint32_t size_bytes;       /* of the received datagram */
    uint32_t stored_bytes;     /* of it that follow this record */
    uint32_t ack_bytes;        /* of the reply, 0: none was sent */
    uint32_t ack_stored_bytes; /* of it that follow the payload */
    uint64_t number;           /* 1 for the first datagram the engine received; 0 with ACK_MANUAL,
                            * ACK_UNASKED, and ACK_FAILED of a message that was typed */
    int64_t wall_ns;           /* received, CLOCK_REALTIME: the kernel's time if it gives one */
    int64_t service_ns;   /* from the kernel's receive time to just before the call that sent the
                           * ack, EVENT_UNKNOWN */
    struct endpoint from; /* the client */
    struct endpoint to;   /* our address and port that received it; in a capture: the server's */
    struct endpoint ack_from;     /* the sender of the reply, ENDPOINT_NONE: the endpoint that the
                               * request was sent to */
    uint16_t ack_port;            /* of the client that the reply went to, 0: the one of from */
    struct event_relayed relayed; /* of a relay. Then `from` is the client and `to` our address and
                                   * port that it sends to, in both directions; there is no reply
                                   * in the record, and service_ns is the time within the relay */
    struct fate fate; /* what the impairments did to it; of a relay: `requests` alone, in either
                       * direction */
    struct checksum_seen checksum, ack_checksum; /* of UDP, from a capture; not available in an
                                                  * engine */
    uint8_t fragments;         /* of a capture: IP packets it came in, 0: it was not fragmented */
    uint64_t frame, ack_frame; /* of a capture, from 1: the frames of the datagram and its reply; of
                                * a fragmented one that with its time. 0: none */
};

/* Round-trip times of a relay's target that are certain (MATCH_ALONE, MATCH_ID). */
struct event_rtts {
    uint64_t count;
    int64_t sum_ns, min_ns, max_ns, last_ns; /* 0 if count is 0 */
};

struct event_client {
    uint8_t kind;        /* EVENT_CLIENT */
    uint8_t engine;      /* which engine thread, 0-based */
    uint32_t slot;       /* row, 0 .. clients capacity - 1; reused by a new client */
    uint32_t generation; /* differs if the slot has another client now */
    struct endpoint peer;
    struct endpoint server;  /* of a capture: the latest server that it exchanged datagrams with */
    bool several_servers;    /* it is not the only one */
    struct counts counts;    /* of a relay: from the client to the target; acked is forwarded */
    struct counts back;      /* of a relay: from the target to the client, in the same way; all zero
                             * for a server */
    struct endpoint target;  /* of a relay; `server` is our address and port that it sends to */
    struct endpoint session; /* of a relay: our address and port towards the target; ENDPOINT_NONE
                              * if none is open: the session was idle, or could not be opened */
    struct event_rtts rtts;  /* of a relay */
    uint64_t icmp_errors;    /* of a relay: ICMP errors that came for its datagrams */
    int64_t first_ns;        /* CLOCK_MONOTONIC of its first and latest datagram */
    int64_t last_ns;
};

struct event_totals {
    uint8_t kind;             /* EVENT_TOTALS */
    uint8_t engine;           /* which engine thread, 0-based */
    uint32_t clients;         /* in the table now */
    uint64_t clients_evicted; /* no longer in the table; their counts are in evicted */
    struct counts counts;     /* all, the evicted included; of a relay: to the target */
    struct counts evicted;
    struct counts back, back_evicted; /* of a relay: to the client, in the same way */
    uint32_t sessions;                /* of a relay: open now, each with a socket */
    uint64_t sessions_opened;         /* of a relay */
    uint64_t sessions_idle;           /* of a relay: that ended after --idle */
    uint64_t icmp_errors;             /* of a relay */
    uint64_t back_dropped; /* of a relay: of the sockets towards the target, receive queue overflow
                                 * and what was unread when a session ended */
    bool back_dropped_at_least; /* as dropped_at_least */
    uint32_t back_waiting;  /* of a relay: datagrams to the client in the simulated network; those
                             * to the target are in `waiting` */
    struct event_rtts rtts; /* of a relay */
    int64_t rtt_p50_ns, rtt_p99_ns; /* percentiles of the same times; 0 if there are none */
    uint64_t acks_cut;              /* shortened to 3 times the request */
    uint64_t copies;                /* acks sent beyond a message's first (duplication) */
    uint64_t copies_left_out;  /* acks after the first that were not sent (some are more_held) */
    uint32_t waiting;          /* messages in the simulated network: not in counts yet */
    uint64_t queue_bytes;      /* in the sockets' receive queues now, as the kernel counts */
    uint64_t queue_capacity;   /* of these queues */
    uint64_t not_logged;       /* lines that --log could not write */
    uint64_t not_published;    /* samples of --publish-messages that could not be sent */
    uint64_t not_chosen;       /* messages that --filter left out of lines and JSON */
    uint64_t records_skipped;  /* datagrams that are missing in the capture file */
    uint64_t manual_sent;      /* sent by hand */
    uint64_t unasked;          /* of a capture: datagrams that are ACK_UNASKED */
    uint64_t more;             /* of a capture: ACK_MORE; of a server: datagrams of answers after
                                * their first */
    uint64_t more_held;        /* such datagrams that were not sent: beyond 3 times the request or
                                * the limit, no room, lost by an impairment, the end */
    uint64_t more_failed;      /* that the kernel refused */
    uint64_t rules_given_up;   /* datagrams for which a regular expression took too long */
    uint64_t uncertain;        /* of a capture: acked with MESSAGE_AMBIGUOUS */
    uint64_t backwards;        /* of a capture: datagrams stamped before one before them */
    uint64_t crowded;          /* of a capture: requests that left the window early */
    uint64_t kernel_dropped;   /* receive queue overflow (SO_MEMINFO's drops) */
    bool dropped_at_least;     /* the kernel counts datagrams that arrived merged (UDP_GRO) once */
    uint64_t messages_skipped; /* message records that did not fit into the ring: counted, not
                                * shown */
    uint64_t receive_errors;   /* failed receive calls */
    int64_t now_ns;            /* CLOCK_MONOTONIC */
    int64_t since_ns;          /* when counting began, on the same clock; 0: not known */
    bool acks_on;
};

/* The engines of a server reset one after the other: what one of them reports between the first reset
 * of a number and its own of that number is still of before. */
struct event_reset {
    uint8_t kind; /* EVENT_RESET */
    uint8_t engine;
    uint64_t resets; /* which reset it is, from 1; larger ones are later */
    /* Of an engine: its totals until then, so that a reader can add them to what follows. */
    struct event_totals before;
};

struct event_stopped {
    uint8_t kind; /* EVENT_STOPPED */
    uint8_t engine;
    int32_t error; /* errno that ended it, 0: it was stopped or finished */
};

struct event_membership {
    uint8_t kind; /* EVENT_MEMBERSHIP */
    uint8_t engine;
    bool joined;   /* joined again; else it was lost with its interface */
    int32_t error; /* errno if joining again failed although the interface is back */
    char interface[ENDPOINT_ZONE_SIZE];
    struct endpoint group; /* port and scope 0 */
    int64_t wall_ns;       /* CLOCK_REALTIME when it was noticed */
};

/* What a router or the target says about datagrams that a relay has forwarded. */
struct event_icmp {
    uint8_t kind; /* EVENT_ICMP */
    uint8_t engine;
    bool ipv6;          /* an ICMPv6 error */
    bool local;         /* raised by this machine, not by an ICMP message: type and code are 0 */
    uint8_t type, code; /* as in struct reason_icmp */
    uint16_t target_index;
    int32_t error; /* errno that the kernel derived from it */
    uint32_t mtu;  /* of the next hop; 0: not known */
    uint32_t slot; /* the client's row */
    uint32_t generation;
    uint64_t number;          /* of the message that it is about; 0: not known */
    int64_t wall_ns;          /* CLOCK_REALTIME when it was noticed */
    struct endpoint offender; /* who sent it; ENDPOINT_NONE if not known. Port 0 */
    struct endpoint target;   /* where the message was sent to */
    struct endpoint from;     /* the client */
};

/* The name of a relay's target was looked up because the target could not be reached. */
enum { EVENT_TARGET_WHY_SIZE = 96 };
struct event_target {
    uint8_t kind; /* EVENT_TARGET */
    uint8_t engine;
    bool found; /* else the name has no address now, and the old one stays */
    bool gone;  /* the old address is no longer one of the name's: its sessions were moved */
    uint16_t target_index;
    char why[EVENT_TARGET_WHY_SIZE]; /* of !found: a clause */
    int64_t wall_ns;                 /* CLOCK_REALTIME */
    struct endpoint before, now;     /* equal if it did not change */
};

/* "239.1.1.1 on eth0", safe text; writes to out (EVENT_MEMBERSHIP_SIZE), returns it. */
enum { EVENT_MEMBERSHIP_SIZE = 256 };
const char *event_membership_text(const struct event_membership *event, char *out, size_t size);

/* Whether it was typed to the client (key r) but could not be sent. */
static inline bool event_is_unsent(const struct event_message *event)
{
    return event->status == ACK_FAILED && event->number == 0;
}

/* Whether it was typed to the client, sent or not. */
static inline bool event_is_by_hand(const struct event_message *event)
{
    return event->status == ACK_MANUAL || event_is_unsent(event);
}

/* Whether a message went, or was to go, from the server to the client: then `from` is its
 * destination. */
static inline bool event_is_from_server(const struct event_message *event)
{
    return event_is_by_hand(event) || event->status == ACK_UNASKED || event->status == ACK_MORE;
}

/* Whether a relay sent or held it. */
static inline bool event_is_relayed(const struct event_message *event)
{
    return event->relayed.direction != DIRECTION_NONE;
}

/* Whether the reply (event->ack_stored_bytes of it) contains the client's address, as with --ack
 * '{from}': then it is hidden if addresses are hidden. */
bool event_ack_names_client(const struct event_message *event, const uint8_t *ack);

/* The same of the payload (event->stored_bytes of it) of another datagram of an answer, ACK_MORE. */
bool event_payload_names_client(const struct event_message *event, const uint8_t *payload);

/* Whether another record of the message may come. */
static inline bool event_may_change(const struct event_message *event)
{
    return event->status == ACK_WAITING || (event->flags & MESSAGE_OPEN);
}

/* The figures of struct event_totals, of a server, of a capture and of a relay. */
extern const struct figures served_figures, captured_figures, relayed_figures;

/* The mean of the round-trip times, below 0 if there is none. */
int64_t event_rtts_mean_ns(const struct event_rtts *rtts);
void event_rtts_note(struct event_rtts *rtts, int64_t rtt_ns);

/* The sum over engines; acks_on if any of them acknowledges. Percentiles are the latter's. */
void event_totals_add(struct event_totals *into, const struct event_totals *from);
struct event_totals event_totals_merge(const struct event_totals *engines, size_t count);

/* Bits of payload received a second, on average since counting began; negative: not known. */
double event_totals_bits_per_s(const struct event_totals *totals);

/* The kind of a record that came out of a ring. */
static inline enum event_kind event_kind_of(const void *record)
{
    return (enum event_kind)(*(const uint8_t *)record);
}

#endif
