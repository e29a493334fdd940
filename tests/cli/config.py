# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The config file: which one is read, what its lines do, what overrides what, and each mistake by line."""
import os
import re
import socket

import tap
import udptui

SERVE = ("serve", "127.0.0.1:0", "--duration", "1ms")


def home(text=None, mode=0o644):
    """A home directory with a config file in it, or without one."""
    directory = udptui.temporary_directory()
    if text is not None:
        os.makedirs(os.path.join(directory, ".config", "udptui"))
        write(os.path.join(directory, ".config", "udptui", "config"), text, mode)
    return directory


def write(path, text, mode=0o644):
    with open(path, "wb") as file:
        file.write(text if isinstance(text, bytes) else text.encode())
    os.chmod(path, mode)
    return path


def run(text, *arguments, mode=0o644, **variables):
    return udptui.run(*arguments, env=udptui.environment(**{"HOME": home(text, mode), **variables}))


def is_json(result):
    return result.expect(0).out.startswith("{")


def refused(text, *arguments, status=2, **more):
    """The error that a config file gives, from behind its name."""
    result = run(text, *(arguments or SERVE), **more).expect(status)
    tap.equal(len(result.err.splitlines()), 1, "lines of the error\n" + result.err)
    tap.equal(result.out, "", "standard output")
    found = re.match(r"udptui: \S*/\.config/udptui/config(:.*)\n$", result.err)
    tap.true(found, "no error of a config file: " + result.err)
    return found.group(1)


# ---- which file

@tap.case("no file, no home, a relative XDG_CONFIG_HOME: the command line alone")
def none():
    tap.true(not is_json(run(None, *SERVE)), "without a file")
    tap.true(not is_json(run("json", *SERVE, HOME=None)), "without HOME")
    tap.true(not is_json(run("json", *SERVE, HOME="relative")), "HOME is relative")
    tap.true(is_json(run("json", *SERVE, XDG_CONFIG_HOME="relative")), "a relative XDG_CONFIG_HOME does not count")
    tap.true(not is_json(run("json", *SERVE, XDG_CONFIG_HOME="/nonexistent")), "XDG_CONFIG_HOME names another place")
    tap.true(not is_json(run("json", *SERVE, XDG_CONFIG_HOME=udptui.write_file(b""))), "which is a file")


@tap.case("--config, UDPTUI_CONFIG, XDG_CONFIG_HOME and HOME, in this order; --no-config and empty: none")
def order():
    directory = udptui.temporary_directory()
    os.makedirs(os.path.join(directory, "udptui"))
    write(os.path.join(directory, "udptui", "config"), "json\n")
    named = write(os.path.join(directory, "named"), "quiet = no\njson = no\n[serve]\njson\n")
    plain = write(os.path.join(directory, "plain"), "json = no\n")
    tap.true(is_json(run("json\n", *SERVE)), "~/.config/udptui/config")
    tap.true(is_json(run("json = no\n", *SERVE, XDG_CONFIG_HOME=directory)), "XDG_CONFIG_HOME")
    tap.true(not is_json(run("json\n", *SERVE, XDG_CONFIG_HOME=directory, UDPTUI_CONFIG=plain)), "UDPTUI_CONFIG")
    tap.true(is_json(run("x", *SERVE, "--config", named, UDPTUI_CONFIG=plain)), "--config")
    tap.true(is_json(run("x", *SERVE, "--no-config", "--config=" + named)), "the last one counts")
    for off in ({"UDPTUI_CONFIG": ""}, {"UDPTUI_CONFIG": "/dev/null"}):
        tap.true(not is_json(run("json\n", *SERVE, **off)), "none by %s" % off)
    tap.true(not is_json(run("json\n", *SERVE, "--no-config")), "--no-config")
    tap.true(not is_json(run("json\n", *SERVE, "--config", named, "--no-config")), "--no-config is last")


@tap.case("--help, a mistake on the command line, and completion read no file")
def not_read():
    run("wrong wrong", "serve", "--help").expect(0)
    run("wrong wrong", "help", "serve").expect(0)
    run("wrong wrong", "completion", "bash").expect(0)
    tap.contains(run("wrong wrong", "serve", "--bogus").expect(2).err, "unknown option --bogus", "the error")
    run("wrong wrong", "completion", "bash", "--config", "/x").expect(2)


