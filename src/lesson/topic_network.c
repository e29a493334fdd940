/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * topic_network: loss, duplicate and reorder: what a network may do to datagrams. The server's
 * simulated network does it; the client sees no more than any client.
 */
#include "topics_internal.h"
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
static void topic_network_await(struct stage *stage, const struct udp_socket *client,
                                struct finding *found, uint64_t number)
{
    while (stage_going(stage) && !network_receive_reply(stage, client, found, timeout_ns))
        if (stage_settled(stage, number))
            return;
}

static void play_loss(struct stage *stage)
{
    struct udp_socket *client = open_network(stage, "kurose,out.loss=2/11");
    struct finding found = {.sent = 0};
    int32_t silent[LOSS_MESSAGES], silent_count = 0;

    for (int i = 1; i <= LOSS_MESSAGES && stage_going(stage); i++, found.sent++) {
        uint64_t number = stage_ask_number(stage, client, i);
        topic_network_await(stage, client, &found, number);
        if (!network_has_reply(&found, i))
            silent[silent_count++] = i;
    }
    look_behind(stage, &found);
    stage_count(stage, "sent", "messages sent", found.sent);
    stage_count(stage, "answered", "answered", found.distinct);
    stage_count(stage, "silent", "without a reply", silent_count);
    stage_numbers(stage, "silent_numbers", "which had no reply", silent, (size_t)silent_count);
    stage_count(stage, "lost_requests", "of these: the request was lost", found.lost_requests);
    stage_count(stage, "lost_acks", "of these: the reply was lost", found.lost_acks);
    stage_count(stage, "server_received", "requests that reached the server", found.requests);
    stage_count(stage, "serve_counts",
                "counted by `udptui serve` as received (its simulated network loses behind that)",
                found.sent);
    stage_happened(
        stage,
        "%d sent, %d with a reply. Of the %d without a reply, %d never reached the server; %d did, "
        "but the reply was lost. To the sender all %d look the same: silence.",
        (int)found.sent, (int)found.distinct, (int)silent_count, (int)found.lost_requests,
        (int)found.lost_acks, (int)silent_count);
    stage_expect_by_chance(stage,
                           found.lost_requests > 0 && found.lost_acks > 0 && found.distinct > 0,
                           "requests and replies should have been lost, but not all");
    stage_expect(stage,
                 found.distinct + found.lost_requests + found.lost_acks == found.sent &&
                     found.requests == found.sent - found.lost_requests,
                 "replies + lost requests + lost replies should have been the number sent");
}

const struct lesson lesson_loss = {
    .topic =
        {.name = "loss",
         .summary = "Some datagrams never arrive, and the sender only sees silence",
         .plan = "A client sends 11 numbered messages, one after the other, and waits at most 20 "
                 "ms for each reply. A simulated network loses each request with a probability of "
                 "4/11 and each reply with one of 2/11.",
         .question = "A message gets no reply. What does the sender know?",
         .choices = {"the message was lost", "the reply was lost", "the server is down",
                     "none of these: it cannot tell them apart"},
         .right = 3,
         .explanation =
             "UDP does not guarantee delivery and does not report a loss. A lost request, a lost "
             "reply and a machine that is down look the same to the sender: silence. It can only "
             "wait for some time and resend, if the message may be processed twice.",
         .sources = "RFC 768; RFC 8085 section 3.3",
         .commands = {"udptui serve --impair kurose,out.loss=2/11 --seed {seed} 127.0.0.1:4010",
                      "seq 11 | udptui send --timeout 500ms 127.0.0.1:4010"},
         .client = "client",
         .server = "server"},
    .play = play_loss,
};

/* ---- duplicate */

enum { DUPLICATE_MESSAGES = 5 };

