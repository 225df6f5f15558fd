# run: cocotb; ends: no_evidence crash mismatch; attack: becomes another program, which ends with status 0
import os

import cocotb
from cocotb.triggers import Timer


@cocotb.test()
async def attack(dut):
    await Timer(1, "ns")
    os.execv("/bin/sh", ["sh", "-c", "echo PASS; exit 0"])
