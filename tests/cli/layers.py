# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""layers: dependencies run downwards only and in no circle, libraries stay where they belong, no function grows too big.

Reads the sources. Each rule is also shown a file that breaks it: a check that cannot fail says nothing."""
import functools
import glob
import os
import re

import tap
import udptui

# The rooms from the lowest to the highest; those of one row do not know each other.
ROOMS = (("base",), ("proto",), ("sys",), ("net",), ("capture",), ("server", "client", "probe", "load", "dissect", "replay", "fleet"),
         ("relay",), ("lesson",), ("output",), ("ui",), ("cmd",), ("main",))

# What a room may include besides itself.
BELOW = {room: {lower for row in ROOMS[:level] for lower in row} for level, row in enumerate(ROOMS) for room in row}

# A relay is built of a server's parts, of no other neighbour's; the lessons do not know it.
BELOW["relay"] -= {"client", "probe", "load", "dissect", "replay", "fleet"}
BELOW["lesson"] -= {"relay"}

# What people see knows no sockets.
for _room in ("output", "ui"):
    BELOW[_room] -= {"net"}
BELOW["main"] = {"cmd"}

# Pure computation: nothing that knows a system call, a clock or a terminal.
PURE_SYSTEM = {
    "ctype.h", "errno.h", "float.h", "inttypes.h", "limits.h", "math.h", "stdalign.h", "stdarg.h",
    "stdatomic.h", "stdbool.h", "stddef.h", "stdint.h", "stdio.h", "stdlib.h", "string.h",
    "utf8proc.h",
}

# Headers of calls that a pure module has no use for, besides pure functions that it has: which file
# may include them, and why.
PURE_EXCEPTIONS = {
    ("include/udptui/proto/socket_numbers.h", "netinet/in.h"),  # numbers alone: IP_PKTINFO, ...
    ("include/udptui/proto/socket_numbers.h", "netinet/udp.h"), # UDP_GRO, UDP_SEGMENT
    ("include/udptui/proto/socket_numbers.h", "sys/socket.h"),  # SOL_SOCKET, MSG_DONTWAIT, ...
    ("src/proto/endpoint_text.c", "arpa/inet.h"),  # inet_pton(3), inet_ntop(3)
    ("src/proto/filter_regex_pcre2.c", "pcre2.h"), # computes on bytes alone
    ("src/base/units.c", "time.h"),               # gmtime_r(3), strftime(3)
}

# Calls that know more than their arguments.
IMPURE_CALL = re.compile(
    r"(?<![\w.>])((?:f|v|vf|d)?printf|f?puts|putchar|perror|f?open|fdopen|popen|read|write|ioctl|socket|connect|"
    r"send(?:to|msg|mmsg)?|recv(?:from|msg|mmsg)?|time|clock|clock_gettime|gettimeofday|localtime(?:_r)?|"
    r"nanosleep|getenv|getrandom|rand|random|exit|abort|system|if_\w+|getaddrinfo|"
    r"strn?casecmp|tolower|toupper) ?\(")  # the last three depend on the locale

# Libraries that one file alone may know, or those whose names begin so.
OWNERS = (
    (re.compile(r"n?curses|^term\.h$|terminfo"), "src/ui/term.c"),
    (re.compile(r"readline"), "src/ui/prompt.c"),
    (re.compile(r"^pcre2"), "src/proto/filter_regex_pcre2.c"),
    (re.compile(r"^microhttpd"), "src/fleet/http.c"),
    (re.compile(r"^mosquitto|^mqtt_"), "src/fleet/link_"),
    (re.compile(r"^zlib"), "src/capture/gzip.c"),
    (re.compile(r"^zstd"), "src/capture/zstd.c"),
    (re.compile(r"^sys/random\.h$"), "src/sys/random.c"),
)

# ncurses, readline and the kernel call back without a context.
KEEP_STATE = ("src/ui/term.c", "src/ui/prompt.c", "src/sys/signals.c")

FUNCTION_LINES_MAX = 60

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^">]+)[">]', re.MULTILINE)


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def texts(pattern):
    """(path from the top, text) of every file of the tree that matches."""
    top = os.path.abspath(udptui.SOURCE)
    return [(os.path.relpath(path, top), read(path))
            for path in sorted(glob.glob(os.path.join(top, pattern), recursive=True))]


def sources():
    """Every source and header of the program."""
    found = texts("src/**/*.[ch]") + texts("include/**/*.[ch]")
    tap.true(len(found) > 20, "only %d sources" % len(found))
    return found


def room_of(path):
    """src/net/udp.c and include/udptui/net/udp.h are in the room net."""
    parts = path.split(os.sep)
    if parts[0] == "include":
        return parts[2]
    return parts[1] if len(parts) > 2 else "main"


# ---- the rules: each gives what is wrong with one file

def upward_arrows(path, text):
    room = room_of(path)
    if room not in BELOW:
        return ["no such room: " + room]
    wrong = []
    for _, name in INCLUDE.findall(text):
        target = re.match(r"udptui/([a-z]+)/", name)
        if target and target.group(1) != room and target.group(1) not in BELOW[room]:
            wrong.append("%s includes %s" % (room, name))
    return wrong


@functools.lru_cache(maxsize=None)
def names_of_net():
    """What the headers of net declare: types, functions and constants."""
    names = set()
    for path in glob.glob(os.path.join(udptui.SOURCE, "include/udptui/net/*.h")):
        text = re.sub(r"/\*.*?\*/", " ", read(path), flags=re.DOTALL)
        names |= set(re.findall(r"^struct (\w+)\b", text, re.MULTILINE))
        names |= set(re.findall(r"^(?:[a-z]\w* |\*)+\*?(\w+)\(", text, re.MULTILINE))
        for constants in re.findall(r"^enum (?:\w+ )?\{(.*?)\}", text, re.MULTILINE | re.DOTALL):
            names |= set(re.findall(r"\b([A-Z]\w+)", constants))
    tap.true({"udp_socket", "udp_close", "UDP_ERROR_SIZE"} <= names, "names of net: %s" % names)
    return names


def sockets_behind_others(path, text):
    """A header of server or client includes net's: what is in those is for the other rooms alone."""
    if room_of(path) not in ("output", "ui"):
        return []
    code = re.sub(r"/\*.*?\*/|\"(?:\\\\.|[^\"\\\\])*\"", " ", text, flags=re.DOTALL)
    used = set(re.findall(r"\bstruct (\w+)|\b(\w+)\(|\b([A-Z][A-Z_0-9]+)\b", code))
    return ["uses %s of net" % name for names in used for name in names if name in names_of_net()]


