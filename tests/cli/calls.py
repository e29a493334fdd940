# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""--calls: the reported socket calls are those that strace(1) sees: the same calls, in the same
order, with the same arguments and results on each socket."""
import os
import re
import shutil
import signal

import tap
import udptui
from udptui import Peer, Server

TRACED = "trace=socket,setsockopt,getsockopt,bind,connect,getsockname,recvmsg,recvmmsg,sendmsg,sendmmsg,close"
# The program's own sockets have all three; the C library's look-ups have other types.
MESSAGES = ("recvmmsg", "recvmsg", "sendmmsg", "sendmsg")
OUR_TYPE = {"SOCK_DGRAM", "SOCK_CLOEXEC", "SOCK_NONBLOCK"}


# ---- two ways to write a call, one shape: (name, details, result, errno)

def halves(text):
    """NAME, arguments, result, errno and what is behind it."""
    found = re.match(r"(\w+)\((.*)\) += (-?\d+)(?: (E[A-Z]+))?(.*)$", text)
    tap.true(found, "no call: %r" % text)
    return found.groups()


def split_arguments(text):
    return [part.strip() for part in text.split(",")]


def option_details(parts):
    """Level, name and value; strace marks which width of time stamps it is and brackets values. Of a program: how
    many instructions it has."""
    details = [parts[1], re.sub("_(OLD|NEW)$", "", parts[2])]
    if len(parts) > 3 and re.fullmatch(r"\[?-?\d+\]?", parts[3]):
        details.append(parts[3].strip("[]"))
    elif len(parts) > 3 and parts[3].startswith("{len="):
        details.append(re.match(r"{len=(\d+)", parts[3]).group(1))
    return details


def of_udptui(text):
    name, arguments, result, error, rest = halves(text)
    parts = split_arguments(arguments)
    fd, details = parts[0], parts[1:]
    if name == "socket":
        fd, details = result, sorted(parts[1].split("|"))
    elif name in ("setsockopt", "getsockopt"):
        details = option_details(parts + re.findall(r"^: (\d+)$", rest))
    elif name == "getsockname":
        details = [rest[2:]]
    elif name in MESSAGES:
        peer = re.search(r"(?:from|to) (\S+)$", rest)
        size = re.search(r"([\d,]+) B", rest)
        details = [parts[1].strip("[]") if len(parts) > 2 else "1", sorted(parts[-1].split("|")),
                   peer and peer.group(1), int(size.group(1).replace(",", "")) if size else 0]
    return fd, (name, details, int(result), error)


def strace_address(text):
    port = re.search(r"sin6?_port=htons\((\d+)\)", text)
    host = re.search(r'sin_addr=inet_addr\("([^"]+)"\)', text)
    host6 = re.search(r'inet_pton\(AF_INET6, "([^"]+)"', text)
    if not port:
        return None
    if host:
        return "%s:%s" % (host.group(1), port.group(1))
    mapped = host6.group(1)
    return ("%s:%s" % (mapped[7:], port.group(1)) if mapped.startswith("::ffff:")
            else "[%s]:%s" % (mapped, port.group(1)))


def messages(name, arguments, result):
    """[wanted, flags, the first one's peer if any was moved, bytes of all]"""
    several = re.search(r", (\d+), ([A-Z_|]+)(?:, NULL)?$", arguments)
    wanted = several.group(1) if several else "1"
    flags = sorted((several.group(2) if several else split_arguments(arguments)[-1]).split("|"))
    if int(result) < 0:
        return [wanted, flags, None, 0]
    sizes = re.findall(r"\bmsg_len=(\d+)", arguments) if "mmsg" in name else [result]
    return [wanted, flags, strace_address(arguments), sum(int(size) for size in sizes)]


def of_strace(text):
    name, arguments, result, error, _ = halves(text)
    parts = split_arguments(arguments)
    fd, details = parts[0], []
    if name == "socket":
        fd, details = result, sorted(parts[1].split("|"))
    elif name in ("setsockopt", "getsockopt"):
        details = option_details(parts)
    elif name in ("bind", "connect", "getsockname"):
        details = [strace_address(arguments)]
    elif name in MESSAGES:
        details = messages(name, arguments, result)
    return fd, (name, details, int(result), error)


def whole_lines(log):
    """strace -f cuts a call in two if another thread comes between."""
    begun = {}
    for line in log.splitlines():
        process, text = line.split(None, 1)
        if text.startswith(("+++", "---")):
            continue
        cut = re.match(r"(.*) <unfinished \.\.\.>$", text)
        resumed = re.match(r"<\.\.\. \w+ resumed>(.*)$", text)
        if cut:
            begun[process] = cut.group(1)
        elif resumed:
            yield begun.pop(process) + resumed.group(1)
        else:
            yield text


def by_socket(calls):
    """The calls on each of the program's own sockets, from its socket() to its close(). A descriptor is
    used again: their times of creation distinguish the sockets."""
    sockets, current = [], {}
    for fd, call in calls:
        if call[0] == "socket" and OUR_TYPE <= set(call[1]):
            sockets.append([])
            current[fd] = sockets[-1]
        if fd in current:
            current[fd].append(call)
        if call[0] == "close":
            current.pop(fd, None)
    return sockets


# ---- running under strace

def need_strace():
    if not shutil.which("strace"):
        tap.skip("no strace here")
    probe = udptui.Process(["strace", "-o", os.devnull, "true"]).finish()
    if probe.status != 0:
        tap.skip("strace may not trace here: %s" % probe.err.strip()[:100])


def strace():
    """The words before the command, and where the log will be. (A leak checker cannot work under it.)"""
    need_strace()
    path = os.path.join(udptui.temporary_directory(), "strace")
    return ["env", "ASAN_OPTIONS=detect_leaks=0", "strace", "-f", "-q", "-s", "64", "-e", TRACED,
            "-o", path], path


def told(output):
    return by_socket([of_udptui(line[6:]) for line in udptui.unstamped(output).splitlines() if line.startswith("call: ")])


def seen(path):
    with open(path, encoding="utf-8", errors="replace") as log:
        return by_socket([of_strace(line) for line in whole_lines(log.read())])


def compare(output, path, sockets):
    ours, theirs = told(output), seen(path)
    tap.equal(len(theirs), sockets, "sockets that strace saw")
    for number, (mine, real) in enumerate(zip(ours, theirs)):
        for place, (told_call, real_call) in enumerate(zip(mine, real)):
            tap.equal(told_call, real_call, "call %d of socket %d" % (place, number))
    tap.equal([len(calls) for calls in ours], [len(calls) for calls in theirs], "calls a socket")
    return ours


def named(calls, *names):
    return [call for call in calls if call[0] in names]


def receives(calls):
    """Those that took something."""
    return [call for call in named(calls, "recvmmsg", "recvmsg") if call[2] > 0]


@tap.case("serve --batch 1: what strace sees, one receive and one send a datagram")
def serve_one_by_one():
    wrap, path = strace()
    server = Server("--calls", "--batch", "1", "--count", "5", json_lines=False, wrap=wrap)
    clients = [Peer() for _ in range(5)]
    for client in clients:
        client.ask(b"hello", server.address)
    result = server.finish().expect(0)
    calls = compare(result.out, path, 1)[0]
    expected = [["1", ["MSG_DONTWAIT"], client.text, 5] for client in clients]
    tap.equal([call[1] for call in receives(calls)], expected, "the receives")
    tap.equal([call[1][2] for call in named(calls, "sendmmsg", "sendmsg")],
              [client.text for client in clients], "the acks' clients")
    tap.equal(calls[-1][0], "close", "the last call")


@tap.case("serve: what strace sees, batches and two sockets included")
def serve_batches():
    wrap, path = strace()
    server = Server("--calls", "--no-gro", "--no-gso", "--count", "12", json_lines=False, wrap=wrap,
                    addresses=("127.0.0.1:0", "127.0.0.2:0"))
    for address in server.addresses:
        client = Peer()
        for _ in range(6):
            client.send(b"x", address)
        for _ in range(6):
            client.receive()
    compare(server.finish().expect(0).out, path, 2)


@tap.case("serve on ::, two engines: what strace sees")
def serve_two_engines():
    wrap, path = strace()
    if not os.path.exists("/proc/net/if_inet6"):
        tap.skip("no IPv6 here")
    server = udptui.Process(wrap + [udptui.BINARY, "serve", "--no-ui", "--calls", "--threads", "2",
                                    "--count", "4", ":0"])
    port = int(server.wait_text(r"^Server is listening on \S+:(\d+)$").group(1))
    for _ in range(4):
        Peer().ask(b"hello", ("127.0.0.1", port))
    calls = compare(server.finish().expect(0).out, path, 3)  # the first only finds the port
    tap.equal(sum(len(receives(one)) for one in calls), 4, "receives that took something")


@tap.case("send: what strace sees, the ICMP error included")
def send_refused():
    wrap, path = strace()
    address = "127.0.0.1:%d" % udptui.unused_port()
    result = udptui.Process(wrap + [udptui.BINARY, "send", "--calls", address, "hello"]).finish()
    result.expect(1)
    source, _ = compare(result.out, path, 2)  # the first asks which address it leaves from
    tap.equal(named(source, "connect"), [("connect", [address], 0, None)], "connect")
    tap.matches(result.out, r"MSG_ERRQUEUE\) = 5: ECONNREFUSED, 5 B to " + re.escape(address),
                "the error queue")


# ---- without strace

@tap.case("send, an answer: the source, bind, a send, a receive, close before the summary")
def send_answered():
    server = Server()
    result = udptui.run("send", "--calls", "--timeout", "10s", server.text, "hello").expect(0)
    lines = result.plain.splitlines()
    names = [re.match(r"call: (\w+)", line).group(1) for line in lines if line.startswith("call: ")]
    carried = [name.replace("mmsg", "msg") for name in names
               if name not in ("setsockopt", "getsockopt")]
    # A call that takes one datagram is made once more, to learn that no other waits behind it.
    looked = [] if "recvmmsg" in names else ["recvmsg"]
    tap.equal(carried, ["socket", "connect", "getsockname", "close",  # which address it leaves from
                        "socket", "bind", "getsockname", "sendmsg",
                        "recvmsg",  # the kernel's time of sending
                        "recvmsg"] + looked + ["close"], "calls")
    tap.matches(result.plain, r"MSG_ERRQUEUE\) = 0: when a datagram left", "the time of sending")
    tap.matches(lines[-2], r"^sent 1, acked 1", "the line before the last")


@tap.case("a bind that fails is told before the program ends")
def bind_fails():
    busy = Peer()
    result = udptui.run("serve", "--no-ui", "--calls", busy.text).expect(3)
    tap.matches(result.plain, r"^call: bind\(\d+, %s\) = -1 EADDRINUSE$" % re.escape(busy.text), "bind")
    tap.matches(result.plain.splitlines()[-1], r"^call: close\(\d+\) = 0$", "the last line")
    tap.contains(result.err, "in use", "stderr")


@tap.case("JSON: an object a call, with the documented fields, and the datagrams add up")
def json_calls():
    server, client = Server("--calls", "--batch", "1", "--count", "3"), Peer()
    for _ in range(3):
        client.ask(b"hello", server.address)
    summary = server.summary()
    calls = server.objects("call")
    for call in calls:
        for name in ("time", "call", "result", "text", "purpose"):
            tap.true(name in call, "%s is missing in %r" % (name, call))
        tap.matches(call["time"], udptui.ISO_TIME, "time")
        tap.true(call["text"].startswith(call["call"] + "("), "text of %r" % call)
        tap.equal("errno" in call, call["result"] < 0, "errno of %r" % call)
    taken = [call for call in calls if call["call"].startswith("recv") and call["result"] > 0]
    tap.equal([(call["datagrams"], call["bytes"], call["peer"]) for call in taken],
              [(1, 5, client.text)] * 3, "receives")
    tap.equal(sum(call["datagrams"] for call in taken), summary["received"], "datagrams taken")
    empty = [call for call in calls if call["result"] < 0]
    tap.true(all(call["error"] == "EAGAIN" for call in empty), "what failed: %r" % empty)
    tap.equal([call["call"] for call in calls][0], "socket", "the first call")
    tap.equal([call["call"] for call in calls][-1], "close", "the last call")


@tap.case("JSON: a batch is as many of a textbook's calls as it has datagrams, in C and in Python")
def textbook_calls():
    server, client = Server("--calls", "--count", "40"), Peer()
    for _ in range(40):
        client.socket.sendto(b"hello", server.address)
    server.summary()
    calls = server.objects("call")
    carried = [call for call in calls if call["call"][:4] in ("recv", "send") and "errno" not in call]
    for call in carried:
        textbook, spelling = call["textbook"], "recvfrom(" if call["call"][:4] == "recv" else "sendto("
        tap.equal(textbook["calls"], call["datagrams"], "calls of %r" % call)
        times = "%d x " % textbook["calls"] if textbook["calls"] > 1 else ""
        tap.true(textbook["c"].startswith(times + spelling), "C of %r" % call)
        tap.matches(textbook["python"], re.escape(times) + r"(data, address = )?s\d+\." + re.escape(spelling),
                    "Python")
    for direction in ("recv", "send"):
        tap.equal(sum(call["textbook"]["calls"] for call in carried if call["call"].startswith(direction)), 40,
                  direction)
    empty = [call for call in calls if call.get("error") == "EAGAIN" and call["call"].startswith("recv")]
    tap.equal({call["textbook"]["calls"] for call in empty} | {0}, {0}, "empty receives")
    socket_calls = [call["textbook"]["python"] for call in calls if call["call"] == "socket"]
    tap.matches(socket_calls[0], r"^s\d+ = socket\(AF_INET, SOCK_DGRAM\)$", "socket")


@tap.case("JSON of send: a refusal names what Windows and macOS report, each with its source")
def refused_elsewhere():
    port = udptui.unused_port()
    result = udptui.run("send", "--json", "--calls", "127.0.0.1:%d" % port, "hello").expect(1)
    calls = result.objects("call")
    told = [call for call in calls if "windows" in call and "ECONNREFUSED" in call["text"]]
    tap.true(told, "no refusal in\n" + result.out)
    tap.contains(told[0]["windows"]["report"], "WSAECONNRESET (10054)", "Windows")
    tap.contains(told[0]["windows"]["source"], "recvfrom", "its source")
    tap.contains(told[0]["macos"]["report"], "if the socket is connected", "macOS")
    tap.contains(told[0]["macos"]["source"], "udp_usrreq.c", "its source")
    tap.true(all("windows" not in call for call in calls if call["result"] >= 0 and "MSG_ERRQUEUE" not in call["text"]),
             "a call that worked has a row")


@tap.case("--privacy: clients' addresses are in no call")
def private():
    server, client = Server("--calls", "--privacy", "--count", "1", json_lines=False), Peer()
    client.ask(b"hello", server.address)
    calls = [line for line in server.finish().expect(0).plain.splitlines() if line.startswith("call: ")]
    tap.matches("\n".join(calls), r"recvm?msg\(.*: 5 B$", "the receive")
    tap.lacks("\n".join(calls), client.text, "the calls")


@tap.case("without --calls there is none")
def none_unasked():
    server, client = Server("--count", "1", json_lines=False), Peer()
    client.ask(b"hello", server.address)
    tap.lacks(server.finish().expect(0).out, "call:", "serve's lines")
    tap.lacks(udptui.run("send", "-t", "1ms", client.text, "x").out, "call:", "send's lines")


@tap.case("the receive of a burst takes many datagrams in one call")
def batches_save_calls():
    server, client = Server("--calls", "--no-gro"), Peer()
    server.freeze()
    for _ in range(40):
        client.send(b"hello", server.address)
    server.signal(signal.SIGCONT)
    for _ in range(40):
        client.receive()
    server.stop()
    taken = [call for call in server.objects("call")
             if call["call"] == "recvmmsg" and call["result"] > 0]
    if not taken:
        tap.skip("built without recvmmsg")
    tap.equal(sum(call["datagrams"] for call in taken), 40, "datagrams")
    tap.true(len(taken) <= 2, "40 datagrams that waited took %d receives" % len(taken))


tap.main()
