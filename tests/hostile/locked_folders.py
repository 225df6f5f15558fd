# run: cocotb; ends: mismatch no_evidence crash tampered; attack: leaves folders nobody may enter, and names no terminal can show
import os

import cocotb
from cocotb.triggers import Timer


@cocotb.test()
async def attack(dut):
    await Timer(1, "ns")
    os.makedirs(b"locked/\xff\n\x1b[2J/deeper")
    open(b"locked/\xff\n\x1b[2J/deeper/file", "w").close()
    for folder in (b"locked/\xff\n\x1b[2J/deeper", b"locked/\xff\n\x1b[2J", b"locked", b"."):
        os.chmod(folder, 0)
    raise AssertionError("that was all")
