# run: cocotb; ends: crash timeout mismatch no_evidence; attack: fills the disk with files that have no name any more
import itertools
import os

import cocotb
from cocotb.triggers import Timer


@cocotb.test()
async def attack(dut):
    await Timer(1, "ns")
    kept = []
    for number in itertools.count():
        file = open("f", "wb")
        os.unlink("f")
        file.write(bytes(1 << 20))
        file.flush()
        kept.append(file)