@tap.case("a file that others could have written is refused, unless it is named; a link is followed")
def others():
    for mode in (0o664, 0o646, 0o666):
        tap.equal(refused("json", status=3, mode=mode), ": others may write it: chmod go-w; --no-config leaves it out", oct(mode))
    path = udptui.write_file(b"json\n")
    os.chmod(path, 0o666)
    tap.true(is_json(run(None, *SERVE, "--config", path)), "it is named")
    directory = home("x")
    config = os.path.join(directory, ".config", "udptui", "config")
    os.unlink(config)
    os.symlink(write(os.path.join(directory, "real"), "json\n"), config)
    tap.true(is_json(udptui.run(*SERVE, env=udptui.environment(HOME=directory))), "a link")
    if os.geteuid() == 0:
        os.chown(os.path.join(directory, "real"), 12345, 12345)
        tap.contains(udptui.run(*SERVE, env=udptui.environment(HOME=directory)).expect(3).err,
                     "it belongs to another user; --no-config leaves it out", "another owner")


@tap.case("a directory, a FIFO, a file too large, none, none that may be read: one line each, at once")
def odd_files():
    directory = udptui.temporary_directory()
    fifo, large, secret = (os.path.join(directory, name) for name in ("fifo", "large", "secret"))
    os.mkfifo(fifo)
    write(large, "# 34567\n" * 8193)
    write(secret, "json\n", 0)
    rows = [(directory, "Is a directory"), (fifo, "not a regular file"), (large, "longer than 64 KiB"),
            ("/nonexistent", "No such file or directory"), ("/x" * 3000, "the path is too long")]
    for path, why in rows:
        for how in (dict(arguments=("--config", path)), dict(variables={"UDPTUI_CONFIG": path})):
            result = run(None, *SERVE, *how.get("arguments", ()), **how.get("variables", {})).expect(3)
            tap.equal(len(result.err.splitlines()), 1, result.err)
            tap.contains(result.err, ": %s; --no-config leaves it out" % why, "the error")
    write(large, "# 34567\n" * 8192)
    run(None, *SERVE, "--config", large).expect(0)
    process = udptui.Process([udptui.BINARY, *SERVE, "--config", secret], first=udptui.without_rights)
    tap.equal(process.finish().expect(3).err, "udptui: --config %s: Permission denied; --no-config leaves it out\n" % secret,
              "without rights")


