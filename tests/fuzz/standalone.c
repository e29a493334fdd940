/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * standalone: a main for a fuzz target without libFuzzer. Writes TAP.
 *
 * Without arguments it runs the target over FUZZ_RUNS inputs (20,000, or as many as 2 s of
 * processor time allow) from FUZZ_SEED (1), the same ones each time, and over the files of its
 * corpus; with arguments over these files, such as a crash that libFuzzer kept. A broken promise
 * aborts: the last input's bytes stand on stderr, a file's name on stdout.
 */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "fuzz.h"

enum { INPUT_MAX = 400, FILE_MAX = 1 << 20, KINDS = 4, PATH_SIZE = 1024, SECONDS_MAX = 2 };

/* The input that is running: what the signal handler shows. */
static uint8_t input[INPUT_MAX];
static size_t input_size;

static void show_input(int number)
{
    static const char digits[] = "0123456789abcdef";
    char hex[2 * INPUT_MAX + 1];

    for (size_t i = 0; i < input_size; i++) {
        hex[2 * i] = digits[input[i] >> 4];
        hex[2 * i + 1] = digits[input[i] & 15];
    }
    hex[2 * input_size] = '\n';
    if (write(STDERR_FILENO, "input: ", 7) < 0 || write(STDERR_FILENO, hex, 2 * input_size + 1) < 0)
        _exit(1);
    raise(number); /* SA_RESETHAND: the default action now */
}

static uint32_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return (uint32_t)(*state >> 32);
}

static size_t count_words(void)
{
    size_t count = 0;

    while (fuzz_words[count] != NULL)
        count++;
    return count;
}

/* One piece of an input: any byte, a printable one, or a word. Returns its length. */
static size_t make_piece(uint64_t *state, unsigned kind, size_t words, uint8_t *out, size_t room)
{
    const char *word = fuzz_words[next_random(state) % words];
    size_t length = strlen(word);

    if (kind == 0 || length > room) {
        *out = (uint8_t)next_random(state);
        return 1;
    }
    if (kind == 1) {
        *out = (uint8_t)(' ' + next_random(state) % 95);
        return 1;
    }
    memcpy(out, word, length);
    return length;
}

/* An input is of one kind throughout, or (the last kind) a mixture; short ones are frequent. */
static void make_input(uint64_t *state, size_t words)
{
    size_t most = next_random(state) % 4 == 0 ? INPUT_MAX : 40;
    size_t size = next_random(state) % (most + 1);
    unsigned kind = next_random(state) % KINDS;

    input_size = 0;
    while (input_size < size) {
        unsigned piece = kind == KINDS - 1 ? next_random(state) % (KINDS - 1) : kind;
        input_size += make_piece(state, piece, words, input + input_size, size - input_size);
    }
}

static void run(const uint8_t *bytes, size_t size)
{
    uint8_t *copy = fuzz_allocate(size);

    memcpy(copy, bytes, size);
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
}

static int run_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    uint8_t *bytes = fuzz_allocate(FILE_MAX);
    size_t size = file != NULL ? fread(bytes, 1, FILE_MAX, file) : 0;

    if (file == NULL) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
    } else {
        run(bytes, size);
        fclose(file);
    }
    free(bytes);
    return file != NULL;
}

/* What the fuzzers start from: tests/fuzz/corpus/NAME of the target fuzz_NAME. */
static DIR *open_corpus(const char *program, char *path, size_t size)
{
    const char *source = getenv("UDPTUI_SOURCE"), *slash = strrchr(program, '/');
    const char *name = strstr(slash != NULL ? slash : program, "fuzz_");

    snprintf(path, size, "%s/tests/fuzz/corpus/%s", source != NULL ? source : ".",
             name != NULL ? name + strlen("fuzz_") : program);
    return opendir(path);
}

static int run_corpus(const char *program)
{
    char directory[PATH_SIZE], path[2 * PATH_SIZE];
    DIR *corpus = open_corpus(program, directory, sizeof directory);
    int files = 0, ok = 1;

    if (corpus == NULL) {
        printf("not ok 2 - %s: %s\n", directory, strerror(errno));
        return 0;
    }
    for (const struct dirent *entry; (entry = readdir(corpus)) != NULL;) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", directory, entry->d_name);
        printf("# %s\n", path);
        fflush(stdout);
        ok = run_file(path) && ok;
        files++;
    }
    closedir(corpus);
    ok = ok && files > 0;
    printf("%s 2 - the %d files of the corpus\n", ok ? "ok" : "not ok", files);
    return ok;
}

static unsigned long long setting(const char *name, unsigned long long otherwise)
{
    const char *text = getenv(name);

    return text != NULL ? strtoull(text, NULL, 10) : otherwise;
}

int main(int argc, char **argv)
{
    const unsigned long long runs = setting("FUZZ_RUNS", 20000), seed = setting("FUZZ_SEED", 1);
    const clock_t limit_s = getenv("FUZZ_RUNS") != NULL ? 0 : SECONDS_MAX;
    unsigned long long done = 0;
    const struct sigaction action = {.sa_handler = show_input, .sa_flags = (int)SA_RESETHAND};
    uint64_t state = seed != 0 ? seed : 1; /* xorshift64 stays at 0 */
    int ok = 1;

    if (argc > 1) {
        for (int i = 1; i < argc; i++)
            ok = run_file(argv[i]) && ok;
        return ok ? 0 : 1;
    }
    sigaction(SIGABRT, &action, NULL);
    printf("1..2\n");
    fflush(stdout);
    for (; done < runs && (limit_s == 0 || clock() < limit_s * CLOCKS_PER_SEC); done++) {
        make_input(&state, count_words());
        run(input, input_size);
    }
    printf("ok 1 - %llu inputs from seed %llu\n", done, seed);
    input_size = 0;
    return run_corpus(argv[0]) ? 0 : 1;
}
