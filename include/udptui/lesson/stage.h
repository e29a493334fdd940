/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stage: the setting of a lesson: real sockets on 127.0.0.1, their datagrams as legs of a ladder,
 * and the findings. Errors are sticky: after a failed setup or a request to end, every call returns
 * at once and does nothing, so a lesson need not check each call (stage_going).
 *
 * A lesson runs at full speed; the front end reveals the ladder slowly afterwards. So no time
 * includes a pause. Times are the kernel's if it stamps them (SO_TIMESTAMPING, SO_TIMESTAMPNS), on
 * CLOCK_REALTIME like these stamps, as in a capture of the same run. A datagram that is known to
 * have been on the wire, without a time, is marked as reconstructed.
 *
 * Nothing leaves this machine.
 */
#ifndef UDPTUI_LESSON_STAGE_H
#define UDPTUI_LESSON_STAGE_H

#include <netinet/in.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

#include "udptui/lesson/finding.h"
#include "udptui/net/udp.h"
#include "udptui/proto/event.h"
#include "udptui/proto/ladder_leg.h"
#include "udptui/proto/packet.h"
#include "udptui/proto/socket_numbers.h"
#include "udptui/server/engine.h"

enum {
    STAGE_LEGS_MAX = 512,
    STAGE_SOCKETS_MAX = 32,
    STAGE_MESSAGES_MAX = 128,
    STAGE_PAYLOAD_SIZE = 64,
    STAGE_NOTE_SIZE = 24,
    STAGE_ERROR_SIZE = 600,
    STAGE_NO_LEG = -1,
};

/* A reply as the client received it. */
struct stage_answer {
    int64_t wall_ns; /* the kernel's receive time */
    uint8_t payload[STAGE_PAYLOAD_SIZE];
    size_t size_bytes;
};

/* A message to the server, and what the engine reported about it. */
struct stage_message {
    bool reported, settled;
    uint16_t frame;             /* as of a leg */
    bool left_out;              /* of the ladder: stage_leave_out */
    char note[STAGE_NOTE_SIZE]; /* safe text beside its request in the ladder; "": none */
    int64_t sent_ns;            /* the kernel's send time */
    int64_t asked_ns;           /* CLOCK_MONOTONIC, before the call */
    struct event_message event;
    uint8_t payload[STAGE_PAYLOAD_SIZE];
    size_t size_bytes;
    struct stage_answer answers[FATE_ACKS];
    size_t answer_count;
};

/* What was on the wire. */
struct stage_frame {
    struct packet packet; /* the payload is the stage's */
    bool raw;             /* it was captured: the payload is the IP packet, the rest is not known */
};

/* How to run a lesson. */
struct stage_config {
    uint64_t seed;                 /* of the simulated network */
    int stop_fd;                   /* readable: end */
    bool keep_frames;              /* for lesson_capture */
    const struct catalog *catalog; /* of the language of the ladder; NULL: English */
};

struct stage {
    struct stage_config config;
    bool stopped;                 /* stop_fd became readable */
    char error[STAGE_ERROR_SIZE]; /* "what: why" if something could not be set up, else "" */
    struct lesson_result result;
    int64_t wall_offset_ns; /* CLOCK_REALTIME - CLOCK_MONOTONIC when it began */

    struct ladder_leg legs[STAGE_LEGS_MAX];
    size_t leg_count;
    struct stage_frame frames[STAGE_LEGS_MAX]; /* with keep_frames */
    size_t frame_count;

    struct udp_socket sockets[STAGE_SOCKETS_MAX];
    size_t socket_count;

    struct engine *engine; /* NULL: no server */
    struct endpoint server;
    struct engine_shared shared;
    int event_fd;
    struct stage_message messages[STAGE_MESSAGES_MAX]; /* [number - 1] */
    uint64_t message_count;                            /* sent to the server */
};

/* The struct must not move until stage_close, which ends and frees everything. */
void stage_open(struct stage *stage, const struct stage_config *config);
void stage_close(struct stage *stage);

/* Completes the ladder after the lesson: all legs, in order of departure. */
void stage_finish(struct stage *stage);

/* Whether to continue. */
bool stage_going(const struct stage *stage);

