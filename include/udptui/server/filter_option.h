/* SPDX-License-Identifier: GPL-3.0-or-later */
/* filter_option: --filter, as serve, demo and replay take it. */
#ifndef UDPTUI_SERVER_FILTER_OPTION_H
#define UDPTUI_SERVER_FILTER_OPTION_H

#include <stdbool.h>

#include "udptui/proto/filter.h"

/* text: NULL for none (*filter is NULL then). False with the complaint made; filter_close frees. */
bool filter_option_open(const char *text, struct filter **filter);

#endif
