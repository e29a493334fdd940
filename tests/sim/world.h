/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * world: a machine that does not exist, for the programs sim_*. The linker's --wrap (ld(1),
 * SIM_CALLS in Makefile.am) puts its calls in place of the C library's: UDP sockets with their
 * queues of datagrams and of errors, ppoll(2), epoll(7), eventfd(2), both clocks, random bytes,
 * memory. This machine's addresses are not known (net/own). Everything between these calls and a
 * program's model is udptui's own code, src/net and src/sys included.
 *
 * All that is left to chance comes from one number, the seed. A thread of udptui is a task here
 * (thread_start): it runs until it waits; then the program's step() checks what must hold and lets
 * something happen, and time moves on until a task has something to do.
 */
#ifndef UDPTUI_TESTS_SIM_WORLD_H
#define UDPTUI_TESTS_SIM_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/base/array.h"
#include "udptui/base/units.h"
#include "udptui/proto/endpoint.h"
#include "udptui/proto/impair.h"

enum {
    SIM_BYTES = 512, /* the most in a datagram, merged ones together */
    SIM_QUEUE = 64,  /* datagrams in a socket's receive queue */
};

/* A datagram on its way to a socket of ours, or several that the kernel has merged (UDP_GRO). */
struct sim_packet {
    int64_t due_ns; /* when it arrives, CLOCK_MONOTONIC */
    struct endpoint from, to;
    int64_t tag; /* the program's own */
    uint32_t size_bytes;
    uint32_t segment_bytes; /* of each but the last; size_bytes: it is one */
    uint8_t hop_limit, traffic_class;
    bool unstamped; /* the kernel gives it no time */
    uint8_t bytes[SIM_BYTES];
};

/* A datagram that has left a socket of ours. */
struct sim_left {
    int fd;
    struct endpoint from, to; /* from: with the address that it leaves from */
    const uint8_t *bytes;
    size_t size_bytes;
    int64_t left_ns; /* CLOCK_MONOTONIC */
    uint8_t hop_limit, traffic_class;
};

/* An ICMP error (RFC 792) about a datagram that left. */
struct sim_icmp {
    int64_t due_ns;
    int error; /* what the kernel makes of it */
    uint8_t type, code;
    struct endpoint offender;
};

/* What a program knows and does. Any may be NULL. */
struct sim_events {
    void (*step)(void); /* all tasks wait */
    void (*left)(const struct sim_left *left);
    /* A receive call gave it to the engine, which can see so many messages in it. */
    void (*taken)(const struct sim_packet *packet, size_t messages);
    /* It found no socket, or a full queue. */
    void (*dropped)(const struct sim_packet *packet, bool full);
    /* A socket was closed with this datagram in its queue. */
    void (*unread)(const struct sim_packet *packet);
};

/* What the seed decides about the machine; percentages. sim_begin sets all but `events` to a
 * machine without faults, with a seed's random numbers. */
struct sim_machine {
    struct sim_events events;
    unsigned send_fails;    /* of the sends */
    unsigned receive_fails; /* of the receive calls */
    unsigned socket_fails;  /* of socket(2) */
    unsigned control_cut;   /* of the datagrams: their control data does not fit */
    unsigned interrupts;    /* of the waits: EINTR */
    unsigned late;          /* of the waits: they end late by up to 200 ms */
    unsigned sleeps;        /* of the waits: the machine sleeps for up to two minutes */
    unsigned clock_steps;   /* of the waits: CLOCK_REALTIME is set, by an hour or less, each way */
    unsigned no_stamps;     /* of the datagrams that leave: their time of sending is not given */
    unsigned port_again;    /* of new ports: the one that was closed last */
    unsigned memory_fails;  /* of 1,000 allocations by a task */
    unsigned queue;         /* datagrams that a receive queue holds, up to SIM_QUEUE */
    bool can_segment, can_group; /* UDP_SEGMENT, UDP_GRO */
    struct endpoint address;     /* of this machine, port 0 */
};

extern struct sim_machine machine;

/* ---- chance and time */

uint64_t sim_draw(void);
unsigned sim_below(unsigned limit); /* 0 .. limit - 1 */
bool sim_percent(unsigned chance);
int64_t sim_now_ns(void);     /* CLOCK_MONOTONIC */
int64_t sim_wall_ns(void);    /* CLOCK_REALTIME */
int64_t sim_stepped_ns(void); /* when CLOCK_REALTIME was set last; INT64_MIN: never */
void sim_advance_ns(int64_t ns);

/* ---- what went wrong, and what happened */

/* Notes the first thing of a world that is wrong. */
__attribute__((format(printf, 1, 2))) void sim_wrong(const char *format, ...);
bool sim_is_wrong(void);

/* Says an event if the program was called with -v. */
__attribute__((format(printf, 1, 2))) void sim_say(const char *format, ...);

/* A time that was measured: -1, unknown, or no longer than the world exists. */
void sim_check_time(int64_t time_ns, const char *what);

/* ---- the network */

/* Sends it on its way, to one of our sockets. False: there is too much on its way. */
bool sim_transmit(const struct sim_packet *packet);

/* An ICMP error about `left` comes. The socket gets it if it asked for errors (IP_RECVERR). */
void sim_refuse(const struct sim_left *left, const struct sim_icmp *icmp);

/* One of some settings of the impairments, or none. */
void sim_draw_impairments(struct impair_config *impair);

/* ---- tasks */

/* Runs what udptui started with thread_start, until all of it has ended. step() must bring that
 * about. */
void sim_run(void);

/* The same for a function of the program's own, beside them. */
void sim_spawn(void *(*run)(void *argument), void *argument);

/* Whether a function's steps are used up (see struct sim_program); each step() counts. */
bool sim_is_over(void);

/* ---- the program */

struct sim_program {
    const char *name, *holds, *planted; /* sim_NAME; what the two tests say */
    void (*play)(void);                 /* one world */
    unsigned steps;                     /* at most, until it must end */
    uint64_t seeds, planted_seeds;      /* that a run without arguments plays */
};

/* Plays one world in which an input decides first, a byte or a few for each chance, and then seed
 * 1. Returns what was wrong, NULL if nothing was; valid until the next world. */
const char *sim_play_input(const struct sim_program *program, const uint8_t *bytes, size_t size);

/* Whether the planted bug is to happen now. */
bool sim_is_planted(void);

/*
 * sim_NAME [-v] [SEED [COUNT]]: without COUNT the world of the seed alone, with -v each of its
 * events. A seed that fails is printed with the number of steps that suffice. Without arguments it
 * plays program.seeds worlds (or SIM_SEEDS of the environment, from SEED on), and then worlds with
 * the planted bug, which must be found.
 */
int sim_main(int argc, char **argv, const struct sim_program *program);

#endif
