/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stamps: the kernel's send times, and which datagram each belongs to.
 *
 * The kernel numbers the datagrams of a socket, and reports the number with the time. A failed send
 * may have used a number or not, depending on where it failed: the numbers begin again after one. A
 * time that is older than the call cannot be the datagram's, whatever number it has.
 */
#include "session_internal.h"
#include "udptui/base/units.h"

/* Without replies from an interface, its stamps are not read after each datagram. */
enum { UNANSWERED_MAX = 4 };

/* The two clocks are read one after the other: a time may appear to be slightly before the call. */
static const int64_t reading_error_ns = UNITS_NS_PER_US;

void stamps_prepare(const struct session *session, struct session_channel *channel)
{
    if (!session->options.send_stamps || !channel->miscounted)
        return;
    udp_restart_stamps(&channel->socket);
    channel->sends = channel->stamped = 0;
    channel->miscounted = false;
}

void stamps_note_sent(const struct session *session, struct session_channel *channel, uint64_t seq,
                      int64_t sent_app_ns)
{
    if (!session->options.send_stamps)
        return;
    channel->stamps[channel->sends % SESSION_STAMPS_MAX] =
        (struct session_stamp){.seq = seq, .sent_app_ns = sent_app_ns, .number = channel->sends};
    channel->sends++;
}

void stamps_note_failed(struct session_channel *channel)
{
    channel->miscounted = true;
}

void stamps_take(struct session *session, uint32_t number, const struct icmp_stamp *stamp)
{
    struct session_channel *channel = &session->channels[number];
    const struct session_stamp *sent = &channel->stamps[stamp->number % SESSION_STAMPS_MAX];
    bool steady = clock_pair_look(&session->clocks);
    int64_t sent_ns = clock_pair_monotonic_ns(&session->clocks, stamp->wall_ns);

    if (channel->sends - stamp->number - 1 >= SESSION_STAMPS_MAX || sent->number != stamp->number)
        return; /* not of a datagram that is remembered */
    channel->stamped = stamp->number + 1;
    if (steady && stamp->wall_ns != 0 && sent_ns >= sent->sent_app_ns - reading_error_ns &&
        sent_ns <= clock_monotonic_ns() + reading_error_ns)
        pending_stamp(session->pending, sent->seq, sent->sent_app_ns, sent_ns);
}

bool stamps_are_awaited(const struct session *session, uint32_t number)
{
    const struct session_channel *channel = &session->channels[number];
    uint32_t awaited = channel->sends - channel->stamped;

    return session->options.send_stamps && awaited > 0 && awaited <= UNANSWERED_MAX;
}
