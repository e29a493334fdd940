/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * model: what the engines of a server have reported, and what the user has selected. It takes
 * records (proto/event), actions change the selection, the view draws it.
 *
 * Counts are cumulative, so the model adds up nothing itself: a row is overwritten by its next
 * record, rates and sparklines come from the differences. A client without changes costs no time;
 * the list is sorted a few times per second at most. Time is passed in.
 */
#ifndef UDPTUI_UI_SERVE_MODEL_H
#define UDPTUI_UI_SERVE_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/base/catalog.h"
#include "udptui/base/text.h"
#include "udptui/dissect/answer.h"
#include "udptui/dissect/request.h"
#include "udptui/proto/endpoint.h"
#include "udptui/proto/hostnames.h"
#include "udptui/proto/impair.h"
#include "udptui/proto/quiz_book.h"
#include "udptui/replay/overview.h"

struct model_config {
    const char *title;       /* "udptui serve" */
    const char *listening;   /* "[::]:4010"; several: joined with ", " */
    const char *join;        /* the target for `udptui send`, "192.168.0.108:4010"; NULL: none */
    uint32_t clients_max;    /* rows: slots of event_client are below it; engines x --max-clients */
    size_t history_messages; /* messages kept, at least 1 */
    size_t history_bytes;    /* their payload; 0: 1,024 bytes a message */
    enum text_charset charset;     /* what the terminal shows */
    struct hostnames *hosts;       /* names of addresses, borrowed; NULL: never shown */
    const struct zones *zones;     /* how the zones of addresses are called; NULL: by index */
    int32_t utc_offset_s;          /* of the times of day */
    uint64_t receive_buffer_bytes; /* as the kernel granted it, 0 if not known */
    int64_t started_ns;            /* CLOCK_MONOTONIC, for "up" */
    struct impair_config impair;   /* the engines' initial setting */
    bool roster;                   /* --class: names, silence, a large join command */
    bool replay;                   /* a capture is played, with the keys and header of a replay */
    bool relay;                    /* datagrams go on to a target; listening names it, too */
    bool privacy;                  /* clients' addresses are not shown */
    bool dissect;                  /* --dissect: rows show protocol and summary */
    const char *filter;            /* proto/filter's language, to begin with; NULL: none */
    const struct quiz_book *book;  /* of a class with a quiz, borrowed; NULL: there is none */
    const struct quiz_question *prepared; /* its questions, borrowed */
    size_t prepared_count;
    const struct catalog *catalog; /* of the questions of lessons, borrowed; NULL: English */
    bool exports;                  /* --export */
    double slow_per_s;             /* --slow: datagrams read a second, 0: as they come */
};

/* Where a replay is, in the capture's time. */
struct model_progress {
    int64_t position_ns, duration_ns;
    double speed; /* multiple of the capture's, 0: as fast as possible */
    bool playing, ended;
    bool live;    /* it is still being captured: position_ns is its length so far */
    bool moving;  /* a seek is in progress */
    bool reading; /* not played yet: it is being read */
};

enum { MODEL_REPLY_MAX = 4096 }; /* bytes of a reply that is typed */

struct model;

/* Copies the config, strings and all. NULL if memory is short. Memory is touched only as clients
 * and messages come. model_close frees (NULL is allowed). */
struct model *model_open(const struct model_config *config);
void model_close(struct model *model);

/* Sets the terminal's size, which the length of a page and the target of a click depend on. Before
 * the first key and tick, and after each change. */
void model_resize(struct model *model, int rows, int columns);

/* Takes one record of proto/event; the payload of a message follows it, within size_bytes. */
void model_apply(struct model *model, const void *record, size_t size_bytes);

/*
 * Updates rates, ages and order; once before each view_draw. now_ns: CLOCK_MONOTONIC, wall_ns:
 * CLOCK_REALTIME. Returns whether the drawing may differ from the last tick.
 */
bool model_tick(struct model *model, int64_t now_ns, int64_t wall_ns);

/* When (CLOCK_MONOTONIC) the drawing changes next by itself: ages and rates change each second. */
int64_t model_wake_ns(const struct model *model);

/* ---- of a replay */

void model_set_progress(struct model *model, const struct model_progress *progress);

/* The contents of the capture; borrowed, may change until the next call. open: shows it instead of
 * the lists, else the lists again. */
void model_show_overview(struct model *model, const struct replay_overview *overview, bool open);

/* Pauses the display, as the key does for a server, or resumes it. */
void model_pause(struct model *model, bool on);

/* Saves the rows and totals, to be restored later, but not the messages. NULL, or false with
 * nothing changed, if memory is short. model_snapshot_free frees (NULL allowed). */
struct model_snapshot *model_snapshot_take(const struct model *model);
bool model_snapshot_restore(struct model *model, const struct model_snapshot *snapshot);
void model_snapshot_free(struct model_snapshot *snapshot);
size_t model_snapshot_bytes(const struct model_snapshot *snapshot);

/* Sets the name of an address from hostnames_wanted (see hostnames_learn). */
void model_take_host(struct model *model, const struct endpoint *address, const char *name);

/* The filter that applies, as it was typed; "": none. */
const char *model_filter_text(const struct model *model);

/* ---- what Wireshark's dissectors say (ui/serve/dissecting) */

/* Whether the screen shows it; rows ask for nothing while it does not. */
bool model_wants_dissection(const struct model *model);
/* The next request that is wanted, of the list only with `rows`; each is given once. Its datagrams
 * (room for DISSECT_DATAGRAMS_MAX) borrow their bytes until the next record. False: none. */
bool model_ask_dissection(struct model *model, bool rows, struct dissect_request *request,
                          struct dissect_datagram *datagrams);
/* Takes an answer, and its trees. */
void model_take_dissection(struct model *model, struct dissect_answer *answer);
/* Asks again for what had no answer. */
void model_dissect_again(struct model *model);
/* The dissector's note, and what holds it: safe text. */
void model_note_dissector(struct model *model, const char *note, const char *confined);

/* What the terminal shows. */
enum text_charset model_charset(const struct model *model);

/* What is missing elsewhere, and belongs to no engine; since the beginning. */
struct model_missing {
    uint64_t not_logged, not_recorded, not_published; /* as in struct event_totals */
};

void model_take_missing(struct model *model, const struct model_missing *missing);

/* The state of --publish in a word or two for the header: a literal, "" for none. */
void model_show_published(struct model *model, const char *brief, bool bad);

/* A notice in the footer until the next key: a literal, or safe text. */
void model_notice(struct model *model, const char *safe);

#endif
