# run: cocotb; ends: mismatch no_evidence crash tampered; attack: asks for raw, packet and netlink sockets, and for an interface that is up
import socket

import cocotb
from cocotb.triggers import Timer


@cocotb.test()
async def attack(dut):
    await Timer(1, "ns")
    made = []
    for family, kind, protocol in ((socket.AF_INET, socket.SOCK_RAW, 1), (17, socket.SOCK_RAW, 3)):
        try:
            made.append(socket.socket(family, kind, protocol))
        except OSError as error:
            print(error)
    assert not made, "@PRINT_SECRET@"
    raise AssertionError("that was all")
