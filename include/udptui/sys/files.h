/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * files: files that a user names, and files of our own.
 *
 * At the prompt nothing may wait: only regular files are read. What we keep under the XDG
 * directories is opened as it stands there, never through a symbolic link, and its mode is set when
 * it is made and never changed. Each function returns NULL, or what is wrong.
 */
#ifndef UDPTUI_SYS_FILES_H
#define UDPTUI_SYS_FILES_H

#include <stddef.h>
#include <stdint.h>

/* Reads at most room_bytes; "-" is standard input. May wait (a FIFO, a terminal): not at the
 * prompt. */
const char *files_read(const char *path, uint8_t *out, size_t room_bytes, size_t *size_bytes);

/* The same of a regular file; anything else, "-" included, is refused, and nothing waits. */
const char *files_read_regular(const char *path, uint8_t *out, size_t room_bytes,
                               size_t *size_bytes);

/* Opens a file of ours (open(2): O_RDONLY, O_WRONLY | O_CREAT, ...); one that is made has mode
 * 0600. The caller closes *fd. */
const char *files_open_own(const char *path, int flags, int *fd);

/* Reads a file of ours, as files_read. */
const char *files_read_own(const char *path, uint8_t *out, size_t room_bytes, size_t *size_bytes);

/* What our files hold (XDG Base Directory Specification). */
enum files_own {
    FILES_STATE, /* $XDG_STATE_HOME, else ~/.local/state */
    FILES_DATA,  /* $XDG_DATA_HOME, else ~/.local/share */
};

/* The path of a file or directory of ours, "history" or "messages/NAME", below the directory
 * udptui. Nothing is made. */
const char *files_own_path(enum files_own own, const char *name, char *out, size_t size_bytes);

/* Makes the directories above a path of files_own_path that do not exist, with mode 0700. The home
 * directory itself is never made: if it is missing, nothing is. */
const char *files_make_parents(enum files_own own, const char *path);

/* Writes all to fd. */
const char *files_write(int fd, const void *bytes, size_t size_bytes);

/* Closes fd. Returns why, or if that is NULL, what close(2) finds wrong. */
const char *files_close(int fd, const char *why);

#endif
