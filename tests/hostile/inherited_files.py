# run: cocotb; ends: mismatch no_evidence crash tampered; attack: writes a forged verdict into every file descriptor it has inherited
import os

import cocotb
from cocotb.triggers import Timer


@cocotb.test()
async def attack(dut):
    await Timer(1, "ns")
    forged = b'{ "child-pid": 1 }\n{ "exit-code": 0 }\n{"tests": [{"name": "attack", "status": "passed"}]}\n'
    for number in range(1, 1024):
        try:
            os.write(number, forged)
        except OSError:
            pass
    os._exit(0)
