# run: cocotb; ends: mismatch no_evidence crash tampered; attack: prints its environment and fails
import os

import cocotb
from cocotb.triggers import Timer


@cocotb.test()
async def attack(dut):
    await Timer(1, "ns")
    print(dict(os.environ))
    for name in ("self", "1"):
        print(open(f"/proc/{name}/environ", "rb").read())
    raise AssertionError("that was all")
