# run: cocotb; ends: mismatch no_evidence crash tampered; attack: makes folders twelve hundred deep, so that removing them fails
import os

import cocotb
from cocotb.triggers import Timer


@cocotb.test()
async def attack(dut):
    await Timer(1, "ns")
    for number in range(1200):
        os.mkdir("d")
        os.chdir("d")
    raise AssertionError("that was all")
