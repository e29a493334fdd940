/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stamps: the times that the kernel puts on what is sent and received, and its counters. */
#ifndef UDPTUI_LESSON_STAMPS_INTERNAL_H
#define UDPTUI_LESSON_STAMPS_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

/*
 * Makes the kernel stamp what arrives, also for the first datagrams of sockets that are opened from
 * here on: it begins a while after a first socket has asked for it (net/core/dev.c,
 * net_enable_timestamp), and stamps what came before that when it is read. Waits for it. Returns a
 * descriptor for the caller to close afterwards; -1: that failed, and the first times may be late.
 */
int stamps_hold(void);

/* Enables send times. A socket without them works as well. */
void stamps_enable(int fd);

/* When the socket's latest datagram, or write, was passed to the interface; 0: not known. */
int64_t stamps_take_sent(int fd);

/* Fills in the control data's receive time. False if there is none. */
bool stamps_of_message(struct msghdr *message, int64_t *wall_ns);

/* The same for a connected TCP socket: when its latest write was sent, and when it was
 * acknowledged; 0: not known. */
void stamps_enable_tcp(int fd);
void stamps_take_written(int fd, int64_t *sent_ns, int64_t *acked_ns);

/* An ICMP message from the socket's error queue, with its receive time. False: none is there. */
bool stamps_take_icmp(int fd, int64_t *wall_ns, uint8_t *first_byte, uint8_t *type, uint8_t *code);

/* A counter of /proc/net/snmp: "Udp", "InCsumErrors"; -1 if it cannot be read. */
int64_t stamps_snmp(const char *protocol, const char *name);

#endif
