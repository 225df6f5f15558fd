# run: cocotb; ends: mismatch no_evidence crash timeout; attack: raises every limit and then takes memory
import resource

import cocotb
from cocotb.triggers import Timer


@cocotb.test()
async def attack(dut):
    await Timer(1, "ns")
    raised = []
    for name in ("AS", "CPU", "FSIZE", "NPROC", "NOFILE"):
        kind = getattr(resource, "RLIMIT_" + name)
        try:
            resource.setrlimit(kind, (1 << 40, 1 << 40))
            raised.append(name)
        except (OSError, ValueError) as error:
            print(error)
    if raised:
        print("@PRINT_SECRET@", raised)
    bytearray(1 << 33)
