/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * http: one page for Prometheus, http://ADDRESS:PORT/metrics, by a thread of its own
 * (libmicrohttpd).
 *
 * Whoever connects costs the owner nothing and little memory: HTTP_CONNECTIONS at a time, each
 * answered once and open for HTTP_LIFE_NS at most; if more come, the oldest is closed. Each answer
 * under way is a copy of the page: if one more makes them larger than HTTP_BYTES_MAX, that one is
 * refused (503) and the oldest closed. Anything but GET and HEAD of /metrics gets an error.
 *
 * A build without libmicrohttpd has the functions too: http_open fails with what to install.
 */
#ifndef UDPTUI_FLEET_HTTP_H
#define UDPTUI_FLEET_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/base/problem.h"
#include "udptui/proto/endpoint.h"

enum { HTTP_CONNECTIONS = 32, HTTP_HEADER_BYTES = 16384, HTTP_BYTES_MAX = 64 << 20 };

/* A page, valid until the next call. */
struct http_page {
    const char *type; /* Content-Type */
    const char *bytes;
    size_t size_bytes;
};

/* In the server's thread. accept: the header, untrusted bytes; NULL: none. */
typedef struct http_page (*http_render)(void *context, const char *accept);

struct http;

/* Listens; nobody is served yet. at: "127.0.0.1:9464", ":9464" (every address); port 0: any free
 * one. NULL with the problem. http_close frees (NULL is allowed). */
struct http *http_open(const char *at, struct problem *problem);
void http_close(struct http *http);

/* Where it listens, with the port. */
struct endpoint http_endpoint(const struct http *http);

/* Starts the thread, after the sandbox was entered. Returns 0 or an errno. */
int http_start(struct http *http, http_render render, void *context);

#endif
