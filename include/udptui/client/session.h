/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * send: what the files of `udptui send` share.
 *
 * A session has a target, sockets ("channels": as many as --match needs to tell replies apart), the
 * table of requests that wait, and the figures. Datagrams go in by session_send from a source
 * (operands, a file, lines of stdin) or from the prompt; results come out through the writer.
 */
#ifndef UDPTUI_CLIENT_SESSION_H
#define UDPTUI_CLIENT_SESSION_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "udptui/base/measured.h"
#include "udptui/base/opts.h"
#include "udptui/client/calls.h"
#include "udptui/client/ladder.h"
#include "udptui/net/batch.h"
#include "udptui/net/udp.h"
#include "udptui/output/send.h"
#include "udptui/proto/endpoint.h"
#include "udptui/proto/pending.h"
#include "udptui/proto/result.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/report.h"
#include "udptui/sys/signals.h"

enum {
    SEND_CHANNELS_MAX = PENDING_CHANNELS_MAX,
    SEND_SLOTS = 16, /* datagrams received in one call */
    SEND_KEPT_MAX = 64,
    SEND_BOUND_MAX = 16,
    SEND_PAYLOAD_SIZE = 65536 + 2, /* one more than any datagram takes, and an end of line */
    SEND_WHY_SIZE = 320,
};

enum send_eol { EOL_NONE, EOL_LF, EOL_CRLF, EOL_CR };

/* The words of --eol, by enum send_eol, NULL-terminated (send_source.c). */
extern const char *const send_eol_words[];

struct send_options {
    int time;        /* --time: enum stamp_style */
    int64_t targets; /* how many sessions share the descriptors; 0 counts as 1 */
    int64_t timeout_ns, interval_ns, wait_ns;
    int64_t count, ttl, multicast_ttl, dscp, retry, replies;
    double rate_per_s; /* 0: the next after the answer */
    struct opts_list files;
    const char *bind, *interface, *pcap, *log;
    int eol;    /* enum send_eol */
    int match;  /* enum pending_mode */
    int show;   /* enum payload_show */
    int family; /* enum endpoint_family */
    int hex, escapes, fill, df, no_loop, no_reply, broadcast, json, full, calls, quiet, no_history,
        no_ui, ascii, force;
};

struct send_channel {
    struct udp_socket socket; /* fd -1: not open */
    struct endpoint target;
    struct endpoint source; /* the socket's own address and port, as far as it is known */
    bool several;           /* each of many may answer */
};

/* A payload that may have to be sent again. */
struct send_kept {
    uint64_t seq;
    uint8_t *bytes;
    size_t size_bytes;
    char why[SEND_WHY_SIZE]; /* the ICMP error that came for it, "": none */
};

struct session {
    struct send_options options;
    struct endpoint target;
    struct endpoint bind;   /* ENDPOINT_NONE: nothing was asked for */
    struct endpoint source; /* what the kernel sends from to the target; port 0 */
    struct endpoint other;  /* of the target, another port that answered; ENDPOINT_NONE: none */
    bool prompt;            /* somebody may type /to */
    struct endpoint bound[SEND_BOUND_MAX]; /* targets so far, with a port in bind */
    size_t bound_targets;
    uint8_t ports_used[65536 / 8]; /* a bit for each port that a socket of ours had */
    struct send_channel channels[SEND_CHANNELS_MAX];
    struct batch_receiver *receiver;
    struct batch_sender *sender;
    struct pending *pending;
    uint8_t filled[SEND_PAYLOAD_SIZE]; /* with --fill: the message that is being sent */
    struct measured *times;
    struct clock_pair clocks;
    struct send_kept kept[SEND_KEPT_MAX]; /* with --retry, by seq */
    struct send_totals totals;
    uint64_t dropped_before; /* by the kernel, from the queues of sockets that are closed now */
    const struct send_writer *writer;
    struct send_output output;
    struct send_calls calls;
    struct send_ladder ladder;
    struct recorder *recorder; /* of --pcap, NULL: none */
    struct logfile *log;       /* of --log, NULL: none */
    struct send_output log_output;
    struct signals signals;
    bool recording_failed;
    bool broken;      /* the output cannot be written: */
    int output_error; /* why (errno) */
};

/* ---- targets and sockets (send_session.c) */

/* Opens all. False with the complaint made and *status set; session_close must follow either
 * way. */
bool session_open(struct session *session, const struct send_options *options, const char *target,
                  int *status);
void session_close(struct session *session);

/* Closes the sockets, before the summary: it and the calls tell all then. */
void session_hang_up(struct session *session);

/* Datagrams that the kernel dropped because our receive queues were full. */
uint64_t session_dropped(const struct session *session);

