/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* store: history and packets, each in its XDG directory, for their owner only. */
#include "store_internal.h"

#include "udptui/sys/files.h"

const char *store_history_path(char *out)
{
    const char *why = files_own_path(FILES_STATE, "history", out, STORE_PATH_SIZE);

    return why != NULL ? why : files_make_parents(FILES_STATE, out);
}

const char *store_packets_path(char *out)
{
    return files_own_path(FILES_DATA, "packets.json", out, STORE_PATH_SIZE);
}

const char *store_make_packets_directory(const char *path)
{
    return files_make_parents(FILES_DATA, path);
}
