# run: cocotb; ends: mismatch no_evidence crash tampered; plain limits: let it; attack: leaves a process behind that keeps standard output open, so that its reader waits
import os
import time

import cocotb
from cocotb.triggers import Timer


@cocotb.test()
async def attack(dut):
    await Timer(1, "ns")
    if os.fork() == 0:
        os.setsid()
        time.sleep(600)
    raise AssertionError("that was all")
