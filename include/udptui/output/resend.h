/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* resend: what `udptui replay --to` writes: each reply with the recorded one. */
#ifndef UDPTUI_OUTPUT_RESEND_H
#define UDPTUI_OUTPUT_RESEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "udptui/base/text.h"
#include "udptui/output/stamp.h"
#include "udptui/proto/endpoint.h"
#include "udptui/replay/resender.h"

struct resend_output {
    FILE *file;
    enum text_charset charset;
    struct stamp stamp; /* of lines */
    bool privacy;       /* clients' addresses are not written */
    bool full;          /* lines contain the whole payload */
    char *scratch;      /* PAYLOAD_SCRATCH bytes */
};

/* Of struct resend_totals. */
extern const struct figures resend_figures;

/* Each writes one record and returns false if the file could not be written. columns: of the terminal
 * that lines are for, 0: none. */
struct resend_writer {
    bool (*report)(const struct resend_output *output, const struct resend_report *report);
    bool (*summary)(FILE *file, size_t columns, const struct resend_totals *totals);
};

extern const struct resend_writer resend_lines;
extern const struct resend_writer resend_json;

#endif
