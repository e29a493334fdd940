/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * capture_exchanges: writes messages with their replies to a capture file, as --pcap would have
 * recorded their datagrams: what the simulated network changed is as it was on the wire, and the
 * datagrams are in the order of their times if the messages are.
 */
#ifndef UDPTUI_CAPTURE_EXCHANGES_H
#define UDPTUI_CAPTURE_EXCHANGES_H

#include <stdbool.h>
#include <stdint.h>

#include "udptui/capture/file.h"
#include "udptui/proto/event.h"

struct capture_exchanges;

/* Makes the file, as capture_writer_create does. NULL with error (CAPTURE_ERROR_SIZE) "FILE: why".
 * capture_exchanges_close frees. */
struct capture_exchanges *capture_exchanges_create(const char *path, bool force, char *error);

/* Adds a message. payload: its stored_bytes, ack: its ack_stored_bytes. False from the first
 * datagram on that could not be written; errno says why. */
bool capture_exchanges_write(struct capture_exchanges *exchanges, const struct event_message *event,
                             const uint8_t *payload, const uint8_t *ack);

/* Writes what is left, closes and frees (NULL allowed: true). *datagrams: how many are in the
 * file. Returns whether all has been written, else errno. */
bool capture_exchanges_close(struct capture_exchanges *exchanges, uint64_t *datagrams);

#endif
