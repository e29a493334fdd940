/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* screen: see session.h. */
#include "udptui/ui/watch/session.h"

bool watch_run_screen(struct watch_session *session)
{
    (void)session;
    return false;
}
