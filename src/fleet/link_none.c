/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* link_none: in place of link_mosquitto if libmosquitto was not found. */
#include "link_internal.h"

bool link_prepare(struct problem *problem)
{
    return problem_set(problem, true,
                       "this udptui is built without MQTT: install libmosquitto-dev (Debian) or "
                       "mosquitto-devel (Fedora), then ./bootstrap");
}

/* Never called: link_prepare has failed. */
void link_work(struct link *link)
{
    link_set_status(link, LINK_WAITING, "built without MQTT", INT64_MAX);
}