@tap.case("a home that may not be searched has no file; a file that may not be read is an error")
def closed():
    directory = home("json")
    for path, mode, status in ((".config/udptui/config", 0, 3), (".config/udptui", 0, 0), (".config", 0, 0)):
        os.chmod(os.path.join(directory, path), mode)
        process = udptui.Process([udptui.BINARY, *SERVE], env=udptui.environment(HOME=directory), first=udptui.without_rights)
        tap.equal(process.finish().expect(status).err.count("Permission denied"), status // 3, "with %s closed" % path)


# ---- what it says

@tap.case("the common part applies to every command that has the option, a section to its own and overrides it")
def sections():
    text = "json\ninterval = 1ms # not of serve\n[serve]\njson = no\n[ping]\ncount = 1\n"
    tap.true(not is_json(run(text, *SERVE)), "a section takes it back")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        result = run(text + "timeout = 1ms\n", "ping", "127.0.0.1:%d" % free.getsockname()[1])
    tap.equal(result.objects("ping")[0]["interval_ns"], 1000000, "the interval of ping")
    tap.equal(result.objects("summary")[0]["sent"], 1, "its count")
    tap.true(is_json(run("[ping]\ncsv\n[serve]\njson\n[ping]\nquiet\n[serve]\nduration=1ms", "serve", "127.0.0.1:0")),
             "sections may be repeated")


@tap.case("the command line overrides the file, also a flag; lists add up, those of the file first")
def overridden():
    tap.true(not is_json(run("json\n", *SERVE, "--json=no")), "a flag")
    tap.true(is_json(run("json = no\n", *SERVE, "--json=yes")), "a flag")
    tap.true(not is_json(run("ipv4\n", *SERVE, "--ipv6=no")), "what --ipv6 did not set")
    rules = "on = 'a => from the file # 1'\n"
    process = udptui.Process([udptui.BINARY, "serve", "127.0.0.1:0", "--on", "a => from the line", "--on",
                              "b => from the line", "--json"], env=udptui.environment(HOME=home("[serve]\n" + rules)))
    process.wait_for(lambda: process.objects("listening"), "it listens")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(tap.WAIT_S)
        host, port = process.objects("listening")[0]["address"].rsplit(":", 1)
        for sent, reply in ((b"a", b"from the file # 1"), (b"b", b"from the line")):
            client.sendto(sent, (host, int(port)))
            tap.equal(client.recv(100), reply, "the reply to %r" % sent)


@tap.case("a FILE may begin with ~/; a value that only looks like an option is a value")
def files():
    directory = home("[serve]\nlog = ~/a.log\nack = --json\n")
    udptui.run(*SERVE, "--json", env=udptui.environment(HOME=directory)).expect(0)
    tap.true(os.path.getsize(os.path.join(directory, "a.log")) > 0, "the log in the home directory")


@tap.case("each mistake is one line: file, line, what it is and what to do")
def mistakes():
    rows = [
        ("time = ful\n", ":1: --time ful: not one of none, time, full"),
        ("\n[serve]\nduration = 1x\n", ":3: --duration 1x: not a duration such as 500ms, 2s or 1m"),
        ("[serve]\nbatch = 0\n", ":2: --batch 0: must be from 1 to 1024"),
        ("[serve]\nlog\n", ":2: --log needs a value: FILE"),
        ("json = on\n", ":1: --json on: not yes or no"),
        ("tiem = full\n", ":1: no command has an option --tiem: did you mean --time?"),
        ("qqqqqqqq = full\n", ":1: no command has an option --qqqqqqqq: see 'udptui --help'"),
        ("[serve]\ninterval = 1s\n", ":2: unknown option --interval: see 'udptui serve --help'"),
        ("[ping]\ninterval = 1x\n", ":2: --interval 1x: not a duration such as 500ms, 2s or 1m"),
        ("[srve]\n", ":1: unknown section [srve]: did you mean [serve]?"),
        ("[completion]\n", ":1: unknown section [completion]: a section is the name of a command, such as [serve]"),
        ("--json\n", ":1: a line is NAME = VALUE, with the name of a long option without the '--'"),
        ("json\n\ntime = 'full\n", ":3: the closing quote is missing"),
        ("help\n", ":1: --help is no setting: give it on the command line"),
        ("config = x\n", ":1: --config is no setting: give it on the command line"),
        ("no-config\n", ":1: --no-config is no setting: give it on the command line"),
        ("[replay]\nyes\n", ":2: --yes is for one run: give it on the command line"),
        ("force\n", ":1: --force is for one run: give it on the command line"),
        (b"time = \x1b[31m\xff\n", ":1: --time \\x1B[31m\\xFF: not one of none, time, full"),
        (b"json\n\0\n", ":2: there is a NUL byte: this is no text file"),
    ]
    for text, error in rows:
        tap.equal(refused(text), error, repr(text))


@tap.case("a text that its command would refuse later is one line, too, also in the section of another command")
def texts():
    rows = [
        ("publish = junk\n", r":1: --publish junk: "),
        ("\n[serve]\npublish = mqtt://broker\n", r":3: --publish mqtt://broker: there is no prefix"),
        ("metrics = 127.0.0.1\n", r":1: --metrics 127\.0\.0\.1: there is no port: write 127\.0\.0\.1:PORT"),
        ("metrics = :99999\n", r":1: --metrics :99999: the port is not a number from 0 to 65535"),
        ("metrics = [::1\n", r":1: --metrics \[::1: write an IPv6 address with a port as \[ADDRESS\]:PORT"),
        ("[watch]\nfilter = status:gone (\n", r":2: --filter 'status:gone \(': at byte \d+: "),
        ("filter = a (b\n", r":1: --filter 'a \(b': at byte \d+: "),
        ("[serve]\nack = {nothing}\n", r":2: --ack \{nothing\}: at byte \d+: "),
        ("[serve]\non = a => b\non = ( => b\n", r":3: --on '\( => b': at byte \d+: "),
        ("[serve]\nack-limit = much\n", r":2: --ack-limit much: .*, auto or off"),
        ("[relay]\nlimit = much\n", r":2: --limit much: .*, auto or off"),
        ("impair = los=3%\n", r":1: --impair los=3%: "),
        ("join = 10.0.0.1\n", r":1: --join 10\.0\.0\.1: not a multicast group"),
        ("[serve]\nexport = a.txt\n", r":2: --export a\.txt: the name must end in \.csv or \.json"),
        ("log = -\n", r":1: --log -: standard output is in use"),
        ("pcap = -\n", r":1: --pcap -: standard output is in use"),
        ("[replay]\nspeed = fast\n", r":2: --speed fast: give a number from 0\.01 to 1000, or max"),
        ("[replay]\nserver = name\n", r":2: --server name: give an address"),
        ("[replay]\nto = host:x\n", r":2: --to host:x: the port is not a number"),
        ("[ping]\nbind = 10.0.0.1:x\n", r":2: --bind 10\.0\.0\.1:x: the port is not a number"),
        ("[send]\nbind = [::1\n", r":2: --bind \[::1: "),
        ("[send]\nexpect = (\n", r":2: --expect '\(': at byte \d+: "),
        ("filter = " + "x" * 900 + " (\n", r":1: --filter '.*': at byte \d+: "),
    ]
    for text, error in rows:
        tap.matches(refused(text), "^" + error, repr(text))
    result = run("[replay]\nspeed = fast\n", *SERVE).expect(2)
    tap.true(not [line for line in result.err.splitlines() if " note: " in line], result.err)


@tap.case("a directory or a file that is missing: the line, of the values that apply to the command that runs")
def places():
    rows = [("log = /nowhere/x\n", "log"), ("pcap = /nowhere/x\n", "pcap"), ("[serve]\nmetrics = /nowhere/x\n", "metrics"),
            ("[serve]\nexport = /nowhere/x.csv\n", "export"), ("[serve]\nrules = /nowhere/x\n", "rules"),
            ("[serve]\nquestions = /nowhere/x\n", "questions"), ("time = full\n\n[serve]\nlog = ~/none/x\n", "log")]
    for text, name in rows:
        tap.matches(refused(text, status=3), r"^:%d: --%s /\S+/x\S*: No such file or directory$" % (text.count("\n"), name), text)
        run(text, "ping", "--count", "1", "--timeout", "1ms", "127.0.0.1:9", "--log", "/dev/null").expect(1)
    tap.matches(refused("log = /\n", status=3), r"^:1: --log /: Is a directory$", "a directory")
    run("log = /nowhere/x\n", *SERVE, "--log", "/dev/null").expect(0)
    run("log = /nowhere/x\n[serve]\nlog = /dev/null\n", *SERVE).expect(0)
    run("[relay]\nlog = /nowhere/x\n", *SERVE).expect(0)


@tap.case("what cannot be set up: a note names the settings that may be why, with their lines")
def set_up():
    taken = socket.create_server(("127.0.0.1", 0))
    tap.defer(taken.close)
    udptui.need_feature("http")
    lines = run("large\nmetrics = 127.0.0.1:%d\n" % taken.getsockname()[1], *SERVE).expect(3).err.splitlines()
    tap.equal(len(lines), 2, "lines")
    tap.contains(lines[0], "--metrics 127.0.0.1:%d: Address already in use" % taken.getsockname()[1], "the error")
    tap.matches(lines[1], r"^udptui: note: \S+/config also gives --metrics \(line 2\); --no-config leaves it out$", "the note")


@tap.case("options that do not go together: a note names those of the file, by line")
def together():
    result = run("[serve]\n\nprivacy\n", *SERVE, "--names").expect(2)
    lines = result.err.splitlines()
    tap.equal(len(lines), 2, "lines")
    tap.contains(lines[0], "--privacy and --names", "the error")
    tap.true(re.match(r"udptui: note: \S+/config also gives --privacy \(line 3\); --no-config leaves it out$", lines[1]),
             lines[1])
    tap.equal(len(run(None, *SERVE, "--names", "--privacy").expect(2).err.splitlines()), 1, "without a file")


@tap.case("udptui help config shows a file that is correct, and names the one that is read")
def example():
    directory = home()
    text = udptui.run("help", "config", env=udptui.environment(HOME=directory)).expect(0).out
    tap.contains(text, "The file here: %s/.config/udptui/config (does not exist)\n" % directory, "the file")
    tap.contains(udptui.run("help", "config", env=udptui.environment(UDPTUI_CONFIG="")).expect(0).out,
                 "The file here: none\n", "no file")
    lines = [line for line in text.splitlines() if line.startswith("  ")]
    tap.true(len(lines) > 8, text)
    run("\n".join(lines), *SERVE).expect(0)
    with open(os.path.join(udptui.SOURCE, "man", "udptui-config.5"), encoding="utf-8") as page:
        shown = re.search(r"^\.Bd -literal -offset indent\n(.*?)^\.Ed", page.read(), re.MULTILINE | re.DOTALL)
    run(shown.group(1), *SERVE).expect(0)


tap.main()
