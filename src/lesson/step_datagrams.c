/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * step_datagrams: boundaries and truncation: a receive call returns one datagram, and only one.
 */
#include <stdio.h>
#include <string.h>

#include "steps_internal.h"
#include "udptui/lesson/stage.h"

enum { BUFFER_SIZE = 65536, TINY_BUFFER_SIZE = 4 };

/* Sends text from the client; the number stands in the ladder. Returns the leg. */
static int send_text(struct stage *stage, const struct udp_socket *client, uint64_t number,
                     const char *text)
{
    char label[LADDER_LABEL_SIZE];
    int leg;

    snprintf(label, sizeof label, "%zu B \"%s\"", strlen(text), text);
    stage_send(stage, client,
               &(struct stage_datagram){
                   .bytes = text, .size_bytes = strlen(text), .number = number, .label = label},
               &leg);
    return leg;
}

/* ---- boundaries */

enum { PARTS = 4 };

/* All are sent before the first is read, so that they could be merged. */
void step_boundaries(struct stage *stage)
{
    static const char *const parts[PARTS] = {"Hello, ", "class", "", "!"};
    const struct endpoint local = stage_loopback();
    struct udp_socket *server = stage_receiver(stage, &local, NULL);
    struct udp_socket *client = stage_client(stage, &server->local, true, NULL);
    int32_t sent[PARTS] = {0}, received[PARTS] = {0};
    char buffer[BUFFER_SIZE];
    int legs[PARTS];
    int32_t receives = 0, wrong = 0;

    for (int i = 0; i < PARTS && stage_going(stage); i++) {
        sent[i] = (int32_t)strlen(parts[i]);
        legs[i] = send_text(stage, client, (uint64_t)i + 1, parts[i]);
    }
    for (int i = 0; i < PARTS && stage_going(stage); i++) {
        struct stage_received got = stage_receive(stage, server, buffer, sizeof buffer);
        if (got.size_bytes < 0)
            break;
        received[receives++] = (int32_t)got.size_bytes;
        wrong += got.size_bytes != sent[i] || memcmp(buffer, parts[i], strlen(parts[i])) != 0;
        stage_arrive(stage, legs[i], got.wall_ns, "");
        stage_happens(stage, false, "recv %d: %zd B", i + 1, got.size_bytes);
    }
    stage_count(stage, "sent", PARTS);
    stage_numbers(stage, "sent_bytes", sent, PARTS);
    stage_count(stage, "received", receives);
    stage_numbers(stage, "received_bytes", received, (size_t)receives);
    stage_truth(stage, "queue_empty", stage_is_empty(server));
    stage_truth(stage, "same_bytes", wrong == 0);
}

/* ---- truncation */

void step_truncation(struct stage *stage)
{
    static const char *const texts[] = {"Hello, class", "next"};
    const struct endpoint local = stage_loopback();
    struct udp_socket *server = stage_receiver(stage, &local, NULL);
    struct udp_socket *client = stage_client(stage, &server->local, true, NULL);
    const int32_t sent[] = {12, 4};
    int32_t received[2] = {-1, -1};
    char heads[2][TINY_BUFFER_SIZE + 1] = {{0}};
    bool cut[2] = {false, false};
    int legs[2];

    for (int i = 0; i < 2; i++)
        legs[i] = send_text(stage, client, (uint64_t)i + 1, texts[i]);
    for (int i = 0; i < 2 && stage_going(stage); i++) {
        struct stage_received got = stage_receive(stage, server, heads[i], TINY_BUFFER_SIZE);
        received[i] = (int32_t)got.size_bytes;
        cut[i] = got.truncated;
        stage_arrive(stage, legs[i], got.wall_ns, "");
        stage_happens(stage, false, "recv %d: \"%s\"", i + 1, heads[i]);
    }
    stage_numbers(stage, "sent_bytes", sent, 2);
    stage_count(stage, "buffer_bytes", TINY_BUFFER_SIZE);
    stage_numbers(stage, "received_bytes", received, 2);
    stage_words(stage, "first", "%s", heads[0]);
    stage_words(stage, "second", "%s", heads[1]);
    stage_truth(stage, "first_truncated", cut[0]);
    stage_truth(stage, "second_truncated", cut[1]);
    stage_truth(stage, "queue_empty", stage_is_empty(server));
}
