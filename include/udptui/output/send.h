/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* send: what `udptui send` writes: a table of functions a format, over the same results. */
#ifndef UDPTUI_OUTPUT_SEND_H
#define UDPTUI_OUTPUT_SEND_H

#include <stdbool.h>
#include <stdio.h>

#include "udptui/base/text.h"
#include "udptui/output/payload.h"
#include "udptui/output/stamp.h"
#include "udptui/proto/call.h"
#include "udptui/proto/result.h"

struct send_output {
    FILE *file;
    struct stamp stamp; /* of lines */
    enum text_charset charset;
    const char *name;           /* of several targets, as typed; NULL: there is one */
    const struct zones *zones;  /* the names of zones; NULL: by index */
    struct payload_style style; /* of replies, in lines */
    char *scratch;              /* safe text of one reply: PAYLOAD_SCRATCH bytes */
};

/* Each writes one record and returns false if the file could not be written. */
struct send_writer {
    bool (*result)(const struct send_output *output, const struct result *result);
    bool (*call)(const struct send_output *output, const struct call *call);
    bool (*summary)(const struct send_output *output, const struct send_totals *totals);
};

extern const struct send_writer send_lines;
extern const struct send_writer send_json;

#endif
