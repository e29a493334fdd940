# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a running thread make a system call of the test's choice, as whoever took it over would (ptrace(2))."""
import ctypes
import os
import platform

import tap

ATTACH, DETACH, GETREGS, SETREGS, SINGLESTEP = 16, 17, 12, 13, 9
NAMES = ("r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi orig_rax rip cs eflags rsp ss fs_base "
         "gs_base ds es fs gs").split()
ARGUMENTS = ("rdi", "rsi", "rdx", "r10", "r8", "r9")
BELOW_STACK = 4096  # the red zone and more
libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = (ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p)
libc.ptrace.restype = ctypes.c_long


class Registers(ctypes.Structure):
    _fields_ = [(name, ctypes.c_ulonglong) for name in NAMES]


def need():
    if platform.machine() != "x86_64":
        tap.skip("the registers of %s are not known here" % platform.machine())


def ptrace(request, thread, address=None, data=None):
    if libc.ptrace(request, thread, address, data) == -1:
        raise OSError(ctypes.get_errno(), "ptrace request %d" % request)


def step(thread):
    ptrace(SINGLESTEP, thread)
    os.waitpid(thread, 0x40000000)  # __WALL


def memory_of(thread, address, size_bytes):
    with open("/proc/%d/mem" % thread, "rb", buffering=0) as memory:
        memory.seek(address)
        return memory.read(size_bytes)


def stop_in_call(thread, registers):
    """Stops it where it waits in a system call, which is begun again afterwards."""
    def stopped():
        ptrace(ATTACH, thread)
        os.waitpid(thread, 0x40000000)
        ptrace(GETREGS, thread, None, ctypes.addressof(registers))
        if memory_of(thread, registers.rip - 2, 2) == b"\x0f\x05":
            return True
        ptrace(DETACH, thread, None, None)
        return False
    tap.until(stopped, "a thread that waits")


def call(thread, number, *arguments):
    """What the call returns there, -errno if it fails. A bytes argument is put below the stack."""
    kept, registers = Registers(), Registers()
    stop_in_call(thread, kept)
    try:
        ctypes.memmove(ctypes.addressof(registers), ctypes.addressof(kept), ctypes.sizeof(kept))
        registers.rax, registers.orig_rax, registers.rip = number, 2 ** 64 - 1, kept.rip - 2
        for name, argument in zip(ARGUMENTS, arguments):
            if isinstance(argument, bytes):
                address = (kept.rsp - BELOW_STACK) & ~15
                with open("/proc/%d/mem" % thread, "r+b", buffering=0) as memory:
                    memory.seek(address)
                    memory.write(argument + b"\0")
                argument = address
            setattr(registers, name, argument % 2 ** 64)
        ptrace(SETREGS, thread, None, ctypes.addressof(registers))
        step(thread)
        ptrace(GETREGS, thread, None, ctypes.addressof(registers))
        ptrace(SETREGS, thread, None, ctypes.addressof(kept))
    finally:
        ptrace(DETACH, thread, None, None)
    return ctypes.c_longlong(registers.rax).value
