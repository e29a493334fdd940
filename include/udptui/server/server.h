/* SPDX-License-Identifier: GPL-3.0-or-later */
/* server: sockets and engine as `serve` and `demo` use them, and the two ways to look at them. */
#ifndef UDPTUI_SERVER_SERVER_H
#define UDPTUI_SERVER_SERVER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "udptui/base/opts.h"
#include "udptui/base/text.h"
#include "udptui/net/names.h"
#include "udptui/output/serve.h"
#include "udptui/proto/event.h"
#include "udptui/proto/filter.h"
#include "udptui/proto/rules.h"
#include "udptui/server/calls.h"
#include "udptui/server/engine.h"
#include "udptui/sys/report.h"
#include "udptui/sys/signals.h"

/* What the option table of serve fills in. */
struct server_options {
    const char *ack;
    const char *ack_limit;
    struct opts_list on; /* rules, and a file of them */
    const char *rules;
    struct opts_list join;
    int64_t count;
    int64_t duration_ns;
    int64_t max_clients;
    int64_t history;
    int64_t batch;
    uint64_t receive_buffer_bytes; /* 0: not given */
    uint64_t buffer_bytes;
    const char *impair;
    const char *filter;
    const char *pcap;
    const char *log;
    int64_t seed;
    double slow_per_s;
    int ack_acks, answer_all;
    int roster, privacy; /* --class, --privacy */
    int family;          /* enum endpoint_family */
    int reuse, names, force;
    int64_t threads;
    int time; /* --time: enum stamp_style */
    int json, full, calls, no_ui, ascii, no_mouse, no_gso, no_gro;
};

enum {
    SERVER_THREADS_MAX = 16,
    SERVER_SOCKET_BUFFER_BYTES = 4 << 20,
    SERVER_SLOW_BUFFER_BYTES = 16 << 10, /* of --slow: small enough to be seen to overflow */
};

/* The file of --log, of serve and of replay. */
struct server_log {
    struct logfile *file; /* NULL: none */
    struct serve_output output;
    uint64_t not_chosen; /* messages that the filter left out of it */
};

struct server {
    struct server_options options;
    struct ack_policy ack;
    struct guard_config guard;
    struct impair_config impair;
    struct filter *filter; /* of --filter, NULL: none */
    struct rules *rules;   /* of --on and --rules, NULL: none */
    struct udp_socket sockets[SERVER_THREADS_MAX][ENGINE_SOCKETS_MAX];
    size_t socket_count;                        /* of each thread */
    struct endpoint wanted[ENGINE_SOCKETS_MAX]; /* what they were opened for; a group's interface */
    size_t wanted_count;
    struct names names;                         /* of the clients' addresses */
    struct groups groups;                       /* joined by the first thread's sockets */
    struct engine *engines[SERVER_THREADS_MAX]; /* from server_start on */
    struct engine_shared shared;                /* by all engines */
    int event_fd;                               /* readable when any engine has told something */
    size_t current;                             /* the engine whose record server_event gave */
    size_t stopped;                             /* engines that have told all */
    int engine_error;                           /* errno that ended one of them, 0: none */
    struct server_calls calls;                  /* that open and close the sockets */
    struct recorder *recorder;                  /* of --pcap, NULL: none */
    bool recording_told;                        /* that it failed */
    struct server_log log;
    struct signals signals;
    FILE *output;        /* an outlet, from server_run on */
    const char *title;   /* "udptui serve" */
    int64_t started_ns;  /* CLOCK_MONOTONIC */
    int64_t deadline_ns; /* of --duration, INT64_MAX without */
    bool quit_asked;
};

/* The defaults of all options. */
struct server_options server_default_options(void);

/* Whether a screen is wanted: standard input and output are terminals and nothing speaks
 * against. */
bool server_wants_screen(const struct server_options *options);

/* Opens what the addresses name (empty list: the default). False with the complaint made and
 * *status set. On true, server_close must follow. */
bool server_open(struct server *server, const struct server_options *options,
                 const struct opts_operands *addresses, int *status);
void server_close(struct server *server);

/* Takes the signals, then shows the screen or writes lines until the engine has stopped. Returns
 * the exit status. */
