# run: cocotb; ends: no_evidence; attack: holds nothing that is a test
import cocotb


async def attack(dut):
    pass
