/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* snapshot: words, figures and topics. */
#include "udptui/proto/snapshot.h"

#include <stdio.h>
#include <string.h>

#include <utf8proc.h>

#include "udptui/base/array.h"

#define SNAPSHOT_VERSION "v1"

const char *const snapshot_kind_words[SNAPSHOT_KINDS] = {
    [SNAPSHOT_SERVE] = "serve", [SNAPSHOT_RELAY] = "relay", [SNAPSHOT_PING] = "ping"};

const char *const snapshot_state_words[SNAPSHOT_STATES] = {
    [SNAPSHOT_RUNNING] = "running", [SNAPSHOT_ENDED] = "ended", [SNAPSHOT_GONE] = "gone"};

const char *const snapshot_part_words[SNAPSHOT_PARTS] = {[SNAPSHOT_STATS] = "stats",
                                                         [SNAPSHOT_CLIENTS] = "clients",
                                                         [SNAPSHOT_STATE] = "state",
                                                         [SNAPSHOT_MESSAGES] = "messages"};

/* ---- figures of a target */

#define TARGET_FIELD(name) offsetof(struct snapshot_target, name)
#define TARGET_COUNT(key_, text, field, seldom, sentence)                                          \
    {                                                                                              \
        .key = key_, .words = text, .rare = seldom, .offset = TARGET_FIELD(field), .metric = {     \
            .help = sentence,                                                                      \
            .name = "ping_" key_                                                                   \
        }                                                                                          \
    }
#define TARGET_GAUGE(key_, text, field, seldom, sentence)                                          \
    {                                                                                              \
        .key = key_, .words = text, .rare = seldom, .offset = TARGET_FIELD(field), .metric = {     \
            .help = sentence,                                                                      \
            .name = "ping_" key_,                                                                  \
            .gauge = true                                                                          \
        }                                                                                          \
    }
#define TARGET_RTT(key_, text, field, sentence)                                                    \
    {                                                                                              \
        .key = key_, .words = text, .unit = FIGURE_RTT, .offset = TARGET_FIELD(field), .metric = { \
            .help = sentence,                                                                      \
            .name = "ping_" key_                                                                   \
        }                                                                                          \
    }
/* Of a summary in the metrics. */
#define TARGET_PART(part_, unit_, field)                                                           \
    .unit = unit_, .offset = TARGET_FIELD(field),                                                  \
    .metric = {.help = "Round-trip times by kernel timestamps, of all replies since the start.",   \
               .name = "ping_rtt_ns",                                                              \
               .part = part_}

/* A late reply takes its probe out of the lost ones, but not out of these. */
static uint64_t snapshot_target_timeouts(const void *summary)
{
    const struct snapshot_target *target = summary;

    return target->lost + target->late;
}

static const struct figure target_rows[] = {
    TARGET_COUNT("sent", "sent", sent, false, "Probes that were sent."),
    TARGET_COUNT("received", "received", received, false,
                 "Probes that were answered within the timeout."),
    TARGET_COUNT("late", "late", late, true, "Probes that were answered after the timeout."),
    TARGET_GAUGE("lost", "lost", lost, false,
                 "Probes without a reply; a late reply takes its probe out."),
    {.count = snapshot_target_timeouts,
     .metric = {.help = "Probes without a reply within the timeout, the late ones included.",
                .name = "ping_timeouts"}},
    TARGET_GAUGE("waiting", "no reply yet", waiting, true, "Probes that wait for their reply now."),
    TARGET_COUNT("duplicates", "duplicates", duplicates, true,
                 "Further replies to a probe that had one."),
    TARGET_COUNT("reordered", "reordered", reordered, true,
                 "Replies that came after that to a later probe (RFC 4737)."),
    TARGET_COUNT("failed", "ICMP errors", failed, true, "ICMP errors for probes."),
    TARGET_COUNT("not_sent", "not sent", not_sent, true, "Probes that could not be sent."),
    {.key = "rtts", .offset = TARGET_FIELD(rtts)},
    TARGET_RTT("rtt_min_ns", "min", rtt_min_ns, "Shortest round-trip time."),
    TARGET_RTT("rtt_mean_ns", "mean", rtt_mean_ns, "Mean round-trip time."),
    {.key = "rtt_p50_ns", .words = "p50", TARGET_PART("0.5", FIGURE_RTT, rtt_p50_ns)},
    {.key = "rtt_p90_ns", .words = "p90", TARGET_PART("0.9", FIGURE_RTT, rtt_p90_ns)},
    {.key = "rtt_p99_ns", .words = "p99", TARGET_PART("0.99", FIGURE_RTT, rtt_p99_ns)},
    {TARGET_PART("sum", FIGURE_TIME, rtt_sum_ns)},
    {TARGET_PART("count", FIGURE_COUNT, rtts)},
    TARGET_RTT("rtt_max_ns", "max", rtt_max_ns, "Longest round-trip time."),
};
const struct figures snapshot_target_figures = {target_rows, COUNT_OF(target_rows)};

