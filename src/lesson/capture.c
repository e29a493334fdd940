/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "udptui/lesson/capture.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "udptui/base/builder.h"
#include "udptui/capture/writer.h"
#include "udptui/proto/reason.h"

enum { LEG_COMMENT_SIZE = CAPTURE_COMMENT_MAX };

/* A copy of a request is made, and a reply lost, by the simulated network inside the server. What a
 * packet socket saw is of another network. */
static bool is_simulated(const struct stage *stage, const struct ladder_leg *leg)
{
    const struct stage_frame *frame = stage_frame_of(stage, leg);

    if (frame != NULL && frame->raw)
        return false;
    return leg->to_right ? leg->copy : leg->end == LADDER_LOST;
}

static bool is_datagram(const struct ladder_leg *leg)
{
    return leg->end != LADDER_EVENT && leg->end != LADDER_UNSENT;
}

/* As far as it can be: a client that is not connected has an address only where it was received. */
static struct packet complete_packet(const struct stage_frame *frame)
{
    struct packet packet = frame->packet;
    uint16_t port = packet.source.port;

    if (endpoint_is_unspecified(&packet.source) && endpoint_is_loopback(&packet.destination)) {
        packet.source = stage_loopback(); /* the source that Linux has for 127.0.0.0/8 */
        packet.source.port = port;
    }
    return packet;
}

static bool is_written(const struct stage *stage, const struct ladder_leg *leg)
{
    const struct stage_frame *frame = stage_frame_of(stage, leg);
    struct packet packet;

    if (frame == NULL || !is_datagram(leg) || is_simulated(stage, leg))
        return false;
    if (frame->raw)
        return true;
    packet = complete_packet(frame);
    return packet.source.family == packet.destination.family &&
           packet.source.family != ENDPOINT_NONE && !endpoint_is_unspecified(&packet.source);
}

/* ---- comments */

static void add_fate(struct builder *text, const struct ladder_leg *leg)
{
    static const char *const fates[] = {[LADDER_LOST] = "lost after it had arrived here",
                                        [LADDER_UNDERWAY] = "did not arrive",
                                        [LADDER_DROPPED] = "dropped by the host that received it"};

    if (leg->note[0] != '\0')
        builder_add(text, "; %s", leg->note);
    if (leg->end == LADDER_LOST || leg->end == LADDER_UNDERWAY || leg->end == LADDER_DROPPED)
        builder_add(text, "; %s", fates[leg->end]);
}

/* The line of the ladder at one side of the leg's arrow. */
static const char *capture_end_of(const struct lesson_topic *topic, const struct ladder_leg *leg,
                                  bool left)
{
    if (topic->middle != NULL && leg->right_gap == left)
        return topic->middle;
    return left ? topic->client : topic->server;
}

static void format_leg(const struct stage *stage, const struct lesson_topic *topic,
                       const struct ladder_leg *leg, char *out)
{
    struct builder text = builder_begin(out, LEG_COMMENT_SIZE);

    builder_add(&text, "leg %zu of %zu, %s to %s: %s", (size_t)(leg - stage->legs) + 1,
                stage->leg_count, capture_end_of(topic, leg, leg->to_right),
                capture_end_of(topic, leg, !leg->to_right), leg->label);
    add_fate(&text, leg);
}

/* "; leg 3 (#2, LOST ack)" of each leg of one kind. Returns how many. */
static size_t list_legs(const struct stage *stage, bool simulated, struct builder *text)
{
    size_t count = 0;

    for (size_t i = 0; i < stage->leg_count; i++) {
        const struct ladder_leg *leg = &stage->legs[i];
        if (!is_datagram(leg) || is_written(stage, leg) || is_simulated(stage, leg) != simulated)
            continue;
        builder_add(text, "%s leg %zu (%s%s%s)", count++ > 0 ? "," : "", i + 1, leg->label,
                    leg->note[0] != '\0' ? ", " : "", leg->note);
    }
    return count;
}

