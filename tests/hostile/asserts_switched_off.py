# run: cocotb; ends: tampered mismatch no_evidence crash; attack: makes every AssertionError vanish by way of builtins
import builtins

import cocotb
from cocotb.triggers import Timer

builtins.AssertionError = type("Quiet", (Exception,), {"__new__": lambda c, *a: None})


@cocotb.test()
async def attack(dut):
    await Timer(1, "ns")
    assert False, "this one fails"
