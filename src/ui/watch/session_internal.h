/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* session: what its files share. */
#ifndef UDPTUI_UI_WATCH_SESSION_INTERNAL_H
#define UDPTUI_UI_WATCH_SESSION_INTERNAL_H

#include "udptui/ui/watch/session.h"

struct watch_written {
    uint32_t generation; /* of the slot; 0: nothing was written of it */
    enum fleet_state state;
    bool doubled;
    uint64_t restarts;
    uint64_t version;         /* of what was written once a second */
    int64_t clients_taken_ns; /* of the clients that were written */
};

union watch_documents {
    struct snapshot stats;
    struct snapshot_clients clients;
    struct snapshot_presence presence;
    struct snapshot_message message;
};

/* ---- records.c: each writes to all sinks that take such a record */

enum watch_record {
    WATCH_LINK,
    WATCH_STATE,
    WATCH_FORGOTTEN,
    WATCH_SERVER,
    WATCH_CLIENTS,
    WATCH_MESSAGE,
    WATCH_SUMMARY,
};

/* server, message: of records that have them, else NULL. */
void watch_write_record(struct watch_session *session, enum watch_record record,
                        const struct fleet_server *server, const struct snapshot_message *message);

/* Whether --filter lets records of a server through. */
bool watch_chooses(const struct watch_session *session, const struct fleet_server *server);

/* The link's state, if it has changed. */
void watch_write_link(struct watch_session *session);

/* Differs from before if the summary does; what is only repeated changes nothing. */
uint64_t watch_version(const struct watch_session *session);

/* States of servers that have changed. */
void watch_write_states(struct watch_session *session, int64_t now_ns);

/* ---- measuring.c */

/* Opens what --metrics names, if it was given. False with the error reported and *status set. */
bool watch_open_meter(struct watch_session *session, int *status);

/* Gives the metrics what is known, if it is due, or `last`. */
void watch_measure(struct watch_session *session, int64_t now_ns, bool last);

#endif