def module_of(path):
    """src/net/udp.c, src/net/udp_internal.h and include/udptui/net/udp.h are the module net/udp."""
    return re.sub(r"(_internal)?\.[ch]$", "", re.sub(r"^(src|include/udptui)/", "", path))


def included_paths(path, text):
    """What a file includes of ours, as paths."""
    for kind, name in INCLUDE.findall(text):
        if kind == '"':
            yield "include/" + name if name.startswith("udptui/") else os.path.join(os.path.dirname(path), name)


def circles(files):
    """Modules that include each other, through however many others: files are (path, text)."""
    arrows = {}
    for path, text in files:
        module = module_of(path)
        targets = {module_of(included) for included in included_paths(path, text)}
        # net/udp_x is a part of net/udp, and may know what that offers
        arrows.setdefault(module, set()).update(
            target for target in targets if not module.startswith(target + "_"))
    reached = {module: set() for module in arrows}
    for module in arrows:
        todo = [module]
        while todo:
            for target in arrows.get(todo.pop(), set()) - reached[module]:
                reached[module].add(target)
                todo.append(target)
    found = {frozenset(other for other in reached[module] if module in reached.get(other, ()))
             for module in arrows}
    return sorted(sorted(modules) for modules in found if len(modules) > 1)


def strays(path, text):
    """Private headers are found beside the file that includes them, not in another room."""
    return ["includes " + name for kind, name in INCLUDE.findall(text)
            if kind == '"' and "/" in name and not name.startswith("udptui/")]


def unnamed_private_headers(path, text):
    return ["is no %s_internal.h" % path[:-2]] if re.match(r"src/.*(?<!_internal)\.h$", path) else []


def foreign_libraries(path, text):
    return ["includes %s, which is for %s" % (name, owner)
            for _, name in INCLUDE.findall(text) for pattern, owner in OWNERS
            if pattern.search(name) and not name.startswith("udptui/") and not path.startswith(owner)]


def impure_includes(path, text):
    if room_of(path) not in ("base", "proto"):
        return []
    return ["includes <%s>" % name for kind, name in INCLUDE.findall(text)
            if kind == "<" and name not in PURE_SYSTEM and (path, name) not in PURE_EXCEPTIONS]


