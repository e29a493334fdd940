/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * step_retry: stop-and-wait on top of UDP. Sender: send number n, wait for reply n, send it again
 * after a timeout. Receiver: reply to every request, deliver only the next number.
 */
#include "steps_internal.h"
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
static bool step_retry_await(struct stage *stage, const struct udp_socket *client,
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
        answered = step_retry_await(stage, client, retry, number);
    }
    retry->confirmed += answered;
}

/* The receiver's part: the requests that reached the server, in order of arrival. */
static void step_retry_deliver(struct stage *stage, struct retry *retry)
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

void step_retry(struct stage *stage)
{
    struct udp_socket *client;
    struct retry retry = {.sends = 0};

    stage_serve(stage, "loss=30%");
    client = stage_client(stage, &stage->server, true, NULL);
    for (int number = 1; number <= MESSAGES; number++)
        send_until_answered(stage, client, &retry, number);
    step_retry_deliver(stage, &retry);
    stage_count(stage, "messages", MESSAGES);
    stage_count(stage, "sends", retry.sends);
    stage_count(stage, "server_received", retry.received);
    stage_numbers(stage, "delivered", retry.delivered, retry.delivered_count);
    stage_count(stage, "duplicates_dropped", retry.dropped);
    stage_count(stage, "confirmed", retry.confirmed);
}
