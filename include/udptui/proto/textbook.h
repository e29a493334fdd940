/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * textbook: a socket call as a textbook's program would make it: recvfrom and sendto, a datagram a
 * call, on a socket that blocks, in C or in Python.
 *
 * Sources: Stevens, Fenner and Rudoff, UNIX Network Programming, volume 1; Kurose and Ross, Computer
 * Networking; the Python library reference, socket and built-in exceptions.
 */
#ifndef UDPTUI_PROTO_TEXTBOOK_H
#define UDPTUI_PROTO_TEXTBOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/proto/call.h"

enum textbook_language { TEXTBOOK_C, TEXTBOOK_PYTHON, TEXTBOOK_LANGUAGES };

/* "C", "Python". */
const char *textbook_language_name(enum textbook_language language);

/* How many calls of a textbook's program do the same: the datagrams of a receive or send; 1 for
 * any other call; 0 if such a program does without it. */
uint32_t textbook_calls(const struct call *call);

/*
 * "8 x recvfrom(5, buffer, size, 0, &from, &length): 57 B, first from 192.168.0.23:53211",
 * "s5.sendto(data, address)  # 16 B to 127.0.0.1:53211"; of what such a program does without,
 * "no call: " and why. with_peers, zones: as with call_format. To out (CALL_TEXT_SIZE); returns it.
 */
const char *textbook_format(const struct call *call, enum textbook_language language,
                            bool with_peers, const struct zones *zones, char *out,
                            size_t size_bytes);

#endif
