# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""rpm: contrib/rpm/udptui.spec, built with rpmbuild; what a Fedora has more than this system is not looked at."""
import functools
import os
import re
import shutil
import subprocess

import packaging
import tap
import udptui

SPEC = os.path.join(packaging.CONTRIB, "rpm", "udptui.spec")
FILTERS = os.path.join(packaging.CONTRIB, "rpm", "udptui.rpmlintrc")


def lint(path):
    """Complains of what rpmlint finds; a filter that only the spec or only the package needs is none of it."""
    udptui.need_program("rpmlint")
    output = packaging.run("sh", "-c", 'rpmlint --strict -r "$@" || [ $? -ne 1 ]', "sh", FILTERS, path)
    tap.matches(output, r"\bpackages? and \d+ specfiles? checked;", "rpmlint")
    found = re.findall(r"^\S+: [EW]: (?!unused-rpmlintrc-filter).*", output, re.MULTILINE)
    tap.equal(found, [], "rpmlint")


@functools.lru_cache(maxsize=None)
def top():
    return packaging.work_directory()


def install_post():
    """What rpm does with the installed files (strips, compresses). Its scripts need bash, and begin with /bin/sh."""
    lines = packaging.run("rpm", "--eval", "%__os_install_post").split("\n")
    return "\n".join("bash " + line.strip() if line.strip().startswith("/") else line for line in lines).strip()


def built():
    """The package; tried once."""
    udptui.need_program("rpmbuild")
    source = packaging.tarball()
    if not os.path.isdir(top() + "/SOURCES"):
        os.makedirs(top() + "/SOURCES")
        shutil.copy(source, "%s/SOURCES/udptui-%s.tar.xz" % (top(), packaging.version()))
        packaging.run("rpmbuild", "-bb", "--nodeps", "--nocheck", "--define", "_topdir " + top(),
                      "--define", "__os_install_post " + install_post(), SPEC)
    names = [name for name in packaging.files_below(top() + "/RPMS") if re.search(r"/udptui-\d.*\.rpm$", name)]
    if not names:
        tap.skip("it was not built")
    return top() + "/RPMS" + names[0]


@functools.lru_cache(maxsize=None)
def unpacked():
    udptui.need_program("cpio")
    root = top() + "/root"
    os.mkdir(root)
    packaging.run("sh", "-c", 'rpm2cpio "$1" | cpio -idm --quiet', "sh", built(), cwd=root)
    return root


@tap.case("the version of the spec and of its changelog is that of configure")
def version():
    text = packaging.read("contrib", "rpm", "udptui.spec")
    tap.equal(re.findall(r"^Version: +(.*)$", text, re.MULTILINE), [packaging.version()], "Version")
    tap.matches(text, r"^%%changelog\n\*.* - %s-\d+$" % re.escape(packaging.version()), "the changelog")


@tap.case("each library that configure looks for is in BuildRequires")
def build_requires():
    configure, spec = packaging.read("configure.ac"), packaging.read("contrib", "rpm", "udptui.spec")
    modules = set(re.findall(r"^(?:UDPTUI_NEEDS|UDPTUI_OPTIONAL)\(\[\w+\], +(?:\[[A-Z0-9]+\], +)?\[([\w-]+)", configure,
                             re.MULTILINE))
    tap.true(len(modules) >= 10, "only %s" % sorted(modules))
    there = set(re.findall(r"^BuildRequires: +pkgconfig\((.*)\)$", spec, re.MULTILINE))
    tap.equal(sorted(modules - there), [], "not in BuildRequires")
    for option in re.findall(r"^UDPTUI_OPTIONAL\(\[(\w+)\]", configure, re.MULTILINE):
        tap.contains(spec, "--with-" + option, "the spec")


@tap.case("rpmlint finds nothing in the spec")
def lint_spec():
    lint(SPEC)


@tap.case("it builds from the tarball, and each file of an installation is listed", timeout_s=packaging.BUILD_TIMEOUT_S)
def builds():
    names = packaging.run("rpm", "-qlp", built()).split("\n")
    for page in re.findall(r"man/(udptui\S*)\.(\d)", packaging.read("Makefile.am")):
        tap.contains(names, "/usr/share/man/man%s/%s.%s.gz" % (page[1], page[0], page[1]), "the package")
    for name in ("udptui-serve.service", "udptui-serve.socket"):
        tap.contains(names, "/usr/lib/systemd/system/" + name, "the package")


@tap.case("rpmlint finds nothing in the package")
def lint_package():
    lint(built())


@tap.case("unpacked, the program answers")
def answers():
    program = unpacked() + "/usr/bin/udptui"
    tap.contains(packaging.run(program, "--version"), "udptui %s\n" % packaging.version(), "--version")
    server = udptui.Process([program, "serve", "--json", "127.0.0.1:0"], stdin=subprocess.DEVNULL)
    address = server.wait_objects("listening", 1)[0]["address"]
    said = packaging.run(program, "send", "--timeout", "10s", "--no-ui", address, "hello")
    tap.contains(said, "Message received", "the reply")


tap.main()
