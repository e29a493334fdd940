# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""debian: the package of contrib/debian, built as a Debian developer builds it, and installed in a copy of the system."""
import filecmp
import functools
import os
import re
import shutil
import subprocess

import packaging
import tap
import udptui

PARALLEL = "parallel=%d" % len(os.sched_getaffinity(0))


def build(place, **changes):
    """Builds source and binary packages in a directory, which must not exist; returns it."""
    os.makedirs(place)
    shutil.copy(packaging.tarball(), "%s/udptui_%s.orig.tar.xz" % (place, packaging.version()))
    packaging.run("tar", "xf", packaging.tarball(), cwd=place)
    tree = os.path.join(place, "udptui-" + packaging.version())
    shutil.copytree(os.path.join(tree, "contrib", "debian"), os.path.join(tree, "debian"))
    packaging.run("dpkg-buildpackage", "-us", "-uc", cwd=tree, DEB_BUILD_PROFILES="nocheck",
                  DEB_BUILD_OPTIONS="nocheck " + PARALLEL, **changes)
    return place


@functools.lru_cache(maxsize=None)
def folder():
    return packaging.work_directory()


def built():
    """The folder of the one build that most cases look at; tried once."""
    for program in ("dpkg-buildpackage", "dh"):
        udptui.need_program(program)
    packaging.tarball()
    one = os.path.join(folder(), "one")
    if not os.path.isdir(one):
        build(one)
    if not any(name.endswith(".changes") for name in os.listdir(one)):
        tap.skip("it was not built")
    return one


def result(pattern):
    """The one file of the build whose name matches."""
    names = [name for name in os.listdir(built()) if re.fullmatch(pattern, name)]
    tap.equal(len(names), 1, "files like %s: %s" % (pattern, sorted(os.listdir(built()))))
    return os.path.join(built(), names[0])


def package():
    return result(r"udptui_.*\.deb")


@functools.lru_cache(maxsize=None)
def unpacked():
    root = os.path.join(folder(), "root")
    packaging.run("dpkg-deb", "-x", package(), root)
    return root


@tap.case("the version of the changelog is that of configure")
def version():
    tap.matches(packaging.read("contrib", "debian", "changelog"),
                r"\Audptui \(%s-\d+\) " % re.escape(packaging.version()), "the first line")


@tap.case("each package that configure looks for is in Build-Depends")
def build_depends():
    wanted = set(re.findall(r"\[(\w[\w.+-]*-dev)\]", packaging.read("configure.ac")))
    tap.true(len(wanted) >= 10, "only %s" % sorted(wanted))
    field = re.search(r"^Build-Depends:\n((?: .*\n)+)", packaging.read("contrib", "debian", "control"), re.MULTILINE)
    there = set(re.findall(r"^ ([\w.+-]+)", field.group(1), re.MULTILINE))
    tap.equal(sorted(wanted - there), [], "not in Build-Depends")
    rules = packaging.read("contrib", "debian", "rules")
    for option in re.findall(r"^UDPTUI_OPTIONAL\(\[(\w+)\]", packaging.read("configure.ac"), re.MULTILINE):
        tap.contains(rules, "--with-" + option, "rules")


@tap.case("it builds from the tarball", timeout_s=packaging.BUILD_TIMEOUT_S)
def builds():
    tap.true(os.path.getsize(package()) > 100000, "the size of %s" % package())


@tap.case("lintian finds nothing, not even what it calls pedantic", timeout_s=300)
def lintian():
    udptui.need_program("lintian")
    output = packaging.run("lintian", "--allow-root", "--display-info", "--pedantic", "--tag-display-limit", "0",
                           result(r"udptui_.*\.changes"))
    tap.equal(output, "", "lintian")


@tap.case("every file of an installation is in the package")
def files():
    names = packaging.files_below(unpacked())
    for page in re.findall(r"man/(udptui\S*)\.(\d)", re.sub(r"\\\n", "", packaging.read("Makefile.am"))):
        tap.contains(names, "/usr/share/man/man%s/%s.%s.gz" % (page[1], page[0], page[1]), "the package")
    outside = [name for name in names if not re.match(r"/usr/(bin|share)/|(/usr)?/lib/systemd/system/", name)]
    tap.equal(outside, [], "files in other places")
    executable = [name for name in names if os.access(unpacked() + name, os.X_OK)]
    tap.equal(executable, ["/usr/bin/udptui"], "programs")


@tap.case("the program has no path and no date of its build")
def traces():
    with open(unpacked() + "/usr/bin/udptui", "rb") as file:
        program = file.read()
    tap.true(built().encode() not in program, "%s is in the program" % built())
    dates = re.findall(rb"\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]\d 20\d\d\b", program)
    tap.equal(dates, [], "dates in the program")


@tap.case("unpacked, it passes the test of an installed package", timeout_s=120)
def unpacked_answers():
    work = udptui.temporary_directory()
    output = packaging.run(os.path.join(packaging.CONTRIB, "debian", "tests", "installed"),
                           UDPTUI_ROOT=unpacked(), AUTOPKGTEST_TMP=work)
    tap.contains(output, "== done\n", "the test")


# The system with the package, in a mount namespace of its own: what is written goes to memory.
IN_A_COPY = r"""
set -eu
mount -t tmpfs tmpfs "$1"
mkdir "$1/upper" "$1/work" "$1/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" "$1/root"
mount --rbind /dev "$1/root/dev"
mount -t proc proc "$1/root/proc"
cp "$2" "$1/root/tmp/udptui.deb"
cp "$3" "$1/root/tmp/installed"
exec chroot "$1/root" sh -eu -c '
    ! dpkg -s udptui >/dev/null 2>&1 || dpkg -P udptui
    dpkg -i /tmp/udptui.deb
    /tmp/installed
    find /etc/systemd -name "udptui*" | grep . && exit 1
    dpkg -L udptui >/tmp/files
    dpkg -P udptui
    while read -r file; do
        [ -d "$file" ] || [ ! -e "$file" ] || { echo "left: $file"; exit 1; }
    done </tmp/files
    find /etc /var/lib/systemd -name "*udptui*" | grep . && exit 1
    echo removed'
"""


@tap.case("installed in a copy of the system it passes, starts no server, and leaves nothing behind", timeout_s=120)
def installed():
    udptui.need_program("unshare")
    package()
    if subprocess.run(["unshare", "-mpf", "true"], stderr=subprocess.DEVNULL).returncode != 0:
        tap.skip("no right to make a mount namespace")
    work = udptui.temporary_directory()
    output = packaging.run("unshare", "-mpf", "--propagation", "private", "sh", "-c", IN_A_COPY, "sh", work, package(),
                           os.path.join(packaging.CONTRIB, "debian", "tests", "installed"))
    tap.contains(output, "\nremoved\n", "the output")


@tap.case("a second build, in another directory and time zone, gives the same packages",
          timeout_s=packaging.BUILD_TIMEOUT_S)
def reproducible():
    one = built()
    two = build(os.path.join(folder(), "another", "place-with-a-longer-name"),
                TZ="Asia/Kathmandu", LC_ALL="C", HOME="/nonexistent")
    packages = sorted(name for name in os.listdir(one) if name.endswith((".deb", ".ddeb", ".debian.tar.xz")))
    tap.true(len(packages) >= 2, "packages: %s" % packages)
    for name in packages:
        tap.true(filecmp.cmp(os.path.join(one, name), os.path.join(two, name), shallow=False), "%s differs" % name)


tap.main()
