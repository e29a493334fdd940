/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * send_prompt: the prompt's loop. Results are gathered in memory and shown above the line that is
 * being typed.
 */
#include "send_prompt.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "udptui/cmd/commands.h"
#include "udptui/core/text.h"
#include "udptui/core/units.h"
#include "udptui/net/clock.h"

enum { SAY_SIZE = 1024, TEXT_SIZE = 128 };

/* ---- what is shown */

static bool open_memory(struct prompt *prompt)
{
    prompt->session->output.file = open_memstream(&prompt->printed, &prompt->printed_bytes);
    return prompt->session->output.file != NULL;
}

/* Shows what has been gathered and begins anew. */
static void show_gathered(struct prompt *prompt)
{
    FILE *file = prompt->session->output.file;

    if (fflush(file) != 0 || prompt->printed_bytes == 0)
        return;
    fclose(file);
    prompt_print(prompt->printed);
    free(prompt->printed);
    prompt->printed = NULL;
    prompt->session->broken |= !open_memory(prompt);
}

void prompt_say(struct prompt *prompt, const char *format, ...)
{
    char raw[SAY_SIZE], safe[SAY_SIZE * 2];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(raw, sizeof raw, format, arguments);
    va_end(arguments);
    text_render(safe, sizeof safe, raw, strlen(raw), prompt->session->output.charset);
    fprintf(prompt->session->output.file, "%s\n", safe);
}

void prompt_set_target(struct prompt *prompt, const char *typed)
{
    char address[ENDPOINT_TEXT_SIZE], text[TEXT_SIZE];

    endpoint_format(&prompt->session->target, address, sizeof address);
    snprintf(text, sizeof text, "%s> ", address);
    prompt_set_text(text);
    if (prompt->target_count == PROMPT_TARGETS_MAX)
        return;
    char *copy = strdup(typed);
    if (copy != NULL)
        prompt->targets[prompt->target_count++] = copy;
}

/* ---- what is sent */

void prompt_send(struct prompt *prompt, const uint8_t *bytes, size_t size_bytes)
{
    session_send(prompt->session, bytes, size_bytes);
    if (size_bytes <= sizeof prompt->latest && bytes != prompt->latest) {
        memcpy(prompt->latest, bytes, size_bytes);
        prompt->latest_bytes = size_bytes;
        prompt->has_latest = true;
    }
}

bool prompt_send_text(struct prompt *prompt, const struct send_options *options, const char *text)
{
    size_t size_bytes;
    const char *why = send_encode(options, text, strlen(text), prompt->payload, &size_bytes);

    if (why != NULL) {
        prompt_say(prompt, "not sent: %s", why);
        return false;
    }
    prompt_send(prompt, prompt->payload, size_bytes);
    return true;
}

static void send_line(struct prompt *prompt, const char *line)
{
    if (line[0] == '\0') {
        if (!prompt->hinted)
            prompt_say(prompt, "an empty line sends nothing: /send alone sends an empty datagram");
        prompt->hinted = true;
        return;
    }
    uint64_t too_big = prompt->session->totals.counts[RESULT_TOO_BIG];
    bool sent = prompt_send_text(prompt, &prompt->session->options, line);
    if (!sent || prompt->session->totals.counts[RESULT_TOO_BIG] > too_big)
        prompt_keep(line);
}

static void take_line(void *context, const char *line)
{
    struct prompt *prompt = context;

    if (line[0] != '\0' && !prompt_remember(line) && errno != 0)
        prompt_say(prompt, "the history could not be written: %s", strerror(errno));
    if (line[0] == '/' && line[1] != '/')
        prompt_command(prompt, line);
    else
        send_line(prompt, line + (line[0] == '/'));
    show_gathered(prompt);
}

/* Ctrl-C on an empty line first ends a /repeat. */
static bool interrupt(void *context)
{
    struct prompt *prompt = context;

    if (prompt->repeat.left == 0)
        return false;
    prompt->repeat.left = 0;
    prompt_say(prompt, "repeat: stopped");
    show_gathered(prompt);
    return true;
}

static void repeat(struct prompt *prompt, int64_t now_ns)
{
    if (prompt->repeat.left == 0 || now_ns < prompt->repeat.next_ns)
        return;
    prompt_send(prompt, prompt->latest, prompt->latest_bytes);
    prompt->repeat.left--;
    prompt->repeat.next_ns += prompt->repeat.interval_ns;
    if (prompt->repeat.next_ns < now_ns)
        prompt->repeat.next_ns = now_ns;
}

/* ---- the loop */

enum { KEYBOARD, NOTICE, SIGNALS, OTHERS };

