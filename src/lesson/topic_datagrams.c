/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * topic_datagrams: boundaries and truncation: a receive call returns one datagram, and only one.
 */
#include <stdio.h>
#include <string.h>

#include "topics_internal.h"
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

static bool same_numbers(const int32_t *one, const int32_t *other, size_t count)
{
    return memcmp(one, other, count * sizeof *one) == 0;
}

/* ---- boundaries */

enum { PARTS = 4 };

/* All are sent before the first is read, so that they could be merged. */
static void play_boundaries(struct stage *stage)
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
    stage_count(stage, "sent", "datagrams sent", PARTS);
    stage_numbers(stage, "sent_bytes", "their sizes in bytes", sent, PARTS);
    stage_count(stage, "received", "receive calls that returned one", receives);
    stage_numbers(stage, "received_bytes", "what each of them returned", received,
                  (size_t)receives);
    stage_truth(stage, "queue_empty", "nothing is left in the queue", stage_is_empty(server));
    stage_happened(stage,
                   "%d sends, all before the first receive, gave %d receives: none was merged and "
                   "none was split. The empty one arrived too.",
                   PARTS, (int)receives);
    stage_expect(stage,
                 receives == PARTS && wrong == 0 && same_numbers(sent, received, PARTS) &&
                     stage_is_empty(server),
                 "each send should have been one receive with the same bytes");
}

const struct lesson lesson_boundaries = {
    .topic = {.name = "boundaries",
              .summary = "A datagram is never merged with others nor split",
              .plan =
                  "A client sends \"Hello, \", \"class\", an empty datagram and \"!\", one right "
                  "after the other. Only then does the server begin to receive, into a buffer "
                  "that has room for all of them.",
              .question = "What does the server's first receive call return?",
              .choices = {"all of it: \"Hello, class!\"", "\"Hello, \" and nothing else",
                          "it depends on how fast the datagrams arrived"},
              .right = 1,
              .explanation = "UDP keeps boundaries: one receive call returns one datagram, never "
                             "parts of two. An empty datagram is a message as well: a receive "
                             "that returns 0 is not the end of anything.",
              .sources = "RFC 768; udp(7); recv(2)",
              .commands = {"udptui serve 127.0.0.1:4010",
                           "udptui send 127.0.0.1:4010 'Hello, ' class '' '!'"},
              .client = "client",
              .server = "server"},
    .play = play_boundaries,
};

/* ---- truncation */

static void play_truncation(struct stage *stage)
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
    stage_numbers(stage, "sent_bytes", "sizes sent", sent, 2);
    stage_count(stage, "buffer_bytes", "the receiver's buffer, bytes", TINY_BUFFER_SIZE);
    stage_numbers(stage, "received_bytes", "sizes received", received, 2);
    stage_words(stage, "first", "the first receive returned", "%s", heads[0]);
    stage_words(stage, "second", "the second receive returned", "%s", heads[1]);
    stage_truth(stage, "first_truncated", "MSG_TRUNC: the first was cut", cut[0]);
    stage_truth(stage, "second_truncated", "MSG_TRUNC with the second", cut[1]);
    stage_count(stage, "lost_bytes", "bytes that nobody will ever read", sent[0] - received[0]);
    stage_happened(stage,
                   "The first receive returned %d of %d bytes, \"%s\"; the other %d are lost. The "
                   "next receive returned \"%s\", the next datagram.",
                   (int)received[0], (int)sent[0], heads[0], (int)(sent[0] - received[0]),
                   heads[1]);
    stage_expect(stage,
                 strcmp(heads[0], "Hell") == 0 && strcmp(heads[1], "next") == 0 && cut[0] &&
                     !cut[1] && stage_is_empty(server),
                 "the rest of the first datagram should have been lost, and only that");
}

const struct lesson lesson_truncation = {
    .topic = {.name = "truncation",
              .summary = "A small buffer loses the rest of the datagram, silently",
              .plan =
                  "A client sends \"Hello, class\" (12 bytes) and \"next\" (4 bytes). The server "
                  "receives twice, with a buffer of 4 bytes.",
              .question = "The first receive returns \"Hell\". What does the second one return?",
              .choices = {"\"o, c\": the following bytes", "an error: the buffer was too small",
                          "\"next\": the next datagram"},
              .right = 2,
              .explanation =
                  "One receive call takes one datagram from the queue, and discards what the "
                  "buffer has no room for. On Linux, as on other Unix systems, the call "
                  "succeeds, and only the flag MSG_TRUNC of recvmsg(2) says that it was cut. "
                  "Windows fills the buffer, too, but fails the call with WSAEMSGSIZE.",
              .sources =
                  "recv(2), recvmsg(2) MSG_TRUNC; POSIX recvfrom(); Microsoft: recv function",
              .commands = {"udptui serve --buffer 4 127.0.0.1:4010",
                           "udptui send 127.0.0.1:4010 'Hello, class' next"},
              .client = "client",
              .server = "server"},
    .play = play_truncation,
};
