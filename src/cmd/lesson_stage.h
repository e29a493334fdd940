/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lesson_stage: where a lesson plays: real sockets on 127.0.0.1, their datagrams as legs of a
 * ladder, and what was found. Errors stick: once something cannot be set up, or the end is
 * asked for, every call returns at once and does nothing, so a lesson checks when it likes
 * (stage_going).
 *
 * One thread plays; another may copy the legs meanwhile. Nothing leaves this machine.
 */
#ifndef UDPTUI_CMD_LESSON_STAGE_H
#define UDPTUI_CMD_LESSON_STAGE_H

#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "udptui/core/event.h"
#include "udptui/core/lesson.h"
#include "udptui/engine/engine.h"
#include "udptui/net/udp.h"
#include "udptui/ui/ladder.h"

#ifndef IPV6_RECVFRAGSIZE
#define IPV6_RECVFRAGSIZE 77 /* linux/in6.h, Linux 4.12 */
#endif

enum {
    STAGE_LEGS_MAX = 512,
    STAGE_SOCKETS_MAX = 16,
    STAGE_MESSAGES_MAX = 96,
    STAGE_PAYLOAD_SIZE = 64,
    STAGE_ERROR_SIZE = 600,
    STAGE_NO_LEG = -1,
};

/* A message as the server's engine told it. */
struct stage_message {
    bool told, settled;
    int64_t sent_ns; /* stage_now_ns, before it was sent */
    struct event_message event;
    uint8_t payload[STAGE_PAYLOAD_SIZE];
    size_t size_bytes;
};

/* The legs of one message. */
struct journey {
    struct ladder_leg legs[FATE_REQUESTS + FATE_ACKS];
    uint16_t late_by[FATE_REQUESTS + FATE_ACKS]; /* how many later ones overtook each */
    size_t count;
};

/* How a lesson is to be played. */
struct stage_config {
    uint64_t seed;   /* of the imagined network */
    int64_t pace_ns; /* between what a class shall see one after the other; 0: at once */
    int stop_fd;     /* readable: come to an end */
};

struct stage {
    struct stage_config config;
    bool stopped;                 /* stop_fd became readable */
    char error[STAGE_ERROR_SIZE]; /* "what: why" where something could not be set up, else "" */
    struct lesson_result result;
    int64_t wall_offset_ns; /* CLOCK_REALTIME - CLOCK_MONOTONIC when it began */

    pthread_mutex_t lock; /* of the legs */
    struct ladder_leg legs[STAGE_LEGS_MAX];
    uint16_t late_by[STAGE_LEGS_MAX];
    size_t leg_count;

    struct udp_socket sockets[STAGE_SOCKETS_MAX];
    size_t socket_count;

    struct engine *engine; /* NULL: no server */
    struct endpoint server;
    atomic_uint_fast64_t numbers;
    int event_fd;
    struct stage_message messages[STAGE_MESSAGES_MAX]; /* [number - 1] */
    uint64_t message_count;                            /* sent to the server */
};

/* It must lie still until stage_close, which ends all and frees all. */
void stage_open(struct stage *stage, const struct stage_config *config);
void stage_close(struct stage *stage);

/* Whether to go on. */
bool stage_going(const struct stage *stage);

/* Notes "what: why" of something that could not be set up (the first counts). */
__attribute__((format(printf, 2, 3))) void stage_fail(struct stage *stage, const char *format, ...);

/* The ladder's clock: CLOCK_MONOTONIC, shifted to the time of day. */
int64_t stage_now_ns(const struct stage *stage);

/* ---- sockets: closed by stage_shut or stage_close. One that is not open has fd -1. */

/* 127.0.0.1, any free port. */
struct endpoint stage_loopback(void);

/* Options may be NULL. */
struct udp_socket *stage_receiver(struct stage *stage, const struct endpoint *local,
                                  const struct udp_options *options);
struct udp_socket *stage_client(struct stage *stage, const struct endpoint *peer, bool connected,
                                const struct udp_options *options);
void stage_shut(struct udp_socket *socket);

/* A port of 127.0.0.1 that was free just now. */
struct endpoint stage_free_port(struct stage *stage);

/* Waits until the descriptor is ready for the events, its error included. False at the deadline. */
bool stage_wait(struct stage *stage, int fd, short events, int64_t timeout_ns);

