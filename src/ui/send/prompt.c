/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * prompt: a line editor with replies arriving meanwhile.
 *
 * One thread polls the terminal, the sockets and the clock. All output of the session and of the
 * commands goes into a stream in memory, which is printed above the line that is being typed.
 */
#include "console_internal.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "udptui/base/array.h"
#include "udptui/base/problem.h"
#include "udptui/base/units.h"
#include "udptui/client/exchange.h"
#include "udptui/output/fold.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/report.h"
#include "udptui/sys/thread.h"
#include "udptui/sys/wait.h"

enum { SAY_SIZE = 2048 };

/* ---- output */

void console_say(struct console *console, const char *format, ...)
{
    char raw[SAY_SIZE];
    char safe[SAY_SIZE * TEXT_EXPANSION + 1];
    va_list list;

    va_start(list, format);
    problem_format(raw, sizeof raw, format, list);
    va_end(list);
    text_render(safe, sizeof safe, raw, strlen(raw), console->sink->output.charset);
    fold_write(console->stream, safe, (size_t)prompt_columns(), 2 + strspn(safe, " "));
}

static void console_print(struct console *console)
{
    fflush(console->stream);
    if (console->text_bytes == 0)
        return;
    console->text[console->text_bytes] =
        '\0'; /* behind it may be older text: the stream is written again */
    prompt_print(console->text);
    rewind(console->stream);
    fflush(console->stream);
}

/* ---- sending */

static void console_copy_message(struct console_message *to, const struct console_message *from)
{
    memcpy(to->bytes, from->bytes, from->size_bytes);
    to->size_bytes = from->size_bytes;
}

void console_repeat(struct console *console, int64_t times, int64_t interval_ns, bool at_once)
{
    console_copy_message(&console->repeated, &console->latest);
    console->repeat_left = times;
    console->repeat_interval_ns = interval_ns;
    console->repeat_next_ns = clock_monotonic_ns() + (at_once ? 0 : interval_ns);
}

/* --count: as /repeat does, at --interval or --rate. */
static void console_repeat_as_asked(struct console *console)
{
    const struct send_options *options = &console->send->options;
    int64_t interval_ns = UNITS_NS_PER_S;

    if (options->count < 2)
        return;
    if (options->session.rate_per_s > 0)
        interval_ns = units_rate_interval_ns(options->session.rate_per_s);
    else if (options->interval_ns > 0)
        interval_ns = options->interval_ns;
    console_repeat(console, options->count - 1, interval_ns, false);
}

/* A refused line returns for editing. One that would fill the screen is recalled by a key instead,
 * so that the error stays visible. */
static void console_offer_again(struct console *console, const char *typed)
{
    size_t half_screen = (size_t)prompt_columns() * (size_t)prompt_rows() / 2;

    if (strlen(typed) >= half_screen) {
        console_say(console, "the line is in the history: press Up");
        return;
    }
    prompt_keep(typed);
    if (!console->hinted_at_kept)
        console_say(console, "the line is kept for editing; Ctrl-U empties it");
    console->hinted_at_kept = true;
}

void console_send_draft(struct console *console, const char *typed)
{
    uint64_t before = session_count(console->session, RESULT_TOO_BIG);

    console_expect_again(console);
    exchange_send(console->session, console->draft.bytes, console->draft.size_bytes);
    if (session_count(console->session, RESULT_TOO_BIG) > before) {
        console_offer_again(console, typed);
        return;
    }
    console_copy_message(&console->latest, &console->draft);
    console->has_latest = true;
    console_repeat_as_asked(console);
}

/* Where the text begins in the line that was typed: "/hex ff". */
static size_t console_find_text(const char *text, const char *typed)
{
    const char *found = strstr(typed + strcspn(typed, " "), text);

    return found != NULL && strncmp(typed, text, strlen(text)) != 0 ? (size_t)(found - typed) : 0;
}

void console_send_text(struct console *console, const struct message_style *style, const char *text,
                       const char *typed)
{
    char problem[MESSAGE_WHY_SIZE];
    size_t wrong_byte;
    const char *why = message_encode(style, text, strlen(text), console->draft.bytes,
                                     &console->draft.size_bytes, &wrong_byte);

    if (why == NULL) {
        console_send_draft(console, typed);
        return;
    }
    if (wrong_byte > 0)
        wrong_byte += console_find_text(text, typed);
    console_say(console, "not sent: %s", message_problem(why, wrong_byte, problem));
    console_offer_again(console, typed);
}

static void console_remember_target(struct console *console, const char *target)
{
    for (size_t i = 0; i < CONSOLE_TARGETS; i++)
        if (strcmp(console->targets[i], target) == 0)
            return;
    if (strlen(target) < sizeof console->targets[0])
        strcpy(console->targets[console->target_count++ % CONSOLE_TARGETS], target);
}

