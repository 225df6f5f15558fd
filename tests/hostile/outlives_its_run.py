# run: cocotb; ends: mismatch no_evidence crash tampered; plain limits: let it; attack: leaves a process behind: forked twice, in a session of its own, without open files
import os
import time

import cocotb
from cocotb.triggers import Timer


@cocotb.test()
async def attack(dut):
    await Timer(1, "ns")
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.closerange(0, 256)
            while True:
                time.sleep(0.2)
                try:
                    open("@OUTSIDE@", "w").write("still here")
                except OSError:
                    pass
        os._exit(0)
    raise AssertionError("that was all")
