/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* serve_options: shared by demo and serve. */
#ifndef UDPTUI_CMD_SERVE_OPTIONS_INTERNAL_H
#define UDPTUI_CMD_SERVE_OPTIONS_INTERNAL_H

#include "udptui/ui/serve/served.h"

/* The defaults of all options. */
struct serve_options serve_default_options(void);

#endif
