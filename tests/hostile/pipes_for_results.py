# run: cocotb; ends: mismatch no_evidence crash tampered; attack: leaves named pipes where results are looked for, so that their reader hangs
import os

import cocotb
from cocotb.triggers import Timer


@cocotb.test()
async def attack(dut):
    await Timer(1, "ns")
    for name in (
        "results.xml",
        "dump.vcd",
        "dump.fst",
        "waves.vcd",
        "waves.fst",
        "sim.vvp",
        "compile.log",
        "coverage.dat",
        "report.json",
    ):
        try:
            if os.path.lexists(name):
                os.unlink(name)
            os.mkfifo(name)
        except OSError as error:
            print(error)
    raise AssertionError("that was all")
