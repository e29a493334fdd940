/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dictionary: a target's words for a fuzzer. libFuzzer and AFL++ call LLVMFuzzerInitialize first;
 * with FUZZ_DICTIONARY set, it writes fuzz_words to that file, in the form that both read, and
 * ends.
 */
#include "fuzz.h"

int LLVMFuzzerInitialize(int *count, char ***arguments);

static void put_word(FILE *file, const char *word)
{
    fputc('"', file);
    for (; *word != '\0'; word++)
        fprintf(file, "\\x%02x", (unsigned)(unsigned char)*word);
    fputs("\"\n", file);
}

int LLVMFuzzerInitialize(int *count, char ***arguments)
{
    const char *path = getenv("FUZZ_DICTIONARY");

    (void)count;
    (void)arguments;
    if (path == NULL)
        return 0;
    FILE *file = fopen(path, "w");
    fuzz_require(file != NULL, "a dictionary can be written");
    for (size_t i = 0; fuzz_words[i] != NULL; i++)
        put_word(file, fuzz_words[i]);
    exit(fclose(file) == 0 ? 0 : 1);
}
