/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* http_none: in place of http if libmicrohttpd was not found. Only http_open is ever called. */
#include <errno.h>

#include "udptui/fleet/http.h"

struct http *http_open(const char *at, struct problem *problem)
{
    problem_set(problem, true,
                "%s: this udptui is built without HTTP: install libmicrohttpd-dev (Debian) or "
                "libmicrohttpd-devel (Fedora), then ./bootstrap; or name a file",
                at);
    return NULL;
}

void http_close(struct http *http)
{
    (void)http;
}

struct endpoint http_endpoint(const struct http *http)
{
    (void)http;
    return (struct endpoint){.family = ENDPOINT_NONE};
}

int http_start(struct http *http, http_render render, void *context)
{
    (void)http, (void)render, (void)context;
    return ENOSYS;
}
