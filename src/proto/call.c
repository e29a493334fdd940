/* SPDX-License-Identifier: GPL-3.0-or-later */
/* call: "NAME(ARGUMENTS) = RESULT: what came", each kind with a row of its own. */
#include "udptui/proto/call.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "call_names_internal.h"
#include "udptui/base/units.h"
#include "udptui/proto/reason.h"

enum { NAMES_SIZE = 96 };

/* Text that grows; what does not fit is cut. */
struct line {
    char *out;
    size_t size_bytes, used;
    bool with_peers;
    const struct zones *zones;
};

__attribute__((format(printf, 2, 3))) static void add(struct line *line, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    int length =
        vsnprintf(line->out + line->used, line->size_bytes - line->used, format, arguments);
    va_end(arguments);
    if (length > 0)
        line->used += (size_t)length;
    if (line->used >= line->size_bytes)
        line->used = line->size_bytes - 1;
}

/* A name, or the number that has none. */
static void add_name(struct line *line, const char *name, int number)
{
    if (name != NULL)
        add(line, "%s", name);
    else
        add(line, "%#x", (unsigned)number);
}

static void add_endpoint(struct line *line, const char *before, const struct endpoint *endpoint)
{
    char shown[ENDPOINT_TEXT_SIZE];

    add(line, "%s%s", before, endpoint_format_in(endpoint, line->zones, shown, sizeof shown));
}

static void add_count(struct line *line, const char *before, uint32_t count, const char *unit)
{
    char shown[UNITS_TEXT_SIZE];

    add(line, "%s%s%s", before, units_count(count, shown, sizeof shown), unit);
}

/* ---- arguments behind the descriptor */

static void add_nothing(struct line *line, const struct call *call)
{
    (void)line;
    (void)call;
}

static void add_socket(struct line *line, const struct call *call)
{
    char names[NAMES_SIZE];

    add_name(line, call_family_name(call->level), call->level);
    add(line, ", %s, ", call_type_names(call->name, names, sizeof names));
    add_name(line, call->value == 0 ? "0" : NULL, call->value);
}

static void add_option(struct line *line, const struct call *call)
{
    const struct call_option *option = call_option_of(call->level, call->name);

    add(line, ", ");
    add_name(line, call_level_name(call->level), call->level);
    add(line, ", ");
    add_name(line, option != NULL ? option->text : NULL, call->name);
}

static void add_value(struct line *line, const struct call *call)
{
    add_option(line, call);
    if (call->peer.family == ENDPOINT_NONE) {
        add(line, ", %d", call->value);
        return;
    }
    char group[ENDPOINT_TEXT_SIZE];
    add(line, ", %s", endpoint_format_address_in(&call->peer, line->zones, group, sizeof group));
}

static void add_address(struct line *line, const struct call *call)
{
    add_endpoint(line, ", ", &call->peer);
}

static void add_flags(struct line *line, const struct call *call)
{
    char names[NAMES_SIZE];

    add(line, ", %s", call_flag_names(call->value, names, sizeof names));
}

static void add_batch(struct line *line, const struct call *call)
{
    add(line, ", [%u]", (unsigned)call->wanted);
    add_flags(line, call);
}

/* ---- what came of it, where it worked */

static void add_option_read(struct line *line, const struct call *call)
{
    const struct call_option *option = call_option_of(call->level, call->name);

    if (option == NULL || strcmp(option->text, "SO_MEMINFO") != 0) {
        add(line, ": %d", call->value);
        return;
    }
    add_count(line, ": ", call->bytes, " B waiting");
    add_count(line, ", ", (uint32_t)call->value, " dropped");
}

static void add_local(struct line *line, const struct call *call)
{
    add_endpoint(line, ": ", &call->peer);
}

/* word: "from" or "to". */
static void add_traffic(struct line *line, const struct call *call, const char *word)
{
    bool several = call->datagrams > 1;

    if (call->datagrams > (uint32_t)call->result)
        add_count(line, ": ", call->datagrams, " datagrams, ");
    else
        add(line, ": ");
    add_count(line, "", call->bytes, " B");
    if (!line->with_peers || call->peer.family == ENDPOINT_NONE)
        return;
    add(line, "%s %s ", several ? ", first" : "", word);
    add_endpoint(line, "", &call->peer);
}

/* An error number as it stands in the manual, or "errno 123". */
static void add_error(struct line *line, int error)
{
    const char *name = call_error_name(error);

    if (name[0] != '\0')
        add(line, "%s", name);
    else
        add(line, "errno %d", error);
}

