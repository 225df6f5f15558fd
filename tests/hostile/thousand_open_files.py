# run: cocotb; ends: mismatch no_evidence crash tampered; attack: opens files until it may not, and keeps them
import cocotb
from cocotb.triggers import Timer


@cocotb.test()
async def attack(dut):
    await Timer(1, "ns")
    kept = []
    while True:
        kept.append(open(f"f{len(kept)}", "w"))
        assert len(kept) < 1000, "@PRINT_SECRET@"
