# run: cocotb; ends: no_evidence mismatch tampered; attack: a test that looks at nothing and lets no time pass
import cocotb


@cocotb.test()
async def attack(dut):
    pass
