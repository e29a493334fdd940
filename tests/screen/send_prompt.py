# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""send's prompt in a real terminal: what is typed, what comes in meanwhile, its commands, its end.
The test is the peer and answers by hand."""
import json
import os
import re
import signal
import stat
import subprocess
import sys

import screen
import tap
import udptui
from screen import Screen
from udptui import Peer

ACK = udptui.DEFAULT_ACK


class PromptScreen(Screen):
    """A terminal in which `send` waits at its prompt."""

    def __init__(self, *options, columns=80, rows=24, **variables):
        super().__init__(columns, rows, **variables)
        self.peer = Peer()
        self.begin(*options)

    def begin(self, *options):
        if "--timeout" not in options:  # none of the replies is late, however busy the machine is
            options += ("--timeout", "20s")
        self.run("send", *options, self.peer.text)
        tap.until(self.at_prompt, "a prompt")

    def at_prompt(self):
        """Of the program: the screen first, which is empty while the shell clears it."""
        row = self.last_row()
        return row and not row.startswith(screen.PROMPT) and self.variable("cursor_x") != "0"

    def last_row(self):
        rows = self.capture().rstrip().splitlines()
        return rows[-1] if rows else ""

    def hears(self, payload):
        got, sender = self.peer.receive()
        tap.equal(got, payload, "the datagram")
        return sender

    def exchange(self, text, answer=ACK):
        """A line goes out and is answered; waits until the answer is shown."""
        self.line(text)
        self.peer.send(answer, self.hears(text.encode()))
        self.wait_text(re.escape(answer.decode()))

    def wait_shell(self, status):
        self.wait(lambda text: text.rstrip().endswith(screen.PROMPT), "the shell's prompt")
        tap.equal(self.shell("echo $?"), str(status), "exit status")

    def leave(self, status=0):
        self.keys("C-u")
        self.keys("C-d")
        self.wait_shell(status)


# ---- talking

@tap.case("a line goes out, the reply and its time are shown, the prompt comes again")
def talk():
    prompt = PromptScreen()
    prompt.exchange("hello", b"Message received")
    prompt.wait_text(r"Message received.*\d(\.\d+)? (ns|us|ms|s)\b")
    prompt.exchange("again", b"second answer")
    prompt.leave()


@tap.case("a reply while a line is half typed leaves the line intact")
def half_typed():
    prompt = PromptScreen()
    prompt.line("one")
    sender = prompt.hears(b"one")
    prompt.type("half a li")
    prompt.wait_text(r"half a li$")
    prompt.peer.send(b"here is your answer", sender)
    prompt.wait_text(r"here is your answer")
    prompt.wait(lambda text: re.search(r"half a li$", text.rstrip()) and text.count("half a li") == 1,
                "the half line, once, in the last row")
    prompt.line("ne")
    prompt.hears(b"half a line")


@tap.case("the cursor in the middle of a half typed line stays there")
def cursor_in_the_middle():
    prompt = PromptScreen()
    prompt.line("one")
    sender = prompt.hears(b"one")
    prompt.type("abcdef")
    prompt.wait_text(r"abcdef$")
    end = prompt.variable("cursor_x")
    prompt.keys("Left", "Left", "Left")
    at = str(int(end) - 3)
    tap.until(lambda: prompt.variable("cursor_x") == at, "the cursor three to the left")
    prompt.peer.send(b"an answer\nof two lines", sender)
    prompt.wait_text(r"an answer")
    prompt.wait_text(r"abcdef$")
    tap.until(lambda: prompt.variable("cursor_x") == at, "the cursor's column")
    prompt.line("-")
    prompt.hears(b"abc-def")


@tap.case("a long half typed line that wraps stays intact")
def half_typed_long():
    prompt = PromptScreen(columns=60)
    prompt.line("one")
    sender = prompt.hears(b"one")
    text = "".join("%03d " % number for number in range(40))
    prompt.type(text)
    prompt.wait_text(r"038")
    prompt.peer.send(b"wrapped?", sender)
    prompt.wait_text(r"wrapped\?")
    prompt.keys("Enter")
    tap.equal(prompt.peer.receive()[0].decode().rstrip(), text.rstrip(), "the datagram")


@tap.case("ten replies in a row while typing: each is shown, the line is intact")
def many_replies():
    prompt = PromptScreen(rows=40)
    prompt.line("one")
    sender = prompt.hears(b"one")
    for number in range(10):
        prompt.type("%d" % number)
        prompt.peer.send(b"reply-%d" % number, sender)
    for number in range(10):
        prompt.wait_text(r"reply-%d\b" % number)
    prompt.wait_text(r"0123456789$")
    prompt.keys("Enter")
    prompt.hears(b"0123456789")


@tap.case("pasted lines are one datagram each")
def paste():
    prompt = PromptScreen()
    prompt.paste("first line\nsecond line\nthird line\n")
    for text in (b"first line", b"second line", b"third line"):
        prompt.peer.send(ACK, prompt.hears(text))


@tap.case("UTF-8 goes out as typed")
def utf8():
    prompt = PromptScreen()
    prompt.exchange("grüße aus 日本")


@tap.case("silence is said after the timeout")
def silence():
    prompt = PromptScreen("--timeout", "300ms")
    prompt.line("anybody")
    prompt.hears(b"anybody")
    prompt.wait_text(r"(?i)no (answer|reply)|timeout|timed out|silence")
    prompt.leave(1)


@tap.case("refused is said with who refused")
def refused():
    prompt = PromptScreen()
    prompt.peer.socket.close()
    prompt.line("anybody")
    prompt.wait_text(r"(?i)refused")
    prompt.wait_text(r"(?i)port unreachable")


@tap.case("a line of 65508 bytes: the limit is said and stays in sight, the line is kept for editing")
def too_long():
    prompt = PromptScreen()
    prompt.paste("x" * 65508)
    prompt.wait(lambda text: text.count("x") > 1000, "the long line")
    prompt.keys("Enter")
    prompt.wait_text(r"65,?507")
    prompt.wait_text(r"in the history: press Up")
    prompt.keys("Up", "BSpace", "Enter")
    tap.equal(len(prompt.peer.receive()[0]), 65507, "bytes of the shortened line")


@tap.case("a refused line that is short stands there again")
def refused_line():
    prompt = PromptScreen("--hex")
    prompt.line("abc")
    prompt.wait_text(r"not sent")
    prompt.wait_text(r"> abc$")
    prompt.line("d")
    prompt.peer.send(ACK, prompt.hears(b"\xab\xcd"))


# ---- matching of replies

@tap.case("an answer from another port: /to with Tab talks to that")
def other_port():
    prompt, other = PromptScreen(), Peer()
    prompt.line("read the file")
    other.send(b"DATA 1", prompt.hears(b"read the file"))
    prompt.wait_text(r"DATA 1.*from another port: /to")
    prompt.line("/to " + other.text)
    prompt.wait_text(re.escape(other.text) + "> ?$")
    prompt.type("ACK 1")
    prompt.keys("Enter")
    tap.equal(other.receive()[0], b"ACK 1", "the datagram")


@tap.case("/to leaves doubt behind: the other target's times are not marked")
def doubt_ends():
    prompt, other = PromptScreen("--match", "order", "--timeout", "200ms"), Peer()
    prompt.line("lost")
    prompt.hears(b"lost")
    prompt.wait_text("no reply")
    prompt.line("/timeout 20s")
    prompt.exchange("marked", b"in doubt")
    prompt.wait_text(r"in doubt  rtt \S+ \S+ \?$")
    prompt.line("/to " + other.text)
    prompt.wait_text(re.escape(other.text) + "> ?$")
    prompt.line("anew")
    payload, sender = other.receive()
    other.send(b"certain", sender)
    prompt.wait_text(r"certain  rtt \S+ \S+$")


@tap.case("--bind with a port: /to and back, and what was asked before may still answer: marked")
def bound_and_back():
    prompt, other = PromptScreen("--bind", "127.0.0.1:%d" % udptui.unused_port()), Peer()
    prompt.exchange("first", b"certain")
    prompt.wait_text(r"certain  rtt \S+ \S+$")
    for text in (other.text, prompt.peer.text):
        prompt.line("/to " + text)
        prompt.wait_text(re.escape(text) + "> ?$")
    prompt.exchange("second", b"in doubt")
    prompt.wait_text(r"in doubt  rtt \S+ \S+ \?$")


@tap.case("a second reply takes the time back, in the line, the ladder and the figures")
def taken_back():
    prompt = PromptScreen(rows=40)
    prompt.exchange("one", b"first")
    prompt.line("two")
    sender = prompt.hears(b"two")
    prompt.peer.send(b"second", sender)
    prompt.wait_text(r"second  rtt \S+ \S+$")
    prompt.peer.send(b"second", sender)
    prompt.wait_text(r"^#2 rtt uncertain: a second reply came$")
    prompt.line("/ladder")
    prompt.wait_text(r"whose\?.*#2 second|#2 second.*whose\?")
    prompt.line("/stats")
    prompt.wait_text(r"^ambiguous or uncertain times \(\?\): 1, ")


@tap.case("a terminal of hardly any size: lines leave, /ladder says what it needs, nothing crashes")
def hardly_any_size():
    for columns, rows in ((1, 1), (2, 1), (2, 24), (3, 2)):
        peer = Peer()
        terminal = screen.start("send", "--timeout", "20s", peer.text, columns=columns, rows=rows)
        terminal.settle(0.2)
        for text in (b"hello", b"/ladder", b"again"):
            terminal.write(text + b"\x1b[D\x0c\r")
            if not text.startswith(b"/"):
                while peer.silent(0):
                    terminal.pump(0.02)
                _, sender = peer.receive()
                peer.send(b"answer to it", sender)
        for size in ((1, 1), (80, 1), (2, 1)):
            terminal.resize(*size)
            terminal.write(b"some more")
            terminal.settle(0.2)
        terminal.write(b"\x15/quit\r")
        tap.equal(terminal.exit_status(), 0, "exit status at %dx%d" % (columns, rows))


@tap.case("a flood of datagrams does not keep what is typed from leaving")
def flood():
    prompt = PromptScreen()
    prompt.line("one")
    sender = prompt.hears(b"one")
    program = ("import os, socket, sys, time\n"
               "s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
               "end = time.monotonic() + 25\n"
               "while time.monotonic() < end and os.getppid() == int(sys.argv[2]):\n"
               "    for _ in range(64): s.sendto(b'flood', ('127.0.0.1', int(sys.argv[1])))\n")
    child = subprocess.Popen([sys.executable, "-c", program, str(sender[1]), str(os.getpid())])
    tap.defer(child.wait)
    tap.defer(child.kill)
    prompt.wait_text("flood")
    prompt.line("two")
    prompt.hears(b"two")
    tap.equal(child.poll(), None, "the flood's end")


# ---- keys

@tap.case("Ctrl-D on an empty line ends it with status 0 and the terminal as it was")
def end_of_input():
    shell = PromptScreen()
    shell.exchange("x")
    shell.keys("C-d")
    shell.wait_shell(0)
    shell.wait_text(r"sent 1|1 sent")


def same_modes(end, status):
    prompt = PromptScreen()
    prompt.leave()
    before = prompt.shell("stty -g")
    prompt.begin()
    prompt.exchange("x")
    end(prompt)
    prompt.wait_shell(status)
    tap.equal(prompt.shell("stty -g"), before, "stty -g")
    prompt.line("echo us''able")
    prompt.wait_text(r"^usable$")
    prompt.wait_text(r"echo us''able")


def by_signal(number):
    return lambda prompt: os.kill(prompt.program_pid(), number)


tap.add_case("Ctrl-D: stty -g is the same", same_modes, lambda prompt: prompt.keys("C-d"), 0)
tap.add_case("/quit: stty -g is the same", same_modes, lambda prompt: prompt.line("/quit"), 0)
for _number in (signal.SIGTERM, signal.SIGHUP, signal.SIGSEGV):
    tap.add_case("%s: status %d, stty -g is the same" % (_number.name, 128 + _number),
                 same_modes, by_signal(_number), 128 + _number)


@tap.case("Ctrl-C with a half typed line drops the line or ends with 130, and sends nothing")
def interrupt():
    prompt = PromptScreen()
    prompt.type("never mind")
    prompt.wait_text(r"never mind$")
    prompt.keys("C-c")
    prompt.wait(lambda _: not prompt.last_row().endswith("never mind"), "the line dropped")
    tap.equal(prompt.peer.waiting(), [], "what was sent")


@tap.case("Ctrl-C on an empty line ends it with status 130, stty -g the same")
def interrupt_empty():
    prompt = PromptScreen()
    prompt.keys("C-c")
    prompt.wait_shell(130)
    prompt.begin()
    prompt.leave()


@tap.case("Ctrl-Z gives the shell its terminal back, fg brings the half typed line back")
def suspend():
    prompt = PromptScreen()
    prompt.leave()
    before = prompt.shell("stty -g")
    prompt.begin()
    prompt.type("half a li")
    prompt.wait_text(r"half a li$")
    prompt.keys("C-z")
    prompt.wait(lambda text: text.rstrip().endswith(screen.PROMPT), "the shell's prompt")
    tap.equal(prompt.shell("stty -g"), before, "stty -g")
    prompt.line("fg")
    prompt.wait_text(r"half a li$")
    prompt.line("ne")
    prompt.hears(b"half a line")


@tap.case("Up recalls the line before")
def recall():
    prompt = PromptScreen()
    prompt.exchange("remember me")
    prompt.keys("Up")
    prompt.wait_text(r"remember me$")
    prompt.keys("Enter")
    prompt.hears(b"remember me")


@tap.case("Tab completes commands")
def completes():
    prompt = PromptScreen()
    prompt.type("/rep")
    prompt.keys("Tab")
    prompt.wait_text(r"/repeat")


@tap.case("a resize while typing keeps the line")
def resize():
    prompt = PromptScreen()
    prompt.type("typed before")
    prompt.wait_text(r"typed before$")
    prompt.resize(50, 12)
    prompt.type(" and after")
    prompt.wait_text(r"and after$")
    prompt.keys("Enter")
    prompt.hears(b"typed before and after")


@tap.case("INPUTRC: readline knows us as udptui")
def inputrc():
    path = udptui.write_file(b'$if udptui\n"\\C-t": "a macro of mine"\n$endif\n$if other\n'
                             b'"\\C-t": "not mine"\n$endif\n')
    prompt = PromptScreen(INPUTRC=path)
    prompt.keys("C-t")
    prompt.wait_text(r"a macro of mine$")


# ---- history

def history_path(prompt):
    return os.path.join(prompt.env["HOME"], ".local", "state", "udptui", "history")


@tap.case("history: kept in XDG_STATE_HOME, mode 0600, there again at the next start")
def history_xdg():
    state = udptui.temporary_directory()
    prompt = PromptScreen(XDG_STATE_HOME=state)
    prompt.exchange("keep this line")
    prompt.leave()
    path = os.path.join(state, "udptui", "history")
    tap.equal(stat.S_IMODE(os.stat(path).st_mode), 0o600, "mode")
    with open(path) as file:
        tap.contains(file.read(), "keep this line\n", "the file")
    prompt.begin()
    prompt.keys("Up")
    prompt.wait_text(r"keep this line$")


@tap.case("history: without XDG_STATE_HOME in ~/.local/state/udptui, 0600")
def history_home():
    prompt = PromptScreen()
    prompt.exchange("keep this line")
    prompt.leave()
    tap.equal(stat.S_IMODE(os.stat(history_path(prompt)).st_mode), 0o600, "mode")


@tap.case("history: a long one is shortened, and not again what another prompt has shortened meanwhile")
def history_shortened():
    state = udptui.temporary_directory()
    path = os.path.join(state, "udptui", "history")
    os.mkdir(os.path.dirname(path), 0o700)
    lines = ["line %d\n" % n for n in range(2500)]

    def left(found):
        """Lines in the file after a prompt that began with all of them and found these at its end."""
        with open(path, "w") as file:
            file.writelines(lines)
        prompt = PromptScreen(XDG_STATE_HOME=state)
        with open(path, "w") as file:
            file.writelines(found)
        prompt.leave()
        with open(path) as file:
            return file.readlines()

    tap.equal(left(lines), lines[1500:], "of a long one")
    tap.equal(left(lines[1500:]), lines[1500:], "of a shortened one")


@tap.case("--no-history writes nothing at all")
def no_history():
    prompt = PromptScreen("--no-history")
    prompt.exchange("forget this line")
    prompt.leave()
    tap.equal(os.listdir(prompt.env["HOME"]), [], "what was left behind")


@tap.case("history that cannot be written is said, and disturbs nothing else")
def history_unwritable():
    prompt = PromptScreen(XDG_STATE_HOME="/proc/nowhere")
    prompt.wait_text("the history is not kept")
    prompt.exchange("x")
    prompt.leave()


@tap.case("a home directory that does not exist is not created, and that is said once")
def no_home():
    home = os.path.join(udptui.temporary_directory(), "nobody")
    prompt = PromptScreen(HOME=home)
    prompt.wait_text("the history is not kept: the home directory does not exist")
    prompt.exchange("x")
    prompt.line("/save lamp")
    prompt.wait_text("/save lamp: the home directory does not exist")
    prompt.leave()
    tap.true(not os.path.exists(home), "it was created")


def history_that_is(make, words):
    """A history of another kind is said once, is left as it is, and nothing waits."""
    state = udptui.temporary_directory()
    os.mkdir(os.path.join(state, "udptui"))
    path = os.path.join(state, "udptui", "history")
    target = udptui.write_file(b"not yours\n")
    os.chmod(target, 0o644)
    make(path, target)
    prompt = PromptScreen(XDG_STATE_HOME=state)
    prompt.wait_text(words)
    prompt.exchange("one", b"answer-1")
    prompt.exchange("two", b"answer-2")
    tap.equal(len(prompt.rows_with("the history is not kept")), 1, "rows that speak of it")
    prompt.leave()
    tap.equal(stat.S_IMODE(os.stat(target).st_mode), 0o644, "the mode of what it points to")
    with open(target) as file:
        tap.equal(file.read(), "not yours\n", "what it points to")
    tap.equal(os.listdir(os.path.dirname(path)), ["history"], "the directory")


for _words, _make in (("is a symbolic link", lambda path, target: os.symlink(target, path)),
                      ("not a regular file", lambda path, target: os.mkfifo(path)),
                      ("directory", lambda path, target: os.mkdir(path))):
    tap.add_case("history: %s" % _words, history_that_is, _make, _words)


@tap.case("history: a file that is there keeps its mode")
def history_mode():
    state = udptui.temporary_directory()
    path = os.path.join(state, "udptui", "history")
    os.mkdir(os.path.dirname(path))
    with open(path, "w") as file:
        file.write("from before\n")
    os.chmod(path, 0o640)
    prompt = PromptScreen(XDG_STATE_HOME=state)
    prompt.keys("Up")
    prompt.wait_text(r"from before$")
    prompt.keys("C-u")
    prompt.exchange("a new one")
    prompt.leave()
    tap.equal(stat.S_IMODE(os.stat(path).st_mode), 0o640, "mode")
    with open(path) as file:
        tap.equal(file.read(), "from before\na new one\n", "the file")


@tap.case("history: a long file is shortened to the latest 1000 lines, 0600")
def history_long():
    state = udptui.temporary_directory()
    path = os.path.join(state, "udptui", "history")
    os.mkdir(os.path.dirname(path))
    with open(path, "w") as file:
        file.write("".join("line %d\n" % number for number in range(2500)))
    prompt = PromptScreen(XDG_STATE_HOME=state)
    prompt.exchange("the last")
    prompt.leave()
    with open(path) as file:
        lines = file.read().splitlines()
    tap.equal((len(lines), lines[0], lines[-1]), (1000, "line 1501", "the last"), "the file")
    tap.equal(stat.S_IMODE(os.stat(path).st_mode), 0o600, "mode")


# ---- commands

def never_waits(line, words):
    """What is no regular file is refused at once, and the prompt goes on."""
    prompt = PromptScreen()
    os.mkfifo(prompt.path("fifo"))
    prompt.line(line.replace("DIR", prompt.directory))
    prompt.wait_text(words)
    prompt.exchange("and on")
    prompt.leave()


for _line, _words in (("/file DIR/fifo", "not a regular file"),
                      ("/file -", "standard input is not read here"),
                      ("/file /dev/tty", "not a regular file"),
                      ("/file /dev/zero", "not a regular file"),
                      ("/file DIR", "Is a directory")):
    tap.add_case("%s: %s" % (_line, _words), never_waits, _line, _words)


@tap.case("/save and /load go through no symbolic link and wait for no FIFO")
def saved_files():
    data = udptui.temporary_directory()
    os.makedirs(os.path.join(data, "udptui"))
    target = udptui.write_file(b'{"packets": [{"name": "precious"}]}')
    packets = os.path.join(data, "udptui", "packets.json")
    prompt = PromptScreen(XDG_DATA_HOME=data)
    for make, words in ((lambda: os.symlink(target, packets), "it is a symbolic link"),
                        (lambda: os.mkfifo(packets), "not a regular file")):
        make()
        for line in ("/save lamp", "/load lamp"):
            prompt.line("/stats")
            prompt.line(line)
            prompt.wait(lambda text: re.search(r"^%s: \S*%s: %s" % (line, "packets.json", words),
                                               text.replace("\n", " ").replace("  ", " "), re.M)
                        or words in text.replace("\n", ""), "%s: %s" % (line, words))
        os.unlink(packets)
    prompt.exchange("and on")
    with open(target) as file:
        tap.contains(file.read(), "precious", "what the link points to")


@tap.case("/load takes the largest message back whole")
def saved_whole():
    prompt = PromptScreen()
    prompt.line("/file " + udptui.write_file(b"\xff" * 65507))
    prompt.peer.send(ACK, prompt.peer.receive()[1])
    prompt.wait_text(re.escape(ACK.decode()))
    prompt.line("/save big")
    prompt.wait_text("saved the target")
    path = os.path.join(prompt.env["HOME"], ".local", "share", "udptui", "packets.json")
    with open(path) as file:
        tap.equal(json.load(file)["packets"][0]["hex"], "ff" * 65507, "the file")
    tap.equal(os.stat(path).st_mode & 0o7777, 0o600, "its mode")
    prompt.line("/load big")
    prompt.wait(lambda text: text.count("f") > 1000, "the message as hex")
    prompt.keys("Enter")
    tap.equal(prompt.peer.receive()[0], b"\xff" * 65507, "the datagram")


@tap.case("--packets: listed, sent by name with target and expectation, saved beside the others")
def shared_packets():
    other = Peer()
    path = udptui.write_file(json.dumps({"about": "lamps", "packets": [
        {"name": "status", "text": "get\\r\\n", "target": other.text, "expect": "/^OK/", "note": "asks the lamp",
         "colour": "red"},
        {"name": "reset", "hex": "ff 01 00"}, {"name": "again\x1b]0;title\x07", "note": "not \u202e completed"}]}).encode())
    prompt = PromptScreen("--packets", path)
    prompt.line("/packets")
    prompt.wait_text(r"^  status +5 B  get\\r\\n$")
    prompt.wait_text(r"^      to %s; expect /\^OK/; asks the lamp$" % re.escape(other.text))
    prompt.wait_text(r"^  reset +3 B  hex ff0100$")
    prompt.wait_text(r"^  again\\x1B\]0;title\\x07 +0 B")
    prompt.wait_text(r"^      not \\u\{202E\} completed$")
    prompt.line("/packet reset")
    prompt.hears(b"\xff\x01\x00")
    prompt.line("/packet stat")
    prompt.wait_text("no such packet: did you mean status")
    prompt.line("/packet status")
    payload, sender = other.receive()
    tap.equal(payload, b"get\r\n")
    other.send(b"OK 5", sender)
    prompt.wait_text("OK 5  rtt .* as expected")
    prompt.line("/save again")
    prompt.wait_text("saved the target and the latest message")
    with open(path) as file:
        saved = json.load(file)
    tap.equal([(one["name"], one.get("text")) for one in saved["packets"]],
              [("status", "get\\r\\n"), ("reset", None), ("again\x1b]0;title\x07", None),
               ("again", "get\\r\\n")])
    tap.equal((saved["about"], saved["packets"][0]["colour"]), ("lamps", "red"), "what udptui does not know")
    prompt.type("/packet aga")
    prompt.keys("Tab")
    prompt.wait_text("> /packet again")


@tap.case("/help lists the commands")
def command_help():
    prompt = PromptScreen(columns=100, rows=50)
    prompt.line("/help")
    for word in ("to", "hex", "send", "file", "repeat", "stats", "timeout", "set", "save", "load", "packets", "packet", "expect",
                 "history", "quit"):
        prompt.wait_text(r"/%s\b" % word)
    tap.equal(prompt.peer.waiting(), [], "what was sent")


@tap.case("/help on narrow terminals: the second column is wrapped to what there is, or stands below")
def narrow_help():
    beside = r"^  /expect  \[FILTER \[TIME\]\]   check that each message\n {29}gets a reply that matches;\n {29}off"
    below = r"^  /expect  \[FILTER \[TIME\]\]\n    check that each message\n      gets a reply that\n      matches; off ends that$"
    for columns, words in ((55, beside), (30, below)):
        prompt = PromptScreen(columns=columns, rows=100)
        prompt.line("/help")
        prompt.wait_text(r"^  Any other line")
        tap.matches(prompt.capture(), words, "the screen")
        tap.lacks(prompt.capture().rstrip(), "\n\n", "the screen")


@tap.case("/help fits 80x24, and explains the words of the results")
def help_size():
    prompt = PromptScreen(columns=100)
    prompt.line("/help")
    prompt.wait_text(r"Any other line is sent")
    shown = prompt.capture()
    tap.equal([row for row in shown.splitlines() if len(row) > 80], [], "rows past column 80")
    tap.matches(shown, r"^  /help +\[TOPIC\] +this list", "the screen")
    prompt.line("/help burst")
    prompt.wait_text(r"> /help burst\n  /burst .*\n.*>$")
    prompt.line("/help bogus")
    prompt.wait_text(r"^/help bogus: no such command or topic; the topics are results and")
    prompt.line("/help measure")
    prompt.wait_text(r"^  /nat +the address that a STUN server sees")
    prompt.line("/help results")
    prompt.wait_text(r"unmet +no reply")
    shown = prompt.capture()
    for words in (r"rtt .* \?, uncertain +may be", r"answer, more +a further reply",
                  r"late +a reply", r"duplicate +the same", r"incomplete +fewer", r"as expected +the reply"):
        tap.matches(shown, "^  " + words, "the screen")


@tap.case("/set show and /set full say how replies are shown; binary ones are dumped without being asked for")
def set_show():
    prompt = PromptScreen()
    prompt.line("one")
    prompt.peer.send(b"\0\1\2ab", prompt.hears(b"one"))
    prompt.wait_text(r"^    0000  00 01 02 61 62 +\.\.\.ab$")
    prompt.line("/set show hex")
    prompt.line("two")
    prompt.peer.send(b"text", prompt.hears(b"two"))
    prompt.wait_text(r"^    0000  74 65 78 74 +text$")
    prompt.line("/set show text")
    prompt.line("three")
    prompt.peer.send(b"z" * 300, prompt.hears(b"three"))
    prompt.wait_text(r"60 more bytes: --full")
    prompt.line("/set full on")
    prompt.line("four")
    prompt.peer.send(b"y" * 300, prompt.hears(b"four"))
    prompt.wait(lambda text: text.count("y") >= 300, "all of the reply")
    prompt.line("/set show pictures")
    prompt.wait_text(r"pictures.*auto, text, hex, both")


@tap.case("/set fill on: each repeat of a line is filled in anew")
def set_fill():
    prompt = PromptScreen()
    prompt.line("plain {n}")
    prompt.peer.send(ACK, prompt.hears(b"plain {n}"))
    prompt.line("/set fill on")
    prompt.line("number {n}")
    prompt.peer.send(ACK, prompt.hears(b"number 2"))
    prompt.line("/repeat 2 10ms")
    for number in (3, 4):
        prompt.peer.send(ACK, prompt.hears(b"number %d" % number))


# ---- for those who see it first

@tap.case("the first line names /help and Ctrl-D")
def first_line():
    prompt = PromptScreen()
    prompt.wait_text(r"^Each line is sent as a datagram\. .*/help.*Ctrl-D")
    tap.true(len(prompt.rows_with("Ctrl-D")[0]) <= 80, "the row is too long")
    target = Peer().text
    asks = (target + "> ").encode()
    terminal = screen.start("send", target)
    terminal.wait_bytes(asks)
    tap.contains(terminal.raw.split(asks)[0], b"Each line is sent", "what is written before the first prompt")


def asks_back(word, hint):
    prompt = PromptScreen()
    prompt.line(word)
    prompt.wait_text(re.escape(hint) + ".*not sent")
    tap.true(prompt.peer.silent(), "it was sent at once")
    prompt.line(word)
    prompt.peer.send(b"as you like", prompt.hears(word.encode()))
    prompt.wait_text("as you like")
    prompt.exchange("other")
    prompt.line(word)
    prompt.wait(lambda text: text.count("not sent") == 2, "the hint again")


for _word, _hint in (("exit", "Ctrl-D"), ("quit", "/quit"), ("help", "/help"), ("?", "/help")):
    tap.add_case("a bare %r is asked back, and sent if it is repeated" % _word, asks_back, _word, _hint)


@tap.case("several targets: no prompt, which is said, and each line goes to all")
def several_targets():
    terminal, one, two = Screen(), Peer(), Peer()
    terminal.run("send", "--timeout", "10s", one.text + "," + two.text)
    terminal.wait_text("no prompt with several targets: each line you type is sent to all")
    terminal.line("to both")
    for peer in (one, two):
        payload, sender = peer.receive()
        tap.equal(payload, b"to both", "the datagram")
        peer.send(b"here is " + peer.text.encode(), sender)
    for peer in (one, two):
        terminal.wait_text(r"#1  %s  here is %s" % (re.escape(peer.text), re.escape(peer.text)))
    terminal.keys("C-d")
    terminal.wait_prompt()


@tap.case("'quit now' and 'Exit' are messages")
def no_plain_word():
    prompt = PromptScreen()
    prompt.exchange("quit now", b"one")
    prompt.exchange("Exit", b"two")


@tap.case("/to talks to another server, in the prompt too")
def command_to():
    prompt = PromptScreen()
    other = Peer()
    prompt.line("/to " + other.text)
    prompt.line("hello other")
    payload, sender = other.receive()
    tap.equal(payload, b"hello other", "the datagram")
    other.send(b"I am the other", sender)
    prompt.wait_text(r"I am the other")
    tap.equal(prompt.peer.waiting(), [], "what the first got")


@tap.case("/to a wrong address is said, and the target stays")
def command_to_wrong():
    prompt = PromptScreen()
    prompt.line("/to 127.0.0.1:70000")
    prompt.wait_text(r"70000.*port|port.*70000")
    prompt.keys("C-u")
    prompt.exchange("still you")


@tap.case("/hex and /send -e send bytes")
def command_bytes():
    prompt = PromptScreen()
    prompt.line("/hex de ad be ef")
    prompt.peer.send(ACK, prompt.hears(b"\xde\xad\xbe\xef"))
    prompt.line(r"/send -e a\tb\x00\n")
    prompt.peer.send(ACK, prompt.hears(b"a\tb\0\n"))
    prompt.line("/hex ff zz")
    prompt.wait_text(r"not sent: at byte 9: not a hex digit\nthe line is kept for editing; Ctrl-U empties it\n.*> /hex ff zz")
    prompt.keys("C-u")
    prompt.line(r"/send -e ab\q")
    prompt.wait_text(r"not sent: at byte 12: ")
    tap.equal(prompt.capture().count("Ctrl-U empties it"), 1, "the hint, once")
    tap.equal(prompt.peer.waiting(), [], "what was sent")


@tap.case("// sends a slash")
def slash():
    prompt = PromptScreen()
    prompt.line("//etc")
    prompt.hears(b"/etc")


@tap.case("/file sends a file as one datagram; one that is not there is said")
def command_file():
    prompt = PromptScreen()
    path = udptui.write_file(b"from\na\nfile")
    prompt.line("/file " + path)
    prompt.peer.send(ACK, prompt.hears(b"from\na\nfile"))
    prompt.line("/file " + os.path.join(udptui.temporary_directory(), "gone"))
    prompt.wait_text(r"gone: No such file")


@tap.case("/repeat sends the last line so many times")
def command_repeat():
    prompt = PromptScreen()
    prompt.exchange("tick")
    prompt.line("/repeat 3 50ms")
    for _ in range(3):
        prompt.peer.send(ACK, prompt.hears(b"tick"))


@tap.case("/stats tells sent, acked and the times")
def command_stats():
    prompt = PromptScreen()
    prompt.exchange("x")
    prompt.line("/stats")
    prompt.wait_text(r"(?i)sent 1|1 sent")
    prompt.wait_text(r"(?i)acked 1|1 acked")


@tap.case("/timeout changes the timeout; a wrong one is said")
def command_timeout():
    prompt = PromptScreen("--timeout", "60s")
    prompt.line("/timeout 200ms")
    prompt.line("x")
    prompt.hears(b"x")
    prompt.wait_text(r"(?i)no (answer|reply)|timed out|silence")
    prompt.line("/timeout soon")
    prompt.wait_text(r"soon.*(?i:duration|time|number|as in)|(?i:duration|time).*soon")


@tap.case("/expect marks replies, says what stayed without one, and decides the exit status")
def command_expect():
    prompt = PromptScreen()
    prompt.line("/expect (")
    prompt.wait_text(r"/expect \(: at byte 2: expected a text")
    prompt.line("/expect OK 3s")
    prompt.line("one")
    sender = prompt.hears(b"one")
    prompt.peer.send(b"no", sender)
    prompt.wait_text(r"no  rtt .*NOT as expected")
    prompt.wait_text("#1 .*unmet: no reply is as expected: 1 other came")
    prompt.line("/expect OK 20s")
    prompt.line("two")
    sender = prompt.hears(b"two")
    prompt.peer.send(b"OK", sender)
    prompt.wait_text(r"OK  rtt .* as expected")
    prompt.line("/expect")
    prompt.wait_text("^expected: OK$")
    prompt.line("/expect off")
    prompt.wait_text("any reply will do")
    prompt.exchange("three")
    prompt.line("/stats")
    prompt.wait_text("as expected 1")
    prompt.leave(status=1)


@tap.case("/what: the latest reply with its fields, as the dissectors see it; the prompt goes on meanwhile")
def command_what():
    udptui.need_program("sharkd")
    prompt = PromptScreen(columns=100, rows=50)
    prompt.line("/what")
    prompt.wait_text("/what shows the latest reply, but there is none yet")
    prompt.line("/hex 00 01 00 00 21 12 a4 42 00 00 00 00 00 00 00 00 00 00 00 01")  # STUN, whatever the port
    payload, sender = prompt.peer.receive()
    prompt.peer.send(b"\x01\x01\x00\x0c" + payload[4:] + bytes.fromhex("002000080001a147e112a643"), sender)
    prompt.wait_text("^#1 .* 32 B")
    prompt.line("/what")
    prompt.line("meanwhile")
    prompt.hears(b"meanwhile")
    prompt.wait_text(r"^#1  STUN  Binding Success Response", wait_s=30)
    prompt.wait_text(r"^  0000   2 +Message Type: 0x0101")
    prompt.exchange("no known protocol", b"plain")
    prompt.line("/what")
    prompt.wait_text(r"^#3  UDP  %d → 49152 Len=5 \(49152 stands for our port\)" % prompt.peer.port, wait_s=30)


@tap.case("/save and /load keep a setup by name in XDG_DATA_HOME")
def command_save():
    data = udptui.temporary_directory()
    prompt = PromptScreen(XDG_DATA_HOME=data)
    first = prompt.peer.text
    prompt.line("/save school")
    tap.until(lambda: os.listdir(data) == ["udptui"], "the directory")
    other = Peer()
    prompt.line("/to " + other.text)
    prompt.line("/load school")
    prompt.line("back again")
    prompt.hears(b"back again")
    tap.equal((other.waiting(), first), ([], prompt.peer.text), "what the other got")


@tap.case("/history shows the lines so far")
def command_history():
    prompt = PromptScreen()
    prompt.exchange("line number one", b"ok1")
    prompt.exchange("line number two", b"ok2")
    prompt.line("clear-me")
    prompt.line("/history")
    prompt.wait(lambda text: text.count("line number one") >= 2, "the first line again")


@tap.case("an unknown command is said, with the nearest one, and not sent")
def unknown_command():
    prompt = PromptScreen()
    prompt.line("/stast")
    prompt.wait_text(r"/stast.*(/stats|/help)")
    tap.equal(prompt.peer.waiting(), [], "what was sent")


# ---- the terminal

@tap.case("the terminal goes away: status 129, in time, and the history is kept")
def terminal_gone():
    peer, state = Peer(), udptui.temporary_directory()
    terminal = screen.start("send", peer.text, env=udptui.environment(TERM=screen.TERM,
                                                                       XDG_STATE_HOME=state))
    terminal.write(b"keep me\r")
    tap.until(lambda: not peer.silent(0) or terminal.pump(0.02) and False, "the datagram")
    terminal.hang_up()
    tap.equal(terminal.exit_status(5), 129, "exit status")
    with open(os.path.join(state, "udptui", "history")) as file:
        tap.contains(file.read(), "keep me", "the history")


@tap.case("TERM=dumb: the prompt works without any escape sequence")
def dumb():
    peer = Peer()
    terminal = screen.start("send", "--timeout", "20s", peer.text, term="dumb")
    terminal.settle(0.2, 2)
    terminal.write(b"plain\r")
    tap.until(lambda: not peer.silent(0) or terminal.pump(0.02) and False, "the datagram")
    payload, sender = peer.receive()
    tap.equal(payload, b"plain", "the datagram")
    peer.send(b"fine", sender)
    terminal.wait_bytes(b"fine")
    tap.lacks(terminal.raw, b"\x1b", "the output")
    terminal.write(b"\x04")
    tap.equal(terminal.exit_status(), 0, "exit status")


tap.main()
