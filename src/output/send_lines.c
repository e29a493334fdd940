/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* send_lines: one line per result: number, sender, payload, round-trip time. */
#include <inttypes.h>
#include <string.h>

#include "udptui/base/units.h"
#include "udptui/output/call.h"
#include "udptui/output/figures.h"
#include "udptui/output/fold.h"
#include "udptui/output/send.h"
#include "udptui/proto/quiz_question.h"

/* Names one of several targets, unless the address that follows is the same. */
static void send_lines_write_name(const struct send_output *output, FILE *file, const char *address,
                                  const char *behind)
{
    if (output->name == NULL || strcmp(output->name, address) == 0)
        return;
    text_render(output->scratch, PAYLOAD_SCRATCH, output->name, strlen(output->name),
                output->charset);
    fprintf(file, "%s%s", output->scratch, behind);
}

static void send_lines_write_number(const struct send_output *output, FILE *file,
                                    const struct result *result)
{
    char text[ENDPOINT_TEXT_SIZE];
    const struct endpoint *who = result->from.family != ENDPOINT_NONE ? &result->from : &result->to;

    if (result->seq > 0)
        fprintf(file, "#%" PRIu64 "  ", result->seq);
    endpoint_format_in(who, output->zones, text, sizeof text);
    send_lines_write_name(output, file, text, "  ");
    fprintf(file, "%s  ", text);
}

static void send_lines_write_time(FILE *file, const struct result *result)
{
    char text[UNITS_TEXT_SIZE];

    if (result->rtt_ns >= 0)
        fprintf(file, "  rtt %s%s", units_duration(result->rtt_ns, text, sizeof text),
                result->ambiguous ? " ?" : "");
    if (result->resends > 0)
        fprintf(file, "  resent %" PRIu32, result->resends);
}

/* The text holds at most what the user typed; it is made safe like everything else. */
static void send_lines_write_safe(const struct send_output *output, FILE *file, const char *text)
{
    text_render(output->scratch, PAYLOAD_SCRATCH, text, strlen(text), output->charset);
    fputs(output->scratch, file);
}

static void send_lines_write_reason(const struct send_output *output, FILE *file,
                                    const struct result *result)
{
    send_lines_write_safe(output, file,
                          result->why != NULL ? result->why : result_status_name(result->status));
    if (result->resends > 0)
        fprintf(file, "  resent %" PRIu32, result->resends);
}

/* The note after a reply. */
static void send_lines_write_note(const struct send_output *output, FILE *file,
                                  const struct result *result)
{
    if (result->why == NULL)
        return;
    fputs("  (", file);
    send_lines_write_safe(output, file, result->why);
    fputc(')', file);
}

/* "#2 rtt uncertain: a second reply came", "#2 to #9 rtt uncertain (7): ..." */
static void send_lines_write_uncertain(const struct send_output *output, FILE *file,
                                       const struct result *result)
{
    send_lines_write_name(output, file, "", "  ");
    fprintf(file, "#%" PRIu64, result->seq);
    if (result->last_seq != result->seq)
        fprintf(file, " to #%" PRIu64, result->last_seq);
    fputs(" rtt uncertain", file);
    if (result->last_seq != result->seq)
        fprintf(file, " (%" PRIu64 ")", result->concerned);
    fputs(": ", file);
    send_lines_write_reason(output, file, result);
}

static void send_lines_write_beginning(const struct send_output *output, FILE *file,
                                       const struct result *result)
{
    send_lines_write_number(output, file, result);
    if (result->status >= RESULT_STATUSES && result->status != RESULT_RESENT)
        fprintf(file, "%s: ", result_status_name(result->status));
}

/* A line of our own words alone. */
static void send_lines_write_words(const struct send_output *output, const struct result *result)
{
    struct fold fold;
    FILE *file = fold_begin_at(&fold, output->file, &output->stamp, result->wall_ns);

    if (result->status == RESULT_UNCERTAIN) {
        send_lines_write_uncertain(output, file, result);
    } else {
        send_lines_write_beginning(output, file, result);
        send_lines_write_reason(output, file, result);
    }
    fold_end(&fold);
}

