# run: cocotb; ends: tampered mismatch no_evidence crash; attack: replaces cocotb's own verdict on a failed test by a pass
import cocotb
from cocotb import regression
from cocotb.triggers import Timer


def passed(self, *, result, msg, **told):
    return self._record_test_passed(**told)


regression.RegressionManager._record_test_failed = passed


@cocotb.test()
async def attack(dut):
    await Timer(1, "ns")
    raise AssertionError("this one fails")
