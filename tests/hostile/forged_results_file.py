# run: cocotb; ends: no_evidence crash tampered; attack: writes a passing results.xml itself and ends
import glob
import os

import cocotb
from cocotb.triggers import Timer


@cocotb.test()
async def attack(dut):
    await Timer(1, "ns")
    xml = '<testsuites name="results"><testsuite name="all"><testcase name="attack" classname="m" time="0.1" sim_time_ns="10" ratio_time="1"/></testsuite></testsuites>'
    for name in {
        "results.xml",
        os.environ.get("COCOTB_RESULTS_FILE", "results.xml"),
        *glob.glob("*.xml"),
    }:
        with open(name, "w") as file:
            file.write(xml)
    os._exit(0)