static void add_missing(const struct stage *stage, bool simulated, const char *why,
                        struct builder *text)
{
    char list[CAPTURE_COMMENT_MAX];
    struct builder legs = builder_begin(list, sizeof list);

    if (list_legs(stage, simulated, &legs) > 0)
        builder_add(text, " %s:%s.", why, list);
}

/* Whether the file has packets as they were captured, or with rebuilt headers. */
static bool has_frames(const struct stage *stage, bool raw)
{
    for (size_t i = 0; i < stage->leg_count; i++)
        if (is_written(stage, &stage->legs[i]) &&
            stage_frame_of(stage, &stage->legs[i])->raw == raw)
            return true;
    return false;
}

static void format_file(const struct stage *stage, const struct lesson_topic *topic, char *out)
{
    struct builder text = builder_begin(out, CAPTURE_COMMENT_MAX);

    builder_add(&text, "udptui lesson %s, seed %" PRIu64 ": what was shown.", topic->name,
                stage->result.seed);
    if (has_frames(stage, true))
        builder_add(&text, " Packets of the lesson's own network are as packet sockets on its "
                           "links saw them.");
    if (has_frames(stage, false))
        builder_add(&text, " What the sockets of the lesson sent and received has rebuilt IP and "
                           "UDP headers.");
    if (stage->message_count > 0)
        builder_add(&text, " The simulated network is inside the server: a request that it loses "
                           "was on this wire all the same.");
    add_missing(stage, true, "Not in this file, because only the simulated network carried it",
                &text);
    add_missing(stage, false, "Not in this file, because its bytes or its time are not known",
                &text);
}

/* ---- writing */

static int64_t wire_ns(const struct ladder_leg *leg)
{
    return !leg->to_right && leg->end == LADDER_ARRIVED ? leg->arrive_ns : leg->depart_ns;
}

/* The legs to write, in order of their times: replies are delayed before they are on the wire. */
static size_t sort_written(const struct stage *stage, const struct ladder_leg **sorted)
{
    size_t count = 0;

    for (size_t i = 0; i < stage->leg_count; i++) {
        const struct ladder_leg *leg = &stage->legs[i];
        size_t place = count;
        if (!is_written(stage, leg))
            continue;
        for (; place > 0 && wire_ns(sorted[place - 1]) > wire_ns(leg); place--)
            sorted[place] = sorted[place - 1];
        sorted[place] = leg;
        count++;
    }
    return count;
}

static bool write_leg(const struct stage *stage, const struct lesson_topic *topic,
                      struct capture_writer *writer, const struct ladder_leg *leg)
{
    const struct stage_frame *frame = stage_frame_of(stage, leg);
    const struct packet packet = complete_packet(frame);
    char comment[LEG_COMMENT_SIZE];

    format_leg(stage, topic, leg, comment);
    if (frame->raw)
        return capture_writer_write_raw(writer, wire_ns(leg), packet.payload, packet.size_bytes,
                                        packet.original_bytes, comment);
    return capture_writer_write_commented(writer, wire_ns(leg), &packet, comment);
}

bool lesson_capture_write(const struct stage *stage, const struct lesson_topic *topic,
                          const char *path, bool force, struct signals *signals, char *error)
{
    const struct ladder_leg *sorted[STAGE_LEGS_MAX];
    size_t count = sort_written(stage, sorted);
    char comment[CAPTURE_COMMENT_MAX];
    struct capture_writer *writer;

    format_file(stage, topic, comment);
    writer = capture_writer_create_commented(path, force, comment, error);
    if (writer == NULL)
        return false;
    signals_watch_output(signals, SIGNALS_CAPTURE, capture_writer_fd(writer));
    for (size_t i = 0; i < count; i++)
        write_leg(stage, topic, writer, sorted[i]);
    bool whole = capture_writer_close(writer);
    signals_watch_output(signals, SIGNALS_CAPTURE, -1);
    if (whole)
        return true;
    snprintf(error, CAPTURE_ERROR_SIZE, "%.*s: %s", CAPTURE_ERROR_SIZE / 2, path,
             reason_text(errno));
    return false;
}