/* Notes "what: why" of something that could not be set up (the first counts). */
__attribute__((format(printf, 2, 3))) void stage_fail(struct stage *stage, const char *format, ...);

/* The same for a datagram that was sent, and did not arrive although nothing dropped it. */
void stage_fail_silent(struct stage *stage);

/* The ladder's clock, which is the kernel's stamps' too: CLOCK_REALTIME. */
int64_t stage_now_ns(void);

/* ---- sockets: closed by stage_shut or stage_close. One that is not open has fd -1. */

/* 127.0.0.1, any free port. */
struct endpoint stage_loopback(void);

/* For an engine (stage_serve_as), on loopback: without send times, which no engine reads. Each would wake
 * it for ever (poll(2): POLLERR is reported always). */
struct udp_socket *stage_engine_socket(struct stage *stage);

/* Options may be NULL. */
struct udp_socket *stage_receiver(struct stage *stage, const struct endpoint *local,
                                  const struct udp_options *options);
struct udp_socket *stage_client(struct stage *stage, const struct endpoint *peer, bool connected,
                                const struct udp_options *options);
void stage_shut(struct udp_socket *socket);

/*
 * A receiver and a client that is connected to it, over a loopback whose MTU is 1,500 bytes: this
 * machine's if it has that MTU, else that of a new network namespace (stage_path.c). False if that
 * is not permitted: then both have fd -1.
 */
bool stage_ethernet(struct stage *stage, struct udp_socket **receiver, struct udp_socket **client);

/* A port of 127.0.0.1 that was free just now. */
struct endpoint stage_free_port(struct stage *stage);

/* Waits until the descriptor is ready for the events, its error included. False at the deadline. */
bool stage_wait(struct stage *stage, int fd, short events, int64_t timeout_ns);

/* ---- datagrams */

struct stage_datagram {
    const void *bytes;
    size_t size_bytes;
    uint64_t number; /* the same for datagrams that belong together in the ladder */
    const char *label;
    const struct endpoint *to; /* NULL: a connected socket's peer */
    bool to_left;              /* from the server to the client */
    bool right_gap;            /* with three lines: between the middle and the right one */
};

/*
 * Sends, and notes a leg that is under way since the kernel's send time, or one that never left if
 * the kernel refused it. *leg (may be NULL): which. Returns 0 or the errno.
 */
int stage_send(struct stage *stage, const struct udp_socket *socket,
               const struct stage_datagram *datagram, int *leg);

struct stage_received {
    ssize_t size_bytes; /* as the call returned it; -1: nothing came */
    int64_t wall_ns;    /* the kernel's receive time; without one, the time of the call */
    bool truncated;     /* MSG_TRUNC */
    int fragment_bytes; /* size of the largest fragment if the socket has IP_RECVFRAGSIZE, else 0 */
    struct endpoint from;
};

/* Receives the next datagram into so many bytes, waiting up to 2 s for it, or up to timeout_ns. */
struct stage_received stage_receive(struct stage *stage, const struct udp_socket *socket,
                                    void *bytes, size_t size_bytes);
struct stage_received stage_receive_within(struct stage *stage, const struct udp_socket *socket,
                                           void *bytes, size_t size_bytes, int64_t timeout_ns);

/* Whether the socket's queue is empty. */
bool stage_is_empty(const struct udp_socket *socket);

/* A text of the ladder, a literal, in the language of the stage. */
const char *stage_text(const struct stage *stage, const char *text) __attribute__((format_arg(2)));

/* ---- legs (stage_legs.c). Notes: a text or "", NULL: unchanged. */

int stage_leg(struct stage *stage, const struct ladder_leg *leg);

/* It arrived at wall_ns; it arrived, and the host dropped it. */
void stage_arrive(struct stage *stage, int leg, int64_t wall_ns, const char *note);
void stage_drop(struct stage *stage, int leg, const char *note);

/* Notes an event at one end now, such as a call that returned. The format is translated. */
__attribute__((format(printf, 3, 4))) void stage_happens(struct stage *stage, bool at_left,
                                                         const char *format, ...);

/*
 * A datagram or segment that is known to have been sent, at an unknown time after wall_ns and
 * before the next leg. number: as above.
 */
