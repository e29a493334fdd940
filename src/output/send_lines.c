/* SPDX-License-Identifier: GPL-3.0-or-later */
/* send_lines: a line a result: number, who, what, round-trip time. */
#include <inttypes.h>
#include <string.h>

#include "udptui/base/units.h"
#include "udptui/output/call.h"
#include "udptui/output/send.h"

const char *result_status_name(enum result_status status)
{
    static const char *const names[RESULT_KINDS] = {
        [RESULT_ACKED] = "acked",
        [RESULT_TIMEOUT] = "timeout",
        [RESULT_REFUSED] = "refused",
        [RESULT_UNREACHABLE] = "unreachable",
        [RESULT_TOO_BIG] = "too_big",
        [RESULT_FAILED] = "failed",
        [RESULT_ANSWER] = "answer",
        [RESULT_LATE] = "late",
        [RESULT_DUPLICATE] = "duplicate",
        [RESULT_UNSOLICITED] = "unsolicited",
        [RESULT_RESENT] = "resent",
        [RESULT_MORE] = "more",
        [RESULT_UNCERTAIN] = "uncertain",
        [RESULT_INCOMPLETE] = "incomplete",
        [RESULT_NOT_AWAITED] = "not_awaited",
    };

    return names[status];
}

double send_unanswered_percent(const struct send_totals *totals)
{
    uint64_t settled = totals->sent - totals->waiting - totals->counts[RESULT_NOT_AWAITED];

    if (settled == 0)
        return 0;
    return 100 * (double)(settled - totals->counts[RESULT_ACKED]) / (double)settled;
}

/* Which of several targets, unless the address that follows says the same. */
static void write_name(const struct send_output *output, const char *address, const char *behind)
{
    if (output->name == NULL || strcmp(output->name, address) == 0)
        return;
    text_render(output->scratch, PAYLOAD_SCRATCH, output->name, strlen(output->name),
                output->charset);
    fprintf(output->file, "%s%s", output->scratch, behind);
}

static void write_number(const struct send_output *output, const struct result *result)
{
    char text[ENDPOINT_TEXT_SIZE];
    const struct endpoint *who = result->from.family != ENDPOINT_NONE ? &result->from : &result->to;

    if (result->seq > 0)
        fprintf(output->file, "#%" PRIu64 "  ", result->seq);
    endpoint_format_in(who, output->zones, text, sizeof text);
    write_name(output, text, "  ");
    fprintf(output->file, "%s  ", text);
}

static void write_time(FILE *file, const struct result *result)
{
    char text[UNITS_TEXT_SIZE];

    if (result->rtt_ns >= 0)
        fprintf(file, "  rtt %s%s", units_duration(result->rtt_ns, text, sizeof text),
                result->ambiguous ? " ?" : "");
    if (result->resends > 0)
        fprintf(file, "  resent %" PRIu32, result->resends);
}

/* It holds what the user typed at most: it is made safe like everything else. */
static void write_safe(const struct send_output *output, const char *text)
{
    text_render(output->scratch, PAYLOAD_SCRATCH, text, strlen(text), output->charset);
    fputs(output->scratch, output->file);
}

static void write_reason(const struct send_output *output, const struct result *result)
{
    write_safe(output, result->why != NULL ? result->why : result_status_name(result->status));
    if (result->resends > 0)
        fprintf(output->file, "  resent %" PRIu32, result->resends);
}

/* Beside a reply. */
static void write_note(const struct send_output *output, const struct result *result)
{
    if (result->why == NULL)
        return;
    fputs("  (", output->file);
    write_safe(output, result->why);
    fputc(')', output->file);
}

/* "#2 rtt uncertain: a second reply came", "#2 to #9 rtt uncertain (7): ..." */
static void write_uncertain(const struct send_output *output, const struct result *result)
{
    write_name(output, "", "  ");
    fprintf(output->file, "#%" PRIu64, result->seq);
    if (result->last_seq != result->seq)
        fprintf(output->file, " to #%" PRIu64, result->last_seq);
    fputs(" rtt uncertain", output->file);
    if (result->last_seq != result->seq)
        fprintf(output->file, " (%" PRIu64 ")", result->concerned);
    fputs(": ", output->file);
    write_reason(output, result);
    fputc('\n', output->file);
}

