/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* session: shared by the files of this folder: the session itself, its channels and its
 * failures. */
#ifndef UDPTUI_CLIENT_SESSION_INTERNAL_H
#define UDPTUI_CLIENT_SESSION_INTERNAL_H

#include "udptui/base/measured.h"
#include "udptui/client/message.h"
#include "udptui/client/session.h"
#include "udptui/net/batch.h"
#include "udptui/net/icmp.h"
#include "udptui/net/resolve.h"
#include "udptui/net/udp.h"
#include "udptui/sys/clock.h"

enum {
    SESSION_SLOTS = 16, /* datagrams received in one call */
    SESSION_KEPT_MAX = 64,
    SESSION_BOUND_MAX = 16,
    SESSION_WHY_SIZE = 320,
    SESSION_STAMPS_MAX = 64, /* datagrams of a channel whose time of sending may come yet */
};

/* A datagram that the kernel may yet say of when it left. */
struct session_stamp {
    uint64_t seq;
    int64_t sent_app_ns; /* just before the call, CLOCK_MONOTONIC */
    uint32_t number;     /* the kernel's, of the channel's datagrams */
};

struct session_channel {
    struct udp_socket socket; /* fd -1: not open */
    struct endpoint target;
    struct endpoint source; /* the socket's own address and port, as far as it is known */
    bool several;           /* many hosts may reply */
    bool miscounted;        /* a send failed: the kernel may have given it a number */
    uint32_t sends;         /* that the kernel took, since its numbers began: the next number */
    uint32_t stamped;       /* behind the latest number whose time came */
    struct session_stamp stamps[SESSION_STAMPS_MAX]; /* by number, modulo */
};

/* A payload that may have to be sent again. */
struct session_kept {
    uint64_t seq;
    uint8_t *bytes;
    size_t size_bytes;
    char why[SESSION_WHY_SIZE]; /* the ICMP error received for it, "": none */
};

struct session {
    struct session_options options;
    struct session_listener listener;
    struct call_trace trace; /* of all sockets, towards the listener */
    struct endpoint target;
    struct endpoint bind;                     /* ENDPOINT_NONE: not set */
    struct endpoint source;                   /* what the kernel sends from to the target; port 0 */
    struct endpoint bound[SESSION_BOUND_MAX]; /* targets so far, with a port in bind */
    size_t bound_targets;
    uint8_t ports_used[65536 / 8]; /* a bit for each port that a socket of ours had */
    struct session_channel channels[SESSION_CHANNELS_MAX];
    struct batch_receiver *receiver;
    struct batch_sender *sender;
    struct pending *pending;
    struct measured *times;
    struct clock_pair clocks;
    struct session_kept kept[SESSION_KEPT_MAX]; /* with --retry, by seq */
    struct send_totals totals;
    uint64_t dropped_before; /* by the kernel, from the queues of sockets that are closed now */
    uint8_t filled[MESSAGE_SIZE]; /* with --fill: the message that is being sent */
};

/* Counts a result and hands it to the listener. (session.c) */
void session_report(struct session *session, const struct result *result);

/* ---- channels.c. error: UDP_ERROR_SIZE */

/* How many channels the options need and the process's descriptors allow. */
uint32_t channels_wanted(const struct session_options *options);

/* Opens a socket for the first address that allows it; that address becomes the target. */
bool channels_open_target(struct session *session, const struct resolve_result *result,
                          struct session_channel *channel, char *error);

/* The same in place of the current target, whose next channel is `old`; with a fixed port, its
 * socket is closed first and opened again if the new one fails. */
bool channels_change_target(struct session *session, const struct resolve_result *result,
                            uint32_t old, struct session_channel *channel, char *error);

/* The channel becomes number `number`, for the next datagram. */
void channels_install(struct session *session, uint32_t number,
                      const struct session_channel *channel);

/* The channel for the next datagram, with a fresh socket in it if proto/pending requires one. There
 * must be room. */
bool channels_next(struct session *session, uint32_t *number, char *error);

/* A new socket in the channel, after the machine has lost the address or interface of the old one.
 * error describes the problem with the source address, route or interface. */
bool channels_reopen(struct session *session, uint32_t number, char *error);

void channels_close(struct session *session, struct session_channel *channel);
void channels_close_all(struct session *session);

/* Closes channels whose datagrams cannot be matched any more. */
void channels_close_forgotten(struct session *session);

/* Datagrams that the kernel dropped because our receive queues were full. */
uint64_t channels_dropped(const struct session *session);

/* ---- failures.c: why there is no reply, as far as is known */

/* The largest payload the target's family allows. */
size_t failures_payload_max(const struct session *session);

/* Reports a datagram that was not sent. */
void failures_report(struct session *session, uint64_t seq, size_t size_bytes,
                     enum result_status status, const char *why);

/* The same from the errno of the send. */
void failures_report_errno(struct session *session, const struct session_channel *channel,
                           uint64_t seq, size_t size_bytes, int error);

/* Reports a datagram without a reply in time. */
void failures_report_silence(struct session *session, const struct pending_request *request);

/* Takes the ICMP errors that came back on a channel and returns how many. Each ends the datagram
 * that it quotes, or the oldest that waits there, unless that one will be sent again (--retry). */
size_t failures_take_icmp(struct session *session, uint32_t channel);

/* Takes the kernel's times of sending that are awaited on a channel, and the ICMP errors that stand
 * before them. */
void failures_take_stamps(struct session *session, uint32_t channel);

/* ---- stamps.c: the kernel's times of sending (session_options.send_stamps; without it, these do
 * nothing) */

/* A datagram is about to be sent by the channel. */
void stamps_prepare(const struct session *session, struct session_channel *channel);

/* It was, or the kernel refused. sent_app_ns: just before the call, as it is given to proto/pending
 * afterwards. */
void stamps_note_sent(const struct session *session, struct session_channel *channel, uint64_t seq,
                      int64_t sent_app_ns);
void stamps_note_failed(struct session_channel *channel);

/* A time that came. What cannot be that of the datagram is left out. */
void stamps_take(struct session *session, uint32_t channel, const struct icmp_stamp *stamp);

/* Whether there is one to come soon. */
bool stamps_are_awaited(const struct session *session, uint32_t channel);

/* ---- replies.c */

/* Receives on a channel, in a bounded number of batches. */
void replies_take(struct session *session, uint32_t channel);

/* ---- record.c: the datagram as a record, to the listener. wall_ns: just before it was sent */
void session_record_sent(const struct session *session, const struct session_channel *channel,
                         const uint8_t *bytes, size_t size_bytes, int64_t wall_ns);
void session_record_received(const struct session *session, const struct datagram *datagram);

#endif