static void add_taken(struct line *line, const struct call *call)
{
    add_traffic(line, call, "from");
}

static void add_sent(struct line *line, const struct call *call)
{
    add_traffic(line, call, "to");
}

/* One message a call: the result is its bytes. */
static void add_taken_one(struct line *line, const struct call *call)
{
    struct call counted = *call;

    counted.result = 1;
    if (!call_is_error_queue(call->value)) {
        add_taken(line, &counted);
        return;
    }
    add(line, ": ");
    add_error(line, call->name);
    add_count(line, ", ", call->bytes, " B");
    if (line->with_peers)
        add_endpoint(line, " to ", &call->peer);
}

static void add_sent_one(struct line *line, const struct call *call)
{
    struct call counted = *call;

    counted.result = 1;
    add_sent(line, &counted);
}

/* ---- the kinds */

static const struct kind {
    const char *name;
    void (*arguments)(struct line *line, const struct call *call);
    void (*outcome)(struct line *line, const struct call *call);
    bool without_fd;
    const char *purpose;
} kinds[CALL_KINDS] = {
    [CALL_SOCKET] = {"socket", add_socket, add_nothing, true,
                     "makes an end of communication: SOCK_DGRAM is UDP"},
    [CALL_SETSOCKOPT] = {"setsockopt", add_value, add_nothing, false, "sets an option"},
    [CALL_GETSOCKOPT] = {"getsockopt", add_option, add_option_read, false, "asks for an option"},
    [CALL_BIND] = {"bind", add_address, add_nothing, false,
                   "takes the address and port: what is sent there comes here"},
    [CALL_GETSOCKNAME] = {"getsockname", add_nothing, add_local, false,
                          "asks for our own address: the port the kernel chose"},
    [CALL_CONNECT] = {"connect", add_address, add_nothing, false,
                      "fixes the peer: nothing is sent, no handshake; reports errors"},
    [CALL_RECVMMSG] = {"recvmmsg", add_batch, add_taken, false,
                       "takes all that wait, up to the number in [ ], in one call"},
    [CALL_RECVMSG] = {"recvmsg", add_flags, add_taken_one, false, "takes one datagram"},
    [CALL_SENDMMSG] = {"sendmmsg", add_batch, add_sent, false,
                       "hands as many as the number in [ ] to the kernel in one call"},
    [CALL_SENDMSG] = {"sendmsg", add_flags, add_sent_one, false, "hands one to the kernel"},
    [CALL_CLOSE] = {"close", add_nothing, add_nothing, false,
                    "gives the port back: the peers do not notice"},
};

static void add_result(struct line *line, const struct call *call)
{
    add(line, ") = %d", call->result);
    if (call->error == 0) {
        kinds[call->kind].outcome(line, call);
        return;
    }
    add(line, " ");
    add_error(line, call->error);
}

const char *call_format(const struct call *call, bool with_peers, const struct zones *zones,
                        char *out, size_t size_bytes)
{
    struct line line = {
        .out = out, .size_bytes = size_bytes, .with_peers = with_peers, .zones = zones};
    const struct kind *kind = &kinds[call->kind];

    add(&line, "%s(", kind->name);
    if (!kind->without_fd)
        add(&line, "%d", call->fd);
    kind->arguments(&line, call);
    add_result(&line, call);
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

/* What a failure says that the call's own purpose does not. */
static const char *meaning_of(const struct call *call)
{
    static const enum reason_call asked[CALL_KINDS] = {
        [CALL_SOCKET] = REASON_SOCKET,   [CALL_BIND] = REASON_LISTEN,
        [CALL_CONNECT] = REASON_CONNECT, [CALL_SENDMMSG] = REASON_SEND,
        [CALL_SENDMSG] = REASON_SEND,    [CALL_RECVMMSG] = REASON_RECEIVE,
        [CALL_RECVMSG] = REASON_RECEIVE,
    };

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

    if (looks_for_errors(call))
        return call->error == 0 ? "takes an ICMP error and the datagram that it is about"
                                : "looks for ICMP errors: there are no more";
    if (meaning != NULL)
        return meaning;
    if (call->kind == CALL_SETSOCKOPT || call->kind == CALL_GETSOCKOPT)
        return purpose_of_option(call);
    if (call->wanted == 1 && call->kind == CALL_RECVMMSG)
        return "takes one datagram, with who sent it: that is all of it";
    if (call->wanted == 1 && call->datagrams <= 1 && call->kind == CALL_SENDMMSG)
        return "hands one datagram to the kernel: no promise that it arrives";
    return kinds[call->kind].purpose;
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