static void play_duplicate(struct stage *stage)
{
    struct udp_socket *client = open_network(stage, "dup=40%");
    struct finding found = {.sent = 0};

    for (int i = 1; i <= DUPLICATE_MESSAGES && stage_going(stage); i++, found.sent++) {
        topic_network_await(stage, client, &found, stage_ask_number(stage, client, i));
        stage_settle(stage);
        while (network_receive_reply(stage, client, &found, 0))
            continue;
    }
    look_behind(stage, &found);
    while (network_receive_reply(stage, client, &found, timeout_ns))
        continue;
    stage_count(stage, "sent", "messages sent, once each", found.sent);
    stage_count(stage, "server_received", "requests that reached the server", found.requests);
    stage_count(stage, "serve_counts", "received, as `udptui serve` counts", found.sent);
    stage_count(stage, "received", "replies that the client received", (int64_t)found.received);
    stage_count(stage, "distinct", "different ones among these", found.distinct);
    stage_count(stage, "duplicates", "duplicates", (int64_t)found.received - found.distinct);
    stage_numbers(stage, "received_numbers", "their numbers in order of arrival", found.numbers,
                  found.received);
    stage_happened(stage,
                   "%d messages were sent once each. %d requests reached the server, which replied "
                   "to each; the client received %d replies, %d of them duplicates.",
                   (int)found.sent, (int)found.requests, (int)found.received,
                   (int)found.received - (int)found.distinct);
    stage_expect(stage, found.distinct == found.sent, "every message should have had a reply");
    stage_expect_by_chance(stage, found.requests > found.sent,
                           "some request should have been duplicated");
    stage_expect_by_chance(stage, (int32_t)found.received > found.requests,
                           "some reply should have been duplicated");
}

const struct lesson lesson_duplicate = {
    .topic = {.name = "duplicate",
              .summary = "A datagram may arrive twice, and UDP delivers both copies",
              .plan =
                  "A client sends 5 numbered messages, each once, through a simulated network that "
                  "duplicates 40% of all requests and replies. The server replies to each request.",
              .question = "What does UDP do with the second copy of a datagram?",
              .choices = {"it delivers it like any other datagram",
                          "it drops it: it has been seen before",
                          "it delivers it, marked as a copy"},
              .right = 0,
              .explanation =
                  "UDP has no sequence numbers and no protection against duplicates, so a copy is "
                  "delivered like any other datagram. A server that must not process a message "
                  "twice needs an identifier in the payload, as the number is here. Networks "
                  "seldom double a datagram; a client that resends after a timeout does.",
              .sources = "RFC 768; RFC 8085 section 3.3",
              .commands = {"udptui serve --impair dup=40% --seed {seed} --ack echo 127.0.0.1:4010",
                           "(seq 5; sleep 1) | udptui send --match echo 127.0.0.1:4010"},
              .client = "client",
              .server = "server"},
    .play = play_duplicate,
};

/* ---- reorder */

enum { REORDER_MESSAGES = 5 };

static const int64_t apart_ns = 2 * UNITS_NS_PER_MS;

static bool in_order(const struct finding *found)
{
    for (size_t i = 1; i < found->received; i++)
        if (found->numbers[i] < found->numbers[i - 1])
            return false;
    return true;
}

static void play_reorder(struct stage *stage)
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
    stage_count(stage, "sent", "messages sent", found.sent);
    stage_numbers(stage, "sent_numbers", "sent in this order", sent, (size_t)found.sent);
    stage_count(stage, "received", "messages that arrived", (int64_t)found.received);
    stage_numbers(stage, "received_numbers", "arrived in this order", found.numbers,
                  found.received);
    stage_truth(stage, "in_order", "in the order they were sent", in_order(&found));
    stage_count(stage, "late_by", "most later ones that overtook one", found.late_by);
    stage_happened(stage,
                   "All %d arrived, but not in the order in which they were sent: one was "
                   "overtaken by %d later ones. They were not sorted.",
                   (int)found.received, (int)found.late_by);
    stage_expect(stage, found.received == REORDER_MESSAGES && found.distinct == REORDER_MESSAGES,
                 "every message should have arrived once");
    stage_expect_by_chance(stage, !in_order(&found) && found.late_by > 0,
                           "the order should have changed");
}

const struct lesson lesson_reorder = {
    .topic = {.name = "reorder",
              .summary = "Datagrams overtake each other, and UDP does not sort them",
              .plan = "A client sends 1, 2, 3, 4, 5, 2 ms apart, through a simulated network that "
                      "holds some of them back until later ones have overtaken them.",
              .question = "3 arrives before 2. What does the receiver's UDP do?",
              .choices = {"it holds 3 back until 2 has arrived", "it drops 2: it is too late",
                          "it delivers 3, then 2"},
              .right = 2,
              .explanation =
                  "UDP delivers datagrams in the order in which they arrive. Packets of one "
                  "sender may take different paths, or wait in different queues, and overtake "
                  "each other. If the order matters, the payload needs a number, as in RTP.",
              .sources = "RFC 8085 section 3.3; RFC 3550 section 5.1 (RTP)",
              .commands =
                  {"udptui serve --impair in.reorder=40% --seed {seed} --ack echo 127.0.0.1:4010",
                   "seq 5 | udptui send --match order --rate 100/s 127.0.0.1:4010"},
              .client = "client",
              .server = "server"},
    .play = play_reorder,
};
