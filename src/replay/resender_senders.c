/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* resender_senders: a socket for each client of the recording. */
#include <stdio.h>

#include "resender_internal.h"

void resender_senders_open(struct resender_sender senders[RESENDER_SENDERS_MAX])
{
    for (size_t i = 0; i < RESENDER_SENDERS_MAX; i++)
        senders[i] = (struct resender_sender){.socket.fd = -1};
}

static void resender_senders_free(struct resender_sender *sender)
{
    udp_close(&sender->socket);
    sender->socket.fd = -1;
    resend_close(sender->resend);
    sender->resend = NULL;
}

void resender_senders_close(struct resender_sender senders[RESENDER_SENDERS_MAX])
{
    for (size_t i = 0; i < RESENDER_SENDERS_MAX; i++)
        resender_senders_free(&senders[i]);
}

struct resender_sender *resender_senders_find(struct resender_sender senders[RESENDER_SENDERS_MAX],
                                              const struct event_message *event)
{
    struct resender_sender *best = NULL;

    for (size_t i = 0; i < RESENDER_SENDERS_MAX; i++) {
        struct resender_sender *sender = &senders[i];
        bool open = sender->socket.fd >= 0;
        if (open && sender->slot == event->slot && sender->generation == event->generation)
            return sender;
        if (open && resend_waiting(sender->resend) > 0)
            continue;
        if (best == NULL || (best->socket.fd >= 0 && (!open || sender->used_ns < best->used_ns)))
            best = sender;
    }
    if (best != NULL && best->socket.fd >= 0)
        resender_senders_free(best);
    return best;
}

bool resender_senders_connect(struct resender_sender *sender, const struct event_message *event,
                              const struct endpoint *target, char *error)
{
    const struct udp_options options = {.gro = false};

    *sender = (struct resender_sender){.socket.fd = -1,
                                       .slot = event->slot,
                                       .generation = event->generation,
                                       .client = event->from,
                                       .resend = resend_open()};
    if (sender->resend == NULL) {
        snprintf(error, UDP_ERROR_SIZE, "not enough memory");
        return false;
    }
    if (udp_open_client(target, NULL, true, &options, &sender->socket, error))
        return true;
    sender->socket.fd = -1;
    resender_senders_free(sender);
    return false;
}

int64_t resender_senders_deadline_ns(const struct resender_sender senders[RESENDER_SENDERS_MAX])
{
    int64_t first_ns = INT64_MAX;

    for (size_t i = 0; i < RESENDER_SENDERS_MAX; i++) {
        const struct resender_sender *sender = &senders[i];
        int64_t deadline_ns =
            sender->socket.fd >= 0 ? resend_deadline_ns(sender->resend) : INT64_MAX;
        if (deadline_ns < first_ns)
            first_ns = deadline_ns;
    }
    return first_ns;
}
