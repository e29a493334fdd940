/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * send_prompt: a person types, and meanwhile replies come.
 *
 * One thread polls the terminal, the sockets and the clock. All output of the session and of the
 * commands goes into a stream in memory, which is emptied above the line that is being typed.
 */
#include "prompt_internal.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "udptui/base/units.h"
#include "udptui/capture/recorder.h"
#include "udptui/net/interfaces.h"
#include "udptui/output/line_time.h"
#include "udptui/output/logfile.h"
#include "udptui/proto/reason.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/report.h"

enum { SAY_SIZE = 2048 };

/* ---- output */

void talk_say(struct talk *talk, const char *format, ...)
{
    char raw[SAY_SIZE];
    char safe[SAY_SIZE * TEXT_EXPANSION + 1];
    va_list list;

    va_start(list, format);
    vsnprintf(raw, sizeof raw, format, list);
    va_end(list);
    text_render(safe, sizeof safe, raw, strlen(raw), talk->session->output.charset);
    fprintf(talk->stream, "%s\n", safe);
}

static void print_all(struct talk *talk)
{
    fflush(talk->stream);
    if (talk->text_bytes == 0)
        return;
    talk->text[talk->text_bytes] =
        '\0'; /* behind it may be older text: the stream is written again */
    prompt_print(talk->text);
    rewind(talk->stream);
    fflush(talk->stream);
}

/* ---- sending */

static void copy_message(struct talk_message *to, const struct talk_message *from)
{
    memcpy(to->bytes, from->bytes, from->size_bytes);
    to->size_bytes = from->size_bytes;
}

void talk_repeat(struct talk *talk, int64_t times, int64_t interval_ns, bool at_once)
{
    copy_message(&talk->repeated, &talk->latest);
    talk->repeat_left = times;
    talk->repeat_interval_ns = interval_ns;
    talk->repeat_next_ns = clock_monotonic_ns() + (at_once ? 0 : interval_ns);
}

/* --count: as /repeat does, at --interval or --rate. */
static void repeat_as_asked(struct talk *talk)
{
    const struct send_options *options = &talk->session->options;
    int64_t interval_ns = UNITS_NS_PER_S;

    if (options->count < 2)
        return;
    if (options->rate_per_s > 0)
        interval_ns = units_rate_interval_ns(options->rate_per_s);
    else if (options->interval_ns > 0)
        interval_ns = options->interval_ns;
    talk_repeat(talk, options->count - 1, interval_ns, false);
}

/* A refused line comes back to be edited. One that would fill the screen is recalled by a key
 * instead: what is wrong with it would be gone from sight. */
static void offer_again(struct talk *talk, const char *typed)
{
    size_t half_screen = (size_t)prompt_columns() * (size_t)prompt_rows() / 2;

    if (strlen(typed) < half_screen)
        prompt_keep(typed);
    else
        talk_say(talk, "the line is kept: Up brings it back");
}

void talk_send_draft(struct talk *talk, const char *typed)
{
    const uint64_t *too_big = &talk->session->totals.counts[RESULT_TOO_BIG];
    uint64_t before = *too_big;

    session_send(talk->session, talk->draft.bytes, talk->draft.size_bytes);
    if (*too_big > before) {
        offer_again(talk, typed);
        return;
    }
    copy_message(&talk->latest, &talk->draft);
    talk->has_latest = true;
    repeat_as_asked(talk);
}

void talk_send_text(struct talk *talk, const struct send_options *options, const char *text,
                    const char *typed)
{
    const char *why =
        send_encode(options, text, strlen(text), talk->draft.bytes, &talk->draft.size_bytes);

    if (why == NULL) {
        talk_send_draft(talk, typed);
        return;
    }
    talk_say(talk, "not sent: %s", why);
    offer_again(talk, typed);
}

static void remember_target(struct talk *talk, const char *target)
{
    for (size_t i = 0; i < TALK_TARGETS; i++)
        if (strcmp(talk->targets[i], target) == 0)
            return;
    if (strlen(target) < sizeof talk->targets[0])
        strcpy(talk->targets[talk->target_count++ % TALK_TARGETS], target);
}

/* The targets of earlier runs, for completion. */
static void remember_used_target(void *context, const char *line)
{
    static const char command[] = "/to ";

    if (strncmp(line, command, strlen(command)) == 0 && strchr(line + strlen(command), ' ') == NULL)
        remember_target(context, line + strlen(command));
}

