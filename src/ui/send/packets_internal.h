/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * packets: messages with names, in a JSON file that people share (--packets), or in their own:
 *
 *     {"packets": [{"name": "status", "text": "get\\r\\n", "target": "lamp:9000",
 *                   "expect": "/^OK/", "note": "what it does now"},
 *                  {"name": "reset", "hex": "ff 01 00"}]}
 *
 * text has the escapes of send -e. Only the name is required: without text and hex, the datagram is
 * empty. An array alone will do as well. The file may also be the packets.ini of Packet Sender.
 */
#ifndef UDPTUI_UI_SEND_PACKETS_INTERNAL_H
#define UDPTUI_UI_SEND_PACKETS_INTERNAL_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store_internal.h"

/* Of packets: names are looked for one by one. */
enum { PACKETS_ERROR_SIZE = 640, PACKETS_MAX = 1024 };

/* A field that is missing is NULL. */
struct named_packet {
    char *name, *target, *expect, *note;
    uint8_t *bytes;
    size_t size_bytes;
};

struct packets {
    char path[STORE_PATH_SIZE];
    bool wrong;  /* packets_read failed because of the file's contents */
    bool own;    /* not named by the user: it is made as needed, for its owner alone */
    bool is_ini; /* of Packet Sender: not written */
    json_t *root;
    struct named_packet *items; /* in the order of the file */
    size_t count, capacity;
    size_t not_udp; /* of an ini: packets for TCP and others, which are left out */
};

/* Reads the file of --packets, or the user's own, which may be missing (path NULL). False with
 * error (PACKETS_ERROR_SIZE) "FILE: why", with line and column if the JSON is wrong. On true,
 * packets_clear frees. */
bool packets_read(struct packets *packets, const char *path, char *error);
void packets_clear(struct packets *packets);

/* NULL: none has that name. */
const struct named_packet *packets_find(const struct packets *packets, const char *name);

/* Reads the file again, puts a packet in place of the one of its name, or at the end, and writes
 * the file; fields that udptui does not know are kept. False with error (PACKETS_ERROR_SIZE). */
bool packets_save(struct packets *packets, const struct named_packet *packet, char *error);

/* ---- between the files of this module */

/* Adds a copy, empty but for the name. NULL if memory is short. */
struct named_packet *packets_add(struct packets *packets, const char *name, size_t length);

/* Reads the text of the file, which ends with a NUL. False with error set; then too,
 * packets_clear frees. */
bool packets_parse(struct packets *packets, const char *text, size_t length, char *error);

/* Reads an ini (packets_ini.c). False with error set. text: ends with a NUL. */
bool packets_read_ini(struct packets *packets, const char *text, char *error);

#endif
