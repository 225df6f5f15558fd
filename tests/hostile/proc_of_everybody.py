# run: cocotb; ends: mismatch no_evidence crash tampered; plain limits: let it; attack: reads environment, memory maps, open files and root of every process in sight
import glob

import cocotb
from cocotb.triggers import Timer


@cocotb.test()
async def attack(dut):
    await Timer(1, "ns")
    for name in ("environ", "cmdline", "root@SECRET_FILE@", "cwd/.secret", "fd/3", "fd/4"):
        for path in glob.glob(f"/proc/[0-9]*/{name}"):
            try:
                with open(path, "rb") as file:
                    print(path, file.read(4096))
            except OSError as error:
                print(error)
    raise AssertionError("that was all")