/* "127.0.0.1:4010> " */
static const char *prompt_text(const struct talk *talk, char *out, size_t size_bytes)
{
    char target[ENDPOINT_TEXT_SIZE];

    endpoint_format_in(&talk->session->target, &interfaces_zones, target, sizeof target);
    snprintf(out, size_bytes, "%s> ", target);
    return out;
}

bool talk_to(struct talk *talk, const char *target)
{
    char text[ENDPOINT_TEXT_SIZE + 2], why[UDP_ERROR_SIZE];
    bool changed;

    prompt_pause(); /* looking a name up may take its time: Ctrl-C ends it */
    changed = session_retarget(talk->session, target, why);
    prompt_resume();
    if (!changed) {
        talk_say(talk, "%s", why);
        return false;
    }
    remember_target(talk, target);
    prompt_set_text(prompt_text(talk, text, sizeof text));
    return true;
}

/* ---- what the prompt calls */

static void give_hint(struct talk *talk)
{
    if (!talk->hinted)
        talk_say(talk,
                 "nothing is sent: /send alone sends an empty datagram, /help lists the commands");
    talk->hinted = true;
}

/* What people type who do not know yet that commands begin with a slash: not sent the first time. */
static const struct plain_word {
    const char *word, *hint;
} plain_words[] = {{"exit", "Ctrl-D or /quit ends"},
                   {"quit", "Ctrl-D or /quit ends"},
                   {"help", "/help lists the commands"},
                   {"?", "/help lists the commands"}};

/* True if the line is such a word, and was not that word before. */
static bool ask_back(struct talk *talk, const char *line)
{
    const char *before = talk->offered;

    talk->offered = NULL;
    for (size_t i = 0; i < sizeof plain_words / sizeof *plain_words; i++) {
        const struct plain_word *plain = &plain_words[i];
        if (strcmp(plain->word, line) != 0 || plain->word == before)
            continue;
        talk->offered = plain->word;
        talk_say(talk, "%s; '%s' is not sent: enter it again to send it", plain->hint, plain->word);
        return true;
    }
    return false;
}

static void take_line(void *context, const char *line)
{
    struct talk *talk = context;

    if (line[0] != '\0')
        talk_keep_line(talk, line);
    bool asked = ask_back(talk, line);
    if (line[0] == '\0')
        give_hint(talk);
    else if (line[0] == '/' && line[1] != '/')
        talk_command(talk, line);
    else if (!asked)
        talk_send_text(talk, &talk->session->options, line[0] == '/' ? line + 1 : line, line);
    print_all(talk);
}

static bool interrupt(void *context)
{
    struct talk *talk = context;
    bool stopped = talk->repeat_left > 0;

    if (stopped)
        talk_say(talk, "/repeat is stopped");
    talk->repeat_left = 0;
    return stopped;
}

static bool complete(void *context, const char *line, size_t word_at, struct prompt_words *words)
{
    return line[0] != '/' || talk_complete(context, line, word_at, words);
}

/* ---- the loop */

static void repeat(struct talk *talk, int64_t now_ns)
{
    if (talk->repeat_left == 0 || now_ns < talk->repeat_next_ns)
        return;
    talk->repeat_left--;
    talk->repeat_next_ns += talk->repeat_interval_ns;
    if (talk->repeat_next_ns < now_ns) /* the machine slept: what was missed is not made up for */
        talk->repeat_next_ns = now_ns + talk->repeat_interval_ns;
    session_send(talk->session, talk->repeated.bytes, talk->repeated.size_bytes);
}

static void wait(const struct talk *talk, struct pollfd *polled, size_t count, int64_t now_ns)
{
    int64_t until_ns = pending_deadline_ns(talk->session->pending);
    struct timespec timeout = {.tv_sec = 0};

    if (talk->repeat_left > 0 && talk->repeat_next_ns < until_ns)
        until_ns = talk->repeat_next_ns;
    if (until_ns > now_ns && until_ns != INT64_MAX) {
        timeout.tv_sec = (until_ns - now_ns) / UNITS_NS_PER_S;
        timeout.tv_nsec = (until_ns - now_ns) % UNITS_NS_PER_S;
    }
    ppoll(polled, count, until_ns == INT64_MAX ? NULL : &timeout, NULL);
}

