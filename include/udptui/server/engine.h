/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * engine: the server's I/O thread. It receives, decides, replies and reports, and waits only for
 * its sockets: never for the terminal, a file, a name lookup or a lock.
 *
 * It reports through a ring of proto/event records, and writes the owner's eventfd when there is a
 * new record (several engines may share it). Requests come through a second ring. One thread may
 * read the events and make requests.
 */
#ifndef UDPTUI_SERVER_ENGINE_H
#define UDPTUI_SERVER_ENGINE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/base/ring.h"
#include "udptui/net/groups.h"
#include "udptui/net/udp.h"
#include "udptui/proto/ack.h"
#include "udptui/proto/guard.h"
#include "udptui/proto/impair.h"
#include "udptui/proto/peers.h"
#include "udptui/proto/quiz.h"
#include "udptui/proto/rules.h"

enum {
    ENGINE_SOCKETS_MAX = 64,
    ENGINE_ERROR_SIZE = 256,
    ENGINE_BATCH_MAX = 1024,
    ENGINE_NUMBERS_BITS = 56,
};

/*
 * State shared by the engines of one server: a limit is one limit, whatever the number of threads.
 * It belongs to the owner; engine_share fills it in. All zero: no limit (GUARD_LIMIT_NONE).
 */
struct engine_shared {
    atomic_uint_fast64_t resets;   /* how often the owner has asked for a reset */
    atomic_uint_fast64_t numbers;  /* messages numbered since the latest reset; above
                                    * ENGINE_NUMBERS_BITS the low bits of which reset that was */
    atomic_uint_fast64_t reserved; /* --count: datagrams that were received or are being received */
    atomic_uint_fast64_t received; /* --count: those that were */
    atomic_int_fast64_t slow_next_ns;         /* --slow: when the next datagram may be read */
    atomic_int_fast64_t free_ns[IMPAIR_WAYS]; /* when each direction of the simulated network is
                                               * free again */
    atomic_uint clients;                      /* rows in use in all tables */
    struct limits *limits;                    /* --ack-limit */
};

struct engine_config {
    const struct udp_socket *sockets; /* borrowed: open until engine_close */
    size_t socket_count;              /* 1 .. ENGINE_SOCKETS_MAX */
    bool paired;                      /* the second half of them is for answers from another port:
                                       * socket i + socket_count / 2 for socket i */
    const struct groups *groups;      /* joined by them; copied, and once engine_open
                                       * succeeds the watch is the engine's to close; NULL: none */
    int event_fd;                     /* an eventfd of the owner's, written when events are new */
    struct engine_shared *shared;     /* the owner's */
    uint8_t engine;                   /* this engine's number, and its first row in the screen */
    uint32_t first_slot;
    uint32_t clients_max; /* in all engines' tables together; each engine has one at least */
    bool clients_fixed;   /* clients_max is not the user's: no error names its option */
    struct ack_policy ack;
    bool stateless; /* STAMP replies have their requests' numbers, not those of their session */
    const struct rules *rules; /* rules for other replies; copied; NULL: none */
    struct guard_config guard;
    size_t batch;            /* datagrams a call, 1 .. ENGINE_BATCH_MAX */
    size_t buffer_bytes;     /* for each; longer datagrams are cut and flagged */
    size_t event_ring_bytes; /* at least 2 KiB, with students 16: the largest record must fit */
    uint32_t samples;        /* message records a tick; UINT32_MAX: all (lines, JSON) */
    uint32_t calls;          /* records of socket calls a tick; 0: none, UINT32_MAX: all */
    int64_t tick_ns;         /* changes are reported at most so often, the first at once */
    uint64_t count_max;      /* all engines stop after so many datagrams, 0: never */
    bool segment;            /* send with UDP_SEGMENT if the kernel has it */
    struct impair_config impair;
    double slow_per_s; /* datagrams that all engines read per second, 0: unlimited */
    bool names;        /* messages that begin with "hello " are always reported (class roster) */
    uint32_t students; /* places in the class of proto/quiz, 0: there is no quiz. Of one engine: the
                        * students of the others would be strangers */
    struct ring *record_ring; /* receives a proto/record of each datagram received and sent; NULL:
                               * none */
    int record_fd;            /* an eventfd that is written when records are new */
};

/* Creates the limits that guard configures. False if memory is short. engine_unshare frees them,
 * after the engines are closed. */
bool engine_share(struct engine_shared *shared, const struct guard_config *guard);
void engine_unshare(struct engine_shared *shared);

struct engine;

/* Creates the engine with all memory and descriptors. NULL with error (ENGINE_ERROR_SIZE) set:
 * "what: why". */
struct engine *engine_open(const struct engine_config *config, char *error);

/* Starts the thread, with all signals blocked in it. False with error set. */
bool engine_start(struct engine *engine, char *error);

/* Stops the thread if it runs, waits for it and frees all (NULL allowed). */
void engine_close(struct engine *engine);

/* The next event or NULL; valid until engine_release. See base/ring. */
const void *engine_event(struct engine *engine, size_t *size_bytes);
void engine_release(struct engine *engine);

/* Ends the thread once it has executed the earlier requests; the last event is EVENT_STOPPED. */
void engine_quit(struct engine *engine);
/* What the engines share has changed: another one has stopped (with --count this one may have nothing
 * left to do), or a reset was asked for. */
void engine_look(struct engine *engine);

/* Asks all engines that share this to count anew, and to number messages from 1 on again; each needs
 * engine_look. An engine does so after the requests before it, and reports EVENT_RESET. */
void engine_ask_reset(struct engine_shared *shared);

/* Requests. All return false if too many wait already. */
bool engine_set_acks(struct engine *engine, bool on);
/* Changes the simulated network from now on; datagrams already in it keep their fate. */
bool engine_set_impair(struct engine *engine, const struct impair_config *impair);
/* What the teacher wishes; without a quiz nothing happens. */
bool engine_quiz(struct engine *engine, const struct quiz_request *request);
/* Sends bytes to a client from the port and address that it sends to. A client that is no longer in
 * the table is reported as ACK_FAILED with ENOENT. slot: as in event_client. */
bool engine_send(struct engine *engine, uint32_t slot, uint32_t generation, const void *bytes,
                 size_t size_bytes);

#endif
