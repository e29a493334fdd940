/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "udptui/server/likes.h"

/*
 * Kurose and Ross, Computer Networking: A Top-Down Approach, socket programming assignment "UDP
 * Pinger": the server listens on port 12000, returns message.upper(), which changes the letters a
 * to z alone, and ignores a message if a random number of 0 to 10 is below 4.
 */
static const struct like {
    uint16_t port;
    const char *ack, *impair;
} likes[] = {
    {.port = 12000, .ack = "{upper}", .impair = "kurose"},
};

const char *const likes_names[] = {"kurose", NULL};

void likes_apply(size_t choice, const char *default_ack, struct server_options *options)
{
    const struct like *like = &likes[choice];

    options->port = like->port;
    if (options->ack == default_ack)
        options->ack = like->ack;
    if (options->impair == NULL)
        options->impair = like->impair;
}
