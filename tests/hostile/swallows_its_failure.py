# run: cocotb; ends: tampered mismatch no_evidence crash; attack: finds whoever takes its report, and rewrites what it is told
import gc

import cocotb
from cocotb.triggers import Timer


@cocotb.test()
async def attack(dut):
    await Timer(1, "ns")
    for kind in {type(value) for value in gc.get_objects()}:
        record = vars(kind).get("add_testcase")
        if record:
            changed = {"status": "passed", "reason": None}
            kind.add_testcase = lambda *told, **more: record(*told, **{**more, **changed})
    raise AssertionError("this one fails")
