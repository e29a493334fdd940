/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * files: files that a user names, and files of our own.
 *
 * At the prompt nothing may block: only regular files are read. Our own files under the XDG
 * directories are never opened through a symbolic link, and their mode is set at creation and never
 * changed. Each function returns NULL, or what is wrong.
 */
#ifndef UDPTUI_SYS_FILES_H
#define UDPTUI_SYS_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Reads at most room_bytes; "-" is standard input. May block (on a FIFO, a terminal): not for use
 * at the prompt. */
const char *files_read(const char *path, uint8_t *out, size_t room_bytes, size_t *size_bytes);

/* The same of a regular file; anything else, "-" included, is refused; never blocks. */
const char *files_read_regular(const char *path, uint8_t *out, size_t room_bytes,
                               size_t *size_bytes);

/*
 * Reads a config file, at most room_bytes; links are followed, what is no regular file is refused.
 * found: not named by the user but looked for: that it does not exist, or is in a directory that we
 * may not search, is no error then (*exists is false); and it is refused if somebody else could
 * have written it, that is, unless its owner is this user or root and only the owner may write
 * (as ssh_config(5) says of its file).
 */
const char *files_read_config(const char *path, bool found, uint8_t *out, size_t room_bytes,
                              size_t *size_bytes, bool *exists);

/* Whether a file that the user named can be read ("-" always can), made or written, or put in place
 * of another one, as far as that is known without opening it. */
const char *files_check_read(const char *path);
const char *files_check_written(const char *path);
const char *files_check_replaced(const char *path);

/* What is at a path. */
enum files_kind { FILES_NOTHING, FILES_REGULAR, FILES_OTHER };
enum files_kind files_look(const char *path);

/* Makes a file that the user named, for writing; overwrite: a regular file that exists is emptied,
 * else it is refused. Anything that is not a regular file is refused; never blocks. The caller
 * closes *fd. */
const char *files_create(const char *path, bool overwrite, int *fd);

/* "~/NAME" as a shell expands it, anything else as it is. Returns out. */
const char *files_expand_home(const char *path, char *out, size_t size_bytes);

/* Opens a file of ours (open(2): O_RDONLY, O_WRONLY | O_CREAT, ...); one that is made has mode
 * 0600. The caller closes *fd. */
const char *files_open_own(const char *path, int flags, int *fd);

/* Reads a file of ours, as files_read. */
const char *files_read_own(const char *path, uint8_t *out, size_t room_bytes, size_t *size_bytes);

/* The kinds of our own files (XDG Base Directory Specification). */
enum files_own {
    FILES_STATE,  /* $XDG_STATE_HOME, else ~/.local/state */
    FILES_DATA,   /* $XDG_DATA_HOME, else ~/.local/share */
    FILES_CONFIG, /* $XDG_CONFIG_HOME, else ~/.config */
};

/* The path of a file or directory of ours, "history" or "messages/NAME", below the directory
 * udptui. Creates nothing. */
const char *files_own_path(enum files_own own, const char *name, char *out, size_t size_bytes);

/* Makes the directories above a path of files_own_path that do not exist, with mode 0700. The home
 * directory itself is never created: if it is missing, no directory is. */
const char *files_make_parents(enum files_own own, const char *path);

/* Writes all to fd. */
const char *files_write(int fd, const void *bytes, size_t size_bytes);

/* Puts a file in place of a regular one, or of none, at once: another reader sees the old bytes or
 * the new ones. Its mode stays, and its owner if we may give files away. own: a file of ours; else
 * one that the user named, whose links are followed. */
const char *files_replace(const char *path, const void *bytes, size_t size_bytes, bool own);

/* Closes fd. Returns why, or if that is NULL, the error of close(2). */
const char *files_close(int fd, const char *why);

#endif