void stage_reconstruct(struct stage *stage, uint64_t number, bool to_right, int64_t wall_ns,
                       const char *label);

/* ---- what was on the wire, with keep_frames (stage_frames.c) */

/* Each keeps a copy and returns what a leg has as `frame`; 0 without keep_frames. */
uint16_t stage_keep_packet(struct stage *stage, const struct packet *packet);
/* An IP packet as a packet socket saw it. */
uint16_t stage_keep_raw(struct stage *stage, const void *bytes, size_t captured_bytes,
                        size_t original_bytes);
/* What the socket has just sent. */
uint16_t stage_keep_sent(struct stage *stage, const struct udp_socket *socket,
                         const struct stage_datagram *datagram);
/* What the socket has just received. */
uint16_t stage_keep_received(struct stage *stage, const struct udp_socket *socket,
                             const struct stage_received *got, const void *bytes);
/* A reply of the server to a message. */
uint16_t stage_keep_answer(struct stage *stage, const struct stage_message *message,
                           const struct stage_answer *answer);

/* A datagram of that source was received: so that is the address of the socket that sent it. */
void stage_learn_source(struct stage *stage, const struct endpoint *from);

/* The leg's frame; NULL: none was kept. */
const struct stage_frame *stage_frame_of(const struct stage *stage, const struct ladder_leg *leg);

/* Frees the frames that were kept; those of stage_frame_of are gone with them. */
void stage_drop_frames(struct stage *stage);

/* ---- a server behind a simulated network (stage_server.c) */

/*
 * Starts an echoing server with impairments as `serve --impair` takes them; they use the stage's
 * seed.
 */
void stage_serve(struct stage *stage, const char *impair);

/* The same with other replies. If a server runs already it is closed: another path, the next port. */
struct stage_service {
    const char *impair;
    const char *ack;  /* as `serve --ack` takes it */
    const char *rule; /* as `serve --on` takes it; NULL: none */
};
void stage_serve_as(struct stage *stage, const struct stage_service *service);

/*
 * Sends a text to the server from a client connected to it. Returns the message's number, from
 * 1. A send that fails is a failure of the stage.
 */
uint64_t stage_ask(struct stage *stage, const struct udp_socket *client, const char *text);

/*
 * Sends "#NUMBER", with NUMBER in the text so that replies can be distinguished. Returns the
 * message's number.
 */
uint64_t stage_ask_number(struct stage *stage, const struct udp_socket *client, int number);

/* The next reply's text and time. size_bytes -1: none came within the timeout. */
struct stage_received stage_receive_reply(struct stage *stage, const struct udp_socket *client,
                                          char *text, size_t size_bytes, int64_t timeout_ns);

/* Takes the engine's new reports. */
void stage_take_events(struct stage *stage);

/* What the engine has reported about the message so far: everything once it is settled. */
const struct stage_message *stage_message(const struct stage *stage, uint64_t number);

/*
 * Whether the message is settled. A message without a report for 5 s is a failure of the stage:
 * datagrams do not get through at all.
 */
bool stage_settled(struct stage *stage, uint64_t number);

/* Waits until all messages so far are settled. */
void stage_settle(struct stage *stage);

/* Sets the note of a message's request in the ladder. */
__attribute__((format(printf, 3, 4))) void stage_note(struct stage *stage, uint64_t number,
                                                      const char *format, ...);

/* The ladder shows nothing of so many messages from this number on. */
void stage_leave_out(struct stage *stage, uint64_t first, int count);

/* The legs of all messages, except those that are left out. */
void stage_draw_messages(struct stage *stage);

/* ---- values (stage_findings.c): what a step delivers, for the lesson's Facts. Keys are literals; a
 * value replaces an earlier one with its key. */

void stage_count(struct stage *stage, const char *key, int64_t number);
void stage_truth(struct stage *stage, const char *key, bool truth);
void stage_numbers(struct stage *stage, const char *key, const int32_t *numbers, size_t count);
__attribute__((format(printf, 3, 4))) void stage_words(struct stage *stage, const char *key,
                                                       const char *format, ...);

/* "ECONNREFUSED"; "sent" for 0. */
const char *stage_errno_name(int error);

#endif
