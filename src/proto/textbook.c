/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* textbook: each kind of call has a row with its spelling in each language; what came of it stands
 * behind it, in C as the result, in Python as a comment. */
#include "udptui/proto/textbook.h"

#include <errno.h>
#include <string.h>

#include "call_names_internal.h"
#include "udptui/base/array.h"
#include "udptui/base/builder.h"
#include "udptui/base/units.h"
#include "udptui/proto/socket_numbers.h"

/* One call as text, and what it is made of. */
struct page {
    struct builder text;
    const struct call *call;
    enum textbook_language language;
    bool with_peers;
    const struct zones *zones;
};

const char *textbook_language_name(enum textbook_language language)
{
    return language == TEXTBOOK_C ? "C" : "Python";
}

/* ---- how many */

static bool textbook_receives(const struct call *call)
{
    return call->kind == CALL_RECVMMSG || call->kind == CALL_RECVMSG;
}

/* Its socket blocks: instead of such a call it waits in the one before. */
static bool textbook_would_wait(const struct call *call)
{
    return textbook_receives(call) && (call->error == EAGAIN || call->error == EINTR);
}

static bool textbook_is_left_out(const struct call *call)
{
    if (call->kind == CALL_SETSOCKOPT || call->kind == CALL_GETSOCKOPT) {
        const struct call_option *option = call_option_of(call->level, call->name);
        return option == NULL || option->textbook == NULL;
    }
    return textbook_would_wait(call) ||
           (textbook_receives(call) && call_is_error_queue(call->value));
}

uint32_t textbook_calls(const struct call *call)
{
    if (textbook_is_left_out(call))
        return 0;
    return call_carries(call) && call->error == 0 ? call->datagrams : 1;
}

static void textbook_add_reason(struct page *page)
{
    const struct call *call = page->call;

    if (textbook_receives(call) && call_is_error_queue(call->value))
        builder_add(&page->text, "no call: the error queue is Linux's");
    else if (textbook_would_wait(call))
        builder_add(&page->text, "no call: recvfrom waits until a datagram comes");
    else
        builder_add(&page->text, "no call: a textbook's program does without this option");
}

/* ---- what came of it */

static void textbook_add_endpoint(struct page *page, const char *before)
{
    char shown[ENDPOINT_TEXT_SIZE];

    builder_add(&page->text, "%s%s", before,
                endpoint_format_in(&page->call->peer, page->zones, shown, sizeof shown));
}

static void textbook_add_traffic(struct page *page)
{
    const struct call *call = page->call;
    const char *word = textbook_receives(call) ? "from" : "to";
    bool several = call->datagrams > 1;
    char count[UNITS_TEXT_SIZE];

    builder_add(&page->text, "%s B", units_count(call->bytes, count, sizeof count));
    if (page->with_peers && call->peer.family != ENDPOINT_NONE) {
        builder_add(&page->text, "%s %s ", several ? ", first" : "", word);
        textbook_add_endpoint(page, "");
    }
}

/* The group of a membership, or the value. */
static void textbook_add_value(struct page *page)
{
    char group[ENDPOINT_TEXT_SIZE];

    if (page->call->peer.family == ENDPOINT_NONE)
        builder_add(&page->text, "%d", page->call->value);
    else
        builder_add(
            &page->text, "%s",
            endpoint_format_address_in(&page->call->peer, page->zones, group, sizeof group));
}

static void textbook_add_address(struct page *page)
{
    textbook_add_endpoint(page, "");
}