/* Lets a class look, for the pace of the stage. */
void stage_pause(struct stage *stage);

/* ---- datagrams */

struct stage_datagram {
    const void *bytes;
    size_t size_bytes;
    uint64_t number; /* what belongs together in the ladder */
    const char *label;
    const struct endpoint *to; /* NULL: a connected socket's peer */
    bool to_left;              /* from the server to the client */
};

/*
 * Sends, and notes a leg that is under way, or a dead one where the kernel refused it. *leg
 * (may be NULL): which. Returns 0 or the errno.
 */
int stage_send(struct stage *stage, const struct udp_socket *socket,
               const struct stage_datagram *datagram, int *leg);

struct stage_received {
    ssize_t size_bytes; /* as the call returned it; -1: nothing came */
    bool truncated;     /* MSG_TRUNC */
    bool fragmented;    /* told where the socket has IPV6_RECVFRAGSIZE */
    struct endpoint from;
};

/* Receives the next datagram into so many bytes, waiting up to 2 s for it, or up to timeout_ns. */
struct stage_received stage_receive(struct stage *stage, const struct udp_socket *socket,
                                    void *bytes, size_t size_bytes);
struct stage_received stage_receive_within(struct stage *stage, const struct udp_socket *socket,
                                           void *bytes, size_t size_bytes, int64_t timeout_ns);

/* Nothing waits in the socket's queue. */
bool stage_is_empty(const struct udp_socket *socket);

/* ---- legs (lesson_legs.c) */

int stage_leg(struct stage *stage, const struct ladder_leg *leg);
/* It has arrived now; or it has died. Note: "" or what to say of it, NULL: as it was. */
void stage_arrive(struct stage *stage, int leg, const char *note);
/* It came into the receiver's queue when it was sent. */
void stage_arrive_at_once(struct stage *stage, int leg, const char *note);
void stage_lose(struct stage *stage, int leg, const char *note);

/* Puts these in the place of all legs of a number. */
void stage_replace_legs(struct stage *stage, uint64_t number, const struct journey *journey);

/*
 * Copies the legs, in order of departure. Returns their number. out: STAGE_LEGS_MAX. For any
 * thread.
 */
size_t stage_copy_legs(struct stage *stage, struct ladder_leg *out);

/* ---- a server behind an imagined network (lesson_server.c) */

/*
 * Starts an echoing server with impairments as `serve --impair` takes them; the stage's seed is
 * theirs.
 */
void stage_serve(struct stage *stage, const char *impair);

/*
 * Sends a text to the server from a client connected to it. Returns the message's number, from
 * 1.
 */
uint64_t stage_ask(struct stage *stage, const struct udp_socket *client, const char *text);

/*
 * Asks "#NUMBER", NUMBER in the text so that answers can be told apart. Returns the message's
 * number.
 */
uint64_t stage_ask_number(struct stage *stage, const struct udp_socket *client, int number);

/* The number in the next answer "#NUMBER", 0 where none came within the timeout. */
int stage_hear_number(struct stage *stage, const struct udp_socket *client, int64_t timeout_ns);

/* Takes what the engine has told meanwhile. */
void stage_hear(struct stage *stage);

/* What the engine has told of the message: all there is to tell once it is settled. */
const struct stage_message *stage_message(const struct stage *stage, uint64_t number);

/*
 * Whether the engine has told all there is to tell of the message. One of which it has not told
 * for 5 s is a failure of the stage: datagrams do not get through at all.
 */
bool stage_settled(struct stage *stage, uint64_t number);

/* Waits until all messages so far are settled. */
void stage_settle(struct stage *stage);

/* ---- findings */

void stage_count(struct stage *stage, const char *key, const char *label, int64_t number);
void stage_truth(struct stage *stage, const char *key, const char *label, bool truth);
void stage_numbers(struct stage *stage, const char *key, const char *label, const int32_t *numbers,
                   size_t count);
__attribute__((format(printf, 4, 5))) void stage_words(struct stage *stage, const char *key,
                                                       const char *label, const char *format, ...);
__attribute__((format(printf, 2, 3))) void stage_happened(struct stage *stage, const char *format,
                                                          ...);
/* What must have been so for the lesson to have shown what it says. */
void stage_expect(struct stage *stage, bool met, const char *expectation);

/* "ECONNREFUSED"; "sent" for 0. */
const char *stage_errno_name(int error);

#endif