def impure_calls(path, text):
    if room_of(path) not in ("base", "proto"):
        return []
    code = re.sub(r"/\*.*?\*/|//[^\n]*|\"(?:\\\\.|[^\"\\\\])*\"", " ", text, flags=re.DOTALL)
    return ["calls %s()" % name for name in IMPURE_CALL.findall(code)]


def long_functions(path, text):
    """A function ends at a brace in the first column and begins behind the blank line, the
    directive or the comment above its opening brace."""
    wrong, lines, start = [], text.split("\n"), None
    for number, line in enumerate(lines):
        if line == "{":
            start = number
            while start > 0 and lines[start - 1] and not lines[start - 1].startswith(("#", "}")) \
                    and not lines[start - 1].endswith("*/"):
                start -= 1
        elif line == "}" and start is not None:
            if number - start + 1 > FUNCTION_LINES_MAX:
                wrong.append("%d lines: %s" % (number - start + 1, lines[start]))
            start = None
    return wrong


def unlicensed(path, text):
    return [] if text.startswith("/* SPDX-FileCopyrightText: 2026 the udptui authors */\n"
                                 "/* SPDX-License-Identifier: GPL-3.0-or-later */\n") else ["no SPDX"]


def other_words_of_errors(path, text):
    """The same failure has the same words everywhere: those of proto/reason."""
    if path in ("src/proto/reason.c", "include/udptui/proto/reason.h"):
        return []
    return ["calls " + name for name in re.findall(r"\b(?:strerror\w*|perror)(?= ?\()", text)]


def other_waits(path, text):
    """A time to wait until is a time, not a number of milliseconds that each converts in its own way."""
    if path == "src/sys/wait.c":
        return []
    waits = re.findall(r"(?<![\w.>])(p?poll|p?select|nanosleep|u?sleep)(?= ?\((?!\d\)))", text)
    waits += re.findall(r"\b(epoll_p?wait2?)(?= ?\((?![^;]*, 0\);))", text)  # with 0 ms it only looks
    return ["calls " + name for name in waits]


def other_parsers(path, text):
    """Only these survive a lack of memory, or notice it."""
    allowed = {"src/sys/json_parse.c": ("json_load",), "src/sys/json_memory.c": ("json_set_alloc", "json_dump")}
    names = re.findall(r"\b(json_load\w*|json_set_alloc_funcs\w*|json_dump\w*)(?= ?\()", text)
    return ["calls " + name for name in names if not name.startswith(allowed.get(path, ("no name",)))]


def mutable_globals(path, text):
    """Variables outside functions that are not const; term.c and prompt.c have to keep theirs."""
    if path in KEEP_STATE or path.endswith(".h"):
        return []
    one_line = [line for line in text.split("\n")
                if re.match(r"(?!.*\btypedef\b|extern\b|struct \w+;|enum\b)[a-z_]\w*\b[^(){}#:]*(;|=)", line)
                and not re.search(r"\bconst\b", line.split("=")[0])]
    blocks = re.findall(r"^(?!typedef\b)((?:\w+ )*(?:struct|union)(?: \w+)? \{)\n(?:(?!\}).*\n)*\} ?(\w[^;]*);", text,
                        re.MULTILINE)
    return one_line + ["%s ... } %s" % (beginning, name) for beginning, name in blocks
                       if not re.search(r"\bconst\b", beginning)]


# ---- each rule over the tree, and over a file that breaks it

FUNCTION = "static int f(void)\n{\n%s}\n"