static bool write_result(const struct send_output *output, const struct result *result)
{
    stamp_write(output->file, &output->stamp, result->wall_ns);
    if (result->status == RESULT_UNCERTAIN) {
        write_uncertain(output, result);
        return !ferror(output->file);
    }
    write_number(output, result);
    if (result->status >= RESULT_STATUSES && result->status != RESULT_RESENT)
        fprintf(output->file, "%s: ", result_status_name(result->status));
    if (result->reply != NULL) {
        payload_write(output->file, &output->style, output->charset, output->scratch, result->reply,
                      result->reply_bytes);
        write_time(output->file, result);
        write_note(output, result);
    } else {
        write_reason(output, result);
    }
    fputc('\n', output->file);
    if (result->reply != NULL)
        payload_write_rows(output->file, &output->style, result->reply, result->reply_bytes);
    return !ferror(output->file);
}

static const char *words_of(int status)
{
    if (status == RESULT_TOO_BIG)
        return "too big";
    return status == RESULT_NOT_AWAITED ? "not awaited"
                                        : result_status_name((enum result_status)status);
}

/* What is worth a word only if it happened. */
static void write_rare(FILE *file, const struct send_totals *totals)
{
    for (int i = RESULT_REFUSED; i < RESULT_KINDS; i++)
        if (totals->counts[i] > 0 && i != RESULT_UNCERTAIN) /* they are among the ambiguous */
            fprintf(file, ", %s %" PRIu64, words_of(i), totals->counts[i]);
}

static void write_figures(FILE *file, const struct send_totals *totals)
{
    const struct {
        const char *name;
        int64_t value_ns;
    } figures[] = {{"min", totals->rtt_min_ns},      {"mean", totals->rtt_mean_ns},
                   {"p50", totals->rtt_p50_ns},      {"p99", totals->rtt_p99_ns},
                   {"max", totals->rtt_max_ns},      {"stddev", totals->rtt_stddev_ns},
                   {"jitter", totals->rtt_jitter_ns}};
    char text[UNITS_TEXT_SIZE];

    fputs("rtt", file);
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++)
        if (figures[i].value_ns >= 0)
            fprintf(file, "%s %s %s", i > 0 ? "," : "", figures[i].name,
                    units_duration(figures[i].value_ns, text, sizeof text));
    fputc('\n', file);
}

static void write_times(const struct send_output *output, const struct send_totals *totals)
{
    if (totals->rtt_min_ns >= 0) {
        stamp_write_now(output->file, &output->stamp);
        write_name(output, "", ": ");
        write_figures(output->file, totals);
    }
    if (totals->ambiguous == 0)
        return;
    stamp_write_now(output->file, &output->stamp);
    fprintf(output->file,
            "ambiguous or uncertain times (?): %" PRIu64
            ", left out of the figures; --match port avoids them\n",
            totals->ambiguous);
}

static bool write_summary(const struct send_output *output, const struct send_totals *totals)
{
    uint64_t acked = totals->counts[RESULT_ACKED];

    stamp_write_now(output->file, &output->stamp);
    write_name(output, "", ": ");
    fprintf(output->file, "sent %" PRIu64 ", acked %" PRIu64 ", timeout %" PRIu64, totals->sent,
            acked, totals->counts[RESULT_TIMEOUT]);
    write_rare(output->file, totals);
    if (totals->waiting > 0)
        fprintf(output->file, ", waiting %" PRIu64, totals->waiting);
    if (totals->kernel_dropped > 0)
        fprintf(output->file, ", kernel dropped %" PRIu64, totals->kernel_dropped);
    if (totals->not_recorded > 0)
        fprintf(output->file, ", not recorded %" PRIu64, totals->not_recorded);
    if (totals->not_logged > 0)
        fprintf(output->file, ", not logged %" PRIu64, totals->not_logged);
    fprintf(output->file, ", unanswered %.1f%%\n", send_unanswered_percent(totals));
    write_times(output, totals);
    return fflush(output->file) == 0 && !ferror(output->file);
}

static bool write_call(const struct send_output *output, const struct call *call)
{
    return call_write_line(output->file, &output->stamp, call, true, output->zones);
}

const struct send_writer send_lines = {
    .result = write_result, .call = write_call, .summary = write_summary};
