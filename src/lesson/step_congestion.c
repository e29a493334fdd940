/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * step_congestion: two senders and one bottleneck, in rounds. In each round the link carries LINK
 * datagrams: the first ones to arrive; the rest are dropped, as in a full queue. A sender that backs
 * off is informed how many of its datagrams arrived: after a loss it halves its rate, else it sends one
 * more in the next round (AIMD, RFC 5681 section 3.1). One that does not gets no report.
 *
 * Nothing here depends on time: the order of arrival is the order of sending, and datagrams are
 * counted.
 */
#include <stdio.h>
#include <string.h>

#include "steps_internal.h"
#include "udptui/lesson/stage.h"

enum { LINK = 8, ROUNDS = 12, SENDERS = 2, RATE_MAX = 16, REPORT_SIZE = 8 };

struct congestion_sender {
    const struct udp_socket *socket;
    char name;
    bool backs_off;
    int rate; /* of this round */
    int32_t rates[ROUNDS];
    int32_t passed;             /* of all rounds */
    int passed_now, placed_now; /* of this round */
};

/* One datagram on its way to the bottleneck. */
struct congestion_item {
    struct congestion_sender *sender;
    int leg;
};

struct congestion {
    const struct udp_socket *link;
    struct congestion_sender senders[SENDERS];
    int drawn_round;  /* the round that the ladder shows, from 0 */
    int32_t left_out; /* datagrams of the others */
};

/* ---- one round */

/* The sender whose next datagram is due first if each spreads its own evenly over the round. NULL:
 * all have sent theirs. */
static struct congestion_sender *congestion_next(struct congestion_sender *senders)
{
    struct congestion_sender *next = NULL;

    for (int i = 0; i < SENDERS; i++) {
        struct congestion_sender *sender = &senders[i];
        if (sender->placed_now == sender->rate)
            continue;
        if (next == NULL ||
            (2 * sender->placed_now + 1) * next->rate < (2 * next->placed_now + 1) * sender->rate)
            next = sender;
    }
    return next;
}

static int congestion_send(struct stage *stage, struct congestion *run,
                           struct congestion_item *items)
{
    struct congestion_sender *sender;
    char text[LADDER_LABEL_SIZE];
    int count = 0;

    for (int i = 0; i < SENDERS; i++)
        run->senders[i].passed_now = run->senders[i].placed_now = 0;
    while ((sender = congestion_next(run->senders)) != NULL) {
        snprintf(text, sizeof text, "%c%d", sender->name, ++sender->placed_now);
        items[count].sender = sender;
        stage_send(stage, sender->socket,
                   &(struct stage_datagram){.bytes = text,
                                            .size_bytes = strlen(text),
                                            .number = (uint64_t)count,
                                            .label = text},
                   &items[count].leg);
        count++;
    }
    return count;
}

/* The link takes what it can, in order of arrival; the rest finds a full queue. */
static void congestion_carry(struct stage *stage, struct congestion *run,
                             struct congestion_item *items, int count)
{
    char text[REPORT_SIZE];

    for (int i = 0; i < count && stage_going(stage); i++) {
        struct stage_received got = stage_receive(stage, run->link, text, sizeof text);
        if (got.size_bytes < 0)
            stage_fail(stage, "lesson: a datagram to 127.0.0.1 did not arrive");
        if (i >= LINK) {
            stage_drop(stage, items[i].leg, stage_text(stage, "queue full"));
            continue;
        }
        stage_arrive(stage, items[i].leg, got.wall_ns, "");
        items[i].sender->passed_now++;
    }
}

/* Informs a sender how many arrived. */
static void congestion_report(struct stage *stage, struct congestion *run,
                              const struct congestion_sender *sender)
{
    char text[LADDER_LABEL_SIZE];
    struct stage_received got;
    int leg;

    snprintf(text, sizeof text, "%c: %d/%d", sender->name, sender->passed_now, sender->rate);
    stage_send(stage, run->link,
               &(struct stage_datagram){.bytes = text,
                                        .size_bytes = strlen(text),
                                        .number = (uint64_t)RATE_MAX * SENDERS,
                                        .label = text,
                                        .to = &sender->socket->local,
                                        .to_left = true},
               &leg);
    got = stage_receive(stage, sender->socket, text, sizeof text);
    if (got.size_bytes >= 0)
        stage_arrive(stage, leg, got.wall_ns, "");
}

static void congestion_adapt(struct congestion_sender *sender)
{
    sender->passed += sender->passed_now;
    if (!sender->backs_off)
        return;
    if (sender->passed_now < sender->rate)
        sender->rate = sender->rate / 2 > 0 ? sender->rate / 2 : 1;
    else if (sender->rate < RATE_MAX)
        sender->rate++;
}

static void congestion_round(struct stage *stage, struct congestion *run, int round)
{
    struct congestion_item items[SENDERS * RATE_MAX];
    size_t legs = stage->leg_count;
    int count = congestion_send(stage, run, items);

    congestion_carry(stage, run, items, count);
    for (int i = 0; i < SENDERS; i++) {
        struct congestion_sender *sender = &run->senders[i];
        sender->rates[round] = sender->rate;
        if (sender->backs_off)
            congestion_report(stage, run, sender);
        congestion_adapt(sender);
    }
    if (round == run->drawn_round)
        return;
    run->left_out += (int32_t)(stage->leg_count - legs);
    stage->leg_count = legs;
}

/* ---- both experiments */

static void congestion_play(struct stage *stage, struct congestion *run)
{
    const struct endpoint local = stage_loopback();

    run->link = stage_receiver(stage, &local, NULL);
    for (int i = 0; i < SENDERS; i++)
        run->senders[i].socket = stage_client(stage, &run->link->local, true, NULL);
    for (int round = 0; round < ROUNDS && stage_going(stage); round++) {
        if (round == run->drawn_round)
            stage_happens(stage, true, "round %d: A sends %d, B sends %d", round + 1,
                          run->senders[0].rate, run->senders[1].rate);
        congestion_round(stage, run, round);
    }
}

/* Keys end with the name of the experiment. */
struct congestion_keys {
    const char *rates[SENDERS], *passed[SENDERS];
};

static void congestion_note_shares(struct stage *stage, const struct congestion *run,
                                   const struct congestion_keys *keys)
{
    for (int i = 0; i < SENDERS; i++) {
        stage_numbers(stage, keys->rates[i], run->senders[i].rates, ROUNDS);
        stage_count(stage, keys->passed[i], run->senders[i].passed);
    }
}

void step_congestion(struct stage *stage)
{
    static const struct congestion_keys fair_keys = {.rates = {"fair_rates_a", "fair_rates_b"},
                                                     .passed = {"fair_passed_a", "fair_passed_b"}},
                                        keys = {.rates = {"rates_a", "rates_b"},
                                                .passed = {"passed_a", "passed_b"}};
    struct congestion fair = {.senders = {{.name = 'A', .backs_off = true, .rate = 1},
                                          {.name = 'B', .backs_off = true, .rate = 6}},
                              .drawn_round = 4};
    struct congestion unfair = {
        .senders = {{.name = 'A', .backs_off = true, .rate = 4}, {.name = 'B', .rate = LINK}},
        .drawn_round = 0};

    congestion_play(stage, &fair);
    congestion_play(stage, &unfair);
    stage_count(stage, "link", LINK);
    stage_count(stage, "rounds", ROUNDS);
    congestion_note_shares(stage, &fair, &fair_keys);
    congestion_note_shares(stage, &unfair, &keys);
    stage_count(stage, "not_drawn", fair.left_out + unfair.left_out);
}
