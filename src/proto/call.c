/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* call: "NAME(ARGUMENTS) = RESULT: what came", each kind with a row of its own. */
#include "udptui/proto/call.h"

#include <string.h>

#include "call_names_internal.h"
#include "udptui/base/builder.h"
#include "udptui/base/units.h"
#include "udptui/proto/elsewhere.h"
#include "udptui/proto/reason.h"

enum { NAMES_SIZE = 96 };

/* One call as text, and what it is made of. */
struct call_line {
    struct builder text;
    bool with_peers;
    const struct zones *zones;
};

/* A name, or the number if it has none. */
static void call_add_name(struct call_line *line, const char *name, int number)
{
    if (name != NULL)
        builder_add(&line->text, "%s", name);
    else
        builder_add(&line->text, "%#x", (unsigned)number);
}

static void call_add_endpoint(struct call_line *line, const char *before,
                              const struct endpoint *endpoint)
{
    char shown[ENDPOINT_TEXT_SIZE];

    builder_add(&line->text, "%s%s", before,
                endpoint_format_in(endpoint, line->zones, shown, sizeof shown));
}

static void call_add_count(struct call_line *line, const char *before, uint32_t count,
                           const char *unit)
{
    char shown[UNITS_TEXT_SIZE];

    builder_add(&line->text, "%s%s%s", before, units_count(count, shown, sizeof shown), unit);
}

/* ---- arguments behind the descriptor */

static void call_add_nothing(struct call_line *line, const struct call *call)
{
    (void)line;
    (void)call;
}

static void call_add_socket(struct call_line *line, const struct call *call)
{
    char names[NAMES_SIZE];

    call_add_name(line, call_family_name(call->level), call->level);
    builder_add(&line->text, ", %s, ", call_type_names(call->name, names, sizeof names));
    call_add_name(line, call->value == 0 ? "0" : NULL, call->value);
}

static void call_add_option(struct call_line *line, const struct call *call)
{
    const struct call_option *option = call_option_of(call->level, call->name);

    builder_add(&line->text, ", ");
    call_add_name(line, call_level_name(call->level), call->level);
    builder_add(&line->text, ", ");
    call_add_name(line, option != NULL ? option->text : NULL, call->name);
}

static void call_add_value(struct call_line *line, const struct call *call)
{
    call_add_option(line, call);
    if (call->peer.family == ENDPOINT_NONE) {
        builder_add(&line->text, ", %d", call->value);
        return;
    }
    char group[ENDPOINT_TEXT_SIZE];
    builder_add(&line->text, ", %s",
                endpoint_format_address_in(&call->peer, line->zones, group, sizeof group));
}

static void call_add_address(struct call_line *line, const struct call *call)
{
    call_add_endpoint(line, ", ", &call->peer);
}

static void call_add_flags(struct call_line *line, const struct call *call)
{
    char names[NAMES_SIZE];

    builder_add(&line->text, ", %s", call_flag_names(call->value, names, sizeof names));
}

static void call_add_batch(struct call_line *line, const struct call *call)
{
    builder_add(&line->text, ", [%u]", (unsigned)call->wanted);
    call_add_flags(line, call);
}

/* ---- the result, if it worked */

static void call_add_option_read(struct call_line *line, const struct call *call)
{
    const struct call_option *option = call_option_of(call->level, call->name);

    if (option == NULL || strcmp(option->text, "SO_MEMINFO") != 0) {
        builder_add(&line->text, ": %d", call->value);
        return;
    }
    call_add_count(line, ": ", call->bytes, " B waiting");
    call_add_count(line, ", ", (uint32_t)call->value, " dropped");
}

static void call_add_local(struct call_line *line, const struct call *call)
{
    call_add_endpoint(line, ": ", &call->peer);
}

/* word: "from" or "to". */
static void call_add_traffic(struct call_line *line, const struct call *call, const char *word)
{
    bool several = call->datagrams > 1;

    if (call->datagrams > (uint32_t)call->result)
        call_add_count(line, ": ", call->datagrams, " datagrams, ");
    else
        builder_add(&line->text, ": ");
    call_add_count(line, "", call->bytes, " B");
    if (!line->with_peers || call->peer.family == ENDPOINT_NONE)
        return;
    builder_add(&line->text, "%s %s ", several ? ", first" : "", word);
    call_add_endpoint(line, "", &call->peer);
}

/* An error number by its symbolic name, or "errno 123". */
static void call_add_error(struct call_line *line, int error)
{
    const char *name = call_error_name(error);

    if (name[0] != '\0')
        builder_add(&line->text, "%s", name);
    else
        builder_add(&line->text, "errno %d", error);
}

static void call_add_taken(struct call_line *line, const struct call *call)
{
    call_add_traffic(line, call, "from");
}

static void call_add_sent(struct call_line *line, const struct call *call)
{
    call_add_traffic(line, call, "to");
}

/* One message a call: the result is its bytes. */
static void call_add_taken_one(struct call_line *line, const struct call *call)
{
    struct call counted = *call;

    counted.result = 1;
    if (!call_is_error_queue(call->value)) {
        call_add_taken(line, &counted);
        return;
    }
    if (call->name == 0) {
        builder_add(&line->text, ": when a datagram left");
        return;
    }
    builder_add(&line->text, ": ");
    call_add_error(line, call->name);
    call_add_count(line, ", ", call->bytes, " B");
    if (line->with_peers)
        call_add_endpoint(line, " to ", &call->peer);
}

static void call_add_sent_one(struct call_line *line, const struct call *call)
{
    struct call counted = *call;

    counted.result = 1;
    call_add_sent(line, &counted);
}

/* ---- the kinds */

