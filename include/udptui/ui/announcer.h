/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * announcer: publishes the snapshots of one program through a broker (--publish): the topics, the
 * life, the state running or ended, and what the user reads about the connection. It reads its
 * own state's topic, too, so that two programs under one name notice each other.
 */
#ifndef UDPTUI_UI_ANNOUNCER_H
#define UDPTUI_UI_ANNOUNCER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/base/problem.h"
#include "udptui/fleet/broker.h"
#include "udptui/fleet/link.h"
#include "udptui/proto/snapshot.h"
#include "udptui/sys/sandbox.h"

/* What the option tables fill in. */
struct announcer_options {
    const char *url;  /* --publish, NULL: nothing is published */
    const char *as;   /* --publish-as, NULL: the host's name */
    int64_t messages; /* --publish-messages: samples a second, 0: none */
};

/* All zero: nothing is published, and every function does nothing. It must not move from
 * announcer_begin to announcer_end. */
struct announcer {
    bool wanted;
    struct broker broker;
    struct link *link; /* from announcer_begin on */
    enum snapshot_kind kind;
    struct snapshot_life life;
    int64_t started_ns; /* CLOCK_REALTIME */
    struct snapshot_topic topic;
    struct link_status status;    /* as it was last seen */
    bool is_rival;                /* another program publishes under our name */
    bool reported_rival;          /* the user knows */
    char reported[LINK_WHY_SIZE]; /* the failure that the user knows; "": none */
    uint64_t unwritten;           /* samples for whose document memory was short */
    uint64_t counted;             /* what announcer_dropped has returned last */
    int64_t answer_ns;            /* CLOCK_MONOTONIC: not before, to a rival that runs */
};

enum { ANNOUNCER_NEWS_SIZE = 2304 };

/* Before the sandbox: reads the URL, the secrets and what TLS needs. False with the problem. */
bool announcer_prepare(struct announcer *announcer, const struct announcer_options *options,
                       struct problem *problem);

/* What it needs from the sandbox. */
void announcer_add_needs(const struct announcer *announcer, struct sandbox_needs *needs);

/* Starts to connect; place: see proto/snapshot. False with the error reported. */
bool announcer_begin(struct announcer *announcer, enum snapshot_kind kind, const char *place);

/* Each completes kind, life and times, and publishes a document. */
void announcer_publish_stats(struct announcer *announcer, struct snapshot *snapshot);
void announcer_publish_clients(struct announcer *announcer, struct snapshot_clients *clients);
void announcer_publish_message(struct announcer *announcer, struct snapshot_message *message);

/* Samples of messages that could not be sent so far: no connection, no room, no memory. */
uint64_t announcer_dropped(struct announcer *announcer);

/* Readable when announcer_turn has something to do; -1: never. */
int announcer_fd(const struct announcer *announcer);

/* True if there is news for the user: a line without newline to news (ANNOUNCER_NEWS_SIZE), safe
 * text. To be called until it returns false. */
bool announcer_turn(struct announcer *announcer, char *news);

/* The state in a word or two for the header of a screen, "": nothing is published. *bad: the user
 * should do something. */
const char *announcer_brief(const struct announcer *announcer, bool *bad);

/* Says that the program has ended, waits a second at most until the broker has it all, reports how many samples, beside those
 * that announcer_dropped had counted, the connection did not get, and frees. */
void announcer_end(struct announcer *announcer);

#endif
