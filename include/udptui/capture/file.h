/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* capture_file: common to reading and writing capture files. */
#ifndef UDPTUI_CAPTURE_FILE_H
#define UDPTUI_CAPTURE_FILE_H

/* An error of a file: "FILE: why"; of a long path the end is kept. */
enum { CAPTURE_ERROR_SIZE = 400 };

#endif
