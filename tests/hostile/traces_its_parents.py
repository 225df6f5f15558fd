# run: cocotb; ends: mismatch no_evidence crash tampered; plain limits: let it; attack: attaches to other processes with ptrace and reads their memory
import ctypes
import os

import cocotb
from cocotb.triggers import Timer


@cocotb.test()
async def attack(dut):
    await Timer(1, "ns")
    libc = ctypes.CDLL(None, use_errno=True)
    attached = []
    for pid in range(1, 60):
        if pid != os.getpid() and libc.ptrace(16, pid, 0, 0) == 0:
            attached.append(pid)
        try:
            with open(f"/proc/{pid}/mem", "rb") as memory:
                attached.append(memory.name)
        except OSError as error:
            print(error)
    if [a for a in attached if a != f"/proc/{os.getpid()}/mem"]:
        print(attached)
    raise AssertionError("that was all")
