/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * elsewhere: one table; the first row that fits applies.
 *
 * Read for it: learn.microsoft.com/windows/win32/api/winsock/nf-winsock-recvfrom, nf-winsock-sendto
 * and nf-winsock-bind, .../api/winsock2/nf-winsock2-connect and nf-winsock2-socket; of
 * github.com/apple/darwin-xnu: bsd/man/man2/{send,recv,bind,connect,socket}.2, and
 * bsd/netinet/udp_usrreq.c (udp_ctlinput looks a socket up by both of its addresses; udp_sendspace).
 */
#include "udptui/proto/elsewhere.h"

#include <errno.h>
#include <stdio.h>

#include "udptui/base/array.h"

#define CALL(name) (1U << REASON_##name)
#define BIND       (CALL(LISTEN) | CALL(SHARE) | CALL(SOURCE))
#define TOWARDS    (CALL(CONNECT) | CALL(SEND))
#define LEARN      "Microsoft Learn: "

static const char nowhere[] = "not documented";

static const struct elsewhere_row {
    unsigned calls; /* CALL(...) */
    struct elsewhere elsewhere;
} rows[] = {
    {CALL(SEND) | CALL(RECEIVE),
     {ECONNREFUSED,
      "port unreachable: nothing listens, or a firewall rejects it",
      {"WSAECONNRESET (10054), from a later recvfrom or sendto", LEARN "recvfrom, sendto"},
      {"ECONNREFUSED, only if the socket is connected", "xnu: udp_usrreq.c, udp_ctlinput"}}},
    {CALL(SEND),
     {EMSGSIZE,
      "the datagram is too big",
      {"WSAEMSGSIZE (10040)", LEARN "sendto"},
      {"EMSGSIZE, by default above 9,216 bytes", "macOS send(2); xnu: udp_usrreq.c"}}},
    {0,
     {0,
      "the receive buffer is smaller than the datagram",
      {"WSAEMSGSIZE (10040), and the buffer is filled", LEARN "recvfrom"},
      {"no error; MSG_TRUNC in msg_flags of recvmsg", "macOS recv(2)"}}},
    {TOWARDS | CALL(BROADCAST),
     {EACCES,
      "a broadcast address without SO_BROADCAST",
      {"WSAEACCES (10013)", LEARN "sendto, connect"},
      {"EACCES", "macOS send(2), connect(2)"}}},
    {BIND,
     {EACCES,
      "a port below 1024 without permission",
      {nowhere, LEARN "bind"},
      {"EACCES, for a protected address", "macOS bind(2)"}}},
    {BIND,
     {EADDRINUSE,
      "another socket has the port",
      {"WSAEADDRINUSE (10048)", LEARN "bind"},
      {"EADDRINUSE", "macOS bind(2)"}}},
    {BIND,
     {EADDRNOTAVAIL,
      "not an address of this machine",
      {"WSAEADDRNOTAVAIL (10049)", LEARN "bind"},
      {"EADDRNOTAVAIL", "macOS bind(2)"}}},
    {TOWARDS,
     {ENETUNREACH,
      "no route to that network",
      {"WSAENETUNREACH (10051)", LEARN "sendto, connect"},
      {"ENETUNREACH", "macOS send(2), connect(2)"}}},
    {CALL(SEND),
     {EHOSTUNREACH,
      "no route to that host",
      {"WSAEHOSTUNREACH (10065)", LEARN "sendto"},
      {"EHOSTUNREACH", "macOS send(2)"}}},
    {CALL(SEND),
     {ENETDOWN,
      "the interface is down",
      {"WSAENETDOWN (10050), if the network subsystem failed", LEARN "sendto"},
      {"ENETDOWN", "macOS send(2)"}}},
    {CALL(SEND),
     {ENOBUFS,
      "the interface's queue is full",
      {"WSAENOBUFS (10055), without buffer space", LEARN "sendto"},
      {"ENOBUFS", "macOS send(2)"}}},
    {CALL(SEND),
     {EAGAIN,
      "the send queue is full, and the socket does not block",
      {"WSAEWOULDBLOCK (10035)", LEARN "sendto"},
      {"EAGAIN", "macOS send(2)"}}},
    {CALL(RECEIVE),
     {EAGAIN,
      "no datagram is waiting, and the socket does not block",
      {"WSAEWOULDBLOCK (10035)", LEARN "recvfrom"},
      {"EAGAIN", "macOS recv(2)"}}},
    {TOWARDS,
     {EPERM,
      "a firewall on this machine blocks it",
      {nowhere, LEARN "sendto"},
      {nowhere, "macOS send(2)"}}},
    {CALL(SOCKET),
     {EAFNOSUPPORT,
      "this machine has no IPv6",
      {"WSAEAFNOSUPPORT (10047)", LEARN "socket"},
      {nowhere, "macOS socket(2)"}}},
    {CALL(SOCKET),
     {EMFILE,
      "too many open files",
      {"WSAEMFILE (10024)", LEARN "socket"},
      {"EMFILE", "macOS socket(2)"}}},
};

const struct elsewhere *elsewhere_find(enum reason_call call, int error)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if ((rows[i].calls & 1U << call) != 0 && rows[i].elsewhere.error == error)
            return &rows[i].elsewhere;
    return NULL;
}

const struct elsewhere *elsewhere_at(size_t index)
{
    return index < COUNT_OF(rows) ? &rows[index].elsewhere : NULL;
}

static const char *elsewhere_sentence(const char *name, const struct elsewhere_system *system,
                                      char *out, size_t size_bytes)
{
    snprintf(out, size_bytes, "%s: %s [%s]", name, system->report, system->source);
    return out;
}

const char *elsewhere_windows(const struct elsewhere *elsewhere, char *out, size_t size_bytes)
{
    return elsewhere_sentence("Windows", &elsewhere->windows, out, size_bytes);
}

const char *elsewhere_macos(const struct elsewhere *elsewhere, char *out, size_t size_bytes)
{
    return elsewhere_sentence("macOS", &elsewhere->macos, out, size_bytes);
}
