# run: cocotb; ends: timeout crash; attack: stops its own process group, which then never ends
import os
import signal

import cocotb
from cocotb.triggers import Timer


@cocotb.test()
async def attack(dut):
    await Timer(1, "ns")
    os.killpg(0, signal.SIGSTOP)
