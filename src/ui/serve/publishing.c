/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* publishing: from the state of a session to snapshots. With --privacy clients have the numbers of
 * a roster of its own, as in the log. */
#include "udptui/ui/serve/publishing.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "udptui/proto/quiz_event.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/interfaces.h"
#include "udptui/sys/report.h"
#include "udptui/ui/serve/classroom.h"

/* ---- clients */

/* Name, and number or address, as they may be published. */
static void publishing_label(const struct publishing *publishing, uint32_t slot,
                             uint32_t generation, const struct endpoint *peer, char *label,
                             char *name)
{
    const struct serve_output *output = &publishing->output;

    serve_format_client(output, slot, generation, peer, label, ROSTER_TEXT_SIZE);
    snprintf(name, ROSTER_NAME_SIZE, "%s", roster_name(output->roster, slot, generation));
}

static void publishing_fill_client(const struct publishing *publishing,
                                   const struct event_client *record, int64_t wall_less_ns,
                                   struct snapshot_client *out)
{
    out->record = *record;
    publishing_label(publishing, record->slot, record->generation, &record->peer, out->label,
                     out->name);
    out->record.first_ns += wall_less_ns;
    out->record.last_ns += wall_less_ns;
}

static void publishing_share_clients(struct publishing *publishing, const struct shared *shared)
{
    struct snapshot_clients clients = {.known = tally_client_count(shared->tally)};
    int64_t wall_less_ns = clock_wall_ns() - shared->now_ns;
    uint32_t slots[SNAPSHOT_CLIENTS_MAX];

    clients.count = tally_busiest(shared->tally, slots, SNAPSHOT_CLIENTS_MAX);
    for (size_t i = 0; i < clients.count; i++)
        publishing_fill_client(publishing, tally_client(shared->tally, slots[i]), wall_less_ns,
                               &clients.clients[i]);
    announcer_publish_clients(&publishing->announcer, &clients);
}

/* ---- totals */

static void publishing_share_stats(struct publishing *publishing, const struct shared *shared)
{
    struct snapshot snapshot = {.privacy = publishing->display->privacy, .totals = shared->totals};

    snprintf(snapshot.listening, sizeof snapshot.listening, "%s", publishing->facts->listening);
    announcer_publish_stats(&publishing->announcer, &snapshot);
}

static void publishing_share(void *context, const struct shared *shared)
{
    struct publishing *publishing = context;

    publishing->samples_left = publishing->samples_per_s;
    publishing_share_stats(publishing, shared);
    publishing_share_clients(publishing, shared);
}

/* ---- samples of messages */

static void publishing_sample(struct publishing *publishing, const struct event_message *event)
{
    const uint8_t *payload = (const uint8_t *)(event + 1);
    struct snapshot_message message = {.event = *event};

    if (!serve_chooses(&publishing->output, event, payload))
        return;
    publishing->samples_left--;
    publishing_label(publishing, event->slot, event->generation, &event->from, message.label,
                     message.name);
    if (publishing->display->privacy && event_payload_names_client(event, payload))
        message.event.stored_bytes = 0;
    if (message.event.stored_bytes > sizeof message.payload)
        message.event.stored_bytes = sizeof message.payload;
    memcpy(message.payload, payload, message.event.stored_bytes);
    announcer_publish_message(&publishing->announcer, &message);
}

static void publishing_take_message(struct publishing *publishing,
                                    const struct event_message *event)
{
    roster_note_event(publishing->output.roster, event, event + 1);
    if (publishing->samples_left > 0 && !(event->flags & MESSAGE_UPDATE))
        publishing_sample(publishing, event);
}

/* The first engine that resets does it for all. */
static void publishing_take_reset(struct publishing *publishing, const struct event_reset *reset)
{
    publishing->reset_of[reset->engine] = reset->resets;
    if (reset->resets <= publishing->resets)
        return;
    publishing->resets = reset->resets;
    roster_clear(publishing->output.roster);
}

/* Other engines have reset already: what this one reports is of before. */
static bool publishing_is_late(const struct publishing *publishing, uint8_t engine)
{
    return publishing->reset_of[engine] != publishing->resets;
}

static void publishing_take(void *context, const void *record)
{
    struct publishing *publishing = context;
    const struct event_message *message = record;
    const struct event_client *client = record;
    const struct event_student *student = record;
    struct roster *roster = publishing->output.roster;
    enum event_kind kind = event_kind_of(record);

    if (kind == EVENT_RESET)
        publishing_take_reset(publishing, record);
    else if (kind == EVENT_MESSAGE && !publishing_is_late(publishing, message->engine))
        publishing_take_message(publishing, message);
    else if (kind == EVENT_CLIENT && !publishing_is_late(publishing, client->engine) &&
             roster_is_kept(roster))
        roster_note_client(roster, client->slot, client->generation);
    else if (kind == EVENT_STUDENT && !publishing_is_late(publishing, student->engine))
        classroom_name(roster, student);
}

/* ---- beginning and end */

/* "127.0.0.1:4010, [::1]:4010" */
static void publishing_place(const char *listening, char *out, size_t size)
{
    char first[ENDPOINT_TEXT_SIZE];
    struct endpoint_spec spec;

    snprintf(first, sizeof first, "%.*s", (int)strcspn(listening, ", "), listening);
    if (endpoint_split(first, &spec) != ENDPOINT_OK)
        spec.port = 0;
    snprintf(out, size, "%" PRIu16, spec.port);
}

static bool publishing_begin(void *context)
{
    struct publishing *publishing = context;
    char place[SNAPSHOT_LEVEL_SIZE];

    publishing->output.roster =
        display_open_roster(publishing->display, publishing->facts->clients_max, TEXT_UTF8, NULL);
    if (publishing->output.roster == NULL) {
        report_error("not enough memory for the clients: use a smaller --max-clients");
        return false;
    }
    publishing_place(publishing->facts->listening, place, sizeof place);
    return announcer_begin(&publishing->announcer,
                           publishing->facts->relay ? SNAPSHOT_RELAY : SNAPSHOT_SERVE, place);
}

bool publishing_open(struct publishing *publishing, const struct announcer_options *options,
                     const struct display_options *display, const struct backend_facts *facts,
                     const struct filter *filter, struct sharing *sharing, int *status)
{
    struct problem problem;

    *publishing = (struct publishing){.facts = facts,
                                      .display = display,
                                      .output = {.charset = TEXT_UTF8,
                                                 .privacy = display->privacy,
                                                 .filter = filter,
                                                 .zones = &interfaces_zones},
                                      .samples_per_s = options->messages};
    if (!announcer_prepare(&publishing->announcer, options, &problem)) {
        report_error("%s", problem.text);
        *status = problem.usage ? EXIT_USAGE : EXIT_SETUP;
        return false;
    }
    if (publishing->announcer.wanted)
        sharing_add(sharing, &(struct sharing_sink){.context = publishing,
                                                    .clients = true,
                                                    .idle_ns = INT64_MAX,
                                                    .begin = publishing_begin,
                                                    .record = publishing_take,
                                                    .share = publishing_share});
    return true;
}

void publishing_close(struct publishing *publishing)
{
    announcer_end(&publishing->announcer);
    roster_close(publishing->output.roster);
    publishing->output.roster = NULL;
}
