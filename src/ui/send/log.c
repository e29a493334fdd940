/* SPDX-License-Identifier: GPL-3.0-or-later */
/* send_log: what --json would write, into the file of --log, beside the prompt or the lines. */
#include "udptui/client/session.h"
#include "udptui/output/logfile.h"

/* The calls that opened the sockets were made before there was a log. */
static void log_calls(struct session *session)
{
    uint64_t kept = session->calls.count;

    for (uint64_t i = kept > SEND_CALLS_MAX ? kept - SEND_CALLS_MAX : 0; i < kept; i++)
        session_log_call(session, &session->calls.kept[i % SEND_CALLS_MAX]);
}

/* The log says what --json would: of the same target, with the same names. */
static void set_output(struct session *session)
{
    if (session->log == NULL)
        return;
    session->log_output = session->output;
    session->log_output.file = logfile_stream(session->log);
    session->log_output.charset = TEXT_UTF8;
}

bool session_open_log(struct session *session, int *status)
{
    if (!logfile_begin(&session->log, session->options.log, &session->signals, status))
        return false;
    set_output(session);
    log_calls(session);
    return true;
}

void session_share_log(struct session *session, const struct session *first)
{
    session->log = first->log;
    set_output(session);
    log_calls(session);
}

void session_log_result(struct session *session, const struct result *result)
{
    if (session->log == NULL)
        return;
    send_json.result(&session->log_output, result);
    logfile_commit(session->log);
}

void session_log_call(struct session *session, const struct call *call)
{
    if (session->log == NULL || !session->options.calls)
        return;
    send_json.call(&session->log_output, call);
    logfile_commit(session->log);
}

void session_log_summary(struct session *session)
{
    struct send_totals totals = session_totals(session);

    if (session->log == NULL)
        return;
    send_json.summary(&session->log_output, &totals);
    logfile_commit(session->log);
}

int session_end_log(struct session *session, int status)
{
    struct logfile *log = session->log;

    session->log = NULL;
    return logfile_end(log, status);
}