static const struct kind {
    const char *name;
    void (*arguments)(struct call_line *line, const struct call *call);
    void (*outcome)(struct call_line *line, const struct call *call);
    bool without_fd;
    const char *purpose;
} kinds[CALL_KINDS] = {
    [CALL_SOCKET] = {"socket", call_add_socket, call_add_nothing, true,
                     "creates a socket: SOCK_DGRAM is UDP"},
    [CALL_SETSOCKOPT] = {"setsockopt", call_add_value, call_add_nothing, false,
                         "sets a socket option"},
    [CALL_GETSOCKOPT] = {"getsockopt", call_add_option, call_add_option_read, false,
                         "reads a socket option"},
    [CALL_BIND] = {"bind", call_add_address, call_add_nothing, false,
                   "binds the address and port: what is sent there arrives here"},
    [CALL_GETSOCKNAME] = {"getsockname", call_add_nothing, call_add_local, false,
                          "reads the socket's own address: the port the kernel chose"},
    [CALL_CONNECT] = {"connect", call_add_address, call_add_nothing, false,
                      "sets the peer: nothing is sent, no handshake; reports errors"},
    [CALL_RECVMMSG] = {"recvmmsg", call_add_batch, call_add_taken, false,
                       "receives all waiting datagrams, up to the number in [ ]"},
    [CALL_RECVMSG] = {"recvmsg", call_add_flags, call_add_taken_one, false,
                      "receives one datagram"},
    [CALL_SENDMMSG] = {"sendmmsg", call_add_batch, call_add_sent, false,
                       "sends as many as the number in [ ] in one call"},
    [CALL_SENDMSG] = {"sendmsg", call_add_flags, call_add_sent_one, false, "sends one datagram"},
    [CALL_CLOSE] = {"close", call_add_nothing, call_add_nothing, false,
                    "releases the port: the peers do not notice"},
};

static void call_add_result(struct call_line *line, const struct call *call)
{
    builder_add(&line->text, ") = %d", call->result);
    if (call->error == 0) {
        kinds[call->kind].outcome(line, call);
        return;
    }
    builder_add(&line->text, " ");
    call_add_error(line, call->error);
}

const char *call_format(const struct call *call, bool with_peers, const struct zones *zones,
                        char *out, size_t size_bytes)
{
    struct call_line line = {
        .text = builder_begin(out, size_bytes), .with_peers = with_peers, .zones = zones};
    const struct kind *kind = &kinds[call->kind];

    builder_add(&line.text, "%s(", kind->name);
    if (!kind->without_fd)
        builder_add(&line.text, "%d", call->fd);
    kind->arguments(&line, call);
    call_add_result(&line, call);
    return out;
}

const char *call_name(const struct call *call)
{
    return kinds[call->kind].name;
}

/* ---- what for */

static bool is_receive(const struct call *call)
{
    return call->kind == CALL_RECVMMSG || call->kind == CALL_RECVMSG;
}

static bool is_send(const struct call *call)
{
    return call->kind == CALL_SENDMMSG || call->kind == CALL_SENDMSG;
}

static const enum reason_call asked[CALL_KINDS] = {
    [CALL_SOCKET] = REASON_SOCKET,   [CALL_BIND] = REASON_LISTEN,  [CALL_CONNECT] = REASON_CONNECT,
    [CALL_SENDMMSG] = REASON_SEND,   [CALL_SENDMSG] = REASON_SEND, [CALL_RECVMMSG] = REASON_RECEIVE,
    [CALL_RECVMSG] = REASON_RECEIVE,
};

/* What a failure means, beyond the purpose of the call. */
static const char *meaning_of(const struct call *call)
{
    if (call->error == 0 || !reason_is_known(asked[call->kind], call->error, NULL, &call->peer))
        return NULL;
    return reason_of_errno(asked[call->kind], call->error, NULL, &call->peer).why;
}

static const char *purpose_of_option(const struct call *call)
{
    const struct call_option *option = call_option_of(call->level, call->name);

    return option != NULL ? option->purpose : kinds[call->kind].purpose;
}

static bool looks_for_errors(const struct call *call)
{
    return is_receive(call) && call_is_error_queue(call->value);
}

const char *call_purpose(const struct call *call)
{
    const char *meaning = meaning_of(call);

    if (looks_for_errors(call) && call->error == 0 && call->name == 0)
        return "receives the kernel's time of a datagram's leaving";
    if (looks_for_errors(call))
        return call->error == 0 ? "receives an ICMP error and the datagram that caused it"
                                : "checks for ICMP errors: there are no more";
    if (meaning != NULL)
        return meaning;
    if (call->kind == CALL_SETSOCKOPT || call->kind == CALL_GETSOCKOPT)
        return purpose_of_option(call);
    if (call->wanted == 1 && call->kind == CALL_RECVMMSG)
        return "receives one whole datagram and its sender's address";
    if (call->wanted == 1 && call->datagrams <= 1 && call->kind == CALL_SENDMMSG)
        return "sends one datagram: its arrival is not guaranteed";
    return kinds[call->kind].purpose;
}

const struct elsewhere *call_elsewhere(const struct call *call)
{
    int error = looks_for_errors(call) ? call->name : call->error;

    return error == 0 ? NULL : elsewhere_find(asked[call->kind], error);
}

bool call_carries(const struct call *call)
{
    return (is_receive(call) || is_send(call)) && !looks_for_errors(call);
}

bool call_repeats(const struct call *a, const struct call *b)
{
    return a->kind == b->kind && a->fd == b->fd && a->engine == b->engine &&
           a->result == b->result && a->error == b->error && a->level == b->level &&
           a->name == b->name && a->value == b->value && a->wanted == b->wanted &&
           a->bytes == b->bytes && a->datagrams == 0 && b->datagrams == 0;
}
