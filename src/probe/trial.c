/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trial: see the header. Replies are received one by one: there are few. */
#include "udptui/probe/trial.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "udptui/net/batch.h"
#include "udptui/net/icmp.h"
#include "udptui/net/udp.h"
#include "udptui/proto/datagram.h"
#include "udptui/proto/reason.h"
#include "udptui/sys/interfaces.h"

enum { RECEIVE_BUFFER_BYTES = 4 << 20, OTHERS_A_TURN = 64 };

struct trial {
    struct endpoint target, source;
    struct udp_socket socket;
    struct batch_receiver *receiver;
    struct batch_sender *sender;
};

static bool trial_open_socket(struct trial *trial, const struct trial_config *config, char *error)
{
    const struct udp_options options = {.error_queue = true,
                                        .receive_buffer_bytes = RECEIVE_BUFFER_BYTES,
                                        .hop_limit = config->hop_limit,
                                        .dscp = config->dscp,
                                        .probe_path = config->whole,
                                        .interface = config->interface};
    const struct endpoint any = {.family = config->target.family};
    bool bound = config->bind.family != ENDPOINT_NONE;

    if (!udp_find_source(&config->target, bound ? &config->bind : NULL, &options, &trial->source,
                         error) ||
        !udp_open_client(&config->target, bound ? &config->bind : &any, false, &options,
                         &trial->socket, error))
        return false;
    trial->source.port = trial->socket.local.port;
    return true;
}

struct trial *trial_open(const struct trial_config *config, char *error)
{
    struct trial *trial = calloc(1, sizeof *trial);

    if (trial == NULL) {
        snprintf(error, TRIAL_ERROR_SIZE, "not enough memory");
        return NULL;
    }
    trial->socket.fd = -1;
    trial->target = config->target;
    trial->receiver = batch_receiver_open(1, DATAGRAM_PAYLOAD_MAX_IPV6 + 1);
    trial->sender = batch_sender_open(1);
    if (trial->receiver == NULL || trial->sender == NULL)
        snprintf(error, TRIAL_ERROR_SIZE, "not enough memory");
    else if (trial_open_socket(trial, config, error))
        return trial;
    trial_close(trial);
    return NULL;
}

void trial_close(struct trial *trial)
{
    if (trial == NULL)
        return;
    udp_close(&trial->socket);
    batch_receiver_close(trial->receiver);
    batch_sender_close(trial->sender);
    free(trial);
}

int trial_fd(const struct trial *trial)
{
    return trial->socket.fd;
}

const struct endpoint *trial_source(const struct trial *trial)
{
    return &trial->source;
}

/* ---- sending */

int trial_send(struct trial *trial, const uint8_t *bytes, size_t size_bytes)
{
    const struct batch_item item = {.peer = trial->target,
                                    .bytes = bytes,
                                    .size_bytes = size_bytes,
                                    .segment_bytes = (uint16_t)size_bytes,
                                    .count = 1};

    return batch_send_one(trial->sender, &trial->socket, &item);
}

const char *trial_explain(const struct trial *trial, int error, char *out)
{
    struct reason reason =
        reason_of_errno(REASON_SEND, error, &trial->socket.local, &trial->target);
    char sentence[REASON_SIZE];

    snprintf(out, TRIAL_WHY_SIZE, "not sent: %s",
             reason_sentence(&reason, sentence, sizeof sentence));
    return out;
}

/* ---- receiving */

static struct trial_event trial_event_of_error(const struct icmp_error *error)
{
    struct trial_event event = {.kind = error->local ? TRIAL_LOCAL : TRIAL_ICMP,
                                .from = error->offender,
                                .error = error->error,
                                .mtu = error->mtu};
    struct reason_icmp icmp = icmp_reason(error);

    if (!error->local)
        reason_icmp_sentence(&icmp, &interfaces_zones, event.why, sizeof event.why);
    return event;
}

struct trial_event trial_take(struct trial *trial)
{
    struct trial_event event = {.kind = TRIAL_NOTHING};
    const struct datagram *datagram;
    struct icmp_error error;

    if (icmp_receive(&trial->socket, &error))
        return trial_event_of_error(&error);
    for (int i = 0; i < OTHERS_A_TURN; i++) {
        if (batch_receive(trial->receiver, &trial->socket, 1, &datagram) <= 0)
            return event;
        if (!endpoint_equal(&datagram->peer, &trial->target))
            continue;
        event.kind = TRIAL_REPLY;
        event.bytes = datagram->bytes;
        event.size_bytes = datagram->size_bytes;
        event.from = datagram->peer;
        return event;
    }
    return event;
}

uint64_t trial_dropped(const struct trial *trial)
{
    uint64_t dropped;

    return udp_queue_info(&trial->socket, &dropped, NULL) ? dropped : 0;
}
