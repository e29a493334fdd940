# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A service manager's child before exec: manager.py "5 7" COMMAND... runs it with descriptors 5 and 7 as 3 and 4, and
with LISTEN_PID and LISTEN_FDS (sd_listen_fds(3)), unless the environment has them already."""
import fcntl
import os
import sys

FIRST = 3

passed = [fcntl.fcntl(int(number), fcntl.F_DUPFD, 100) for number in sys.argv[1].split()]
for place, number in enumerate(passed, FIRST):
    os.dup2(number, place)
    os.close(number)
os.closerange(FIRST + len(passed), 100)
os.environ.setdefault("LISTEN_PID", str(os.getpid()))
os.environ.setdefault("LISTEN_FDS", str(len(passed)))
os.execv(sys.argv[2], sys.argv[2:])