const struct figures *snapshot_figures(enum snapshot_kind kind)
{
    static const struct figures *const tables[SNAPSHOT_KINDS] = {
        [SNAPSHOT_SERVE] = &served_figures,
        [SNAPSHOT_RELAY] = &relayed_figures,
        [SNAPSHOT_PING] = &snapshot_target_figures,
    };

    return tables[kind];
}

/* ---- figures of a client */

#define CLIENT(name, member)                                                                       \
    {                                                                                              \
        .key = name, .offset = offsetof(struct event_client, member)                               \
    }
#define CLIENT_HELD(name, member)                                                                  \
    {                                                                                              \
        .key = name, .unit = FIGURE_HELD, .offset = offsetof(struct event_client, member)          \
    }

static const struct figure served_client_rows[] = {
    CLIENT("received", counts.received), CLIENT("received_bytes", counts.received_bytes),
    CLIENT("acked", counts.acked),       CLIENT_HELD("held", counts),
    CLIENT("failed", counts.failed),
};

static const struct figure relayed_client_rows[] = {
    CLIENT("received", counts.received),
    CLIENT("received_bytes", counts.received_bytes),
    CLIENT("forwarded", counts.acked),
    CLIENT_HELD("held", counts),
    CLIENT("failed", counts.failed),
    CLIENT("back_received", back.received),
    CLIENT("back_received_bytes", back.received_bytes),
    CLIENT("back_forwarded", back.acked),
    CLIENT_HELD("back_held", back),
    CLIENT("back_failed", back.failed),
    CLIENT("icmp_errors", icmp_errors),
};

const struct figures *snapshot_client_figures(enum snapshot_kind kind)
{
    static const struct figures served = {served_client_rows, COUNT_OF(served_client_rows)};
    static const struct figures relayed = {relayed_client_rows, COUNT_OF(relayed_client_rows)};

    return kind == SNAPSHOT_RELAY ? &relayed : &served;
}

/* ---- topics */

/* Wildcards and separators (MQTT 3.1.1, section 4.7.1), and what a broker may refuse (section
 * 1.5.3). */
static bool snapshot_is_allowed(utf8proc_int32_t point, bool first)
{
    return point >= 0x20 && !(point >= 0x7f && point <= 0x9f) && point != '+' && point != '#' &&
           point != '/' && !(first && point == '$') && utf8proc_codepoint_valid(point);
}

const char *snapshot_clean_level(const char *name, char *out)
{
    size_t length = 0, left = strlen(name);

    while (left > 0) {
        utf8proc_int32_t point = -1;
        utf8proc_ssize_t taken =
            utf8proc_iterate((const utf8proc_uint8_t *)name, (utf8proc_ssize_t)left, &point);
        bool allowed = taken > 0 && snapshot_is_allowed(point, length == 0);
        size_t size = taken > 0 ? (size_t)taken : 1, written = allowed ? size : 1;
        if (length + written >= SNAPSHOT_LEVEL_SIZE)
            break;
        memcpy(out + length, allowed ? name : "-", written);
        length += written;
        name += size;
        left -= size;
    }
    if (length == 0)
        out[length++] = '-';
    out[length] = '\0';
    return out;
}

const char *snapshot_format_topic(const char *prefix, const struct snapshot_topic *topic, char *out)
{
    snprintf(out, SNAPSHOT_TOPIC_SIZE, "%s/" SNAPSHOT_VERSION "/%s/%s/%s", prefix, topic->name,
             topic->place, snapshot_part_words[topic->part]);
    return out;
}

const char *snapshot_format_subscription(const char *prefix, enum snapshot_part part, char *out)
{
    return snapshot_format_topic(
        prefix, &(struct snapshot_topic){.name = "+", .place = "+", .part = part}, out);
}

/* Moves *text past the words and a slash. */
static bool snapshot_skip_level(const char **text, const char *words)
{
    size_t length = strlen(words);

    if (strncmp(*text, words, length) != 0 || (*text)[length] != '/')
        return false;
    *text += length + 1;
    return true;
}

/* Moves *text past a level and a slash; the level to out. */
static bool snapshot_take_level(const char **text, char *out)
{
    size_t length = strcspn(*text, "/");

    if (length == 0 || length >= SNAPSHOT_LEVEL_SIZE || (*text)[length] != '/')
        return false;
    memcpy(out, *text, length);
    out[length] = '\0';
    *text += length + 1;
    return true;
}

bool snapshot_parse_topic(const char *prefix, const char *text, struct snapshot_topic *out)
{
    if (!snapshot_skip_level(&text, prefix) || !snapshot_skip_level(&text, SNAPSHOT_VERSION) ||
        !snapshot_take_level(&text, out->name) || !snapshot_take_level(&text, out->place))
        return false;
    for (int i = 0; i < SNAPSHOT_PARTS; i++) {
        out->part = (enum snapshot_part)i;
        if (strcmp(text, snapshot_part_words[i]) == 0)
            return true;
    }
    return false;
}
