/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz: what a target gives and gets.
 *
 * A target is one function over any bytes, as libFuzzer calls it; it aborts if a header's promise
 * is broken. `make check` links it with standalone.c, which makes up inputs of its own and plays
 * the files of tests/fuzz/corpus. A tree that was configured with --enable-fuzz links it with
 * dictionary.c and libFuzzer (CC=clang) or AFL++ (CC=afl-clang-fast); `make fuzz` makes such a
 * tree.
 */
#ifndef UDPTUI_TESTS_FUZZ_FUZZ_H
#define UDPTUI_TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* Returns 0. It keeps nothing for the next call. The bytes have nothing readable behind them. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* Pieces that inputs are likely to get far with, as a dictionary; ends with NULL. */
extern const char *const fuzz_words[];

/* A promise, and its text if it is broken. */
static inline void fuzz_require(int kept, const char *promise)
{
    if (kept)
        return;
    fprintf(stderr, "broken: %s\n", promise);
    abort();
}

/* Memory of exactly so many bytes, so that the address sanitizer sees the first one too many. */
static inline void *fuzz_allocate(size_t size)
{
    void *memory = malloc(size > 0 ? size : 1);

    fuzz_require(memory != NULL, "there is memory");
    return memory;
}

#endif
