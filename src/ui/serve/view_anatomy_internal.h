/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* view_anatomy: a message's datagram as it was on the wire, as far as known. */
#ifndef UDPTUI_UI_SERVE_VIEW_ANATOMY_INTERNAL_H
#define UDPTUI_UI_SERVE_VIEW_ANATOMY_INTERNAL_H

#include "view_pager_internal.h"

/* The UDP header as in RFC 768 and the relevant fields of IP, each with its origin. */
void put_anatomy(struct pager *pager);

#endif
