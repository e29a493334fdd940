/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* packets: what the tests of proto/packet share. */
#ifndef UDPTUI_TESTS_UNIT_PACKETS_H
#define UDPTUI_TESTS_UNIT_PACKETS_H

#include <stddef.h>
#include <stdint.h>

#include "udptui/proto/packet.h"

enum { LINK_NULL = 0, LINK_ETHERNET = 1, LINK_RAW = 101, LINK_LOOP = 108 };
enum { LINK_SLL = 113, LINK_IPV4 = 228, LINK_IPV6 = 229, LINK_SLL2 = 276 };

enum { PACKETS_FRAME_MAX = 65536 + PACKET_HEADERS_MAX };

/* "192.0.2.1:4010", "[::1]:4010". */
struct endpoint packets_endpoint(const char *text);

/* Pairs of hex digits, blanks between them allowed. Returns the number of bytes. */
size_t packets_hex(const char *hex, uint8_t *out);

/* The bytes are these; fails with both in hex if they differ. */
void packets_expect(const uint8_t *bytes, size_t size_bytes, const char *hex);

#endif
