/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * answer: from received datagrams to acks in the send batch, and from the kernel's results to
 * counts.
 *
 * Consecutive messages of one datagram with the same fate are one `run`; acks to one client that
 * are equal are one item of the send batch, also if the clients interleave. A round is: add
 * datagrams until one does not fit, send, settle. Nothing is counted before it is settled, so that
 * received = acked + held + failed holds at every moment.
 */
#ifndef UDPTUI_SERVER_ANSWER_INTERNAL_H
#define UDPTUI_SERVER_ANSWER_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/net/batch.h"
#include "udptui/proto/ack.h"
#include "udptui/proto/datagram.h"
#include "udptui/proto/event.h"
#include "udptui/proto/guard.h"
#include "udptui/proto/impair.h"
#include "udptui/proto/peers.h"
#include "udptui/proto/quiz.h"
#include "udptui/proto/rules.h"

enum {
    ANSWER_RUNS_MAX = 2048,
    ANSWER_ITEMS_MAX = 1024,
    ANSWER_SEGMENTS_MAX = 64, /* UDP_MAX_SEGMENTS of the kernel */
    ANSWER_ARENA_BYTES = 1 << 18,
    ANSWER_LOCALS_MAX = 256,
};

/* A message's way through a simulated network that loses datagrams and does nothing else. */
enum passage {
    PASSAGE_NONE, /* there is no simulated network */
    PASSAGE_ARRIVED,
    PASSAGE_LOST_REQUEST,
    PASSAGE_LOST_ACK
};

/* Consecutive messages of one datagram with one fate. */
struct run {
    const struct datagram *datagram;
    struct peer_handle peer;
    uint64_t number; /* of its first message */
    uint32_t first;  /* message of the datagram */
    uint32_t count;
    uint32_t bytes;     /* payload of them all */
    uint32_t ack_bytes; /* of each reply */
    uint16_t item;      /* with ACK_SENT */
    uint16_t failed;    /* once settled: how many of its last acks the kernel refused */
    int error;          /* their errno */
    uint8_t status;     /* ACK_SENT or ACK_HELD */
    uint8_t why_held;
    uint8_t passage; /* enum passage */
    bool cut;
    const struct ack_policy *policy; /* the policy of its replies */
};

struct answer {
    struct ack_policy policy;
    struct rules *rules; /* rules for other policies; NULL: all messages have this one */
    struct peers *peers;
    struct guard *guard;
    struct quiz *quiz; /* borrowed; NULL: there is none */
    struct batch_sender *sender;
    const struct udp_socket
        *sockets;                   /* that the datagrams come by; NULL: no counters are offered */
    const bool *grouped;            /* by socket: whether several datagrams have come as one */
    struct reflector *reflector;    /* NULL: replies are not numbered by session */
    struct stamp_error clock_error; /* of our wall clock, for replies that hold it */
    int64_t clock_checked_ns;       /* when that was read, CLOCK_MONOTONIC */
    uint64_t seed;                  /* for chances and {random:N} */
    uint64_t rules_given_up;        /* messages for which a regular expression took too long */
    struct peer_handle peer;        /* of the datagram whose messages are added */
    bool loop;                      /* its client seems only to answer our acks */
    bool planned; /* answer_add stopped before a message whose answer is planned */
    bool varies;  /* the policy is no fixed reply: it has a chance or is planned */
    bool acks_on;
    bool finishes;       /* some reply is changed right before it is sent */
    size_t segments_max; /* datagrams an item may have: 1 if the kernel cannot segment */
    uint8_t *repeated;   /* the fixed ack, segments_max times */
    uint64_t number;     /* of the latest message; the engine sets it before each batch */
    uint64_t acks_cut;
    bool lossy; /* messages pass through `losses` */
    struct impair_losses losses;
    uint64_t lost[IMPAIR_WAYS]; /* bit i: of message lost_number + i, for lost_count of them */
    uint64_t lost_number;
    uint32_t lost_count;
    int64_t now_ns;                            /* of the latest datagram, CLOCK_MONOTONIC */
    struct endpoint locals[ANSWER_LOCALS_MAX]; /* our addresses that clients send to */
    uint16_t local_sockets[ANSWER_LOCALS_MAX];
    size_t local_count;
    struct run runs[ANSWER_RUNS_MAX];
    size_t run_count;
    struct batch_item items[ANSWER_ITEMS_MAX];
    uint16_t sent[ANSWER_ITEMS_MAX];
    int results[ANSWER_ITEMS_MAX];
    size_t item_count;
    uint8_t arena[ANSWER_ARENA_BYTES]; /* replies rendered from a template */
    size_t arena_used;
};

/* The decision about one message. */
struct verdict {
    uint8_t status; /* ACK_SENT or ACK_HELD */
    uint8_t why_held;
    uint8_t passage; /* enum passage */
    bool cut;
    uint32_t ack_bytes;
    const struct ack_policy *policy; /* NULL with HELD_OFF */
};

