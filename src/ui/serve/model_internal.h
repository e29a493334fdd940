/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * model: the inside of the model, for the files of this folder. The model's own files and the
 * actions change it, the view only reads; it knows neither of them.
 *
 * Three parts: what the engines reported (live), the displayed part (rows and messages in order; a
 * copy while paused), and the user's selection.
 */
#ifndef UDPTUI_UI_SERVE_MODEL_INTERNAL_H
#define UDPTUI_UI_SERVE_MODEL_INTERNAL_H

#include "dissection_internal.h"
#include "layout_internal.h"
#include "rows_internal.h"
#include "udptui/proto/backlog.h"
#include "udptui/proto/event.h"
#include "udptui/proto/filter.h"
#include "udptui/proto/ladder_view.h"
#include "udptui/proto/roster.h"
#include "udptui/ui/line.h"
#include "udptui/ui/serve/model.h"

enum {
    ENGINES_MAX = 256, /* event.engine is a byte */
    FILTER_MAX = 256,
    NOTICE_SIZE = 160,
    PAYLOAD_MAX = 65536,
    CALLS_FIRST = 64,
    CALLS_LATEST = 512,
    LOST_MAX = 64, /* groups */
    TRAIL_MAX = 8, /* more than there are views below each other */
};

enum pane { PANE_CLIENTS, PANE_MESSAGES };

/* One bit each, so that a key's row names the modes it works in. */
enum mode {
    MODE_LIST = 1 << 0,
    MODE_DETAIL = 1 << 1,
    MODE_HELP = 1 << 2,
    MODE_FILTER = 1 << 3,
    MODE_REPLY = 1 << 4,
    MODE_CONFIRM = 1 << 5, /* reset: y or not */
    MODE_LADDER = 1 << 6,
    MODE_CALLS = 1 << 7,
    MODE_IMPAIR = 1 << 8,
    MODE_OVERVIEW = 1 << 9,
    MODE_SAVE = 1 << 10,      /* the name of a file is typed */
    MODE_OVERWRITE = 1 << 11, /* it exists: y or not */
    MODE_QUIZ = 1 << 13,      /* the quiz of a class */
    MODE_QUIZ_LINE = 1 << 14, /* a line of it is typed */
    MODE_DISSECT = 1 << 12,   /* the fields of a message, by Wireshark's dissectors */
};

enum sort {
    SORT_LAST_SEEN,
    SORT_MESSAGES,
    SORT_BYTES,
    SORT_RATE,
    SORT_RTT,     /* the slowest first; of a relay */
    SORT_ADDRESS, /* not in privacy */
    SORT_NAME,    /* with a roster */
    SORT_SILENCE, /* the longest silent first; with a roster */
    SORTS
};

/* A place in the list: the key is compared first to last, then the slot. */
struct place {
    uint64_t key[3];
    uint32_t slot;
};

/* The clients that pass the filter, in order. */
struct order {
    struct place *places;
    uint32_t count, capacity;
    bool members_changed; /* clients appeared or left: soon */
    bool values_changed;  /* figures changed: within a second */
    int64_t sorted_ns;    /* CLOCK_MONOTONIC */
};

/* The ids of the kept messages that pass the filter, ascending, in a ring. Unused without a filter:
 * then it is all that the backlog keeps. */
struct matches {
    uint64_t *ids;
    size_t capacity, first, count;
};

/* What stands below the question. */
enum quiz_table { QUIZ_TABLE_ANSWERS, QUIZ_TABLE_SCORES, QUIZ_TABLES };

/* What is typed. */
enum quiz_stage {
    QUIZ_STAGE_TEXT, /* the question, then its choices, then which is right */
    QUIZ_STAGE_CHOICE,
    QUIZ_STAGE_RIGHT,
    QUIZ_STAGE_SHOW, /* which is right, to be shown */
    QUIZ_STAGE_LESSON,
};

/* What the teacher looks at and prepares. */
struct quiz_panel {
    enum quiz_table table;
    unsigned number; /* of the question that is looked at; 0: the latest */
    size_t next;     /* of the prepared ones */
    enum quiz_stage stage;
    struct quiz_question draft;
    struct line line;
};

struct choosing {
    struct line line;              /* as typed; "": none */
    struct line_history history;   /* of filters that were kept, or dropped by Esc */
    struct filter *filter;         /* the latest valid line; NULL: everything passes */
    struct filter_problem problem; /* why the line is invalid; why "" if it is valid */
    uint32_t epoch;                /* of row.filter_epoch: grows with each change */
};

