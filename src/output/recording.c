/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "udptui/output/recording.h"

#include <string.h>

struct recorder *recording_begin(const char *path, bool force, size_t producers,
                                 struct signals *signals, int *status)
{
    char error[RECORDER_ERROR_SIZE];
    struct recorder *recorder;

    *status = EXIT_USAGE;
    if (strcmp(path, "-") == 0) {
        report_error("--pcap -: standard output is in use: name a file, or a pipe made by mkfifo");
        return NULL;
    }
    *status = EXIT_SETUP;
    recorder = recorder_open(path, force, producers, signals, error);
    if (recorder == NULL)
        report_error("--pcap %s", error);
    return recorder;
}

int recording_end(struct recorder *recorder, int status)
{
    char error[RECORDER_ERROR_SIZE];

    if (recorder_close(recorder, error))
        return status;
    report_error("--pcap %s", error);
    return EXIT_SETUP;
}
