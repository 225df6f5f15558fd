# run: cocotb; ends: mismatch no_evidence crash tampered; attack: prints what a passing run prints, and fails
import cocotb
from cocotb.triggers import Timer


@cocotb.test()
async def attack(dut):
    await Timer(1, "ns")
    print("PASS")
    print("Mismatches: 0 in 200 samples")
    print("** TESTS=1 PASS=1 FAIL=0 SKIP=0 **")
    raise AssertionError("that was all")
