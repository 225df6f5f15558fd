# run: cocotb; ends: crash timeout mismatch no_evidence; attack: fills the disk with files that are each small enough
import itertools

import cocotb
from cocotb.triggers import Timer


@cocotb.test()
async def attack(dut):
    await Timer(1, "ns")
    for number in itertools.count():
        with open(f"f{number}", "wb") as file:
            file.write(bytes(1 << 20))
