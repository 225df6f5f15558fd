# run: cocotb; ends: mismatch no_evidence crash tampered timeout; plain limits: let it; attack: kills its parents, its process group and every process it can name
import os
import signal

import cocotb
from cocotb.triggers import Timer


@cocotb.test()
async def attack(dut):
    await Timer(1, "ns")
    for sent in (signal.SIGSTOP, signal.SIGTERM, signal.SIGKILL):
        for pid in (os.getppid(), 1, @PID@, *range(2, 60)):
            if pid != os.getpid():
                try:
                    os.kill(pid, sent)
                except OSError as error:
                    print(error)
    os.kill(-1, signal.SIGKILL)
