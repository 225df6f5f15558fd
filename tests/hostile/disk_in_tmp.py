# run: cocotb; ends: crash timeout mismatch no_evidence; plain limits: let it; attack: fills /tmp, /dev/shm and whatever else takes a file
import itertools

import cocotb
from cocotb.triggers import Timer


@cocotb.test()
async def attack(dut):
    await Timer(1, "ns")
    for number in itertools.count():
        for folder in ("/tmp", "/dev/shm", "/dev", "/", "/run", "."):
            try:
                with open(f"{folder}/f{number}", "wb") as file:
                    file.write(bytes(1 << 20))
            except OSError:
                pass
