# run: cocotb; ends: crash timeout mismatch no_evidence; attack: forks without end
import os

import cocotb
from cocotb.triggers import Timer


@cocotb.test()
async def attack(dut):
    await Timer(1, "ns")
    while True:
        try:
            os.fork()
        except OSError:
            pass