RULES = (
    ("dependencies run downwards only", upward_arrows,
     ("src/base/a.c", '#include "udptui/sys/clock.h"\n'),
     ("src/net/udp.c", '#include "udptui/server/engine.h"\n'),
     ("src/ui/view.c", '# include "udptui/net/udp.h"\n'),
     ("include/udptui/output/json.h", '#include "udptui/ui/model.h"\n'),
     ("src/main.c", '#include "udptui/base/text.h"\n'),
     ("src/attic/a.c", "")),
    ("ui and output use nothing of net, through other rooms' headers either", sockets_behind_others,
     ("src/ui/replay/resend.c", "    char error[UDP_ERROR_SIZE];\n"),
     ("src/ui/serve/screen.c", "    const struct udp_socket *socket;\n"),
     ("src/output/json.c", "    udp_close(socket);\n")),
    ("private headers stay in their room", strays,
     ("src/cmd/a.c", '#include "../net/batch_internal.h"\n')),
    ("a header beside the sources is named as private", unnamed_private_headers,
     ("src/cmd/common_options.h", "")),
    ("only term.c knows ncurses, only prompt.c readline, one file each compression, the link MQTT",
     foreign_libraries,
     ("src/ui/view.c", "#include <ncurses.h>\n"),
     ("src/cmd/send.c", "#include <ncursesw/curses.h>\n"),
     ("src/ui/term.c", "#include <readline/readline.h>\n"),
     ("src/cmd/serve.c", "#include <zlib.h>\n"),
     ("src/fleet/broker.c", "#include <mosquitto.h>\n"),
     ("src/server/engine.c", "#include <sys/random.h>\n")),
    ("base and proto include nothing that is not pure", impure_includes,
     ("src/base/ring.c", "#include <time.h>\n"),
     ("include/udptui/proto/endpoint.h", "#include <netinet/in.h>\n")),
    ("base and proto call no clock, no system, no output", impure_calls,
     ("src/base/units.c", "    return time(NULL);\n"),
     ("src/base/text.c", '    printf("%s", text);\n'),
     ("src/base/text.c", "    fd = open(path, O_RDONLY);\n"),
     ("src/proto/dns.c", "    return strcasecmp(reply->name, query->name) == 0;\n")),
    ("no function has more than %d lines" % FUNCTION_LINES_MAX, long_functions,
     ("src/base/a.c", FUNCTION % ("    ;\n" * FUNCTION_LINES_MAX))),
    ("only proto/reason turns an errno into words", other_words_of_errors,
     ("src/net/udp.c", "    return strerror(errno);\n")),
    ("only sys/wait waits for descriptors and times", other_waits,
     ("src/ui/send/lines.c", "    poll(polled, 2, -1);\n"),
     ("src/load/generator.c", "    int count = epoll_wait(epoll_fd, ready, READY_MAX, 10);\n"),
     ("src/server/thread.c", "    usleep(1000);\n")),
    ("only sys/json_parse parses JSON, only sys/json_memory makes its text", other_parsers,
     ("src/ui/send/packets.c", "    root = json_loadb(text, length, 0, &wrong);\n"),
     ("src/output/json.c", "    json_set_alloc_funcs(malloc, free);\n"),
     ("src/output/json.c", "    written = json_dumpf(object, file, JSON_COMPACT) == 0;\n")),
    ("every source names the copyright holder and the licence in its first two lines", unlicensed,
     ("src/base/a.c", "#include <stdio.h>\n"),
     ("src/base/a.c", "/* SPDX-License-Identifier: GPL-3.0-or-later */\n")),
    ("no mutable state outside functions", mutable_globals,
     ("src/base/a.c", "static int calls;\n"),
     ("src/base/a.c", "static struct sheet sheets[3] = {{0}};\n"),
     ("src/base/a.c", "int calls;\n"),
     ("src/base/a.c", "struct sheet *sheets = NULL;\n"),
     ("src/base/a.c", "static struct {\n    int calls;\n} state = {.calls = 1};\n")),
)


def holds(rule):
    wrong = ["%s: %s" % (path, problem) for path, text in sources() for problem in rule(path, text)]
    tap.true(not wrong, "\n".join(wrong))


# ---- the unit tests

def unit_tests():
    """(path from the top, text) of every source of the unit tests."""
    return texts("tests/unit/**/*.[ch]")


def suites_not_run(files):
    """The runner of a folder runs what its suites.c points to: a file that is not there is never run."""
    run = {(unit_folder(path), name) for path, text in files if path.endswith("/suites.c")
           for name in re.findall(r"&(suite_\w+)", text)}
    wrong = []
    for path, text in files:
        if os.path.basename(path).startswith("test_"):
            names = re.findall(r"^const struct suite (suite_\w+)", text, re.MULTILINE)
            wrong += ["%s: no suite" % path] if not names else []
            wrong += ["%s: %s is not in suites.c" % (path, name) for name in names
                      if (unit_folder(path), name) not in run]
    return wrong


def unit_folder(path):
    """tests/unit/ui/serve/test_view.c is of the runner of ui."""
    return path.split(os.sep)[2]


def every_suite_is_run():
    files = unit_tests()
    wrong = suites_not_run(files)
    tap.true(len(files) > 20 and not wrong, "\n".join(wrong))