/* The rules (NULL: none) are copied, and the policy is, but for its file and the datagrams after the
 * first; these, table and guard are borrowed. False: memory is short; answer_close must follow
 * either way. */
bool answer_open(struct answer *answer, const struct ack_policy *policy, const struct rules *rules,
                 struct peers *peers, struct guard *guard, bool segment);
void answer_close(struct answer *answer);

/* Numbers the replies of each session by itself, if the policy or a rule has numbered replies
 * (stateful STAMP); without this they have their requests' numbers. False: memory is short. */
bool answer_number_replies(struct answer *answer);

/* Whether it can lose messages by itself: a reply that is rendered has effects also if it is lost.
 */
bool answer_can_lose(const struct answer *answer);

/* The messages of the next batch pass through a network that loses them so; NULL: they do not. */
void answer_set_losses(struct answer *answer, const struct impair_config *impair);

/*
 * Decides on the datagram's messages from `first` on and puts their acks into the send batch.
 * Returns how many messages it took: fewer than there are if the batch is full; then the
 * round must be sent and settled first. It also stops before a message whose answer is planned
 * (ack_is_planned), and sets answer->planned, peer and loop: that message goes through path, and
 * the next call is for the message after it. now_ns: CLOCK_MONOTONIC.
 */
size_t answer_add(struct answer *answer, const struct datagram *datagram, size_t first,
                  size_t socket_index, int64_t now_ns);

/* Whether answers can be planned: by the policy or a rule. */
static inline bool answer_may_plan(const struct answer *answer)
{
    return answer->varies || answer->rules != NULL;
}

/* Hands the send batch to the kernel and counts the result of each run. */
void answer_send(struct answer *answer, const struct udp_socket *socket);

/* Begins the next round: runs and items are gone. */
void answer_clear(struct answer *answer);

/* Whether the item, the latest of the datagram's client, takes one more of its fixed acks: equal ones
 * to and from the same addresses, `repeated`, leave as segments of one. */
static inline bool answer_item_takes(const struct answer *answer, const struct batch_item *item,
                                     const struct datagram *datagram, size_t ack_bytes)
{
    return item->bytes == answer->repeated && item->count < answer->segments_max &&
           item->size_bytes + ack_bytes <= DATAGRAM_PAYLOAD_MAX_IPV4 &&
           endpoint_equal(&item->peer, &datagram->peer) &&
           endpoint_equal(&item->source, &datagram->source);
}

/* ---- its steps, for messages that go through the simulated network (path) */

/* The datagram's client, marked as used, with our address that it sends to. *loop: whether the
 * client seems only to answer our acks (proto/loop). */
struct peer_handle answer_peer(struct answer *answer, const struct datagram *datagram,
                               size_t socket_index, int64_t now_ns, bool *loop);

/* Of a client's row (local), or of what the quiz keeps: the index of the socket that the client sends
 * to, and the address that replies are to come from. ENDPOINT_NONE: the kernel chooses it. */
size_t answer_local_socket(const struct answer *answer, uint16_t local);
struct endpoint answer_local_source(const struct answer *answer, uint16_t local);

/* What the quiz needs of a datagram: its client, which is marked as used, and our address. */
struct quiz_datagram answer_quiz_datagram(struct answer *answer, const struct datagram *datagram,
                                          size_t socket_index, int64_t now_ns);

/* Whether there is anything that could be answered. */
bool answer_has_acks(const struct answer *answer);

/* Decides on a datagram of one message, with every check. number: the message's; loop: as
 * answer_peer set it. */
struct verdict answer_judge(struct answer *answer, const struct datagram *datagram, uint64_t number,
                            bool loop, int64_t now_ns);

/* Notes for proto/loop the text of an ack to a peer of whose port loop_notes_texts is true. */
void answer_note_text(struct answer *answer, struct peer_handle peer, struct loop_text ack,
                      struct loop_text request);
/* Notes for proto/loop that so many acks were sent to a client. now_ns: CLOCK_MONOTONIC. */
void answer_sent(struct answer *answer, struct peer_handle peer, uint64_t acks, int64_t now_ns);

/* Writes the ack to a datagram of one message that was judged ACK_SENT; out: 65,536 bytes.
 * Returns its size; verdict->cut is set if a template was too long. */
uint32_t answer_write(struct answer *answer, const struct datagram *datagram, uint64_t number,
                      struct verdict *verdict, uint8_t *out);

/* One datagram of a planned answer: its policy, its number in the answer from 0 on, and the payload
 * that it may have. */
struct answer_turn {
    const struct ack_policy *policy;
    unsigned turn;
    size_t limit_bytes;
};

/* Writes it, as answer_write; what is changed at sending is not yet. *cut: it did not fit. */
uint32_t answer_write_turn(struct answer *answer, const struct datagram *datagram, uint64_t number,
                           const struct answer_turn *turn, uint8_t *out, bool *cut);

#endif
