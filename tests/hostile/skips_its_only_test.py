# run: cocotb; ends: no_evidence; attack: skips its only test
import cocotb


@cocotb.test(skip=True)
async def attack(dut):
    raise AssertionError