/* Another target, on another socket: what was sent to the old one may still be answered. False,
 * with the old one kept, where that cannot be: why (UDP_ERROR_SIZE). */
bool session_retarget(struct session *session, const char *target, char *why);

/* The channel for the next datagram, with a fresh socket in it if proto/pending asks for one. There
 * must be room. False if it cannot be opened: error (UDP_ERROR_SIZE). */
bool session_next_channel(struct session *session, uint32_t *number, char *error);

/* A new socket in the channel, after the machine has lost what the old one was bound to. False:
 * error (UDP_ERROR_SIZE) names what is wrong with source address, route or interface. */
bool session_reopen(struct session *session, uint32_t number, char *error);

/* ---- talking (send_exchange.c) */

/* Sends one datagram. What becomes of it comes out as results. False where it did not leave. */
bool session_send(struct session *session, const uint8_t *bytes, size_t size_bytes);

/* Descriptors to poll: at most SEND_CHANNELS_MAX. Returns their number. */
size_t session_list_polled(const struct session *session, struct pollfd *out);
/* Takes what has come on them. */
void session_take(struct session *session, const struct pollfd *polled, size_t count);

/* Ends or resends what has waited too long. */
void session_expire(struct session *session, int64_t now_ns);

/* The summary, through the writer. */
void session_summarise(struct session *session);

/* 0 if everything was answered, 1, or 128 + a signal. */
int session_status(const struct session *session);

/* ---- the log (send_log.c); without --log these do nothing */

/* After the signals, and with the calls so far. False with the complaint made and *status set. */
bool session_open_log(struct session *session, int *status);

/* The first target's log is the others' as well. */
void session_share_log(struct session *session, const struct session *first);

void session_log_result(struct session *session, const struct result *result);
void session_log_call(struct session *session, const struct call *call);

void session_log_summary(struct session *session);

/* Of the one that opened it: writes what is left. Returns status, or EXIT_SETUP with the complaint made if
 * lines are missing. */
int session_end_log(struct session *session, int status);

/* ---- recording, where --pcap asks for it (send_record.c) */

/* Makes the file. False with the complaint made and *status set. */
bool session_open_recording(struct session *session, int *status);

/* A datagram that the kernel has taken, wall_ns: just before; and one that came. What finds no
 * room is counted. */
void session_record_sent(struct session *session, const struct send_channel *channel,
                         const uint8_t *bytes, size_t size_bytes, int64_t wall_ns);
void session_record_received(struct session *session, const struct datagram *datagram);

/* Closes the file. Returns status, or EXIT_SETUP with the complaint made. */
int session_end_recording(struct session *session, int status);

/* ---- results (send_result.c) */

/* Counts a result and writes it, unless --quiet. */
void session_report(struct session *session, const struct result *result);

/* Notes that the output cannot be written, where it could not (errno). */
void session_check_output(struct session *session, bool written);

/* The figures so far. */
struct send_totals session_totals(const struct session *session);

/* ---- encoding (send_source.c) */

/* What --eol puts behind each message. */
const char *send_eol_bytes(const struct send_options *options);

/* What a typed line means under the options. Returns NULL, or what is wrong with it. */
const char *send_encode(const struct send_options *options, const char *text, size_t length,
                        uint8_t *out, size_t *size_bytes);

/* With --fill, the message with its fields filled in, valid until the next call; else the bytes
 * themselves. (send_fill.c) */
const uint8_t *session_fill(struct session *session, uint64_t seq, const uint8_t *bytes,
                            size_t *size_bytes);

/* Where datagrams come from without a prompt. */
struct send_source;

enum source_status { SOURCE_ITEM, SOURCE_WAIT, SOURCE_END, SOURCE_BAD };

/* messages: the operands behind the target; without any, --file or the lines of stdin. NULL with
 * the complaint made and *status set. */
struct send_source *source_open(const struct send_options *options,
                                const struct opts_operands *operands, int *status);
void source_close(struct send_source *source);
/* The next payload, valid until the next call. SOURCE_BAD: *why says what is wrong with it. */
enum source_status source_next(struct send_source *source, const uint8_t **bytes,
                               size_t *size_bytes, const char **why);
/* Behind SOURCE_END: why standard input could not be read to its end (errno), or 0. */
int source_error(const struct send_source *source);
/* The descriptor to wait for, -1 where there is none. */
int source_fd(const struct send_source *source);

/* ---- the two ways to run (send_batch.c, send_prompt.c). Exit statuses. */
struct targets; /* send_targets.h */
int send_run_batch(struct targets *targets, struct send_source *source);
int send_run_prompt(struct session *session, const char *target);

#endif
