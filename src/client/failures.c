/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* failures: errno, ICMP and silence, in words. */
#include <errno.h>
#include <stdio.h>

#include "session_internal.h"

#include "udptui/base/units.h"
#include "udptui/net/icmp.h"
#include "udptui/proto/datagram.h"
#include "udptui/proto/reason.h"
#include "udptui/sys/interfaces.h"

/* Limit per socket before the others have their turn: anyone can forge them. */
enum { ERRORS_A_TURN = 256 };

size_t failures_payload_max(const struct session *session)
{
    return datagram_payload_max((enum endpoint_family)session->target.family);
}

void failures_report(struct session *session, uint64_t seq, size_t size_bytes,
                     enum result_status status, const char *why)
{
    struct result result = {.status = status,
                            .seq = seq,
                            .to = session->target,
                            .size_bytes = size_bytes,
                            .rtt_ns = -1,
                            .why = why};

    session_report(session, &result);
}

static void failures_explain_size(const struct session *session,
                                  const struct session_channel *channel, size_t size_bytes,
                                  char *why)
{
    int mtu = udp_path_mtu(&channel->socket, &channel->target);

    if (size_bytes > failures_payload_max(session))
        snprintf(why, SESSION_WHY_SIZE,
                 "too big: one datagram carries at most %zu bytes (65,535 less the headers), "
                 "this has %zu%s",
                 failures_payload_max(session), size_bytes,
                 size_bytes >= MESSAGE_MOST ? " or more" : "");
    else if (mtu == 0)
        snprintf(why, SESSION_WHY_SIZE,
                 "too big: %zu bytes are more than the path or the interface can carry",
                 size_bytes);
    else
        snprintf(why, SESSION_WHY_SIZE,
                 "too big: %zu bytes and the headers exceed the path MTU of %d", size_bytes, mtu);
}

void failures_report_errno(struct session *session, const struct session_channel *channel,
                           uint64_t seq, size_t size_bytes, int error)
{
    static const char *const beginnings[RESULT_STATUSES] = {[RESULT_REFUSED] = "refused",
                                                            [RESULT_UNREACHABLE] = "unreachable",
                                                            [RESULT_FAILED] = "not sent"};
    enum reason_call call = REASON_SEND;
    char why[SESSION_WHY_SIZE], sentence[REASON_SIZE];

    if (error == EMSGSIZE) {
        failures_explain_size(session, channel, size_bytes, why);
        failures_report(session, seq, size_bytes, RESULT_TOO_BIG, why);
        return;
    }
    if (error == EACCES)
        call = udp_why_denied(&channel->socket, call, &channel->target);
    struct reason reason = reason_of_errno(call, error, &channel->socket.local, &channel->target);
    snprintf(why, sizeof why, "%s: %s", beginnings[reason.status],
             reason_sentence(&reason, sentence, sizeof sentence));
    failures_report(session, seq, size_bytes, reason.status, why);
}

void failures_report_silence(struct session *session, const struct pending_request *request)
{
    char waited[UNITS_TEXT_SIZE], why[SESSION_WHY_SIZE];
    struct result result = {.status = RESULT_TIMEOUT,
                            .seq = request->seq,
                            .to = session->channels[request->channel].target,
                            .size_bytes = request->size_bytes,
                            .rtt_ns = -1,
                            .resends = request->resends,
                            .why = why};

    units_duration(request->deadline_ns - request->sent_app_ns, waited, sizeof waited);
    snprintf(why, sizeof why, "no reply in %s: lost, filtered, or the server does not reply",
             waited);
    session_report(session, &result);
}

/* ---- ICMP */

static enum result_status failures_icmp_status(const struct icmp_error *error)
{
    if (error->error == ECONNREFUSED)
        return RESULT_REFUSED;
    return error->error == EMSGSIZE ? RESULT_TOO_BIG : RESULT_UNREACHABLE;
}

static void failures_explain_icmp(const struct icmp_error *error, char *why)
{
    static const char *const beginnings[RESULT_STATUSES] = {[RESULT_REFUSED] = "refused",
                                                            [RESULT_UNREACHABLE] = "unreachable",
                                                            [RESULT_TOO_BIG] = "too big"};
    enum result_status status = failures_icmp_status(error);
    struct reason_icmp icmp = icmp_reason(error);
    char sentence[REASON_ICMP_SIZE];

    snprintf(why, SESSION_WHY_SIZE, "%s: %s", beginnings[status],
             reason_icmp_sentence(&icmp, &interfaces_zones, sentence, sizeof sentence));
}

/* The error quotes the beginning of a datagram, and short ones whole. */
static struct pending_request *failures_find_quoted(struct session *session, uint32_t channel,
                                                    const struct icmp_error *error)
{
    struct pending_request *request =
        pending_find(session->pending, channel, error->payload, error->payload_bytes);

    return request != NULL ? request : pending_oldest(session->pending, channel);
}

static void failures_report_icmp(struct session *session, uint32_t channel,
                                 const struct icmp_error *error)
{
    struct pending_request *request = failures_find_quoted(session, channel, error);
    char why[SESSION_WHY_SIZE];
    struct result result = {.status = failures_icmp_status(error),
                            .to = session->channels[channel].target,
                            .rtt_ns = -1,
                            .why = why};

    failures_explain_icmp(error, why);
    if (request == NULL) { /* its datagram is settled */
        result.status = RESULT_UNSOLICITED;
    } else if (request->resends < session->options.retry) {
        pending_refused(session->pending, request);
        struct session_kept *kept = &session->kept[request->seq % SESSION_KEPT_MAX];
        if (kept->seq == request->seq)
            snprintf(kept->why, sizeof kept->why, "%s", why);
        return;
    } else {
        pending_fail(session->pending, request);
        result.seq = request->seq;
        result.size_bytes = request->size_bytes;
        result.resends = request->resends;
    }
    session_report(session, &result);
}

static enum icmp_item failures_take_item(struct session *session, uint32_t channel)
{
    struct icmp_error error;
    struct icmp_stamp stamp;
    enum icmp_item item = icmp_take(&session->channels[channel].socket, &error, &stamp);

    if (item == ICMP_STAMP)
        stamps_take(session, channel, &stamp);
    else if (item == ICMP_ERROR && !error.local) /* the send itself returns what we refuse */
        failures_report_icmp(session, channel, &error);
    return item;
}

size_t failures_take_icmp(struct session *session, uint32_t channel)
{
    size_t errors = 0;

    for (int i = 0; i < ERRORS_A_TURN; i++) {
        enum icmp_item item = failures_take_item(session, channel);
        if (item == ICMP_NOTHING)
            break;
        errors += item == ICMP_ERROR;
    }
    return errors;
}

void failures_take_stamps(struct session *session, uint32_t channel)
{
    for (int i = 0; i < ERRORS_A_TURN && stamps_are_awaited(session, channel); i++)
        if (failures_take_item(session, channel) == ICMP_NOTHING)
            break;
}