/* Replies first, so that they stand before what is typed next. */
static enum prompt_state take(struct talk *talk, const struct pollfd *polled, size_t channels)
{
    const struct pollfd *own = polled + channels;

    session_take(talk->session, polled, channels);
    print_all(talk);
    if (own[1].revents != 0)
        prompt_notice();
    return own[0].revents != 0 ? prompt_input() : PROMPT_OPEN;
}

static enum prompt_state loop(struct talk *talk)
{
    struct session *session = talk->session;
    struct pollfd polled[SEND_CHANNELS_MAX + 3];
    enum prompt_state state = PROMPT_OPEN;
    char problem[LOGFILE_ERROR_SIZE];

    while (state == PROMPT_OPEN && !talk->quit && signals_number(&session->signals) == 0) {
        int64_t now_ns = clock_monotonic_ns();
        session_expire(session, now_ns);
        repeat(talk, now_ns);
        print_all(talk);
        size_t channels = session_list_polled(session, polled);
        polled[channels] = (struct pollfd){.fd = STDIN_FILENO, .events = POLLIN};
        polled[channels + 1] = (struct pollfd){.fd = prompt_notice_fd(), .events = POLLIN};
        polled[channels + 2] = (struct pollfd){.fd = session->signals.fd, .events = POLLIN};
        wait(talk, polled, channels + 3, now_ns);
        state = take(talk, polled, channels);
        if (logfile_failed(session->log, problem))
            talk_say(talk, "the log has gaps: %s", problem);
    }
    return state;
}

static int exit_status(const struct session *session, enum prompt_state state)
{
    if (signals_number(&session->signals) == 0 && state == PROMPT_INTERRUPTED)
        return 128 + SIGINT;
    if (signals_number(&session->signals) == 0 && state == PROMPT_HUNG_UP)
        return 128 + SIGHUP;
    return session_status(session);
}

static int run_open(struct talk *talk)
{
    struct session *session = talk->session;
    enum prompt_state state = loop(talk);

    signals_ending(&session->signals);
    session_hang_up(session);
    recorder_finish(session->recorder);
    session_summarise(session);
    prompt_close();
    talk_close_history(talk);
    print_all(talk);
    return session_end_recording(session, exit_status(session, state));
}

static int run(struct talk *talk)
{
    char text[ENDPOINT_TEXT_SIZE + 2];
    struct prompt_options options = {
        .context = talk,
        .line = take_line,
        .interrupt = interrupt,
        .complete = complete,
        .end_fd = talk->session->signals.fd,
    };

    talk_say(talk, "Each line is sent as a datagram. /help lists the commands, Ctrl-D ends.");
    prompt_open(&options, prompt_text(talk, text, sizeof text));
    if (!talk->session->options.no_history)
        talk_open_history(talk);
    prompt_each_remembered(remember_used_target, talk);
    return run_open(talk);
}

static int run_with_signals(struct talk *talk)
{
    struct signals *signals = &talk->session->signals;
    int status;

    if (!signals_open(signals)) {
        report_error("cannot start a thread: %s", reason_text(errno));
        return EXIT_SETUP;
    }
    if (session_open_log(talk->session, &status)) {
        status = run(talk);
        session_log_summary(talk->session);
        status = session_end_log(talk->session, status);
    }
    signals_close(signals);
    return status;
}

static int run_with_stream(struct talk *talk, const char *target)
{
    struct session *session = talk->session;
    FILE *file = session->output.file;
    int status = EXIT_SETUP;

    talk->stream = open_memstream(&talk->text, &talk->text_bytes);
    if (talk->stream == NULL) {
        report_error("not enough memory");
        return status;
    }
    session->output.file = talk->stream;
    if (session->options.time == LINE_TIME_DEFAULT) /* the prompt is for the eyes, and narrow */
        session->output.stamp.style = STAMP_NONE;
    session->ladder.charset = session->output.charset;
    session->ladder.on = true;
    session->prompt = true;
    remember_target(talk, target);
    status = run_with_signals(talk);
    session->output.file = file;
    fclose(talk->stream);
    free(talk->text);
    return status;
}

int send_run_prompt(struct session *session, const char *target)
{
    struct talk *talk = calloc(1, sizeof *talk);
    int status = EXIT_SETUP;

    if (talk == NULL) {
        report_error("not enough memory");
        return status;
    }
    talk->session = session;
    status = run_with_stream(talk, target);
    free(talk);
    return status;
}