/* The name of the file to save to. */
struct naming {
    struct line line;
    struct line_history history;
};

struct pause {
    bool on;
    int64_t now_ns;             /* when it began: ages stand still */
    struct rows *rows;          /* as they were */
    struct event_totals totals; /* as they were */
    int address_columns;        /* as it was: columns do not move */
    struct backlog *later;      /* messages since */
    uint64_t returned;          /* of these, those that the history had dropped unsettled */
};

struct client_choice {
    bool chosen; /* by the user; else it is the first of the list */
    uint32_t slot, generation;
    uint32_t position; /* in the order */
    uint32_t top;      /* position of the first row shown */
};

struct message_choice {
    bool following; /* follows the newest */
    uint64_t id;    /* else this one */
    uint64_t top;   /* id of the first one shown */
};

/* The cell of the impairments that the keys act on. */
struct impair_choice {
    int setting; /* enum impair_setting */
    int way;     /* enum impair_way */
};

/* The detail shows a copy, because the list moves. */
struct detail {
    bool of_message; /* else of the client slot, generation */
    bool forgotten;  /* counting began anew since: its number may be another message's */
    uint32_t slot, generation;
    uint64_t id; /* of the message in the backlog */
    struct event_message event;
    uint8_t *payload; /* PAYLOAD_MAX */
    char *text;       /* PAYLOAD_MAX * TEXT_EXPANSION + 1: rendered */
    uint8_t *ack;     /* the same of the reply */
    char *ack_text;
};

enum { ICMP_KEPT = 64 };

/* What the target of a relay said, besides replies. */
struct target_state {
    struct event_icmp icmps[ICMP_KEPT]; /* the latest, by number % ICMP_KEPT */
    uint64_t icmp_count;
    struct event_target moved; /* it has another address now; kind 0: it has not */
    uint64_t back_received; /* when the latest came: more than that means that it replies again */
};

/* One socket call, or several equal ones in a row. */
struct call_entry {
    struct call call; /* the latest of them */
    uint32_t times;
};

/* Receives and sends, including unreported ones, and their datagrams. */
struct call_sums {
    uint64_t calls, datagrams;
};

struct calls {
    struct call_entry first[CALLS_FIRST];
    struct call_entry latest[CALLS_LATEST]; /* by id % CALLS_LATEST */
    uint64_t count;                         /* entries so far */
    struct call_sums sums, paused_sums;
    uint64_t paused_end; /* count as it was when the pause began */
    bool scrolled;       /* from `top` on; else the newest are followed */
    uint64_t top;        /* id */
    /* As textbooks write them: one more than enum textbook_language; 0: as they were made. */
    int textbook;
};

/* What the ladder shows: the newest messages, or those up to end_id, moved so many rows. */
struct ladder_choice {
    bool of_client;  /* the chosen one's alone */
    int scroll;      /* rows up from the newest */
    uint64_t end_id; /* with scroll > 0: behind the newest message */
    enum ladder_view seen;
    bool sentences; /* in words, not as arrows */
};

/* The views that Esc goes back to, the latest last, with how far each was scrolled. None is there
 * twice. */
struct trail {
    struct trail_view {
        enum mode mode;
        int scroll;
    } views[TRAIL_MAX];
    size_t count;
};

struct model {
    struct model_config config; /* strings are our own copies */
    int screen_rows, screen_columns;
    struct layout layout;
    int64_t now_ns, wall_ns;
    bool changed; /* since the last tick */
    char notice[NOTICE_SIZE];
    const char *published; /* of --publish, for the header; NULL or "": nothing */
    bool published_bad;

    /* what the engines reported */
    struct rows *live;
    struct backlog *backlog; /* while paused: up to the pause */
    uint64_t counted_from; /* the id of the first message since the start or the latest reset; after
                            * the way back in a replay as if all before it had been added */
    struct event_totals engines[ENGINES_MAX];
    struct model_missing missing;
    int engine_count;
    struct event_totals totals; /* of all engines */
    uint64_t resets;            /* the latest reset of any engine: what is shown came after it */
    /* The latest reset of each: until it is `resets`, what the engine reports is of before. */
    uint64_t reset_of[ENGINES_MAX];
    bool acks_asked;    /* a key has asked for acks_wanted; totals do not say so yet */
    bool acks_wanted;   /* acks are to be on */
    struct rates rates; /* of totals.counts.received */
    struct rates bytes; /* of totals.counts.received_bytes */
    struct rates back;  /* of a relay: of totals.back.received */
    struct calls calls;
    struct target_state target; /* of a relay */
    int address_columns;        /* the widest name or address so far */
    int server_columns;         /* the same of a capture's servers; 0: there is but one */
    struct endpoint server;     /* of a capture: the first */
    struct roster *roster;      /* with --class or --privacy, else NULL: addresses alone */
    bool renamed;               /* a name came since the last tick */
    uint32_t silent;            /* clients that are, of those shown */
    uint32_t stood_for;         /* clients represented by another port of their person */
    struct event_membership lost[LOST_MAX]; /* groups whose interface is gone */
    uint32_t lost_count;
    int64_t queue_seen_ns; /* CLOCK_MONOTONIC when the queue was last not empty; 0: never */