/* A class's question (proto/quiz): its choices in lines of their own. */
static void send_lines_write_question(const struct send_output *output, const struct result *result,
                                      const struct quiz_shown *shown)
{
    const struct quiz_question *question = &shown->question;
    FILE *file = output->file;

    stamp_write(file, &output->stamp, result->wall_ns);
    send_lines_write_number(output, file, result);
    text_recode(output->scratch, PAYLOAD_SCRATCH, question->text, output->charset);
    fprintf(file, "QUESTION %u: %s", shown->number, output->scratch);
    if (result->status == RESULT_ACKED)
        send_lines_write_time(file, result);
    for (unsigned i = 0; i < question->option_count; i++) {
        text_recode(output->scratch, PAYLOAD_SCRATCH, question->options[i], output->charset);
        fprintf(file, "\n    %u  %s%s", i + 1, output->scratch,
                shown->state == QUIZ_SHOWN && question->right == i + 1 ? "  RIGHT" : "");
    }
    if (shown->state == QUIZ_OPEN)
        fputs("\n    answer with: answer N", file);
    else if (shown->state == QUIZ_CLOSED)
        fputs("\n    closed", file);
    fputc('\n', file);
}

static void send_lines_write_reply(const struct send_output *output, const struct result *result)
{
    stamp_write(output->file, &output->stamp, result->wall_ns);
    send_lines_write_beginning(output, output->file, result);
    payload_write(output->file, &output->style, output->charset, output->scratch, result->reply,
                  result->reply_bytes);
    send_lines_write_time(output->file, result);
    send_lines_write_note(output, output->file, result);
    if (result->expectation != EXPECTATION_NONE)
        fputs(result->expectation == EXPECTATION_MET ? "  as expected" : "  NOT as expected",
              output->file);
    fputc('\n', output->file);
    payload_write_rows(output->file, &output->style, result->reply, result->reply_bytes);
}

static bool send_lines_write_result(const struct send_output *output, const struct result *result)
{
    struct quiz_shown shown;

    if (result->status == RESULT_UNCERTAIN || result->reply == NULL)
        send_lines_write_words(output, result);
    else if (quiz_question_begins(result->reply, result->reply_bytes) &&
             output->style.show <= PAYLOAD_TEXT &&
             quiz_question_read(result->reply, result->reply_bytes, &shown))
        send_lines_write_question(output, result, &shown);
    else
        send_lines_write_reply(output, result);
    return !ferror(output->file);
}

static void send_lines_write_times(const struct send_output *output,
                                   const struct send_totals *totals)
{
    struct fold fold;
    FILE *file;

    if (totals->rtt_min_ns >= 0) {
        file = fold_begin(&fold, output->file, &output->stamp);
        send_lines_write_name(output, file, "", ": ");
        fputs("rtt", file);
        figures_write_rtt(file, &send_figures, totals, false);
        fold_end(&fold);
    }
    if (totals->ambiguous == 0)
        return;
    file = fold_begin(&fold, output->file, &output->stamp);
    fprintf(file,
            "ambiguous or uncertain times (?): %" PRIu64
            ", left out of the figures; --match port avoids them",
            totals->ambiguous);
    fold_end(&fold);
}

static bool send_lines_write_summary(const struct send_output *output,
                                     const struct send_totals *totals)
{
    struct fold fold;
    FILE *file = fold_begin(&fold, output->file, &output->stamp);

    send_lines_write_name(output, file, "", ": ");
    figures_write_list(file, &send_figures, totals);
    fold_end(&fold);
    send_lines_write_times(output, totals);
    return fflush(output->file) == 0 && !ferror(output->file);
}

static bool send_lines_write_call(const struct send_output *output, const struct call *call)
{
    return call_write_line(output->file, &output->stamp, call, true, output->zones);
}

const struct send_writer send_lines = {.result = send_lines_write_result,
                                       .call = send_lines_write_call,
                                       .summary = send_lines_write_summary};
