/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * own: this machine's addresses and those of its subnets' broadcasts, kept up to date: what
 * proto/source compares a claimed source address with.
 */
#ifndef UDPTUI_NET_OWN_H
#define UDPTUI_NET_OWN_H

#include "udptui/proto/source.h"

struct own {
    struct own_addresses addresses;
    int fd; /* rtnetlink(7): readable after addresses or interfaces changed; -1: not watched */
};

/* Reads the addresses (getifaddrs(3)) and watches for changes. Without either the table stays as it
 * is, perhaps empty: then less is checked. own_close frees. */
void own_open(struct own *own);
void own_close(struct own *own);

/* Reads them again if the kernel said that they changed. One system call if not; never blocks. */
void own_refresh(struct own *own);

#endif