    /* the displayed part */
    struct pause pause;
    struct order order;
    struct matches matches;

    /* the selection */
    enum mode mode;
    struct trail trail;
    enum mode behind; /* what is shown while a line is typed below it, and then again */
    enum pane pane;
    enum sort sort;
    bool inverted, hex;
    struct choosing filter;
    struct naming save;
    struct line reply;
    struct endpoint reply_peer;
    uint32_t reply_slot, reply_generation;
    uint8_t reply_bytes[MODEL_REPLY_MAX + 1];
    struct client_choice client;
    struct message_choice message;
    struct detail detail;
    int scroll; /* first line of the body that is shown: detail, help, ladder, calls */

    struct dissection dissection;
    struct quiz_panel quiz;

    struct ladder_choice ladder;
    struct model_progress progress; /* of a replay */
    const struct replay_overview *overview;
    size_t overview_choice; /* 0: all servers, else one more than its index */

    struct impair_config impair; /* the engines' setting, including a pending request */
    struct impair_choice impair_choice;
    bool small_banner; /* the large join command is hidden */
};

/* ---- what is shown: as of now, or of the pause */
const struct rows *shown_rows(const struct model *model);
const struct event_totals *shown_totals(const struct model *model);
int64_t shown_now_ns(const struct model *model);
int64_t shown_wall_ns(const struct model *model);
int shown_address_columns(const struct model *model);

/* ---- model.c */
/* Whether what an engine reports now was counted before the latest reset: it is forgotten already. */
bool model_is_forgotten(const struct model *model, uint8_t engine);
/* After any change of sizes, lists or selections: makes the selections valid and visible. */
void model_settle(struct model *model);
/* The mode whose body is shown: while the filter or a name is typed, the one before. */
enum mode model_body_mode(const struct model *model);

/* ---- model_clients.c */
const char *sort_name(enum sort sort);
/* Sorts again if that is due, or at once. */
void clients_order(struct model *model, bool at_once);
/* When the order is next updated without further events; INT64_MAX: never. */
int64_t clients_due_ns(const struct model *model);
void clients_settle(struct model *model);
/* Rows of the pane for clients: the last one goes to the evicted, if there are any. */
uint32_t clients_page(const struct model *model);
/* In how many columns a class is shown that has more clients than the pane has rows, 1: as a
 * table. */
uint32_t clients_columns(const struct model *model);
/* Rows of the pane for clients, the one of the headings included if there are columns. */
uint32_t clients_rows_shown(const struct model *model);
/* The row at a position of the order; NULL past the end. */
const struct row *clients_at(const struct model *model, uint32_t position, uint32_t *slot);
void clients_select(struct model *model, int64_t position); /* clamped */

/* Whether the list can be in that order here. */
bool sort_possible(const struct model *model, enum sort sort);

/* ---- model_roster.c */
enum { PEER_SIZE = ROSTER_TEXT_SIZE };
/* The name of a client, its number (--privacy) or its address. Safe text; out: PEER_SIZE. */
const char *peer_text(const struct model *model, uint32_t slot, uint32_t generation,
                      const struct endpoint *peer, char *out, size_t size);
/* Notes a client, or its message. */
void roster_take_client(struct model *model, const struct event_client *event);
void roster_take_message(struct model *model, const struct event_message *event,
                         const uint8_t *payload);
/* Lets the filter match new names, and counts silent clients. */
void roster_tick(struct model *model);
/* The counts of all ports of a client's person; of a relay in both directions. */
void person_counts(const struct model *model, uint32_t slot, const struct row *row,
                   struct counts *out, struct counts *back);
/* Whether a client of the class has been silent for long. */
bool roster_is_silent(const struct model *model, const struct row *row);

/* ---- model_messages.c */
/* Copies the reply's payload of detail.event; unless it contains a client's address that must be
 * hidden. */
void detail_keep_ack(struct model *model, const uint8_t *ack);

