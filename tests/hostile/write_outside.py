# run: cocotb; ends: mismatch no_evidence crash tampered; plain limits: let it; attack: overwrites a file outside, and leaves others in every folder it may write to
import os
import pathlib

import cocotb
from cocotb.triggers import Timer


@cocotb.test()
async def attack(dut):
    await Timer(1, "ns")
    for folder in (
        "@OUTSIDE_FOLDER@",
        "@HOME@",
        "/etc",
        "/etc/cron.d",
        "/usr/bin",
        "/var/tmp",
        "/",
    ):
        for name in ("outside", "left-behind"):
            try:
                pathlib.Path(folder, name).write_text("overwritten")
            except OSError as error:
                print(error)
    for up in range(1, 12):
        try:
            pathlib.Path("../" * up + "@OUTSIDE@").write_text("overwritten")
        except OSError as error:
            print(error)
    raise AssertionError("that was all")