/* The targets of earlier runs, for completion. */
static void console_remember_used_target(void *context, const char *line)
{
    static const char command[] = "/to ";

    if (strncmp(line, command, strlen(command)) == 0 && strchr(line + strlen(command), ' ') == NULL)
        console_remember_target(context, line + strlen(command));
}

/* "127.0.0.1:4010> " */
static const char *console_prompt_text(const struct console *console, char *out, size_t size_bytes)
{
    char target[ENDPOINT_TEXT_SIZE];

    endpoint_format_in(session_target(console->session), console->send->zones, target,
                       sizeof target);
    snprintf(out, size_bytes, "%s> ", target);
    return out;
}

bool console_retarget(struct console *console, const char *target)
{
    char text[ENDPOINT_TEXT_SIZE + 2];
    struct problem problem;
    bool changed;

    prompt_pause(); /* a name lookup may take long: Ctrl-C ends it */
    changed = session_retarget(console->session, target, &problem);
    prompt_resume();
    if (!changed) {
        console_say(console, "%s", problem.text);
        return false;
    }
    console_remember_target(console, target);
    prompt_set_text(console_prompt_text(console, text, sizeof text));
    return true;
}

/* ---- what the prompt calls */

static void console_give_hint(struct console *console)
{
    if (!console->hinted)
        console_say(
            console,
            "nothing was sent: /send alone sends an empty datagram, /help lists the commands");
    console->hinted = true;
}

/* Words of people who do not know that commands begin with a slash: not sent the first time. */
static const struct plain_word {
    const char *word, *hint;
} plain_words[] = {{"exit", "Ctrl-D or /quit ends"},
                   {"quit", "Ctrl-D or /quit ends"},
                   {"help", "/help lists the commands"},
                   {"?", "/help lists the commands"}};

/* True if the line is such a word, and was not that word before. */
static bool console_ask_back(struct console *console, const char *line)
{
    const char *before = console->offered;

    console->offered = NULL;
    if (console->sink->in_class && strcmp(line, "?") == 0) /* asks for the question */
        return false;
    for (size_t i = 0; i < COUNT_OF(plain_words); i++) {
        const struct plain_word *plain = &plain_words[i];
        if (strcmp(plain->word, line) != 0 || plain->word == before)
            continue;
        console->offered = plain->word;
        console_say(console, "%s; '%s' was not sent: enter it again to send it", plain->hint,
                    plain->word);
        return true;
    }
    return false;
}

static void console_take_line(void *context, const char *line)
{
    struct console *console = context;

    if (line[0] != '\0')
        console_keep_line(console, line);
    bool asked = console_ask_back(console, line);
    if (line[0] == '\0')
        console_give_hint(console);
    else if (line[0] == '/' && line[1] != '/')
        console_run_command(console, line);
    else if (!asked)
        console_send_text(console, &console->send->options.message,
                          line[0] == '/' ? line + 1 : line, line);
    console_print(console);
}

static bool console_interrupt(void *context)
{
    struct console *console = context;
    bool stopped = console->repeat_left > 0;

    if (stopped)
        console_say(console, "/repeat is stopped");
    console->repeat_left = 0;
    return measurement_stop(console) || stopped;
}

static bool console_complete(void *context, const char *line, size_t word_at,
                             struct prompt_words *words)
{
    return line[0] != '/' || console_complete_command(context, line, word_at, words);
}

/* ---- the loop */

static void console_send_repeated(struct console *console, int64_t now_ns)
{
    if (console->repeat_left == 0 || now_ns < console->repeat_next_ns)
        return;
    console->repeat_left--;
    console->repeat_next_ns += console->repeat_interval_ns;
    if (console->repeat_next_ns < now_ns) /* the machine slept: missed messages are skipped */
        console->repeat_next_ns = now_ns + console->repeat_interval_ns;
    exchange_send(console->session, console->repeated.bytes, console->repeated.size_bytes);
}

/* Whether an address is forged is shown by what comes back: so that a student need not type it. */
static void console_return_code(struct console *console)
{
    struct sink *sink = console->sink;

    if (sink->code[0] == '\0')
        return;
    console_say(console, "sent for you: %s", sink->code);
    exchange_send(console->session, (const uint8_t *)sink->code, strlen(sink->code));
    sink->code[0] = '\0';
    sink->in_class = true;
}

/* If poll(2) has no memory for all of them, the keyboard alone is looked at. */
static void console_wait(const struct console *console, struct pollfd *polled, size_t count,
                         struct pollfd *keys)
{
    int64_t until_ns = exchange_deadline_ns(console->session);

    if (console->repeat_left > 0)
        until_ns = wait_earlier_ns(until_ns, console->repeat_next_ns);
    until_ns = wait_earlier_ns(until_ns, measurement_deadline_ns(console));
    until_ns = wait_earlier_ns(until_ns, expect_deadline_ns(console->sink->expect));
    if (wait_until(polled, count, until_ns) < 0 && errno != EINTR)
        keys->revents = wait_is_ready(keys->fd, POLLIN) ? POLLIN : 0;
}

