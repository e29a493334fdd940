/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* choosing: see the header. */
#include "udptui/ui/watch/choosing.h"

#include <stdio.h>
#include <stdlib.h>

enum { STATES_SIZE = 32 };

struct filter *choosing_open(const char *text, size_t length_bytes, struct filter_problem *problem)
{
    const char *states[FLEET_STATES + 2] = {[FLEET_STATES] = "x2"};

    for (enum fleet_state state = 0; state < FLEET_STATES; state++)
        states[state] = fleet_state_words[state];
    return filter_open_for(text, length_bytes, states, problem);
}

/* The port that a server is named by; ping has none. */
static struct endpoint choosing_place(const struct fleet_server *server)
{
    long port = strtol(server->topic.place, NULL, 10);

    return (struct endpoint){.port = port > 0 && port <= UINT16_MAX ? (uint16_t)port : 0};
}

/* A name is looked for in those of the server and of the client. client: "" if it has none. */
static bool choosing_accepts(const struct choosing *choosing, struct filter_subject subject,
                             const struct fleet_server *server, const char *client)
{
    const struct endpoint to = choosing_place(server);
    char names[2 * SNAPSHOT_LEVEL_SIZE * TEXT_EXPANSION + ROSTER_NAME_SIZE + 2],
        states[STATES_SIZE];

    snprintf(names, sizeof names, "%s %s", server->label, client);
    snprintf(states, sizeof states, "%s%s", fleet_state_words[fleet_state(choosing->fleet, server)],
             fleet_is_doubled(server, choosing->now_ns) ? " x2" : "");
    subject.name = names;
    subject.states = states;
    if (subject.to == NULL && to.port != 0)
        subject.to = &to;
    return filter_evaluate(choosing->filter, &subject) == FILTER_YES;
}

bool choosing_takes_client(const struct choosing *choosing, const struct fleet_server *server,
                           const struct snapshot_client *client)
{
    const struct endpoint *peer = &client->record.peer;
    const struct filter_subject subject = {.address = client->label,
                                           .from = peer->family != ENDPOINT_NONE ? peer : NULL,
                                           .size_bytes = -1};

    return choosing_accepts(choosing, subject, server, client->name);
}

bool choosing_takes_server(const struct choosing *choosing, const struct fleet_server *server)
{
    const struct filter_subject subject = {
        .address = server->latest != NULL ? server->latest->listening : "", .size_bytes = -1};

    if (choosing_accepts(choosing, subject, server, ""))
        return true;
    for (size_t i = 0; i < server->client_count; i++)
        if (choosing_takes_client(choosing, server, &server->clients[i]))
            return true;
    return false;
}

bool choosing_takes_message(const struct choosing *choosing, const struct fleet_server *server,
                            const struct snapshot_message *message)
{
    struct filter_subject subject = filter_subject_of(&message->event, message->payload, NULL);

    subject.address = message->label;
    if (message->event.from.family == ENDPOINT_NONE)
        filter_hide_client(&subject, &message->event.from);
    return choosing_accepts(choosing, subject, server, message->name);
}
