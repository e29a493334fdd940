/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* serve_choose: the filter sees only what may be written about a client. */
#include "udptui/output/serve.h"

bool serve_chooses(const struct serve_output *output, const struct event_message *event,
                   const uint8_t *payload)
{
    struct filter_subject subject;
    char address[ROSTER_TEXT_SIZE];

    if (output->filter == NULL)
        return true;
    subject = filter_subject_of(event, payload, payload + event->stored_bytes);
    subject.name = roster_name(output->roster, event->slot, event->generation);
    subject.address = roster_address(output->roster, event->slot, event->generation, &event->from,
                                     address, sizeof address);
    if (output->privacy)
        filter_hide_client(&subject, &event->from);
    return filter_evaluate(output->filter, &subject) == FILTER_YES;
}
