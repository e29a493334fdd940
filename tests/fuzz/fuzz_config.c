/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_config: a config file is read to its end, or refused with a line and a reason; what it says has the
 * form that options need. */
#include <string.h>

#include "fuzz.h"
#include "udptui/base/config.h"

const char *const fuzz_words[] = {
    "[serve]\n", "no-ui\n", "on = ", "'", "\"", "\\", "# ", " #", "=", "\r\n", "\xef\xbb\xbf", NULL,
};

static void require_name(const char *name)
{
    fuzz_require(name[0] != '\0' &&
                     name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0',
                 "a name is one");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char *text = fuzz_allocate(size + 1);
    struct config_reader reader;
    enum config_kind kind;
    size_t line = 0;

    memcpy(text, bytes, size);
    reader = config_begin(text, size);
    while ((kind = config_next(&reader)) != CONFIG_END && kind != CONFIG_PROBLEM) {
        fuzz_require(reader.line > line, "each is on a line of its own");
        line = reader.line;
        require_name(kind == CONFIG_SECTION ? reader.section : reader.name);
        if (kind == CONFIG_SETTING && reader.value != NULL)
            fuzz_require(strlen(reader.value) < size && strchr(reader.value, '\n') == NULL,
                         "a value is part of a line");
    }
    if (kind == CONFIG_PROBLEM)
        fuzz_require(reader.why[0] != '\0' && reader.line >= 1,
                     "a refusal has a reason and a line");
    free(text);
    return 0;
}