static void wait(struct prompt *prompt, struct pollfd *polled, size_t count, int64_t now_ns)
{
    int64_t until_ns = pending_deadline_ns(prompt->session->pending);
    struct timespec timeout = {.tv_sec = 0};

    if (prompt->repeat.left > 0 && prompt->repeat.next_ns < until_ns)
        until_ns = prompt->repeat.next_ns;
    if (until_ns > now_ns && until_ns != INT64_MAX) {
        timeout.tv_sec = (until_ns - now_ns) / UNITS_NS_PER_S;
        timeout.tv_nsec = (until_ns - now_ns) % UNITS_NS_PER_S;
    }
    ppoll(polled, count, until_ns == INT64_MAX ? NULL : &timeout, NULL);
}

static enum prompt_state turn(struct prompt *prompt)
{
    struct session *session = prompt->session;
    struct pollfd polled[OTHERS + SEND_CHANNELS_MAX] = {
        [KEYBOARD] = {.fd = STDIN_FILENO, .events = POLLIN},
        [NOTICE] = {.fd = prompt_notice_fd(), .events = POLLIN},
        [SIGNALS] = {.fd = session->signals.fd, .events = POLLIN},
    };
    size_t channels = session_list_polled(session, polled + OTHERS);
    int64_t now_ns = clock_monotonic_ns();

    session_expire(session, now_ns);
    repeat(prompt, now_ns);
    show_gathered(prompt);
    wait(prompt, polled, OTHERS + channels, clock_monotonic_ns());
    session_take(session, polled + OTHERS, channels);
    show_gathered(prompt);
    if (polled[NOTICE].revents != 0)
        prompt_notice();
    return polled[KEYBOARD].revents != 0 ? prompt_input() : PROMPT_OPEN;
}

static enum prompt_state loop(struct prompt *prompt)
{
    enum prompt_state state = PROMPT_OPEN;

    while (state == PROMPT_OPEN && !prompt->quit && !prompt->session->broken &&
           signals_number(&prompt->session->signals) == 0)
        state = turn(prompt);
    return state;
}

/* What still waits gets its time, as in a pipe; a signal cuts it short. */
static void take_rest(struct prompt *prompt)
{
    struct session *session = prompt->session;
    struct pollfd polled[OTHERS + SEND_CHANNELS_MAX] = {
        [KEYBOARD] = {.fd = -1}, [NOTICE] = {.fd = -1}};

    prompt->repeat.left = 0;
    while (pending_waiting(session->pending) > 0 && signals_number(&session->signals) == 0) {
        size_t channels = session_list_polled(session, polled + OTHERS);
        polled[SIGNALS] = (struct pollfd){.fd = session->signals.fd, .events = POLLIN};
        wait(prompt, polled, OTHERS + channels, clock_monotonic_ns());
        session_take(session, polled + OTHERS, channels);
        session_expire(session, clock_monotonic_ns());
    }
}

/* ---- beginning and end */

static void begin(struct prompt *prompt, const char *target)
{
    char path[PROMPT_PATH_SIZE];
    struct prompt_options options = {
        .context = prompt, .line = take_line, .interrupt = interrupt, .complete = prompt_complete};

    if (!prompt->session->options.no_history && store_history_path(path, sizeof path))
        options.history_path = path;
    if (!prompt_open(&options, "> "))
        prompt_say(prompt, "the history could not be read: %s", strerror(errno));
    prompt_set_target(prompt, target);
    prompt_say(prompt, "each line is one datagram; /help lists the commands, Ctrl-D ends");
}

static int status_of(const struct prompt *prompt, enum prompt_state state)
{
    if (state == PROMPT_HUNG_UP)
        return 128 + SIGHUP;
    return session_status(prompt->session);
}

/* The gathered rest and the summary, on the terminal as it was before. */
static void finish(struct prompt *prompt)
{
    fclose(prompt->session->output.file);
    if (prompt->printed != NULL)
        fputs(prompt->printed, stdout);
    free(prompt->printed);
    prompt->session->output.file = stdout;
    session_summarise(prompt->session);
}

int send_run_prompt(struct session *session, const char *target)
{
    struct prompt *prompt = calloc(1, sizeof *prompt);
    enum prompt_state state;
    int status = EXIT_SETUP;

    if (prompt == NULL)
        return status;
    prompt->session = session;
    if (open_memory(prompt)) {
        begin(prompt, target);
        if (signals_open(&session->signals, prompt_restore_modes)) {
            show_gathered(prompt);
            state = loop(prompt);
            take_rest(prompt);
            prompt_close();
            finish(prompt);
            status = status_of(prompt, state);
            signals_close(&session->signals);
        }
    }
    for (size_t i = 0; i < prompt->target_count; i++)
        free(prompt->targets[i]);
    free(prompt);
    return status;
}
