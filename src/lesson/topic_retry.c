/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * topic_retry: stop-and-wait on top of UDP. Sender: send number n, wait for reply n, send it again
 * after a timeout. Receiver: reply to every request, deliver only the next number.
 */
#include "topics_internal.h"
#include "udptui/base/units.h"
#include "udptui/lesson/stage.h"
#include "udptui/sys/clock.h"

enum { MESSAGES = 6, TRIES_MAX = 12 };

static const int64_t timeout_ns = 100 * UNITS_NS_PER_MS;

struct retry {
    int32_t confirmed;               /* messages with a reply */
    int32_t sends, old_answers;      /* replies to an earlier number */
    int numbers[STAGE_MESSAGES_MAX]; /* in each send */
    int32_t received;                /* requests that reached the receiver */
    int32_t delivered[LESSON_NUMBERS_MAX];
    size_t delivered_count;
    int32_t dropped; /* requests that had been delivered before */
};

/* Waits for this number's reply; replies to earlier numbers are old. */
static bool topic_retry_await(struct stage *stage, const struct udp_socket *client,
                              struct retry *retry, int number)
{
    int64_t deadline_ns = clock_monotonic_ns() + timeout_ns;

    for (int64_t left_ns = timeout_ns; left_ns > 0; left_ns = deadline_ns - clock_monotonic_ns()) {
        int answer = stage_receive_number(stage, client, left_ns);
        if (answer == number)
            return true;
        retry->old_answers += answer != 0;
    }
    return false;
}

static void send_until_answered(struct stage *stage, const struct udp_socket *client,
                                struct retry *retry, int number)
{
    bool answered = false;

    for (int i = 0; i < TRIES_MAX && !answered && stage_going(stage); i++) {
        stage_ask_number(stage, client, number);
        retry->numbers[retry->sends++] = number;
        answered = topic_retry_await(stage, client, retry, number);
    }
    retry->confirmed += answered;
}

/* The receiver's part: the requests that reached the server, in order of arrival. */
static void topic_retry_deliver(struct stage *stage, struct retry *retry)
{
    stage_settle(stage);
    for (uint64_t i = 1; i <= stage->message_count; i++) {
        int number = retry->numbers[i - 1];
        if (fate_lost_request(&stage_message(stage, i)->event.fate))
            continue;
        retry->received++;
        if (number == (int)retry->delivered_count + 1)
            retry->delivered[retry->delivered_count++] = number;
        else
            retry->dropped++;
    }
}

static bool once_in_order(const struct retry *retry)
{
    for (size_t i = 0; i < retry->delivered_count; i++)
        if (retry->delivered[i] != (int32_t)i + 1)
            return false;
    return retry->delivered_count == MESSAGES;
}

static void play_retry(struct stage *stage)
{
    struct udp_socket *client;
    struct retry retry = {.sends = 0};

    stage_serve(stage, "loss=30%");
    client = stage_client(stage, &stage->server, true, NULL);
    for (int number = 1; number <= MESSAGES; number++)
        send_until_answered(stage, client, &retry, number);
    topic_retry_deliver(stage, &retry);
    stage_count(stage, "messages", "messages to be delivered", MESSAGES);
    stage_count(stage, "sends", "sends that it took", retry.sends);
    stage_count(stage, "resends", "of these: resent after a timeout", retry.sends - MESSAGES);
    stage_count(stage, "server_received", "requests that reached the server", retry.received);
    stage_count(stage, "serve_counts", "received, as `udptui serve` counts", retry.sends);
    stage_numbers(stage, "delivered", "delivered, in this order", retry.delivered,
                  retry.delivered_count);
    stage_count(stage, "duplicates_dropped", "dropped because of their number", retry.dropped);
    stage_count(stage, "confirmed", "replies that the client waited for", retry.confirmed);
    stage_happened(stage,
                   "%d messages took %d sends. %d requests arrived, %d of them for the second time "
                   "or more, because their reply was lost. Delivered: %d, each once and in order.",
                   MESSAGES, (int)retry.sends, (int)retry.received, (int)retry.dropped,
                   (int)retry.delivered_count);
    stage_expect(stage, once_in_order(&retry) && retry.confirmed == MESSAGES,
                 "every message should have been delivered once and in order");
    stage_expect_by_chance(stage, retry.sends > MESSAGES,
                           "something should have been lost and resent");
    stage_expect(stage, retry.received == MESSAGES + retry.dropped,
                 "received should have been delivered + dropped");
}

const struct lesson lesson_retry = {
    .topic =
        {.name = "retry",
         .summary = "Stop-and-wait on top of UDP: number, timeout, resend",
         .plan = "A simulated network loses 30% in both directions. The client numbers its 6 "
                 "messages, sends the next one only after the reply to the last, and resends after "
                 "100 ms. The server replies to each request, but delivers only the next number.",
         .question = "A reply is lost and the client resends. What must the server do with the "
                     "message that it already has?",
         .choices = {"reply to it, but not deliver it again", "drop it without a reply",
                     "deliver it again: better twice than never"},
         .right = 0,
         .explanation =
             "Numbers, replies, timeouts and resends make a reliable service out of an unreliable "
             "one. This is stop-and-wait: one message in flight, so at best one a round trip. TCP "
             "and QUIC work in the same way, but keep a window of data in flight, adapt the "
             "timeout to the round-trip time and slow down after losses.",
         .sources = "RFC 8085 sections 3.1, 3.3; RFC 9293 section 3.8; RFC 6298; RFC 9002",
         .commands = {"udptui serve --impair loss=30% --seed {seed} --ack echo 127.0.0.1:4010",
                      "seq 6 | udptui send --match echo --retry 12 --timeout 100ms 127.0.0.1:4010"},
         .client = "client",
         .server = "server"},
    .play = play_retry,
};
