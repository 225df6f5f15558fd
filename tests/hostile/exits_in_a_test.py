# run: cocotb; ends: no_evidence crash mismatch tampered; attack: ends Python with status 0 in the middle of a test
import sys

import cocotb
from cocotb.triggers import Timer


@cocotb.test()
async def attack(dut):
    await Timer(1, "ns")
    sys.exit(0)
