/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* landlock: see the header. */
#include "udptui/sys/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "udptui/base/array.h"

enum {
    CALL_CREATE_RULESET = 444,
    CALL_ADD_RULE = 445,
    CALL_RESTRICT_SELF = 446,
    ASK_VERSION = 1,
    RULE_PATH_BENEATH = 1,
    RULE_NET_PORT = 2,
};

/* LANDLOCK_ACCESS_FS_* */
enum {
    RIGHT_EXECUTE = 1 << 0,
    RIGHT_WRITE_FILE = 1 << 1,
    RIGHT_READ_FILE = 1 << 2,
    RIGHT_READ_DIRECTORY = 1 << 3,
    RIGHT_REMOVE_FILE = 1 << 5,
    RIGHT_MAKE_DIRECTORY = 1 << 7,
    RIGHT_MAKE_FILE = 1 << 8,
    RIGHT_TRUNCATE = 1 << 14,
    RIGHT_DEVICE_IOCTL = 1 << 15,
    RIGHTS_OF_FILES =
        RIGHT_EXECUTE | RIGHT_WRITE_FILE | RIGHT_READ_FILE | RIGHT_TRUNCATE | RIGHT_DEVICE_IOCTL,
};

enum { RIGHT_CONNECT_TCP = 1 << 1 }; /* LANDLOCK_ACCESS_NET_CONNECT_TCP */

struct landlock_port {
    uint64_t rights, port;
};

struct landlock_rights {
    uint64_t files, network, scoped;
};

struct __attribute__((packed)) landlock_path {
    uint64_t rights;
    int32_t directory;
};

/* The rights that each version of the interface knows: what is named here is forbidden unless a
 * rule allows it. */
static const struct {
    long version;
    struct landlock_rights rights;
    size_t size_bytes; /* of the struct, as the version knows it */
} landlock_versions[] = {
    {6, {(1 << 16) - 1, 3, 3}, 24}, /* and signals to, sockets of, processes outside */
    {5, {(1 << 16) - 1, 3, 0}, 16}, /* and ioctl(2) of devices */
    {4, {(1 << 15) - 1, 3, 0}, 16}, /* and TCP */
    {3, {(1 << 15) - 1, 0, 0}, 8},  /* and truncating */
    {2, {(1 << 14) - 1, 0, 0}, 8},  /* and renaming across directories */
    {1, {(1 << 13) - 1, 0, 0}, 8},
};

static const struct {
    unsigned access;
    uint64_t rights;
} landlock_accesses[] = {
    {LANDLOCK_READ, RIGHT_READ_FILE | RIGHT_READ_DIRECTORY},
    {LANDLOCK_EXECUTE, RIGHT_EXECUTE},
    {LANDLOCK_WRITE, RIGHT_WRITE_FILE | RIGHT_TRUNCATE | RIGHT_DEVICE_IOCTL},
    {LANDLOCK_MAKE, RIGHT_MAKE_FILE | RIGHT_MAKE_DIRECTORY | RIGHT_REMOVE_FILE},
};

int landlock_version(void)
{
    long version = syscall(CALL_CREATE_RULESET, NULL, (size_t)0, ASK_VERSION);

    return version > 0 ? (int)version : 0;
}

bool landlock_open(struct landlock *landlock, unsigned scope)
{
    int version = landlock_version();

    *landlock = (struct landlock){.fd = -1};
    for (size_t i = 0; i < COUNT_OF(landlock_versions); i++) {
        struct landlock_rights rights = landlock_versions[i].rights;
        if (version < landlock_versions[i].version)
            continue;
        if ((scope & LANDLOCK_NO_TCP) == 0)
            rights.network = 0;
        if ((scope & LANDLOCK_ALONE) == 0)
            rights.scoped = 0;
        landlock->files = rights.files;
        landlock->network = rights.network;
        landlock->fd =
            (int)syscall(CALL_CREATE_RULESET, &rights, landlock_versions[i].size_bytes, 0);
        return landlock->fd >= 0;
    }
    errno = ENOSYS;
    return false;
}

static bool landlock_add(const struct landlock *landlock, int directory, uint64_t rights)
{
    const struct landlock_path rule = {.rights = rights & landlock->files, .directory = directory};

    return syscall(CALL_ADD_RULE, landlock->fd, RULE_PATH_BENEATH, &rule, 0) == 0;
}

/* A right for directories is refused for a file. */
bool landlock_allow(const struct landlock *landlock, const char *path, unsigned access)
{
    int directory = open(path, O_PATH | O_CLOEXEC);
    uint64_t rights = 0;

    if (directory < 0)
        return errno == ENOENT || errno == ENOTDIR;
    for (size_t i = 0; i < COUNT_OF(landlock_accesses); i++)
        if ((access & landlock_accesses[i].access) != 0)
            rights |= landlock_accesses[i].rights;
    bool added = landlock_add(landlock, directory, rights) ||
                 landlock_add(landlock, directory, rights & RIGHTS_OF_FILES);
    int error = errno;
    close(directory);
    errno = error;
    return added;
}

bool landlock_allow_connect(const struct landlock *landlock, uint16_t port)
{
    const struct landlock_port rule = {.rights = RIGHT_CONNECT_TCP, .port = port};

    return (landlock->network & RIGHT_CONNECT_TCP) == 0 ||
           syscall(CALL_ADD_RULE, landlock->fd, RULE_NET_PORT, &rule, 0) == 0;
}

bool landlock_enforce(struct landlock *landlock, bool wanted)
{
    bool done = wanted && landlock->fd >= 0 && syscall(CALL_RESTRICT_SELF, landlock->fd, 0) == 0;
    int error = errno;

    if (landlock->fd >= 0)
        close(landlock->fd);
    landlock->fd = -1;
    errno = error;
    return done;
}