/* ---- model_filter.c */
/* The typed line changed: matches everything again. */
void filter_changed(struct model *model);
/* The filter to begin with; NULL: none. */
void filter_begin(struct model *model, const char *text);
/* Whether the typed line is not a valid filter. */
bool filter_is_wrong(const struct model *model);
bool filter_active(const struct model *model);
bool filter_takes_row(const struct model *model, uint32_t slot, struct row *row);
/* The same by another filter. */
bool filter_chooses(const struct model *model, const struct filter *filter,
                    const struct event_message *event, const uint8_t *payload, const uint8_t *ack);
bool filter_takes_message(const struct model *model, const struct event_message *event,
                          const uint8_t *payload, const uint8_t *ack);

/* ---- model_messages.c */
/* A message came: into the backlog, the matches, and the sender's row. */
void messages_take(struct model *model, const struct event_message *event, const uint8_t *payload,
                   const uint8_t *ack);
/* A message that waited is settled: its record is replaced in place. False if it is not kept. */
bool messages_settle_fate(struct model *model, const struct event_message *event,
                          const uint8_t *ack);
void messages_match_all(struct model *model);
void messages_settle(struct model *model);
/* The shown messages by index, oldest first. */
uint64_t messages_count(const struct model *model);
uint64_t messages_id(const struct model *model, uint64_t index);
/* The index of a message, or of the next newer one that is shown. */
uint64_t messages_index(const struct model *model, uint64_t id);
uint64_t messages_selected(const struct model *model);    /* its index */
void messages_select(struct model *model, int64_t index); /* clamped; the newest: follow */
void messages_clear(struct model *model);
/* Messages since the start, or the last reset, that the history does not hold: of those that are
 * shown, now or at the pause. */
uint64_t messages_not_kept(const struct model *model);

/* Index behind the newest message that the ladder shows: if it was scrolled back, newer messages are
 * not shown. */
uint64_t ladder_newest(const struct model *model);

/* ---- model_quiz.c */
/* The number of the question that is looked at, 0: none was asked; and the question, NULL. */
unsigned quiz_panel_number(const struct model *model);
const struct event_question *quiz_panel_question(const struct model *model);
/* The next of the prepared ones; NULL: there is none. */
const struct quiz_question *quiz_panel_next(const struct model *model);

/* ---- model_dissect.c */
/* Of a relayed message in the detail: its reply, or the request that it is the reply to. False if
 * that is not known, or not in the history close to it. */
bool model_find_other(const struct model *model, uint64_t *id);
/* What is known of a row; NULL: it was not asked for so far. */
const struct dissection_line *model_dissection_line(const struct model *model, uint64_t id);
/* Whether the list shows it. False if memory is short. */
bool model_dissect_lines(struct model *model, bool on);

/* ---- model_calls.c */
/* A system call was made. */
void calls_take(struct model *model, const struct call *call);
/* The end of the displayed ids, now or at the pause. */
uint64_t calls_end(const struct model *model);
const struct call_sums *calls_sums(const struct model *model);
/* Ids that are kept, in their order. */
const struct call_entry *calls_at(const struct model *model, uint64_t id);
uint64_t calls_next(const struct model *model, uint64_t id);
uint64_t calls_before(const struct model *model, uint64_t id); /* id > 0 */
/* Entries between this one and the one before it that are not kept. */
uint64_t calls_lost_before(const struct model *model, uint64_t id);
/* The first one shown after scrolling. */
uint64_t calls_top(const struct model *model);
void calls_pause(struct model *model);
void calls_reset(struct model *model);

/* ---- model_replay.c */
/* The text for a server of a capture: with --privacy "server:53". Returns out
 * (ENDPOINT_TEXT_SIZE). */
const char *model_server_text(const struct model *model, const struct endpoint *server, char *out,
                              size_t size);
void servers_take_client(struct model *model, const struct event_client *event);

/* ---- model_relay.c */
void relay_take_icmp(struct model *model, const struct event_icmp *event);
void relay_take_target(struct model *model, const struct event_target *event);
/* The server or, of a relay, the target of a client. */
const struct endpoint *client_server(const struct model *model, const struct event_client *event);
/* The latest error, if no reply has come from the target since; else NULL. */
const struct event_icmp *relay_target_error(const struct model *model);
/* The latest error of a client; NULL: none is kept. */
const struct event_icmp *relay_client_error(const struct model *model, uint32_t slot,
                                            uint32_t generation);

/* ---- model_pause.c */
void pause_begin(struct model *model);
void pause_end(struct model *model);

#endif
