# run: cocotb; ends: no_evidence tampered; attack: takes a failing test back while it is imported
import cocotb
from cocotb.triggers import Timer


@cocotb.test()
async def fails(dut):
    await Timer(1, "ns")
    raise AssertionError("this one fails")


del fails
