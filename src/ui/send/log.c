/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* log: writes the JSON of --json to the file of --log, in addition to the prompt or the lines. */
#include "sink_internal.h"

/* The calls that opened the sockets were made before there was a log. */
static void sink_log_calls_so_far(struct sink *sink)
{
    uint64_t count = sink->call_count;

    for (uint64_t i = count > SINK_CALLS_MAX ? count - SINK_CALLS_MAX : 0; i < count; i++)
        sink_log_call(sink, &sink->calls[i % SINK_CALLS_MAX]);
}

void sink_start_log(struct sink *sink, struct logfile *log)
{
    sink->log = log;
    if (log == NULL)
        return;
    sink->log_output = sink->output;
    sink->log_output.file = logfile_stream(log);
    sink->log_output.charset = TEXT_UTF8;
    sink_log_calls_so_far(sink);
}

void sink_log_result(struct sink *sink, const struct result *result)
{
    if (sink->log == NULL)
        return;
    logfile_commit(sink->log, send_json.result(&sink->log_output, result));
}

void sink_log_call(struct sink *sink, const struct call *call)
{
    if (sink->log == NULL || !sink->options->calls)
        return;
    logfile_commit(sink->log, send_json.call(&sink->log_output, call));
}

void sink_log_summary(struct sink *sink, const struct session *session)
{
    struct send_totals totals = sink_totals(sink, session);

    if (sink->log == NULL)
        return;
    logfile_commit(sink->log, send_json.summary(&sink->log_output, &totals));
}
