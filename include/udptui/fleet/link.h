/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * link: the connection to an MQTT broker, by a thread of its own, so that neither the broker nor
 * the look-up of its name ever delays the owner. It connects, and connects again after 1 to 30 s
 * (doubled each time, with jitter) for as long as it is open.
 *
 * Out: a link has a few retained topics. At most one message of each is under way (QoS 1), one
 * waits; a newer one replaces that. After a reconnect the latest of each is sent again. So memory
 * is bounded, and what the broker has is right as soon as it is reachable. A broker from which
 * nothing comes for 2 s is asked for an answer.
 * In: messages of the subscribed topics wait in a queue of LINK_QUEUE_BYTES. What does not fit is
 * dropped and counted; once the owner has emptied the queue, the link subscribes again, and the
 * broker sends the retained message of each topic again. So state is late then, but not wrong.
 *
 * A build without libmosquitto has the functions too: link_prepare fails with what to install.
 */
#ifndef UDPTUI_FLEET_LINK_H
#define UDPTUI_FLEET_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/fleet/broker.h"

enum {
    LINK_TOPICS_MAX = 4,        /* retained topics, and subscriptions */
    LINK_QUEUE_BYTES = 8 << 20, /* of received messages */
    LINK_MESSAGE_BYTES_MAX =
        1 << 18, /* of one: a larger one is none of ours, dropped and counted */
    LINK_WHY_SIZE = 192,
    LINK_ERROR_SIZE = 512,
};

enum link_state {
    LINK_CONNECTING,
    LINK_UP,
    LINK_SILENT,  /* connected, but the broker has not answered for 3 s: what is known may be old */
    LINK_WAITING, /* to connect again: why says why */
    LINK_REFUSED, /* the same, but the broker or we refused: credentials, certificate; trying again
                   * hardly helps without the user */
    LINK_STATES
};

extern const char *const link_state_words[LINK_STATES];

struct link_status {
    enum link_state state;
    bool resumed;            /* LINK_UP after LINK_SILENT, with the same connection */
    char why[LINK_WHY_SIZE]; /* a clause, safe text; "" if nothing went wrong */
    int64_t retry_ns;        /* CLOCK_MONOTONIC of the next try, with LINK_WAITING, LINK_REFUSED */
    int64_t since_ns;        /* CLOCK_MONOTONIC: since when it is LINK_UP, or is not, whatever was
                              * tried since; with LINK_SILENT: since when nothing has come, or an
                              * answer is missing */
    uint64_t connects;       /* connections made so far */
    uint64_t dropped_in;     /* received messages that found no room */
};

struct link_config {
    const struct broker *broker;         /* copied */
    const char *topics[LINK_TOPICS_MAX]; /* retained, by slot; NULL: none; copied */
    /* QoS 0, one after the other, and if nothing is published here again each minute or more, so that
     * what a broker had no room for comes late; NULL: none; copied */
    const char *subscriptions[LINK_TOPICS_MAX];
    /* What the broker publishes for us if we die: retained, in the topic of will_slot. Copied;
     * NULL: none. */
    const char *will;
    size_t will_slot;
};

struct link;

/* What must be loaded before the sandbox: random numbers, the configuration of TLS. False with the
 * problem: this build has no libmosquitto. Call it as soon as the option is known. */
bool link_prepare(struct problem *problem);

/* Starts the thread; nothing is waited for. NULL with error (LINK_ERROR_SIZE). */
struct link *link_open(const struct link_config *config, char *error);

/* Waits at most wait_ns until all that was published is acknowledged, disconnects from the broker
 * (so that it does not publish the will) and frees. It returns once the thread has exited; only one that
 * is in a look-up, a connect(2) or the start of TLS exits by itself, later. Returns how many samples and
 * removals the connection never got. NULL is allowed. */
uint64_t link_close(struct link *link, int64_t wait_ns);

/* Readable from when the status changes or a message comes until link_status is called and no
 * message waits; for poll(2). */
int link_fd(const struct link *link);

void link_status(struct link *link, struct link_status *out);

/* The latest message of a slot's topic; copied. False if memory is short. Never waits for the
 * broker. */
bool link_publish(struct link *link, size_t slot, const void *bytes, size_t size_bytes);

/* A message that may be lost (QoS 0, not retained); sent only if the link is up and has room,
 * else counted (link_dropped). topic and bytes are copied. */
void link_sample(struct link *link, const char *topic, const void *bytes, size_t size_bytes);

/* Samples and removals that were not sent so far. */
uint64_t link_dropped(struct link *link);

/* Lets the broker drop the retained message of any topic: publishes an empty one (MQTT 3.1.1, section
 * 3.3.1.3). False: the link is not up, or has no room. */
bool link_remove(struct link *link, const char *topic);

struct link_message {
    const char *topic; /* untrusted bytes, NUL-terminated */
    const void *bytes; /* the same, not terminated */
    size_t size_bytes;
    bool retained;     /* what the broker had kept; else just published */
    uint64_t connects; /* connections made until now: its own is one of them */
};

/* The oldest received message; false: none. It is valid until link_release, which must follow. */
bool link_next(struct link *link, struct link_message *out);
void link_release(struct link *link);

#endif