/* The class of the exception that Python raises (Built-in Exceptions, OS exceptions). */
static const char *textbook_exception(int error)
{
    static const struct {
        int error;
        const char *name;
    } rows[] = {
        {EACCES, "PermissionError"},
        {EPERM, "PermissionError"},
        {EAGAIN, "BlockingIOError"},
        {EALREADY, "BlockingIOError"},
        {ECONNREFUSED, "ConnectionRefusedError"},
        {ECONNRESET, "ConnectionResetError"},
        {EINTR, "InterruptedError"},
        {ENOENT, "FileNotFoundError"},
        {EPIPE, "BrokenPipeError"},
        {ESRCH, "ProcessLookupError"},
        {ETIMEDOUT, "TimeoutError"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (rows[i].error == error)
            return rows[i].name;
    return "OSError";
}

static void textbook_add_error(struct page *page)
{
    int error = page->call->error;
    const char *name = call_error_name(error);

    if (page->language == TEXTBOOK_PYTHON)
        builder_add(&page->text, "  # %s: ", textbook_exception(error));
    else
        builder_add(&page->text, " = -1 ");
    if (name[0] != '\0')
        builder_add(&page->text, "%s", name);
    else
        builder_add(&page->text, "errno %d", error);
}

/* ---- the spelling of each kind */

static void textbook_add_socket(struct page *page)
{
    const struct call *call = page->call;
    const char *family = call_family_name(call->level);

    if (page->language == TEXTBOOK_PYTHON && call->error == 0)
        builder_add(&page->text, "s%d = ", call->result);
    builder_add(&page->text, "socket(%s, SOCK_DGRAM%s)", family != NULL ? family : "?",
                page->language == TEXTBOOK_C ? ", 0" : "");
}

/* " address" is an argument that both languages have. */
static void textbook_add_bound(struct page *page)
{
    const char *name = call_name(page->call);

    if (page->language == TEXTBOOK_C) {
        builder_add(&page->text, "%s(%d, &address, sizeof address)", name, page->call->fd);
        return;
    }
    builder_add(&page->text, "s%d.%s(address)", page->call->fd, name);
}

static void textbook_add_name(struct page *page)
{
    if (page->language == TEXTBOOK_C)
        builder_add(&page->text, "getsockname(%d, &address, &length)", page->call->fd);
    else
        builder_add(&page->text, "address = s%d.getsockname()", page->call->fd);
}

static const char *textbook_level_name(int level)
{
    if (level == SOL_SOCKET)
        return "SOL_SOCKET";
    return level == IPPROTO_IP ? "IPPROTO_IP" : "IPPROTO_IPV6";
}

static void textbook_add_option(struct page *page)
{
    const struct call *call = page->call;
    bool sets = call->kind == CALL_SETSOCKOPT;
    const char *level = textbook_level_name(call->level);
    const char *option = call_option_of(call->level, call->name)->textbook;

    if (page->language == TEXTBOOK_C)
        builder_add(&page->text, "%s(%d, %s, %s, &value, %s)", call_name(call), call->fd, level,
                    option, sets ? "sizeof value" : "&length");
    else
        builder_add(&page->text, "%ss%d.%s(%s, %s%s)", sets ? "" : "value = ", call->fd,
                    call_name(call), level, option, sets ? ", value" : "");
}

static void textbook_add_receive(struct page *page)
{
    if (page->language == TEXTBOOK_C)
        builder_add(&page->text, "recvfrom(%d, buffer, size, 0, &from, &length)", page->call->fd);
    else
        builder_add(&page->text, "data, address = s%d.recvfrom(size)", page->call->fd);
}

/* A connected socket's peer is not named: send(2). */
static void textbook_add_send(struct page *page)
{
    const struct call *call = page->call;
    bool connected = call->peer.family == ENDPOINT_NONE;

    if (page->language == TEXTBOOK_C)
        builder_add(&page->text,
                    connected ? "send(%d, buffer, length, 0)"
                              : "sendto(%d, buffer, length, 0, &to, sizeof to)",
                    call->fd);
    else
        builder_add(&page->text, connected ? "s%d.send(data)" : "s%d.sendto(data, address)",
                    call->fd);
}

static void textbook_add_close(struct page *page)
{
    if (page->language == TEXTBOOK_C)
        builder_add(&page->text, "close(%d)", page->call->fd);
    else
        builder_add(&page->text, "s%d.close()", page->call->fd);
}

static const struct spelling {
    void (*call)(struct page *page);
    void (*outcome)(struct page *page); /* NULL: the result says all */
} spellings[CALL_KINDS] = {
    [CALL_SOCKET] = {textbook_add_socket, NULL},
    [CALL_SETSOCKOPT] = {textbook_add_option, textbook_add_value},
    [CALL_GETSOCKOPT] = {textbook_add_option, textbook_add_value},
    [CALL_BIND] = {textbook_add_bound, textbook_add_address},
    [CALL_GETSOCKNAME] = {textbook_add_name, textbook_add_address},
    [CALL_CONNECT] = {textbook_add_bound, textbook_add_address},
    [CALL_RECVMMSG] = {textbook_add_receive, textbook_add_traffic},
    [CALL_RECVMSG] = {textbook_add_receive, textbook_add_traffic},
    [CALL_SENDMMSG] = {textbook_add_send, textbook_add_traffic},
    [CALL_SENDMSG] = {textbook_add_send, textbook_add_traffic},
    [CALL_CLOSE] = {textbook_add_close, NULL},
};

/* Python's calls return no number that is worth a line; those of several calls differ. */
static void textbook_add_result(struct page *page, uint32_t calls)
{
    const struct call *call = page->call;
    void (*outcome)(struct page * page) = spellings[call->kind].outcome;

    if (page->language == TEXTBOOK_C && calls == 1)
        builder_add(&page->text, " = %d",
                    call_carries(call) ? (int)call->bytes : (int)call->result);
    if (outcome == NULL)
        return;
    builder_add(&page->text, page->language == TEXTBOOK_PYTHON ? "  # " : ": ");
    outcome(page);
}

const char *textbook_format(const struct call *call, enum textbook_language language,
                            bool with_peers, const struct zones *zones, char *out,
                            size_t size_bytes)
{
    struct page page = {.text = builder_begin(out, size_bytes),
                        .call = call,
                        .language = language,
                        .with_peers = with_peers,
                        .zones = zones};
    uint32_t calls = textbook_calls(call);
    char count[UNITS_TEXT_SIZE];

    if (calls == 0) {
        textbook_add_reason(&page);
        return out;
    }
    if (calls > 1)
        builder_add(&page.text, "%s x ", units_count(calls, count, sizeof count));
    spellings[call->kind].call(&page);
    if (call->error == 0)
        textbook_add_result(&page, calls);
    else
        textbook_add_error(&page);
    return out;
}
