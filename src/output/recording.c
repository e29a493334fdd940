/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "udptui/output/recording.h"

struct recorder *recording_begin(const char *path, bool force, size_t producers,
                                 struct signals *signals, int *status)
{
    char error[RECORDER_ERROR_SIZE];
    struct recorder *recorder;

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
