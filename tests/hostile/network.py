# run: cocotb; ends: mismatch no_evidence crash tampered; plain limits: let it; attack: connects to a listener of this machine by TCP, UDP, IPv6 and Unix sockets
import socket

import cocotb
from cocotb.triggers import Timer


@cocotb.test()
async def attack(dut):
    await Timer(1, "ns")
    ways = (
        (socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", @PORT@)),
        (socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", @PORT@)),
        (socket.AF_INET6, socket.SOCK_STREAM, ("::1", @PORT@)),
        (socket.AF_UNIX, socket.SOCK_STREAM, "@SOCKET@"),
        (socket.AF_UNIX, socket.SOCK_STREAM, chr(0) + "hdlsmith-hostile-@PORT@"),
    )
    for family, kind, address in ways:
        try:
            with socket.socket(family, kind) as way:
                way.settimeout(1)
                way.connect(address)
                way.send(b"hello")
        except OSError as error:
            print(error)
    raise AssertionError("that was all")
