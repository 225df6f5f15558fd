# run: cocotb; ends: no_evidence crash; attack: ends the process with status 0 in the middle of a test
import os

import cocotb
from cocotb.triggers import Timer


@cocotb.test()
async def attack(dut):
    await Timer(1, "ns")
    os._exit(0)
