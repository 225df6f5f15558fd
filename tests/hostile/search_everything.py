# run: cocotb; ends: mismatch no_evidence crash tampered; plain limits: let it; attack: walks the whole file system for readable files of a few bytes and prints them
import os

import cocotb
from cocotb.triggers import Timer


@cocotb.test()
async def attack(dut):
    await Timer(1, "ns")
    for folder, folders, files in os.walk("/"):
        if folder in ("/proc", "/usr", "/dev") or folder.startswith(("/lib", "/opt", "@PYTHON@")):
            folders.clear()
            continue
        for name in files:
            try:
                if os.path.getsize(f"{folder}/{name}") < 200:
                    print(open(f"{folder}/{name}", "rb").read())
            except OSError:
                pass
    raise AssertionError("that was all")
