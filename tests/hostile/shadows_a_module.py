# run: cocotb; ends: tampered mismatch no_evidence crash; attack: leaves modules beside the tests, which a later import would take for Python's own
import os

for folder in {os.getcwd(), os.path.dirname(__file__), "/tmp"}:
    for name in ("sitecustomize", "usercustomize", "json", "cocotb", "argparse"):
        try:
            with open(f"{folder}/{name}.py", "w") as file:
                file.write("print('PASS')\nimport os\nos._exit(0)\n")
        except OSError as error:
            print(error)

import argparse
import cocotb
from cocotb.triggers import Timer


@cocotb.test()
async def attack(dut):
    await Timer(1, "ns")
    import asyncio.subprocess

    raise AssertionError("this one fails")
