# run: cocotb; ends: crash; attack: prints without end
import cocotb
from cocotb.triggers import Timer


@cocotb.test()
async def attack(dut):
    await Timer(1, "ns")
    while True:
        print("PASS " * 1000)
