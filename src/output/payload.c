/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* payload: see the header. */
#include "udptui/output/payload.h"

#include "udptui/base/dump.h"
#include "udptui/base/units.h"

const char *const payload_show_words[] = {[PAYLOAD_AUTO] = "auto",
                                          [PAYLOAD_TEXT] = "text",
                                          [PAYLOAD_HEX] = "hex",
                                          [PAYLOAD_BOTH] = "both",
                                          NULL};

static bool has_dump(const struct payload_style *style, const uint8_t *bytes, size_t size_bytes)
{
    if (size_bytes == 0 || style->show == PAYLOAD_TEXT)
        return false;
    return style->show != PAYLOAD_AUTO || dump_is_binary(bytes, size_bytes);
}

/* "[65,267 more bytes: --full shows them]" */
static void write_rest(FILE *file, size_t rest_bytes)
{
    char count[UNITS_TEXT_SIZE];

    if (rest_bytes > 0)
        fprintf(file, "[%s more %s: --full shows them]",
                units_count(rest_bytes, count, sizeof count), rest_bytes > 1 ? "bytes" : "byte");
}

static void write_text(FILE *file, const struct payload_style *style, enum text_charset charset,
                       char *scratch, const uint8_t *bytes, size_t size_bytes)
{
    size_t room = style->full ? PAYLOAD_SCRATCH : PAYLOAD_LINE_SIZE + 1;
    size_t rendered = text_render(scratch, room, bytes, size_bytes, charset);

    fputs(scratch, file);
    if (rendered < size_bytes)
        fputc(' ', file);
    write_rest(file, size_bytes - rendered);
}

void payload_write(FILE *file, const struct payload_style *style, enum text_charset charset,
                   char *scratch, const uint8_t *bytes, size_t size_bytes)
{
    if (size_bytes == 0)
        fputs("(empty)", file);
    else if (style->show != PAYLOAD_BOTH && has_dump(style, bytes, size_bytes))
        fprintf(file, "%zu B", size_bytes);
    else
        write_text(file, style, charset, scratch, bytes, size_bytes);
}

void payload_write_rows(FILE *file, const struct payload_style *style, const uint8_t *bytes,
                        size_t size_bytes)
{
    size_t most = style->full ? size_bytes : (size_t)PAYLOAD_ROWS * DUMP_WIDTH;
    char hex[DUMP_HEX_SIZE], text[DUMP_TEXT_SIZE];

    if (!has_dump(style, bytes, size_bytes))
        return;
    for (size_t at = 0; at < size_bytes && at < most; at += DUMP_WIDTH) {
        size_t count = size_bytes - at < DUMP_WIDTH ? size_bytes - at : DUMP_WIDTH;
        fprintf(file, "    %04zx  %s %s\n", at, dump_hex(bytes + at, count, DUMP_WIDTH, hex),
                dump_ascii(bytes + at, count, text));
    }
    if (size_bytes > most) {
        fputs("          ", file);
        write_rest(file, size_bytes - most);
        fputc('\n', file);
    }
}
