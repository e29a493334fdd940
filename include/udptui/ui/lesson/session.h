/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lesson_session: shared by the front ends of `udptui lesson`, the screen and the lines. */
#ifndef UDPTUI_UI_LESSON_SESSION_H
#define UDPTUI_UI_LESSON_SESSION_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "udptui/base/text.h"
#include "udptui/capture/file.h"
#include "udptui/lesson/catalogs.h"
#include "udptui/lesson/topics.h"
#include "udptui/output/lesson.h"
#include "udptui/sys/signals.h"
#include "udptui/ui/look.h"

struct lesson_options {
    const char *log;
    const char *pcap; /* a capture of the one lesson that is shown; NULL: none */
    int force;
    int64_t seed;
    int source, no_ui, automatic, json, ascii, markdown;
    int language; /* of catalogs_languages; negative: what the environment asks for */
    int view;     /* enum ladder_view, to begin with */
    int sentences;
    struct look look;
};

/* One run of the command. */
struct lesson_run {
    const struct lesson_options *options;
    const char *path;   /* of a file with the only topic; NULL: the shipped topics */
    size_t first, last; /* of the topics, to go through */
    struct topics topics;
    struct signals signals;
    FILE *output;        /* an outlet */
    struct logfile *log; /* of --log, NULL: none */
    enum text_charset charset;
    struct catalogs_opened opened;
    const struct catalog *catalog; /* of the language; NULL: English */
    bool broken;                   /* output cannot be written: errno in error */
    int error;
    bool otherwise;                      /* some lesson did not meet its expectations */
    bool failed;                         /* a setup failed; the error is reported */
    char pcap_error[CAPTURE_ERROR_SIZE]; /* of --pcap, reported at the end; "": none */
};

/* Goes through the lessons of the run, with options, first and last set. Exit status. */
int lesson_run(struct lesson_run *run);

/* The writer of the format that the options name. */
const struct lesson_writer *lesson_writer_of(const struct lesson_options *options);

/* Lists all lessons on standard output. Exit status. */
int lesson_list(const struct lesson_options *options);

/* Writes the findings of a lesson to the log, if there is one. output: the place and the choice. */
void lesson_log(struct lesson_run *run, const struct lesson_output *output,
                const struct lesson_topic *topic, const struct lesson_result *result,
                const struct lesson_ladder *ladder);

/* Writes the capture, if one is asked for and this is the lesson that was. */
void lesson_write_pcap(struct lesson_run *run, const struct lesson_topic *topic,
                       const struct stage *stage);

/* Goes through the lessons of the run as text or JSON, one after the other. */
void lesson_run_lines(struct lesson_run *run);

/* False, with a notice on stderr and nothing played, if the terminal cannot show a screen. */
bool lesson_run_screen(struct lesson_run *run);

#endif
