/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sandbox_none: built without libseccomp. */
#include <errno.h>

#include "sandbox_internal.h"

const char *sandbox_calls_missing(void)
{
    return "it is built without libseccomp: install libseccomp-dev (Debian, Ubuntu) or "
           "libseccomp-devel (Fedora), then configure and build again";
}

bool sandbox_calls_restrict(unsigned groups)
{
    (void)groups;
    errno = ENOSYS;
    return false;
}
