# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""packaging: a packager's tree, made from the tarball, and his programs run in it."""
import atexit
import os
import re
import shutil
import subprocess
import tempfile

import tap
import udptui

SOURCE = os.path.abspath(udptui.SOURCE)
CONTRIB = os.path.join(SOURCE, "contrib")
BUILD_TIMEOUT_S = 1800  # of a case that compiles


def work_directory():
    """A directory that lasts until the test ends."""
    path = tempfile.mkdtemp(prefix="udptui-package-")
    atexit.register(shutil.rmtree, path, True)
    return path


def tarball():
    path = os.environ.get("UDPTUI_TARBALL")
    if not path or not os.path.exists(path):
        tap.skip("there is no tarball (UDPTUI_TARBALL): make packages")
    return path


def version():
    """As configure.ac has it."""
    return re.search(r"^AC_INIT\(\[udptui\], \[([^]]*)\]", read("configure.ac"), re.MULTILINE).group(1)


def read(*path):
    with open(os.path.join(SOURCE, *path), encoding="utf-8") as file:
        return file.read()


def environment(**changes):
    """What a build may see: nothing of this one."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    return {**kept, "LC_ALL": "C.UTF-8", **changes}


def run(*command, cwd=None, **changes):
    """The output of a command; it must succeed."""
    done = subprocess.run(command, cwd=cwd, env=environment(**changes), stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    output = done.stdout.decode(errors="replace")
    tap.equal(done.returncode, 0, "%s\n%s" % (" ".join(command), output[-4000:]))
    return output


def files_below(root):
    """The files and links, as they would be called if root were /."""
    return sorted(os.path.join(folder, name)[len(root):] for folder, _, names in os.walk(root) for name in names)
