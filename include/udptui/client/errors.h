/* SPDX-License-Identifier: GPL-3.0-or-later */
/* send_errors: why there is no answer, as far as it can be known. */
#ifndef UDPTUI_CLIENT_ERRORS_H
#define UDPTUI_CLIENT_ERRORS_H

#include "udptui/client/session.h"

/* The largest payload the target's family allows: 65,535 less IP and UDP headers (IPv6: less
 * UDP's). */
size_t send_payload_max(const struct session *session);

/* A datagram that did not leave, or will not be answered. */
void send_report_failure(struct session *session, uint64_t seq, size_t size_bytes,
                         enum result_status status, const char *why);

/* The same from the errno of the send. */
void send_report_errno(struct session *session, const struct send_channel *channel, uint64_t seq,
                       size_t size_bytes, int error);

/* Nothing came in time. */
void send_report_silence(struct session *session, const struct pending_request *request);

/* Takes the ICMP errors that came back on a channel and returns how many. Each ends the datagram
 * that it quotes, or the oldest that waits there, unless that one will be sent again (--retry). */
size_t send_take_errors(struct session *session, uint32_t channel);

#endif
