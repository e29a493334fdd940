/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* metering: --metrics of a server or a relay: the sink that gives the totals to an exporter. */
#ifndef UDPTUI_UI_SERVE_METERING_H
#define UDPTUI_UI_SERVE_METERING_H

#include "udptui/output/exporter.h"
#include "udptui/ui/serve/backend.h"
#include "udptui/ui/serve/sharing.h"

/* Opens what the option names and adds it to the sinks. facts: its note says where an HTTP server
 * is. NULL with the error reported and *status set. exporter_close must follow sharing_close. */
struct exporter *metering_open(const char *where, struct backend_facts *facts,
                               struct sharing *sharing, int *status);

#endif