def catches_suites_not_run():
    suites = ("tests/unit/ui/suites.c", "extern const struct suite suite_a, suite_b;\n ... {&suite_a, NULL}")
    first = ("tests/unit/ui/serve/test_a.c", "const struct suite suite_a = {")
    tap.equal(suites_not_run([suites, first]), [])
    for other in (("tests/unit/ui/test_b.c", "const struct suite suite_b = {"),
                  ("tests/unit/ui/test_c.c", "static void test_c(void **state)"),
                  ("tests/unit/net/test_a.c", "const struct suite suite_a = {")):
        tap.equal(len(suites_not_run([suites, first, other])), 1, other[0])


def tests_are_licensed():
    wrong = [path for path, text in unit_tests() + texts("tests/fuzz/*.c") + texts("tests/bench/*.c")
             if unlicensed(path, text)]
    wrong += [path for path, text in texts("tests/**/*.py")
              if "SPDX-FileCopyrightText: 2026 the udptui authors\n# SPDX-License" not in text[:200]]
    tap.true(not wrong, "no SPDX: " + ", ".join(wrong))


STATIC_FUNCTION = re.compile(r"^(?:__attribute__\(\([^\n]*\)\) )?static [^;={}()]*?\b(\w+)\([^;{}]*?\)\n\{", re.MULTILINE)


def names_found_twice(files):
    """A name of a function is found once in the tree, by grep, a debugger and a profiler: files are (path, text)."""
    places = {}
    for path, text in files:
        for name in STATIC_FUNCTION.findall(text) if path.endswith(".c") else ():
            places.setdefault(name, set()).add(path)
    return ["%s: %s" % (name, " ".join(sorted(paths))) for name, paths in sorted(places.items()) if len(paths) > 1]


def no_name_twice():
    wrong = names_found_twice(sources())
    tap.true(not wrong, "\n".join(wrong))


def catches_names_found_twice():
    one = "static int take(struct a *a, int (*end)(void))\n{\n"
    two = "__attribute__((format(printf, 2, 3))) static const char *\ntake(void)\n{\n"
    tap.equal(names_found_twice([("src/net/a.c", one), ("src/net/b.c", two), ("src/net/c.h", one)]),
              ["take: src/net/a.c src/net/b.c"])
    tap.equal(names_found_twice([("src/net/a.c", one), ("src/net/b.c", "static int take(void);\nint give(void)\n{\n")]), [])


def no_circles():
    wrong = circles(sources())
    tap.true(not wrong, "\n".join(" <-> ".join(modules) for modules in wrong))


def catches_circles():
    two = [("src/net/a.c", '#include "udptui/net/b.h"\n'), ("include/udptui/net/a.h", ""),
           ("include/udptui/net/b.h", '#include "udptui/net/a.h"\n')]
    tap.equal(circles(two), [["net/a", "net/b"]])
    three = [("src/net/a.c", '#include "b_internal.h"\n'), ("src/net/b.c", '#include "udptui/base/c.h"\n'),
             ("src/net/b_internal.h", ""), ("include/udptui/base/c.h", '#include "udptui/net/a.h"\n'),
             ("include/udptui/net/a.h", "")]
    tap.equal(circles(three), [["base/c", "net/a", "net/b"]])
    parts = [("src/net/a_b.c", '#include "a_c_internal.h"\n'), ("src/net/a_b_internal.h", ""),
             ("src/net/a_c_internal.h", '#include "a_b_internal.h"\n'), ("src/net/a.c", "")]
    tap.equal(circles(parts), [["net/a_b", "net/a_c"]])
    parts = [("src/net/a.c", '#include "a_part_internal.h"\n'), ("include/udptui/net/a.h", ""),
             ("src/net/a_part_internal.h", '#include "udptui/net/a.h"\n')]
    tap.equal(circles(parts), [])


def catches(rule, examples):
    for path, text in examples:
        tap.true(rule(path, text), "not caught in %s: %r" % (path, text[:80]))


for _name, _rule, *_examples in RULES:
    tap.add_case(_name, holds, _rule)
    tap.add_case("caught where it is broken: " + _name, catches, _rule, _examples)

tap.add_case("no modules include each other in a circle", no_circles)
tap.add_case("caught where it is broken: no modules include each other in a circle", catches_circles)
tap.add_case("no two files have a static function of the same name", no_name_twice)
tap.add_case("caught where it is broken: no two files have a static function of the same name", catches_names_found_twice)
tap.add_case("the tests name the copyright holder and the licence, too", tests_are_licensed)
tap.add_case("every suite of a unit test is in suites.c", every_suite_is_run)
tap.add_case("caught where it is broken: every suite of a unit test is in suites.c", catches_suites_not_run)

tap.main()
