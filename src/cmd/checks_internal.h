/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * checks: what options take that are a text to the option parser (struct opt, check).
 *
 * A command finds out by itself, once it uses the value; of a config file that would be too late to
 * name the line. No name is looked up, nothing is opened for writing.
 */
#ifndef UDPTUI_CMD_CHECKS_INTERNAL_H
#define UDPTUI_CMD_CHECKS_INTERNAL_H

#include "udptui/base/opts.h"
#include "udptui/proto/filter.h"

opt_check checks_filter;   /* a filter */
opt_check checks_servers;  /* a filter of watch */
opt_check checks_ack;      /* an answer */
opt_check checks_rule;     /* FILTER => ANSWER */
opt_check checks_limit;    /* auto|off|RATE */
opt_check checks_impair;   /* a list of impairments */
opt_check checks_group;    /* GROUP[%IF] */
opt_check checks_endpoint; /* HOST[:PORT] */
opt_check checks_broker;   /* mqtt://HOST/PREFIX */
opt_check checks_metrics;  /* FILE|ADDRESS:PORT */
opt_check checks_export;   /* a file for the results of a class */
opt_check checks_read;     /* a file that is read */
opt_check checks_written;  /* a file that is made or written to; not "-" */

/* The problem of a filter that is the value of this option, without "--". */
void checks_explain_filter(const char *option, const char *text, const struct filter_problem *found,
                           struct problem *problem);

#endif