int server_run(struct server *server);

/* Sets the scope of a group's address to the interface on which it was joined. */
void server_add_interface(const struct server *server, struct endpoint *group);

/* "192.168.0.108:4010", "239.1.1.1%eth0:4010": what socket number `socket` listens on. Returns
 * out. */
const char *server_address(const struct server *server, size_t socket, char *out, size_t size);

/* The sockets of server_open, and their end. */
bool server_listen(struct server *server, const struct opts_operands *addresses, int *status);
void server_unlisten(struct server *server);

/* Opens and starts the engines, for a screen or for lines: those, and a log, are told of every
 * message, a screen alone gets samples. False with the reason in error (ENGINE_ERROR_SIZE), to be
 * told once no screen hides it. */
bool server_start(struct server *server, bool screen, char *error);

/* Stops the engines and frees them. */
void server_close_engines(struct server *server);

/* ---- the capture file (server_recording.c) */

/* Before the engines start. False with the complaint made and *status set. */
bool server_open_recording(struct server *server, int *status);

/* Gives a thread's engine its ring. */
void server_record_into(const struct server *server, size_t thread, struct engine_config *config);

/* True once, where the file cannot be written any more: error (RECORDER_ERROR_SIZE) says why. */
bool server_recording_failed(struct server *server, char *error);

/* After the engines' last record: writes what is left, and adds to totals what could not be
 * written. */
void server_finish_recording(struct server *server, struct event_totals *totals);

/* Closes the engines, then the file. Returns status, or EXIT_SETUP with the complaint made. */
int server_end_recording(struct server *server, int status);

/* ---- the log (server_log.c); without --log these do nothing */

/* After the signals; filter: NULL for none, must live as long. False with the complaint made and
 * *status set. */
bool server_log_open(struct server_log *log, const struct server_options *options,
                     const struct filter *filter, struct signals *signals, int *status);

/* Returns status, or EXIT_SETUP with the complaint made if lines are missing. */
int server_log_close(struct server_log *log, int status);

/* Notes who it is from. False if the filter leaves it out, which is counted. With a log only. */
bool server_log_chooses(struct server_log *log, const struct event_message *message);

/* What --json would write first: addresses and groups; and of a record. */
void server_log_start(struct server *server);
void server_log_record(struct server *server, const void *record);

/* Completes the totals with what was not logged, and writes them. */
void server_log_summary(struct server *server, struct event_totals *totals);

/* ---- events and requests */

/* The next record of any engine, NULL where there is none; valid until server_release. */
const void *server_event(struct server *server, size_t *size_bytes);
void server_release(struct server *server);

/* Whether EVENT_STOPPED came from all of them. */
bool server_stopped(const struct server *server);

/* The engine that has this row. */
struct engine *server_engine_of(const struct server *server, uint32_t slot);

/* Asks every engine (engine_quit, engine_reset). False where one could not take it. */
bool server_ask(struct server *server, bool (*ask)(struct engine *));

/* Asks the engines to stop if --duration or a signal says so, or one of them could not go on. */
void server_check_end(struct server *server, int64_t now_ns);

/* Milliseconds for poll(2) until --duration ends or limit_ns passes, whichever is first; -1:
 * never. */
int server_poll_timeout_ms(const struct server *server, int64_t now_ns, int64_t limit_ns);

/* Writes the addresses and the groups. False if the output cannot be written. */
bool server_announce(const struct server *server, const struct serve_writer *writer,
                     const struct serve_output *output);

/* Lines or JSON on stdout until the engine has stopped. Exit status. */
int server_run_lines(struct server *server);

/* Writes the calls that opened what could not be opened, where --calls asks for them. */
void server_write_calls(struct server *server);

/* The screen until the engine has stopped. False, with a notice on stderr and nothing started,
 * where the terminal cannot show one. */
bool server_run_screen(struct server *server, int *status);

/* 0, or 128 + the signal that ended it, or EXIT_SETUP with the complaint made if an engine could not
 * go on. */
int server_exit_status(const struct server *server);

/* What the locale and --ascii allow. */
enum text_charset server_charset(const struct server_options *options);

#endif
