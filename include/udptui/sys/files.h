/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * send_files: files that a user names, and files of our own.
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

/* Writes all to fd. */
const char *files_write(int fd, const void *bytes, size_t size_bytes);

/* Closes fd. Returns why, or if that is NULL, what close(2) finds wrong. */
const char *files_close(int fd, const char *why);

#endif
