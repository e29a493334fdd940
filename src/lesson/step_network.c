/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * step_network: loss, duplicate and reorder: what a network may do to datagrams. The server's
 * simulated network does it; the client sees no more than any client.
 */
#include "steps_internal.h"
#include "udptui/base/array.h"
#include "udptui/base/units.h"
#include "udptui/lesson/stage.h"

enum { MESSAGES_MAX = 16 };

static const int64_t timeout_ns = 20 * UNITS_NS_PER_MS;

/* What a client observes, and what really happened. */
struct finding {
    int32_t sent;
    int32_t numbers[2 * FATE_ACKS * MESSAGES_MAX]; /* in the replies, in order of arrival */
    size_t received;
    int32_t distinct, lost_requests, lost_acks, requests, late_by;
};

/* A client and a server with impairments between them. */
static struct udp_socket *open_network(struct stage *stage, const char *impair)
{
    stage_serve(stage, impair);
    return stage_client(stage, &stage->server, true, NULL);
}

static bool network_has_reply(const struct finding *found, int number)
{
    for (size_t i = 0; i < found->received; i++)
        if (found->numbers[i] == number)
            return true;
    return false;
}

/* Takes the next reply, if one comes in time. */
static bool network_receive_reply(struct stage *stage, const struct udp_socket *client,
                                  struct finding *found, int64_t patience_ns)
{
    int number = stage_receive_number(stage, client, patience_ns);

    if (number == 0)
        return false;
    found->distinct += !network_has_reply(found, number);
    if (found->received < COUNT_OF(found->numbers))
        found->numbers[found->received++] = number;
    return true;
}

/* What the network did to the messages. */
static void look_behind(struct stage *stage, struct finding *found)
{
    stage_settle(stage);
    for (uint64_t number = 1; number <= stage->message_count; number++) {
        const struct fate *fate = &stage_message(stage, number)->event.fate;
        found->lost_requests += fate_lost_request(fate);
        found->lost_acks += fate_lost_ack(fate);
        if (!fate_touched(fate))
            found->requests++;
        for (size_t i = 0; i < FATE_REQUESTS; i++)
            found->requests += fate->requests[i].state == LEG_ARRIVED;
        if ((int32_t)fate_late_by(fate) > found->late_by)
            found->late_by = (int32_t)fate_late_by(fate);
    }
}

/* ---- loss */

enum { LOSS_MESSAGES = 11 };

/*
 * Waits for the reply to a number: until it arrives; or, so that a slow machine does not look like
 * a loss, until the timeout has passed and the network has reported that none will come.
 */
static void step_network_await(struct stage *stage, const struct udp_socket *client,
                               struct finding *found, uint64_t number)
{
    while (stage_going(stage) && !network_receive_reply(stage, client, found, timeout_ns))
        if (stage_settled(stage, number))
            return;
}

void step_loss(struct stage *stage)
{
    struct udp_socket *client = open_network(stage, "kurose,out.loss=2/11");
    struct finding found = {.sent = 0};
    int32_t silent[LOSS_MESSAGES], silent_count = 0;

    for (int i = 1; i <= LOSS_MESSAGES && stage_going(stage); i++, found.sent++) {
        uint64_t number = stage_ask_number(stage, client, i);
        step_network_await(stage, client, &found, number);
        if (!network_has_reply(&found, i))
            silent[silent_count++] = i;
    }
    look_behind(stage, &found);
    stage_count(stage, "sent", found.sent);
    stage_count(stage, "answered", found.distinct);
    stage_count(stage, "silent", silent_count);
    stage_numbers(stage, "silent_numbers", silent, (size_t)silent_count);
    stage_count(stage, "lost_requests", found.lost_requests);
    stage_count(stage, "lost_acks", found.lost_acks);
    stage_count(stage, "server_received", found.requests);
}

/* ---- duplicate */

enum { DUPLICATE_MESSAGES = 5 };

void step_duplicate(struct stage *stage)
{
    struct udp_socket *client = open_network(stage, "dup=40%");
    struct finding found = {.sent = 0};

    for (int i = 1; i <= DUPLICATE_MESSAGES && stage_going(stage); i++, found.sent++) {
        step_network_await(stage, client, &found, stage_ask_number(stage, client, i));
        stage_settle(stage);
        while (network_receive_reply(stage, client, &found, 0))
            continue;
    }
    look_behind(stage, &found);
    while (network_receive_reply(stage, client, &found, timeout_ns))
        continue;
    stage_count(stage, "sent", found.sent);
    stage_count(stage, "server_received", found.requests);
    stage_count(stage, "received", (int64_t)found.received);
    stage_count(stage, "distinct", found.distinct);
    stage_numbers(stage, "received_numbers", found.numbers, found.received);
}

/* ---- reorder */

enum { REORDER_MESSAGES = 5 };

static const int64_t apart_ns = 2 * UNITS_NS_PER_MS;

void step_reorder(struct stage *stage)
{
    struct udp_socket *client = open_network(stage, "in.reorder=40%");
    struct finding found = {.sent = 0};
    int32_t sent[REORDER_MESSAGES];

    for (int i = 1; i <= REORDER_MESSAGES && stage_going(stage); i++) {
        stage_ask_number(stage, client, i);
        sent[found.sent++] = i;
        stage_wait(stage, -1, 0, apart_ns);
    }
    look_behind(stage, &found);
    while (found.received < REORDER_MESSAGES &&
           network_receive_reply(stage, client, &found, timeout_ns * 10))
        continue;
    stage_count(stage, "sent", found.sent);
    stage_numbers(stage, "sent_numbers", sent, (size_t)found.sent);
    stage_count(stage, "received", (int64_t)found.received);
    stage_numbers(stage, "received_numbers", found.numbers, found.received);
    stage_count(stage, "distinct", found.distinct);
    stage_count(stage, "late_by", found.late_by);
}