/* Replies first, so that they are printed before the next line. */
static enum prompt_state console_take(struct console *console, const struct pollfd *polled,
                                      size_t channels)
{
    const struct pollfd *own = polled + channels;

    exchange_take(console->session, polled, channels);
    measurement_turn(console);
    console_print(console);
    if (own[1].revents != 0)
        prompt_notice();
    return own[0].revents != 0 ? prompt_input() : PROMPT_OPEN;
}

static enum prompt_state console_loop(struct console *console)
{
    struct send *send = console->send;
    struct pollfd polled[SESSION_CHANNELS_MAX + 4];
    enum prompt_state state = PROMPT_OPEN;
    char problem[LOGFILE_ERROR_SIZE];

    while (state == PROMPT_OPEN && !console->quit && signals_number(&send->signals) == 0) {
        int64_t now_ns = clock_monotonic_ns();
        exchange_expire(console->session, now_ns);
        sink_expire(console->sink, now_ns);
        console_send_repeated(console, now_ns);
        console_return_code(console);
        console_print(console);
        size_t channels = exchange_list_polled(console->session, polled);
        polled[channels] = (struct pollfd){.fd = STDIN_FILENO, .events = POLLIN};
        polled[channels + 1] = (struct pollfd){.fd = prompt_notice_fd(), .events = POLLIN};
        polled[channels + 2] = (struct pollfd){.fd = send->signals.fd, .events = POLLIN};
        polled[channels + 3] = measurement_polled(console);
        console_wait(console, polled, channels + 4, &polled[channels]);
        state = console_take(console, polled, channels);
        if (logfile_failed(send->log, problem))
            console_say(console, "the log has gaps: %s", problem);
    }
    return state;
}

static int console_status(const struct send *send, enum prompt_state state)
{
    if (signals_number(&send->signals) == 0 && state == PROMPT_INTERRUPTED)
        return 128 + SIGINT;
    if (signals_number(&send->signals) == 0 && state == PROMPT_HUNG_UP)
        return 128 + SIGHUP;
    return send_answered_status(send);
}

static int console_run_open(struct console *console)
{
    enum prompt_state state = console_loop(console);

    signals_ending(&console->send->signals);
    measurement_end(console);
    send_hang_up(console->send);
    sink_summarise(console->sink, console->session);
    prompt_close();
    console_close_history(console);
    console_print(console);
    return console_status(console->send, state);
}

static int console_run(struct console *console)
{
    char text[ENDPOINT_TEXT_SIZE + 2];
    struct prompt_options options = {
        .context = console,
        .line = console_take_line,
        .interrupt = console_interrupt,
        .complete = console_complete,
        .end_fd = console->send->signals.fd,
    };

    console_say(console, "Each line is sent as a datagram. /help lists the commands, Ctrl-D ends.");
    console_print(console);
    prompt_open(&options, console_prompt_text(console, text, sizeof text));
    if (!console->send->options.no_history)
        console_open_history(console);
    prompt_each_remembered(console_remember_used_target, console);
    return console_run_open(console);
}

static int console_run_with_signals(struct console *console)
{
    struct send *send = console->send;
    int status;

    if (!signals_open(&send->signals)) {
        report_error("cannot start a thread: %s", thread_failure(errno));
        return EXIT_SETUP;
    }
    if (send_open_log(send, &status))
        status = send_end_log(send, console_run(console));
    signals_close(&send->signals);
    return status;
}

static int console_run_with_stream(struct console *console)
{
    struct sink *sink = console->sink;
    FILE *file = sink->output.file;
    int status;

    console->stream = open_memstream(&console->text, &console->text_bytes);
    if (console->stream == NULL) {
        report_error("not enough memory");
        return EXIT_SETUP;
    }
    sink->output.file = console->stream;
    if (sink->options->time == LINE_TIME_DEFAULT) /* the prompt is narrow and for people */
        sink->output.stamp.style = STAMP_NONE;
    console_remember_target(console, console->send->operands->items[0]);
    status = console_run_with_signals(console);
    sink->output.file = file;
    fclose(console->stream);
    free(console->text);
    return status;
}

int send_run_prompt(struct send *send)
{
    struct console *console = calloc(1, sizeof *console);
    int status;

    if (console == NULL) {
        report_error("not enough memory");
        return EXIT_SETUP;
    }
    console->send = send;
    console->session = send->targets.sessions[0];
    console->sink = &send->sinks[0];
    console->packets = send->packets; /* which it owns from here on */
    send->packets = (struct packets){.own = send->packets.own};
    if (send->options.expect != NULL)
        snprintf(console->expected, sizeof console->expected, "%s", send->options.expect);
    status = console_run_with_stream(console);
    packets_clear(&console->packets);
    free(console);
    return status;
}
